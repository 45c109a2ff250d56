//! The routes of the directory.

use axum::{
    Json,
    extract::FromRef,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use skein_types::{DepartmentId, GroupId, InvitationId, MemberId, Problem};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Department, DepartmentChange, Group, GroupChange, Invitation, Member, MemberChange, NewDepartment,
    NewInvitation, departments, groups, invitations, members,
};
use crate::{
    Ctx, Platform,
    http::{ApiResult, Body, Page, Params, Path, PolicyRow},
    identity::{AVATAR_SIDE, Meta},
};

/// Who may call what; see [`PolicyRow`]. The audit log is told of here too.
pub const POLICY: &[PolicyRow] = &[
    ("GET", "/members", "member, guests see names only"),
    ("GET", "/members/{id}", "member, guests see names only"),
    ("PATCH", "/members/{id}", "admin, of no lower role than the member; owners make owners"),
    ("POST", "/members/{id}/deactivate", "admin, of no lower role than the member; not oneself"),
    ("POST", "/members/{id}/reactivate", "admin, of no lower role than the member"),
    ("POST", "/members/{id}/reset-password", "admin, of no lower role than the member"),
    ("GET", "/members/{id}/avatar", "member"),
    ("GET", "/departments", "member, guests see none"),
    ("POST", "/departments", "admin"),
    ("PATCH", "/departments/{id}", "admin"),
    ("DELETE", "/departments/{id}", "admin"),
    ("GET", "/groups", "member, guests see none"),
    ("POST", "/groups", "admin"),
    ("PATCH", "/groups/{id}", "admin"),
    ("DELETE", "/groups/{id}", "admin"),
    ("GET", "/invitations", "admin"),
    ("POST", "/invitations", "admin"),
    ("DELETE", "/invitations/{id}", "admin"),
    ("GET", "/audit", "admin"),
];

#[derive(Debug, Deserialize, IntoParams)]
struct MemberParams {
    /// Part of the name, address or title.
    query: Option<String>,
    /// Only members of this department or those below it.
    #[param(value_type = Option<String>)]
    department: Option<DepartmentId>,
    /// Only active, or only deactivated members.
    active: Option<bool>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<MemberId>,
    /// 1 to 1000, by default 500.
    limit: Option<usize>,
}

/// Members by name.
#[utoipa::path(get, path = "/members", tag = "directory", params(MemberParams),
    responses((status = 200, body = Page<Member>)))]
async fn list_members(ctx: Ctx, Params(params): Params<MemberParams>) -> ApiResult<Json<Page<Member>>> {
    let MemberParams { query, department, active, cursor, limit } = params;
    let limit = limit.unwrap_or(500).clamp(1, 1000);
    let filter = members::Filter { query, department, active, after: cursor, limit };
    Ok(Json(members::list(&ctx, filter).await?))
}

/// A member.
#[utoipa::path(get, path = "/members/{id}", tag = "directory", params(("id" = String, Path)),
    responses((status = 200, body = Member), (status = 404, body = Problem)))]
async fn get_member(ctx: Ctx, Path(id): Path<MemberId>) -> ApiResult<Json<Member>> {
    Ok(Json(members::get(&ctx, id).await?))
}

/// Changes a member. For admins.
#[utoipa::path(patch, path = "/members/{id}", tag = "directory", params(("id" = String, Path)),
    request_body = MemberChange,
    responses((status = 200, body = Member), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn update_member(
    ctx: Ctx,
    Path(id): Path<MemberId>,
    Body(change): Body<MemberChange>,
) -> ApiResult<Json<Member>> {
    Ok(Json(members::update_member(&ctx, id, change).await?))
}

/// Deactivates a member; their sessions and tokens end at once. For admins.
#[utoipa::path(post, path = "/members/{id}/deactivate", tag = "directory", params(("id" = String, Path)),
    responses((status = 200, body = Member), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn deactivate_member(ctx: Ctx, Path(id): Path<MemberId>) -> ApiResult<Json<Member>> {
    Ok(Json(members::deactivate(&ctx, id).await?))
}

/// Lets a deactivated member in again. For admins.
#[utoipa::path(post, path = "/members/{id}/reactivate", tag = "directory", params(("id" = String, Path)),
    responses((status = 200, body = Member), (status = 403, body = Problem)))]
async fn reactivate_member(ctx: Ctx, Path(id): Path<MemberId>) -> ApiResult<Json<Member>> {
    Ok(Json(members::reactivate(&ctx, id).await?))
}

/// A password that is told once.
#[derive(Serialize, ToSchema)]
struct FreshPassword {
    password: String,
}

/// Gives a member a new password and ends their sessions. For admins.
#[utoipa::path(post, path = "/members/{id}/reset-password", tag = "directory", params(("id" = String, Path)),
    responses((status = 200, body = FreshPassword), (status = 403, body = Problem)))]
async fn reset_member_password(ctx: Ctx, Path(id): Path<MemberId>) -> ApiResult<Json<FreshPassword>> {
    Ok(Json(FreshPassword { password: members::reset_by_admin(&ctx, id).await? }))
}

