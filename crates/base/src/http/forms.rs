//! Forms: sharing them, and filling them in without an account.

use axum::{
    Json,
    extract::{DefaultBodyLimit, FromRef, State},
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skein_platform::{
    Ctx, Platform,
    access::Manage,
    http::{ApiResult, Body, Params, Path, SignedIn, present},
    identity::Meta,
};
use skein_types::{FieldId, Problem, Timestamp};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::ViewPath;
use crate::{
    Bases,
    forms::{
        self, Admitted, Answers, Asks, Audience, FormError, FormLink, FormLinkChange, FormState, Offer,
        Submitted,
    },
};

/// Bytes of the largest answers.
const MAX_BODY: usize = 1 << 20;
/// The header that holds what opening a form with its password gave.
const PASS: &str = "x-form-pass";

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(get_form_link, put_form_link, remove_form_link))
        .routes(routes!(get_form))
        .routes(routes!(open_form))
        .routes(routes!(submit_answers, revise_answers))
        .routes(routes!(get_answers))
        .routes(routes!(list_offers))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// The address of a form, if it has one.
#[derive(Debug, Serialize, ToSchema)]
struct FormLinkAnswer {
    link: Option<FormLink>,
}

/// The address of a form.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/views/{view}/form-link", tag = "forms",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses((status = 200, body = FormLinkAnswer), (status = 404, body = Problem)),
)]
async fn get_form_link(ctx: Ctx, meta: Meta, Path(path): Path<ViewPath>) -> ApiResult<Json<FormLinkAnswer>> {
    let granted = ctx.authorize::<Manage>(path.base).await?;
    let base_url = meta.base_url(&ctx.platform.settings);
    Ok(Json(FormLinkAnswer { link: forms::get_link(&ctx, &granted, path.view, &base_url).await? }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
struct FormLinkBody {
    /// Who may fill it in.
    audience: Audience,
    /// Left out: as it was; null: none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    password: Option<Option<String>>,
    /// Left out: as it was; null: never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closes: Option<Option<Timestamp>>,
}

/// Shares a form, or changes for whom, with which password and until when.
#[utoipa::path(
    put, path = "/bases/{base}/tables/{table}/views/{view}/form-link", tag = "forms", request_body = FormLinkBody,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses((status = 200, body = FormLink), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn put_form_link(
    State(bases): State<Bases>,
    ctx: Ctx,
    meta: Meta,
    Path(path): Path<ViewPath>,
    Body(body): Body<FormLinkBody>,
) -> ApiResult<Json<FormLink>> {
    let granted = ctx.authorize::<Manage>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let FormLinkBody { audience, password, closes } = body;
    let (change, what) = (FormLinkChange { audience, password, closes }, (path.table, path.view));
    let base_url = meta.base_url(&ctx.platform.settings);
    Ok(Json(forms::put_link(&ctx, &granted, &snapshot, what, change, &base_url).await?))
}

/// Takes the address of a form away.
#[utoipa::path(
    delete, path = "/bases/{base}/tables/{table}/views/{view}/form-link", tag = "forms",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses((status = 204), (status = 404, body = Problem)),
)]
async fn remove_form_link(ctx: Ctx, Path(path): Path<ViewPath>) -> ApiResult<StatusCode> {
    let granted = ctx.authorize::<Manage>(path.base).await?;
    forms::remove_link(&ctx, &granted, path.view).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn pass(headers: &HeaderMap) -> Option<&str> {
    headers.get(PASS).and_then(|value| value.to_str().ok())
}

/// Lets in whoever makes a request about a form.
async fn admitted(
    bases: &Bases,
    (ctx, meta, headers): (Option<&Ctx>, &Meta, &HeaderMap),
    token: &str,
    writes: bool,
) -> Result<Admitted, FormError> {
    let asks = Asks { ctx, ip: &meta.ip, pass: pass(headers), writes };
    forms::admit(bases, token, asks).await
}

/// A form for whoever has its address: what it shows, or why it is not shown. Of one with a password nothing is told
/// before that is given.
#[utoipa::path(
    get, path = "/forms/{token}", tag = "forms",
    params(
        ("token" = String, Path, description = "From the address of the form"),
        ("X-Form-Pass" = Option<String>, Header, description = "What opening it with its password gave"),
    ),
    responses((status = 200, body = FormState), (status = 404, body = Problem), (status = 429, body = Problem)),
)]
async fn get_form(
    State(bases): State<Bases>,
    SignedIn(ctx): SignedIn,
    meta: Meta,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> ApiResult<Json<FormState>> {
    Ok(Json(forms::shown(&bases, &token, (ctx.as_ref(), &meta.ip, pass(&headers))).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    /// The password of the form.
    password: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct PassAnswer {
    /// To send as `X-Form-Pass` from then on.
    pass: String,
}

/// Opens a form with its password.
#[utoipa::path(
    post, path = "/forms/{token}/open", tag = "forms", request_body = PasswordBody,
    params(("token" = String, Path, description = "From the address of the form")),
    responses((status = 200, body = PassAnswer), (status = 403, body = Problem), (status = 429, body = Problem)),
)]
async fn open_form(
    State(bases): State<Bases>,
    meta: Meta,
    Path(token): Path<String>,
    Body(body): Body<PasswordBody>,
) -> ApiResult<Json<PassAnswer>> {
    let pass = forms::open_password(&bases, &token, (&meta.ip, &body.password)).await?;
    Ok(Json(PassAnswer { pass }))
}

/// Sends answers: they become a record. Sending them again with the same key adds nothing. Errors name the question:
/// `answers.fld_…`.
#[utoipa::path(
    post, path = "/forms/{token}/answers", tag = "forms", request_body = Answers,
    params(
        ("token" = String, Path, description = "From the address of the form"),
        ("X-Form-Pass" = Option<String>, Header, description = "What opening it with its password gave"),
    ),
    responses(
        (status = 200, body = Submitted), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem),
    ),
)]
async fn submit_answers(
    State(bases): State<Bases>,
    SignedIn(ctx): SignedIn,
    meta: Meta,
    headers: HeaderMap,
    Path(token): Path<String>,
    Body(answers): Body<Answers>,
) -> ApiResult<Json<Submitted>> {
    let admitted = admitted(&bases, (ctx.as_ref(), &meta, &headers), &token, true).await?;
    Ok(Json(forms::submit(&bases, &admitted, answers).await?))
}

