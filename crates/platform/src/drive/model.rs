//! The pure rules of the tree: names, order, pages, copies, and what a purge takes with it.

use std::{cmp::Ordering, collections::HashSet};

use serde::{Deserialize, Serialize};
use skein_types::{MemberId, ResourceId, Timestamp};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::DriveError;
use crate::{access::Role, order::natural};

/// The kind that is built in.
pub const FOLDER: &str = "folder";
/// Levels of the tree at most.
pub(super) const MAX_DEPTH: i64 = 64;
/// Resources that one duplication copies at most.
pub(super) const MAX_COPIES: usize = 2_000;
/// Characters of a name at most.
const MAX_NAME: usize = 200;

/// A node of the tree as the one who asks sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Resource {
    /// Its id; a base has the same.
    #[schema(value_type = String)]
    pub id: ResourceId,
    /// `folder`, `base` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The folder it is in; null at the root, and when that folder is not mine to see.
    #[schema(value_type = Option<String>)]
    pub parent: Option<ResourceId>,
    /// Who owns it; null for who opened a link, who is not told of people.
    #[schema(value_type = Option<String>)]
    pub owner: Option<MemberId>,
    /// What I may do.
    pub role: Role,
    /// Whether I starred it.
    pub starred: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// When it was last renamed, moved or changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// When it was put into the trash.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub trashed: Option<Timestamp>,
    /// Whether it takes over what is granted on the folder it is in.
    pub inherits: bool,
    /// Whether others than its owner have access.
    pub shared: bool,
    /// When I last opened it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened: Option<Timestamp>,
}

/// One step of the way to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathStep {
    /// The folder.
    #[schema(value_type = String)]
    pub id: ResourceId,
    /// Its name.
    pub name: String,
}

/// A resource with the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Located {
    /// The resource.
    #[serde(flatten)]
    pub resource: Resource,
    /// The folders above it that I may see, root first.
    pub path: Vec<PathStep>,
}

/// A list of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// What I own and is in no folder I may see.
    Root,
    /// What is in a folder.
    In(ResourceId),
    /// What I opened, latest first.
    Recent,
    /// What I starred.
    Starred,
    /// What others own and shared with me, and is in no folder I may see.
    Shared,
    /// What I may restore or delete for good, latest first.
    Trash,
}

impl Listing {
    /// How two entries of this list stand to each other.
    pub(super) fn compare(self, a: &Place, b: &Place) -> Ordering {
        match self {
            Self::Recent | Self::Trash => b.at.cmp(&a.at).then(b.id.cmp(&a.id)),
            _ => (b.folder.cmp(&a.folder)).then_with(|| natural(&a.name, &b.name)).then(a.id.cmp(&b.id)),
        }
    }

    pub(super) fn place(self, resource: &Resource) -> Place {
        Place {
            folder: resource.kind == FOLDER,
            name: resource.name.clone(),
            at: match self {
                Self::Recent => resource.opened,
                Self::Trash => resource.trashed,
                _ => None,
            },
            id: resource.id,
        }
    }
}

/// Where an entry stands in a list; a cursor is the place of the last entry that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    folder: bool,
    name: String,
    at: Option<Timestamp>,
    id: ResourceId,
}

impl Place {
    pub(super) fn to_cursor(&self) -> String {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn from_cursor(text: &str) -> Result<Self, DriveError> {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| DriveError::Cursor)?;
        serde_json::from_slice(&bytes).map_err(|_| DriveError::Cursor)
    }
}

/// A name as it is stored: composed characters, no blanks at the ends.
pub(super) fn name(text: &str) -> Result<String, DriveError> {
    let name: String = text.trim().nfc().collect();
    let reason = if name.is_empty() {
        "a name is needed"
    } else if name.chars().count() > MAX_NAME {
        "a name has at most 200 characters"
    } else if name.chars().any(char::is_control) {
        "a name has no line breaks or control characters"
    } else {
        return Ok(name);
    };
    Err(DriveError::Name(reason))
}

/// The name of a copy: the first of `name (2)`, `name (3)` … that is not taken.
pub(super) fn copy_name(name: &str, taken: &HashSet<String>) -> String {
    let stem = name
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .filter(|(stem, number)| !stem.is_empty() && number.parse::<u32>().is_ok())
        .map_or(name, |(stem, _)| stem);
    let numbered = |number: usize| {
        let end = format!(" ({number})");
        let stem: String = stem.chars().take(MAX_NAME - end.chars().count()).collect();
        stem + &end
    };
    // One more number than there are names: one of them is free.
    (2..taken.len() + 3).map(numbered).find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned())
}

/// What is typed into the palette, as a pattern for `LIKE` that finds at least every name that contains
/// it. The databases fold ASCII only: other letters that have cases stand for anything here, and
/// [`Needle::matches`] decides.
pub(super) struct Needle {
    folded: String,
    pub(super) pattern: String,
}

impl Needle {
    pub(super) fn new(text: &str) -> Option<Self> {
        let folded: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
        if folded.is_empty() {
            return None;
        }
        let mut pattern = String::from("%");
        for c in folded.chars() {
            match c {
                '%' | '_' | '\\' => pattern.extend(['\\', c]),
                c if c.is_ascii() || (!c.is_alphabetic() || !has_case(c)) => pattern.push(c),
                _ if pattern.ends_with('%') && !pattern.ends_with("\\%") => {}
                _ => pattern.push('%'),
            }
        }
        pattern.push('%');
        Some(Self { folded, pattern })
    }

