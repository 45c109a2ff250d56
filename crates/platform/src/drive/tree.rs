//! Listing, finding, making, renaming, moving and copying resources.

use std::collections::{HashMap, HashSet};

use serde_json::{json, value::RawValue, value::to_raw_value};
use skein_store::{BoxFuture, FutureExt, StoreError, Tx, params};
use skein_types::{MemberId, Problem, ResourceId, Timestamp};

use super::{
    DriveError, change, emit,
    model::{
        self, FOLDER, Listing, Located, MAX_COPIES, MAX_DEPTH, Needle, Node, PathStep, Place, Resource,
        connected, copy_name,
    },
    sql,
};
use crate::{
    Ctx, Principal,
    access::{AccessError, Edit, Manage, Reads, View, authorize_in, authorize_trashed},
    http::Page,
    idempotency::{self, Answers, Key, KeyError},
    order::natural,
};

/// Which part of a list.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// Entries at most; 1 to 1,000, usually 500.
    pub limit: Option<u32>,
}

/// A resource to be made.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// `folder`, or a kind that a module registered.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The folder it goes into; none for the root of one's own drive.
    pub parent: Option<ResourceId>,
}

/// What changes of a resource; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another folder; `Some(None)` is the root of the owner's drive.
    pub parent: Option<Option<ResourceId>>,
    /// Whether I starred it.
    pub starred: Option<bool>,
}

/// A list, cut to a page.
pub async fn list(ctx: &Ctx, listing: Listing, paging: &Paging) -> Result<Page<Resource>, DriveError> {
    let member = matches!(ctx.who, Principal::Member { .. });
    let (candidates, condition, more) = match listing {
        Listing::In(folder) => {
            ctx.authorize::<View>(folder).await?;
            (sql::CHILDREN, sql::ANY, params![folder])
        }
        Listing::Root if !member => (sql::LINKED, sql::ANY, vec![]),
        Listing::Root => (sql::ROOT, sql::NO_PARENT, vec![]),
        Listing::Recent => (sql::RECENT, sql::ANY, vec![]),
        Listing::Starred => (sql::STARRED, sql::ANY, vec![]),
        Listing::Shared => (sql::GRANTED, sql::NO_PARENT, vec![]),
        Listing::Trash => (sql::TRASHED, sql::MANAGED, vec![]),
    };
    let found = sql::find(ctx, Reads::Db(&ctx.platform.db), candidates, condition, more).await?;
    let mut entries: Vec<(Place, Resource)> =
        found.into_iter().map(|resource| (listing.place(&resource), resource)).collect();
    entries.sort_by(|(a, _), (b, _)| listing.compare(a, b));
    if let Some(cursor) = &paging.cursor {
        let last = Place::from_cursor(cursor)?;
        let from = entries.partition_point(|(place, _)| listing.compare(place, &last).is_le());
        entries.drain(..from);
    }
    let limit = paging.limit.unwrap_or(500).clamp(1, 1_000) as usize;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|(place, _)| place.to_cursor());
    Ok(Page { items: entries.into_iter().map(|(_, resource)| resource).collect(), next })
}

/// A resource, in the trash or not.
pub(super) async fn resource(ctx: &Ctx, id: ResourceId) -> Result<Resource, DriveError> {
    let found = sql::find(ctx, Reads::Db(&ctx.platform.db), sql::ONE, sql::ANY, params![id]).await?;
    Ok(found.into_iter().next().ok_or(AccessError::NotFound)?)
}

/// Like [`resource`], as a transaction sees it.
pub(super) async fn resource_in(ctx: &Ctx, tx: &mut Tx, id: ResourceId) -> Result<Resource, DriveError> {
    let found = sql::find(ctx, Reads::Tx(tx), sql::ONE, sql::ANY, params![id]).await?;
    Ok(found.into_iter().next().ok_or(AccessError::NotFound)?)
}

/// A resource with the way to it, in the trash or not.
pub async fn get(ctx: &Ctx, id: ResourceId) -> Result<Located, DriveError> {
    authorize_trashed::<View>(ctx, id).await?;
    let resource = resource(ctx, id).await?;
    let path = visible_above(ctx, id).await?;
    Ok(Located { resource, path })
}

