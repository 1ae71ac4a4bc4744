//! How a sheet looks: what is known above, what is typed and the two buttons below.

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

/// Lines that one thing may take.
const MAX_LINES: usize = 6;

/// Cells of the names of what is typed.
const LABEL_WIDTH: u16 = 34;

/// Draws the sheet.
pub(super) fn render(pane: &mut ConfirmPane, frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let wanted = pane.confirmation(session);
    let has_choice = !pane.ignorable_alerts.is_empty();
    let n_typed = 2 + u16::from(has_choice) + u16::from(wanted.is_some());
    // Where there is little room, a line of the target comes before the fields that are not typed in.
    let n_typed_shown = n_typed.min(area.height.saturating_sub(2)).max(1);
    let has_gap = area.height > n_typed + 2;
    let [above, gap, typed, buttons] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(has_gap)),
        Constraint::Length(n_typed_shown),
        Constraint::Length(1),
    ])
    .areas(area);
    pane.height = usize::from(above.height).max(1);
    let state = pane.layout_inputs(above.width, session);
    let kept = pane.cached_layout.take();
    let (laid, targets) = match kept {
        Some((of, laid)) if state.as_ref() == Some(&of) => laid,
        _ => layout_lines(pane, above.width, session, theme),
    };
    pane.n_lines = laid.render(above, pane.offset, frame.buffer_mut(), theme);
    let drawn = pane.offset..pane.offset + usize::from(above.height);
    let has_drawn_target = targets.iter().any(|line| drawn.contains(line));
    // What was scrolled past has been seen, as long as nothing has moved since.
    let place = (above, pane.n_lines);
    if has_drawn_target {
        pane.target_drawn_in = Some(place);
    } else {
        pane.target_drawn_in.take_if(|seen| *seen != place);
    }
    pane.cached_layout = state.map(|state| (state, (laid, targets)));
    pane.offset = pane.offset.min(pane.n_lines.saturating_sub(pane.height));
    let n_below = pane.n_lines.saturating_sub(pane.offset + pane.height);
    if n_below > 0 && has_gap {
        let text = text::pluralize(n_below, "more line below (Down scrolls)", "more lines below (Down scrolls)");
        frame.render_widget(Line::styled(text, theme.caution), gap);
    }
    draw_fields(pane, wanted.as_ref(), n_typed, frame, typed, theme);
    draw_buttons(pane, frame, buttons, session, theme);
}

/// Draws what is typed, as far as there is room: of `n_typed` lines, that with the cursor in any case.
fn draw_fields(
    pane: &ConfirmPane,
    wanted: Option<&(String, String)>,
    n_typed: u16,
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
) {
    let has_choice = !pane.ignorable_alerts.is_empty();
    let is_required = pane.changes.iter().any(Change::needs_reason);
    let reason = if is_required { "reason (required)" } else { "reason" };
    // The field that is typed in is shown, whatever gives way.
    let places = [
        (Focus::Reason, true),
        (Focus::Ticket, true),
        (Focus::Choice, has_choice),
        (Focus::Confirmation, wanted.is_some()),
    ];
    let mut places = places.iter().filter(|(_, is_there)| *is_there);
    let at = places.position(|(place, _)| *place == pane.fields.focus);
    let n_hidden = usize::from(n_typed.saturating_sub(area.height));
    let n_above = at.map_or(n_hidden, |at| (at + 1).saturating_sub(usize::from(area.height)));
    let mut rows = area.rows();
    let mut n_fields = 0;
    let mut row = |label: &str, entry: &LineInput, focus| {
        n_fields += 1;
        if n_fields > n_above
            && let Some(area) = rows.next()
        {
            render_field(frame, area, label, entry, pane.fields.focus == focus, theme);
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
    if let Some((what, wanted)) = wanted {
        let label = text::fit(&format!("type {wanted} ({what})").into(), usize::from(LABEL_WIDTH) - 1);
        row(&label, &pane.fields.confirmation, Focus::Confirmation);
    }
}

/// Draws the two buttons, and why the first does nothing yet.
fn draw_buttons(pane: &ConfirmPane, frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let trouble = pane.blocking_reason(session);
    let button = |text: String, focus, style| {
        let is_here = pane.fields.focus == focus;
        let style = if is_here { theme.selection } else { style };
        // A sign as well: not every terminal has colors.
        let sign = if is_here { theme.glyphs.cursor } else { " " };
        Span::styled(format!("{sign}[ {text} ]"), style)
    };
    let verb = if trouble.is_some() { theme.muted } else { theme.bad };
    // The key is only a key where no text is typed.
    let again = pane.confirm_key.filter(|_| pane.fields.is_button_focused());
    let is_warned = again.is_some() && has_warnings(pane, session);
    let told = match (trouble, again) {
        (Some(trouble), _) => Span::styled(trouble, theme.caution),
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
        button(pane.verb().to_owned(), Focus::Confirm, verb),
        Span::raw(" "),
        button("cancel".into(), Focus::Cancel, theme.text),
        Span::raw("  "),
        told,
    ]);
    frame.render_widget(line, area);
}

/// Lays out what is known in so many cells, and says on which lines a target begins.
fn layout_lines(pane: &ConfirmPane, width: u16, session: &Session, theme: &Theme) -> ConfirmLines {
    let lines = content_lines(pane, session, theme);
    let targets = lines.iter().enumerate();
    let targets = targets.filter(|(_, (label, _))| *label == TARGET_KIND);
    let targets: Vec<_> = targets.map(|(at, _)| at).collect();
    let fields: Vec<_> = lines
        .into_iter()
        .map(|(label, line)| {
            let label = if label == TARGET_KIND { "" } else { label };
            // A request is shown to its last character, however long it is.
            let most = if label == REQUEST { usize::MAX } else { MAX_LINES };
            FieldRow::multi_line(label, line, most)
        })
        .collect();
    let laid = FieldLayout::new(&fields, width);
    let targets = targets.iter().filter_map(|at| laid.line_of(*at)).collect();
    (laid, targets)
}

/// One line that is typed.
fn render_field(frame: &mut Frame<'_>, area: Rect, label: &str, entry: &LineInput, is_focused: bool, theme: &Theme) {
    let style = if is_focused { theme.title } else { theme.muted };
    let width = usize::from(LABEL_WIDTH.min(area.width / 2));
    let label = text::fit(&label.into(), width.saturating_sub(1));
    let label = Span::styled(format!("{label:<width$}"), style);
    let at = entry.render_idle(label, frame, area, theme);
    if is_focused {
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), area.y));
    }
}
