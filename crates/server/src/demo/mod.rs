//! The demo company: Wild Goose Energy, with its people, their departments, a base of linked tables, and one
//! of airports that goes through the importer like anybody's file.

mod checks;
mod network;
mod people;
#[cfg(test)]
mod tests;

use std::io::Write;

use rust_embed::RustEmbed;
use skein_base::{Actor, Command, ViewInput, transfer};
use skein_platform::{
    Ctx,
    access::{Edit, Role},
    directory::{self, MemberChange, NewDepartment, NewMember},
    drive::{self, NewResource, SubjectRef},
    identity::{self, NewOwner},
};
use skein_table::{Condition, Filter, Operator, SortKey};
use skein_types::{DepartmentId, MemberId, Problem, ResourceId, TableId};

use self::people::{DEPARTMENTS, PEOPLE};
use crate::app::Services;

/// What to tell whoever starts the demo.
pub(crate) const SIGN_INS: &str = "\
Demo company: Wild Goose Energy. Everyone's password is  wild-goose-2026
  lin.xiao@wildgoose.example      owner, Chinese, Beijing
  maya.okafor@wildgoose.example   admin, English, San Francisco
  sato.misaki@wildgoose.example   member, Japanese, Tokyo
  tom.becker@wildgoose.example    guest, sees only what was shared with him";

const PASSWORD: &str = "wild-goose-2026";

/// U.S. airports of data.gov (a work of the U.S. government, public domain), as vega-datasets has them.
#[derive(RustEmbed)]
#[folder = "../../web/node_modules/vega-datasets/data"]
#[include = "airports.csv"]
#[allow_missing = true]
struct Data;

/// Indices into [`PEOPLE`] of those who do something here.
const LIN: usize = 0;
const MAYA: usize = 15;
const TOM: usize = 23;

/// Fills a server that has no organisation yet; does nothing to any other.
pub(crate) async fn seed(services: &Services) -> Result<(), Problem> {
    if identity::organization(&services.platform).await?.is_some() {
        return Ok(());
    }
    tracing::info!("making the demo company");
    let members = make_people(services).await?;
    let maya = acting(services, members[MAYA]).await?;
    let folder = make(&maya, "folder", "Network", None).await?;
    drive::put_grant(&maya, folder, SubjectRef::Everyone, Role::Edit).await?;
    let base = make(&maya, "base", "Stations", Some(folder)).await?;
    drive::put_grant(&maya, base, SubjectRef::Member(members[TOM]), Role::View).await?;
    fill_stations(services, &maya, base).await?;
    let base = make(&maya, "base", "Charging network", Some(folder)).await?;
    network::fill(services, &maya, base, &members).await?;
    let lin = acting(services, members[LIN]).await?;
    for (name, to) in [("董事会", None), ("公司制度", Some(SubjectRef::Everyone))] {
        let folder = make(&lin, "folder", name, None).await?;
        if let Some(to) = to {
            drive::put_grant(&lin, folder, to, Role::View).await?;
        }
    }
    Ok(())
}

async fn make_people(services: &Services) -> Result<Vec<MemberId>, Problem> {
    let platform = &services.platform;
    let NewMember { name, email, password, language, time_zone, .. } = new_member(LIN, Vec::new(), None);
    let owner = NewOwner { name, email, password, language, time_zone };
    let (org, owner) = identity::create_organization(platform, "Wild Goose Energy", owner).await?;
    let mut departments: Vec<DepartmentId> = Vec::new();
    for (name, above) in DEPARTMENTS {
        let parent = above.map(|at| departments[at]);
        let new = NewDepartment { name: (*name).to_owned(), parent, lead: None };
        departments.push(directory::create_department(platform, org, new).await?);
    }
    let mut members = vec![owner];
    for (at, person) in PEOPLE.iter().enumerate().skip(1) {
        let supervisor = person.supervisor.map(|above| members[above]);
        let new = new_member(at, vec![departments[person.department]], supervisor);
        members.push(directory::create_member(platform, org, new).await?);
    }
    let (title, department) = (PEOPLE[LIN].title.to_owned(), departments[PEOPLE[LIN].department]);
    let change = MemberChange {
        title: Some(title),
        departments: Some(vec![department]),
        name: None,
        role: None,
        supervisor: None,
    };
    directory::update_member(&acting(services, owner).await?, owner, change).await?;
    Ok(members)
}

fn new_member(at: usize, departments: Vec<DepartmentId>, supervisor: Option<MemberId>) -> NewMember {
    let person = &PEOPLE[at];
    NewMember {
        email: person.email.into(),
        name: person.name.into(),
        password: PASSWORD.into(),
        role: person.role,
        language: person.language,
        time_zone: person.time_zone.into(),
        title: person.title.into(),
        departments,
        supervisor,
    }
}

async fn acting(services: &Services, member: MemberId) -> Result<Ctx, Problem> {
    let ctx = Ctx::for_member(&services.platform, member).await?;
    ctx.ok_or_else(|| Problem::new(500, "internal", "a member of the demo is gone"))
}

async fn make(ctx: &Ctx, kind: &str, name: &str, parent: Option<ResourceId>) -> Result<ResourceId, Problem> {
    let new = NewResource { kind: kind.into(), name: name.into(), parent };
    Ok(drive::create(ctx, new).await?.id)
}

async fn fill_stations(services: &Services, ctx: &Ctx, base: ResourceId) -> Result<(), Problem> {
    let granted = ctx.authorize::<Edit>(base).await?;
    let open = services.bases.open(&granted).await?;
    let first: Vec<TableId> = open.snapshot().base.tables().map(|table| table.def().id).collect();
    if let Some(airports) = Data::get("airports.csv") {
        import(services, ctx, base, "Stations", &airports.data).await?;
    } else {
        tracing::warn!("this binary was built without the demo's data; build it with ./run");
    }
    import(services, ctx, base, "Site checks", checks::CHECKS.as_bytes()).await?;
    let by = Actor::of(ctx);
    for table in first {
        open.submit(&granted, &by, Command::DeleteTable { table }).await?;
    }
    for (table, input) in views(&open.snapshot().base) {
        open.submit(&granted, &by, Command::CreateView { table, input }).await?;
    }
    Ok(())
}

async fn import(
    services: &Services,
    ctx: &Ctx,
    base: ResourceId,
    name: &str,
    content: &[u8],
) -> Result<(), Problem> {
    let fault = |error: std::io::Error| Problem::new(500, "internal", error.to_string());
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().map_err(fault)?;
    file.write_all(content).map_err(fault)?;
    let granted = ctx.authorize::<Edit>(base).await?;
    transfer::import_file(&services.imports, ctx, &granted, file.path(), name).await?;
    Ok(())
}

/// One view with a filter and one with a sort, to show what views are for.
fn views(base: &skein_table::Base) -> Vec<(TableId, ViewInput)> {
    let mut views = Vec::new();
    for table in base.tables() {
        let field =
            |name: &str| table.def().fields.iter().find(|field| field.name == name).map(|field| field.id);
        if let Some(state) = field("state") {
            let value = serde_json::Value::from("CA");
            let filter = Filter::Condition(Condition { field: state, op: Operator::Is, value });
            views.push((
                table.def().id,
                ViewInput { name: "California".into(), filter: Some(filter), ..ViewInput::default() },
            ));
        }
        if let Some(date) = field("Date") {
            let sort = vec![SortKey { field: date, descending: true }];
            views.push((
                table.def().id,
                ViewInput { name: "Newest first".into(), sort, ..ViewInput::default() },
            ));
        }
    }
    views
}
