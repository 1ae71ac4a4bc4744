//! Executables and libraries of the fleet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    background::Background,
    content,
    feed_toml::FeedToml,
    fleet::{Fleet, Os},
    rng::{Rng, hash_text},
    template::{ProcessTemplate, ProcessTemplates},
};

const SALT: u64 = 0xb1a;
/// Number of builds of each program in the fleet.
pub(crate) const BUILDS: usize = 3;
/// Number of bytes of a file that a server stores.
const MAX_STORED: u64 = 25 << 20;
/// 2021-03-01 in milliseconds since 1970: no system file of the fleet was signed later.
const LATEST_SIGNING: i64 = 1_614_556_800_000;

/// Executable file or library, identified by its MD5.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    /// In lower case.
    pub(crate) md5: String,
    pub(crate) os: Os,
    pub(crate) name: String,
    pub(crate) paths: Vec<String>,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) version: String,
    pub(crate) size: u64,
    /// Seed of the content.
    seed: u64,
    /// The defect of the archive that the server sends.
    pub(crate) deception: Option<Deception>,
    /// In milliseconds since 1970; `None` if it is not signed.
    pub(crate) signed_at: Option<i64>,
    /// The status of the signature; `None`: valid if there is one.
    pub(crate) signature: Option<String>,
    pub(crate) is_program: bool,
    /// Ids of the watchlists that tagged it.
    pub(crate) watchlists: Vec<String>,
    pub(crate) feeds: Vec<FeedToml>,
    /// Ids of the sensors that ran or loaded it.
    pub(crate) hosts: BTreeSet<u32>,
    /// Number of processes that ran it.
    pub(crate) runs: u64,
    /// First run, in milliseconds since 1970, server's clock; `i64::MAX` before one is recorded.
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
}

/// Binary of a scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BinaryToml {
    pub(crate) key: String,
    /// Key of a process template whose file it is; the other members are absent then.
    pub(crate) kind: Option<String>,
    pub(crate) md5: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) path: String,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) signed: Option<String>,
    /// Status of the signature, unless it is valid or missing.
    pub(crate) signature: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) trick: Option<Deception>,
    /// Ids of further sensors that have the file, without a process that ran it.
    #[serde(default)]
    pub(crate) hosts: Vec<u32>,
    #[serde(default)]
    pub(crate) watchlists: Vec<String>,
    #[serde(default)]
    pub(crate) feeds: Vec<FeedToml>,
}

/// Defect of a binary's archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deception {
    /// The declared size of the file is smaller than the real one.
    Size,
    /// The path of a member leads outside of the directory it is extracted to.
    Path,
    /// The archive contains no file.
    Missing,
    /// The archive contains a different file.
    Other,
}

impl Binary {
    /// Returns the number of stored bytes: large files are truncated, and files of the operating system are not collected.
    pub(crate) fn stored_size(&self) -> u64 {
        match self.company.as_deref() {
            Some("Microsoft Corporation" | "Apple Inc.") => 0,
            _ => self.size.min(MAX_STORED),
        }
    }

    /// Returns the stored bytes.
    pub(crate) fn stored_content(&self) -> Vec<u8> {
        content::file_content(self.seed, self.os, self.stored_size())
    }

    /// Returns the seed of the content, by which a host generates the complete file.
    pub(crate) fn content_seed(&self) -> u64 {
        self.seed
    }

    /// Replaces the random MD5 by that of the content. A file that is not stored completely keeps the random one, which no
    /// client can verify.
    fn with_content_hash(mut self) -> Self {
        if self.stored_size() == self.size {
            self.md5 = content::content_md5(&self.stored_content());
        }
        self
    }

    /// Returns the SHA-256, in lower case, which servers from 7.0 on have.
    pub(crate) fn sha256(&self) -> String {
        derived_sha256(&self.md5)
    }

    /// Records a run on `host` at a time in milliseconds since 1970, server's clock.
    pub(crate) fn record_run(&mut self, host: u32, at: i64) {
        self.hosts.insert(host);
        self.runs += 1;
        self.first_seen = self.first_seen.min(at);
        self.last_seen = self.last_seen.max(at);
    }
}

/// Derives a SHA-256 from an MD5.
pub(crate) fn derived_sha256(md5: &str) -> String {
    Rng::new(0, SALT, hash_text(md5)).hex_digits(64)
}

/// All binaries, found by process template and build, by module or by hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binaries {
    pub(crate) entries: Vec<Binary>,
    /// Index of the first module.
    modules: usize,
    by_md5: BTreeMap<String, usize>,
}

impl Binaries {
    /// Creates the binaries of process templates and modules, with the runs of background processes.
    pub(crate) fn new(seed: u64, fleet: &Fleet, templates: &ProcessTemplates, background: &Background) -> Self {
        let mut binaries = Self::default();
        for template in &templates.templates {
            for build in 0..BUILDS {
                // Templates of one file share its hash.
                let md5 = Rng::new(seed, SALT, hash_text(&format!("{}|{build}", template.path))).hex_digits(32);
                binaries.entries.push(template_binary(template, build, md5));
            }
        }
        binaries.modules = binaries.entries.len();
        for module in &templates.modules {
            let md5 = Rng::new(seed, SALT, hash_text(&module.path)).hex_digits(32);
            let mut binary = empty_binary(md5, module.os, &module.path);
            binary.company.clone_from(&module.company);
            binary.description.clone_from(&module.description);
            binary.product = module.company.as_ref().map(|company| format!("{company} System Libraries"));
            binary.signed_at = module.company.as_ref().map(|_| LATEST_SIGNING);
            binary.is_program = false;
            binary.size = small_size(&binary);
            for host in fleet.hosts.iter().filter(|host| host.os == module.os && !host.has_no_background) {
                binary.hosts.insert(host.id);
            }
            binaries.entries.push(binary.with_content_hash());
        }
        for process in &background.processes {
            let host = fleet.host(process.host);
            let index = binaries.template_index(usize::from(process.template), host.map_or(0, |host| host.build));
            // Runs are recorded in server time.
            let skew = host.map_or(0, |host| host.skew * 1_000);
            binaries.entries[index].record_run(process.host, process.start - skew);
        }
        binaries
    }

