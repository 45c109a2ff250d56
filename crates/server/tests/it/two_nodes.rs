//! Two servers on one PostgreSQL are one Skein.

use serde_json::json;
use skein_testkit::TestDb;
use tokio::task::JoinSet;

use crate::{client::Client, process::Home, socket::Socket};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_see_each_others_edits_and_lose_none() {
    let Some(database) = TestDb::postgres(false).await else { return };
    let (first, second) =
        (Home::with_database(&database.options.url), Home::with_database(&database.options.url));
    let one = first.start().await;
    let two = second.start().await;
    let owner = one.set_up().await;
    let base = owner.make_base(40).await;
    let token = owner.token().await;

    // Somebody on the second server watches.
    let mut watcher = Socket::open(&two.url, &token).await;
    watcher
        .say(&json!({
            "op": "subscribe", "id": 1, "topic": "view", "base": base.id, "table": base.table,
            "query": {}, "offset": 0, "limit": 100,
        }))
        .await;
    let window = watcher.hear("window").await;
    assert_eq!(window["total"], 40);

    // Both servers write to the same base at once: every record on both, in two fields.
    let mut writers = JoinSet::new();
    for (url, field) in [(&one.url, &base.a), (&two.url, &base.b)] {
        for half in 0..2 {
            let (client, base, field) = (Client::with_token(url, &token), base.clone(), field.clone());
            writers.spawn(async move {
                for record in (half..40).step_by(2) {
                    let change = json!({ "records": [{ "id": base.records[record], "fields": { field.as_str(): record } }] });
                    client.patch(&base.records_path(), &change).await.ok();
                }
            });
        }
    }
    while let Some(done) = writers.join_next().await {
        done.expect("every write is acknowledged");
    }
    for url in [&one.url, &two.url] {
        let client = Client::with_token(url, &token);
        // What the other server acknowledged arrives here a moment later.
        skein_testkit::until("every edit of both servers is here", async || {
            let page = client.get(&format!("{}?limit=100", base.records_path())).await.ok();
            let rows = page["items"].as_array().expect("records");
            rows.iter().enumerate().all(|(at, row)| {
                let cell = |field: &str| row["fields"][field].as_f64();
                (cell(&base.a), cell(&base.b)) == (Some(at as f64), Some(at as f64))
            })
        })
        .await;
    }
    // The watcher ends up with the last value of the last record, written on the other server.
    watcher.hear_until(|message| message["rows"][&base.records[39]][&base.a] == 39.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_deactivated_on_one_server_is_out_on_the_other() {
    let Some(database) = TestDb::postgres(false).await else { return };
    let (first, second) =
        (Home::with_database(&database.options.url), Home::with_database(&database.options.url));
    let one = first.start().await;
    let two = second.start().await;
    let owner = one.set_up().await;
    let made = first.run(
        &["admin", "create-member", "--email", "leaver@test.example", "--name", "Leaver"],
        &format!("{}\n", crate::process::PASSWORD),
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let leaver = two.sign_in("leaver@test.example").await;
    let me = leaver.get("/me").await.ok();
    let id = me["member"]["id"].as_str().expect("an id").to_owned();
    let mut socket = Socket::open(&two.url, &leaver.token().await).await;
    owner.post(&format!("/members/{id}/deactivate"), &json!({})).await.ok();
    assert_eq!(socket.closed().await, 4401);
    assert_eq!(leaver.get("/me").await.status, 401);
}
