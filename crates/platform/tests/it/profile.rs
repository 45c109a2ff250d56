//! One's own profile, password and picture.

use std::io::Cursor;

use serde_json::{Value, json};
use skein_platform::identity::OrgRole;
use skein_testkit::{TestDb, on_each_database};

use crate::people::{House, PASSWORD};

#[tokio::test]
async fn a_profile_is_changed_field_by_field() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let change =
            json!({ "language": "zh", "theme": "dark", "status": { "emoji": "🪿", "text": " flying " } });
        let me = olga.send("PATCH", "/me", change).await.json;
        let member = &me["member"];
        assert_eq!((&member["language"], &member["theme"]), (&json!("zh"), &json!("dark")));
        assert_eq!(member["status"], json!({ "emoji": "🪿", "text": "flying" }));
        assert_eq!((&member["name"], &member["time_zone"]), (&json!("Olga"), &json!("Europe/Berlin")));
        let me = olga.send("PATCH", "/me", json!({ "time_zone": "asia/tokyo" })).await.json;
        assert_eq!(me["member"]["time_zone"], "Asia/Tokyo");
        assert_eq!(me["member"]["status"]["text"], "flying", "what is left out stays");
        let me = olga.send("PATCH", "/me", json!({ "status": null })).await.json;
        assert_eq!(me["member"]["status"], Value::Null);
        let cases = [
            (json!({ "name": "" }), "input.name", "name"),
            (json!({ "time_zone": "Moon/Sea" }), "input.time_zone", "time_zone"),
            (json!({ "status": { "text": "x".repeat(101) } }), "input.text", "status.text"),
            (json!({ "language": "fr" }), "request.invalid", "body"),
            (json!({ "role": "owner" }), "request.invalid", "body"),
        ];
        for (change, code, field) in cases {
            let answer = olga.send("PATCH", "/me", change).await;
            assert_eq!((answer.told(), &answer.json["field"]), ((422, code), &json!(field)));
        }
        // The theme is nobody else's business.
        house.member("Mia", OrgRole::Member).await;
        let seen = house.signed_in("mia").await.get(&format!("/members/{}", house.olga)).await.json;
        assert_eq!((&seen["name"], &seen["theme"]), (&json!("Olga"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let cases = [
            ("wrong-password", "another-goose", "password.wrong", "current"),
            (PASSWORD, "short", "password.too_short", "new"),
            (PASSWORD, "sunshine", "password.common", "new"),
            (PASSWORD, "Olga@example.com", "password.personal", "new"),
        ];
        for (current, new, code, field) in cases {
            let answer = olga.post("/me/password", json!({ "current": current, "new": new })).await;
            assert_eq!((answer.told(), &answer.json["field"]), ((422, code), &json!(field)));
        }
        let change = json!({ "current": PASSWORD, "new": "another-goose" });
        assert_eq!(olga.post("/me/password", change).await.status, 204);
        assert_eq!(house.browser().sign_in("olga@example.com", PASSWORD).await.status, 401);
        assert_eq!(house.browser().sign_in("olga@example.com", "another-goose").await.status, 200);
        assert!(house.audited().await.contains(&"password.changed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn guessing_the_present_password_is_limited() {
    let house = House::new(TestDb::sqlite(true).await).await;
    let mut olga = house.signed_in("olga").await;
    for _ in 0..10 {
        let change = json!({ "current": "wrong-password", "new": "another-goose" });
        assert_eq!(olga.post("/me/password", change).await.told(), (422, "password.wrong"));
    }
    let change = json!({ "current": PASSWORD, "new": "another-goose" });
    assert_eq!(olga.post("/me/password", change).await.told(), (429, "auth.too_many"));
}

fn picture(side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(side, side / 2, image::Rgb([200, 80, 20]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_picture_is_taken_shown_small_and_taken_away() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        house.member("Mia", OrgRole::Guest).await;
        let (mut olga, mut mia) = (house.signed_in("olga").await, house.signed_in("mia").await);
        let member = olga.raw("PUT", "/me/avatar", "image/png", picture(1000)).await.json;
        let url = member["avatar"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        let shown = mia.get(&url).await;
        assert_eq!(
            (shown.status.as_u16(), &shown.headers["content-type"]),
            (200, &"image/png".parse().unwrap())
        );
        assert_eq!(shown.headers["x-content-type-options"], "nosniff");
        let small = image::load_from_memory(&shown.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (256, 128));
        assert_eq!(house.browser().get(&url).await.status, 401);
        let refused: [(Vec<u8>, u16); 4] = [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 422),
            (picture(100)[..60].to_vec(), 422),
            (Vec::new(), 422),
            (vec![0; (5 << 20) + 1], 413),
        ];
        for (bytes, status) in refused {
            assert_eq!(olga.raw("PUT", "/me/avatar", "image/png", bytes).await.status, status);
        }
        assert_eq!(mia.get(&url).await.status, 200, "what was refused changed nothing");
        let member = olga.send("DELETE", "/me/avatar", json!(null)).await.json;
        assert_eq!(member["avatar"], Value::Null);
        assert_eq!(mia.get(&url).await.told(), (404, "avatar.not_found"));
    })
    .await;
}
