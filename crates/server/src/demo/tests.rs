//! The demo company on both databases: complete, free of errors, and with views that show something.

use std::{path::Path, sync::Arc};

use skein_base::{Snapshot, viewer};
use skein_platform::{Ctx, access::View, drive};
use skein_store::params;
use skein_table::{Base, FieldKind, Table, formula::Datum, groups, select, validate_query};
use skein_testkit::{on_each_empty_database, seeded};

use super::seed;
use crate::{app::Services, config::Config};

async fn demo(url: &str, folder: &Path) -> Services {
    let (clock, ids) = seeded(7);
    let config =
        Config { database: Some(url.to_owned()), data: folder.to_owned(), demo: true, ..Config::default() };
    let services = Services::start_with(&config, clock, ids).await.expect("services start");
    seed(&services).await.expect("the demo is made");
    services
}

async fn person(services: &Services, email: &str) -> Ctx {
    let sql = "SELECT id FROM members WHERE email = $1";
    let row = services.platform.db.row(sql, params![email]).await.expect("members are read");
    let id = row.expect("a member of the demo").get("id").expect("an id");
    Ctx::for_member(&services.platform, id).await.expect("a context").expect("an active member")
}

async fn network(services: &Services, ctx: &Ctx) -> Arc<Snapshot> {
    let found = drive::search(ctx, "Charging network", 10).await.expect("search answers");
    let id = found.first().expect("the base of the network").id;
    let granted = ctx.authorize::<View>(id).await.expect("may look");
    services.bases.open(&granted).await.expect("it opens").snapshot()
}

fn table<'a>(base: &'a Base, name: &str) -> &'a Table {
    base.tables().find(|table| table.def().name == name).expect("a table of this name")
}

fn failed(datum: &Datum) -> bool {
    match datum {
        Datum::Error(_) => true,
        Datum::List(items) => items.iter().any(failed),
        _ => false,
    }
}

/// What the cells of a column are, as texts.
fn texts(table: &Table, field: &str) -> Vec<Datum> {
    let field = table.def().fields.iter().find(|known| known.name == field).expect("a field of this name");
    table.rows().map(|row| table.datum(row, field.id)).collect()
}

const MAYA: &str = "maya.okafor@wildgoose.example";

/// Every table has records, and no cell of it failed; what has states has several.
fn check_cells(base: &Base) {
    let sizes: Vec<_> = base.tables().map(|table| (&*table.def().name, table.len())).collect();
    assert_eq!(sizes.len(), 4);
    for (size, least) in sizes.iter().zip([15, 300, 400, 2_000]) {
        assert!(size.1 >= least, "{sizes:?}");
    }
    for table in base.tables() {
        for field in &table.def().fields {
            let name = format!("{}.{}", table.def().name, field.name);
            let cells = texts(table, &field.name);
            assert!(!cells.iter().any(failed), "{name} has errors");
            let button = matches!(field.kind, FieldKind::Button { .. });
            assert!(button || cells.iter().any(|cell| *cell != Datum::Null), "{name} is empty");
        }
    }
    for (name, field) in
        [("Stations", "Health"), ("Contracts", "State"), ("Visits", "State"), ("Regions", "State")]
    {
        let states = texts(table(base, name), field);
        assert!(states.iter().any(|state| *state != states[0]), "{name}.{field} is always {:?}", states[0]);
    }
}

/// Every view makes sense to who looks, and shows something.
fn check_views(base: &Base, viewer: &skein_table::Viewer) {
    for table in base.tables() {
        for view in &table.def().views {
            let query = view.query();
            validate_query(base, table, &query, viewer).expect("the view makes sense");
            let rows = select(base, table, &query, viewer);
            assert!(!rows.is_empty(), "{} shows nothing", view.name);
            let groups = groups(base, table, &query, viewer);
            assert_eq!(groups.count, rows.len());
            assert_eq!(groups.groups.is_empty(), view.group.is_empty(), "{}", view.name);
            let told = groups.summaries.iter().all(|summary| !summary.is_null());
            assert!(told, "{} cannot tell {:?}", view.name, groups.summaries);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_is_complete_without_errors_and_everybody_finds_something_in_its_views() {
    on_each_empty_database(async |test| {
        let services = demo(&test.options.url, test.folder()).await;
        for email in [MAYA, "lin.xiao@wildgoose.example", "sato.misaki@wildgoose.example"] {
            let ctx = person(&services, email).await;
            let snapshot = network(&services, &ctx).await;
            check_cells(&snapshot.base);
            check_views(&snapshot.base, &viewer(&ctx).await.expect("who looks"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn demos_of_one_day_are_the_same_and_a_second_start_adds_nothing() {
    let mut all = Vec::new();
    for _ in 0..2 {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("skein.db").display());
        let services = demo(&url, folder.path()).await;
        let maya = person(&services, MAYA).await;
        let made = network(&services, &maya).await;
        seed(&services).await.expect("a demo that is there is left alone");
        assert_eq!(network(&services, &maya).await.seq, made.seq);
        let cells = |table: &Arc<Table>| {
            let rows = table.rows().map(|row| table.record(row)).collect::<Vec<_>>();
            (table.def().clone(), rows)
        };
        all.push(made.base.tables().map(cells).collect::<Vec<_>>());
    }
    assert!(all[0] == all[1], "the demo depends on more than the day");
}
