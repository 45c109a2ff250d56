//! The base of the network: regions, stations, contracts and visits, linked, with what is computed of them.

mod dice;
mod files;
mod places;
mod records;
mod schema;
mod views;

use std::{collections::HashMap, fmt::Display, sync::Arc};

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use skein_base::{
    Actor, Command, FieldInput, Naming, OpenBase, Receipt, RecordInput, ViewInput, ViewPatch, parse_creates,
    parse_updates,
};
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
};
use skein_types::{MemberId, Problem, RecordId, ResourceId, TableId};

use self::{
    dice::Dice,
    files::Shelf,
    records::{Cells, Stuff},
};
use crate::app::Services;

/// Records in one command.
const BATCH: usize = 2_000;

fn fault(error: impl Display) -> Problem {
    Problem::new(500, "internal", format!("the demo could not be made: {error}"))
}

/// Fills an empty base. `people` are the members in the order of the demo's list.
pub(super) async fn fill(
    services: &Services,
    ctx: &Ctx,
    base: ResourceId,
    people: &[MemberId],
) -> Result<(), Problem> {
    let granted = ctx.authorize::<Edit>(base).await?;
    let open = services.bases.open(&granted).await?;
    let mut network = Network { services, ctx, granted, open, tables: HashMap::new() };
    let first: Vec<TableId> = network.open.snapshot().base.tables().map(|table| table.def().id).collect();
    network.define().await?;
    let shelf = Shelf::fill(ctx, &network.granted).await?;
    let today = ctx.now.as_second().div_euclid(86_400);
    network.fill(Stuff { dice: Dice::new(2_026), today, people, shelf: &shelf }).await?;
    for (table, field) in schema::computed() {
        network.field(table, &field).await?;
    }
    network.views().await?;
    for table in first {
        network.submit(Command::DeleteTable { table }).await?;
    }
    Ok(())
}

struct Network<'a> {
    services: &'a Services,
    ctx: &'a Ctx,
    granted: Granted<Edit>,
    open: Arc<OpenBase>,
    tables: HashMap<&'static str, TableId>,
}

