//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Skein: one workspace for a company spread over many places.
#[derive(Debug, Parser)]
#[command(name = "skein", version, about, long_about = LONG, max_term_width = 100)]
pub struct Cli {
    /// Options of all commands.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const LONG: &str = "Skein: one workspace for a company spread over many places.

`skein serve` is all it takes: it creates ./data with an embedded database and answers on
http://127.0.0.1:7300. Settings come from skein.toml (or --config), then from variables SKEIN_…
(SKEIN_LISTEN, SKEIN_DATA, SKEIN_DATABASE, SKEIN_PUBLIC_URL, SKEIN_LOG, SKEIN_S3__BUCKET …), then from options.";

/// Options of all commands.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory for the embedded database and files [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Database: `sqlite:<path>` or `postgres://user@host/name` [default: embedded in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve until SIGTERM or Ctrl-C
    Serve {
        /// Address to listen on [default: 127.0.0.1:7300]
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
        /// Fill an empty server with the demo company before serving
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database schema up to date (serve does this by itself)
    Migrate,
    /// Manage organisations and members from the machine itself
    #[command(subcommand)]
    Admin(Admin),
    /// Import a CSV, TSV or XLSX file as a new table of a base, or a .skein file as a new base
    Import {
        /// The base, res_…; not for a .skein file
        #[arg(long)]
        base: Option<String>,
        /// The folder of the new base, res_…; only for a .skein file
        #[arg(long)]
        folder: Option<String>,
        /// Act as the member with this email
        #[arg(long = "as", value_name = "EMAIL")]
        as_member: String,
        /// Name of the new table or base [default: name of the file, or as in it]
        #[arg(long, alias = "name")]
        table: Option<String>,
        /// The file
        file: PathBuf,
    },
    /// Export a table, or what a view of it shows, as CSV, XLSX, JSON lines, Parquet or Arrow; or a whole base
    /// as a .skein file
    Export {
        /// The base, res_…
        #[arg(long)]
        base: String,
        /// The table, tbl_… or its name [default: the whole base]
        #[arg(long)]
        table: Option<String>,
        /// What this view shows, viw_… or its name [default: the whole table]
        #[arg(long)]
        view: Option<String>,
        /// csv, xlsx, jsonl, parquet or arrow [default: by the name of the file, else csv]
        #[arg(long)]
        format: Option<String>,
        /// Act as the member with this email
        #[arg(long = "as", value_name = "EMAIL")]
        as_member: String,
        /// Where to write; - for standard output
        #[arg(default_value = "-")]
        to: String,
    },
    /// Write a consistent copy of everything into one file, also while serving
    Backup {
        /// The file to write
        to: PathBuf,
    },
    /// Fill an empty database from a backup; a damaged file is refused
    Restore {
        /// The backup
        from: PathBuf,
    },
    /// Print the OpenAPI document of the API
    Openapi,
}

/// Management from the machine itself.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Create an organisation with its owner; the owner's password is read from standard input
    CreateOrg {
        /// Name of the organisation
        #[arg(long)]
        name: String,
        /// Email of the owner
        #[arg(long)]
        email: String,
        /// Name of the owner
        #[arg(long)]
        owner: String,
        /// Language of the owner
        #[arg(long, default_value = "en", value_parser = ["en", "zh", "ja"])]
        language: String,
        /// Time zone of the owner (IANA)
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
    /// Create a member; the password is read from standard input
    CreateMember {
        /// Email
        #[arg(long)]
        email: String,
        /// Name
        #[arg(long)]
        name: String,
        /// Role in the organisation
        #[arg(long, default_value = "member", value_parser = ["owner", "admin", "member", "guest"])]
        role: String,
        /// Language
        #[arg(long, default_value = "en", value_parser = ["en", "zh", "ja"])]
        language: String,
        /// Time zone (IANA)
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
    /// Set a new password, read from standard input; ends all sessions of the member
    ResetPassword {
        /// Email of the member
        #[arg(long)]
        email: String,
    },
}
