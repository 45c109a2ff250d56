//! Linked tables with computed fields over the API, up to what other nodes and a new start make of them.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::{
    http::{Client, setting},
    world::{Sheet, World},
};

/// Regions and sites that link to each other.
struct Linked {
    world: World,
    sheet: Sheet,
    client: Client,
    regions: Json,
    sites: Json,
    link: String,
}

fn path(table: &Json, rest: &str) -> String {
    format!("{}{rest}", table["path"].as_str().unwrap())
}

fn field(table: &Json, name: &str) -> String {
    let fields = table["fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn linked() -> Linked {
    let (world, sheet, client) = setting().await;
    let base = format!("/bases/{}", sheet.base);
    let make = async |name: &str, fields: Json| {
        let body = json!({"name": name, "fields": fields});
        let mut table = client.ok(Method::POST, &format!("{base}/tables"), body).await["table"].take();
        table["path"] = json!(format!("{base}/tables/{}", table["id"].as_str().unwrap()));
        table
    };
    let regions =
        make("Regions", json!([{"name": "Name", "type": "text", "required": true, "unique": true}])).await;
    let sites = make(
        "Sites",
        json!([
            {"name": "Site", "type": "text"},
            {"name": "Code", "type": "auto_number", "pattern": "S-{n:3}"},
            {"name": "Price", "type": "number"},
            {"name": "Litres", "type": "number", "default": 10},
        ]),
    )
    .await;
    let input =
        json!({"name": "Region", "type": "link", "table": regions["id"], "mirror": {"name": "Sites"}});
    let link = client.ok(Method::POST, &path(&sites, "/fields"), input).await;
    let link = link["field"]["id"].as_str().unwrap().to_owned();
    Linked { world, sheet, client, regions, sites, link }
}

impl Linked {
    async fn add(&self, table: &Json, input: Json) -> Json {
        self.client.ok(Method::POST, &path(table, "/fields"), input).await["field"].take()
    }
    async fn records(&self, table: &Json, records: Json) -> Vec<String> {
        let body = json!({ "records": records });
        let made = self.client.ok(Method::POST, &path(table, "/records?by=name"), body).await;
        let ids = made["records"].as_array().unwrap().iter();
        ids.map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    }
    async fn cells(&self, table: &Json, record: &str) -> Json {
        self.client.get(&path(table, &format!("/records/{record}"))).await["fields"].take()
    }
}

#[tokio::test]
async fn links_formulas_lookups_and_rollups_follow_edits_on_both_sides() {
    let it = linked().await;
    let (regions, sites) = (&it.regions, &it.sites);
    let revenue =
        it.add(sites, json!({"name": "Revenue", "type": "formula", "formula": "[Price] * [Litres]"})).await;
    assert_eq!(
        (&revenue["computed"]["type"], &revenue["computed"]["list"]),
        (&json!("number"), &json!(false))
    );
    let base = it.client.get(&format!("/bases/{}", it.sheet.base)).await;
    let all = base["tables"].as_array().unwrap();
    let mirror = field(all.iter().find(|table| table["id"] == regions["id"]).unwrap(), "Sites");
    let total = json!({"name": "Total", "type": "rollup", "from": {"link": mirror}, "field": revenue["id"], "aggregate": "sum"});
    let total = it.add(regions, total).await["id"].as_str().unwrap().to_owned();
    let name = json!({"name": "Region name", "type": "lookup", "from": {"link": it.link}, "field": field(regions, "Name")});
    let name = it.add(sites, name).await["id"].as_str().unwrap().to_owned();

    let ids = it.records(regions, json!([{"fields": {"Name": "North"}}, {"fields": {"Name": "华东"}}])).await;
    let of = it.records(sites, json!([{"fields": {"Site": "A", "Price": 2, "Region": [ids[0]]}}, {"fields": {"Site": "B", "Price": 3}}])).await;
    let cells = it.cells(sites, &of[0]).await;
    assert_eq!(cells[&field(sites, "Code")], "S-001");
    assert_eq!(cells[&it.link], json!([{"id": ids[0], "text": "North"}]));
    assert_eq!(it.cells(regions, &ids[0]).await[&total], 20);

    // Written from the other side, and renamed there.
    let body = json!({"records": [{"id": ids[0], "fields": {&mirror: [of[1], of[0]], field(regions, "Name"): "北方"}}]});
    it.client.ok(Method::PATCH, &path(regions, "/records"), body).await;
    assert_eq!(it.cells(regions, &ids[0]).await[&total], 50);
    assert_eq!(it.cells(sites, &of[1]).await[&name], "北方");

    // A new start computes the same.
    let shown = it.client.get(&path(sites, "/records")).await["items"].take();
    let other = it.world.another_node().await;
    let granted = it.sheet.ctx.authorize::<skein_platform::access::View>(it.sheet.base).await.unwrap();
    let snapshot = other.bases.open(&granted).await.unwrap().snapshot();
    let table = sites["id"].as_str().unwrap().parse().unwrap();
    let page =
        snapshot.list(table, skein_base::ListQuery::default(), skein_table::Viewer::default()).await.unwrap();
    assert_eq!(serde_json::to_value(page.items).unwrap(), shown);

    // Deleting a record takes it out of links; undo brings both back.
    let body = json!({"records": [of[0]]});
    it.client.ok(Method::POST, &path(sites, "/records/delete"), body).await;
    assert_eq!(it.cells(regions, &ids[0]).await[&total], 30);
    it.client.ok(Method::POST, &format!("/bases/{}/undo", it.sheet.base), Json::Null).await;
    assert_eq!(it.cells(regions, &ids[0]).await[&total], 50);
}

#[tokio::test]
async fn what_fields_demand_is_said_at_the_cell() {
    let it = linked().await;
    let (regions, sites) = (&it.regions, &it.sites);
    let name = field(regions, "Name");
    it.records(regions, json!([{"fields": {"Name": "North"}}])).await;
    let other = "mem_00000000000000000000000001";
    it.add(sites, json!({"name": "Who", "type": "member"})).await;
    it.add(sites, json!({"name": "Files", "type": "attachment"})).await;
    let file =
        json!([{"id": "fil_00000000000000000000000001", "name": "x", "size": 1, "media": "text/plain"}]);
    let cases = [
        (regions, json!({}), "value.required", name.clone()),
        (regions, json!({"Name": "North"}), "value.not_unique", name),
        (sites, json!({"Region": ["rec_00000000000000000000000001"]}), "link.unknown", it.link.clone()),
        (sites, json!({"Code": 5}), "field.not_writable", "Code".to_owned()),
        (sites, json!({"Who": [other]}), "value.invalid", String::new()),
        (sites, json!({"Files": file}), "file.unknown", String::new()),
    ];
    for (table, fields, code, at) in cases {
        let body = json!({"records": [{ "fields": fields }]});
        let (status, problem) = it.client.send(Method::POST, &path(table, "/records?by=name"), body).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)), "{problem}");
        assert!(problem["field"].as_str().unwrap().contains(&at), "{problem}");
    }
    for (input, code, at) in [
        (json!({"name": "X", "type": "formula", "formula": "[Pric] + 1"}), "formula.invalid", "formula"),
        (json!({"name": "X", "type": "text", "precision": 2}), "field.options", "precision"),
        (
            json!({"name": "X", "type": "link", "table": "tbl_00000000000000000000000001"}),
            "table.not_found",
            "table",
        ),
        (json!({"name": "X", "type": "number", "currency": "far too long"}), "field.options", "currency"),
    ] {
        let (status, problem) = it.client.send(Method::POST, &path(sites, "/fields"), input).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)), "{problem}");
        assert_eq!(problem["field"], at, "{problem}");
    }
}

