//! Bringing tables and records back to an earlier moment.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use proptest::{prelude::*, test_runner::Config};
use serde_json::{Value as Json, json};
use skein_base::Command;
use skein_table::{Record, Value};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{FieldId, RecordId};

use crate::{
    http::setting_on,
    world::{Sheet, World, number, text},
};

#[tokio::test]
async fn a_record_goes_back_to_a_moment_whole_or_by_field() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet, client) = setting_on(test).await;
        let record = sheet.add(&[("one", 1.0)]).await[0];
        let before = sheet.snapshot().await.seq;
        sheet.set(record, sheet.price, number(2.0)).await.unwrap();
        sheet.set(record, sheet.name, text("uno")).await.unwrap();
        let path = format!("/records/{record}");
        let preview =
            client.ok(Method::POST, &format!("{path}/restore-preview"), json!({"to": before})).await;
        let cells = preview["changes"][0]["examples"][0]["cells"].as_array().unwrap();
        assert_eq!((cells.len(), &preview["lost"]), (2, &json!(0)));
        assert_eq!((&cells[0]["before"], &cells[0]["after"]), (&json!("uno"), &json!("one")));
        assert_eq!(sheet.get(record, sheet.name).await, text("uno"), "a preview changes nothing");

        let one = json!({"to": before, "fields": [sheet.price]});
        client.ok(Method::POST, &format!("{path}/restore"), one).await;
        assert_eq!(sheet.get(record, sheet.price).await, number(1.0));
        assert_eq!(sheet.get(record, sheet.name).await, text("uno"));
        client.ok(Method::POST, &format!("{path}/restore"), json!({"to": before})).await;
        assert_eq!(sheet.get(record, sheet.name).await, text("one"));
        let history = client.get(&format!("{path}/history")).await;
        assert_eq!(history["items"][0]["via"], "restore");
        sheet.run(Command::Undo).await.unwrap();
        assert_eq!(sheet.get(record, sheet.name).await, text("uno"));

        // Deleted, it comes back; before it was made, it was not there.
        sheet.delete(&[record]).await.unwrap();
        client.ok(Method::POST, &format!("{path}/restore"), json!({"to": before})).await;
        assert_eq!(sheet.get(record, sheet.name).await, text("one"));
        for (moment, status, code) in [
            (json!({"to": before - 1}), StatusCode::CONFLICT, "restore.not_there"),
            (json!({"to": 99_999}), StatusCode::UNPROCESSABLE_ENTITY, "restore.moment"),
            (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "restore.moment"),
        ] {
            let (answer, problem) = client.send(Method::POST, &format!("{path}/restore"), moment).await;
            assert_eq!((answer, problem["code"].as_str().unwrap()), (status, code));
        }
    })
    .await;
}

#[tokio::test]
async fn a_table_goes_back_and_what_came_later_goes_to_the_trash() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet, client) = setting_on(test).await;
        let base = format!("/bases/{}", sheet.base);
        let old = sheet.add(&[("one", 1.0), ("two", 2.0), ("three", 3.0)]).await;
        let visits = json!({"name": "Visits", "fields": [{"name": "What", "type": "text"},
            {"name": "Where", "type": "link", "table": sheet.table, "multiple": true}]});
        let visits = client.ok(Method::POST, &format!("{base}/tables"), visits).await;
        let there = format!("{base}/tables/{}/records", visits["table"]["id"].as_str().unwrap());
        let visit = json!({"records": [{"fields": {"What": "check", "Where": [old[0], old[1]]}}]});
        let visit = client.ok(Method::POST, &format!("{there}?by=name"), visit).await;
        let visit = visit["records"][0]["id"].as_str().unwrap().to_owned();
        let moment = sheet.snapshot().await.seq;

        sheet.delete(&[old[0]]).await.unwrap();
        sheet.set(old[1], sheet.price, number(20.0)).await.unwrap();
        let new = sheet.add(&[("four", 4.0)]).await[0];
        let later = sheet.add_field(json!({"name": "Later", "type": "text"})).await;
        sheet.set(old[2], later, text("kept")).await.unwrap();
        let preview = client.ok(Method::POST, "/restore-preview", json!({"to": moment})).await;
        let counts: BTreeMap<&str, i64> = preview["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["table"] == json!(sheet.table))
            .map(|line| (line["kind"].as_str().unwrap(), line["records"].as_i64().unwrap()))
            .collect();
        let wanted = [("create_records", 1), ("update_records", 1), ("delete_records", 1)];
        assert_eq!(counts, BTreeMap::from(wanted));

        let before = sheet.contents().await;
        client.ok(Method::POST, "/restore", json!({"to": moment})).await;
        assert_eq!(sheet.get(old[0], sheet.name).await, text("one"));
        assert_eq!(sheet.get(old[1], sheet.price).await, number(2.0));
        assert_eq!(sheet.get(old[2], later).await, text("kept"), "the field was not there then");
        assert_eq!(sheet.get(new, sheet.name).await, Value::Null);
        let linked = client.get(&format!("{there}/{visit}")).await;
        let links = linked["fields"].as_object().unwrap().values().find(|cell| cell.is_array()).unwrap();
        assert_eq!(links.as_array().unwrap().len(), 2, "{linked}");
        let trash = client.get(&format!("{base}/trash")).await;
        let items = trash["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "what came back has left the trash: {trash}");
        assert_eq!((&items[0]["id"], &items[0]["name"]), (&json!(new), &json!("four")));

        sheet.run(Command::Undo).await.unwrap();
        let after = sheet.contents().await;
        assert_eq!(after[0]["records"], before[0]["records"], "it is a change like others");
    })
    .await;
}

