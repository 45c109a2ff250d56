//! Grants, inheritance and owners: changing them, and telling who has access and why.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{FutureExt, Row, StoreError, Tx, params};
use skein_types::{DepartmentId, GroupId, MemberId, Problem, ResourceId};
use utoipa::ToSchema;

use super::{DriveError, Link, change, emit_security, links, model::PathStep, sql, tree::visible_above};
use crate::{
    Ctx, Principal,
    access::{self, AccessError, Manage, Role, Seeker, Source, View, authorize_in},
    order::natural,
};

/// To whom something can be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// One member.
    Member,
    /// A department with all departments below it.
    Department,
    /// A group.
    Group,
    /// Every member of the organisation who is no guest.
    Everyone,
    /// Whoever has the link.
    Link,
}

impl SubjectKind {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Department => "department",
            Self::Group => "group",
            Self::Everyone => "everyone",
            Self::Link => "link",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "department" => Self::Department,
            "group" => Self::Group,
            "everyone" => Self::Everyone,
            "link" => Self::Link,
            _ => Self::Member,
        }
    }
}

/// Names a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectRef {
    /// One member.
    Member(MemberId),
    /// A department.
    Department(DepartmentId),
    /// A group.
    Group(GroupId),
    /// Everyone but guests.
    Everyone,
}

impl SubjectRef {
    /// From a kind and an id as sent.
    pub fn parse(kind: SubjectKind, id: Option<&str>) -> Result<Self, DriveError> {
        let id = id.unwrap_or_default();
        match kind {
            SubjectKind::Member => id.parse().map(Self::Member).map_err(|_| DriveError::Subject("member")),
            SubjectKind::Department => {
                id.parse().map(Self::Department).map_err(|_| DriveError::Subject("department"))
            }
            SubjectKind::Group => id.parse().map(Self::Group).map_err(|_| DriveError::Subject("group")),
            SubjectKind::Everyone => Ok(Self::Everyone),
            SubjectKind::Link => Err(DriveError::Subject("subject; set the link with PUT …/link")),
        }
    }

    fn kind(self) -> SubjectKind {
        match self {
            Self::Member(_) => SubjectKind::Member,
            Self::Department(_) => SubjectKind::Department,
            Self::Group(_) => SubjectKind::Group,
            Self::Everyone => SubjectKind::Everyone,
        }
    }

    /// As stored: empty for everyone.
    fn id(self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Department(id) => id.to_string(),
            Self::Group(id) => id.to_string(),
            Self::Everyone => String::new(),
        }
    }
}

/// A subject as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id; null for everyone and for a link.
    pub id: Option<String>,
    /// Its name; empty for everyone and for a link.
    pub name: String,
    /// Where its picture is, of members who have one.
    pub avatar: Option<String>,
}

/// How an entry came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// They own it.
    Owner,
    /// It was granted.
    Grant,
    /// There is a link.
    Link,
}

/// Where an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntrySource {
    /// How it came about.
    pub kind: EntryKind,
    /// Whether it is taken over from a folder above.
    pub inherited: bool,
    /// That folder, when I may see it.
    pub resource: Option<PathStep>,
}

/// Somebody who has access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccessEntry {
    /// Who.
    pub subject: Subject,
    /// As what.
    pub role: Role,
    /// Why.
    pub source: EntrySource,
}

/// Who has access to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccessList {
    /// Whether it takes over what is granted on the folder it is in.
    pub inherits: bool,
    /// Its owner.
    pub owner: Subject,
    /// Everybody who has access: what is set here first, then what is inherited, nearest first.
    pub entries: Vec<AccessEntry>,
    /// Its link, for those who may manage it.
    pub link: Option<Link>,
}

/// One reason for a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhyReason {
    /// The role it gives.
    pub role: Role,
    /// Owner, grant or link.
    pub source: Source,
    /// To whom it was given.
    pub subject: Subject,
    /// On what, when I may see it.
    pub resource: Option<PathStep>,
}

/// Why a member may do what they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Why {
    /// Their role; null when they have none.
    pub role: Option<Role>,
    /// Every reason, nearest first.
    pub why: Vec<WhyReason>,
}

