//! Cookies and tokens: what they are good for, and that they end at once.

use jiff::SignedDuration;
use serde_json::{Value, json};
use skein_platform::{
    Settings, directory,
    identity::{self, Meta, OrgRole},
};
use skein_store::{FutureExt, StoreError, params};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{LinkId, ResourceId};

use crate::people::{Client, House, PASSWORD};

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let settings = Settings { public_url: Some("http://public.test:7300".into()), ..Settings::default() };
    let house = House::with(TestDb::sqlite(true).await, settings).await;
    let signed_in = house.signed_in("olga").await;
    // Sec-Fetch-Site, Origin, whether a change is let through.
    let cases = [
        (Some("same-origin"), None, true),
        (Some("none"), None, true),
        (Some("same-site"), None, false),
        (Some("cross-site"), None, false),
        (Some("cross-site"), Some("http://skein.test"), false),
        (Some("same-origin"), Some("http://skein.test"), true),
        (None, Some("http://skein.test"), true),
        (None, Some("https://skein.test"), true),
        (None, Some("http://public.test:7300"), true),
        (None, Some("http://public.test"), false),
        (None, Some("http://evil.test"), false),
        (None, Some("http://skein.test.evil.test"), false),
        (None, Some("null"), false),
        (None, None, false),
    ];
    for (site, origin, allowed) in cases {
        let mut browser = signed_in.clone();
        browser.headers.remove("sec-fetch-site");
        if let Some(site) = site {
            browser.headers.insert("sec-fetch-site", site.parse().unwrap());
        }
        if let Some(origin) = origin {
            browser.headers.insert("origin", origin.parse().unwrap());
        }
        let told = browser.send("PATCH", "/me", json!({ "name": "Olga" })).await;
        let expected = if allowed { (200, "") } else { (403, "auth.cross_site") };
        assert_eq!(told.told(), expected, "{site:?} {origin:?}");
        assert_eq!(browser.get("/me").await.status, 200, "reading changes nothing");
        // A foreign page must not sign its visitor in either; a program may, it sends neither header.
        let sign_in = browser.sign_in("olga@example.com", PASSWORD).await;
        let expected = if allowed || (site, origin) == (None, None) { 200 } else { 403 };
        assert_eq!(sign_in.status, expected, "{site:?} {origin:?}");
    }
    let secret = signed_in.clone().token(&["write"]).await;
    let mut program = house.program(&secret);
    assert_eq!(program.send("PATCH", "/me", json!({ "name": "Olga" })).await.status, 200);
}

#[tokio::test]
async fn cookies_by_https_are_of_this_host_alone() {
    let settings = Settings { trust_proxy: true, ..Settings::default() };
    let house = House::with(TestDb::sqlite(true).await, settings).await;
    let mut olga = house.browser();
    olga.headers.insert("x-forwarded-proto", "https".parse().unwrap());
    olga.headers.insert("x-forwarded-for", "198.51.100.1, 198.51.100.2".parse().unwrap());
    let answer = olga.sign_in("olga@example.com", PASSWORD).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-skein=") && cookie.contains("; Path=/;"), "{cookie}");
    assert!(cookie.ends_with("; Secure") && !cookie.contains("Domain"), "{cookie}");
    let sessions = olga.get("/me/sessions").await.json;
    assert_eq!(sessions["items"][0]["ip"], "198.51.100.2", "the address the proxy saw");
    assert_eq!(sessions["items"][0]["user_agent"], "Goosefox 7");
    // The same cookie by http, under its name or the plain one, is none.
    olga.headers.remove("x-forwarded-proto");
    assert_eq!(olga.get("/me").await.status, 401);

    // Without trust these headers are the client's own words.
    let house = House::new(TestDb::sqlite(true).await).await;
    let mut olga = house.browser();
    olga.headers.insert("x-forwarded-proto", "https".parse().unwrap());
    olga.headers.insert("x-forwarded-for", "198.51.100.1".parse().unwrap());
    let answer = olga.sign_in("olga@example.com", PASSWORD).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().starts_with("skein="));
    assert_eq!(olga.get("/me/sessions").await.json["items"][0]["ip"], "192.0.2.1");
}