#[derive(Clone, Debug)]
enum Step {
    Add(u8),
    Set(u8, u8, u8),
    Delete(u8),
    AddField,
    DeleteField(u8),
    Choices,
    Undo,
    Redo,
    Restore(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<u8>().prop_map(Step::Add),
        8 => any::<(u8, u8, u8)>().prop_map(|(record, field, value)| Step::Set(record, field, value)),
        3 => any::<u8>().prop_map(Step::Delete),
        1 => Just(Step::AddField),
        1 => any::<u8>().prop_map(Step::DeleteField),
        1 => Just(Step::Choices),
        2 => Just(Step::Undo),
        1 => Just(Step::Redo),
        1 => any::<u8>().prop_map(Step::Restore),
    ]
}

/// Cells of every record by field.
type Cells = BTreeMap<RecordId, BTreeMap<FieldId, Value>>;

struct Play {
    sheet: Sheet,
    link: FieldId,
    /// Every state by its sequence number.
    states: Vec<(i64, Cells)>,
}

impl Play {
    async fn cells(&self) -> (i64, Cells) {
        let snapshot = self.sheet.snapshot().await;
        let table = snapshot.table(self.sheet.table).unwrap();
        let cells = table.rows().map(|row| {
            let record = table.record(row);
            let real = record.cells.into_iter().filter(|(_, value)| *value != Value::Bool { b: false });
            (record.id, real.collect())
        });
        (snapshot.seq, cells.collect())
    }

    fn value(kind: &str, n: u8, records: &[RecordId]) -> Value {
        match kind {
            "number" => number(f64::from(n)),
            "link" if records.is_empty() || n.is_multiple_of(5) => Value::Null,
            "link" => {
                let mut l = vec![records[n as usize % records.len()]];
                let other = records[n as usize / 2 % records.len()];
                if other != l[0] {
                    l.push(other);
                }
                Value::Links { l: l.into() }
            }
            "text" if n.is_multiple_of(4) => Value::Null,
            _ => text(&format!("v{n}")),
        }
    }

