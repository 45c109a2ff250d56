//! What formulas of the language give. Rules: docs/spec/formula.md.

use skein_table::formula::{Datum, ErrorCode, Evaluator, Item};

use crate::formula_world::{CUSTOMERS, ORDERS, PRODUCTS, World, world};

/// Formulas of the first order, and what they give.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn values() {
    let cases = [
        // F3
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("-2 ^ 2", "4"),
        ("2 ^ 3 ^ 2", "512"),
        ("7 % 3 & -7 % 3", "\"12\""),
        ("1 < 2 && 2 < 3 || 1 / 0", "TRUE"),
        ("!TRUE", "FALSE"),
        // F10
        ("TRUE + 1", "2"),
        ("\"3\" * 2", "6"),
        ("NULL + 1", "1"),
        ("1 / 0", "#DIV/0"),
        ("5 % 0", "#DIV/0"),
        ("10 ^ 400", "#NUM"),
        ("\"x\" + 1", "#TYPE"),
        ("-[Paid]", "-1"),
        ("0 * -1", "0"),
        ("1 & 2 & NULL & TRUE", "\"12TRUE\""),
        // F11
        ("[Due] + 1", "2024-10-05"),
        ("1 + [Due]", "2024-10-05"),
        ("[Due] - 1.5", "2024-10-02"),
        ("([Due] + 10) - [Due]", "10"),
        ("[Due] + DURATION(1, 12)", "2024-10-05 12:00"),
        // F12
        ("[Status] = \"Open\"", "TRUE"),
        ("[Status] != \"Open\"", "FALSE"),
        ("[Customer] = \"Ada\"", "TRUE"),
        ("NULL = \"\"", "TRUE"),
        ("NULL <= 0 && NULL >= 0", "TRUE"),
        ("NULL < 1", "TRUE"),
        ("[Due] < \"2024-10-05\"", "TRUE"),
        ("NULL < [Due] || NULL > [Due]", "FALSE"),
        ("\"9\" < 10", "TRUE"),
        ("\"a\" = \"A\"", "FALSE"),
        ("1 < 2 = TRUE", "TRUE"),
        // F13
        ("[Customer]", "#0 Ada"),
        ("[Customer].[City]", "\"Rome\""),
        ("[Lines].[Price]", "[2, 3.5]"),
        ("[Customer].[Orders].[Lines].[Name]", "[\"Pen\", \"Ink\", \"Ink\"]"),
        ("[Orders].[Amount]", "[100, 50, 7.5]"),
        ("[[Customer]].[Name]", "[\"Ada\", \"Bob\"]"),
        ("[Lines] & \"!\"", "\"Pen,Ink!\""),
        ("[Products].[Price]", "[2, 3.5]"),
        ("[Products] + 1", "3"),
        ("[Orders].[Bad]", "[#DIV/0, 1]"),
        ("[Bad] + 1", "#DIV/0"),
        ("IFERROR([Bad], \"x\")", "\"x\""),
        // F14
        ("[Orders].FILTER(CurrentValue.[Amount] > 40).[Title]", "[\"O-1\", \"O-2\"]"),
        ("[Orders].FILTER(CurrentValue.[Amount] > [Amount]).[Title]", "[]"),
        ("LIST(3, 1, 2).FILTER(CurrentValue > 1).MAP(CurrentValue * [Amount])", "[300, 200]"),
        (
            "[[Customer]].MAP(CurrentValue.[Orders].FILTER(CurrentValue.[Paid]).[Amount].SUMIF(TRUE))",
            "[100, 0, 0]",
        ),
        ("[Customer].[Orders].SORTBY(CurrentValue.[Amount])", "[#1 O-2, #0 O-1]"),
        ("[Orders].SORTBY(CurrentValue.[Due], FALSE).[Title]", "[\"O-4\", \"O-3\", \"O-1\", \"O-2\"]"),
        ("[Orders].COUNTIF(CurrentValue.[Status] = \"Open\")", "2"),
        ("[Orders].[Amount].SUMIF(CurrentValue > 10)", "150"),
        ("[Orders].SUMIF(CurrentValue.[Paid], CurrentValue.[Amount])", "100"),
        ("[Orders].SUMIFS(CurrentValue.[Amount], CurrentValue.[Paid], CurrentValue.[Amount] > 10)", "100"),
        ("[Orders].[Amount].AVERAGEIF(CurrentValue > 1000)", "#DIV/0"),
        ("[Orders].[Amount].MAXIF(CurrentValue < 100)", "50"),
        ("MAP(LIST(1, 2), LIST(CurrentValue, CurrentValue))", "[1, 1, 2, 2]"),
        ("ANY([Lines], CurrentValue.[Price] > 3) && !ALL([Lines], CurrentValue.[Price] > 3)", "TRUE"),
        ("FILTER([Orders], CurrentValue.[Bad] > 0)", "#DIV/0"),
        // F15
        ("[Orders].FILTER(CurrentValue.[Town] = [Customer].[City]).[Title]", "[\"O-1\"]"),
        ("[Orders].FILTER([Customer] = CurrentValue.[Customer] && CurrentValue.[Amount] < 100)", "[#1 O-2]"),
        ("[Orders].COUNTIF(AND(CurrentValue.[Amount] > 1, CurrentValue.[Customer] = \"Ada\"))", "2"),
        ("[Orders].FILTER(CurrentValue.[Bad] = 1).[Title]", "[\"O-2\"]"),
        ("[Orders].FILTER(CurrentValue.[Town] = 1 / 0)", "#DIV/0"),
        // F16
        ("LET(x, [Amount] * 2, y, x + 1, x * y)", "40200"),
        ("LET(x, 1, LET(x, 2, x) + x)", "3"),
        (
            "MAP(LIST(1, 2), LET(o, CurrentValue, SUMIF(MAP(LIST(10, 20), CurrentValue * o), TRUE)))",
            "[30, 60]",
        ),
        // F17
        ("LIST(1, 5, 9).COUNTIF(5)", "1"),
        ("LIST(1, 5, 9).COUNTIF(\">=5\")", "2"),
        ("LIST(\"a\", \"b\").COUNTIF(\"<>a\")", "1"),
        ("[Orders].COUNTIF(\"O-1\")", "1"),
        ("[Orders].[Amount].SUMIF(\">10\")", "150"),
        // F18
        ("IF([Amount] > 50, \"big\", \"small\")", "\"big\""),
        ("IF(FALSE, 1)", "FALSE"),
        ("IF(TRUE, 1, 1 / 0)", "1"),
        ("IFS(FALSE, 1, TRUE, 2)", "2"),
        ("IFS(FALSE, 1)", "#N/A"),
        ("SWITCH([Status], \"Closed\", 1, \"Open\", 2)", "2"),
        ("SWITCH(9, 1, 2, 7)", "7"),
        ("IFBLANK(\"\", [Customer])", "\"Ada\""),
        ("IFBLANK(NULL, [Customer])", "#0 Ada"),
        ("IF(TRUE, [Customer], \"none\")", "\"Ada\""),
        ("LIST([Customer], [Lines])", "[\"Ada\", \"Pen\", \"Ink\"]"),
        ("AND(LIST(TRUE, FALSE))", "FALSE"),
        ("OR(LIST(TRUE, FALSE), 1 / 0)", "TRUE"),
        ("FIRST([Lines]).[Name]", "\"Pen\""),
        ("[Lines].NTH(2)", "#1 Ink"),
        ("RECORD_ID()", "\"rec_0000000000000g000000000000\""),
    ];
    let (scanned, indexed) = (world(), World { indexed: true, ..world() });
    for (source, expected) in cases {
        assert_eq!(scanned.shown(ORDERS, source, 0), expected, "{source}");
        assert_eq!(indexed.shown(ORDERS, source, 0), expected, "{source} by index");
    }
}

