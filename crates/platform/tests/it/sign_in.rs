//! Setting up, signing in and out, and how often it may be tried.

use jiff::SignedDuration;
use serde_json::json;
use skein_platform::{Settings, identity::OrgRole, security_stream};
use skein_testkit::{TestDb, on_each_database};

use crate::people::{House, PASSWORD, empty};

fn organization(email: &str) -> serde_json::Value {
    json!({ "organization": "Wild Geese", "name": "Olga", "email": email, "password": PASSWORD,
            "language": "en", "time_zone": "europe/berlin" })
}

#[tokio::test]
async fn a_new_server_is_set_up_once() {
    on_each_database(async |test: TestDb| {
        let (platform, clock, router) = empty(&test, Settings::default());
        let no_org = skein_types::OrgId::from_bits(0);
        let no_one = skein_types::MemberId::from_bits(0);
        let house = House { test, platform, clock, router, org: no_org, olga: no_one };
        let mut olga = house.browser();
        assert_eq!(olga.get("/setup").await.json, json!({ "needed": true, "demo": false }));
        assert_eq!(olga.get("/me").await.told(), (401, "auth.required"));

        let mut weak = organization("olga@example.com");
        weak["password"] = json!("12345678");
        let refused = olga.post("/setup", weak).await;
        assert_eq!(refused.told(), (422, "password.common"));
        assert_eq!(refused.json["field"], "password");

        let (mut one, mut two) = (house.browser(), house.browser());
        let answers = futures_util::future::join(
            one.post("/setup", organization("one@example.com")),
            two.post("/setup", organization("two@example.com")),
        );
        let (first, second) = answers.await;
        let mut told = [first.told(), second.told()];
        told.sort_unstable();
        assert_eq!(told, [(201, ""), (409, "setup.done")]);
        let mut winner = if first.status == 201 { one } else { two };
        let me = winner.get("/me").await;
        assert_eq!(me.json["organization"]["name"], "Wild Geese");
        assert_eq!(me.json["member"]["role"], "owner");
        assert_eq!(me.json["member"]["time_zone"], "Europe/Berlin");
        assert_eq!(olga.get("/setup").await.json["needed"], false);
    })
    .await;
}

#[tokio::test]
async fn signing_in_and_out() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.browser();
        assert_eq!(olga.get("/auth/session").await.json, json!({ "me": null }));
        let answer = olga.sign_in(" OLGA@example.com ", PASSWORD).await;
        assert_eq!(answer.status, 200);
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("skein=") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
        let me = olga.get("/me").await.json;
        assert_eq!(me["member"]["email"], "olga@example.com");
        assert_eq!(me["session"], olga.get("/me/sessions").await.json["items"][0]["id"]);

        assert_eq!(olga.get("/auth/session").await.json, json!({ "me": me }));

        let mut thief = olga.clone();
        assert_eq!(olga.post("/auth/sign-out", json!(null)).await.status, 204);
        assert_eq!(
            thief.get("/me").await.told(),
            (401, "auth.required"),
            "the cookie is dead, not forgotten"
        );
        assert_eq!(thief.get("/auth/session").await.json, json!({ "me": null }));
        assert_eq!(olga.post("/auth/sign-out", json!(null)).await.status, 204, "twice is no mistake");
        let kinds = house.audited().await;
        assert_eq!(kinds[kinds.len() - 2..], ["auth.signed_in", "auth.signed_out"]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_sign_in_tells_nothing() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let gone = house.member("Gone", OrgRole::Member).await;
        let mut olga = house.signed_in("olga").await;
        assert_eq!(olga.post(&format!("/members/{gone}/deactivate"), json!(null)).await.status, 200);
        let mut watch = house.test.db.bus().watch(&security_stream(house.org));
        let before = house.audited().await.len();
        let mut bodies = Vec::new();
        for (email, password) in [
            ("olga@example.com", "wrong-password"),
            ("olga@example.com", "wrong-again-and-again"),
            ("nobody@example.com", PASSWORD),
            ("gone@example.com", PASSWORD),
            ("no address", ""),
            ("", &"x".repeat(100_000)),
        ] {
            let answer = house.browser().sign_in(email, password).await;
            assert_eq!(answer.told(), (401, "auth.wrong_credentials"), "{email}");
            bodies.push(answer.json);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        // Told once a minute for each member who exists.
        while house.audited().await.len() < before + 2 {
            watch.changed().await;
        }
        let kinds = house.audited().await;
        assert_eq!(kinds[before..], ["auth.sign_in_failed", "auth.sign_in_failed"]);
    })
    .await;
}

