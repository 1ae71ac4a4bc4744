//! Drawing of a confirmation: its lines, below them the inputs and the two buttons.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{
    ConfirmLines, ConfirmPane,
    content::{REQUEST, TARGET_KIND, content_lines, has_warnings},
    inputs::Focus,
};
use crate::changes::Change;
use crate::keys::Chord;
use crate::panes::prompt::line::LineInput;
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::{FieldLayout, FieldRow};

/// Lines that one entry may take.
const MAX_LINES: usize = 6;

/// Width of the input labels, in cells.
const LABEL_WIDTH: u16 = 34;

/// Draws the confirmation.
pub(super) fn render(pane: &mut ConfirmPane, frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let expected = pane.confirmation(session);
    let has_choice = !pane.ignorable_alerts.is_empty();
    let n_inputs = 2 + u16::from(has_choice) + u16::from(expected.is_some());
    // In a small area, a line with a target takes precedence over inputs without the focus.
    let n_inputs_shown = n_inputs.min(area.height.saturating_sub(2)).max(1);
    let has_gap = area.height > n_inputs + 2;
    let [above, gap, inputs, buttons] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_gap)),
        Constraint::Length(n_inputs_shown),
        Constraint::Length(1),
    ])
    .areas(area);
    pane.height = usize::from(above.height).max(1);
    let key = pane.layout_inputs(above.width, session);
    let cached = pane.cached_layout.take();
    let (layout, targets) = match cached {
        Some((cached_key, layout)) if key.as_ref() == Some(&cached_key) => layout,
        _ => layout_lines(pane, above.width, session, theme),
    };
    pane.n_lines = layout.render(above, pane.offset, frame.buffer_mut(), theme);
    let drawn = pane.offset..pane.offset + usize::from(above.height);
    let has_drawn_target = targets.iter().any(|line| drawn.contains(line));
    // A target that was scrolled past counts as seen, as long as area and number of lines are unchanged.
    let position = (above, pane.n_lines);
    if has_drawn_target {
        pane.target_drawn_in = Some(position);
    } else {
        pane.target_drawn_in.take_if(|seen| *seen != position);
    }
    pane.cached_layout = key.map(|key| (key, (layout, targets)));
    pane.offset = pane.offset.min(pane.n_lines.saturating_sub(pane.height));
    let n_below = pane.n_lines.saturating_sub(pane.offset + pane.height);
    if n_below > 0 && has_gap {
        let text = text::pluralize(n_below, "more line below (Down scrolls)", "more lines below (Down scrolls)");
        frame.render_widget(Line::styled(text, theme.caution), gap);
    }
    draw_fields(pane, expected.as_ref(), n_inputs, frame, inputs, theme);
    draw_buttons(pane, frame, buttons, session, theme);
}

/// Draws the inputs that fit; of all `n_inputs`, the focused one in any case.
fn draw_fields(
    pane: &ConfirmPane,
    expected: Option<&(String, String)>,
    n_inputs: u16,
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
) {
    let has_choice = !pane.ignorable_alerts.is_empty();
    let is_required = pane.changes.iter().any(Change::needs_reason);
    let reason = if is_required { "reason (required)" } else { "reason" };
    // The focused input is always shown.
    let inputs = [
        (Focus::Reason, true),
        (Focus::Ticket, true),
        (Focus::Choice, has_choice),
        (Focus::Confirmation, expected.is_some()),
    ];
    let mut inputs = inputs.iter().filter(|(_, is_present)| *is_present);
    let at = inputs.position(|(focus, _)| *focus == pane.fields.focus);
    let n_hidden = usize::from(n_inputs.saturating_sub(area.height));
    let n_above = at.map_or(n_hidden, |at| (at + 1).saturating_sub(usize::from(area.height)));
    let mut rows = area.rows();
    let mut n_fields = 0;
    let mut row = |label: &str, entry: &LineInput, focus| {
        n_fields += 1;
        if n_fields > n_above
            && let Some(area) = rows.next()
        {
            let is_focused = pane.fields.focus == focus;
            let style = if is_focused { theme.title } else { theme.muted };
            let end = render_field(frame, area, &Span::styled(label, style), entry, theme);
            if is_focused {
                frame.set_cursor_position((end.min(area.right().saturating_sub(1)), area.y));
            }
        }
    };
    row(reason, &pane.fields.reason, Focus::Reason);
    let ticket = pane.fields.ticket_label();
    row(&ticket, &pane.fields.ticket, Focus::Ticket);
    if has_choice {
        let answer = if pane.includes_alerts() { "yes" } else { "no" };
        let answer = LineInput::new(&format!("{answer} (Space toggles)"));
        let label = text::pluralize(
            pane.ignorable_alerts.len(),
            "open alert -> false positive",
            "open alerts -> false positive",
        );
        row(&label, &answer, Focus::Choice);
    }
    if let Some((noun, expected)) = expected {
        let label = text::fit(&format!("type {expected} ({noun})").into(), usize::from(LABEL_WIDTH) - 1);
        row(&label, &pane.fields.confirmation, Focus::Confirmation);
    }
}

