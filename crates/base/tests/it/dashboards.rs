//! Dashboards over the API: made, changed, taken back, exported; and what their widgets show.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value as Json, json};
use skein_base::{
    Command,
    live::{DashboardFeed, DashboardMessage},
};
use skein_platform::access::View;
use skein_table::Viewer;
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::{Client, setting_on},
    world::{Sheet, World, number},
};

fn chart(sheet: &Sheet) -> Json {
    json!({
        "title": "By kind", "x": 0, "y": 0, "w": 6, "h": 4, "type": "chart", "form": "column",
        "table": sheet.table,
        "query": {"rows": [{"field": sheet.kind}], "measures": [{"field": sheet.price, "function": "sum"}]},
    })
}

fn card(sheet: &Sheet) -> Json {
    json!({
        "x": 6, "y": 0, "w": 3, "h": 2, "type": "number", "table": sheet.table,
        "measure": {"field": sheet.price, "function": "sum"}, "target": 100.0,
    })
}

struct Board {
    world: World,
    sheet: Sheet,
    client: Client,
    id: String,
    chart: String,
    card: String,
}

impl Board {
    async fn new(test: TestDb) -> Self {
        let (world, sheet, client) = setting_on(test).await;
        let row = |name: &str, kind: &str, price: f64| json!({"fields": {"Name": name, "Kind": kind, "Price": price}});
        let rows = json!([row("a", "Gas", 1.0), row("b", "Gas", 2.0), row("c", "Power", 9.0)]);
        client.ok(Method::POST, "/records?by=name", json!({"records": rows})).await;
        let body = json!({"name": "Overview", "widgets": [chart(&sheet), card(&sheet)]});
        let made = client.ok(Method::POST, &format!("/bases/{}/dashboards", sheet.base), body).await;
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        let (id, widgets) = (text(&made["dashboard"]["id"]), &made["dashboard"]["widgets"]);
        let (chart, card) = (text(&widgets[0]["id"]), text(&widgets[1]["id"]));
        Self { world, sheet, client, id, chart, card }
    }

    async fn ok(&self, method: Method, path: &str, body: Json) -> Json {
        self.client.ok(method, &format!("/bases/{}{path}", self.sheet.base), body).await
    }

    async fn refused(&self, method: Method, path: &str, body: Json) -> (u16, Json) {
        let path = format!("/bases/{}{path}", self.sheet.base);
        let (status, problem) = self.client.send(method, &path, body).await;
        (status.as_u16(), problem)
    }

    async fn text(&self, method: Method, path: &str, body: Json) -> String {
        self.ok(method, path, body).await.as_str().unwrap().to_owned()
    }

    async fn get(&self) -> Json {
        let path = format!("/dashboards/{}", self.id);
        self.ok(Method::GET, &path, Json::Null).await["dashboard"].clone()
    }

    async fn patch(&self, body: Json) -> Json {
        let path = format!("/dashboards/{}", self.id);
        self.ok(Method::PATCH, &path, body).await["dashboard"].clone()
    }

    async fn query(&self, widget: &str, body: Json) -> Json {
        let path = format!("/dashboards/{}/widgets/{widget}/query", self.id);
        self.ok(Method::POST, &path, body).await
    }

    async fn undo(&self) {
        self.ok(Method::POST, "/undo", json!({})).await;
    }
}

/// Labels of the first dimension with what is told of each.
fn columns(answer: &Json) -> Json {
    let cube = &answer["cube"];
    let cells = cube["cells"].as_array().unwrap();
    let one = |(at, group): (usize, &Json)| {
        let cell = cells.iter().find(|cell| cell["at"] == json!([at])).unwrap();
        json!([group["label"], cell["values"][0]])
    };
    cube["rows"][0]["groups"].as_array().unwrap().iter().enumerate().map(one).collect()
}

