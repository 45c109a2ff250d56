//! Members, departments, groups, and the audit log.

use serde_json::{Value, json};
use skein_platform::{
    directory,
    identity::{Language, OrgRole},
};
use skein_testkit::{TestDb, on_each_database};

use crate::people::{Client, House, PASSWORD};

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn patch(client: &mut Client, path: String, body: Value) -> (u16, String) {
    let answer = client.send("PATCH", &path, body).await;
    (answer.status.as_u16(), answer.code().to_owned())
}

#[tokio::test]
async fn the_last_owner_stays() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let ann = house.member("Ann", OrgRole::Admin).await;
        let (mut olga, mut admin) = (house.signed_in("olga").await, house.signed_in("ann").await);
        let (own, other) = (format!("/members/{}", house.olga), format!("/members/{ann}"));
        let deactivate = |id: &str| format!("{id}/deactivate");
        let is = |code: &str| (409, code.to_owned());
        assert_eq!(patch(&mut olga, own.clone(), json!({ "role": "member" })).await, is("member.last_owner"));
        assert_eq!(olga.post(&deactivate(&own), json!(null)).await.told(), (409, "member.last_owner"));
        // An admin reaches no owner and makes none, themselves least of all.
        for (path, body) in [(&own, json!({ "role": "guest" })), (&own, json!({ "name": "X" }))] {
            assert_eq!(patch(&mut admin, path.clone(), body).await, (403, "member.higher_role".into()));
        }
        assert_eq!(admin.post(&deactivate(&own), json!(null)).await.told(), (403, "member.higher_role"));
        let reset = admin.post(&format!("{own}/reset-password"), json!(null)).await;
        assert_eq!(reset.told(), (403, "member.higher_role"));
        let promote = json!({ "role": "owner" });
        assert_eq!(
            patch(&mut admin, other.clone(), promote.clone()).await,
            (403, "member.owners_only".into())
        );
        // With a second owner the first may go, but not by their own hand.
        assert_eq!(patch(&mut olga, other.clone(), promote).await.0, 200);
        assert_eq!(olga.post(&deactivate(&own), json!(null)).await.told(), (409, "member.yourself"));
        assert_eq!(admin.post(&deactivate(&own), json!(null)).await.status, 200);
        assert_eq!(patch(&mut admin, other, json!({ "role": "admin" })).await, is("member.last_owner"));
    })
    .await;
}

#[tokio::test]
async fn two_owners_cannot_demote_each_other_at_the_same_moment() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let otto = house.member("Otto", OrgRole::Owner).await;
        let (mut one, mut two) = (house.signed_in("olga").await, house.signed_in("otto").await);
        let down = json!({ "role": "member" });
        let answers = futures_util::future::join(
            patch(&mut one, format!("/members/{otto}"), down.clone()),
            patch(&mut two, format!("/members/{}", house.olga), down),
        );
        let (first, second) = answers.await;
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{first:?} {second:?}");
    })
    .await;
}

#[tokio::test]
async fn members_are_listed_by_name_and_found() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        for name in ["goose10", "Goose2", "王小明", "李雷", "äda"] {
            house.member(name, OrgRole::Member).await;
        }
        let mut olga = house.signed_in("olga").await;
        let all = ["李雷", "王小明", "äda", "Goose2", "goose10", "Olga"];
        assert_eq!(names(&olga.get("/members").await.json), all);
        let first = olga.get("/members?limit=4").await.json;
        assert_eq!(names(&first), all[..4]);
        let next = format!("/members?limit=4&cursor={}", first["next"].as_str().unwrap());
        let second = olga.get(&next).await.json;
        assert_eq!((names(&second), &second["next"]), (all[4..].to_vec(), &Value::Null));
        assert_eq!(names(&olga.get("/members?query=GOOSE").await.json), ["Goose2", "goose10"]);
        assert_eq!(names(&olga.get("/members?query=olga@ex").await.json), ["Olga"]);
        assert_eq!(olga.get("/members?cursor=nonsense").await.status, 422);
        assert_eq!(olga.get("/members/mem_nonsense").await.status, 404);
        assert_eq!(
            olga.get("/members/mem_00000000000000000000000000").await.told(),
            (404, "member.not_found")
        );
    })
    .await;
}