#[tokio::test]
async fn a_session_lives_thirty_days_after_it_was_last_used() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let seen = |answer: &Value| answer["items"][0]["last_seen"].as_str().unwrap().to_owned();
        let first = seen(&olga.get("/me/sessions").await.json);
        house.clock.advance(SignedDuration::from_mins(4));
        assert_eq!(seen(&olga.get("/me/sessions").await.json), first, "written every five minutes");
        house.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(seen(&olga.get("/me/sessions").await.json), "2026-11-20T08:05:00Z");
        for _ in 0..3 {
            house.clock.advance(SignedDuration::from_hours(29 * 24));
            assert_eq!(olga.get("/me").await.status, 200);
        }
        house.clock.advance(SignedDuration::from_hours(30 * 24));
        assert_eq!(olga.get("/me").await.told(), (401, "auth.required"));
    })
    .await;
}

#[tokio::test]
async fn what_is_remembered_ends_at_once() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        house.member("Mia", OrgRole::Member).await;
        let (mut here, mut there) = (house.signed_in("mia").await, house.signed_in("mia").await);
        let secret = here.token(&["read"]).await;
        let mut program = house.program(&secret);
        for client in [&mut here, &mut there, &mut program] {
            assert_eq!(client.get("/me").await.status, 200);
            assert_eq!(client.get("/me").await.status, 200);
        }
        // The other session, from here.
        let sessions = here.get("/me/sessions").await.json;
        let other = sessions["items"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap();
        let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
        assert_eq!(house.signed_in("olga").await.send("DELETE", &path, json!(null)).await.status, 404);
        assert_eq!(here.send("DELETE", &path, json!(null)).await.status, 204);
        assert_eq!(there.get("/me").await.status, 401);
        assert_eq!(here.send("DELETE", &path, json!(null)).await.told(), (404, "session.not_found"));
        // The token.
        let token = here.get("/me/tokens").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(here.send("DELETE", &format!("/me/tokens/{token}"), json!(null)).await.status, 204);
        assert_eq!(program.get("/me").await.status, 401);
        // All others, with a new password.
        let mut there = house.signed_in("mia").await;
        assert_eq!(there.get("/me").await.status, 200);
        let change = json!({ "current": PASSWORD, "new": "another-goose" });
        assert_eq!(here.post("/me/password", change).await.status, 204);
        assert_eq!(there.get("/me").await.status, 401);
        assert_eq!(here.get("/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_deactivated_member_is_out_on_every_node() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mia = house.member("Mia", OrgRole::Member).await;
        let mut browser = house.signed_in("mia").await;
        let secret = browser.token(&["write"]).await;
        let mut program = house.program(&secret);
        let mut olga = house.signed_in("olga").await;

        // Another node, with its own memory, that hears of commits by the log alone.
        let elsewhere = house.test.another().await;
        let tail = elsewhere.start_tail().await.unwrap();
        let (clock, ids) = skein_testkit::seeded(12);
        let blobs = house.test.blobs();
        let node = skein_platform::Platform::new(elsewhere.clone(), blobs, clock, ids, Settings::default());
        let router =
            identity::router::<skein_platform::Platform>().split_for_parts().0.with_state(node.clone());
        let mut distant = Client { router, ..browser.clone() };

        for client in [&mut browser, &mut program, &mut distant] {
            assert_eq!(client.get("/me").await.status, 200);
        }
        let ctx = skein_platform::Ctx::for_member(&house.platform, mia).await.unwrap().unwrap();
        assert!(ctx.renewed().await.unwrap().is_some());
        let mut heard = elsewhere.bus().watch(&skein_platform::security_stream(house.org));
        assert_eq!(olga.post(&format!("/members/{mia}/deactivate"), json!(null)).await.status, 200);
        assert_eq!(browser.get("/me").await.told(), (401, "auth.required"));
        assert_eq!(program.get("/me").await.told(), (401, "auth.required"));
        heard.changed().await;
        assert_eq!(distant.get("/me").await.told(), (401, "auth.required"));
        assert!(ctx.renewed().await.unwrap().is_none());
        assert!(skein_platform::Ctx::for_member(&house.platform, mia).await.unwrap().is_none());

        // What was ended does not come back with the member.
        let back = olga.post(&format!("/members/{mia}/reactivate"), json!(null)).await;
        assert_eq!(back.json["active"], true);
        assert_eq!(browser.get("/me").await.status, 401);
        assert_eq!(program.get("/me").await.status, 401);
        assert_eq!(house.browser().sign_in("mia@example.com", PASSWORD).await.status, 200);
        tail.abort();
    })
    .await;
}

