//! Places on the S3 store that `SKEIN_TEST_S3` names.

use std::hash::{BuildHasher, Hasher, RandomState};

use skein_store::BlobConfig;

/// Endpoint, bucket, access key and secret key, with commas between.
const STORE: &str = "SKEIN_TEST_S3";

/// A folder of the bucket that nobody else uses, or `None` when `SKEIN_TEST_S3` names no store. It is
/// left behind: the store is one for tests.
pub fn s3() -> Option<BlobConfig> {
    let named = std::env::var(STORE).ok().filter(|named| !named.is_empty())?;
    let parts: Vec<&str> = named.split(',').collect();
    let [endpoint, bucket, access_key, secret_key] = parts.as_slice() else {
        panic!("{STORE} is endpoint,bucket,access key,secret key");
    };
    Some(BlobConfig::S3 {
        endpoint: (*endpoint).to_owned(),
        bucket: (*bucket).to_owned(),
        prefix: format!("test-{:016x}", RandomState::new().build_hasher().finish()),
        region: "us-east-1".to_owned(),
        access_key: (*access_key).to_owned(),
        secret_key: (*secret_key).to_owned(),
    })
}
