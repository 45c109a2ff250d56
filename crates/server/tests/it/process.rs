//! A `skein serve` process with a folder of its own.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use skein_store::BlobConfig;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command as AsyncCommand},
};

use crate::client::Client;

/// Where a server keeps its things; outlives the processes that use it.
pub(crate) struct Home {
    folder: TempDir,
    database: Option<String>,
    bucket: Option<BlobConfig>,
}

/// A running server.
pub(crate) struct Process {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
}

pub(crate) const PASSWORD: &str = "correct horse battery";

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), database: None, bucket: None }
    }

    /// A home whose files are in a bucket.
    pub(crate) fn with_bucket(bucket: BlobConfig) -> Self {
        Self { bucket: Some(bucket), ..Self::new() }
    }

    /// A home whose database is elsewhere.
    pub(crate) fn with_database(url: &str) -> Self {
        Self { database: Some(url.to_owned()), ..Self::new() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The arguments every command needs to find the data.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--data".into(), self.folder().join("data").display().to_string()];
        if let Some(url) = &self.database {
            arguments.extend(["--database".into(), url.clone()]);
        }
        if let Some(BlobConfig::S3 { endpoint, bucket, prefix, region, access_key, secret_key }) =
            &self.bucket
        {
            let settings = format!(
                "[s3]\nendpoint = {endpoint:?}\nbucket = {bucket:?}\nprefix = {prefix:?}\n\
                 region = {region:?}\naccess_key = {access_key:?}\nsecret_key = {secret_key:?}\n"
            );
            let file = self.folder().join("skein.toml");
            std::fs::write(&file, settings).expect("the configuration is written");
            arguments.extend(["--config".into(), file.display().to_string()]);
        }
        arguments
    }

    /// Starts a server on a free port and waits until it says that it is ready.
    pub(crate) async fn start(&self) -> Process {
        let mut child = AsyncCommand::new(env!("CARGO_BIN_EXE_skein"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(self.arguments())
            .env("SKEIN_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let output = child.stdout.take().expect("standard output is a pipe");
        let mut lines = BufReader::new(output).lines();
        let url = loop {
            let line =
                lines.next_line().await.expect("output can be read").expect("the server becomes ready");
            if let Some((_, url)) = line.split_once("ready on ") {
                break url.trim().to_owned();
            }
        };
        Process { child, url }
    }

    /// Runs a command to its end with a text as its standard input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_skein"))
            .args(arguments)
            .args(self.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        child.stdin.take().expect("standard input is a pipe").write_all(input.as_bytes()).expect("it reads");
        child.wait_with_output().expect("the command ends")
    }
}

impl Process {
    /// A client that nobody is signed in with.
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Sets the organisation up; a client signed in as its owner.
    pub(crate) async fn set_up(&self) -> Client {
        let client = self.client();
        let owner = serde_json::json!({
            "organization": "Test", "name": "Owner", "email": "owner@test.example",
            "password": PASSWORD, "language": "en", "time_zone": "UTC",
        });
        client.post("/setup", &owner).await.ok();
        client
    }

    /// A client signed in as somebody.
    pub(crate) async fn sign_in(&self, email: &str) -> Client {
        let client = self.client();
        let credentials = serde_json::json!({ "email": email, "password": PASSWORD });
        client.post("/auth/sign-in", &credentials).await.ok();
        client
    }

    /// kill -9.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("the process can be killed");
    }

    /// SIGTERM; the exit code once it ended.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().expect("the process runs").to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        self.child.wait().await.expect("the process ends").code()
    }
}
