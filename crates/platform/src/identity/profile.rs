//! One's own profile: name, language, status, picture, password.

use axum::body::Body;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{BlobError, FutureExt, params};
use skein_types::{OrgId, ResourceId, SessionId};
use utoipa::ToSchema;

use super::{
    AVATAR_SIDE, IdentityError, Language, Status, Theme, check_password, hash_password, model as rules,
    sessions::by_session, verify_password,
};
use crate::{
    Ctx, Principal,
    access::Role,
    audit::By,
    directory::{self, DirectoryError, Member, append, lock},
    directory_stream, security_stream,
};

/// Bytes of a picture.
const AVATAR_BYTES: u64 = 5 << 20;

/// Who one is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// The member; null for somebody who opened a share link.
    pub member: Option<Member>,
    /// The organisation.
    pub organization: Organization,
    /// The session; null with an API token.
    pub session: Option<SessionId>,
    /// What a share link opens; null for a member.
    pub link: Option<OpenedLink>,
    /// How large files may be.
    pub limits: Limits,
}

/// How large files may be that this server takes, in bytes.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Limits {
    /// Of a file in a resource.
    pub file: u64,
    /// Of a file to import.
    pub import: u64,
}

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Organization {
    /// The id.
    pub id: OrgId,
    /// The name.
    pub name: String,
}

/// What a share link opens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenedLink {
    /// The resource, with everything below.
    pub resource: ResourceId,
    /// As what.
    pub role: Role,
}

/// Who the one who asks is.
pub(super) async fn me(ctx: &Ctx) -> Result<Me, IdentityError> {
    let row = ctx.platform.db.row("SELECT name FROM orgs WHERE id = $1", params![ctx.org]).await?;
    let name = row.ok_or(DirectoryError::NotFound("organization"))?.get("name")?;
    let (member, link) = match &ctx.who {
        Principal::Member { id, .. } => (Some(directory::get_member(ctx, *id).await?), None),
        Principal::Visitor { resource, role, .. } => {
            (None, Some(OpenedLink { resource: *resource, role: *role }))
        }
    };
    let organization = Organization { id: ctx.org, name };
    let settings = &ctx.platform.settings;
    let limits = Limits { file: settings.upload_limit, import: settings.import_limit };
    Ok(Me { member, organization, session: ctx.origin.session, link, limits })
}

/// What one may change of oneself; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// The language of the interface.
    pub language: Option<Language>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "crate::http::present")]
    #[schema(value_type = Option<Status>)]
    pub status: Option<Option<Status>>,
    /// How the interface looks.
    pub theme: Option<Theme>,
}

/// Changes one's profile.
pub(super) async fn update(ctx: &Ctx, change: ProfileChange) -> Result<Me, IdentityError> {
    let (id, org, by) = (ctx.member()?, ctx.org, By::from(ctx));
    let name = change.name.as_deref().map(|name| rules::name("name", name)).transpose()?;
    let time_zone = change.time_zone.as_deref().map(rules::time_zone).transpose()?;
    let status = match change.status {
        None => None,
        Some(None) => Some(None),
        Some(Some(status)) => Some(status.checked()?),
    };
    let status_text = status.clone().flatten().and_then(|status| serde_json::to_string(&status).ok());
    let (language, theme) = (change.language.map(Language::as_str), change.theme.map(Theme::as_str));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                lock(tx, &directory_stream(org)).await?;
                let update = "UPDATE members SET name = COALESCE($2, name), language = COALESCE($3, language), \
                     time_zone = COALESCE($4, time_zone), theme = COALESCE($5, theme), \
                     status = CASE WHEN $6 THEN $7 ELSE status END WHERE id = $1";
                let values = params![id, name, language, time_zone, theme, status.is_some(), status_text];
                tx.execute(update, values).await?;
                let event = by.event("member.updated", &json!({ "member": id }));
                append(tx, org, vec![event], Vec::new()).await
            }
            .boxed()
        })
        .await?;
    me(ctx).await
}

/// Sets a new password and ends one's other sessions.
pub(super) async fn change_password(ctx: &Ctx, current: &str, new: &str) -> Result<(), IdentityError> {
    let (id, session) = by_session(ctx)?;
    let (platform, org) = (&ctx.platform, ctx.org);
    let sql = "SELECT email, name, password FROM members WHERE id = $1";
    let row = platform.db.row(sql, params![id]).await?.ok_or(IdentityError::NotFound("member"))?;
    let (email, name): (String, String) = (row.get("email")?, row.get("name")?);
    check_password(new, &email, &name).map_err(IdentityError::NewPassword)?;
    let throttles = &platform.identity.throttles;
    throttles.attempt(&email, &ctx.origin.ip, ctx.now)?;
    let before: Option<String> = row.get("password")?;
    if !verify_password(platform, current, before.clone()).await? {
        return Err(IdentityError::WrongPassword);
    }
    throttles.succeeded(&email, &ctx.origin.ip);
    let hash = hash_password(platform, new).await?;
    let by = By::from(ctx);
    platform
        .db
        .write(move |tx| {
            async move {
                lock(tx, &security_stream(org)).await?;
                // Not when it was changed or reset meanwhile.
                let update = "UPDATE members SET password = $2 WHERE id = $1 AND password = $3";
                if tx.execute(update, params![id, hash, before]).await? == 0 {
                    return Err(IdentityError::WrongPassword);
                }
                let end = "DELETE FROM sessions WHERE member = $1 AND id <> $2";
                tx.execute(end, params![id, session]).await?;
                append(tx, org, Vec::new(), vec![by.audit("password.changed", &json!({}))]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

/// Takes a picture of oneself.
pub(super) async fn set_avatar(ctx: &Ctx, body: Body) -> Result<Member, IdentityError> {
    let id = ctx.member()?;
    let blobs = &ctx.platform.blobs;
    let incoming = ctx.platform.ids.secret();
    let blob = blobs.put(body.into_data_stream(), AVATAR_BYTES, &incoming, ctx.now).await?;
    if !blob.media_type.starts_with("image/") {
        return Err(IdentityError::NotAPicture);
    }
    // Drawn now, so that what cannot be drawn is refused and the first who looks need not wait.
    match blobs.thumbnail(&blob.hash, AVATAR_SIDE).await {
        Err(BlobError::NotAnImage(_)) => return Err(IdentityError::NotAPicture),
        other => other?,
    };
    store_avatar(ctx, Some(blob.hash)).await?;
    Ok(directory::get_member(ctx, id).await?)
}

/// Takes the picture away.
pub(super) async fn clear_avatar(ctx: &Ctx) -> Result<Member, IdentityError> {
    let id = ctx.member()?;
    store_avatar(ctx, None).await?;
    Ok(directory::get_member(ctx, id).await?)
}

/// The picture before stays among the blobs, which are kept by their content: others may have the same.
async fn store_avatar(ctx: &Ctx, hash: Option<String>) -> Result<(), IdentityError> {
    let (id, org, by) = (ctx.member()?, ctx.org, By::from(ctx));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                lock(tx, &directory_stream(org)).await?;
                tx.execute("UPDATE members SET avatar = $2 WHERE id = $1", params![id, hash]).await?;
                let event = by.event("member.updated", &json!({ "member": id }));
                append(tx, org, vec![event], Vec::new()).await
            }
            .boxed()
        })
        .await?;
    Ok(())
}
