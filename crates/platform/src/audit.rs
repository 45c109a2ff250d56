//! The audit log: what changed security, who did it, when and from where. It is the security stream of
//! the organisation; nothing is kept beside it.

use std::collections::HashMap;

use axum::{Json, extract::FromRef};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use skein_store::{StoreError, params};
use skein_types::{Event, NewEvent, Problem, Timestamp};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Ctx, Origin, Platform,
    http::{ApiResult, Page, Params},
    security_stream,
};

/// The payload of every event of a security stream.
#[derive(Serialize)]
struct Recorded<'a, T> {
    ip: &'a str,
    user_agent: &'a str,
    data: &'a T,
}

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    ip: String,
    #[serde(default)]
    user_agent: String,
    data: Option<Box<RawValue>>,
}

/// By whom, from where and when something is done: what events are made of where no context is.
#[derive(Clone, Debug)]
pub struct By {
    /// A member, a link, or `system`.
    pub actor: String,
    /// From where.
    pub origin: Origin,
    /// When.
    pub now: Timestamp,
}

impl By {
    /// The server itself, or the command line.
    pub fn system(now: Timestamp) -> Self {
        Self { actor: "system".into(), origin: Origin::default(), now }
    }

    /// An event for any stream.
    pub fn event(&self, kind: &'static str, data: &impl Serialize) -> NewEvent {
        NewEvent::new(kind, &self.actor, self.now, data)
    }

    /// An event for the security stream.
    pub fn audit(&self, kind: &'static str, data: &impl Serialize) -> NewEvent {
        let Origin { ip, user_agent, .. } = &self.origin;
        self.event(kind, &Recorded { ip, user_agent, data })
    }
}

impl From<&Ctx> for By {
    fn from(ctx: &Ctx) -> Self {
        Self { actor: ctx.actor(), origin: ctx.origin.clone(), now: ctx.now }
    }
}

/// An event for the security stream about what the one of this context does.
pub fn audit(ctx: &Ctx, kind: &'static str, data: &impl Serialize) -> NewEvent {
    By::from(ctx).audit(kind, data)
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actor {
    /// A member, or a share link.
    pub id: String,
    /// The name of the member; empty for a link.
    pub name: String,
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who; none when the server itself did, or nobody knows.
    pub actor: Option<Actor>,
    /// What: `auth.signed_in`, `member.deactivated`, …
    pub kind: String,
    /// What it was about; its shape follows from the kind.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
    /// Address of the client.
    pub ip: String,
    /// What the client called itself.
    pub user_agent: String,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
struct Window {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 500.
    limit: Option<i64>,
}

/// The audit log, newest first. For admins.
pub async fn entries(
    ctx: &Ctx,
    before: Option<i64>,
    limit: i64,
) -> Result<(Vec<Entry>, Option<i64>), Problem> {
    ctx.admin()?;
    let stream = security_stream(ctx.org);
    let db = &ctx.platform.db;
    let events = db.events_before(&stream, before.unwrap_or(i64::MAX), limit).await?;
    let next = events.last().map(|last| last.seq).filter(|seq| *seq > 1);
    let names = names(ctx).await?;
    Ok((events.iter().map(|event| entry(event, &names)).collect(), next))
}

async fn names(ctx: &Ctx) -> Result<HashMap<String, String>, StoreError> {
    let rows = ctx.platform.db.rows("SELECT id, name FROM members WHERE org = $1", params![ctx.org]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

fn entry(event: &Event, names: &HashMap<String, String>) -> Entry {
    let stored = event.decode::<Stored>().ok();
    let (ip, user_agent, data) = match stored {
        Some(stored) => (stored.ip, stored.user_agent, stored.data),
        None => (String::new(), String::new(), None),
    };
    let known = event.actor.contains('_').then(|| Actor {
        id: event.actor.clone(),
        name: names.get(&event.actor).cloned().unwrap_or_default(),
    });
    let data = data.unwrap_or_else(|| RawValue::NULL.to_owned());
    Entry { at: event.at, actor: known, kind: event.kind.clone(), data, ip, user_agent }
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "directory", params(Window),
    responses((status = 200, body = Page<Entry>), (status = 403, body = Problem)))]
async fn list_audit(ctx: Ctx, Params(window): Params<Window>) -> ApiResult<Json<Page<Entry>>> {
    let before = match window.cursor.as_deref().map(str::parse) {
        None => None,
        Some(Ok(seq)) => Some(seq),
        Some(Err(_)) => {
            return Err(Problem::invalid(
                "request.cursor",
                "cursor",
                "send what the page before gave as next",
            )
            .into());
        }
    };
    let (items, next) = entries(&ctx, before, window.limit.unwrap_or(100).clamp(1, 500)).await?;
    Ok(Json(Page { items, next: next.map(|seq| seq.to_string()) }))
}

/// The routes of the audit log.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(list_audit))
}
