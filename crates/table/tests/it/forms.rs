//! Forms: which questions are shown, what is refused, and what goes when fields do.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use skein_table::{Base, Field, Op, TableDef, Value, View, ViewKind, value_from_json};
use skein_types::{FieldId, TableId, ViewId};

use crate::state::{NOW, dump};

const TABLE: TableId = TableId::from_bits(1);

fn cases() -> Json {
    serde_json::from_str(include_str!("form_cases.json")).unwrap()
}

fn fields() -> Vec<Field> {
    serde_json::from_value(cases()["fields"].clone()).unwrap()
}

fn fid(n: u128) -> FieldId {
    FieldId::from_bits(n)
}

fn view(kind: &Json) -> View {
    View { kind: serde_json::from_value(kind.clone()).unwrap(), ..View::new(ViewId::from_bits(1), "Ask") }
}

fn base(kind: &Json) -> Base {
    let def = TableDef {
        id: TABLE,
        name: "Answers".into(),
        next_slot: 20,
        fields: fields(),
        views: vec![view(kind)],
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    base
}

fn ask(questions: &[Json]) -> Json {
    json!({"type": "form", "theme": "blue", "pages": [{"items": questions}]})
}

fn question(field: u128) -> Json {
    json!({"type": "question", "field": fid(field)})
}

fn shown(kind: &Json, answers: &HashMap<FieldId, Value>) -> Vec<FieldId> {
    let ViewKind::Form(form) = view(kind).kind else { panic!("a form") };
    form.shown(&fields(), answers).iter().map(|question| question.field).collect()
}

#[test]
fn conditions_hold_as_the_table_of_cases_says() {
    for case in cases()["cases"].as_array().unwrap() {
        let asked = fid(u128::from(case["field"].as_u64().unwrap()));
        let condition = json!({"field": asked, "op": case["op"], "value": case["value"]});
        let mut why = question(7);
        why["show"] = condition;
        let kind = ask(&[question(case["field"].as_u64().unwrap().into()), why]);
        base(&kind);
        let field = fields().into_iter().find(|field| field.id == asked).unwrap();
        let answer = case.get("answer").map(|json| value_from_json(&field, json).unwrap());
        let answers = answer.into_iter().map(|value| (asked, value)).collect();
        assert_eq!(shown(&kind, &answers).contains(&fid(7)), case["holds"] == true, "{case}");
    }
}

#[test]
fn what_is_not_shown_counts_as_not_answered() {
    let mut age = question(2);
    age["show"] = json!({"field": fid(1), "op": "not_empty"});
    let mut why = question(7);
    why["show"] = json!({"field": fid(2), "op": "gt", "value": 1});
    let kind = ask(&[question(1), age, why]);
    let mut answers = HashMap::from([(fid(2), Value::Number { n: 5.0 })]);
    assert_eq!(shown(&kind, &answers), [fid(1)]);
    answers.insert(fid(1), Value::Text { t: "x".into() });
    assert_eq!(shown(&kind, &answers), [fid(1), fid(2), fid(7)]);
    let pages = json!({"type": "form", "theme": "blue", "pages": [
        {"items": [question(6)]},
        {"show": {"field": fid(6), "op": "is", "value": true}, "items": [question(1)]},
        {"items": [question(2)]},
    ]});
    assert_eq!(shown(&pages, &HashMap::new()), [fid(6), fid(2)]);
    let yes = HashMap::from([(fid(6), Value::Bool { b: true })]);
    assert_eq!(shown(&pages, &yes), [fid(6), fid(1), fid(2)]);
}

#[test]
fn refusals_name_the_place() {
    let with = |field: u128, key: &str, value: Json| {
        let mut one = question(field);
        one[key] = value;
        one
    };
    let on = |field: u128, op: &str, value: Json| json!({"field": fid(field), "op": op, "value": value});
    let deep = (0..9).fold(on(1, "is", json!("x")), |inner, _| json!({"and": [inner]}));
    let many = vec![on(1, "is", json!("x")); 51];
    let show = "kind.pages[0].items[1].show";
    let cases = [
        (ask(&[question(40)]), "field.unknown", "kind.pages[0].items[0].field"),
        (ask(&[question(1), question(1)]), "input.repeated", "kind.pages[0].items[1].field"),
        (ask(&[with(1, "label", json!("x".repeat(501)))]), "field.options", "kind.pages[0].items[0].label"),
        (
            ask(&[with(3, "choices", json!(["opt_00000000000000000000000009"]))]),
            "choice.unknown",
            "kind.pages[0].items[0].choices",
        ),
        (ask(&[question(1), with(2, "show", on(7, "is", json!("x")))]), "field.options", show),
        (ask(&[question(1), with(2, "show", on(2, "is", json!(1)))]), "field.options", show),
        (ask(&[question(1), with(2, "show", on(1, "gt", json!("x")))]), "field.options", show),
        (ask(&[question(1), with(2, "show", on(1, "is", json!({"field": fid(7)})))]), "field.options", show),
        (
            ask(&[question(5), with(2, "show", on(5, "is", json!({"relative": "today"})))]),
            "field.options",
            show,
        ),
        (ask(&[question(1), with(2, "show", deep)]), "field.options", show),
        (ask(&[question(1), with(2, "show", json!({"or": many}))]), "field.options", show),
        (
            json!({"type": "form", "theme": "blue", "pages": vec![json!({}); 101]}),
            "field.options",
            "kind.pages",
        ),
        (
            json!({"type": "form", "thanks": {"link": "javascript:alert(1)"}}),
            "field.options",
            "kind.thanks.link",
        ),
    ];
    let mut base = base(&ask(&[]));
    let before = dump(&base);
    for (kind, code, place) in cases {
        let error = base.apply(&Op::UpdateView { table: TABLE, view: view(&kind) }, &NOW).expect_err(place);
        assert_eq!((error.code(), error.field()), (code, Some(place)), "{kind}");
        assert_eq!(dump(&base), before);
    }
}

#[test]
fn a_question_goes_with_its_field_and_comes_back_with_it() {
    let mut why = question(7);
    why["show"] = json!({"and": [
        {"field": fid(3), "op": "any_of", "value": ["opt_00000000000000000000000001", "opt_00000000000000000000000002"]},
        {"field": fid(2), "op": "gt", "value": 1},
    ]});
    let mut kind = question(3);
    kind["choices"] = json!(["opt_00000000000000000000000001"]);
    let form = ask(&[question(2), kind, why]);
    let left = |base: &Base| serde_json::to_value(&base.table(TABLE).unwrap().def().views[0].kind).unwrap();
    let mut base = base(&form);
    let before = dump(&base);
    let removed = base.apply(&Op::DeleteField { table: TABLE, field: fid(2) }, &NOW).unwrap();
    let items = left(&base)["pages"][0]["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 2);
    assert_eq!(items[1]["show"]["and"].as_array().unwrap().len(), 1);
    for inverse in &removed.inverse {
        base.apply(inverse, &NOW).unwrap();
    }
    assert_eq!(dump(&base), before);
    let mut select = fields()[2].clone();
    select.kind = serde_json::from_value(json!({"type": "select", "choices": [
        {"id": "opt_00000000000000000000000002", "code": 2, "name": "Power", "color": "green"}]}))
    .unwrap();
    base.apply(&Op::UpdateField { table: TABLE, field: select }, &NOW).unwrap();
    let items = left(&base)["pages"][0]["items"].clone();
    assert_eq!(items[1]["choices"], json!([]), "a choice that is gone does not offer all others");
    assert_eq!(items[2]["show"]["and"][0]["value"], json!(["opt_00000000000000000000000002"]));
}
