//! Windows onto live views: rules S8 to S11 and S14 of docs/spec/socket.md.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value as Json, json};
use skein_base::{
    Command, Snapshot,
    live::{Source, WindowFeed, WindowMessage},
};
use skein_platform::access::View;
use skein_store::FutureExt;
use skein_table::{Query, Value, Viewer, select, write_record_json};
use skein_testkit::{TestDb, until, within};
use skein_types::{FieldId, RecordId, TableId, ViewId};

use crate::world::{Sheet, World, number, text};

/// What a client makes of the messages.
#[derive(Debug, Default, PartialEq)]
struct Client {
    seq: i64,
    total: usize,
    order: Vec<String>,
    rows: BTreeMap<String, Json>,
}

impl Client {
    fn apply(&mut self, message: &WindowMessage) {
        let json = serde_json::to_value(message).unwrap();
        assert_eq!(json["op"], "window", "{json}");
        let seq = json["seq"].as_i64().unwrap();
        assert!(seq >= self.seq, "windows do not go back");
        self.seq = seq;
        self.total = json["total"].as_u64().unwrap() as usize;
        if let Some(order) = json.get("order") {
            self.order = serde_json::from_value(order.clone()).unwrap();
        }
        for (id, cells) in json["rows"].as_object().unwrap() {
            assert!(self.order.contains(id), "only rows of the window are sent");
            self.rows.insert(id.clone(), cells.clone());
        }
        self.rows.retain(|id, _| self.order.contains(id));
        assert_eq!(self.rows.len(), self.order.len(), "the client holds every row of the window");
    }
}

fn expected(snapshot: &Snapshot, table: TableId, query: &Query, offset: usize, limit: usize) -> Client {
    let table = snapshot.table(table).unwrap();
    let all = select(&snapshot.base, table, query, &Viewer::default());
    let window = &all[offset.min(all.len())..(offset + limit).min(all.len())];
    let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
    let row = |&row: &u32| {
        let mut json = String::new();
        write_record_json(&snapshot.base, table, row, &fields, &mut json);
        (table.record_id(row).to_string(), serde_json::from_str(&json).unwrap())
    };
    Client {
        seq: snapshot.seq,
        total: all.len(),
        order: window.iter().map(|&row| table.record_id(row).to_string()).collect(),
        rows: window.iter().map(row).collect(),
    }
}

async fn open(sheet: &Sheet, source: Source, offset: usize, limit: usize) -> WindowFeed {
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    WindowFeed::open(&sheet.node.bases, &granted, sheet.table, source, Viewer::default(), (offset, limit))
        .await
        .unwrap()
}

pub async fn first_view(sheet: &Sheet) -> ViewId {
    sheet.snapshot().await.table(sheet.table).unwrap().def().views[0].id
}

pub async fn set_view(sheet: &Sheet, view: ViewId, patch: Json) {
    let patch = serde_json::from_value(patch).unwrap();
    sheet.run(Command::UpdateView { table: sheet.table, view, patch }).await.unwrap();
}

/// A small generator: the same numbers in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Changes something at random; the records there are after it.
pub async fn edit(sheet: &Sheet, dice: &mut Dice, records: &mut Vec<RecordId>) {
    match dice.roll(10) {
        0..=1 => records.extend(sheet.add(&[("new", dice.roll(40) as f64), ("x", 3.0)]).await),
        2 if records.len() > 3 => {
            let at = dice.roll(records.len());
            let gone = records.swap_remove(at);
            sheet.delete(&[gone]).await.unwrap();
        }
        3 => {
            let table = sheet.snapshot().await.table(sheet.table).unwrap().clone();
            let choice = table.field(sheet.kind).unwrap().kind.choices()[dice.roll(2)].id;
            let record = records[dice.roll(records.len())];
            sheet.set(record, sheet.kind, Value::Choice { c: choice }).await.unwrap();
        }
        4 => {
            sheet.run(Command::Undo).await.unwrap();
            let table = sheet.snapshot().await.table(sheet.table).unwrap().clone();
            *records = table.rows().map(|row| table.record_id(row)).collect();
            if records.is_empty() {
                records.extend(sheet.add(&[("again", 1.0)]).await);
            }
        }
        5 => {
            let name = format!("name {}", dice.roll(5));
            sheet.set(records[dice.roll(records.len())], sheet.name, text(&name)).await.unwrap();
        }
        _ => {
            let record = records[dice.roll(records.len())];
            sheet.set(record, sheet.price, number(dice.roll(40) as f64)).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_applied_in_order_give_the_window_at_their_seq() {
    for seed in 1..=6u64 {
        let world = World::new(TestDb::sqlite(true).await).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let mut records = sheet.add(&vec![("start", 7.0); 30]).await;
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let query: Query = serde_json::from_value(match seed % 3 {
            0 => json!({}),
            1 => json!({"sort": [{"field": sheet.price, "descending": true}, {"field": sheet.name}]}),
            _ => json!({
                "filter": {"field": sheet.price, "op": "gt", "value": 5},
                "sort": [{"field": sheet.price}],
            }),
        })
        .unwrap();
        let (mut offset, mut limit) = (3, 12);
        let mut feed = open(&sheet, Source::Query(query.clone()), offset, limit).await;
        let mut client = Client::default();
        let mut history: BTreeMap<i64, Arc<Snapshot>> = BTreeMap::new();
        let now = sheet.snapshot().await;
        history.insert(now.seq, now);
        for _ in 0..120 {
            if dice.roll(8) == 0 {
                (offset, limit) = (dice.roll(20), 1 + dice.roll(15));
                feed.look((offset, limit)).unwrap();
            }
            edit(&sheet, &mut dice, &mut records).await;
            let now = sheet.snapshot().await;
            history.insert(now.seq, now);
            // Some messages are left to be merged with later ones.
            while dice.roll(3) > 0 {
                let Some(message) = feed.next().now_or_never() else { break };
                client.apply(&message);
                let then = &history[&client.seq];
                assert_eq!(client, expected(then, sheet.table, &query, offset, limit), "seed {seed}");
            }
        }
        let last = sheet.snapshot().await;
        let goal = expected(&last, sheet.table, &query, offset, limit);
        until("the window is the newest", async || {
            while let Some(message) = feed.next().now_or_never() {
                client.apply(&message);
            }
            (client.total, &client.order, &client.rows) == (goal.total, &goal.order, &goal.rows)
        })
        .await;
    }
}

#[tokio::test]
async fn a_window_sends_only_what_differs() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let records = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]).await;
    let view = first_view(&sheet).await;
    let mut feed = open(&sheet, Source::View(view), 0, 2).await;
    let whole = serde_json::to_value(feed.next().await).unwrap();
    assert_eq!(whole["order"], json!([records[0], records[1]]));
    assert_eq!(whole["total"], 4);
    assert_eq!(whole["rows"].as_object().unwrap().len(), 2);
    assert!(feed.next().now_or_never().is_none(), "nothing changed");

    // Outside the window: the client need not hear of it.
    sheet.set(records[3], sheet.price, number(9.0)).await.unwrap();
    sheet.set(records[1], sheet.price, number(8.0)).await.unwrap();
    let one = serde_json::to_value(within("the edit", feed.next()).await).unwrap();
    assert_eq!(one.get("order"), None);
    let changed =
        json!({ records[1].to_string(): {sheet.name.to_string(): "b", sheet.price.to_string(): 8} });
    assert_eq!(one["rows"], changed);

    feed.look((1, 2)).unwrap();
    let moved = serde_json::to_value(feed.next().await).unwrap();
    assert_eq!(moved["order"], json!([records[1], records[2]]));
    assert_eq!(moved["offset"], 1);
    let rows: Vec<&String> = moved["rows"].as_object().unwrap().keys().collect();
    assert_eq!(rows, [&records[2].to_string()], "the other one is held already");
    // Deleted rows before the window move it.
    sheet.delete(&records[..1]).await.unwrap();
    let less = serde_json::to_value(within("the deletion", feed.next()).await).unwrap();
    assert_eq!(less["order"], json!([records[2], records[3]]));
    assert_eq!(less["total"], 3);
}

