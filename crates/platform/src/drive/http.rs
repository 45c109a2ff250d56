//! The endpoints of the tree, its grants and its links.

use axum::{
    Json,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer, Serialize};
use skein_types::{MemberId, Problem, ResourceId, Timestamp};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AccessList, Change, DriveError, Link, LinkChange, LinkInfo, Listing, Located, NewResource, Opened,
    Paging, Resource, SubjectKind, SubjectRef, Why,
};
use crate::{
    Ctx, Platform,
    access::Role,
    directory::{self, Member},
    http::{ApiResult, Body, Page, Params, Path, PolicyRow, SignedIn},
    idempotency::Key,
    identity::Meta,
};

/// Who may call what; see [`PolicyRow`].
pub const POLICY: &[PolicyRow] = &[
    ("GET", "/resources", "member, view:{in}"),
    ("POST", "/resources", "member, edit:{parent}"),
    ("GET", "/resources/{id}", "view:{id}"),
    ("PATCH", "/resources/{id}", "view:{id}, edit to rename, manage and edit:{parent} to move"),
    ("DELETE", "/resources/{id}", "manage:{id}"),
    ("POST", "/resources/{id}/opened", "view:{id}, member"),
    ("POST", "/resources/{id}/duplicate", "view:{id}, member"),
    ("POST", "/resources/{id}/trash", "manage:{id}"),
    ("POST", "/resources/{id}/restore", "manage:{id}"),
    ("GET", "/resources/{id}/access", "view:{id}, member"),
    ("PATCH", "/resources/{id}/access", "manage:{id}"),
    ("GET", "/resources/{id}/access/{member}", "view:{id}, self or manage:{id}"),
    ("PUT", "/resources/{id}/grants", "manage:{id}"),
    ("DELETE", "/resources/{id}/grants", "manage:{id}"),
    ("POST", "/resources/{id}/transfer", "manage:{id}, owner of it or admin"),
    ("PUT", "/resources/{id}/link", "manage:{id}"),
    ("DELETE", "/resources/{id}/link", "manage:{id}"),
    ("GET", "/links/{token}", "public"),
    ("POST", "/links/{token}/open", "public"),
    ("GET", "/search", "member"),
];

/// The routes, without the prefix of the API.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, purge))
        .routes(routes!(opened))
        .routes(routes!(duplicate))
        .routes(routes!(trash))
        .routes(routes!(restore))
        .routes(routes!(access, set_access))
        .routes(routes!(why))
        .routes(routes!(put_grant, remove_grant))
        .routes(routes!(transfer))
        .routes(routes!(put_link, remove_link))
        .routes(routes!(link_info))
        .routes(routes!(open_link))
        .routes(routes!(search))
}

/// Tells `null` from what was left out.
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `root` or the id of a folder.
    r#in: Option<String>,
    /// `recent`, `starred`, `shared` or `trash`.
    view: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Entries at most; 1 to 1,000, usually 500.
    limit: Option<u32>,
}

impl ListQuery {
    fn listing(&self) -> Result<Listing, DriveError> {
        match (self.r#in.as_deref(), self.view.as_deref()) {
            (Some("root"), None) => Ok(Listing::Root),
            (Some(id), None) => {
                id.parse().map(Listing::In).map_err(|_| crate::access::AccessError::NotFound.into())
            }
            (None, Some("recent")) => Ok(Listing::Recent),
            (None, Some("starred")) => Ok(Listing::Starred),
            (None, Some("shared")) => Ok(Listing::Shared),
            (None, Some("trash")) => Ok(Listing::Trash),
            _ => Err(DriveError::Listing),
        }
    }
}

/// Lists resources: those in a folder or at one's root, or a view across the tree. Folders first, then
/// in natural order of names; recent and trash latest first.
#[utoipa::path(get, path = "/resources", tag = "drive", params(ListQuery),
    responses((status = 200, body = Page<Resource>), (status = "default", body = Problem)))]
async fn list(ctx: Ctx, Params(query): Params<ListQuery>) -> ApiResult<Json<Page<Resource>>> {
    let listing = query.listing()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    Ok(Json(super::list(&ctx, listing, &paging).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    /// `folder` or `base`.
    kind: String,
    name: String,
    /// The folder it goes into; null for the root of one's own drive.
    #[schema(value_type = Option<String>)]
    parent: Option<ResourceId>,
}

/// Makes a resource. With an `Idempotency-Key`, a repeat gets the same answer and makes nothing.
#[utoipa::path(post, path = "/resources", tag = "drive", request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this request")),
    responses((status = 201, body = Resource), (status = "default", body = Problem)))]
