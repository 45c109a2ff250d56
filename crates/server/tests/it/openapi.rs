//! The API's description is complete, committed, and every endpoint has its case in the policy.

use std::{collections::BTreeSet, env, fs, path::Path};

use skein_platform::http::PolicyRow;

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

#[test]
fn the_committed_description_is_the_one_the_code_gives() {
    let text = skein_server::document().to_pretty_json().expect("it serialises") + "\n";
    if env::var_os("UPDATE").is_some() {
        fs::write(committed(), &text).expect("docs/ can be written");
    }
    let known = fs::read_to_string(committed()).unwrap_or_default();
    assert!(known == text, "docs/openapi.json is stale: UPDATE=1 cargo nextest run -p skein-server openapi");
}

#[test]
fn every_endpoint_has_its_case_in_the_policy() {
    let cases: Vec<PolicyRow> = [
        skein_platform::identity::http::POLICY,
        skein_platform::directory::http::POLICY,
        skein_platform::drive::http::POLICY,
        skein_platform::files::POLICY,
        skein_base::http::POLICY,
        skein_base::transfer::http::POLICY,
    ]
    .concat();
    let written: BTreeSet<String> =
        cases.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(written.len(), cases.len(), "a case stands twice");
    let mut served = BTreeSet::new();
    let document = serde_json::to_value(skein_server::document()).expect("it serialises");
    for (path, item) in document["paths"].as_object().expect("paths") {
        let path = path.strip_prefix("/api/v1").expect("all endpoints are under /api/v1");
        for method in item.as_object().expect("methods").keys().filter(|key| *key != "parameters") {
            served.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let without: Vec<_> = served.difference(&written).collect();
    let stale: Vec<_> = written.difference(&served).collect();
    assert!(
        without.is_empty() && stale.is_empty(),
        "without a case: {without:?}; without an endpoint: {stale:?}"
    );
}
