//! Columns, and how they share a width.

use ratatui::text::{Line, Span};

use super::cut;
use crate::theme::Theme;

/// A column and how it shares the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its header.
    pub title: &'a str,
    /// With fewer cells it gives way altogether.
    pub min: u16,
    /// It gets as many cells as this if there are; [`Column::REST`] takes all that is left.
    pub ideal: u16,
    /// It gets as many as this of what no column asks for.
    pub ample: u16,
    /// The highest gives way first, the lowest is the first to get its ideal.
    pub priority: u8,
    /// Whether its values end at the same place rather than begin there.
    pub is_right: bool,
    /// How the rows are ordered, if it is by this column.
    pub sorted: Option<Order>,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// Cells between two columns.
pub(super) const GAP: usize = 2;

impl<'a> Column<'a> {
    /// The ideal width of a column that takes all that is left.
    pub const REST: u16 = u16::MAX;

    /// A column whose values begin at the same place.
    pub const fn left(title: &'a str, min: u16, ideal: u16, priority: u8) -> Self {
        Self { title, min, ideal, ample: ideal, priority, is_right: false, sorted: None }
    }

    /// A column whose values end at the same place.
    pub const fn right(title: &'a str, min: u16, ideal: u16, priority: u8) -> Self {
        Self { is_right: true, ..Self::left(title, min, ideal, priority) }
    }

    /// The title in so many cells, with a sign if the rows are ordered by this column.
    pub(super) fn heading(&self, width: usize, theme: &Theme) -> Line<'static> {
        let mut title = Line::styled(self.title.to_owned(), theme.title);
        if let Some(order) = self.sorted {
            // The title is cut before the sign is.
            title = cut(&title, width.saturating_sub(2), theme.glyphs.ellipsis);
            let sign = match order {
                Order::Ascending => theme.glyphs.ascending,
                Order::Descending => theme.glyphs.descending,
            };
            title.push_span(Span::styled(format!(" {sign}"), theme.accent));
        }
        title
    }
}

/// The width of every column in so many cells: 0 for those that give way.
pub(super) fn widths(columns: &[Column<'_>], available: u16) -> Vec<usize> {
    let available = usize::from(available);
    let mut widths: Vec<usize> = columns.iter().map(|column| column.min.max(1).into()).collect();
    // The most important first; of equals, the left one. What the rows are ordered by comes next to what they are about:
    // without it their order looks like none.
    let about = columns.iter().map(|column| column.priority).min();
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|&at| {
        let Column { priority, sorted, .. } = columns[at];
        (Some(priority) != about && sorted.is_none(), priority)
    });

    let mut shown = order.len();
    while shown > 1 && taken(&widths) > available {
        shown -= 1;
        widths[order[shown]] = 0;
    }
    if let ([only], true) = (&order[..shown], taken(&widths) > available) {
        widths[*only] = available;
    }

    let mut left = available.saturating_sub(taken(&widths));
    let (greedy, modest): (Vec<usize>, Vec<usize>) =
        order[..shown].iter().partition(|at| columns[**at].ideal == Column::REST);
    for at in modest {
        let wanted = usize::from(columns[at].ideal);
        let more = wanted.saturating_sub(widths[at]).min(left);
        widths[at] += more;
        left -= more;
    }
    for (place, at) in greedy.iter().enumerate() {
        let more = left.div_ceil(greedy.len() - place);
        widths[*at] += more;
        left -= more;
    }
    for at in &order[..shown] {
        let wanted = usize::from(columns[*at].ample);
        let more = wanted.saturating_sub(widths[*at]).min(left);
        widths[*at] += more;
        left -= more;
    }
    widths
}

/// The cells that columns of these widths take, gaps included.
fn taken(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0);
    shown.clone().sum::<usize>() + shown.count().saturating_sub(1) * GAP
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[Column<'static>] = &[
        Column { sorted: Some(Order::Descending), ..Column::left("START", 8, 14, 1) },
        Column::left("HOST", 6, 15, 2),
        Column::right("PID", 4, 5, 4),
        Column::left("PROCESS", 7, 10, 0),
        Column::left("CMDLINE", 8, Column::REST, 3),
    ];

    #[test]
    fn what_is_left_goes_to_the_greedy_column() {
        let widths = |available| super::widths(COLUMNS, available);
        assert_eq!(widths(74), [14, 15, 5, 10, 22]);
        // Exactly full: every column has its least.
        assert_eq!(widths(41), [8, 6, 4, 7, 8]);
        assert_eq!(widths(40), [10, 6, 0, 10, 8]);
        assert_eq!(widths(3), [0, 0, 0, 3, 0]);
        assert_eq!(widths(0), [0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_the_rows_are_ordered_by_stays_longer_than_what_is_more_important() {
        let mut columns = COLUMNS.to_vec();
        assert_eq!(super::widths(&columns, 20), [8, 0, 0, 10, 0]);
        columns[0].sorted = None;
        columns[2].sorted = Some(Order::Ascending);
        assert_eq!(super::widths(&columns, 20), [0, 0, 5, 10, 0]);
    }

    #[test]
    fn what_no_column_asks_for_goes_to_those_that_make_do_with_less() {
        let modest = |title, priority| Column { ideal: 4, ..Column::left(title, 4, 10, priority) };
        let columns = [modest("A", 1), modest("B", 0)];
        assert_eq!(super::widths(&columns, 17), [5, 10]);
        let columns = [modest("A", 1), Column::left("B", 4, Column::REST, 0)];
        assert_eq!(super::widths(&columns, 17), [4, 11]);
    }

    #[test]
    fn of_equal_columns_the_left_one_stays() {
        let columns = [Column::left("A", 4, 4, 0), Column::left("B", 4, 4, 0)];
        assert_eq!(super::widths(&columns, 10), [4, 4]);
        assert_eq!(super::widths(&columns, 9), [4, 0]);
    }

    proptest! {
        #[test]
        fn columns_never_take_more_than_there_is(
            available in 0_u16..300,
            columns in prop::collection::vec((0_u16..40, 0_u16..40, 0_u8..4), 0..8),
        ) {
            let columns: Vec<_> = columns.iter().map(|&(min, ideal, priority)| Column::left("X", min, ideal, priority)).collect();
            let widths = super::widths(&columns, available);
            let shown = widths.iter().filter(|width| **width > 0).count();
            prop_assert!(widths.iter().sum::<usize>() + shown.saturating_sub(1) * GAP <= available.into());
            prop_assert!(shown > 0 || columns.is_empty() || available == 0);
        }
    }
}
