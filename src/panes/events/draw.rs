//! The timeline on the screen: kinds, strip, rows, filter, and the selected event in words.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    EventsPane,
    cells::{self, Form},
    detail,
    sparkline::Strip,
};
use crate::model::EventKind;
use crate::panes::{Look, list::filter_line};
use crate::session::Session;
use crate::text;
use crate::widgets::{Bar, Fields, Gutter, Row, Table};

/// Where everything goes.
struct Areas {
    kinds: Rect,
    strip: Rect,
    rows: Rect,
    filter: Rect,
    detail: Rect,
}

/// Lines from which the kinds have one, and those from which the strip has one.
const ROOMY: (u16, u16) = (5, 7);

/// No more lines than these tell of one event: the rows want the others.
const DETAIL: u16 = 12;

fn areas(area: Rect, has_filter: bool) -> Areas {
    let is_roomy = |least: u16| u16::from(area.height >= least);
    // A rule, and below it the facts.
    let detail = if area.height < 10 { 0 } else { (area.height * 2 / 5).min(DETAIL) };
    let [kinds, strip, rows, filter, detail] = Layout::vertical([
        Constraint::Length(is_roomy(ROOMY.0)),
        Constraint::Length(is_roomy(ROOMY.1)),
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_filter)),
        Constraint::Length(detail),
    ])
    .areas(area);
    Areas { kinds, strip, rows, filter, detail }
}

/// Draws all of it.
pub(super) fn events(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
    let has_filter = pane.is_typing() || !pane.state.wish.filter.is_empty();
    let areas = areas(area, has_filter);
    kinds(pane, frame, areas.kinds, look);
    let strip = strip(pane, frame, areas.strip, session, look);
    pane.strip = strip;
    pane.is_strip_known = true;
    rows(pane, frame, areas.rows, session, look);
    if has_filter {
        let loaded = session.timeline.rows().len();
        let counts = (pane.sifted.rows.len(), loaded);
        let is_typing = pane.is_typing() && look.is_focused;
        filter_line(frame, areas.filter, pane.state.wish.filter.text(), counts, is_typing, look);
    }
    facts(pane, frame, areas.detail, session, look);
}

/// The kinds with their counts; those that were chosen stand in brackets.
fn kinds(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, look: &Look<'_>) {
    let (theme, chosen) = (look.theme, pane.state.wish.kinds);
    let piece = |(kind, n): (EventKind, usize)| {
        let is_chosen = chosen.has(kind);
        if n == 0 && !is_chosen {
            return None;
        }
        let name = match kind {
            EventKind::Emet => "tamper",
            kind => kind.short(),
        };
        let (style, ends) = match (chosen.is_empty(), is_chosen) {
            (true, _) => (theme.text, ["", ""]),
            (false, true) => (theme.title, ["[", "]"]),
            (false, false) => (theme.muted, ["", ""]),
        };
        let [open, close] = ends;
        let n = crate::panes::list::thousands(u64::try_from(n).unwrap_or(u64::MAX));
        Some(Line::from(vec![
            Span::styled(format!("{open}{name} "), style),
            Span::styled(n, theme.number),
            Span::styled(close, style),
        ]))
    };
    let bar =
        Bar { left: pane.sifted.counts().filter_map(piece).collect(), right: Line::default(), style: Style::new() };
    bar.render(area, frame.buffer_mut(), theme);
}

/// The strip between the times at which it begins and ends.
fn strip(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) -> Option<Strip> {
    let (theme, timeline) = (look.theme, &session.timeline);
    let chosen = pane.state.wish.stretch();
    let stretch = chosen.or_else(|| Strip::whole(timeline))?;
    let form = Form::of(Some(stretch), &session.zone);
    let ends = [stretch.from, stretch.to].map(|at| form.second(at));
    // Two times and blanks around them; where these do not leave much, the whole line is the strip's.
    let times: usize = ends.iter().map(|end| text::width(end) + 1).sum();
    let room = usize::from(area.width.saturating_sub(2));
    let times = if room < 2 * times { 0 } else { times };
    let width = room - times;
    let known = pane.strip.as_ref().filter(|strip| pane.is_strip_known && strip.width() == width);
    let strip = match known {
        Some(strip) => strip.clone(),
        None => Strip::new(&pane.sifted, timeline, stretch, width),
    };
    let cursor = pane.current().and_then(|place| timeline.at(place));
    let line = strip.line(cursor, pane.marked(session), theme);
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

fn rows(pane: &mut EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
    let (theme, timeline) = (look.theme, &session.timeline);
    let strip = pane.strip.as_ref();
    let form = Form::of(strip.map(|strip| strip.stretch), &session.zone);
    let now = pane.now(session).unwrap_or_default();
    let title = format!("TIME ({})", session.zone.short(now));
    let columns = cells::columns(&title, form);
    let marked = pane.marked(session);
    let table = Table {
        columns: &columns,
        total: pane.sifted.rows.len(),
        cursor: pane.cursor,
        is_focused: look.is_focused,
        // Room for marks in any case: nothing moves when the first one is set.
        gutter: Gutter::Marks,
        empty: Line::raw("No event matches the filter (Esc clears it)"),
    };
    pane.height = table.height(area).max(1);
    let rows = &pane.sifted.rows;
    let mut top = pane.offset;
    table.render(area, frame.buffer_mut(), theme, &mut top, |index, widths| {
        let place = rows[index];
        let at = timeline.at(place);
        let room = widths[columns.len() - 1];
        let before = index.checked_sub(1).map(|before| rows[before]);
        let before = before.filter(|before| timeline.event(*before).is_some());
        let cells = match (timeline.event(place), timeline.gap(place)) {
            (Some(event), _) => {
                let before = before.and_then(|before| timeline.at(before));
                cells::event(event, before, form, room, theme)
            }
            (None, Some(gap)) => cells::gap(&gap, at, form, theme),
            (None, None) => Vec::new(),
        };
        Row::Here { cells, is_marked: marked.zip(at).is_some_and(|(marked, at)| marked.has(at)), style: Style::new() }
    });
    pane.offset = top;
}

/// The selected event below a rule.
fn facts(pane: &EventsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
    let (theme, timeline) = (look.theme, &session.timeline);
    let Some(place) = pane.current().filter(|_| !area.is_empty()) else {
        return;
    };
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(rule.width.into());
    frame.render_widget(Line::styled(line, theme.border), rule);
    let fields = match (timeline.event(place), timeline.gap(place)) {
        (Some(event), _) => detail::event(event, session, below.width.into(), theme),
        (None, Some(gap)) => detail::gap(&gap, theme),
        (None, None) => Vec::new(),
    };
    let list = Fields { fields: &fields, scroll: 0 };
    list.render(below, frame.buffer_mut(), theme);
}

/// What is said while there is nothing to show.
pub(super) fn nothing(frame: &mut Frame<'_>, area: Rect, text: &str, look: &Look<'_>) {
    let text = text::fit(&text.into(), area.width.into());
    frame.render_widget(Line::styled(text, look.theme.muted), area);
}
