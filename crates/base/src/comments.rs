//! Comments on records, in threads. They are rows of their own; each change of one is an event of the base, which
//! names who is mentioned for whoever tells them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skein_platform::{Ctx, access::Role};
use skein_store::{Db, Expected, FutureExt, Row, StoreError, Tx, params};
use skein_types::{CommentId, MemberId, NewEvent, RecordId, ResourceId, StreamId, TableId, Timestamp};
use utoipa::ToSchema;

use crate::{BaseError, Snapshot, event::COMMENTED};

/// Characters of the longest comment.
const LENGTH: usize = 10_000;
/// Comments on one record.
const MAX: i64 = 2_000;
/// People mentioned in one comment.
const MENTIONS: usize = 50;

/// A comment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The comment this one answers; its own id when it begins a thread.
    pub thread: CommentId,
    /// Who wrote it.
    pub author: MemberId,
    /// What it says, as plain text; `<@mem_…>` mentions somebody.
    pub text: String,
    /// When it was written.
    #[schema(value_type = String)]
    pub created: Timestamp,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub edited: Option<Timestamp>,
    /// When its thread was resolved; of the first of a thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub resolved: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<MemberId>,
}

/// A new comment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Plain text; `<@mem_…>` mentions somebody.
    pub text: String,
    /// The first comment of the thread it answers.
    #[serde(default)]
    pub thread: Option<CommentId>,
}

/// What to change of a comment.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// Another text; only by its author.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether its thread is resolved; of the first of a thread.
    #[serde(default)]
    pub resolved: Option<bool>,
}

/// The payload of `base.commented`, version 1.
#[derive(Debug, Serialize)]
struct Commented<'a> {
    /// `added`, `edited`, `resolved`, `reopened` or `deleted`.
    action: &'static str,
    comment: CommentId,
    thread: CommentId,
    table: TableId,
    record: RecordId,
    /// What it says after it.
    text: &'a str,
    /// Who is mentioned and was not before.
    mentions: Vec<MemberId>,
}

/// A comment with where it is.
struct Stored {
    comment: Comment,
    base: ResourceId,
    table: TableId,
    record: RecordId,
}

const COLUMNS: &str =
    "id, base, table_id, record, thread, author, text, created, edited, resolved, resolved_by";

impl Stored {
    fn of(row: &Row) -> Result<Self, StoreError> {
        let record: Vec<u8> = row.get("record")?;
        let record = <[u8; 16]>::try_from(record.as_slice()).map_err(|_| StoreError::Column {
            column: "record".into(),
            reason: "a record id has 16 bytes".into(),
        })?;
        let comment = Comment {
            id: row.get("id")?,
            thread: row.get("thread")?,
            author: row.get("author")?,
            text: row.get("text")?,
            created: row.get("created")?,
            edited: row.get("edited")?,
            resolved: row.get("resolved")?,
            resolved_by: row.get("resolved_by")?,
        };
        let record = RecordId::from_bytes(record);
        Ok(Self { comment, base: row.get("base")?, table: row.get("table_id")?, record })
    }

    async fn find(tx: &mut Tx, base: ResourceId, id: CommentId) -> Result<Self, BaseError> {
        let sql = format!("SELECT {COLUMNS} FROM base_comments WHERE id = $1 AND base = $2");
        let row = tx.row(&sql, params![id, base]).await?.ok_or(BaseError::CommentNotFound(id))?;
        Ok(Self::of(&row)?)
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &'static str,
        mentions: Vec<MemberId>,
    ) -> Result<(), StoreError> {
        let Self { comment, table, record, .. } = self;
        let data = Commented {
            action,
            comment: comment.id,
            thread: comment.thread,
            table: *table,
            record: *record,
            text: if action == "deleted" { "" } else { &comment.text },
            mentions,
        };
        let event = NewEvent::new(COMMENTED, ctx.actor(), ctx.now, &data);
        tx.append(&StreamId::of(self.base), Expected::Any, vec![event]).await.map(|_| ())
    }
}