#[tokio::test]
async fn a_new_role_counts_for_the_next_request() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mia = house.member("Mia", OrgRole::Member).await;
        let (mut browser, mut olga) = (house.signed_in("mia").await, house.signed_in("olga").await);
        for (role, status) in [("admin", 200), ("member", 403)] {
            olga.send("PATCH", &format!("/members/{mia}"), json!({ "role": role })).await;
            assert_eq!(browser.get("/audit").await.status, status, "as {role}");
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_do_what_their_scopes_say() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        house.member("Mia", OrgRole::Member).await;
        let (mut olga, mut mia) = (house.signed_in("olga").await, house.signed_in("mia").await);
        let group = json!({ "name": "Flock" });
        // Scopes; then the answers to reading, changing and managing.
        let cases: [(&[&str], u16, u16, u16); 3] =
            [(&["read"], 200, 403, 403), (&["write"], 200, 200, 403), (&["read", "admin"], 200, 200, 201)];
        for (scopes, read, write, manage) in cases {
            let secret = olga.token(scopes).await;
            assert!(secret.starts_with("skn_"));
            let mut program = house.program(&secret);
            assert_eq!(program.get("/me").await.status, read, "{scopes:?}");
            assert_eq!(
                program.send("PATCH", "/me", json!({ "name": "Olga" })).await.status,
                write,
                "{scopes:?}"
            );
            assert_eq!(program.post("/groups", group.clone()).await.status, manage, "{scopes:?}");
            let me = program.get("/me").await.json;
            assert_eq!(me["session"], Value::Null);
            // No token makes tokens, ends sessions or sets passwords.
            let more = program.post("/me/tokens", json!({ "name": "more", "scopes": ["admin"] })).await;
            assert_eq!(more.status, 403, "{scopes:?}");
            let change = json!({ "current": PASSWORD, "new": "another-goose" });
            assert_eq!(program.post("/me/password", change).await.status, 403, "{scopes:?}");
        }
        for (scopes, told) in
            [(json!([]), (422, "token.no_scope")), (json!(["admin"]), (422, "token.admin_scope"))]
        {
            let answer = mia.post("/me/tokens", json!({ "name": "t", "scopes": scopes })).await;
            assert_eq!(answer.told(), told);
        }
        assert_eq!(house.program("skn_00").get("/me").await.told(), (401, "auth.required"));
        // A session's secret is no token, and a wrong token is not helped by a cookie.
        mia.headers.insert("authorization", "Bearer wrong".parse().unwrap());
        assert_eq!(mia.get("/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn tokens_expire_and_tell_when_they_were_used() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mut olga = house.signed_in("olga").await;
        let new = json!({ "name": " nightly ", "scopes": ["write", "read"], "expires_in_days": 1 });
        let made = olga.post("/me/tokens", new).await.json;
        assert_eq!(made["scopes"], json!(["read", "write"]));
        assert_eq!(made["expires"], "2026-11-21T08:00:00Z");
        let mut program = house.program(made["secret"].as_str().unwrap());
        assert_eq!(program.get("/me").await.status, 200);
        let listed = olga.get("/me/tokens").await.json["items"][0].clone();
        assert_eq!((&listed["name"], &listed["secret"]), (&json!("nightly"), &Value::Null));
        assert_eq!(listed["last_used"], "2026-11-20T08:00:00Z");
        house.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(program.get("/me").await.status, 401);
        let bad =
            olga.post("/me/tokens", json!({ "name": "x", "scopes": ["read"], "expires_in_days": 0 })).await;
        assert_eq!((bad.told(), &bad.json["field"]), ((422, "input.number"), &json!("expires_in_days")));
    })
    .await;
}

