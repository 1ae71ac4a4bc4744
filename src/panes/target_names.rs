//! Names of the targets of an action, from the rows on which it was started: their records may fail to load.

use std::collections::BTreeMap;

use super::Observables;
use crate::changes::Target;
use crate::model::{Feed, Md5, Report, SensorId, Watchlist};
use crate::session::Session;
use crate::text::{self, Untrusted};

/// Hosts listed by name; of the others only the number is given.
const MAX_NAMED: usize = 6;

/// The names that the marked or selected rows have for the targets of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetNames(BTreeMap<Target, Untrusted>);

impl TargetNames {
    /// Collects the names of hosts, files and objects from rows; other targets have their names in loaded lists.
    pub fn of_rows(rows: &[Observables]) -> Self {
        let mut names = BTreeMap::new();
        for row in rows {
            if let (Some(id), Some(host)) = (row.sensor(), row.host()) {
                names.entry(Target::Sensor(id)).or_insert_with(|| host.clone());
            }
            if let (Some(md5), Some(file)) = (row.md5(), row.file()) {
                names.entry(Target::Hash(md5)).or_insert_with(|| file.clone());
            }
            if let Some((object, name)) = row.object() {
                names.entry(object.clone()).or_insert_with(|| name.clone());
            }
        }
        Self(names)
    }

    /// Returns the name of a host, made visible.
    pub(super) fn host_name(&self, id: SensorId, session: &Session) -> Option<String> {
        // Process documents have the name in another letter case.
        let record = session.find_sensor(id).and_then(|sensor| sensor.computer_name.non_empty());
        record.or_else(|| self.0.get(&Target::Sensor(id))).map(text::make_visible)
    }

    /// Returns the name of a file, made visible.
    fn file_name(&self, md5: Md5, session: &Session) -> Option<String> {
        let row = self.0.get(&Target::Hash(md5)).cloned();
        let name = row.or_else(|| session.find_file_name(md5));
        name.as_ref().and_then(Untrusted::non_empty).map(text::make_visible)
    }

    /// Describes a host by name and sensor ID: names need not be unique.
    pub(super) fn describe_host(&self, id: SensorId, session: &Session) -> String {
        match self.host_name(id, session) {
            Some(name) => format!("{name} (sensor {id})"),
            None => format!("sensor {id}, name unknown"),
        }
    }

    /// Describes hosts, the first ones by name.
    pub(super) fn describe_hosts(&self, ids: &[SensorId], session: &Session) -> String {
        let listed = ids.iter().take(MAX_NAMED).map(|id| self.describe_host(*id, session));
        let mut names: Vec<_> = listed.collect();
        if ids.len() > MAX_NAMED {
            names.push(format!("and {} more", ids.len() - MAX_NAMED));
        }
        names.join(", ")
    }

    /// Describes a target by what is known before its record is loaded; the text is visible.
    pub(super) fn describe(&self, target: &Target, session: &Session) -> String {
        let describe_row = |kind: &str, id: &str, name: Option<&Untrusted>| match name.and_then(Untrusted::non_empty) {
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
                let mut rows = session.lists.pages::<Watchlist>().loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                describe_row("watchlist", &id.to_string(), row.map(|(_, row)| &row.name))
            }
            Target::Feed(id) => {
                let mut rows = session.lists.pages::<Feed>().loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                describe_row("feed", &id.to_string(), row.map(|(_, row)| row.title()))
            }
            Target::Report(id) => {
                let mut rows = session.lists.pages::<Report>().loaded_rows();
                let row = rows.find(|(_, row)| row.id == *id);
                describe_row("report", &text::line(&id.raw()), row.map(|(_, row)| &row.title))
            }
            Target::New(kind, name) => format!("{kind} {}", text::line(name)),
            object => {
                let group = if let Target::Group(id) = object { session.group_name(*id) } else { None };
                describe_row(object.kind(), &text::line(&object.id()), self.0.get(object).or(group))
            }
        }
    }
}
