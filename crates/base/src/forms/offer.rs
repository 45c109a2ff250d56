//! What can be picked in a form: records and people, by search. Of records no more than what they are called.

use serde::Serialize;
use skein_table::{Condition, FieldKind, Filter, Operator, Query, Table, Viewer, top, validate_query};
use skein_types::FieldId;
use utoipa::ToSchema;

use super::{Admitted, FormError, right};
use crate::{Bases, Snapshot, history::title};

/// How many are offered at once.
const OFFERED: usize = 20;
/// Characters of what is searched for.
const LONGEST: usize = 200;

/// Something to pick.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offer {
    /// A record, member or group.
    pub id: String,
    /// What it is called.
    pub text: String,
}

/// What a question offers whose name has a text in it: at most 20.
pub async fn offers(
    bases: &Bases,
    admitted: &Admitted,
    question: FieldId,
    search: &str,
) -> Result<Vec<Offer>, FormError> {
    let search: String = search.trim().chars().take(LONGEST).collect();
    let open = right::open(bases, admitted).await?;
    let snapshot = open.snapshot();
    let (table, _, form) = right::form(&snapshot, admitted)?;
    let asked = form.questions().find(|one| one.field == question);
    let asked = asked.filter(|one| admitted.asks(one, table)).and_then(|one| table.field(one.field));
    let not_asked = || FormError::answer("form.not_asked", "question", "the form does not ask for this");
    let people = &snapshot.base.env().people;
    match &asked.ok_or_else(not_asked)?.kind {
        FieldKind::Link { table: id, filter, .. } => {
            let there = snapshot.base.table(*id).ok_or_else(not_asked)?;
            Ok(records(&snapshot, there, filter.clone(), &search))
        }
        FieldKind::Member { .. } => {
            Ok(named(people.members.iter().map(|(id, name)| (id.to_string(), &**name)), &search))
        }
        FieldKind::Group { .. } => {
            Ok(named(people.groups.iter().map(|(id, name)| (id.to_string(), &**name)), &search))
        }
        _ => Err(not_asked()),
    }
}

/// Searches titles alone: what else a record holds cannot be found out.
fn records(snapshot: &Snapshot, there: &Table, filter: Option<Filter>, search: &str) -> Vec<Offer> {
    let mut parts: Vec<Filter> = filter.into_iter().collect();
    if let Some(primary) = there.def().fields.first().filter(|_| !search.is_empty()) {
        let value = search.into();
        parts.push(Filter::Condition(Condition { field: primary.id, op: Operator::Contains, value }));
    }
    let query = Query { filter: Some(Filter::And { and: parts }), ..Query::default() };
    let viewer = Viewer::default();
    if validate_query(&snapshot.base, there, &query, &viewer).is_err() {
        return Vec::new();
    }
    let rows = top(&snapshot.base, there, &query, &viewer, 0, OFFERED);
    let offer = |row| {
        let id = there.record_id(row);
        Offer { id: id.to_string(), text: title(&snapshot.base, there, id) }
    };
    rows.into_iter().map(offer).collect()
}

fn named<'a>(all: impl Iterator<Item = (String, &'a str)>, search: &str) -> Vec<Offer> {
    let search = search.to_lowercase();
    let mut found: Vec<Offer> = all
        .filter(|(_, name)| !name.is_empty() && name.to_lowercase().contains(&search))
        .map(|(id, name)| Offer { id, text: name.to_owned() })
        .collect();
    found.sort_unstable_by(|a, b| a.text.cmp(&b.text));
    found.truncate(OFFERED);
    found
}
