//! Stores each answer of the worker where its slot says.

use super::Session;
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::Lineage;
use crate::worker::{Slot, Ticket};

impl Session {
    /// Stores an answer or failure in its slot; returns whether `ticket` was still expected.
    pub(super) fn resolve(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (result, slot) {
            (Ok(answer), Slot::Joined(object)) => self.lists.joins.resolve(object, ticket, answer),
            (Ok(answer), Slot::AlertContext(part)) => self.alert_state.context.resolve(part, ticket, answer),
            (Ok(Answer::AlertDigest(fetched)), _) => self.alert_state.digest.resolve(ticket, fetched),
            (Ok(Answer::Alerts(fetched)), Slot::NewAlerts) => self.alert_state.live.poll.resolve(ticket, fetched),
            (Ok(Answer::ServerInfo(fetched)), _) => self.connection.server_info.resolve(ticket, fetched),
            (Ok(Answer::Processes(fetched)), Slot::Page(_, start)) => {
                self.lists.processes.resolve(start, ticket, fetched)
            }
            (Ok(Answer::Prevalence(fetched)), _) => self.details.prevalence.resolve(ticket, fetched),
            (Ok(Answer::Alerts(fetched)), Slot::HostAlerts) => self.details.host_alerts.resolve(ticket, fetched),
            (Ok(Answer::Alerts(fetched)), Slot::Page(_, start)) => self.lists.alerts.resolve(start, ticket, fetched),
            (Ok(Answer::Binaries(fetched)), Slot::Page(_, start)) => {
                self.lists.binaries.resolve(start, ticket, fetched)
            }
            (Ok(Answer::IsolatedSensors(fetched)), Slot::Page(_, start)) => {
                self.lists.isolated_sensors.resolve(start, ticket, fetched)
            }
            (Ok(Answer::Sensors(fetched)), Slot::Page(_, start)) => self.lists.sensors.resolve(start, ticket, fetched),
            (Ok(Answer::Watchlists(fetched)), Slot::Page(_, start)) => {
                self.lists.watchlists.resolve(start, ticket, fetched)
            }
            (Ok(Answer::Feeds(fetched)), Slot::Page(_, start)) => self.lists.feeds.resolve(start, ticket, fetched),
            (Ok(Answer::Reports(fetched)), Slot::Page(_, start)) => self.lists.reports.resolve(start, ticket, fetched),
            (Ok(Answer::SensorGroups(fetched)), Slot::Page(_, start)) => {
                self.lists.sensor_groups.resolve(start, ticket, fetched)
            }
            (Ok(Answer::Users(fetched)), Slot::Page(_, start)) => self.lists.users.resolve(start, ticket, fetched),
            (Ok(Answer::Teams(fetched)), Slot::Page(_, start)) => self.lists.teams.resolve(start, ticket, fetched),
            (Ok(Answer::Sites(fetched)), Slot::Page(_, start)) => self.lists.sites.resolve(start, ticket, fetched),
            (Ok(Answer::Bans(fetched)), Slot::Page(_, start)) => self.lists.bans.resolve(start, ticket, fetched),
            (Ok(Answer::Summary(fetched)), Slot::Summary(id)) => {
                self.opened.relatives.get_mut(&id).is_some_and(|remote| remote.resolve(ticket, fetched))
            }
            (Ok(Answer::Facets(fetched)), Slot::Facets(side)) => self.facets_of_mut(side).resolve(ticket, fetched),
            (Ok(Answer::Facets(fetched)), Slot::FieldValues) => self.search.value_suggestions.resolve(ticket, fetched),
            // A refreshed chain grows from its start; the longer one from before is shown until it has caught up.
            (Ok(Answer::Lineage(fetched)), _) if self.has_longer_chain(&fetched.value) => {
                self.details.lineage.resolve_unchanged(ticket)
            }
            (Ok(Answer::Lineage(fetched)), _) => self.details.lineage.resolve(ticket, fetched),
            (Ok(Answer::Sensor(fetched)), _) => self.details.sensor.resolve(ticket, fetched),
            (Ok(Answer::SensorGroup(fetched)), _) => self.details.group.resolve(ticket, fetched),
            (Ok(Answer::Binary(fetched)), _) => self.details.binary.resolve(ticket, fetched),
            (Ok(Answer::Segments(fetched)), _) => self.opened.timeline.resolve_segments(ticket, fetched),
            (Ok(Answer::Events(fetched)), Slot::Events(segment)) => {
                self.opened.timeline.resolve_events(segment, ticket, fetched)
            }
            (Ok(Answer::FileHead(fetched)), _) => self.details.file_head.resolve(ticket, fetched),
            (Ok(Answer::WatchActions(fetched)), _) => self.details.watchlist_actions.resolve(ticket, fetched),
            (Ok(Answer::Count(fetched)), Slot::WatchCount) => self.details.watchlist_hits.resolve(ticket, fetched),
            (Ok(Answer::Count(fetched)), Slot::ReportAlerts) => {
                self.details.report_alert_count.resolve(ticket, fetched)
            }
            (Ok(Answer::Report(fetched)), _) => self.details.report.resolve(ticket, fetched),
            (Ok(Answer::License(fetched)), _) => self.connection.license.resolve(ticket, fetched),
            (Ok(Answer::Partitions(fetched)), _) => self.connection.store_partitions.resolve(ticket, fetched),
            // No slot requests these.
            (
                Ok(
                    Answer::Summary(_)
                    | Answer::Processes(_)
                    | Answer::Facets(_)
                    | Answer::Alerts(_)
                    | Answer::Events(_)
                    | Answer::Binaries(_)
                    | Answer::Bans(_)
                    | Answer::IsolatedSensors(_)
                    | Answer::Sensors(_)
                    | Answer::Watchlists(_)
                    | Answer::Feeds(_)
                    | Answer::Reports(_)
                    | Answer::SensorGroups(_)
                    | Answer::Users(_)
                    | Answer::Teams(_)
                    | Answer::Sites(_)
                    | Answer::Count(_),
                ),
                _,
            ) => false,
            (Err(error), slot) => self.reject(ticket, slot, error),
        }
    }

    /// Stores a failure in its slot; returns whether `ticket` was still expected.
    fn reject(&mut self, ticket: Ticket, slot: Slot, error: Error) -> bool {
        match slot {
            Slot::Page(list, start) => self.list_state_mut(list).reject(start, ticket, error),
            Slot::NewAlerts => self.alert_state.live.reject(ticket, error),
            Slot::Events(segment) => self.opened.timeline.reject(segment, ticket, error),
            slot => self.remote_mut(slot).is_some_and(|remote| remote.reject(ticket, error)),
        }
    }

    /// Returns whether the stored chain extends `lineage`, which is still being walked.
    fn has_longer_chain(&self, lineage: &Lineage) -> bool {
        let stored = self.details.lineage.latest();
        lineage.is_walking() && stored.is_some_and(|stored| stored.value.extends(lineage))
    }
}
