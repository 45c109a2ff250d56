//! The task that owns a base: takes commands, commits them in groups, publishes what came of it, and
//! follows what other nodes write. Never acknowledges what is not durable.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use jiff::SignedDuration;
use parking_lot::Mutex;
use serde_json::value::RawValue;
use skein_platform::{
    Platform, drive,
    idempotency::{self, Answers, Key},
};
use skein_store::{Expected, FutureExt, StoreError, Watch};
use skein_table::{Op, Stamp, formula::Env};
use skein_types::{Event, ResourceId, StreamId, Timestamp};
use tokio::{
    sync::{mpsc, watch},
    task::JoinError,
    time::Instant,
};

use crate::{
    BaseError, Command, OpenBase, Receipt, Snapshot,
    aside::{self, Aside, Later, Long, Made},
    dashboards::Charts,
    draft::{Draft, Target, Touched},
    env,
    event::{CHANGED, Changed, DELETED},
    history::{Remembered, past},
    image::Keeper,
    job::{JobState, Jobs, Stopwatch},
    keyed::KeyIndexes,
    live::{self, Hub},
    open::{Answer, GONE, Mail, Request, Shared},
};

mod load;
mod revive;

use load::{Loaded, load};

/// Commands committed at once, at most.
const BATCH: usize = 256;
/// Commands that wait; whoever sends more waits to send.
const QUEUE: usize = 1024;
/// How often others get a turn before a batch is begun: a few microseconds.
const GATHER: usize = 4;
/// How often a batch is planned anew because another node was first.
const ATTEMPTS: usize = 50;
/// How often the drive is told, at most, that the base changed.
const NOTED: SignedDuration = SignedDuration::from_mins(1);
/// Events read at once.
const PAGE: i64 = 500;

/// Loads a base and starts its task.
pub(crate) async fn start(platform: &Platform, id: ResourceId) -> Result<Arc<OpenBase>, BaseError> {
    let stream = StreamId::of(id);
    // Watched before it is read: what is appended in between wakes the task.
    let watch = platform.db.bus().watch(&stream);
    let (env, people) = env::watched(platform, id).await?;
    let Loaded { snapshot, recent, image } = load(platform, id, env).await?.ok_or(BaseError::Gone)?;
    let seq = snapshot.seq;
    let next = env::next(&snapshot.base);
    let snapshot = Arc::new(snapshot);
    let (hub, work) = Hub::new(snapshot.clone(), platform.clock.clone());
    let shared = Arc::new(Shared {
        id,
        snapshot: ArcSwap::new(snapshot),
        published: watch::Sender::new(seq),
        recent: Mutex::new(recent),
        hub,
        jobs: Jobs::default(),
        keys: KeyIndexes::default(),
        charts: Charts::default(),
        clock: platform.clock.clone(),
    });
    live::start(work);
    let (mail, inbox) = mpsc::channel(QUEUE);
    let actor = Actor {
        platform: platform.clone(),
        stream,
        shared: shared.clone(),
        stale: false,
        gone: false,
        noted: None,
        next,
        aside: Aside::default(),
        keeper: Keeper::new(image),
    };
    tokio::spawn(actor.run(inbox, watch, people));
    Ok(Arc::new(OpenBase { shared, mail, used: Mutex::new(platform.clock.now()) }))
}

struct Actor {
    platform: Platform,
    stream: StreamId,
    shared: Arc<Shared>,
    /// What the log holds may be ahead of what is in memory: read it before anything else.
    stale: bool,
    gone: bool,
    /// When the drive was last told that the base changed.
    noted: Option<Timestamp>,
    /// When formulas that depend on the time are computed next.
    next: Option<Instant>,
    /// Commands that take long.
    aside: Aside,
    keeper: Keeper,
}

/// A command with what came of it, until the fate of the batch is known.
type Outcome = (Request, Result<Receipt, BaseError>);

