//! What operations refuse, with code and place.

use serde_json::json;
use skein_table::{
    Base, Choice, Color, Condition, Field, FieldKind, Filter, Op, Operator, Record, TableDef, Value, View,
    ViewField,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

use crate::{
    filters::definition,
    state::{NOW, dump},
};

fn fid(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

fn rid(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

fn base() -> Base {
    let mut base = Base::new();
    let def = definition();
    let second = TableDef { id: TableId::from_bits(2), name: "Second".into(), ..def.clone() };
    base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
    base.apply(&Op::CreateTable { table: second, at: 1 }, &NOW).unwrap();
    base.apply(&Op::CreateRecords { table: def.id, records: vec![Record::new(rid(1), vec![])] }, &NOW)
        .unwrap();
    base
}

fn with(change: impl FnOnce(&mut TableDef)) -> Op {
    let mut def = definition();
    def.id = TableId::from_bits(3);
    def.name = "Third".into();
    change(&mut def);
    Op::CreateTable { table: def, at: 0 }
}

fn update(field: u32, change: impl FnOnce(&mut Field)) -> Op {
    let mut new = definition().fields.remove(field as usize);
    change(&mut new);
    Op::UpdateField { table: TableId::from_bits(1), field: new }
}

fn create(change: impl FnOnce(&mut Field)) -> Op {
    let mut field = definition().fields.remove(6);
    field.id = fid(50);
    field.slot = 7;
    field.name = "New".into();
    change(&mut field);
    Op::CreateField { table: TableId::from_bits(1), field, at: 2 }
}

fn view(change: impl FnOnce(&mut View)) -> Op {
    let mut view = definition().views.remove(0);
    view.id = ViewId::from_bits(50);
    view.name = "New".into();
    change(&mut view);
    Op::CreateView { table: TableId::from_bits(1), view, at: 0 }
}

fn set(field: u32, value: Value) -> Op {
    let records = vec![Record::new(rid(1), vec![(fid(field), value)])];
    Op::UpdateRecords { table: TableId::from_bits(1), records }
}

fn choice(id: u128, code: u32, name: &str) -> Choice {
    Choice { id: ChoiceId::from_bits(id), code, name: name.into(), color: Color::Teal }
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn refusals() -> Vec<(Op, &'static str, Option<&'static str>)> {
    let table = TableId::from_bits(1);
    let nowhere = TableId::from_bits(99);
    let named = |field: u32| {
        Filter::Condition(Condition { field: fid(field), op: Operator::Is, value: json!("Red") })
    };
    let shown = |field: u32, width| ViewField { field: fid(field), hidden: false, width };
    let c = ChoiceId::from_bits(99);
    let twice: Vec<ChoiceId> = vec![ChoiceId::from_bits(1); 2];
    let empty = |id| Record::new(id, vec![]);
    vec![
        (Op::DeleteTable { table: nowhere }, "table.not_found", None),
        (Op::RenameTable { table, name: "SECOND".into() }, "table.name_taken", Some("name")),
        (Op::RenameTable { table, name: " T".into() }, "table.name_invalid", Some("name")),
        (Op::RenameTable { table, name: "x".repeat(201) }, "table.name_invalid", Some("name")),
        (Op::MoveTable { table, to: 2 }, "table.place", None),
        (with(|def| def.id = TableId::from_bits(1)), "table.exists", None),
        (with(|def| def.name = "t".into()), "table.name_taken", Some("name")),
        (with(|def| def.fields.clear()), "field.primary", None),
        (with(|def| def.fields.swap(0, 6)), "field.primary", None),
        (with(|def| def.views.clear()), "view.last", None),
        (with(|def| def.next_slot = 3), "field.slot", None),
        (with(|def| def.fields[1].name = "f0".into()), "field.name_taken", Some("name")),
        (create(|field| field.id = fid(0)), "field.exists", None),
        (create(|field| field.slot = 6), "field.slot", None),
        (create(|field| field.name = String::new()), "field.name_invalid", Some("name")),
        (create(|field| field.kind = FieldKind::number(11)), "field.options", Some("precision")),
        (
            Op::CreateField { table, field: Field::new(fid(50), 7, "N", FieldKind::text()), at: 0 },
            "field.primary",
            None,
        ),
        (
            Op::CreateField { table, field: Field::new(fid(50), 7, "N", FieldKind::text()), at: 8 },
            "field.place",
            None,
        ),
        (update(1, |field| field.kind = FieldKind::text()), "field.type_changed", Some("type")),
        (update(1, |field| field.slot = 9), "field.slot", None),
        (update(1, |field| field.name = "F2".into()), "field.name_taken", Some("name")),
        (
            update(4, |field| field.kind = FieldKind::Select { choices: vec![choice(1, 5, "Red")] }),
            "choice.code",
            None,
        ),
        (
            update(4, |field| {
                field.kind = FieldKind::Select { choices: vec![choice(7, 5, "A"), choice(8, 6, "a")] }
            }),
            "choice.name_taken",
            Some("choices"),
        ),
        (
            update(4, |field| {
                field.kind = FieldKind::Select { choices: vec![choice(7, 5, "A"), choice(8, 5, "B")] }
            }),
            "choice.code",
            None,
        ),
        (
            update(4, |field| {
                field.kind = FieldKind::Select { choices: vec![choice(7, 5, "A"), choice(7, 6, "B")] }
            }),
            "choice.exists",
            None,
        ),
        (
            update(4, |field| {
                field.kind = FieldKind::Select {
                    choices: (0..10_001).map(|n| choice(n.into(), n, &n.to_string())).collect(),
                }
            }),
            "choice.too_many",
            None,
        ),
        (Op::DeleteField { table, field: fid(0) }, "field.primary", None),
        (Op::DeleteField { table, field: fid(50) }, "field.unknown", Some("field")),
        (Op::MoveField { table, field: fid(0), to: 1 }, "field.primary", None),
        (Op::MoveField { table, field: fid(1), to: 0 }, "field.primary", None),
        (Op::MoveField { table, field: fid(1), to: 7 }, "field.place", None),
        (view(|view| view.id = ViewId::from_bits(1)), "view.exists", None),
        (view(|view| view.name = "ALL".into()), "view.name_taken", Some("name")),
        (view(|view| view.filter = Some(named(1))), "query.invalid", Some("filter.value")),
        (view(|view| view.filter = Some(named(4))), "query.invalid", Some("filter.value")),
        (
            view(|view| view.fields = vec![shown(1, None), shown(1, None)]),
            "input.repeated",
            Some("fields[1].field"),
        ),
        (view(|view| view.fields = vec![shown(60, None)]), "field.unknown", Some("fields[0].field")),
        (view(|view| view.fields = vec![shown(1, Some(39))]), "field.options", Some("fields[0].width")),
        (Op::DeleteView { table, view: ViewId::from_bits(1) }, "view.last", None),
        (Op::DeleteView { table, view: ViewId::from_bits(9) }, "view.not_found", None),
        (Op::CreateRecords { table, records: vec![empty(rid(1))] }, "record.exists", Some("records[0].id")),
        (
            Op::CreateRecords { table, records: vec![empty(rid(2)), empty(rid(2))] },
            "input.repeated",
            Some("records[1].id"),
        ),
        (
            Op::UpdateRecords { table, records: vec![empty(rid(9))] },
            "record.not_found",
            Some("records[0].id"),
        ),
        (
            Op::DeleteRecords { table, records: vec![rid(1), rid(9)] },
            "record.not_found",
            Some("records[1].id"),
        ),
        (set(60, Value::Null), "field.unknown", Some("records[0].cells.fld_0000000000000000000000001x")),
        (
            set(1, Value::Bool { b: true }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000002"),
        ),
        (
            set(1, Value::Number { n: f64::NAN }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000002"),
        ),
        (
            set(0, Value::Text { t: "x".repeat(100_001).into() }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000001"),
        ),
        (
            set(2, Value::Date { d: 1 }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000003"),
        ),
        (
            set(3, Value::Date { d: i64::MAX }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000004"),
        ),
        (
            set(4, Value::Choice { c }),
            "choice.unknown",
            Some("records[0].cells.fld_00000000000000000000000005"),
        ),
        (
            set(5, Value::Choices { m: twice.into() }),
            "value.invalid",
            Some("records[0].cells.fld_00000000000000000000000006"),
        ),
    ]
}

#[test]
fn refusals_have_codes_and_places_and_change_nothing() {
    let mut base = base();
    let before = dump(&base);
    for (op, code, place) in refusals() {
        let error = base.apply(&op, &NOW).expect_err(code);
        assert_eq!((error.code(), error.field()), (code, place), "{op:?}");
        assert!(!error.to_string().is_empty());
        assert_eq!(dump(&base), before);
    }
}

#[test]
fn a_restored_record_has_its_row_again_and_nothing_of_its_past() {
    let mut base = base();
    let table = TableId::from_bits(1);
    base.apply(&set(0, Value::Text { t: "old".into() }), &NOW).unwrap();
    let row = base.table(table).unwrap().row(rid(1)).unwrap();
    base.apply(&Op::DeleteRecords { table, records: vec![rid(1)] }, &NOW).unwrap();
    let gone = base.table(table).unwrap();
    assert_eq!((gone.row(rid(1)), gone.is_live(row), gone.get(row, fid(0))), (None, false, Value::Null));
    assert_eq!(gone.record_id(row), rid(1));
    base.apply(&Op::CreateRecords { table, records: vec![Record::new(rid(1), vec![])] }, &NOW).unwrap();
    let back = base.table(table).unwrap();
    assert_eq!((back.row(rid(1)), back.get(row, fid(0))), (Some(row), Value::Null));
}

#[test]
fn an_update_that_changes_nothing_names_no_rows() {
    let mut base = base();
    let applied = base.apply(&set(6, Value::Bool { b: false }), &NOW).unwrap();
    assert!(applied.changes[0].rows.is_empty() && applied.changes[0].records.is_empty());
    let applied = base.apply(&set(6, Value::Bool { b: true }), &NOW).unwrap();
    let change = &applied.changes[0];
    assert_eq!((&change.rows, &change.records), (&vec![0], &vec![rid(1)]));
}
