//! What a release build depends on, checked by the rules of `assets/deny.toml` even without `cargo deny`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    process::Command,
};

use toml::{Table, Value};

#[test]
fn every_license_is_allowed() {
    let allowed = texts(&rules()["licenses"]["allow"], Value::as_str);
    let is_allowed = |license: &str| allowed.contains(license.split(" WITH ").next().unwrap_or(license).trim());
    for (name, license) in packages() {
        // Parentheses group alternatives only.
        let license = license.replace(['(', ')'], "").replace('/', " OR ");
        let is_fine = license.split(" AND ").all(|part| part.split(" OR ").any(is_allowed));
        assert!(is_fine, "{name}: {license}");
    }
}

#[test]
fn nothing_is_in_the_program_twice_without_a_reason() {
    let skipped = texts(&rules()["bans"]["skip"], |rule| rule.get("crate")?.as_str());
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for (package, _) in packages() {
        let (name, version) = package.split_once(' ').unwrap();
        versions.entry(name.to_owned()).or_default().insert(version.to_owned());
    }
    versions.retain(|_, versions| versions.len() > 1);
    let twice: BTreeSet<_> = versions.into_keys().collect();
    assert_eq!(twice, skipped, "assets/deny.toml and `cargo tree -d -e no-dev`");
}

#[test]
fn everything_comes_from_the_registry() {
    let lock = fs::read_to_string("Cargo.lock").unwrap();
    let mut sources = lock.lines().filter_map(|line| line.strip_prefix("source = "));
    assert!(sources.all(|source| source == "\"registry+https://github.com/rust-lang/crates.io-index\""));
}

/// Returns the rules of `cargo deny`.
fn rules() -> Table {
    fs::read_to_string("assets/deny.toml").unwrap().parse().unwrap()
}

fn texts(list: &Value, text: impl Fn(&Value) -> Option<&str>) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|entry| text(entry).unwrap().to_owned()).collect()
}

/// Returns name with version, and license, of each package of a release build on this system.
fn packages() -> Vec<(String, String)> {
    let tree = ["tree", "--locked", "--offline", "--edges", "no-dev", "--prefix", "none", "--format", "{p}|{l}"];
    let output = Command::new(env::var("CARGO").unwrap_or("cargo".into())).args(tree).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)").split_once('|').unwrap());
    let packages: Vec<_> = lines.map(|(package, license)| (package.to_owned(), license.to_owned())).collect();
    assert!(packages.len() > 100, "{text}");
    packages
}