/// Sends other answers instead of those that were sent with the same key, where the form allows it.
#[utoipa::path(
    put, path = "/forms/{token}/answers", tag = "forms", request_body = Answers,
    params(
        ("token" = String, Path, description = "From the address of the form"),
        ("X-Form-Pass" = Option<String>, Header, description = "What opening it with its password gave"),
    ),
    responses((status = 200, body = Submitted), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn revise_answers(
    State(bases): State<Bases>,
    SignedIn(ctx): SignedIn,
    meta: Meta,
    headers: HeaderMap,
    Path(token): Path<String>,
    Body(answers): Body<Answers>,
) -> ApiResult<Json<Submitted>> {
    let admitted = admitted(&bases, (ctx.as_ref(), &meta, &headers), &token, true).await?;
    Ok(Json(forms::revise(&bases, &admitted, answers).await?))
}

#[derive(Deserialize)]
struct AnswersPath {
    token: String,
    key: String,
}

/// What was answered.
#[derive(Debug, Serialize, ToSchema)]
struct GivenAnswers {
    /// By field.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    answers: Map<String, Value>,
}

/// The answers that were sent with a key, where the form allows to change them; of a form for once, one's own.
#[utoipa::path(
    get, path = "/forms/{token}/answers/{key}", tag = "forms",
    params(
        ("token" = String, Path, description = "From the address of the form"),
        ("key" = String, Path, description = "What they were sent with"),
        ("X-Form-Pass" = Option<String>, Header, description = "What opening it with its password gave"),
    ),
    responses((status = 200, body = GivenAnswers), (status = 404, body = Problem)),
)]
async fn get_answers(
    State(bases): State<Bases>,
    SignedIn(ctx): SignedIn,
    meta: Meta,
    headers: HeaderMap,
    Path(path): Path<AnswersPath>,
) -> ApiResult<Json<GivenAnswers>> {
    let admitted = admitted(&bases, (ctx.as_ref(), &meta, &headers), &path.token, false).await?;
    Ok(Json(GivenAnswers { answers: forms::read(&bases, &admitted, &path.key).await? }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfferParams {
    /// The field of the question.
    #[param(value_type = String)]
    question: FieldId,
    /// What names have in them.
    #[serde(default)]
    search: String,
}

/// What can be picked.
#[derive(Debug, Serialize, ToSchema)]
struct Offers {
    /// At most 20.
    offers: Vec<Offer>,
}

/// What can be picked as the answer to a question: records by what they are called, where the form lets them be
/// searched, and for members people.
#[utoipa::path(
    get, path = "/forms/{token}/offers", tag = "forms",
    params(
        ("token" = String, Path, description = "From the address of the form"),
        ("X-Form-Pass" = Option<String>, Header, description = "What opening it with its password gave"),
        OfferParams,
    ),
    responses((status = 200, body = Offers), (status = 422, body = Problem), (status = 429, body = Problem)),
)]
async fn list_offers(
    State(bases): State<Bases>,
    SignedIn(ctx): SignedIn,
    meta: Meta,
    headers: HeaderMap,
    Path(token): Path<String>,
    Params(params): Params<OfferParams>,
) -> ApiResult<Json<Offers>> {
    let admitted = admitted(&bases, (ctx.as_ref(), &meta, &headers), &token, false).await?;
    let offers = forms::offers(&bases, &admitted, params.question, &params.search).await?;
    Ok(Json(Offers { offers }))
}
