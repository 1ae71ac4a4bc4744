//! Drawing of a list: only the visible rows are formatted.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    ListPane, ListView,
    columns::{Cells, ListColumn, shown_columns},
    to_index,
};
use crate::columns::CellValue;
use crate::model::{Precision, Zone};
use crate::panes::{RenderCx, prompt::filter::FilterInput};
use crate::session::{RowState, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{self, Gutter, TableWidget, to_cells};

/// Draws the rows of `pane`.
pub(super) fn render_rows<K: ListView>(
    pane: &mut ListPane<K>,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    cx: &RenderCx<'_>,
) {
    let columns = shown_columns::<K>(session);
    let pages = session.lists.pages::<K::Row>();
    let first = pages.loaded_pages().next();
    let as_of = first.map_or(Timestamp::UNIX_EPOCH, |page| page.as_of);
    let zone = session.connection.zone.short_label(as_of);
    let titles: Vec<_> = columns.iter().map(|column| column.title(&zone)).collect();
    let drawn: Vec<_> =
        columns.iter().zip(&titles).map(|(column, title)| column.widget_column(title, session, area.width)).collect();
    let total = pane.n_shown(session);
    let table = TableWidget {
        columns: &drawn,
        total: to_index(total),
        cursor: to_index(pane.cursor_index(session)),
        is_focused: cx.is_focused,
        // Always with room for marks: marking the first row must not move the columns.
        gutter: Gutter::Marks,
        empty_text: Line::raw("No loaded row matches the filter"),
    };
    // Only the last column of variable width scrolls sideways.
    let moving = drawn.iter().rposition(|column| column.ideal == widgets::TableColumn::FILL);
    let mut top = to_index(pane.offset());
    let sign = columns.iter().position(|column| matches!(column.name(), "flag" | "hit"));
    let mut has_signs = false;
    let theme = cx.theme;
    table.render(area, frame.buffer_mut(), theme, &mut top, |index, widths| {
        has_signs |= sign.is_some_and(|sign| widths[sign] > 0);
        let at = pane.position_at(u64::try_from(index).unwrap_or(u64::MAX), session);
        match pages.row(at) {
            RowState::Loaded(row) => {
                let cells = Cells::<K>::new(row, session);
                let line = |(place, column): (usize, &ListColumn<K>)| {
                    let shift = if moving == Some(place) { pane.shift() } else { 0 };
                    let style = column.style(theme);
                    let moment = |at| format_moment(at, widths[place], as_of, &session.connection.zone);
                    let value = cells.column_value(column);
                    cell_line(&value, widths[place], shift, moment, style, theme)
                };
                widgets::TableRow::Loaded {
                    cells: columns.iter().enumerate().map(line).collect(),
                    is_marked: pane.is_marked(row),
                    style: Style::new(),
                }
            }
            RowState::Pending => widgets::TableRow::Pending,
            RowState::Unreadable => message_row("unreadable", widths, theme.bad),
            RowState::Failed => message_row("not loaded, r retries", widths, theme.bad),
            RowState::Absent => message_row("", widths, theme.muted),
        }
    });
    pane.last_frame.has_signs = has_signs;
    pane.scroll_to(u64::try_from(top).unwrap_or(u64::MAX));
}

/// Formats `value` for a column of `width` cells, scrolled by `shift` cells.
fn cell_line(
    value: &CellValue,
    width: usize,
    shift: usize,
    moment: impl Fn(Timestamp) -> String,
    style: Style,
    theme: &Theme,
) -> Line<'static> {
    if width == 0 {
        return Line::default();
    }
    match value {
        CellValue::None => Line::default(),
        CellValue::Text(text) if shift > 0 => {
            // Only the visible part is measured: the text may be very long.
            let visible = text::prefix_for_cells(text::without_cells(text.raw(), shift), width);
            Line::styled(text::fit(&Untrusted::from(visible), width), style)
        }
        CellValue::Text(text) => Line::styled(text::fit(text, width), style),
        CellValue::Word(word) => Line::styled(*word, style),
        CellValue::Rated(text, is_good) => {
            let style = if *is_good { theme.good } else { theme.bad };
            Line::styled(text::fit(text, width), style)
        }
        CellValue::Time(at) => Line::styled(moment(*at), style),
        CellValue::Number(number) => Line::styled(number.to_string(), style),
        CellValue::Pending => Line::styled(theme.glyphs.ellipsis, theme.muted),
        CellValue::Unavailable => Line::styled("?", theme.unknown),
    }
}

/// Formats a time for `width` cells: where there is no room, drops the year of this year's times, and the seconds or
/// the time of day of others.
pub(in crate::panes) fn format_moment(at: Timestamp, width: usize, as_of: Timestamp, zone: &Zone) -> String {
    let text = zone.without_offset(at, Precision::Second);
    let is_this_year = text.get(..4) == zone.without_offset(as_of, Precision::Second).get(..4);
    let part = match (width, is_this_year) {
        (19.., _) => 0..19,
        (_, true) => 5..19,
        (16.., false) => 0..16,
        (_, false) => 0..10,
    };
    text.get(part).unwrap_or_default().to_owned()
}

/// Returns a row with a message in its widest column.
fn message_row(text: &'static str, widths: &[usize], style: Style) -> widgets::TableRow<'static> {
    let mut cells = vec![Line::default(); widths.len()];
    let widest = (0..widths.len()).max_by_key(|at| widths[*at]);
    if let Some(widest) = widest {
        cells[widest] = Line::styled(text, style);
    }
    widgets::TableRow::with_cells(cells)
}

/// Draws the filter line of `pane`.
pub(super) fn render_filter<K: ListView>(
    pane: &ListPane<K>,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    cx: &RenderCx<'_>,
) {
    let n_shown = to_index(pane.n_shown(session));
    let n_loaded = session.lists.pages::<K::Row>().loaded_rows().count();
    render_filter_line(frame, area, pane.filter_text(), (n_shown, n_loaded), &pane.typing, cx);
}

/// Draws a filter and how many of the loaded rows pass it; while it is typed, with the cursor behind it.
pub(in crate::panes) fn render_filter_line(
    frame: &mut Frame<'_>,
    area: Rect,
    text: &str,
    (n_shown, n_loaded): (usize, usize),
    input: &FilterInput,
    cx: &RenderCx<'_>,
) {
    let theme: &Theme = cx.theme;
    let counts = format!("  {n_shown} of {n_loaded} loaded");
    let room = usize::from(area.width).saturating_sub(text::width(&counts) + 1);
    let typed = text::fit_end(&text.into(), room);
    let at = area.x + 1 + to_cells(text::width(&typed));
    let line = Line::from(vec![
        Span::styled("/", theme.key),
        Span::styled(typed, theme.found),
        Span::styled(counts, theme.muted),
    ]);
    frame.render_widget(line, area);
    if input.is_typing() && cx.is_focused {
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), area.y));
    }
}