/// F13: what leads nowhere gives nothing.
#[test]
fn nothing_leads_to_nothing() {
    let world = world();
    assert_eq!(world.shown(ORDERS, "[Customer].[City]", 3), "null");
    assert_eq!(world.shown(ORDERS, "[Customer].[Orders].[Title]", 3), "[]");
    assert_eq!(world.shown(ORDERS, "[Due] + 1", 1), "null");
    assert_eq!(world.shown(CUSTOMERS, "[Orders].[Amount].SUMIF(TRUE)", 2), "0");
    assert_eq!(world.shown(PRODUCTS, "[Price] * 2", 2), "0");
}

/// Types of formulas of an order.
#[test]
fn types() {
    let choice = world().check(ORDERS, "[Status]").ty;
    let cases = [
        ("1", Item::Number.one()),
        ("[Due] - [Due]", Item::Duration.one()),
        ("([Due] - [Due]) * 2", Item::Duration.one()),
        ("[Due] + 1", Item::Date { time: false }.one()),
        ("[Due] + ([Due] - [Due])", Item::Date { time: true }.one()),
        ("[Lines].[Price]", Item::Number.many()),
        ("[Customer].[Orders].[Status]", choice.item.many()),
        ("IF([Paid], 1, 2)", Item::Number.one()),
        ("IF([Paid], NULL, [Due])", Item::Date { time: false }.one()),
        ("IF([Paid], [Status], \"x\")", Item::Text.one()),
        ("IF([Paid], 1, \"x\")", Item::Any.one()),
        ("IF([Paid], 1)", Item::Any.one()),
        ("[Lines].MAP(CurrentValue.[Price] > 1)", Item::Bool.many()),
    ];
    for (source, ty) in cases {
        assert_eq!(world().check(ORDERS, source).ty, ty, "{source}");
    }
}

