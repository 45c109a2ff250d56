//! What is computed aside and brought up to date is what is done in turn.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Field, Record, Resolved, Value,
    formula::{Env, People},
    write_record_json,
};
use skein_testkit::seeded;
use skein_types::{MemberId, RecordId, Timestamp};
use tokio::sync::oneshot;

use super::*;
use crate::{Actor, Via, event::Changed, open::Answer, plan::new_table};

/// Some of them are names of people and of places.
const TEXTS: [&str; 8] = ["", " 5", "1,000", "2026-11-20", "Gas", "Gas, Power", "x", "0.50"];
const NAMES: [&str; 3] = ["Gas", "Power", "X"];

/// A table with a text, a number, people, links, when records were changed, and formulas over them.
struct World {
    base: Base,
    seq: i64,
    table: TableId,
    places: TableId,
    fields: BTreeMap<&'static str, FieldId>,
    records: Vec<RecordId>,
    targets: Vec<RecordId>,
    people: Vec<MemberId>,
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

fn text_of(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text { t: text.into() } }
}

impl World {
    fn new() -> Self {
        let (_, ids) = seeded(1);
        let people: Vec<MemberId> = (0..3).map(|_| ids.make()).collect();
        let named = people.iter().zip(NAMES).map(|(id, name)| (*id, name.into())).collect();
        let people_env = Arc::new(People { members: named, ..People::default() });
        let mut base = Base::new();
        base.set_env(Arc::new(Env { people: people_env, ..Env::default() }));
        let mut made: Vec<TableId> = Vec::new();
        let field = |slot: u32, name: &str, kind: FieldKind| Field::new(ids.make(), slot, name, kind);
        let touched = FieldKind::UpdatedAt(skein_table::DateStyle { time: true, ..Default::default() });
        let kinds: [&[(&str, FieldKind)]; 2] = [
            &[("Name", FieldKind::text())],
            &[
                ("Name", FieldKind::text()),
                ("Note", FieldKind::text()),
                ("Price", FieldKind::number(2)),
                ("Changed", touched),
                ("Who", FieldKind::Member { multiple: true }),
            ],
        ];
        for fields in kinds {
            let fields =
                (0..).zip(fields).map(|(slot, (name, kind))| field(slot, name, kind.clone())).collect();
            let def = new_table(if made.is_empty() { "Places" } else { "Sites" }, fields, "Grid", &ids);
            made.push(def.id);
            base.apply(&Op::CreateTable { table: def, at: 0 }, &Stamp::default()).unwrap();
        }
        let some = |count: usize| (0..count).map(|_| ids.make()).collect::<Vec<RecordId>>();
        let (places, table) = (made[0], made[1]);
        let (records, targets, fields) = (some(12), some(8), BTreeMap::new());
        let mut this = Self { base, seq: 1, table, places, fields, records, targets, people };
        for (at, json) in [
            json!({"name": "Twice", "type": "formula", "formula": "[Price] * 2"}),
            json!({"name": "Both", "type": "formula", "formula": "[Note] & \"/\" & [Twice]"}),
            json!({"name": "At", "type": "link", "table": places, "multiple": true, "mirror": {"name": "Sites"}}),
        ]
        .into_iter()
        .enumerate()
        {
            this.run(at as i64, Command::CreateField { table, input: input(json) });
        }
        let def = this.base.table(table).unwrap().def().clone();
        for name in ["Name", "Note", "Price", "Changed", "Who", "Twice", "At"] {
            this.fields.insert(name, def.fields.iter().find(|field| field.name == name).unwrap().id);
        }
        this.fill();
        this
    }

    fn fill(&mut self) {
        let title = self.base.table(self.places).unwrap().def().fields[0].id;
        let place = |(id, name): (&RecordId, &str)| Record::new(*id, vec![(title, text_of(name))]);
        let records = self.targets.iter().zip(NAMES).map(place).collect();
        self.run(5, Command::CreateRecords { table: self.places, records });
        let record = |(n, id): (usize, &RecordId)| {
            let number = Value::Number { n: n as f64 / 2.0 };
            let cells = [
                ("Name", text_of("r")),
                ("Note", text_of(TEXTS[n % TEXTS.len()])),
                ("Price", number),
                ("Who", self.some_people(n)),
                ("At", self.some_places(n)),
            ];
            Record::new(*id, cells.into_iter().map(|(name, value)| (self.fields[name], value)).collect())
        };
        let records = self.records[..8].iter().enumerate().map(record).collect();
        self.run(6, Command::CreateRecords { table: self.table, records });
    }

