//! Computed cells follow every change as if they were computed from scratch.

use proptest::prelude::*;
use serde_json::json;
use skein_table::{
    Aggregate, Base, Choice, Color, Field, FieldKind, Lookup, LookupFrom, Op, Record, Stamp, Style, TableDef,
    Value, View, write_record_json,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

use crate::dice::Dice;

const REGIONS: TableId = TableId::from_bits(1);
const SITES: TableId = TableId::from_bits(2);
const NAMES: [&str; 4] = ["North", "South", "华东", ""];

fn fid(n: u128) -> FieldId {
    FieldId::from_bits(n)
}

fn table(id: TableId, name: &str, fields: Vec<(u128, &str, FieldKind)>) -> TableDef {
    let field =
        |(slot, (id, name, kind)): (u32, (u128, &str, FieldKind))| Field::new(fid(id), slot, name, kind);
    let fields: Vec<Field> = (0..).zip(fields).map(field).collect();
    let view = View::new(ViewId::from_bits(id.bits()), "Grid");
    TableDef {
        id,
        name: name.into(),
        next_slot: fields.len() as u32,
        fields,
        views: vec![view],
        retired: Vec::new(),
        numbers: Vec::new(),
    }
}

fn choices() -> Vec<Choice> {
    let choice = |code: u32, name: &str| Choice {
        id: ChoiceId::from_bits(u128::from(code) + 1),
        code,
        name: name.into(),
        color: Color::Blue,
    };
    vec![choice(0, "Gas"), choice(1, "Power")]
}

fn apply(base: &mut Base, op: &Op) -> Vec<Op> {
    base.apply(op, &Stamp::default()).unwrap().inverse
}

fn add(base: &mut Base, table: TableId, id: u128, name: &str, kind: FieldKind) {
    let def = base.table(table).unwrap().def();
    let (slot, at) = (def.next_slot, def.fields.len());
    let field = Field::new(fid(id), slot, name, kind);
    apply(base, &Op::CreateField { table, field, at });
    base.settle();
}

fn formula(base: &Base, table: TableId, text: &str) -> FieldKind {
    let checked = base.check_formula(table, text, None);
    FieldKind::Formula { formula: checked.unwrap().stored, style: Style::default() }
}

/// Regions and sites that link to each other, with formulas over both, level upon level.
fn linked() -> Base {
    let mut base = Base::new();
    let regions = vec![(10, "Name", FieldKind::text()), (11, "Rate", FieldKind::number(2))];
    let link = FieldKind::Link { table: REGIONS, multiple: true, mirror: Some(fid(12)), filter: None };
    let peers = FieldKind::Link { table: SITES, multiple: true, mirror: None, filter: None };
    let sites = vec![
        (20, "Site", FieldKind::text()),
        (21, "Price", FieldKind::number(2)),
        (22, "Litres", FieldKind::number(0)),
        (23, "Kind", FieldKind::Select { choices: choices() }),
        (24, "Region", link),
        (25, "Peers", peers),
        (26, "Active", FieldKind::Checkbox),
    ];
    apply(&mut base, &Op::CreateTable { table: table(REGIONS, "Regions", regions), at: 0 });
    apply(&mut base, &Op::CreateTable { table: table(SITES, "Sites", sites), at: 1 });
    add(
        &mut base,
        REGIONS,
        12,
        "Sites",
        FieldKind::Backlink { table: SITES, field: fid(24), multiple: true },
    );
    let texts = [
        (SITES, 30, "Revenue", "[Price] * [Litres]"),
        (SITES, 31, "Label", "[Site] & \"/\" & [Kind] & \"/\" & [Region].[Name].ARRAYJOIN(\",\")"),
        (SITES, 32, "Ratio", "[Price] / [Litres]"),
        (REGIONS, 40, "Total", "[Sites].[Revenue].SUM()"),
        (SITES, 33, "Share", "IFERROR([Revenue] / [Region].[Total].SUM(), 0)"),
        (SITES, 34, "Of peers", "[Peers].[Share].SUM() + COUNTA([Peers].[Site])"),
        (REGIONS, 41, "All prices", "SUM([[Sites]].[Price])"),
        (REGIONS, 42, "Named alike", "[[Sites]].FILTER(CurrentValue.[Site] = [Name]).[Price].SUM()"),
        (
            SITES,
            35,
            "Active gas",
            "[[Sites]].COUNTIF(CurrentValue.[Active] && CurrentValue.[Kind] = \"Gas\")",
        ),
        (SITES, 37, "Place", "IFERROR(RANK([Price], [[Sites]].[Price]), PERCENTRANK([[Sites]].[Litres], 3))"),
        (SITES, 38, "Cheap", "[Price] < 4 || [Active]"),
        (SITES, 36, "Region rate", "IF([Active], FIRST([Region].[Rate]), NULL)"),
    ];
    for (at, id, name, text) in texts {
        let kind = formula(&base, at, text);
        add(&mut base, at, id, name, kind);
    }
    let from = LookupFrom::Link(fid(12));
    let lookup = |field: u128| Lookup { from, field: fid(field), filter: None };
    let rollup = |aggregate| FieldKind::Rollup { lookup: lookup(30), aggregate, style: Style::default() };
    add(&mut base, REGIONS, 50, "Kinds", FieldKind::Lookup(lookup(23)));
    add(&mut base, REGIONS, 51, "Largest", rollup(Aggregate::Max));
    add(&mut base, REGIONS, 52, "Different", rollup(Aggregate::CountUnique));
    let filtered = |from, field, filter| Lookup {
        from,
        field: fid(field),
        filter: Some(serde_json::from_value(filter).unwrap()),
    };
    let alike = json!({"or": [
        {"field": fid(23), "op": "none_of", "value": [choices()[0].id]},
        {"field": fid(20), "op": "is", "value": {"field": fid(10)}},
    ]});
    let named = json!({"field": fid(20), "op": "is", "value": {"field": fid(10)}});
    let near = json!({"and": [
        {"field": fid(24), "op": "contains", "value": "n"},
        {"field": fid(22), "op": "between", "value": [-3, 1.5]},
    ]});
    let alike = FieldKind::Lookup(filtered(LookupFrom::Table(SITES), 21, alike));
    add(&mut base, REGIONS, 53, "Alike", alike);
    let named = FieldKind::Lookup(filtered(LookupFrom::Table(SITES), 30, named));
    add(&mut base, REGIONS, 54, "Named", named);
    let lookup = filtered(LookupFrom::Link(fid(25)), 21, near);
    let near = FieldKind::Rollup { lookup, aggregate: Aggregate::CountAll, style: Style::default() };
    add(&mut base, SITES, 55, "Near", near);
    base
}

fn rid(n: usize) -> RecordId {
    RecordId::from_bits(n as u128 + 100)
}

fn some_links(dice: &mut Dice, base: &Base, target: TableId) -> Value {
    let all: Vec<RecordId> =
        base.table(target).unwrap().rows().map(|row| base.table(target).unwrap().record_id(row)).collect();
    let mut picked: Vec<RecordId> = Vec::new();
    for _ in 0..dice.below(4) {
        if !all.is_empty() {
            let one = all[dice.below(all.len())];
            if !picked.contains(&one) {
                picked.push(one);
            }
        }
    }
    if picked.is_empty() { Value::Null } else { Value::Links { l: picked.into() } }
}

fn some_cells(dice: &mut Dice, base: &Base, table: TableId) -> Vec<(FieldId, Value)> {
    let text = |dice: &mut Dice| match dice.pick(&NAMES) {
        "" => Value::Null,
        name => Value::Text { t: name.into() },
    };
    let number = |dice: &mut Dice| match dice.below(5) {
        0 => Value::Null,
        n => Value::Number { n: (n as f64 - 2.0) * 1.5 },
    };
    let mut cells = if table == REGIONS {
        vec![(fid(10), text(dice)), (fid(11), number(dice))]
    } else {
        vec![
            (fid(20), text(dice)),
            (fid(21), number(dice)),
            (fid(22), number(dice)),
            (
                fid(23),
                if dice.one_in(3) { Value::Null } else { Value::Choice { c: choices()[dice.below(2)].id } },
            ),
            (fid(24), some_links(dice, base, REGIONS)),
            (fid(25), some_links(dice, base, SITES)),
            (fid(26), Value::Bool { b: dice.one_in(2) }),
        ]
    };
    cells.retain(|_| dice.one_in(2));
    cells
}

fn some_op(dice: &mut Dice, base: &Base, next: &mut usize) -> Op {
    let table = if dice.one_in(2) { REGIONS } else { SITES };
    let here = base.table(table).unwrap();
    let ids: Vec<RecordId> = here.rows().map(|row| here.record_id(row)).collect();
    match dice.below(12) {
        // What formulas read goes, or is something else for a while.
        10 => Op::DeleteField { table: SITES, field: fid([22, 24, 23][dice.below(3)]) },
        11 => {
            let sites = base.table(SITES).unwrap();
            let Some(field) = sites.field(fid(22)) else {
                return Op::DeleteField { table: REGIONS, field: fid(11) };
            };
            let kind = if dice.one_in(2) { FieldKind::text() } else { FieldKind::number(1) };
            Op::retype(SITES, Field { kind, slot: sites.def().next_slot, ..field.clone() })
        }
        0..4 => {
            *next += 1;
            let cells = some_cells(dice, base, table);
            Op::CreateRecords { table, records: vec![Record::new(rid(*next), cells)] }
        }
        4..8 if !ids.is_empty() => {
            let id = ids[dice.below(ids.len())];
            Op::UpdateRecords { table, records: vec![Record::new(id, some_cells(dice, base, table))] }
        }
        8 if !ids.is_empty() => Op::DeleteRecords { table, records: vec![ids[dice.below(ids.len())]] },
        _ => {
            let Some(field) = base.table(SITES).unwrap().field(fid(23)) else {
                return Op::DeleteField { table: REGIONS, field: fid(11) };
            };
            let mut field = field.clone();
            let name = if dice.one_in(2) { "Gas" } else { "Petrol" };
            if let FieldKind::Select { choices } = &mut field.kind {
                choices[0].name = name.into();
            }
            Op::UpdateField { table: SITES, field }
        }
    }
}

/// All records as the API shows them, by id.
fn shown(base: &Base) -> Vec<(RecordId, String)> {
    let mut all = Vec::new();
    for table in base.tables() {
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        for row in table.rows() {
            let mut json = String::new();
            write_record_json(base, table, row, &fields, &mut json);
            all.push((table.record_id(row), json));
        }
    }
    all
}

fn from_scratch(base: &Base) -> Base {
    let stored = base.tables().map(|table| {
        let rows: Vec<_> = table.rows().map(|row| (table.record_id(row), table.encode_row(row))).collect();
        (table.def().clone(), rows.into_iter())
    });
    Base::load(stored.collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn incremental_is_from_scratch(seed: u64) {
        let mut dice = Dice(seed);
        let (mut base, mut next) = (linked(), 0);
        let mut inverses: Vec<Vec<Op>> = Vec::new();
        for step in 0..60 {
            let before = shown(&base);
            let tables: Vec<TableId> = base.tables().map(|table| table.def().id).collect();
            let ops = match inverses.pop().filter(|_| dice.one_in(4)) {
                Some(inverse) => inverse,
                None => vec![some_op(&mut dice, &base, &mut next)],
            };
            let mut changed: std::collections::HashSet<RecordId> = std::collections::HashSet::new();
            let mut schema = false;
            let mut undo = Vec::new();
            for op in ops {
                let Ok(applied) = base.apply(&op, &Stamp::default()) else { continue };
                let named = |base: &Base, change: &skein_table::Change| -> Vec<RecordId> {
                    let table = base.table(change.table).unwrap();
                    change.rows.iter().map(|row| table.record_id(*row)).collect()
                };
                for change in &applied.changes {
                    changed.extend(named(&base, change));
                    schema |= change.schema;
                }
                undo.splice(0..0, applied.inverse);
            }
            for change in base.settle() {
                let table = base.table(change.table).unwrap();
                changed.extend(change.rows.iter().map(|row| table.record_id(*row)));
                schema |= change.schema;
            }
            inverses.push(undo);
            prop_assert_eq!(tables.len(), base.tables().count());
            let now = shown(&base);
            prop_assert_eq!(&now, &shown(&from_scratch(&base)), "after step {}", step);
            // Whoever shows records hears of each that reads otherwise now.
            let before: std::collections::HashMap<_, _> = before.into_iter().collect();
            for (id, json) in &now {
                let same = before.get(id) == Some(json);
                prop_assert!(same || schema || changed.contains(id), "step {}: {} was not told", step, id);
            }
        }
    }
}
