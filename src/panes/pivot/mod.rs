//! Pivots: searches for values of the selected rows, such as a hash, host or user.

pub use super::nearby_processes::AroundPane;
pub use super::observables::Observables;

use crate::keys::Action;
use crate::model::SensorFilter;
use crate::panes::{ActionResult, RecordPane};
use crate::query::{Index, quote};
use crate::session::{Cx, Destination, Session};

/// Values per search: a query with more would be rejected for its length.
const MAX_VALUES: usize = 50;

/// Searches for the values that `action` takes from `observables`, which are not evaluated if it is not a pivot.
pub(super) fn pivot(
    action: Action,
    cx: &mut Cx<'_>,
    observables: impl FnOnce(&Session) -> Vec<Observables>,
) -> ActionResult {
    let (value_action, index) = match action {
        Action::GoHost | Action::GoWatchlist | Action::GoReport => {
            let rows = observables(cx.session());
            let destination = rows.iter().find_map(|row| direct_destination(action, row));
            return ActionResult::navigate_or_notify(destination.ok_or_else(|| unknown_reason(action)), cx);
        }
        Action::Around => {
            let selected = observables(cx.session()).pop();
            return search_around(selected, cx);
        }
        Action::ShowCommandLine => {
            let rows = observables(cx.session());
            return show_command_lines(&rows, cx);
        }
        Action::AlertsOfHost => (Action::SameHost, Index::Alert),
        Action::GoBinary => (Action::SameHash, Index::Binary),
        action if super::observables::PIVOTS.contains(&action) => (action, Index::Process),
        _ => return ActionResult::Ignored,
    };
    let rows = observables(cx.session());
    search_values(&rows, value_action, index, cx)
}

/// Opens the popup that searches around the time of a row, if its host and time are known.
pub(super) fn search_around(row: Option<Observables>, cx: &mut Cx<'_>) -> ActionResult {
    match row.and_then(|row| AroundPane::new(&row)) {
        Some(popup) => ActionResult::open(popup),
        None => ActionResult::notify(format!("{}: no host or no time known here", Action::Around.label()), cx),
    }
}

/// Opens the popup with the command lines of the rows. That of an alert is known once its process is.
fn show_command_lines(rows: &[Observables], cx: &mut Cx<'_>) -> ActionResult {
    let session = cx.session();
    let of_alert = |row: &Observables| match &row.alerts[..] {
        [alert] => session.find_alert_process(alert).map(|process| process.cmdline.clone()),
        _ => None,
    };
    let command_line = |row: &Observables| {
        let own = row.pivot_value(Action::SameCmdline).map(|(_, value)| value.clone());
        own.or_else(|| of_alert(row)).filter(|value| !value.is_empty())
    };
    let command_lines: Vec<_> = rows.iter().filter_map(command_line).take(MAX_VALUES).collect();
    if command_lines.is_empty() {
        return ActionResult::notify(unknown_reason(Action::ShowCommandLine), cx);
    }
    ActionResult::open(RecordPane::of_command_lines(&command_lines))
}

fn unknown_reason(action: Action) -> String {
    format!("{}: unknown here", action.label())
}

/// Returns where an action leads that opens one thing, and does not search.
fn direct_destination(action: Action, observables: &Observables) -> Option<Destination> {
    Some(match action {
        // By ID: the sensor list may spell the host name in another case.
        Action::GoHost => {
            let filter = SensorFilter { id: Some(observables.sensor?), ..SensorFilter::default() };
            Destination::Sensors(filter.to_string())
        }
        Action::GoWatchlist => Destination::Watchlist(observables.watchlist?),
        _ => {
            let report = observables.report.as_ref()?;
            let id = quote(report.id.raw());
            let query = format!("feed_id:{} report_id:{id}", report.feed);
            Destination::Search(Index::Report, query)
        }
    })
}

fn search_values(rows: &[Observables], action: Action, index: Index, cx: &mut Cx<'_>) -> ActionResult {
    let mut terms: Vec<String> = Vec::new();
    for (field, value) in rows.iter().filter_map(|row| row.pivot_value(action)) {
        // The binary index has one field for the hash, which has other names in processes and events.
        let field = match index {
            Index::Binary => "md5",
            _ => field,
        };
        terms.push(format!("{field}:{}", quote(value.raw())));
    }
    search_conditions(terms, action, index, cx)
}

/// Searches for any of the conditions, without duplicates.
fn search_conditions(conditions: Vec<String>, action: Action, index: Index, cx: &mut Cx<'_>) -> ActionResult {
    let mut terms: Vec<String> = Vec::new();
    for term in conditions {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    let query = match terms.len() {
        0 => return ActionResult::notify(unknown_reason(action), cx),
        1 => terms.remove(0),
        2..=MAX_VALUES => format!("({})", terms.join(" OR ")),
        n => {
            cx.warn(format!("{n} values are too many for one query. Mark at most {MAX_VALUES}"));
            return ActionResult::Done;
        }
    };
    ActionResult::Navigate(Destination::Search(index, query))
}