/// Names of subjects, as `name` and `avatar` of a grant `g`.
const NAMES: &str = "LEFT JOIN members m ON g.subject_kind = 'member' AND m.id = g.subject \
     LEFT JOIN departments d ON g.subject_kind = 'department' AND d.id = g.subject \
     LEFT JOIN groups gr ON g.subject_kind = 'group' AND gr.id = g.subject";

/// Who has access to a resource and where from. For members; a visitor is not told.
pub async fn access_of(ctx: &Ctx, id: ResourceId, base_url: &str) -> Result<AccessList, DriveError> {
    ctx.member()?;
    let granted = access::authorize_trashed::<View>(ctx, id).await?;
    let sql = format!(
        "{} \
         SELECT chain.id, chain.depth, chain.inherits, CAST(1 AS BIGINT) AS part, 'manage' AS role, 'member' AS subject_kind, \
                chain.owner AS subject, m.name, m.avatar, 'owner' AS source \
         FROM chain JOIN members m ON m.id = chain.owner WHERE chain.reaches \
         UNION ALL \
         SELECT chain.id, chain.depth, chain.inherits, 2, g.role, g.subject_kind, g.subject, \
                COALESCE(m.name, d.name, gr.name, ''), m.avatar, 'grant' \
         FROM chain JOIN grants g ON g.resource = chain.id {NAMES} \
         WHERE chain.reaches AND g.subject_kind <> 'link' \
         UNION ALL \
         SELECT chain.id, chain.depth, chain.inherits, 3, l.role, 'link', '', '', NULL, 'link' \
         FROM chain JOIN links l ON l.resource = chain.id \
         WHERE chain.reaches AND (l.expires IS NULL OR l.expires > $4) \
         ORDER BY 2, 4",
        Seeker::of(ctx).with_roles(sql::ONE)
    );
    let rows = ctx.platform.db.rows(&sql, Seeker::of(ctx).params(params![id])).await?;
    let seen = visible_above(ctx, id).await?;
    let mut sorted = rows
        .iter()
        .map(|row| Ok((row.get::<i64>("depth")?, row.get::<i64>("part")?, entry(row, id, &seen)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    sorted.sort_by(|(depth, part, a), (other_depth, other_part, b)| {
        (depth, part).cmp(&(other_depth, other_part)).then_with(|| natural(&a.subject.name, &b.subject.name))
    });
    let mut entries: Vec<AccessEntry> = sorted.into_iter().map(|(_, _, entry)| entry).collect();
    let (inherits, owner) = match (rows.first(), entries.first()) {
        (Some(row), Some(first)) => (row.get("inherits")?, first.subject.clone()),
        _ => return Err(AccessError::NotFound.into()),
    };
    // Who owns the resource needs no second line for owning a folder above it.
    let mut told = false;
    entries.retain(|entry| {
        let again = entry.source.kind == EntryKind::Owner && entry.subject == owner;
        !again || !std::mem::replace(&mut told, true)
    });
    let link = if granted.role() >= Role::Manage { links::link_of(ctx, id, base_url).await? } else { None };
    Ok(AccessList { inherits, owner, entries, link })
}

fn entry(row: &Row, id: ResourceId, seen: &[PathStep]) -> Result<AccessEntry, StoreError> {
    let at: ResourceId = row.get("id")?;
    let role: String = row.get("role")?;
    Ok(AccessEntry {
        subject: subject(row)?,
        role: Role::parse(&role)
            .ok_or_else(|| StoreError::Column { column: "role".into(), reason: format!("no role {role}") })?,
        source: EntrySource {
            kind: match row.get::<String>("source")?.as_str() {
                "owner" => EntryKind::Owner,
                "link" => EntryKind::Link,
                _ => EntryKind::Grant,
            },
            inherited: at != id,
            resource: seen.iter().find(|step| step.id == at).cloned(),
        },
    })
}

fn subject(row: &Row) -> Result<Subject, StoreError> {
    let id: String = row.get("subject")?;
    let avatar: Option<String> = row.get("avatar")?;
    Ok(Subject {
        kind: SubjectKind::parse(&row.get::<String>("subject_kind")?),
        avatar: avatar.map(|hash| avatar_url(&id, &hash)),
        id: Some(id).filter(|id| !id.is_empty()),
        name: row.get("name")?,
    })
}

/// Part of the hash is in the address, so that a new picture has a new one.
fn avatar_url(member: &str, hash: &str) -> String {
    format!("/api/v1/members/{member}/avatar?v={}", hash.chars().take(16).collect::<String>())
}

/// Why a member may do what they may. For those who manage the resource, and for everybody about
/// themselves.
pub async fn why(ctx: &Ctx, id: ResourceId, member: MemberId) -> Result<Why, DriveError> {
    let me = ctx.member()?;
    let granted = access::authorize_trashed::<View>(ctx, id).await?;
    if me != member {
        access::authorize_trashed::<Manage>(ctx, id).await?;
    }
    let sql = "SELECT role, active FROM members WHERE id = $1 AND org = $2";
    let row = ctx.platform.db.row(sql, params![member, ctx.org]).await?;
    let row = row.ok_or_else(|| Problem::new(404, "member.not_found", "there is no such member"))?;
    if !row.get::<bool>("active")? {
        return Ok(Why { role: None, why: vec![] });
    }
    let guest = row.get::<String>("role")? == "guest";
    let reasons = access::reasons(ctx, member, guest, id).await?;
    let seen = visible_above(ctx, id).await?;
    let names = names(ctx, granted.resource()).await?;
    let why: Vec<WhyReason> = reasons
        .into_iter()
        .map(|reason| {
            let kind = SubjectKind::parse(&reason.subject_kind);
            let named = names.get(&(reason.subject_kind, reason.subject.clone()));
            let step = PathStep { id: reason.resource, name: reason.resource_name };
            WhyReason {
                role: reason.role,
                source: reason.source,
                subject: named.cloned().unwrap_or(Subject {
                    kind,
                    id: Some(reason.subject).filter(|id| !id.is_empty()),
                    name: String::new(),
                    avatar: None,
                }),
                resource: Some(step).filter(|step| step.id == id || seen.iter().any(|s| s.id == step.id)),
            }
        })
        .collect();
    Ok(Why { role: why.iter().map(|reason| reason.role).max(), why })
}

/// The subjects that own or were granted something on a resource or above it, by kind and id.
async fn names(ctx: &Ctx, id: ResourceId) -> Result<HashMap<(String, String), Subject>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE up (id, parent, owner) AS ( \
           SELECT id, parent, owner FROM resources WHERE id = $1 AND org = $2 \
           UNION ALL SELECT r.id, r.parent, r.owner FROM up JOIN resources r ON r.id = up.parent \
         ) \
         SELECT 'member' AS subject_kind, up.owner AS subject, m.name, m.avatar \
         FROM up JOIN members m ON m.id = up.owner \
         UNION \
         SELECT g.subject_kind, g.subject, COALESCE(m.name, d.name, gr.name, ''), m.avatar \
         FROM up JOIN grants g ON g.resource = up.id {NAMES}"
    );
    let rows = ctx.platform.db.rows(&sql, params![id, ctx.org]).await?;
    rows.iter().map(|row| Ok(((row.get("subject_kind")?, row.get("subject")?), subject(row)?))).collect()
}

/// Grants a role on a resource, in place of the one the subject was granted on it before.
pub async fn put_grant(ctx: &Ctx, id: ResourceId, to: SubjectRef, role: Role) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let node = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?;
            if to == SubjectRef::Member(node.owner) {
                return Err(DriveError::OwnerGrant);
            }
            must_exist(tx, &ctx, to).await?;
            let (kind, subject) = (to.kind().as_str(), to.id());
            let before = granted(tx, id, kind, &subject).await?;
            if before.as_deref() == Some(role.as_str()) {
                return Ok(());
            }
            write_grant(tx, id, kind, &subject, role).await?;
            let data = json!({
                "resource": id, "name": node.name, "subject_kind": kind, "subject": subject, "role": role,
                "before": before,
            });
            Ok(emit_security(tx, &ctx, "grant.changed", &data).await?)
        }
        .boxed()
    })
    .await
}

