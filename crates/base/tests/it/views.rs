//! Views: personal and locked ones, colours, and what is stored of them.

use axum::http::Method;
use serde_json::{Value as Json, json};
use skein_base::{
    Command,
    live::{BaseFeed, BaseMessage, Source, WindowFeed, WindowMessage},
};
use skein_platform::{access::View, drive};
use skein_table::{Query, Value, Viewer};
use skein_testkit::{TestDb, on_each_database, within};
use skein_types::{MemberId, ViewId};

use crate::{
    http::{Client, setting},
    world::{Sheet, World, number},
};

/// A base of Ada's that Bob may edit.
struct Shared {
    /// Its folder goes with it: to be bound by name where a `Shared` is taken apart.
    world: World,
    ada: MemberId,
    bob: MemberId,
    sheet: Sheet,
    by_ada: Client,
    by_bob: Client,
}

async fn shared(test: TestDb) -> Shared {
    let world = World::new(test).await;
    let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
    let sheet = world.base(ada).await;
    world.share(sheet.base, bob).await;
    let by_ada = Client::new(&world, &sheet).await;
    let by_bob = by_ada.of(&world, bob).await;
    Shared { world, ada, bob, sheet, by_ada, by_bob }
}

async fn add(client: &Client, view: Json) -> String {
    let made = client.ok(Method::POST, "/views", view).await;
    made["view"]["id"].as_str().unwrap().to_owned()
}

