//! Libraries, files, registry keys and connections, event by event.

use std::borrow::Cow;

use super::{
    super::{
        chance::{Dice, number_of},
        fleet::Os,
        process::{Process, Source},
        told::Trace,
        traces::Link,
    },
    Connection, FileChange, KeyChange, List, Module,
    spread::{Spread, number, sorted},
};

const SALT_PORT: u64 = 0x3e5;
const SALT_HASH: u64 = 0x3e4;

impl<'w> Process<'w> {
    /// The program itself, and what it loaded.
    pub(super) fn module_events(self) -> List<Module<'w>> {
        let own = Module {
            path: self.path(),
            md5: Cow::Borrowed(&self.binary().md5),
        };
        let mut list = vec![(self.start(), own)];
        match self.source {
            Source::Told(told) => {
                let load = |path: Cow<'w, str>| Module {
                    md5: drawn_md5(&path),
                    path,
                };
                for trace in &told.modules {
                    list.push((told.start + trace.after, load(Cow::Borrowed(&*trace.what))));
                }
                let more = self.numbered(&told.modules, told.more_modules);
                list.extend(more.map(|(at, path)| (at, load(path))));
            }
            Source::Drawn(..) => {
                let loaded = self.loaded();
                // What starts loads at once; only what runs for long loads more later on.
                let span = match self.segments() {
                    1 => (self.end() - self.start()).min(2_000),
                    _ => self.end() - self.start(),
                };
                let mut spread = Spread::new(self, span, loaded.len());
                list.extend(loaded.into_iter().map(|file| {
                    let module = Module {
                        path: Cow::Borrowed(&*file.paths[0]),
                        md5: Cow::Borrowed(&*file.md5),
                    };
                    (spread.next(), module)
                }));
            }
        }
        sorted(list)
    }

    pub(super) fn file_events(self) -> List<FileChange<'w>> {
        let change = |action, path: Cow<'w, str>| FileChange {
            action,
            md5: (action == 8).then(|| self.md5_of(&path)),
            path,
            is_tamper: false,
        };
        let mut list = Vec::new();
        match self.source {
            Source::Told(told) => {
                for trace in &told.files {
                    let at = told.start + trace.after;
                    list.push((at, change(1, Cow::Borrowed(&*trace.what))));
                    list.push((at + 350, change(8, Cow::Borrowed(&*trace.what))));
                }
                let more = self.numbered(&told.files, told.more_files);
                list.extend(
                    more.zip([1, 2, 8, 4].into_iter().cycle())
                        .map(|((at, path), action)| (at, change(action, path))),
                );
                list.extend(told.tampers.iter().map(|trace| {
                    let deleted = FileChange {
                        is_tamper: true,
                        ..change(4, Cow::Borrowed(&*trace.what))
                    };
                    (told.start + trace.after, deleted)
                }));
            }
            Source::Drawn(..) => {
                let files = self.files();
                let n_files = files.len().max(1);
                let count = number(self.counts().filemod);
                let mut spread = Spread::whole(self, count);
                list.extend((0..count).map(|at| {
                    let action = [1, 2, 8, 4][at / n_files % 4];
                    (spread.next(), change(action, files[at % n_files].clone()))
                }));
            }
        }
        sorted(list)
    }

    pub(super) fn key_events(self) -> List<KeyChange<'w>> {
        let change = |action, path| KeyChange { action, path };
        let mut list = Vec::new();
        match self.source {
            Source::Told(told) => {
                for trace in &told.keys {
                    let path = Cow::Borrowed(&*trace.what);
                    list.push((told.start + trace.after, change(2, path)));
                }
                let more = self.numbered(&told.keys, told.more_keys);
                list.extend(
                    more.zip([1, 2, 2, 8].into_iter().cycle())
                        .map(|((at, path), action)| (at, change(action, path))),
                );
            }
            Source::Drawn(..) => {
                let keys = self.keys();
                let n_keys = keys.len().max(1);
                let count = number(self.counts().regmod);
                let mut spread = Spread::whole(self, count);
                list.extend((0..count).map(|at| {
                    let action = [2, 1, 8, 4][at / n_keys % 4];
                    (spread.next(), change(action, keys[at % n_keys].clone()))
                }));
            }
        }
        sorted(list)
    }

    pub(super) fn link_events(self) -> List<Connection<'w>> {
        let links = self.links();
        let mut dice = self.dice(SALT_PORT);
        let mut connect = |link: &Link<'w>| {
            let is_web = matches!(link.port, 80 | 443) && !link.domain.is_empty();
            let is_service = matches!(link.port, 88 | 135 | 389 | 445 | 3389);
            let is_ours = matches!(self.source, Source::Told(_));
            Connection {
                local_port: 49_152 + u16::try_from(dice.below(16_000)).unwrap_or(0),
                is_outbound: is_ours || !is_service || !dice.one_in(4),
                has_proxy: !is_ours && is_web && dice.one_in(16),
                link: link.clone(),
            }
        };
        let mut list = Vec::new();
        match self.source {
            Source::Told(told) => {
                for (call, link) in told.network.iter().zip(&links) {
                    list.push((told.start + call.after, connect(link)));
                }
                let count = number(told.beacons);
                let mut spread = Spread::whole(self, count);
                if let Some(link) = links.first() {
                    list.extend((0..count).map(|_| (spread.next(), connect(link))));
                }
            }
            Source::Drawn(..) if links.is_empty() => {}
            Source::Drawn(..) => {
                let count = number(self.counts().netconn);
                let mut spread = Spread::whole(self, count);
                list.extend(
                    (0..count).map(|at| (spread.next(), connect(&links[at % links.len()]))),
                );
            }
        }
        sorted(list)
    }

    /// Things beyond those that are told: like the first one, with a number of their own.
    fn numbered(self, told: &'w [Trace], count: u64) -> impl Iterator<Item = (i64, Cow<'w, str>)> {
        let first = told.first().map_or("", |trace| &*trace.what);
        let cut = first.rfind(['.', '\\', '/']).unwrap_or(first.len());
        let (stem, end) = first.split_at(cut);
        let is_file = end.starts_with('.');
        let mut spread = Spread::whole(self, number(count));
        (0..count).map(move |at| {
            let name = if is_file {
                format!("{stem}-{at}{end}")
            } else {
                format!("{first}-{at}")
            };
            (spread.next(), Cow::Owned(name))
        })
    }

    /// The hash of a file that it wrote.
    fn md5_of(self, path: &str) -> Cow<'w, str> {
        let known = self
            .written()
            .into_iter()
            .find(|file| file.paths.iter().any(|one| one == path));
        known.map_or_else(|| drawn_md5(path), |file| Cow::Borrowed(&*file.md5))
    }
}

/// What kind of file it is, as the sensor numbers them.
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

/// The hash of a file that is no binary of the world.
pub(crate) fn drawn_md5(path: &str) -> Cow<'static, str> {
    Dice::new(0, SALT_HASH, number_of(path)).hex(32).into()
}
