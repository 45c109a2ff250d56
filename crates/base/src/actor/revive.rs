//! Bringing back a table whose records were too many for an event: they never left their place.

use std::collections::BTreeMap;

use skein_platform::drive;
use skein_store::{Expected, FutureExt, StoreError, params};
use skein_table::{Base, FieldKind, TableDef};
use skein_types::NewEvent;

use super::{Actor, answer, busy};
use crate::{
    BaseError, Command, Receipt,
    event::{CHANGED, Cause, Changed, Via},
    open::Request,
    plan::free_name,
    rows, trash,
};

impl Actor {
    /// Puts the table among the others and reads the base anew, here and wherever it is served.
    pub(super) async fn revive(&mut self, request: Request) {
        if self.stale {
            self.catch_up().await;
        }
        let result = if self.gone {
            Err(BaseError::Gone)
        } else if self.stale {
            Err(busy())
        } else {
            self.put_back(&request).await
        };
        answer([(request, result)]);
    }

    async fn put_back(&mut self, request: &Request) -> Result<Receipt, BaseError> {
        let Command::ReviveTable(def) = &request.command else {
            return Err(BaseError::Internal("this brings back no table".into()));
        };
        let snapshot = self.shared.snapshot.load_full();
        if snapshot.base.table(def.id).is_some() {
            return Ok(Receipt::of(snapshot.seq));
        }
        let def = fitting(def, &snapshot.base);
        let (id, table, by) = (self.shared.id, def.id, request.by.clone());
        let changed = Changed {
            ops: Vec::new(),
            undo: None,
            tables: vec![table],
            schema: true,
            cause: Cause { via: Via::Restore },
            names: BTreeMap::from([(table.to_string(), def.name.clone())]),
            revived: Some(table),
            theirs: false,
            undoes: None,
            redoes: None,
            private: None,
            begun: None,
            part: false,
        };
        let event = NewEvent::new(CHANGED, &by.id, by.at, &changed);
        let defs: Vec<&TableDef> = snapshot.base.tables().map(|table| table.def()).chain([&def]).collect();
        let defs = rows::write_defs(&defs)?;
        let (stream, seq) = (self.stream.clone(), snapshot.seq);
        let stored = self.platform.db.write(move |tx| {
            async move {
                tx.append(&stream, Expected::Seq(seq), vec![event]).await?;
                let sql = "UPDATE bases SET seq = $2, tables = $3 WHERE id = $1";
                tx.execute(sql, params![id, seq + 1, defs]).await?;
                let sql = "INSERT INTO base_changes (table_id, record, seq) VALUES ($1, $2, $3)";
                tx.execute(sql, params![table, Vec::<u8>::new(), seq + 1]).await?;
                trash::leave(tx, id, table).await?;
                drive::touch(tx, id, by.at).await?;
                Ok::<_, StoreError>(())
            }
            .boxed()
        });
        stored.await.inspect_err(|_| self.stale = true)?;
        self.reload().await?;
        Ok(Receipt { table: Some(table), ..Receipt::of(seq + 1) })
    }
}

/// The definition without what named things that are gone: links whose other side went stay one-way, and the
/// other sides of links that went have nothing to show.
fn fitting(def: &TableDef, base: &Base) -> TableDef {
    let mut def = def.clone();
    let there = |table, field| {
        base.table(table)
            .is_some_and(|table: &std::sync::Arc<skein_table::Table>| table.field(field).is_some())
    };
    let own: Vec<_> = def.fields.iter().map(|field| field.id).collect();
    let id = def.id;
    def.fields.retain(|field| match &field.kind {
        FieldKind::Backlink { table, field, .. } if *table == id => own.contains(field),
        FieldKind::Backlink { .. } => false,
        _ => true,
    });
    for field in &mut def.fields {
        if let FieldKind::Link { table, mirror, .. } = &mut field.kind
            && *table != id
            && mirror.is_some_and(|mirror| !there(*table, mirror))
        {
            *mirror = None;
        }
    }
    def.name = free_name(&def.name, base.tables().map(|table| table.def().name.as_str()));
    let kept: Vec<_> = def.fields.iter().map(|field| field.id).collect();
    let whole = kept.len() == own.len();
    for view in &mut def.views {
        view.filter = view.filter.take().filter(|_| whole);
        view.group.retain(|key| kept.contains(&key.field));
        view.fields.retain(|shown| kept.contains(&shown.field));
        view.sort.retain(|key| kept.contains(&key.field));
        view.summaries.retain(|summary| kept.contains(&summary.field));
        view.tree = view.tree.filter(|parent| kept.contains(parent));
        view.kind.settle(def.id, &def.fields);
    }
    def
}
