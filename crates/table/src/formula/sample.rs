//! Values that tests of how values are read and compared are written with.

use jiff::tz::TimeZone;

use crate::formula::{Datum, Env, coerce::Cx};

pub(super) fn text(text: &str) -> Datum {
    Datum::Text(text.into())
}
pub(super) fn list(items: &[Datum]) -> Datum {
    Datum::List(items.into())
}
pub(super) fn number(number: f64) -> Datum {
    Datum::Number(number)
}
pub(super) fn shanghai() -> Env {
    Env { zone: TimeZone::get("Asia/Shanghai").unwrap(), ..Env::default() }
}
pub(super) fn cx(env: &Env) -> Cx<'_> {
    Cx { env, texts: &(), table: None }
}
/// 2026-11-20 in UTC.
pub(super) const DAY_AT: i64 = 1_795_132_800_000;
