//! From a cookie or a token to the one who acts.
//!
//! Only hashes of secrets are compared and kept. What was found is remembered while nothing was heard
//! of on the directory and security streams, so that a revocation or a deactivation counts for the next
//! request on every node.

use std::collections::HashMap;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use jiff::SignedDuration;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use skein_store::{FutureExt, Row, StoreError, Watch, params};
use skein_types::{LinkId, MemberId, OrgId, Problem, ResourceId, SessionId, Timestamp, TokenId, hex};

use super::{
    model::{OrgRole, Scopes},
    request::{CookieKind, Meta, is_unsafe, same_origin},
};
use crate::{
    Ctx, Origin, Platform, Principal, access::Role, directory_stream, http::ApiError, security_stream,
};

/// A session ends this long after it was last used.
pub(super) const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// That a credential was used is written down at most this often.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// Past this many remembered credentials the memory begins anew.
const LIMIT: usize = 50_000;

/// Why a request is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No credential, or one that is no longer good.
    #[error("sign in first")]
    Required,
    /// A page of another site tried to act with somebody's cookie.
    #[error("this request was not made by a page of this server")]
    CrossSite,
    /// The API token may only read.
    #[error("this API token may only read")]
    ReadOnlyToken,
    /// What is asked may only be done by a person who is signed in, not with an API token.
    #[error("API tokens may not do this; sign in")]
    SessionRequired,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let text = error.to_string();
        match error {
            AuthError::Required => Self::new(401, "auth.required", text),
            AuthError::CrossSite => Self::new(403, "auth.cross_site", text),
            AuthError::ReadOnlyToken => Self::new(403, "access.read_only_token", text),
            AuthError::SessionRequired => Self::new(403, "auth.session_required", text),
            AuthError::Store(error) => error.into(),
        }
    }
}

/// The hash under which a secret is stored.
pub(crate) fn hash_secret(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// A secret a client presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Session,
    Token,
}

/// A credential that was found good.
#[derive(Clone)]
struct Known {
    org: OrgId,
    who: Principal,
    session: Option<SessionId>,
    token: Option<TokenId>,
    read_only: bool,
    expires: Option<Timestamp>,
    seen: Option<Timestamp>,
}

