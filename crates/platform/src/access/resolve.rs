//! Why a member has a role: every owner and every grant it follows from.

use serde::Serialize;
use skein_store::{Row, StoreError, params};
use skein_types::{MemberId, ResourceId};

use super::{
    Role,
    roles::{Seeker, role_of},
};
use crate::Ctx;

/// Where a role comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// They own the resource or a folder above it.
    Owner,
    /// A grant.
    Grant,
    /// A share link they opened.
    Link,
}

/// One reason why a member has a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The role it gives.
    pub role: Role,
    /// Owner, grant or link.
    pub source: Source,
    /// On which resource: this one or a folder above.
    pub resource: ResourceId,
    /// The name of that resource.
    pub resource_name: String,
    /// To whom it was granted: `member`, `department`, `group`, `everyone` or `link`.
    pub subject_kind: String,
    /// Their id; empty for everyone.
    pub subject: String,
}

/// Every reason why a member has a role on a resource, nearest first; empty when they have none. A guest
/// does not count as everyone.
pub async fn reasons(
    ctx: &Ctx,
    member: MemberId,
    guest: bool,
    resource: ResourceId,
) -> Result<Vec<Reason>, StoreError> {
    let seeker = Seeker::member(ctx.org, member, guest, ctx.now);
    let sql = format!(
        "{} SELECT held.id, r.name, held.rank, held.source, held.subject_kind, held.subject \
         FROM held JOIN chain ON chain.id = held.id JOIN resources r ON r.id = held.id \
         WHERE held.reaches ORDER BY chain.depth, held.rank DESC, held.subject_kind, held.subject",
        seeker.with_roles("SELECT CAST($5 AS TEXT)")
    );
    ctx.platform.db.rows(&sql, seeker.params(params![resource])).await?.iter().map(reason).collect()
}

fn reason(row: &Row) -> Result<Reason, StoreError> {
    let rank: i64 = row.get("rank")?;
    Ok(Reason {
        role: role_of(rank)
            .ok_or_else(|| StoreError::Column { column: "rank".into(), reason: format!("no role {rank}") })?,
        source: match row.get::<String>("source")?.as_str() {
            "owner" => Source::Owner,
            "link" => Source::Link,
            _ => Source::Grant,
        },
        resource: row.get("id")?,
        resource_name: row.get("name")?,
        subject_kind: row.get("subject_kind")?,
        subject: row.get("subject")?,
    })
}
