//! What formulas know of the world: it is passed in, so the same snapshot computes the same values.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;
use skein_types::{GroupId, MemberId};

/// The time and the people formulas see.
#[derive(Clone, Debug)]
pub struct Env {
    /// Milliseconds since 1970 in UTC, of NOW and TODAY.
    pub now: i64,
    /// The zone of the base: where days begin.
    pub zone: TimeZone,
    /// Who is who.
    pub people: Arc<People>,
}

impl Default for Env {
    fn default() -> Self {
        Self { now: 0, zone: TimeZone::UTC, people: Arc::default() }
    }
}

/// Names of members and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Names of members.
    pub members: HashMap<MemberId, Arc<str>>,
    /// Names of groups.
    pub groups: HashMap<GroupId, Arc<str>>,
}

impl People {
    /// The name of a member; empty when unknown.
    pub fn member(&self, id: MemberId) -> Arc<str> {
        self.members.get(&id).cloned().unwrap_or_else(|| Arc::from(""))
    }
    /// The name of a group; empty when unknown.
    pub fn group(&self, id: GroupId) -> Arc<str> {
        self.groups.get(&id).cloned().unwrap_or_else(|| Arc::from(""))
    }
}