#[tokio::test]
async fn guests_see_names_and_no_more() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let gil = house.member("Gil", OrgRole::Guest).await;
        let (mut guest, mut olga) = (house.signed_in("gil").await, house.signed_in("olga").await);
        let department = olga.post("/departments", json!({ "name": "Field" })).await.json["id"].clone();
        let body = json!({ "title": "Chief", "departments": [department] });
        assert_eq!(patch(&mut olga, format!("/members/{}", house.olga), body).await.0, 200);
        let boss = guest.get(&format!("/members/{}", house.olga)).await.json;
        let seen =
            ["name", "email", "title", "departments", "supervisor", "status"].map(|key| boss[key].clone());
        assert_eq!(seen, [json!("Olga"), json!(null), json!(""), json!([]), json!(null), json!(null)]);
        assert_eq!(guest.get(&format!("/members/{gil}")).await.json["email"], "gil@example.com");
        assert_eq!(guest.get("/members?query=olga@example.com").await.json["items"], json!([]));
        assert_eq!(guest.get("/departments").await.json["items"], json!([]));
        assert_eq!(guest.get("/groups").await.json["items"], json!([]));
        assert_eq!(guest.get("/members?query=chief").await.json["items"], json!([]));
        let in_department = format!("/members?department={}", department.as_str().unwrap());
        assert_eq!(guest.get(&in_department).await.json["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn supervisors_and_departments_make_no_cycles() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let (a, b, c) = (
            house.member("A", OrgRole::Member).await,
            house.member("B", OrgRole::Member).await,
            house.member("C", OrgRole::Member).await,
        );
        let mut olga = house.signed_in("olga").await;
        let mut set = async |who, above: Value| {
            patch(&mut olga, format!("/members/{who}"), json!({ "supervisor": above })).await
        };
        let cycle = (422, "member.supervisor_cycle".to_owned());
        assert_eq!(set(a, json!(b)).await.0, 200);
        assert_eq!(set(b, json!(c)).await.0, 200);
        assert_eq!(set(c, json!(a)).await, cycle);
        assert_eq!(set(c, json!(c)).await, cycle);
        assert_eq!(set(b, json!(null)).await.0, 200);
        assert_eq!(set(c, json!(a)).await.0, 200);
        let unknown = json!("mem_00000000000000000000000000");
        assert_eq!(set(a, unknown).await, (422, "member.unknown".into()));

        let mut make = async |name: &str, parent: Value| {
            let answer = olga.post("/departments", json!({ "name": name, "parent": parent })).await;
            assert_eq!(answer.status, 201, "{:?}", answer.json);
            answer.json["id"].as_str().unwrap().to_owned()
        };
        let top = make("Sales 10", json!(null)).await;
        let middle = make("Sales 2", json!(top)).await;
        let low = make("East", json!(middle)).await;
        assert_eq!(names(&olga.get("/departments").await.json), ["East", "Sales 2", "Sales 10"]);
        for parent in [&low, &top] {
            let told = patch(&mut olga, format!("/departments/{top}"), json!({ "parent": parent })).await;
            assert_eq!(told, (422, "department.cycle".into()));
        }
        // In a department is who is below it too.
        let body = json!({ "departments": [low, low] });
        assert_eq!(patch(&mut olga, format!("/members/{a}"), body).await.0, 200);
        assert_eq!(names(&olga.get(&format!("/members?department={top}")).await.json), ["A"]);
        let counts: Vec<Value> = olga.get("/departments").await.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|department| department["members"].clone())
            .collect();
        assert_eq!(counts, [1, 1, 1]);
        let delete = async |client: &mut Client, id: &str| {
            let answer = client.send("DELETE", &format!("/departments/{id}"), json!(null)).await;
            answer.status.as_u16()
        };
        assert_eq!(delete(&mut olga, &low).await, 409);
        assert_eq!(delete(&mut olga, &middle).await, 409);
        patch(&mut olga, format!("/members/{a}"), json!({ "departments": [] })).await;
        assert_eq!(delete(&mut olga, &low).await, 204);
        assert_eq!(delete(&mut olga, &low).await, 404);
        let moved = json!({ "parent": null, "lead": b, "name": "West" });
        assert_eq!(patch(&mut olga, format!("/departments/{middle}"), moved).await.0, 200);
        let all = olga.get("/departments").await.json;
        let west = all["items"].as_array().unwrap().iter().find(|d| d["name"] == "West").unwrap();
        assert_eq!((&west["parent"], &west["lead"]), (&json!(null), &json!(b)));
    })
    .await;
}

