//! Sessions: begun, listed, ended.

use axum::http::HeaderValue;
use serde::Serialize;
use serde_json::json;
use skein_store::{Expected, FutureExt, StoreError, params};
use skein_types::{LinkId, MemberId, OrgId, SessionId, Timestamp};
use utoipa::ToSchema;

use super::{
    AuthError, IdentityError, Meta, OrgRole,
    credentials::{SESSION_LIFE, hash_secret},
    request::CookieKind,
};
use crate::{Ctx, Origin, Platform, Principal, audit::By, directory::lock, security_stream};

/// Somebody who was just signed in, and the cookie that says so.
pub(super) struct SignedIn {
    pub(super) ctx: Ctx,
    pub(super) cookie: HeaderValue,
}

/// A session of one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Since when.
    pub created: Timestamp,
    /// Last used, to five minutes.
    pub last_seen: Timestamp,
    /// Address it was begun from.
    pub ip: String,
    /// The browser it was begun in.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

const INSERT: &str = "INSERT INTO sessions (id, token_hash, org, member, link, created, last_seen, expires, ip, \
     user_agent) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)";

/// Begins a session of a member. With the hash their password was checked against: only while it is
/// still the one of their password.
pub(super) async fn begin(
    platform: &Platform,
    org: OrgId,
    member: MemberId,
    checked: Option<String>,
    meta: &Meta,
) -> Result<SignedIn, IdentityError> {
    let (id, secret, now) = (platform.ids.make(), platform.ids.secret(), platform.clock.now());
    let origin = Origin { session: Some(id), ..meta.origin() };
    let by = By { actor: member.to_string(), origin: origin.clone(), now };
    let (hash, expires) = (hash_secret(&secret), now.saturating_add(SESSION_LIFE).unwrap_or(now));
    let role = platform
        .db
        .write(move |tx| {
            async move {
                // Deactivation and a new password hold this stream too: either they are seen here, or
                // they see this session and end it.
                lock(tx, &security_stream(org)).await?;
                let find = "SELECT role, password FROM members WHERE id = $1 AND active = TRUE";
                let row = tx.row(find, params![member]).await?.ok_or(IdentityError::WrongCredentials)?;
                if checked.is_some() && checked != row.get("password")? {
                    return Err(IdentityError::WrongCredentials);
                }
                let clean = "DELETE FROM sessions WHERE member = $1 AND expires <= $2";
                tx.execute(clean, params![member, now]).await?;
                let none: Option<LinkId> = None;
                let values =
                    params![id, hash, org, member, none, now, expires, &by.origin.ip, &by.origin.user_agent];
                tx.execute(INSERT, values).await?;
                let event = by.audit("auth.signed_in", &json!({ "session": id }));
                tx.append(&security_stream(org), Expected::Any, vec![event]).await?;
                Ok(row.get::<OrgRole>("role")?)
            }
            .boxed()
        })
        .await?;
    let who = Principal::Member { id: member, admin: role.is_admin(), guest: role == OrgRole::Guest };
    let ctx = Ctx { platform: platform.clone(), org, who, origin, now };
    Ok(SignedIn { ctx, cookie: CookieKind::Member.set(&secret, meta.secure) })
}

/// Begins the session of somebody who opened a share link; the value of the `Set-Cookie` header that
/// carries it. Whether they may open the link is for the caller to know.
pub async fn open_visitor_session(
    platform: &Platform,
    link: LinkId,
    org: OrgId,
    meta: &Meta,
) -> Result<HeaderValue, StoreError> {
    let (id, secret, now): (SessionId, _, _) =
        (platform.ids.make(), platform.ids.secret(), platform.clock.now());
    let (hash, expires) = (hash_secret(&secret), now.saturating_add(SESSION_LIFE).unwrap_or(now));
    let (ip, user_agent) = (meta.ip.clone(), meta.user_agent.clone());
    platform
        .db
        .write(move |tx| {
            async move {
                let clean = "DELETE FROM sessions WHERE link = $1 AND expires <= $2";
                tx.execute(clean, params![link, now]).await?;
                let nobody: Option<MemberId> = None;
                let values = params![id, hash, org, nobody, link, now, expires, ip, user_agent];
                tx.execute(INSERT, values).await.map(|_| ())
            }
            .boxed()
        })
        .await?;
    Ok(CookieKind::Visitor.set(&secret, meta.secure))
}

/// The acting member, signed in by a session and not by an API token: what guards credentials is not
/// done with a credential that was handed to a program.
pub(super) fn by_session(ctx: &Ctx) -> Result<(MemberId, SessionId), IdentityError> {
    let member = ctx.member()?;
    let session = ctx.origin.session.ok_or(AuthError::SessionRequired)?;
    Ok((member, session))
}

/// One's sessions, the last used first.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<Session>, IdentityError> {
    let member = ctx.member()?;
    let sql = "SELECT id, created, last_seen, ip, user_agent FROM sessions \
         WHERE member = $1 AND expires > $2 ORDER BY last_seen DESC, id DESC";
    let rows = ctx.platform.db.rows(sql, params![member, ctx.now]).await?;
    let sessions = rows.iter().map(|row| {
        let id = row.get("id")?;
        Ok(Session {
            id,
            created: row.get("created")?,
            last_seen: row.get("last_seen")?,
            ip: row.get("ip")?,
            user_agent: row.get("user_agent")?,
            current: ctx.origin.session == Some(id),
        })
    });
    Ok(sessions.collect::<Result<_, StoreError>>()?)
}

/// Ends one of one's sessions.
pub(super) async fn revoke(ctx: &Ctx, id: SessionId) -> Result<(), IdentityError> {
    let (member, _) = by_session(ctx)?;
    end(ctx, member, id, "session.revoked").await
}

/// Ends the session that asks.
pub(super) async fn sign_out(ctx: &Ctx) -> Result<(), IdentityError> {
    let session = ctx.origin.session.ok_or(AuthError::SessionRequired)?;
    if let Principal::Member { id, .. } = ctx.who {
        return end(ctx, id, session, "auth.signed_out").await;
    }
    ctx.platform
        .db
        .write(move |tx| {
            async move { tx.execute("DELETE FROM sessions WHERE id = $1", params![session]).await }.boxed()
        })
        .await?;
    Ok(())
}

async fn end(ctx: &Ctx, member: MemberId, id: SessionId, kind: &'static str) -> Result<(), IdentityError> {
    let (by, stream) = (By::from(ctx), security_stream(ctx.org));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let delete = "DELETE FROM sessions WHERE id = $1 AND member = $2";
                if tx.execute(delete, params![id, member]).await? == 0 {
                    return Err(IdentityError::NotFound("session"));
                }
                let event = by.audit(kind, &json!({ "session": id }));
                tx.append(&stream, Expected::Any, vec![event]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
