//! The binary `skein`.

use std::process::ExitCode;

use clap::Parser;
use skein_server::{cli::Cli, commands};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("skein: {error}");
            ExitCode::FAILURE
        }
    }
}