#[tokio::test]
async fn groups_are_made_by_admins() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mia = house.member("Mia", OrgRole::Member).await;
        let (mut olga, mut member) = (house.signed_in("olga").await, house.signed_in("mia").await);
        let new = json!({ "name": "Flock", "members": [mia, mia] });
        assert_eq!(member.post("/groups", new.clone()).await.told(), (403, "access.admins_only"));
        let group = olga.post("/groups", new).await.json;
        assert_eq!(group["members"], json!([mia]));
        let path = format!("/groups/{}", group["id"].as_str().unwrap());
        let bad = json!({ "members": [house.olga, "mem_00000000000000000000000000"] });
        let answer = olga.send("PATCH", &path, bad).await;
        assert_eq!((answer.told(), &answer.json["field"]), ((422, "member.unknown"), &json!("members[1]")));
        let renamed = olga.send("PATCH", &path, json!({ "name": "Wedge" })).await.json;
        assert_eq!((&renamed["name"], &renamed["members"]), (&json!("Wedge"), &json!([mia])));
        assert_eq!(names(&member.get("/groups").await.json), ["Wedge"]);
        assert_eq!(olga.send("DELETE", &path, json!(null)).await.status, 204);
        assert_eq!(olga.send("DELETE", &path, json!(null)).await.told(), (404, "group.not_found"));
        assert_eq!(olga.post("/groups", json!({ "members": [] })).await.told(), (422, "input.name"));
    })
    .await;
}

#[tokio::test]
async fn an_admin_gives_a_new_password() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mia = house.member("Mia", OrgRole::Member).await;
        let (mut browser, mut olga) = (house.signed_in("mia").await, house.signed_in("olga").await);
        let token = async |browser: &mut Client, scope: &str| {
            let made = browser.post("/me/tokens", json!({ "name": "t", "scopes": [scope] })).await;
            house.program(made.json["secret"].as_str().unwrap())
        };
        let mut program = token(&mut browser, "write").await;
        let mut robot = token(&mut olga, "admin").await;
        let refused = robot.post(&format!("/members/{mia}/reset-password"), json!(null)).await;
        assert_eq!(refused.told(), (403, "auth.session_required"));
        let own = olga.post(&format!("/members/{}/reset-password", house.olga), json!(null)).await;
        assert_eq!(own.told(), (409, "member.yourself"));
        assert_eq!(program.get("/me").await.status, 200);
        let answer = olga.post(&format!("/members/{mia}/reset-password"), json!(null)).await;
        assert_eq!(program.get("/me").await.status, 401, "tokens end too");
        let fresh = answer.json["password"].as_str().unwrap().to_owned();
        assert_eq!(fresh.len(), 23, "{fresh}");
        assert_eq!(browser.get("/me").await.status, 401);
        assert_eq!(house.browser().sign_in("mia@example.com", PASSWORD).await.status, 401);
        assert_eq!(house.browser().sign_in("mia@example.com", &fresh).await.status, 200);
        // From the command line.
        let mut browser = house.browser();
        browser.sign_in("mia@example.com", &fresh).await;
        let mut program = token(&mut browser, "write").await;
        directory::reset_password(&house.platform, "Mia@Example.com", "third-time-lucky").await.unwrap();
        assert_eq!(program.get("/me").await.status, 401);
        assert_eq!(house.browser().sign_in("mia@example.com", "third-time-lucky").await.status, 200);
        assert!(directory::reset_password(&house.platform, "mia@example.com", "short").await.is_err());
        assert!(
            directory::reset_password(&house.platform, "no@example.com", "third-time-lucky").await.is_err()
        );
    })
    .await;
}

