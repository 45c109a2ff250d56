//! The events and the jobs of a base for a subscriber (rules S6, S7 and S28 of docs/spec/socket.md).

use std::sync::Arc;

use skein_platform::access::{Granted, View};
use skein_types::{JobId, MemberId};
use tokio::sync::watch;

use super::message::BaseMessage;
use crate::{BaseError, BaseEvent, Bases, OpenBase, open::GONE};

/// Events a client may be behind before it must reload.
const BEHIND: i64 = 1_000;

/// The events of a base after a sequence number. It keeps its base in memory.
pub struct BaseFeed {
    base: Arc<OpenBase>,
    published: watch::Receiver<i64>,
    after: i64,
    reload: bool,
    jobs: watch::Receiver<()>,
    /// Whether there may be news of jobs.
    news: bool,
    /// The jobs that were under way when it was last told of them.
    under_way: Vec<JobId>,
    anonymous: bool,
    member: Option<MemberId>,
}

impl BaseFeed {
    /// Follows a base from after `since`, or from now on. Answers where the base is. A client too far
    /// behind, or ahead, gets [`BaseMessage::Reload`] from the first [`BaseFeed::next`].
    pub async fn open(
        bases: &Bases,
        granted: &Granted<View>,
        since: Option<i64>,
    ) -> Result<(i64, Self), BaseError> {
        let base = bases.open(granted).await?;
        let mut published = base.shared.published.subscribe();
        let mut seq = *published.borrow_and_update();
        if since.is_some_and(|since| since > seq) && seq != GONE {
            // The client may have heard of it from another node already.
            base.catch_up().await?;
            seq = *published.borrow_and_update();
        }
        if seq == GONE {
            return Err(BaseError::Gone);
        }
        let after = since.unwrap_or(seq);
        let reload = after > seq || after < 0 || seq - after > BEHIND;
        let (jobs, under_way) = (base.shared.jobs.watch(), Vec::new());
        let (news, anonymous, member) = (true, false, None);
        Ok((seq, Self { base, published, after, reload, jobs, news, under_way, anonymous, member }))
    }

    /// The same feed for a member, who also hears of personal views of theirs.
    #[must_use]
    pub fn of(self, member: Option<MemberId>) -> Self {
        Self { member, ..self }
    }

    /// The same feed for somebody who may not know who works here: its events name no actor.
    #[must_use]
    pub fn anonymous(self) -> Self {
        Self { anonymous: true, ..self }
    }

    /// Waits for what comes next. After `Gone` there is nothing more. May be dropped and called again at
    /// any time.
    pub async fn next(&mut self) -> BaseMessage {
        loop {
            let seq = *self.published.borrow_and_update();
            if seq == GONE {
                return BaseMessage::Gone { code: "resource.not_found" };
            }
            if self.reload || seq - self.after > BEHIND {
                return self.reload(seq);
            }
            let events = self.base.shared.recent.lock().after(self.after, BEHIND as usize);
            match events {
                None => return self.reload(seq),
                Some(events) => {
                    if let Some(last) = events.last() {
                        self.after = last.seq;
                        let events: Vec<_> = events.iter().map(|event| event.heard_by(self.member)).collect();
                        let events = if self.anonymous { nameless(&events) } else { events };
                        return BaseMessage::Events { events };
                    }
                }
            }
            if std::mem::take(&mut self.news)
                && let Some(message) = self.of_jobs()
            {
                return message;
            }
            tokio::select! {
                changed = self.published.changed() => {
                    if changed.is_err() {
                        return BaseMessage::Gone { code: "resource.not_found" };
                    }
                }
                // The base that is held has the other end.
                _ = self.jobs.changed() => self.news = true,
            }
        }
    }

    /// The jobs under way, and those that ended since they were told last.
    fn of_jobs(&mut self) -> Option<BaseMessage> {
        let mut jobs = self.base.jobs();
        jobs.retain(|job| job.state.is_under_way() || self.under_way.contains(&job.id));
        if self.anonymous {
            for job in &mut jobs {
                job.by.clear();
            }
        }
        self.under_way = jobs.iter().filter(|job| job.state.is_under_way()).map(|job| job.id).collect();
        (!jobs.is_empty()).then_some(BaseMessage::Jobs { jobs })
    }

    fn reload(&mut self, seq: i64) -> BaseMessage {
        (self.after, self.reload) = (seq, false);
        BaseMessage::Reload { seq }
    }
}

fn nameless(events: &[Arc<BaseEvent>]) -> Vec<Arc<BaseEvent>> {
    let one =
        |event: &Arc<BaseEvent>| Arc::new(BaseEvent { actor: String::new(), ..BaseEvent::clone(event) });
    events.iter().map(one).collect()
}
