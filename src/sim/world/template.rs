//! Templates of background processes, loaded from `assets/world/noise.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{feed_toml::FeedToml, fleet::Os, parse_duration};

/// Kind of background process; `parent` and `children` are indexes of other templates.
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
    /// The children that it starts, and at most how many of each.
    pub(crate) children: Vec<(usize, u64)>,
    /// In milliseconds; `None`: until the host shuts down.
    pub(crate) lifetime: Option<i64>,
    pub(crate) pid: Option<u32>,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    /// As `NAME:PORT`.
    pub(crate) connections: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) keys: Vec<String>,
    /// Id of the watchlist that tags it.
    pub(crate) watchlist: Option<String>,
    /// Reports on its file.
    pub(crate) feeds: Vec<FeedToml>,
}

/// User account that a process runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Account {
    System,
    Service,
    Network,
    Root,
    User,
}

/// Library that processes load.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LibraryTemplate {
    pub(crate) os: Os,
    pub(crate) path: String,
    pub(crate) company: Option<String>,
    pub(crate) description: Option<String>,
}

/// All process templates and libraries.
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
    /// Loads the embedded file.
    pub(crate) fn load_embedded() -> Self {
        let file: BackgroundToml = toml::from_str(include_str!("../../../assets/world/noise.toml"))
            .expect("a test parses the embedded templates");
        let mut templates = Vec::new();
        for (os, records) in [(Os::Windows, file.windows), (Os::Osx, file.osx), (Os::Linux, file.linux)] {
            let first = templates.len();
            let indexes: BTreeMap<String, usize> =
                records.iter().enumerate().map(|(at, record)| (record.key.clone(), first + at)).collect();
            templates.extend(records.into_iter().map(|record| resolve_references(os, record, &indexes)));
        }
        Self { templates, modules: file.module }
    }

    /// Returns the index of a template.
    pub(crate) fn template_index(&self, os: Os, key: &str) -> Option<usize> {
        self.templates.iter().position(|template| template.os == os && template.key == key)
    }
}

fn resolve_references(os: Os, record: TemplateToml, indexes: &BTreeMap<String, usize>) -> ProcessTemplate {
    let index = |key: &str| {
        *indexes.get(key).unwrap_or_else(|| panic!("noise.toml: {} names {key:?}, which is not there", record.key))
    };
    ProcessTemplate {
        os,
        parent: record.under.as_deref().map(index),
        children: record.children.iter().map(|(key, most)| (index(key), *most)).collect(),
        lifetime: record.life.as_deref().map(parse_duration),
        key: record.key,
        name: record.name,
        path: record.path,
        cmdlines: record.cmdline,
        user: record.user,
        is_boot: record.boot,
        weight: record.weight,
        pid: record.pid,
        company: record.company,
        product: record.product,
        description: record.description,
        connections: record.net,
        files: record.files,
        keys: record.keys,
        watchlist: record.watch,
        feeds: record.feeds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_in_the_life_of_a_host() {
        let templates = ProcessTemplates::load_embedded();
        for (at, template) in templates.templates.iter().enumerate() {
            let is_child = templates.templates.iter().any(|other| other.children.iter().any(|&(child, _)| child == at));
            assert!(template.is_boot || template.weight > 0 || is_child, "{:?} never runs", template.key);
            assert!(!template.cmdlines.is_empty(), "{:?} has no command line", template.key);
            if let Some(under) = template.parent {
                assert!(templates.templates[under].is_boot, "{:?} has a passing parent", template.key);
                assert!(!template.is_boot || under < at, "{:?} starts too early", template.key);
            }
        }
    }
}
