//! The timeline on the screen: kinds, strip, rows, filter, and the selected event in words.

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

/// Where everything goes.
struct EventsAreas {
    kinds: Rect,
    sparkline: Rect,
    rows: Rect,
    filter: Rect,
    detail: Rect,
}

/// Lines from which the kinds have one, and those from which the strip has one.
const MIN_HEIGHTS: (u16, u16) = (5, 7);

/// No more lines than these tell of one event: the rows want the others.
const MAX_DETAIL_LINES: u16 = 12;

fn split_area(area: Rect, has_filter: bool) -> EventsAreas {
    let is_roomy = |least: u16| u16::from(area.height >= least);
    // A rule, and below it the facts.
    let detail = if area.height < 10 { 0 } else { (area.height * 2 / 5).min(MAX_DETAIL_LINES) };
    let [kinds, strip, rows, filter, detail] = Layout::vertical([
        Constraint::Length(is_roomy(MIN_HEIGHTS.0)),
        Constraint::Length(is_roomy(MIN_HEIGHTS.1)),
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_filter)),
        Constraint::Length(detail),
    ])
    .areas(area);
    EventsAreas { kinds, sparkline: strip, rows, filter, detail }
}

/// Draws all of it.
pub(super) fn render(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
    let has_filter = pane.is_typing() || !pane.state.filter.filter.is_empty();
    let areas = split_area(area, has_filter);
    render_kinds(pane, frame, areas.kinds, look);
    let strip = render_sparkline(pane, frame, areas.sparkline, session, look);
    pane.sparkline = strip;
    pane.is_sparkline_current = true;
    render_rows(pane, frame, areas.rows, session, look);
    if has_filter {
        let loaded = session.opened.timeline.rows().len();
        let counts = (pane.filtered.rows.len(), loaded);
        let is_typing = pane.is_typing() && look.is_focused;
        render_filter_line(frame, areas.filter, pane.state.filter.filter.text(), counts, is_typing, look);
    }
    render_details(pane, frame, areas.detail, session, look);
}

/// The kinds with their counts; those that were chosen stand in brackets.
fn render_kinds(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, look: &RenderCx<'_>) {
    let (theme, chosen) = (look.theme, pane.state.filter.kinds);
    let piece = |(kind, n): (EventKind, usize)| {
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
    let bar =
        Bar { left: pane.filtered.counts().filter_map(piece).collect(), right: Line::default(), style: Style::new() };
    bar.render(area, frame.buffer_mut(), theme);
}

/// The strip between the times at which it begins and ends.
fn render_sparkline(
    pane: &EventsPane,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    look: &RenderCx<'_>,
) -> Option<Sparkline> {
    let (theme, timeline) = (look.theme, &session.opened.timeline);
    let chosen = pane.state.filter.range();
    let stretch = chosen.or_else(|| Sparkline::full_range(timeline))?;
    let form = TimeStyle::for_range(Some(stretch), &session.connection.zone);
    let ends = [stretch.start, stretch.end].map(|at| form.format_second(at));
    // Two times and blanks around them; where these do not leave much, the whole line is the strip's.
    let times: usize = ends.iter().map(|end| text::width(end) + 1).sum();
    let room = usize::from(area.width.saturating_sub(2));
    let times = if room < 2 * times { 0 } else { times };
    let width = room - times;
    let known = pane.sparkline.as_ref().filter(|strip| pane.is_sparkline_current && strip.width() == width);
    let strip = match known {
        Some(strip) => strip.clone(),
        None => Sparkline::new(&pane.filtered, timeline, stretch, width),
    };
    let cursor = pane.selected_row().and_then(|place| timeline.event_time(place));
    let line = strip.render_line(cursor, pane.marked_range(session), theme);
    let mut spans = vec![Span::raw(" ")];
    let style = if chosen.is_some() { theme.found } else { theme.time };
    let [from, to] = ends.map(|end| Span::styled(end, style));
    if times > 0 {
        spans.extend([from, Span::raw(" ")]);
        spans.extend(line.spans);
        spans.extend([Span::raw(" "), to]);
    } else {
        spans.extend(line.spans);
    }
    frame.render_widget(Line::from(spans), area);
    Some(strip)
}

fn render_rows(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
    let (theme, timeline) = (look.theme, &session.opened.timeline);
    let strip = pane.sparkline.as_ref();
    let form = TimeStyle::for_range(strip.map(|strip| strip.range), &session.connection.zone);
    let now = pane.cursor_time(session).unwrap_or_default();
    let title = format!("TIME ({})", session.connection.zone.short_label(now));
    let columns = cells::columns(&title, form);
    let marked = pane.marked_range(session);
    let table = TableWidget {
        columns: &columns,
        total: pane.filtered.rows.len(),
        cursor: pane.cursor,
        is_focused: look.is_focused,
        // Room for marks in any case: nothing moves when the first one is set.
        gutter: Gutter::Marks,
        empty_text: Line::raw("No event matches the filter (Esc clears it)"),
    };
    pane.height = table.height(area).max(1);
    let rows = &pane.filtered.rows;
    let mut top = pane.offset;
    table.render(area, frame.buffer_mut(), theme, &mut top, |index, widths| {
        let place = rows[index];
        let at = timeline.event_time(place);
        let room = widths[columns.len() - 1];
        let before = index.checked_sub(1).map(|before| rows[before]);
        let before = before.filter(|before| timeline.event(*before).is_some());
        let cells = match (timeline.event(place), timeline.gap(place)) {
            (Some(event), _) => {
                let before = before.and_then(|before| timeline.event_time(before));
                cells::event_cells(event, before, form, room, theme)
            }
            (None, Some(gap)) => cells::gap_cells(&gap, at, form, theme),
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

/// The selected event below a rule.
fn render_details(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
    let (theme, timeline) = (look.theme, &session.opened.timeline);
    let Some(place) = pane.selected_row().filter(|_| !area.is_empty()) else {
        return;
    };
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(rule.width.into());
    frame.render_widget(Line::styled(line, theme.border), rule);
    let fields = match (timeline.event(place), timeline.gap(place)) {
        (Some(event), _) => detail::event_fields(event, session, below.width.into(), theme),
        (None, Some(gap)) => detail::gap_fields(&gap, theme),
        (None, None) => Vec::new(),
    };
    let list = FieldList { fields: &fields, scroll: 0 };
    list.render(below, frame.buffer_mut(), theme);
}

/// What is said while there is nothing to show.
pub(super) fn render_placeholder(frame: &mut Frame<'_>, area: Rect, text: &str, look: &RenderCx<'_>) {
    let text = text::fit(&text.into(), area.width.into());
    frame.render_widget(Line::styled(text, look.theme.muted), area);
}
