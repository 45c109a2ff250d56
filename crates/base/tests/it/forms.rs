//! Forms: who may fill them in, what they show and take, and that sending twice is sending once.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use skein_base::{Command, http::router};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{FieldId, ViewId};
use tower::ServiceExt;

use crate::world::{Sheet, World};

/// A form over a table, and whoever comes by its address.
struct Asked {
    world: World,
    sheet: Sheet,
    app: Router,
    view: ViewId,
    token: String,
}

/// Who sends a request.
#[derive(Clone, Default)]
struct From {
    token: Option<String>,
    pass: Option<String>,
    site: Option<&'static str>,
}

impl Asked {
    async fn new(test: TestDb, kind: impl FnOnce(&Sheet) -> Json) -> Self {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let (app, _) = router().with_state(world.node.bases.clone()).split_for_parts();
        let input = serde_json::from_value(json!({"name": "Ask", "kind": kind(&sheet)})).unwrap();
        let made = sheet.run(Command::CreateView { table: sheet.table, input }).await.unwrap();
        let mut asked = Self { world, sheet, app, view: made.view.unwrap(), token: String::new() };
        let link = asked.share(json!({"audience": "anyone"})).await;
        asked.token = String::from(link["url"].as_str().unwrap().rsplit('/').next().unwrap());
        asked
    }

    async fn owner(&self) -> From {
        From { token: Some(self.world.token(self.sheet.ctx.member().unwrap()).await), ..From::default() }
    }

    fn link(&self) -> String {
        format!("/bases/{}/tables/{}/views/{}/form-link", self.sheet.base, self.sheet.table, self.view)
    }

    async fn share(&self, body: Json) -> Json {
        let (status, link) = self.send(&self.owner().await, Method::PUT, &self.link(), body).await;
        assert_eq!(status, StatusCode::OK, "{link}");
        link
    }

    async fn send(&self, from: &From, method: Method, path: &str, body: Json) -> (StatusCode, Json) {
        let path = path.replace("{token}", &self.token);
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(token) = &from.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(pass) = &from.pass {
            request = request.header("x-form-pass", pass);
        }
        if let Some(site) = from.site {
            request = request.header("sec-fetch-site", site);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Json::Null))
    }

    async fn shown(&self, from: &From) -> Json {
        let (status, form) = self.send(from, Method::GET, "/forms/{token}", Json::Null).await;
        assert_eq!(status, StatusCode::OK, "{form}");
        form
    }

    async fn key(&self) -> String {
        self.shown(&From::default()).await["form"]["key"].as_str().unwrap().to_owned()
    }

    async fn answer(&self, from: &From, key: &str, answers: Json) -> (StatusCode, Json) {
        let body = json!({"key": key, "answers": answers});
        self.send(from, Method::POST, "/forms/{token}/answers", body).await
    }

    async fn count(&self) -> usize {
        self.sheet.snapshot().await.table(self.sheet.table).unwrap().len()
    }
}

fn page(items: &[Json]) -> Json {
    json!({"type": "form", "theme": "teal", "pages": [{"items": items}]})
}

fn question(field: FieldId) -> Json {
    json!({"type": "question", "field": field})
}

fn by_name(sheet: &Sheet) -> Json {
    let mut name = question(sheet.name);
    name["required"] = json!(true);
    name["label"] = json!("Who are you?");
    page(&[name, question(sheet.price)])
}

