//! One subscription of a connection: what it follows, and how it is told to move or to end.

use serde_json::Value;
use skein_base::live::{
    BaseFeed, BaseMessage, DashboardFeed, DashboardMessage, Look, Source, WindowFeed, WindowMessage,
};
use skein_platform::{
    Ctx, Principal,
    access::{AccessError, View},
    directory_stream, drive_stream, security_stream,
};
use skein_store::{StoreError, Watch};
use skein_types::{Problem, ResourceId};
use tokio::sync::mpsc;

use super::{
    Sockets,
    presence::Seat,
    protocol::{Answer, Fed, Person, Topic, to_text},
};

/// What the connection tells a subscription.
pub(super) enum Tell {
    Look(Look),
    Presence(Option<Value>),
    /// Something changed that access may follow from (S16).
    Check,
    End,
}

/// What a subscription did last.
pub(super) enum Step {
    /// A message to send.
    Say(String),
    /// Nothing to send this time.
    Quiet,
    /// A last message, if any; the subscription has ended.
    Over(Option<String>),
    /// What was to be said may not be said now, for no fault of the client: the connection must begin
    /// anew from what the client knows.
    Lost,
}

pub(super) struct Subscription {
    pub(super) id: u32,
    pub(super) serial: u64,
    ctx: Ctx,
    people: People,
    feed: Feed,
    orders: mpsc::UnboundedReceiver<Tell>,
}

/// Tells when who the subscriber is may have changed: their role, or that their session ended.
struct People {
    directory: Watch,
    security: Watch,
    known: (i64, i64),
}

impl People {
    fn watch(ctx: &Ctx) -> Self {
        let bus = ctx.platform.db.bus();
        let (directory, security) =
            (bus.watch(&directory_stream(ctx.org)), bus.watch(&security_stream(ctx.org)));
        let known = (directory.heard(), security.heard());
        Self { directory, security, known }
    }

    fn heard(&self) -> (i64, i64) {
        (self.directory.heard(), self.security.heard())
    }
}

enum Feed {
    Base { base: ResourceId, feed: BaseFeed, seat: Seat },
    Window { base: ResourceId, feed: Box<WindowFeed> },
    Dashboard { base: ResourceId, feed: Box<DashboardFeed> },
    Topic { watch: Watch },
}

impl Subscription {
    /// Opens a subscription; also gives what to say first. Watching begins before state is sampled (S14).
    pub(super) async fn open(
        (id, serial): (u32, u64),
        topic: Topic,
        ctx: &Ctx,
        sockets: &Sockets,
        person: Person,
        orders: mpsc::UnboundedReceiver<Tell>,
    ) -> Result<(Self, Option<String>), Problem> {
        let people = People::watch(ctx);
        let (feed, first) = match topic {
            Topic::Base { base, since } => {
                let granted = ctx.authorize::<View>(base).await?;
                let (seq, feed) = BaseFeed::open(&sockets.bases, &granted, since).await?;
                let visitor = matches!(ctx.who, Principal::Visitor { .. });
                let feed = if visitor { feed.anonymous() } else { feed.of(ctx.member().ok()) };
                let seat = sockets.presence.enter(base, person);
                (Feed::Base { base, feed, seat }, Some(to_text(&Answer::Subscribed { id, seq })))
            }
            Topic::View { base, table, view, query, look } => {
                let granted = ctx.authorize::<View>(base).await?;
                let source = match (view, query) {
                    (Some(view), None) => Source::View(view),
                    (_, query) => Source::Query(query.map(|query| *query).unwrap_or_default()),
                };
                let viewer = skein_base::viewer(ctx).await?;
                let feed = WindowFeed::open(&sockets.bases, &granted, table, source, viewer, look).await?;
                (Feed::Window { base, feed: Box::new(feed) }, None)
            }
            Topic::Dashboard { base, dashboard } => {
                let granted = ctx.authorize::<View>(base).await?;
                let viewer = skein_base::viewer(ctx).await?;
                let (seq, feed) = DashboardFeed::open(&sockets.bases, &granted, dashboard, viewer).await?;
                let feed = Feed::Dashboard { base, feed: Box::new(feed) };
                (feed, Some(to_text(&Answer::Subscribed { id, seq })))
            }
            Topic::Drive => {
                let watch = ctx.platform.db.bus().watch(&drive_stream(ctx.org));
                (Feed::Topic { watch }, Some(to_text(&Answer::Subscribed { id, seq: 0 })))
            }
            Topic::Directory => {
                ctx.member()?;
                let watch = ctx.platform.db.bus().watch(&directory_stream(ctx.org));
                (Feed::Topic { watch }, Some(to_text(&Answer::Subscribed { id, seq: 0 })))
            }
        };
        Ok((Self { id, serial, ctx: ctx.clone(), people, feed, orders }, first))
    }

