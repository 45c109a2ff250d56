//! Random formulas over random cells: nothing panics, and every way to compute gives the same.

use std::sync::Arc;

use proptest::prelude::*;
use skein_table::formula::{
    Chunks, Datum, ErrorCode, Evaluator, Item, Lane, Program, Vector, Words, check, functions, shown,
};

use crate::formula_world::{CUSTOMERS, Known, ORDERS, Tab, World, field, table, world};

/// A table of numbers and ticks, past the end of a chunk.
#[derive(Debug)]
struct Numbers {
    world: World,
    columns: Vec<(Vec<f64>, Vec<u64>)>,
}

fn numbers(cells: &[(Option<f64>, Option<f64>, bool)], rows: usize) -> Numbers {
    let known = |n: u128, name: &str, item: Item| Known {
        id: field(n),
        name: name.into(),
        ty: item.one(),
        link: false,
    };
    let fields = vec![known(1, "A", Item::Number), known(2, "B", Item::Duration), known(3, "T", Item::Bool)];
    let datum = |number: Option<f64>| number.map_or(Datum::Null, Datum::Number);
    let cell = |row: usize| cells[row % cells.len()];
    let of = |row: usize| vec![datum(cell(row).0), datum(cell(row).1), Datum::Bool(cell(row).2)];
    let rows_of = (0..rows).map(of).collect();
    let column = |value: &dyn Fn(usize) -> Option<f64>| {
        let mut bits = vec![0u64; rows.div_ceil(64)];
        let values = (0..rows).map(|row| {
            bits[row / 64] |= u64::from(value(row).is_some()) << (row % 64);
            value(row).unwrap_or(f64::NAN)
        });
        (values.collect(), bits)
    };
    let columns = vec![
        column(&|row| cell(row).0),
        column(&|row| cell(row).1),
        column(&|row| cell(row).2.then_some(1.0)),
    ];
    let tab = Tab { id: table(1), name: "Numbers".into(), fields, rows: rows_of };
    Numbers { world: World { tables: vec![tab], ..World::default() }, columns }
}

impl Chunks for Numbers {
    fn numbers(&self, column: u32, chunk: usize) -> Option<(&[f64], &[u64])> {
        let (values, bits) = &self.columns[column as usize];
        let from = chunk * Lane::ROWS;
        Some((&values[from..values.len().min(from + Lane::ROWS)], &bits[from / 64..]))
    }
    fn booleans(&self, column: u32, chunk: usize) -> Option<&[u64]> {
        self.numbers(column, chunk).map(|(_, bits)| bits)
    }
}

fn bit(words: &Words, at: usize) -> bool {
    words[at / 64] >> (at % 64) & 1 == 1
}

/// Formulas of numbers; those the vector path must take are marked by the root they have.
fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("[A]".to_string()),
        4 => Just("[B]".to_string()),
        1 => Just("[T]".to_string()),
        2 => (-3i32..4).prop_map(|n| n.to_string()),
        1 => Just("0.1".to_string()),
        1 => Just("1e300".to_string()),
        1 => Just("(1 / 4)".to_string()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let arith = prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%"), Just("^")];
        let order =
            prop_oneof![Just("="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">="), Just("&&")];
        let of = prop_oneof![
            Just("ABS"),
            Just("INT"),
            Just("ROUND"),
            Just("ROUNDUP"),
            Just("ROUNDDOWN"),
            Just("-"),
            Just("+"),
            Just("!"),
            Just("NOT")
        ];
        prop_oneof![
            (inner.clone(), arith, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), order, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (of, inner.clone()).prop_map(|(of, a)| format!("{of}({a})")),
            (inner.clone(), -2i32..4).prop_map(|(a, digits)| format!("ROUND({a}, {digits})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("MAX({a} + 0, [A], {b} * 1)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("MIN({a} - 0, {b} * 1)")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("IF({a}, {b} + 0, {c} * 1)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("IF({a} > 0, [A], [A] + {b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("AND({a} < 1, OR({b}, [T]))")),
        ]
    })
}

fn cell() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        Just(Some(0.0)),
        Just(Some(1e300)),
        (-5..6i32).prop_map(|n| Some(f64::from(n))),
        (-1e6..1e6f64).prop_map(Some),
    ]
}