    async fn take(&mut self, step: &Step) {
        let sheet = &self.sheet;
        let table = sheet.table;
        let records: Vec<RecordId> = self.states.last().unwrap().1.keys().copied().collect();
        let def = sheet.snapshot().await.table(table).unwrap().def().clone();
        let pick = |n: u8| (!records.is_empty()).then(|| records[n as usize % records.len()]);
        let command = match step {
            Step::Add(n) => {
                let cells = vec![(sheet.name, text(&format!("r{n}"))), (sheet.price, number(f64::from(*n)))];
                let record = Record::new(sheet.node.platform.ids.make(), cells);
                Some(Command::CreateRecords { table, records: vec![record] })
            }
            Step::Set(record, field, n) => pick(*record).map(|id| {
                let field = &def.fields[*field as usize % def.fields.len()];
                let kind = field.kind.type_name();
                let value = match (kind, field.kind.choices()) {
                    ("select", []) => Value::Null,
                    ("select", choices) => Value::Choice { c: choices[*n as usize % choices.len()].id },
                    ("date", _) => Value::Date { d: i64::from(*n) * 86_400_000 },
                    _ => Self::value(kind, *n, &records),
                };
                Command::UpdateRecords { table, records: vec![Record::new(id, vec![(field.id, value)])] }
            }),
            Step::Delete(n) => pick(*n).map(|id| Command::DeleteRecords { table, records: vec![id] }),
            Step::AddField => {
                let input = json!({"name": format!("F{}", def.next_slot), "type": "text"});
                Some(Command::CreateField { table, input: serde_json::from_value(input).unwrap() })
            }
            Step::DeleteField(n) => {
                let field = def.fields[*n as usize % def.fields.len()].id;
                (field != sheet.name && field != self.link).then_some(Command::DeleteField { table, field })
            }
            Step::Choices => def.fields.iter().find(|field| field.id == sheet.kind).map(|field| {
                let kept: Vec<Json> = field
                    .kind
                    .choices()
                    .iter()
                    .skip(1)
                    .map(|c| json!({"id": c.id, "name": c.name}))
                    .collect();
                let name = format!("C{}", self.states.len());
                let choices: Vec<Json> = kept.into_iter().chain([json!({"name": name})]).collect();
                let patch = serde_json::from_value(json!({"choices": choices})).unwrap();
                Command::UpdateField { table, field: sheet.kind, patch }
            }),
            Step::Undo => Some(Command::Undo),
            Step::Redo => Some(Command::Redo),
            Step::Restore(n) => {
                let to = self.states[*n as usize % self.states.len()].0;
                self.restore(to).await;
                None
            }
        };
        if let Some(command) = command {
            // Some make no sense by now, such as a redo of nothing.
            let _ = self.sheet.run(command).await;
        }
        self.states.push(self.cells().await);
    }

    async fn restore(&self, to: i64) {
        let moment = skein_base::Moment { to: Some(to), ..Default::default() };
        let open = self.sheet.open().await;
        let (base, table) = (self.sheet.base, self.sheet.table);
        let wanted =
            open.snapshot().past(&self.sheet.node.platform, base, (table, None), &moment).await.unwrap();
        self.sheet.run(Command::Restore(wanted)).await.unwrap();
    }

    /// What a state is worth with today's fields: links and choices to what is gone cannot come back.
    async fn expected(&self, cells: &Cells, to: i64) -> Cells {
        let snapshot = self.sheet.snapshot().await;
        let def = snapshot.table(self.sheet.table).unwrap().def().clone();
        let born = |field: FieldId| {
            // A field made after the moment keeps its cells; those are not compared.
            self.states
                .iter()
                .any(|(seq, cells)| *seq <= to && cells.values().any(|row| row.contains_key(&field)))
        };
        let mut expected = cells.clone();
        for row in expected.values_mut() {
            row.retain(|field, value| {
                let Some(field) = def.fields.iter().find(|one| one.id == *field) else { return false };
                born(field.id)
                    && match value {
                        Value::Choice { c } => field.kind.choices().iter().any(|choice| choice.id == *c),
                        _ => true,
                    }
            });
        }
        expected
    }
}

fn comparable(cells: &Cells, fields: &[FieldId]) -> Cells {
    let row = |row: &BTreeMap<FieldId, Value>| {
        row.iter().filter(|(field, _)| fields.contains(field)).map(|(f, v)| (*f, v.clone())).collect()
    };
    cells.iter().map(|(id, cells)| (*id, row(cells))).collect()
}

proptest! {
    #![proptest_config(Config { cases: 24, ..Config::default() })]
    #[test]
    fn restoring_a_table_gives_the_values_of_that_moment(
        steps in proptest::collection::vec(step(), 1..40), moment: u8,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(TestDb::sqlite(true).await).await;
            let owner = world.member("Ada").await;
            let sheet = world.base(owner).await;
            let link = json!({"name": "Next", "type": "link", "table": sheet.table, "multiple": true});
            let link = sheet.add_field(link).await;
            let mut play = Play { sheet, link, states: Vec::new() };
            play.states.push(play.cells().await);
            for step in &steps {
                play.take(step).await;
            }
            let (to, then) = play.states[moment as usize % play.states.len()].clone();
            let before = play.cells().await.1;
            play.restore(to).await;
            let now = play.cells().await.1;
            // Fields made later keep their cells: the first four are compared.
            let fields = [play.sheet.name, play.sheet.price, play.sheet.kind, play.link];
            let expected = play.expected(&then, to).await;
            assert_eq!(comparable(&now, &fields), comparable(&expected, &fields), "{steps:?} to {to}");
            if play.sheet.snapshot().await.seq > play.states.last().unwrap().0 {
                play.sheet.run(Command::Undo).await.unwrap();
            }
            assert_eq!(comparable(&play.cells().await.1, &fields), comparable(&before, &fields), "undone");
        });
    }
}
