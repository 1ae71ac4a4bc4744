//! Areas for a size and a zoom; nothing else.

use ratatui::layout::{Constraint, Layout, Rect};

use super::View;
use crate::panes::PaneId;

/// Columns from which the parent chain and the sensor stand beside the list.
const TWO_COLUMN_WIDTH: u16 = 100;

/// Lines from which what is to be told has one of its own.
const HIGH: u16 = 40;

/// No more columns than this go to chain and sensor: what is left over, command lines want.
const SIDE: u16 = 64;

/// Lines below which a query that is not written takes none.
const MIN_QUERY_LINES: u16 = 14;

/// Lines in which every fact of a host and a binary has its place.
const FACTS: u16 = 20;

/// Below this, there is room for nothing but a word.
pub(super) const MIN_SCREEN_SIZE: (u16, u16) = (40, 8);

/// Where everything goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ScreenAreas {
    pub(super) header: Rect,
    /// The views, and how one came here.
    pub(super) tabs: Rect,
    /// The query editor; empty where there is none.
    pub(super) query: Rect,
    /// The panes that are shown, with their places.
    pub(super) panes: Vec<(PaneId, Rect)>,
    pub(super) notice: Rect,
    pub(super) hints: Rect,
}

/// Divides the screen. `lines` is how many lines the query has, if there is one.
pub(super) fn areas(screen: Rect, view: View, focus: PaneId, is_zoomed: bool, lines: Option<usize>) -> ScreenAreas {
    let is_low = screen.height < 20;
    let is_high = screen.height >= HIGH;
    // The text, what is wrong with it, and a border around both.
    let most = if is_low { 1 } else { 4 };
    let text = |lines| u16::try_from(lines).unwrap_or(u16::MAX).clamp(1, most) + 3;
    // On the lowest screens there is room for the rows or for the query: what has the focus is shown.
    let is_query_focused = matches!(focus, PaneId::Query(_));
    let lines = lines.filter(|_| is_query_focused || screen.height >= MIN_QUERY_LINES);
    let [header, tabs, query, main, notice, hints] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(!is_low)),
        Constraint::Length(lines.map_or(0, text)),
        Constraint::Fill(1),
        Constraint::Length(u16::from(is_high)),
        Constraint::Length(1),
    ])
    .areas(screen);
    // Where the notice has no line of its own, it takes the place of the hints.
    let notice = if is_high { notice } else { hints };
    let beside = if let PaneId::Query(_) = focus { view.main() } else { focus };
    let panes =
        if is_zoomed || screen.width < TWO_COLUMN_WIDTH { vec![(beside, main)] } else { split_panes(view, main) };
    ScreenAreas { header, tabs, query, panes, notice, hints }
}

