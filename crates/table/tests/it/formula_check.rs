//! What the checker says about formulas: mistakes, stored and shown forms, what is read. Rules: docs/spec/formula.md.

use skein_table::formula::{Names, Origin, Program, Read, Volatile, check, functions, shown};
use skein_types::{FieldId, TableId};

use crate::formula_world::{CUSTOMERS, ORDERS, PRODUCTS, World, table, world};

/// F8: formulas of orders, what is wrong with them, and where.
#[test]
fn mistakes() {
    let cases = [
        ("[Amout] + 1", 0..7, "there is neither a field nor a table \"Amout\" (did you mean Amount?)"),
        ("[Zzz]", 0..5, "there is neither a field nor a table \"Zzz\""),
        ("[[Product]]", 0..11, "there is no table \"Product\" (did you mean Products?)"),
        ("[Customer].[Citty]", 11..18, "the table \"Customer\" has no field \"Citty\" (did you mean City?)"),
        ("[Amount].[City]", 9..15, "only records have fields; this is a number"),
        (
            "Amount + 1",
            0..6,
            "there is no name \"Amount\" (did you mean Amount?); a field is written [Amount], a text \"Amount\"",
        ),
        ("ROUDN(1)", 0..5, "there is no function ROUDN (did you mean ROUND?)"),
        ("IF(TRUE)", 0..2, "IF takes 2 to 3 arguments, not 1"),
        ("IFERROR(1, 2, 3)", 0..7, "IFERROR takes 2 arguments, not 3"),
        ("AND()", 0..3, "AND takes at least 1 argument, not 0"),
        ("IFS(TRUE)", 0..3, "IFS takes at least 2 arguments, of which 2 belong together, not 1"),
        ("ABS([Lines].[Picture])", 4..21, "“number” of ABS takes a number, not a list of files"),
        ("[Customer].[Boss] * 2", 0..17, "* takes a number, not a person"),
        ("2 * ([Due])", 4..11, "* takes a number, not a date"),
        ("[Due] + [Due]", 8..13, "+ takes a number of days, not a date"),
        ("-[Due]", 1..6, "- takes a number, not a date"),
        (
            "CurrentValue > 1",
            0..12,
            "CurrentValue stands only where a list is looked at item by item, as in FILTER and MAP",
        ),
        (
            "[Lines].FILTER(CurrentValue.[Prise] > 1)",
            28..35,
            "the table \"Products\" has no field \"Prise\" (did you mean Price?)",
        ),
        ("LET(1, 2, 3)", 4..5, "a name is expected here, as in LET(x, 1, x + 1)"),
        ("LET(x, 1, y)", 10..11, "there is no name \"y\"; a field is written [y], a text \"y\""),
        ("{fld_00000000000000000000000001}", 0..32, "this field was deleted"),
        ("{tbl_00000000000000000000000009}", 0..32, "this table was deleted"),
        ("[Lines].[[Products]]", 8..20, "expected a field after the dot, found a table"),
    ];
    let world = world();
    for (source, at, message) in cases {
        let mistakes = check(source, table(ORDERS), &world).map(|program| program.ty).unwrap_err();
        assert_eq!(mistakes[0].to_string(), message, "{source}");
        assert_eq!((mistakes[0].utf16(source), mistakes.len()), (at, 1), "{source}");
    }
    let all = check("[Amout] + FOO([Zzz]) & [Due] * 2", table(ORDERS), &world).map(|program| program.ty);
    assert_eq!(all.unwrap_err().len(), 4);
}

