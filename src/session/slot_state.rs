//! The state of each slot: pending, failed, stale.

use strum::IntoEnumIterator;

use super::{PagesState, Preview, RemoteState, Session};
use crate::api::Error;
use crate::worker::{AlertContextPart, FacetSide, List, Slot};

/// The slots that hold one value each: all except pages, events and relatives.
const VALUES: [Slot; 19] = [
    Slot::ServerInfo,
    Slot::Lineage,
    Slot::Sensor,
    Slot::SensorGroup,
    Slot::Binary,
    Slot::FileHead,
    Slot::Prevalence,
    Slot::HostAlerts,
    Slot::Segments,
    Slot::Facets(FacetSide::A),
    Slot::Facets(FacetSide::B),
    Slot::FieldValues,
    Slot::AlertDigest,
    Slot::WatchActions,
    Slot::WatchCount,
    Slot::Report,
    Slot::ReportAlerts,
    Slot::License,
    Slot::Partitions,
];

impl Session {
    /// Returns the number of pending answers.
    pub fn n_pending(&self) -> usize {
        let values = self.value_slots();
        let remotes = values.iter().filter_map(|slot| self.remote(*slot));
        let lists = List::ALL.iter().map(|list| self.list_state(*list));
        remotes.filter(|remote| remote.is_pending()).count()
            + lists.map(PagesState::n_pending).sum::<usize>()
            + self.opened.timeline.n_pending()
            + self.lists.joins.n_pending()
            + self.transfers.downloads.len()
            + self.changes.preview.as_ref().map_or(0, Preview::n_pending)
    }

    /// Returns every slot that holds one value.
    pub(super) fn value_slots(&self) -> Vec<Slot> {
        let relatives = self.opened.relatives.keys().map(|id| Slot::Summary(*id));
        let context_parts = AlertContextPart::iter().map(Slot::AlertContext);
        VALUES.into_iter().chain(relatives).chain(context_parts).collect()
    }

    /// Returns why a slot could not be fetched. A page represents its whole list, a relative or a segment all of them.
    pub fn error(&self, slot: Slot) -> Option<&Error> {
        match slot {
            Slot::Page(list, _) => self.list_state(list).error(),
            Slot::Events(_) => self.opened.timeline.error(),
            Slot::Summary(_) => self.opened.relatives.iter().find_map(|(id, remote)| {
                // A relative that the server does not have is a gap, not a failure, unless it is the opened process.
                let is_gap = |error: &&Error| matches!(error, Error::NotFound { .. });
                let is_opened = self.opened.id == Some(*id);
                remote.error().filter(|error| is_opened || !is_gap(error))
            }),
            value => self.remote(value)?.error(),
        }
    }

    /// Returns whether an answer for a slot is pending.
    pub fn is_pending(&self, slot: Slot) -> bool {
        match slot {
            Slot::Page(list, _) => self.list_state(list).is_pending(),
            Slot::Summary(_) => self.opened.relatives.values().any(RemoteState::is_pending),
            Slot::Events(_) => self.opened.timeline.n_pending() > 0,
            value => self.remote(value).is_some_and(RemoteState::is_pending),
        }
    }

    /// Returns whether the content of a slot is stale: its refresh failed.
    pub fn is_stale(&self, slot: Slot) -> bool {
        match slot {
            // Pages that were never loaded do not make the loaded ones stale.
            Slot::Page(list, _) => self.list_state(list).is_stale(),
            Slot::Summary(_) => {
                let mut relatives = self.opened.relatives.values();
                relatives.any(|remote| remote.has_answer() && remote.error().is_some())
            }
            Slot::Events(_) => self.opened.timeline.is_stale(),
            value => self.remote(value).is_some_and(|remote| remote.has_answer() && remote.error().is_some()),
        }
    }

    /// Returns the loading state of a list.
    pub(super) fn list_state(&self, list: List) -> &dyn PagesState {
        match list {
            List::Processes => &self.lists.processes,
            List::Alerts => &self.lists.alerts,
            List::Binaries => &self.lists.binaries,
            List::Bans => &self.lists.bans,
            List::IsolatedSensors => &self.lists.isolated_sensors,
            List::AlertGroups => &self.alert_state.groups,
            List::Activity => &self.lists.activity,
            List::Requests => &self.lists.request_log,
            List::Sensors => &self.lists.sensors,
            List::Watchlists => &self.lists.watchlists,
            List::Feeds => &self.lists.feeds,
            List::Reports => &self.lists.reports,
            List::SensorGroups => &self.lists.sensor_groups,
            List::Users => &self.lists.users,
            List::Teams => &self.lists.teams,
            List::Sites => &self.lists.sites,
        }
    }

