//! Undo and redo per person.

use serde_json::{Value as Json, json};
use skein_base::{BaseError, Command, Undone};
use skein_table::{Record, Value};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{Problem, RecordId, TableId};

use crate::world::{Node, Sheet, World, number, text};

async fn undo(sheet: &Sheet) -> Undone {
    sheet.run(Command::Undo).await.unwrap().undone.unwrap()
}

async fn redo(sheet: &Sheet) -> Undone {
    sheet.run(Command::Redo).await.unwrap().undone.unwrap()
}

/// Definitions and records, without the number of the next slot: that one never goes back.
async fn shape(sheet: &Sheet) -> Json {
    let mut contents = sheet.contents().await;
    for table in contents.as_array_mut().unwrap() {
        table["def"].as_object_mut().unwrap().remove("next_slot");
    }
    contents
}

#[tokio::test]
async fn a_new_record_goes_again_whatever_is_computed_of_it_but_not_when_others_use_it() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, ben) = (world.member("Ada").await, world.member("Ben").await);
        let sheet = world.base(ada).await;
        let table = sheet.table;
        sheet.add_field(json!({"name": "Twice", "type": "formula", "formula": "1 + 1"})).await;
        sheet.add_field(json!({"name": "No", "type": "auto_number"})).await;
        let link = json!({"name": "Part of", "type": "link", "table": table, "mirror": {"name": "Parts"}});
        let whole = sheet.add_field(link).await;
        let def = sheet.snapshot().await.table(table).unwrap().def().clone();
        let parts = def.fields.iter().find(|field| field.name == "Parts").unwrap().id;
        let old = sheet.add(&[("old", 1.0)]).await[0];
        let count = async || sheet.snapshot().await.table(table).unwrap().len();

        // Made with its other side: the link is part of what was made.
        let parts = (parts, Value::Links { l: [old].into() });
        let new: RecordId = world.node.platform.ids.make();
        let records = vec![Record::new(new, vec![(sheet.name, text("new")), parts])];
        sheet.run(Command::CreateRecords { table, records }).await.unwrap();
        assert_eq!((undo(&sheet).await.skipped, count().await), (0, 1));

        let new = sheet.add(&[("new", 2.0)]).await[0];
        world.share(sheet.base, ben).await;
        sheet.seen(&world.node, ben).set(old, whole, Value::Links { l: [new].into() }).await.unwrap();
        assert_eq!((undo(&sheet).await.skipped, count().await), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_change_can_be_taken_back_and_done_again() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]).await;
        let table = sheet.table;
        let def = sheet.snapshot().await.table(table).unwrap().def().clone();
        let view = def.views[0].id;
        let kind = def.fields.iter().find(|field| field.id == sheet.kind).unwrap().clone();
        let choice = kind.kind.choices()[0].id;
        sheet.set(records[0], sheet.kind, Value::Choice { c: choice }).await.unwrap();
        let from = |json: Json| json;
        let commands = vec![
            Command::UpdateRecords {
                table,
                records: vec![skein_table::Record::new(records[0], vec![(sheet.name, text("z"))])],
            },
            Command::CreateRecords {
                table,
                records: vec![skein_table::Record::new(
                    world.node.platform.ids.make(),
                    vec![(sheet.name, text("new"))],
                )],
            },
            Command::DeleteRecords { table, records: records[..2].to_vec() },
            Command::CreateTable { name: "Second".into(), fields: None },
            Command::UpdateTable {
                table,
                patch: serde_json::from_value(from(json!({"name": "Renamed"}))).unwrap(),
            },
            Command::CreateField {
                table,
                input: serde_json::from_value(json!({"name": "Done", "type": "checkbox"})).unwrap(),
            },
            Command::UpdateField {
                table,
                field: sheet.price,
                patch: serde_json::from_value(json!({"name": "Cost", "precision": 2, "position": 1}))
                    .unwrap(),
            },
            // The choice goes, and with it the cell that held it.
            Command::UpdateField {
                table,
                field: sheet.kind,
                patch: serde_json::from_value(json!({"choices": [{"name": "Other"}]})).unwrap(),
            },
            Command::CreateView { table, input: serde_json::from_value(json!({"name": "Mine"})).unwrap() },
            Command::UpdateView {
                table,
                view,
                patch: serde_json::from_value(
                    json!({"name": "All", "sort": [{"field": sheet.price}], "row_height": "tall", "frozen": 3,
                        "colors": [{"color": "red", "target": {"cell": sheet.price},
                            "filter": {"field": sheet.price, "op": "gt", "value": 1}}],
                        "description": "Everything", "owner": null, "locked": true,
                        "kind": {"type": "kanban", "stack": sheet.kind,
                            "sum": {"field": sheet.price, "function": "sum"}}}),
                )
                .unwrap(),
            },
            Command::DeleteField { table, field: sheet.price },
            Command::DeleteTable { table },
        ];
        for command in commands {
            let said = format!("{command:?}");
            let before = shape(&sheet).await;
            sheet.run(command).await.unwrap();
            let after = shape(&sheet).await;
            assert_ne!(before, after, "{said}");
            assert_eq!(undo(&sheet).await.skipped, 0, "{said}");
            assert_eq!(shape(&sheet).await, before, "undo of {said}");
            assert_eq!(redo(&sheet).await.skipped, 0, "{said}");
            assert_eq!(shape(&sheet).await, after, "redo of {said}");
            assert_eq!(undo(&sheet).await.skipped, 0, "{said}");
            assert_eq!(shape(&sheet).await, before, "second undo of {said}");
            // What is in memory is what is stored.
            let node = Node::new(&world.test, world.test.another().await, world.clock.clone());
            assert_eq!(shape(&sheet.seen(&node, owner)).await, before, "stored after {said}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_takes_back_ones_own_changes_and_leaves_those_of_others() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
    let ada = world.base(ada).await;
    world.share(ada.base, bob).await;
    let bob = ada.seen(&world.node, bob);
    let records = ada.add(&[("a", 1.0), ("b", 2.0)]).await;

    // Each takes back their own last change, whatever came after it.
    ada.set(records[0], ada.name, text("by Ada")).await.unwrap();
    bob.set(records[1], bob.name, text("by Bob")).await.unwrap();
    assert_eq!(undo(&ada).await.kind, "update_records");
    assert_eq!(ada.get(records[0], ada.name).await, text("a"));
    assert_eq!(ada.get(records[1], ada.name).await, text("by Bob"));

    // A cell somebody wrote over stays; the others go back.
    let both = [(records[0], number(10.0)), (records[1], number(20.0))];
    let update = both.map(|(id, value)| skein_table::Record::new(id, vec![(ada.price, value)]));
    ada.run(Command::UpdateRecords { table: ada.table, records: update.to_vec() }).await.unwrap();
    bob.set(records[1], bob.price, number(99.0)).await.unwrap();
    assert_eq!(undo(&ada).await.skipped, 1);
    assert_eq!(ada.get(records[0], ada.price).await, number(1.0));
    assert_eq!(ada.get(records[1], ada.price).await, number(99.0));

    // A record somebody else went on with is not taken away from them.
    let more = ada.add(&[("mine", 1.0), ("theirs", 2.0)]).await;
    bob.set(more[1], bob.price, number(5.0)).await.unwrap();
    assert_eq!(undo(&ada).await.skipped, 1);
    let table = ada.snapshot().await.table(ada.table).unwrap().clone();
    assert!(table.row(more[0]).is_none() && table.row(more[1]).is_some());

    // Bob has three changes of his own.
    for _ in 0..3 {
        undo(&bob).await;
    }
    assert!(matches!(bob.run(Command::Undo).await, Err(BaseError::NothingToUndo)));
    let problem = Problem::from(bob.run(Command::Undo).await.unwrap_err());
    assert_eq!((problem.status, problem.code.as_str()), (409, "undo.nothing"));
}

#[tokio::test]
async fn deleted_records_come_back_as_they_were_even_when_their_field_is_gone() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let other = world.member("Bob").await;
    let sheet = world.base(owner).await;
    world.share(sheet.base, other).await;
    let bob = sheet.seen(&world.node, other);
    let records = sheet.add(&[("a", 1.0), ("b", 2.0)]).await;
    sheet.delete(&records).await.unwrap();
    bob.run(Command::DeleteField { table: bob.table, field: bob.price }).await.unwrap();
    let undone = undo(&sheet).await;
    assert_eq!(undone.skipped, 2, "the two prices have no field");
    assert_eq!(sheet.get(records[0], sheet.name).await, text("a"));
    // The field comes back without what the records held: they were gone when it was deleted.
    undo(&bob).await;
    assert_eq!(sheet.get(records[0], sheet.price).await, Value::Null);
}