/// The folders above a resource that may be seen, root first.
pub(super) async fn visible_above(ctx: &Ctx, id: ResourceId) -> Result<Vec<PathStep>, DriveError> {
    let found = sql::find(ctx, Reads::Db(&ctx.platform.db), sql::ABOVE, sql::ANY, params![id]).await?;
    let mut names: HashMap<_, _> = found.into_iter().map(|folder| (folder.id, folder.name)).collect();
    let order = ctx
        .platform
        .db
        .read(move |tx| async move { sql::above(tx, id).await }.boxed())
        .await
        .map_err(|error: StoreError| error)?;
    Ok(order.into_iter().rev().filter_map(|id| names.remove(&id).map(|name| PathStep { id, name })).collect())
}

/// Resources whose name contains a text, best first.
pub async fn search(ctx: &Ctx, text: &str, limit: usize) -> Result<Vec<Resource>, DriveError> {
    let Some(needle) = Needle::new(text) else { return Ok(vec![]) };
    // Names are looked through in growing steps, so that a text many names contain costs little.
    let (mut from, mut step) = (0i64, 400i64);
    let mut hits: Vec<(u8, Resource)> = Vec::new();
    let candidates = "SELECT id FROM ( \
           SELECT id FROM resources WHERE org = $1 AND trashed IS NULL \
           AND LOWER(name) LIKE $5 ESCAPE '\\' ORDER BY LENGTH(name), id LIMIT $6 OFFSET $7 \
         ) part";
    let counted = "SELECT COUNT(*) AS n FROM ( \
           SELECT id FROM resources WHERE org = $1 AND trashed IS NULL AND LOWER(name) LIKE $2 ESCAPE '\\' \
         ) part";
    let row = ctx.platform.db.row(counted, params![ctx.org, &needle.pattern]).await?;
    let all: i64 = row.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    while from < all && hits.len() < limit {
        let more = params![&needle.pattern, step, from];
        let found = sql::find(ctx, Reads::Db(&ctx.platform.db), candidates, sql::ANY, more).await?;
        hits.extend(found.into_iter().filter_map(|hit| needle.matches(&hit.name).map(|fit| (fit, hit))));
        from += step;
        step *= 4;
    }
    hits.sort_by(|(a, one), (b, other)| {
        a.cmp(b)
            .then(other.opened.cmp(&one.opened))
            .then_with(|| natural(&one.name, &other.name))
            .then(one.id.cmp(&other.id))
    });
    hits.truncate(limit);
    Ok(hits.into_iter().map(|(_, resource)| resource).collect())
}

/// Makes a resource. In a folder that needs the role to edit it; at the root anybody but guests may.
pub async fn create(ctx: &Ctx, new: NewResource) -> Result<Resource, DriveError> {
    let node = node_of(ctx, new)?;
    change(ctx, move |tx, ctx| async move { insert(tx, &ctx, node).await }.boxed()).await
}

/// Like [`create`], once for a key: a repeat gets the answer of the first time, as JSON. One that comes
/// meanwhile waits, since the tree changes one by one.
pub async fn create_once(ctx: &Ctx, new: NewResource, key: Key) -> Result<Box<RawValue>, DriveError> {
    let node = node_of(ctx, new)?;
    change(ctx, move |tx, ctx| {
        async move {
            if let Some(answer) = Answers::read_in(tx, [&key], ctx.now).await?.get(&key)? {
                return Ok(answer);
            }
            let made = insert(tx, &ctx, node).await?;
            let answer = to_raw_value(&made).map_err(|error| KeyError::Damaged(error.to_string()))?;
            idempotency::keep(tx, vec![(key, answer.get().to_owned(), ctx.now)]).await?;
            Ok(answer)
        }
        .boxed()
    })
    .await
}

fn node_of(ctx: &Ctx, new: NewResource) -> Result<Node, DriveError> {
    let owner = ctx.member()?;
    let name = model::name(&new.name)?;
    let NewResource { kind, parent, .. } = new;
    if kind != FOLDER && ctx.platform.kind(&kind).is_none() {
        return Err(DriveError::Kind(kind));
    }
    let id = ctx.platform.ids.make();
    Ok(Node { id, parent, kind, name, owner, inherits: true, trashed: None, trashed_with: None })
}

