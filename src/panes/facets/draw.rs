//! Drawing counted values: fields above, a bar for each value, what is marked and what was counted below.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::{FacetsPane, Value, cut, thousands, wide};
use crate::model::{Change, Facets, Known, Period, Precision};
use crate::panes::{Look, list};
use crate::query::Sense;
use crate::session::{Awaiting, Other, Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{Column, Gutter, Row, Table, cells, draw, wrap};

/// Lines that may say what enter would ask.
const PENDING: usize = 3;

/// Draws the pane.
pub(super) fn render(pane: &mut FacetsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
    let theme = look.theme;
    let counts = &session.counts;
    let Some(known) = counts.a.current() else {
        let text = if session.results.search().is_none() {
            "Run a search to see value counts"
        } else if counts.a.is_pending() {
            "Counting… ^c cancels"
        } else if counts.a.error().is_some() {
            ""
        } else {
            "Cancelled. r retries"
        };
        return frame.render_widget(Line::styled(text, theme.muted), area);
    };
    let field = pane.field(session);
    let values = pane.values(session);
    let has_filter = pane.typing.is_on() || !pane.filter.is_empty();
    let pending = pending(pane, area.width, theme);
    let notes = notes(known, &field, session, theme);
    let [fields, sides, rows, filter, asked, below] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(if counts.other.is_some() { 2 } else { 0 }),
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_filter)),
        Constraint::Length(cells(pending.len())),
        Constraint::Length(cells(notes.len())),
    ])
    .areas(area);
    let shown = fields_line(pane, &known.value, session, theme, area.width);
    draw(&shown, fields, frame.buffer_mut(), theme);
    for (line, place) in [side_a(known, session, theme), side_b(session, theme)].iter().zip(sides.rows()) {
        draw(line, place, frame.buffer_mut(), theme);
    }
    table(pane, &values, &field, frame, rows, session, look);
    if has_filter {
        let all = known.value.of(&field).map_or(0, |facet| facet.values.len());
        let is_typing = pane.typing.is_on() && look.is_focused;
        let counts = (values.len(), all);
        list::filter_line(frame, filter, pane.filter.text(), counts, is_typing, look);
    }
    for (line, place) in pending.iter().zip(asked.rows()) {
        draw(line, place, frame.buffer_mut(), theme);
    }
    for (line, place) in notes.iter().zip(below.rows()) {
        draw(line, place, frame.buffer_mut(), theme);
    }
}

/// The fields with how many values each has, from the one before the current on.
fn fields_line(pane: &FacetsPane, facets: &Facets, session: &Session, theme: &Theme, width: u16) -> Line<'static> {
    let fields = session.counted();
    let current = pane.field.min(fields.len().saturating_sub(1));
    let piece = |at: usize, field: &String| {
        let facet = facets.of(field);
        let n_values = facet.map_or(0, |facet| facet.values.len());
        let more = if facet.is_some_and(|facet| facet.broken > 0) { "+" } else { "" };
        let style = if at == current { theme.title.add_modifier(Modifier::UNDERLINED) } else { theme.muted };
        vec![
            Span::styled(text::visible(&field.as_str().into()), style),
            Span::styled(format!(" {n_values}{more}  "), theme.number),
        ]
    };
    let pieces: Vec<_> = fields.iter().enumerate().map(|(at, field)| piece(at, field)).collect();
    let wide = |spans: &[Vec<Span<'_>>]| -> usize { spans.iter().flatten().map(Span::width).sum() };
    let end = pieces.len().min(current + 1);
    let first = (0..end).find(|first| wide(&pieces[*first..end]) <= usize::from(width));
    Line::from(pieces[first.unwrap_or(current)..].concat())
}

/// So many values that are not shown because they make no sense.
pub(super) fn unread(n: usize) -> String {
    let values = if n == 1 { "value" } else { "values" };
    format!("{} {values} could not be read", thousands(wide(n)))
}