#[tokio::test]
async fn a_new_change_ends_redo_and_a_restart_forgets_nothing() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0)]).await;
        for n in 2..5u32 {
            sheet.set(records[0], sheet.price, number(f64::from(n))).await.unwrap();
        }
        undo(&sheet).await;
        undo(&sheet).await;
        let node = Node::new(&world.test, world.test.another().await, world.clock.clone());
        let again = sheet.seen(&node, owner);
        redo(&again).await;
        assert_eq!(again.get(records[0], sheet.price).await, number(3.0));
        undo(&again).await;
        undo(&again).await;
        assert_eq!(again.get(records[0], sheet.price).await, number(1.0));
        again.set(records[0], sheet.price, number(50.0)).await.unwrap();
        let problem = Problem::from(again.run(Command::Redo).await.unwrap_err());
        assert_eq!((problem.status, problem.code.as_str()), (409, "redo.nothing"));
        undo(&again).await;
        assert_eq!(again.get(records[0], sheet.price).await, number(1.0));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_was_taken_meanwhile_gets_a_number() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let other = world.member("Bob").await;
    let sheet = world.base(owner).await;
    world.share(sheet.base, other).await;
    let bob = sheet.seen(&world.node, other);
    sheet.run(Command::CreateTable { name: "Sites".into(), fields: None }).await.unwrap();
    let sites: TableId = sheet.snapshot().await.base.tables().last().unwrap().def().id;
    sheet.run(Command::DeleteTable { table: sites }).await.unwrap();
    bob.run(Command::CreateTable { name: "sites".into(), fields: None }).await.unwrap();
    undo(&sheet).await;
    let back = sheet.snapshot().await.table(sites).unwrap().def().name.clone();
    assert_eq!(back, "Sites 2");
}

