//! Drawing of the timeline: kinds, sparkline, rows, filter, details of the selected event.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    EventsPane,
    cells::{self, TimeStyle},
    detail,
    sparkline::Sparkline,
};
use crate::model::EventKind;
use crate::panes::{RenderCx, list::render_filter_line};
use crate::session::Session;
use crate::text;
use crate::widgets::{Bar, FieldList, Gutter, TableRow, TableWidget};

struct EventsAreas {
    kinds: Rect,
    sparkline: Rect,
    rows: Rect,
    filter: Rect,
    detail: Rect,
}

/// Minimum height of the pane for the line of kinds, and for the sparkline.
const MIN_HEIGHTS: (u16, u16) = (5, 7);

/// Most lines of the details: the rows need the others.
const MAX_DETAIL_LINES: u16 = 12;

fn split_area(area: Rect, n_filter_lines: u16) -> EventsAreas {
    let is_roomy = |min: u16| u16::from(area.height >= min);
    // A rule, and below it the fields.
    let detail = if area.height < 10 { 0 } else { (area.height * 2 / 5).min(MAX_DETAIL_LINES) };
    let [kinds, sparkline, rows, filter, detail] = Layout::vertical([
        Constraint::Length(is_roomy(MIN_HEIGHTS.0)),
        Constraint::Length(is_roomy(MIN_HEIGHTS.1)),
        Constraint::Fill(1),
        Constraint::Length(n_filter_lines),
        Constraint::Length(detail),
    ])
    .areas(area);
    EventsAreas { kinds, sparkline, rows, filter, detail }
}

/// Draws the timeline.
pub(super) fn render(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
    let has_filter = pane.is_typing() || !pane.state.filter.filter.is_empty();
    let areas = split_area(area, u16::from(has_filter));
    render_kinds(pane, frame, areas.kinds, cx);
    pane.sparkline = render_sparkline(pane, frame, areas.sparkline, session, cx);
    pane.is_sparkline_current = true;
    render_rows(pane, frame, areas.rows, session, cx);
    if has_filter {
        let n_loaded = session.opened.timeline.rows().len();
        let counts = (pane.filtered.rows.len(), n_loaded);
        render_filter_line(frame, areas.filter, pane.state.filter.filter.text(), counts, &pane.typing, cx);
    }
    render_details(pane, frame, areas.detail, session, cx);
}

/// Draws the event kinds with their counts; chosen kinds are in brackets.
fn render_kinds(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, cx: &RenderCx<'_>) {
    let (theme, chosen) = (cx.theme, pane.state.filter.kinds);
    let kind_label = |(kind, n): (EventKind, usize)| {
        let is_chosen = chosen.contains(kind);
        if n == 0 && !is_chosen {
            return None;
        }
        let name = match kind {
            EventKind::Emet => "tamper",
            kind => kind.short_name(),
        };
        let (style, ends) = match (chosen.is_empty(), is_chosen) {
            (true, _) => (theme.text, ["", ""]),
            (false, true) => (theme.title, ["[", "]"]),
            (false, false) => (theme.muted, ["", ""]),
        };
        let [open, close] = ends;
        let n = crate::panes::list::group_thousands(u64::try_from(n).unwrap_or(u64::MAX));
        Some(Line::from(vec![
            Span::styled(format!("{open}{name} "), style),
            Span::styled(n, theme.number),
            Span::styled(close, style),
        ]))
    };
    let bar = Bar {
        left: pane.filtered.counts().filter_map(kind_label).collect(),
        right: Line::default(),
        style: Style::new(),
    };
    bar.render(area, frame.buffer_mut(), theme);
}

