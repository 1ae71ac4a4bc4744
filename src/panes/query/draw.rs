//! Drawing of the query editor: text with syntax colors, and problems below it.

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

/// Draws the text, and below it a summary or the first problem.
pub(super) fn render(pane: &QueryPane, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
    if area.is_empty() {
        return;
    }
    let text_height = if area.height > 1 { area.height - 1 } else { 1 };
    let view = VisibleText::new(pane, area.width, text_height);
    let text = pane.text();
    let mut start = 0;
    for (row, line) in pane.editor.lines().iter().enumerate() {
        let range = start..start + line.len();
        start = range.end + 1;
        let Some(y) = row.checked_sub(view.first_row).and_then(|y| u16::try_from(y).ok()).filter(|y| *y < text_height)
        else {
            continue;
        };
        let line_area = Rect { y: area.y + y, height: 1, ..area };
        let spans = highlight_line(text, range, &pane.highlights, cx.theme);
        let line = Line::from(spans);
        frame.render_widget(Paragraph::new(line).scroll((0, to_cells(view.first_cell))), line_area);
    }
    if text.is_empty() {
        let hint = match pane.index {
            Index::Process => "e.g. process_name:net.exe, or free text",
            Index::Binary => "e.g. digsig_result:Unsigned host_count:[1 TO 3], or free text",
            Index::Alert => "e.g. status:Unresolved hostname:FIN-WS-042, or free text",
            Index::Report => "",
        };
        frame.render_widget(Span::styled(hint, cx.theme.muted), Rect { height: 1, ..area });
    }
    if cx.is_focused {
        let x = area.x + to_cells(view.cursor_cell - view.first_cell);
        let y = area.y + to_cells(view.cursor_row - view.first_row);
        frame.set_cursor_position(Position { x: x.min(area.right() - 1), y });
    }
    if area.height > 1 {
        let below = Rect { y: area.bottom() - 1, height: 1, ..area };
        let mut status = status_line(pane, session, cx, &view, area.width);
        let width = usize::from(area.width);
        // A text that does not fit can be opened in full.
        if status.width() > width
            && let Some(key) = cx.keymap.hint(Scope::Query.lookup_chain(), Action::Explain)
        {
            let key = format!("  {key} in full");
            let room = width.saturating_sub(text::width(&key));
            status = truncate(&status, room, cx.theme.glyphs.ellipsis);
            status.push_span(Span::styled(key, cx.theme.hint));
        }
        draw_line(&status, below, frame.buffer_mut(), cx.theme);
    }
}

/// Draws the completion menu below the cursor, over other content.
pub(super) fn render_completions(pane: &QueryPane, frame: &mut Frame<'_>, editor: Rect, cx: &RenderCx<'_>) {
    if !pane.has_completions() || editor.is_empty() {
        return;
    }
    let items = &pane.completions.items;
    let view = VisibleText::new(pane, editor.width, editor.height.saturating_sub(1).max(1));
    let name_width = items.iter().map(|item| text::width(&escape_line(&item.text))).max().unwrap_or(0);
    let help_width = items.iter().map(|item| text::width(&item.help)).max().unwrap_or(0);
    let first = pane.completions.selected.saturating_sub(super::MAX_COMPLETIONS - 1);
    let visible = items.iter().enumerate().skip(first).take(super::MAX_COMPLETIONS);
    let screen = frame.area();
    let y = editor.bottom();
    let width = to_cells(name_width + help_width + 4).min(screen.width);
    let x = (editor.x + to_cells(view.cursor_cell - view.first_cell)).min(screen.right().saturating_sub(width));
    let height = to_cells(items.len().min(super::MAX_COMPLETIONS)).min(screen.bottom().saturating_sub(y));
    let area = Rect { x, y, width, height };
    clear_area(area, frame.buffer_mut(), cx.theme);
    for ((index, item), row) in visible.zip(area.rows()) {
        let style = if index == pane.completions.selected { cx.theme.selection } else { Style::new() };
        // Completed values are from the server: attacker-controlled.
        let name = escape_line(&item.text);
        let gap = " ".repeat(name_width.saturating_sub(text::width(&name)));
        let name = format!(" {name}{gap}  ");
        let line = Line::from(vec![
            Span::styled(name, cx.theme.field),
            Span::styled(format!("{} ", item.help), cx.theme.muted),
        ]);
        frame.render_widget(line, row);
        frame.buffer_mut().set_style(row, style);
    }
}

/// The visible part of the text, and the cursor in it.
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
        // The cursor needs a cell of its own at the end of a line too.
        let first_cell = (cursor_cell + 1).saturating_sub(usize::from(width));
        let first_row = (cursor_row + 1).saturating_sub(usize::from(height));
        Self { cursor_row, cursor_cell, first_row, first_cell }
    }
}

/// Returns one line of the text, with a style for each token.
fn highlight_line<'a>(
    text: &str,
    line: Range<usize>,
    tokens: &[(Range<usize>, TokenRole)],
    theme: &Theme,
) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    let mut at = line.start;
    for (range, role) in tokens {
        let (start, end) = (range.start.clamp(at, line.end), range.end.clamp(at, line.end));
        if start >= end {
            continue;
        }
        if at < start {
            spans.push(Span::styled(escape_line(&text[at..start]), theme.text));
        }
        spans.push(Span::styled(escape_line(&text[start..end]), role_style(*role, theme)));
        at = end;
    }
    if at < line.end {
        spans.push(Span::styled(escape_line(&text[at..line.end]), theme.text));
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

/// Returns a summary of the query, or its first problem, marked below the offending text if that is visible.
fn status_line(
    pane: &QueryPane,
    session: &Session,
    cx: &RenderCx<'_>,
    view: &VisibleText,
    width: u16,
) -> Line<'static> {
    let RenderCx { theme, keymap, .. } = cx;
    let Some(problem) = pane.first_problem() else {
        let rows = match pane.index {
            Index::Process if session.is_by_segment() => "one row per segment",
            Index::Process => "one row per process",
            Index::Alert => "one row per alert",
            Index::Binary => "one row per hash",
            Index::Report => "one row per report",
        };
        let order = session.sort_order(List::from_index(pane.index));
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
    let key = keymap.hint(Scope::Query.lookup_chain(), Action::Fix);
    let message = escape_line(&problem.to_line(key.as_deref()));
    if problem.level == Level::Note {
        let ok = Span::styled("ok", theme.good);
        return Line::from(vec![ok, Span::styled(format!("  {message}"), style)]);
    }
    let text = pane.text();
    let is_one_line = pane.editor.lines().len() == 1;
    let start = text::width(&escape_line(&text[..problem.span.start.min(text.len())]));
    let marked_width =
        text::width(&escape_line(&text[problem.span.start.min(text.len())..problem.span.end.min(text.len())]));
    let indent = start.saturating_sub(view.first_cell);
    let marks = "^".repeat(marked_width.clamp(1, usize::from(width)));
    let is_visible = is_one_line && start >= view.first_cell && indent + marks.len() <= usize::from(width);
    if !is_visible {
        return Line::styled(message, style);
    }
    // The message follows the mark, or precedes it if there is more room.
    let room_after = usize::from(width) - indent - marks.len();
    if text::width(&message) < room_after || indent < 4 {
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
