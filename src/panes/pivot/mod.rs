//! Pivots: searches for values of the selected rows, such as a hash, host or user.

pub use super::nearby_processes::AroundPane;
pub use super::observables::Observables;

use crate::keys::Action;
use crate::model::SensorFilter;
use crate::panes::Pane;
use crate::query::{Index, quote};
use crate::session::{Cx, Destination, Session};

/// Values per search: a query with more would be rejected for its length.
const MAX_VALUES: usize = 50;

/// Searches for the values that `action` takes from `observables`; returns false, without evaluating them, if `action`
/// is not a pivot.
pub(super) fn pivot(action: Action, cx: &mut Cx<'_>, observables: impl FnOnce(&Session) -> Vec<Observables>) -> bool {
    if let Action::GoHost | Action::GoWatchlist | Action::GoReport = action {
        let rows = observables(cx.session());
        match rows.iter().find_map(|row| direct_destination(action, row)) {
            Some(destination) => cx.navigate(destination),
            None => cx.notify(format!("{}: unknown here", action.label())),
        }
        return true;
    }
    let (value_action, index) = match action {
        Action::AlertsOfHost => (Action::SameHost, Index::Alert),
        Action::GoBinary => (Action::SameHash, Index::Binary),
        action if super::observables::PIVOTS.contains(&action) => (action, Index::Process),
        _ => return false,
    };
    let rows = observables(cx.session());
    search_values(&rows, value_action, index, cx);
    true
}

/// Returns the popup that `action` opens for the observables under the cursor.
pub(super) fn overlay_for(action: Action, observables: impl FnOnce() -> Option<Observables>) -> Option<Box<dyn Pane>> {
    if action != Action::Around {
        return None;
    }
    Some(Box::new(AroundPane::new(&observables()?)?))
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

fn search_values(rows: &[Observables], action: Action, index: Index, cx: &mut Cx<'_>) {
    let mut terms: Vec<String> = Vec::new();
    for (field, value) in rows.iter().filter_map(|row| row.pivot_value(action)) {
        // The binary index has one field for the hash, which has other names in processes and events.
        let field = match index {
            Index::Binary => "md5",
            _ => field,
        };
        terms.push(format!("{field}:{}", quote(value.raw())));
    }
    search_conditions(terms, action, index, cx);
}

/// Searches for any of the conditions, without duplicates.
fn search_conditions(conditions: Vec<String>, action: Action, index: Index, cx: &mut Cx<'_>) {
    let mut terms: Vec<String> = Vec::new();
    for term in conditions {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    match terms.len() {
        0 => cx.notify(format!("{}: unknown here", action.label())),
        1 => cx.navigate(Destination::Search(index, terms.remove(0))),
        2..=MAX_VALUES => cx.navigate(Destination::Search(index, format!("({})", terms.join(" OR ")))),
        n => cx.warn(format!("{n} values are too many for one query. Mark at most {MAX_VALUES}")),
    }
}
