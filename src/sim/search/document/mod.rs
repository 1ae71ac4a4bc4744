//! Processes and binaries as documents that can be searched (reference 3.3).

mod binary;

use std::{borrow::Cow, net::IpAddr};

use super::super::{
    format,
    state::detections::{Tagged, Tags},
    version::Release,
    world::{self, Binary, Parentage, Process, World},
};
use super::run::SEGMENT_BITS;
use crate::query::{self, Join, Record, Value};
pub(in crate::sim) use binary::{File, copyright, first_seen, host_count, verdict, verdict_code};

/// One segment of a process.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Document<'w> {
    pub(in crate::sim) world: &'w World,
    pub(in crate::sim) process: Process<'w>,
    /// Counted from 0.
    pub(in crate::sim) segment: u32,
    pub(in crate::sim) release: &'w Release,
    /// What it was tagged with besides.
    pub(in crate::sim) tags: &'w Tags,
}

type Test<'t> = &'t mut dyn FnMut(Value<'_>) -> bool;

impl Document<'_> {
    /// The last event, in milliseconds since 1970: on the host's clock, and on the server's.
    pub(in crate::sim) fn last_update(&self) -> [i64; 2] {
        [self.process.segment_end(self.segment), self.process.segment_arrival(self.segment)]
    }

    /// The number of its segment, as the server has it.
    pub(in crate::sim) fn segment_id(&self) -> i64 {
        segment_id(self.process, self.segment, self.release)
    }

    /// The watchlists that tagged it, and when, in milliseconds since 1970.
    pub(in crate::sim) fn watchlists(&self) -> impl Iterator<Item = (String, i64)> {
        let at = self.last_update()[1];
        let told = self.process.watchlists();
        let later = self.tags.of_segment(number_of(self.process, self.segment));
        tagged(told, at, later)
    }

    fn count(&self, field: &str) -> Option<u64> {
        let pick = match field {
            "modload_count" => |counts: world::Counts| counts.modload,
            "filemod_count" => |counts: world::Counts| counts.filemod,
            "regmod_count" => |counts: world::Counts| counts.regmod,
            "netconn_count" => |counts: world::Counts| counts.netconn,
            "childproc_count" => |counts: world::Counts| counts.childproc,
            "crossproc_count" => |counts: world::Counts| counts.crossproc,
            "processblock_count" => |counts: world::Counts| counts.processblock,
            "fileless_scriptload_count" if self.release.is_7() => |counts: world::Counts| counts.fileless,
            _ => return None,
        };
        Some(pick(self.process.segment_counts(self.segment)))
    }

    /// Fields of the process and its host.
    fn own(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        let host = process.host();
        let say = |text: &str, test: Test<'_>| test(Value::Text(text.into()));
        let time = |at: i64, test: Test<'_>| test(Value::Time(format::timestamp(at)));
        Some(match field {
            "process_name" => say(process.name(), test),
            "path" => say(&process.path(), test),
            "cmdline" => say(&process.cmdline(), test),
            "username" => {
                let user = process.user();
                !user.is_empty() && say(&user, test)
            }
            "hostname" => say(&host.name, test),
            "group" => say(self.world.fleet.group_name(host.group), test),
            "host_type" => say(&host.role, test),
            "os_type" => say(host.os.lower(), test),
            "sensor_id" => test(Value::Number(host.id.into())),
            "process_pid" => test(Value::Number(process.pid().into())),
            "process_id" => say(&process.id().to_string(), test),
            "start" => !process.is_damaged() && time(process.start(), test),
            "last_update" => time(self.last_update()[0], test),
            "last_server_update" => time(self.last_update()[1], test),
            "terminated" => test(Value::Flag(process.has_ended())),
            "process_md5" => say(&process.binary().md5, test),
            "process_sha256" => self.release.is_7() && say(&process.binary().sha256(), test),
            _ => return None,
        })
    }

    /// Fields of its relatives.
    fn relatives(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        let parent = || match process.parent() {
            Parentage::Known(parent) => Some(parent),
            Parentage::Unseen(_) => None,
        };
        let has_sha = self.release.is_7();
        Some(match field {
            "parent_id" => {
                let id = match process.parent() {
                    Parentage::Known(parent) => parent.id(),
                    Parentage::Unseen(id) => id,
                };
                test(Value::Text(id.to_string().into()))
            }
            "parent_name" => parent().is_some_and(|parent| test(Value::Text(parent.name().into()))),
            "parent_md5" => parent().is_some_and(|parent| test(Value::Text((&*parent.binary().md5).into()))),
            "parent_sha256" => has_sha && parent().is_some_and(|parent| hashed(parent.binary(), test)),
            "childproc_name" => process.children().any(|child| test(Value::Text(child.name().into()))),
            "childproc_md5" => process.children().any(|child| test(Value::Text((&*child.binary().md5).into()))),
            "childproc_sha256" => has_sha && process.children().any(|child| hashed(child.binary(), test)),
            _ => return None,
        })
    }

    /// Fields of what it did.
    fn deeds(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        Some(match field {
            "filemod" => texts(&process.files(), test),
            "regmod" => texts(&process.keys(), test),
            "modload" => process.modules().iter().any(|&path| test(Value::Text(path.into()))),
            "domain" => {
                process.links().iter().any(|link| !link.domain.is_empty() && test(Value::Text(link.domain.into())))
            }
            "ipaddr" => process.links().iter().any(|link| test(Value::Ip(IpAddr::V4(link.ip)))),
            "ipport" => process.links().iter().any(|link| test(Value::Number(link.port.into()))),
            "crossproc_name" => process.crossed().iter().any(|crossed| test(Value::Text(crossed.target.name().into()))),
            "crossproc_md5" => {
                process.crossed().iter().any(|crossed| test(Value::Text((&*crossed.target.binary().md5).into())))
            }
            "crossproc_type" => process.crossed().iter().any(|crossed| test(Value::Text(crossed.how.into()))),
            "blocked_md5" => process.blocked().any(|path| test(Value::Text(world::drawn_md5(path)))),
            "blocked_status" => process.blocked().any(|_| test(Value::Text("a-ProcessTerminated".into()))),
            "tampered" => test(Value::Flag(process.has_tampered())),
            "filewrite_md5" => process.written().iter().any(|file| test(Value::Text((&*file.md5).into()))),
            "filewrite_sha256" => self.release.is_7() && process.written().iter().any(|file| hashed(file, test)),
            "md5" => {
                ["process_md5", "parent_md5", "childproc_md5", "filewrite_md5"]
                    .iter()
                    .any(|field| self.any(field, test))
                    || process.loaded().iter().any(|file| test(Value::Text((&*file.md5).into())))
            }
            "sha256" => ["process_sha256", "parent_sha256", "childproc_sha256", "filewrite_sha256"]
                .iter()
                .any(|field| self.any(field, test)),
            _ => return None,
        })
    }

    fn joined(&self, field: &str, test: Test<'_>) -> bool {
        let Some((field, join)) = query::join(field) else {
            return false;
        };
        let mut has = |binary| {
            let file = File { world: self.world, binary, release: self.release, tags: self.tags };
            file.any(field.name, test)
        };
        match join {
            Join::Own => has(self.process.binary()),
            Join::Filewrite => self.process.written().into_iter().any(has),
            Join::Parent => match self.process.parent() {
                Parentage::Known(parent) => has(parent.binary()),
                Parentage::Unseen(_) => false,
            },
            Join::Child => self.process.children().any(|child| has(child.binary())),
            Join::Modload => self.process.loaded().into_iter().any(has),
        }
    }
}

