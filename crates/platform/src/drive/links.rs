//! Share links: anyone who has one may see what it opens, as far as its role goes, while it lives.
//!
//! Whoever opens one gets a session of a visitor; a signed-in member keeps their own and is granted the
//! link's role. Both end at once when the link changes.

use axum::http::HeaderValue;
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::json;
use skein_store::{FutureExt, Row, StoreError, Tx, params};
use skein_types::{LinkId, OrgId, ResourceId, Timestamp};
use utoipa::ToSchema;

use super::{DriveError, change, emit, emit_security, sharing::write_grant};
use crate::{
    Ctx, Platform,
    access::{Manage, Role, authorize_in, standing_role_in},
    identity::{self, Meta},
    limits::{Limit, Throttle},
};

/// The highest role a link gives.
const MAX_ROLE: Role = Role::Edit;
/// The link of a resource, as those who manage it see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Its id.
    #[schema(value_type = String)]
    pub id: LinkId,
    /// What is sent to people.
    pub url: String,
    /// What it gives.
    pub role: Role,
    /// Whether it asks for a password.
    pub password: bool,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires: Option<Timestamp>,
}

/// How a link is to be.
#[derive(Clone, Debug)]
pub struct LinkChange {
    /// What it gives.
    pub role: Role,
    /// Its password; none keeps the present one, `Some(None)` takes it away.
    pub password: Option<Option<String>>,
    /// When it ends; none keeps what is set, `Some(None)` lets it live until it is taken away.
    pub expires: Option<Option<Timestamp>>,
}

/// What is told of a link before it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkInfo {
    /// Whether it takes a password to open it.
    pub needs_password: bool,
    /// Name of what it opens, when it takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of what it opens, when it takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What a link opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opened {
    /// The resource.
    #[schema(value_type = String)]
    pub resource: ResourceId,
    /// As what.
    pub role: Role,
}

/// Counts wrong passwords of links.
pub(crate) struct Tries {
    networks: Throttle,
    /// Looser: bounds who guesses from many networks.
    links: Throttle,
}

impl Default for Tries {
    fn default() -> Self {
        let limit = |attempts| Limit {
            attempts,
            window: SignedDuration::from_mins(15),
            first_wait: SignedDuration::from_secs(30),
            longest_wait: SignedDuration::from_mins(15),
        };
        Self { networks: Throttle::new(limit(10)), links: Throttle::new(limit(200)) }
    }
}

impl Tries {
    fn attempt(&self, link: LinkId, ip: &str, now: Timestamp) -> Result<(), DriveError> {
        let throttled = |seconds| DriveError::Throttled { seconds };
        self.networks.attempt(&identity::network(ip), now).map_err(throttled)?;
        self.links.attempt(&link.to_string(), now).map_err(throttled)
    }

    fn succeeded(&self, link: LinkId, ip: &str) {
        self.networks.take_back(&identity::network(ip));
        self.links.take_back(&link.to_string());
    }
}

struct Stored {
    id: LinkId,
    org: OrgId,
    resource: ResourceId,
    token: String,
    role: Role,
    password: Option<String>,
    expires: Option<Timestamp>,
    name: String,
    kind: String,
    trashed: bool,
}

const STORED: &str = "SELECT l.id, r.org, l.resource, l.token, l.role, l.password, l.expires, r.name, r.kind, \
     r.trashed FROM links l JOIN resources r ON r.id = l.resource";

fn stored(row: &Row) -> Result<Stored, StoreError> {
    let role: String = row.get("role")?;
    Ok(Stored {
        id: row.get("id")?,
        org: row.get("org")?,
        resource: row.get("resource")?,
        token: row.get("token")?,
        role: Role::parse(&role)
            .ok_or_else(|| StoreError::Column { column: "role".into(), reason: format!("no role {role}") })?,
        password: row.get("password")?,
        expires: row.get("expires")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        trashed: row.get::<Option<Timestamp>>("trashed")?.is_some(),
    })
}

