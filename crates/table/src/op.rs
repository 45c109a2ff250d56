//! Operations: the closed set of changes to a base. Storage, broadcast, history and undo are these.

use serde::{Deserialize, Serialize};
use skein_types::{DashboardId, FieldId, MemberId, RecordId, TableId, ViewId};

use crate::{
    Dashboard, Field, Resolved, TableDef, Value, View,
    packed::{ids, records},
};

/// Who did something, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Milliseconds since 1970 in UTC.
    pub at: i64,
    /// A member; none for link visitors and the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberId>,
}

/// A record as operations carry it: only cells that are not null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id; rows without a sort stand in the order of ids.
    pub id: RecordId,
    /// Cells; a field not named is null (a checkbox: no).
    pub cells: Vec<(FieldId, Value)>,
    /// Who made it when, of one that is restored; of others the operation says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Stamp>,
}

impl Record {
    /// A record that is made, or changed, now.
    pub fn new(id: RecordId, cells: Vec<(FieldId, Value)>) -> Self {
        Self { id, cells, made: None }
    }
}

/// A change to a base. Applying one gives its inverse: the operations that take it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Op {
    /// Adds a table without records at a place among the tables.
    CreateTable {
        table: TableDef,
        at: usize,
    },
    /// Removes a table with its records.
    DeleteTable {
        table: TableId,
    },
    RenameTable {
        table: TableId,
        name: String,
    },
    MoveTable {
        table: TableId,
        to: usize,
    },
    /// Adds a field at a place among the fields; all cells are null.
    CreateField {
        table: TableId,
        field: Field,
        at: usize,
    },
    /// Replaces name, description and options. The type stays; choices that go away clear the cells that
    /// held them.
    UpdateField {
        table: TableId,
        field: Field,
    },
    /// Replaces a field by one of another type and slot, and converts its cells. What does not fit the new
    /// type is cleared.
    /// What `resolved` tells of values comes before what is found for them.
    RetypeField {
        table: TableId,
        field: Field,
        #[serde(default, skip_serializing_if = "Resolved::is_empty")]
        resolved: Resolved,
    },
    /// Removes a field with its cells, and from filters, sorts and field lists of views.
    DeleteField {
        table: TableId,
        field: FieldId,
    },
    MoveField {
        table: TableId,
        field: FieldId,
        to: usize,
    },
    CreateView {
        table: TableId,
        view: View,
        at: usize,
    },
    UpdateView {
        table: TableId,
        view: View,
    },
    DeleteView {
        table: TableId,
        view: ViewId,
    },
    CreateDashboard {
        dashboard: Dashboard,
        at: usize,
    },
    UpdateDashboard {
        dashboard: Dashboard,
    },
    DeleteDashboard {
        dashboard: DashboardId,
    },
    MoveDashboard {
        dashboard: DashboardId,
        to: usize,
    },
    CreateRecords {
        table: TableId,
        #[serde(with = "records")]
        records: Vec<Record>,
    },
    /// Sets cells; null clears.
    UpdateRecords {
        table: TableId,
        #[serde(with = "records")]
        records: Vec<Record>,
    },
    DeleteRecords {
        table: TableId,
        #[serde(with = "ids")]
        records: Vec<RecordId>,
    },
}

impl Op {
    /// Gives a field another type, its cells by what names mean when it is applied.
    pub fn retype(table: TableId, field: Field) -> Self {
        Self::RetypeField { table, field, resolved: Resolved::default() }
    }
}
