//! Groups and sums over the API, and the client that asks for them.

use axum::http::Method;
use serde_json::{Value as Json, json};
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::{Client, setting, setting_on},
    world::{Sheet, World},
};

/// Visits with a kind, a price and an instant.
async fn visits(test: TestDb) -> (World, Sheet, Client, Json) {
    let (world, sheet, client) = setting_on(test).await;
    let at = client.ok(Method::POST, "/fields", json!({"name": "At", "type": "date", "time": true})).await;
    let row = |kind: Json, price: Json, at: &str| json!({"fields": {"Kind": kind, "Price": price, "At": at}});
    let rows = json!([
        row(json!("Gas"), json!(1), "2026-03-31T20:00:00Z"),
        row(json!("Gas"), json!(2), "2026-04-01T12:00:00Z"),
        row(json!("Power"), json!(9), "2026-04-02T12:00:00Z"),
        row(json!(null), json!(null), "2026-04-03T12:00:00Z"),
    ]);
    client.ok(Method::POST, "/records?by=name", json!({"records": rows})).await;
    (world, sheet, client, at["field"]["id"].clone())
}

/// Labels of groups with their counts, and of the groups in them.
fn shown(groups: &Json) -> Json {
    let one = |group: &Json| {
        if group["groups"].as_array().is_some_and(|inner| !inner.is_empty()) {
            json!([group["label"], group["count"], shown(&group["groups"])])
        } else {
            json!([group["label"], group["count"]])
        }
    };
    groups.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn groups_stand_by_what_is_told_of_them_and_are_the_first_so_many() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet, client, at) = visits(test).await;
        let ask = async |with: Json| {
            let mut body = json!({"group": [{"field": sheet.kind}], "summaries": [
                {"field": sheet.price, "function": "sum"}, {"field": sheet.price, "function": "median"}]});
            body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
            client.ok(Method::POST, "/groups", body).await
        };
        let by_key = ask(json!({})).await;
        assert_eq!(shown(&by_key["groups"]), json!([["Gas", 2], ["Power", 1], ["", 1]]));
        assert_eq!((&by_key["count"], &by_key["summaries"]), (&json!(4), &json!([12, 2])));
        assert_eq!(by_key.get("more"), None);
        let cases = [
            (json!([{"by": "count"}]), json!([["Power", 1], ["", 1], ["Gas", 2]]), Json::Null),
            (json!([{"by": "count", "descending": true, "limit": 1}]), json!([["Gas", 2]]), json!(2)),
            (
                json!([{"by": {"summary": 1}, "descending": true}]),
                json!([["Power", 1], ["Gas", 2], ["", 1]]),
                Json::Null,
            ),
            (json!([{"by": {"summary": 1}}]), json!([["Gas", 2], ["Power", 1], ["", 1]]), Json::Null),
        ];
        for (levels, expected, more) in cases {
            let answer = ask(json!({ "levels": levels })).await;
            assert_eq!(shown(&answer["groups"]), expected, "{levels}");
            assert_eq!(answer.get("more").cloned().unwrap_or_default(), more, "{levels}");
            assert_eq!((&answer["count"], &answer["summaries"]), (&by_key["count"], &by_key["summaries"]));
        }
        // Days begin where one says, quarters with them.
        let quarters = async |zone: &str| {
            let group = json!([{"field": at, "by": "quarter"}, {"field": sheet.kind}]);
            let levels = json!([{}, {"by": "count", "descending": true, "limit": 1}]);
            ask(json!({"group": group, "zone": zone, "levels": levels})).await
        };
        let utc = quarters("UTC").await;
        assert_eq!(
            shown(&utc["groups"]),
            json!([["2026 Q1", 1, [["Gas", 1]]], ["2026 Q2", 3, [["Gas", 1]]]])
        );
        assert_eq!(utc["groups"][1]["more"], 2);
        assert_eq!(shown(&quarters("Asia/Shanghai").await["groups"]), json!([["2026 Q2", 4, [["Gas", 2]]]]));

        let filter = json!({"field": sheet.price, "op": "gte", "value": 2});
        let view = client.ok(Method::POST, "/views", json!({"name": "Dear", "filter": filter})).await;
        let id = view["view"]["id"].clone();
        assert_eq!(shown(&ask(json!({"view": id})).await["groups"]), json!([["Gas", 1], ["Power", 1]]));
        let power = json!({"field": sheet.kind, "op": "is", "value": "Power"});
        assert_eq!(shown(&ask(json!({"view": id, "filter": power})).await["groups"]), json!([["Power", 1]]));

        for (with, code, place) in [
            (json!({"levels": [{}, {}]}), "query.invalid", "levels"),
            (json!({"levels": [{"by": {"summary": 2}}]}), "query.invalid", "levels[0].by.summary"),
            (json!({"levels": [{"limit": 0}]}), "query.invalid", "levels[0].limit"),
            (json!({"levels": [{"descending": true}]}), "query.invalid", "levels[0].descending"),
            (json!({"zone": "Nowhere/Land"}), "query.zone", "zone"),
            (
                json!({"filter": {"field": sheet.price, "op": "gt", "value": "x"}}),
                "query.invalid",
                "filter.value",
            ),
            (json!({"view": "viw_00000000000000000000000001"}), "view.not_found", ""),
        ] {
            let mut body = json!({"group": [{"field": sheet.kind}]});
            body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
            let (_, problem) = client.send(Method::POST, "/groups", body).await;
            let named = problem["field"].as_str().unwrap_or("");
            assert_eq!((problem["code"].as_str().unwrap(), named), (code, place), "{problem}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_client_of_a_base_names_tables_fields_and_choices_whatever_they_are_called() {
    let (_world, sheet, client) = setting().await;
    let odd = json!({"name": "He said \"*/\" 雁", "type": "multi_select", "choices": [{"name": "a'b"}], "required": true});
    client.ok(Method::POST, "/fields", odd).await;
    let formula = json!({"name": "Twice", "type": "formula", "formula": "[Price] * 2"});
    client.ok(Method::POST, "/fields", formula).await;
    let (status, text) =
        client.send(Method::GET, &format!("/bases/{}/client.ts", sheet.base), Json::Null).await;
    let text = text.as_str().unwrap();
    assert_eq!(status.as_u16(), 200);
    for line in [
        &format!("const BASE = '{}';", sheet.base),
        "  \"Table 1\": {",
        "      \"Kind\"?: \"Gas\" | \"Power\";",
        "      \"Kind\"?: \"Gas\" | \"Power\" | null;",
        "      \"He said \\\"*/\\\" 雁\": (\"a'b\")[];",
        "      \"Twice\"?: number | Failed;",
        "export function connect(options: Options): Base {",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert_eq!(text.matches("\"Twice\"?").count(), 1, "what is computed is not written");
}
