//! The rules of docs/spec/socket.md over real connections. Names of tests end with the rules they check.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::{
    client::{Base, Client},
    process::{Home, Process},
};

type Headers<'h> = &'h [(&'static str, &'h str)];

/// A client of the socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

async fn connect(url: &str, headers: Headers<'_>) -> Result<Socket, u16> {
    let address = format!("{}/api/v1/socket", url.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("an address");
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
    }
    match connect_async(request).await {
        Ok((stream, _)) => Ok(Socket { stream }),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("the socket does not open: {error}"),
    }
}

impl Socket {
    /// Opens a socket with an API token and takes the greeting.
    pub(crate) async fn open(url: &str, token: &str) -> Self {
        let bearer = format!("Bearer {token}");
        let mut socket = connect(url, &[("authorization", &bearer)]).await.expect("the socket opens");
        let hello = socket.hear("hello").await;
        assert_eq!(hello["protocol"], 1);
        socket
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string()).await;
    }

    async fn say_text(&mut self, text: &str) {
        self.stream.send(Message::Text(text.into())).await.expect("the socket takes it");
    }

    async fn next(&mut self) -> Result<Value, u16> {
        skein_testkit::within("a message of the socket", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                    Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(0),
                }
            }
        })
        .await
    }

    /// The next message, which must have this `op`.
    pub(crate) async fn hear(&mut self, op: &str) -> Value {
        let message = self.next().await.expect("the socket is open");
        assert_eq!(message["op"], op, "{message}");
        message
    }

    /// The first message that is as wanted; others are passed over.
    pub(crate) async fn hear_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await.expect("the socket is open");
            if wanted(&message) {
                return message;
            }
        }
    }

    /// The code the server closes with.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}

struct Setting {
    // Dropped last.
    process: Process,
    owner: Client,
    token: String,
    base: Base,
    home: Home,
}

async fn setting(rows: usize) -> Setting {
    let home = Home::new();
    let process = home.start().await;
    let owner = process.set_up().await;
    let base = owner.make_base(rows).await;
    let token = owner.token().await;
    Setting { process, owner, token, base, home }
}

impl Setting {
    async fn socket(&self) -> Socket {
        Socket::open(&self.process.url, &self.token).await
    }

    async fn set(&self, record: usize, value: i64) -> i64 {
        let change = self.base.pair(record, value);
        let answer = self.owner.patch(&self.base.records_path(), &change).await.ok();
        answer["seq"].as_i64().expect("a seq")
    }

    fn view(&self, id: u32, limit: usize) -> Value {
        json!({ "op": "subscribe", "id": id, "topic": "view", "base": self.base.id, "table": self.base.table,
                "query": {}, "offset": 0, "limit": limit })
    }