impl Actor {
    async fn run(mut self, mut inbox: mpsc::Receiver<Mail>, mut watch: Watch, mut people: Option<Watch>) {
        let mut mails = Vec::new();
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        if watch.heard() > self.seq() {
            self.stale = true;
        }
        while !self.gone {
            tokio::select! {
                count = inbox.recv_many(&mut mails, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    gather(&mut inbox, &mut mails).await;
                    self.serve(&mut mails).await;
                }
                () = watch.changed() => {
                    if watch.heard() > self.seq() {
                        self.catch_up().await;
                    }
                }
                Some(made) = self.aside.running.join_next() => self.made(made).await,
                Some(kept) = self.keeper.writing.join_next() => self.keeper.kept(kept),
                _ = tick.tick() => {
                    if self.stale {
                        self.catch_up().await;
                    }
                    self.keep_image(false);
                }
                () = heard(&mut people) => self.people_changed().await,
                () = at(self.next) => {
                    let env = env::later(self.shared.snapshot.load().base.env(), &self.platform);
                    self.pass_in(env);
                }
            }
        }
        if self.gone {
            self.shared.published.send_replace(GONE);
            self.shared.hub.close();
        } else {
            self.keep_image(true);
            std::mem::replace(&mut self.keeper, Keeper::new(None)).end().await;
        }
    }

    /// Has an image written when it is time for one.
    fn keep_image(&mut self, last: bool) {
        let snapshot = self.shared.snapshot.load_full();
        self.keeper.begin(&self.platform, self.shared.id, snapshot, last);
    }

    async fn people_changed(&mut self) {
        match env::read(&self.platform, self.shared.id).await {
            Ok(env) => self.pass_in(env),
            Err(error) => tracing::warn!(%error, base = %self.shared.id, "the people could not be read"),
        }
    }

    /// Computes what depends on the time and the people anew. Nothing stored changes.
    fn pass_in(&mut self, env: Arc<Env>) {
        let snapshot = self.shared.snapshot.load_full();
        let mut base = snapshot.base.clone();
        base.set_env(env);
        let mut touched = Touched::default();
        touched.follow(&base.settle_watched(&Stopwatch(&*self.platform.clock)));
        self.publish(base, snapshot.seq, touched, Vec::new());
    }

    fn seq(&self) -> i64 {
        self.shared.snapshot.load().seq
    }

    /// Works off what waited: undo and redo by themselves, since what they take back must be in the log,
    /// everything between them as one batch each.
    async fn serve(&mut self, mails: &mut Vec<Mail>) {
        let mut batch = Vec::with_capacity(mails.len());
        for mail in mails.drain(..) {
            match mail {
                Mail::Run(request) if request.command.goes_alone() => {
                    self.guarded(std::mem::take(&mut batch)).await;
                    if matches!(request.command, Command::ReviveTable(_)) {
                        self.revive(*request).await;
                        continue;
                    }
                    let target =
                        if request.command.is_undo() { self.target(&request).await.ok() } else { None };
                    if let Some(request) = self.put_aside(*request, target) {
                        self.guarded(vec![request]).await;
                    }
                }
                Mail::Run(request) => batch.extend(self.put_aside(*request, None)),
                Mail::CatchUp(done) => {
                    self.guarded(std::mem::take(&mut batch)).await;
                    self.stale = true;
                    self.catch_up().await;
                    let _ = done.send(());
                }
                Mail::Deleted => self.gone = true,
            }
        }
        self.guarded(batch).await;
    }

    /// Has a command computed aside when it takes long; gives back any other.
    fn put_aside(&mut self, request: Request, target: Option<Target>) -> Option<Request> {
        let snapshot = self.shared.snapshot.load_full();
        let work = aside::work(&snapshot.base, &request.command, target.as_ref());
        let Some(work) = work.filter(|_| request.answer == Answer::Unwanted) else { return Some(request) };
        let (ids, clock) = (&self.platform.ids, self.platform.clock.clone());
        let job = self.shared.jobs.add(ids.make(), work, &request.by, clock);
        self.aside.push(Long { request, target, job });
        self.aside.begin(&snapshot, ids);
        None
    }

    /// A command was computed aside.
    async fn made(&mut self, made: Result<Made, JoinError>) {
        match made {
            Ok(made) => {
                if AssertUnwindSafe(self.finish(made)).catch_unwind().await.is_err() {
                    tracing::error!(base = %self.shared.id, "a command that takes long panicked and was dropped");
                    self.aside.fail();
                    self.stale = true;
                }
            }
            Err(error) => {
                tracing::error!(%error, base = %self.shared.id, "a thread that computes a command stopped");
                self.aside.fail();
            }
        }
        self.aside.begin(&self.shared.snapshot.load_full(), &self.platform.ids);
    }

