//! What a process left behind: files, registry keys, libraries, connections, other processes.

use std::{borrow::Cow, net::Ipv4Addr};

use super::{
    binary::Binary,
    fleet::MIN_HOSTS,
    process::{FactSource, Process},
    rng::hash_text,
};

const SALT_LOADED: u64 = 0x10ad;
const SALT_LINKS: u64 = 0x7e7;
const SALT_FILES: u64 = 0xf11e;

/// A place in the network that a process spoke to.
#[derive(Clone, Debug)]
pub(crate) struct Link<'w> {
    pub(crate) ip: Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) domain: &'w str,
}

/// Another process that was opened.
#[derive(Clone, Copy)]
pub(crate) struct CrossTarget<'w> {
    /// `process_open` or `remote_thread`.
    pub(crate) access_kind: &'w str,
    pub(crate) target: Process<'w>,
}

impl<'w> Process<'w> {
    /// The places it spoke to.
    pub(crate) fn connections(self) -> Vec<Link<'w>> {
        match self.source {
            FactSource::Scenario(told) => {
                told.network.iter().map(|call| Link { ip: call.ip, port: call.port, domain: &call.domain }).collect()
            }
            FactSource::Background(_, kind) => {
                let mut dice = self.rng(SALT_LINKS);
                let is_some = |_: &&String| kind.connections.len() == 1 || !dice.is_one_in(3);
                let drawn: Vec<_> = kind.connections.iter().filter(is_some).collect();
                drawn.into_iter().map(|text| self.parse_connection(text)).collect()
            }
        }
    }

    fn parse_connection(self, text: &'w str) -> Link<'w> {
        let (domain, port) = text.split_once(':').unwrap_or((text, "443"));
        let hosts = &self.world.fleet.hosts;
        let told = usize::try_from(MIN_HOSTS).unwrap_or(0);
        let known = hosts.iter().take(told).find(|host| host.dns == domain);
        // RFC 2544 sets 198.18.0.0/15 aside for benchmarks: nobody's address.
        let [high, low, ..] = hash_text(domain).to_be_bytes();
        Link {
            ip: known.map_or(Ipv4Addr::new(198, 18, high, low), |host| host.ip),
            port: port.parse().unwrap_or(443),
            domain,
        }
    }

    /// The files it wrote.
    pub(crate) fn written_files(self) -> Vec<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(told) => told.files.iter().map(|trace| Cow::Borrowed(&*trace.target)).collect(),
            FactSource::Background(_, kind) => {
                let mut dice = self.rng(SALT_FILES);
                kind.files.iter().map(|file| self.fill_template(file, &mut dice)).collect()
            }
        }
    }

    /// The registry keys it touched.
    pub(crate) fn registry_keys(self) -> Vec<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(told) => told.keys.iter().map(|trace| Cow::Borrowed(&*trace.target)).collect(),
            FactSource::Background(_, kind) => {
                let mut dice = self.rng(SALT_FILES);
                kind.keys.iter().map(|key| self.fill_template(key, &mut dice)).collect()
            }
        }
    }

    /// The libraries it loaded, as files.
    pub(crate) fn loaded_binaries(self) -> Vec<&'w Binary> {
        match self.source {
            FactSource::Scenario(_) => Vec::new(),
            FactSource::Background(_, kind) => {
                let is_ours = kind.path.starts_with(r"c:\ledger");
                let mut dice = self.rng(SALT_LOADED);
                let modules = self.world.templates.modules.iter().enumerate();
                modules
                    .filter(|(_, module)| module.os == kind.os)
                    .filter(|(_, module)| module.path.starts_with(r"c:\ledger") <= is_ours)
                    .filter(|_| !dice.is_one_in(3))
                    .map(|(at, _)| self.world.binaries.of_module(at))
                    .collect()
            }
        }
    }

    /// The paths of the libraries it loaded.
    pub(crate) fn module_paths(self) -> Vec<&'w str> {
        match self.source {
            FactSource::Scenario(told) => told.modules.iter().map(|trace| &*trace.target).collect(),
            FactSource::Background(..) => self.loaded_binaries().into_iter().map(|file| &*file.paths[0]).collect(),
        }
    }

    /// The processes it opened.
    pub(crate) fn opened_processes(self) -> Vec<CrossTarget<'w>> {
        let FactSource::Scenario(told) = self.source else {
            return Vec::new();
        };
        let open = |crossing: &'w super::scenario::Crossing| {
            Some(CrossTarget { access_kind: &crossing.access_kind, target: self.world.process(crossing.target)? })
        };
        told.crossings.iter().filter_map(open).collect()
    }

    /// The executables it wrote.
    pub(crate) fn written_binaries(self) -> Vec<&'w Binary> {
        match self.source {
            FactSource::Scenario(told) => {
                told.written_binaries.iter().map(|&at| &self.world.binaries.entries[at]).collect()
            }
            FactSource::Background(..) => Vec::new(),
        }
    }

    /// The executables of what a ban stopped.
    pub(crate) fn blocked_paths(self) -> impl Iterator<Item = &'w str> {
        let blocks = match self.source {
            FactSource::Scenario(told) => &told.blocks[..],
            FactSource::Background(..) => &[],
        };
        blocks.iter().map(|block| program_path(&block.target))
    }

    /// Whether it reached for the sensor itself.
    pub(crate) fn has_tampering(self) -> bool {
        matches!(self.source, FactSource::Scenario(told) if !told.tampers.is_empty())
    }
}

/// The executable of a command line without blanks in its path.
pub(crate) fn program_path(cmdline: &str) -> &str {
    cmdline.split(' ').next().unwrap_or_default()
}
