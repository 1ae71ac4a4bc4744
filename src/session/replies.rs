//! Answers find their place.

use super::Session;
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::Lineage;
use crate::worker::{Slot, Ticket};

impl Session {
    /// Takes an answer to heart; false when it came too late to matter.
    pub(super) fn resolve(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (result, slot) {
            (Ok(answer), Slot::Joined(object)) => self.lists.joins.resolve(object, ticket, answer),
            (Ok(answer), Slot::AlertContext(aside)) => self.alert_state.context.resolve(aside, ticket, answer),
            (Ok(Answer::AlertDigest(known)), _) => self.alert_state.digest.resolve(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::NewAlerts) => self.alert_state.live.poll.resolve(ticket, known),
            (Ok(Answer::ServerInfo(known)), _) => self.connection.server_info.resolve(ticket, known),
            (Ok(Answer::Processes(known)), Slot::Page(_, start)) => self.lists.processes.resolve(start, ticket, known),
            (Ok(Answer::Prevalence(known)), _) => self.details.prevalence.resolve(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::HostAlerts) => self.details.host_alerts.resolve(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::Page(_, start)) => self.lists.alerts.resolve(start, ticket, known),
            (Ok(Answer::Binaries(known)), Slot::Page(_, start)) => self.lists.binaries.resolve(start, ticket, known),
            (Ok(Answer::IsolatedSensors(known)), Slot::Page(_, start)) => {
                self.lists.isolated_sensors.resolve(start, ticket, known)
            }
            (Ok(Answer::Sensors(known)), Slot::Page(_, start)) => self.lists.sensors.resolve(start, ticket, known),
            (Ok(Answer::Watchlists(known)), Slot::Page(_, start)) => {
                self.lists.watchlists.resolve(start, ticket, known)
            }
            (Ok(Answer::Feeds(known)), Slot::Page(_, start)) => self.lists.feeds.resolve(start, ticket, known),
            (Ok(Answer::Reports(known)), Slot::Page(_, start)) => self.lists.reports.resolve(start, ticket, known),
            (Ok(Answer::SensorGroups(known)), Slot::Page(_, start)) => {
                self.lists.sensor_groups.resolve(start, ticket, known)
            }
            (Ok(Answer::Users(known)), Slot::Page(_, start)) => self.lists.users.resolve(start, ticket, known),
            (Ok(Answer::Teams(known)), Slot::Page(_, start)) => self.lists.teams.resolve(start, ticket, known),
            (Ok(Answer::Sites(known)), Slot::Page(_, start)) => self.lists.sites.resolve(start, ticket, known),
            (Ok(Answer::Bans(known)), Slot::Page(_, start)) => self.lists.bans.resolve(start, ticket, known),
            (Ok(Answer::Summary(known)), Slot::Summary(id)) => {
                self.opened.relatives.get_mut(&id).is_some_and(|remote| remote.resolve(ticket, known))
            }
            (Ok(Answer::Facets(known)), Slot::Facets(side)) => self.facets_of_mut(side).resolve(ticket, known),
            (Ok(Answer::Facets(known)), Slot::FieldValues) => self.search.value_suggestions.resolve(ticket, known),
            // A refreshed chain grows from its beginning; until it is whole, what is known of it stays.
            (Ok(Answer::Lineage(known)), _) if self.has_longer_chain(&known.value) => {
                self.details.lineage.resolve_unchanged(ticket)
            }
            (Ok(Answer::Lineage(known)), _) => self.details.lineage.resolve(ticket, known),
            (Ok(Answer::Sensor(known)), _) => self.details.sensor.resolve(ticket, known),
            (Ok(Answer::SensorGroup(known)), _) => self.details.group.resolve(ticket, known),
            (Ok(Answer::Binary(known)), _) => self.details.binary.resolve(ticket, known),
            (Ok(Answer::Segments(known)), _) => self.opened.timeline.resolve_segments(ticket, known),
            (Ok(Answer::Events(known)), Slot::Events(segment)) => {
                self.opened.timeline.resolve_events(segment, ticket, known)
            }
            (Ok(Answer::FileHead(known)), _) => self.details.file_head.resolve(ticket, known),
            (Ok(Answer::WatchActions(known)), _) => self.details.watchlist_actions.resolve(ticket, known),
            (Ok(Answer::Count(known)), Slot::WatchCount) => self.details.watchlist_hits.resolve(ticket, known),
            (Ok(Answer::Count(known)), Slot::ReportAlerts) => self.details.report_alert_count.resolve(ticket, known),
            (Ok(Answer::Report(known)), _) => self.details.report.resolve(ticket, known),
            (Ok(Answer::License(known)), _) => self.connection.license.resolve(ticket, known),
            (Ok(Answer::Partitions(known)), _) => self.connection.store_partitions.resolve(ticket, known),
            // What no slot asks for.
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

    /// Takes it to heart that there is no answer.
    fn reject(&mut self, ticket: Ticket, slot: Slot, error: Error) -> bool {
        match slot {
            Slot::Page(list, start) => self.list_state_mut(list).reject(start, ticket, error),
            Slot::NewAlerts => self.alert_state.live.reject(ticket, error),
            Slot::Events(segment) => self.opened.timeline.reject(segment, ticket, error),
            slot => self.remote_mut(slot).is_some_and(|remote| remote.reject(ticket, error)),
        }
    }

    /// Whether more is held of a chain whose walk goes on.
    fn has_longer_chain(&self, lineage: &Lineage) -> bool {
        let held = self.details.lineage.latest();
        lineage.is_walking() && held.is_some_and(|held| held.value.extends(lineage))
    }
}
