//! A base that is served: its newest snapshot, and the way to change it.

use std::{fmt::Write, sync::Arc};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use skein_platform::access::{Action, Edit, Granted, Role};
use skein_table::{Base, KeyIndex, Table, write_record_json};
use skein_types::{Clock, DashboardId, FieldId, JobId, RecordId, ResourceId, TableId, Timestamp, ViewId};
use tokio::sync::{mpsc, oneshot, watch};
use utoipa::ToSchema;

use crate::{
    Actor, BaseError, Command, Key,
    dashboards::Charts,
    history::{Recent, Undone},
    job::{JobJson, Jobs},
    keyed::KeyIndexes,
    live::Hub,
    plan::Asker,
};

/// A base as it is at `seq`. Never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The last event that is in it.
    pub seq: i64,
    /// Tables and records.
    pub base: Base,
}

impl Snapshot {
    /// A table.
    pub fn table(&self, id: TableId) -> Result<&Arc<Table>, BaseError> {
        self.base.table(id).ok_or(BaseError::TableNotFound(id))
    }

    /// Whether there is a table, field, view, dashboard or record of this id.
    pub(crate) fn holds(&self, id: &str) -> bool {
        let mut tables = self.base.tables();
        if let Ok(record) = id.parse() {
            return tables.any(|table| table.row(record).is_some());
        }
        if let Ok(field) = id.parse() {
            return tables.any(|table| table.field(field).is_some());
        }
        if let Ok(view) = id.parse() {
            return tables.any(|table| table.view(view).is_some());
        }
        if let Ok(dashboard) = id.parse() {
            return self.base.dashboard(dashboard).is_some();
        }
        id.parse().is_ok_and(|table| self.base.table(table).is_some())
    }
}

/// What an upsert did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was none.
    Created,
    /// It was there and other.
    Updated,
    /// It was there, and as it was sent.
    Unchanged,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What came of a write of records.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The table.
    pub table: Option<TableId>,
    /// The records, in the order asked for.
    pub records: Vec<RecordId>,
    /// Of an upsert, what was done to each.
    pub outcomes: Vec<Outcome>,
}

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The event that holds the change; when nothing was to be changed, the one before.
    pub seq: i64,
    /// The table that was made or changed.
    pub table: Option<TableId>,
    /// The field that was made or changed.
    pub field: Option<FieldId>,
    /// The view that was made or changed.
    pub view: Option<ViewId>,
    /// The dashboard that was made or changed.
    pub dashboard: Option<DashboardId>,
    /// Records made or changed, in the order asked for.
    pub records: Vec<RecordId>,
    /// Of an upsert, what was done to each of the records.
    pub outcomes: Vec<Outcome>,
    /// Of a batch, what came of each of its operations.
    pub parts: Vec<Written>,
    /// Of a batch, the records that have names.
    pub refs: Vec<(String, RecordId)>,
    /// What was undone or redone.
    pub undone: Option<Undone>,
    /// The answer of the API, when the command was sent with [`OpenBase::submit_for_answer`].
    pub answer: Option<Box<RawValue>>,
    /// Whether this is the answer to an earlier request with the same key.
    pub(crate) repeated: bool,
}

impl Receipt {
    pub(crate) fn of(seq: i64) -> Self {
        Self {
            seq,
            table: None,
            field: None,
            view: None,
            dashboard: None,
            records: Vec::new(),
            outcomes: Vec::new(),
            parts: Vec::new(),
            refs: Vec::new(),
            undone: None,
            answer: None,
            repeated: false,
        }
    }

    /// The answer of the API to a write of records, as they are right after it.
    pub(crate) fn to_answer(&self, base: &Base, command: &Command) -> Result<Box<RawValue>, BaseError> {
        let mut json = format!("{{\"seq\":{}", self.seq);
        if let Command::Batch { commands, .. } = command {
            json.push_str(",\"operations\":[");
            for (at, (part, command)) in self.parts.iter().zip(commands).enumerate() {
                json.push_str(if at == 0 { "{" } else { ",{" });
                write_part(base, part, command, &mut json);
                json.push('}');
            }
            json.push_str("],\"refs\":");
            let refs: Map<String, Value> =
                self.refs.iter().map(|(name, id)| (name.clone(), Value::String(id.to_string()))).collect();
            let _ = write!(json, "{}}}", Value::Object(refs));
        } else {
            let (records, outcomes) = (self.records.clone(), self.outcomes.clone());
            let part = Written { table: self.table, records, outcomes };
            let before = json.len();
            json.push(',');
            write_part(base, &part, command, &mut json);
            if json.len() == before + 1 {
                json.truncate(before);
            }
            json.push('}');
        }
        RawValue::from_string(json).map_err(|error| BaseError::Internal(error.to_string()))
    }
}

/// Records as they are after a write, with what was done to them; of a deletion how many are gone.
fn write_part(base: &Base, part: &Written, command: &Command, json: &mut String) {
    if let Command::DeleteRecords { .. } = command {
        let _ = write!(json, "\"deleted\":{}", part.records.len());
        return;
    }
    let Some(table) = part.table.and_then(|id| base.table(id)) else { return };
    let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
    json.push_str("\"records\":[");
    let mut comma = "";
    for (at, record) in part.records.iter().enumerate() {
        let Some(row) = table.row(*record) else { continue };
        let _ = write!(json, "{comma}{{\"id\":\"{record}\",");
        if let Some(outcome) = part.outcomes.get(at) {
            let _ = write!(json, "\"result\":\"{}\",", outcome.as_str());
        }
        json.push_str("\"fields\":");
        write_record_json(base, table, row, &fields, json);
        json.push('}');
        comma = ",";
    }
    json.push(']');
}

