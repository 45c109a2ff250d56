//! What happened lately in a base: for subscribers that catch up, and for undo and redo per person.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use serde::{Serialize, de::IgnoredAny};
use skein_store::{Db, Row, StoreError, params};
use skein_types::{Event, ResourceId, StreamId, TableId};
use utoipa::ToSchema;

use super::list::{About, Head};
use crate::{
    BaseError,
    event::{BaseEvent, CHANGED, COMMENTED, CREATED, ChangedHead, CommentedHead, PURGED, Via},
};

/// Events that are remembered, and from which undo is rebuilt after a start.
const REMEMBERED: usize = 2_000;
/// Bytes of events and summaries above which no earlier ones are read.
const READ: usize = 16 << 20;
/// Events read at once, the last first.
const PAGE: i64 = 200;
const SUMMARIES: &str = "SELECT l.seq, l.actor, l.at, s.summary FROM log l \
     LEFT JOIN base_summaries s ON s.base = l.stream AND s.seq = l.seq \
     WHERE l.stream = $1 AND l.seq < $2 ORDER BY l.seq DESC LIMIT $3";
/// Changes each person can take back.
const UNDOABLE: usize = 200;

/// What was taken back or done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Undone {
    /// The operation, the first of several: `update_records`.
    pub kind: String,
    /// In words, in English.
    pub summary: String,
    /// The table it was in.
    pub table: Option<TableId>,
    /// How many records, or 0 when it was about definitions.
    pub records: usize,
    /// Cells, records and settings that somebody changed since, and were left as they are.
    #[serde(skip)]
    pub skipped: usize,
}

/// An event, and what undo needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) event: Arc<BaseEvent>,
    pub(crate) via: Via,
    /// Whether what takes it back was kept.
    pub(crate) undoable: bool,
    pub(crate) undoes: Option<i64>,
    pub(crate) redoes: Option<i64>,
}

impl Remembered {
    /// From the log; none for an event that cannot be read.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let (seq, actor, at) = (event.seq, event.actor.clone(), event.at);
        let other = |kind, schema, tables, record| {
            let heard =
                BaseEvent { seq, kind, actor: actor.clone(), at, schema, tables, record, private: None };
            let via = Via::System;
            Some(Self { event: Arc::new(heard), via, undoable: false, undoes: None, redoes: None })
        };
        match event.kind.as_str() {
            CREATED => return other(CREATED, true, Vec::new(), None),
            PURGED => return other(PURGED, false, Vec::new(), None),
            COMMENTED => {
                let CommentedHead { table, record } = event.decode().ok()?;
                return other(COMMENTED, false, vec![table], Some(record));
            }
            CHANGED => {}
            _ => return None,
        }
        let head: ChangedHead = event.decode().ok()?;
        let (schema, tables, private) = (head.schema, head.tables, head.private);
        let heard = BaseEvent { seq, kind: CHANGED, actor, at, schema, tables, record: None, private };
        let (via, undoes, redoes) = (counted(head.cause.via, head.part), head.undoes, head.redoes);
        Some(Self { event: Arc::new(heard), via, undoable: head.undo.is_some(), undoes, redoes })
    }
}

/// By which way an event came, as undo counts it: a part is taken back with the event that ends the change.
pub(crate) fn counted(via: Via, part: bool) -> Via {
    if part { Via::System } else { via }
}

/// An event with what its summary tells of it, if it has one that tells enough, and how long that is.
fn summarised(row: &Row) -> Result<(i64, Option<Remembered>, usize), StoreError> {
    let (seq, summary): (i64, Option<String>) = (row.get("seq")?, row.get("summary")?);
    let Some(summary) = summary else { return Ok((seq, None, 0)) };
    let head = serde_json::from_str::<(Head, IgnoredAny)>(&summary).ok();
    let Some(Head { cause, undoes, redoes, private, about: Some(about), part }) = head.map(|(head, _)| head)
    else {
        return Ok((seq, None, summary.len()));
    };
    let About { tables, schema, undoable } = about;
    let (actor, at) = (row.get("actor")?, row.get("at")?);
    let heard = BaseEvent { seq, kind: CHANGED, actor, at, schema, tables, record: None, private };
    let via = counted(cause.via, part);
    let remembered = Remembered { event: Arc::new(heard), via, undoable, undoes, redoes };
    Ok((seq, Some(remembered), summary.len()))
}

#[derive(Debug, Default)]
struct Stacks {
    undo: VecDeque<i64>,
    redo: Vec<i64>,
}

/// The last events, without gaps, and each person's own changes among them.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    events: VecDeque<Arc<BaseEvent>>,
    people: HashMap<String, Stacks>,
}

