//! Schedules of gantt views over HTTP: told, applied as one change, taken back, and refused.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::{Client, setting_on},
    world::{Sheet, World},
};

/// Three tasks of which each waits for the one before, and a gantt of them.
struct Plan {
    world: World,
    sheet: Sheet,
    client: Client,
    tasks: Vec<String>,
    fields: [String; 3],
    view: String,
}

impl Plan {
    async fn new(test: TestDb) -> Self {
        let (world, sheet, client) = setting_on(test).await;
        let start = sheet.add_field(json!({"name": "Start", "type": "date"})).await;
        let end = sheet.add_field(json!({"name": "End", "type": "date"})).await;
        let link = json!({"name": "After", "type": "link", "table": sheet.table, "multiple": true});
        let after = sheet.add_field(link).await;
        let fields = [start, end, after].map(|field| field.to_string());
        let [start, end, after] = &fields;
        let mut tasks: Vec<String> = Vec::new();
        for (first, last) in
            [("2026-11-16", "2026-11-20"), ("2026-11-18", "2026-11-19"), ("2026-11-20", "2026-11-20")]
        {
            let record = json!({"fields": {start: first, end: last, after: tasks.last().into_iter().collect::<Vec<_>>()}});
            let made = client.ok(Method::POST, "/records", json!({"records": [record]})).await;
            tasks.push(made["records"][0]["id"].as_str().unwrap().to_owned());
        }
        let kind = json!({"type": "gantt", "start": start, "end": end, "predecessors": after});
        let made = client.ok(Method::POST, "/views", json!({"name": "Plan", "kind": kind})).await;
        let view = format!("/views/{}", made["view"]["id"].as_str().unwrap());
        Self { world, sheet, client, tasks, fields, view }
    }

    async fn preview(&self, body: Json) -> Json {
        self.client.ok(Method::POST, &format!("{}/schedule-preview", self.view), body).await
    }

    async fn apply(&self, body: Json) -> Json {
        self.client.ok(Method::POST, &format!("{}/schedule", self.view), body).await
    }

    async fn dates(&self) -> Vec<String> {
        let page = self.client.get("/records").await;
        let [start, end, _] = &self.fields;
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| format!("{} {}", item["fields"][start], item["fields"][end]).replace('"', ""))
            .collect()
    }
}

const BEFORE: [&str; 3] = ["2026-11-16 2026-11-20", "2026-11-18 2026-11-19", "2026-11-20 2026-11-20"];
const AFTER: [&str; 3] = ["2026-11-16 2026-11-20", "2026-11-23 2026-11-24", "2026-11-25 2026-11-25"];

#[tokio::test]
async fn a_schedule_is_told_applied_and_taken_back_as_one_change() {
    on_each_database(async |test: TestDb| {
        let plan = Plan::new(test).await;
        let told = plan.preview(json!({})).await;
        assert_eq!(told["moves"].as_array().unwrap().len(), 2);
        assert_eq!(told["critical_path"], json!(plan.tasks));
        assert_eq!((&told["first"], &told["last"]), (&json!("2026-11-16"), &json!("2026-11-25")));
        assert_eq!(told["days"], 8);
        assert_eq!(plan.dates().await, BEFORE, "telling changes nothing");

        let done = plan.apply(json!({})).await;
        assert_eq!(done["moves"], told["moves"]);
        assert_eq!(plan.dates().await, AFTER);
        let again = plan.apply(json!({})).await;
        assert_eq!((&again["moves"], &again["seq"]), (&json!([]), &done["seq"]), "nothing is left to do");
        plan.client.ok(Method::POST, &format!("/bases/{}/undo", plan.sheet.base), Json::Null).await;
        assert_eq!(plan.dates().await, BEFORE);
    })
    .await;
}

