//! The executables and libraries of the fleet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    background::Background,
    content,
    fleet::{Fleet, Os},
    rng::{Rng, hash_text},
    scenario::{BinaryToml, FeedToml},
    template::{ProcessTemplate, ProcessTemplates},
};

const SALT: u64 = 0xb1a;
/// How many builds of each program are about.
pub(crate) const BUILDS: usize = 3;
/// Servers keep no more of a file.
const MAX_STORED: u64 = 25 << 20;
/// 2021-03-01, before which no system file of the fleet was signed later.
const EARLIEST_SIGNING: i64 = 1_614_556_800_000;

/// One file, known by its hash.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    /// Lower case.
    pub(crate) md5: String,
    pub(crate) os: Os,
    pub(crate) name: String,
    pub(crate) paths: Vec<String>,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) version: String,
    pub(crate) size: u64,
    /// What its content is drawn from.
    seed: u64,
    /// What is wrong with the archive the server gives.
    pub(crate) deception: Option<Deception>,
    /// Milliseconds since 1970; none when it is not signed.
    pub(crate) signed_at: Option<i64>,
    /// What the signature is worth, where it is told; else it is good if there is one.
    pub(crate) signature: Option<String>,
    pub(crate) is_program: bool,
    /// The ids of the watchlists that tagged it.
    pub(crate) watchlists: Vec<String>,
    pub(crate) feeds: Vec<FeedToml>,
    /// The sensors that ran or loaded it.
    pub(crate) hosts: BTreeSet<u32>,
    /// How many processes ran it.
    pub(crate) runs: u64,
    /// First and last run, in milliseconds since 1970, server's clock.
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
}

/// What can be wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deception {
    /// It says that the file is smaller than it is.
    Size,
    /// It holds a member that would be unpacked to elsewhere.
    Path,
    /// It holds no file.
    Missing,
    /// The file in it is another.
    Other,
}

impl Binary {
    /// How many bytes of it the server has: large files are cut off, and the system's own are not collected.
    pub(crate) fn stored_size(&self) -> u64 {
        match self.company.as_deref() {
            Some("Microsoft Corporation" | "Apple Inc.") => 0,
            _ => self.size.min(MAX_STORED),
        }
    }

    /// What the server has of it.
    pub(crate) fn stored_content(&self) -> Vec<u8> {
        content::file_content(self.seed, self.os, self.stored_size())
    }

    /// The same file under the name that its content gives it. One that the server does not have whole keeps the drawn
    /// name, which nobody can tell from a computed one.
    fn with_content_hash(mut self) -> Self {
        if self.stored_size() == self.size {
            self.md5 = content::content_md5(&self.stored_content());
        }
        self
    }

    /// Its SHA-256, lower case, as servers from 7.0 on know it.
    pub(crate) fn sha256(&self) -> String {
        derived_sha256(&self.md5)
    }

    /// A file some sensor saw running.
    pub(crate) fn record_run(&mut self, host: u32, at: i64) {
        self.hosts.insert(host);
        self.runs += 1;
        self.first_seen = self.first_seen.min(at);
        self.last_seen = self.last_seen.max(at);
    }
}

/// The SHA-256 that goes with an MD5.
pub(crate) fn derived_sha256(md5: &str) -> String {
    Rng::new(0, SALT, hash_text(md5)).hex_digits(64)
}

/// All files, with the way from a kind to its builds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binaries {
    pub(crate) entries: Vec<Binary>,
    /// Where the modules begin.
    modules: usize,
    by_md5: BTreeMap<String, usize>,
}

impl Binaries {
    /// The files of the ordinary kinds, with what the fleet did with them.
    pub(crate) fn new(seed: u64, fleet: &Fleet, kinds: &ProcessTemplates, noise: &Background) -> Self {
        let mut binaries = Self::default();
        for kind in &kinds.templates {
            for build in 0..BUILDS {
                // Kinds of the same file share its hash.
                let md5 = Rng::new(seed, SALT, hash_text(&format!("{}|{build}", kind.path))).hex_digits(32);
                binaries.entries.push(template_binary(kind, build, md5));
            }
        }
        binaries.modules = binaries.entries.len();
        for module in &kinds.modules {
            let md5 = Rng::new(seed, SALT, hash_text(&module.path)).hex_digits(32);
            let mut binary = empty_binary(md5, module.os, &module.path);
            binary.company.clone_from(&module.company);
            binary.description.clone_from(&module.description);
            binary.product = module.company.as_ref().map(|company| format!("{company} System Libraries"));
            binary.signed_at = module.company.as_ref().map(|_| EARLIEST_SIGNING);
            binary.is_program = false;
            binary.size = small_size(&binary);
            for host in fleet.hosts.iter().filter(|host| host.os == module.os && !host.has_no_background) {
                binary.hosts.insert(host.id);
            }
            binaries.entries.push(binary.with_content_hash());
        }
        for process in &noise.processes {
            let host = fleet.host(process.host);
            let place = binaries.template_index(usize::from(process.template), host.map_or(0, |host| host.build));
            // The server adds a file by its own clock.
            let ahead = host.map_or(0, |host| host.skew * 1_000);
            binaries.entries[place].record_run(process.host, process.start - ahead);
        }
        binaries
    }

