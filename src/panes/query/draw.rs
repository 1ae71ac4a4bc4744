//! Drawing the query: colored, with what is wrong written under it.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::QueryPane;
use crate::keys::{Action, Scope};
use crate::panes::RenderCx;
use crate::query::{self, Index, Level, TokenRole};
use crate::session::Session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{clear_area, draw_line, to_cells, truncate};
use crate::worker::List;

/// Draws the text, and below it what it means or what is wrong with it.
pub(super) fn render(pane: &QueryPane, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
    if area.is_empty() {
        return;
    }
    let text_height = if area.height > 1 { area.height - 1 } else { 1 };
    let view = VisibleText::new(pane, area.width, text_height);
    let full = pane.text();
    let mut begin = 0;
    for (row, line) in pane.editor.lines().iter().enumerate() {
        let range = begin..begin + line.len();
        begin = range.end + 1;
        let Some(y) = row.checked_sub(view.first_row).and_then(|y| u16::try_from(y).ok()).filter(|y| *y < text_height)
        else {
            continue;
        };
        let place = Rect { y: area.y + y, height: 1, ..area };
        let spans = highlight_line(full, range, &pane.highlights, look.theme);
        let line = Line::from(spans);
        frame.render_widget(Paragraph::new(line).scroll((0, to_cells(view.first_cell))), place);
    }
    if full.is_empty() {
        let hint = match pane.index {
            Index::Process => "e.g. process_name:net.exe, or free text",
            Index::Binary => "e.g. digsig_result:Unsigned host_count:[1 TO 3], or free text",
            Index::Alert => "e.g. status:Unresolved hostname:FIN-WS-042, or free text",
            Index::Report => "",
        };
        frame.render_widget(Span::styled(hint, look.theme.muted), Rect { height: 1, ..area });
    }
    if look.is_focused {
        let x = area.x + to_cells(view.cursor_cell - view.first_cell);
        let y = area.y + to_cells(view.cursor_row - view.first_row);
        frame.set_cursor_position(Position { x: x.min(area.right() - 1), y });
    }
    if area.height > 1 {
        let below = Rect { y: area.bottom() - 1, height: 1, ..area };
        let mut verdict = verdict_line(pane, session, look, &view, area.width);
        let width = usize::from(area.width);
        // What does not fit can be read in full.
        if verdict.width() > width
            && let Some(key) = look.keymap.hint(Scope::Query.lookup_chain(), Action::Explain)
        {
            let key = format!("  {key} in full");
            let room = width.saturating_sub(text::width(&key));
            verdict = truncate(&verdict, room, look.theme.glyphs.ellipsis);
            verdict.push_span(Span::styled(key, look.theme.hint));
        }
        draw_line(&verdict, below, frame.buffer_mut(), look.theme);
    }
}

/// Draws the completions on offer below the cursor, over whatever is there.
pub(super) fn render_completions(pane: &QueryPane, frame: &mut Frame<'_>, editor: Rect, look: &RenderCx<'_>) {
    if !pane.has_completions() || editor.is_empty() {
        return;
    }
    let items = &pane.completions.items;
    let view = VisibleText::new(pane, editor.width, editor.height.saturating_sub(1).max(1));
    let name_width = items.iter().map(|item| text::width(&escape_line(&item.text))).max().unwrap_or(0);
    let help_width = items.iter().map(|item| text::width(&item.help)).max().unwrap_or(0);
    let first = pane.completions.selected.saturating_sub(super::MAX_COMPLETIONS - 1);
    let offered = items.iter().enumerate().skip(first).take(super::MAX_COMPLETIONS);
    let screen = frame.area();
    let y = editor.bottom();
    let width = to_cells(name_width + help_width + 4).min(screen.width);
    let x = (editor.x + to_cells(view.cursor_cell - view.first_cell)).min(screen.right().saturating_sub(width));
    let height = to_cells(items.len().min(super::MAX_COMPLETIONS)).min(screen.bottom().saturating_sub(y));
    let area = Rect { x, y, width, height };
    clear_area(area, frame.buffer_mut(), look.theme);
    for ((index, item), row) in offered.zip(area.rows()) {
        let style = if index == pane.completions.selected { look.theme.selection } else { Style::new() };
        // A value may be offered that an attacker wrote.
        let name = escape_line(&item.text);
        let gap = " ".repeat(name_width.saturating_sub(text::width(&name)));
        let name = format!(" {name}{gap}  ");
        let line = Line::from(vec![
            Span::styled(name, look.theme.field),
            Span::styled(format!("{} ", item.help), look.theme.muted),
        ]);
        frame.render_widget(line, row);
        frame.buffer_mut().set_style(row, style);
    }
}

/// Which part of the text is in sight.
struct VisibleText {
    cursor_row: usize,
    cursor_cell: usize,
    first_row: usize,
    first_cell: usize,
}

