//! Statements of the tree. Private to drive; both databases run all of them.

use std::collections::HashSet;

use skein_store::{Param, Row, StoreError, Tx, params};
use skein_types::{MemberId, OrgId, ResourceId, Timestamp};

use super::model::{Node, Resource};
use crate::{
    Ctx, Principal,
    access::{Reads, Seeker, role_of},
    directory, drive_stream,
};

/// What `candidates` selects and the one who asks may see, in no order. `condition` may name `r` (the
/// resource) and `roles`; `more` are parameters from `$5`.
pub(super) async fn find(
    ctx: &Ctx,
    mut reads: Reads<'_>,
    candidates: &str,
    condition: &str,
    more: Vec<Param>,
) -> Result<Vec<Resource>, StoreError> {
    let seeker = Seeker::of(ctx);
    let with = seeker.with_roles(candidates);
    let sql = format!(
        "{with}, shared (id) AS ( \
           SELECT DISTINCT chain.start FROM chain JOIN resources top ON top.id = chain.start \
           WHERE chain.reaches AND ( \
             chain.owner <> top.owner \
             OR EXISTS (SELECT 1 FROM links l WHERE l.resource = chain.id \
                        AND (l.expires IS NULL OR l.expires > $4)) \
             OR EXISTS (SELECT 1 FROM grants g WHERE g.resource = chain.id AND g.subject_kind <> 'link' \
                        AND NOT (g.subject_kind = 'member' AND g.subject = top.owner)) \
           ) \
         ) \
         SELECT r.id, r.kind, r.name, r.parent, r.owner, r.inherits, r.created, r.updated, r.trashed, \
                roles.rank, roles.parent_rank, s.resource IS NOT NULL AS starred, o.at AS opened, \
                shared.id IS NOT NULL AS shared \
         FROM roles JOIN resources r ON r.id = roles.id \
         LEFT JOIN stars s ON s.resource = r.id AND s.member = $2 \
         LEFT JOIN opened o ON o.resource = r.id AND o.member = $2 \
         LEFT JOIN shared ON shared.id = r.id \
         WHERE roles.rank > 0 AND {condition}"
    );
    reads.rows(&sql, seeker.params(more)).await?.iter().map(|row| found(row, &ctx.who)).collect()
}

/// The condition of a list that has nothing to add.
pub(super) const ANY: &str = "TRUE";

fn found(row: &Row, who: &Principal) -> Result<Resource, StoreError> {
    let rank: i64 = row.get("rank")?;
    let sees_parent = row.get::<i64>("parent_rank")? > 0;
    Ok(Resource {
        id: row.get("id")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        parent: row.get::<Option<ResourceId>>("parent")?.filter(|_| sees_parent),
        owner: match who {
            Principal::Member { .. } => Some(row.get("owner")?),
            Principal::Visitor { .. } => None,
        },
        role: role_of(rank)
            .ok_or_else(|| StoreError::Column { column: "rank".into(), reason: format!("no role {rank}") })?,
        starred: row.get("starred")?,
        created: row.get("created")?,
        updated: row.get("updated")?,
        trashed: row.get("trashed")?,
        inherits: row.get("inherits")?,
        shared: row.get("shared")?,
        opened: row.get("opened")?,
    })
}

/// Candidates: one resource, `$5`.
pub(super) const ONE: &str = "SELECT CAST($5 AS TEXT)";
/// Candidates: the folders above `$5`.
pub(super) const ABOVE: &str = "WITH RECURSIVE up (id, parent) AS ( \
       SELECT id, parent FROM resources WHERE id = $5 \
       UNION SELECT r.id, r.parent FROM up JOIN resources r ON r.id = up.parent \
     ) SELECT id FROM up WHERE id <> $5";
/// Candidates: `$5` and everything below it.
pub(super) const BELOW: &str = "WITH RECURSIVE down (id) AS ( \
       SELECT id FROM resources WHERE id = $5 \
       UNION SELECT r.id FROM down JOIN resources r ON r.parent = down.id \
     ) SELECT id FROM down";
/// Candidates: what is in the folder `$5`.
pub(super) const CHILDREN: &str = "SELECT id FROM resources WHERE parent = $5 AND trashed IS NULL";
/// Candidates: what a member owns and is in no folder of their own. What is in a folder they may see is
/// found there: [`NO_PARENT`].
pub(super) const ROOT: &str = "SELECT r.id FROM resources r LEFT JOIN resources p ON p.id = r.parent \
     WHERE r.owner = $2 AND r.trashed IS NULL AND (r.parent IS NULL OR p.owner <> $2)";
