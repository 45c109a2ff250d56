//! One connection: reads requests, runs subscriptions, and ends when it may no longer live.
//!
//! What is done rarely is boxed: a future is as large as its largest part for as long as it lives, and
//! most connections are idle.

use std::{collections::HashMap, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use skein_platform::{Ctx, directory_stream, drive_stream, identity, security_stream};
use skein_store::Watch;
use skein_types::Problem;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use super::{
    Sockets,
    protocol::{Answer, Person, Request, to_text},
    subscription::{Step, Subscription, Tell, refusal},
};

const MOST_SUBSCRIPTIONS: usize = 100;
const MOST_BAD_MESSAGES: u32 = 10;
const PING_EVERY: Duration = Duration::from_secs(25);
const SILENCE: Duration = Duration::from_mins(1);
const STALLED: Duration = Duration::from_secs(30);

/// Close codes: ours are in the range for applications.
const BAD_MESSAGES: u16 = 4400;
const SIGNED_OUT: u16 = 4401;
const RESTART: u16 = 1012;

struct Connection {
    sockets: Sockets,
    ctx: Ctx,
    socket: WebSocket,
    me: Person,
    running: FuturesUnordered<BoxFuture<'static, (Subscription, Step)>>,
    orders: HashMap<u32, Line>,
    opened: u64,
    bad: u32,
}

/// The way to a running subscription. Ids are the client's and may come again; serials do not.
struct Line {
    serial: u64,
    orders: mpsc::UnboundedSender<Tell>,
}

/// Why the connection ends.
enum End {
    /// The client is gone or takes nothing.
    Lost,
    /// The server closes it with a code.
    Close(u16, &'static str),
}

pub(super) async fn run(sockets: Sockets, ctx: Ctx, socket: WebSocket) {
    let me = Person {
        connection: ctx.platform.ids.secret()[..16].to_owned(),
        member: ctx.member().ok(),
        name: Box::pin(identity::display_name(&ctx)).await.unwrap_or_default(),
        state: None,
    };
    let gauge = metrics::gauge!("sockets_open");
    gauge.increment(1.0);
    let mut connection = Connection {
        sockets,
        ctx,
        socket,
        me,
        running: FuturesUnordered::new(),
        orders: HashMap::new(),
        opened: 0,
        bad: 0,
    };
    if let Err(End::Close(code, reason)) = connection.serve().await {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = timeout(STALLED, connection.socket.send(Message::Close(Some(frame)))).await;
    }
    gauge.decrement(1.0);
}

impl Connection {
    async fn serve(&mut self) -> Result<(), End> {
        let bus = self.ctx.platform.db.bus().clone();
        let mut drive = bus.watch(&drive_stream(self.ctx.org));
        let mut directory = bus.watch(&directory_stream(self.ctx.org));
        let mut security = bus.watch(&security_stream(self.ctx.org));
        let mut stopping = self.sockets.stopping.clone();
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        // Somebody who was signed out between the upgrade and the watches above must not stay.
        self.check_session().await?;
        let hello = Answer::Hello { protocol: 1, connection: &self.me.connection, member: self.me.member };
        let hello = to_text(&hello);
        self.send(hello).await?;
        loop {
            tokio::select! {
                message = self.socket.recv() => {
                    heard = Instant::now();
                    self.receive(message).await?;
                }
                Some((subscription, step)) = self.running.next(), if !self.running.is_empty() => {
                    self.told(subscription, step).await?;
                }
                () = changed_any(&mut drive, &mut directory, &mut security) => {
                    self.check_session().await?;
                    self.tell_all();
                }
                () = told_to_stop(&mut stopping) => return Err(End::Close(RESTART, "the server restarts")),
                _ = pings.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Err(End::Lost);
                    }
                    // Expiry is a matter of time, not of an event.
                    self.check_session().await?;
                    self.put(Message::Ping(bytes::Bytes::new())).await?;
                }
            }
        }
    }

    /// Ends the connection with its session. Whose role has changed begins anew with what they may now see.
    async fn check_session(&mut self) -> Result<(), End> {
        match Box::pin(self.ctx.renewed()).await {
            Ok(Some(now)) if now.who == self.ctx.who => {
                self.ctx = now;
                Ok(())
            }
            Ok(Some(_)) => Err(End::Close(RESTART, "your role has changed")),
            Ok(None) => Err(End::Close(SIGNED_OUT, "the session has ended")),
            // A database that cannot be asked is no reason to end a session.
            Err(error) => {
                tracing::warn!(%error, "a session could not be checked again");
                Ok(())
            }
        }
    }

    fn tell_all(&self) {
        for line in self.orders.values() {
            let _ = line.orders.send(Tell::Check);
        }
    }

    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => return self.bad_message("send text frames of JSON").await,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Lost),
        };
        match serde_json::from_str(&text) {
            Ok(request) => self.answer(request).await,
            Err(error) => self.bad_message(&error.to_string()).await,
        }
    }

    async fn bad_message(&mut self, detail: &str) -> Result<(), End> {
        self.bad += 1;
        if self.bad >= MOST_BAD_MESSAGES {
            return Err(End::Close(BAD_MESSAGES, "too many bad messages"));
        }
        self.send(refusal(None, &Problem::new(400, "socket.bad_message", detail))).await
    }

    async fn answer(&mut self, request: Request) -> Result<(), End> {
        match request {
            Request::Ping => self.send(to_text(&Answer::Pong)).await,
            Request::Subscribe { id, topic } => match Box::pin(self.subscribe(id, topic)).await {
                Ok(Some(first)) => self.send(first).await,
                Ok(None) => Ok(()),
                Err(problem) => self.send(refusal(Some(id), &problem)).await,
            },
            Request::Unsubscribe { id } => {
                if let Some(line) = self.orders.remove(&id) {
                    let _ = line.orders.send(Tell::End);
                }
                Ok(())
            }
            Request::Window { id, look } => self.order(id, Tell::Look(look)).await,
            Request::Presence { id, state } => {
                if state.as_ref().is_some_and(|state| state.to_string().len() > 1024) {
                    let problem = Problem::new(422, "socket.presence_too_large", "at most 1 KiB").at("state");
                    return self.send(refusal(Some(id), &problem)).await;
                }
                self.order(id, Tell::Presence(state)).await
            }
        }
    }

    async fn subscribe(&mut self, id: u32, topic: super::protocol::Topic) -> Result<Option<String>, Problem> {
        if self.orders.len() >= MOST_SUBSCRIPTIONS {
            let detail = format!("at most {MOST_SUBSCRIPTIONS} subscriptions a connection");
            return Err(Problem::new(429, "socket.too_many", detail));
        }
        if self.orders.contains_key(&id) {
            return Err(Problem::invalid("socket.id_taken", "id", "a subscription with this id is open"));
        }
        let (line, orders) = mpsc::unbounded_channel();
        self.opened += 1;
        let serial = self.opened;
        let opening =
            Subscription::open((id, serial), topic, &self.ctx, &self.sockets, self.me.clone(), orders);
        let (subscription, first) = opening.await?;
        self.orders.insert(id, Line { serial, orders: line });
        self.running.push(subscription.step().boxed());
        Ok(first)
    }

    async fn order(&mut self, id: u32, tell: Tell) -> Result<(), End> {
        if self.orders.get(&id).is_some_and(|line| line.orders.send(tell).is_ok()) {
            return Ok(());
        }
        let problem = Problem::invalid("socket.unknown_id", "id", "no subscription with this id is open");
        self.send(refusal(Some(id), &problem)).await
    }

    async fn told(&mut self, subscription: Subscription, step: Step) -> Result<(), End> {
        let id = subscription.id;
        // After `unsubscribe` nothing more is sent (S13); the id may already be in use again.
        let current = self.orders.get(&id).is_some_and(|line| line.serial == subscription.serial);
        match step {
            Step::Over(last) => {
                drop(subscription);
                if current {
                    self.orders.remove(&id);
                }
                match last {
                    Some(text) if current => self.send(text).await,
                    _ => Ok(()),
                }
            }
            Step::Lost => Err(End::Close(RESTART, "the database is busy")),
            Step::Quiet => {
                self.running.push(subscription.step().boxed());
                Ok(())
            }
            Step::Say(text) => {
                if current {
                    self.send(text).await?;
                }
                self.running.push(subscription.step().boxed());
                Ok(())
            }
        }
    }

    async fn send(&mut self, text: String) -> Result<(), End> {
        self.put(Message::Text(text.into())).await
    }

    /// Sends, and gives up on a client that takes nothing (S20).
    async fn put(&mut self, message: Message) -> Result<(), End> {
        match timeout(STALLED, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Lost),
        }
    }
}

async fn changed_any(a: &mut Watch, b: &mut Watch, c: &mut Watch) {
    tokio::select! {
        () = a.changed() => {}
        () = b.changed() => {}
        () = c.changed() => {}
    }
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // The guard it gives back must not live across an await.
    let _ = stopping.wait_for(|stop| *stop).await.map(drop);
}
