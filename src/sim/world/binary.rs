//! The executables and libraries of the fleet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    background::Noise,
    content,
    fleet::{Fleet, Os},
    rng::{Dice, number_of},
    scenario::{BinarySheet, FeedSheet},
    template::{Kind, Kinds},
};

const SALT: u64 = 0xb1a;
/// How many builds of each program are about.
pub(crate) const BUILDS: usize = 3;
/// Servers keep no more of a file.
const MOST_KEPT: u64 = 25 << 20;
/// 2021-03-01, before which no system file of the fleet was signed later.
const SIGNED_BY: i64 = 1_614_556_800_000;

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
    pub(crate) trick: Option<Trick>,
    /// Milliseconds since 1970; none when it is not signed.
    pub(crate) signed: Option<i64>,
    /// What the signature is worth, where it is told; else it is good if there is one.
    pub(crate) signature: Option<String>,
    pub(crate) is_program: bool,
    /// The ids of the watchlists that tagged it.
    pub(crate) watchlists: Vec<String>,
    pub(crate) feeds: Vec<FeedSheet>,
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
pub(crate) enum Trick {
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
    pub(crate) fn copied(&self) -> u64 {
        match self.company.as_deref() {
            Some("Microsoft Corporation" | "Apple Inc.") => 0,
            _ => self.size.min(MOST_KEPT),
        }
    }

    /// What the server has of it.
    pub(crate) fn content(&self) -> Vec<u8> {
        content::content(self.seed, self.os, self.copied())
    }

    /// The same file under the name that its content gives it. One that the server does not have whole keeps the drawn
    /// name, which nobody can tell from a computed one.
    fn hashed(mut self) -> Self {
        if self.copied() == self.size {
            self.md5 = content::hash(&self.content());
        }
        self
    }

    /// Its SHA-256, lower case, as servers from 7.0 on know it.
    pub(crate) fn sha256(&self) -> String {
        drawn_sha256(&self.md5)
    }

    /// A file some sensor saw running.
    pub(crate) fn saw(&mut self, host: u32, at: i64) {
        self.hosts.insert(host);
        self.runs += 1;
        self.first_seen = self.first_seen.min(at);
        self.last_seen = self.last_seen.max(at);
    }
}

/// The SHA-256 that goes with an MD5.
pub(crate) fn drawn_sha256(md5: &str) -> String {
    Dice::new(0, SALT, number_of(md5)).hex(64)
}

/// All files, with the way from a kind to its builds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binaries {
    pub(crate) all: Vec<Binary>,
    /// Where the modules begin.
    modules: usize,
    by_md5: BTreeMap<String, usize>,
}

impl Binaries {
    /// The files of the ordinary kinds, with what the fleet did with them.
    pub(crate) fn new(seed: u64, fleet: &Fleet, kinds: &Kinds, noise: &Noise) -> Self {
        let mut binaries = Self::default();
        for kind in &kinds.all {
            for build in 0..BUILDS {
                // Kinds of the same file share its hash.
                let md5 = Dice::new(seed, SALT, number_of(&format!("{}|{build}", kind.path))).hex(32);
                binaries.all.push(of_kind(kind, build, md5));
            }
        }
        binaries.modules = binaries.all.len();
        for module in &kinds.modules {
            let md5 = Dice::new(seed, SALT, number_of(&module.path)).hex(32);
            let mut binary = blank(md5, module.os, &module.path);
            binary.company.clone_from(&module.company);
            binary.description.clone_from(&module.description);
            binary.product = module.company.as_ref().map(|company| format!("{company} System Libraries"));
            binary.signed = module.company.as_ref().map(|_| SIGNED_BY);
            binary.is_program = false;
            binary.size = small(&binary);
            for host in fleet.hosts.iter().filter(|host| host.os == module.os && !host.quiet) {
                binary.hosts.insert(host.id);
            }
            binaries.all.push(binary.hashed());
        }
        for process in &noise.all {
            let host = fleet.host(process.host);
            let place = binaries.of_kind(usize::from(process.kind), host.map_or(0, |host| host.build));
            // The server adds a file by its own clock.
            let ahead = host.map_or(0, |host| host.skew * 1_000);
            binaries.all[place].saw(process.host, process.start - ahead);
        }
        binaries
    }

