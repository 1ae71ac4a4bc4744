//! The kinds of ordinary process, as `assets/world/noise.toml` lists them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{duration, fleet::Os, scenario::FeedSheet};

/// A kind of process, with its references resolved to positions in the list of all kinds.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) os: Os,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) cmdlines: Vec<String>,
    pub(crate) user: Account,
    pub(crate) is_boot: bool,
    pub(crate) weight: u64,
    pub(crate) under: Option<usize>,
    /// What it starts, and at most how many.
    pub(crate) children: Vec<(usize, u64)>,
    /// In milliseconds; none: until the host goes down.
    pub(crate) life: Option<i64>,
    pub(crate) pid: Option<u32>,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    /// `name:port`.
    pub(crate) net: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) keys: Vec<String>,
    /// The watchlist that tags it.
    pub(crate) watch: Option<String>,
    /// What feeds say of its file.
    pub(crate) feeds: Vec<FeedSheet>,
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
pub(crate) struct Module {
    pub(crate) os: Os,
    pub(crate) path: String,
    pub(crate) company: Option<String>,
    pub(crate) description: Option<String>,
}

/// All kinds and modules.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    pub(crate) all: Vec<Kind>,
    pub(crate) modules: Vec<Module>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    windows: Vec<KindSheet>,
    osx: Vec<KindSheet>,
    linux: Vec<KindSheet>,
    module: Vec<Module>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindSheet {
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
    feeds: Vec<FeedSheet>,
}

impl Kinds {
    /// The embedded list.
    pub(crate) fn embedded() -> Self {
        let sheet: Sheet = toml::from_str(include_str!("../../../assets/world/noise.toml"))
            .expect("the embedded kinds are read by a test");
        let mut all = Vec::new();
        for (os, kinds) in [(Os::Windows, sheet.windows), (Os::Osx, sheet.osx), (Os::Linux, sheet.linux)] {
            let first = all.len();
            let places: BTreeMap<String, usize> =
                kinds.iter().enumerate().map(|(at, kind)| (kind.key.clone(), first + at)).collect();
            all.extend(kinds.into_iter().map(|kind| resolved(os, kind, &places)));
        }
        Self { all, modules: sheet.module }
    }

    /// The position of a kind.
    pub(crate) fn position(&self, os: Os, key: &str) -> Option<usize> {
        self.all.iter().position(|kind| kind.os == os && kind.key == key)
    }
}

fn resolved(os: Os, kind: KindSheet, places: &BTreeMap<String, usize>) -> Kind {
    let place = |key: &str| {
        *places.get(key).unwrap_or_else(|| panic!("noise.toml: {} names {key:?}, which is not there", kind.key))
    };
    Kind {
        os,
        under: kind.under.as_deref().map(place),
        children: kind.children.iter().map(|(key, most)| (place(key), *most)).collect(),
        life: kind.life.as_deref().map(duration),
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
        net: kind.net,
        files: kind.files,
        keys: kind.keys,
        watch: kind.watch,
        feeds: kind.feeds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_in_the_life_of_a_host() {
        let kinds = Kinds::embedded();
        for (at, kind) in kinds.all.iter().enumerate() {
            let is_child = kinds.all.iter().any(|other| other.children.iter().any(|&(child, _)| child == at));
            assert!(kind.is_boot || kind.weight > 0 || is_child, "{:?} never runs", kind.key);
            assert!(!kind.cmdlines.is_empty(), "{:?} has no command line", kind.key);
            if let Some(under) = kind.under {
                assert!(kinds.all[under].is_boot, "{:?} has a passing parent", kind.key);
                assert!(!kind.is_boot || under < at, "{:?} starts too early", kind.key);
            }
        }
    }
}
