//! The one statement that works out roles, for any number of resources at once.
//!
//! Parameters of every statement made here: `$1` the organisation, `$2` the member or the link, `$3`
//! whether the member is a guest, `$4` now; what the statement adds begins at `$5`.

use skein_store::{Db, Param, Row, StoreError, Tx, params};
use skein_types::{MemberId, OrgId, ResourceId, Timestamp};

use super::{Role, Standing};
use crate::{Ctx, Principal};

/// Where to read: what is committed, or what a transaction sees.
pub(crate) enum Reads<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Reads<'_> {
    pub(crate) async fn rows(&mut self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Db(db) => db.rows(sql, params).await,
            Self::Tx(tx) => tx.rows(sql, params).await,
        }
    }
}

/// For whom roles are worked out.
#[derive(Clone, Debug)]
pub(crate) struct Seeker {
    pub(crate) org: OrgId,
    id: String,
    visitor: bool,
    guest: bool,
    now: Timestamp,
}

impl Seeker {
    /// The one who asks.
    pub(crate) fn of(ctx: &Ctx) -> Self {
        let (id, visitor, guest) = match &ctx.who {
            Principal::Member { id, guest, .. } => (id.to_string(), false, *guest),
            Principal::Visitor { link, .. } => (link.to_string(), true, false),
        };
        Self { org: ctx.org, id, visitor, guest, now: ctx.now }
    }

    /// A member somebody asks about.
    pub(crate) fn member(org: OrgId, member: MemberId, guest: bool, now: Timestamp) -> Self {
        Self { org, id: member.to_string(), visitor: false, guest, now }
    }

    /// The parameters `$1` to `$4`, then `more`.
    pub(crate) fn params(&self, more: Vec<Param>) -> Vec<Param> {
        let mut all = params![self.org, &self.id, self.guest, self.now];
        all.extend(more);
        all
    }

    /// Begins a statement, up to and without its `SELECT`. `candidates` selects ids of resources. It may
    /// select from:
    /// - `chain (start, id, parent, owner, inherits, trashed, depth, reaches, parent_reaches)`: each
    ///   candidate with the folders above it. `reaches` tells whether what is granted on the row
    ///   reaches the candidate: it does until a node on the way stops inheriting. `parent_reaches` tells
    ///   the same of the folder the candidate is in;
    /// - `held (start, id, rank, by_link, source, subject_kind, subject, reaches, parent_reaches)`: what
    ///   the seeker holds on those rows;
    /// - `roles (id, rank, parent_rank, by_link)`: what follows for the candidate and the folder it is
    ///   in; 0 is no role.
    pub(crate) fn with_roles(&self, candidates: &str) -> String {
        let held = if self.visitor { VISITOR_HOLDS } else { MEMBER_HOLDS };
        format!(
            "WITH RECURSIVE {DEPARTMENTS}, candidates (id) AS ({candidates}), {CHAIN}, {held}, \
             roles (id, rank, parent_rank, by_link) AS ( \
               SELECT start, MAX(CASE WHEN reaches THEN rank ELSE 0 END), \
                      MAX(CASE WHEN parent_reaches THEN rank ELSE 0 END), MAX(by_link) \
               FROM held GROUP BY start \
             ) "
        )
    }
}

/// Departments of a member with all departments above them: a grant to a department includes those
/// below it.
const DEPARTMENTS: &str = "mine (id) AS ( \
       SELECT department FROM department_members WHERE member = $2 \
       UNION \
       SELECT up.parent FROM mine JOIN departments up ON up.id = mine.id WHERE up.parent IS NOT NULL \
     )";

/// The bound on the depth is far beyond how deep folders nest; it ends the statement whatever is stored.
const CHAIN: &str = "chain (start, id, parent, owner, inherits, trashed, depth, reaches, parent_reaches) AS ( \
       SELECT r.id, r.id, r.parent, r.owner, r.inherits, r.trashed, CAST(0 AS BIGINT), TRUE, FALSE \
       FROM resources r WHERE r.org = $1 AND r.id IN (SELECT id FROM candidates) \
       UNION ALL \
       SELECT chain.start, up.id, up.parent, up.owner, up.inherits, up.trashed, chain.depth + 1, \
              chain.reaches AND chain.inherits, \
              chain.depth = 0 OR (chain.parent_reaches AND chain.inherits) \
       FROM chain JOIN resources up ON up.id = chain.parent WHERE chain.depth < 200 \
     )";

