//! Table columns, and how they share the available width.

use ratatui::text::{Line, Span};

use super::{to_cells, truncate};
use crate::text;
use crate::theme::Theme;

/// A column with its width limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn<'a> {
    pub title: &'a str,
    /// Minimum width in cells: the column is dropped if it would get less.
    pub min: u16,
    /// Ideal width in cells; [`TableColumn::FILL`] takes all that is left.
    pub ideal: u16,
    /// Maximum width in cells, if all columns have their ideal width.
    pub max: u16,
    /// The highest number is dropped first; the lowest gets its ideal width first.
    pub priority: u8,
    /// Whether values are right-aligned.
    pub is_right: bool,
    /// Sort order of the rows, if they are sorted by this column.
    pub sort_order: Option<RowOrder>,
}

/// The sort order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOrder {
    Ascending,
    Descending,
}

/// Cells of the arrow in the heading of the sort column, with the blank before it.
const ARROW_WIDTH: usize = 2;

/// Cells between columns.
pub(super) const GAP_WIDTH: usize = 2;

impl<'a> TableColumn<'a> {
    /// Ideal width of a column that takes all that is left.
    pub const FILL: u16 = u16::MAX;

    /// Creates a column with left-aligned values.
    pub const fn left_aligned(title: &'a str, min: u16, ideal: u16, priority: u8) -> Self {
        Self { title, min, ideal, max: ideal, priority, is_right: false, sort_order: None }
    }

    /// Creates a column with right-aligned values.
    pub const fn right_aligned(title: &'a str, min: u16, ideal: u16, priority: u8) -> Self {
        Self { is_right: true, ..Self::left_aligned(title, min, ideal, priority) }
    }

    /// Returns the width of the heading in cells, with its arrow.
    pub fn heading_width(&self) -> u16 {
        let arrow = if self.sort_order.is_some() { ARROW_WIDTH } else { 0 };
        to_cells(text::width(self.title) + arrow)
    }

    /// Returns the heading cut to `width` cells, with an arrow if the rows are sorted by this column. Parentheses at its
    /// end, such as the time zone, are left out before anything is cut.
    pub(super) fn heading_line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let room = if self.sort_order.is_some() { width.saturating_sub(ARROW_WIDTH) } else { width };
        let short = self.title.strip_suffix(')').and_then(|title| title.rsplit_once(" ("));
        let short = short.map_or(self.title, |(short, _)| short);
        let fitting = if text::width(self.title) <= room { self.title } else { short };
        let mut title = Line::styled(fitting.to_owned(), theme.title);
        if let Some(order) = self.sort_order {
            title = truncate(&title, room, theme.glyphs.ellipsis);
            let sign = match order {
                RowOrder::Ascending => theme.glyphs.sort_ascending,
                RowOrder::Descending => theme.glyphs.sort_descending,
            };
            title.push_span(Span::styled(format!(" {sign}"), theme.accent));
        }
        title
    }
}

/// Returns the width of every column for `available` cells; 0 for a column that is dropped.
pub(super) fn column_widths(columns: &[TableColumn<'_>], available: u16) -> Vec<usize> {
    let available = usize::from(available);
    let mut widths: Vec<usize> = columns.iter().map(|column| column.min.max(1).into()).collect();
    // In order of priority; of equal ones, the left one is first. The sort column comes right after the main column, so
    // that the order of the rows can be understood.
    let main_priority = columns.iter().map(|column| column.priority).min();
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|&at| {
        let TableColumn { priority, sort_order: sorted, .. } = columns[at];
        (Some(priority) != main_priority && sorted.is_none(), priority)
    });

    let mut n_shown = order.len();
    while n_shown > 1 && total_width(&widths) > available {
        n_shown -= 1;
        widths[order[n_shown]] = 0;
    }
    if let ([column], true) = (&order[..n_shown], total_width(&widths) > available) {
        widths[*column] = available;
    }

    let mut remaining = available.saturating_sub(total_width(&widths));
    let (filling, limited): (Vec<usize>, Vec<usize>) =
        order[..n_shown].iter().partition(|at| columns[**at].ideal == TableColumn::FILL);
    for at in limited {
        let ideal = usize::from(columns[at].ideal);
        let more = ideal.saturating_sub(widths[at]).min(remaining);
        widths[at] += more;
        remaining -= more;
    }
    for (index, at) in filling.iter().enumerate() {
        let more = remaining.div_ceil(filling.len() - index);
        widths[*at] += more;
        remaining -= more;
    }
    for at in &order[..n_shown] {
        let max = usize::from(columns[*at].max);
        let more = max.saturating_sub(widths[*at]).min(remaining);
        widths[*at] += more;
        remaining -= more;
    }
    widths
}