/// F6: what is typed, stored and shown.
#[test]
fn forms() {
    let cases = [
        (
            "[amount]  +  1 // twice",
            "{fld_0000000000000000000000000p} + 1 // twice",
            "[Amount]  +  1 // twice",
        ),
        (r"[A\]b]", "", r"[a\]b]"),
        ("[Customer].[City]", "", "[Customer].[City]"),
        ("[[Customer]].[City]", "", "[[Customer]].[City]"),
        ("[Orders].[Paid]", "", "[Orders].[Paid]"),
        ("[[Orders]].[Paid]", "", "[Orders].[Paid]"),
        ("[Products].[Price]", "", "[Products].[Price]"),
        ("[[Products]].COUNTIF(TRUE)", "", "[[Products]].COUNTIF(TRUE)"),
        ("[Products] + 1", "", "[Products] + 1"),
        (
            "[Orders].FILTER(CurrentValue.[Town]=[Town] /* same */).[Title]",
            "",
            "[Orders].FILTER(CurrentValue.[Town]=[Town] /* same */).[Title]",
        ),
        ("{fld_0000000000000000000000000p}", "", "[Amount]"),
    ];
    let world = world();
    for (typed, _, expected) in cases {
        let program = world.check(ORDERS, typed);
        assert!(!program.stored.contains("[A"), "{}", program.stored);
        assert_eq!(shown(&program.stored, table(ORDERS), &world), expected, "{typed}");
        // What is shown means the same, and what is stored stays what it is.
        assert_eq!(world.check(ORDERS, expected).stored, program.stored, "{typed}");
        assert_eq!(world.check(ORDERS, &program.stored).stored, program.stored, "{typed}");
    }
}

/// F6: names change, formulas do not; what is gone keeps its id.
#[test]
fn renaming_changes_what_is_shown() {
    let mut world = world();
    let stored = world.check(ORDERS, "[Customer].[City] & SUMIF([Products].[Price], TRUE)").stored;
    world.tables[0].fields[1].name = "Town [new]".into();
    world.tables[2].name = "Goods".into();
    assert_eq!(
        shown(&stored, table(ORDERS), &world),
        r"[Customer].[Town \[new\]] & SUMIF([Goods].[Price], TRUE)"
    );
    // A field takes the name of a table.
    world.tables[1].fields[1].name = "Goods".into();
    assert_eq!(
        shown(&stored, table(ORDERS), &world),
        r"[Goods].[Town \[new\]] & SUMIF([[Goods]].[Price], TRUE)"
    );
    world.tables[1].fields.remove(1);
    let id = FieldId::from_bits(21);
    assert_eq!(
        shown(&stored, table(ORDERS), &world),
        format!(r"{{{id}}}.[Town \[new\]] & SUMIF([Goods].[Price], TRUE)")
    );
    assert_eq!(check(&stored, table(ORDERS), &world).map(|it| it.ty).unwrap_err()[0].code(), "formula.gone");
}

fn way(read: &Read, program: &Program, names: &World) -> String {
    let field = |table: TableId, field: FieldId| {
        names.field(table, field).map_or("?".into(), |it| it.name.to_string())
    };
    let mut way = match read.from {
        Origin::Record => "this".into(),
        Origin::Everywhere => format!("all {}", names.table_name(read.table).unwrap_or("?")),
        Origin::Keyed(place) => {
            let keyed = &program.keyed[place];
            let by: Vec<String> = keyed.by.iter().map(|read| way(read, program, names)).collect();
            let plain = if keyed.field.is_some() { "" } else { "~" };
            let table = names.table_name(keyed.table).unwrap_or("?");
            format!("{table} by {}={plain}({})", field(keyed.table, keyed.key), by.join(" "))
        }
    };
    for hop in &read.hops {
        way = format!("{way}>{}", field(hop.table, hop.field));
    }
    way + &read.field.map_or(String::new(), |id| format!(".{}", field(read.table, id)))
}