    fn some_people(&self, n: usize) -> Value {
        let u: Vec<MemberId> = self.people.iter().skip(n % 3).take(n % 4).copied().collect();
        if u.is_empty() { Value::Null } else { Value::Members { u: u.into() } }
    }

    /// Of those that are there.
    fn some_places(&self, n: usize) -> Value {
        let places = self.base.table(self.places).unwrap();
        let there = self.targets.iter().filter(|id| places.row(**id).is_some());
        let l: Vec<RecordId> = there.skip(n % 3).take(n % 4).copied().collect();
        if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } }
    }

    /// Does a command in turn; what it wrote.
    fn run(&mut self, at: i64, command: Command) -> Changed {
        self.try_run(at, command).unwrap().0
    }

    /// The same of one that may change nothing, with what others see of it.
    fn try_run(&mut self, at: i64, command: Command) -> Option<(Changed, Touched)> {
        let (_, ids) = seeded(at as u64 + 100);
        let mut draft = Draft::new(self.base.clone(), self.seq);
        draft.run(&request(at, command), None, &[], &ids, &()).unwrap();
        draft.settle(&());
        let touched = std::mem::take(&mut draft.touched);
        (!draft.events.is_empty()).then(|| (self.take(draft), touched))
    }

    fn undo(&mut self, at: i64, changed: &Changed, redo: bool) -> Changed {
        let draft = self.undone(at, changed, redo, Draft::new);
        self.take(draft)
    }

    fn undone(&self, at: i64, changed: &Changed, redo: bool, draft: fn(Base, i64) -> Draft) -> Draft {
        let target = Target { seq: self.seq, changed: changed.clone(), redo, whole: false };
        let mut draft = draft(self.base.clone(), self.seq);
        let command = if redo { Command::Redo } else { Command::Undo };
        draft.run(&request(at, command), Some(&target), &[], &seeded(5).1, &()).unwrap();
        draft
    }

    /// Takes over a draft. What it wrote, as the log has it.
    fn take(&mut self, mut draft: Draft) -> Changed {
        draft.settle(&());
        let events = draft.told().0;
        assert_eq!(draft.seq, self.seq + events.len() as i64);
        let mut parts: Vec<Changed> =
            events.iter().map(|event| serde_json::from_str(event.data.get()).unwrap()).collect();
        let last = parts.pop().unwrap();
        assert_eq!(last.begun, (!parts.is_empty()).then_some(self.seq + 1));
        assert!(!last.part && parts.iter().all(|part| part.part && part.begun.is_none()));
        (self.base, self.seq) = (draft.base, draft.seq);
        Changed::whole(parts, last)
    }

    /// The same world with another state.
    fn with(&self, base: Base, seq: i64) -> Self {
        let (records, targets) = (self.records.clone(), self.targets.clone());
        let (fields, people) = (self.fields.clone(), self.people.clone());
        Self { base, seq, fields, records, targets, people, ..*self }
    }

    /// Cells as people see them, stored rows and definitions.
    fn shown(&self) -> Json {
        let of = |table: &Arc<skein_table::Table>| {
            let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
            let row = |row| {
                let mut json = String::new();
                write_record_json(&self.base, table, row, &fields, &mut json);
                json!([table.record_id(row), json, table.record(row), table.touched(row)])
            };
            let mut def = table.def().clone();
            // Of values that no record holds any more something may be kept as well.
            def.retired.iter_mut().for_each(|retired| retired.resolved = Resolved::default());
            json!({"def": def, "rows": table.rows().map(row).collect::<Vec<_>>()})
        };
        json!(self.base.tables().map(of).collect::<Vec<_>>())
    }

    /// What is stored of them, whoever wrote it last.
    fn cells(&self) -> Json {
        let mut all = self.shown();
        for table in all.as_array_mut().unwrap() {
            for row in table["rows"].as_array_mut().unwrap() {
                *row = row[2].take();
            }
        }
        all
    }

    /// What people see, read from stored rows: those of `old` with what a change writes.
    fn stored(&self, old: &Self, written: &crate::rows::RowChanges) -> Json {
        let mut rows = BTreeMap::new();
        for table in old.base.tables() {
            let id = table.def().id.to_string();
            rows.extend(table.rows().map(|row| ((id.clone(), table.record_id(row)), table.encode_row(row))));
        }
        written.write_into(&mut rows);
        let of = |table: &Arc<skein_table::Table>| {
            let id = table.def().id.to_string();
            let own = rows.iter().filter(|((of, _), _)| *of == id);
            let own: Vec<(RecordId, Vec<u8>)> = own.map(|((_, id), row)| (*id, row.clone())).collect();
            (table.def().clone(), own)
        };
        let tables: Vec<_> = self.base.tables().map(of).collect();
        let tables = tables
            .iter()
            .map(|(def, rows)| (def.clone(), rows.iter().map(|(id, bytes)| (*id, bytes.as_slice()))));
        let base = Base::load_in(Arc::new(self.base.env().clone()), tables.collect()).unwrap();
        self.with(base, self.seq).shown()
    }
}

