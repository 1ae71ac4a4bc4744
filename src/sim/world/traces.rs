//! Searchable traces of a process: files, registry keys, libraries, connections, opened processes.

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

/// Remote end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Link<'w> {
    pub(crate) ip: Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) domain: &'w str,
}

/// Process that was opened by another.
#[derive(Clone, Copy)]
pub(crate) struct CrossTarget<'w> {
    /// `process_open` or `remote_thread`.
    pub(crate) access_kind: &'w str,
    pub(crate) target: Process<'w>,
}

impl<'w> Process<'w> {
    /// Returns the remote ends of the connections.
    pub(crate) fn connections(self) -> Vec<Link<'w>> {
        match self.source {
            FactSource::Scenario(scripted) => scripted
                .network
                .iter()
                .map(|call| Link { ip: call.ip, port: call.port, domain: &call.domain })
                .collect(),
            FactSource::Background(_, template) => {
                let mut rng = self.rng(SALT_LINKS);
                let texts =
                    template.connections.iter().filter(|_| template.connections.len() == 1 || !rng.is_one_in(3));
                texts.map(|text| self.parse_connection(text)).collect()
            }
        }
    }

    fn parse_connection(self, text: &'w str) -> Link<'w> {
        let (domain, port) = text.split_once(':').unwrap_or((text, "443"));
        let hosts = &self.world.fleet.hosts;
        let n_scenario_hosts = usize::try_from(MIN_HOSTS).unwrap_or(0);
        let host = hosts.iter().take(n_scenario_hosts).find(|host| host.dns == domain);
        // RFC 2544 reserves 198.18.0.0/15 for benchmarks, so that it belongs to no real host.
        let [high, low, ..] = hash_text(domain).to_be_bytes();
        Link {
            ip: host.map_or(Ipv4Addr::new(198, 18, high, low), |host| host.ip),
            port: port.parse().unwrap_or(443),
            domain,
        }
    }

    /// Returns the paths of the written files.
    pub(crate) fn written_files(self) -> Vec<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(scripted) => {
                scripted.files.iter().map(|trace| Cow::Borrowed(&*trace.target)).collect()
            }
            FactSource::Background(_, template) => {
                let mut rng = self.rng(SALT_FILES);
                template.files.iter().map(|file| self.fill_template(file, &mut rng)).collect()
            }
        }
    }

    /// Returns the changed registry keys.
    pub(crate) fn registry_keys(self) -> Vec<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(scripted) => scripted.keys.iter().map(|trace| Cow::Borrowed(&*trace.target)).collect(),
            FactSource::Background(_, template) => {
                let mut rng = self.rng(SALT_FILES);
                template.keys.iter().map(|key| self.fill_template(key, &mut rng)).collect()
            }
        }
    }

    /// Returns the loaded libraries of a background process; none for a scenario process.
    pub(crate) fn loaded_binaries(self) -> Vec<&'w Binary> {
        match self.source {
            FactSource::Scenario(_) => Vec::new(),
            FactSource::Background(_, template) => {
                let is_ledger = template.path.starts_with(r"c:\ledger");
                let mut rng = self.rng(SALT_LOADED);
                let modules = self.world.templates.modules.iter().enumerate();
                modules
                    .filter(|(_, module)| module.os == template.os)
                    .filter(|(_, module)| is_ledger || !module.path.starts_with(r"c:\ledger"))
                    .filter(|_| !rng.is_one_in(3))
                    .map(|(at, _)| self.world.binaries.of_module(at))
                    .collect()
            }
        }
    }

    /// Returns the paths of the loaded libraries.
    pub(crate) fn module_paths(self) -> Vec<&'w str> {
        match self.source {
            FactSource::Scenario(scripted) => scripted.modules.iter().map(|trace| &*trace.target).collect(),
            FactSource::Background(..) => self.loaded_binaries().into_iter().map(|file| &*file.paths[0]).collect(),
        }
    }

    /// Returns the processes that it opened.
    pub(crate) fn opened_processes(self) -> Vec<CrossTarget<'w>> {
        let FactSource::Scenario(scripted) = self.source else {
            return Vec::new();
        };
        let open = |crossing: &'w super::scenario::Crossing| {
            Some(CrossTarget { access_kind: &crossing.access_kind, target: self.world.process(crossing.target)? })
        };
        scripted.crossings.iter().filter_map(open).collect()
    }

    /// Returns the written executables that are binaries of the world.
    pub(crate) fn written_binaries(self) -> Vec<&'w Binary> {
        match self.source {
            FactSource::Scenario(scripted) => {
                scripted.written_binaries.iter().map(|&at| &self.world.binaries.entries[at]).collect()
            }
            FactSource::Background(..) => Vec::new(),
        }
    }

    /// Returns the executables of the command lines that a ban stopped.
    pub(crate) fn blocked_paths(self) -> impl Iterator<Item = &'w str> {
        let blocks = match self.source {
            FactSource::Scenario(scripted) => &scripted.blocks[..],
            FactSource::Background(..) => &[],
        };
        blocks.iter().map(|block| program_path(&block.target))
    }

    /// Whether the process tampered with the sensor.
    pub(crate) fn has_tampering(self) -> bool {
        matches!(self.source, FactSource::Scenario(scripted) if !scripted.tampers.is_empty())
    }
}

/// Returns the executable of a command line, whose path must not contain spaces.
pub(crate) fn program_path(cmdline: &str) -> &str {
    cmdline.split(' ').next().unwrap_or_default()
}