#[tokio::test]
async fn a_field_gets_another_type_and_its_old_one_again() {
    let it = linked().await;
    let sites = &it.sites;
    let (site, of) = (field(sites, "Price"), "/records?by=name");
    it.client
        .ok(
            Method::POST,
            &path(sites, of),
            json!({"records": [{"fields": {"Site": "A", "Price": 2.5}}, {"fields": {"Site": "B"}}]}),
        )
        .await;
    let preview = path(sites, &format!("/fields/{site}/retype-preview"));
    let preview = it.client.ok(Method::POST, &preview, json!({"type": "select"})).await;
    assert_eq!(
        (&preview["filled"], &preview["lost"], &preview["new_choices"]),
        (&json!(1), &json!(0), &json!(["2.5"]))
    );
    let before = it.client.get(&path(sites, "/records")).await["items"].take();
    let changed = it
        .client
        .ok(Method::PATCH, &path(sites, &format!("/fields/{site}")), json!({"type": "select"}))
        .await;
    assert_eq!(changed["field"]["choices"][0]["name"], "2.5");
    it.client.ok(Method::POST, &format!("/bases/{}/undo", it.sheet.base), Json::Null).await;
    assert_eq!(it.client.get(&path(sites, "/records")).await["items"], before);
}

#[tokio::test]
async fn defaults_let_go_of_choices_and_records_that_are_gone() {
    let it = linked().await;
    let (regions, sites) = (&it.regions, &it.sites);
    let choices = json!([{"name": "Gas"}, {"name": "Power"}]);
    let kind = json!({"name": "Kind", "type": "select", "choices": choices, "default": "Gas"});
    let kind = it.add(sites, kind).await;
    assert_eq!(kind["default_value"], kind["choices"][0]["id"]);
    let north = it.records(regions, json!([{"fields": {"Name": "North"}}])).await.remove(0);
    let change = async |field: &Json, patch: Json| {
        let at = path(sites, &format!("/fields/{}", field.as_str().unwrap()));
        it.client.ok(Method::PATCH, &at, patch).await["field"].take()
    };
    change(&json!(it.link), json!({"default": [north]})).await;
    let power = json!({"id": kind["choices"][1]["id"], "name": "Power"});
    let kept = change(&kind["id"], json!({"choices": [power]})).await;
    assert!(kept.get("default_value").is_none(), "{kept}");
    it.client.ok(Method::POST, &path(regions, "/records/delete"), json!({"records": [north]})).await;
    let site = it.records(sites, json!([{"fields": {"Site": "A"}}])).await.remove(0);
    let cells = it.cells(sites, &site).await;
    assert!(cells.get(&it.link).is_none() && cells.get(kind["id"].as_str().unwrap()).is_none(), "{cells}");
}
