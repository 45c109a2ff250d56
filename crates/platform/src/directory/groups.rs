//! Groups: members put together by an admin, to be granted things at once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{FutureExt, StoreError, Tx, params};
use skein_types::{GroupId, MemberId, OrgId};
use utoipa::ToSchema;

use super::{DirectoryError, sql};
use crate::{Ctx, Principal, audit::By, directory_stream, identity::rules, order};

/// A group, or one to be made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Group {
    /// The id.
    pub id: GroupId,
    /// The name.
    pub name: String,
    /// Who is in it.
    pub members: Vec<MemberId>,
}

/// What may be set of a group; what is left out stays. A new group needs a name.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// All who are in it.
    pub members: Option<Vec<MemberId>>,
}

/// All groups by name. Guests see none.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<Group>, DirectoryError> {
    ctx.member()?;
    if !matches!(ctx.who, Principal::Member { guest: false, .. }) {
        return Ok(Vec::new());
    }
    let db = &ctx.platform.db;
    let inside = "SELECT gm.group_id, gm.member FROM group_members gm JOIN groups g ON g.id = gm.group_id \
         WHERE g.org = $1 ORDER BY gm.member";
    let mut members: HashMap<GroupId, Vec<MemberId>> = HashMap::new();
    for row in db.rows(inside, params![ctx.org]).await? {
        members.entry(row.get("group_id")?).or_default().push(row.get("member")?);
    }
    let mut all = db
        .rows("SELECT id, name FROM groups WHERE org = $1", params![ctx.org])
        .await?
        .iter()
        .map(|row| {
            let id = row.get("id")?;
            Ok(Group { id, name: row.get("name")?, members: members.remove(&id).unwrap_or_default() })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    all.sort_by(|a, b| order::natural(&a.name, &b.name).then(a.id.cmp(&b.id)));
    Ok(all)
}

async fn get(ctx: &Ctx, id: GroupId) -> Result<Group, DirectoryError> {
    let found = list(ctx).await?.into_iter().find(|group| group.id == id);
    found.ok_or(DirectoryError::NotFound("group"))
}

async fn set_members(
    tx: &mut Tx,
    org: OrgId,
    id: GroupId,
    mut members: Vec<MemberId>,
) -> Result<(), DirectoryError> {
    if let Some(at) = sql::unknown_member(tx, org, &members).await? {
        return Err(DirectoryError::Unknown { thing: "member", field: format!("members[{at}]") });
    }
    members.sort_unstable();
    members.dedup();
    tx.execute("DELETE FROM group_members WHERE group_id = $1", params![id]).await?;
    let rows = members.into_iter().map(|member| params![id, member]).collect();
    Ok(tx.insert_many("group_members (group_id, member)", "", rows).await?)
}

/// Makes a group.
pub(super) async fn create(ctx: &Ctx, new: GroupChange) -> Result<Group, DirectoryError> {
    ctx.admin()?;
    let (org, by, id) = (ctx.org, By::from(ctx), ctx.platform.ids.make());
    let name = rules::name("name", new.name.as_deref().unwrap_or_default())?;
    let members = new.members.unwrap_or_default();
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                let insert = "INSERT INTO groups (id, org, name) VALUES ($1, $2, $3)";
                tx.execute(insert, params![id, org, &name]).await?;
                let data = json!({ "group": id, "name": name, "members": &members });
                set_members(tx, org, id, members).await?;
                let event = by.event("group.created", &data);
                sql::append(tx, org, vec![event], vec![by.audit("group.created", &data)]).await?;
                Ok::<_, DirectoryError>(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

/// The name of a group, under the lock of the directory.
async fn locked_name(tx: &mut Tx, org: OrgId, id: GroupId) -> Result<String, DirectoryError> {
    sql::lock(tx, &directory_stream(org)).await?;
    let row = tx.row("SELECT name FROM groups WHERE id = $1 AND org = $2", params![id, org]).await?;
    Ok(row.ok_or(DirectoryError::NotFound("group"))?.get("name")?)
}

/// Renames a group or changes who is in it.
pub(super) async fn update(ctx: &Ctx, id: GroupId, change: GroupChange) -> Result<Group, DirectoryError> {
    ctx.admin()?;
    let (org, by) = (ctx.org, By::from(ctx));
    let name = change.name.as_deref().map(|name| rules::name("name", name)).transpose()?;
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let before = locked_name(tx, org, id).await?;
                let name = name.unwrap_or(before);
                tx.execute("UPDATE groups SET name = $2 WHERE id = $1", params![id, &name]).await?;
                let data = json!({ "group": id, "name": name, "members": &change.members });
                if let Some(members) = change.members {
                    set_members(tx, org, id, members).await?;
                }
                let event = by.event("group.updated", &data);
                sql::append(tx, org, vec![event], vec![by.audit("group.updated", &data)]).await?;
                Ok::<_, DirectoryError>(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

/// Deletes a group, and what was granted to it.
pub(super) async fn delete(ctx: &Ctx, id: GroupId) -> Result<(), DirectoryError> {
    ctx.admin()?;
    let (org, by) = (ctx.org, By::from(ctx));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let name = locked_name(tx, org, id).await?;
                let revoke = "DELETE FROM grants WHERE subject_kind = 'group' AND subject = $1";
                tx.execute(revoke, params![id]).await?;
                tx.execute("DELETE FROM group_members WHERE group_id = $1", params![id]).await?;
                tx.execute("DELETE FROM groups WHERE id = $1", params![id]).await?;
                let data = json!({ "group": id, "name": name });
                let event = by.event("group.deleted", &data);
                sql::append(tx, org, vec![event], vec![by.audit("group.deleted", &data)]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
