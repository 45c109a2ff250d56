//! Configuration: defaults, then a TOML file, then `SKEIN_…` variables, then the command line.

use std::{net::SocketAddr, path::PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use skein_platform::Settings;
use skein_store::{BlobConfig, DbOptions};

/// Everything that can be set. Variables are named after the fields: `SKEIN_PUBLIC_URL`,
/// `SKEIN_S3__BUCKET`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Directory for the embedded database and files.
    pub data: PathBuf,
    /// `sqlite:<path>` or `postgres://…`; none for the embedded database in `data`.
    pub database: Option<String>,
    /// Connections to the database.
    pub connections: u32,
    /// Where people reach the server, without a slash at the end.
    pub public_url: Option<String>,
    /// Whether to believe `X-Forwarded-For` and `X-Forwarded-Proto`.
    pub trust_proxy: bool,
    /// What to log, `info` or like `info,skein_base=debug`.
    pub log: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Bearer token that opens /metrics to other machines; without it only this machine may read it.
    pub metrics_token: Option<String>,
    /// Whether an empty server is filled with the demo company.
    pub demo: bool,
    /// The largest file that may be uploaded, in MiB.
    pub upload_limit: u32,
    /// The largest file that may be imported, in MiB.
    pub import_limit: u32,
    /// An S3 bucket for files; none to keep them in `data`.
    pub s3: Option<S3>,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs, one object a line.
    Json,
}

/// An S3 bucket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// `https://…` of the store.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The folder in it; empty for the whole bucket.
    #[serde(default)]
    pub prefix: String,
    /// The region.
    #[serde(default = "default_region")]
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

/// MiB. An upload is copied to its place, and S3 copies no more than this at once.
const S3_LARGEST: u32 = 5_000;

fn default_region() -> String {
    "us-east-1".into()
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7300)),
            data: PathBuf::from("./data"),
            database: None,
            connections: 8,
            public_url: None,
            trust_proxy: false,
            log: "info".into(),
            log_format: LogFormat::Text,
            metrics_token: None,
            demo: false,
            upload_limit: 1_024,
            import_limit: 2_048,
            s3: None,
        }
    }
}

/// Other variables may begin with `SKEIN_` too: orchestrators make some of the names of services.
fn is_setting(key: &str) -> bool {
    let name = key.split("__").next().unwrap_or(key).to_ascii_lowercase();
    name == "s3" || serde_json::to_value(Config::default()).is_ok_and(|known| known.get(&name).is_some())
}

impl Config {
    /// Reads the configuration. A named file must exist; without a name `skein.toml` in the working
    /// directory is read when it is there.
    pub fn read(file: Option<&PathBuf>) -> Result<Self, Box<figment::Error>> {
        let toml = match file {
            Some(path) => Toml::file_exact(path),
            None => Toml::file("skein.toml"),
        };
        Figment::from(Serialized::defaults(Self::default()))
            .merge(toml)
            .merge(Env::prefixed("SKEIN_").filter(|key| is_setting(key.as_str())).split("__"))
            .extract()
            .map_err(Box::new)
    }

    /// How to open the database.
    pub fn db(&self) -> DbOptions {
        let embedded = || format!("sqlite:{}", self.data.join("skein.db").display());
        DbOptions { url: self.database.clone().unwrap_or_else(embedded), connections: self.connections }
    }

    /// Where files are kept.
    pub fn blobs(&self) -> BlobConfig {
        match &self.s3 {
            None => BlobConfig::Local(self.data.join("files")),
            Some(s3) => BlobConfig::S3 {
                endpoint: s3.endpoint.clone(),
                bucket: s3.bucket.clone(),
                prefix: s3.prefix.clone(),
                region: s3.region.clone(),
                access_key: s3.access_key.clone(),
                secret_key: s3.secret_key.clone(),
            },
        }
    }

    /// What the platform needs to know.
    pub fn settings(&self) -> Settings {
        let largest = if self.s3.is_some() { S3_LARGEST } else { u32::MAX };
        Settings {
            public_url: self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            trust_proxy: self.trust_proxy,
            demo: self.demo,
            upload_limit: u64::from(self.upload_limit.min(largest)) << 20,
            import_limit: u64::from(self.import_limit) << 20,
        }
    }
}
