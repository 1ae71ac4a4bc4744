//! The rows of the process list: their columns, and what stands in them.

use jiff::Timestamp;
use ratatui::{style::Style, text::Line};

use crate::model::Process;
use crate::session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{self, Column, Order};

/// Cells from which every column gets as many as it likes.
const ROOMY: u16 = 90;

/// The place of the time of start among them.
const STARTED: usize = 1;

/// The columns: flag, start, host, parent, process, pid, user, command line.
const COLUMNS: [Column<'_>; 8] = [
    Column::left("!", 1, 1, 4),
    Column::left("START (UTC)", 14, 19, 2),
    Column::left("HOST", 12, 16, 3),
    Column::left("PARENT", 11, 14, 6),
    Column::left("PROCESS", 12, 14, 0),
    Column::right("PID", 5, 6, 8),
    Column::left("USER", 10, 14, 7),
    Column::left("CMDLINE", 16, Column::REST, 1),
];

/// The columns for a list of a width, in the order of its rows.
pub(super) fn columns(width: u16, order: session::Order) -> [Column<'static>; 8] {
    let mut columns = COLUMNS;
    if width < ROOMY {
        // What is left over is the command line's before any other column's, but a year is worth two cells.
        for (at, column) in columns.iter_mut().enumerate() {
            let least = if at == STARTED {
                column.min + 2
            } else {
                column.min
            };
            if column.ideal != Column::REST {
                column.ideal = least;
            }
        }
    }
    columns[STARTED].sorted = match order {
        session::Order::LastUpdate => None,
        session::Order::Newest => Some(Order::Descending),
        session::Order::Oldest => Some(Order::Ascending),
    };
    columns
}

/// The cells of one process.
pub(super) fn line(
    process: &Process,
    widths: &[usize],
    shift: usize,
    as_of: Timestamp,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let cell =
        |text: &Untrusted, at: usize, style| Line::styled(text::fit(text, widths[at]), style);
    let is_hit = !process.watchlists.is_empty() || !process.feeds.is_empty();
    let started = process.started.map_or("not known".into(), |at| {
        // Where there is no room for all of it, this year's times lose the year, others the seconds.
        let is_this_year = at.strftime("%Y").to_string() == as_of.strftime("%Y").to_string();
        let format = match (widths[STARTED], is_this_year) {
            (19.., _) => "%Y-%m-%d %H:%M:%S",
            (_, true) => "%m-%d %H:%M:%S",
            (16.., false) => "%Y-%m-%d %H:%M",
            (_, false) => "%Y-%m-%d",
        };
        at.strftime(format).to_string()
    });
    let pid = process.pid.map_or("?".into(), |pid| pid.to_string());
    // Only the part in sight is looked at, however long the whole is.
    let raw = process.cmdline.raw();
    let begin = raw
        .char_indices()
        .nth(shift)
        .map_or(raw.len(), |(at, _)| at);
    let cmdline = if shift == 0 {
        text::fit(&process.cmdline, widths[7])
    } else {
        text::fit(
            &Untrusted::from(text::head(&raw[begin..], widths[7])),
            widths[7],
        )
    };
    vec![
        Line::styled(if is_hit { "!" } else { " " }, theme.caution),
        Line::styled(started, theme.time),
        cell(&process.host, 2, theme.text),
        cell(&process.parent_name, 3, theme.muted),
        cell(&process.name, 4, theme.accent),
        Line::styled(pid, theme.number),
        cell(&process.user, 6, theme.text),
        Line::styled(cmdline, theme.text),
    ]
}

/// A row of which there is only something to say.
pub(super) fn said(text: &'static str, style: Style) -> widgets::Row<'static> {
    let mut cells = vec![Line::default(); COLUMNS.len()];
    cells[7] = Line::styled(text, style);
    cells[4] = Line::styled(if text.is_empty() { "" } else { "?" }, style);
    widgets::Row::plain(cells)
}
