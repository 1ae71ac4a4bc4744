//! Processes and binaries as searchable documents (reference 3.3).

mod binary;

use std::{borrow::Cow, net::IpAddr};

use super::super::{
    format,
    state::{
        detections::{Tags, WatchlistTag},
        live_response::KilledProcesses,
    },
    version::Release,
    world::{self, Binary, Parentage, Process, World},
};
use crate::query::{self, BinaryJoin, FieldValue, SearchableRecord};
pub(in crate::sim) use binary::{BinaryDocument, copyright, first_seen, host_count, signature_code, signature_status};

/// The lowest bits of a process document's number, which hold the segment.
pub(in crate::sim) const SEGMENT_BITS: u32 = 6;

/// Searchable document of a process segment.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Document<'w> {
    pub(in crate::sim) world: &'w World,
    pub(in crate::sim) process: Process<'w>,
    /// Counted from 0.
    pub(in crate::sim) segment: u32,
    pub(in crate::sim) server_version: &'w Release,
    /// Tags added since the world was generated.
    pub(in crate::sim) tags: &'w Tags,
    /// Processes that were ended since the world was generated.
    pub(in crate::sim) killed: &'w KilledProcesses,
}

type Test<'t> = &'t mut dyn FnMut(FieldValue<'_>) -> bool;

impl Document<'_> {
    /// Returns the times of the last event by the host's clock and by the server's, in milliseconds since 1970.
    pub(in crate::sim) fn last_update(&self) -> [i64; 2] {
        let recorded = [self.process.segment_end(self.segment), self.process.segment_arrival(self.segment)];
        // The end of a process is its last event.
        let is_last = self.segment + 1 >= self.process.segments();
        match self.killed_at().filter(|_| is_last) {
            Some(at) => recorded.map(|recorded| recorded.max(at)),
            None => recorded,
        }
    }

    /// Whether the process has ended, by itself or by a command.
    pub(in crate::sim) fn has_ended(&self) -> bool {
        self.process.has_ended() || self.killed_at().is_some()
    }

    /// Returns when a command has ended the process, in milliseconds since 1970, host's clock.
    fn killed_at(&self) -> Option<i64> {
        self.killed.end(|| self.process.id())
    }

    /// Returns the segment id, as the server numbers segments.
    pub(in crate::sim) fn segment_id(&self) -> i64 {
        segment_id(self.process, self.segment, self.server_version)
    }

    /// Returns the ids of the watchlists that tagged the segment, with the time of the tag in milliseconds since 1970.
    pub(in crate::sim) fn watchlists(&self) -> impl Iterator<Item = (String, i64)> {
        let at = self.last_update()[1];
        let added = self.tags.segment_tags(document_number(self.process, self.segment));
        merged_tags(self.process.watchlists(), at, added)
    }

    fn event_count(&self, field: &str) -> Option<u64> {
        let count = match field {
            "modload_count" => |counts: world::Counts| counts.modload,
            "filemod_count" => |counts: world::Counts| counts.filemod,
            "regmod_count" => |counts: world::Counts| counts.regmod,
            "netconn_count" => |counts: world::Counts| counts.netconn,
            "childproc_count" => |counts: world::Counts| counts.childproc,
            "crossproc_count" => |counts: world::Counts| counts.crossproc,
            "processblock_count" => |counts: world::Counts| counts.processblock,
            "fileless_scriptload_count" if self.server_version.is_at_least_7() => {
                |counts: world::Counts| counts.fileless
            }
            _ => return None,
        };
        Some(count(self.process.segment_event_counts(self.segment)))
    }

    /// Tests a field of the process or its host; `None` if `field` is no such field.
    fn test_process_fields(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        let host = process.host();
        let say = |text: &str, test: Test<'_>| test(FieldValue::Text(text.into()));
        let time = |at: i64, test: Test<'_>| test(FieldValue::Time(format::timestamp(at)));
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
            "os_type" => say(host.os.process_name(), test),
            "sensor_id" => test(FieldValue::Number(host.id.into())),
            "process_pid" => test(FieldValue::Number(process.pid().into())),
            "process_id" => say(&process.id().to_string(), test),
            "start" => !process.is_damaged() && time(process.start(), test),
            "last_update" => time(self.last_update()[0], test),
            "last_server_update" => time(self.last_update()[1], test),
            "terminated" => test(FieldValue::Flag(self.has_ended())),
            "process_md5" => say(&process.binary().md5, test),
            "process_sha256" => self.server_version.is_at_least_7() && say(&process.binary().sha256(), test),
            _ => return None,
        })
    }

    /// Tests a field of the parent or the children; `None` if `field` is no such field.
    fn test_relative_fields(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        let parent = || match process.parent() {
            Parentage::Known(parent) => Some(parent),
            Parentage::Unseen(_) => None,
        };
        let has_sha = self.server_version.is_at_least_7();
        Some(match field {
            "parent_id" => {
                let id = match process.parent() {
                    Parentage::Known(parent) => parent.id(),
                    Parentage::Unseen(id) => id,
                };
                test(FieldValue::Text(id.to_string().into()))
            }
            "parent_name" => parent().is_some_and(|parent| test(FieldValue::Text(parent.name().into()))),
            "parent_md5" => parent().is_some_and(|parent| test(FieldValue::Text((&*parent.binary().md5).into()))),
            "parent_sha256" => has_sha && parent().is_some_and(|parent| test_hash(parent.binary(), test)),
            "childproc_name" => process.children().any(|child| test(FieldValue::Text(child.name().into()))),
            "childproc_md5" => process.children().any(|child| test(FieldValue::Text((&*child.binary().md5).into()))),
            "childproc_sha256" => has_sha && process.children().any(|child| test_hash(child.binary(), test)),
            _ => return None,
        })
    }

    /// Tests a field of the events; `None` if `field` is no such field.
    fn test_event_fields(&self, field: &str, test: Test<'_>) -> Option<bool> {
        let process = self.process;
        Some(match field {
            "filemod" => test_texts(&process.written_files(), test),
            "regmod" => test_texts(&process.registry_keys(), test),
            "modload" => process.module_paths().iter().any(|&path| test(FieldValue::Text(path.into()))),
            "domain" => process
                .connections()
                .iter()
                .any(|link| !link.domain.is_empty() && test(FieldValue::Text(link.domain.into()))),
            "ipaddr" => process.connections().iter().any(|link| test(FieldValue::Ip(IpAddr::V4(link.ip)))),
            "ipport" => process.connections().iter().any(|link| test(FieldValue::Number(link.port.into()))),
            "crossproc_name" => {
                process.opened_processes().iter().any(|crossed| test(FieldValue::Text(crossed.target.name().into())))
            }
            "crossproc_md5" => process
                .opened_processes()
                .iter()
                .any(|crossed| test(FieldValue::Text((&*crossed.target.binary().md5).into()))),
            "crossproc_type" => {
                process.opened_processes().iter().any(|crossed| test(FieldValue::Text(crossed.access_kind.into())))
            }
            "blocked_md5" => process.blocked_paths().any(|path| test(FieldValue::Text(world::derived_md5(path)))),
            "blocked_status" => process.blocked_paths().any(|_| test(FieldValue::Text("a-ProcessTerminated".into()))),
            "tampered" => test(FieldValue::Flag(process.has_tampering())),
            "filewrite_md5" => {
                process.written_binaries().iter().any(|file| test(FieldValue::Text((&*file.md5).into())))
            }
            "filewrite_sha256" => {
                self.server_version.is_at_least_7()
                    && process.written_binaries().iter().any(|file| test_hash(file, test))
            }
            "md5" => {
                ["process_md5", "parent_md5", "childproc_md5", "filewrite_md5"]
                    .iter()
                    .any(|field| self.any_value(field, test))
                    || process.loaded_binaries().iter().any(|file| test(FieldValue::Text((&*file.md5).into())))
            }
            "sha256" => ["process_sha256", "parent_sha256", "childproc_sha256", "filewrite_sha256"]
                .iter()
                .any(|field| self.any_value(field, test)),
            _ => return None,
        })
    }

    fn test_binary_fields(&self, field: &str, test: Test<'_>) -> bool {
        let Some((field, join)) = query::find_joined(field) else {
            return false;
        };
        let mut has = |binary| {
            let file =
                BinaryDocument { world: self.world, binary, server_version: self.server_version, tags: self.tags };
            file.any_value(field.name, test)
        };
        match join {
            BinaryJoin::Own => has(self.process.binary()),
            BinaryJoin::Filewrite => self.process.written_binaries().into_iter().any(has),
            BinaryJoin::Parent => match self.process.parent() {
                Parentage::Known(parent) => has(parent.binary()),
                Parentage::Unseen(_) => false,
            },
            BinaryJoin::Child => self.process.children().any(|child| has(child.binary())),
            BinaryJoin::Modload => self.process.loaded_binaries().into_iter().any(has),
        }
    }
}