/// Watchlists of the world's beginning, and those that came later, each once.
fn tagged(told: &[String], at: i64, later: impl Iterator<Item = Tagged>) -> impl Iterator<Item = (String, i64)> {
    let later = later.map(|tag| (tag.list.to_string(), tag.at));
    let later = later.filter(|(list, _)| !told.contains(list));
    let told = told.iter().map(move |list| (list.clone(), at));
    told.chain(later)
}

/// Whether a watchlist is among those that tagged something, at a time that passes.
fn watched(mut tags: impl Iterator<Item = (String, i64)>, id: &str, test: Test<'_>) -> bool {
    let tag = tags.find(|(list, _)| list == id);
    tag.is_some_and(|(_, at)| test(Value::Time(format::timestamp(at))))
}

/// The number of a segment, as the server has it.
pub(in crate::sim) fn segment_id(process: Process<'_>, segment: u32, release: &Release) -> i64 {
    if release.is_6() { process.segment_arrival(segment) } else { i64::from(segment) + 1 }
}

/// The number of the document of a segment.
pub(in crate::sim) fn number_of(process: Process<'_>, segment: u32) -> u32 {
    process.number() << SEGMENT_BITS | segment
}

impl Record for Document<'_> {
    fn any(&self, field: &str, test: Test<'_>) -> bool {
        if let Some(count) = self.count(field) {
            return test(Value::Number(number(count)));
        }
        if let Some(id) = field.strip_prefix("watchlist_") {
            return watched(self.watchlists(), id, test);
        }
        if let Some(passed) = feeds(self.process.feeds(), field, test) {
            return passed;
        }
        self.own(field, test)
            .or_else(|| self.relatives(field, test))
            .or_else(|| self.deeds(field, test))
            .unwrap_or_else(|| self.joined(field, test))
    }
}

fn feeds(feeds: &[world::FeedSheet], field: &str, test: Test<'_>) -> Option<bool> {
    let rest = field.strip_prefix("alliance_")?;
    let (what, name) = rest.split_once('_')?;
    let feed = feeds.iter().find(|feed| feed.name == name);
    Some(feed.is_some_and(|feed| match what {
        "score" => i32::try_from(feed.score).is_ok_and(|score| test(Value::Number(score.into()))),
        "data" => feed.reports.iter().any(|report| test(Value::Text(report.into()))),
        _ => false,
    }))
}

fn hashed(binary: &Binary, test: Test<'_>) -> bool {
    test(Value::Text(binary.sha256().into()))
}

fn texts(texts: &[Cow<'_, str>], test: Test<'_>) -> bool {
    texts.iter().any(|text| test(Value::Text((&**text).into())))
}

#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53, where it would show")]
fn number(count: u64) -> f64 {
    count as f64
}
