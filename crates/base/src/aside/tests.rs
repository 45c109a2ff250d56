//! What is computed aside and brought up to date is what is done in turn.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{Stamp, Value, write_record_json};
use skein_testkit::seeded;
use skein_types::Timestamp;
use tokio::sync::oneshot;

use super::*;
use crate::{Actor, Via, open::Answer, plan::new_table};

const TEXTS: [&str; 8] = ["", " 5", "1,000", "2026-11-20", "Gas", "Gas, Power", "x", "0.50"];

/// A table with a text, a number, when records were changed, and formulas over them.
struct World {
    base: Base,
    seq: i64,
    table: TableId,
    note: FieldId,
    price: FieldId,
    records: Vec<RecordId>,
}

fn request(at: i64, command: Command) -> Request {
    let at = Timestamp::from_millisecond(1_700_000_000_000 + at).unwrap();
    let by = Actor { id: "mem_0000000000000000000000000a".into(), at, via: Via::Web };
    Request {
        by,
        role: skein_platform::access::Role::Edit,
        command,
        answer: Answer::Unwanted,
        keys: Vec::new(),
        reply: oneshot::channel().0,
    }
}

fn input<T: serde::de::DeserializeOwned>(json: Json) -> T {
    serde_json::from_value(json).unwrap()
}

impl World {
    fn new() -> Self {
        let (_, ids) = seeded(1);
        let field = |slot: u32, name: &str, kind: FieldKind| Field::new(ids.make(), slot, name, kind);
        let touched = FieldKind::UpdatedAt(skein_table::DateStyle { time: true, ..Default::default() });
        let fields = vec![
            field(0, "Name", FieldKind::text()),
            field(1, "Note", FieldKind::text()),
            field(2, "Price", FieldKind::number(2)),
            field(3, "Changed", touched),
        ];
        let (name, note, price) = (fields[0].id, fields[1].id, fields[2].id);
        let def = new_table("Sites", fields, "Grid", &ids);
        let table = def.id;
        let mut base = Base::new();
        base.apply(&Op::CreateTable { table: def, at: 0 }, &Stamp::default()).unwrap();
        let records: Vec<RecordId> = (0..12).map(|_| ids.make()).collect();
        let mut this = Self { base, seq: 1, table, note, price, records };
        let cells = |n: usize| {
            let text = TEXTS[n % TEXTS.len()];
            vec![(name, text_of("r")), (note, text_of(text)), (price, Value::Number { n: n as f64 / 2.0 })]
        };
        let made = this.records[..8].iter().enumerate().map(|(n, id)| Record::new(*id, cells(n))).collect();
        this.run(0, Command::CreateRecords { table, records: made });
        for (at, name, formula) in [(1, "Twice", "[Price] * 2"), (2, "Both", "[Note] & \"/\" & [Twice]")] {
            let field = input(json!({"name": name, "type": "formula", "formula": formula}));
            this.run(at, Command::CreateField { table, input: field });
        }
        this
    }

    /// Does a command in turn; what it wrote.
    fn run(&mut self, at: i64, command: Command) -> Changed {
        self.try_run(at, command).unwrap()
    }

    /// The same of one that may change nothing.
    fn try_run(&mut self, at: i64, command: Command) -> Option<Changed> {
        let (_, ids) = seeded(at as u64 + 100);
        let mut draft = Draft::new(self.base.clone(), self.seq);
        draft.run(&request(at, command), None, &[], &ids, &()).unwrap();
        (!draft.events.is_empty()).then(|| self.take(draft))
    }

    fn undo(&mut self, at: i64, changed: &Changed) -> Changed {
        let mut draft = self.undone(at, changed);
        draft.settle(&());
        self.take(draft)
    }

    fn undone(&self, at: i64, changed: &Changed) -> Draft {
        let target = Target { seq: self.seq, changed: changed.clone(), redo: false, whole: false };
        let mut draft = Draft::new(self.base.clone(), self.seq);
        draft.run(&request(at, Command::Undo), Some(&target), &[], &seeded(5).1, &()).unwrap();
        draft
    }

    fn take(&mut self, mut draft: Draft) -> Changed {
        draft.settle(&());
        (self.base, self.seq) = (draft.base, draft.seq);
        draft.events.pop().unwrap().changed
    }

