//! What number cards tell: one number, and what it was in the time before.

use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::{
    Base, Condition, CubeQuery, Filter, NumberQuery, Operator, QueryError, Table, Viewer, calendar, cube,
    dashboard::{Period, narrowed},
    relative::{Span, Unit},
    value::DAY,
};

/// What a number card tells.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Number {
    /// The number, or the date; null when there is nothing to tell of.
    pub value: Json,
    /// What it was in the time before; only when a time is told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// How many records it is of.
    pub count: usize,
}

/// What a number card tells of a table.
pub fn number(
    base: &Base,
    table: &Table,
    query: &NumberQuery,
    viewer: &Viewer,
) -> Result<Number, QueryError> {
    let told = |filter| {
        let measures = vec![query.measure.clone()];
        let query = CubeQuery { filter, measures, ..CubeQuery::default() };
        let told = cube(base, table, &query, viewer)?;
        let value = told.cells.into_iter().next().and_then(|mut cell| cell.values.pop());
        Ok::<_, QueryError>((value.unwrap_or_default(), told.count))
    };
    let filter = query.filter.as_ref();
    let Some(period) = &query.period else {
        let (value, count) = told(filter.cloned())?;
        return Ok(Number { value, before: None, count });
    };
    let (now, before) = period.spans(viewer)?;
    let (value, count) = told(narrowed(filter, vec![period.within(now)]))?;
    let (before, _) = told(narrowed(filter, vec![period.within(before)]))?;
    Ok(Number { value, before: Some(before), count })
}

/// The queries a number card asks, by which it can be checked and its dependence on the viewer told.
pub fn number_cube(query: &NumberQuery, viewer: &Viewer) -> Result<CubeQuery, QueryError> {
    let mut more = Vec::new();
    if let Some(period) = &query.period {
        period.spans(viewer)?;
        let (field, value) = (period.field, period.span.clone());
        more.push(Filter::Condition(Condition { field, op: Operator::Is, value }));
    }
    let filter = narrowed(query.filter.as_ref(), more);
    Ok(CubeQuery { filter, measures: vec![query.measure.clone()], ..CubeQuery::default() })
}

type Days = (i64, i64);

impl Period {
    /// The days it tells of, and those of the time before, each with the last one.
    fn spans(&self, viewer: &Viewer) -> Result<(Days, Days), QueryError> {
        let wrong =
            || QueryError::new("period.span", "expected a time relative to today, such as this_month");
        let Some(Span::Days { first, last }) =
            Span::read(&self.span, viewer).filter(|_| self.span.is_object())
        else {
            return Err(wrong());
        };
        let unit = self.span.get("relative").and_then(Json::as_str).and_then(|name| name.split_once('_'));
        let unit = unit.and_then(|(_, unit)| Unit::named(unit));
        let start = match unit {
            Some(unit) => unit.moved(first, -1).ok_or_else(wrong)?,
            None => 2 * first - last - 1,
        };
        let (mut now, mut before) = ((first, last), (start, first - 1));
        let today = viewer.today();
        if self.to_date && (first..last).contains(&today) {
            now.1 = today;
            before.1 = before.1.min(start + today - first);
        }
        Ok((now, before))
    }

    fn within(&self, (first, last): Days) -> Filter {
        let day = |day: i64| {
            let mut text = String::new();
            calendar::write_day(&mut text, day * DAY);
            text
        };
        let value = json!([day(first), day(last)]);
        Filter::Condition(Condition { field: self.field, op: Operator::Between, value })
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};
    use skein_types::FieldId;

    use super::*;

    #[test]
    fn the_time_before_is_as_long_or_the_span_before() {
        let now = "2026-03-30T23:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        // There it is the 31st already.
        let viewer = Viewer { now, zone: TimeZone::get("Asia/Tokyo").unwrap(), ..Viewer::default() };
        let cases = [
            (json!({"relative": "today"}), false, "2026-03-31..2026-03-31 2026-03-30..2026-03-30"),
            (json!({"relative": "this_month"}), false, "2026-03-01..2026-03-31 2026-02-01..2026-02-28"),
            (json!({"relative": "this_year"}), true, "2026-01-01..2026-03-31 2025-01-01..2025-03-31"),
            (json!({"relative": "this_quarter"}), false, "2026-01-01..2026-03-31 2025-10-01..2025-12-31"),
            (json!({"relative": "this_week"}), true, "2026-03-30..2026-03-31 2026-03-23..2026-03-24"),
            (json!({"relative": "last_month"}), true, "2026-02-01..2026-02-28 2026-01-01..2026-01-31"),
            (json!({"last": 7, "unit": "days"}), false, "2026-03-25..2026-03-31 2026-03-18..2026-03-24"),
        ];
        for (span, to_date, expected) in cases {
            let period = Period { field: FieldId::from_bits(1), span, to_date };
            let (now, before) = period.spans(&viewer).unwrap();
            let text = |(first, last): Days| {
                let mut text = String::new();
                calendar::write_day(&mut text, first * DAY);
                text.push_str("..");
                calendar::write_day(&mut text, last * DAY);
                text
            };
            assert_eq!(format!("{} {}", text(now), text(before)), expected, "{:?}", period.span);
        }
        for span in [json!("2026-01-01"), json!({"relative": "someday"}), json!(null)] {
            let period = Period { field: FieldId::from_bits(1), span, to_date: false };
            assert_eq!(period.spans(&viewer).unwrap_err().path, "period.span");
        }
    }
}
