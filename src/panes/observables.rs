//! What can be asked about elsewhere, of whatever is under the cursor.

use jiff::Timestamp;

use crate::changes::Target;
use crate::keys::Action;
use crate::model::{
    Alert, AlertId, AlertSource, AlertSummary, Binary, Event, EventFacts, FeedId, GroupId, Md5, Process, ProcessId,
    Report, ReportId, SensorId, WatchlistId,
};
use crate::session::AlertGroup;
use crate::text::Untrusted;

/// Every action that asks for the same.
pub(in crate::panes) const PIVOTS: [Action; 10] = [
    Action::SameHash,
    Action::SameName,
    Action::SameHost,
    Action::SameUser,
    Action::SameParent,
    Action::SameCmdline,
    Action::SameAddress,
    Action::SameDomain,
    Action::SameFile,
    Action::SameKey,
];

/// The clues of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observables {
    /// Which action asks for which value of which field.
    values: Vec<(Action, &'static str, Untrusted)>,
    /// When it happened.
    pub(in crate::panes) at: Option<Moment>,
    /// Where it happened.
    pub(in crate::panes) sensor: Option<SensorId>,
    /// Which file it is about.
    md5: Option<Md5>,
    /// Which alerts are meant by it.
    pub alerts: Vec<AlertId>,
    /// Which threat report raised it, or is it.
    pub report: Option<ReportId>,
    /// Which watchlist raised it, or is it.
    pub watchlist: Option<WatchlistId>,
    /// Which feed it is.
    pub feed: Option<FeedId>,
    /// Which sensor group it is.
    pub group: Option<GroupId>,
}

/// A moment, and what it is the moment of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::panes) struct Moment {
    pub(in crate::panes) at: Timestamp,
    /// What happened then, and by whose clock.
    pub(in crate::panes) description: &'static str,
}

/// A start, from a document or from the GUID that carries it.
fn start_moment(at: Option<Timestamp>) -> Option<Moment> {
    let of = "start of the process, by the host's clock";
    at.map(|at| Moment { at, description: of })
}

impl Observables {
    /// Whether an action on `target` is about this row; `None` where the row names nothing of that kind.
    pub fn is_about(&self, target: &Target) -> Option<bool> {
        Some(match target {
            Target::Sensor(id) => self.sensor? == *id,
            Target::Hash(md5) => self.md5? == *md5,
            Target::Alerts(ids) => {
                let mut own = self.alerts.iter();
                own.clone().next()?;
                own.any(|id| ids.contains(id))
            }
            Target::Watchlist(id) => self.watchlist? == *id,
            Target::Feed(id) => self.feed? == *id,
            Target::Report(id) => self.report.as_ref()? == id,
            Target::Group(id) => self.group? == *id,
            Target::New(..) => return None,
        })
    }

    /// Those of a process.
    pub fn of_process(process: &Process) -> Self {
        let mut clues = Self {
            at: start_moment(process.started),
            sensor: Some(process.sensor),
            watchlist: process.watchlists.first().and_then(|hit| {
                let id = hit.id.raw().parse();
                id.ok().map(WatchlistId)
            }),
            ..Self::default()
        };
        clues.add_hash("process_md5", process.md5);
        clues.add_value(Action::SameName, "process_name", &process.name);
        clues.add_value(Action::SameHost, "hostname", &process.host);
        clues.add_value(Action::SameUser, "username", &process.user);
        clues.add_value(Action::SameParent, "parent_name", &process.parent_name);
        clues.add_value(Action::SameCmdline, "cmdline", &process.cmdline);
        clues.add_value(Action::SameFile, "path", &process.path);
        clues
    }

    /// Those of a hash, of which nothing else is known.
    pub fn of_hash(md5: Md5) -> Self {
        let mut clues = Self::default();
        clues.add_hash("process_md5", Some(md5));
        clues
    }

    /// Those of a host.
    pub fn of_host(sensor: SensorId, name: &Untrusted) -> Self {
        let mut clues = Self { sensor: Some(sensor), ..Self::default() };
        clues.add_value(Action::SameHost, "hostname", name);
        clues
    }