/// Draws the two buttons, and why the first one is not available yet.
fn draw_buttons(pane: &ConfirmPane, frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let reason = pane.blocking_reason(session);
    let button = |text: String, focus, style| {
        let is_focused = pane.fields.focus == focus;
        let style = if is_focused { theme.selection } else { style };
        // A sign too: not every terminal has colors.
        let sign = if is_focused { theme.glyphs.cursor } else { " " };
        Span::styled(format!("{sign}[ {text} ]"), style)
    };
    let verb_style = if reason.is_some() { theme.muted } else { theme.bad };
    // The key confirms only while a button has the focus: in a text field it is text.
    let confirm_key = pane.confirm_key.filter(|_| pane.fields.is_button_focused());
    let is_warned = confirm_key.is_some() && has_warnings(pane, session);
    let hint = match (reason, confirm_key) {
        (Some(reason), _) => Span::styled(reason, theme.caution),
        (None, Some(_)) if is_warned => Span::styled(pane.confirm_hint(), theme.caution),
        (None, Some(key)) => {
            let text = format!("press {} again to confirm", Chord::from(key));
            Span::styled(text, theme.muted)
        }
        (None, None) if pane.hidden_rows.is_some() && pane.fields.is_button_focused() => {
            Span::styled(pane.confirm_hint(), theme.caution)
        }
        (None, None) => Span::default(),
    };
    let line = Line::from(vec![
        button(pane.verb().to_owned(), Focus::Confirm, verb_style),
        Span::raw(" "),
        button("cancel".into(), Focus::Cancel, theme.text),
        Span::raw("  "),
        hint,
    ]);
    frame.render_widget(line, area);
}

/// Wraps the lines for a width, and returns on which lines a target begins.
fn layout_lines(pane: &ConfirmPane, width: u16, session: &Session, theme: &Theme) -> ConfirmLines {
    let lines = content_lines(pane, session, theme);
    let targets = lines.iter().enumerate().filter(|(_, (label, _))| *label == TARGET_KIND);
    let targets: Vec<_> = targets.map(|(at, _)| at).collect();
    let fields: Vec<_> = lines
        .into_iter()
        .map(|(label, line)| {
            let label = if label == TARGET_KIND { "" } else { label };
            // A request is always shown in full.
            let max_lines = if label == REQUEST { usize::MAX } else { MAX_LINES };
            FieldRow::multi_line(label, line, max_lines)
        })
        .collect();
    let layout = FieldLayout::new(&fields, width);
    let targets = targets.iter().filter_map(|at| layout.line_of(*at)).collect();
    (layout, targets)
}

/// Draws an input with its label. Returns the column of the cursor.
fn render_field(frame: &mut Frame<'_>, area: Rect, label: &Span<'_>, entry: &LineInput, theme: &Theme) -> u16 {
    let width = usize::from(LABEL_WIDTH.min(area.width / 2));
    let text = text::fit(&label.content.as_ref().into(), width.saturating_sub(1));
    let label = Span::styled(format!("{text:<width$}"), label.style);
    entry.render_idle(label, frame, area, theme)
}