/// A draft whose cells to set back are held by events of their own.
fn apart(base: Base, seq: i64) -> Draft {
    let mut draft = Draft::aside(base, seq);
    draft.apart = Some(3);
    draft
}

/// What takes long.
const KINDS: usize = 14;
/// Of those, what depends on more than the cell, and from where on.
const RESOLVED: usize = 6;
const COUNTED: usize = 13;

fn long(world: &World, which: usize) -> Command {
    let table = world.table;
    let update =
        |name, patch: Json| Command::UpdateField { table, field: world.fields[name], patch: input(patch) };
    let create = |json: Json| Command::CreateField { table, input: input(json) };
    let choices = json!([{"name": "Gas"}, {"name": "Power"}, {"name": "x"}]);
    let places = world.places;
    match which {
        0 => update("Note", json!({"type": "number"})),
        1 => update("Price", json!({"type": "text"})),
        2 => update("Note", json!({"type": "multi_select", "choices": choices})),
        3 => update("Note", json!({"type": "formula", "formula": "[Name] & [Price]"})),
        4 => {
            create(json!({"name": "Rank", "type": "formula", "formula": "RANK([Price], [[Sites]].[Price])"}))
        }
        5 => update("Note", json!({"type": "date"})),
        6 => update("Note", json!({"type": "member", "multiple": true})),
        7 => update("Note", json!({"type": "link", "table": places, "multiple": true})),
        8 => {
            let mirror = json!({"name": "Noted"});
            update("Note", json!({"type": "link", "table": places, "multiple": true, "mirror": mirror}))
        }
        9 => update("At", json!({"type": "text"})),
        10 => update("Who", json!({"type": "text"})),
        11 => update("Twice", json!({"type": "number"})),
        12 => update("Changed", json!({"type": "date", "time": true})),
        _ => update("Note", json!({"type": "auto_number"})),
    }
}

type Step = (usize, usize, usize);