    /// Commits what was computed aside together with what others wrote meanwhile, or has it go on.
    async fn finish(&mut self, mut made: Made) {
        if self.stale {
            self.catch_up().await;
        }
        let mut later = self.aside.end();
        if let Some(error) = made.refused() {
            let cancelled = matches!(error, BaseError::Cancelled);
            made.long.job.set(if cancelled { JobState::Cancelled } else { JobState::Failed });
            return answer([(made.long.request, Err(error))]);
        }
        let begun = !self.gone && !self.stale && self.is_next(&made.long) && !made.draft.events.is_empty();
        if begun && made.is_close(&later) {
            let now = self.shared.snapshot.load_full();
            if made.draft.rebase(&made.before, &now, &later) {
                made = match self.commit_made(made).await {
                    Some(made) => made,
                    None => return,
                };
                self.stale = true;
                self.catch_up().await;
            }
            later.lose();
        }
        if begun && !self.gone && !self.stale && made.goes_on(&later) {
            return self.aside.go_on(made, later, &self.shared.snapshot.load_full(), &self.platform.ids);
        }
        // Done in turn, from what the base is now.
        let Long { request, job, .. } = made.long;
        self.guarded(vec![request]).await;
        job.set(JobState::Done);
    }

    /// Whether an undo or redo still is about what it was about when it began.
    fn is_next(&self, long: &Long) -> bool {
        let same = |target: &Target| self.next_target(&long.request).is_ok_and(|(seq, _)| seq == target.seq);
        long.target.as_ref().is_none_or(same)
    }

    /// Commits what was computed aside and is brought up to date. Gives it back when another server was first.
    async fn commit_made(&mut self, mut made: Made) -> Option<Made> {
        let stored = self.store(&mut made.draft, &[]).await;
        if let Err(StoreError::Conflict { .. }) = stored {
            return Some(made);
        }
        let Made { long: Long { request, target, job }, before, mut draft, outcome, .. } = made;
        let outcome = match stored {
            Ok(()) => {
                job.set(JobState::Done);
                let (seq, remembered) = (draft.seq, draft.remembered());
                self.publish(draft.base.clone(), seq, std::mem::take(&mut draft.touched), remembered);
                outcome.map(|receipt| Receipt { seq, ..receipt })
            }
            Err(error) => {
                tracing::warn!(%error, base = %self.shared.id, "a command that takes long was not committed");
                self.stale = true;
                job.set(JobState::Failed);
                Err(error.into())
            }
        };
        answer([(request, outcome)]);
        // Others need not wait until all of it is freed.
        tokio::task::spawn_blocking(move || drop((target, before, draft)));
        None
    }

    /// A panic in the middle of a batch loses the batch, not the base: nothing was published of it.
    async fn guarded(&mut self, batch: Vec<Request>) {
        if batch.is_empty() || self.gone {
            return;
        }
        if AssertUnwindSafe(self.commit(batch)).catch_unwind().await.is_err() {
            tracing::error!(base = %self.shared.id, "a batch of commands panicked and was dropped");
            self.stale = true;
        }
    }

    async fn commit(&mut self, mut waiting: Vec<Request>) {
        for attempt in 1.. {
            if self.stale {
                self.catch_up().await;
            }
            if self.gone || self.stale {
                let error = if self.gone { BaseError::Gone } else { busy() };
                return fail(waiting, &error);
            }
            let keys = waiting.iter().filter_map(|request| match &request.answer {
                Answer::Kept(key) => Some(key),
                _ => None,
            });
            let answers = match Answers::read(&self.platform.db, keys, self.platform.clock.now()).await {
                Ok(answers) => answers,
                Err(error) => return fail(waiting, &error.into()),
            };
            let (mut draft, outcomes) = self.draft(waiting, &answers).await;
            if draft.events.is_empty() {
                return match self.keep(&outcomes).await {
                    Ok(()) => answer(outcomes),
                    Err(error) => answer(failed(outcomes, &error.into())),
                };
            }
            match self.store(&mut draft, &outcomes).await {
                Ok(()) => {
                    if let Some(later) = &mut self.aside.later {
                        draft
                            .events
                            .iter()
                            .for_each(|written| later.add(&written.changed.ops, written.stamp()));
                        later.touch(&draft.touched);
                    }
                    let remembered = draft.remembered();
                    self.publish(draft.base, draft.seq, draft.touched, remembered);
                    return answer(outcomes);
                }
                Err(StoreError::Conflict { .. }) if attempt < ATTEMPTS => {
                    self.stale = true;
                    waiting = outcomes.into_iter().map(|(request, _)| request).collect();
                }
                Err(error) => {
                    // Whether it was committed may be unknown: the log tells.
                    tracing::warn!(%error, base = %self.shared.id, "a batch was not committed");
                    self.stale = true;
                    let error = match error {
                        StoreError::Conflict { .. } => {
                            StoreError::Busy("other servers keep writing to this base".into())
                        }
                        other => other,
                    };
                    return answer(failed(outcomes, &error.into()));
                }
            }
        }
    }