impl Stored {
    fn shown(&self, base_url: &str) -> Link {
        Link {
            id: self.id,
            url: format!("{base_url}/s/{}", self.token),
            role: self.role,
            password: self.password.is_some(),
            expires: self.expires,
        }
    }

    fn open(self, now: Timestamp) -> Result<Self, DriveError> {
        if self.trashed {
            return Err(DriveError::NoLink);
        }
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(DriveError::LinkOver);
        }
        Ok(self)
    }
}

/// The link of a resource. The caller checked that it may be shown.
pub(super) async fn link_of(ctx: &Ctx, id: ResourceId, base_url: &str) -> Result<Option<Link>, StoreError> {
    let row = ctx.platform.db.row(&format!("{STORED} WHERE l.resource = $1"), params![id]).await?;
    row.map(|row| Ok(stored(&row)?.shown(base_url))).transpose()
}

async fn link_in(tx: &mut Tx, id: ResourceId) -> Result<Option<Stored>, StoreError> {
    tx.row(&format!("{STORED} WHERE l.resource = $1"), params![id]).await?.as_ref().map(stored).transpose()
}

/// Makes the link of a resource or changes it; its address stays. A change ends the access of everybody
/// who opened it before.
pub async fn put_link(
    ctx: &Ctx,
    id: ResourceId,
    new: LinkChange,
    base_url: &str,
) -> Result<Link, DriveError> {
    if new.role > MAX_ROLE {
        return Err(DriveError::LinkRole { max: MAX_ROLE });
    }
    if new.expires.flatten().is_some_and(|expires| expires <= ctx.now) {
        return Err(DriveError::LinkExpires);
    }
    ctx.authorize::<Manage>(id).await?;
    let password = match new.password {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) if (1..=256).contains(&text.chars().count()) => {
            Some(Some(identity::hash_password(&ctx.platform, &text).await?))
        }
        Some(Some(_)) => return Err(DriveError::LinkPassword),
    };
    let (made, token): (LinkId, _) = (ctx.platform.ids.make(), ctx.platform.ids.secret());
    let stored = change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let before = link_in(tx, id).await?;
            let kept = before.as_ref().map(|link| (link.password.clone(), link.expires)).unwrap_or_default();
            let secured = password.is_some();
            let (password, expires) = (password.unwrap_or(kept.0), new.expires.unwrap_or(kept.1));
            if let Some(before) = before
                && !secured
                && (before.role, before.expires) == (new.role, expires)
            {
                return Ok(before);
            }
            end_access(tx, id).await?;
            let sql = "INSERT INTO links (id, resource, token, role, password, expires, created) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (resource) DO UPDATE \
                 SET role = excluded.role, password = excluded.password, expires = excluded.expires";
            let values = params![made, id, token, new.role.as_str(), password, expires, ctx.now];
            tx.execute(sql, values).await?;
            let link = link_in(tx, id).await?.ok_or(DriveError::NoLink)?;
            let data = json!({
                "resource": id, "name": link.name, "link": link.id, "role": link.role,
                "password": link.password.is_some(), "expires": link.expires,
            });
            emit_security(tx, &ctx, "link.changed", &data).await?;
            Ok(link)
        }
        .boxed()
    })
    .await?;
    Ok(stored.shown(base_url))
}

/// Takes the link of a resource away, and with it the access of everybody who opened it.
pub async fn remove_link(ctx: &Ctx, id: ResourceId) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let Some(link) = link_in(tx, id).await? else { return Ok(()) };
            end_access(tx, id).await?;
            tx.execute("DELETE FROM links WHERE resource = $1", params![id]).await?;
            let data = json!({ "resource": id, "name": link.name, "link": link.id });
            Ok(emit_security(tx, &ctx, "link.removed", &data).await?)
        }
        .boxed()
    })
    .await
}

/// Ends what was opened with the link of a resource: sessions of visitors, roles of members.
async fn end_access(tx: &mut Tx, id: ResourceId) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE link IN (SELECT id FROM links WHERE resource = $1)";
    tx.execute(sql, params![id]).await?;
    let sql = "DELETE FROM grants WHERE resource = $1 AND subject_kind = 'link'";
    tx.execute(sql, params![id]).await.map(|_| ())
}

