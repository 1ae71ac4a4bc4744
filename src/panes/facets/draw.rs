//! Drawing of facets: field names, a bar for each value, marked values, and notes on completeness.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::{CountedValue, FacetsPane, group_thousands, to_u64, truncation_note};
use crate::model::{FacetDelta, Facets, Fetched, Period, Precision, Process};
use crate::panes::{RenderCx, list};
use crate::query::Polarity;
use crate::session::{FacetComparison, Session, slots};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{Gutter, TableColumn, TableRow, TableWidget, draw_line, to_cells, wrap_line};
use crate::worker::FacetSide;

/// Lines that the marked conditions may take.
const MAX_PENDING_LINES: usize = 3;

/// Draws the pane.
pub(super) fn render(pane: &mut FacetsPane, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
    let theme = cx.theme;
    let base = slots::facets(FacetSide::A);
    let Some(fetched) = session.values.latest(base) else {
        let text = if session.lists.pages::<Process>().search().is_none() {
            "Run a search to see value counts"
        } else if session.is_pending(base.slot) {
            "Counting… ^c cancels"
        } else if session.error(base.slot).is_some() {
            ""
        } else {
            "Cancelled. r retries"
        };
        return frame.render_widget(Line::styled(text, theme.muted), area);
    };
    let field = pane.current_field(session);
    let values = pane.shown_values(session);
    let has_filter = pane.typing.is_typing() || !pane.filter.is_empty();
    let pending = pending_lines(pane, area.width, theme);
    let notes = notes_lines(fetched, &field, session, theme);
    let [fields, sides, rows, filter, conditions, note_area] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(if session.search.facet_counts.comparison.is_some() { 2 } else { 0 }),
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_filter)),
        Constraint::Length(to_cells(pending.len())),
        Constraint::Length(to_cells(notes.len())),
    ])
    .areas(area);
    let field_names = fields_line(pane, &fetched.value, session, theme, area.width);
    draw_line(&field_names, fields, frame.buffer_mut(), theme);
    for (line, row) in [base_line(fetched, session, theme), comparison_line(session, theme)].iter().zip(sides.rows()) {
        draw_line(line, row, frame.buffer_mut(), theme);
    }
    render_table(pane, &values, &field, frame, rows, session, cx);
    if has_filter {
        let all = fetched.value.get(&field).map_or(0, |facet| facet.values.len());
        let counts = (values.len(), all);
        list::render_filter_line(frame, filter, pane.filter.text(), counts, &pane.typing, cx);
    }
    for (line, row) in pending.iter().zip(conditions.rows()) {
        draw_line(line, row, frame.buffer_mut(), theme);
    }
    for (line, row) in notes.iter().zip(note_area.rows()) {
        draw_line(line, row, frame.buffer_mut(), theme);
    }
}

/// Returns the fields with the number of their values, scrolled so that the current one is visible.
fn fields_line(pane: &FacetsPane, facets: &Facets, session: &Session, theme: &Theme, width: u16) -> Line<'static> {
    let fields = session.facet_fields();
    let current = pane.field.min(fields.len().saturating_sub(1));
    let field_spans = |at: usize, field: &String| {
        let facet = facets.get(field);
        let n_values = facet.map_or(0, |facet| facet.values.len());
        let more = if facet.is_some_and(|facet| facet.broken > 0) { "+" } else { "" };
        let style = if at == current { theme.title.add_modifier(Modifier::UNDERLINED) } else { theme.muted };
        vec![
            Span::styled(text::make_visible(&field.as_str().into()), style),
            Span::styled(format!(" {n_values}{more}  "), theme.number),
        ]
    };
    let parts: Vec<_> = fields.iter().enumerate().map(|(at, field)| field_spans(at, field)).collect();
    let width_of = |spans: &[Vec<Span<'_>>]| -> usize { spans.iter().flatten().map(Span::width).sum() };
    let end = parts.len().min(current + 1);
    let first = (0..end).find(|first| width_of(&parts[*first..end]) <= usize::from(width));
    Line::from(parts[first.unwrap_or(current)..].concat())
}

/// Returns a note that `n` values could not be read.
pub(super) fn unread(n: usize) -> String {
    let values = if n == 1 { "value" } else { "values" };
    format!("{} {values} could not be read", group_thousands(to_u64(n)))
}

