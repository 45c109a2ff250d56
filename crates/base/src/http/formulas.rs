//! Formulas: what one means before it is saved, what a computed field costs, and which functions there are.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::{Edit, View},
    http::{ApiResult, Body, Path},
};
use skein_table::{
    datum_to_json,
    formula::{
        Type,
        functions::{self, Function, Gives, Takes, Times},
    },
};
use skein_types::{FieldId, Problem, RecordId, TableId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FieldPath, TablePath};
use crate::{BaseError, Bases, describe::ValueType, mistake::FormulaError};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(check_formula))
        .routes(routes!(explain_field))
        .routes(routes!(list_functions))
}

/// A formula that is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FormulaInput {
    /// With names, ids, or both.
    formula: String,
    /// A record to compute it for.
    #[serde(default)]
    record: Option<RecordId>,
}

/// What a formula means.
#[derive(Debug, Serialize, ToSchema)]
struct FormulaAnswer {
    /// Whether it can be saved.
    ok: bool,
    /// The type of its values.
    #[serde(flatten)]
    value_type: Option<ValueType>,
    /// The formula with names.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
    /// The first mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<FormulaError>,
    /// All mistakes in order.
    errors: Vec<FormulaError>,
    /// Its value for the record that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
}

/// Reads a formula, says what is wrong with it and, for a record, computes it. Changes nothing.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/formula-check", tag = "fields", request_body = FormulaInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = FormulaAnswer), (status = 404, body = Problem)),
)]
async fn check_formula(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(input): Body<FormulaInput>,
) -> ApiResult<Json<FormulaAnswer>> {
    let granted = ctx.authorize::<Edit>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    snapshot.table(path.table)?;
    // A formula over a large table takes its time.
    let checked = tokio::task::spawn_blocking(move || {
        match snapshot.base.check_formula(path.table, &input.formula, input.record) {
            Ok(checked) => FormulaAnswer {
                ok: true,
                value_type: Some(checked.ty.into()),
                shown: Some(snapshot.base.shown_formula(path.table, &checked.stored)),
                error: None,
                errors: Vec::new(),
                value: checked.value.map(|value| datum_to_json(&snapshot.base, checked.ty, &value)),
            },
            Err(mistakes) => {
                let errors: Vec<FormulaError> =
                    mistakes.iter().map(|mistake| FormulaError::new(mistake, &input.formula)).collect();
                let error = errors.first().cloned();
                FormulaAnswer { ok: false, value_type: None, shown: None, error, errors, value: None }
            }
        }
    });
    Ok(Json(checked.await.map_err(|error| BaseError::Internal(error.to_string()))?))
}

/// Cells a computed field depends on.
#[derive(Debug, Serialize, ToSchema)]
struct DependencyJson {
    /// Link fields walked from the record; none when the cells are its own.
    via: Vec<FieldId>,
    /// The table of the cells.
    table: TableId,
    /// Their field; none when only the records matter.
    field: Option<FieldId>,
    /// Whether it depends on every record of the table.
    whole: bool,
}

/// A field of a table.
#[derive(Debug, Serialize, ToSchema)]
struct FieldPlace {
    /// The table.
    table: TableId,
    /// The field.
    field: FieldId,
}

/// What there is to know of a field.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainAnswer {
    /// The formula with names; none of a field that is not computed.
    formula: Option<String>,
    /// What it depends on.
    reads: Vec<DependencyJson>,
    /// Computed fields that depend on it.
    read_by: Vec<FieldPlace>,
    /// The names on the way round when it depends on itself.
    cycle: Vec<String>,
    /// Cells computed the last time.
    last_rows: u64,
    /// Microseconds that took.
    last_micros: u64,
}

/// What a field depends on, what depends on it, and what computing it last took.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/fields/{field}/explain", tag = "fields",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("field" = String, Path, description = "The field"),
    ),
    responses((status = 200, body = ExplainAnswer), (status = 404, body = Problem)),
)]
async fn explain_field(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<FieldPath>,
) -> ApiResult<Json<ExplainAnswer>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let table = snapshot.table(path.table)?;
    table.field(path.field).ok_or(BaseError::FieldNotFound(path.field))?;
    let read_by = snapshot.base.dependents(path.table, path.field);
    let read_by = read_by.into_iter().map(|(table, field)| FieldPlace { table, field }).collect();
    let explained = snapshot.base.explain(path.table, path.field);
    let reads = explained.iter().flat_map(|explained| &explained.reads).map(|read| DependencyJson {
        via: read.via.clone(),
        table: read.table,
        field: read.field,
        whole: read.whole,
    });
    Ok(Json(ExplainAnswer {
        reads: reads.collect(),
        read_by,
        last_rows: explained.as_ref().map_or(0, |explained| explained.last_rows),
        last_micros: explained.as_ref().map_or(0, |explained| explained.last_micros),
        cycle: explained.as_ref().map(|explained| explained.computed.cycle.clone()).unwrap_or_default(),
        formula: explained.and_then(|explained| explained.computed.formula),
    }))
}

/// A function of formulas.
#[derive(Debug, Serialize, ToSchema)]
struct FunctionJson {
    /// Upper-case name.
    name: &'static str,
    /// Heading: `logic`, `number`, `statistics`, `finance`, `text`, `date`, `list` or `record`.
    group: String,
    /// Parameters in order.
    params: Vec<ParamJson>,
    /// What it gives: a type, or what follows from its arguments.
    gives: String,
    /// One sentence in English.
    help: &'static str,
    /// A call and what it gives.
    example: [&'static str; 2],
}

/// A parameter of a function.
#[derive(Debug, Serialize, ToSchema)]
struct ParamJson {
    /// Name.
    name: &'static str,
    /// What it takes.
    takes: &'static str,
    /// `one`, `optional` or `repeated`.
    times: &'static str,
}

impl From<&'static Function> for FunctionJson {
    fn from(function: &'static Function) -> Self {
        let takes = |takes| match takes {
            Takes::Raw | Takes::Any => "anything",
            Takes::Number => "number",
            Takes::Bool => "yes or no",
            Takes::Text => "text",
            Takes::Date => "date",
            Takes::List => "list",
            Takes::Numbers => "numbers",
            Takes::PerItem => "expression with CurrentValue",
            Takes::Lazy => "expression",
        };
        let times = |times| match times {
            Times::One => "one",
            Times::Optional => "optional",
            Times::Repeated => "repeated",
        };
        let params = function.params.iter();
        Self {
            name: function.name,
            group: format!("{:?}", function.group).to_lowercase(),
            params: params
                .map(|param| ParamJson {
                    name: param.name,
                    takes: takes(param.takes),
                    times: times(param.times),
                })
                .collect(),
            gives: match function.gives {
                Gives::Always(ty) => gives(ty),
                Gives::Same(_) | Gives::Common(_) | Gives::By(_) => "by argument".into(),
                Gives::ItemOf(_) => "item".into(),
                Gives::ListOf(_) => "list".into(),
            },
            help: function.help,
            example: [function.example.0, function.example.1],
        }
    }
}

fn gives(ty: Type) -> String {
    let value = ValueType::from(ty);
    if value.list { format!("list of {}", value.kind) } else { value.kind.into() }
}

/// The functions formulas know.
#[utoipa::path(
    get, path = "/formula-functions", tag = "fields",
    responses((status = 200, body = Vec<FunctionJson>)),
)]
async fn list_functions(_ctx: Ctx) -> Json<Vec<FunctionJson>> {
    Json(functions::all().iter().copied().map(FunctionJson::from).collect())
}