fn same(vector: &Datum, evaluated: &Datum) -> bool {
    match (vector, evaluated) {
        (Datum::Number(a), Datum::Number(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    }
}

fn vector_equals(source: &str, data: &Numbers, rows: usize) -> Result<bool, TestCaseError> {
    let program = data.world.check(1, source);
    let Some(mut vector) = Vector::new(&program, &data.world) else { return Ok(false) };
    let mut evaluator = Evaluator::new(&program, &data.world);
    let mut lane = Lane::default();
    for row in 0..rows {
        let at = row % Lane::ROWS;
        if at == 0 {
            prop_assert!(vector.run(data, row / Lane::ROWS, &mut lane));
        }
        let evaluated = evaluator.cell(row as u32);
        if bit(&lane.left, at) {
            continue;
        }
        let fast = match program.ty.item {
            Item::Bool => Datum::Bool(bit(&lane.bits, at)),
            _ if bit(&lane.bits, at) => Datum::Number(lane.numbers[at]),
            _ => Datum::Null,
        };
        prop_assert!(same(&fast, &evaluated), "{}: {:?} is {:?}", source, fast, evaluated);
    }
    Ok(true)
}

/// Formulas the vector path takes, beyond one chunk; few rows are left to the evaluator.
#[test]
fn vectors() {
    let cells: Vec<_> =
        (0..97).map(|n| ((n % 7 != 0).then_some(f64::from(n)), Some(f64::from(n % 5)), n % 2 == 0)).collect();
    let data = numbers(&cells, 20_000);
    for source in [
        "[A] * [B]",
        "[A] / SUM([Numbers].[A])",
        "IF([A] > 10 && [T], ROUND([A] * 1.5, 1), ABS(-[B]))",
        "[A] = [B]",
        "[A]",
        "[T]",
    ] {
        assert!(vector_equals(source, &data, 20_000).unwrap(), "{source}");
    }
    let program = data.world.check(1, "IF([B] = 0, 0, [A] / [B])");
    let mut lane = Lane::default();
    assert!(Vector::new(&program, &data.world).unwrap().run(&data, 0, &mut lane));
    assert_eq!(*lane.left, [0; Lane::ROWS / 64], "what is not chosen is not left");
}

/// Values, conditions and lists of orders, of all kinds, right and wrong.
fn any_formula() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "-2.5",
        "\"Rome\"",
        "\"3\"",
        "TRUE",
        "NULL",
        "[Amount]",
        "[Title]",
        "[Due]",
        "[Paid]",
        "[Status]",
        "[Customer]",
        "[Customer].[City]",
        "[Lines]",
        "[Lines].[Price]",
        "[Orders]",
        "[[Customer]]",
        "[Customer].[Orders].[Amount]",
        "[Town]",
        "[Bad]",
        "CurrentValue",
        "CurrentValue.[Town]",
        "CurrentValue.[Amount]",
        "CurrentValue.[Customer]",
        "LIST(1, \"a\", NULL)",
        "1 / 0",
        "[Lines].[Picture]",
        "DURATION(1, 2)",
        "[Customer].[Boss]",
        "x",
    ]);
    let names: Vec<&str> = functions::all().iter().map(|function| function.name).collect();
    leaf.prop_map(String::from).prop_recursive(4, 24, 3, move |inner| {
        let op = prop::sample::select(vec!["+", "-", "*", "/", "%", "^", "&", "=", "<", ">=", "!=", "&&", "||"]);
        prop_oneof![
            2 => (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            3 => (prop::sample::select(names.clone()), prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(name, args)| format!("{name}({})", args.join(", "))),
            1 => (prop::sample::select(vec!["FILTER", "MAP", "SORTBY", "COUNTIF", "SUMIF", "ANY"]), inner.clone(), inner.clone())
                .prop_map(|(name, list, by)| format!("{name}({list}, {by})")),
            1 => inner.clone().prop_map(|key| format!("[Orders].FILTER(CurrentValue.[Town] = {key} && TRUE)")),
            1 => inner.clone().prop_map(|key| format!("[Orders].FILTER({key} = CurrentValue.[Customer]).[Title]")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("LET(x, {a}, {b})")),
        ]
    })
}

fn any_cell() -> impl Strategy<Value = Datum> {
    prop_oneof![
        Just(Datum::Null),
        Just(Datum::Error(ErrorCode::Div0)),
        Just(Datum::Text("Rome".into())),
        Just(Datum::Text("".into())),
        Just(Datum::Number(0.0)),
        (-1e12..1e12f64).prop_map(Datum::Number),
        Just(Datum::Date { at: 253_402_300_799_000, time: true }),
        Just(Datum::Date { at: -62_135_596_800_000, time: false }),
        Just(Datum::List(Arc::new([]))),
        Just(Datum::List(Arc::new([Datum::Record(9), Datum::Record(0)]))),
        Just(Datum::Record(77)),
        any::<bool>().prop_map(Datum::Bool),
    ]
}

/// Computes a formula for all orders.
fn all(program: &Program, world: &World) -> Vec<Datum> {
    let mut evaluator = Evaluator::new(program, world);
    (0..5).map(|row| evaluator.cell(row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// F23
    #[test]
    fn vectors_equal_the_evaluator(
        source in number(),
        cells in prop::collection::vec((cell(), cell(), any::<bool>()), 1..70),
    ) {
        let rows = cells.len();
        vector_equals(&source, &numbers(&cells, rows), rows)?;
    }

    /// Whatever the cells are, even of wrong types, formulas give values; by index, in another order and
    /// through their stored form the same.
    #[test]
    fn evaluation_never_fails(
        source in any_formula(),
        cells in prop::collection::vec((0..4usize, 0..11usize, any_cell()), 0..6),
    ) {
        let mut world = world();
        for (row, column, datum) in cells {
            world.tables[1].rows[row][column] = datum;
        }
        let Ok(program) = check(&source, table(ORDERS), &world) else { return Ok(()) };
        let values = all(&program, &world);
        let again = World { indexed: true, ..world.clone() };
        prop_assert_eq!(&all(&program, &again), &values, "{} by index", &source);
        let shown = shown(&program.stored, table(ORDERS), &world);
        let stored = check(&shown, table(ORDERS), &world);
        let stored = stored.map_err(|mistakes| TestCaseError::fail(format!("{shown}: {mistakes:?}")))?;
        prop_assert_eq!(&stored.stored, &program.stored);
        prop_assert_eq!(stored.ty, program.ty);
        let mut evaluator = Evaluator::new(&stored, &world);
        for row in (0..5u32).rev() {
            prop_assert_eq!(&evaluator.cell(row), &values[row as usize], "{} as {}", &source, &shown);
        }
    }

    /// F8: what is wrong is told, and nothing else happens, whoever's field it is.
    #[test]
    fn checking_never_fails(source in any_formula(), of in prop::sample::select(vec![CUSTOMERS, ORDERS, 99])) {
        let world = world();
        if let Err(mistakes) = check(&source, table(of), &world) {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let at = mistake.utf16(&source);
                prop_assert!(at.start < at.end && at.end <= source.encode_utf16().count(), "{}", mistake);
            }
        }
        shown(&source, table(of), &world);
    }
}