async fn granted(
    tx: &mut Tx,
    id: ResourceId,
    kind: &str,
    subject: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT role FROM grants WHERE resource = $1 AND subject_kind = $2 AND subject = $3";
    tx.row(sql, params![id, kind, subject]).await?.map(|row| row.get("role")).transpose()
}

pub(super) async fn write_grant(
    tx: &mut Tx,
    id: ResourceId,
    kind: &str,
    subject: &str,
    role: Role,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO grants (resource, subject_kind, subject, role) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (resource, subject_kind, subject) DO UPDATE SET role = excluded.role";
    tx.execute(sql, params![id, kind, subject, role.as_str()]).await.map(|_| ())
}

async fn must_exist(tx: &mut Tx, ctx: &Ctx, subject: SubjectRef) -> Result<(), DriveError> {
    let (sql, what) = match subject {
        SubjectRef::Member(_) => {
            ("SELECT id FROM members WHERE id = $1 AND org = $2 AND active = TRUE", "member")
        }
        SubjectRef::Department(_) => ("SELECT id FROM departments WHERE id = $1 AND org = $2", "department"),
        SubjectRef::Group(_) => ("SELECT id FROM groups WHERE id = $1 AND org = $2", "group"),
        SubjectRef::Everyone => return Ok(()),
    };
    let found = tx.row(sql, params![subject.id(), ctx.org]).await?;
    found.map(|_| ()).ok_or(DriveError::Subject(what))
}