impl Recent {
    /// What happened last up to an event: as much as is remembered, and less when that is much to read.
    pub(crate) async fn read(db: &Db, id: ResourceId, upto: i64) -> Result<Self, BaseError> {
        let stream = StreamId::of(id);
        let (mut found, mut bytes, mut before) = (Vec::new(), 0, upto + 1);
        while found.len() < REMEMBERED && bytes < READ {
            let rows = db.rows(SUMMARIES, params![&stream, before, PAGE]).await?;
            let Some(last) = rows.last() else { break };
            before = last.get("seq")?;
            let rows = rows.iter().map(summarised).collect::<Result<Vec<_>, StoreError>>()?;
            for run in rows.chunk_by(|a, b| a.1.is_some() == b.1.is_some()) {
                bytes += run.iter().map(|row| row.2).sum::<usize>();
                if run[0].1.is_some() {
                    found.extend(run.iter().filter_map(|row| row.1.clone()));
                    continue;
                }
                let events = db.events_before(&stream, run[0].0 + 1, run.len() as i64).await?;
                bytes += events.iter().map(|event| event.data.get().len()).sum::<usize>();
                found.extend(events.iter().filter_map(Remembered::of));
            }
        }
        found.truncate(REMEMBERED);
        let mut recent = Self::default();
        found.into_iter().rev().for_each(|remembered| recent.push(remembered));
        Ok(recent)
    }

    /// Adds the next event.
    pub(crate) fn push(&mut self, next: Remembered) {
        let stacks = match next.via {
            // Nobody expects Ctrl-Z to take back a whole file piece by piece, or what they sent by a form.
            Via::Import | Via::Form | Via::System => None,
            _ => Some(self.people.entry(next.event.actor.clone()).or_default()),
        };
        let seq = next.event.seq;
        if let Some(stacks) = stacks {
            match (next.undoes, next.redoes) {
                (Some(taken), _) => {
                    stacks.undo.retain(|other| *other != taken);
                    stacks.redo.extend(next.undoable.then_some(seq));
                }
                (None, Some(taken)) => {
                    stacks.redo.retain(|other| *other != taken);
                    stacks.undo.extend(next.undoable.then_some(seq));
                }
                (None, None) => {
                    stacks.undo.extend(next.undoable.then_some(seq));
                    stacks.redo.clear();
                }
            }
            if stacks.undo.len() > UNDOABLE {
                stacks.undo.pop_front();
            }
        }
        self.events.push_back(next.event);
        if self.events.len() > REMEMBERED {
            self.events.pop_front();
        }
    }

    /// The event somebody would take back next.
    pub(crate) fn to_undo(&self, actor: &str) -> Option<i64> {
        self.people.get(actor)?.undo.back().copied()
    }
    /// The undoing event somebody would take back next.
    pub(crate) fn to_redo(&self, actor: &str) -> Option<i64> {
        self.people.get(actor)?.redo.last().copied()
    }

    /// What somebody can take back and do again, the next of each first.
    pub(crate) fn stacks(&self, actor: &str) -> (Vec<i64>, Vec<i64>) {
        let Some(stacks) = self.people.get(actor) else { return (Vec::new(), Vec::new()) };
        (stacks.undo.iter().rev().copied().collect(), stacks.redo.iter().rev().copied().collect())
    }

    /// Up to `limit` events after a sequence number; none when they are no longer remembered.
    pub(crate) fn after(&self, seq: i64, limit: usize) -> Option<Vec<Arc<BaseEvent>>> {
        let Some(first) = self.events.front() else { return Some(Vec::new()) };
        if first.seq > seq + 1 {
            return None;
        }
        let from = self.events.partition_point(|event| event.seq <= seq);
        Some(self.events.range(from..).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use skein_types::Timestamp;

    use super::*;

    #[test]
    fn a_change_that_cannot_be_taken_back_still_ends_redo() {
        let mut recent = Recent::default();
        let mut push = |seq, undoable, undoes| {
            let (actor, at) = ("ada".to_owned(), Timestamp::UNIX_EPOCH);
            let tables = Vec::new();
            let event = BaseEvent {
                seq,
                kind: CHANGED,
                actor,
                at,
                schema: false,
                tables,
                record: None,
                private: None,
            };
            let via = Via::Web;
            recent.push(Remembered { event: Arc::new(event), via, undoable, undoes, redoes: None });
        };
        push(1, true, None);
        push(2, true, Some(1));
        push(3, false, None);
        assert_eq!((recent.to_undo("ada"), recent.to_redo("ada")), (None, None));
    }
}
