//! Bases as a kind of resource: how one is made, copied and deleted.

use std::{collections::HashMap, sync::Weak};

use async_trait::async_trait;
use skein_platform::{Ctx, drive::ResourceKind, files};
use skein_store::{Expected, Tx, params};
use skein_table::{Dashboard, Field, FieldKind, TableDef};
use skein_types::{Ids, NewEvent, Problem, ResourceId, StreamId, kind};

use crate::{
    BaseError,
    bases::Inner,
    event::{CREATED, DELETED},
    forms, plan, rows,
};

pub(crate) struct BaseKind(pub(crate) Weak<Inner>);

#[async_trait]
impl ResourceKind for BaseKind {
    fn kind(&self) -> &'static str {
        "base"
    }

    async fn create(&self, tx: &mut Tx, ctx: &Ctx, id: ResourceId) -> Result<(), Problem> {
        let language = language(tx, ctx).await?;
        let table = first_table(&language, &ctx.platform.ids);
        store_new(tx, ctx, id, (&[table], &[]), None).await.map_err(Problem::from)
    }

    async fn duplicate(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        from: ResourceId,
        to: ResourceId,
    ) -> Result<(), Problem> {
        duplicate(tx, ctx, from, to).await.map_err(Problem::from)
    }

    async fn purge(&self, tx: &mut Tx, id: ResourceId) -> Result<(), Problem> {
        forms::purge_base(tx, id).await.map_err(Problem::from)?;
        let existed = rows::purge(tx, id).await.map_err(Problem::from)?;
        if existed {
            let now = self.0.upgrade().map(|inner| inner.now());
            if let Some(now) = now {
                let event = NewEvent::new(DELETED, "system", now, &serde_json::json!({}));
                tx.append(&StreamId::of(id), Expected::Any, vec![event]).await?;
            }
        }
        Ok(())
    }

    fn purged(&self, id: ResourceId) {
        if let Some(inner) = self.0.upgrade() {
            inner.deleted(id);
        }
    }
}

/// Stores the definitions of a new resource, without records.
pub(crate) async fn store_new(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ResourceId,
    (defs, dashboards): (&[TableDef], &[Dashboard]),
    from: Option<ResourceId>,
) -> Result<(), BaseError> {
    let tables: Vec<_> = defs.iter().map(|def| def.id).collect();
    let data = serde_json::json!({ "from": from, "tables": tables });
    let event = NewEvent::new(CREATED, ctx.actor(), ctx.now, &data);
    let seq = tx.append(&StreamId::of(id), Expected::Seq(0), vec![event]).await?;
    rows::insert(tx, id, seq, (defs, dashboards)).await
}