/// Candidates: what a link opens.
pub(super) const LINKED: &str = "SELECT l.resource FROM links l JOIN resources r ON r.id = l.resource \
     WHERE l.id = $2 AND r.trashed IS NULL";
/// Candidates: what was opened last.
pub(super) const RECENT: &str = "SELECT id FROM ( \
       SELECT r.id FROM opened o JOIN resources r ON r.id = o.resource \
       WHERE o.member = $2 AND r.trashed IS NULL ORDER BY o.at DESC LIMIT 200 \
     ) latest";
/// Candidates: what was starred.
pub(super) const STARRED: &str = "SELECT r.id FROM stars s JOIN resources r ON r.id = s.resource \
     WHERE s.member = $2 AND r.trashed IS NULL";
/// Candidates: what others own and something was granted on that may be for the one who asks.
pub(super) const GRANTED: &str = "SELECT r.id FROM grants g JOIN resources r ON r.id = g.resource \
     WHERE r.org = $1 AND r.owner <> $2 AND r.trashed IS NULL AND ( \
       (g.subject_kind IN ('member', 'link') AND g.subject = $2) \
       OR (g.subject_kind = 'everyone' AND $3 = FALSE) \
       OR (g.subject_kind = 'department' AND g.subject IN (SELECT id FROM mine)) \
       OR (g.subject_kind = 'group' \
           AND g.subject IN (SELECT group_id FROM group_members WHERE member = $2)))";
/// Candidates: what was put into the trash itself, and what somebody owns of what went with it.
pub(super) const TRASHED: &str = "SELECT id FROM resources \
     WHERE org = $1 AND trashed IS NOT NULL AND (trashed_with = id OR owner = $2)";
/// Condition: in no folder that may be seen.
pub(super) const NO_PARENT: &str = "(r.parent IS NULL OR roles.parent_rank = 0)";
/// Condition: may be managed, and is not gone together with a folder that may be managed.
pub(super) const MANAGED: &str = "roles.rank = 4 AND (r.trashed_with = r.id OR roles.parent_rank < 4)";

const NODE: &str = "r.id, r.parent, r.kind, r.name, r.owner, r.inherits, r.trashed, r.trashed_with";

fn node_of(row: &Row) -> Result<Node, StoreError> {
    Ok(Node {
        id: row.get("id")?,
        parent: row.get("parent")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        owner: row.get("owner")?,
        inherits: row.get("inherits")?,
        trashed: row.get("trashed")?,
        trashed_with: row.get("trashed_with")?,
    })
}

/// Waits until no other transaction changes the tree of the organisation, and holds others back until
/// this one ends: what is read after it stays true.
pub(super) async fn lock(tx: &mut Tx, org: OrgId) -> Result<(), StoreError> {
    directory::lock(tx, &drive_stream(org)).await
}

pub(super) async fn node(tx: &mut Tx, org: OrgId, id: ResourceId) -> Result<Option<Node>, StoreError> {
    let sql = format!("SELECT {NODE} FROM resources r WHERE r.id = $1 AND r.org = $2");
    tx.row(&sql, params![id, org]).await?.as_ref().map(node_of).transpose()
}

/// A node and everything below it, what holds before what is inside.
pub(super) async fn below(tx: &mut Tx, id: ResourceId) -> Result<Vec<Node>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE down (id, depth) AS ( \
           SELECT id, CAST(0 AS BIGINT) FROM resources WHERE id = $1 \
           UNION ALL SELECT r.id, down.depth + 1 FROM down JOIN resources r ON r.parent = down.id \
         ) SELECT {NODE} FROM down JOIN resources r ON r.id = down.id ORDER BY down.depth, r.id"
    );
    tx.rows(&sql, params![id]).await?.iter().map(node_of).collect()
}

/// A node and the folders above it, nearest first.
pub(super) async fn above(tx: &mut Tx, id: ResourceId) -> Result<Vec<ResourceId>, StoreError> {
    let sql = "WITH RECURSIVE up (id, parent, depth) AS ( \
           SELECT id, parent, CAST(0 AS BIGINT) FROM resources WHERE id = $1 \
           UNION ALL SELECT r.id, r.parent, up.depth + 1 FROM up JOIN resources r ON r.id = up.parent \
         ) SELECT id FROM up ORDER BY depth";
    tx.rows(sql, params![id]).await?.iter().map(|row| row.get("id")).collect()
}

