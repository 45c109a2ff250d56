//! What differs between SQLite and PostgreSQL, and nothing else.

use std::fmt::Write;

use crate::Param;

/// Which database a [`crate::Db`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// A migration in the words of the database: `{blob}` is the type of bytes, `{clustered}` ends a
    /// table that is stored in the order of its primary key where that can be had.
    pub(crate) fn migration(self, sql: &str) -> String {
        match self {
            Self::Sqlite => sql.replace("{blob}", "BLOB").replace("{clustered}", "WITHOUT ROWID"),
            Self::Postgres => sql.replace("{blob}", "BYTEA").replace("{clustered}", ""),
        }
    }

    pub(crate) fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            // Whatever the server's default: a statement that waited for a row must see it as it is then.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Begins a transaction whose reads all see one moment.
    pub(crate) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Takes the next positions of the log and locks its head to the end of the transaction. PostgreSQL
    /// also tells the other nodes, which hear of it when it is committed.
    pub(crate) fn take_positions(self) -> &'static str {
        match self {
            Self::Sqlite => "UPDATE log_head SET position = position + $1 WHERE id = 1 RETURNING position",
            Self::Postgres => {
                "UPDATE log_head SET position = position + $1 WHERE id = 1 \
                 RETURNING position, pg_notify('skein', '')::TEXT AS told"
            }
        }
    }

    /// Every table with its columns and their types: `table_name`, `column_name`, `type`.
    pub(crate) fn catalog(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT m.name AS table_name, c.name AS column_name, c.type AS type \
                 FROM sqlite_schema m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, c.cid"
            }
            Self::Postgres => {
                "SELECT t.table_name::TEXT, c.column_name::TEXT, c.data_type::TEXT AS type \
                 FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name) \
                 WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
                 ORDER BY t.table_name::TEXT COLLATE \"C\", c.ordinal_position"
            }
        }
    }

    /// The statements after which references between rows are checked at the end only, so that rows may
    /// come in any order. On PostgreSQL each has its opposite, for after they were checked.
    pub(crate) fn defer_references(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA defer_foreign_keys = ON",
            Self::Postgres => {
                "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT conrelid::regclass AS t, conname AS c \
                 FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace LOOP \
                 EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', r.t, r.c); \
                 END LOOP; END $$"
            }
        }
    }

    /// Checks references now and has them checked at once again, where that does not follow by itself.
    pub(crate) fn check_references(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &[
                "SET CONSTRAINTS ALL IMMEDIATE",
                "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT conrelid::regclass AS t, conname AS c \
                 FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace LOOP \
                 EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', r.t, r.c); \
                 END LOOP; END $$",
            ],
        }
    }

    /// How many rows one insert statement takes.
    pub(crate) fn rows_per_insert(self, columns: usize) -> usize {
        match self {
            // SQLite allows 32,766 parameters; longer statements than this gain nothing more.
            Self::Sqlite => (4_000 / columns.max(1)).clamp(1, 500),
            Self::Postgres => 10_000,
        }
    }

    /// An insert of many rows. SQLite takes a list of values, PostgreSQL an array per column, which
    /// keeps one prepared statement for any number of rows.
    pub(crate) fn insert_many(self, into: &str, conflict: &str, first: &[Param], rows: usize) -> String {
        let mut sql = format!("INSERT INTO {into} ");
        match self {
            Self::Sqlite => {
                sql.push_str("VALUES ");
                for row in 0..rows {
                    sql.push_str(if row == 0 { "(" } else { ",(" });
                    // Without numbers: the driver asks for the name of each parameter that has one, and SQLite
                    // looks through all names each time.
                    for column in 0..first.len() {
                        sql.push_str(if column == 0 { "?" } else { ",?" });
                    }
                    sql.push(')');
                }
            }
            Self::Postgres => {
                sql.push_str("SELECT * FROM UNNEST(");
                for (index, param) in first.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    let _ = write!(sql, "{comma}${}::{}[]", index + 1, postgres_type(param));
                }
                sql.push(')');
            }
        }
        sql.push(' ');
        sql.push_str(conflict);
        sql
    }
}

fn postgres_type(param: &Param) -> &'static str {
    match param {
        Param::Int(_) => "BIGINT",
        Param::Real(_) => "DOUBLE PRECISION",
        Param::Bool(_) => "BOOLEAN",
        Param::Text(_) => "TEXT",
        Param::Bytes(_) => "BYTEA",
    }
}
