//! How a sheet looks: what is known above, what is typed and the two buttons below.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{
    SheetPane,
    facts::{SENDS, has_warnings, lines},
    fields::Focus,
};
use crate::deeds::Deed;
use crate::keys::Chord;
use crate::panes::entry::Entry;
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::{Field, Laid};

/// Lines that one thing may take.
const LONG: usize = 6;

/// Cells of the names of what is typed.
const LABEL: u16 = 34;

/// Draws the sheet.
pub(super) fn render(
    pane: &mut SheetPane,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    theme: &Theme,
) {
    let wanted = pane.wanted(session);
    let has_choice = !pane.alerts.is_empty();
    let n_typed = 2 + u16::from(has_choice) + u16::from(wanted.is_some());
    let [above, _, typed, buttons] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(n_typed),
        Constraint::Length(1),
    ])
    .areas(area);
    pane.height = usize::from(above.height).max(1);
    let state = pane.state_of(above.width, session);
    let kept = pane.laid.take();
    let laid = match kept {
        Some((of, laid)) if state.as_ref() == Some(&of) => laid,
        _ => lay(pane, above.width, session, theme),
    };
    pane.n_lines = laid.render(above, pane.offset, frame.buffer_mut(), theme);
    pane.laid = state.map(|state| (state, laid));
    pane.offset = pane.offset.min(pane.n_lines.saturating_sub(pane.height));
    let n_below = pane.n_lines.saturating_sub(pane.offset + pane.height);
    if n_below > 0 {
        let text = text::counted(n_below, "more line below: down", "more lines below: down");
        let at = Rect {
            y: above.bottom(),
            height: 1,
            ..above
        };
        frame.render_widget(Line::styled(text, theme.caution), at);
    }
    let is_required = pane.deeds.iter().any(Deed::needs_reason);
    let reason = if is_required {
        "reason (required)"
    } else {
        "reason"
    };
    let mut rows = typed.rows();
    let mut row = |label: &str, entry: &Entry, focus| {
        if let Some(area) = rows.next() {
            field(frame, area, label, entry, pane.fields.focus == focus, theme);
        }
    };
    row(reason, &pane.fields.reason, Focus::Reason);
    let ticket = pane.fields.ticket_label();
    row(&ticket, &pane.fields.ticket, Focus::Ticket);
    if has_choice {
        let answer = if pane.takes_alerts() { "yes" } else { "no" };
        let answer = Entry::new(&format!("{answer}; space changes it"));
        let label = text::counted(
            pane.alerts.len(),
            "open alert false positive",
            "open alerts false positive",
        );
        row(&label, &answer, Focus::Choice);
    }
    if let Some((what, wanted)) = &wanted {
        let label = text::fit(
            &format!("type {wanted}, {what}").into(),
            usize::from(LABEL) - 1,
        );
        row(&label, &pane.fields.typed, Focus::Typed);
    }
    let trouble = pane.trouble(session);
    let button = |text: String, focus, style| {
        let style = if pane.fields.focus == focus {
            theme.selection
        } else {
            style
        };
        Span::styled(format!("[ {text} ]"), style)
    };
    let verb = if trouble.is_some() {
        theme.muted
    } else {
        theme.bad
    };
    // The key is only a key where no text is typed.
    let again = pane.again.filter(|_| pane.fields.is_on_button());
    let is_warned = again.is_some() && has_warnings(pane, session);
    let told = match (trouble, again) {
        (Some(trouble), _) => Span::styled(trouble, theme.caution),
        (None, Some(_)) if is_warned => Span::styled(pane.way_to_confirm(), theme.caution),
        (None, Some(key)) => {
            let text = format!("press {} again to confirm", Chord::from(key));
            Span::styled(text, theme.muted)
        }
        (None, None) if pane.marked.is_some() && pane.fields.is_on_button() => {
            let text = "some rows are not shown: tab to the button, then enter";
            Span::styled(text, theme.caution)
        }
        (None, None) => Span::default(),
    };
    let line = Line::from(vec![
        button(pane.verb().to_owned(), Focus::Do, verb),
        Span::raw("  "),
        button("cancel".into(), Focus::Cancel, theme.text),
        Span::raw("  "),
        told,
    ]);
    frame.render_widget(line, buttons);
}

/// What is known, in so many cells.
fn lay(pane: &SheetPane, width: u16, session: &Session, theme: &Theme) -> Laid<'static> {
    let lines = lines(pane, session, theme).into_iter();
    let fields: Vec<_> = lines
        .map(|(label, line)| {
            // A request is shown to its last character, however long it is.
            let most = if label == SENDS { usize::MAX } else { LONG };
            Field::wrapped(label, line, most)
        })
        .collect();
    Laid::new(&fields, width)
}

/// One line that is typed.
fn field(
    frame: &mut Frame<'_>,
    area: Rect,
    label: &str,
    entry: &Entry,
    is_focused: bool,
    theme: &Theme,
) {
    let style = if is_focused { theme.title } else { theme.muted };
    let width = usize::from(LABEL.min(area.width / 2));
    let label = text::fit(&label.into(), width.saturating_sub(1));
    let label = Span::styled(format!("{label:<width$}"), style);
    let at = entry.render_idle(label, frame, area, theme);
    if is_focused {
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), area.y));
    }
}