#[tokio::test]
async fn widgets_show_what_the_records_are() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let shown = board.query(&board.chart, json!({})).await;
        assert_eq!(shown["shows"], "cube");
        assert_eq!(columns(&shown), json!([["Gas", 3], ["Power", 9]]));
        let told = board.query(&board.card, json!({})).await;
        assert_eq!(told["number"], json!({"value": 12, "count": 3}));
        let base = board.ok(Method::GET, "", Json::Null).await;
        assert_eq!(base["dashboards"], json!([{"id": board.id, "name": "Overview"}]));

        let behind = format!("/dashboards/{}/widgets/{}/records", board.id, board.chart);
        let gas =
            base["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Kind");
        let gas = gas.unwrap()["choices"][0]["id"].clone();
        let body = json!({"at": [{"value": gas}], "limit": 1});
        let found = board.ok(Method::POST, &behind, body).await;
        assert_eq!((&found["total"], found["items"].as_array().unwrap().len()), (&json!(2), 1));
        let all = board.ok(Method::POST, &behind, json!({"at": [null]})).await;
        assert_eq!(all["total"], 3);

        let control = json!({
            "x": 0, "y": 9, "w": 3, "h": 1, "type": "control",
            "fields": [{"table": board.sheet.table, "field": board.sheet.kind}],
        });
        let with = board.patch(json!({"put": [control]})).await;
        let control = &with["widgets"][2]["id"];
        let picked = json!({"picked": [{"widget": control, "op": "any_of", "value": [gas]}]});
        assert_eq!(columns(&board.query(&board.chart, picked.clone()).await), json!([["Gas", 3]]));
        assert_eq!(board.query(&board.card, picked).await["number"]["value"], 3);
    })
    .await;
}

#[tokio::test]
async fn csv_has_a_line_for_each_cell_and_no_formula() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let path = format!("/dashboards/{}/widgets/{}/csv", board.id, board.chart);
        let text = board.text(Method::POST, &path, json!({"titles": {"measures": ["=Sum"]}})).await;
        assert_eq!(text, "\u{feff}Kind,'=Sum\r\nGas,3\r\nPower,9\r\n");
        let text = board.text(Method::POST, &path, json!({})).await;
        assert!(text.starts_with("\u{feff}Kind,Price (sum)\r\n"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn changes_of_dashboards_are_undone_widget_by_widget() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let made = board.get().await;
        let (chart, card) = (board.chart.clone(), board.card.clone());
        board.patch(json!({"places": [{"id": chart, "x": 3, "y": 5, "w": 4, "h": 4}]})).await;
        // Somebody else goes on with another widget.
        let other = board.world.member("Bo").await;
        board.world.share(board.sheet.base, other).await;
        let theirs = board.sheet.seen(&board.world.node, other);
        let patch = serde_json::from_value(json!({"remove": [card]})).unwrap();
        let dashboard = board.id.parse().unwrap();
        theirs.run(Command::UpdateDashboard { dashboard, patch }).await.unwrap();
        board.undo().await;
        let now = board.get().await;
        assert_eq!(now["widgets"], json!([made["widgets"][0]]));
        theirs.run(Command::Undo).await.unwrap();
        assert_eq!(board.get().await, made);

        let path = format!("/dashboards/{}", board.id);
        board.ok(Method::DELETE, &path, Json::Null).await;
        let trash = board.ok(Method::GET, "/trash", Json::Null).await;
        assert_eq!(
            (&trash["items"][0]["kind"], &trash["items"][0]["name"]),
            (&json!("dashboard"), &json!("Overview"))
        );
        let body = json!({"ids": [board.id]});
        board.ok(Method::POST, "/trash/restore", body).await;
        assert_eq!(board.get().await, made);
        let history = board.ok(Method::GET, "/history", Json::Null).await;
        let kinds: Vec<&str> = history["entries"]
            .as_array()
            .or(history["items"].as_array())
            .unwrap()
            .iter()
            .filter_map(|entry| entry["changes"][0]["kind"].as_str())
            .collect();
        assert_eq!(kinds[..3], ["create_dashboard", "delete_dashboard", "update_dashboard"]);
    })
    .await;
}

