//! The examples of all functions, computed as people would type them.

use skein_table::formula::{
    Datum, Env, Evaluator,
    coerce::{Cx, text_of},
    functions,
};

use crate::formula_world::{PRODUCTS, world};

/// A value as the results of examples are written.
fn shown(value: &Datum, cx: &Cx<'_>) -> String {
    match value {
        Datum::Null => "NULL".into(),
        Datum::Text(text) => format!("\"{text}\""),
        Datum::Error(code) => code.text().into(),
        Datum::List(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(item, cx)).collect();
            format!("LIST({})", items.join(", "))
        }
        other => text_of(other, cx).unwrap().to_string(),
    }
}

#[test]
fn examples_compute_as_typed() {
    let mut world = world();
    // 2026-11-20 08:00 in UTC.
    world.env = Env { now: 1_795_161_600_000, ..Env::default() };
    let mut wrong = Vec::new();
    for function in functions::all() {
        let (formula, expected) = function.example;
        let program = world.check(PRODUCTS, formula);
        let value = Evaluator::new(&program, &world).cell(0);
        let got = shown(&value, &Cx::new(&world.env, &world, program.ty));
        if got != expected {
            wrong.push(format!("{formula} gives {got}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
