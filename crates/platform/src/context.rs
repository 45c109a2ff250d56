//! Who asks, by which way, and when.

use skein_types::{LinkId, MemberId, OrgId, Problem, ResourceId, SessionId, Timestamp, TokenId};

use crate::{
    Platform,
    access::{self, AccessError, Action, Granted, Role},
};

/// The one on whose behalf something is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A member of the organisation.
    Member {
        /// The member.
        id: MemberId,
        /// Owner or admin of the organisation.
        admin: bool,
        /// From outside: sees only what was shared with them by name.
        guest: bool,
    },
    /// Somebody who opened a share link.
    Visitor {
        /// The link.
        link: LinkId,
        /// What it opens, with everything below.
        resource: ResourceId,
        /// As what.
        role: Role,
    },
}

/// By which way a request came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The session of a browser.
    pub session: Option<SessionId>,
    /// The API token of a program.
    pub token: Option<TokenId>,
    /// Whether the token may only read.
    pub read_only: bool,
    /// Address of the client.
    pub ip: String,
    /// What the client calls itself, at most 300 characters.
    pub user_agent: String,
}

/// The context of a request: every service asks it who acts and gets from it the proof that they may.
#[derive(Clone)]
pub struct Ctx {
    /// The platform.
    pub platform: Platform,
    /// The organisation.
    pub org: OrgId,
    /// Who acts.
    pub who: Principal,
    /// By which way.
    pub origin: Origin,
    /// When the request arrived.
    pub now: Timestamp,
}

impl Ctx {
    /// Proof that the principal may do `A` to a resource. What may not even be seen is said not to
    /// exist.
    pub async fn authorize<A: Action>(&self, resource: ResourceId) -> Result<Granted<A>, AccessError> {
        access::authorize(self, resource).await
    }

    /// The acting member; a link visitor is refused.
    pub fn member(&self) -> Result<MemberId, Problem> {
        match self.who {
            Principal::Member { id, .. } => Ok(id),
            Principal::Visitor { .. } => {
                Err(Problem::new(403, "access.members_only", "only members of the organisation may do this"))
            }
        }
    }

    /// The acting member, who must be an admin or owner of the organisation.
    pub fn admin(&self) -> Result<MemberId, Problem> {
        match self.who {
            Principal::Member { id, admin: true, .. } => Ok(id),
            _ => Err(Problem::new(403, "access.admins_only", "only admins of the organisation may do this")),
        }
    }

    /// How events name the one who acts: the id of the member or of the link.
    pub fn actor(&self) -> String {
        match &self.who {
            Principal::Member { id, .. } => id.to_string(),
            Principal::Visitor { link, .. } => link.to_string(),
        }
    }
}
