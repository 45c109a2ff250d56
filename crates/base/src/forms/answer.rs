//! Answers: read, checked against what the form asks, and written as a record.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use skein_platform::Platform;
use skein_store::{FutureExt, StoreError, params};
use skein_table::{
    Field, FieldKind, FormQuestion, FormThanks, FormView, Query, Record, Table, Value, Viewer, select,
    value_from_json, value_to_json,
};
use skein_types::{FieldId, Problem, RecordId};
use utoipa::ToSchema;

use super::{
    Admitted, FormError,
    right::{self, Write},
    show::is_offered,
};
use crate::{Actor, BaseError, Bases, OpenBase, Snapshot, Via};

/// Hexadecimal digits of a key: a time in milliseconds, then a secret.
const TIME: usize = 12;
const KEY: usize = 64;
/// Records one answer names.
const MAX_LINKS: usize = 50;

/// Answers to a form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// What the form gave to send them with.
    pub key: String,
    /// By field, in the form of its type.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub answers: Map<String, Json>,
}

/// Answers were taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Submitted {
    /// To come back with, when answers may be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is shown now.
    pub thanks: FormThanks,
}

/// A key to send answers with. Its record comes after those that were made before.
pub(super) fn new_key(platform: &Platform, admitted: &Admitted) -> String {
    let millis = admitted.now.as_millisecond().max(0);
    format!("{millis:012x}{}", &platform.ids.secret()[..KEY - TIME])
}

/// The record of the answers that are sent with a key. It tells nothing of the key.
fn record_by_key(admitted: &Admitted, key: &str) -> Result<RecordId, FormError> {
    let hex = |c: &u8| c.is_ascii_digit() || (b'a'..=b'f').contains(c);
    if key.len() != KEY || !key.as_bytes().iter().all(hex) {
        return Err(FormError::Key);
    }
    let millis = u64::from_str_radix(&key[..TIME], 16).map_err(|_| FormError::Key)?;
    let day = 86_400_000;
    if i64::try_from(millis).map_or(true, |at| at > admitted.now.as_millisecond() + day) {
        return Err(FormError::Key);
    }
    let hash = Sha256::digest(format!("form answer {} {key}", admitted.share.id).as_bytes());
    let low = hash.iter().take(10).fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    Ok(RecordId::from_bits((u128::from(millis) << 80) | low))
}

/// The record a member filled in a form with that is for once, if it is there.
pub(super) async fn record_of(
    bases: &Bases,
    admitted: &Admitted,
    table: &Table,
) -> Result<Option<RecordId>, FormError> {
    let Some(member) = admitted.member else { return Ok(None) };
    let sql = "SELECT record FROM base_form_members WHERE form = $1 AND member = $2";
    let row = bases.platform().db.row(sql, params![admitted.share.id, member]).await?;
    let record: Option<RecordId> = row.map(|row| row.get("record")).transpose()?;
    Ok(record.filter(|record| table.row(*record).is_some()))
}

/// The one record that a member may fill in a form with: the same whoever asks first, on every server.
async fn claim(bases: &Bases, admitted: &Admitted) -> Result<Option<RecordId>, FormError> {
    let Some(member) = admitted.member else { return Ok(None) };
    let (form, fresh): (_, RecordId) = (admitted.share.id, bases.platform().ids.make());
    let record = bases
        .platform()
        .db
        .write(move |tx| {
            async move {
                let sql = "INSERT INTO base_form_members (form, member, record) VALUES ($1, $2, $3) \
                     ON CONFLICT (form, member) DO NOTHING";
                tx.execute(sql, params![form, member, fresh]).await?;
                let sql = "SELECT record FROM base_form_members WHERE form = $1 AND member = $2";
                let row = tx.row(sql, params![form, member]).await?;
                row.ok_or(StoreError::Aborted("a claim of a form is gone"))?.get::<RecordId>("record")
            }
            .boxed()
        })
        .await?;
    Ok(Some(record))
}