    fn events(&self, id: u32, since: Option<i64>) -> Value {
        json!({ "op": "subscribe", "id": id, "topic": "base", "base": self.base.id, "since": since })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_open_a_socket_s1_s2() {
    let at = setting(0).await;
    let (url, bearer) = (at.process.url.clone(), format!("Bearer {}", at.token));
    let cases: [(Headers<'_>, Option<u16>); 5] = [
        (&[], Some(401)),
        (&[("authorization", "Bearer skn_wrong")], Some(401)),
        (&[("authorization", &bearer), ("origin", "http://evil.example")], Some(403)),
        (&[("authorization", &bearer), ("origin", &url)], None),
        (&[("authorization", &bearer)], None),
    ];
    for (headers, refused) in cases {
        assert_eq!(connect(&url, headers).await.err(), refused, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_deleted_closes_its_socket_s4() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    let tokens = at.owner.get("/me/tokens").await.ok();
    let id = tokens["items"][0]["id"].as_str().expect("an id");
    at.owner.delete(&format!("/me/tokens/{id}")).await.ok();
    assert_eq!(socket.closed().await, 4401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_says_so_s5() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    let ended = tokio::spawn(at.process.terminate());
    assert_eq!(socket.closed().await, 1012);
    assert_eq!(ended.await.expect("it ends"), Some(0));
    drop(at.home);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_in_order_without_gap_or_repeat_s6() {
    let at = setting(1).await;
    let before = at.set(0, 1).await;
    at.set(0, 2).await;
    let mut socket = at.socket().await;
    socket.say(&at.events(1, Some(before))).await;
    let head = socket.hear("subscribed").await["seq"].as_i64().expect("a seq");
    for value in 3..30 {
        at.set(0, value).await;
    }
    let (mut expected, last) = (before + 1, head + 27);
    while expected <= last {
        let message = socket.hear_until(|message| message["op"] == "events").await;
        for event in message["events"].as_array().expect("events") {
            assert_eq!(event["seq"], expected);
            assert_eq!(event["kind"], "base.changed");
            expected += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_ahead_of_the_stream_reloads_s7() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    socket.say(&at.events(1, Some(1_000_000))).await;
    let reload = socket.hear_until(|message| message["op"] == "reload").await;
    assert_eq!(reload["id"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_follows_edits_and_moves_s8_s9_s10() {
    let at = setting(10).await;
    let mut socket = at.socket().await;
    socket.say(&at.view(1, 4)).await;
    let window = socket.hear("window").await;
    assert_eq!(window["total"], 10);
    assert_eq!(window["order"], json!(at.base.records[..4]));

    let seq = at.set(2, 7).await;
    let change = socket.hear("window").await;
    assert_eq!(change["seq"], seq);
    assert!(change.get("order").is_none(), "the order did not change: {change}");
    assert_eq!(change["rows"][&at.base.records[2]][&at.base.a], 7.0);
    assert_eq!(change["rows"].as_object().expect("rows").len(), 1, "only what changed is sent");

    socket.say(&json!({ "op": "window", "id": 1, "offset": 3, "limit": 4 })).await;
    let moved = socket.hear("window").await;
    assert_eq!(moved["order"], json!(at.base.records[3..7]));
    assert!(moved["rows"].get(&at.base.records[3]).is_none(), "the client holds this row already");
    assert_eq!(moved["rows"].as_object().expect("rows").len(), 3);

    // A change outside the window is not sent; the next inside it is.
    at.set(9, 1).await;
    at.set(5, 5).await;
    let change = socket.hear_until(|message| message["rows"][&at.base.records[5]].is_object()).await;
    assert!(change["rows"].get(&at.base.records[9]).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_base_that_is_trashed_ends_its_subscriptions_s11_s16() {
    let at = setting(1).await;
    let mut socket = at.socket().await;
    socket.say(&at.view(1, 10)).await;
    socket.hear("window").await;
    at.owner.post(&format!("/resources/{}/trash", at.base.id), &json!({})).await.ok();
    let gone = socket.hear_until(|message| message["op"] == "gone").await;
    assert_eq!(gone["id"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_drive_says_that_something_changed_and_not_what_s12() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    socket.say(&json!({ "op": "subscribe", "id": 3, "topic": "drive" })).await;
    socket.hear("subscribed").await;
    at.owner
        .post("/resources", &json!({ "kind": "folder", "name": "Secret plans", "parent": null }))
        .await
        .ok();
    assert_eq!(socket.hear("changed").await, json!({ "op": "changed", "id": 3 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_follows_an_unsubscribe_and_the_id_is_free_again_s13() {
    let at = setting(1).await;
    let mut socket = at.socket().await;
    socket.say(&at.view(1, 10)).await;
    socket.hear("window").await;
    socket.say(&json!({ "op": "unsubscribe", "id": 1 })).await;
    socket.say(&json!({ "op": "ping" })).await;
    socket.hear("pong").await;
    at.set(0, 5).await;
    socket.say(&at.view(1, 10)).await;
    let window = socket.hear("window").await;
    assert_eq!(window["rows"][&at.base.records[0]][&at.base.a], 5.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_each_other_and_who_left_s15() {
    let at = setting(1).await;
    let (mut one, mut two) = (at.socket().await, at.socket().await);
    one.say(&at.events(1, None)).await;
    two.say(&at.events(9, None)).await;
    one.say(&json!({ "op": "presence", "id": 1, "state": { "record": at.base.records[0] } })).await;
    let seen = two
        .hear_until(|message| {
            message["people"]
                .as_array()
                .is_some_and(|people| people.iter().any(|p| p["state"]["record"].is_string()))
        })
        .await;
    assert_eq!(seen["people"].as_array().expect("people").len(), 2);
    drop(one);
    two.hear_until(|message| message["people"].as_array().is_some_and(|people| people.len() == 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_messages_are_answered_and_ten_close_s18_s19() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    let stranger =
        json!({ "op": "subscribe", "id": 1, "topic": "base", "base": "res_00000000000000000000000000" });
    socket.say(&stranger).await;
    let error = socket.hear("error").await;
    assert_eq!((&error["id"], &error["code"]), (&json!(1), &json!("resource.not_found")));
    for id in 1..=101u32 {
        socket.say(&json!({ "op": "subscribe", "id": id, "topic": "drive" })).await;
        if id <= 100 {
            socket.hear("subscribed").await;
        } else {
            assert_eq!(socket.hear("error").await["code"], "socket.too_many");
        }
    }
    for bad in [
        "",
        "{",
        "[]",
        r#"{"op":"fly"}"#,
        r#"{"op":"subscribe"}"#,
        "null",
        "1",
        "\"a\"",
        r#"{"op":"window"}"#,
    ] {
        socket.say_text(bad).await;
        assert_eq!(socket.hear("error").await["code"], "socket.bad_message", "{bad}");
    }
    socket.say_text("one too many").await;
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_over_the_limit_ends_the_connection_s18() {
    let at = setting(0).await;
    let mut socket = at.socket().await;
    socket.say_text(&"x".repeat(70_000)).await;
    socket.closed().await;
}
