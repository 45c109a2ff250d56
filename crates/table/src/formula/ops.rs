//! What operators do with values.

use std::cmp::Ordering;

use crate::{
    formula::{
        Datum, ErrorCode, Item, Type,
        ast::Op,
        coerce::{self, Cx},
        eval::Value,
        functions::number::modulo,
    },
    value::DAY,
};

/// A number as the result of a computation: finite, and 0 has no sign.
pub(crate) fn finite(number: f64) -> Result<f64, ErrorCode> {
    if number.is_finite() { Ok(number + 0.0) } else { Err(ErrorCode::Number) }
}

/// Arithmetic on numbers. (F10)
pub(crate) fn number(op: Op, a: f64, b: f64) -> Result<f64, ErrorCode> {
    finite(match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div | Op::Rem if b == 0.0 => return Err(ErrorCode::Div0),
        Op::Div => a / b,
        Op::Rem => modulo(a, b),
        _ => a.powf(b),
    })
}

/// A value in arithmetic, with its static type.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) value: &'a Datum,
    pub(crate) ty: Type,
}

/// `a op b` of a static type. (F10, F11)
pub(crate) fn arith<'c>(op: Op, a: Side<'_>, b: Side<'_>, ty: Type, cx: &dyn Fn(Type) -> Cx<'c>) -> Value {
    if let (Datum::Number(a), Datum::Number(b)) = (a.value, b.value) {
        return number(op, *a, *b).map(Datum::Number);
    }
    let (left, right) = (only(a.value), only(b.value));
    let date = |side: Side<'_>| matches!(side.ty.item, Item::Date { .. });
    // Nothing plus a week is nothing, and so is the time since nothing.
    if date(a) && coerce::is_blank(left) || date(b) && coerce::is_blank(right) {
        return Ok(Datum::Null);
    }
    match (op, left, right) {
        (Op::Add | Op::Sub, Datum::Date { at, time }, other) if !matches!(other, Datum::Date { .. }) => {
            let days = coerce::number_of(other, &cx(b.ty))?;
            shifted(*at, *time, if op == Op::Sub { -days } else { days }, ty, &cx(a.ty))
        }
        (Op::Add, other, Datum::Date { at, time }) if !matches!(other, Datum::Date { .. }) => {
            shifted(*at, *time, coerce::number_of(other, &cx(a.ty))?, ty, &cx(b.ty))
        }
        (Op::Sub, Datum::Date { .. }, Datum::Date { .. }) => {
            let days = coerce::number_of(left, &cx(a.ty))? - coerce::number_of(right, &cx(b.ty))?;
            finite(days).map(Datum::Number)
        }
        (_, Datum::Date { .. }, _) | (_, _, Datum::Date { .. }) => Err(ErrorCode::Type),
        _ => {
            let (a, b) = (coerce::number_of(left, &cx(a.ty))?, coerce::number_of(right, &cx(b.ty))?);
            number(op, a, b).map(Datum::Number)
        }
    }
}

/// A list of one counts as its item.
pub(crate) fn only(value: &Datum) -> &Datum {
    match value {
        Datum::List(items) if items.len() == 1 => &items[0],
        value => value,
    }
}

/// A date some days later by the clocks of the base. A day stays one when the formula says that it gives
/// days.
fn shifted(at: i64, time: bool, days: f64, ty: Type, cx: &Cx<'_>) -> Value {
    let may_have_time = !matches!(ty.item, Item::Date { time: false });
    let time_after = time || may_have_time && days.fract() != 0.0;
    let days = if time_after { days } else { days.floor() };
    let span = days * DAY as f64;
    if span.abs() > 1e15 {
        return Err(ErrorCode::Number);
    }
    let local = if time { coerce::to_local(at, cx.env) } else { at };
    let moved = local.saturating_add(span.round() as i64);
    coerce::date(if time_after { coerce::from_local(moved, cx.env) } else { moved }, time_after)
}

/// `a op b` of a comparison. (F12)
pub(crate) fn compare(op: Op, a: &Datum, b: &Datum, cx: &Cx<'_>) -> bool {
    match op {
        Op::Eq => coerce::equal(a, b, cx),
        Op::Ne => !coerce::equal(a, b, cx),
        _ => {
            let order = match (a, b) {
                (Datum::Number(a), Datum::Number(b)) => a.partial_cmp(b),
                _ => order(only(a), only(b), cx),
            };
            order.is_some_and(|order| match op {
                Op::Lt => order.is_lt(),
                Op::Le => order.is_le(),
                Op::Gt => order.is_gt(),
                _ => order.is_ge(),
            })
        }
    }
}

/// Which of two values is more; none where neither is.
fn order(a: &Datum, b: &Datum, cx: &Cx<'_>) -> Option<Ordering> {
    let number = |value: &Datum| matches!(value, Datum::Number(_) | Datum::Bool(_));
    let date = |value: &Datum| matches!(value, Datum::Date { .. });
    match (coerce::is_blank(a), coerce::is_blank(b)) {
        (true, true) => return Some(Ordering::Equal),
        // Nothing is 0 beside a number, neither before nor after a date, and before all else.
        (true, false) if number(b) => return 0.0.partial_cmp(&coerce::number_of(b, cx).ok()?),
        (false, true) if number(a) => return coerce::number_of(a, cx).ok()?.partial_cmp(&0.0),
        (true, false) => return (!date(b)).then_some(Ordering::Less),
        (false, true) => return (!date(a)).then_some(Ordering::Greater),
        (false, false) => {}
    }
    let text = |value: &Datum| matches!(value, Datum::Text(_) | Datum::Choice { .. });
    if number(a) && text(b) || text(a) && number(b) {
        if let (Ok(a), Ok(b)) = (coerce::number_of(a, cx), coerce::number_of(b, cx)) {
            return a.partial_cmp(&b);
        }
    } else if (date(a) && text(b) || text(a) && date(b))
        && let (Ok(a), Ok(b)) = (coerce::date_of(a, cx), coerce::date_of(b, cx))
    {
        return Some(coerce::compare(&a, &b, cx));
    }
    Some(coerce::compare(a, b, cx))
}