/// Adds a record with the answers. The same key again adds nothing and is answered the same.
pub async fn submit(bases: &Bases, admitted: &Admitted, sent: Answers) -> Result<Submitted, FormError> {
    bases.gate().submission(admitted.share.id, &admitted.caller, admitted.now)?;
    let by_key = record_by_key(admitted, &sent.key)?;
    let open = right::open(bases, admitted).await?;
    let snapshot = open.snapshot();
    let (table, _, form) = right::form(&snapshot, admitted)?;
    let done = || Submitted { key: form.revise.then(|| sent.key.clone()), thanks: form.thanks.clone() };
    if table.row(by_key).is_some() {
        return Ok(done());
    }
    let claimed = if form.once { claim(bases, admitted).await? } else { None };
    if claimed.is_some_and(|record| table.row(record).is_some()) {
        return Err(FormError::Answered);
    }
    let cells = checked(&snapshot, admitted, table, form, &sent.answers)?;
    let record = Record::new(claimed.unwrap_or(by_key), cells);
    let id = record.id;
    let written = right::write(&open, admitted, actor(admitted), Write::Add, record).await;
    match written {
        Ok(_) => Ok(done()),
        // It was sent twice at once, or to two servers.
        Err(_) if is_there(&open, admitted, id) && claimed.is_none() => Ok(done()),
        Err(_) if is_there(&open, admitted, id) => Err(FormError::Answered),
        Err(error) => Err(renamed(error)),
    }
}

/// The answers that were sent with a key, to be changed; of a form for once a member's own.
pub async fn read(bases: &Bases, admitted: &Admitted, key: &str) -> Result<Map<String, Json>, FormError> {
    let open = right::open(bases, admitted).await?;
    let snapshot = open.snapshot();
    let (table, _, form) = right::form(&snapshot, admitted)?;
    let record = to_revise(bases, admitted, (table, form), key).await?;
    let row = table.row(record).ok_or(FormError::NoAnswers)?;
    let asked = form.questions().filter(|question| admitted.asks(question, table));
    let answer = |question: &FormQuestion| {
        let field = table.field(question.field)?;
        let value = table.get(row, field.id);
        let json = match (&field.kind, &value) {
            (_, Value::Null) => return None,
            (FieldKind::Link { table, .. }, Value::Links { l }) => {
                let there = snapshot.base.table(*table)?;
                let one = |id: &RecordId| {
                    let text = crate::history::title(&snapshot.base, there, *id);
                    serde_json::json!({"id": id, "text": text})
                };
                l.iter().map(one).collect()
            }
            _ => value_to_json(field, &value),
        };
        Some((field.id.to_string(), json))
    };
    Ok(asked.filter_map(answer).collect())
}

/// Sets the answers that were sent before anew.
pub async fn revise(bases: &Bases, admitted: &Admitted, sent: Answers) -> Result<Submitted, FormError> {
    bases.gate().submission(admitted.share.id, &admitted.caller, admitted.now)?;
    let open = right::open(bases, admitted).await?;
    let snapshot = open.snapshot();
    let (table, _, form) = right::form(&snapshot, admitted)?;
    let record = to_revise(bases, admitted, (table, form), &sent.key).await?;
    let mut cells = checked(&snapshot, admitted, table, form, &sent.answers)?;
    // What was answered before and is not any more becomes empty.
    for question in form.questions().filter(|question| admitted.asks(question, table)) {
        if !cells.iter().any(|(field, _)| *field == question.field) {
            cells.push((question.field, Value::Null));
        }
    }
    let record = Record::new(record, cells);
    let written = right::write(&open, admitted, actor(admitted), Write::Change, record).await;
    written.map_err(renamed)?;
    Ok(Submitted { key: Some(sent.key), thanks: form.thanks.clone() })
}

async fn to_revise(
    bases: &Bases,
    admitted: &Admitted,
    (table, form): (&Table, &FormView),
    key: &str,
) -> Result<RecordId, FormError> {
    if !form.revise {
        return Err(FormError::NoAnswers);
    }
    let own = if form.once { record_of(bases, admitted, table).await? } else { None };
    let record = match own {
        Some(record) => record,
        None => record_by_key(admitted, key)?,
    };
    table.row(record).map(|_| record).ok_or(FormError::NoAnswers)
}

