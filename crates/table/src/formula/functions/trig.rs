//! Angles and hyperbolas.

use std::f64::consts::{E, PI};

use crate::formula::{
    ErrorCode,
    functions::{
        Function, Group,
        Takes::Number,
        row::{In, NUMBER, number, one, quotient},
    },
};

const NUM: In = In(Group::Number);

/// A function of one number.
macro_rules! of_one {
    ($name:literal, $param:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        NUM.strict($name, &[one($param, Number)], NUMBER, $help, ($example, $result), |call| {
            let of: fn(f64) -> f64 = $of;
            number(of(call.number(0)))
        })
    };
}

/// One divided by a function of one number.
macro_rules! reciprocal {
    ($name:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        NUM.strict($name, &[one("number", Number)], NUMBER, $help, ($example, $result), |call| {
            let of: fn(f64) -> f64 = $of;
            quotient(1.0, of(call.number(0)))
        })
    };
}

pub(super) const ROWS: &[Function] = &[
    NUM.strict("PI", &[], NUMBER, "The number pi.", ("ROUND(PI(), 5)", "3.14159"), |_| number(PI)),
    NUM.strict("E", &[], NUMBER, "The number e.", ("ROUND(E(), 5)", "2.71828"), |_| number(E)),
    of_one!(
        "RADIANS",
        "degrees",
        "An angle in radians.",
        "ROUND(RADIANS(180), 4)",
        "3.1416",
        f64::to_radians
    ),
    of_one!("DEGREES", "radians", "An angle in degrees.", "DEGREES(PI())", "180", f64::to_degrees),
    of_one!("SIN", "angle", "The sine of an angle in radians.", "SIN(0)", "0", f64::sin),
    of_one!("COS", "angle", "The cosine of an angle in radians.", "COS(0)", "1", f64::cos),
    of_one!("TAN", "angle", "The tangent of an angle in radians.", "ROUND(TAN(PI()), 6)", "0", f64::tan),
    of_one!("ASIN", "number", "The angle in radians with this sine.", "ASIN(0)", "0", f64::asin),
    of_one!("ACOS", "number", "The angle in radians with this cosine.", "ACOS(1)", "0", f64::acos),
    of_one!(
        "ATAN",
        "number",
        "The angle in radians with this tangent.",
        "ROUND(ATAN(1), 4)",
        "0.7854",
        f64::atan
    ),
    NUM.strict(
        "ATAN2",
        &[one("x", Number), one("y", Number)],
        NUMBER,
        "The angle in radians of the point at x and y.",
        ("ROUND(ATAN2(1, 1), 4)", "0.7854"),
        |call| match (call.number(0), call.number(1)) {
            (0.0, 0.0) => Err(ErrorCode::Div0),
            (x, y) => number(y.atan2(x)),
        },
    ),
    of_one!("SINH", "number", "The hyperbolic sine.", "SINH(0)", "0", f64::sinh),
    of_one!("COSH", "number", "The hyperbolic cosine.", "COSH(0)", "1", f64::cosh),
    of_one!("TANH", "number", "The hyperbolic tangent.", "TANH(0)", "0", f64::tanh),
    of_one!("ASINH", "number", "The number with this hyperbolic sine.", "ASINH(0)", "0", f64::asinh),
    of_one!("ACOSH", "number", "The number with this hyperbolic cosine.", "ACOSH(1)", "0", f64::acosh),
    of_one!("ATANH", "number", "The number with this hyperbolic tangent.", "ATANH(0)", "0", f64::atanh),
    reciprocal!("COT", "The cotangent of an angle in radians.", "ROUND(COT(1), 4)", "0.6421", f64::tan),
    reciprocal!("SEC", "The secant of an angle in radians.", "SEC(0)", "1", f64::cos),
    reciprocal!("CSC", "The cosecant of an angle in radians.", "ROUND(CSC(1), 4)", "1.1884", f64::sin),
    reciprocal!("COTH", "The hyperbolic cotangent.", "ROUND(COTH(1), 4)", "1.313", f64::tanh),
    reciprocal!("SECH", "The hyperbolic secant.", "SECH(0)", "1", f64::cosh),
    reciprocal!("CSCH", "The hyperbolic cosecant.", "ROUND(CSCH(1), 4)", "0.8509", f64::sinh),
    of_one!(
        "ACOT",
        "number",
        "The angle in radians with this cotangent.",
        "ROUND(ACOT(1), 4)",
        "0.7854",
        |x| { PI / 2.0 - x.atan() }
    ),
    of_one!(
        "ACOTH",
        "number",
        "The number with this hyperbolic cotangent.",
        "ROUND(ACOTH(2), 4)",
        "0.5493",
        |x| { (1.0 / x).atanh() }
    ),
];