#[tokio::test]
async fn a_stranger_adds_a_record_and_sending_it_again_adds_nothing() {
    on_each_database(async |test: TestDb| {
        let asked = Asked::new(test, by_name).await;
        let (sheet, stranger) = (&asked.sheet, From::default());
        let form = asked.shown(&stranger).await;
        assert_eq!(form["state"], "open");
        let items = form["form"]["pages"][0]["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["label"]), (2, &json!("Who are you?")));
        let told = form.to_string();
        for secret in [sheet.kind.to_string(), sheet.table.to_string(), sheet.base.to_string(), "Kind".into()]
        {
            assert!(!told.contains(&secret), "{secret} is told");
        }
        let key = asked.key().await;
        let answers = json!({sheet.name.to_string(): "Goose", sheet.price.to_string(): 3});
        let (status, done) = asked.answer(&stranger, &key, answers.clone()).await;
        assert_eq!((status, &done["key"]), (StatusCode::OK, &Json::Null), "{done}");
        let twice = tokio::join!(
            asked.answer(&stranger, &key, answers.clone()),
            asked.answer(&stranger, &key, json!({sheet.name.to_string(): "Other"})),
        );
        assert_eq!((twice.0.0, twice.1.0), (StatusCode::OK, StatusCode::OK));
        assert_eq!(asked.count().await, 1);
        let fresh = asked.key().await;
        let both = tokio::join!(
            asked.answer(&stranger, &fresh, answers.clone()),
            asked.answer(&stranger, &fresh, answers.clone()),
        );
        assert_eq!((both.0.0, both.1.0), (StatusCode::OK, StatusCode::OK));
        assert_eq!(asked.count().await, 2);
        let history = format!("/bases/{}/history", sheet.base);
        let (_, history) = asked.send(&asked.owner().await, Method::GET, &history, Json::Null).await;
        let link = asked.share(json!({"audience": "anyone"})).await;
        let last = &history["items"][0];
        assert_eq!((&last["via"], &last["actor"]), (&json!("form"), &link["id"]), "{history}");
    })
    .await;
}

#[tokio::test]
async fn who_is_let_in_follows_from_how_it_is_shared() {
    on_each_database(async |test: TestDb| {
        let asked = Asked::new(test, by_name).await;
        let member =
            From { token: Some(asked.world.token(asked.world.member("Bea").await).await), ..From::default() };
        let stranger = From::default();
        let key = asked.key().await;
        let name = || json!({asked.sheet.name.to_string(): "x"});
        let later = asked.world.node.ctx(asked.world.org, asked.sheet.ctx.member().unwrap()).now
            + SignedDuration::from_hours(1);
        let cases = [
            (json!({"audience": "nobody"}), ["closed", "closed"], [410, 410]),
            (json!({"audience": "members"}), ["sign_in", "open"], [401, 200]),
            (json!({"audience": "anyone", "password": "geese"}), ["password", "password"], [403, 403]),
            (
                json!({"audience": "anyone", "password": null, "closes": later.to_string()}),
                ["open", "open"],
                [200, 200],
            ),
        ];
        for (change, states, statuses) in cases {
            asked.share(change.clone()).await;
            for (who, (state, status)) in
                [&stranger, &member].into_iter().zip(states.into_iter().zip(statuses))
            {
                let form = asked.shown(who).await;
                assert_eq!(form["state"], state, "{change}");
                let (answered, problem) = asked.answer(who, &key, name()).await;
                assert_eq!(answered.as_u16(), status, "{change}: {problem}");
            }
        }
        asked.world.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(asked.shown(&stranger).await["state"], "closed");
        assert_eq!(asked.answer(&stranger, &key, name()).await.0, StatusCode::GONE);
        let (status, _) = asked.send(&stranger, Method::GET, &asked.link(), Json::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        for (method, body) in [
            (Method::GET, Json::Null),
            (Method::PUT, json!({"audience": "anyone"})),
            (Method::DELETE, Json::Null),
        ] {
            let (status, _) = asked.send(&member, method, &asked.link(), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "who sees nothing of the base");
        }
        let (status, _) = asked.send(&asked.owner().await, Method::DELETE, &asked.link(), Json::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let (status, _) = asked.send(&stranger, Method::GET, "/forms/{token}", Json::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_password_opens_it_and_guessing_is_slow() {
    let asked = Asked::new(TestDb::sqlite(true).await, by_name).await;
    asked.share(json!({"audience": "anyone", "password": "geese"})).await;
    let try_it = async |password: &str| {
        asked.send(&From::default(), Method::POST, "/forms/{token}/open", json!({"password": password})).await
    };
    let (status, opened) = try_it("geese").await;
    assert_eq!(status, StatusCode::OK);
    let inside = From { pass: Some(opened["pass"].as_str().unwrap().to_owned()), ..From::default() };
    assert_eq!(asked.shown(&inside).await["state"], "open");
    asked.share(json!({"audience": "anyone", "password": "swans"})).await;
    assert_eq!(asked.shown(&inside).await["state"], "password", "the pass ends with the password");
    for _ in 0..10 {
        assert_eq!(try_it("ducks").await.0, StatusCode::FORBIDDEN);
    }
    assert_eq!(try_it("swans").await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn answers_are_refused_with_the_question_they_are_about() {
    on_each_database(async |test: TestDb| {
        let asked = Asked::new(test, |sheet| {
            let mut kind = question(sheet.kind);
            kind["show"] = json!({"field": sheet.name, "op": "is", "value": "station"});
            kind["required"] = json!(true);
            page(&[question(sheet.name), kind])
        })
        .await;
        let sheet = &asked.sheet;
        let (name, kind) = (sheet.name.to_string(), sheet.kind.to_string());
        let patch = serde_json::from_value(json!({"unique": true})).unwrap();
        sheet.run(Command::UpdateField { table: sheet.table, field: sheet.name, patch }).await.unwrap();
        sheet.add(&[("taken", 1.0)]).await;
        let def = sheet.snapshot().await.table(sheet.table).unwrap().def().clone();
        let choices = def.fields.iter().find(|field| field.id == sheet.kind).unwrap().kind.choices();
        let gas = choices[0].id.to_string();
        let at = |field: &str| format!("answers.{field}");
        let cases = [
            (json!({sheet.price.to_string(): 3}), "form.not_asked", at(&sheet.price.to_string())),
            (json!({"nonsense": 3}), "form.not_asked", at("nonsense")),
            (json!({&name: 3}), "value.invalid", at(&name)),
            (json!({&name: "taken"}), "value.not_unique", at(&name)),
            (json!({&name: "station"}), "value.required", at(&kind)),
            (json!({&name: "station", &kind: "opt_00000000000000000000000009"}), "value.invalid", at(&kind)),
        ];
        let key = asked.key().await;
        for (answers, code, place) in cases {
            let (status, problem) = asked.answer(&From::default(), &key, answers.clone()).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answers}");
            assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!(place)), "{answers}");
            assert!(!problem.to_string().contains("rec_"), "{problem}");
        }
        for bad in ["", "g", &"0".repeat(63), &"F".repeat(64), &"f".repeat(64)] {
            let (status, problem) = asked.answer(&From::default(), bad, json!({})).await;
            assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("form.key")), "{bad}");
        }
        let (status, _) = asked.answer(&From::default(), &key, json!({&name: "other", &kind: gas})).await;
        assert_eq!(status, StatusCode::OK);
        let snapshot = sheet.snapshot().await;
        let table = snapshot.table(sheet.table).unwrap();
        let last = table.rows().last().unwrap();
        assert_eq!(table.get(last, sheet.kind), skein_table::Value::Null, "what is not shown is dropped");
        let foreign = From { site: Some("cross-site"), ..From::default() };
        let (status, _) = asked.answer(&foreign, &key, json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn each_member_answers_once_and_may_change_it_where_the_form_says_so() {
    on_each_database(async |test: TestDb| {
        let asked = Asked::new(test, |sheet| {
            let mut kind = by_name(sheet);
            (kind["once"], kind["revise"]) = (json!(true), json!(true));
            kind
        })
        .await;
        let bea = asked.world.member("Bea").await;
        let member = From { token: Some(asked.world.token(bea).await), ..From::default() };
        let name = asked.sheet.name.to_string();
        let (first, second) = (asked.key().await, asked.key().await);
        assert_eq!(asked.shown(&member).await["form"]["answered"], false);
        assert_eq!(asked.answer(&member, &first, json!({&name: "Bea"})).await.0, StatusCode::OK);
        let (status, problem) = asked.answer(&member, &second, json!({&name: "Bea"})).await;
        assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("form.answered")));
        assert_eq!(asked.shown(&member).await["form"]["answered"], true);
        let path = format!("/forms/{{token}}/answers/{second}");
        let (_, given) = asked.send(&member, Method::GET, &path, Json::Null).await;
        assert_eq!(given["answers"][&name], "Bea");
        let change = |key: &str| json!({"key": key, "answers": {&name: "Bea B."}});
        let put = |from: From, key: String| {
            let body = change(&key);
            let asked = &asked;
            async move { asked.send(&from, Method::PUT, "/forms/{token}/answers", body).await.0 }
        };
        assert_eq!(put(member.clone(), second.clone()).await, StatusCode::OK);
        assert_eq!(put(From::default(), second.clone()).await, StatusCode::NOT_FOUND, "a key nobody sent");
        let stranger = asked.key().await;
        assert_eq!(asked.answer(&From::default(), &stranger, json!({&name: "S"})).await.0, StatusCode::OK);
        assert_eq!(put(From::default(), stranger).await, StatusCode::OK);
        assert_eq!(asked.count().await, 2);
        let snapshot = asked.sheet.snapshot().await;
        let table = snapshot.table(asked.sheet.table).unwrap();
        let names: Vec<_> = table.rows().map(|row| table.get(row, asked.sheet.name)).collect();
        assert!(names.iter().all(|name| *name == crate::world::text("Bea B.")), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn records_are_found_by_what_they_are_called_where_the_form_offers_it() {
    let test = TestDb::sqlite(true).await;
    let mut link = None;
    let asked = Asked::new(test, by_name).await;
    let sheet = &asked.sheet;
    let records = sheet.add(&[("Alpha", 777.0), ("Beta", 1.0)]).await;
    link.replace(sheet.add_field(json!({"name": "Friend", "type": "link", "table": sheet.table})).await);
    let link = link.unwrap();
    let kind = |search: bool| {
        let mut one = question(link);
        one["search"] = json!(search);
        page(&[one])
    };
    let offers = async |text: &str| {
        let path = format!("/forms/{{token}}/offers?question={link}&search={text}");
        asked.send(&From::default(), Method::GET, &path, Json::Null).await
    };
    let set = async |kind: Json| {
        let patch = serde_json::from_value(json!({"kind": kind})).unwrap();
        sheet.run(Command::UpdateView { table: sheet.table, view: asked.view, patch }).await.unwrap();
    };
    set(kind(false)).await;
    assert_eq!(offers("al").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(asked.shown(&From::default()).await["form"]["pages"][0]["items"], json!([]));
    set(kind(true)).await;
    assert_eq!(offers("al").await.1["offers"], json!([{"id": records[0], "text": "Alpha"}]));
    assert_eq!(offers("777").await.1["offers"], json!([]), "only titles are searched");
    let key = asked.key().await;
    let to = |id: &str| json!({link.to_string(): [id]});
    let (status, problem) = asked.answer(&From::default(), &key, to("rec_00000000000000000000000009")).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("link.unknown")));
    let (status, _) = asked.answer(&From::default(), &key, to(&records[1].to_string())).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn one_address_does_not_fill_a_table() {
    let asked = Asked::new(TestDb::sqlite(true).await, by_name).await;
    let name = asked.sheet.name.to_string();
    for at in 0..120 {
        let key = asked.key().await;
        let (status, problem) = asked.answer(&From::default(), &key, json!({&name: "x"})).await;
        assert_eq!(status, StatusCode::OK, "{at}: {problem}");
    }
    let key = asked.key().await;
    let (status, problem) = asked.answer(&From::default(), &key, json!({&name: "x"})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (429, &json!("form.throttled")));
    assert!(problem["retry_after"].as_u64().unwrap() > 0);
    let member =
        From { token: Some(asked.world.token(asked.world.member("Bea").await).await), ..From::default() };
    assert_eq!(asked.answer(&member, &key, json!({&name: "x"})).await.0, StatusCode::OK);
}