/// F20: what looks random stays the same for a record and a place, and differs between them.
#[test]
fn randomness_stays() {
    let world = world();
    let program = world.check(ORDERS, "RANDOMBETWEEN(1, 1000000000) & \",\" & RANDOMBETWEEN(1, 1000000000)");
    let mut evaluator = Evaluator::new(&program, &world);
    let first = evaluator.cell(0);
    assert_ne!(first, evaluator.cell(1));
    assert_eq!(first, evaluator.cell(0));
    let Datum::Text(text) = &first else { panic!() };
    let (a, b) = text.split_once(',').unwrap();
    assert_ne!(a, b);
    let items =
        world.compute(ORDERS, "UNIQUE(MAP(LIST(1, 2, 3), RANDOMBETWEEN(1, 1000000000))).COUNTIF(TRUE)", 0);
    assert_eq!(items, Datum::Number(3.0));
}

/// F19: whatever is asked for, there is an end.
#[test]
fn limits() {
    let world = world();
    let many = "SEQUENCE(1, 1000)";
    let cases = [
        format!("MAP({many}, MAP({many}, SUMIF(MAP({many}, CurrentValue), TRUE)))"),
        format!("MAP({many}, {many})"),
        format!("LET(x, \"{}\", x & x & x)", "x".repeat(40_000)),
        format!("IFERROR(MAP({many}, MAP({many}, SUMIF(MAP({many}, CurrentValue), TRUE))), 1)"),
    ];
    for source in cases {
        assert_eq!(world.compute(ORDERS, &source, 0), Datum::Error(ErrorCode::Limit), "{source}");
    }
}

/// F7: the deepest formulas there may be are computed on a small stack.
#[test]
fn depth() {
    let world = world();
    let nested = |levels: usize, before: &str, after: &str| {
        format!("{}1{}", before.repeat(levels), after.repeat(levels))
    };
    for source in [
        nested(98, "IF(TRUE, ", ", 0)"),
        nested(98, "IFERROR(", ", 0)"),
        nested(49, "(1 * ", ")"),
        nested(98, "ABS(", ")"),
    ] {
        assert_eq!(world.compute(ORDERS, &source, 0), Datum::Number(1.0), "{source}");
    }
    let mapped = nested(98, "MAP(LIST(1), ", ")");
    assert_eq!(world.shown(ORDERS, &mapped, 0), "[1]");
}
