//! Bases as resources: made, copied and deleted through the drive.

use serde_json::json;
use skein_base::{
    Command,
    live::{BaseFeed, BaseMessage, Source, WindowFeed, WindowMessage},
};
use skein_platform::{access::View, drive};
use skein_store::params;
use skein_table::{Query, Value};
use skein_testkit::{TestDb, on_each_database, within};

use crate::world::{Sheet, World, new_base};

#[tokio::test]
async fn a_new_base_speaks_the_language_of_its_maker() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        for (language, table, name) in
            [("en", "Table 1", "Name"), ("zh", "数据表 1", "名称"), ("ja", "テーブル 1", "名前")]
        {
            let member = world.member_speaking("Ada", language).await;
            let ctx = world.node.ctx(world.org, member);
            let id = new_base(&ctx).await;
            let granted = ctx.authorize::<View>(id).await.unwrap();
            let snapshot = world.node.bases.open(&granted).await.unwrap().snapshot();
            let def = snapshot.base.tables().next().unwrap().def().clone();
            assert_eq!((def.name.as_str(), def.fields[0].name.as_str()), (table, name));
            assert_eq!(snapshot.base.tables().next().unwrap().len(), 0);
            assert_eq!(def.views.len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_copy_has_everything_under_ids_of_its_own() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0), ("b", 2.0)]).await;
        let def = sheet.snapshot().await.table(sheet.table).unwrap().def().clone();
        let choice = def.fields.iter().find(|field| field.id == sheet.kind).unwrap().kind.choices()[1].id;
        sheet.set(records[1], sheet.kind, Value::Choice { c: choice }).await.unwrap();
        let patch = json!({
            "filter": {"field": sheet.kind, "op": "is", "value": choice},
            "sort": [{"field": sheet.price}],
            "fields": [{"field": sheet.price, "hidden": true}],
        });
        let patch = serde_json::from_value(patch).unwrap();
        sheet.run(Command::UpdateView { table: sheet.table, view: def.views[0].id, patch }).await.unwrap();

        let copy = drive::duplicate(&sheet.ctx, sheet.base).await.unwrap().id;
        let granted = sheet.ctx.authorize::<View>(copy).await.unwrap();
        let copied = world.node.bases.open(&granted).await.unwrap().snapshot();
        let original = sheet.snapshot().await;
        let (old, new) = (original.base.tables().next().unwrap(), copied.base.tables().next().unwrap());
        assert_eq!(old.def().name, new.def().name);
        assert_eq!(new.len(), 2);
        let ids = |json: serde_json::Value| {
            let text = json.to_string();
            let ids = text.split('"').filter(|part| part.len() == 30 && part.as_bytes()[3] == b'_');
            ids.map(str::to_owned).collect::<std::collections::HashSet<_>>()
        };
        let (mine, theirs) = (ids(json!(old.def())), ids(json!(new.def())));
        assert!(mine.is_disjoint(&theirs), "no id is shared");
        let view = &new.def().views[0];
        let query = Query { filter: view.filter.clone(), ..Query::default() };
        let shown = skein_table::select(&copied.base, new, &query, &skein_table::Viewer::default());
        assert_eq!(shown.len(), 1);
        let name = new.get(shown[0], new.def().fields[0].id);
        assert_eq!(name, crate::world::text("b"));
        assert_eq!(view.sort.len(), 1);
        assert!(view.fields[0].hidden);
        let old_ids: Vec<_> = old.rows().map(|row| old.record_id(row)).collect();
        assert!(new.rows().all(|row| !old_ids.contains(&new.record_id(row))));
    })
    .await;
}

async fn feeds(sheet: &Sheet) -> (BaseFeed, WindowFeed) {
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    let bases = &sheet.node.bases;
    let (_, events) = BaseFeed::open(bases, &granted, None).await.unwrap();
    let source = Source::Query(Query::default());
    let mut window =
        WindowFeed::open(bases, &granted, sheet.table, source, skein_table::Viewer::default(), (0, 10))
            .await
            .unwrap();
    window.next().await;
    (events, window)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_base_is_deleted_its_feeds_end_and_nothing_is_left() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        sheet.add(&[("a", 1.0)]).await;
        let there = sheet.seen(&world.another_node().await, owner);
        let (mut events, mut window) = feeds(&sheet).await;
        let (mut far_events, mut far_window) = feeds(&there).await;
        drive::trash(&sheet.ctx, sheet.base).await.unwrap();
        drive::purge(&sheet.ctx, sheet.base).await.unwrap();
        for feed in [&mut events, &mut far_events] {
            assert!(matches!(within("the end", feed.next()).await, BaseMessage::Gone { .. }));
        }
        for feed in [&mut window, &mut far_window] {
            let end = within("the end", feed.next()).await;
            assert!(matches!(end, WindowMessage::Gone { code: "resource.not_found" }));
        }
        let db = &world.test.db;
        for sql in ["SELECT id FROM bases WHERE id = $1", "SELECT id FROM base_records WHERE table_id = $2"] {
            let values = if sql.contains("$2") { params![sheet.table] } else { params![sheet.base] };
            assert!(db.rows(&sql.replace("$2", "$1"), values).await.unwrap().is_empty());
        }
    })
    .await;
}