    /// The sensor of its host, where it names one.
    pub fn sensor(&self) -> Option<SensorId> {
        self.sensor
    }

    /// The hash of its file, where it names one.
    pub fn md5(&self) -> Option<Md5> {
        self.md5
    }

    /// Those of an alert.
    pub fn of_alert(alert: &Alert) -> Self {
        // An alert is raised when the server has got to it; what it is about began when its process did.
        let started = start_moment(alert.process.and_then(ProcessId::start_time));
        let raised =
            alert.created.map(|at| Moment { at, description: "when the alert was raised, by the server's clock" });
        let mut clues =
            Self { at: started.or(raised), sensor: alert.sensor, alerts: vec![alert.id.clone()], ..Self::default() };
        clues.set_source(alert.source, &alert.source_id);
        clues.add_hash("process_md5", alert.md5);
        clues.add_value(Action::SameName, "process_name", &alert.process_name);
        clues.add_value(Action::SameHost, "hostname", &alert.host);
        clues.add_value(Action::SameUser, "username", &alert.user);
        clues.add_value(Action::SameFile, "path", &alert.process_path);
        let indicator = &alert.indicator;
        if indicator.kind.eq_ignore_case("dns") {
            clues.add_value(Action::SameDomain, "domain", &indicator.value);
        } else if indicator.kind.eq_ignore_case("ipv4") {
            clues.add_value(Action::SameAddress, "ipaddr", &indicator.value);
        }
        clues
    }

    /// Those of what something was done to, by the name it had then.
    pub fn of_target(target: Target, name: &Untrusted) -> Self {
        let mut clues = Self::default();
        match target {
            Target::Sensor(id) => return Self::of_host(id, name),
            Target::Hash(md5) => return Self::of_hash(md5),
            Target::Alerts(ids) => clues.alerts = ids.to_vec(),
            Target::Watchlist(id) => clues.watchlist = Some(id),
            Target::Feed(id) => clues.feed = Some(id),
            Target::Report(id) => clues.report = Some(id),
            Target::Group(id) => clues.group = Some(id),
            Target::New(..) => {}
        }
        clues
    }

    /// Those of alerts that belong together: what all of them agree on.
    pub fn of_alert_group(bundle: &AlertGroup) -> Self {
        let mut alerts = bundle.alerts().map(Self::of_alert_summary);
        let mut clues = alerts.next().unwrap_or_default();
        clues.at = bundle
            .newest
            .map(|at| Moment { at, description: "when the newest alert was raised, by the server's clock" });
        for other in alerts {
            clues.retain_shared(&other);
        }
        clues.alerts = bundle.alert_ids();
        clues
    }

    /// Those of an alert of which only the least is known.
    fn of_alert_summary(alert: &AlertSummary) -> Self {
        let mut clues = Self { sensor: alert.sensor, ..Self::default() };
        clues.set_source(alert.source, &alert.source_id);
        clues.add_hash("process_md5", alert.md5);
        clues.add_value(Action::SameName, "process_name", &alert.process_name);
        clues.add_value(Action::SameHost, "hostname", &alert.host);
        clues.add_value(Action::SameUser, "username", &alert.user);
        clues
    }

    /// Leaves only what others say too.
    fn retain_shared(&mut self, other: &Self) {
        self.values.retain(|clue| other.values.contains(clue));
        self.sensor = self.sensor.filter(|id| other.sensor == Some(*id));
        self.md5 = self.md5.filter(|md5| other.md5 == Some(*md5));
        self.watchlist = self.watchlist.filter(|id| other.watchlist == Some(*id));
        if self.report != other.report {
            self.report = None;
        }
    }

    /// What raised an alert.
    fn set_source(&mut self, source: AlertSource, id: &Untrusted) {
        match source {
            AlertSource::Watchlist => self.watchlist = id.raw().parse().ok().map(WatchlistId),
            AlertSource::Report(Some(feed)) => {
                let feed = FeedId(feed);
                self.report = id.non_empty().cloned().map(|id| ReportId { feed, id });
            }
            AlertSource::Report(None) => {}
        }
    }

