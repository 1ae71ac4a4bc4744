//! From what one looks at to a new question about it: the same hash, host, user, or whatever else is known.

pub use super::around::AroundPane;
pub use super::observables::Observables;

use crate::keys::Action;
use crate::model::SensorFilter;
use crate::panes::Pane;
use crate::query::{Index, quote};
use crate::session::{Cx, Destination, Session};

/// As many values are asked for at once: a query with more would be refused for its length.
const MAX_VALUES: usize = 50;

/// Asks what else has the same, of all rows that `clues` finds, as `action` names; false when it names nothing of the
/// kind, and nothing is looked for then.
pub(super) fn pivot(action: Action, cx: &mut Cx<'_>, clues: impl FnOnce(&Session) -> Vec<Observables>) -> bool {
    if let Action::GoHost | Action::GoWatchlist | Action::GoReport = action {
        let rows = clues(cx.session());
        match rows.iter().find_map(|row| direct_destination(action, row)) {
            Some(lead) => cx.navigate(lead),
            None => cx.notify(format!("{}: unknown here", action.label())),
        }
        return true;
    }
    let (clue, index) = match action {
        Action::AlertsOfHost => (Action::SameHost, Index::Alert),
        Action::GoBinary => (Action::SameHash, Index::Binary),
        action if super::observables::PIVOTS.contains(&action) => (action, Index::Process),
        _ => return false,
    };
    let rows = clues(cx.session());
    search_values(&rows, clue, index, cx);
    true
}

/// What `action` opens over a pane that has the clues under its cursor.
pub(super) fn overlay_for(action: Action, clues: impl FnOnce() -> Option<Observables>) -> Option<Box<dyn Pane>> {
    let is_around = action == Action::Around;
    let pane = is_around.then(|| AroundPane::new(&clues()?)).flatten()?;
    Some(Box::new(pane))
}

/// Where a clue leads that is one thing, and not a question.
fn direct_destination(action: Action, clues: &Observables) -> Option<Destination> {
    Some(match action {
        // By its number: what is called so elsewhere, the list may spell with other letters.
        Action::GoHost => {
            let filter = SensorFilter { id: Some(clues.sensor?), ..SensorFilter::default() };
            Destination::Sensors(filter.to_string())
        }
        Action::GoWatchlist => Destination::Watchlist(clues.watchlist?),
        _ => {
            let report = clues.report.as_ref()?;
            let id = quote(report.id.raw());
            let query = format!("feed_id:{} report_id:{id}", report.feed);
            Destination::Search(Index::Report, query)
        }
    })
}

fn search_values(rows: &[Observables], action: Action, index: Index, cx: &mut Cx<'_>) {
    let mut terms: Vec<String> = Vec::new();
    for (field, value) in rows.iter().filter_map(|clues| clues.pivot_value(action)) {
        // Whatever a process or an event calls it, of a file it is this.
        let field = match index {
            Index::Binary => "md5",
            _ => field,
        };
        terms.push(format!("{field}:{}", quote(value.raw())));
    }
    search_conditions(terms, action, index, cx);
}

/// Asks for what these conditions find, each of them once.
fn search_conditions(all: Vec<String>, action: Action, index: Index, cx: &mut Cx<'_>) {
    let mut terms: Vec<String> = Vec::new();
    for term in all {
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
