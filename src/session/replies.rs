//! Answers find their place.

use super::Session;
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::Lineage;
use crate::worker::{Slot, Ticket};

impl Session {
    /// Takes an answer to heart; false when it came too late to matter.
    pub(super) fn settle(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (result, slot) {
            (Ok(answer), Slot::Related(object)) => self.related.settle(object, ticket, answer),
            (Ok(answer), Slot::Aside(aside)) => self.triage.asides.settle(aside, ticket, answer),
            (Ok(Answer::Queue(known)), _) => self.triage.queue.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::Live) => self.triage.live.look.settle(ticket, known),
            (Ok(Answer::Info(known)), _) => self.info.settle(ticket, known),
            (Ok(Answer::Page(known)), Slot::Page(_, start)) => self.results.settle(start, ticket, known),
            (Ok(Answer::Prevalence(known)), _) => self.prevalence.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::HostAlerts) => self.host_alerts.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::Page(_, start)) => self.alerts.settle(start, ticket, known),
            (Ok(Answer::Binaries(known)), Slot::Page(_, start)) => self.binaries.settle(start, ticket, known),
            (Ok(Answer::Isolated(known)), Slot::Page(_, start)) => self.isolated.settle(start, ticket, known),
            (Ok(Answer::Sensors(known)), Slot::Page(_, start)) => self.sensors.settle(start, ticket, known),
            (Ok(Answer::Watchlists(known)), Slot::Page(_, start)) => self.watchlists.settle(start, ticket, known),
            (Ok(Answer::Feeds(known)), Slot::Page(_, start)) => self.feeds.settle(start, ticket, known),
            (Ok(Answer::Reports(known)), Slot::Page(_, start)) => self.reports.settle(start, ticket, known),
            (Ok(Answer::Groups(known)), Slot::Page(_, start)) => self.groups.settle(start, ticket, known),
            (Ok(Answer::Users(known)), Slot::Page(_, start)) => self.users.settle(start, ticket, known),
            (Ok(Answer::Teams(known)), Slot::Page(_, start)) => self.teams.settle(start, ticket, known),
            (Ok(Answer::Sites(known)), Slot::Page(_, start)) => self.sites.settle(start, ticket, known),
            (Ok(Answer::Bans(known)), Slot::Page(_, start)) => self.bans.settle(start, ticket, known),
            (Ok(Answer::Summary(known)), Slot::Summary(id)) => {
                self.family.get_mut(&id).is_some_and(|remote| remote.settle(ticket, known))
            }
            (Ok(Answer::Facets(known)), Slot::Facets(side)) => self.side_mut(side).settle(ticket, known),
            (Ok(Answer::Facets(known)), Slot::Values) => self.values.settle(ticket, known),
            // A refreshed chain grows from its beginning; until it is whole, what is known of it stays.
            (Ok(Answer::Lineage(known)), _) if self.is_longer(&known.value) => self.lineage.keep(ticket),
            (Ok(Answer::Lineage(known)), _) => self.lineage.settle(ticket, known),
            (Ok(Answer::Sensor(known)), _) => self.sensor.settle(ticket, known),
            (Ok(Answer::Group(known)), _) => self.group.settle(ticket, known),
            (Ok(Answer::Binary(known)), _) => self.binary.settle(ticket, known),
            (Ok(Answer::Segments(known)), _) => self.timeline.settle_segments(ticket, known),
            (Ok(Answer::Events(known)), Slot::Events(segment)) => self.timeline.settle(segment, ticket, known),
            (Ok(Answer::Head(known)), _) => self.head.settle(ticket, known),
            (Ok(Answer::WatchActions(known)), _) => self.watch_actions.settle(ticket, known),
            (Ok(Answer::Count(known)), Slot::WatchCount) => self.watch_count.settle(ticket, known),
            (Ok(Answer::Count(known)), Slot::ReportAlerts) => self.report_alerts.settle(ticket, known),
            (Ok(Answer::Report(known)), _) => self.report.settle(ticket, known),
            (Ok(Answer::License(known)), _) => self.license.settle(ticket, known),
            (Ok(Answer::Partitions(known)), _) => self.partitions.settle(ticket, known),
            // What no slot asks for.
            (
                Ok(
                    Answer::Summary(_)
                    | Answer::Page(_)
                    | Answer::Facets(_)
                    | Answer::Alerts(_)
                    | Answer::Events(_)
                    | Answer::Binaries(_)
                    | Answer::Bans(_)
                    | Answer::Isolated(_)
                    | Answer::Sensors(_)
                    | Answer::Watchlists(_)
                    | Answer::Feeds(_)
                    | Answer::Reports(_)
                    | Answer::Groups(_)
                    | Answer::Users(_)
                    | Answer::Teams(_)
                    | Answer::Sites(_)
                    | Answer::Count(_),
                ),
                _,
            ) => false,
            (Err(error), slot) => self.fail(ticket, slot, error),
        }
    }

    /// Takes it to heart that there is no answer.
    fn fail(&mut self, ticket: Ticket, slot: Slot, error: Error) -> bool {
        match slot {
            Slot::Page(list, start) => self.list_mut(list).fail(start, ticket, error),
            Slot::Live => self.triage.live.fail(ticket, error),
            Slot::Events(segment) => self.timeline.fail(segment, ticket, error),
            slot => self.awaiting_mut(slot).is_some_and(|remote| remote.fail(ticket, error)),
        }
    }

    /// Whether more is held of a chain whose walk goes on.
    fn is_longer(&self, lineage: &Lineage) -> bool {
        let held = self.lineage.current();
        lineage.is_walking() && held.is_some_and(|held| held.value.goes_beyond(lineage))
    }
}
