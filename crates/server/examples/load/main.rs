//! A load driver: measures a running server over its API and socket and prints the figures.
//!
//! ```sh
//! skein serve --data /tmp/load --demo &
//! cargo run --release -p skein-server --example load -- edits
//! cargo run --release -p skein-server --example load -- fanout
//! cargo run --release -p skein-server --example load -- idle
//! cargo run --release -p skein-server --example load -- tables --rows 1000000
//! # start the server again, then, with the ids that were printed:
//! cargo run --release -p skein-server --example load -- open --base res_… --table tbl_…
//! ```
//!
//! docs/performance.md says what was measured with it.

mod tables;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Parser;
use futures_util::{SinkExt, StreamExt, future::join_all};
use reqwest::header;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

#[derive(Parser)]
struct Options {
    /// What to measure: edits, fanout, idle, tables or open.
    scenario: String,
    /// Where the server is.
    #[arg(long, default_value = "http://127.0.0.1:7300")]
    url: String,
    /// Sign in as.
    #[arg(long, default_value = "lin.xiao@wildgoose.example")]
    email: String,
    /// With this password.
    #[arg(long, default_value = "wild-goose-2026")]
    password: String,
    /// Seconds for edits, edits for fanout.
    #[arg(long, default_value_t = 10)]
    amount: usize,
    /// Sockets for fanout and idle.
    #[arg(long)]
    sockets: Option<usize>,
    /// Rows of the large table of tables.
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// The base to open.
    #[arg(long, default_value = "")]
    base: String,
    /// Its table.
    #[arg(long, default_value = "")]
    table: String,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let options = Options::parse();
    let at = Arc::new(Bench::prepare(&options).await?);
    match options.scenario.as_str() {
        "edits" => edits(&at, Duration::from_secs(options.amount as u64)).await,
        "fanout" => fanout(&at, options.sockets.unwrap_or(100), options.amount * 20).await,
        "idle" => idle(&at, options.sockets.unwrap_or(10_000)).await,
        "tables" => tables::tables(&at, options.rows).await,
        "open" => tables::open(&at, &options.base, &options.table).await,
        other => Err(format!("no scenario {other}: edits, fanout, idle, tables or open").into()),
    }
}

struct Bench {
    http: reqwest::Client,
    url: String,
    token: String,
    base: String,
    table: String,
    field: String,
    records: Vec<String>,
}