#[tokio::test]
async fn a_task_that_is_moved_takes_along_what_waits_for_it() {
    let plan = Plan::new(TestDb::sqlite(true).await).await;
    plan.apply(json!({})).await;
    let [start, end, _] = &plan.fields;
    let moved = json!({"id": plan.tasks[0], "fields": {start: "2026-11-17", end: "2026-11-23"}});
    let done = plan.apply(json!({"records": [moved]})).await;
    assert_eq!(done["moves"].as_array().unwrap().len(), 2);
    let wanted = ["2026-11-17 2026-11-23", "2026-11-24 2026-11-25", "2026-11-26 2026-11-26"];
    assert_eq!(plan.dates().await, wanted);
    // All of it is one change.
    plan.client.ok(Method::POST, &format!("/bases/{}/undo", plan.sheet.base), Json::Null).await;
    assert_eq!(plan.dates().await, AFTER);

    // Dragged before what it waits for, it goes back to where it may be.
    let early = json!({"id": plan.tasks[2], "fields": {start: "2026-11-02", end: "2026-11-02"}});
    plan.apply(json!({"records": [early]})).await;
    assert_eq!(plan.dates().await, AFTER);
}

#[tokio::test]
async fn settings_may_be_sent_and_what_cannot_be_scheduled_is_refused() {
    let plan = Plan::new(TestDb::sqlite(true).await).await;
    let [start, end, after] = &plan.fields;
    let exception =
        json!({"task": plan.tasks[1], "predecessor": plan.tasks[0], "kind": "start_to_start", "lag": 1});
    let settings = json!({"start": start, "end": end, "predecessors": after, "working_days": [1, 2, 3, 4, 5], "exceptions": [exception]});
    let told = plan.preview(json!({"settings": settings})).await;
    assert_eq!(told["moves"], json!([]));

    let cycle = json!({"id": plan.tasks[0], "fields": {after: [plan.tasks[2]]}});
    let told = plan.preview(json!({"records": [cycle]})).await;
    assert_eq!((&told["moves"], &told["cycles"]), (&json!([]), &json!([plan.tasks])));

    let refused = async |path: String, body: Json| {
        let (status, problem) = plan.client.send(Method::POST, &path, body).await;
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let grid = plan.sheet.snapshot().await.table(plan.sheet.table).unwrap().def().views[0].id;
    for (path, body, wanted) in [
        (format!("/views/{grid}/schedule"), json!({}), "schedule.no_gantt"),
        (format!("{}/schedule", plan.view), json!({"settings": {"start": null}}), "field.options"),
        (format!("{}/schedule", plan.view), json!({"records": [{"fields": {}}]}), "record.id_missing"),
    ] {
        assert_eq!(refused(path, body).await, (unprocessable, wanted.to_owned()));
    }
    let computed =
        plan.sheet.add_field(json!({"name": "Computed", "type": "formula", "formula": "[Start]"})).await;
    let settings = json!({"start": computed, "end": end, "predecessors": after});
    let told = plan.preview(json!({"settings": settings})).await;
    assert_eq!(told["moves"].as_array().unwrap().len(), 2);
    let body = json!({"settings": settings});
    let wanted = (unprocessable, "schedule.computed".to_owned());
    assert_eq!(refused(format!("{}/schedule", plan.view), body).await, wanted);
}

#[tokio::test]
async fn who_may_view_is_told_and_who_may_edit_applies() {
    let plan = Plan::new(TestDb::sqlite(true).await).await;
    let [path, preview] = ["schedule", "schedule-preview"].map(|end| format!("{}/{end}", plan.view));
    for (role, told, applied) in [
        (None, StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
        (Some("view"), StatusCode::OK, StatusCode::FORBIDDEN),
    ] {
        let member = plan.world.member("Ben").await;
        if let Some(role) = role {
            plan.world.grant(plan.sheet.base, member, role).await;
        }
        let client = plan.client.of(&plan.world, member).await;
        assert_eq!(client.send(Method::POST, &preview, json!({})).await.0, told, "{role:?}");
        assert_eq!(client.send(Method::POST, &path, json!({})).await.0, applied, "{role:?}");
    }
}