#[tokio::test]
async fn a_widget_whose_field_is_gone_says_so_and_comes_back_with_it() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let field = format!("/fields/{}", board.sheet.kind);
        board.client.ok(Method::DELETE, &field, Json::Null).await;
        let path = format!("/dashboards/{}/widgets/{}/query", board.id, board.chart);
        let problem = board.refused(Method::POST, &path, json!({})).await;
        assert_eq!((problem.0, &problem.1["field"]), (422, &json!("rows[0].field")));
        board.undo().await;
        assert_eq!(columns(&board.query(&board.chart, json!({})).await), json!([["Gas", 3], ["Power", 9]]));
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_its_place() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let with = |part: &str, value: Json| {
            let mut widget = chart(&board.sheet);
            widget.as_object_mut().unwrap().insert(part.into(), value);
            widget
        };
        let cases = [
            (with("w", json!(13)), "widgets[2].w"),
            (with("table", json!("tbl_00000000000000000000000001")), "put[0].table"),
            (with("query", json!({"measures": []})), "widgets[2].query.measures"),
            (
                with("query", json!({"rows": [{"field": board.sheet.name, "by": "day"}], "measures": [{}]})),
                "put[0].query.rows[0].by",
            ),
        ];
        let path = format!("/dashboards/{}", board.id);
        for (widget, place) in cases {
            let (status, problem) = board.refused(Method::PATCH, &path, json!({"put": [widget]})).await;
            assert_eq!((status, problem["field"].as_str()), (422, Some(place)), "{problem}");
        }
        let taken = board.refused(Method::POST, "/dashboards", json!({"name": "overview"})).await;
        assert_eq!((taken.0, &taken.1["code"]), (409, &json!("dashboard.name_taken")));
        let period = json!({"table": board.sheet.table, "type": "number", "measure": {},
            "period": {"field": board.sheet.price, "span": {"relative": "this_month"}}});
        let refused = board.refused(Method::POST, "/charts/query", period).await;
        assert_eq!(refused.0, 422);
        assert_eq!(board.get().await["widgets"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_subscriber_hears_which_widgets_show_something_else() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let (sheet, node) = (&board.sheet, &board.world.node);
        let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
        let id = board.id.parse().unwrap();
        let (_, mut feed) = DashboardFeed::open(&node.bases, &granted, id, Viewer::default()).await.unwrap();
        let record = sheet.add(&[("d", 4.0)]).await[0];
        let DashboardMessage::Dashboard { changed, widgets, .. } = feed.next().await else { panic!() };
        assert!(!changed);
        assert_eq!(widgets.len(), 2);
        sheet.set(record, sheet.price, number(5.0)).await.unwrap();
        assert!(matches!(feed.next().await, DashboardMessage::Dashboard { .. }));
        // What is in another table is nothing for them.
        let other = sheet.run(Command::CreateTable { name: "Other".into(), fields: None }).await.unwrap();
        let table = other.table.unwrap();
        let records = vec![skein_table::Record::new(node.platform.ids.make(), Vec::new())];
        sheet.run(Command::CreateRecords { table, records }).await.unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(600), feed.next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
        board.patch(json!({"name": "Renamed"})).await;
        let message = feed.next().await;
        assert!(matches!(message, DashboardMessage::Dashboard { changed: true, .. }), "{message:?}");
        let path = format!("/dashboards/{}", board.id);
        board.ok(Method::DELETE, &path, Json::Null).await;
        assert_eq!(feed.next().await, DashboardMessage::Gone { code: "dashboard.not_found" });
    })
    .await;
}

#[tokio::test]
async fn another_node_and_a_copy_have_the_dashboards() {
    on_each_database(async |test: TestDb| {
        let board = Board::new(test).await;
        let other = board.world.another_node().await;
        let there = board.sheet.seen(&other, board.sheet.ctx.member().unwrap());
        assert_eq!(there.snapshot().await.base.dashboards().len(), 1);
        board.patch(json!({"name": "Renamed"})).await;
        there.open().await.catch_up().await.unwrap();
        assert_eq!(there.snapshot().await.base.dashboards()[0].name, "Renamed");
    })
    .await;
}
