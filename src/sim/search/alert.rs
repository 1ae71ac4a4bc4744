//! Alerts as searchable documents (reference 3.5).

use std::borrow::Cow;

use serde_json::json;

use super::super::{
    format,
    state::detections::{AlertState, IndexState},
    version::Release,
    world::{self, Alert, Binary, Counts, Host, Origin, Report, Subject, Watchlist, World},
};
use super::document;
use crate::model::ProcessId;
use crate::query::{FieldValue, SearchableRecord};

/// Searchable document of an alert.
#[derive(Clone, Copy)]
pub(in crate::sim) struct AlertDocument<'w> {
    pub(in crate::sim) world: &'w World,
    pub(in crate::sim) index_state: &'w IndexState,
    pub(in crate::sim) alert: &'w Alert,
    /// Status and assignment, as the index has them.
    pub(in crate::sim) state: AlertState,
    pub(in crate::sim) server_version: &'w Release,
}

/// Process that an alert is about.
pub(in crate::sim) struct AlertOrigin<'w> {
    pub(in crate::sim) id: ProcessId,
    /// Segment id, as the server numbers segments.
    pub(in crate::sim) segment: i64,
    pub(in crate::sim) name: &'w str,
    pub(in crate::sim) path: Cow<'w, str>,
    pub(in crate::sim) user: Cow<'w, str>,
    pub(in crate::sim) counts: Counts,
}

/// Watchlist or report that raised an alert.
pub(in crate::sim) enum AlertSource<'w> {
    Watchlist(&'w Watchlist),
    Report { feed: u32, feed_name: &'w str, report: &'w Report },
}

impl<'w> AlertDocument<'w> {
    /// Returns the process that the alert is about; `None` for a binary or a host.
    pub(in crate::sim) fn origin_process(&self) -> Option<AlertOrigin<'w>> {
        match self.alert.subject {
            Subject::Process(number, segment) => {
                let process = self.world.process(number)?;
                Some(AlertOrigin {
                    id: process.id(),
                    segment: document::segment_id(process, segment, self.server_version),
                    name: process.name(),
                    path: process.path(),
                    user: process.user(),
                    counts: process.segment_event_counts(segment),
                })
            }
            Subject::Expired { id, host, template } => {
                let template = self.world.template(template);
                let host = self.world.fleet.host(host)?;
                let arrived = self.alert.created_at - 2_000;
                Some(AlertOrigin {
                    id,
                    segment: if self.server_version.is_at_least_6() { arrived } else { 1 },
                    name: &template.name,
                    path: template.path.replace("{user}", &host.account).into(),
                    user: world::run_as_account(template, host),
                    counts: Counts { modload: 24, filemod: 1, ..Counts::default() },
                })
            }
            Subject::Binary(_) | Subject::Host(_) => None,
        }
    }

    /// Returns the file that the alert is about; `None` for a host.
    pub(in crate::sim) fn binary(&self) -> Option<&'w Binary> {
        let binaries = &self.world.binaries;
        let index = match self.alert.subject {
            Subject::Process(number, _) => return Some(self.world.process(number)?.binary()),
            Subject::Expired { host, template, .. } => {
                let build = self.world.fleet.host(host).map_or(0, |host| host.build);
                binaries.template_index(template, build)
            }
            Subject::Binary(index) => index,
            Subject::Host(_) => return None,
        };
        binaries.entries.get(index)
    }

    /// Returns the host of the alert; for a binary the first host that has it.
    pub(in crate::sim) fn host(&self) -> Option<&'w Host> {
        let fleet = &self.world.fleet;
        match self.alert.subject {
            Subject::Process(number, _) => Some(self.world.process(number)?.host()),
            Subject::Expired { host, .. } | Subject::Host(host) => fleet.host(host),
            Subject::Binary(_) => fleet.host(*self.binary()?.hosts.first()?),
        }
    }

    /// Returns the watchlist or report that raised the alert.
    pub(in crate::sim) fn source(&self) -> AlertSource<'w> {
        let intelligence = &self.world.intelligence;
        match self.alert.origin {
            Origin::Watchlist(list) => AlertSource::Watchlist(&intelligence.watchlists[list]),
            Origin::Report(feed, report) => AlertSource::Report {
                feed: intelligence.feeds[feed].id,
                feed_name: &intelligence.feeds[feed].name,
                report: &intelligence.feeds[feed].reports[report],
            },
        }
    }

    /// Returns the alert type.
    pub(in crate::sim) fn kind(&self) -> &'static str {
        match (self.alert.subject, self.alert.origin) {
            (Subject::Binary(_), Origin::Watchlist(_)) => "watchlist.hit.query.binary",
            (Subject::Binary(_), Origin::Report(..)) => "watchlist.hit.ingress.binary",
            (Subject::Host(_), _) => "watchlist.hit.ingress.host",
            (_, Origin::Watchlist(_)) => "watchlist.hit.query.process",
            (_, Origin::Report(..)) => "watchlist.hit.ingress.process",
        }
    }

    /// Returns the criticality of the host's group; 3 without a host.
    pub(in crate::sim) fn criticality(&self) -> u32 {
        let groups = &self.world.fleet.groups;
        self.host()
            .and_then(|host| groups.iter().find(|group| group.id == host.group))
            .map_or(3, |group| group.criticality)
    }

    /// Returns the severity: score and criticality in one number (reference 2.13), for default rating and confidence.
    pub(in crate::sim) fn severity(&self) -> f64 {
        f64::from(self.score()) * 0.0675 * f64::from(7 + self.criticality())
    }

    /// Returns the score of the report; 75 for a watchlist.
    pub(in crate::sim) fn score(&self) -> i32 {
        i32::try_from(self.alert.score).unwrap_or(0)
    }

    /// Returns the assigned user.
    pub(in crate::sim) fn assignee(&self) -> Option<&'w str> {
        self.index_state.names.get(self.state.assignee?)
    }

    /// Returns type and value of the indicator that matched; the value of a `query` is its search as JSON text.
    pub(in crate::sim) fn indicator(&self) -> (&'w str, String) {
        let search = |index: &str, query: &str| {
            let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
            let search = format!("cb.urlver=1&q={}", query.replace('+', "%20"));
            format!("{{\"index_type\": {}, \"search_query\": {}}}", json!(index), json!(search))
        };
        match self.source() {
            AlertSource::Watchlist(list) => ("query", search(&list.index, &list.query)),
            AlertSource::Report { report, .. } => {
                let md5 = self.binary().map_or("", |file| &file.md5);
                let value = report.value.as_deref().unwrap_or(md5);
                let value = match &*report.ioc {
                    "query" => search("events", value),
                    _ => value.to_owned(),
                };
                (&report.ioc, value)
            }
        }
    }

    /// Returns id and name of the watchlist or report.
    pub(in crate::sim) fn source_id_name(&self) -> (&'w str, &'w str) {
        match self.source() {
            AlertSource::Watchlist(list) => (&list.id, &list.name),
            AlertSource::Report { report, .. } => (&report.id, &report.title),
        }
    }

    /// Returns whether the index has the report as ignored; `None` for a watchlist.
    pub(in crate::sim) fn is_ignored(&self) -> Option<bool> {
        match self.source() {
            AlertSource::Watchlist(_) => None,
            AlertSource::Report { feed, report, .. } => Some(self.index_state.ignored.contains(feed, &report.id)),
        }
    }

    /// Returns id and name of the feed; for a watchlist those of the pseudo feed `My Watchlists`.
    pub(in crate::sim) fn feed_id_name(&self) -> (i64, &'w str) {
        match self.source() {
            AlertSource::Watchlist(_) => (-1, "My Watchlists"),
            AlertSource::Report { feed, feed_name, .. } => (feed.into(), feed_name),
        }
    }
}

