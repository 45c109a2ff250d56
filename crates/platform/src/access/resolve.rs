//! Works out roles from the tree, its owners and its grants.

use serde::Serialize;
use skein_store::{Db, Row, StoreError, params};
use skein_types::{LinkId, MemberId, OrgId, ResourceId, Timestamp};

use super::{Role, Standing};

/// The resource and the folders above it, nearest first. `open` tells whether what is granted on the
/// row reaches the resource: it does until a node on the way stops inheriting.
const CHAIN: &str = "WITH RECURSIVE chain (id, parent, name, owner, inherits, trashed, depth, reaches) AS ( \
       SELECT id, parent, name, owner, inherits, trashed, CAST(0 AS BIGINT), TRUE \
       FROM resources WHERE id = $1 AND org = $2 \
       UNION ALL \
       SELECT up.id, up.parent, up.name, up.owner, up.inherits, up.trashed, chain.depth + 1, \
              chain.reaches AND chain.inherits \
       FROM chain JOIN resources up ON up.id = chain.parent \
     )";

/// Departments of a member with all departments above them: a grant to a department includes those
/// below it.
const DEPARTMENTS: &str = "mine (id) AS ( \
       SELECT department FROM department_members WHERE member = $3 \
       UNION \
       SELECT up.parent FROM mine JOIN departments up ON up.id = mine.id WHERE up.parent IS NOT NULL \
     )";

/// Where a role comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// They own the resource or a folder above it.
    Owner,
    /// A grant.
    Grant,
}

/// One reason why a member has a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The role it gives.
    pub role: Role,
    /// Owner or grant.
    pub source: Source,
    /// On which resource: this one or a folder above.
    pub resource: ResourceId,
    /// The name of that resource.
    pub resource_name: String,
    /// To whom it was granted: `member`, `department`, `group` or `everyone`.
    pub subject_kind: String,
    /// Their id; empty for everyone.
    pub subject: String,
}

/// Every reason why a member has a role on a resource; empty when they have none. A guest does not count
/// as everyone.
pub async fn reasons(
    db: &Db,
    org: OrgId,
    member: MemberId,
    guest: bool,
    resource: ResourceId,
) -> Result<Vec<Reason>, StoreError> {
    let sql = format!(
        "{CHAIN}, {DEPARTMENTS} \
         SELECT chain.id, chain.name, chain.depth, 'manage' AS role, 'owner' AS source, \
                'member' AS subject_kind, chain.owner AS subject \
         FROM chain WHERE chain.reaches AND chain.owner = $3 \
         UNION ALL \
         SELECT chain.id, chain.name, chain.depth, g.role, 'grant', g.subject_kind, g.subject \
         FROM chain JOIN grants g ON g.resource = chain.id \
         WHERE chain.reaches AND ( \
           (g.subject_kind = 'member' AND g.subject = $3) \
           OR (g.subject_kind = 'everyone' AND $4 = FALSE) \
           OR (g.subject_kind = 'department' AND g.subject IN (SELECT id FROM mine)) \
           OR (g.subject_kind = 'group' AND g.subject IN (SELECT group_id FROM group_members WHERE member = $3)) \
         ) ORDER BY 3"
    );
    db.rows(&sql, params![resource, org, member, guest]).await?.iter().map(reason).collect()
}

fn reason(row: &Row) -> Result<Reason, StoreError> {
    Ok(Reason {
        role: stored_role(row)?,
        source: if row.get::<String>("source")? == "owner" { Source::Owner } else { Source::Grant },
        resource: row.get("id")?,
        resource_name: row.get("name")?,
        subject_kind: row.get("subject_kind")?,
        subject: row.get("subject")?,
    })
}

fn stored_role(row: &Row) -> Result<Role, StoreError> {
    let text: String = row.get("role")?;
    Role::parse(&text)
        .ok_or_else(|| StoreError::Column { column: "role".into(), reason: format!("no role {text}") })
}

pub(super) async fn member_standing(
    db: &Db,
    org: OrgId,
    member: MemberId,
    guest: bool,
    resource: ResourceId,
) -> Result<Standing, StoreError> {
    let role = reasons(db, org, member, guest, resource).await?.iter().map(|reason| reason.role).max();
    Ok(Standing { role, trashed: role.is_some() && is_trashed(db, org, resource).await? })
}

async fn is_trashed(db: &Db, org: OrgId, resource: ResourceId) -> Result<bool, StoreError> {
    let sql = format!("{CHAIN} SELECT id FROM chain WHERE trashed IS NOT NULL LIMIT 1");
    Ok(db.row(&sql, params![resource, org]).await?.is_some())
}

/// A visitor has the role of the link on what it opens and on what inherits from that, while the link
/// exists and has not expired.
pub(super) async fn visitor_standing(
    db: &Db,
    org: OrgId,
    link: LinkId,
    resource: ResourceId,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let sql = format!(
        "{CHAIN} SELECT l.role FROM chain JOIN links l ON l.resource = chain.id \
         WHERE l.id = $3 AND chain.reaches AND (l.expires IS NULL OR l.expires > $4)"
    );
    let role = match db.row(&sql, params![resource, org, link, now]).await? {
        Some(row) => Some(stored_role(&row)?),
        None => None,
    };
    Ok(Standing { role, trashed: role.is_some() && is_trashed(db, org, resource).await? })
}
