//! Whatever is asked of a table, it is answered or refused; and an answer agrees with the others.

use arbitrary::{Result, Unstructured};
use serde_json::{Value as Json, json};
use skein_table::{Base, LiveView, Query, Table, Viewer, count, groups, select, top, validate_query};

use crate::{
    words,
    world::{NUMBERS, STATIONS, TEXTS, field, filled},
};

const OPERATORS: [&str; 20] = [
    "is",
    "is_not",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "any_of",
    "all_of",
    "none_of",
    "within",
    "empty",
    "not_empty",
    "is_error",
    "not_error",
    "matches",
];
const SUMMARIES: [&str; 12] = [
    "count",
    "filled",
    "percent_empty",
    "unique",
    "sum",
    "average",
    "median",
    "min",
    "max",
    "range",
    "earliest",
    "percent_checked",
];

/// The bytes are a query as JSON, or decide on one.
pub fn run(data: &[u8]) {
    let _ = asked(data);
}

fn asked(data: &[u8]) -> Result<()> {
    let mut u = Unstructured::new(data);
    if data.first() == Some(&b'{') {
        let mut known = Unstructured::new(&[7; 400]);
        let base = filled(&mut known)?;
        if let Ok(query) = serde_json::from_slice::<Query>(data) {
            check(&base, &query);
        }
        return Ok(());
    }
    let base = filled(&mut u)?;
    let query = json!({
        "filter": filter(&mut u, 3)?,
        "group": some(&mut u, 4, |u| Ok(json!({"field": some_field(u)?, "descending": u.arbitrary::<bool>()?,
            "by": u.choose(&["value", "each", "day", "week", "month", "quarter", "year"])?,
            "size": if u.ratio(1, 4)? { json!(u.choose(&NUMBERS)?) } else { Json::Null }})))?,
        "sort": some(&mut u, 3, |u| Ok(json!({"field": some_field(u)?, "descending": u.arbitrary::<bool>()?})))?,
        "summaries": some(&mut u, 4, |u| {
            Ok(json!({"field": some_field(u)?, "function": u.choose(&SUMMARIES)?}))
        })?,
        "search": if u.ratio(1, 5)? { json!(u.choose(&TEXTS)?) } else { Json::Null },
    });
    if let Ok(query) = serde_json::from_value(query) {
        check(&base, &query);
    }
    Ok(())
}

fn some(
    u: &mut Unstructured<'_>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<Json>,
) -> Result<Json> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| one(u)).collect()
}

fn some_field(u: &mut Unstructured<'_>) -> Result<Json> {
    Ok(json!(field(u.int_in_range(10..=22u128)?)))
}

fn filter(u: &mut Unstructured<'_>, levels: u32) -> Result<Json> {
    if levels > 0 && u.ratio(1, 3)? {
        let parts = some(u, 3, |u| filter(u, levels - 1))?;
        return Ok(if u.arbitrary()? { json!({"and": parts}) } else { json!({"or": parts}) });
    }
    Ok(json!({"field": some_field(u)?, "op": u.choose(&OPERATORS)?, "value": value(u, 2)?}))
}

fn value(u: &mut Unstructured<'_>, levels: u32) -> Result<Json> {
    Ok(match u.int_in_range(0..=9)? {
        0 => json!(u.choose(&TEXTS)?),
        1 => json!(u.choose(&NUMBERS)?),
        2 => json!(u.arbitrary::<bool>()?),
        3 => json!(u.choose(&[
            "me",
            "2026-11-20",
            "2026-11-20T08:00:00Z",
            "0001-01-01",
            "9999-12-31",
            "Open"
        ])?),
        4 => {
            json!({"relative": u.choose(&["today", "this_week", "next_year", "last_month", "this_day", ""])?})
        }
        5 => {
            let unit = u.choose(&["days", "weeks", "months", "quarters", "years"])?;
            json!({*u.choose(&["last", "next"])?: u.int_in_range(0..=4_000_000i64)?, "unit": unit})
        }
        6 => json!({"field": some_field(u)?}),
        7 => json!({"box": [-180, -90, u.choose(&NUMBERS)?, 90]}),
        _ if levels > 0 => some(u, 3, |u| value(u, levels - 1))?,
        _ => json!(words::formula(u, 1)?),
    })
}

fn check(base: &Base, query: &Query) {
    let table: &Table = base.table(STATIONS).expect("the table is there");
    let viewer = Viewer { now: 1_795_132_800_000, ..Viewer::default() };
    let sound = validate_query(base, table, query, &viewer).is_ok();
    let rows = select(base, table, query, &viewer);
    let kept = count(base, table, query, &viewer);
    let told = groups(base, table, query, &viewer);
    let live = LiveView::new(base, STATIONS, query, &viewer).expect("the table is there");
    assert_eq!(live.window(0, usize::MAX), rows);
    assert_eq!(told.count, kept);
    if query.group.is_empty() {
        assert_eq!(rows.len(), kept);
        assert_eq!(top(base, table, query, &viewer, 0, 3), rows[..kept.min(3)]);
    } else {
        assert!(rows.len() >= kept || !sound);
    }
    let text = serde_json::to_string(query).expect("a query is JSON");
    assert_eq!(serde_json::from_str::<Query>(&text).ok().as_ref(), Some(query), "{text}");
}

/// Queries to begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    let name = field(10);
    let queries = [
        json!({"filter": {"and": [{"field": name, "op": "contains", "value": "a"}]}}),
        json!({"filter": {"field": field(12), "op": "between", "value": ["2026-01-01", "2026-12-31"]}}),
        json!({"group": [{"field": field(13), "by": "month"}], "sort": [{"field": name, "descending": true}]}),
        json!({"filter": {"field": field(18), "op": "within", "value": {"box": [0, 0, 90, 90]}},
            "summaries": [{"field": field(11), "function": "sum"}], "search": "1"}),
    ];
    queries.iter().map(|query| query.to_string().into_bytes()).collect()
}