/// What the task shares with those who read.
pub(crate) struct Shared {
    pub(crate) id: ResourceId,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    /// The newest sequence number that is published; negative once the base is gone.
    pub(crate) published: watch::Sender<i64>,
    pub(crate) recent: Mutex<Recent>,
    pub(crate) hub: Hub,
    pub(crate) jobs: Jobs,
    pub(crate) keys: KeyIndexes,
    pub(crate) charts: Charts,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The value of [`Shared::published`] once the base is gone.
pub(crate) const GONE: i64 = -1;

/// Whether the answer of the API is made along with the change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Unwanted,
    Wanted,
    /// And kept under a key.
    Kept(Key),
}

/// A command on its way.
pub(crate) struct Request {
    pub(crate) by: Actor,
    pub(crate) command: Command,
    pub(crate) answer: Answer,
    /// What they may do to the base.
    pub(crate) role: Role,
    /// Where the records are that it names by keys.
    pub(crate) keys: Vec<(TableId, Arc<KeyIndex>)>,
    pub(crate) reply: oneshot::Sender<Result<Receipt, BaseError>>,
}

impl Request {
    pub(crate) fn asker(&self) -> Asker {
        Asker { member: self.by.id.parse().ok(), manages: self.role >= Role::Manage }
    }
}

/// What the task that owns a base is sent.
pub(crate) enum Mail {
    Run(Box<Request>),
    /// Read what the log holds by now.
    CatchUp(oneshot::Sender<()>),
    /// It was deleted by this process.
    Deleted,
}

/// A base that is served. Made by [`crate::Bases::open`], which asks for proof of access.
pub struct OpenBase {
    pub(crate) shared: Arc<Shared>,
    pub(crate) mail: mpsc::Sender<Mail>,
    pub(crate) used: Mutex<Timestamp>,
}

impl OpenBase {
    /// Its id.
    pub fn id(&self) -> ResourceId {
        self.shared.id
    }

    /// Milliseconds since 1970 in UTC.
    pub(crate) fn now(&self) -> i64 {
        self.shared.clock.now().as_millisecond()
    }

    /// The newest snapshot. Never waits.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// Does a command. Returns when it is durable; on an error nothing of it was done.
    pub async fn submit(
        &self,
        granted: &Granted<Edit>,
        by: &Actor,
        command: Command,
    ) -> Result<Receipt, BaseError> {
        self.send(granted, by, command, Answer::Unwanted).await
    }

    /// As [`OpenBase::submit`], with the answer of the API. With a key, a repeat of the same request gets
    /// the same answer and is not done again.
    pub async fn submit_for_answer(
        &self,
        granted: &Granted<Edit>,
        by: &Actor,
        command: Command,
        key: Option<Key>,
    ) -> Result<Receipt, BaseError> {
        self.send(granted, by, command, key.map_or(Answer::Wanted, Answer::Kept)).await
    }

    async fn send(
        &self,
        granted: &Granted<Edit>,
        by: &Actor,
        command: Command,
        answer: Answer,
    ) -> Result<Receipt, BaseError> {
        self.check(granted)?;
        let keys = self.shared.keys.of(&command, || self.snapshot(), by.at).await;
        let (by, role) = (by.clone(), granted.role());
        self.queue(|reply| Request { by, command, answer, role, keys, reply }).await
    }

    /// Hands a request to the task, and waits for its answer.
    pub(crate) async fn queue(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<Receipt, BaseError>>) -> Request,
    ) -> Result<Receipt, BaseError> {
        let (reply, replied) = oneshot::channel();
        self.mail.send(Mail::Run(Box::new(request(reply)))).await.map_err(|_| self.stopped())?;
        replied.await.map_err(|_| self.stopped())?
    }

    /// Changes that take long and wait, run or ended lately, the oldest first.
    pub fn jobs(&self) -> Vec<JobJson> {
        self.shared.jobs.list()
    }

    /// Stops a change that takes long before it is done; nothing of it stays.
    pub fn cancel(&self, granted: &Granted<Edit>, job: JobId) -> Result<(), BaseError> {
        self.check(granted)?;
        self.shared.jobs.cancel(job)
    }

    /// Reads what other nodes wrote up to now.
    pub async fn catch_up(&self) -> Result<(), BaseError> {
        let (reply, replied) = oneshot::channel();
        self.mail.send(Mail::CatchUp(reply)).await.map_err(|_| self.stopped())?;
        replied.await.map_err(|_| self.stopped())
    }

    /// What somebody can take back and do again: events, the next of each first.
    pub fn undo_list(&self, actor: &str) -> (Vec<i64>, Vec<i64>) {
        self.shared.recent.lock().stacks(actor)
    }

    fn stopped(&self) -> BaseError {
        if *self.shared.published.borrow() == GONE {
            BaseError::Gone
        } else {
            BaseError::Internal("the task of a base stopped".into())
        }
    }

    fn check<A: Action>(&self, granted: &Granted<A>) -> Result<(), BaseError> {
        if granted.resource() == self.id() {
            Ok(())
        } else {
            Err(BaseError::Internal("the proof of access is for another resource".into()))
        }
    }
}