/// Returns the initial watchlist tags, all set at a time in milliseconds since 1970, and the added ones, each watchlist
/// once.
fn merged_tags(
    initial: &[String],
    at: i64,
    added: impl Iterator<Item = WatchlistTag>,
) -> impl Iterator<Item = (String, i64)> {
    let added = added.map(|tag| (tag.watchlist.to_string(), tag.tagged_at));
    let added = added.filter(|(list, _)| !initial.contains(list));
    initial.iter().map(move |list| (list.clone(), at)).chain(added)
}

/// Whether watchlist `id` is among `tags`, with a time that passes `test`.
fn test_watchlist_tag(mut tags: impl Iterator<Item = (String, i64)>, id: &str, test: Test<'_>) -> bool {
    let tag = tags.find(|(list, _)| list == id);
    tag.is_some_and(|(_, at)| test(FieldValue::Time(format::timestamp(at))))
}

/// Returns the segment id: its arrival in milliseconds since 1970 from 6.0 on, a number from 1 before.
pub(in crate::sim) fn segment_id(process: Process<'_>, segment: u32, release: &Release) -> i64 {
    if release.is_at_least_6() { process.segment_arrival(segment) } else { i64::from(segment) + 1 }
}

/// Returns the document number of a segment.
pub(in crate::sim) fn document_number(process: Process<'_>, segment: u32) -> u32 {
    process.number() << SEGMENT_BITS | segment
}

