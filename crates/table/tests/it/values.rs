//! Values as JSON and as text.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Base, Choice, Color, Field, FieldKind, Op, Record, TextValue, Value, View, value_from_json,
    value_from_text, value_to_json, value_to_text, write_record_json,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId};

use crate::{
    dice::Dice,
    state::NOW,
    world::{World, value},
};

fn choices(names: &[&str]) -> Vec<Choice> {
    let choice = |(code, name): (u32, &&str)| Choice {
        id: ChoiceId::from_bits(u128::from(code) + 1),
        code,
        name: (*name).into(),
        color: Color::Gray,
    };
    (0..).zip(names).map(choice).collect()
}

fn field(kind: FieldKind) -> Field {
    Field::new(FieldId::from_bits(9), 0, "Field", kind)
}

/// As [`kinds`], with those whose values name something else.
fn all_kinds() -> Vec<FieldKind> {
    let link =
        |multiple| FieldKind::Link { table: TableId::from_bits(1), multiple, mirror: None, filter: None };
    let more = [
        FieldKind::Member { multiple: false },
        FieldKind::Member { multiple: true },
        FieldKind::Group { multiple: false },
        FieldKind::Group { multiple: true },
        FieldKind::Attachment,
        FieldKind::Location,
        FieldKind::AutoNumber { pattern: "{n}".into() },
        link(false),
        link(true),
    ];
    kinds().into_iter().chain(more).collect()
}

fn kinds() -> [FieldKind; 7] {
    let names = ["Red", "Dark, blue", "say \"x\"", "绿"];
    [
        FieldKind::text(),
        FieldKind::number(0),
        FieldKind::date(false),
        FieldKind::date(true),
        FieldKind::Checkbox,
        FieldKind::Select { choices: choices(&names) },
        FieldKind::MultiSelect { choices: choices(&names) },
    ]
}

#[test]
fn json_is_read_strictly() {
    let [text, number, day, time, checkbox, select, multi] = kinds().map(field);
    let (red, blue) = (ChoiceId::from_bits(1), ChoiceId::from_bits(2));
    let good: Vec<(&Field, Json, Json)> = vec![
        (&text, json!("a\r\nb\u{7}\tc"), json!("a\nb\tc")),
        (&text, json!(""), Json::Null),
        (&number, json!(1), json!(1)),
        (&number, json!(-0.0), json!(0)),
        (&number, json!(1.25), json!(1.25)),
        (&number, json!(1e300), json!(1e300)),
        (&day, json!("0001-01-01"), json!("0001-01-01")),
        (&day, json!("2024-02-29"), json!("2024-02-29")),
        (&day, json!("2026-11-20T23:30:00-08:00"), json!("2026-11-20")),
        (&time, json!("2026-11-20T08:00:00+08:00"), json!("2026-11-20T00:00:00Z")),
        (&time, json!("2026-11-20T08:00:00.25Z"), json!("2026-11-20T08:00:00.250Z")),
        (&time, json!("9999-12-31"), json!("9999-12-31T00:00:00Z")),
        (&checkbox, json!(true), json!(true)),
        (&checkbox, Json::Null, json!(false)),
        (&select, json!(red.to_string()), json!(red.to_string())),
        (&select, json!("dark, BLUE"), json!(blue.to_string())),
        (&multi, json!(["red", red.to_string(), "Dark, blue"]), json!([red.to_string(), blue.to_string()])),
        (&multi, json!([]), Json::Null),
    ];
    for (field, given, expected) in good {
        let value = value_from_json(field, &given).unwrap();
        let back = if matches!(field.kind, FieldKind::Checkbox) && value == Value::Null {
            json!(false)
        } else {
            value_to_json(field, &value)
        };
        assert_eq!(back, expected, "{given}");
    }
    let bad: Vec<(&Field, Json)> = vec![
        (&text, json!(1)),
        (&text, json!("x".repeat(100_001))),
        (&number, json!("1")),
        (&number, json!(true)),
        (&day, json!("2026-02-29")),
        (&day, json!("2026-13-01")),
        (&day, json!("0000-01-01")),
        (&day, json!("20.11.2026")),
        (&day, json!(1)),
        (&time, json!("2026-11-20T08:00:00")),
        (&time, json!("2026-11-20T08:00:00Z[UTC]")),
        (&checkbox, json!("true")),
        (&select, json!("Purple")),
        (&select, json!(["Red"])),
        (&multi, json!("Red")),
        (&multi, json!(["Red", "Purple"])),
        (&multi, json!([1])),
    ];
    for (field, given) in bad {
        let error = value_from_json(field, &given).expect_err(&given.to_string());
        assert!(
            !error.expected.is_empty() && !error.found.is_empty() && error.to_string().len() < 300,
            "{error}"
        );
    }
}