fn actor(admitted: &Admitted) -> Actor {
    Actor { id: admitted.actor(), at: admitted.now, via: Via::Form }
}

fn is_there(open: &OpenBase, admitted: &Admitted, record: RecordId) -> bool {
    let snapshot = open.snapshot();
    snapshot.table(admitted.share.table).is_ok_and(|table| table.row(record).is_some())
}

/// The cells of answers: those to questions that are shown, each of them sound. Errors name the question.
fn checked(
    snapshot: &Snapshot,
    admitted: &Admitted,
    table: &Table,
    form: &FormView,
    sent: &Map<String, Json>,
) -> Result<Vec<(FieldId, Value)>, FormError> {
    let mut answers: HashMap<FieldId, Value> = HashMap::new();
    for (name, json) in sent {
        let path = || format!("answers.{name}");
        let id: Option<FieldId> = name.parse().ok();
        let question = id.and_then(|id| form.questions().find(|question| question.field == id));
        let question = question.filter(|question| admitted.asks(question, table));
        let Some((question, field)) = question.and_then(|one| Some((one, table.field(one.field)?))) else {
            return Err(FormError::answer("form.not_asked", path(), "the form does not ask for this"));
        };
        let value = value_from_json(field, json)
            .map_err(|error| FormError::answer("value.invalid", path(), error.to_string()))?;
        check(snapshot, question, field, &value)
            .map_err(|(code, detail)| FormError::answer(code, path(), detail))?;
        if value != Value::Null {
            answers.insert(field.id, value);
        }
    }
    let mut cells = Vec::with_capacity(answers.len());
    let shown = form.shown(&table.def().fields, &answers);
    for question in shown.into_iter().filter(|question| admitted.asks(question, table)) {
        let answer = answers.remove(&question.field);
        let blank = match &answer {
            None | Some(Value::Bool { b: false }) => true,
            Some(Value::Text { t }) => t.trim().is_empty(),
            Some(_) => false,
        };
        if question.required && blank {
            let path = format!("answers.{}", question.field);
            return Err(FormError::answer("value.required", path, "this question must be answered"));
        }
        cells.extend(answer.map(|answer| (question.field, answer)));
    }
    Ok(cells)
}

/// What a form refuses beyond what the field does.
fn check(
    snapshot: &Snapshot,
    question: &FormQuestion,
    field: &Field,
    value: &Value,
) -> Result<(), (&'static str, String)> {
    let unknown = || Err(("choice.unknown", "the form offers no such choice".to_owned()));
    match (value, &field.kind) {
        (Value::Choice { c }, _) if !is_offered(question, *c) => unknown(),
        (Value::Choices { m }, _) if !m.iter().all(|id| is_offered(question, *id)) => unknown(),
        (Value::Links { l }, _) if l.len() > MAX_LINKS => {
            Err(("value.too_many", format!("at most {MAX_LINKS} records")))
        }
        (Value::Links { l }, FieldKind::Link { table, filter, .. }) => {
            let there = snapshot.base.table(*table);
            let wanted = Query { filter: filter.clone(), ..Query::default() };
            let kept = |there: &Table| {
                let rows: Vec<_> = l.iter().map(|record| there.row(*record)).collect();
                if filter.is_none() || rows.iter().any(Option::is_none) {
                    return rows.iter().all(Option::is_some);
                }
                let may = select(&snapshot.base, there, &wanted, &Viewer::default());
                rows.iter().flatten().all(|row| may.contains(row))
            };
            let sound = there.is_some_and(|there| kept(there));
            if sound { Ok(()) } else { Err(("link.unknown", "this record cannot be picked".to_owned())) }
        }
        _ => Ok(()),
    }
}

/// An error of the write in words of the form: it names the question, and of other records nothing.
fn renamed(error: BaseError) -> FormError {
    let mut problem = Problem::from(error);
    let field = problem.field.as_deref().and_then(|path| path.strip_prefix("records[0].fields."));
    if let Some(field) = field {
        problem.field = Some(format!("answers.{field}"));
    }
    if problem.code == "value.not_unique" {
        problem.detail =
            String::from("somebody gave this answer already; it must be different in every record");
    }
    FormError::Other(problem)
}