impl SearchableRecord for AlertDocument<'_> {
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool {
        let mut say = |text: &str| test(FieldValue::Text(text.into()));
        match field {
            "unique_id" => say(&self.alert.id),
            "alert_type" => say(self.kind()),
            "status" => say(self.state.status.label()),
            "assigned_to" => self.assignee().is_some_and(say),
            "feed_name" => say(self.feed_id_name().1),
            "watchlist_id" => say(self.source_id_name().0),
            "watchlist_name" => say(self.source_id_name().1),
            "ioc_value" => say(&self.indicator().1),
            "md5" => self.binary().is_some_and(|file| say(&file.md5)),
            "sha256" => self.server_version.is_at_least_7() && self.binary().is_some_and(|file| say(&file.sha256())),
            "hostname" => self.host().is_some_and(|host| say(&host.name)),
            "group" => self.host().is_some_and(|host| say(self.world.fleet.group_name(host.group))),
            "process_name" => self.origin_process().is_some_and(|process| say(process.name)),
            "process_path" => self.origin_process().is_some_and(|process| say(&process.path)),
            "username" => self.origin_process().is_some_and(|process| !process.user.is_empty() && say(&process.user)),
            "observed_filename" => self.binary().is_some_and(|file| file.paths.iter().any(|path| say(path))),
            "feed_id" => {
                let id = i32::try_from(self.feed_id_name().0).unwrap_or(-1);
                test(FieldValue::Number(id.into()))
            }
            "report_ignored" => self.is_ignored().is_some_and(|is_ignored| test(FieldValue::Flag(is_ignored))),
            "alert_severity" => test(FieldValue::Number(self.severity())),
            "report_score" => test(FieldValue::Number(self.score().into())),
            "created_time" => test(FieldValue::Time(format::timestamp(self.alert.created_at))),
            "resolved_time" => self.state.resolved_at.is_some_and(|at| test(FieldValue::Time(format::timestamp(at)))),
            // Alerts cannot be searched by process id (reference 2.13).
            _ => false,
        }
    }
}