/// The comments on a record, the oldest first.
pub(crate) async fn list(db: &Db, table: TableId, record: RecordId) -> Result<Vec<Comment>, BaseError> {
    let sql = format!("SELECT {COLUMNS} FROM base_comments WHERE table_id = $1 AND record = $2 ORDER BY id");
    let rows = db.rows(&sql, params![table, record.to_bytes().to_vec()]).await?;
    rows.iter().map(|row| Ok(Stored::of(row)?.comment)).collect()
}

/// How many comments in open threads each record of a table has.
pub(crate) async fn counts(db: &Db, table: TableId) -> Result<BTreeMap<RecordId, i64>, BaseError> {
    let sql = "SELECT c.record, COUNT(*) AS count FROM base_comments c \
         JOIN base_comments t ON t.id = c.thread WHERE c.table_id = $1 AND t.resolved IS NULL GROUP BY c.record";
    let mut counts = BTreeMap::new();
    for row in db.rows(sql, params![table]).await? {
        let record: Vec<u8> = row.get("record")?;
        if let Ok(bytes) = <[u8; 16]>::try_from(record.as_slice()) {
            counts.insert(RecordId::from_bytes(bytes), row.get("count")?);
        }
    }
    Ok(counts)
}

/// The text without spaces around it, and who is mentioned in it.
fn checked(snapshot: &Snapshot, text: &str) -> Result<(String, Vec<MemberId>), BaseError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LENGTH || text.contains('\0') {
        let detail = "a comment has 1 to 10,000 characters";
        return Err(BaseError::invalid("comment.text", "text", detail));
    }
    let mut mentions: Vec<MemberId> = Vec::new();
    for part in text.split("<@").skip(1) {
        let Some((id, _)) = part.split_once('>') else { continue };
        let Ok(member) = id.parse::<MemberId>() else { continue };
        if !snapshot.base.env().people.members.contains_key(&member) {
            let detail = format!("nobody of the organisation is {member}");
            return Err(BaseError::invalid("comment.mention", "text", detail));
        }
        if !mentions.contains(&member) {
            mentions.push(member);
        }
    }
    if mentions.len() > MENTIONS {
        return Err(BaseError::invalid("comment.mentions", "text", "a comment mentions at most 50 people"));
    }
    Ok((text.to_owned(), mentions))
}

/// Comments on a record.
pub(crate) async fn add(
    ctx: &Ctx,
    snapshot: &Snapshot,
    base: ResourceId,
    (table, record): (TableId, RecordId),
    new: NewComment,
) -> Result<Comment, BaseError> {
    let author = ctx.member().map_err(BaseError::Access)?;
    snapshot.table(table)?.row(record).ok_or(BaseError::RecordNotFound(record))?;
    let (text, mentions) = checked(snapshot, &new.text)?;
    let id: CommentId = ctx.platform.ids.make();
    let ctx = ctx.clone();
    let shared = ctx.platform.clone();
    shared
        .db
        .write(move |tx| {
            async move {
                let key = record.to_bytes().to_vec();
                if let Some(thread) = new.thread {
                    let first = Stored::find(tx, base, thread).await?;
                    if first.record != record || first.table != table || first.comment.thread != thread {
                        return Err(BaseError::CommentNotFound(thread));
                    }
                }
                let sql = "SELECT COUNT(*) AS count FROM base_comments WHERE table_id = $1 AND record = $2";
                let row = tx.row(sql, params![table, key.clone()]).await?;
                if row.map_or(Ok(0), |row| row.get::<i64>("count"))? >= MAX {
                    return Err(BaseError::TooManyComments);
                }
                let comment = Comment {
                    id,
                    thread: new.thread.unwrap_or(id),
                    author,
                    text,
                    created: ctx.now,
                    edited: None,
                    resolved: None,
                    resolved_by: None,
                };
                let sql = "INSERT INTO base_comments (id, base, table_id, record, thread, author, text, created) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
                let values =
                    params![id, base, table, key, comment.thread, author, &comment.text, comment.created];
                tx.execute(sql, values).await?;
                // An answer goes on with what was held to be done.
                tx.execute(REOPEN, params![comment.thread]).await?;
                let stored = Stored { comment, base, table, record };
                stored.tell(tx, &ctx, "added", mentions).await?;
                Ok(stored.comment)
            }
            .boxed()
        })
        .await
}