/// The panes of a view beside each other.
fn split_panes(view: View, main: Rect) -> Vec<(PaneId, Rect)> {
    match view {
        View::Hunt => {
            let [list, column] = side_by_side(main);
            // The facts of host and binary, then as many ancestors as there is room for.
            let facts = (main.height * 15 / 28).min(FACTS);
            let [chain, sensor] = Layout::vertical([Constraint::Fill(1), Constraint::Length(facts)]).areas(column);
            vec![(PaneId::Processes, list), (PaneId::Lineage, chain), (PaneId::Sensor, sensor)]
        }
        View::Process => {
            let [above, facts] =
                Layout::vertical([Constraint::Fill(1), Constraint::Length((main.height / 3).min(FACTS))]).areas(main);
            // What a process did is told in longer lines than who started it.
            let [tree, events] = Layout::horizontal([Constraint::Percentage(37), Constraint::Fill(1)]).areas(above);
            vec![(PaneId::Tree, tree), (PaneId::Events, events), (PaneId::ProcessDetails, facts)]
        }
        View::Alerts => {
            let [list, alert] = side_by_side(main);
            vec![(PaneId::Alerts, list), (PaneId::Alert, alert)]
        }
        View::AlertGroups => {
            let [groups, alert] = side_by_side(main);
            vec![(PaneId::AlertGroups, groups), (PaneId::Alert, alert)]
        }
        View::Binaries => {
            let [list, binary] = side_by_side(main);
            vec![(PaneId::Binaries, list), (PaneId::Binary, binary)]
        }
        View::Sensors => {
            let [list, host] = side_by_side(main);
            vec![(PaneId::Sensors, list), (PaneId::Host, host)]
        }
        View::Watchlists => {
            let [list, watchlist] = side_by_side(main);
            vec![(PaneId::Watchlists, list), (PaneId::Watchlist, watchlist)]
        }
        View::Feeds => {
            // What a report looks for is long, and wants the whole width.
            let [above, report] = Layout::vertical([Constraint::Fill(5), Constraint::Fill(4)]).areas(main);
            let [feeds, reports] = Layout::horizontal([Constraint::Percentage(37), Constraint::Fill(1)]).areas(above);
            vec![(PaneId::Feeds, feeds), (PaneId::Reports, reports), (PaneId::Report, report)]
        }
        View::Admin => {
            let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Percentage(42)]).areas(main);
            let [groups, users] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(left);
            let parts = [Constraint::Fill(2), Constraint::Fill(1), Constraint::Length((main.height / 5).max(4))];
            let [server, teams, sites] = Layout::vertical(parts).areas(right);
            vec![
                (PaneId::SensorGroups, groups),
                (PaneId::Users, users),
                (PaneId::Server, server),
                (PaneId::Teams, teams),
                (PaneId::Sites, sites),
            ]
        }
        View::Bans => vec![(PaneId::Bans, main)],
        View::Isolated => vec![(PaneId::IsolatedSensors, main)],
        View::Activity => {
            let [acts, calls] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(main);
            vec![(PaneId::Activity, acts), (PaneId::Requests, calls)]
        }
        View::Facets => {
            let half = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(6)]);
            let [list, facets] = half.areas(main);
            vec![(PaneId::Processes, list), (PaneId::Facets, facets)]
        }
    }
}

/// A wide area, and a narrower one to its right.
fn side_by_side(main: Rect) -> [Rect; 2] {
    let side = (main.width * 37 / 100).min(SIDE);
    Layout::horizontal([Constraint::Fill(1), Constraint::Length(side)]).areas(main)
}

/// A place over the middle of the screen, for so many lines if that is known; all of it but the first and the last line
/// where there is little room and much to be read.
pub(super) fn popup_area(screen: Rect, is_large: bool, n_needed: impl FnOnce(u16) -> Option<u16>) -> Rect {
    if is_large && screen.width < TWO_COLUMN_WIDTH {
        return Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    }
    let width = (screen.width - screen.width / 6).min(100);
    let most = screen.height - screen.height / 5;
    // Its frame takes two of each.
    let needed = n_needed(width.saturating_sub(2));
    let height = needed.map_or(most, |n| most.min(n.saturating_add(2)));
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Index;

    fn shown(width: u16, height: u16, focus: PaneId, is_zoomed: bool) -> Vec<PaneId> {
        areas(Rect::new(0, 0, width, height), View::Hunt, focus, is_zoomed, Some(1))
            .panes
            .iter()
            .map(|(id, _)| *id)
            .collect()
    }

    #[test]
    fn a_wide_screen_shows_all_panes_and_a_narrow_one_the_focused() {
        assert_eq!(
            shown(120, 36, PaneId::Query(Index::Process), false),
            [PaneId::Processes, PaneId::Lineage, PaneId::Sensor]
        );
        assert_eq!(shown(120, 36, PaneId::Sensor, true), [PaneId::Sensor]);
        assert_eq!(shown(80, 24, PaneId::Query(Index::Process), false), [PaneId::Processes]);
        assert_eq!(shown(80, 24, PaneId::Lineage, false), [PaneId::Lineage]);
    }

    #[test]
    fn every_area_lies_within_the_screen() {
        for width in 0..130 {
            for height in 0..50 {
                let screen = Rect::new(0, 0, width, height);
                let areas = areas(screen, View::Hunt, PaneId::Processes, false, Some(3));
                let all = areas.panes.iter().map(|(_, area)| *area).chain([
                    areas.header,
                    areas.tabs,
                    areas.query,
                    areas.hints,
                ]);
                for area in all.chain([
                    areas.notice,
                    popup_area(screen, false, |_| Some(3)),
                    popup_area(screen, true, |_| None),
                ]) {
                    assert_eq!(area.intersection(screen).area(), area.area(), "{screen:?} {area:?}");
                }
            }
        }
    }
}
