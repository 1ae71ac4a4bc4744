//! Observables: values of the selected row that can be searched for elsewhere.

use jiff::Timestamp;

use crate::changes::Target;
use crate::keys::Action;
use crate::model::{
    Alert, AlertId, AlertSource, AlertSummary, Binary, Event, EventFacts, FeedId, Md5, Process, ProcessId, Report,
    ReportId, SensorId, WatchlistId,
};
use crate::session::AlertGroup;
use crate::text::Untrusted;

/// The actions that search for a value of the row elsewhere.
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

/// The observables of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observables {
    /// Action, field and value of each search.
    values: Vec<(Action, &'static str, Untrusted)>,
    pub(in crate::panes) at: Option<Moment>,
    pub(in crate::panes) sensor: Option<SensorId>,
    md5: Option<Md5>,
    /// The path or name of that file.
    file: Option<Untrusted>,
    /// IDs of the alerts that an action on the row applies to.
    pub alerts: Vec<AlertId>,
    /// The threat report that raised the alert, or is the row.
    pub report: Option<ReportId>,
    /// The watchlist that raised the alert, or is the row.
    pub watchlist: Option<WatchlistId>,
    /// The object of the server that the row is, and its name, if changes apply to the object alone.
    object: Option<(Target, Untrusted)>,
}

/// A time with a description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::panes) struct Moment {
    pub(in crate::panes) at: Timestamp,
    /// What happened then, and by which clock.
    pub(in crate::panes) description: &'static str,
}

/// Returns the start of a process as a moment.
fn start_moment(at: Option<Timestamp>) -> Option<Moment> {
    at.map(|at| Moment { at, description: "process start (host clock)" })
}

impl Observables {
    /// Whether an action on `target` applies to this row; `None` if the row has no such target.
    pub fn is_about(&self, target: &Target) -> Option<bool> {
        Some(match target {
            Target::Sensor(id) => self.sensor? == *id,
            Target::Hash(md5) => self.md5? == *md5,
            Target::Alerts(ids) => {
                if self.alerts.is_empty() {
                    return None;
                }
                self.alerts.iter().any(|id| ids.contains(id))
            }
            Target::Watchlist(id) => self.watchlist? == *id,
            Target::Report(id) => self.report.as_ref()? == id,
            Target::New(..) => return None,
            object => {
                let (own, _) = self.object()?;
                (own.kind() == object.kind()).then_some(own == object)?
            }
        })
    }

    /// Returns the observables of a process.
    pub fn of_process(process: &Process) -> Self {
        let mut observables = Self {
            at: start_moment(process.started),
            sensor: Some(process.sensor),
            watchlist: process.watchlists.first().and_then(|hit| {
                let id = hit.id.raw().parse();
                id.ok().map(WatchlistId)
            }),
            ..Self::default()
        };
        observables.add_file("process_md5", process.md5, [&process.path, &process.name]);
        observables.add_value(Action::SameName, "process_name", &process.name);
        observables.add_value(Action::SameHost, "hostname", &process.host);
        observables.add_value(Action::SameUser, "username", &process.user);
        observables.add_value(Action::SameParent, "parent_name", &process.parent_name);
        observables.add_value(Action::SameCmdline, "cmdline", &process.cmdline);
        observables.add_value(Action::SameFile, "path", &process.path);
        observables
    }

    /// Returns the observables of an MD5 hash alone.
    pub fn of_hash(md5: Md5) -> Self {
        let mut observables = Self::default();
        observables.add_file("process_md5", Some(md5), []);
        observables
    }

    /// Returns the observables of a host.
    pub fn of_host(sensor: SensorId, name: &Untrusted) -> Self {
        let mut observables = Self { sensor: Some(sensor), ..Self::default() };
        observables.add_value(Action::SameHost, "hostname", name);
        observables
    }

    /// Returns the sensor of the host, if there is one.
    pub fn sensor(&self) -> Option<SensorId> {
        self.sensor
    }

    /// Returns the MD5 of the file, if there is one.
    pub fn md5(&self) -> Option<Md5> {
        self.md5
    }

