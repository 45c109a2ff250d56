//! The drive as clients see it.

use axum::Router;
use serde_json::{Value, json};
use skein_platform::{Platform, drive, identity};
use skein_testkit::{TestDb, on_each_database};
use utoipa_axum::router::OpenApiRouter;

use crate::people::House;

fn router(platform: &Platform) -> Router {
    let (router, _) = OpenApiRouter::new().merge(identity::router()).merge(drive::router()).split_for_parts();
    router.with_state(platform.clone())
}

async fn house(test: TestDb) -> House {
    let house = House::new(test).await;
    let router = router(&house.platform);
    House { router, ..house }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn every_endpoint_has_a_row_in_the_policy() {
    let api = serde_json::to_value(drive::router().to_openapi()).unwrap();
    let mut described: Vec<(String, String)> = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                described.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    let mut rows: Vec<(String, String)> =
        drive::POLICY.iter().map(|(method, path, _)| ((*method).into(), (*path).into())).collect();
    described.sort();
    rows.sort();
    assert_eq!(described, rows);
}

#[tokio::test]
async fn a_day_in_the_drive() {
    on_each_database(async |test| {
        let house = house(test).await;
        let ben = house.member("Ben", identity::OrgRole::Member).await;
        let (mut olga, mut bens) = (house.signed_in("olga").await, house.signed_in("ben").await);
        let made = olga.post("/resources", json!({ "kind": "folder", "name": "Work", "parent": null })).await;
        assert_eq!((made.status.as_u16(), &made.json["role"]), (201, &json!("manage")));
        let work = text(&made.json["id"]);
        let inner = json!({ "kind": "folder", "name": "Inner", "parent": work });
        let inner = text(&olga.post("/resources", inner).await.json["id"]);
        assert_eq!(made.json["created"], "2026-11-20T08:00:00Z");

        let root = olga.get("/resources?in=root").await;
        assert_eq!((root.json["items"].as_array().unwrap().len(), &root.json["next"]), (1, &Value::Null));
        let one = format!("/resources/{inner}");
        assert_eq!(olga.get(&one).await.json["path"], json!([{ "id": work, "name": "Work" }]));
        assert_eq!(bens.get(&one).await.told(), (404, "resource.not_found"));

        let grant = json!({ "subject": { "kind": "member", "id": ben }, "role": "view" });
        let grants = format!("/resources/{work}/grants");
        assert_eq!(olga.send("PUT", &grants, grant.clone()).await.told(), (204, ""));
        assert_eq!(bens.send("PUT", &grants, grant).await.told(), (403, "access.forbidden"));
        assert_eq!(bens.get(&one).await.status, 200);
        assert_eq!(bens.get("/resources?view=shared").await.json["items"][0]["id"], json!(work));
        assert_eq!(bens.post(&format!("{one}/opened"), Value::Null).await.status, 204);
        let access = olga.get(&format!("{one}/access")).await.json;
        assert_eq!(access["entries"][1]["source"]["resource"]["name"], "Work");
        let why = olga.get(&format!("{one}/access/{ben}")).await.json;
        assert_eq!((&why["role"], &why["why"][0]["subject"]["name"]), (&json!("view"), &json!("Ben")));
        let found = bens.get("/search?query=inn").await.json;
        assert_eq!(found["resources"][0]["id"], json!(inner));

        // Left out and null are two things.
        let moved = olga.send("PATCH", &one, json!({ "name": "Moved", "starred": true })).await;
        assert_eq!((&moved.json["parent"], &moved.json["starred"]), (&json!(work), &json!(true)));
        let moved = olga.send("PATCH", &one, json!({ "parent": null })).await;
        assert_eq!((&moved.json["parent"], &moved.json["name"]), (&Value::Null, &json!("Moved")));
        assert_eq!(bens.get(&one).await.told(), (404, "resource.not_found"));
        assert_eq!(
            olga.send("DELETE", &format!("{grants}?kind=member&id={ben}"), Value::Null).await.status,
            204
        );
        assert_eq!(bens.get(&format!("/resources/{work}")).await.told(), (404, "resource.not_found"));

        let copy = olga.post(&format!("{one}/duplicate"), Value::Null).await;
        assert_eq!((copy.status.as_u16(), &copy.json["name"]), (201, &json!("Moved (2)")));
        assert_eq!(olga.post(&format!("{one}/trash"), Value::Null).await.status, 204);
        assert_eq!(olga.send("PATCH", &one, json!({ "name": "x" })).await.told(), (410, "resource.trashed"));
        assert_eq!(olga.post(&format!("{one}/restore"), Value::Null).await.status, 204);
        assert_eq!(olga.send("DELETE", &one, Value::Null).await.told(), (409, "resource.not_trashed"));
        assert_eq!(olga.post(&format!("{one}/trash"), Value::Null).await.status, 204);
        assert_eq!(olga.send("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(olga.get(&one).await.told(), (404, "resource.not_found"));
    })
    .await;
}

#[tokio::test]
async fn bad_requests_are_told_where_they_are_wrong() {
    on_each_database(async |test| {
        let house = house(test).await;
        let mut olga = house.signed_in("olga").await;
        let work = json!({ "kind": "folder", "name": "Work" });
        let work = text(&olga.post("/resources", work).await.json["id"]);
        let one = format!("/resources/{work}");
        for (method, path, body, told, field) in [
            (
                "POST",
                "/resources".into(),
                json!({ "kind": "folder", "name": "" }),
                (422, "resource.name"),
                "name",
            ),
            (
                "POST",
                "/resources".into(),
                json!({ "kind": "chart", "name": "x" }),
                (422, "resource.kind"),
                "kind",
            ),
            ("POST", "/resources".into(), json!({ "kind": "folder" }), (422, "request.invalid"), "body"),
            ("GET", "/resources".into(), Value::Null, (422, "request.listing"), "view"),
            ("GET", "/resources?view=all".into(), Value::Null, (422, "request.listing"), "view"),
            ("GET", "/resources?in=root&cursor=1".into(), Value::Null, (422, "request.cursor"), "cursor"),
            ("GET", "/resources?in=nowhere".into(), Value::Null, (404, "resource.not_found"), ""),
            ("GET", "/resources/nothing".into(), Value::Null, (404, "request.not_found"), "path"),
            ("PATCH", one.clone(), json!({ "parent": work }), (422, "resource.cycle"), "parent"),
            ("PATCH", one.clone(), json!({ "nmae": "x" }), (422, "request.invalid"), "body"),
            (
                "PUT",
                format!("{one}/grants"),
                json!({ "subject": { "kind": "group", "id": "me" }, "role": "view" }),
                (422, "grant.subject"),
                "subject.id",
            ),
            ("PUT", format!("{one}/link"), json!({ "role": "manage" }), (422, "link.role"), "role"),
            (
                "PUT",
                format!("{one}/link"),
                json!({ "role": "view", "expires": "2020-01-01T00:00:00Z" }),
                (422, "link.expires"),
                "expires",
            ),
        ] {
            let answer = olga.send(method, &path, body).await;
            assert_eq!(answer.told(), told, "{method} {path}");
            assert_eq!(answer.json["field"].as_str().unwrap_or_default(), field, "{method} {path}");
        }
        let mut nobody = house.browser();
        for (method, path, who) in drive::POLICY {
            let path = path.replace("{id}", &work).replace("{member}", &house.olga.to_string());
            if *who != "public" {
                let answer = nobody.send(method, &path, Value::Null).await;
                assert_eq!(answer.told(), (401, "auth.required"), "{method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a30_a35_a_stranger_opens_a_link_and_is_out_when_it_changes() {
    on_each_database(async |test| {
        let house = house(test).await;
        let mut olga = house.signed_in("olga").await;
        let work = json!({ "kind": "folder", "name": "Work" });
        let work = text(&olga.post("/resources", work).await.json["id"]);
        let one = format!("/resources/{work}");
        let link =
            olga.send("PUT", &format!("{one}/link"), json!({ "role": "view", "password": "geese" })).await;
        assert_eq!(link.json["password"], json!(true));
        let url = text(&link.json["url"]);
        let token = url.strip_prefix("http://skein.test/s/").unwrap();
        let (info, open) = (format!("/links/{token}"), format!("/links/{token}/open"));

        let mut eve = house.browser();
        assert_eq!(eve.get(&info).await.json, json!({ "needs_password": true }));
        assert_eq!(eve.get("/links/guessed").await.told(), (404, "link.not_found"));
        assert_eq!(eve.post(&open, json!({ "password": "x" })).await.told(), (403, "link.wrong_password"));
        let opened = eve.post(&open, json!({ "password": "geese" })).await;
        assert_eq!(opened.json, json!({ "resource": work, "role": "view" }));
        assert_eq!(opened.headers["cache-control"], "no-store");
        assert_eq!(eve.get(&one).await.json["role"], "view");
        assert_eq!(eve.get(&format!("{one}/access")).await.told(), (403, "access.members_only"));
        assert_eq!(eve.send("PATCH", &one, json!({ "name": "x" })).await.told(), (403, "access.forbidden"));
        assert_eq!(eve.get("/search?query=W").await.told(), (403, "access.members_only"));

        let changed = json!({ "role": "view", "password": "swans" });
        assert_eq!(olga.send("PUT", &format!("{one}/link"), changed).await.json["url"], json!(url));
        assert_eq!(eve.get(&one).await.told(), (401, "auth.required"));
        eve.post(&open, json!({ "password": "swans" })).await;
        assert_eq!(eve.get(&one).await.status, 200);
        assert_eq!(olga.send("DELETE", &format!("{one}/link"), Value::Null).await.status, 204);
        assert_eq!(eve.get(&one).await.told(), (401, "auth.required"));
        assert_eq!(eve.get(&info).await.told(), (404, "link.not_found"));
    })
    .await;
}

#[tokio::test]
async fn a_resource_is_made_once_for_a_key() {
    on_each_database(async |test| {
        let house = house(test).await;
        house.member("Ben", identity::OrgRole::Member).await;
        let (mut olga, mut ben) = (house.signed_in("olga").await, house.signed_in("ben").await);
        let wanted = json!({ "kind": "folder", "name": "Work", "parent": null });
        let mut same = olga.clone();
        for client in [&mut olga, &mut same, &mut ben] {
            client.headers.insert("idempotency-key", "k1".parse().unwrap());
        }
        let (one, two) =
            tokio::join!(olga.post("/resources", wanted.clone()), same.post("/resources", wanted.clone()));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201));
        assert_eq!(one.json, two.json);
        let path = format!("/resources/{}", text(&one.json["id"]));
        assert_eq!(olga.send("PATCH", &path, json!({ "name": "Renamed" })).await.status, 200);
        assert_eq!(olga.post("/resources", wanted.clone()).await.json, one.json, "as it was told first");
        let other = json!({ "kind": "folder", "name": "Other", "parent": null });
        let answer = olga.post("/resources", other.clone()).await;
        assert_eq!(
            (answer.told(), &answer.json["field"]),
            ((422, "idempotency.key_reused"), &json!("Idempotency-Key"))
        );
        let bens = ben.post("/resources", wanted.clone()).await;
        assert_eq!(
            (bens.status.as_u16(), bens.json["id"] == one.json["id"]),
            (201, false),
            "keys are one's own"
        );
        olga.headers.insert("idempotency-key", "x".repeat(201).parse().unwrap());
        assert_eq!(olga.post("/resources", other).await.told(), (422, "idempotency.key_invalid"));
        assert_eq!(olga.get("/resources?in=root").await.json["items"].as_array().unwrap().len(), 1);
        house.clock.advance(jiff::SignedDuration::from_hours(25));
        let mut later = house.signed_in("olga").await;
        later.headers.insert("idempotency-key", "k1".parse().unwrap());
        let anew = later.post("/resources", wanted).await;
        assert_eq!(anew.status, 201, "a key is kept for a day");
        assert_ne!(anew.json["id"], one.json["id"]);
    })
    .await;
}