/// The search itself, when it is compared.
fn side_a(known: &Known<Facets>, session: &Session, theme: &Theme) -> Line<'static> {
    let search = session.results.search();
    let query = search.map_or("", |search| search.query.as_str());
    let query = if query.is_empty() { "everything" } else { query };
    let period = search.map_or_else(Vec::new, |search| Period::of(search));
    let bounds = period.iter().map(ToString::to_string);
    let what: Vec<_> = std::iter::once(query.to_owned()).chain(bounds).collect();
    side("A", known.value.total, &what.join("  "), theme)
}

/// What it is compared with.
fn side_b(session: &Session, theme: &Theme) -> Line<'static> {
    let counts = &session.counts;
    let what = match &counts.other {
        Some(Other::Condition(condition)) => format!("the same with {condition}"),
        Some(Other::Period(period)) => format!("the same, {period}"),
        None => String::new(),
    };
    let known = counts.b.current();
    match known {
        Some(known) => side("B", known.value.total, &what, theme),
        None if counts.b.is_pending() => side_said("B", "counting", &what, theme),
        None => side_said("B", "not counted", &what, theme),
    }
}

fn side(name: &'static str, total: u64, what: &str, theme: &Theme) -> Line<'static> {
    side_said(name, &format!("{} segments", thousands(total)), what, theme)
}

fn side_said(name: &'static str, said: &str, what: &str, theme: &Theme) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{name}  "), theme.title),
        Span::styled(format!("{said}  "), theme.number),
        Span::styled(text::visible(&what.into()), theme.text),
    ])
}

/// What enter would ask, in a few lines.
fn pending(pane: &FacetsPane, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    if pane.marks.is_empty() {
        return Vec::new();
    }
    let conditions = pane.marks.conditions().join(" ");
    let conditions = text::visible(&Untrusted::from(conditions));
    let line = Line::from(vec![Span::styled("Enter applies ", theme.key), Span::styled(conditions, theme.value)]);
    let mut lines = wrap(&line, usize::from(width));
    if lines.len() > PENDING {
        lines.truncate(PENDING);
        if let Some(last) = lines.last_mut() {
            last.push_span(Span::styled(theme.glyphs.ellipsis, theme.muted));
        }
    }
    lines
}

/// What was counted, when, and what is missing.
fn notes(known: &Known<Facets>, field: &str, session: &Session, theme: &Theme) -> Vec<Line<'static>> {
    let facets = &known.value;
    let as_of = session.zone.show(known.as_of, Precision::Second);
    let mut notes = vec![Line::styled(
        format!("{} segments (a process may have several); as of {as_of}", thousands(facets.total)),
        theme.muted,
    )];
    let mut gaps = Vec::new();
    if facets.is_incomplete {
        gaps.push("INCOMPLETE: server returned partial results".to_owned());
    }
    if facets.broken > 0 {
        gaps.push(unread(facets.broken));
    }
    if facets.hidden > 0 {
        gaps.push(format!("{} hidden (no permission)", thousands(facets.hidden)));
    }
    let is_cut = |remote: &Remote<Facets>| {
        let facet = remote.current().and_then(|known| known.value.of(field));
        facet.and_then(cut)
    };
    let counts = &session.counts;
    gaps.extend(is_cut(&counts.a).or_else(|| is_cut(&counts.b)));
    if !gaps.is_empty() {
        notes.push(Line::styled(gaps.join("; "), theme.caution));
    }
    notes
}

