//! The schema of the database, in ordered steps.

use futures_util::FutureExt;

use crate::{Db, StoreError, Tx, dialect::Dialect, params};

/// Every migration: its number and its SQL. Append only; a published step never changes.
pub const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_log.sql")),
    (2, include_str!("../migrations/0002_platform.sql")),
    (3, include_str!("../migrations/0003_base.sql")),
    (4, include_str!("../migrations/0004_files.sql")),
    (5, include_str!("../migrations/0005_history.sql")),
    (6, include_str!("../migrations/0006_images.sql")),
    (7, include_str!("../migrations/0007_dashboards.sql")),
    (8, include_str!("../migrations/0008_forms.sql")),
];

impl Db {
    /// Brings the schema up to date; the numbers of the steps that were taken. Two processes that start
    /// at once take turns.
    pub async fn migrate(&self) -> Result<Vec<i64>, StoreError> {
        self.migrate_to(i64::MAX).await
    }

    /// Like [`Db::migrate`], up to a step, for tests of upgrades.
    pub async fn migrate_to(&self, last: i64) -> Result<Vec<i64>, StoreError> {
        self.write(move |tx| migrate(tx, last).boxed()).await
    }
}

/// The newest step this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |step| step.0)
}

/// The newest step the database has taken.
pub(crate) async fn taken(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.row("SELECT MAX(number) AS newest FROM migrations", vec![]).await?;
    Ok(row.map(|row| row.get::<Option<i64>>("newest")).transpose()?.flatten().unwrap_or(0))
}

pub(crate) async fn migrate(tx: &mut Tx, last: i64) -> Result<Vec<i64>, StoreError> {
    let dialect = tx.dialect();
    if dialect == Dialect::Postgres {
        tx.execute("SELECT pg_advisory_xact_lock(7300)", vec![]).await?;
    }
    tx.execute("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY)", vec![]).await?;
    let (found, known) = (taken(tx).await?, newest());
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    let mut done = Vec::new();
    for (number, sql) in MIGRATIONS.iter().filter(|step| step.0 > found && step.0 <= last) {
        let sql = dialect.migration(sql);
        for statement in statements(&sql) {
            tx.execute(&statement, vec![]).await?;
        }
        tx.execute("INSERT INTO migrations (number) VALUES ($1)", params![*number]).await?;
        done.push(*number);
    }
    Ok(done)
}

/// The statements of a migration without its comments, in which a semicolon ends nothing.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or("")).collect();
    let code = code.join("\n");
    code.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}