/// Returns the line of the search itself in a comparison.
fn base_line(fetched: &Fetched<Facets>, session: &Session, theme: &Theme) -> Line<'static> {
    let search = session.lists.pages::<Process>().search();
    let query = search.map_or("", |search| search.query.as_str());
    let query = if query.is_empty() { "everything" } else { query };
    let period = search.map_or_else(Vec::new, |search| Period::from_search(search));
    let bounds = period.iter().map(ToString::to_string);
    let description: Vec<_> = std::iter::once(query.to_owned()).chain(bounds).collect();
    side_line("A", fetched.value.total, &description.join("  "), theme)
}

/// Returns the line of the other side in a comparison.
fn comparison_line(session: &Session, theme: &Theme) -> Line<'static> {
    let counts = &session.search.facet_counts;
    let description = match &counts.comparison {
        Some(FacetComparison::Condition(condition)) => format!("same query with {condition}"),
        Some(FacetComparison::Period(period)) => format!("same query, {period}"),
        None => String::new(),
    };
    let compared = slots::facets(FacetSide::B);
    match session.values.latest(compared) {
        Some(fetched) if fetched.value.total == 0 && fetched.value.gap().is_none() => {
            side_note_line("B", "nothing matches", &description, theme)
        }
        Some(fetched) => side_line("B", fetched.value.total, &description, theme),
        None if session.is_pending(compared.slot) => side_note_line("B", "counting", &description, theme),
        None => side_note_line("B", "not counted", &description, theme),
    }
}

fn side_line(name: &'static str, total: u64, description: &str, theme: &Theme) -> Line<'static> {
    side_note_line(name, &format!("{} segments", group_thousands(total)), description, theme)
}

fn side_note_line(name: &'static str, count: &str, description: &str, theme: &Theme) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{name}  "), theme.title),
        Span::styled(format!("{count}  "), theme.number),
        Span::styled(text::make_visible(&description.into()), theme.text),
    ])
}

/// Returns the conditions that `Enter` adds to the query, in a few lines.
fn pending_lines(pane: &FacetsPane, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    if pane.marks.is_empty() {
        return Vec::new();
    }
    let conditions = pane.marks.conditions().join(" ");
    let conditions = text::make_visible(&Untrusted::from(conditions));
    let line = Line::from(vec![Span::styled("Enter applies ", theme.key), Span::styled(conditions, theme.value)]);
    let mut lines = wrap_line(&line, usize::from(width));
    if lines.len() > MAX_PENDING_LINES {
        lines.truncate(MAX_PENDING_LINES);
        if let Some(last) = lines.last_mut() {
            last.push_span(Span::styled(theme.glyphs.ellipsis, theme.muted));
        }
    }
    lines
}

/// Returns the number of counted segments, when they were counted, and what is missing.
fn notes_lines(fetched: &Fetched<Facets>, field: &str, session: &Session, theme: &Theme) -> Vec<Line<'static>> {
    let facets = &fetched.value;
    let as_of = session.connection.zone.format(fetched.as_of, Precision::Second);
    let mut notes = vec![Line::styled(
        format!("{} segments (a process may have several); as of {as_of}", group_thousands(facets.total)),
        theme.muted,
    )];
    let mut caveats = Vec::new();
    if facets.is_incomplete {
        caveats.push("INCOMPLETE: server returned partial results".to_owned());
    }
    if facets.n_unreadable > 0 {
        caveats.push(unread(facets.n_unreadable));
    }
    if facets.hidden > 0 {
        caveats.push(format!("{} hidden (no permission)", group_thousands(facets.hidden)));
    }
    let truncation = |side| {
        let fetched = session.values.latest(slots::facets(side));
        fetched.and_then(|fetched| fetched.value.get(field)).and_then(truncation_note)
    };
    caveats.extend(truncation(FacetSide::A).or_else(|| truncation(FacetSide::B)));
    if !caveats.is_empty() {
        notes.push(Line::styled(caveats.join("; "), theme.caution));
    }
    notes
}

