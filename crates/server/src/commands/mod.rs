//! What each command does.

mod admin;
mod files;
mod serve;

use crate::{
    cli::{Cli, Command, Common},
    config::Config,
    document, telemetry,
};

/// A failure as it is told on the command line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl From<skein_types::Problem> for Failure {
    fn from(problem: skein_types::Problem) -> Self {
        Self(match problem.field {
            Some(field) => format!("{} ({field}, {})", problem.detail, problem.code),
            None => format!("{} ({})", problem.detail, problem.code),
        })
    }
}

impl Failure {
    /// A failure of something with a text of its own.
    pub(crate) fn of(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    if matches!(cli.command, Command::Openapi) {
        return print_openapi();
    }
    let mut config = read_config(&cli.common)?;
    if let Command::Serve { listen, demo } = &cli.command {
        config.listen = listen.unwrap_or(config.listen);
        config.demo |= demo;
    }
    telemetry::start_logs(&config);
    match cli.command {
        Command::Serve { .. } => serve::serve(&config).await,
        Command::Migrate => serve::migrate(&config).await,
        Command::Admin(command) => admin::run(&config, command).await,
        Command::Import { base, folder, as_member, table, file } => {
            let into = files::Into { base: base.as_deref(), folder: folder.as_deref(), name: table };
            files::import(&config, into, &as_member, &file).await
        }
        Command::Export { base, table, view, format, as_member, to } => {
            let what =
                files::What { table: table.as_deref(), view: view.as_deref(), format: format.as_deref() };
            files::export(&config, &base, what, &as_member, &to).await
        }
        Command::Backup { to } => files::backup(&config, &to).await,
        Command::Restore { from } => files::restore(&config, &from).await,
        Command::Openapi => print_openapi(),
    }
}

fn print_openapi() -> Result<(), Failure> {
    let text = document().to_pretty_json().map_err(|error| Failure::of("OpenAPI", error))?;
    println!("{text}");
    Ok(())
}

fn read_config(common: &Common) -> Result<Config, Failure> {
    let mut config =
        Config::read(common.config.as_ref()).map_err(|error| Failure::of("configuration", error))?;
    if let Some(data) = &common.data {
        config.data.clone_from(data);
    }
    if common.database.is_some() {
        config.database.clone_from(&common.database);
    }
    Ok(config)
}