impl Network<'_> {
    async fn submit(&self, command: Command) -> Result<Receipt, Problem> {
        Ok(self.open.submit(&self.granted, &Actor::of(self.ctx), command).await?)
    }

    fn table(&self, name: &str) -> Result<TableId, Problem> {
        self.tables.get(name).copied().ok_or_else(|| fault(format!("there is no table {name}")))
    }

    /// The tables with the fields that are filled in, and the links between them.
    async fn define(&mut self) -> Result<(), Problem> {
        for (name, fields) in schema::tables() {
            let fields: Vec<FieldInput> = read(fields)?;
            let made = self.submit(Command::CreateTable { name: name.into(), fields: Some(fields) }).await?;
            let table = made.table.ok_or_else(|| fault("a table without an id"))?;
            self.tables.insert(name, table);
        }
        for (table, link) in schema::links() {
            self.field(table, &link).await?;
        }
        Ok(())
    }

    async fn field(&self, table: &str, field: &Json) -> Result<(), Problem> {
        let input: FieldInput = read(self.with_ids(field)?)?;
        let table = self.table(table)?;
        self.submit(Command::CreateField { table, input }).await?;
        Ok(())
    }

    async fn fill(&self, mut stuff: Stuff<'_>) -> Result<(), Problem> {
        let mut regions = self.create("Regions", stuff.regions(&[])).await?;
        regions.extend(self.create("Regions", stuff.regions(&regions)).await?);
        let (sites, cells): (Vec<_>, Vec<_>) = stuff.stations(&regions).into_iter().unzip();
        let stations = self.create("Stations", cells).await?;
        let sites: Vec<_> = sites.into_iter().zip(stations).collect();
        let backups = Stuff::backups(&sites).into_iter();
        self.update("Stations", backups.map(|(id, backup)| (id, json!({"Backup": [backup]})))).await?;
        let contracts = stuff.contracts(&sites);
        let (later, earlier): (Vec<_>, Vec<_>) = stuff.earlier(&contracts).into_iter().unzip();
        let earlier = self.create("Contracts", earlier).await?;
        let contracts = self.create("Contracts", contracts).await?;
        let follows = later.iter().zip(earlier);
        self.update("Contracts", follows.map(|(at, old)| (contracts[*at], json!({"Follows": [old]}))))
            .await?;
        self.create("Visits", stuff.visits(&sites)).await?;
        Ok(())
    }

    async fn create(&self, table: &str, cells: Vec<Cells>) -> Result<Vec<RecordId>, Problem> {
        let id = self.table(table)?;
        let inputs: Vec<RecordInput> =
            cells.into_iter().map(|fields| RecordInput { id: None, fields }).collect();
        let mut made = Vec::with_capacity(inputs.len());
        for batch in inputs.chunks(BATCH) {
            let snapshot = self.open.snapshot();
            let ids = &self.services.platform.ids;
            let records = parse_creates(snapshot.table(id)?, batch, Naming::Name, ids)?;
            made.extend(self.submit(Command::CreateRecords { table: id, records }).await?.records);
        }
        Ok(made)
    }

    async fn update(
        &self,
        table: &str,
        changes: impl Iterator<Item = (RecordId, Json)>,
    ) -> Result<(), Problem> {
        let id = self.table(table)?;
        let input = |(record, fields): (RecordId, Json)| {
            Ok(RecordInput { id: Some(record.to_string()), fields: read(fields)? })
        };
        let inputs = changes.map(input).collect::<Result<Vec<_>, Problem>>()?;
        let records = parse_updates(self.open.snapshot().table(id)?, &inputs, Naming::Name)?;
        self.submit(Command::UpdateRecords { table: id, records }).await?;
        Ok(())
    }

    async fn views(&self) -> Result<(), Problem> {
        for (table, view) in views::first() {
            let patch: ViewPatch = read(self.with_ids(&view)?)?;
            let table = self.table(table)?;
            let first = self.open.snapshot().table(table)?.def().views[0].id;
            self.submit(Command::UpdateView { table, view: first, patch }).await?;
        }
        for (table, view) in views::more() {
            let input: ViewInput = read(self.with_ids(&view)?)?;
            let table = self.table(table)?;
            self.submit(Command::CreateView { table, input }).await?;
        }
        Ok(())
    }

    /// The same with ids for `@Table`, `@Table/Field` and `@Table/Field/Choice`.
    fn with_ids(&self, json: &Json) -> Result<Json, Problem> {
        Ok(match json {
            Json::String(text) if text.starts_with('@') => {
                self.id_of(&text[1..]).ok_or_else(|| fault(format!("there is no {text}")))?.into()
            }
            Json::Array(items) => {
                items.iter().map(|item| self.with_ids(item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Json::Object(object) => {
                let with_ids = |(name, value): (&String, &Json)| Ok((name.clone(), self.with_ids(value)?));
                Json::Object(object.iter().map(with_ids).collect::<Result<_, Problem>>()?)
            }
            other => other.clone(),
        })
    }

    fn id_of(&self, name: &str) -> Option<String> {
        let mut parts = name.splitn(3, '/');
        let table = *self.tables.get(parts.next()?)?;
        let Some(field) = parts.next() else { return Some(table.to_string()) };
        let snapshot = self.open.snapshot();
        let field = snapshot.base.table(table)?.def().fields.iter().find(|known| known.name == field)?;
        let Some(choice) = parts.next() else { return Some(field.id.to_string()) };
        let choice = field.kind.choices().iter().find(|known| known.name == choice)?;
        Some(choice.id.to_string())
    }
}

fn read<T: DeserializeOwned>(json: Json) -> Result<T, Problem> {
    serde_json::from_value(json).map_err(fault)
}
