//! Pages of records under edits: who did not change comes exactly once.

use std::collections::{HashMap, HashSet};

use serde_json::{Value as Json, json};
use skein_base::{Command, ListQuery, Snapshot};
use skein_table::{Record, Value, Viewer};
use skein_testkit::TestDb;
use skein_types::{FieldId, RecordId};

use crate::world::{Sheet, World, number, text};

/// A small generator: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
    fn name(&mut self) -> String {
        const NAMES: [&str; 7] = ["", "goose", "Goose", "雁", "item 2", "item 10", "ä"];
        NAMES[self.below(NAMES.len())].to_owned()
    }
}

/// Changes some records at random between two pages; those that were changed.
async fn edit(sheet: &Sheet, parent: FieldId, dice: &mut Dice, alive: &mut Vec<RecordId>) -> Vec<RecordId> {
    let mut changed = Vec::new();
    for _ in 0..=dice.below(3) {
        let at = dice.below(alive.len());
        let record = alive[at];
        match dice.below(5) {
            0 => {
                let name = dice.name();
                let made = sheet.add(&[(name.as_str(), dice.below(5) as f64)]).await;
                changed.extend(&made);
                alive.extend(made);
                continue;
            }
            1 if alive.len() > 10 => {
                alive.swap_remove(at);
                sheet.delete(&[record]).await.unwrap();
            }
            2 => drop(sheet.set(record, sheet.price, number(dice.below(5) as f64)).await.unwrap()),
            3 => {
                let l = [alive[dice.below(alive.len())]].into();
                sheet.set(record, parent, Value::Links { l }).await.unwrap();
            }
            _ => {
                let name = dice.name();
                let value = if name.is_empty() { Value::Null } else { text(&name) };
                sheet.set(record, sheet.name, value).await.unwrap();
            }
        }
        changed.push(record);
    }
    changed
}

/// Those whose place follows from a changed record: they link to it.
fn followers(
    sheet: &Sheet,
    snapshot: &Snapshot,
    parent: FieldId,
    changed: &HashSet<RecordId>,
) -> HashSet<RecordId> {
    let table = snapshot.table(sheet.table).unwrap();
    let follows = |row: &u32| match table.get(*row, parent) {
        Value::Links { l } => l.iter().any(|linked| changed.contains(linked)),
        _ => false,
    };
    table.rows().filter(follows).map(|row| table.record_id(row)).collect()
}

#[tokio::test]
async fn no_record_that_did_not_change_is_missed_or_comes_twice() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let input = json!({"name": "Parent", "type": "link", "table": sheet.table});
    let parent = sheet.add_field(input).await;
    let dice = &mut Dice(0x5eed);
    let rows: Vec<Record> = (0..60)
        .map(|_| {
            let mut cells = vec![(sheet.price, number(dice.below(5) as f64))];
            let name = dice.name();
            if !name.is_empty() {
                cells.push((sheet.name, text(&name)));
            }
            Record::new(world.node.platform.ids.make(), cells)
        })
        .collect();
    let mut alive: Vec<RecordId> = rows.iter().map(|record| record.id).collect();
    sheet.run(Command::CreateRecords { table: sheet.table, records: rows }).await.unwrap();
    let key = |field: FieldId, descending: bool| json!({"field": field, "descending": descending});
    let sorts: [Json; 7] = [
        json!([]),
        json!([key(sheet.name, false)]),
        json!([key(sheet.name, true), key(sheet.price, false)]),
        json!([key(sheet.price, true)]),
        json!([key(sheet.kind, false), key(sheet.price, false)]),
        json!([key(parent, false), key(sheet.price, true)]),
        json!([key(parent, true)]),
    ];
    for round in 0..70 {
        let sort = &sorts[round % sorts.len()];
        let filter = (round % 2 == 1).then(|| json!({"field": sheet.price, "op": "lt", "value": 4}));
        let wanted = |cursor| ListQuery {
            sort: Some(serde_json::from_value(sort.clone()).unwrap()),
            filter: filter.clone().map(|filter| serde_json::from_value(filter).unwrap()),
            limit: Some(7),
            cursor,
            ..ListQuery::default()
        };
        let before: HashSet<RecordId> = alive.iter().copied().collect();
        let (mut seen, mut changed): (HashMap<RecordId, usize>, HashSet<RecordId>) = Default::default();
        let mut cursor = None;
        loop {
            let snapshot = sheet.snapshot().await;
            let page = snapshot.list(sheet.table, wanted(cursor), Viewer::default()).await.unwrap();
            for item in &page.items {
                *seen.entry(item.id).or_default() += 1;
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            changed.extend(edit(&sheet, parent, dice, &mut alive).await);
            // What is called otherwise now, or gone, changes where those stand that link or linked to it.
            for snapshot in [snapshot, sheet.snapshot().await] {
                changed.extend(followers(&sheet, &snapshot, parent, &changed));
            }
        }
        let snapshot = sheet.snapshot().await;
        let all = ListQuery { limit: Some(1_000), ..wanted(None) };
        let fits = snapshot.list(sheet.table, all, Viewer::default()).await.unwrap();
        let fits: HashSet<RecordId> = fits.items.iter().map(|item| item.id).collect();
        for record in before.difference(&changed) {
            let times = usize::from(fits.contains(record));
            assert_eq!(seen.get(record).copied().unwrap_or(0), times, "round {round}: {record} by {sort}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_for_the_query_it_came_from() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    sheet.add(&[("a", 1.0), ("b", 2.0)]).await;
    let snapshot = sheet.snapshot().await;
    let list = |wanted: ListQuery| snapshot.list(sheet.table, wanted, Viewer::default());
    let first = ListQuery { limit: Some(1), ..ListQuery::default() };
    let cursor = list(first.clone()).await.unwrap().next;
    let sort = serde_json::from_value(json!([{"field": sheet.price}])).unwrap();
    for wanted in [
        ListQuery { cursor: cursor.clone(), sort: Some(sort), ..first.clone() },
        ListQuery { cursor: cursor.map(|text| text.replace("after-", "after-f")), ..first.clone() },
        ListQuery { cursor: Some("after-7b7d".into()), ..first },
    ] {
        let error = list(wanted).await.unwrap_err().to_string();
        assert!(error.contains("cursor of the page before"), "{error}");
    }
}
