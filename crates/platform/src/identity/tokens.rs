//! Personal API tokens.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{Expected, FutureExt, Row, StoreError, params};
use skein_types::{Timestamp, TokenId};
use utoipa::ToSchema;

use super::{
    IdentityError, Invalid, Scope, Scopes, credentials::hash_secret, model as rules, sessions::by_session,
};
use crate::{Ctx, Principal, audit::By, security_stream};

/// How many tokens a member may have.
const MOST: i64 = 100;

/// An API token of one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created: Timestamp,
    /// Until when; null for ever.
    pub expires: Option<Timestamp>,
    /// Last used, to five minutes.
    pub last_used: Option<Timestamp>,
    /// `skn_…`, to be sent as `Authorization: Bearer`; told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An API token to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// 1 to 100 characters.
    pub name: String,
    /// At least one; each includes those before it in the order read, write, admin.
    pub scopes: Vec<Scope>,
    /// 1 to 3650; null for ever.
    pub expires_in_days: Option<u32>,
}

fn token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.get("id")?,
        name: row.get("name")?,
        scopes: Scopes::stored(&row.get::<String>("scopes")?).list().to_vec(),
        created: row.get("created")?,
        expires: row.get("expires")?,
        last_used: row.get("last_used")?,
        secret: None,
    })
}

/// One's tokens, newest first; also those that expired, so that people see why a program stopped.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<Token>, IdentityError> {
    let member = ctx.member()?;
    let sql = "SELECT id, name, scopes, created, expires, last_used FROM api_tokens \
         WHERE member = $1 ORDER BY id DESC";
    let rows = ctx.platform.db.rows(sql, params![member]).await?;
    Ok(rows.iter().map(token).collect::<Result<_, _>>()?)
}

/// Makes a token.
pub(super) async fn create(ctx: &Ctx, new: NewToken) -> Result<Token, IdentityError> {
    let (member, _) = by_session(ctx)?;
    let name = rules::name("name", &new.name)?;
    let scopes = Scopes::new(new.scopes).ok_or(Invalid::NoScope)?;
    if scopes.admin() && !matches!(ctx.who, Principal::Member { admin: true, .. }) {
        return Err(Invalid::AdminScope.into());
    }
    let now = ctx.now;
    let days = new.expires_in_days.map(|days| rules::number("expires_in_days", days, 1, 3650)).transpose()?;
    let expires =
        days.and_then(|days| now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let (id, secret) = (ctx.platform.ids.make(), format!("skn_{}", ctx.platform.ids.secret()));
    let made = Token {
        id,
        name,
        scopes: scopes.list().to_vec(),
        created: now,
        expires,
        last_used: None,
        secret: Some(secret.clone()),
    };
    let (by, stream, answer) = (By::from(ctx), security_stream(ctx.org), made.clone());
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let data = json!({ "token": id, "name": made.name, "scopes": made.scopes, "expires": expires });
                let event = by.audit("token.created", &data);
                tx.append(&stream, Expected::Any, vec![event]).await?;
                let count = "SELECT COUNT(*) AS n FROM api_tokens WHERE member = $1";
                let have: i64 = tx.row(count, params![member]).await?.map_or(Ok(0), |row| row.get("n"))?;
                if have >= MOST {
                    return Err(IdentityError::TooManyTokens);
                }
                let insert = "INSERT INTO api_tokens (id, token_hash, member, name, scopes, created, expires) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)";
                let values = params![
                    id, hash_secret(&secret), member, &made.name, scopes.to_stored(), now, expires
                ];
                tx.execute(insert, values).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
    Ok(answer)
}

/// Deletes a token; it counts for nothing from then on.
pub(super) async fn delete(ctx: &Ctx, id: TokenId) -> Result<(), IdentityError> {
    let (member, _) = by_session(ctx)?;
    let (by, stream) = (By::from(ctx), security_stream(ctx.org));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let delete = "DELETE FROM api_tokens WHERE id = $1 AND member = $2";
                if tx.execute(delete, params![id, member]).await? == 0 {
                    return Err(IdentityError::NotFound("token"));
                }
                let event = by.audit("token.deleted", &json!({ "token": id }));
                tx.append(&stream, Expected::Any, vec![event]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