impl VisibleText {
    fn new(pane: &QueryPane, width: u16, height: u16) -> Self {
        let (cursor_row, column) = pane.editor.cursor();
        let line = pane.editor.lines().get(cursor_row).map_or("", String::as_str);
        let before: String = line.chars().take(column).collect();
        let cursor_cell = text::width(&escape_line(&before));
        // The cursor stands on a cell of its own, at the end of the line too.
        let first_cell = (cursor_cell + 1).saturating_sub(usize::from(width));
        let first_row = (cursor_row + 1).saturating_sub(usize::from(height));
        Self { cursor_row, cursor_cell, first_row, first_cell }
    }
}

/// One line of the text, colored by what its parts are.
fn highlight_line<'a>(
    full: &str,
    line: Range<usize>,
    parts: &[(Range<usize>, TokenRole)],
    theme: &Theme,
) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    let mut at = line.start;
    for (range, role) in parts {
        let (start, end) = (range.start.clamp(at, line.end), range.end.clamp(at, line.end));
        if start >= end {
            continue;
        }
        if at < start {
            spans.push(Span::styled(escape_line(&full[at..start]), theme.text));
        }
        spans.push(Span::styled(escape_line(&full[start..end]), role_style(*role, theme)));
        at = end;
    }
    if at < line.end {
        spans.push(Span::styled(escape_line(&full[at..line.end]), theme.text));
    }
    spans
}

fn role_style(role: TokenRole, theme: &Theme) -> Style {
    match role {
        TokenRole::Field => theme.field,
        TokenRole::UnknownField => theme.field.add_modifier(Modifier::UNDERLINED),
        TokenRole::Operator | TokenRole::Group => theme.operator,
        TokenRole::Value => theme.value,
        TokenRole::Quoted => theme.quoted,
        TokenRole::Wildcard => theme.wildcard,
        TokenRole::Error => theme.error,
    }
}

/// What the text means, or what is wrong with it: the mark stands under the offending text when it is in sight.
fn verdict_line(
    pane: &QueryPane,
    session: &Session,
    look: &RenderCx<'_>,
    view: &VisibleText,
    width: u16,
) -> Line<'static> {
    let RenderCx { theme, keymap, .. } = look;
    let Some(problem) = pane.first_problem() else {
        let rows = match pane.index {
            Index::Process if session.is_by_segment() => "one row per segment",
            Index::Process => "one row per process",
            Index::Alert => "one row per alert",
            Index::Binary => "one row per hash",
            Index::Report => "one row per report",
        };
        let order = List::from_index(pane.index).and_then(|list| session.sort_order(list));
        let order = order.map_or("", |order| order.description);
        let Some(query) = pane.parsed.query.as_ref().filter(|_| !pane.text().trim().is_empty()) else {
            return Line::styled(format!("Enter to search; {rows}"), theme.muted);
        };
        return Line::from(vec![
            Span::styled("ok", theme.good),
            Span::styled(format!("  {}   {rows}, {order}", query::summary(query)), theme.muted),
        ]);
    };
    let style = match problem.level {
        Level::Error => theme.bad,
        Level::Warning => theme.caution,
        Level::Note => theme.muted,
    };
    let key = problem.fix.as_ref().and_then(|fix| {
        let key = keymap.hint(Scope::Query.lookup_chain(), Action::Fix)?;
        Some(format!("; {key}: {}", fix.message))
    });
    // The key that mends it comes first: there is not always room for more.
    let hint = match (&problem.hint, &key) {
        (Some(hint), Some(_)) => format!("; or {hint}"),
        (Some(hint), None) => format!(": {hint}"),
        (None, _) => String::new(),
    };
    let message = format!("{}{}{hint}", problem.message, key.unwrap_or_default());
    let message = escape_line(&message);
    if problem.level == Level::Note {
        let ok = Span::styled("ok", theme.good);
        return Line::from(vec![ok, Span::styled(format!("  {message}"), style)]);
    }
    let full = pane.text();
    let is_one_line = pane.editor.lines().len() == 1;
    let start = text::width(&escape_line(&full[..problem.span.start.min(full.len())]));
    let marked = text::width(&escape_line(&full[problem.span.start.min(full.len())..problem.span.end.min(full.len())]));
    let indent = start.saturating_sub(view.first_cell);
    let marks = "^".repeat(marked.clamp(1, usize::from(width)));
    let is_in_sight = is_one_line && start >= view.first_cell && indent + marks.len() <= usize::from(width);
    if !is_in_sight {
        return Line::styled(message, style);
    }
    // The message follows the mark, or comes before it where there is more room.
    let room_behind = usize::from(width) - indent - marks.len();
    if text::width(&message) < room_behind || indent < 4 {
        return Line::styled(format!("{}{marks} {message}", " ".repeat(indent)), style);
    }
    if text::width(&message) < indent {
        return Line::styled(format!("{message:>before$} {marks}", before = indent - 1), style);
    }
    Line::styled(message, style)
}

fn escape_line(text: &str) -> String {
    text::make_visible(&Untrusted::from(text))
}