#[tokio::test]
async fn too_many_attempts_on_an_account_must_wait() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        for attempt in 0..10u8 {
            let answer = house.browser().sign_in("olga@example.com", "wrong-password").await;
            assert_eq!(answer.status, 401, "attempt {attempt}");
        }
        let answer = house.browser().sign_in("Olga@Example.com", PASSWORD).await;
        assert_eq!(answer.told(), (429, "auth.too_many"), "even with the right password");
        assert_eq!(answer.json["retry_after"], 30);
        assert_eq!(answer.headers["retry-after"], "30");
        assert_eq!(house.browser().sign_in("nobody@example.com", PASSWORD).await.status, 401);

        house.clock.advance(SignedDuration::from_secs(30));
        assert_eq!(house.browser().sign_in("olga@example.com", "wrong").await.status, 401);
        let answer = house.browser().sign_in("olga@example.com", PASSWORD).await;
        assert_eq!(answer.json["retry_after"], 60, "the wait doubles");
        house.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(house.browser().sign_in("olga@example.com", PASSWORD).await.status, 200);
        assert_eq!(house.browser().sign_in("olga@example.com", "wrong").await.status, 401, "all forgiven");
    })
    .await;
}

#[tokio::test]
async fn who_guesses_from_elsewhere_shuts_nobody_out_until_it_is_far_too_often() {
    let house = House::new(TestDb::sqlite(true).await).await;
    let guess = async |network: u8| {
        let mut browser = house.browser();
        browser.ip = [203, 0, 113, network];
        browser.sign_in("olga@example.com", "wrong-password").await.status.as_u16()
    };
    for _ in 0..10 {
        assert_eq!(guess(0).await, 401);
    }
    assert_eq!(guess(0).await, 429);
    // Her own good sign-in takes back none of it.
    house.signed_in("olga").await;
    for attempt in 10..100 {
        assert_eq!(guess(attempt).await, 401, "attempt {attempt}");
    }
    assert_eq!(guess(100).await, 429);
    assert_eq!(house.browser().sign_in("olga@example.com", PASSWORD).await.told(), (429, "auth.too_many"));
    house.clock.advance(SignedDuration::from_mins(15));
    house.signed_in("olga").await;
}