fn table(
    pane: &mut FacetsPane,
    values: &[Value],
    field: &str,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    look: &Look<'_>,
) {
    let theme = look.theme;
    let is_comparing = session.counts.other.is_some();
    let alone = [
        Column::left("", 1, 1, 0),
        Column::left("VALUE", 12, Column::REST, 0),
        Column::right("COUNT", 5, 7, 1),
        Column::right("%", 5, 5, 2),
        Column::left("", 6, 22, 3),
    ];
    let beside = [
        Column::left("", 1, 1, 0),
        Column::left("VALUE", 12, Column::REST, 0),
        Column::right("A", 5, 7, 1),
        Column::right("%", 5, 5, 4),
        Column::right("B", 5, 7, 2),
        Column::right("%", 5, 5, 5),
        Column::left("A vs B", 7, 7, 1),
    ];
    let columns: &[Column<'_>] = if is_comparing { &beside } else { &alone };
    let counted = session.counts.a.current();
    let counted = counted.and_then(|known| known.value.of(field).map(|facet| (known, facet)));
    let empty = match counted {
        _ if !pane.filter.is_empty() => "No value matches the filter".to_owned(),
        Some((_, facet)) if facet.broken > 0 => {
            format!("Unknown: {}", unread(facet.broken))
        }
        Some((known, _)) if known.value.is_incomplete => "Unknown: the server's counts are INCOMPLETE".to_owned(),
        _ => "The server has no value counts for this field".to_owned(),
    };
    let table = Table {
        columns,
        total: values.len(),
        cursor: pane.cursor,
        is_focused: look.is_focused,
        gutter: Gutter::Cursor,
        empty: Line::raw(empty),
    };
    pane.height = table.height(area).max(1);
    let marks = &pane.marks;
    let mut top = pane.top;
    table.render(area, frame.buffer_mut(), theme, &mut top, |at, widths| {
        let value = &values[at];
        let (sign, style) = match marks.of(field, &value.name) {
            Some(Sense::Include) => (theme.glyphs.mark, theme.mark),
            Some(Sense::Exclude) => ("-", theme.bad),
            None => (" ", theme.text),
        };
        let name = if value.name.raw().is_empty() {
            Line::styled("(empty)", theme.muted)
        } else {
            Line::styled(text::fit_end(&value.name, widths[1]), style)
        };
        let count = |(count, share): (u64, f64)| {
            let style = if count == 0 { theme.muted } else { theme.number };
            [Line::styled(thousands(count), style), Line::styled(percent(share), theme.muted)]
        };
        let mut cells = vec![Line::styled(sign, style), name];
        cells.extend(count(value.a));
        match value.b {
            Some((n, share, change)) => {
                cells.extend(count((n, share)));
                cells.push(Line::styled(word(change), change_style(change, theme)));
            }
            None if is_comparing => cells.extend(["", "", ""].map(Line::raw)),
            None => {
                let bar = theme.glyphs.bar.repeat(blocks(value, widths[4]));
                cells.push(Line::styled(bar, theme.accent));
            }
        }
        Row::plain(cells)
    });
    pane.top = top;
}

/// Pieces of a bar in so many cells; what occurs has at least one.
fn blocks(value: &Value, width: usize) -> usize {
    let is_reached = |piece: usize| {
        let piece = u32::try_from(piece).unwrap_or(u32::MAX);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        f64::from(piece) * 100.0 < value.bar * f64::from(width)
    };
    (0..width).filter(|piece| is_reached(*piece)).count()
}

fn percent(share: f64) -> String {
    format!("{share:.1}")
}

/// What a difference means, in a word.
pub(super) fn word(change: Change) -> String {
    match change {
        Change::New => "NEW".into(),
        Change::Gone => "only B".into(),
        Change::Times(times) if times >= 10.0 => format!("x{times:.0}"),
        Change::Times(times) => format!("x{times:.1}"),
        Change::Same => "=".into(),
        Change::Unlisted => "unknown".into(),
    }
}

fn change_style(change: Change, theme: &Theme) -> Style {
    match change {
        Change::New => theme.bad,
        Change::Times(times) if times > 1.0 => theme.caution,
        Change::Unlisted => theme.unknown,
        Change::Times(_) | Change::Same | Change::Gone => theme.muted,
    }
}

/// A value as a line of a histogram, for a text.
pub(super) fn plain(value: &Value) -> String {
    /// Cells of the longest bar.
    const BAR: usize = 20;
    let name = text::visible(&value.name);
    let (count, share) = value.a;
    let rest = match value.b {
        Some((count, share, change)) => format!("{count:>8} {share:>5.1}%  {:<7}", word(change)),
        None => format!("{:<BAR$}", "#".repeat(blocks(value, BAR))),
    };
    format!("{count:>8} {share:>5.1}%  {rest}  {name}")
}