    /// Plans and applies commands to a copy of the newest state.
    async fn draft(&self, waiting: Vec<Request>, answers: &Answers) -> (Draft, Vec<Outcome>) {
        let snapshot = self.shared.snapshot.load_full();
        let mut draft = Draft::new(snapshot.base.clone(), snapshot.seq);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(waiting.len());
        for request in waiting {
            let outcome = self.one(&mut draft, &request, &outcomes, answers).await;
            outcomes.push((request, outcome));
        }
        draft.settle(&Stopwatch(&*self.platform.clock));
        let outcomes = answered(&draft.base, outcomes);
        (draft, outcomes)
    }

    async fn one(
        &self,
        draft: &mut Draft,
        request: &Request,
        before: &[Outcome],
        answers: &Answers,
    ) -> Result<Receipt, BaseError> {
        if let Answer::Kept(key) = &request.answer
            && let Some(known) = known(key, before, answers)?
        {
            return Ok(Receipt { answer: known, repeated: true, ..Receipt::of(draft.seq) });
        }
        let target = if request.command.is_undo() { Some(self.target(request).await?) } else { None };
        let newer = self.newer(request, draft.seq).await?;
        draft.run(request, target.as_ref(), &newer, &self.platform.ids, &())
    }

    /// What takes back the changes that a restoration does not know of: what was done while it was read.
    async fn newer(&self, request: &Request, seq: i64) -> Result<Vec<Op>, BaseError> {
        match &request.command {
            Command::Restore(wanted) if wanted.upto < seq => {
                let what = (wanted.table, wanted.record);
                past::undo(&self.platform, self.shared.id, what, (wanted.upto, seq)).await
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The event an undo or redo is about, and whether it is one that took something back.
    fn next_target(&self, request: &Request) -> Result<(i64, bool), BaseError> {
        let recent = self.shared.recent.lock();
        match request.command {
            Command::TakeBack { seq } => {
                let (undo, redo) = recent.stacks(&request.by.id);
                if !undo.contains(&seq) && !redo.contains(&seq) {
                    return Err(BaseError::NotUndoable);
                }
                Ok((seq, redo.contains(&seq)))
            }
            Command::Redo => Ok((recent.to_redo(&request.by.id).ok_or(BaseError::NothingToRedo)?, true)),
            _ => Ok((recent.to_undo(&request.by.id).ok_or(BaseError::NothingToUndo)?, false)),
        }
    }

    /// What an undo or redo is about.
    async fn target(&self, request: &Request) -> Result<Target, BaseError> {
        let (seq, redo) = self.next_target(request)?;
        let whole = matches!(request.command, Command::TakeBack { .. });
        let events = self.platform.db.events(&self.stream, seq - 1, 1).await?;
        let event = events.first().filter(|event| event.seq == seq);
        let event = event.ok_or_else(|| BaseError::Internal(format!("event {seq} is not in the log")))?;
        let changed = Changed::read(&self.platform.db, &self.stream, event).await?;
        Ok(Target { seq, changed, redo, whole })
    }

    /// Keeps the answers of a batch that changed nothing: a repeat must not be done once it would.
    async fn keep(&self, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let answers = to_keep(outcomes);
        if answers.is_empty() {
            return Ok(());
        }
        self.platform.db.write(move |tx| async move { idempotency::keep(tx, answers).await }.boxed()).await
    }

    /// Writes events, rows and answers in one transaction.
    async fn store(&mut self, draft: &mut Draft, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let expected = Expected::Seq(draft.seq - draft.events.len() as i64);
        let (stream, id, seq, now) =
            (self.stream.clone(), self.shared.id, draft.seq, self.platform.clock.now());
        let changes = draft.rows().map_err(|error| {
            tracing::error!(%error, "a change cannot be stored");
            StoreError::Aborted("a change cannot be written down")
        })?;
        let (events, index, trash) = draft.told();
        let answers = to_keep(outcomes);
        let touch = self.noted.is_none_or(|noted| now.duration_since(noted) > NOTED);
        self.platform
            .db
            .write(move |tx| {
                async move {
                    tx.append(&stream, expected, events).await?;
                    changes.store(tx, id, seq).await?;
                    index.store(tx, id).await?;
                    trash.store(tx, id).await?;
                    idempotency::keep(tx, answers).await?;
                    if touch {
                        drive::touch(tx, id, now).await?;
                    }
                    Ok::<_, StoreError>(())
                }
                .boxed()
            })
            .await?;
        if touch {
            self.noted = Some(now);
        }
        Ok(())
    }

    /// Makes a new state visible: first to those who remember and live views, then to readers, then it
    /// wakes who waits.
    fn publish(&mut self, base: skein_table::Base, seq: i64, touched: Touched, remembered: Vec<Remembered>) {
        self.next = match (self.next, touched.schema.is_empty()) {
            // A time that is set stays until it has come.
            (Some(next), true) if next > Instant::now() => Some(next),
            _ => env::next(&base),
        };
        self.keeper.note(&touched);
        let mut recent = self.shared.recent.lock();
        for event in remembered {
            recent.push(event);
        }
        drop(recent);
        let snapshot = Arc::new(Snapshot { seq, base });
        self.shared.hub.push(snapshot.clone(), touched);
        self.shared.snapshot.store(snapshot);
        self.shared.published.send_replace(seq);
    }

    /// Reads what the log holds after the newest state and applies it.
    async fn catch_up(&mut self) {
        if self.gone {
            return;
        }
        match self.follow().await {
            Ok(()) => self.stale = false,
            Err(BaseError::Gone) => self.gone = true,
            Err(error) => {
                tracing::warn!(%error, base = %self.shared.id, "the log could not be followed; trying again");
                self.stale = true;
            }
        }
    }

    async fn follow(&mut self) -> Result<(), BaseError> {
        loop {
            let snapshot = self.shared.snapshot.load_full();
            let events = self.platform.db.events(&self.stream, snapshot.seq, PAGE).await?;
            if events.is_empty() {
                return Ok(());
            }
            if events.iter().any(|event| event.kind == DELETED) {
                return Err(BaseError::Gone);
            }
            let replayed = std::panic::catch_unwind(AssertUnwindSafe(|| replay(&snapshot, &events)));
            match replayed {
                Ok(Some((base, touched, remembered))) => {
                    if let Some(later) = &mut self.aside.later {
                        followed(later, &events, &touched);
                    }
                    let seq = events.last().map_or(snapshot.seq, |event| event.seq);
                    self.publish(base, seq, touched, remembered);
                    if events.len() < PAGE as usize {
                        return Ok(());
                    }
                }
                _ => return self.reload().await,
            }
        }
    }

    /// Begins anew from what is stored, when the log and the state in memory do not fit together.
    async fn reload(&mut self) -> Result<(), BaseError> {
        tracing::info!(base = %self.shared.id, "a base is read anew from the database");
        self.aside.later.iter_mut().for_each(Later::lose);
        let env = env::read(&self.platform, self.shared.id).await?;
        let loaded = Box::pin(load(&self.platform, self.shared.id, env)).await?.ok_or(BaseError::Gone)?;
        let Loaded { snapshot, recent, image } = loaded;
        let seq = snapshot.seq;
        self.keeper = Keeper::new(image);
        *self.shared.recent.lock() = recent;
        let touched = Touched::everything(&self.shared.snapshot.load().base, &snapshot.base);
        let snapshot = Arc::new(snapshot);
        self.shared.hub.push(snapshot.clone(), touched);
        self.shared.snapshot.store(snapshot);
        self.shared.published.send_replace(seq);
        Ok(())
    }
}

/// Waits until the people change.
async fn heard(people: &mut Option<Watch>) {
    match people {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

/// Waits until a time has come.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// The answer a key got before; none yet when the first request with it is in the same batch.
#[expect(clippy::option_option, reason = "not known, known and about to be known differ")]
fn known(
    key: &Key,
    before: &[Outcome],
    answers: &Answers,
) -> Result<Option<Option<Box<RawValue>>>, BaseError> {
    for (request, outcome) in before {
        if let (Answer::Kept(other), Ok(_)) = (&request.answer, outcome)
            && let Some(repeated) = key.repeats(other)
        {
            return Ok(repeated.map(|()| Some(None))?);
        }
    }
    Ok(answers.get(key)?.map(Some))
}

/// The outcomes of a batch with the answers of the API, which show the state after all of it.
fn answered(base: &skein_table::Base, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    for at in 0..outcomes.len() {
        let (done, rest) = outcomes.split_at_mut(at);
        let Some((request, outcome)) = rest.first_mut() else { break };
        let Ok(receipt) = outcome else { continue };
        if receipt.answer.is_some() || request.answer == Answer::Unwanted {
            continue;
        }
        let answer = match (&request.answer, receipt.repeated) {
            (Answer::Kept(key), true) => Ok(first_answer(key, done)),
            _ => receipt.to_answer(base, &request.command).map(Some),
        };
        match answer {
            Ok(answer) => receipt.answer = answer,
            Err(error) => *outcome = Err(error),
        }
    }
    outcomes
}

fn first_answer(key: &Key, done: &[Outcome]) -> Option<Box<RawValue>> {
    done.iter().find_map(|(request, outcome)| match (&request.answer, outcome) {
        (Answer::Kept(other), Ok(receipt)) if key.repeats(other).is_some() => receipt.answer.clone(),
        _ => None,
    })
}

/// Lets those who were just answered send their next command, so that one commit serves all. Without it
/// writers fall into two groups that wait for each other's commit.
async fn gather(inbox: &mut mpsc::Receiver<Mail>, mails: &mut Vec<Mail>) {
    for _ in 0..GATHER {
        tokio::task::yield_now().await;
        while mails.len() < BATCH
            && let Ok(mail) = inbox.try_recv()
        {
            mails.push(mail);
        }
    }
}

/// Answers to keep, of what was done now.
fn to_keep(outcomes: &[Outcome]) -> Vec<(Key, String, Timestamp)> {
    let one = |(request, outcome): &Outcome| {
        let (Answer::Kept(key), Ok(receipt)) = (&request.answer, outcome) else { return None };
        let answer = receipt.answer.as_ref().filter(|_| !receipt.repeated)?.get().to_owned();
        Some((key.clone(), answer, request.by.at))
    };
    outcomes.iter().filter_map(one).collect()
}

fn failed(outcomes: Vec<Outcome>, error: &BaseError) -> impl Iterator<Item = Outcome> {
    outcomes.into_iter().map(move |(request, outcome)| (request, outcome.and(Err(error.clone()))))
}

fn busy() -> BaseError {
    BaseError::from(StoreError::Busy("the log cannot be read".into()))
}

fn fail(waiting: Vec<Request>, error: &BaseError) {
    answer(waiting.into_iter().map(|request| (request, Err(error.clone()))));
}

fn answer(outcomes: impl IntoIterator<Item = Outcome>) {
    for (request, outcome) in outcomes {
        let _ = request.reply.send(outcome);
    }
}

type Replayed = (skein_table::Base, Touched, Vec<Remembered>);

/// The state after events of other nodes; none when one of them is not understood or does not fit.
fn replay(snapshot: &Snapshot, events: &[Event]) -> Option<Replayed> {
    let mut base = snapshot.base.clone();
    let mut touched = Touched::default();
    let mut all = Vec::with_capacity(events.len());
    for (event, seq) in events.iter().zip(snapshot.seq + 1..) {
        if event.seq != seq {
            return None;
        }
        all.push(Remembered::of(event)?);
        if event.kind != CHANGED {
            continue;
        }
        let changed: Changed = event.decode().ok()?;
        if changed.revived.is_some() {
            return None;
        }
        let stamp = stamp(event);
        for op in &changed.ops {
            // What depends on more than the log was stored as it was resolved: it is read from there.
            if !base.repeats(op) {
                return None;
            }
            let applied = base.apply(op, &stamp).ok()?;
            touched.note(op, &applied.changes);
        }
    }
    touched.follow(&base.settle());
    Some((base, touched, all))
}

/// Notes what other nodes wrote.
fn followed(later: &mut Later, events: &[Event], touched: &Touched) {
    for event in events {
        match event.decode::<Changed>() {
            Ok(changed) => later.add(&changed.ops, stamp(event)),
            Err(_) => later.lose(),
        }
    }
    later.touch(touched);
}

fn stamp(event: &Event) -> Stamp {
    Stamp { at: event.at.as_millisecond(), by: event.actor.parse().ok() }
}