#[tokio::test]
async fn a_view_moved_back_keeps_what_others_made_of_it() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let other = world.member("Bob").await;
    let sheet = world.base(owner).await;
    world.share(sheet.base, other).await;
    let bob = sheet.seen(&world.node, other);
    let table = sheet.table;
    let input = json!({"name": "Mine", "filter": {"field": sheet.price, "op": "gte", "value": 1}});
    let input = serde_json::from_value(input).unwrap();
    let view = sheet.run(Command::CreateView { table, input }).await.unwrap().view.unwrap();
    let edit = |patch: Json| {
        let patch = serde_json::from_value(patch).unwrap();
        Command::UpdateView { table, view, patch }
    };
    sheet.run(edit(json!({"position": 0}))).await.unwrap();
    bob.run(edit(json!({"name": "Bob's", "filter": null}))).await.unwrap();
    bob.run(Command::DeleteField { table, field: sheet.price }).await.unwrap();
    assert_eq!(undo(&sheet).await.skipped, 0);
    let views = sheet.snapshot().await.table(table).unwrap().def().views.clone();
    assert_eq!((views[1].id, views[1].name.as_str(), views[1].filter.is_none()), (view, "Bob's", true));
    // It is Bob's work as well now, so it is not taken away.
    assert_eq!(undo(&sheet).await.skipped, 1);
    assert!(sheet.snapshot().await.table(table).unwrap().view(view).is_some());
}

#[tokio::test]
async fn a_deleted_view_comes_back_without_the_filter_on_a_field_that_is_gone() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let table = sheet.table;
    let input = json!({"name": "Mine", "filter": {"field": sheet.price, "op": "gte", "value": 1}});
    let input = serde_json::from_value(input).unwrap();
    let view = sheet.run(Command::CreateView { table, input }).await.unwrap().view.unwrap();
    let other = world.member("Bob").await;
    world.share(sheet.base, other).await;
    let bob = sheet.seen(&world.node, other);
    sheet.run(Command::DeleteView { table, view }).await.unwrap();
    bob.run(Command::DeleteField { table, field: sheet.price }).await.unwrap();
    assert_eq!(undo(&sheet).await.skipped, 0);
    assert!(sheet.snapshot().await.table(table).unwrap().view(view).unwrap().filter.is_none());
}
