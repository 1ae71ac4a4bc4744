//! The sparkline of a timeline: the number of events per cell.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::filter::{FilteredEvents, TimeRange};
use crate::panes::cursor::Step;
use crate::session::{RowRef, Timeline};
use crate::theme::Theme;

/// Number of events in equal parts of a time range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sparkline {
    pub(super) range: TimeRange,
    cells: Vec<SparklineCell>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SparklineCell {
    n_events: u32,
    /// Whether a missing segment ends in this cell.
    has_gap: bool,
}

impl Sparkline {
    /// Returns the range from the first event to the last; `None` if no event has a time.
    pub(super) fn full_range(timeline: &Timeline) -> Option<TimeRange> {
        let rows = timeline.rows().iter();
        let mut times = rows.clone().filter_map(|row| timeline.event_time(*row));
        let last = rows.rev().find_map(|row| timeline.event_time(*row));
        times.next().zip(last).map(|(from, to)| TimeRange { start: from, end: to })
    }

    /// Counts the shown rows in each cell. Rows are in order of time, so the end of a cell is found by binary search.
    pub(super) fn new(filtered: &FilteredEvents, timeline: &Timeline, range: TimeRange, width: usize) -> Self {
        let mut sparkline = Self { range, cells: vec![SparklineCell::default(); width] };
        let mut remaining = &filtered.rows[..];
        while let Some((first, _)) = remaining.split_first() {
            // Rows without a time are last.
            let Some(at) = timeline.event_time(*first) else {
                break;
            };
            let cell_index = sparkline.cell_of(at);
            let n_in_cell = remaining.partition_point(|row| {
                let at = timeline.event_time(*row);
                at.is_some_and(|at| sparkline.cell_of(at) == cell_index)
            });
            let (cell_rows, later) = remaining.split_at(n_in_cell);
            if let Some(cell) = cell_index.and_then(|at| sparkline.cells.get_mut(at)) {
                let n_gaps = cell_rows.iter().filter(|row| row.is_gap()).count();
                cell.n_events = u32::try_from(n_in_cell - n_gaps).unwrap_or(u32::MAX);
                cell.has_gap = n_gaps > 0;
            }
            remaining = later;
        }
        sparkline
    }

    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// Returns the index of the cell for `at`, if that is within the range.
    pub(super) fn cell_of(&self, at: Timestamp) -> Option<usize> {
        let TimeRange { start: from, end: to } = self.range;
        if !self.range.contains(at) {
            return None;
        }
        let span = to.duration_since(from).as_nanos() + 1;
        let width = i128::try_from(self.cells.len()).ok()?;
        usize::try_from(at.duration_since(from).as_nanos() * width / span).ok()
    }

    /// Returns the first row of the next or previous cell with rows, seen from the cell of row `from`.
    pub(super) fn next_cell_row(&self, rows: &[RowRef], from: usize, step: Step, timeline: &Timeline) -> Option<usize> {
        let cell = |at: usize| {
            let at = rows.get(at).and_then(|row| timeline.event_time(*row));
            at.and_then(|at| self.cell_of(at))
        };
        let current = cell(from);
        if step == Step::Forward {
            return (from + 1..rows.len()).find(|at| cell(*at).is_some() && cell(*at) != current);
        }
        let other = (0..from).rev().find(|at| cell(*at).is_some() && cell(*at) != current)?;
        let first = (0..other).rev().take_while(|at| cell(*at) == cell(other));
        Some(first.last().unwrap_or(other))
    }

    /// Draws the cells: the more events, the higher; with the marked range and the cursor.
    pub(super) fn render_line(
        &self,
        cursor: Option<Timestamp>,
        marked: Option<TimeRange>,
        theme: &Theme,
    ) -> Line<'static> {
        let max = self.cells.iter().map(|cell| cell.n_events).max();
        let cursor = cursor.and_then(|at| self.cell_of(at));
        let ends = marked.map(|marked| (self.cell_of(marked.start), self.cell_of(marked.end)));
        let spans = self.cells.iter().enumerate().map(|(at, cell)| {
            let is_marked =
                ends.is_some_and(|(from, to)| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to));
            let (glyph, style) = if cell.has_gap {
                (theme.glyphs.unknown, theme.bad)
            } else if cell.n_events == 0 {
                (theme.glyphs.level(0, 1), theme.muted)
            } else {
                let max = max.unwrap_or(1);
                (theme.glyphs.level(cell.n_events, max), theme.accent)
            };
            let style = match () {
                () if cursor == Some(at) => style.patch(theme.selection),
                () if is_marked => style.patch(theme.mark),
                () => style,
            };
            Span::styled(glyph, style)
        });
        spans.collect()
    }
}