/// What others do meanwhile.
fn short(world: &World, (what, at, n): Step) -> Option<Command> {
    let (table, id) = (world.table, world.records[at % world.records.len()]);
    let here = world.base.table(table).unwrap().row(id).is_some();
    // Of the type the field has just now.
    let cell = |name: &str, n: usize| {
        let field = world.fields[name];
        let kind = &world.base.table(table).unwrap().field(field).unwrap().kind;
        let value = match kind {
            FieldKind::Text { .. } => text_of(TEXTS[n % TEXTS.len()]),
            FieldKind::Number(_) => Value::Number { n: n as f64 },
            FieldKind::Member { .. } => world.some_people(n),
            FieldKind::Link { .. } => world.some_places(n),
            _ => return None,
        };
        kind.is_writable().then_some((field, value))
    };
    let records = |names: &[(&str, usize)]| {
        let cells = names.iter().filter_map(|(name, n)| cell(name, *n)).collect();
        vec![Record::new(id, cells)]
    };
    let update = |names: &[(&str, usize)]| Command::UpdateRecords { table, records: records(names) };
    let places = world.base.table(world.places).unwrap();
    let target = world.targets[n % world.targets.len()];
    Some(match (what % 9, here) {
        (0, true) => update(&[("Note", n)]),
        (1, true) => update(&[("Price", n)]),
        (2, true) => update(&[("Price", n), ("Note", n + 1)]),
        (3, true) => Command::DeleteRecords { table, records: vec![id] },
        (4, true) => update(&[("At", n)]),
        (5, true) => update(&[("Who", n)]),
        (6, _) if places.row(target).is_some() => {
            Command::DeleteRecords { table: world.places, records: vec![target] }
        }
        // A place that had a name comes back without one, so that what it is worth does not depend on when.
        (6, _) => {
            Command::CreateRecords { table: world.places, records: vec![Record::new(target, Vec::new())] }
        }
        (_, false) => Command::CreateRecords {
            table,
            records: records(&[("Note", n), ("Price", n), ("Who", n), ("At", n + 1)]),
        },
        _ => return None,
    })
}

/// Does what others do; what a computation that runs meanwhile hears of it.
fn meanwhile(world: &mut World, at: i64, steps: &[Step]) -> Later {
    let mut later = Later::default();
    for (at, step) in (at..).zip(steps) {
        let Some(command) = short(world, *step) else { continue };
        let by = request(at, command.clone()).by.stamp();
        if let Some((changed, touched)) = world.try_run(at, command) {
            later.add(&changed.ops, by);
            later.touch(&touched);
        }
    }
    later
}

/// Computes aside while others write; in turn it is the same, also when it is taken back or read from storage.
fn compare(which: usize, undo: bool, steps: &[Step], half: usize) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let first = undo.then(|| world.run(10, long(&world, which)));
    let mut aside = if let Some(changed) = &first {
        world.undone(20, changed, false, apart)
    } else {
        let mut draft = apart(world.base.clone(), world.seq);
        let command = request(20, long(&world, which));
        draft.run(&command, None, &[], &seeded(120).1, &()).unwrap();
        draft
    };
    aside.settle(&());
    aside.prepare().unwrap();
    // Brought in aside, and what is left in turn.
    let (some, rest) = steps.split_at(half.min(steps.len()));
    let (mut fits, mut moved) = (true, false);
    for (at, steps) in [(30, some), (60, rest)] {
        let before = Snapshot { seq: world.seq, base: world.base.clone() };
        let later = meanwhile(&mut world, at, steps);
        let now = Snapshot { seq: world.seq, base: world.base.clone() };
        let mut ops = later.ops.iter().flat_map(|(ops, _)| ops);
        moved |= ops.any(|op| !matches!(op, Op::UpdateRecords { .. }));
        fits = fits && aside.rebase(&before, &now, &later);
        if fits && at == 30 {
            aside.prepare().unwrap();
        }
    }
    if !fits {
        // A choice is missing, a field goes, or a record that would get its old cell back was written.
        let allowed = which == 2 || undo && (moved || matches!(which, 3 | 4) || which >= RESOLVED);
        prop_assert!(allowed, "{} {}", which, undo);
        return Ok(());
    }
    let mut turn = world.with(world.base.clone(), world.seq);
    let done = match &first {
        Some(changed) => turn.undo(20, changed, false),
        None => turn.run(20, long(&world, which)),
    };
    let mut computed = world.with(world.base.clone(), world.seq);
    let rows = aside.rows().unwrap();
    let changed = computed.take(aside);
    if which == COUNTED {
        if !undo {
            numbered(&computed, &world)?;
        }
    } else {
        same(&computed.shown(), &turn.shown())?;
    }
    if which != 3 {
        same(&computed.stored(&world, &rows), &computed.shown())?;
    }
    let (again, back) = (computed.undo(80, &changed, undo), turn.undo(80, &done, undo));
    if which == COUNTED {
        // Numbers of records that went are not given again, however many there were.
        prop_assert!(undo || notes(&computed.base, &computed) == notes(&turn.base, &turn));
        return Ok(());
    }
    // Of the cells that became the same one follows from what they became, another time another one: taking it back
    // writes the others.
    let shown = |world: &World| if which < RESOLVED { world.shown() } else { world.cells() };
    same(&shown(&computed), &shown(&turn))?;
    computed.undo(90, &again, !undo);
    turn.undo(90, &back, !undo);
    same(&shown(&computed), &shown(&turn))
}