/// Levels below a node, 0 when there are none.
pub(super) async fn height(tx: &mut Tx, id: ResourceId) -> Result<i64, StoreError> {
    let sql = "WITH RECURSIVE down (id, depth) AS ( \
           SELECT id, CAST(0 AS BIGINT) FROM resources WHERE id = $1 \
           UNION ALL SELECT r.id, down.depth + 1 FROM down JOIN resources r ON r.parent = down.id \
         ) SELECT MAX(depth) AS height FROM down";
    let row = tx.row(sql, params![id]).await?;
    Ok(row.map(|row| row.get::<Option<i64>>("height")).transpose()?.flatten().unwrap_or(0))
}

/// Names in a folder, or at the root of somebody's drive.
pub(super) async fn names(
    tx: &mut Tx,
    org: OrgId,
    parent: Option<ResourceId>,
    owner: MemberId,
) -> Result<HashSet<String>, StoreError> {
    let rows = if let Some(parent) = parent {
        tx.rows("SELECT name FROM resources WHERE parent = $1 AND trashed IS NULL", params![parent]).await?
    } else {
        let sql = "SELECT name FROM resources \
             WHERE org = $1 AND owner = $2 AND parent IS NULL AND trashed IS NULL";
        tx.rows(sql, params![org, owner]).await?
    };
    rows.iter().map(|row| row.get("name")).collect()
}

pub(super) async fn insert(tx: &mut Tx, org: OrgId, node: &Node, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO resources (id, org, parent, kind, name, owner, inherits, created, updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    tx.execute(
        sql,
        params![node.id, org, node.parent, &node.kind, &node.name, node.owner, node.inherits, now],
    )
    .await
    .map(|_| ())
}

pub(super) async fn rename(
    tx: &mut Tx,
    id: ResourceId,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("UPDATE resources SET name = $2, updated = $3 WHERE id = $1", params![id, name, now])
        .await
        .map(|_| ())
}

pub(super) async fn set_parent(
    tx: &mut Tx,
    id: ResourceId,
    parent: Option<ResourceId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("UPDATE resources SET parent = $2, updated = $3 WHERE id = $1", params![id, parent, now])
        .await
        .map(|_| ())
}

/// Puts a node and everything below it that is not there yet into the trash.
pub(super) async fn trash(tx: &mut Tx, id: ResourceId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE resources SET trashed = $2, trashed_with = $1 WHERE trashed IS NULL AND id IN ( \
           WITH RECURSIVE down (id) AS ( \
             SELECT id FROM resources WHERE id = $1 \
             UNION ALL SELECT r.id FROM down JOIN resources r ON r.parent = down.id \
           ) SELECT id FROM down)";
    tx.execute(sql, params![id, now]).await
}

/// The ids of `$1` and of what is below it and went into the trash with `$2`.
const WENT_WITH: &str = "WITH RECURSIVE down (id) AS ( \
       SELECT id FROM resources WHERE id = $1 \
       UNION ALL SELECT r.id FROM down JOIN resources r ON r.parent = down.id WHERE r.trashed_with = $2 \
     ) SELECT id FROM down";

/// Takes a node and what went into the trash with it out again.
pub(super) async fn untrash(tx: &mut Tx, id: ResourceId, with: ResourceId) -> Result<(), StoreError> {
    let sql = format!("UPDATE resources SET trashed = NULL, trashed_with = NULL WHERE id IN ({WENT_WITH})");
    tx.execute(&sql, params![id, with]).await.map(|_| ())
}

/// Makes a node in the trash an entry of its own, at the root of its owner.
pub(super) async fn detach(tx: &mut Tx, id: ResourceId, with: ResourceId) -> Result<(), StoreError> {
    tx.execute("UPDATE resources SET parent = NULL WHERE id = $1", params![id]).await?;
    let sql =
        format!("UPDATE resources SET trashed_with = $1 WHERE trashed_with = $2 AND id IN ({WENT_WITH})");
    tx.execute(&sql, params![id, with]).await.map(|_| ())
}

/// Deletes a row that has nothing below it, with everything that refers to it.
pub(super) async fn delete(tx: &mut Tx, id: ResourceId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM sessions WHERE link IN (SELECT id FROM links WHERE resource = $1)",
        "DELETE FROM links WHERE resource = $1",
        "DELETE FROM grants WHERE resource = $1",
        "DELETE FROM stars WHERE resource = $1",
        "DELETE FROM opened WHERE resource = $1",
        "DELETE FROM resources WHERE id = $1",
    ] {
        tx.execute(sql, params![id]).await?;
    }
    Ok(())
}