    /// Returns the path or name of the file with that hash, if the row has one.
    pub fn file(&self) -> Option<&Untrusted> {
        self.file.as_ref()
    }

    /// Returns the observables of an alert.
    pub fn of_alert(alert: &Alert) -> Self {
        // Alerts are raised some time after the event; the start of the process is closer to it.
        let started = start_moment(alert.process.and_then(ProcessId::start_time));
        let raised = alert.created.map(|at| Moment { at, description: "alert creation (server clock)" });
        let mut observables =
            Self { at: started.or(raised), sensor: alert.sensor, alerts: vec![alert.id.clone()], ..Self::default() };
        observables.set_source(alert.source, &alert.source_id);
        observables.add_file("process_md5", alert.md5, [&alert.process_path, &alert.process_name]);
        observables.add_value(Action::SameName, "process_name", &alert.process_name);
        observables.add_value(Action::SameHost, "hostname", &alert.host);
        observables.add_value(Action::SameUser, "username", &alert.user);
        observables.add_value(Action::SameFile, "path", &alert.process_path);
        let indicator = &alert.indicator;
        if indicator.kind.eq_ignore_case("dns") {
            observables.add_value(Action::SameDomain, "domain", &indicator.value);
        } else if indicator.kind.eq_ignore_case("ipv4") {
            observables.add_value(Action::SameAddress, "ipaddr", &indicator.value);
        }
        observables
    }

    /// Returns the observables of the target of a logged change; `name` is the name in the log.
    pub fn of_target(target: Target, name: &Untrusted) -> Self {
        let mut observables = Self::default();
        match target {
            Target::Sensor(id) => return Self::of_host(id, name),
            Target::Hash(md5) => return Self::of_hash(md5),
            Target::Alerts(ids) => observables.alerts = ids.to_vec(),
            Target::Watchlist(id) => observables.watchlist = Some(id),
            Target::Report(id) => observables.report = Some(id),
            Target::New(..) => {}
            object => return Self::of_object(object, name),
        }
        observables
    }

    /// Returns the observables that all alerts of a group share.
    pub fn of_alert_group(group: &AlertGroup) -> Self {
        let mut alerts = group.alerts().map(Self::of_alert_summary);
        let mut observables = alerts.next().unwrap_or_default();
        observables.at = group.newest.map(|at| Moment { at, description: "newest alert creation (server clock)" });
        for other in alerts {
            observables.retain_shared(&other);
        }
        observables.alerts = group.alert_ids();
        observables
    }

    /// Returns the observables of an alert of a group.
    fn of_alert_summary(alert: &AlertSummary) -> Self {
        let mut observables = Self { sensor: alert.sensor, ..Self::default() };
        observables.set_source(alert.source, &alert.source_id);
        observables.add_file("process_md5", alert.md5, [&alert.process_name]);
        observables.add_value(Action::SameName, "process_name", &alert.process_name);
        observables.add_value(Action::SameHost, "hostname", &alert.host);
        observables.add_value(Action::SameUser, "username", &alert.user);
        observables
    }

    /// Removes the values that `other` does not have.
    fn retain_shared(&mut self, other: &Self) {
        self.values.retain(|value| other.values.contains(value));
        self.sensor = self.sensor.filter(|id| other.sensor == Some(*id));
        self.md5 = self.md5.filter(|md5| other.md5 == Some(*md5));
        self.file = self.file.take().filter(|file| other.file.as_ref() == Some(file));
        self.watchlist = self.watchlist.filter(|id| other.watchlist == Some(*id));
        if self.report != other.report {
            self.report = None;
        }
    }

    /// Sets what raised an alert.
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

    /// Returns the observables of a threat report.
    pub fn of_report(report: &Report) -> Self {
        Self { report: Some(report.id.clone()), ..Self::default() }
    }

    /// Returns the observables of a watchlist.
    pub fn of_watchlist(watchlist: WatchlistId) -> Self {
        Self { watchlist: Some(watchlist), ..Self::default() }
    }

    /// Returns the observables of an object that has no values to search for.
    pub fn of_object(object: Target, name: &Untrusted) -> Self {
        Self { object: Some((object, name.clone())), ..Self::default() }
    }