    /// Cells as people see them, stored rows and definitions.
    fn shown(&self) -> Json {
        let table = self.base.table(self.table).unwrap();
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        let row = |row| {
            let mut json = String::new();
            write_record_json(&self.base, table, row, &fields, &mut json);
            json!([table.record_id(row), json, table.record(row), table.touched(row)])
        };
        json!({"def": table.def(), "rows": table.rows().map(row).collect::<Vec<_>>()})
    }

    /// The same, read from stored rows: those of `old` that were not written since are as they were.
    fn stored(&self, old: &Self, changed: &Changed) -> Json {
        let (table, before) = (self.base.table(self.table).unwrap(), old.base.table(old.table).unwrap());
        let written: BTreeSet<RecordId> = changed
            .ops
            .iter()
            .filter_map(|op| if let Op::UpdateRecords { records, .. } = op { Some(records) } else { None })
            .flatten()
            .map(|record| record.id)
            .collect();
        let rows: Vec<(RecordId, Vec<u8>)> = table
            .rows()
            .map(|row| {
                let id = table.record_id(row);
                let kept = before.row(id).filter(|_| !written.contains(&id));
                (id, kept.map_or_else(|| table.encode_row(row), |row| before.encode_row(row)))
            })
            .collect();
        let rows = rows.iter().map(|(id, bytes)| (*id, bytes.as_slice()));
        let base = Base::load(vec![(table.def().clone(), rows)]).unwrap();
        World { base, records: Vec::new(), ..*self }.shown()
    }
}

fn text_of(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text { t: text.into() } }
}

/// What takes long.
fn long(world: &World, which: usize) -> Command {
    let table = world.table;
    let update = |field, patch: Json| Command::UpdateField { table, field, patch: input(patch) };
    let create = |json: Json| Command::CreateField { table, input: input(json) };
    let choices = json!([{"name": "Gas"}, {"name": "Power"}, {"name": "x"}]);
    match which {
        0 => update(world.note, json!({"type": "number"})),
        1 => update(world.price, json!({"type": "text"})),
        2 => update(world.note, json!({"type": "multi_select", "choices": choices})),
        3 => update(world.note, json!({"type": "formula", "formula": "[Name] & [Price]"})),
        4 => {
            create(json!({"name": "Rank", "type": "formula", "formula": "RANK([Price], [[Sites]].[Price])"}))
        }
        _ => update(world.note, json!({"type": "date"})),
    }
}

/// What others do meanwhile.
fn short(world: &World, (what, at, n): (usize, usize, usize)) -> Option<Command> {
    let (table, id) = (world.table, world.records[at % world.records.len()]);
    let here = world.base.table(table).unwrap().row(id).is_some();
    // Of the type the field has just now.
    let cell = |field: FieldId, n: usize| {
        let kind = &world.base.table(table).unwrap().field(field).unwrap().kind;
        let value = match kind {
            FieldKind::Text { .. } => text_of(TEXTS[n % TEXTS.len()]),
            FieldKind::Number(_) => Value::Number { n: n as f64 },
            _ => Value::Null,
        };
        (kind.is_stored()).then_some((field, value))
    };
    let (note, price) = (|n| cell(world.note, n), |n| cell(world.price, n));
    let records =
        |cells: [Option<(FieldId, Value)>; 2]| vec![Record::new(id, cells.into_iter().flatten().collect())];
    Some(match (what % 5, here) {
        (0, true) => Command::UpdateRecords { table, records: records([note(n), None]) },
        (1, true) => Command::UpdateRecords { table, records: records([price(n), None]) },
        (2, true) => Command::UpdateRecords { table, records: records([price(n), note(n + 1)]) },
        (3, true) => Command::DeleteRecords { table, records: vec![id] },
        (_, false) => Command::CreateRecords { table, records: records([note(n), price(n)]) },
        _ => return None,
    })
}

type Steps = Vec<(usize, usize, usize)>;