#[tokio::test]
async fn too_many_attempts_from_an_address_must_wait() {
    let house = House::new(TestDb::sqlite(true).await).await;
    // Good sign-ins do not count.
    house.signed_in("olga").await;
    for attempt in 0..50 {
        let answer = house.browser().sign_in(&format!("{attempt}@example.com"), "wrong-password").await;
        assert_eq!(answer.status, 401, "attempt {attempt}");
    }
    assert_eq!(house.browser().sign_in("olga@example.com", PASSWORD).await.told(), (429, "auth.too_many"));
    let mut elsewhere = house.browser();
    elsewhere.ip = [203, 0, 113, 9];
    assert_eq!(elsewhere.sign_in("olga@example.com", PASSWORD).await.status, 200);
    house.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(house.browser().sign_in("olga@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn invited_people_join() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let department = olga.post("/departments", json!({ "name": "Field" })).await.json["id"].clone();
        let invitation =
            json!({ "role": "member", "department": department, "expires_in_days": 2, "max_uses": 1 });
        let made = olga.post("/invitations", invitation.clone()).await;
        assert_eq!(made.status, 201);
        let url = made.json["url"].as_str().unwrap();
        let path = url.strip_prefix("http://skein.test").unwrap();

        let mut ida = house.browser();
        let welcome = ida.get(path).await.json;
        assert_eq!(welcome, json!({ "organization": "Wild Geese", "role": "member", "invited_by": "Olga" }));
        let joining = |email: &str| {
            json!({ "name": "Ida", "email": email, "password": "flying-south-now", "language": "ja",
                    "time_zone": "Asia/Tokyo" })
        };
        let taken = ida.post(path, joining("OLGA@example.com")).await;
        assert_eq!((taken.told(), &taken.json["field"]), ((409, "member.email_taken"), &json!("email")));
        let joined = ida.post(path, joining("ida@example.com")).await;
        assert_eq!(joined.status, 201, "{:?}", joined.json);
        assert_eq!(joined.json["member"]["departments"], json!([department]));
        assert_eq!(ida.get("/me").await.json["member"]["language"], "ja");
        assert_eq!(
            house.browser().post(path, joining("eve@example.com")).await.told(),
            (410, "invitation.over")
        );
        assert_eq!(house.browser().get(path).await.told(), (410, "invitation.over"));

        // Over by time, and taken back.
        let path_of = |answer: &serde_json::Value| {
            answer["url"].as_str().unwrap().strip_prefix("http://skein.test").unwrap().to_owned()
        };
        let second = olga.post("/invitations", invitation.clone()).await.json;
        house.clock.advance(SignedDuration::from_hours(48));
        assert_eq!(ida.get(&path_of(&second)).await.status, 410);
        let third = olga.post("/invitations", invitation).await.json;
        assert_eq!(olga.get("/invitations").await.json["items"].as_array().unwrap().len(), 1);
        let id = third["id"].as_str().unwrap();
        assert_eq!(olga.send("DELETE", &format!("/invitations/{id}"), json!(null)).await.status, 204);
        assert_eq!(ida.get(&path_of(&third)).await.status, 410);
        for bad in [
            json!({ "role": "owner", "expires_in_days": 2, "max_uses": 1 }),
            json!({ "role": "member", "expires_in_days": 31, "max_uses": 1 }),
            json!({ "role": "member", "expires_in_days": 2, "max_uses": 0 }),
        ] {
            let answer = olga.post("/invitations", bad.clone()).await;
            assert!([403, 422].contains(&answer.status.as_u16()), "{bad}");
        }
        assert_eq!(ida.get("/invitations").await.told(), (403, "access.admins_only"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_as_good_as_its_maker() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let ann = house.member("Ann", OrgRole::Admin).await;
        let (mut olga, mut admin) = (house.signed_in("olga").await, house.signed_in("ann").await);
        let invitation = json!({ "role": "admin", "expires_in_days": 1, "max_uses": 9 });
        let made = admin.post("/invitations", invitation).await.json;
        let path = made["url"].as_str().unwrap().strip_prefix("http://skein.test").unwrap();
        let member = format!("/members/{ann}");
        let joining = json!({ "name": "Eve", "email": "eve@example.com", "password": "flying-south-now",
            "language": "en", "time_zone": "UTC" });
        let over = async || {
            assert_eq!(house.browser().get(path).await.told(), (410, "invitation.over"));
            let joined = house.browser().post(path, joining.clone()).await;
            assert_eq!(joined.told(), (410, "invitation.over"));
        };
        assert_eq!(house.browser().get(path).await.status, 200);
        assert_eq!(olga.send("PATCH", &member, json!({ "role": "member" })).await.status, 200);
        over().await;
        assert_eq!(olga.get("/invitations").await.json["items"], json!([]));
        assert_eq!(olga.send("PATCH", &member, json!({ "role": "admin" })).await.status, 200);
        assert_eq!(house.browser().get(path).await.status, 200);
        assert_eq!(olga.post(&format!("{member}/deactivate"), json!(null)).await.status, 200);
        over().await;
    })
    .await;
}

#[tokio::test]
async fn one_place_in_an_invitation_is_taken_once() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let made =
            olga.post("/invitations", json!({ "role": "guest", "expires_in_days": 1, "max_uses": 2 })).await;
        let path = made.json["url"].as_str().unwrap().strip_prefix("http://skein.test").unwrap();
        let all = (0..5).map(|n| {
            let mut browser = house.browser();
            async move {
                let joining = json!({ "name": "Guest", "email": format!("g{n}@example.com"),
                    "password": "flying-south-now", "language": "en", "time_zone": "UTC" });
                browser.post(path, joining).await.status.as_u16()
            }
        });
        let mut told = futures_util::future::join_all(all).await;
        told.sort_unstable();
        assert_eq!(told, [201, 201, 410, 410, 410]);
    })
    .await;
}