    /// Returns the object of the server that the row is, and its name.
    pub fn object(&self) -> Option<(&Target, &Untrusted)> {
        self.object.as_ref().map(|(object, name)| (object, name))
    }

    /// Returns the observables of a binary.
    pub fn of_binary(binary: &Binary) -> Self {
        let mut observables = Self::default();
        observables.add_file("process_md5", Some(binary.md5), [&binary.name()]);
        if let Some(path) = binary.observed_paths.first() {
            observables.add_value(Action::SameFile, "path", path);
        }
        observables
    }

    /// Returns the observables of an event, and those of its process that the event does not have itself.
    pub fn of_event(event: &Event, process: Option<&Process>) -> Self {
        let mut observables = Self {
            at: event.at.map(|at| Moment { at, description: "event (host clock)" }),
            sensor: Some(event.process.sensor()),
            ..Self::default()
        };
        match &event.what {
            EventFacts::Filemod(file) => {
                observables.add_file("md5", file.md5, [&file.path]);
                observables.add_value(Action::SameFile, "filemod", &file.path);
            }
            EventFacts::Regmod(key) => {
                // The index has registry keys without the leading backslash.
                let path = key.path.raw().trim_start_matches('\\');
                observables.add_value(Action::SameKey, "regmod", &path.into());
            }
            EventFacts::Netconn(netconn) => {
                if let Some(ip) = netconn.remote.ip {
                    let field = if ip.is_ipv4() { "ipaddr" } else { "ipv6addr" };
                    observables.add_value(Action::SameAddress, field, &ip.to_string().into());
                }
                observables.add_value(Action::SameDomain, "domain", &netconn.domain);
            }
            EventFacts::Modload(module) => {
                observables.add_file("md5", module.md5, [&module.path]);
                observables.add_value(Action::SameFile, "modload", &module.path);
            }
            EventFacts::Childproc(child) => {
                observables.add_file("process_md5", child.md5, [&child.path]);
                observables.add_value(Action::SameFile, "path", &child.path);
                observables.add_value(Action::SameCmdline, "cmdline", &child.cmdline);
                observables.add_value(Action::SameUser, "username", &child.user);
            }
            EventFacts::Crossproc(cross) => {
                observables.add_file("process_md5", cross.md5, [&cross.path]);
                observables.add_value(Action::SameFile, "path", &cross.path);
            }
            EventFacts::Block(block) => {
                observables.add_file("md5", block.md5, [&block.path]);
                observables.add_value(Action::SameFile, "path", &block.path);
                observables.add_value(Action::SameCmdline, "cmdline", &block.cmdline);
            }
            EventFacts::Fileless(_) | EventFacts::Emet(_) | EventFacts::Other { .. } => {}
        }
        if let Some(process) = process {
            for (action, field, value) in Self::of_process(process).values {
                if observables.pivot_value(action).is_none() {
                    observables.values.push((action, field, value));
                }
            }
        }
        observables
    }

    /// Returns the field and the value that a search action searches for.
    pub(in crate::panes) fn pivot_value(&self, action: Action) -> Option<(&'static str, &Untrusted)> {
        let entry = self.values.iter().find(|(entry_action, ..)| *entry_action == action);
        entry.map(|(_, field, value)| (*field, value))
    }

    /// Returns the name of the host.
    pub fn host(&self) -> Option<&Untrusted> {
        self.pivot_value(Action::SameHost).map(|(_, host)| host)
    }

    fn add_value(&mut self, action: Action, field: &'static str, value: &Untrusted) {
        if !value.is_empty() {
            self.values.push((action, field, value.clone()));
        }
    }

    /// Adds a file by its hash, and the first of its names that is known.
    fn add_file<const N: usize>(&mut self, field: &'static str, md5: Option<Md5>, names: [&Untrusted; N]) {
        if let Some(md5) = md5 {
            self.md5 = Some(md5);
            self.file = names.into_iter().find_map(Untrusted::non_empty).cloned();
            self.add_value(Action::SameHash, field, &md5.to_string().into());
        }
    }
}
