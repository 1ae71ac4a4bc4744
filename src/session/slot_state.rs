//! What can be said of a slot, whatever it holds: awaited, failed, old.

use strum::IntoEnumIterator;

use super::{Awaited, Awaiting, Preview, Session};
use crate::api::Error;
use crate::worker::{Aside, List, Side, Slot};

/// The slots with one value each: all but the pages and the relatives of a process.
const VALUES: [Slot; 19] = [
    Slot::Info,
    Slot::Lineage,
    Slot::Sensor,
    Slot::Group,
    Slot::Binary,
    Slot::Head,
    Slot::Prevalence,
    Slot::HostAlerts,
    Slot::Segments,
    Slot::Facets(Side::A),
    Slot::Facets(Side::B),
    Slot::Values,
    Slot::Queue,
    Slot::WatchActions,
    Slot::WatchCount,
    Slot::Report,
    Slot::ReportAlerts,
    Slot::License,
    Slot::Partitions,
];

impl Session {
    /// How many answers are on their way.
    pub fn n_pending(&self) -> usize {
        let values = self.values();
        let remotes = values.iter().filter_map(|slot| self.awaiting(*slot));
        let lists = List::ALL.iter().map(|list| self.list(*list));
        remotes.filter(|remote| remote.is_pending()).count()
            + lists.map(Awaited::n_pending).sum::<usize>()
            + self.timeline.n_pending()
            + self.related.n_pending()
            + self.transfers.len()
            + self.preview.as_ref().map_or(0, Preview::n_pending)
    }

    /// Every slot with a value of its own.
    pub(super) fn values(&self) -> Vec<Slot> {
        let family = self.family.keys().map(|id| Slot::Summary(*id));
        let asides = Aside::iter().map(Slot::Aside);
        VALUES.into_iter().chain(family).chain(asides).collect()
    }

    /// Why what belongs to this slot is not here. Any page stands for all of its list, and any relative or segment for
    /// all of them.
    pub fn error(&self, slot: Slot) -> Option<&Error> {
        match slot {
            Slot::Page(list, _) => self.list(list).error(),
            Slot::Events(_) => self.timeline.error(),
            Slot::Summary(_) => self.family.iter().find_map(|(id, remote)| {
                // That the server does not have one of them is no failure, unless it is the one that was opened.
                let is_gap = |error: &&Error| matches!(error, Error::NotFound { .. });
                let is_opened = self.opened == Some(*id);
                remote.error().filter(|error| is_opened || !is_gap(error))
            }),
            value => self.awaiting(value)?.error(),
        }
    }

    /// Whether what belongs to this slot is on its way.
    pub fn is_pending(&self, slot: Slot) -> bool {
        match slot {
            Slot::Page(list, _) => self.list(list).is_pending(),
            Slot::Summary(_) => self.family.values().any(Awaiting::is_pending),
            Slot::Events(_) => self.timeline.n_pending() > 0,
            value => self.awaiting(value).is_some_and(Awaiting::is_pending),
        }
    }

    /// Whether what is here of this slot is old: a newer answer was asked for and did not come.
    pub fn is_old(&self, slot: Slot) -> bool {
        match slot {
            // Rows that never came leave those that did as they are.
            Slot::Page(list, _) => self.list(list).is_old(),
            Slot::Summary(_) => {
                let mut family = self.family.values();
                family.any(|remote| remote.is_held() && remote.error().is_some())
            }
            Slot::Events(_) => self.timeline.is_old(),
            value => self.awaiting(value).is_some_and(|remote| remote.is_held() && remote.error().is_some()),
        }
    }