/// Draws the sparkline between its start and end time.
fn render_sparkline(
    pane: &EventsPane,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    cx: &RenderCx<'_>,
) -> Option<Sparkline> {
    let (theme, timeline) = (cx.theme, &session.opened.timeline);
    let chosen_range = pane.state.filter.range();
    let range = chosen_range.or_else(|| Sparkline::full_range(timeline))?;
    let style = TimeStyle::for_range(Some(range), &session.connection.zone);
    let ends = [range.start, range.end].map(|at| style.format_second(at));
    // Two times with a blank each; if they leave little room, the sparkline gets the full width.
    let times: usize = ends.iter().map(|end| text::width(end) + 1).sum();
    let room = usize::from(area.width.saturating_sub(2));
    let times = if room < 2 * times { 0 } else { times };
    let width = room - times;
    let cached = pane.sparkline.as_ref().filter(|it| pane.is_sparkline_current && it.width() == width);
    let sparkline = match cached {
        Some(sparkline) => sparkline.clone(),
        None => Sparkline::new(&pane.filtered, timeline, range, width),
    };
    let cursor = pane.selected_row().and_then(|row| timeline.event_time(row));
    let line = sparkline.render_line(cursor, pane.marked_range(session), theme);
    let mut spans = vec![Span::raw(" ")];
    let end_style = if chosen_range.is_some() { theme.found } else { theme.time };
    let [from, to] = ends.map(|end| Span::styled(end, end_style));
    if times > 0 {
        spans.extend([from, Span::raw(" ")]);
        spans.extend(line.spans);
        spans.extend([Span::raw(" "), to]);
    } else {
        spans.extend(line.spans);
    }
    frame.render_widget(Line::from(spans), area);
    Some(sparkline)
}

fn render_rows(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
    let (theme, timeline) = (cx.theme, &session.opened.timeline);
    let range = pane.sparkline.as_ref().map(|sparkline| sparkline.range);
    let style = TimeStyle::for_range(range, &session.connection.zone);
    let cursor_time = pane.cursor_time(session).unwrap_or_default();
    let title = format!("TIME ({})", session.connection.zone.short_label(cursor_time));
    let columns = cells::columns(&title, style);
    let marked = pane.marked_range(session);
    let table = TableWidget {
        columns: &columns,
        total: pane.filtered.rows.len(),
        cursor: pane.cursor,
        is_focused: cx.is_focused,
        // Always with room for marks: marking the first row must not move the columns.
        gutter: Gutter::Marks,
        empty_text: Line::raw("No event matches the filter (Esc clears it)"),
    };
    pane.height = table.height(area).max(1);
    let rows = &pane.filtered.rows;
    let mut top = pane.offset;
    table.render(area, frame.buffer_mut(), theme, &mut top, |index, widths| {
        let row = rows[index];
        let at = timeline.event_time(row);
        let room = widths[columns.len() - 1];
        let before = index.checked_sub(1).map(|before| rows[before]);
        let before = before.filter(|before| timeline.event(*before).is_some());
        let cells = match (timeline.event(row), timeline.gap(row)) {
            (Some(event), _) => {
                let before = before.and_then(|before| timeline.event_time(before));
                cells::event_cells(event, before, style, room, theme)
            }
            (None, Some(gap)) => cells::gap_cells(&gap, at, style, theme),
            (None, None) => Vec::new(),
        };
        TableRow::Loaded {
            cells,
            is_marked: marked.zip(at).is_some_and(|(marked, at)| marked.contains(at)),
            style: Style::new(),
        }
    });
    pane.offset = top;
}

/// Draws the fields of the selected row below a rule.
fn render_details(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
    let (theme, timeline) = (cx.theme, &session.opened.timeline);
    let Some(row) = pane.selected_row().filter(|_| !area.is_empty()) else {
        return;
    };
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(rule.width.into());
    frame.render_widget(Line::styled(line, theme.border), rule);
    let fields = match (timeline.event(row), timeline.gap(row)) {
        (Some(event), _) => detail::event_fields(event, session, below.width.into(), theme),
        (None, Some(gap)) => detail::gap_fields(&gap, theme),
        (None, None) => Vec::new(),
    };
    let list = FieldList { fields: &fields, scroll: 0 };
    list.render(below, frame.buffer_mut(), theme);
}

/// Draws a message instead of rows.
pub(super) fn render_placeholder(frame: &mut Frame<'_>, area: Rect, text: &str, cx: &RenderCx<'_>) {
    let text = text::fit(&text.into(), area.width.into());
    frame.render_widget(Line::styled(text, cx.theme.muted), area);
}