impl Known {
    fn good(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

type Version = (i64, i64);

/// Credentials that were found good, each with what had been heard of its organisation before.
#[derive(Default)]
pub(crate) struct Cache {
    orgs: Mutex<HashMap<OrgId, (Watch, Watch)>>,
    known: Mutex<HashMap<(Kind, String), (Version, Known)>>,
}

impl Cache {
    /// To be asked before the database is read.
    fn version(&self, platform: &Platform, org: OrgId) -> Version {
        let mut orgs = self.orgs.lock();
        let (directory, security) = orgs.entry(org).or_insert_with(|| {
            let bus = platform.db.bus();
            (bus.watch(&directory_stream(org)), bus.watch(&security_stream(org)))
        });
        (directory.heard(), security.heard())
    }

    fn get(&self, key: &(Kind, String)) -> Option<(Version, Known)> {
        self.known.lock().get(key).cloned()
    }

    fn put(&self, key: (Kind, String), version: Version, found: Known) {
        let mut known = self.known.lock();
        if known.len() >= LIMIT {
            known.clear();
        }
        known.insert(key, (version, found));
    }

    fn forget(&self, key: &(Kind, String)) {
        self.known.lock().remove(key);
    }
}

async fn find(
    platform: &Platform,
    kind: Kind,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Known>, StoreError> {
    let cache = &platform.identity.credentials;
    let key = (kind, hash_secret(secret));
    // The organisation is known only once the credential was read; its streams must be watched before
    // the reading that is remembered.
    let org = match cache.get(&key) {
        Some((version, known)) if cache.version(platform, known.org) == version => {
            return Ok(Some(touch(platform, &key, known, now).await).filter(|known| known.good(now)));
        }
        Some((_, known)) => known.org,
        None => match load(platform, kind, &key.1).await? {
            Some(known) => known.org,
            None => return Ok(None),
        },
    };
    let version = cache.version(platform, org);
    let Some(known) = load(platform, kind, &key.1).await?.filter(|known| known.good(now)) else {
        cache.forget(&key);
        return Ok(None);
    };
    // A link ends with events of the drive and by the clock: it is asked anew every time.
    if matches!(known.who, Principal::Member { .. }) {
        cache.put(key.clone(), version, known.clone());
    }
    Ok(Some(touch(platform, &key, known, now).await))
}

async fn load(platform: &Platform, kind: Kind, hash: &str) -> Result<Option<Known>, StoreError> {
    let row = match kind {
        Kind::Session => platform.db.row(&session_query("s.token_hash = $1"), params![hash]).await?,
        Kind::Token => platform.db.row(&token_query("t.token_hash = $1"), params![hash]).await?,
    };
    match (row, kind) {
        (None, _) => Ok(None),
        (Some(row), Kind::Session) => known_session(&row),
        (Some(row), Kind::Token) => known_token(&row),
    }
}

fn session_query(condition: &str) -> String {
    format!(
        "SELECT s.id, s.org, s.member, s.link, s.last_seen, s.expires, m.role, m.active, l.resource, \
                l.role AS link_role, l.expires AS link_expires \
         FROM sessions s LEFT JOIN members m ON m.id = s.member LEFT JOIN links l ON l.id = s.link \
         WHERE {condition}"
    )
}

fn token_query(condition: &str) -> String {
    format!(
        "SELECT t.id, t.member, t.scopes, t.expires, t.last_used, m.org, m.role, m.active \
         FROM api_tokens t JOIN members m ON m.id = t.member WHERE {condition}"
    )
}

fn known_session(row: &Row) -> Result<Option<Known>, StoreError> {
    let mut expires: Timestamp = row.get("expires")?;
    let who = if let Some(id) = row.get::<Option<MemberId>>("member")? {
        if row.get::<Option<bool>>("active")? != Some(true) {
            return Ok(None);
        }
        let role = row.get::<OrgRole>("role")?;
        Principal::Member { id, admin: role.is_admin(), guest: role == OrgRole::Guest }
    } else {
        let (Some(link), Some(resource)) =
            (row.get::<Option<LinkId>>("link")?, row.get::<Option<ResourceId>>("resource")?)
        else {
            return Ok(None);
        };
        let Some(role) = row.get::<Option<String>>("link_role")?.as_deref().and_then(Role::parse) else {
            return Ok(None);
        };
        if let Some(end) = row.get::<Option<Timestamp>>("link_expires")? {
            expires = expires.min(end);
        }
        Principal::Visitor { link, resource, role }
    };
    Ok(Some(Known {
        org: row.get("org")?,
        who,
        session: Some(row.get("id")?),
        token: None,
        read_only: false,
        expires: Some(expires),
        seen: Some(row.get("last_seen")?),
    }))
}

fn known_token(row: &Row) -> Result<Option<Known>, StoreError> {
    if !row.get::<bool>("active")? {
        return Ok(None);
    }
    let role = row.get::<OrgRole>("role")?;
    let scopes = Scopes::stored(&row.get::<String>("scopes")?);
    let who = Principal::Member {
        id: row.get("member")?,
        admin: role.is_admin() && scopes.admin(),
        guest: role == OrgRole::Guest,
    };
    Ok(Some(Known {
        org: row.get("org")?,
        who,
        session: None,
        token: Some(row.get("id")?),
        read_only: !scopes.write(),
        expires: row.get("expires")?,
        seen: row.get("last_used")?,
    }))
}

/// Writes down that a credential is in use and prolongs a session.
async fn touch(platform: &Platform, key: &(Kind, String), mut known: Known, now: Timestamp) -> Known {
    let due = known.seen.is_none_or(|seen| now.duration_since(seen) >= TOUCH_EVERY);
    if !due || !known.good(now) {
        return known;
    }
    known.seen = Some(now);
    let expires = now.saturating_add(SESSION_LIFE).unwrap_or(now);
    let (session, token) = (known.session, known.token);
    if session.is_some() && matches!(known.who, Principal::Member { .. }) {
        known.expires = Some(expires);
    }
    // Remembered first, so that requests at the same moment do not all write.
    if let Some((_, remembered)) = platform.identity.credentials.known.lock().get_mut(key) {
        *remembered = known.clone();
    }
    let written = platform
        .db
        .write(move |tx| {
            async move {
                if let Some(id) = session {
                    let sql = "UPDATE sessions SET last_seen = $2, expires = $3 WHERE id = $1";
                    tx.execute(sql, params![id, now, expires]).await?;
                }
                if let Some(id) = token {
                    tx.execute("UPDATE api_tokens SET last_used = $2 WHERE id = $1", params![id, now])
                        .await?;
                }
                Ok::<_, StoreError>(())
            }
            .boxed()
        })
        .await;
    // No reason to refuse the request.
    if let Err(error) = written {
        tracing::warn!(%error, "the use of a credential could not be written down");
    }
    known
}

/// The context of a request, from its cookie or its API token.
pub async fn authenticate(platform: &Platform, parts: &Parts) -> Result<Ctx, AuthError> {
    let now = platform.clock.now();
    let meta = Meta::of(parts, &platform.settings);
    let changes = is_unsafe(&parts.method);
    let known = if let Some(secret) = bearer(&parts.headers) {
        find(platform, Kind::Token, secret, now).await?.ok_or(AuthError::Required)?
    } else {
        let known =
            by_cookie(platform, &parts.headers, meta.secure, now).await?.ok_or(AuthError::Required)?;
        if changes && !same_origin(&parts.headers, &platform.settings) {
            return Err(AuthError::CrossSite);
        }
        known
    };
    if changes && known.read_only {
        return Err(AuthError::ReadOnlyToken);
    }
    Ok(context(platform, known, meta.origin(), now))
}

fn context(platform: &Platform, known: Known, origin: Origin, now: Timestamp) -> Ctx {
    let Known { org, who, session, token, read_only, .. } = known;
    Ctx { platform: platform.clone(), org, who, origin: Origin { session, token, read_only, ..origin }, now }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// A member's session counts before what a link opened.
async fn by_cookie(
    platform: &Platform,
    headers: &HeaderMap,
    secure: bool,
    now: Timestamp,
) -> Result<Option<Known>, StoreError> {
    for kind in [CookieKind::Member, CookieKind::Visitor] {
        if let Some(secret) = kind.read(headers, secure)
            && let Some(known) = find(platform, Kind::Session, secret, now).await?
            && matches!(known.who, Principal::Member { .. }) == (kind == CookieKind::Member)
        {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx
where
    Platform: FromRef<S>,
{
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(authenticate(&Platform::from_ref(state), parts).await?)
    }
}

impl Ctx {
    /// The context of a member who acts by no request: for the command line and for jobs. None when
    /// there is no such member or they are deactivated.
    pub async fn for_member(platform: &Platform, member: MemberId) -> Result<Option<Self>, StoreError> {
        let sql = "SELECT org, role FROM members WHERE id = $1 AND active = TRUE";
        let Some(row) = platform.db.row(sql, params![member]).await? else { return Ok(None) };
        let role = row.get::<OrgRole>("role")?;
        let who = Principal::Member { id: member, admin: role.is_admin(), guest: role == OrgRole::Guest };
        let (org, now) = (row.get("org")?, platform.clock.now());
        Ok(Some(Self { platform: platform.clone(), org, who, origin: Origin::default(), now }))
    }

    /// The same context as it is now: with the present time and the present role of the one who acts.
    /// None when the session or token ended, or the member is deactivated.
    pub async fn renewed(&self) -> Result<Option<Self>, StoreError> {
        let (platform, now) = (&self.platform, self.platform.clock.now());
        let known = if let Some(id) = self.origin.session {
            let row = platform.db.row(&session_query("s.id = $1"), params![id]).await?;
            row.as_ref().map(known_session).transpose()?.flatten()
        } else if let Some(id) = self.origin.token {
            let row = platform.db.row(&token_query("t.id = $1"), params![id]).await?;
            row.as_ref().map(known_token).transpose()?.flatten()
        } else if let Principal::Member { id, .. } = self.who {
            return Self::for_member(platform, id).await;
        } else {
            None
        };
        let known = known.filter(|known| known.good(now));
        Ok(known.map(|known| context(platform, known, self.origin.clone(), now)))
    }
}
