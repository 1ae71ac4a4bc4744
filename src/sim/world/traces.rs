//! What a process left behind: files, registry keys, libraries, connections, other processes.

use std::{borrow::Cow, net::Ipv4Addr};

use super::{
    binary::Binary,
    fleet::LEAST_HOSTS,
    process::{Process, Source},
    rng::number_of,
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
pub(crate) struct Crossed<'w> {
    /// `process_open` or `remote_thread`.
    pub(crate) how: &'w str,
    pub(crate) target: Process<'w>,
}

impl<'w> Process<'w> {
    /// The places it spoke to.
    pub(crate) fn links(self) -> Vec<Link<'w>> {
        match self.source {
            Source::Told(told) => {
                told.network.iter().map(|call| Link { ip: call.ip, port: call.port, domain: &call.domain }).collect()
            }
            Source::Drawn(_, kind) => {
                let mut dice = self.dice(SALT_LINKS);
                let is_some = |_: &&String| kind.net.len() == 1 || !dice.one_in(3);
                let drawn: Vec<_> = kind.net.iter().filter(is_some).collect();
                drawn.into_iter().map(|text| self.link(text)).collect()
            }
        }
    }

    fn link(self, text: &'w str) -> Link<'w> {
        let (domain, port) = text.split_once(':').unwrap_or((text, "443"));
        let hosts = &self.world.fleet.hosts;
        let told = usize::try_from(LEAST_HOSTS).unwrap_or(0);
        let known = hosts.iter().take(told).find(|host| host.dns == domain);
        // RFC 2544 sets 198.18.0.0/15 aside for benchmarks: nobody's address.
        let [high, low, ..] = number_of(domain).to_be_bytes();
        Link {
            ip: known.map_or(Ipv4Addr::new(198, 18, high, low), |host| host.ip),
            port: port.parse().unwrap_or(443),
            domain,
        }
    }

    /// The files it wrote.
    pub(crate) fn files(self) -> Vec<Cow<'w, str>> {
        match self.source {
            Source::Told(told) => told.files.iter().map(|trace| Cow::Borrowed(&*trace.what)).collect(),
            Source::Drawn(_, kind) => {
                let mut dice = self.dice(SALT_FILES);
                kind.files.iter().map(|file| self.filled(file, &mut dice)).collect()
            }
        }
    }

    /// The registry keys it touched.
    pub(crate) fn keys(self) -> Vec<Cow<'w, str>> {
        match self.source {
            Source::Told(told) => told.keys.iter().map(|trace| Cow::Borrowed(&*trace.what)).collect(),
            Source::Drawn(_, kind) => {
                let mut dice = self.dice(SALT_FILES);
                kind.keys.iter().map(|key| self.filled(key, &mut dice)).collect()
            }
        }
    }

    /// The libraries it loaded, as files.
    pub(crate) fn loaded(self) -> Vec<&'w Binary> {
        match self.source {
            Source::Told(_) => Vec::new(),
            Source::Drawn(_, kind) => {
                let is_ours = kind.path.starts_with(r"c:\ledger");
                let mut dice = self.dice(SALT_LOADED);
                let modules = self.world.kinds.modules.iter().enumerate();
                modules
                    .filter(|(_, module)| module.os == kind.os)
                    .filter(|(_, module)| module.path.starts_with(r"c:\ledger") <= is_ours)
                    .filter(|_| !dice.one_in(3))
                    .map(|(at, _)| self.world.binaries.of_module(at))
                    .collect()
            }
        }
    }

    /// The paths of the libraries it loaded.
    pub(crate) fn modules(self) -> Vec<&'w str> {
        match self.source {
            Source::Told(told) => told.modules.iter().map(|trace| &*trace.what).collect(),
            Source::Drawn(..) => self.loaded().into_iter().map(|file| &*file.paths[0]).collect(),
        }
    }

    /// The processes it opened.
    pub(crate) fn crossed(self) -> Vec<Crossed<'w>> {
        let Source::Told(told) = self.source else {
            return Vec::new();
        };
        let open = |crossing: &'w super::scenario::Crossing| {
            Some(Crossed { how: &crossing.how, target: self.world.process(crossing.target)? })
        };
        told.crossprocs.iter().filter_map(open).collect()
    }

    /// The executables it wrote.
    pub(crate) fn written(self) -> Vec<&'w Binary> {
        match self.source {
            Source::Told(told) => told.written.iter().map(|&at| &self.world.binaries.all[at]).collect(),
            Source::Drawn(..) => Vec::new(),
        }
    }

    /// The executables of what a ban stopped.
    pub(crate) fn blocked(self) -> impl Iterator<Item = &'w str> {
        let blocks = match self.source {
            Source::Told(told) => &told.blocks[..],
            Source::Drawn(..) => &[],
        };
        blocks.iter().map(|block| program(&block.what))
    }

    /// Whether it reached for the sensor itself.
    pub(crate) fn has_tampered(self) -> bool {
        matches!(self.source, Source::Told(told) if !told.tampers.is_empty())
    }
}

/// The executable of a command line without blanks in its path.
pub(crate) fn program(cmdline: &str) -> &str {
    cmdline.split(' ').next().unwrap_or_default()
}
