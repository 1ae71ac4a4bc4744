//! What must be written before something can be made or changed: a few lines, one of them at a time. The sheet follows.

mod definitions;
mod field;

use std::{iter, mem};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
};

use super::{ConfirmPane, MarkedRows, Pane, PaneId, RenderCx, editor::Pasted};
use crate::keys::{self, Action, Scope};
use crate::model::User;
use crate::query;
use crate::session::{Cx, Session};
use crate::text::{self, Untrusted};
use crate::widgets::{FieldLayout, FieldRow};
use definitions::FormKind;
use field::{FieldKind, FormField};

/// Lines that a note may take.
const MAX_NOTE_LINES: usize = 4;

/// The overlay in which a few lines are written.
#[derive(Debug)]
pub struct FormPane {
    form: FormKind,
    lines: Vec<FormField>,
    /// Which line is written.
    focused_line: usize,
    /// What is said below.
    notes: Vec<String>,
    hidden_rows: MarkedRows,
    confirmation: Option<ConfirmPane>,
}

impl FormPane {
    fn new(form: FormKind, lines: Vec<FormField>, notes: Vec<String>) -> Self {
        Self { form, lines, focused_line: 0, notes, hidden_rows: MarkedRows::default(), confirmation: None }
    }

    /// What stands below the lines: the keys, and what is to be known.
    fn footer_layout(&self, width: u16, keys: Style, notes: Style) -> FieldLayout<'static> {
        let how = "Tab or Down = next field, Enter on the last field = preview";
        let hidden = (self.hidden_rows.n_hidden() > 0).then(|| self.hidden_rows.summary());
        let hidden = hidden.into_iter().chain(self.hidden_rows.lines());
        let hidden: Vec<_> = hidden.collect();
        let shown = hidden.iter().chain(&self.notes);
        let shown = shown.map(|note| Line::styled(text::line(note), notes));
        let lines = iter::once(Line::styled(how, keys)).chain(shown);
        let fields: Vec<_> = lines.map(|line| FieldRow::multi_line("", line, MAX_NOTE_LINES)).collect();
        FieldLayout::new(&fields, width)
    }

    fn step_line(&mut self, is_forward: bool) {
        let n = self.lines.len();
        let by = if is_forward { 1 } else { n - 1 };
        self.focused_line = (self.focused_line + by) % n;
    }

    /// Goes on to the sheet, or to the line that something is wrong with.
    fn continue_to_confirmation(&mut self, cx: &mut Cx<'_>) {
        if let Some(why) = self.unknown_user(cx.session()) {
            return cx.warn(why);
        }
        if self.has_no_query(cx) {
            return;
        }
        match self.form.changes(&self.lines) {
            Ok(deeds) => {
                let sheet = ConfirmPane::new(deeds, cx.session()).with_hidden_rows(&self.hidden_rows);
                // What a watchlist cannot hold is to be known to the last; how lines are written is not.
                let is_lost = matches!(self.form, FormKind::NewWatchlist(_));
                let lost = self.notes.iter().filter(|_| is_lost);
                let preface = lost.map(|note| format!("note: {note}"));
                self.confirmation = Some(sheet.with_preface(preface.collect()));
            }
            Err((line, why)) => {
                self.focused_line = line;
                cx.warn(why);
            }
        }
    }
}

/// The users that are known; none where the token may not see them.
fn known_users(session: &Session) -> Vec<&Untrusted> {
    session.lists.users.loaded_rows().map(|(_, user)| &user.username).collect()
}