#[tokio::test]
async fn a_window_follows_its_saved_view() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let records = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]).await;
    let view = first_view(&sheet).await;
    let mut feed = open(&sheet, Source::View(view), 0, 10).await;
    feed.next().await;
    set_view(&sheet, view, json!({"sort": [{"field": sheet.price, "descending": true}]})).await;
    let sorted = serde_json::to_value(within("the new sort", feed.next()).await).unwrap();
    assert_eq!(sorted["order"], json!([records[2], records[1], records[0]]));
    set_view(&sheet, view, json!({"filter": {"field": sheet.price, "op": "gte", "value": 2}})).await;
    let filtered = serde_json::to_value(within("the new filter", feed.next()).await).unwrap();
    assert_eq!(filtered["order"], json!([records[2], records[1]]));
    set_view(&sheet, view, json!({"filter": null})).await;
    let cleared = serde_json::to_value(within("no filter", feed.next()).await).unwrap();
    assert_eq!(cleared["total"], 3);
    // The field it sorts by goes: so does the sort.
    sheet.run(Command::DeleteField { table: sheet.table, field: sheet.price }).await.unwrap();
    let plain = serde_json::to_value(within("the field is gone", feed.next()).await).unwrap();
    assert_eq!(plain["order"], json!(records));
    assert!(plain["rows"].to_string().len() < cleared["rows"].to_string().len() + sorted.to_string().len());
}

#[tokio::test]
async fn a_window_ends_with_its_view_and_its_table() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    sheet.add(&[("a", 1.0)]).await;
    let input = serde_json::from_value(json!({"name": "Mine"})).unwrap();
    let view = sheet.run(Command::CreateView { table: sheet.table, input }).await.unwrap().view.unwrap();
    let mut of_view = open(&sheet, Source::View(view), 0, 10).await;
    let mut of_table = open(&sheet, Source::Query(Query::default()), 0, 10).await;
    of_view.next().await;
    of_table.next().await;
    sheet.run(Command::DeleteView { table: sheet.table, view }).await.unwrap();
    let gone = within("the end", of_view.next()).await;
    assert_eq!(serde_json::to_value(gone).unwrap(), json!({"op": "gone", "code": "view.not_found"}));
    sheet.run(Command::DeleteTable { table: sheet.table }).await.unwrap();
    let gone = within("the end", of_table.next()).await;
    assert_eq!(serde_json::to_value(gone).unwrap(), json!({"op": "gone", "code": "table.not_found"}));
}

#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    let bad = [
        (
            json!({"filter": {"field": sheet.price, "op": "contains", "value": 1}}),
            10,
            "filter",
            "query.invalid",
        ),
        (json!({}), 0, "limit", "view.limit"),
        (json!({}), 1_001, "limit", "view.limit"),
    ];
    for (query, limit, field, code) in bad {
        let source = Source::Query(serde_json::from_value(query).unwrap());
        let refused =
            WindowFeed::open(&sheet.node.bases, &granted, sheet.table, source, Viewer::default(), (0, limit))
                .await;
        let problem = skein_types::Problem::from(refused.err().unwrap());
        assert!(problem.field.unwrap().starts_with(field));
        assert_eq!(problem.code, code);
    }
}