/// Makes a good member a bad one.
type Spoil = fn(&mut directory::NewMember);

#[tokio::test]
async fn bad_members_are_refused_with_the_field() {
    let house = House::new(TestDb::sqlite(true).await).await;
    let good = directory::NewMember {
        email: "new@example.com".into(),
        name: "New".into(),
        password: PASSWORD.into(),
        role: OrgRole::Member,
        language: Language::Chinese,
        time_zone: "Asia/Shanghai".into(),
        title: String::new(),
        departments: Vec::new(),
        supervisor: None,
    };
    let cases: [(Spoil, &str, &str); 8] = [
        (|new| new.email = "nobody".into(), "input.email", "email"),
        (|new| new.email = "OLGA@example.com".into(), "member.email_taken", "email"),
        (|new| new.name = " ".into(), "input.name", "name"),
        (|new| new.password = "seven77".into(), "password.too_short", "password"),
        (|new| new.time_zone = "Moon/Sea".into(), "input.time_zone", "time_zone"),
        (|new| new.title = "x".repeat(101), "input.text", "title"),
        (|new| new.departments = vec![skein_types::Id::from_bits(1)], "department.unknown", "departments[0]"),
        (|new| new.supervisor = Some(skein_types::Id::from_bits(1)), "member.unknown", "supervisor"),
    ];
    for (spoil, code, field) in cases {
        let mut new = good.clone();
        spoil(&mut new);
        let refused = directory::create_member(&house.platform, house.org, new).await.unwrap_err();
        let problem = skein_types::Problem::from(refused);
        assert_eq!((problem.code.as_str(), problem.field.as_deref()), (code, Some(field)));
    }
    directory::create_member(&house.platform, house.org, good).await.unwrap();
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_from_where() {
    on_each_database(async |test: TestDb| {
        let house = House::new(test).await;
        let mia = house.member("Mia", OrgRole::Member).await;
        let mut olga = house.signed_in("olga").await;
        patch(&mut olga, format!("/members/{mia}"), json!({ "role": "admin" })).await;
        olga.post(&format!("/members/{mia}/deactivate"), json!(null)).await;
        let page = olga.get("/audit?limit=2").await.json;
        let newest = &page["items"][0];
        assert_eq!(newest["kind"], "member.deactivated");
        assert_eq!(newest["actor"], json!({ "id": house.olga, "name": "Olga" }));
        assert_eq!((&newest["ip"], &newest["user_agent"]), (&json!("192.0.2.1"), &json!("Goosefox 7")));
        assert_eq!(newest["at"], "2026-11-20T08:00:00Z");
        let changed = &page["items"][1]["data"];
        assert_eq!(changed, &json!({ "member": mia, "name": "Mia", "from": "member", "to": "admin" }));
        let next = format!("/audit?limit=2&cursor={}", page["next"].as_str().unwrap());
        let second = olga.get(&next).await.json;
        let kinds = ["auth.signed_in", "member.created"];
        assert_eq!([&second["items"][0]["kind"], &second["items"][1]["kind"]], kinds);
        assert_eq!(second["items"][1]["actor"], Value::Null, "the command line is nobody");
        assert_eq!(olga.get("/audit?cursor=x").await.told(), (422, "request.cursor"));
    })
    .await;
}