fn render_table(
    pane: &mut FacetsPane,
    values: &[CountedValue],
    field: &str,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    cx: &RenderCx<'_>,
) {
    let theme = cx.theme;
    let is_comparing = session.search.facet_counts.comparison.is_some();
    let single = [
        TableColumn::left_aligned("", 1, 1, 0),
        TableColumn::left_aligned("VALUE", 12, TableColumn::FILL, 0),
        TableColumn::right_aligned("COUNT", 5, 7, 1),
        TableColumn::right_aligned("%", 5, 5, 2),
        TableColumn::left_aligned("", 6, 22, 3),
    ];
    let compared = [
        TableColumn::left_aligned("", 1, 1, 0),
        TableColumn::left_aligned("VALUE", 12, TableColumn::FILL, 0),
        TableColumn::right_aligned("A", 5, 7, 1),
        TableColumn::right_aligned("%", 5, 5, 4),
        TableColumn::right_aligned("B", 5, 7, 2),
        TableColumn::right_aligned("%", 5, 5, 5),
        TableColumn::left_aligned("CHANGE", 7, 7, 1),
    ];
    let columns: &[TableColumn<'_>] = if is_comparing { &compared } else { &single };
    let table = TableWidget {
        columns,
        total: values.len(),
        cursor: pane.cursor,
        is_focused: cx.is_focused,
        gutter: Gutter::Cursor,
        empty_text: Line::raw(empty_text(pane, field, session)),
    };
    pane.height = table.height(area).max(1);
    let marks = &pane.marks;
    let mut top = pane.top;
    table.render(area, frame.buffer_mut(), theme, &mut top, |at, widths| {
        let value = &values[at];
        let (sign, style) = match marks.polarity_of(field, &value.name) {
            Some(Polarity::Include) => (theme.glyphs.mark, theme.mark),
            Some(Polarity::Exclude) => ("-", theme.bad),
            None => (" ", theme.text),
        };
        let name = if value.name.raw().is_empty() {
            Line::styled("(empty)", theme.muted)
        } else {
            Line::styled(text::fit_end(&value.name, widths[1]), style)
        };
        let count = |(count, share): (u64, f64)| {
            let style = if count == 0 { theme.muted } else { theme.number };
            [Line::styled(group_thousands(count), style), Line::styled(format_percent(share), theme.muted)]
        };
        let mut cells = vec![Line::styled(sign, style), name];
        cells.extend(count(value.base));
        match value.compared {
            Some((n, share, change)) => {
                cells.extend(count((n, share)));
                cells.push(Line::styled(label(change), delta_style(change, theme)));
            }
            None if is_comparing => cells.extend(["", "", ""].map(Line::raw)),
            None => {
                let bar = theme.glyphs.bar.repeat(bar_length(value, widths[4]));
                cells.push(Line::styled(bar, theme.accent));
            }
        }
        TableRow::with_cells(cells)
    });
    pane.top = top;
}

/// Returns what to show if there are no values.
fn empty_text(pane: &FacetsPane, field: &str, session: &Session) -> String {
    let counted = session.values.latest(slots::facets(FacetSide::A));
    let counted = counted.and_then(|fetched| fetched.value.get(field).map(|facet| (fetched, facet)));
    match counted {
        _ if !pane.filter.is_empty() => "No value matches the filter".into(),
        Some((_, facet)) if facet.broken > 0 => format!("Unknown: {}", unread(facet.broken)),
        Some((fetched, _)) if fetched.value.is_incomplete => "Unknown: the server's counts are INCOMPLETE".into(),
        _ => "The server has no value counts for this field".into(),
    }
}

/// Returns the length of a bar within `width` cells; at least one for a value that occurs.
fn bar_length(value: &CountedValue, width: usize) -> usize {
    let is_reached = |cell: usize| {
        let cell = u32::try_from(cell).unwrap_or(u32::MAX);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        f64::from(cell) * 100.0 < value.bar * f64::from(width)
    };
    (0..width).filter(|cell| is_reached(*cell)).count()
}

fn format_percent(share: f64) -> String {
    format!("{share:.1}")
}

/// Returns the difference as a short text.
pub(super) fn label(change: FacetDelta) -> String {
    match change {
        FacetDelta::New => "NEW".into(),
        FacetDelta::Gone => "only B".into(),
        FacetDelta::Times(times) if times >= 10.0 => format!("x{times:.0}"),
        FacetDelta::Times(times) => format!("x{times:.1}"),
        FacetDelta::Same => "=".into(),
        FacetDelta::Unlisted => "unknown".into(),
    }
}

fn delta_style(change: FacetDelta, theme: &Theme) -> Style {
    match change {
        FacetDelta::New => theme.bad,
        FacetDelta::Times(times) if times > 1.0 => theme.caution,
        FacetDelta::Unlisted => theme.unknown,
        FacetDelta::Times(_) | FacetDelta::Same | FacetDelta::Gone => theme.muted,
    }
}

/// Formats a value as a line of a plain-text histogram.
pub(super) fn plain_line(value: &CountedValue) -> String {
    /// Cells of the longest bar.
    const BAR: usize = 20;
    let name = text::make_visible(&value.name);
    let (count, share) = value.base;
    let comparison = match value.compared {
        Some((count, share, change)) => format!("{count:>8} {share:>5.1}%  {:<7}", label(change)),
        None => format!("{:<BAR$}", "#".repeat(bar_length(value, BAR))),
    };
    format!("{count:>8} {share:>5.1}%  {comparison}  {name}")
}