async fn names(client: &Client, sheet: &Sheet) -> Vec<String> {
    let base = client.get(&format!("/bases/{}", sheet.base)).await;
    let views = base["tables"][0]["views"].as_array().unwrap();
    views.iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

async fn window(sheet: &Sheet, me: MemberId, view: ViewId) -> Result<WindowFeed, skein_base::BaseError> {
    let ctx = sheet.node.ctx(sheet.ctx.org, me);
    let granted = ctx.authorize::<View>(sheet.base).await.unwrap();
    let viewer = Viewer { me: Some(me), ..Viewer::default() };
    let source = Source::View(view);
    WindowFeed::open(&sheet.node.bases, &granted, sheet.table, source, viewer, (0, 100)).await
}

#[tokio::test]
async fn a_personal_view_is_known_to_its_owner_alone() {
    on_each_database(async |test: TestDb| {
        let Shared { world, ada, bob, sheet, by_ada, by_bob } = shared(test).await;
        let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
        let feed = || BaseFeed::open(&sheet.node.bases, &granted, None);
        let (mut of_ada, mut of_bob) =
            (feed().await.unwrap().1.of(Some(ada)), feed().await.unwrap().1.of(Some(bob)));
        let mine = add(&by_ada, json!({"name": "Mine", "owner": ada})).await;
        for (feed, actor, schema) in
            [(&mut of_ada, ada.to_string(), true), (&mut of_bob, String::new(), false)]
        {
            let BaseMessage::Events { events } = within("the event", feed.next()).await else { panic!() };
            let told = serde_json::to_value(&events[0]).unwrap();
            let tables = if schema { json!([sheet.table]) } else { json!([]) };
            assert_eq!(
                (&told["actor"], &told["schema"], &told["tables"]),
                (&json!(actor), &json!(schema), &tables)
            );
            assert!(!told.to_string().contains("private"));
        }

        // Whoever asks for it by its id gets the answer for one that does not exist.
        let ghost = "viw_00000000000000000000000001";
        for (method, path, body) in [
            (Method::PATCH, "/views/{}", json!({"name": "Taken"})),
            (Method::DELETE, "/views/{}", Json::Null),
            (Method::GET, "/records?view={}", Json::Null),
        ] {
            let of = async |view: &str| {
                let (status, problem) =
                    by_bob.send(method.clone(), &path.replace("{}", view), body.clone()).await;
                (status, problem.to_string().replace(view, "…"))
            };
            assert_eq!(of(&mine).await, of(ghost).await, "{method} {path}");
        }
        let mine: ViewId = mine.parse().unwrap();
        assert_eq!(
            window(&sheet, bob, mine).await.err().unwrap().to_string(),
            format!("there is no view {mine} in this table")
        );
        assert!(window(&sheet, ada, mine).await.is_ok());

        // Not even its name is told, nor its place.
        let his = add(&by_bob, json!({"name": "mine", "owner": bob})).await;
        add(&by_bob, json!({"name": "Mine"})).await;
        assert_eq!(names(&by_bob, &sheet).await, ["Grid", "mine", "Mine"]);
        assert_eq!(names(&by_ada, &sheet).await, ["Grid", "Mine", "Mine"]);
        let table = by_bob.ok(Method::PATCH, "", json!({"name": "Places"})).await;
        assert_eq!(table["table"]["views"].as_array().unwrap().len(), 3);
        by_bob.ok(Method::PATCH, &format!("/views/{his}"), json!({"position": 2})).await;
        assert_eq!(names(&by_bob, &sheet).await, ["Grid", "Mine", "mine"]);
        let (_, problem) = by_bob.send(Method::PATCH, &format!("/views/{his}"), json!({"position": 3})).await;
        assert_eq!(problem["detail"], "the place 3 is outside 0 to 2");

        // A copy of the base takes only what its maker sees.
        let copy = drive::duplicate(&sheet.node.ctx(world.org, bob), sheet.base).await.unwrap().id;
        let copied = by_bob.get(&format!("/bases/{copy}")).await;
        assert_eq!(copied["tables"][0]["views"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_view_that_becomes_personal_ends_for_others_and_comes_back_when_shared() {
    let Shared { ada, bob, sheet, by_ada, by_bob, world: _world, .. } =
        shared(TestDb::sqlite(true).await).await;
    sheet.add(&[("a", 1.0)]).await;
    let view = add(&by_ada, json!({"name": "Both"})).await;
    let id: ViewId = view.parse().unwrap();
    let (mut hers, mut his) =
        (window(&sheet, ada, id).await.unwrap(), window(&sheet, bob, id).await.unwrap());
    for feed in [&mut hers, &mut his] {
        assert!(matches!(within("rows", feed.next()).await, WindowMessage::Window { .. }));
    }
    let path = format!("/views/{view}");
    by_ada.ok(Method::PATCH, &path, json!({"owner": ada})).await;
    let last = within("the end", his.next()).await;
    assert!(matches!(last, WindowMessage::Gone { code: "view.not_found" }), "{last:?}");
    sheet.add(&[("b", 1.0)]).await;
    assert!(matches!(within("rows", hers.next()).await, WindowMessage::Window { .. }));
    assert_eq!(names(&by_bob, &sheet).await, ["Grid"]);
    by_ada.ok(Method::PATCH, &path, json!({"owner": null})).await;
    assert_eq!(names(&by_bob, &sheet).await, ["Grid", "Both"]);
    // What Bob made of it before it was personal is not his to take back now.
    by_bob.ok(Method::PATCH, &path, json!({"row_height": "tall"})).await;
    by_ada.ok(Method::PATCH, &path, json!({"owner": ada})).await;
    let undone = by_bob.ok(Method::POST, &format!("/bases/{}/undo", sheet.base), Json::Null).await;
    assert_eq!(undone["skipped"], 1);
}

#[tokio::test]
async fn only_who_manages_the_base_changes_a_locked_view() {
    let Shared { bob, sheet, by_ada, by_bob, world: _world, .. } = shared(TestDb::sqlite(true).await).await;
    let view = add(&by_ada, json!({"name": "Board"})).await;
    let path = format!("/views/{view}");
    by_bob.ok(Method::PATCH, &path, json!({"row_height": "tall"})).await;
    let (status, problem) = by_bob.send(Method::PATCH, &path, json!({"locked": true})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("access.forbidden")));
    let (_, problem) = by_bob.send(Method::POST, "/views", json!({"name": "x", "locked": true})).await;
    assert_eq!(problem["code"], "access.forbidden");
    by_ada.ok(Method::PATCH, &path, json!({"locked": true})).await;
    for (method, body) in [
        (Method::PATCH, json!({"name": "Mine"})),
        (Method::PATCH, json!({"position": 0})),
        (Method::PATCH, json!({"locked": false})),
        (Method::PATCH, json!({"owner": bob})),
        (Method::DELETE, Json::Null),
    ] {
        let (status, problem) = by_bob.send(method, &path, body.clone()).await;
        assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("view.locked")), "{body}");
    }
    let undone = by_bob.ok(Method::POST, &format!("/bases/{}/undo", sheet.base), Json::Null).await;
    assert_eq!(undone["skipped"], 1, "what came before the lock stays too");
    let copy = add(&by_bob, json!({"name": "Board", "owner": bob})).await;
    by_bob.ok(Method::PATCH, &format!("/views/{copy}"), json!({"row_height": "medium"})).await;
    by_ada.ok(Method::PATCH, &path, json!({"name": "Wall"})).await;
    by_ada.ok(Method::DELETE, &path, Json::Null).await;
    assert_eq!(names(&by_bob, &sheet).await, ["Grid", "Board"]);
}

#[tokio::test]
async fn a_table_keeps_a_view_that_all_share() {
    let Shared { ada, sheet, by_ada, world: _world, .. } = shared(TestDb::sqlite(true).await).await;
    let grid = sheet.snapshot().await.table(sheet.table).unwrap().def().views[0].id;
    add(&by_ada, json!({"name": "Mine", "owner": ada})).await;
    let path = format!("/views/{grid}");
    for (method, body) in [(Method::DELETE, Json::Null), (Method::PATCH, json!({"owner": ada}))] {
        let (status, problem) = by_ada.send(method, &path, body).await;
        assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("view.last")));
    }
    by_ada.ok(Method::PATCH, &path, json!({"position": 1})).await;
    // Taking back how the other shared view came would leave none.
    add(&by_ada, json!({"name": "New"})).await;
    let undo = format!("/bases/{}/undo", sheet.base);
    let other = sheet.seen(&sheet.node, ada);
    other.run(Command::DeleteView { table: sheet.table, view: grid }).await.unwrap();
    by_ada.ok(Method::POST, &undo, Json::Null).await;
    assert_eq!(names(&by_ada, &sheet).await, ["Mine", "Grid", "New"]);
}

#[tokio::test]
async fn what_a_view_says_is_checked() {
    let (_world, sheet, client) = setting().await;
    let stranger: MemberId = sheet.node.platform.ids.make();
    let rule =
        |value: Json| json!({"color": "red", "filter": {"field": sheet.price, "op": "gt", "value": value}});
    let ghost = "fld_00000000000000000000000001";
    for (view, code, place) in [
        (json!({"frozen": 11}), "field.options", "frozen"),
        (json!({"frozen": 256}), "request.invalid", "body"),
        (json!({"tree": sheet.price}), "field.options", "tree"),
        (json!({"tree": ghost}), "field.unknown", "tree"),
        (json!({"owner": stranger}), "view.owner", "owner"),
        (json!({"kind": {"type": "kanban", "stack": sheet.price}}), "field.options", "kind.stack"),
        (json!({"kind": {"type": "calendar", "start": ghost}}), "field.unknown", "kind.start"),
        (json!({"kind": "cards"}), "request.invalid", "body"),
        (json!({"description": "x".repeat(10_001)}), "field.options", "description"),
        (json!({"colors": [rule(json!(1)), rule(json!("x"))]}), "query.invalid", "colors[1].filter.value"),
        (
            json!({"colors": [{"color": "red", "target": {"cell": ghost}, "filter": {"and": []}}]}),
            "query.invalid",
            "colors[0].target.cell",
        ),
        (json!({"colors": vec![rule(json!(1)); 51]}), "query.invalid", "colors"),
    ] {
        let mut body = view.clone();
        body["name"] = json!("v");
        let (status, problem) = client.send(Method::POST, "/views", body).await;
        assert_eq!(
            (status.as_u16(), problem["code"].as_str().unwrap(), problem["field"].as_str().unwrap()),
            (422, code, place),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn fields_that_go_leave_colours_and_tree_and_come_back_with_them() {
    let (_world, sheet, client) = setting().await;
    let parent = json!({"name": "Parent", "type": "link", "table": sheet.table});
    let parent = client.ok(Method::POST, "/fields", parent).await["field"]["id"].clone();
    let on = |field: &Json, value: Json| json!({"field": field, "op": "gt", "value": value});
    let price = json!(sheet.price);
    let colors = json!([
        {"color": "red", "filter": {"and": [on(&price, json!(1)), on(&price, json!(0))]}},
        {"color": "blue", "target": {"cell": sheet.price}, "filter": {"field": sheet.name, "op": "not_empty"}},
        {"color": "green", "target": "bar", "filter": {"field": sheet.name, "op": "not_empty"}},
    ]);
    let view = add(&client, json!({"name": "Tree", "tree": parent, "colors": colors, "frozen": 0})).await;
    let now = async || {
        let base = client.get(&format!("/bases/{}", sheet.base)).await;
        base["tables"][0]["views"].as_array().unwrap().iter().find(|one| one["id"] == *view).unwrap().clone()
    };
    let whole = now().await;
    assert_eq!((&whole["tree"], &whole["colors"], &whole["frozen"]), (&parent, &colors, &json!(0)));
    for field in [parent.as_str().unwrap(), &sheet.price.to_string()] {
        client.ok(Method::DELETE, &format!("/fields/{field}"), Json::Null).await;
    }
    let rest = now().await;
    assert_eq!((rest.get("tree"), &rest["colors"]), (None, &json!([colors[2]])));
    for _ in 0..2 {
        let undone = client.ok(Method::POST, &format!("/bases/{}/undo", sheet.base), Json::Null).await;
        assert_eq!(undone["skipped"], 0);
    }
    assert_eq!(now().await, whole);
}

/// What a client knows of colours after messages.
fn heard(known: &mut std::collections::BTreeMap<String, Json>, message: &WindowMessage) {
    let json = serde_json::to_value(message).unwrap();
    for id in json["rows"].as_object().unwrap().keys() {
        known.insert(id.clone(), json!([]));
    }
    for (id, colors) in json.get("colors").and_then(Json::as_object).into_iter().flatten() {
        assert!(known.contains_key(id), "only of records of the window");
        known.insert(id.clone(), colors.clone());
    }
}

#[tokio::test]
async fn rows_carry_the_rules_that_count_for_them_and_follow_every_change() {
    let (_world, sheet, client) = setting().await;
    let records = sheet.add(&[("a", 1.0), ("b", 5.0), ("c", 9.0)]).await;
    let rule = |color: &str, target: Json, least: u32| json!({"color": color, "target": target, "filter": {"field": sheet.price, "op": "gte", "value": least}});
    let colors =
        json!([rule("red", json!("row"), 9), rule("blue", json!("row"), 5), rule("lime", json!("bar"), 5)]);
    let view = add(&client, json!({"name": "Colours", "colors": colors})).await;
    let listed = async |query: &str| {
        let page = client.get(&format!("/records{query}")).await;
        let of = |item: &Json| item.get("colors").cloned().unwrap_or(json!([]));
        page["items"].as_array().unwrap().iter().map(of).collect::<Vec<Json>>()
    };
    let in_view = format!("?view={view}");
    assert_eq!(listed(&in_view).await, [json!([]), json!([1, 2]), json!([0, 2])]);
    assert_eq!(listed("").await, vec![json!([]); 3]);

    let ada = sheet.ctx.member().unwrap();
    let mut feed = window(&sheet, ada, view.parse().unwrap()).await.unwrap();
    let mut known = std::collections::BTreeMap::new();
    heard(&mut known, &within("rows", feed.next()).await);
    let path = format!("/views/{view}");
    let undo = format!("/bases/{}/undo", sheet.base);
    let set = |at: usize, n: f64| sheet.set(records[at], sheet.price, number(n));
    for step in 0..6 {
        match step {
            0 => drop(set(0, 6.0).await.unwrap()),
            1 => drop(set(2, 0.0).await.unwrap()),
            2 => {
                drop(
                    client.ok(Method::PATCH, &path, json!({"colors": [rule("red", json!("row"), 6)]})).await,
                );
            }
            3 => drop(client.ok(Method::POST, &undo, Json::Null).await),
            4 => drop(client.ok(Method::PATCH, &path, json!({"colors": []})).await),
            _ => drop(sheet.add(&[("d", 9.0)]).await),
        }
        heard(&mut known, &within("what changed", feed.next()).await);
        let expected = listed(&in_view).await;
        assert_eq!(known.values().cloned().collect::<Vec<_>>(), expected, "step {step}");
    }
    // A query of one's own brings its own rules.
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    let query: Query = serde_json::from_value(json!({"colors": [rule("red", json!("row"), 6)]})).unwrap();
    let mut own = WindowFeed::open(
        &sheet.node.bases,
        &granted,
        sheet.table,
        Source::Query(query),
        Viewer::default(),
        (0, 10),
    )
    .await
    .unwrap();
    let first = serde_json::to_value(within("rows", own.next()).await).unwrap();
    assert_eq!(first["colors"].as_object().unwrap().len(), 2);
    assert_eq!(sheet.get(records[0], sheet.price).await, Value::Number { n: 6.0 });
}
