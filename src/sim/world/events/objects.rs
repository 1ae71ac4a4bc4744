//! Events of libraries, files, registry keys and connections.

use std::borrow::Cow;

use super::super::{
    Binary,
    fleet::Os,
    process::{FactSource, Process},
    rng::{Rng, hash_text},
    scenario::Trace,
    traces::Link,
};
use super::{
    Connection, EventList, FileChange, KeyChange, Module, Name,
    spread::{Spread, sort_by_time, to_usize},
};

const SALT_PORT: u64 = 0x3e5;
const SALT_HASH: u64 = 0x3e4;

impl<'w> Process<'w> {
    /// Returns the loads of the executable itself and of libraries.
    pub(super) fn module_events(self) -> EventList<Module<'w>> {
        let own = Module { path: self.path().into(), file: Some(self.binary()) };
        let mut list = vec![(self.start(), own)];
        match self.source {
            FactSource::Scenario(scripted) => {
                let load = |path| Module { path, file: None };
                for trace in &scripted.modules {
                    list.push((scripted.start + trace.offset, load(Name::from(&trace.target))));
                }
                let more = self.numbered_traces(&scripted.modules, scripted.more_modules);
                list.extend(more.map(|(at, path)| (at, load(path))));
            }
            FactSource::Background(..) => {
                let loaded = self.loaded_binaries();
                // A process loads its libraries at its start, and more later only if it runs for long.
                let span = match self.segments() {
                    1 => (self.end() - self.start()).min(2_000),
                    _ => self.end() - self.start(),
                };
                let mut spread = Spread::new(self, span, loaded.len());
                list.extend(loaded.into_iter().map(|file| {
                    let module = Module { path: Name::from(&file.paths[0]), file: Some(file) };
                    (spread.next_time(), module)
                }));
            }
        }
        sort_by_time(list)
    }

    pub(super) fn file_events(self) -> EventList<FileChange<'w>> {
        let change = |action, path| FileChange { action, path, is_tamper: false };
        let mut list = Vec::new();
        match self.source {
            FactSource::Scenario(scripted) => {
                for trace in &scripted.files {
                    let at = scripted.start + trace.offset;
                    list.push((at, change(1, Name::from(&trace.target))));
                    list.push((at + 350, change(8, Name::from(&trace.target))));
                }
                let more = self.numbered_traces(&scripted.files, scripted.more_files);
                list.extend(
                    more.zip([1, 2, 8, 4].into_iter().cycle()).map(|((at, path), action)| (at, change(action, path))),
                );
                list.extend(scripted.tampers.iter().map(|trace| {
                    let deleted = FileChange { is_tamper: true, ..change(4, Name::from(&trace.target)) };
                    (scripted.start + trace.offset, deleted)
                }));
            }
            FactSource::Background(..) => {
                let files = self.written_files();
                let n_files = files.len().max(1);
                let count = to_usize(self.event_counts().filemod);
                let mut spread = Spread::over_lifetime(self, count);
                list.extend((0..count).map(|at| {
                    let action = [1, 2, 8, 4][at / n_files % 4];
                    (spread.next_time(), change(action, files[at % n_files].clone().into()))
                }));
            }
        }
        sort_by_time(list)
    }

    pub(super) fn key_events(self) -> EventList<KeyChange<'w>> {
        let change = |action, path| KeyChange { action, path };
        let mut list = Vec::new();
        match self.source {
            FactSource::Scenario(scripted) => {
                for trace in &scripted.keys {
                    list.push((scripted.start + trace.offset, change(2, Name::from(&trace.target))));
                }
                let more = self.numbered_traces(&scripted.keys, scripted.more_keys);
                list.extend(
                    more.zip([1, 2, 2, 8].into_iter().cycle()).map(|((at, path), action)| (at, change(action, path))),
                );
            }
            FactSource::Background(..) => {
                let keys = self.registry_keys();
                let n_keys = keys.len().max(1);
                let count = to_usize(self.event_counts().regmod);
                let mut spread = Spread::over_lifetime(self, count);
                list.extend((0..count).map(|at| {
                    let action = [2, 1, 8, 4][at / n_keys % 4];
                    (spread.next_time(), change(action, keys[at % n_keys].clone().into()))
                }));
            }
        }
        sort_by_time(list)
    }

    pub(super) fn link_events(self) -> EventList<Connection<'w>> {
        let links = self.connections();
        let mut rng = self.rng(SALT_PORT);
        let mut connect = |link: &Link<'w>| {
            let is_web = matches!(link.port, 80 | 443) && !link.domain.is_empty();
            let is_service = matches!(link.port, 88 | 135 | 389 | 445 | 3389);
            let is_scenario = self.is_scenario();
            Connection {
                local_port: 49_152 + u16::try_from(rng.next_below(16_000)).unwrap_or(0),
                is_outbound: is_scenario || !is_service || !rng.is_one_in(4),
                has_proxy: !is_scenario && is_web && rng.is_one_in(16),
                link: link.clone(),
            }
        };
        let mut list = Vec::new();
        match self.source {
            FactSource::Scenario(scripted) => {
                for (call, link) in scripted.network.iter().zip(&links) {
                    list.push((scripted.start + call.offset, connect(link)));
                }
                let count = to_usize(scripted.beacons);
                let mut spread = Spread::over_lifetime(self, count);
                if let Some(link) = links.first() {
                    list.extend((0..count).map(|_| (spread.next_time(), connect(link))));
                }
            }
            FactSource::Background(..) if links.is_empty() => {}
            FactSource::Background(..) => {
                let count = to_usize(self.event_counts().netconn);
                let mut spread = Spread::over_lifetime(self, count);
                list.extend((0..count).map(|at| (spread.next_time(), connect(&links[at % links.len()]))));
            }
        }
        sort_by_time(list)
    }

    /// Returns `count` more traces over the lifetime, named after the first of `traces` with a number added.
    fn numbered_traces(self, traces: &'w [Trace], count: u64) -> impl Iterator<Item = (i64, Name<'w>)> {
        let first = traces.first().map_or("", |trace| &*trace.target);
        let cut = first.rfind(['.', '\\', '/']).unwrap_or(first.len());
        let (stem, end) = match first.split_at(cut) {
            (stem, end) if end.starts_with('.') => (stem, end),
            _ => (first, ""),
        };
        let mut spread = Spread::over_lifetime(self, to_usize(count));
        (0..count).map(move |nth| (spread.next_time(), Name::Numbered { stem, nth, end }))
    }

    /// Returns the MD5 of a written file; `None` unless the event is a last write. It is computed on demand, as a list has
    /// thousands of files and few hashes are sent.
    pub(crate) fn written_md5(self, file: &FileChange<'w>) -> Option<Cow<'w, str>> {
        if file.action != 8 {
            return None;
        }
        let path = file.path.to_string();
        let binary = self.written_binaries().into_iter().find(|binary| binary.paths.contains(&path));
        Some(file_hash(binary, &path))
    }
}

/// Returns the MD5 of `binary`, or one derived from `path` if the file is no binary of the world.
pub(super) fn file_hash<'w>(binary: Option<&'w Binary>, path: &str) -> Cow<'w, str> {
    binary.map_or_else(|| derived_md5(path), |binary| Cow::Borrowed(&*binary.md5))
}

/// Returns the sensor's number for a file type.
pub(crate) fn file_type(path: &str, os: Os) -> u8 {
    let end = path.rsplit('.').next().unwrap_or_default();
    match (end, os) {
        ("exe" | "dll" | "sys" | "exd", _) => 1,
        ("doc" | "xls" | "msg", _) => 16,
        ("docx" | "docm" | "xlsx" | "pptx", _) => 17,
        ("pdf", _) => 48,
        ("zip" | "jar", _) => 64,
        ("7z" | "001" | "002" | "003", _) => 69,
        ("so", Os::Linux) => 2,
        ("dylib", Os::Osx) => 3,
        _ => 0,
    }
}

/// Derives an MD5 for a file that is no binary of the world.
pub(crate) fn derived_md5(path: &str) -> Cow<'static, str> {
    Rng::new(0, SALT_HASH, hash_text(path)).hex_digits(32).into()
}
