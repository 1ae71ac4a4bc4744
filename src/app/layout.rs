//! Divides the screen into areas, from its size, the view, the focus and the zoom.

use ratatui::layout::{Constraint, Layout, Rect};

use super::View;
use crate::panes::{PaneId, PopupSize};

/// Minimum width for showing panes beside the list.
const TWO_COLUMN_WIDTH: u16 = 100;

/// Minimum height for a notice line of its own.
const NOTICE_LINE_HEIGHT: u16 = 40;

/// Minimum height for showing an unfocused query editor.
const MIN_QUERY_LINES: u16 = 14;

/// Minimum screen size; below it, only a message is shown.
pub(super) const MIN_SCREEN_SIZE: (u16, u16) = (40, 8);

/// The areas of the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ScreenAreas {
    pub(super) header: Rect,
    /// Tabs of the views, and the breadcrumbs.
    pub(super) tabs: Rect,
    /// Query editor; empty if the view has none.
    pub(super) query: Rect,
    /// Shown panes with their areas.
    pub(super) panes: Vec<(PaneId, Rect)>,
    pub(super) notice: Rect,
    pub(super) hints: Rect,
}

/// What the screen shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScreenState {
    pub(super) view: View,
    pub(super) focus: PaneId,
    /// Whether only the focused pane is shown.
    pub(super) is_zoomed: bool,
    /// Lines of the query, if the view has one.
    pub(super) n_query_lines: Option<usize>,
}

/// Divides the screen.
pub(super) fn areas(screen: Rect, state: ScreenState) -> ScreenAreas {
    let ScreenState { view, focus, is_zoomed, n_query_lines: lines } = state;
    let is_low = screen.height < 20;
    let is_high = screen.height >= NOTICE_LINE_HEIGHT;
    // Query text, its problems, and a border around both.
    let max_lines = if is_low { 1 } else { 4 };
    let text = |lines| u16::try_from(lines).unwrap_or(u16::MAX).clamp(1, max_lines) + 3;
    // The lowest screens have room for either the rows or the query: the focused one is shown.
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
    // Without a line of its own, the notice replaces the hints.
    let notice = if is_high { notice } else { hints };
    let focused = if let PaneId::Query(_) = focus { view.main() } else { focus };
    let panes = if is_zoomed || screen.width < TWO_COLUMN_WIDTH { vec![(focused, main)] } else { view.split(main) };
    ScreenAreas { header, tabs, query, panes, notice, hints }
}

/// Returns the area of a popup, centered, with the height it prefers if that is known. On a narrow screen, a large
/// popup takes everything except the first and the last line.
pub(super) fn popup_area(screen: Rect, size: impl FnOnce(u16) -> PopupSize) -> Rect {
    let width = (screen.width - screen.width / 6).min(100);
    let max_height = screen.height - screen.height / 5;
    // The frame takes two columns and two lines.
    let height = match size(width.saturating_sub(2)) {
        PopupSize::Full if screen.width < TWO_COLUMN_WIDTH => {
            return Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
        }
        PopupSize::Lines(n) => max_height.min(n.saturating_add(2)),
        PopupSize::Full | PopupSize::Default => max_height,
    };
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Index;
    use crate::worker::List;

    fn shown(width: u16, height: u16, focus: PaneId, is_zoomed: bool) -> Vec<PaneId> {
        let state = ScreenState { view: View::Hunt, focus, is_zoomed, n_query_lines: Some(1) };
        areas(Rect::new(0, 0, width, height), state).panes.iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn a_wide_screen_shows_all_panes_and_a_narrow_one_the_focused() {
        assert_eq!(
            shown(120, 36, PaneId::Query(Index::Process), false),
            [PaneId::List(List::Processes), PaneId::Lineage, PaneId::Sensor]
        );
        assert_eq!(shown(120, 36, PaneId::Sensor, true), [PaneId::Sensor]);
        assert_eq!(shown(80, 24, PaneId::Query(Index::Process), false), [PaneId::List(List::Processes)]);
        assert_eq!(shown(80, 24, PaneId::Lineage, false), [PaneId::Lineage]);
    }

    #[test]
    fn every_area_lies_within_the_screen() {
        for width in 0..130 {
            for height in 0..50 {
                let screen = Rect::new(0, 0, width, height);
                let focus = PaneId::List(List::Processes);
                let state = ScreenState { view: View::Hunt, focus, is_zoomed: false, n_query_lines: Some(3) };
                let areas = areas(screen, state);
                let all = areas.panes.iter().map(|(_, area)| *area).chain([
                    areas.header,
                    areas.tabs,
                    areas.query,
                    areas.hints,
                ]);
                for area in all.chain([
                    areas.notice,
                    popup_area(screen, |_| PopupSize::Lines(3)),
                    popup_area(screen, |_| PopupSize::Full),
                ]) {
                    assert_eq!(area.intersection(screen).area(), area.area(), "{screen:?} {area:?}");
                }
            }
        }
    }
}