    /// Returns the loading state of a list, mutably.
    pub(super) fn list_state_mut(&mut self, list: List) -> &mut dyn PagesState {
        match list {
            List::Processes => &mut self.lists.processes,
            List::Alerts => &mut self.lists.alerts,
            List::Binaries => &mut self.lists.binaries,
            List::Bans => &mut self.lists.bans,
            List::IsolatedSensors => &mut self.lists.isolated_sensors,
            List::AlertGroups => &mut self.alert_state.groups,
            List::Activity => &mut self.lists.activity,
            List::Requests => &mut self.lists.request_log,
            List::Sensors => &mut self.lists.sensors,
            List::Watchlists => &mut self.lists.watchlists,
            List::Feeds => &mut self.lists.feeds,
            List::Reports => &mut self.lists.reports,
            List::SensorGroups => &mut self.lists.sensor_groups,
            List::Users => &mut self.lists.users,
            List::Teams => &mut self.lists.teams,
            List::Sites => &mut self.lists.sites,
        }
    }

    /// Returns the loading state of a slot with one value; `None` for pages and events.
    pub(super) fn remote(&self, slot: Slot) -> Option<&dyn RemoteState> {
        Some(match slot {
            Slot::ServerInfo => &self.connection.server_info,
            Slot::Lineage => &self.details.lineage,
            Slot::Sensor => &self.details.sensor,
            Slot::SensorGroup => &self.details.group,
            Slot::Binary => &self.details.binary,
            Slot::FileHead => &self.details.file_head,
            Slot::Joined(object) => self.lists.joins.remote(object)?,
            Slot::Prevalence => &self.details.prevalence,
            Slot::HostAlerts => &self.details.host_alerts,
            Slot::Summary(id) => self.opened.relatives.get(&id)?,
            Slot::Segments => &self.opened.timeline.segments,
            Slot::Facets(side) => self.facets_of(side),
            Slot::FieldValues => &self.search.value_suggestions,
            Slot::AlertDigest => &self.alert_state.digest,
            Slot::NewAlerts => &self.alert_state.live.poll,
            Slot::AlertContext(part) => self.alert_state.context.remote(part),
            Slot::WatchActions => &self.details.watchlist_actions,
            Slot::WatchCount => &self.details.watchlist_hits,
            Slot::Report => &self.details.report,
            Slot::ReportAlerts => &self.details.report_alert_count,
            Slot::License => &self.connection.license,
            Slot::Partitions => &self.connection.store_partitions,
            Slot::Page(..) | Slot::Events(_) => return None,
        })
    }

    /// Returns the loading state of a slot with one value, mutably.
    pub(super) fn remote_mut(&mut self, slot: Slot) -> Option<&mut dyn RemoteState> {
        Some(match slot {
            Slot::ServerInfo => &mut self.connection.server_info,
            Slot::Lineage => &mut self.details.lineage,
            Slot::Sensor => &mut self.details.sensor,
            Slot::SensorGroup => &mut self.details.group,
            Slot::Binary => &mut self.details.binary,
            Slot::FileHead => &mut self.details.file_head,
            Slot::Joined(object) => self.lists.joins.remote_mut(object)?,
            Slot::Prevalence => &mut self.details.prevalence,
            Slot::HostAlerts => &mut self.details.host_alerts,
            Slot::Summary(id) => self.opened.relatives.get_mut(&id)?,
            Slot::Segments => &mut self.opened.timeline.segments,
            Slot::Facets(side) => self.facets_of_mut(side),
            Slot::FieldValues => &mut self.search.value_suggestions,
            Slot::AlertDigest => &mut self.alert_state.digest,
            Slot::NewAlerts => &mut self.alert_state.live.poll,
            Slot::AlertContext(part) => self.alert_state.context.remote_mut(part),
            Slot::WatchActions => &mut self.details.watchlist_actions,
            Slot::WatchCount => &mut self.details.watchlist_hits,
            Slot::Report => &mut self.details.report,
            Slot::ReportAlerts => &mut self.details.report_alert_count,
            Slot::License => &mut self.connection.license,
            Slot::Partitions => &mut self.connection.store_partitions,
            Slot::Page(..) | Slot::Events(_) => return None,
        })
    }
}