async fn duplicate(tx: &mut Tx, ctx: &Ctx, from: ResourceId, to: ResourceId) -> Result<(), BaseError> {
    let ids = &ctx.platform.ids;
    let (mut old, boards) = rows::defs(tx, from).await?;
    let member = ctx.member().ok();
    for def in &mut old {
        def.views.retain(|view| view.is_for(member));
    }
    let renamed = renewed((&old, &boards), ids, HashMap::new(), &|_| None)?;
    let Renamed { defs: copies, dashboards, names } = renamed;
    store_new(tx, ctx, to, (&copies, &dashboards), Some(from)).await?;
    let files = files::copy(tx, ctx, from, to).await?;
    let names_others = |field: &Field| match field.kind {
        FieldKind::Link { .. } => true,
        FieldKind::Attachment => !files.is_empty(),
        _ => false,
    };
    if old.iter().any(|def| def.fields.iter().any(names_others)) {
        let mut names = names;
        names.extend(files.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        return rows::copy_linked(tx, from, &copies, &names, ids).await;
    }
    for (def, copy) in old.iter().zip(&copies) {
        rows::copy_records(tx, def.id, copy.id, || ids.make()).await?;
    }
    Ok(())
}

/// Definitions with new ids for everything in them, and what each id became.
pub(crate) struct Renamed {
    pub(crate) defs: Vec<TableDef>,
    pub(crate) dashboards: Vec<Dashboard>,
    pub(crate) names: HashMap<String, String>,
}

/// The definitions with new ids. Slots and codes stay, so stored rows without links fit both. `names`: what
/// other ids in them become, of those that are known; `record`: what ids of records become.
pub(crate) fn renewed(
    (defs, dashboards): (&[TableDef], &[Dashboard]),
    ids: &Ids,
    mut names: HashMap<String, String>,
    record: &dyn Fn(&str) -> Option<String>,
) -> Result<Renamed, BaseError> {
    for def in defs {
        names.insert(def.id.to_string(), ids.make::<kind::Table>().to_string());
        for field in &def.fields {
            names.insert(field.id.to_string(), ids.make::<kind::Field>().to_string());
            for choice in field.kind.choices() {
                names.insert(choice.id.to_string(), ids.make::<kind::Choice>().to_string());
            }
        }
        for view in &def.views {
            names.insert(view.id.to_string(), ids.make::<kind::View>().to_string());
        }
    }
    for dashboard in dashboards {
        names.insert(dashboard.id.to_string(), ids.make::<kind::Dashboard>().to_string());
        for widget in &dashboard.widgets {
            names.insert(widget.id.to_string(), ids.make::<kind::Widget>().to_string());
        }
    }
    // Filters, sorts, links, formulas and field lists name tables, fields and choices anywhere in them.
    let known = |text: &str| names.get(text).cloned().or_else(|| record(text));
    let copies = serde_json::to_value((defs, dashboards)).and_then(|mut json| {
        rename(&mut json, &known);
        serde_json::from_value(json)
    });
    let (defs, dashboards) = copies.map_err(|error| BaseError::Internal(error.to_string()))?;
    Ok(Renamed { defs, dashboards, names })
}

fn rename(json: &mut serde_json::Value, known: &dyn Fn(&str) -> Option<String>) {
    match json {
        serde_json::Value::String(text) => rename_text(text, known),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| rename(item, known)),
        serde_json::Value::Object(parts) => parts.values_mut().for_each(|part| rename(part, known)),
        _ => {}
    }
}

/// A text that is an id, or a formula with ids in braces.
fn rename_text(text: &mut String, known: &dyn Fn(&str) -> Option<String>) {
    if let Some(new) = known(text) {
        *text = new;
        return;
    }
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        renamed.push_str(before);
        renamed.push('{');
        rest = after;
        if let Some((id, after)) = after.split_once('}')
            && let Some(new) = known(id)
        {
            renamed.push_str(&new);
            renamed.push('}');
            rest = after;
        }
    }
    renamed.push_str(rest);
    *text = renamed;
}

/// The language of the member who acts.
async fn language(tx: &mut Tx, ctx: &Ctx) -> Result<String, Problem> {
    let Ok(member) = ctx.member() else { return Ok("en".into()) };
    let row = tx.row("SELECT language FROM members WHERE id = $1", params![member]).await?;
    Ok(match row {
        Some(row) => row.get("language")?,
        None => "en".into(),
    })
}

/// The table a new base begins with.
fn first_table(language: &str, ids: &Ids) -> TableDef {
    let [table, name, notes, date, view] = match language {
        "zh" => ["数据表 1", "名称", "备注", "日期", "表格"],
        "ja" => ["テーブル 1", "名前", "メモ", "日付", "グリッド"],
        _ => ["Table 1", "Name", "Notes", "Date", "Grid"],
    };
    let field = |slot: u32, name: &str, kind: FieldKind| Field::new(ids.make(), slot, name, kind);
    let fields = vec![
        field(0, name, FieldKind::text()),
        field(1, notes, FieldKind::text()),
        field(2, date, FieldKind::date(false)),
    ];
    plan::new_table(table, fields, view, ids)
}
