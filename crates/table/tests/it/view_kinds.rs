//! Kinds of views: how they are written down, what they refuse, and what goes when fields do.

use serde_json::{Value as Json, json};
use skein_table::{
    Base, Choice, Color, Field, FieldKind, GroupKey, KanbanView, Op, SortKey, Summary, SummaryFunction,
    TableDef, View, ViewKind,
};
use skein_types::{ChoiceId, FieldId, TableId, ViewId};

use crate::state::{NOW, dump};

const TASKS: TableId = TableId::from_bits(1);

fn fid(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

fn choice(n: u32, name: &str) -> Choice {
    Choice { id: ChoiceId::from_bits(n.into()), code: n, name: name.into(), color: Color::Teal }
}

fn select(names: &[&str]) -> FieldKind {
    FieldKind::Select { choices: (1..).zip(names).map(|(n, name)| choice(n, name)).collect() }
}

fn link(multiple: bool) -> FieldKind {
    FieldKind::Link { table: TASKS, multiple, mirror: None, filter: None }
}

/// 0 name, 1 state, 2 person, 3 people, 4 start, 5 done, 6 progress, 7 files, 8 place, 9 waits for, 10 parent.
fn base(kind: &Json) -> Base {
    let kinds = [
        FieldKind::text(),
        select(&["Open", "Closed"]),
        FieldKind::Member { multiple: false },
        FieldKind::Member { multiple: true },
        FieldKind::date(false),
        FieldKind::Checkbox,
        FieldKind::number(0),
        FieldKind::Attachment,
        FieldKind::Location,
        link(true),
        link(false),
    ];
    let field = |(slot, kind)| Field::new(fid(slot), slot, format!("F{slot}"), kind);
    let fields: Vec<Field> = (0..).zip(kinds).map(field).collect();
    let def = TableDef {
        id: TASKS,
        name: "Tasks".into(),
        next_slot: fields.len() as u32,
        fields,
        views: vec![view(kind)],
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    base
}

fn view(kind: &Json) -> View {
    let kind = serde_json::from_value(kind.clone()).unwrap();
    View { kind, ..View::new(ViewId::from_bits(1), "All") }
}

fn kind_of(base: &Base) -> Json {
    serde_json::to_value(&base.table(TASKS).unwrap().def().views[0].kind).unwrap()
}

fn opt(n: u128) -> ChoiceId {
    ChoiceId::from_bits(n)
}

#[test]
fn what_is_stored_reads_as_before_and_names_alone_are_kinds() {
    let stored = json!({"id": ViewId::from_bits(1), "name": "All", "row_height": "short"});
    let with = |kind: Json| {
        let mut view = stored.clone();
        view["kind"] = kind;
        serde_json::from_value::<View>(view).unwrap().kind
    };
    assert_eq!(serde_json::from_value::<View>(stored.clone()).unwrap().kind, ViewKind::Grid);
    assert_eq!(with(json!("grid")), ViewKind::Grid);
    assert_eq!(with(json!({"type": "grid"})), ViewKind::Grid);
    assert_eq!(with(json!("kanban")), ViewKind::Kanban(KanbanView::default()));
    for name in ["grid", "kanban", "gallery", "calendar", "gantt", "map", "timeline", "form"] {
        let (short, long) = (with(json!(name)), with(json!({ "type": name })));
        assert_eq!(short, long, "{name}");
        let written = serde_json::to_value(&short).unwrap();
        assert_eq!(written["type"], name);
        assert_eq!(with(written), short, "{name}");
    }
    for (kind, said) in [
        (json!("cards"), "unknown variant `cards`"),
        (json!({"type": "kanban", "stack": 4}), "invalid type"),
        (json!({"stack": fid(1)}), "missing field `type`"),
        (json!(7), "a kind of view"),
    ] {
        let error = serde_json::from_value::<ViewKind>(kind.clone()).unwrap_err().to_string();
        assert!(error.contains(said), "{kind}: {error}");
    }
}

/// What is set, and what is left when it is written down and read: all of it.
fn settings() -> Vec<Json> {
    vec![
        json!({"type": "grid"}),
        json!({"type": "kanban", "stack": fid(1), "cover": fid(7), "fit": "contain", "hide_blank": true,
            "columns": [{"value": opt(2), "limit": 3}, {"value": null, "collapsed": true}, {"value": opt(1), "hidden": true}],
            "order": fid(6), "sum": {"field": fid(6), "function": "sum"}}),
        json!({"type": "kanban", "stack": fid(2), "columns": [{"value": "mem_00000000000000000000000009"}]}),
        json!({"type": "kanban", "stack": fid(10), "columns": [{"value": "rec_00000000000000000000000009"}]}),
        json!({"type": "gallery", "cover": fid(7), "size": "large"}),
        json!({"type": "calendar", "start": fid(4), "end": fid(4), "color": fid(1), "scale": "week"}),
        json!({"type": "gantt", "start": fid(4), "end": fid(4), "progress": fid(6), "milestone": fid(5),
            "predecessors": fid(9), "waits": {"kind": "start_to_start", "lag": -2},
            "exceptions": [{"task": "rec_00000000000000000000000001", "predecessor": "rec_00000000000000000000000002",
                "kind": "finish_to_finish", "lag": 1}],
            "working_days": [1, 2, 7], "holidays": ["2026-10-01"], "auto_schedule": true, "scale": "year"}),
        json!({"type": "map", "place": fid(8), "title": fid(0), "color": fid(1)}),
        json!({"type": "timeline", "people": fid(3), "start": fid(4), "end": fid(4), "load": fid(6), "limit": 3, "color": fid(1)}),
    ]
}

#[test]
fn settings_are_kept_as_they_are() {
    for kind in settings() {
        assert_eq!(kind_of(&base(&kind)), kind);
    }
}

/// A kind with one thing wrong, the code of the refusal and the place.
fn refusals() -> Vec<(Json, &'static str, &'static str)> {
    let (member, holidays) = ("mem_00000000000000000000000009", vec!["2026-10-01"; 2_001]);
    vec![
        (json!({"type": "kanban", "stack": fid(40)}), "field.unknown", "kind.stack"),
        (json!({"type": "kanban", "stack": fid(0)}), "field.options", "kind.stack"),
        (json!({"type": "kanban", "stack": fid(3)}), "field.options", "kind.stack"),
        (json!({"type": "kanban", "stack": fid(9)}), "field.options", "kind.stack"),
        (json!({"type": "kanban", "cover": fid(1)}), "field.options", "kind.cover"),
        (
            json!({"type": "kanban", "stack": fid(1), "columns": [{"value": opt(1)}, {"value": opt(9)}]}),
            "field.options",
            "kind.columns[1].value",
        ),
        (
            json!({"type": "kanban", "stack": fid(1), "columns": [{"value": member}]}),
            "field.options",
            "kind.columns[0].value",
        ),
        (
            json!({"type": "kanban", "stack": fid(1), "columns": [{}, {"value": opt(1)}, {}]}),
            "input.repeated",
            "kind.columns[2].value",
        ),
        (
            json!({"type": "kanban", "stack": fid(1), "columns": [{"value": opt(1), "limit": 0}]}),
            "field.options",
            "kind.columns[0].limit",
        ),
        (
            json!({"type": "kanban", "sum": {"field": fid(41), "function": "sum"}}),
            "field.unknown",
            "kind.sum.field",
        ),
        (
            json!({"type": "kanban", "sum": {"field": fid(0), "function": "sum"}}),
            "field.options",
            "kind.sum.function",
        ),
        (json!({"type": "kanban", "order": fid(5)}), "field.options", "kind.order"),
        (json!({"type": "gallery", "cover": fid(8)}), "field.options", "kind.cover"),
        (json!({"type": "calendar", "start": fid(6)}), "field.options", "kind.start"),
        (json!({"type": "calendar", "start": fid(4), "end": fid(5)}), "field.options", "kind.end"),
        (json!({"type": "gantt", "progress": fid(5)}), "field.options", "kind.progress"),
        (json!({"type": "gantt", "milestone": fid(6)}), "field.options", "kind.milestone"),
        (json!({"type": "gantt", "predecessors": fid(2)}), "field.options", "kind.predecessors"),
        (json!({"type": "gantt", "waits": {"lag": 10_001}}), "field.options", "kind.waits.lag"),
        (json!({"type": "gantt", "working_days": [1, 8]}), "field.options", "kind.working_days[1]"),
        (json!({"type": "gantt", "working_days": [1, 1]}), "input.repeated", "kind.working_days[1]"),
        (json!({"type": "gantt", "working_days": []}), "field.options", "kind.working_days"),
        (json!({"type": "gantt", "holidays": ["2026-13-01"]}), "field.options", "kind.holidays[0]"),
        (json!({"type": "gantt", "holidays": holidays}), "field.options", "kind.holidays"),
        (json!({"type": "map", "place": fid(0)}), "field.options", "kind.place"),
        (json!({"type": "map", "color": fid(2)}), "field.options", "kind.color"),
        (json!({"type": "timeline", "people": fid(9)}), "field.options", "kind.people"),
    ]
}

#[test]
fn refusals_name_the_setting() {
    let mut base = base(&json!("grid"));
    let before = dump(&base);
    for (kind, code, place) in refusals() {
        let error = base.apply(&Op::UpdateView { table: TASKS, view: view(&kind) }, &NOW).expect_err(place);
        assert_eq!((error.code(), error.field()), (code, Some(place)), "{kind}");
        assert_eq!(dump(&base), before);
    }
}

#[test]
fn a_setting_goes_with_its_field_and_comes_back_with_it() {
    let update = |slot: u32, kind: FieldKind| Op::UpdateField {
        table: TASKS,
        field: Field::new(fid(slot), slot, format!("F{slot}"), kind),
    };
    let retype =
        |slot: u32, kind: FieldKind| Op::retype(TASKS, Field::new(fid(slot), 20, format!("F{slot}"), kind));
    let delete = |slot: u32| Op::DeleteField { table: TASKS, field: fid(slot) };
    let all = settings();
    let (by_state, by_person, gantt) = (&all[1], &all[2], &all[6]);
    let less = |kind: &Json, gone: &[&str]| {
        let mut left = kind.clone();
        for setting in gone {
            left.as_object_mut().unwrap().remove(*setting);
        }
        left
    };
    let none = |kind: Json, setting: &str| {
        let mut left = kind;
        left[setting] = Json::Null;
        left
    };
    let one_choice = {
        let mut left = by_state.clone();
        left["columns"] = json!([{"value": null, "collapsed": true}, {"value": opt(1), "hidden": true}]);
        left
    };
    let cases = [
        (by_state, delete(1), none(less(by_state, &["columns"]), "stack")),
        (by_state, delete(7), less(by_state, &["cover"])),
        (by_state, delete(6), less(by_state, &["sum", "order"])),
        (by_state, delete(5), by_state.clone()),
        (by_state, update(1, select(&["Open"])), one_choice),
        (by_state, retype(1, FieldKind::text()), none(less(by_state, &["columns"]), "stack")),
        (
            by_person,
            update(2, FieldKind::Member { multiple: true }),
            none(less(by_person, &["columns"]), "stack"),
        ),
        (gantt, delete(4), none(none(gantt.clone(), "start"), "end")),
        (gantt, retype(9, FieldKind::text()), less(gantt, &["predecessors"])),
        (gantt, retype(6, FieldKind::text()), less(gantt, &["progress"])),
    ];
    for (kind, op, left) in cases {
        let mut base = base(kind);
        let before = dump(&base);
        let applied = base.apply(&op, &NOW).unwrap();
        assert_eq!(kind_of(&base), left, "{op:?}");
        for inverse in &applied.inverse {
            base.apply(inverse, &NOW).unwrap();
        }
        assert_eq!(kind_of(&base), *kind, "{op:?}");
        if matches!(op, Op::DeleteField { .. }) {
            assert_eq!(dump(&base), before, "{op:?}");
        }
    }
}

#[test]
fn the_columns_of_a_kanban_are_its_groups() {
    let saved = |kind: &Json| {
        let by_name = GroupKey { field: fid(0), ..serde_json::from_value(json!({"field": fid(0)})).unwrap() };
        let total = Summary { field: fid(6), function: SummaryFunction::Max };
        View { group: vec![by_name], summaries: vec![total], tree: Some(fid(10)), ..view(kind) }
    };
    let asked = |kind: &Json| saved(kind).query();
    let kanban = asked(&settings()[1]);
    let groups: Vec<FieldId> = kanban.group.iter().map(|key| key.field).collect();
    assert_eq!((groups, kanban.tree), (vec![fid(1)], None));
    assert_eq!(kanban.summaries, [Summary { field: fid(6), function: SummaryFunction::Sum }]);
    let by_rank: Vec<FieldId> = kanban.sort.iter().map(|key| key.field).collect();
    assert_eq!(by_rank, [fid(6)]);
    let sorted = View { sort: vec![SortKey { field: fid(0), descending: true }], ..saved(&settings()[1]) };
    assert_eq!(sorted.query().sort, sorted.sort);
    let empty = asked(&json!("kanban"));
    assert!(empty.sort.is_empty() && empty.group.is_empty() && empty.summaries.is_empty());
    // What a view says itself stays with it whatever its kind is, and so is checked.
    let gallery = asked(&settings()[4]);
    assert_eq!((gallery.group.len(), gallery.summaries.len(), gallery.tree), (0, 1, None));
    let grid = asked(&json!("grid"));
    assert_eq!((grid.group.len(), grid.tree), (1, Some(fid(10))));
    let mut base = base(&json!("grid"));
    let mut wrong = saved(&settings()[1]);
    wrong.group[0].field = fid(50);
    let error = base.apply(&Op::UpdateView { table: TASKS, view: wrong }, &NOW).unwrap_err();
    assert_eq!(error.field(), Some("group[0].field"));
}
