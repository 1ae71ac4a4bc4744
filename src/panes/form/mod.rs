//! Forms: input fields for what a change needs. The confirmation follows.

mod definitions;
mod field;

use std::iter;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
};

use super::{
    ActionResult, AfterInput, ConfirmPane, MarkedRows, Pane, PaneHeader, PopupSize, RenderCx, TargetRows, TextInput,
    cursor::Step,
};
use crate::keys::{Action, Scope};
use crate::model::User;
use crate::query;
use crate::session::{Cx, Session};
use crate::text::{self, Untrusted};
use crate::widgets::{FieldLayout, FieldRow, to_cells};
use definitions::FormKind;
use field::{FieldKind, FormField};

/// Lines that a note may take.
const MAX_NOTE_LINES: usize = 4;

/// The popup with a form.
pub struct FormPane {
    form: FormKind,
    lines: Vec<FormField>,
    /// Index of the focused field.
    focused_line: usize,
    /// Notes below the fields.
    notes: Vec<String>,
    hidden_rows: MarkedRows,
}

impl FormPane {
    fn new(form: FormKind, lines: Vec<FormField>, notes: Vec<String>) -> Self {
        Self { form, lines, focused_line: 0, notes, hidden_rows: MarkedRows::default() }
    }

    /// Returns the key hints, hidden marked rows and notes below the fields.
    fn footer_layout(&self, width: u16, key_style: Style, note_style: Style) -> FieldLayout<'static> {
        let help = "Tab or Down = next field, Enter on the last field = preview";
        let summary = (self.hidden_rows.n_hidden() > 0).then(|| self.hidden_rows.summary());
        let hidden: Vec<_> = summary.into_iter().chain(self.hidden_rows.lines()).collect();
        let notes = hidden.iter().chain(&self.notes).map(|note| Line::styled(text::line(note), note_style));
        let lines = iter::once(Line::styled(help, key_style)).chain(notes);
        let fields: Vec<_> = lines.map(|line| FieldRow::multi_line("", line, MAX_NOTE_LINES)).collect();
        FieldLayout::new(&fields, width)
    }

    fn step_line(&mut self, step: Step) {
        self.focused_line = step.in_ring(self.focused_line, self.lines.len());
    }

    /// Opens the confirmation, or focuses the field with an error.
    fn continue_to_confirmation(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(reason) = self.unknown_user(cx.session()) {
            cx.warn(reason);
            return ActionResult::Done;
        }
        if self.has_no_query(cx) {
            return ActionResult::Done;
        }
        match self.form.changes(&self.lines) {
            Ok(changes) => {
                let confirmation = ConfirmPane::new(changes, cx.session());
                // The confirmation repeats what a watchlist cannot store, but no notes on how to fill in the form.
                let is_watchlist = matches!(self.form, FormKind::NewWatchlist(_));
                let preface = self.notes.iter().filter(|_| is_watchlist).map(|note| format!("note: {note}"));
                ActionResult::open(confirmation.with_preface(preface.collect()))
            }
            Err((line, message)) => {
                self.focused_line = line;
                cx.warn(message);
                ActionResult::Done
            }
        }
    }
}

/// Returns the known user names; none if the token cannot list users.
fn known_users(session: &Session) -> Vec<&Untrusted> {
    session.lists.pages::<User>().loaded_rows().map(|(_, user)| &user.username).collect()
}

impl FormPane {
    /// Returns true, with a notice, if a query field has no query: if it has a list of indicators, or a link, which is
    /// replaced by its query.
    fn has_no_query(&mut self, cx: &mut Cx<'_>) -> bool {
        for (at, line) in self.lines.iter_mut().enumerate() {
            let FieldKind::Query(index) = line.kind else {
                continue;
            };
            // A query from the editor or a stored one is used as it is.
            if !line.is_changed() {
                continue;
            }
            let list = query::list_message(&line.value());
            if let Some(list) = list {
                self.focused_line = at;
                cx.warn(list);
                return true;
            }
            if line.entry.replace_link(index, cx) {
                self.focused_line = at;
                return true;
            }
        }
        false
    }

    /// Returns an error if no known user has the entered name.
    fn unknown_user(&self, session: &Session) -> Option<String> {
        let name = self.lines.first()?.value();
        let is_needed = matches!(self.form, FormKind::Assign(_)) && !name.is_empty();
        let mut users = known_users(session).into_iter().peekable();
        users.peek().filter(|_| is_needed)?;
        (!users.any(|user| user.eq_ignore_case(&name))).then(|| format!("no user is named {name:?}"))
    }
}

impl Pane for FormPane {
    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn header(&self, _: &Session) -> PaneHeader {
        self.form.title().into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::NextPane => self.step_line(Step::Forward),
            Action::PreviousPane => self.step_line(Step::Back),
            // `Enter` goes to the next field, and from the last one to the confirmation.
            Action::Accept if self.focused_line + 1 < self.lines.len() => self.step_line(Step::Forward),
            Action::Accept => return self.continue_to_confirmation(cx),
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let TextInput::Key(KeyEvent { code: code @ (KeyCode::Down | KeyCode::Up), .. }) = input {
            self.step_line(if code == KeyCode::Down { Step::Forward } else { Step::Back });
        } else if let Some(line) = self.lines.get_mut(self.focused_line) {
            line.enter_text(input, cx);
        }
        ActionResult::Done
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.hidden_rows = rows.marked.clone();
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let FormKind::Assign(_) = self.form else {
            return AfterInput::Nothing;
        };
        cx.lists().load_once::<User>();
        let names: Vec<_> = known_users(cx.session()).into_iter().map(text::make_visible).collect();
        self.notes.truncate(1);
        if !names.is_empty() {
            self.notes.push(format!("users: {}", names.join(", ")));
        }
        AfterInput::Nothing
    }

    fn popup_size(&self, width: u16) -> PopupSize {
        let footer = self.footer_layout(width, Style::default(), Style::default());
        PopupSize::Lines(to_cells(self.lines.len() + 1 + footer.n_lines()))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let n = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let n_shown = usize::from(n.min(area.height));
        let first = (self.focused_line + 1).saturating_sub(n_shown);
        let [lines, _, below] =
            Layout::vertical([Constraint::Length(n.min(area.height)), Constraint::Length(1), Constraint::Fill(1)])
                .areas(area);
        let width = self.lines.iter().map(|line| text::width(line.label)).max().unwrap_or_default() + 2;
        let visible = self.lines.iter().enumerate().skip(first);
        for ((at, line), row) in visible.zip(lines.rows()) {
            let style = if at == self.focused_line { theme.title } else { theme.muted };
            let end = line.render(frame, row, (width, style), theme);
            if at == self.focused_line {
                frame.set_cursor_position((end.min(row.right().saturating_sub(1)), row.y));
            }
        }
        let footer = self.footer_layout(area.width, theme.muted, theme.caution);
        footer.render(below, 0, frame.buffer_mut(), theme);
    }
}