/// Like [`create`], with a content that `fill` makes in the same transaction in place of the usual one.
pub async fn create_filled(
    ctx: &Ctx,
    new: NewResource,
    fill: impl for<'t> FnOnce(&'t mut Tx, Ctx, ResourceId) -> BoxFuture<'t, Result<(), Problem>> + Send + 'static,
) -> Result<Resource, DriveError> {
    let node = node_of(ctx, new)?;
    change(ctx, move |tx, ctx| {
        async move {
            enter(tx, &ctx, node.parent, 0).await?;
            sql::insert(tx, ctx.org, &node, ctx.now).await?;
            fill(tx, ctx.clone(), node.id).await?;
            tell(tx, &ctx, node).await
        }
        .boxed()
    })
    .await
}

async fn insert(tx: &mut Tx, ctx: &Ctx, node: Node) -> Result<Resource, DriveError> {
    enter(tx, ctx, node.parent, 0).await?;
    sql::insert(tx, ctx.org, &node, ctx.now).await?;
    if let Some(kind) = ctx.platform.kind(&node.kind) {
        kind.create(tx, ctx, node.id).await?;
    }
    tell(tx, ctx, node).await
}

/// Notes that something was made, and shows it.
async fn tell(tx: &mut Tx, ctx: &Ctx, node: Node) -> Result<Resource, DriveError> {
    let data = json!({ "resource": node.id, "kind": node.kind, "name": node.name, "parent": node.parent });
    emit(tx, ctx, "resource.created", &data).await?;
    resource_in(ctx, tx, node.id).await
}

/// Checks that something with `height` levels below it may be put into a folder, or at the root.
async fn enter(tx: &mut Tx, ctx: &Ctx, parent: Option<ResourceId>, height: i64) -> Result<(), DriveError> {
    let Some(parent) = parent else {
        return match ctx.who {
            Principal::Member { guest: false, .. } => Ok(()),
            _ => Err(DriveError::GuestRoot),
        };
    };
    authorize_in::<Edit>(ctx, tx, parent).await?;
    let folder = sql::node(tx, ctx.org, parent).await?.ok_or(AccessError::NotFound)?;
    if folder.kind != FOLDER {
        return Err(DriveError::NotAFolder);
    }
    if sql::above(tx, parent).await?.len() as i64 + 1 + height > MAX_DEPTH {
        return Err(DriveError::TooDeep);
    }
    Ok(())
}

/// Renames, moves and stars, all or nothing.
pub async fn update(ctx: &Ctx, id: ResourceId, new: Change) -> Result<Resource, DriveError> {
    let name = new.name.as_deref().map(model::name).transpose()?;
    let star = new.starred.map(|starred| ctx.member().map(|member| (member, starred))).transpose()?;
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<View>(&ctx, tx, id).await?;
            if let Some(name) = name {
                rename(tx, &ctx, id, &name).await?;
            }
            if let Some(parent) = new.parent {
                place(tx, &ctx, id, parent).await?;
            }
            if let Some((member, starred)) = star {
                set_star(tx, member, id, starred).await?;
            }
            resource_in(&ctx, tx, id).await
        }
        .boxed()
    })
    .await
}

async fn rename(tx: &mut Tx, ctx: &Ctx, id: ResourceId, name: &str) -> Result<(), DriveError> {
    authorize_in::<Edit>(ctx, tx, id).await?;
    let before = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?.name;
    if before == name {
        return Ok(());
    }
    sql::rename(tx, id, name, ctx.now).await?;
    let data = json!({ "resource": id, "name": name, "before": before });
    Ok(emit(tx, ctx, "resource.renamed", &data).await?)
}

async fn place(tx: &mut Tx, ctx: &Ctx, id: ResourceId, parent: Option<ResourceId>) -> Result<(), DriveError> {
    authorize_in::<Manage>(ctx, tx, id).await?;
    let before = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?.parent;
    if before == parent {
        return Ok(());
    }
    let height = sql::height(tx, id).await?;
    enter(tx, ctx, parent, height).await?;
    if let Some(parent) = parent
        && sql::above(tx, parent).await?.contains(&id)
    {
        return Err(DriveError::Cycle);
    }
    sql::set_parent(tx, id, parent, ctx.now).await?;
    let data = json!({ "resource": id, "parent": parent, "before": before });
    Ok(emit(tx, ctx, "resource.moved", &data).await?)
}

async fn set_star(tx: &mut Tx, member: MemberId, id: ResourceId, starred: bool) -> Result<(), StoreError> {
    let sql = if starred {
        "INSERT INTO stars (member, resource) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM stars WHERE member = $1 AND resource = $2"
    };
    tx.execute(sql, params![member, id]).await.map(|_| ())
}