const REOPEN: &str = "UPDATE base_comments SET resolved = NULL, resolved_by = NULL WHERE id = $1";

/// Changes the text of a comment, or resolves or reopens its thread.
pub(crate) async fn update(
    ctx: &Ctx,
    snapshot: &Snapshot,
    base: ResourceId,
    id: CommentId,
    patch: CommentPatch,
) -> Result<Comment, BaseError> {
    let me = ctx.member().map_err(BaseError::Access)?;
    let text = patch.text.as_deref().map(|text| checked(snapshot, text)).transpose()?;
    let before =
        ctx.platform.db.read(move |tx| async move { Stored::find(tx, base, id).await }.boxed()).await?;
    let known = checked(snapshot, &before.comment.text).map(|(_, mentions)| mentions).unwrap_or_default();
    let ctx = ctx.clone();
    let shared = ctx.platform.clone();
    shared
        .db
        .write(move |tx| {
            async move {
                let mut stored = Stored::find(tx, base, id).await?;
                if let Some((text, mentions)) = text {
                    if stored.comment.author != me {
                        return Err(BaseError::NotAuthor);
                    }
                    let sql = "UPDATE base_comments SET text = $2, edited = $3 WHERE id = $1";
                    tx.execute(sql, params![id, &text, ctx.now]).await?;
                    stored.comment.text = text;
                    stored.comment.edited = Some(ctx.now);
                    let new = mentions.into_iter().filter(|member| !known.contains(member)).collect();
                    stored.tell(tx, &ctx, "edited", new).await?;
                }
                match patch.resolved {
                    Some(_) if stored.comment.thread != id => {
                        let detail = "the first comment of a thread is resolved";
                        return Err(BaseError::invalid("comment.not_first", "resolved", detail));
                    }
                    Some(true) => {
                        let sql = "UPDATE base_comments SET resolved = $2, resolved_by = $3 WHERE id = $1";
                        tx.execute(sql, params![id, ctx.now, me]).await?;
                        (stored.comment.resolved, stored.comment.resolved_by) = (Some(ctx.now), Some(me));
                        stored.tell(tx, &ctx, "resolved", Vec::new()).await?;
                    }
                    Some(false) => {
                        tx.execute(REOPEN, params![id]).await?;
                        (stored.comment.resolved, stored.comment.resolved_by) = (None, None);
                        stored.tell(tx, &ctx, "reopened", Vec::new()).await?;
                    }
                    None => {}
                }
                Ok(stored.comment)
            }
            .boxed()
        })
        .await
}

/// Deletes a comment, with its answers when it begins a thread. One's own, or any for who manages the base.
pub(crate) async fn delete(ctx: &Ctx, role: Role, base: ResourceId, id: CommentId) -> Result<(), BaseError> {
    let me = ctx.member().map_err(BaseError::Access)?;
    let ctx = ctx.clone();
    let shared = ctx.platform.clone();
    shared
        .db
        .write(move |tx| {
            async move {
                let stored = Stored::find(tx, base, id).await?;
                if stored.comment.author != me && role < Role::Manage {
                    return Err(BaseError::NotAuthor);
                }
                tx.execute("DELETE FROM base_comments WHERE id = $1 OR thread = $1", params![id]).await?;
                stored.tell(tx, &ctx, "deleted", Vec::new()).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