    /// The file of a kind on hosts with a build.
    #[expect(clippy::unused_self, reason = "where a file stands is this type's business")]
    pub(crate) fn of_kind(&self, kind: usize, build: usize) -> usize {
        kind * BUILDS + build % BUILDS
    }

    /// The file of a module.
    pub(crate) fn of_module(&self, module: usize) -> &Binary {
        &self.all[self.modules + module]
    }

    /// Adds a file that a story tells of, and says where it stands.
    pub(crate) fn tell(&mut self, sheet: &BinarySheet) -> usize {
        let md5 = sheet.md5.clone().unwrap_or_else(|| {
            let salt = sheet.signed.clone().unwrap_or_default();
            Dice::new(0, SALT, number_of(&format!("{}{salt}", sheet.path))).hex(32)
        });
        let is_fixed = sheet.md5.is_some();
        let mut binary = blank(md5, Os::Windows, &sheet.path);
        binary.name.clone_from(&sheet.name);
        binary.company.clone_from(&sheet.company);
        binary.product.clone_from(&sheet.product);
        binary.description.clone_from(&sheet.description);
        binary.watchlists.clone_from(&sheet.watchlists);
        binary.feeds.clone_from(&sheet.feeds);
        binary.signed = sheet.signed.as_deref().map(super::moment);
        binary.signature.clone_from(&sheet.signature);
        binary.trick = sheet.trick;
        binary.hosts.extend(&sheet.hosts);
        binary.size = sheet.size.unwrap_or_else(|| small(&binary));
        self.all.push(if is_fixed { binary } else { binary.hashed() });
        self.all.len() - 1
    }

    /// Joins files with equal hashes and drops what nobody has, and makes the rest findable by hash.
    pub(crate) fn index(&mut self) {
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        for at in 0..self.all.len() {
            let md5 = self.all[at].md5.clone();
            let Some(&first) = firsts.get(&md5) else {
                firsts.insert(md5, at);
                continue;
            };
            let twin = self.all[at].clone();
            let binary = &mut self.all[first];
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
        self.by_md5.get(&md5.to_ascii_lowercase()).map(|&at| &self.all[at])
    }

    /// The places of all files that some host has, each hash once.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.by_md5.values().copied().filter(|&at| !self.all[at].hosts.is_empty())
    }
}

fn of_kind(kind: &Kind, build: usize, md5: String) -> Binary {
    let mut binary = blank(md5, kind.os, &kind.path.replace("{user}", "dpark"));
    binary.name.clone_from(&kind.name);
    binary.company.clone_from(&kind.company);
    binary.product.clone_from(&kind.product);
    binary.description.clone_from(&kind.description);
    if kind.company.is_some() && kind.os != Os::Linux {
        let earlier = i64::try_from(build + 1).unwrap_or(1) * 86_400_000 * 97;
        binary.signed = Some(SIGNED_BY - earlier);
    }
    binary.feeds.clone_from(&kind.feeds);
    binary.version = match kind.os {
        Os::Windows => format!("10.0.{}.1", 17_763 + build),
        Os::Osx | Os::Linux => String::new(),
    };
    binary.size = small(&binary);
    binary.hashed()
}

/// A size that costs little to hash, for what the server has.
fn small(binary: &Binary) -> u64 {
    match binary.copied() {
        0 => binary.size,
        _ => 2_048 + binary.size % 30_000,
    }
}

fn blank(md5: String, os: Os, path: &str) -> Binary {
    let seed = number_of(&md5);
    let mut dice = Dice::new(1, SALT, seed);
    Binary {
        os,
        name: path.rsplit(['\\', '/']).next().unwrap_or(path).to_owned(),
        paths: vec![path.to_owned()],
        company: None,
        product: None,
        description: None,
        version: "6.2.9200.16384".into(),
        size: 20_480 + dice.below(3_000_000),
        seed,
        trick: None,
        signed: None,
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