    /// The file of a kind on hosts with a build.
    #[expect(clippy::unused_self, reason = "where a file stands is this type's business")]
    pub(crate) fn template_index(&self, kind: usize, build: usize) -> usize {
        kind * BUILDS + build % BUILDS
    }

    /// The file of a module.
    pub(crate) fn of_module(&self, module: usize) -> &Binary {
        &self.entries[self.modules + module]
    }

    /// Adds a file that a story tells of, and says where it stands.
    pub(crate) fn add_scenario_binary(&mut self, sheet: &BinaryToml) -> usize {
        let md5 = sheet.md5.clone().unwrap_or_else(|| {
            let salt = sheet.signed.clone().unwrap_or_default();
            Rng::new(0, SALT, hash_text(&format!("{}{salt}", sheet.path))).hex_digits(32)
        });
        let is_fixed = sheet.md5.is_some();
        let mut binary = empty_binary(md5, Os::Windows, &sheet.path);
        binary.name.clone_from(&sheet.name);
        binary.company.clone_from(&sheet.company);
        binary.product.clone_from(&sheet.product);
        binary.description.clone_from(&sheet.description);
        binary.watchlists.clone_from(&sheet.watchlists);
        binary.feeds.clone_from(&sheet.feeds);
        binary.signed_at = sheet.signed.as_deref().map(super::parse_time);
        binary.signature.clone_from(&sheet.signature);
        binary.deception = sheet.trick;
        binary.hosts.extend(&sheet.hosts);
        binary.size = sheet.size.unwrap_or_else(|| small_size(&binary));
        self.entries.push(if is_fixed { binary } else { binary.with_content_hash() });
        self.entries.len() - 1
    }

    /// Joins files with equal hashes and drops what nobody has, and makes the rest findable by hash.
    pub(crate) fn build_index(&mut self) {
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        for at in 0..self.entries.len() {
            let md5 = self.entries[at].md5.clone();
            let Some(&first) = firsts.get(&md5) else {
                firsts.insert(md5, at);
                continue;
            };
            let twin = self.entries[at].clone();
            let binary = &mut self.entries[first];
            binary.hosts.extend(&twin.hosts);
            binary.runs += twin.runs;
            binary.first_seen = binary.first_seen.min(twin.first_seen);
            binary.last_seen = binary.last_seen.max(twin.last_seen);
            for path in twin.paths {
                if !binary.paths.contains(&path) {
                    binary.paths.push(path);
                }
            }
        }
        self.by_md5 = firsts;
    }

    /// The file with a hash, in either case.
    pub(crate) fn find(&self, md5: &str) -> Option<&Binary> {
        self.by_md5.get(&md5.to_ascii_lowercase()).map(|&at| &self.entries[at])
    }

    /// The places of all files that some host has, each hash once.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = usize> {
        self.by_md5.values().copied().filter(|&at| !self.entries[at].hosts.is_empty())
    }
}

fn template_binary(kind: &ProcessTemplate, build: usize, md5: String) -> Binary {
    let mut binary = empty_binary(md5, kind.os, &kind.path.replace("{user}", "dpark"));
    binary.name.clone_from(&kind.name);
    binary.company.clone_from(&kind.company);
    binary.product.clone_from(&kind.product);
    binary.description.clone_from(&kind.description);
    if kind.company.is_some() && kind.os != Os::Linux {
        let earlier = i64::try_from(build + 1).unwrap_or(1) * 86_400_000 * 97;
        binary.signed_at = Some(EARLIEST_SIGNING - earlier);
    }
    binary.feeds.clone_from(&kind.feeds);
    binary.version = match kind.os {
        Os::Windows => format!("10.0.{}.1", 17_763 + build),
        Os::Osx | Os::Linux => String::new(),
    };
    binary.size = small_size(&binary);
    binary.with_content_hash()
}

/// A size that costs little to hash, for what the server has.
fn small_size(binary: &Binary) -> u64 {
    match binary.stored_size() {
        0 => binary.size,
        _ => 2_048 + binary.size % 30_000,
    }
}

fn empty_binary(md5: String, os: Os, path: &str) -> Binary {
    let seed = hash_text(&md5);
    let mut dice = Rng::new(1, SALT, seed);
    Binary {
        os,
        name: path.rsplit(['\\', '/']).next().unwrap_or(path).to_owned(),
        paths: vec![path.to_owned()],
        company: None,
        product: None,
        description: None,
        version: "6.2.9200.16384".into(),
        size: 20_480 + dice.next_below(3_000_000),
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