    /// What can be said of a list.
    pub(super) fn list(&self, list: List) -> &dyn Awaited {
        match list {
            List::Processes => &self.results,
            List::Alerts => &self.alerts,
            List::Binaries => &self.binaries,
            List::Bans => &self.bans,
            List::Isolated => &self.isolated,
            List::Bundles => &self.triage.bundles,
            List::Acts => &self.acts,
            List::Calls => &self.calls,
            List::Sensors => &self.sensors,
            List::Watchlists => &self.watchlists,
            List::Feeds => &self.feeds,
            List::Reports => &self.reports,
            List::Groups => &self.groups,
            List::Users => &self.users,
            List::Teams => &self.teams,
            List::Sites => &self.sites,
        }
    }

    /// The same, to be changed.
    pub(super) fn list_mut(&mut self, list: List) -> &mut dyn Awaited {
        match list {
            List::Processes => &mut self.results,
            List::Alerts => &mut self.alerts,
            List::Binaries => &mut self.binaries,
            List::Bans => &mut self.bans,
            List::Isolated => &mut self.isolated,
            List::Bundles => &mut self.triage.bundles,
            List::Acts => &mut self.acts,
            List::Calls => &mut self.calls,
            List::Sensors => &mut self.sensors,
            List::Watchlists => &mut self.watchlists,
            List::Feeds => &mut self.feeds,
            List::Reports => &mut self.reports,
            List::Groups => &mut self.groups,
            List::Users => &mut self.users,
            List::Teams => &mut self.teams,
            List::Sites => &mut self.sites,
        }
    }

    /// What can be said of the value of a slot; pages are many, and speak for themselves.
    pub(super) fn awaiting(&self, slot: Slot) -> Option<&dyn Awaiting> {
        Some(match slot {
            Slot::Info => &self.info,
            Slot::Lineage => &self.lineage,
            Slot::Sensor => &self.sensor,
            Slot::Group => &self.group,
            Slot::Binary => &self.binary,
            Slot::Head => &self.head,
            Slot::Related(object) => self.related.awaiting(object)?,
            Slot::Prevalence => &self.prevalence,
            Slot::HostAlerts => &self.host_alerts,
            Slot::Summary(id) => self.family.get(&id)?,
            Slot::Segments => &self.timeline.segments,
            Slot::Facets(side) => self.side(side),
            Slot::Values => &self.values,
            Slot::Queue => &self.triage.queue,
            Slot::Live => &self.triage.live.look,
            Slot::Aside(aside) => self.triage.asides.awaiting(aside),
            Slot::WatchActions => &self.watch_actions,
            Slot::WatchCount => &self.watch_count,
            Slot::Report => &self.report,
            Slot::ReportAlerts => &self.report_alerts,
            Slot::License => &self.license,
            Slot::Partitions => &self.partitions,
            Slot::Page(..) | Slot::Events(_) => return None,
        })
    }

    /// The same, to be changed.
    pub(super) fn awaiting_mut(&mut self, slot: Slot) -> Option<&mut dyn Awaiting> {
        Some(match slot {
            Slot::Info => &mut self.info,
            Slot::Lineage => &mut self.lineage,
            Slot::Sensor => &mut self.sensor,
            Slot::Group => &mut self.group,
            Slot::Binary => &mut self.binary,
            Slot::Head => &mut self.head,
            Slot::Related(object) => self.related.awaiting_mut(object)?,
            Slot::Prevalence => &mut self.prevalence,
            Slot::HostAlerts => &mut self.host_alerts,
            Slot::Summary(id) => self.family.get_mut(&id)?,
            Slot::Segments => &mut self.timeline.segments,
            Slot::Facets(side) => self.side_mut(side),
            Slot::Values => &mut self.values,
            Slot::Queue => &mut self.triage.queue,
            Slot::Live => &mut self.triage.live.look,
            Slot::Aside(aside) => self.triage.asides.awaiting_mut(aside),
            Slot::WatchActions => &mut self.watch_actions,
            Slot::WatchCount => &mut self.watch_count,
            Slot::Report => &mut self.report,
            Slot::ReportAlerts => &mut self.report_alerts,
            Slot::License => &mut self.license,
            Slot::Partitions => &mut self.partitions,
            Slot::Page(..) | Slot::Events(_) => return None,
        })
    }
}