async fn create(ctx: Ctx, headers: HeaderMap, Body(body): Body<CreateBody>) -> ApiResult<Response> {
    let CreateBody { kind, name, parent } = body;
    let place = parent.map_or_else(String::new, |parent| parent.to_string());
    let parts = ["create resource", &kind, &name, &place].map(str::as_bytes);
    let key = Key::of(&headers, ctx.actor(), &parts)?;
    let new = NewResource { kind, name, parent };
    Ok(match key {
        None => (StatusCode::CREATED, Json(super::create(&ctx, new).await?)).into_response(),
        Some(key) => (StatusCode::CREATED, Json(super::create_once(&ctx, new, key).await?)).into_response(),
    })
}

/// A resource with the way to it, in the trash or not.
#[utoipa::path(get, path = "/resources/{id}", tag = "drive", params(("id" = String, Path)),
    responses((status = 200, body = Located), (status = "default", body = Problem)))]
async fn get(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<Json<Located>> {
    Ok(Json(super::get(&ctx, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
struct UpdateBody {
    name: Option<String>,
    /// The folder it goes into; null for the root of its owner.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    parent: Option<Option<ResourceId>>,
    starred: Option<bool>,
}

/// Renames, moves, stars. What is left out stays.
#[utoipa::path(patch, path = "/resources/{id}", tag = "drive", params(("id" = String, Path)),
    request_body = UpdateBody,
    responses((status = 200, body = Resource), (status = "default", body = Problem)))]
async fn update(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Body(body): Body<UpdateBody>,
) -> ApiResult<Json<Resource>> {
    let UpdateBody { name, parent, starred } = body;
    Ok(Json(super::update(&ctx, id, Change { name, parent, starred }).await?))
}

/// Deletes what is in the trash for good.
#[utoipa::path(delete, path = "/resources/{id}", tag = "drive", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
async fn purge(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<StatusCode> {
    super::purge(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remembers that I opened it, for the list of recent ones.
#[utoipa::path(post, path = "/resources/{id}/opened", tag = "drive", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
async fn opened(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<StatusCode> {
    super::mark_opened(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Copies a resource, a folder with what I may see in it. The copy is mine.
#[utoipa::path(post, path = "/resources/{id}/duplicate", tag = "drive", params(("id" = String, Path)),
    responses((status = 201, body = Resource), (status = "default", body = Problem)))]
async fn duplicate(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<(StatusCode, Json<Resource>)> {
    Ok((StatusCode::CREATED, Json(super::duplicate(&ctx, id).await?)))
}

/// Puts it into the trash, with everything in it. After 30 days there it is deleted for good.
#[utoipa::path(post, path = "/resources/{id}/trash", tag = "drive", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
async fn trash(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<StatusCode> {
    super::trash(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes it out of the trash: to its place or, when that is gone, to the root of its owner.
#[utoipa::path(post, path = "/resources/{id}/restore", tag = "drive", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
async fn restore(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<StatusCode> {
    super::restore(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has access, and where from.
#[utoipa::path(get, path = "/resources/{id}/access", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = AccessList), (status = "default", body = Problem)))]
async fn access(ctx: Ctx, meta: Meta, Path(id): Path<ResourceId>) -> ApiResult<Json<AccessList>> {
    let base_url = meta.base_url(&ctx.platform.settings);
    Ok(Json(super::access_of(&ctx, id, &base_url).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccessBody {
    /// Whether it takes over what is granted on the folder it is in.
    inherits: bool,
}

/// Stops or resumes taking over what is granted above. Stopping copies nothing.
#[utoipa::path(patch, path = "/resources/{id}/access", tag = "access", params(("id" = String, Path)),
    request_body = AccessBody,
    responses((status = 204), (status = "default", body = Problem)))]
async fn set_access(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Body(body): Body<AccessBody>,
) -> ApiResult<StatusCode> {
    super::set_inherits(&ctx, id, body.inherits).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a member may do what they may.
#[utoipa::path(get, path = "/resources/{id}/access/{member}", tag = "access",
    params(("id" = String, Path), ("member" = String, Path)),
    responses((status = 200, body = Why), (status = "default", body = Problem)))]
async fn why(ctx: Ctx, Path((id, member)): Path<(ResourceId, MemberId)>) -> ApiResult<Json<Why>> {
    Ok(Json(super::why(&ctx, id, member).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantSubject {
    kind: SubjectKind,
    /// Null for everyone.
    id: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantBody {
    subject: GrantSubject,
    role: Role,
}

/// Grants a role, in place of the one granted here before.
#[utoipa::path(put, path = "/resources/{id}/grants", tag = "access", params(("id" = String, Path)),
    request_body = GrantBody,
    responses((status = 204), (status = "default", body = Problem)))]
async fn put_grant(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Body(body): Body<GrantBody>,
) -> ApiResult<StatusCode> {
    let subject = SubjectRef::parse(body.subject.kind, body.subject.id.as_deref())?;
    super::put_grant(&ctx, id, subject, body.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GrantQuery {
    kind: SubjectKind,
    /// Left out for everyone.
    id: Option<String>,
}

/// Takes a grant back.
#[utoipa::path(delete, path = "/resources/{id}/grants", tag = "access",
    params(("id" = String, Path), GrantQuery),
    responses((status = 204), (status = "default", body = Problem)))]
async fn remove_grant(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Params(query): Params<GrantQuery>,
) -> ApiResult<StatusCode> {
    let subject = SubjectRef::parse(query.kind, query.id.as_deref())?;
    super::remove_grant(&ctx, id, subject).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TransferBody {
    /// The member who owns it from now on.
    #[schema(value_type = String)]
    to: MemberId,
}

/// Gives it to another owner; the one before keeps managing it.
#[utoipa::path(post, path = "/resources/{id}/transfer", tag = "access", params(("id" = String, Path)),
    request_body = TransferBody,
    responses((status = 204), (status = "default", body = Problem)))]
async fn transfer(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Body(body): Body<TransferBody>,
) -> ApiResult<StatusCode> {
    super::transfer(&ctx, id, body.to).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
struct LinkBody {
    role: Role,
    /// Left out: as it was; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    password: Option<Option<String>>,
    /// Left out: as it was; null: never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Option<Timestamp>>,
}

/// Makes the link or changes it. A change ends the access of those who opened it before.
#[utoipa::path(put, path = "/resources/{id}/link", tag = "access", params(("id" = String, Path)),
    request_body = LinkBody,
    responses((status = 200, body = Link), (status = "default", body = Problem)))]
async fn put_link(
    ctx: Ctx,
    meta: Meta,
    Path(id): Path<ResourceId>,
    Body(body): Body<LinkBody>,
) -> ApiResult<Json<Link>> {
    let LinkBody { role, password, expires } = body;
    let base_url = meta.base_url(&ctx.platform.settings);
    Ok(Json(super::put_link(&ctx, id, LinkChange { role, password, expires }, &base_url).await?))
}

/// Takes the link away, and the access of those who opened it.
#[utoipa::path(delete, path = "/resources/{id}/link", tag = "access", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
async fn remove_link(ctx: Ctx, Path(id): Path<ResourceId>) -> ApiResult<StatusCode> {
    super::remove_link(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a link opens; of one with a password only that it has one.
#[utoipa::path(get, path = "/links/{token}", tag = "links", params(("token" = String, Path)),
    responses((status = 200, body = LinkInfo), (status = "default", body = Problem)))]
async fn link_info(State(platform): State<Platform>, Path(token): Path<String>) -> ApiResult<Response> {
    let info = super::link_info(&platform, &token).await?;
    Ok((private(), Json(info)).into_response())
}

/// Addresses with a secret in them are kept by no cache.
fn private() -> HeaderMap {
    HeaderMap::from_iter([(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"))])
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenBody {
    password: Option<String>,
}

/// Opens a link: sets the cookie of a visitor, or gives a signed-in member the role of the link.
#[utoipa::path(post, path = "/links/{token}/open", tag = "links", params(("token" = String, Path)),
    request_body = OpenBody,
    responses((status = 200, body = Opened), (status = "default", body = Problem)))]
async fn open_link(
    State(platform): State<Platform>,
    meta: Meta,
    SignedIn(ctx): SignedIn,
    Path(token): Path<String>,
    Body(body): Body<OpenBody>,
) -> ApiResult<Response> {
    let (opened, cookie) = super::open_link(&platform, &meta, ctx, &token, body.password.as_deref()).await?;
    let mut headers = private();
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    Ok((headers, Json(opened)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// What names contain.
    query: String,
}

/// What the palette finds.
#[derive(Debug, Serialize, ToSchema)]
struct SearchResult {
    resources: Vec<Resource>,
    members: Vec<Member>,
}

/// Hits of each kind at most.
const HITS: usize = 20;

/// Finds resources and members by name; only what I may see.
#[utoipa::path(get, path = "/search", tag = "drive", params(SearchQuery),
    responses((status = 200, body = SearchResult), (status = "default", body = Problem)))]
async fn search(ctx: Ctx, Params(query): Params<SearchQuery>) -> ApiResult<Json<SearchResult>> {
    ctx.member()?;
    let resources = super::search(&ctx, &query.query, HITS).await?;
    let members = directory::search_members(&ctx, &query.query, HITS).await?;
    Ok(Json(SearchResult { resources, members }))
}