    /// Returns the index of a process template's file on hosts with `build`.
    #[expect(clippy::unused_self, reason = "the order of the entries is private to this type")]
    pub(crate) fn template_index(&self, template: usize, build: usize) -> usize {
        template * BUILDS + build % BUILDS
    }

    /// Returns the file of the module at an index of the templates.
    pub(crate) fn of_module(&self, module: usize) -> &Binary {
        &self.entries[self.modules + module]
    }

    /// Adds a file of a scenario and returns its index.
    pub(crate) fn add_scenario_binary(&mut self, source: &BinaryToml) -> usize {
        let md5 = source.md5.clone().unwrap_or_else(|| {
            let salt = source.signed.clone().unwrap_or_default();
            Rng::new(0, SALT, hash_text(&format!("{}{salt}", source.path))).hex_digits(32)
        });
        let is_fixed = source.md5.is_some();
        let mut binary = empty_binary(md5, Os::Windows, &source.path);
        binary.name.clone_from(&source.name);
        binary.company.clone_from(&source.company);
        binary.product.clone_from(&source.product);
        binary.description.clone_from(&source.description);
        binary.watchlists.clone_from(&source.watchlists);
        binary.feeds.clone_from(&source.feeds);
        binary.signed_at = source.signed.as_deref().map(super::parse_time);
        binary.signature.clone_from(&source.signature);
        binary.deception = source.trick;
        binary.hosts.extend(&source.hosts);
        binary.size = source.size.unwrap_or_else(|| small_size(&binary));
        self.entries.push(if is_fixed { binary } else { binary.with_content_hash() });
        self.entries.len() - 1
    }

    /// Merges files with equal hashes and indexes them by hash.
    pub(crate) fn build_index(&mut self) {
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        for at in 0..self.entries.len() {
            let md5 = self.entries[at].md5.clone();
            let Some(&first) = firsts.get(&md5) else {
                firsts.insert(md5, at);
                continue;
            };
            let duplicate = self.entries[at].clone();
            let binary = &mut self.entries[first];
            binary.hosts.extend(&duplicate.hosts);
            binary.runs += duplicate.runs;
            binary.first_seen = binary.first_seen.min(duplicate.first_seen);
            binary.last_seen = binary.last_seen.max(duplicate.last_seen);
            for path in duplicate.paths {
                if !binary.paths.contains(&path) {
                    binary.paths.push(path);
                }
            }
        }
        self.by_md5 = firsts;
    }

    /// Returns the file with a hash in upper or lower case.
    pub(crate) fn find(&self, md5: &str) -> Option<&Binary> {
        self.by_md5.get(&md5.to_ascii_lowercase()).map(|&at| &self.entries[at])
    }

    /// Returns the indexes of all files that are on a host, each hash once.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = usize> {
        self.by_md5.values().copied().filter(|&at| !self.entries[at].hosts.is_empty())
    }
}

fn template_binary(template: &ProcessTemplate, build: usize, md5: String) -> Binary {
    let mut binary = empty_binary(md5, template.os, &template.path.replace("{user}", "dpark"));
    binary.name.clone_from(&template.name);
    binary.company.clone_from(&template.company);
    binary.product.clone_from(&template.product);
    binary.description.clone_from(&template.description);
    if template.company.is_some() && template.os != Os::Linux {
        let earlier = i64::try_from(build + 1).unwrap_or(1) * 86_400_000 * 97;
        binary.signed_at = Some(LATEST_SIGNING - earlier);
    }
    binary.feeds.clone_from(&template.feeds);
    binary.version = match template.os {
        Os::Windows => format!("10.0.{}.1", 17_763 + build),
        Os::Osx | Os::Linux => String::new(),
    };
    binary.size = small_size(&binary);
    binary.with_content_hash()
}

/// Returns a small size for a file that the server stores, because its content is hashed.
fn small_size(binary: &Binary) -> u64 {
    match binary.stored_size() {
        0 => binary.size,
        _ => 2_048 + binary.size % 30_000,
    }
}

fn empty_binary(md5: String, os: Os, path: &str) -> Binary {
    let seed = hash_text(&md5);
    let mut rng = Rng::new(1, SALT, seed);
    Binary {
        os,
        name: path.rsplit(['\\', '/']).next().unwrap_or(path).to_owned(),
        paths: vec![path.to_owned()],
        company: None,
        product: None,
        description: None,
        version: "6.2.9200.16384".into(),
        size: 20_480 + rng.next_below(3_000_000),
        seed,
        deception: None,
        signed_at: None,
        signature: None,
        is_program: true,
        watchlists: Vec::new(),
        feeds: Vec::new(),
        hosts: BTreeSet::new(),
        runs: 0,
        first_seen: i64::MAX,
        last_seen: i64::MIN,
        md5,
    }
}