/// The picture of a member.
#[utoipa::path(get, path = "/members/{id}/avatar", tag = "directory", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/png"), (status = 404, body = Problem)))]
async fn get_avatar(ctx: Ctx, Path(id): Path<MemberId>) -> ApiResult<Response> {
    let hash = members::avatar(&ctx, id).await?;
    let png = ctx.platform.blobs.thumbnail(&hash, AVATAR_SIDE).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400")),
    ];
    Ok((headers, png).into_response())
}

/// All departments, by name.
#[utoipa::path(get, path = "/departments", tag = "directory",
    responses((status = 200, body = Page<Department>)))]
async fn list_departments(ctx: Ctx) -> ApiResult<Json<Page<Department>>> {
    Ok(Json(Page::all(departments::list(&ctx).await?)))
}

/// Makes a department. For admins.
#[utoipa::path(post, path = "/departments", tag = "directory", request_body = NewDepartment,
    responses((status = 201, body = Department), (status = 403, body = Problem)))]
async fn create_department(
    ctx: Ctx,
    Body(new): Body<NewDepartment>,
) -> ApiResult<(StatusCode, Json<Department>)> {
    Ok((StatusCode::CREATED, Json(departments::create(&ctx, new).await?)))
}

/// Renames or moves a department, or gives it another lead. For admins.
#[utoipa::path(patch, path = "/departments/{id}", tag = "directory", params(("id" = String, Path)),
    request_body = DepartmentChange,
    responses((status = 200, body = Department), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn update_department(
    ctx: Ctx,
    Path(id): Path<DepartmentId>,
    Body(change): Body<DepartmentChange>,
) -> ApiResult<Json<Department>> {
    Ok(Json(departments::update(&ctx, id, change).await?))
}

/// Deletes an empty department. For admins.
#[utoipa::path(delete, path = "/departments/{id}", tag = "directory", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn delete_department(ctx: Ctx, Path(id): Path<DepartmentId>) -> ApiResult<StatusCode> {
    departments::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All groups, by name.
#[utoipa::path(get, path = "/groups", tag = "directory", responses((status = 200, body = Page<Group>)))]
async fn list_groups(ctx: Ctx) -> ApiResult<Json<Page<Group>>> {
    Ok(Json(Page::all(groups::list(&ctx).await?)))
}

/// Makes a group. For admins.
#[utoipa::path(post, path = "/groups", tag = "directory", request_body = GroupChange,
    responses((status = 201, body = Group), (status = 403, body = Problem)))]
async fn create_group(ctx: Ctx, Body(new): Body<GroupChange>) -> ApiResult<(StatusCode, Json<Group>)> {
    Ok((StatusCode::CREATED, Json(groups::create(&ctx, new).await?)))
}

/// Renames a group or sets who is in it. For admins.
#[utoipa::path(patch, path = "/groups/{id}", tag = "directory", params(("id" = String, Path)),
    request_body = GroupChange,
    responses((status = 200, body = Group), (status = 403, body = Problem)))]
async fn update_group(
    ctx: Ctx,
    Path(id): Path<GroupId>,
    Body(change): Body<GroupChange>,
) -> ApiResult<Json<Group>> {
    Ok(Json(groups::update(&ctx, id, change).await?))
}

/// Deletes a group. For admins.
#[utoipa::path(delete, path = "/groups/{id}", tag = "directory", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem)))]
async fn delete_group(ctx: Ctx, Path(id): Path<GroupId>) -> ApiResult<StatusCode> {
    groups::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that are still good. For admins.
#[utoipa::path(get, path = "/invitations", tag = "directory",
    responses((status = 200, body = Page<Invitation>), (status = 403, body = Problem)))]
async fn list_invitations(ctx: Ctx) -> ApiResult<Json<Page<Invitation>>> {
    Ok(Json(Page::all(invitations::list(&ctx).await?)))
}

/// Makes an invitation; its link is told once. For admins.
#[utoipa::path(post, path = "/invitations", tag = "directory", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = 403, body = Problem)))]
async fn create_invitation(
    ctx: Ctx,
    meta: Meta,
    Body(new): Body<NewInvitation>,
) -> ApiResult<(StatusCode, Json<Invitation>)> {
    Ok((StatusCode::CREATED, Json(invitations::create(&ctx, new, &meta).await?)))
}

/// Takes an invitation back. For admins.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "directory", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem)))]
async fn delete_invitation(ctx: Ctx, Path(id): Path<InvitationId>) -> ApiResult<StatusCode> {
    invitations::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The routes of the directory.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_members))
        .routes(routes!(get_member, update_member))
        .routes(routes!(deactivate_member))
        .routes(routes!(reactivate_member))
        .routes(routes!(reset_member_password))
        .routes(routes!(get_avatar))
        .routes(routes!(list_departments, create_department))
        .routes(routes!(update_department, delete_department))
        .routes(routes!(list_groups, create_group))
        .routes(routes!(update_group, delete_group))
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(delete_invitation))
}