async fn by_token(platform: &Platform, token: &str) -> Result<Stored, DriveError> {
    let row = platform.db.row(&format!("{STORED} WHERE l.token = $1"), params![token]).await?;
    stored(&row.ok_or(DriveError::NoLink)?)?.open(platform.clock.now())
}

/// What a link opens, as far as it is told before the password.
pub async fn link_info(platform: &Platform, token: &str) -> Result<LinkInfo, DriveError> {
    let link = by_token(platform, token).await?;
    Ok(if link.password.is_some() {
        LinkInfo { needs_password: true, name: None, kind: None }
    } else {
        LinkInfo { needs_password: false, name: Some(link.name), kind: Some(link.kind) }
    })
}

/// Opens a link. A stranger gets the cookie of a visitor; a signed-in member of the same organisation
/// gets its role, when they have none that is higher.
pub async fn open_link(
    platform: &Platform,
    meta: &Meta,
    signed_in: Option<Ctx>,
    token: &str,
    password: Option<&str>,
) -> Result<(Opened, Option<HeaderValue>), DriveError> {
    let link = by_token(platform, token).await?;
    check_password(platform, meta, &link, password).await?;
    let opened = Opened { resource: link.resource, role: link.role };
    if let Some(ctx) = signed_in.filter(|ctx| ctx.org == link.org && ctx.member().is_ok()) {
        return Ok((join(&ctx, link).await?, None));
    }
    let cookie = identity::open_visitor_session(platform, link.id, link.org, meta).await?;
    still_as_it_was(platform, &link, token).await?;
    Ok((opened, Some(cookie)))
}

/// A change of the link ends the sessions there are. One that was begun while it changed came too late
/// for that and is ended here.
async fn still_as_it_was(platform: &Platform, link: &Stored, token: &str) -> Result<(), DriveError> {
    let of = |link: &Stored| (link.id, link.role, link.password.clone(), link.expires);
    if by_token(platform, token).await.is_ok_and(|now| of(&now) == of(link)) {
        return Ok(());
    }
    let id = link.id;
    platform
        .db
        .write(move |tx| {
            async move { tx.execute("DELETE FROM sessions WHERE link = $1", params![id]).await }.boxed()
        })
        .await
        .map_err(|error: StoreError| error)?;
    Err(DriveError::NoLink)
}

async fn check_password(
    platform: &Platform,
    meta: &Meta,
    link: &Stored,
    password: Option<&str>,
) -> Result<(), DriveError> {
    let Some(hash) = link.password.clone() else { return Ok(()) };
    let Some(password) = password.filter(|password| !password.is_empty()) else {
        return Err(DriveError::WrongPassword);
    };
    platform.link_tries.attempt(link.id, &meta.ip, platform.clock.now())?;
    if !identity::verify_password(platform, password, Some(hash)).await? {
        return Err(DriveError::WrongPassword);
    }
    platform.link_tries.succeeded(link.id, &meta.ip);
    Ok(())
}

/// Lets a member have what the link gives.
async fn join(ctx: &Ctx, link: Stored) -> Result<Opened, DriveError> {
    let member = ctx.member()?;
    change(ctx, move |tx, ctx| {
        async move {
            let now = link_in(tx, link.resource).await?.ok_or(DriveError::NoLink)?.open(ctx.now)?;
            // Changed while its password was checked.
            if (&now.token, &now.password) != (&link.token, &link.password) {
                return Err(DriveError::NoLink);
            }
            let has = standing_role_in(&ctx, tx, link.resource).await?;
            if let Some(has) = has.filter(|has| *has >= now.role) {
                return Ok(Opened { resource: link.resource, role: has });
            }
            write_grant(tx, link.resource, "link", &member.to_string(), now.role).await?;
            let data = json!({ "resource": link.resource, "link": link.id, "role": now.role });
            emit(tx, &ctx, "link.opened", &data).await?;
            Ok(Opened { resource: link.resource, role: now.role })
        }
        .boxed()
    })
    .await
}