/// Remembers that the member opened it, for the list of recent ones. Nobody else is told.
pub async fn mark_opened(ctx: &Ctx, id: ResourceId) -> Result<(), DriveError> {
    let member = ctx.member()?;
    ctx.authorize::<View>(id).await?;
    let now = ctx.now;
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let sql = "INSERT INTO opened (member, resource, at) \
                     SELECT $1, id, CAST($3 AS BIGINT) FROM resources WHERE id = $2 \
                     ON CONFLICT (member, resource) DO UPDATE SET at = excluded.at";
                tx.execute(sql, params![member, id, now]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

/// Notes that the content of a resource changed. For modules, in the transaction that changes it.
pub async fn touch(tx: &mut Tx, id: ResourceId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE resources SET updated = $2 WHERE id = $1", params![id, now]).await.map(|_| ())
}

/// Copies a resource, a folder with what is in it and may be seen. The copy stands beside the original,
/// or at the root of the one who copies when they may not edit that folder; it belongs to them and takes
/// over no grants.
pub async fn duplicate(ctx: &Ctx, id: ResourceId) -> Result<Resource, DriveError> {
    let member = ctx.member()?;
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<View>(&ctx, tx, id).await?;
            let nodes = visible_below(tx, &ctx, id).await?;
            if nodes.len() > MAX_COPIES {
                return Err(DriveError::TooMany);
            }
            let parent = beside(tx, &ctx, nodes.first().and_then(|top| top.parent)).await?;
            let copies = copies(tx, &ctx, &nodes, parent, member).await?;
            for (from, copy) in nodes.iter().zip(&copies) {
                sql::insert(tx, ctx.org, copy, ctx.now).await?;
                if copy.kind != FOLDER {
                    let kind = ctx.platform.kind(&copy.kind);
                    let kind = kind.ok_or_else(|| DriveError::Kind(copy.kind.clone()))?;
                    kind.duplicate(tx, &ctx, from.id, copy.id).await?;
                }
            }
            let top = copies.first().ok_or(AccessError::NotFound)?;
            let data = json!({
                "resource": top.id, "from": id, "name": top.name, "parent": parent, "count": copies.len(),
            });
            emit(tx, &ctx, "resource.duplicated", &data).await?;
            resource_in(&ctx, tx, top.id).await
        }
        .boxed()
    })
    .await
}

/// A resource and what is below it and may be seen, as far as it hangs together.
async fn visible_below(tx: &mut Tx, ctx: &Ctx, id: ResourceId) -> Result<Vec<Node>, DriveError> {
    let found = sql::find(ctx, Reads::Tx(tx), sql::BELOW, "r.trashed IS NULL", params![id]).await?;
    let seen: HashSet<ResourceId> = found.iter().map(|resource| resource.id).collect();
    let nodes = sql::below(tx, id).await?;
    Ok(connected(nodes.into_iter().filter(|node| seen.contains(&node.id)).collect()))
}

/// The folder of the original when a copy may be made there.
async fn beside(
    tx: &mut Tx,
    ctx: &Ctx,
    parent: Option<ResourceId>,
) -> Result<Option<ResourceId>, DriveError> {
    if let Some(parent) = parent {
        match authorize_in::<Edit>(ctx, tx, parent).await {
            Ok(_) => return Ok(Some(parent)),
            Err(AccessError::Store(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    enter(tx, ctx, None, 0).await?;
    Ok(None)
}

/// The rows of the copies. A copy keeps whether it inherits: what was kept apart stays so.
async fn copies(
    tx: &mut Tx,
    ctx: &Ctx,
    nodes: &[Node],
    parent: Option<ResourceId>,
    owner: MemberId,
) -> Result<Vec<Node>, DriveError> {
    let mut ids: HashMap<ResourceId, ResourceId> = HashMap::new();
    let taken = sql::names(tx, ctx.org, parent, owner).await?;
    Ok(nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let id = ctx.platform.ids.make();
            ids.insert(node.id, id);
            let (name, parent) = if at == 0 {
                (copy_name(&node.name, &taken), parent)
            } else {
                (node.name.clone(), node.parent.and_then(|parent| ids.get(&parent).copied()))
            };
            Node { id, parent, name, owner, ..node.clone() }
        })
        .collect())
}