/// Takes back what a subject was granted on a resource. What is inherited stays.
pub async fn remove_grant(ctx: &Ctx, id: ResourceId, from: SubjectRef) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let node = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?;
            let (kind, subject) = (from.kind().as_str(), from.id());
            let before = granted(tx, id, kind, &subject).await?;
            if before.is_none() {
                return Ok(());
            }
            let sql = "DELETE FROM grants WHERE resource = $1 AND subject_kind = $2 AND subject = $3";
            tx.execute(sql, params![id, kind, &subject]).await?;
            let data = json!({
                "resource": id, "name": node.name, "subject_kind": kind, "subject": subject, "before": before,
            });
            Ok(emit_security(tx, &ctx, "grant.removed", &data).await?)
        }
        .boxed()
    })
    .await
}

/// Stops or resumes taking over what is granted above. Nothing is copied: who had access from above
/// only, loses it.
pub async fn set_inherits(ctx: &Ctx, id: ResourceId, inherits: bool) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let node = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?;
            if node.inherits == inherits {
                return Ok(());
            }
            tx.execute("UPDATE resources SET inherits = $2 WHERE id = $1", params![id, inherits]).await?;
            let data = json!({ "resource": id, "name": node.name, "inherits": inherits });
            Ok(emit_security(tx, &ctx, "access.inheritance", &data).await?)
        }
        .boxed()
    })
    .await
}

/// Gives a resource to another owner. The one before keeps managing it by a grant.
pub async fn transfer(ctx: &Ctx, id: ResourceId, to: MemberId) -> Result<(), DriveError> {
    let me = ctx.member()?;
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let node = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?;
            if node.owner != me && !matches!(ctx.who, Principal::Member { admin: true, .. }) {
                return Err(DriveError::Transfer);
            }
            if node.owner == to {
                return Ok(());
            }
            must_exist(tx, &ctx, SubjectRef::Member(to)).await?;
            let row = tx.row("SELECT role FROM members WHERE id = $1", params![to]).await?;
            if row.map(|row| row.get::<String>("role")).transpose()?.as_deref() == Some("guest") {
                return Err(DriveError::GuestOwner);
            }
            tx.execute("UPDATE resources SET owner = $2 WHERE id = $1", params![id, to]).await?;
            let sql = "DELETE FROM grants WHERE resource = $1 AND subject_kind = 'member' AND subject = $2";
            tx.execute(sql, params![id, to]).await?;
            write_grant(tx, id, "member", &node.owner.to_string(), Role::Manage).await?;
            let data = json!({ "resource": id, "name": node.name, "to": to, "before": node.owner });
            Ok(emit_security(tx, &ctx, "resource.transferred", &data).await?)
        }
        .boxed()
    })
    .await
}