impl FormPane {
    /// Whether something else stands where a query is written: a list of indicators, or a link, in whose place its query
    /// is put. That is said.
    fn has_no_query(&mut self, cx: &mut Cx<'_>) -> bool {
        for (at, line) in self.lines.iter_mut().enumerate() {
            let FieldKind::Query(index) = line.kind else {
                continue;
            };
            // What came from the editor, or is stored, was asked or made as it is.
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

    /// That nobody is called what was written, where the users are known.
    fn unknown_user(&self, session: &Session) -> Option<String> {
        let name = self.lines.first()?.value();
        let is_asked = matches!(self.form, FormKind::Assign(_)) && !name.is_empty();
        let mut users = known_users(session).into_iter().peekable();
        users.peek().filter(|_| is_asked)?;
        (!users.any(|user| user.eq_ignore_case(&name))).then(|| format!("no user is named {name:?}"))
    }
}

impl Pane for FormPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        self.form.title().into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::NextPane => self.step_line(true),
            Action::PreviousPane => self.step_line(false),
            // From line to line, and from the last one on.
            Action::Accept if self.focused_line + 1 < self.lines.len() => self.step_line(true),
            Action::Accept => self.continue_to_confirmation(cx),
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        match key.code {
            KeyCode::Down => return self.step_line(true),
            KeyCode::Up => return self.step_line(false),
            _ => {}
        }
        let Some(line) = self.lines.get_mut(self.focused_line) else {
            return;
        };
        if line.kind == FieldKind::Choice {
            if key.code == KeyCode::Char(' ') {
                line.toggle();
            } else {
                cx.notify("Space toggles");
            }
        } else {
            line.entry.type_key(key, cx);
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        match self.lines.get_mut(self.focused_line) {
            Some(line) if line.kind != FieldKind::Choice => {
                line.entry.type_text(text, cx);
            }
            _ => (text.chars()).for_each(|char| self.type_key(keys::key_of(char), cx)),
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let Some(line) = self.lines.get_mut(self.focused_line) else {
            return;
        };
        match line.kind {
            FieldKind::Text | FieldKind::Secret => {
                line.entry.paste_plain(text, cx);
            }
            FieldKind::Query(index) => {
                if line.entry.paste(text, cx) != Pasted::Refused {
                    line.entry.replace_link(index, cx);
                }
            }
            FieldKind::Choice => cx.notify("Not pasted: space says yes or no"),
        }
    }

    fn set_hidden_rows(&mut self, marked: &MarkedRows) {
        self.hidden_rows = marked.clone();
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        let FormKind::Assign(_) = self.form else {
            return;
        };
        cx.load_once::<User>();
        let names: Vec<_> = known_users(cx.session()).into_iter().map(text::make_visible).collect();
        self.notes.truncate(1);
        if !names.is_empty() {
            self.notes.push(format!("users: {}", names.join(", ")));
        }
    }

    fn is_done(&self) -> bool {
        self.confirmation.is_some()
    }

    fn preferred_height(&self, width: u16) -> Option<u16> {
        let said = self.footer_layout(width, Style::default(), Style::default());
        u16::try_from(self.lines.len() + 1 + said.n_lines()).ok()
    }

    fn next_overlay(&mut self) -> Option<Box<dyn Pane>> {
        let sheet = self.confirmation.take()?;
        let nothing = Self::new(FormKind::Team, Vec::new(), Vec::new());
        Some(Box::new(sheet.with_form(mem::replace(self, nothing))))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        let n = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let n_shown = usize::from(n.min(area.height));
        let first = (self.focused_line + 1).saturating_sub(n_shown);
        let [lines, _, below] =
            Layout::vertical([Constraint::Length(n.min(area.height)), Constraint::Length(1), Constraint::Fill(1)])
                .areas(area);
        let width = self.lines.iter().map(|line| text::width(line.label));
        let width = width.max().unwrap_or_default() + 2;
        let shown = self.lines.iter().enumerate().skip(first);
        for ((at, line), row) in shown.zip(lines.rows()) {
            line.render(frame, row, width, at == self.focused_line, theme);
        }
        let said = self.footer_layout(area.width, theme.muted, theme.caution);
        said.render(below, 0, frame.buffer_mut(), theme);
    }
}
