//! The names of the targets of an action where it began: their records may fail to load.

use std::collections::BTreeMap;

use super::Observables;
use crate::changes::Target;
use crate::model::{Md5, SensorId};
use crate::session::Session;
use crate::text::{self, Untrusted};

/// Hosts named one by one in a popup; of more, only the number is given.
const MAX_NAMED: usize = 6;

/// The names that the rows under an action give to its targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetNames(BTreeMap<Target, Untrusted>);

impl TargetNames {
    /// Reads the names of hosts and files from rows; what else there is has its name in a list.
    pub fn of_rows(rows: &[Observables]) -> Self {
        let mut names = BTreeMap::new();
        for row in rows {
            if let (Some(id), Some(host)) = (row.sensor(), row.host()) {
                names.entry(Target::Sensor(id)).or_insert_with(|| host.clone());
            }
            if let (Some(md5), Some(file)) = (row.md5(), row.file()) {
                names.entry(Target::Hash(md5)).or_insert_with(|| file.clone());
            }
        }
        Self(names)
    }

    /// Returns the name of a host, fit to be shown.
    pub(super) fn host_name(&self, id: SensorId, session: &Session) -> Option<String> {
        // The documents of processes have it in another letter case.
        let record = session.find_sensor(id).and_then(|sensor| sensor.computer_name.non_empty());
        record.or_else(|| self.0.get(&Target::Sensor(id))).map(text::make_visible)
    }

    /// Returns the name of a file, fit to be shown.
    fn file_name(&self, md5: Md5, session: &Session) -> Option<String> {
        let row = self.0.get(&Target::Hash(md5)).cloned();
        let name = row.or_else(|| session.find_file_name(md5));
        name.as_ref().and_then(Untrusted::non_empty).map(text::make_visible)
    }

    /// Names a host with the number of its sensor: two hosts may have one name.
    pub(super) fn describe_host(&self, id: SensorId, session: &Session) -> String {
        match self.host_name(id, session) {
            Some(name) => format!("{name} (sensor {id})"),
            None => format!("sensor {id}, name unknown"),
        }
    }

    /// Names hosts, the first of them one by one.
    pub(super) fn describe_hosts(&self, ids: &[SensorId], session: &Session) -> String {
        let named = ids.iter().take(MAX_NAMED).map(|id| self.describe_host(*id, session));
        let mut names: Vec<_> = named.collect();
        if ids.len() > MAX_NAMED {
            names.push(format!("and {} more", ids.len() - MAX_NAMED));
        }
        names.join(", ")
    }

    /// Names a target with what is known of it before its record is read, fit to be shown.
    pub(super) fn describe(&self, target: &Target, session: &Session) -> String {
        let named = |kind: &str, id: &str, name: Option<&Untrusted>| match name.and_then(Untrusted::non_empty) {
            Some(name) => format!("{}  {kind} {id}", text::make_visible(name)),
            None => format!("{kind} {id}"),
        };
        match target {
            Target::Sensor(id) => {
                let state = session.find_sensor(*id).map(|sensor| format!(", last known: {}", sensor.isolation()));
                let name = self.host_name(*id, session).unwrap_or_else(|| "name unknown".into());
                format!("{name}  sensor {id}{}", state.unwrap_or_default())
            }
            Target::Hash(md5) => match self.file_name(*md5, session) {
                Some(name) => format!("{md5}  {name}"),
                None => md5.to_string(),
            },
            Target::Alerts(ids) => match &ids[..] {
                [id] => format!("alert {}", text::make_visible(&id.0)),
                ids => text::pluralize(ids.len(), "alert", "alerts"),
            },
            Target::Watchlist(id) => {
                let mut rows = session.lists.watchlists.loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                named("watchlist", &id.to_string(), row.map(|(_, row)| &row.name))
            }
            Target::Feed(id) => {
                let mut rows = session.lists.feeds.loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                named("feed", &id.to_string(), row.map(|(_, row)| row.title()))
            }
            Target::Report(id) => {
                let mut rows = session.lists.reports.loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                named("report", &text::line(&id.raw()), row.map(|(_, row)| &row.title))
            }
            Target::Group(id) => named("group", &id.to_string(), session.group_name(*id)),
            Target::New(kind, name) => format!("{kind} {}", text::line(name)),
        }
    }
}