/// What a member who opened a link holds is stored as a grant of kind `link` and deleted when the link
/// changes; only the clock has to be asked.
const MEMBER_HOLDS: &str = "held (start, id, rank, by_link, source, subject_kind, subject, reaches, parent_reaches) AS ( \
       SELECT start, id, CAST(4 AS BIGINT), CAST(0 AS BIGINT), 'owner', 'member', owner, reaches, parent_reaches \
       FROM chain WHERE owner = $2 AND (reaches OR parent_reaches) \
       UNION ALL \
       SELECT chain.start, chain.id, \
              CASE g.role WHEN 'manage' THEN 4 WHEN 'edit' THEN 3 WHEN 'comment' THEN 2 ELSE 1 END, \
              CASE g.subject_kind WHEN 'link' THEN 1 ELSE 0 END, \
              CASE g.subject_kind WHEN 'link' THEN 'link' ELSE 'grant' END, \
              g.subject_kind, g.subject, chain.reaches, chain.parent_reaches \
       FROM chain JOIN grants g ON g.resource = chain.id \
       WHERE (chain.reaches OR chain.parent_reaches) AND ( \
         (g.subject_kind = 'member' AND g.subject = $2) \
         OR (g.subject_kind = 'everyone' AND $3 = FALSE) \
         OR (g.subject_kind = 'department' AND g.subject IN (SELECT id FROM mine)) \
         OR (g.subject_kind = 'group' AND g.subject IN (SELECT group_id FROM group_members WHERE member = $2)) \
         OR (g.subject_kind = 'link' AND g.subject = $2 AND EXISTS ( \
               SELECT 1 FROM links l WHERE l.resource = g.resource AND (l.expires IS NULL OR l.expires > $4))) \
       ) \
     )";

/// A visitor has the role of the link on what it opens and on what inherits from that, while the link
/// exists and has not expired.
const VISITOR_HOLDS: &str = "held (start, id, rank, by_link, source, subject_kind, subject, reaches, parent_reaches) AS ( \
       SELECT chain.start, chain.id, \
              CAST(CASE l.role WHEN 'edit' THEN 3 WHEN 'comment' THEN 2 ELSE 1 END AS BIGINT), \
              CAST(1 AS BIGINT), 'link', 'link', l.id, chain.reaches, chain.parent_reaches \
       FROM chain JOIN links l ON l.resource = chain.id \
       WHERE l.id = $2 AND $3 = FALSE AND (l.expires IS NULL OR l.expires > $4) \
         AND (chain.reaches OR chain.parent_reaches) \
     )";

/// The role of a rank as selected from `roles`; none for 0.
pub(crate) fn role_of(rank: i64) -> Option<Role> {
    Role::ALL.get(usize::try_from(rank - 1).ok()?).copied()
}

/// What the seeker is to one resource.
pub(super) async fn standing(
    mut reads: Reads<'_>,
    seeker: &Seeker,
    resource: ResourceId,
) -> Result<(Standing, ByLink), StoreError> {
    let sql = format!(
        "{} SELECT rank, by_link, (SELECT COUNT(*) FROM chain WHERE trashed IS NOT NULL) AS trashed FROM roles",
        seeker.with_roles("SELECT CAST($5 AS TEXT)")
    );
    let rows = reads.rows(&sql, seeker.params(params![resource])).await?;
    let Some(row) = rows.first() else {
        return Ok((Standing { role: None, trashed: false }, ByLink(seeker.visitor)));
    };
    let role = role_of(row.get("rank")?);
    let standing = Standing { role, trashed: role.is_some() && row.get::<i64>("trashed")? > 0 };
    Ok((standing, ByLink(row.get::<i64>("by_link")? > 0)))
}

/// Whether a link is part of the answer: that ends by the clock, not by an event, so it is not
/// remembered.
pub(super) struct ByLink(pub(super) bool);
