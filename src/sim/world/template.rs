//! The kinds of ordinary process, as `assets/world/noise.toml` lists them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{fleet::Os, parse_duration, scenario::FeedToml};

/// A kind of process, with its references resolved to positions in the list of all kinds.
#[derive(Clone, Debug)]
pub(crate) struct ProcessTemplate {
    pub(crate) os: Os,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) cmdlines: Vec<String>,
    pub(crate) user: Account,
    pub(crate) is_boot: bool,
    pub(crate) weight: u64,
    pub(crate) parent: Option<usize>,
    /// What it starts, and at most how many.
    pub(crate) children: Vec<(usize, u64)>,
    /// In milliseconds; none: until the host goes down.
    pub(crate) lifetime: Option<i64>,
    pub(crate) pid: Option<u32>,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    /// `name:port`.
    pub(crate) connections: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) keys: Vec<String>,
    /// The watchlist that tags it.
    pub(crate) watchlist: Option<String>,
    /// What feeds say of its file.
    pub(crate) feeds: Vec<FeedToml>,
}

/// Whom a process runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Account {
    System,
    Service,
    Network,
    Root,
    User,
}

/// A library that processes load.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LibraryTemplate {
    pub(crate) os: Os,
    pub(crate) path: String,
    pub(crate) company: Option<String>,
    pub(crate) description: Option<String>,
}

/// All kinds and modules.
#[derive(Clone, Debug)]
pub(crate) struct ProcessTemplates {
    pub(crate) templates: Vec<ProcessTemplate>,
    pub(crate) modules: Vec<LibraryTemplate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackgroundToml {
    windows: Vec<TemplateToml>,
    osx: Vec<TemplateToml>,
    linux: Vec<TemplateToml>,
    module: Vec<LibraryTemplate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateToml {
    key: String,
    name: String,
    path: String,
    cmdline: Vec<String>,
    user: Account,
    #[serde(default)]
    boot: bool,
    #[serde(default)]
    weight: u64,
    under: Option<String>,
    #[serde(default)]
    children: Vec<(String, u64)>,
    life: Option<String>,
    pid: Option<u32>,
    company: Option<String>,
    product: Option<String>,
    description: Option<String>,
    #[serde(default)]
    net: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    watch: Option<String>,
    #[serde(default)]
    feeds: Vec<FeedToml>,
}

impl ProcessTemplates {
    /// The embedded list.
    pub(crate) fn load_embedded() -> Self {
        let sheet: BackgroundToml = toml::from_str(include_str!("../../../assets/world/noise.toml"))
            .expect("the embedded kinds are read by a test");
        let mut all = Vec::new();
        for (os, kinds) in [(Os::Windows, sheet.windows), (Os::Osx, sheet.osx), (Os::Linux, sheet.linux)] {
            let first = all.len();
            let places: BTreeMap<String, usize> =
                kinds.iter().enumerate().map(|(at, kind)| (kind.key.clone(), first + at)).collect();
            all.extend(kinds.into_iter().map(|kind| resolve_references(os, kind, &places)));
        }
        Self { templates: all, modules: sheet.module }
    }

    /// The position of a kind.
    pub(crate) fn template_index(&self, os: Os, key: &str) -> Option<usize> {
        self.templates.iter().position(|kind| kind.os == os && kind.key == key)
    }
}

fn resolve_references(os: Os, kind: TemplateToml, places: &BTreeMap<String, usize>) -> ProcessTemplate {
    let place = |key: &str| {
        *places.get(key).unwrap_or_else(|| panic!("noise.toml: {} names {key:?}, which is not there", kind.key))
    };
    ProcessTemplate {
        os,
        parent: kind.under.as_deref().map(place),
        children: kind.children.iter().map(|(key, most)| (place(key), *most)).collect(),
        lifetime: kind.life.as_deref().map(parse_duration),
        key: kind.key,
        name: kind.name,
        path: kind.path,
        cmdlines: kind.cmdline,
        user: kind.user,
        is_boot: kind.boot,
        weight: kind.weight,
        pid: kind.pid,
        company: kind.company,
        product: kind.product,
        description: kind.description,
        connections: kind.net,
        files: kind.files,
        keys: kind.keys,
        watchlist: kind.watch,
        feeds: kind.feeds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_in_the_life_of_a_host() {
        let kinds = ProcessTemplates::load_embedded();
        for (at, kind) in kinds.templates.iter().enumerate() {
            let is_child = kinds.templates.iter().any(|other| other.children.iter().any(|&(child, _)| child == at));
            assert!(kind.is_boot || kind.weight > 0 || is_child, "{:?} never runs", kind.key);
            assert!(!kind.cmdlines.is_empty(), "{:?} has no command line", kind.key);
            if let Some(under) = kind.parent {
                assert!(kinds.templates[under].is_boot, "{:?} has a passing parent", kind.key);
                assert!(!kind.is_boot || under < at, "{:?} starts too early", kind.key);
            }
        }
    }
}
