//! The routes of identity: setup, sign-in, joining, and everything below /me.

use axum::{
    Json,
    body::Body as RawBody,
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use skein_types::{Problem, SessionId, TokenId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AuthError, Me, Meta, NewOrganization, NewToken, ProfileChange, Session, Token, authenticate, profile,
    request::CookieKind,
    sessions::{self, SignedIn},
    sign_in, tokens,
};
use crate::{
    Ctx, Platform, Principal,
    directory::{self, Joining, Member, Welcome},
    http::{ApiError, ApiResult, Body, Page, Path, PolicyRow},
};

/// Who may call what; see [`PolicyRow`].
pub const POLICY: &[PolicyRow] = &[
    ("GET", "/setup", "public"),
    ("POST", "/setup", "public, once"),
    ("POST", "/auth/sign-in", "public, throttled"),
    ("POST", "/auth/sign-out", "public, ends the session that asks"),
    ("GET", "/auth/session", "public, tells of the one who asks"),
    ("GET", "/join/{token}", "public, who has the token"),
    ("POST", "/join/{token}", "public, who has the token"),
    ("GET", "/me", "self, visitors of a link too"),
    ("PATCH", "/me", "self"),
    ("POST", "/me/password", "session, who knows the present password, throttled"),
    ("PUT", "/me/avatar", "self"),
    ("DELETE", "/me/avatar", "self"),
    ("GET", "/me/sessions", "self"),
    ("DELETE", "/me/sessions/{id}", "session, self"),
    ("GET", "/me/tokens", "self"),
    ("POST", "/me/tokens", "session, admin for the scope admin"),
    ("DELETE", "/me/tokens/{id}", "session, self"),
];

const NO_STORE: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Whether the server is new.
#[derive(Serialize, ToSchema)]
struct Setup {
    /// There is no organisation yet.
    needed: bool,
    /// It is the demo company.
    demo: bool,
}

/// Whether the server is new.
#[utoipa::path(get, path = "/setup", tag = "auth", responses((status = 200, body = Setup)))]
async fn get_setup(State(platform): State<Platform>) -> ApiResult<Json<Setup>> {
    let needed = sign_in::setup_needed(&platform).await?;
    Ok(Json(Setup { needed, demo: platform.settings.demo }))
}

async fn welcome(status: StatusCode, signed_in: SignedIn) -> ApiResult<Response> {
    let me = profile::me(&signed_in.ctx).await?;
    Ok((status, [(header::SET_COOKIE, signed_in.cookie)], Json(me)).into_response())
}

/// Makes the organisation and its owner, who is signed in.
#[utoipa::path(post, path = "/setup", tag = "auth", request_body = NewOrganization,
    responses((status = 201, body = Me), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_up(
    State(platform): State<Platform>,
    meta: Meta,
    Body(new): Body<NewOrganization>,
) -> ApiResult<Response> {
    welcome(StatusCode::CREATED, sign_in::set_up(&platform, new, &meta).await?).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
}

/// Signs in.
#[utoipa::path(post, path = "/auth/sign-in", tag = "auth", request_body = Credentials,
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn post_sign_in(
    State(platform): State<Platform>,
    meta: Meta,
    Body(Credentials { email, password }): Body<Credentials>,
) -> ApiResult<Response> {
    welcome(StatusCode::OK, sign_in::sign_in(&platform, &email, &password, &meta).await?).await
}

/// The one who asks, or nobody: signing out twice is no mistake.
struct Anyone(Option<Ctx>);

impl<S: Send + Sync> FromRequestParts<S> for Anyone
where
    Platform: FromRef<S>,
{
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match authenticate(&Platform::from_ref(state), parts).await {
            Ok(ctx) => Ok(Self(Some(ctx))),
            Err(AuthError::Required) => Ok(Self(None)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Signs out: ends the session that asks.
#[utoipa::path(post, path = "/auth/sign-out", tag = "auth", responses((status = 204)))]
async fn post_sign_out(Anyone(ctx): Anyone, meta: Meta) -> ApiResult<Response> {
    let visitor = ctx.as_ref().is_some_and(|ctx| matches!(ctx.who, Principal::Visitor { .. }));
    if let Some(ctx) = ctx {
        sessions::sign_out(&ctx).await?;
    }
    let kind = if visitor { CookieKind::Visitor } else { CookieKind::Member };
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, kind.clear(meta.secure))]).into_response())
}

/// Who is signed in, if anybody.
#[derive(Serialize, ToSchema)]
struct CurrentSession {
    /// None when nobody is.
    me: Option<Me>,
}

/// Who is signed in, if anybody. For pages that do not know: it is no error when nobody is.
#[utoipa::path(get, path = "/auth/session", tag = "auth", responses((status = 200, body = CurrentSession)))]
async fn get_session(Anyone(ctx): Anyone) -> ApiResult<Response> {
    let me = match ctx {
        Some(ctx) => Some(profile::me(&ctx).await?),
        None => None,
    };
    Ok((NO_STORE, Json(CurrentSession { me })).into_response())
}

/// What an invitation says.
#[utoipa::path(get, path = "/join/{token}", tag = "auth", params(("token" = String, Path)),
    responses((status = 200, body = Welcome), (status = 410, body = Problem)))]