    /// How well a name fits: 0 begins with it, 1 a word of it does, 2 contains it; none does not.
    pub(super) fn matches(&self, name: &str) -> Option<u8> {
        let name = name.to_lowercase();
        let at = name.find(&self.folded)?;
        let word = |at: usize| name[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        Some(match at {
            0 => 0,
            _ if name.match_indices(&self.folded).any(|(at, _)| word(at)) => 1,
            _ => 2,
        })
    }
}

/// Whether upper or lower case differ, or lowering another letter gives this one.
fn has_case(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || c.to_uppercase().next() != Some(c)
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: ResourceId,
    pub(super) parent: Option<ResourceId>,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) owner: MemberId,
    pub(super) inherits: bool,
    pub(super) trashed: Option<Timestamp>,
    pub(super) trashed_with: Option<ResourceId>,
}

/// What deleting a node for good does to the tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Purge {
    /// Deleted, what is inside before what holds it.
    pub(super) delete: Vec<ResourceId>,
    /// Kept in the trash on their own, each with what is below it.
    pub(super) detach: Vec<ResourceId>,
}

/// `nodes` are a node and everything below it, what holds before what is inside. What was trashed on
/// its own before, and what the one who deletes does not manage, is kept.
pub(super) fn plan_purge(nodes: &[Node], may: impl Fn(ResourceId) -> bool) -> Purge {
    let mut plan = Purge::default();
    let Some(top) = nodes.first() else { return plan };
    let mut deleted = HashSet::new();
    for node in nodes {
        if node.id == top.id {
            deleted.insert(node.id);
        } else if node.parent.is_some_and(|parent| deleted.contains(&parent)) {
            if node.trashed_with == top.trashed_with && may(node.id) {
                deleted.insert(node.id);
            } else {
                plan.detach.push(node.id);
            }
        }
    }
    plan.delete = nodes.iter().rev().map(|node| node.id).filter(|id| deleted.contains(id)).collect();
    plan
}

/// The nodes that can be reached from the first through nodes of the list, in the order given; `nodes`
/// has what holds before what is inside.
pub(super) fn connected(nodes: Vec<Node>) -> Vec<Node> {
    let mut reached: HashSet<ResourceId> = HashSet::new();
    nodes
        .into_iter()
        .enumerate()
        .filter(|(at, node)| {
            let joined = *at == 0 || node.parent.is_some_and(|parent| reached.contains(&parent));
            if joined {
                reached.insert(node.id);
            }
            joined
        })
        .map(|(_, node)| node)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_composed_and_checked() {
        assert_eq!(name("  Stationen  ").unwrap(), "Stationen");
        assert_eq!(name("Ko\u{308}ln").unwrap(), "Köln");
        for bad in ["", "   ", "a\nb", "a\u{0}b", &"x".repeat(201)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_copy_gets_the_first_free_number() {
        let taken = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<HashSet<_>>();
        for (name, others, expected) in [
            ("Plan", &["Plan"][..], "Plan (2)"),
            ("Plan", &["Plan", "Plan (2)"], "Plan (3)"),
            ("Plan (2)", &["Plan (2)"], "Plan (3)"),
            ("Plan (b)", &["Plan (b)"], "Plan (b) (2)"),
            ("(2)", &["(2)"], "(2) (2)"),
        ] {
            let taken = taken(others);
            let taken = if name == "Plan (2)" { HashSet::from(["Plan (2)".to_owned()]) } else { taken };
            assert_eq!(copy_name(name, &taken), expected, "{name}");
        }
        let long = "长".repeat(200);
        assert_eq!(copy_name(&long, &HashSet::new()).chars().count(), 200);
    }

    #[test]
    fn a_needle_folds_case_beyond_ascii_and_escapes_wildcards() {
        for (needle, name, fits) in [
            ("sta", "Stations", Some(0)),
            ("gas", "Our GAS stations", Some(1)),
            ("tion", "Stations", Some(2)),
            ("加油", "北京加油站", Some(2)),
            ("ÄPF", "äpfel", Some(0)),
            ("äpf", "ÄPFEL", Some(0)),
            ("завод", "ЗАВОД 7", Some(0)),
            ("100%", "100% gas", Some(0)),
            ("100%", "1000 gas", None),
            ("a_b", "axb", None),
        ] {
            assert_eq!(Needle::new(needle).unwrap().matches(name), fits, "{needle} in {name}");
        }
        assert!(Needle::new("  ").is_none());
        assert_eq!(Needle::new("a%_\\").unwrap().pattern, "%a\\%\\_\\\\%");
        assert_eq!(Needle::new("Äb加").unwrap().pattern, "%b加%");
    }

    fn node(id: u128, parent: Option<u128>, with: u128) -> Node {
        Node {
            id: ResourceId::from_bits(id),
            parent: parent.map(ResourceId::from_bits),
            kind: FOLDER.into(),
            name: String::new(),
            owner: MemberId::from_bits(1),
            inherits: true,
            trashed: Some(Timestamp::UNIX_EPOCH),
            trashed_with: Some(ResourceId::from_bits(with)),
        }
    }

    #[test]
    fn a_purge_keeps_what_was_trashed_alone_and_what_is_not_managed() {
        let nodes = [
            node(1, None, 1),
            node(2, Some(1), 1),
            node(3, Some(1), 3),
            node(4, Some(3), 1),
            node(5, Some(2), 1),
            node(6, Some(5), 1),
        ];
        let plan = plan_purge(&nodes, |id| id.bits() != 5);
        let ids = |ids: &[ResourceId]| ids.iter().map(|id| id.bits()).collect::<Vec<_>>();
        assert_eq!(ids(&plan.delete), [2, 1]);
        assert_eq!(ids(&plan.detach), [3, 5]);
    }
}