    /// Waits for the next thing to say.
    pub(super) async fn step(mut self) -> (Self, Step) {
        let step = self.next().await;
        (self, step)
    }

    async fn next(&mut self) -> Step {
        let id = self.id;
        let step = match &mut self.feed {
            Feed::Topic { watch } => tokio::select! {
                tell = self.orders.recv() => match tell {
                    Some(Tell::End) | None => Step::Over(None),
                    Some(_) => Step::Quiet,
                },
                () = watch.changed() => Step::Say(to_text(&Answer::Changed { id })),
            },
            Feed::Base { feed, seat, .. } => tokio::select! {
                tell = self.orders.recv() => match tell {
                    Some(Tell::End) | None => Step::Over(None),
                    Some(Tell::Presence(state)) => {
                        seat.say(state);
                        Step::Quiet
                    }
                    Some(_) => Step::Quiet,
                },
                message = feed.next() => said(id, &message, matches!(message, BaseMessage::Gone { .. })),
                () = seat.changed() => {
                    let people = seat.people();
                    if matches!(self.ctx.who, Principal::Member { .. }) {
                        Step::Say(to_text(&Answer::Presence { id, people: &people }))
                    } else {
                        // Who works here is nothing for visitors.
                        Step::Quiet
                    }
                }
            },
            Feed::Window { feed, .. } => tokio::select! {
                tell = self.orders.recv() => match tell {
                    Some(Tell::End) | None => Step::Over(None),
                    Some(Tell::Look(look)) => match feed.look(look) {
                        Ok(()) => Step::Quiet,
                        Err(problem) => Step::Say(refusal(Some(id), &problem.into())),
                    },
                    Some(_) => Step::Quiet,
                },
                message = feed.next() => said(id, &message, matches!(message, WindowMessage::Gone { .. })),
            },
            Feed::Dashboard { feed, .. } => tokio::select! {
                tell = self.orders.recv() => match tell {
                    Some(Tell::End) | None => Step::Over(None),
                    Some(_) => Step::Quiet,
                },
                message = feed.next() => said(id, &message, matches!(message, DashboardMessage::Gone { .. })),
            },
        };
        Box::pin(self.allowed(step)).await
    }

    /// Asks again whether this may be seen before anything is sent: a revocation that was acknowledged
    /// is never followed by a message (S16).
    async fn allowed(&mut self, step: Step) -> Step {
        let (Feed::Base { base, .. } | Feed::Window { base, .. } | Feed::Dashboard { base, .. }) = self.feed
        else {
            return step;
        };
        if matches!(step, Step::Over(_)) {
            return step;
        }
        let heard = self.people.heard();
        if heard != self.people.known {
            match Box::pin(self.ctx.renewed()).await {
                Ok(Some(ctx)) => (self.ctx, self.people.known) = (ctx, heard),
                // The connection finds out by itself and says why it closes.
                Ok(None) => return Step::Quiet,
                Err(error) => return lost(&error),
            }
        }
        self.ctx.now = self.ctx.platform.clock.now();
        match Box::pin(self.ctx.authorize::<View>(base)).await {
            Ok(_) => step,
            Err(AccessError::Store(error)) => lost(&error),
            Err(error) => {
                let problem = Problem::from(error);
                Step::Over(Some(to_text(&Answer::Gone { id: self.id, code: &problem.code })))
            }
        }
    }
}

fn lost(error: &StoreError) -> Step {
    tracing::warn!(%error, "access could not be asked; the connection ends");
    Step::Lost
}

fn said<T: serde::Serialize>(id: u32, message: &T, last: bool) -> Step {
    let text = to_text(&Fed { id, message });
    if last { Step::Over(Some(text)) } else { Step::Say(text) }
}

pub(super) fn refusal(id: Option<u32>, problem: &Problem) -> String {
    to_text(&Answer::Error {
        id,
        code: &problem.code,
        detail: &problem.detail,
        field: problem.field.as_deref(),
    })
}
