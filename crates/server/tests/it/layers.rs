//! The crates know each other only as ARCHITECTURE.md says.

use std::{collections::BTreeSet, fs, path::Path};

const ALLOWED: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("table", &["types"]),
    ("store", &["types"]),
    ("platform", &["types", "store"]),
    ("base", &["types", "table", "store", "platform"]),
    ("server", &["types", "table", "store", "platform", "base"]),
    ("testkit", &["types", "store"]),
];

#[test]
fn crates_depend_only_on_those_below_them() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates/ is above");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crates).expect("crates/ can be read") {
        let folder = entry.expect("an entry").path();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest"))
                .expect("TOML");
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("{name} is new: place it"));
        for dependency in manifest["dependencies"].as_table().expect("dependencies").keys() {
            if let Some(below) = dependency.strip_prefix("skein-") {
                assert!(allowed.contains(&below), "{name} must not know {below}");
            }
        }
        found.insert(name);
    }
    assert_eq!(found.len(), ALLOWED.len(), "a crate is gone: take it out of the list");
}

#[test]
fn the_engine_is_pure() {
    let manifest = include_str!("../../../table/Cargo.toml");
    for impure in ["tokio", "sqlx", "axum", "reqwest", "futures"] {
        assert!(!manifest.contains(&format!("\n{impure}")), "the engine must not know {impure}");
    }
}