/// Returns the cells that columns of these widths take, with the gaps.
fn total_width(widths: &[usize]) -> usize {
    let visible = widths.iter().filter(|width| **width > 0);
    visible.clone().sum::<usize>() + visible.count().saturating_sub(1) * GAP_WIDTH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[TableColumn<'static>] = &[
        TableColumn { sort_order: Some(RowOrder::Descending), ..TableColumn::left_aligned("START", 8, 14, 1) },
        TableColumn::left_aligned("HOST", 6, 15, 2),
        TableColumn::right_aligned("PID", 4, 5, 4),
        TableColumn::left_aligned("PROCESS", 7, 10, 0),
        TableColumn::left_aligned("CMDLINE", 8, TableColumn::FILL, 3),
    ];

    #[test]
    fn parentheses_are_left_out_of_a_heading_only_at_its_end() {
        let heading = |title, width| {
            let line = TableColumn::left_aligned(title, 1, 9, 0).heading_line(width, &Theme::default());
            line.to_string()
        };
        assert_eq!(heading("START (UTC)", 20), "START (UTC)");
        assert_eq!(heading("START (UTC)", 8), "START");
        assert_eq!(heading("size (bytes) of the file", 12), "size (bytes) of the file");
    }

    #[test]
    fn what_is_left_goes_to_the_greedy_column() {
        let widths = |available| super::column_widths(COLUMNS, available);
        assert_eq!(widths(74), [14, 15, 5, 10, 22]);
        // Exactly full: every column has its minimum width.
        assert_eq!(widths(41), [8, 6, 4, 7, 8]);
        assert_eq!(widths(40), [10, 6, 0, 10, 8]);
        assert_eq!(widths(3), [0, 0, 0, 3, 0]);
        assert_eq!(widths(0), [0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_the_rows_are_ordered_by_stays_longer_than_what_is_more_important() {
        let mut columns = COLUMNS.to_vec();
        assert_eq!(super::column_widths(&columns, 20), [8, 0, 0, 10, 0]);
        columns[0].sort_order = None;
        columns[2].sort_order = Some(RowOrder::Ascending);
        assert_eq!(super::column_widths(&columns, 20), [0, 0, 5, 10, 0]);
    }

    #[test]
    fn what_no_column_asks_for_goes_to_those_that_make_do_with_less() {
        let limited = |title, priority| TableColumn { ideal: 4, ..TableColumn::left_aligned(title, 4, 10, priority) };
        let columns = [limited("A", 1), limited("B", 0)];
        assert_eq!(super::column_widths(&columns, 17), [5, 10]);
        let columns = [limited("A", 1), TableColumn::left_aligned("B", 4, TableColumn::FILL, 0)];
        assert_eq!(super::column_widths(&columns, 17), [4, 11]);
    }

    #[test]
    fn of_equal_columns_the_left_one_stays() {
        let columns = [TableColumn::left_aligned("A", 4, 4, 0), TableColumn::left_aligned("B", 4, 4, 0)];
        assert_eq!(super::column_widths(&columns, 10), [4, 4]);
        assert_eq!(super::column_widths(&columns, 9), [4, 0]);
    }

    proptest! {
        #[test]
        fn columns_never_take_more_than_there_is(
            available in 0_u16..300,
            columns in prop::collection::vec((0_u16..40, 0_u16..40, 0_u8..4), 0..8),
        ) {
            let columns: Vec<_> = columns.iter().map(|&(min, ideal, priority)| TableColumn::left_aligned("X", min, ideal, priority)).collect();
            let widths = super::column_widths(&columns, available);
            let n_shown = widths.iter().filter(|width| **width > 0).count();
            prop_assert!(widths.iter().sum::<usize>() + n_shown.saturating_sub(1) * GAP_WIDTH <= available.into());
            prop_assert!(n_shown > 0 || columns.is_empty() || available == 0);
        }
    }
}
