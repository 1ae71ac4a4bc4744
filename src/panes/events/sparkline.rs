//! How many events there are in each part of a stretch of time: one cell for each.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::filter::{FilteredEvents, TimeRange};
use crate::session::{RowRef, Timeline};
use crate::theme::Theme;

/// A stretch of time in as many parts as there are cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sparkline {
    pub(super) range: TimeRange,
    cells: Vec<SparklineCell>,
}

/// One part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SparklineCell {
    n_events: u32,
    /// Whether a segment that is missing ends here.
    has_gap: bool,
}

impl Sparkline {
    /// The stretch from the first event to the last; nothing where none has a time.
    pub(super) fn full_range(timeline: &Timeline) -> Option<TimeRange> {
        let rows = timeline.rows().iter();
        let mut times = rows.clone().filter_map(|place| timeline.event_time(*place));
        let last = rows.rev().find_map(|place| timeline.event_time(*place));
        times.next().zip(last).map(|(from, to)| TimeRange { start: from, end: to })
    }

    /// Counts the rows that are shown in each part of a stretch. They are in order, so where a part ends is searched for.
    pub(super) fn new(sifted: &FilteredEvents, timeline: &Timeline, stretch: TimeRange, width: usize) -> Self {
        let mut strip = Self { range: stretch, cells: vec![SparklineCell::default(); width] };
        let mut rest = &sifted.rows[..];
        while let Some((first, _)) = rest.split_first() {
            // What has no time comes last.
            let Some(at) = timeline.event_time(*first) else {
                break;
            };
            let here = strip.cell_of(at);
            let n_here = rest.partition_point(|row| {
                let at = timeline.event_time(*row);
                at.is_some_and(|at| strip.cell_of(at) == here)
            });
            let (own, later) = rest.split_at(n_here);
            if let Some(cell) = here.and_then(|at| strip.cells.get_mut(at)) {
                let n_gaps = own.iter().filter(|row| row.is_gap()).count();
                cell.n_events = u32::try_from(n_here - n_gaps).unwrap_or(u32::MAX);
                cell.has_gap = n_gaps > 0;
            }
            rest = later;
        }
        strip
    }

    /// How many cells it has.
    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// The cell that a moment belongs to.
    pub(super) fn cell_of(&self, at: Timestamp) -> Option<usize> {
        let TimeRange { start: from, end: to } = self.range;
        if !self.range.contains(at) {
            return None;
        }
        let span = to.duration_since(from).as_nanos() + 1;
        let width = i128::try_from(self.cells.len()).ok()?;
        usize::try_from(at.duration_since(from).as_nanos() * width / span).ok()
    }

    /// The first row in the next cell that has any, after the one of the row at `from`; or in the one before it.
    pub(super) fn next_cell_row(
        &self,
        rows: &[RowRef],
        from: usize,
        is_later: bool,
        timeline: &Timeline,
    ) -> Option<usize> {
        let cell = |at: usize| {
            let at = rows.get(at).and_then(|place| timeline.event_time(*place));
            at.and_then(|at| self.cell_of(at))
        };
        let here = cell(from);
        if is_later {
            return (from + 1..rows.len()).find(|at| cell(*at).is_some() && cell(*at) != here);
        }
        let other = (0..from).rev().find(|at| cell(*at).is_some() && cell(*at) != here)?;
        let first = (0..other).rev().take_while(|at| cell(*at) == cell(other));
        Some(first.last().unwrap_or(other))
    }

    /// Draws it: the more events, the higher; what is marked is set off, and so is the place of the cursor.
    pub(super) fn render_line(
        &self,
        cursor: Option<Timestamp>,
        marked: Option<TimeRange>,
        theme: &Theme,
    ) -> Line<'static> {
        let most = self.cells.iter().map(|cell| cell.n_events).max();
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
                let most = most.unwrap_or(1);
                (theme.glyphs.level(cell.n_events, most), theme.accent)
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
