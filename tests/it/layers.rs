//! The layer diagram, enforced: a module may name only the modules listed beside it.
//!
//! It stays this simple because of one convention: no brace directly after `crate::` (import by module).

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every top-level module, lowest first, with what it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("decode", &[]),
    ("files", &["text"]),
    ("model", &["text"]),
    ("query", &["model", "text"]),
    ("keys", &[]),
    ("theme", &[]),
    ("log", &["files"]),
    ("archive", &["model", "text"]),
    ("widgets", &["theme", "text"]),
    ("wire", &["model", "text"]),
    ("columns", &["wire", "model", "query", "text"]),
    ("storage", &["files", "model", "text"]),
    ("audit", &["files", "storage", "model", "text"]),
    ("output", &["columns", "wire", "model", "text"]),
    ("api", &["files", "wire", "model", "query", "text"]),
    ("fetch", &["api", "archive", "model"]),
    ("download", &["api", "archive", "storage", "model", "text"]),
    ("live_response", &["api", "model", "text"]),
    ("changes", &["fetch", "live_response", "api", "audit", "storage", "model", "query", "text"]),
    ("config", &["files", "keys", "theme", "api", "model", "text"]),
    ("worker", &["download", "changes", "fetch", "api", "audit", "storage", "model", "query"]),
    ("session", &["worker", "download", "changes", "fetch", "api", "model", "query", "text"]),
    (
        "panes",
        &[
            "columns", "session", "download", "changes", "worker", "fetch", "api", "model", "query", "decode", "text",
            "keys", "theme", "widgets", "wire",
        ],
    ),
    (
        "app",
        &[
            "panes", "session", "changes", "worker", "fetch", "api", "model", "query", "text", "keys", "theme",
            "widgets",
        ],
    ),
    ("runtime", &["app", "session", "worker", "storage", "output", "model", "text"]),
    ("cli", &["model", "output"]),
    ("sim", &["model", "query"]),
    (
        "commands",
        &[
            "columns",
            "changes",
            "live_response",
            "fetch",
            "download",
            "api",
            "archive",
            "audit",
            "storage",
            "config",
            "keys",
            "output",
            "query",
            "model",
            "text",
            "sim",
            "cli",
        ],
    ),
];

#[test]
fn modules_use_only_the_layers_below_them() {
    let mut offences = Vec::new();
    for (module, below) in LAYERS {
        for path in sources(module) {
            let text = fs::read_to_string(&path).unwrap();
            for (index, line) in text.lines().enumerate() {
                for rest in line.split("crate::").skip(1) {
                    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                    if name != *module && !below.contains(&name) {
                        offences.push(format!("{}:{}: {module} may not use {name:?}", path.display(), index + 1));
                    }
                }
            }
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn every_module_has_its_place_in_the_diagram() {
    let text = fs::read_to_string("src/lib.rs").unwrap();
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut declared: Vec<_> = modules.collect();
    let mut drawn: Vec<_> = LAYERS.iter().map(|(module, _)| *module).collect();
    declared.sort_unstable();
    drawn.sort_unstable();
    assert_eq!(declared, drawn);
}

#[test]
fn the_diagram_has_no_cycle() {
    for (at, (module, below)) in LAYERS.iter().enumerate() {
        for name in *below {
            let place = LAYERS.iter().position(|(other, _)| other == name).unwrap();
            assert!(place < at, "{module} may not use {name}, which stands above it");
        }
    }
}

fn sources(module: &str) -> Vec<PathBuf> {
    let mut pending = vec![PathBuf::from(format!("src/{module}.rs")), PathBuf::from(format!("src/{module}"))];
    let mut found = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| Path::new(extension) == Path::new("rs")) && path.is_file() {
            found.push(path);
        }
    }
    found
}