/// F21: which cells formulas of orders depend on.
#[test]
fn reads() {
    let cases = [
        ("[Amount] + [Amount]", &["this.Amount"][..]),
        ("[Customer].[City]", &["this.Customer", "this>Customer.City"]),
        (
            "[Customer].[Orders].[Amount]",
            &["this.Customer", "this>Customer.Orders", "this>Customer>Orders.Amount"],
        ),
        // The text of a record is that of its primary field.
        ("[Customer] & \"!\"", &["this.Customer", "this>Customer.Name"]),
        ("[Customer]", &["this.Customer"]),
        ("[Customer] = [Customer]", &["this.Customer"]),
        ("[Lines].FILTER(CurrentValue.[Price] > 1)", &["this.Lines", "this>Lines.Price"]),
        ("FIRST([Lines]).[Price]", &["this.Lines", "this>Lines.Name", "this>Lines.Price"]),
        ("[Orders].[Amount]", &["all Orders", "all Orders.Amount"]),
        (
            "[Orders].FILTER(CurrentValue.[Paid]).[Customer].[City]",
            &["all Orders", "all Orders.Paid", "all Orders.Customer", "all Customer.City"],
        ),
        (
            "[Orders].FILTER(CurrentValue.[Town] = [Town]).[Amount]",
            &["this.Town", "Orders by Town=(this.Town)", "Orders by Town=(this.Town).Amount"],
        ),
        (
            "[Orders].SUMIF(CurrentValue.[Paid] && [Customer].[City] & \"\" = CurrentValue.[Town], CurrentValue.[Amount])",
            &[
                "this.Customer",
                "this>Customer.City",
                "Orders by Town=~(this.Customer this>Customer.City)",
                "Orders by Town=~(this.Customer this>Customer.City).Paid",
                "Orders by Town=~(this.Customer this>Customer.City).Amount",
            ],
        ),
        (
            "[[Customer]].FILTER(CurrentValue.[City] = [Town]).[Orders].[Title]",
            &[
                "this.Town",
                "Customer by City=(this.Town)",
                "Customer by City=(this.Town).Orders",
                "Customer by City=(this.Town)>Orders.Title",
            ],
        ),
        // Records of the same table need no texts; a text does.
        (
            "[Orders].COUNTIF(CurrentValue.[Customer] = [Customer])",
            &["this.Customer", "Orders by Customer=(this.Customer)"],
        ),
        (
            "[Orders].COUNTIF(CurrentValue.[Customer] = [Town])",
            &["this.Town", "Orders by Customer=(this.Town)", "Orders by Customer=(this.Town)>Customer.Name"],
        ),
        // No key: another comparison, an expression of the item, either of two.
        ("[Orders].COUNTIF(CurrentValue.[Town] != [Town])", &["all Orders", "all Orders.Town", "this.Town"]),
        (
            "[Orders].COUNTIF(CurrentValue.[Town] = CurrentValue.[Title])",
            &["all Orders", "all Orders.Town", "all Orders.Title"],
        ),
        (
            "[Orders].COUNTIF(CurrentValue.[Town] = [Town] || CurrentValue.[Paid])",
            &["all Orders", "all Orders.Town", "this.Town", "all Orders.Paid"],
        ),
        ("RECORD_ID()", &[]),
    ];
    let world = world();
    for (source, expected) in cases {
        let program = world.check(ORDERS, source);
        let found: Vec<String> = program.reads.iter().map(|read| way(read, &program, &world)).collect();
        assert_eq!(found, expected, "{source}");
    }
    // A field of records that is no link leads anywhere.
    let mut world = world;
    world.tables[1].fields[1].link = false;
    let program = world.check(ORDERS, "[Customer].[City]");
    let found: Vec<String> = program.reads.iter().map(|read| way(read, &program, &world)).collect();
    assert_eq!(found, ["this.Customer", "all Customer.City"]);
}

/// F22
#[test]
fn volatility() {
    let world = world();
    let of = |source| world.check(ORDERS, source).volatile;
    assert_eq!(of("1"), None);
    assert_eq!(of("TODAY() - [Due]"), Some(Volatile::Today));
    assert_eq!(of("IF([Paid], NOW(), TODAY())"), Some(Volatile::Now));
}

/// The evaluator knows every function that is special, and every example of them is right.
#[test]
fn special_functions() {
    let world = world();
    for function in functions::all().iter().filter(|it| matches!(it.run, functions::Run::Special)) {
        let (call, given) = function.example;
        if function.name == "RECORD_ID" {
            continue;
        }
        assert_eq!(world.shown(PRODUCTS, call, 0), world.shown(PRODUCTS, given, 0), "{call}");
    }
}

/// Nested keys are looked at once each, however deep.
#[test]
fn nested_keys_are_cheap() {
    let world = world();
    let mut source = String::from("[Town]");
    for _ in 0..24 {
        source = format!("[Orders].FILTER(CurrentValue.[Town] = {source}).[Title]");
    }
    assert!(check(&source, table(CUSTOMERS), &world).is_err());
    assert!(check(&source, table(ORDERS), &world).is_ok());
}