/// Every record has a number of its own.
fn numbered(now: &World, before: &World) -> Result<(), TestCaseError> {
    let table = now.base.table(now.table).unwrap();
    let number = |row| match table.get(row, now.fields["Note"]) {
        Value::Number { n } => Some(n as u64),
        _ => None,
    };
    let numbers: BTreeSet<u64> = table.rows().filter_map(number).collect();
    prop_assert_eq!(numbers.len(), before.base.table(now.table).unwrap().len());
    Ok(())
}

/// Names the first row that differs.
fn same(left: &Json, right: &Json) -> Result<(), TestCaseError> {
    let tables = |json: &Json| json.as_array().unwrap().clone();
    for (left, right) in tables(left).iter().zip(tables(right)) {
        prop_assert_eq!(&left["def"], &right["def"]);
        let rows = |json: &Json| json["rows"].as_array().unwrap().clone();
        for (left, right) in rows(left).iter().zip(rows(&right)) {
            prop_assert_eq!(left, &right);
        }
    }
    prop_assert_eq!(left, right);
    Ok(())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0usize..9, 0usize..12, 0usize..9), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn computed_aside_is_as_done_in_turn(
        which in 0..RESOLVED, undo: bool, steps in steps(), half in 0usize..14,
    ) {
        compare(which, undo, &steps, half)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn what_is_resolved_once_is_as_done_in_turn(
        which in RESOLVED..KINDS, undo: bool, steps in steps(), half in 0usize..14,
    ) {
        compare(which, undo, &steps, half)?;
    }
}

/// What others did to definitions cannot be brought in: it is computed anew, and at last in turn.
#[test]
fn what_cannot_be_brought_in_is_computed_again_a_few_times() {
    let mut world = World::new();
    let (clock, ids) = seeded(7);
    let request = request(20, long(&world, 0));
    let work = work(&world.base, &request.command, None);
    assert_eq!(work, None, "so few records are retyped in turn");
    let work = Work { kind: JobKind::Retype, table: world.table, field: None, cells: 8 };
    let job = crate::job::Jobs::default().add(ids.make(), work, &request.by, clock);
    let snapshot = |world: &World| Arc::new(Snapshot { seq: world.seq, base: world.base.clone() });
    let mut made = Made::compute(Long { request, target: None, job }, snapshot(&world), &ids, 0);
    for (at, name) in (30..).zip(["One", "Two", "Three"]) {
        let mut later = Later::default();
        let json = json!({"name": name, "type": "text"});
        let changed = world.run(at, Command::CreateField { table: world.table, input: input(json) });
        later.add(&changed.ops, Stamp::default());
        assert!(later.lost && !made.is_close(&later));
        assert_eq!(made.goes_on(&later), name != "Three");
        made = made.follow(snapshot(&world), &later, &ids);
        let mut turn = world.with(world.base.clone(), world.seq);
        let Made { draft, before, .. } = &made;
        assert_eq!((draft.events.is_empty(), before.seq == world.seq), (name == "Three", name != "Three"));
        if !draft.events.is_empty() {
            turn.run(20, long(&world, 0));
            assert_eq!(world.with(draft.base.clone(), draft.seq).shown(), turn.shown());
        }
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
    table.field(world.fields["Note"])?;
    Some(table.rows().map(|row| table.get(row, world.fields["Note"])).collect())
}

#[test]
fn a_change_too_large_for_one_event_is_several_and_taken_back_as_one() {
    for (limit, many) in [(3, true), (7, true), (1_000, false)] {
        let mut world = World::new();
        let before = notes(&world.base, &world);
        let delete = Command::DeleteField { table: world.table, field: world.fields["Note"] };
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