impl SearchableRecord for Document<'_> {
    fn any_value(&self, field: &str, test: Test<'_>) -> bool {
        if let Some(count) = self.event_count(field) {
            return test(FieldValue::Number(to_f64(count)));
        }
        if let Some(id) = field.strip_prefix("watchlist_") {
            return test_watchlist_tag(self.watchlists(), id, test);
        }
        if let Some(passed) = test_feed_fields(self.process.feeds(), field, test) {
            return passed;
        }
        self.test_process_fields(field, test)
            .or_else(|| self.test_relative_fields(field, test))
            .or_else(|| self.test_event_fields(field, test))
            .unwrap_or_else(|| self.test_binary_fields(field, test))
    }
}

fn test_feed_fields(feeds: &[world::FeedToml], field: &str, test: Test<'_>) -> Option<bool> {
    let (member, name) = field.strip_prefix("alliance_")?.split_once('_')?;
    let feed = feeds.iter().find(|feed| feed.name == name);
    Some(feed.is_some_and(|feed| match member {
        "score" => i32::try_from(feed.score).is_ok_and(|score| test(FieldValue::Number(score.into()))),
        "data" => feed.reports.iter().any(|report| test(FieldValue::Text(report.into()))),
        _ => false,
    }))
}

fn test_hash(binary: &Binary, test: Test<'_>) -> bool {
    test(FieldValue::Text(binary.sha256().into()))
}

fn test_texts(texts: &[Cow<'_, str>], test: Test<'_>) -> bool {
    texts.iter().any(|text| test(FieldValue::Text((&**text).into())))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn to_f64(count: u64) -> f64 {
    count as f64
}
