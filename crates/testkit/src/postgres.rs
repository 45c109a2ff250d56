//! Databases on the PostgreSQL server that `SKEIN_TEST_POSTGRES` names.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use skein_store::{Db, DbOptions, MIGRATIONS};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};

/// The address of a server on which databases may be made: `postgres://user@host/postgres`.
const SERVER: &str = "SKEIN_TEST_POSTGRES";

/// A database that is dropped with the value, whoever is still connected to it.
pub(crate) struct PostgresDatabase {
    server: PgConnectOptions,
    name: String,
}

impl PostgresDatabase {
    /// Makes a database nobody else uses, unless no server is named.
    pub(crate) async fn create(migrated: bool) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let address = std::env::var(SERVER).ok().filter(|address| !address.is_empty())?;
        let server = PgConnectOptions::from_str(&address).expect("SKEIN_TEST_POSTGRES is an address");
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let random = RandomState::new().build_hasher().finish();
        let name = format!("skein_test_{}_{count}_{random:016x}", std::process::id());
        let mut conn = server.connect().await.expect("the server in SKEIN_TEST_POSTGRES answers");
        let template = if migrated { template(&server, &mut conn).await } else { "template0".to_owned() };
        run(&mut conn, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self { server, name })
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        address(&self.server, &self.name)
    }
}

impl Drop for PostgresDatabase {
    /// On a thread of its own: a test may end by a panic, inside any runtime or none.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let mut conn = server.connect().await?;
                conn.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await?;
                conn.close().await
            })
        })
        .join();
        if let Ok(Err(error)) = dropped {
            eprintln!("the database {} was left behind: {error}", self.name);
        }
    }
}

fn address(server: &PgConnectOptions, name: &str) -> String {
    server.clone().database(name).to_url_lossy().to_string()
}

async fn run(conn: &mut PgConnection, sql: &str) {
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A database with the newest schema, to copy others from. It is made by whichever test comes first
/// and kept by the server; its name follows from the schema.
async fn template(server: &PgConnectOptions, conn: &mut PgConnection) -> String {
    let name = format!("skein_template_{:016x}", fingerprint());
    run(conn, "SELECT pg_advisory_lock(7301)").await;
    let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&name);
    if found.fetch_optional(&mut *conn).await.expect("databases are listed").is_none() {
        let making = format!("{name}_making");
        run(conn, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
        run(conn, &format!("CREATE DATABASE {making} TEMPLATE template0")).await;
        let db = Db::open(&DbOptions::new(address(server, &making))).await.expect("the template opens");
        db.migrate().await.expect("the schema is made");
        db.close().await;
        run(conn, &format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    run(conn, "SELECT pg_advisory_unlock(7301)").await;
    name
}

/// FNV-1a over the schema: the same in every process.
fn fingerprint() -> u64 {
    MIGRATIONS
        .iter()
        .flat_map(|(_, sql)| sql.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