#[tokio::test]
async fn a_link_lets_a_visitor_in_until_it_ends() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let (link, resource) = (LinkId::from_bits(5), ResourceId::from_bits(6));
        let (org, olga) = (house.org, house.olga);
        let made = house.test.db.write(move |tx| {
            async move {
                let sql = "INSERT INTO resources (id, org, kind, name, owner, inherits, created, updated) \
                     VALUES ($1, $2, 'folder', 'Maps', $3, TRUE, 0, 0)";
                tx.execute(sql, params![resource, org, olga]).await?;
                let sql =
                    "INSERT INTO links (id, resource, token, role, created) VALUES ($1, $2, 't', 'view', 0)";
                tx.execute(sql, params![link, resource]).await?;
                Ok::<_, StoreError>(())
            }
            .boxed()
        });
        made.await.unwrap();
        let meta = Meta { ip: "192.0.2.9".into(), ..Meta::default() };
        let cookie = identity::open_visitor_session(&house.platform, link, org, &meta).await.unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        assert!(pair.starts_with("skein_link="));
        let mut visitor = house.browser();
        visitor.headers.insert("cookie", pair.parse().unwrap());
        let me = visitor.get("/me").await.json;
        assert_eq!(me["link"], json!({ "resource": resource, "role": "view" }));
        assert_eq!(me["member"], Value::Null);
        let picture = format!("/members/{olga}/avatar");
        for path in ["/members", "/departments", "/groups", "/me/sessions", "/audit", &picture] {
            assert_eq!(visitor.get(path).await.status, 403, "{path}");
        }
        // The secret under the name of the other cookie is nothing.
        let mut forged = house.browser();
        forged.headers.insert("cookie", pair.replace("skein_link", "skein").parse().unwrap());
        assert_eq!(forged.get("/me").await.status, 401);
        // A member's session counts first.
        let member = house.signed_in("olga").await;
        let both = format!("{pair}; {}", member.headers["cookie"].to_str().unwrap());
        let mut both_client = house.browser();
        both_client.headers.insert("cookie", both.parse().unwrap());
        assert_eq!(both_client.get("/me").await.json["member"]["name"], "Olga");

        let gone = house.test.db.write(move |tx| {
            async move { tx.execute("DELETE FROM links WHERE id = $1", params![link]).await }.boxed()
        });
        gone.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
        assert_eq!(visitor.get("/me").await.told(), (401, "auth.required"));
    })
    .await;
}

#[tokio::test]
async fn every_endpoint_does_as_its_policy_says() {
    let house = House::new(TestDb::sqlite(true).await).await;
    house.member("Gil", OrgRole::Guest).await;
    let mut olga = house.signed_in("olga").await;
    let (reads, writes) = (olga.token(&["read"]).await, olga.token(&["admin"]).await);
    let guest = house.signed_in("gil").await.token(&["write"]).await;
    for (method, path, who) in [identity::http::POLICY, directory::http::POLICY].concat() {
        let prefix = match path.split('/').nth(1).unwrap_or_default() {
            "departments" => "dep",
            "groups" => "grp",
            "invitations" => "inv",
            "me" if path.contains("sessions") => "ses",
            "me" => "tok",
            _ => "mem",
        };
        let place = path.replace("{id}", &format!("{prefix}_00000000000000000000000000"));
        // A body that fits every endpoint that is refused before it is looked at closely.
        let body = match (method, path) {
            ("GET" | "DELETE", _) => Value::Null,
            ("POST", "/me/password") => json!({ "current": PASSWORD, "new": "another-goose" }),
            ("POST", "/me/tokens") => json!({ "name": "more", "scopes": ["read"] }),
            ("POST", "/invitations") => json!({ "role": "guest", "expires_in_days": 1, "max_uses": 1 }),
            _ => json!({ "name": "X" }),
        };
        let is = |who_can: &str| who == who_can || who.starts_with(&format!("{who_can},"));
        let nobody = house.browser().send(method, &place, body.clone()).await;
        assert_eq!(nobody.status == 401, !is("public"), "{method} {path}: {nobody:?}");
        if method != "GET" && !is("public") {
            let answer = house.program(&reads).send(method, &place, body.clone()).await;
            assert_eq!(answer.told(), (403, "access.read_only_token"), "{method} {path}");
        }
        if is("session") {
            let answer = house.program(&writes).send(method, &place, body.clone()).await;
            assert_eq!(answer.told(), (403, "auth.session_required"), "{method} {path}");
        }
        if is("admin") {
            let answer = house.program(&guest).send(method, &place, body).await;
            assert_eq!(answer.told(), (403, "access.admins_only"), "{method} {path}");
        }
    }
}
