//! The executables and libraries of the fleet.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    chance::{Dice, number_of},
    fleet::{Fleet, Os},
    kind::{Kind, Kinds},
    noise::Noise,
    told::{BinarySheet, FeedSheet},
};

const SALT: u64 = 0xb1a;
/// How many builds of each program are about.
pub(crate) const BUILDS: usize = 3;
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
    /// Milliseconds since 1970; none when it is not signed.
    pub(crate) signed: Option<i64>,
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

impl Binary {
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
                let md5 =
                    Dice::new(seed, SALT, number_of(&format!("{}|{build}", kind.path))).hex(32);
                binaries.all.push(of_kind(kind, build, md5));
            }
        }
        binaries.modules = binaries.all.len();
        for module in &kinds.modules {
            let md5 = Dice::new(seed, SALT, number_of(&module.path)).hex(32);
            let mut binary = blank(md5, module.os, &module.path);
            binary.company.clone_from(&module.company);
            binary.description.clone_from(&module.description);
            binary.product = module
                .company
                .as_ref()
                .map(|company| format!("{company} System Libraries"));
            binary.signed = module.company.as_ref().map(|_| SIGNED_BY);
            binary.is_program = false;
            for host in fleet
                .hosts
                .iter()
                .filter(|host| host.os == module.os && !host.quiet)
            {
                binary.hosts.insert(host.id);
            }
            binaries.all.push(binary);
        }
        for process in &noise.all {
            let build = fleet.host(process.host).map_or(0, |host| host.build);
            let place = binaries.of_kind(usize::from(process.kind), build);
            binaries.all[place].saw(process.host, process.start);
        }
        binaries
    }

    /// The file of a kind on hosts with a build.
    #[expect(
        clippy::unused_self,
        reason = "where a file stands is this type's business"
    )]
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
        let mut binary = blank(md5, Os::Windows, &sheet.path);
        binary.name.clone_from(&sheet.name);
        binary.company.clone_from(&sheet.company);
        binary.product.clone_from(&sheet.product);
        binary.description.clone_from(&sheet.description);
        binary.watchlists.clone_from(&sheet.watchlists);
        binary.feeds.clone_from(&sheet.feeds);
        binary.signed = sheet.signed.as_deref().map(super::moment);
        if let Some(size) = sheet.size {
            binary.size = size;
        }
        self.all.push(binary);
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
        self.by_md5
            .get(&md5.to_ascii_lowercase())
            .map(|&at| &self.all[at])
    }

    /// The places of all files that some host has, each hash once.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.by_md5
            .values()
            .copied()
            .filter(|&at| !self.all[at].hosts.is_empty())
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
    binary
}

fn blank(md5: String, os: Os, path: &str) -> Binary {
    let mut dice = Dice::new(1, SALT, number_of(&md5));
    Binary {
        os,
        name: path.rsplit(['\\', '/']).next().unwrap_or(path).to_owned(),
        paths: vec![path.to_owned()],
        company: None,
        product: None,
        description: None,
        version: "6.2.9200.16384".into(),
        size: 20_480 + dice.below(3_000_000),
        signed: None,
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