impl Bench {
    async fn prepare(options: &Options) -> Result<Self, Fault> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().cookie_store(true).tcp_nodelay(true).build()?;
        let mut bench = Self {
            http,
            url: options.url.clone(),
            token: String::new(),
            base: String::new(),
            table: String::new(),
            field: String::new(),
            records: Vec::new(),
        };
        bench.post("/auth/sign-in", &json!({ "email": options.email, "password": options.password })).await?;
        let token = json!({ "name": "load", "scopes": ["read", "write"], "expires_in_days": 1 });
        bench.token = text(&bench.post("/me/tokens", &token).await?["secret"]);
        let base = json!({ "kind": "base", "name": "Load", "parent": null });
        bench.base = text(&bench.post("/resources", &base).await?["id"]);
        let table = json!({ "name": "Load", "fields": [{ "name": "Name", "type": "text" }, { "name": "N", "type": "number" }] });
        let made = bench.post(&format!("/bases/{}/tables", bench.base), &table).await?;
        bench.table = text(&made["table"]["id"]);
        bench.field = text(&made["table"]["fields"][1]["id"]);
        let rows: Vec<Value> = (0..1000).map(|n| json!({ "fields": { bench.field.as_str(): n } })).collect();
        let made = bench.post(&bench.records_path(), &json!({ "records": rows })).await?;
        bench.records =
            made["records"].as_array().ok_or("no records")?.iter().map(|r| text(&r["id"])).collect();
        Ok(bench)
    }

    fn records_path(&self) -> String {
        format!("/bases/{}/tables/{}/records", self.base, self.table)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        let request = self.http.post(format!("{}/api/v1{path}", self.url)).header(header::ORIGIN, &self.url);
        answer(path, request.json(body)).await
    }

    async fn get(&self, path: &str) -> Result<Value, Fault> {
        answer(path, self.http.get(format!("{}/api/v1{path}", self.url))).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        let request = self.http.patch(format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token);
        answer(path, request.json(body)).await
    }

    async fn edit(&self, http: &reqwest::Client, record: usize, value: usize) -> Result<(), Fault> {
        let id = &self.records[record % self.records.len()];
        let change = json!({ "records": [{ "id": id, "fields": { self.field.as_str(): value } }] });
        let url = format!("{}/api/v1{}", self.url, self.records_path());
        let response = http.patch(url).bearer_auth(&self.token).json(&change).send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            return Err(format!("{status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(())
    }

    async fn socket(&self) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Fault> {
        let mut request =
            format!("{}/api/v1/socket", self.url.replacen("http", "ws", 1)).into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {}", self.token).parse()?);
        let address = self.url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (socket, _) =
            client_async_with_config(request, MaybeTlsStream::Plain(stream), Some(config)).await?;
        Ok(socket)
    }

    fn window(&self) -> Message {
        let subscribe = json!({ "op": "subscribe", "id": 1, "topic": "view", "base": self.base, "table": self.table,
            "query": {}, "offset": 0, "limit": 100 });
        Message::Text(subscribe.to_string().into())
    }

    async fn server_memory(&self) -> Result<u64, Fault> {
        let text = self.http.get(format!("{}/metrics", self.url)).send().await?.text().await?;
        let line = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
        Ok(line.ok_or("no memory in /metrics")?.trim().parse()?)
    }
}

async fn answer(path: &str, request: reqwest::RequestBuilder) -> Result<Value, Fault> {
    let response = request.send().await?;
    let (status, body) = (response.status(), response.text().await?);
    if !status.is_success() {
        return Err(format!("{path}: {status} {body}").into());
    }
    Ok(serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Latency of one client, then throughput of 4, 16 and 64 clients, each with a connection of its own.
async fn edits(at: &Arc<Bench>, time: Duration) -> Result<(), Fault> {
    for clients in [1, 4, 16, 64] {
        let mut running = JoinSet::new();
        let start = Instant::now();
        for client in 0..clients {
            let at = at.clone();
            running.spawn(async move {
                let http = reqwest::Client::builder().tcp_nodelay(true).build()?;
                let mut latencies = Vec::new();
                while start.elapsed() < time {
                    let begin = Instant::now();
                    at.edit(&http, client * 7 + latencies.len(), latencies.len()).await?;
                    latencies.push(begin.elapsed());
                }
                Ok::<_, Fault>(latencies)
            });
        }
        let mut latencies = Vec::new();
        while let Some(done) = running.join_next().await {
            latencies.extend(done??);
        }
        let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
        println!("edits, {clients:2} clients: {rate:7.0} a second, {}", percentiles(latencies));
    }
    Ok(())
}

/// From the moment an edit is sent until each of many sockets shows it.
async fn fanout(at: &Arc<Bench>, sockets: usize, edits: usize) -> Result<(), Fault> {
    let (seen, mut sightings) = mpsc::unbounded_channel();
    let mut readers = JoinSet::new();
    for _ in 0..sockets {
        let mut socket = at.socket().await?;
        socket.send(at.window()).await?;
        let (seen, field, watched) = (seen.clone(), at.field.clone(), at.records[0].clone());
        readers.spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let now = Instant::now();
                if let Message::Text(text) = message
                    && let Ok(message) = serde_json::from_str::<Value>(&text)
                    && let Some(value) = message["rows"][&watched][&field].as_f64()
                {
                    let _ = seen.send((value as usize, now));
                }
            }
        });
    }
    let mut ready = 0;
    while ready < sockets {
        sightings.recv().await.ok_or("the sockets ended")?;
        ready += 1;
    }
    let http = reqwest::Client::builder().tcp_nodelay(true).build()?;
    let mut latencies = Vec::new();
    for edit in 0..edits {
        let value = 1_000_000 + edit;
        let begin = Instant::now();
        at.edit(&http, 0, value).await?;
        for _ in 0..sockets {
            let (heard, when) = sightings.recv().await.ok_or("the sockets ended")?;
            if heard == value {
                latencies.push(when - begin);
            }
        }
    }
    readers.abort_all();
    println!("fan-out to {sockets} sockets, {} deliveries: {}", latencies.len(), percentiles(latencies));
    Ok(())
}

/// Memory of the server per socket that subscribed to the drive and a base and then keeps still.
async fn idle(at: &Arc<Bench>, sockets: usize) -> Result<(), Fault> {
    let before = at.server_memory().await?;
    let opened = Arc::new(AtomicUsize::new(0));
    let lanes = (0..16).map(|lane| {
        let (at, opened) = (at.clone(), opened.clone());
        async move {
            let mut open = Vec::new();
            for _ in (lane..sockets).step_by(16) {
                let mut socket = at.socket().await?;
                let subscribe = json!({ "op": "subscribe", "id": 1, "topic": "drive" }).to_string();
                socket.send(Message::Text(subscribe.into())).await?;
                while let Some(message) = socket.next().await {
                    if message?.to_text()?.contains("subscribed") {
                        break;
                    }
                }
                opened.fetch_add(1, Ordering::Relaxed);
                open.push(socket);
            }
            Ok::<_, Fault>(open)
        }
    });
    let open: Vec<_> = join_all(lanes).await.into_iter().collect::<Result<_, _>>()?;
    let after = at.server_memory().await?;
    let count = opened.load(Ordering::Relaxed);
    println!(
        "{count} idle sockets: {:.1} KiB each ({} MiB before, {} MiB with them)",
        (after - before) as f64 / 1024.0 / count as f64,
        before >> 20,
        after >> 20,
    );
    drop(open);
    Ok(())
}

fn percentiles(mut latencies: Vec<Duration>) -> String {
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = ((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1));
        latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    };
    format!("p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms", at(0.5), at(0.95), at(0.99), at(1.0))
}