#[test]
fn an_error_says_what_was_expected_and_found() {
    let select = field(FieldKind::Select { choices: choices(&["Red", "Blue"]) });
    let error = value_from_json(&select, &json!("Purple")).unwrap_err().to_string();
    insta::assert_snapshot!(error, @r#"expected the id or name of a choice: "Red", "Blue", found "Purple""#);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let number = field(FieldKind::number(0));
    let cases: [(&str, Option<f64>); 42] = [
        ("1", Some(1.0)),
        (" 1,234.5 ", Some(1234.5)),
        ("1.234,5", Some(1234.5)),
        ("1,234", Some(1234.0)),
        ("12,5", Some(12.5)),
        ("1.234", Some(1.234)),
        ("1.234.567", Some(1_234_567.0)),
        ("1,234,567.89", Some(1_234_567.89)),
        ("12,34,567", Some(1_234_567.0)),
        ("1 234 567", Some(1_234_567.0)),
        ("1'234'567", Some(1_234_567.0)),
        ("12%", Some(0.12)),
        ("-12.5 %", Some(-0.125)),
        ("￥3,000", Some(3000.0)),
        ("-$5", Some(-5.0)),
        ("$-5", Some(-5.0)),
        ("5 €", Some(5.0)),
        ("USD 5", Some(5.0)),
        ("3000元", Some(3000.0)),
        ("(1,234)", Some(-1234.0)),
        ("（5）", Some(-5.0)),
        ("−5", Some(-5.0)),
        ("+5", Some(5.0)),
        ("１２．５", Some(12.5)),
        ("1e3", Some(1000.0)),
        ("1E-2", Some(0.01)),
        (".5", Some(0.5)),
        ("0,5", Some(0.5)),
        ("-0", Some(0.0)),
        ("1e999", None),
        ("inf", None),
        ("NaN", None),
        ("--5", None),
        ("1,23,4", None),
        ("1.2.3", None),
        ("1,2,3.4.5", None),
        ("12 apples", None),
        ("$", None),
        ("%", None),
        ("-", None),
        ("0x10", None),
        ("2026-11-20", None),
    ];
    for (text, expected) in cases {
        let found = value_from_text(&number, text);
        match expected {
            Some(n) => assert_eq!(found, TextValue::Value(Value::Number { n }), "{text}"),
            None => assert!(matches!(found, TextValue::Invalid(_)), "{text}: {found:?}"),
        }
    }
}

#[test]
fn dates_are_read_as_people_write_them() {
    let (day, time) = (field(FieldKind::date(false)), field(FieldKind::date(true)));
    let same = [
        "2026-11-20",
        "2026/11/20",
        "2026.11.20",
        "20.11.2026",
        "20-11-2026",
        "11/20/2026",
        "20/11/2026",
        "2026年11月20日",
        "20261120",
        "20 Nov 2026",
        "Nov 20, 2026",
        "november 20 2026",
        "20-Nov-2026",
        "2026-11-20T08:05:00Z",
        "2026-11-20 08:05",
        "11/20/2026 8:05 AM",
        "2026/11/20T08:05:00",
        "２０２６／１１／２０",
    ];
    for text in same {
        let expected = value_from_json(&day, &json!("2026-11-20")).unwrap();
        assert_eq!(value_from_text(&day, text), TextValue::Value(expected), "{text}");
    }
    let clocks = [
        ("2026-11-20 08:05", "2026-11-20T08:05:00Z"),
        ("2026-11-20 8:05:09 pm", "2026-11-20T20:05:09Z"),
        ("20.11.2026, 12:00 am", "2026-11-20T00:00:00Z"),
        ("2026-11-20T08:05:00.5", "2026-11-20T08:05:00.500Z"),
        ("2026-11-20T08:05:00+08:00", "2026-11-20T00:05:00Z"),
    ];
    for (text, expected) in clocks {
        let TextValue::Value(value) = value_from_text(&time, text) else { panic!("{text}") };
        assert_eq!(value_to_json(&time, &value), json!(expected), "{text}");
    }
    for text in
        ["2026-02-30", "11/20/26", "2026", "12", "today", "2026-11-20 25:00", "30/30/2026", "a-b-c", "::"]
    {
        assert!(matches!(value_from_text(&time, text), TextValue::Invalid(_)), "{text}");
    }
}

#[test]
fn choices_and_ticks_are_read_as_people_write_them() {
    let [.., checkbox, select, multi] = kinds().map(field);
    let id = |bits| ChoiceId::from_bits(bits);
    for (text, ticked) in
        [("yes", true), ("✓", true), ("是", true), ("TRUE", true), ("否", false), ("0", false)]
    {
        assert_eq!(value_from_text(&checkbox, text), TextValue::Value(Value::Bool { b: ticked }), "{text}");
    }
    assert!(matches!(value_from_text(&checkbox, "perhaps"), TextValue::Invalid(_)));
    assert_eq!(value_from_text(&select, " red "), TextValue::Value(Value::Choice { c: id(1) }));
    assert_eq!(value_from_text(&select, "New  one"), TextValue::NewChoices(vec!["New one".into()]));
    assert!(matches!(value_from_text(&select, &"x".repeat(300)), TextValue::Invalid(_)));
    let many =
        |ids: &[u128]| TextValue::Value(Value::Choices { m: ids.iter().map(|bits| id(*bits)).collect() });
    assert_eq!(value_from_text(&multi, "绿、red"), many(&[4, 1]));
    assert_eq!(value_from_text(&multi, "Dark, blue"), many(&[2]));
    assert_eq!(value_from_text(&multi, "\"Dark, blue\"; \"say \"\"x\"\"\"; red, Red"), many(&[2, 3, 1]));
    assert_eq!(
        value_from_text(&multi, "red, New, new, Other"),
        TextValue::NewChoices(vec!["New".into(), "Other".into()])
    );
    assert_eq!(value_from_text(&multi, " , "), TextValue::Value(Value::Null));
}

#[test]
fn a_record_is_written_without_nulls() {
    let mut world = World::default();
    let mut def = world.def(&mut Dice(1));
    def.views = vec![View::new(world.id(), "All")];
    def.fields = (0..)
        .zip(kinds())
        .map(|(slot, kind)| Field::new(FieldId::from_bits(u128::from(slot)), slot, format!("F{slot}"), kind))
        .collect();
    let fields: Vec<FieldId> = def.fields.iter().map(|field| field.id).collect();
    let cells = vec![
        (fields[0], Value::Text { t: "a \"b\" \\ \n 鹅".into() }),
        (fields[1], Value::Number { n: 1e21 }),
        (fields[2], Value::Null),
        (fields[3], Value::Date { d: 1 }),
        (fields[6], Value::Choices { m: [ChoiceId::from_bits(4), ChoiceId::from_bits(1)].into() }),
    ];
    let mut base = Base::new();
    let id = def.id;
    base.apply(&Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    base.apply(&Op::CreateRecords { table: id, records: vec![Record::new(world.id(), cells)] }, &NOW)
        .unwrap();
    let table = base.table(id).unwrap();
    let mut out = String::new();
    write_record_json(&base, table, 0, &fields, &mut out);
    let written: serde_json::Map<String, Json> = serde_json::from_str(&out).unwrap();
    for field in &table.def().fields {
        let value = table.get(0, field.id);
        let expected = (value != Value::Null).then(|| value_to_json(field, &value));
        assert_eq!(written.get(&field.id.to_string()), expected.as_ref());
    }
}

proptest! {
    #[test]
    fn values_read_back_from_json_text_and_the_log(seed: u64, bits: u64, text in "[ -~\n鹅é]{0,20}") {
        let mut dice = Dice(seed);
        for kind in all_kinds() {
            let field = field(kind);
            let number = Some(f64::from_bits(bits)).filter(|n| n.is_finite() && *n != 0.0);
            let value = match (&field.kind, number) {
                (FieldKind::Number(_), Some(n)) => Value::Number { n },
                (FieldKind::Text { .. }, _) if !text.is_empty() => Value::Text { t: text.as_str().into() },
                (FieldKind::Link { multiple, .. }, _) => {
                    let ids = [3, 1, 2].map(RecordId::from_bits);
                    Value::Links { l: ids.into_iter().take(if *multiple { 3 } else { 1 }).collect() }
                }
                _ => value(&mut dice, &field),
            };
            let json: Json = serde_json::from_str(&value_to_json(&field, &value).to_string()).unwrap();
            let expected = match (&field.kind, &value) {
                (FieldKind::Checkbox, Value::Null) => Value::Bool { b: false },
                _ => value.clone(),
            };
            prop_assert_eq!(&value_from_json(&field, &json).unwrap(), &expected);
            let logged: Value = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
            prop_assert_eq!(&logged, &value);
            if matches!(field.kind, FieldKind::Attachment) {
                continue;
            }
            let mut read = value_from_text(&field, &value_to_text(&field, &value));
            if let (TextValue::Value(Value::Date { d: read }), Value::Date { d }) = (&mut read, &value) {
                prop_assert_eq!(*read, d - d.rem_euclid(1_000));
                *read = *d;
            }
            prop_assert_eq!(read, TextValue::Value(expected));
        }
    }

    #[test]
    fn a_record_sent_back_as_it_was_written_is_the_same(seeds in proptest::collection::vec(any::<u64>(), 1..40)) {
        let (mut world, mut base) = (World::wide(), Base::new());
        for seed in seeds {
            let mut dice = Dice(seed);
            let _ = base.apply(&world.op(&mut dice, &base), &NOW);
        }
        for table in base.tables() {
            let sent = |field: &&Field| match &field.kind {
                FieldKind::AutoNumber { pattern } => pattern == "{n}",
                kind => kind.is_stored() || matches!(kind, FieldKind::Backlink { multiple: true, .. }),
            };
            let fields: Vec<&Field> = table.def().fields.iter().filter(sent).collect();
            let ids: Vec<FieldId> = fields.iter().map(|field| field.id).collect();
            for row in table.rows() {
                let mut out = String::new();
                write_record_json(&base, table, row, &ids, &mut out);
                let written: serde_json::Map<String, Json> = serde_json::from_str(&out).unwrap();
                for field in &fields {
                    let json = written.get(&field.id.to_string()).unwrap_or(&Json::Null);
                    prop_assert_eq!(value_from_json(field, json).unwrap(), table.get(row, field.id), "{}", json);
                }
            }
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,40}", odd in "[0-9.,:/%$€()年月日TZ +\\-eampt\"]{0,24}") {
        for kind in all_kinds() {
            let field = field(kind);
            for text in [&text, &odd] {
                if let TextValue::Value(value) = value_from_text(&field, text) {
                    prop_assert_eq!(value_from_json(&field, &value_to_json(&field, &value)).map(|v| v == value || v == Value::Bool { b: false }), Ok(true));
                }
                let _ = value_from_json(&field, &json!(text));
            }
        }
    }
}

/// A definition with fields of all types, each with its place as id.
fn fields() -> Vec<Field> {
    let kinds = all_kinds().into_iter().zip(0u32..);
    kinds.map(|(kind, at)| Field::new(FieldId::from_bits(at.into()), at, format!("F{at}"), kind)).collect()
}

/// Records whose cells stand in the order of fields, mostly, with cells missing and ids close together.
fn some_records(dice: &mut Dice, fields: &[Field]) -> Vec<Record> {
    let mut id = u128::from(dice.roll());
    let (few, made) = (dice.one_in(2), dice.one_in(3));
    let count = dice.below(12);
    let record = |_| {
        id = if dice.one_in(6) { u128::from(dice.roll()) << dice.below(60) } else { id + 1 };
        let mut cells: Vec<_> = fields.iter().map(|field| (field.id, value(dice, field))).collect();
        cells.retain(|_| !few || dice.one_in(3));
        if dice.one_in(30) {
            cells.reverse();
        }
        Record { id: RecordId::from_bits(id), cells, made: (made && dice.one_in(2)).then_some(NOW) }
    };
    (0..count).map(record).collect()
}

proptest! {
    #[test]
    fn records_of_the_log_read_back_as_they_were(seed: u64) {
        let (mut dice, fields, table) = (Dice(seed), fields(), TableId::from_bits(1));
        let records = some_records(&mut dice, &fields);
        let ids = records.iter().map(|record| record.id).collect();
        let ops = [
            Op::CreateRecords { table, records: records.clone() },
            Op::UpdateRecords { table, records: records.clone() },
            Op::DeleteRecords { table, records: ids },
        ];
        for op in ops {
            let text = serde_json::to_string(&op).unwrap();
            prop_assert_eq!(serde_json::from_str::<Op>(&text).unwrap(), op, "{}", text);
        }
        // As they were written before there were rows.
        let old = json!({ "op": "create_records", "table": table, "records": records });
        prop_assert_eq!(serde_json::from_value::<Op>(old).unwrap(), Op::CreateRecords { table, records });
    }
}

#[test]
fn many_records_of_the_log_are_rows_under_their_fields() {
    let [name, number, done, tag] = [0, 1, 2, 3].map(FieldId::from_bits);
    let red = ChoiceId::from_bits(7);
    let cells = |at: u8| match at {
        0 => vec![(name, Value::Text { t: "a".into() }), (tag, Value::Choice { c: red })],
        1 => vec![(name, Value::Null), (number, Value::Number { n: 1.5 })],
        2 => vec![(done, Value::Bool { b: true }), (tag, Value::Choices { m: [red].into() })],
        _ => vec![],
    };
    let records = (0..4u8).map(|at| Record::new(RecordId::from_bits(32 + u128::from(at)), cells(at)));
    let table = TableId::from_bits(1);
    let op = Op::CreateRecords { table, records: records.collect() };
    let expected = json!({
        "op": "create_records",
        "table": table,
        "records": {
            "fields": [done, name, number, tag],
            "choices": [red],
            "rows": [
                [RecordId::from_bits(32), {}, "a", {}, {"c": 0}],
                [1, {}, null, 1.5],
                [1, true, {}, {}, {"m": [0]}],
                [1],
            ],
        },
    });
    assert_eq!(serde_json::to_value(&op).unwrap(), expected);
    let gone = Op::DeleteRecords { table, records: [5, 6, 7, 9].map(RecordId::from_bits).into() };
    let (first, last) = (RecordId::from_bits(5), RecordId::from_bits(9));
    assert_eq!(serde_json::to_value(&gone).unwrap()["records"], json!([[first, 3], last]));
}

#[test]
fn records_of_the_log_that_make_no_sense_are_refused() {
    let id = RecordId::from_bits(1);
    let field = FieldId::from_bits(1);
    for records in [
        json!({"fields": [], "rows": [[1]]}),
        json!({"fields": [], "rows": [[id, 1]]}),
        json!({"fields": [field], "rows": [[]]}),
        json!({"fields": [field], "rows": [[id, {"c": 0}]]}),
        json!({"fields": [field], "rows": [[id, {"n": 1, "t": "x"}]]}),
        json!({"fields": [field], "rows": [[id, {"x": 1}]]}),
        json!({"fields": [], "rows": [[RecordId::from_bits(u128::MAX)], [1]]}),
        json!(7),
    ] {
        let op = json!({"op": "create_records", "table": TableId::from_bits(1), "records": records});
        assert!(serde_json::from_value::<Op>(op).is_err(), "{records}");
    }
}