async fn get_join(State(platform): State<Platform>, Path(token): Path<String>) -> ApiResult<Json<Welcome>> {
    Ok(Json(directory::welcome(&platform, &token).await?))
}

/// Makes somebody who was invited a member and signs them in.
#[utoipa::path(post, path = "/join/{token}", tag = "auth", params(("token" = String, Path)),
    request_body = Joining,
    responses((status = 201, body = Me), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 422, body = Problem)))]
async fn post_join(
    State(platform): State<Platform>,
    Path(token): Path<String>,
    meta: Meta,
    Body(joining): Body<Joining>,
) -> ApiResult<Response> {
    welcome(StatusCode::CREATED, sign_in::join(&platform, &token, joining, &meta).await?).await
}

/// Who one is.
#[utoipa::path(get, path = "/me", tag = "me",
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn get_me(ctx: Ctx) -> ApiResult<Response> {
    Ok((NO_STORE, Json(profile::me(&ctx).await?)).into_response())
}

/// Changes one's profile.
#[utoipa::path(patch, path = "/me", tag = "me", request_body = ProfileChange,
    responses((status = 200, body = Me), (status = 422, body = Problem)))]
async fn update_me(ctx: Ctx, Body(change): Body<ProfileChange>) -> ApiResult<Json<Me>> {
    Ok(Json(profile::update(&ctx, change).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current: String,
    new: String,
}

/// Sets a new password and ends one's other sessions.
#[utoipa::path(post, path = "/me/password", tag = "me", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn change_password(
    ctx: Ctx,
    Body(PasswordChange { current, new }): Body<PasswordChange>,
) -> ApiResult<StatusCode> {
    profile::change_password(&ctx, &current, &new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a picture of oneself, up to 5 MiB.
#[utoipa::path(put, path = "/me/avatar", tag = "me",
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses((status = 200, body = Member), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn set_avatar(ctx: Ctx, body: RawBody) -> ApiResult<Json<Member>> {
    Ok(Json(profile::set_avatar(&ctx, body).await?))
}

/// Takes the picture away.
#[utoipa::path(delete, path = "/me/avatar", tag = "me", responses((status = 200, body = Member)))]
async fn clear_avatar(ctx: Ctx) -> ApiResult<Json<Member>> {
    Ok(Json(profile::clear_avatar(&ctx).await?))
}

/// One's sessions.
#[utoipa::path(get, path = "/me/sessions", tag = "me", responses((status = 200, body = Page<Session>)))]
async fn list_sessions(ctx: Ctx) -> ApiResult<Json<Page<Session>>> {
    Ok(Json(Page::all(sessions::list(&ctx).await?)))
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn revoke_session(ctx: Ctx, Path(id): Path<SessionId>) -> ApiResult<StatusCode> {
    sessions::revoke(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's API tokens.
#[utoipa::path(get, path = "/me/tokens", tag = "me", responses((status = 200, body = Page<Token>)))]
async fn list_tokens(ctx: Ctx) -> ApiResult<Json<Page<Token>>> {
    Ok(Json(Page::all(tokens::list(&ctx).await?)))
}

/// Makes an API token; its secret is told once.
#[utoipa::path(post, path = "/me/tokens", tag = "me", request_body = NewToken,
    responses((status = 201, body = Token), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create_token(ctx: Ctx, Body(new): Body<NewToken>) -> ApiResult<(StatusCode, Json<Token>)> {
    Ok((StatusCode::CREATED, Json(tokens::create(&ctx, new).await?)))
}

/// Deletes an API token.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete_token(ctx: Ctx, Path(id): Path<TokenId>) -> ApiResult<StatusCode> {
    tokens::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The routes of identity.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(get_setup, set_up))
        .routes(routes!(post_sign_in))
        .routes(routes!(post_sign_out))
        .routes(routes!(get_session))
        .routes(routes!(get_join, post_join))
        .routes(routes!(get_me, update_me))
        .routes(routes!(change_password))
        .routes(routes!(set_avatar, clear_avatar))
        .routes(routes!(list_sessions))
        .routes(routes!(revoke_session))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(delete_token))
}