/// Computes aside while others write; in turn it is the same, also when it is taken back or read from storage.
fn compare(which: usize, undo: bool, steps: &Steps) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let first = undo.then(|| world.run(10, long(&world, which)));
    let mut aside = if let Some(changed) = &first {
        world.undone(20, changed)
    } else {
        let mut draft = Draft::new(world.base.clone(), world.seq);
        let command = request(20, long(&world, which));
        draft.run(&command, None, &[], &seeded(120).1, &()).unwrap();
        draft
    };
    aside.settle(&());
    let before = Snapshot { seq: world.seq, base: world.base.clone() };
    let mut later = Later::default();
    for (at, step) in (30..).zip(steps) {
        let Some(command) = short(&world, *step) else { continue };
        let by = request(at, command.clone()).by.stamp();
        if let Some(changed) = world.try_run(at, command) {
            later.add(&changed.ops, by);
        }
    }
    let snapshot = Snapshot { seq: world.seq, base: world.base.clone() };
    let command = long(&world, which);
    let mut turn = World { base: world.base.clone(), records: Vec::new(), ..world };
    let done = match &first {
        Some(changed) => turn.undo(20, changed),
        None => turn.run(20, command),
    };
    if !aside.rebase(&before, &snapshot, &later) {
        // A choice is missing, a conversion depends on more than the cell, a field goes, or a record that
        // would get its old cell back.
        let moved =
            later.ops.iter().flat_map(|(ops, _)| ops).any(|op| !matches!(op, Op::UpdateRecords { .. }));
        prop_assert!(which == 2 || undo && (moved || matches!(which, 3 | 4)));
        return Ok(());
    }
    let mut computed = World { base: aside.base.clone(), records: Vec::new(), ..turn };
    let changed = computed.take(aside);
    same(&computed.shown(), &turn.shown())?;
    prop_assert_eq!(computed.seq, turn.seq);
    if which != 3 {
        same(&computed.stored(&world, &changed), &turn.shown())?;
    }
    computed.undo(40, &changed);
    turn.undo(40, &done);
    same(&computed.shown(), &turn.shown())?;
    Ok(())
}

/// Names the first row that differs.
fn same(left: &Json, right: &Json) -> Result<(), TestCaseError> {
    prop_assert_eq!(&left["def"], &right["def"]);
    let rows = |json: &Json| json["rows"].as_array().unwrap().clone();
    for (left, right) in rows(left).iter().zip(rows(right)) {
        prop_assert_eq!(left, &right);
    }
    prop_assert_eq!(left, right);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn computed_aside_is_as_done_in_turn(
        which in 0usize..6,
        undo: bool,
        steps in prop::collection::vec((0usize..5, 0usize..12, 0usize..9), 0..12),
    ) {
        compare(which, undo, &steps)?;
    }
}

/// A command done with few values an event; what its events hold.
fn divided(world: &mut World, limit: usize, command: Command, target: Option<&Target>) -> Vec<Changed> {
    let mut draft = Draft::new(world.base.clone(), world.seq);
    draft.limit = limit;
    draft.run(&request(50, command), target, &[], &seeded(9).1, &()).unwrap();
    draft.settle(&());
    let events: Vec<Changed> = draft.events.into_iter().map(|written| written.changed).collect();
    let (last, parts) = events.split_last().unwrap();
    assert_eq!(last.begun, (!parts.is_empty()).then_some(world.seq + 1));
    assert!(!last.part && parts.iter().all(|part| part.part && part.begun.is_none()));
    // Whoever follows the log does the same.
    let mut follower = world.base.clone();
    for op in events.iter().flat_map(|changed| &changed.ops) {
        follower.apply(op, &Stamp::default()).unwrap();
    }
    (world.base, world.seq) = (draft.base, draft.seq);
    assert_eq!(notes(&follower, world), notes(&world.base, world));
    events
}

/// The notes of all records; none when there is no such field.
fn notes(base: &Base, world: &World) -> Option<Vec<Value>> {
    let table = base.table(world.table).unwrap();
    table.field(world.note)?;
    Some(table.rows().map(|row| table.get(row, world.note)).collect())
}

#[test]
fn a_change_too_large_for_one_event_is_several_and_taken_back_as_one() {
    for (limit, many) in [(3, true), (7, true), (1_000, false)] {
        let mut world = World::new();
        let before = notes(&world.base, &world);
        let delete = Command::DeleteField { table: world.table, field: world.note };
        let mut command = delete;
        let mut target = None;
        for gone in [true, false, true, false] {
            let mut events = divided(&mut world, limit, command, target.as_ref());
            assert_eq!(events.len() > 1, many, "{limit}");
            assert_eq!(notes(&world.base, &world), (!gone).then(|| before.clone()).flatten(), "{limit}");
            let last = events.pop().unwrap();
            let changed = Changed::whole(events, last);
            target = Some(Target { seq: world.seq, changed, redo: !gone, whole: false });
            command = if gone { Command::Undo } else { Command::Redo };
        }
    }
}
