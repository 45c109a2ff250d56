//! Images: a large base comes back from one as from its records, and from its records when there is none.

use serde_json::Value as Json;
use skein_base::Command;
use skein_platform::drive;
use skein_store::params;
use skein_table::Value;
use skein_testkit::{TestDb, on_each_database, within};
use skein_types::RecordId;

use crate::world::{Node, Sheet, World, number, text};

/// More records than are read one by one.
const MANY: usize = 21_000;

async fn large(world: &World) -> (Sheet, Vec<RecordId>) {
    let sheet = world.base(world.member("Ada").await).await;
    let mut ids = Vec::with_capacity(MANY);
    for first in (0..MANY).step_by(3_000) {
        let names: Vec<String> = (first..first + 3_000).map(|n| format!("Station {n}")).collect();
        let rows: Vec<(&str, f64)> = names.iter().zip(first..).map(|(name, n)| (&**name, n as f64)).collect();
        ids.extend(sheet.add(&rows).await);
    }
    let link = serde_json::json!({"name": "Next", "type": "link", "table": sheet.table, "multiple": true});
    let link = sheet.add_field(link).await;
    sheet.set(ids[3], link, Value::Links { l: [ids[20_000], ids[4]].into() }).await.unwrap();
    (sheet, ids)
}

/// Lets the base go, and waits for the image that is written then or soon after.
async fn let_go(world: &World, sheet: &Sheet) -> i64 {
    let seq = sheet.snapshot().await.seq;
    world.clock.advance(jiff::SignedDuration::from_mins(11));
    sheet.node.bases.sweep();
    within("an image of the base", async {
        while image(world, sheet).await.is_none_or(|(_, at)| at < seq) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    seq
}

/// The image that counts, and the last event in it.
async fn image(world: &World, sheet: &Sheet) -> Option<(String, i64)> {
    let sql = "SELECT image, seq FROM base_images WHERE base = $1";
    let row = world.test.db.row(sql, params![sheet.base]).await.unwrap();
    row.map(|row| (row.get("image").unwrap(), row.get("seq").unwrap()))
}

async fn parts(world: &World, sheet: &Sheet) -> i64 {
    let sql = "SELECT COUNT(*) AS parts FROM base_image_parts WHERE base = $1";
    world.test.db.row(sql, params![sheet.base]).await.unwrap().unwrap().get("parts").unwrap()
}

/// The base as a server sees it that was started now.
async fn elsewhere(world: &World, sheet: &Sheet) -> Sheet {
    let node = Node::new(&world.test, world.test.another().await, world.clock.clone());
    sheet.seen(&node, sheet.ctx.member().unwrap())
}

async fn contents_elsewhere(world: &World, sheet: &Sheet) -> Json {
    elsewhere(world, sheet).await.contents().await
}

#[tokio::test]
async fn a_large_base_is_read_from_its_image_and_what_came_after() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (sheet, ids) = large(&world).await;
        let_go(&world, &sheet).await;
        // Only the image knows of it now.
        let sql = "DELETE FROM base_records WHERE table_id = $1 AND id = $2";
        world.execute(sql, params![sheet.table, ids[0].to_bytes().to_vec()]).await;
        let second = elsewhere(&world, &sheet).await;
        assert_eq!(second.get(ids[0], second.name).await, text("Station 0"));
        second.set(ids[10], sheet.name, text("after")).await.unwrap();
        second.delete(&ids[11..13]).await.unwrap();
        let more = second.add(&[("new", 1.0)]).await;
        second.run(Command::DeleteField { table: sheet.table, field: sheet.kind }).await.unwrap();
        let third = elsewhere(&world, &sheet).await;
        assert_eq!(third.contents().await, second.contents().await);
        assert_eq!(third.get(more[0], sheet.name).await, text("new"));
    })
    .await;
}

#[tokio::test]
async fn an_image_that_cannot_be_used_is_passed_over() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (sheet, _) = large(&world).await;
        let before = sheet.contents().await;
        for damage in [
            "UPDATE base_image_parts SET data = SUBSTR(data, 1, 5) WHERE base = $1 AND chunk = 1",
            "DELETE FROM base_image_parts WHERE base = $1 AND chunk = 0",
            "UPDATE base_images SET head = SUBSTR(head, 1, 20) WHERE base = $1",
            "UPDATE base_images SET parts = '[' WHERE base = $1",
        ] {
            let_go(&world, &sheet).await;
            let damaged = image(&world, &sheet).await;
            world.execute(damage, params![sheet.base]).await;
            let other = elsewhere(&world, &sheet).await;
            assert_eq!(other.contents().await, before, "{damage}");
            assert_ne!(image(&world, &sheet).await, damaged, "it counts no more");
            assert_eq!(sheet.contents().await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn the_next_image_holds_what_was_changed_and_nothing_is_left_behind() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (sheet, ids) = large(&world).await;
        let first = let_go(&world, &sheet).await;
        let count = parts(&world, &sheet).await;
        sheet.set(ids[0], sheet.price, number(-1.0)).await.unwrap();
        sheet.run(Command::DeleteField { table: sheet.table, field: sheet.kind }).await.unwrap();
        let before = sheet.contents().await;
        assert!(let_go(&world, &sheet).await > first);
        assert_eq!(contents_elsewhere(&world, &sheet).await, before);
        let sql = "SELECT COUNT(DISTINCT image) AS images FROM base_image_parts WHERE base = $1";
        let images = world.test.db.row(sql, params![sheet.base]).await.unwrap().unwrap();
        assert!(images.get::<i64>("images").unwrap() > 1, "what did not change was kept");
        within("what the first image had alone to be cleared", async {
            while parts(&world, &sheet).await > count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn servers_that_take_turns_agree() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (sheet, ids) = large(&world).await;
        let_go(&world, &sheet).await;
        let other = elsewhere(&world, &sheet).await;
        for round in 0..3 {
            let who = if round % 2 == 0 { &other } else { &sheet };
            for n in 0..10 {
                who.set(ids[n * 500 + round], sheet.name, text(&format!("round {round}"))).await.unwrap();
            }
            who.add(&[("more", 1.0)]).await;
            let before = who.contents().await;
            let_go(&world, who).await;
            assert_eq!(contents_elsewhere(&world, &sheet).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn a_base_that_is_deleted_leaves_no_image() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (sheet, _) = large(&world).await;
        let_go(&world, &sheet).await;
        assert!(parts(&world, &sheet).await > 0);
        drive::trash(&sheet.ctx, sheet.base).await.unwrap();
        drive::purge(&sheet.ctx, sheet.base).await.unwrap();
        assert_eq!((image(&world, &sheet).await, parts(&world, &sheet).await), (None, 0));
    })
    .await;
}