    /// Those of a threat report.
    pub fn of_report(report: &Report) -> Self {
        Self { report: Some(report.id.clone()), ..Self::default() }
    }

    /// Those of a watchlist.
    pub fn of_watchlist(watchlist: WatchlistId) -> Self {
        Self { watchlist: Some(watchlist), ..Self::default() }
    }

    /// Those of a feed.
    pub fn of_feed(feed: FeedId) -> Self {
        Self { feed: Some(feed), ..Self::default() }
    }

    /// Those of a sensor group.
    pub fn of_group(group: GroupId) -> Self {
        Self { group: Some(group), ..Self::default() }
    }

    /// Those of a binary.
    pub fn of_binary(binary: &Binary) -> Self {
        let mut clues = Self::default();
        clues.add_hash("process_md5", Some(binary.md5));
        if let Some(path) = binary.observed_paths.first() {
            clues.add_value(Action::SameFile, "path", path);
        }
        clues
    }

    /// Those of an event, with those of its process that the event does not have itself.
    pub fn of_event(event: &Event, process: Option<&Process>) -> Self {
        let mut clues = Self {
            at: event.at.map(|at| Moment { at, description: "the event, by the host's clock" }),
            sensor: Some(event.process.sensor()),
            ..Self::default()
        };
        match &event.what {
            EventFacts::Filemod(file) => {
                clues.add_hash("md5", file.md5);
                clues.add_value(Action::SameFile, "filemod", &file.path);
            }
            EventFacts::Regmod(key) => {
                // The field has its keys without the backslash that they begin with.
                let path = key.path.raw().trim_start_matches('\\');
                clues.add_value(Action::SameKey, "regmod", &path.into());
            }
            EventFacts::Netconn(netconn) => {
                if let Some(ip) = netconn.remote.ip {
                    let field = if ip.is_ipv4() { "ipaddr" } else { "ipv6addr" };
                    clues.add_value(Action::SameAddress, field, &ip.to_string().into());
                }
                clues.add_value(Action::SameDomain, "domain", &netconn.domain);
            }
            EventFacts::Modload(module) => {
                clues.add_hash("md5", module.md5);
                clues.add_value(Action::SameFile, "modload", &module.path);
            }
            EventFacts::Childproc(child) => {
                clues.add_hash("process_md5", child.md5);
                clues.add_value(Action::SameFile, "path", &child.path);
                clues.add_value(Action::SameCmdline, "cmdline", &child.cmdline);
                clues.add_value(Action::SameUser, "username", &child.user);
            }
            EventFacts::Crossproc(cross) => {
                clues.add_hash("process_md5", cross.md5);
                clues.add_value(Action::SameFile, "path", &cross.path);
            }
            EventFacts::Block(block) => {
                clues.add_hash("md5", block.md5);
                clues.add_value(Action::SameFile, "path", &block.path);
                clues.add_value(Action::SameCmdline, "cmdline", &block.cmdline);
            }
            EventFacts::Fileless(_) | EventFacts::Emet(_) | EventFacts::Other { .. } => {}
        }
        if let Some(process) = process {
            for (action, field, value) in Self::of_process(process).values {
                if clues.pivot_value(action).is_none() {
                    clues.values.push((action, field, value));
                }
            }
        }
        clues
    }

    /// The field and the value that an action asks for.
    pub(in crate::panes) fn pivot_value(&self, action: Action) -> Option<(&'static str, &Untrusted)> {
        let found = self.values.iter().find(|(of, ..)| *of == action);
        found.map(|(_, field, value)| (*field, value))
    }

    /// The host on which it happened.
    pub fn host(&self) -> Option<&Untrusted> {
        self.pivot_value(Action::SameHost).map(|(_, host)| host)
    }

    fn add_value(&mut self, action: Action, field: &'static str, value: &Untrusted) {
        if !value.is_empty() {
            self.values.push((action, field, value.clone()));
        }
    }

    fn add_hash(&mut self, field: &'static str, md5: Option<Md5>) {
        self.md5 = self.md5.or(md5);
        if let Some(md5) = md5 {
            self.add_value(Action::SameHash, field, &md5.to_string().into());
        }
    }
}
