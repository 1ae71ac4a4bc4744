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

use super::{Look, MarkedRows, Pane, PaneId, SheetPane, editor::Pasted};
use crate::keys::{self, Action, Scope};
use crate::model::User;
use crate::query;
use crate::session::{Cx, Session};
use crate::text::{self, Untrusted};
use crate::widgets::{Field, Laid};
use definitions::Form;
use field::{Kind, Written};

/// Lines that a note may take.
const LONG: usize = 4;

/// The overlay in which a few lines are written.
#[derive(Debug)]
pub struct FormPane {
    form: Form,
    lines: Vec<Written>,
    /// Which line is written.
    at: usize,
    /// What is said below.
    notes: Vec<String>,
    marked: MarkedRows,
    sheet: Option<SheetPane>,
}

impl FormPane {
    fn new(form: Form, lines: Vec<Written>, notes: Vec<String>) -> Self {
        Self { form, lines, at: 0, notes, marked: MarkedRows::default(), sheet: None }
    }

    /// What stands below the lines: the keys, and what is to be known.
    fn said(&self, width: u16, keys: Style, notes: Style) -> Laid<'static> {
        let how = "Tab or Down = next field, Enter on the last field = preview";
        let hidden = (self.marked.n_hidden() > 0).then(|| self.marked.summary());
        let hidden = hidden.into_iter().chain(self.marked.lines());
        let hidden: Vec<_> = hidden.collect();
        let shown = hidden.iter().chain(&self.notes);
        let shown = shown.map(|note| Line::styled(text::line(note), notes));
        let lines = iter::once(Line::styled(how, keys)).chain(shown);
        let fields: Vec<_> = lines.map(|line| Field::wrapped("", line, LONG)).collect();
        Laid::new(&fields, width)
    }

    fn step(&mut self, is_forward: bool) {
        let n = self.lines.len();
        let by = if is_forward { 1 } else { n - 1 };
        self.at = (self.at + by) % n;
    }

    /// Goes on to the sheet, or to the line that something is wrong with.
    fn accept(&mut self, cx: &mut Cx<'_>) {
        if let Some(why) = self.stranger(cx.session()) {
            return cx.warn(why);
        }
        if self.has_no_query(cx) {
            return;
        }
        match self.form.deeds(&self.lines) {
            Ok(deeds) => {
                let sheet = SheetPane::new(deeds, cx.session()).about(&self.marked);
                // What a watchlist cannot hold is to be known to the last; how lines are written is not.
                let is_lost = matches!(self.form, Form::NewWatchlist(_));
                let lost = self.notes.iter().filter(|_| is_lost);
                let preface = lost.map(|note| format!("note: {note}"));
                self.sheet = Some(sheet.with_preface(preface.collect()));
            }
            Err((line, why)) => {
                self.at = line;
                cx.warn(why);
            }
        }
    }
}

/// The users that are known; none where the token may not see them.
fn users(session: &Session) -> Vec<&Untrusted> {
    session.users.here().map(|(_, user)| &user.username).collect()
}

impl FormPane {
    /// Whether something else stands where a query is written: a list of indicators, or a link, in whose place its query
    /// is put. That is said.
    fn has_no_query(&mut self, cx: &mut Cx<'_>) -> bool {
        for (at, line) in self.lines.iter_mut().enumerate() {
            let Kind::Query(index) = line.kind else {
                continue;
            };
            // What came from the editor, or is stored, was asked or made as it is.
            if !line.is_touched() {
                continue;
            }
            let list = query::list_message(&line.said());
            if let Some(list) = list {
                self.at = at;
                cx.warn(list);
                return true;
            }
            if line.entry.take_link(index, cx) {
                self.at = at;
                return true;
            }
        }
        false
    }

    /// That nobody is called what was written, where the users are known.
    fn stranger(&self, session: &Session) -> Option<String> {
        let name = self.lines.first()?.said();
        let is_asked = matches!(self.form, Form::Assign(_)) && !name.is_empty();
        let mut users = users(session).into_iter().peekable();
        users.peek().filter(|_| is_asked)?;
        (!users.any(|user| user.is_like(&name))).then(|| format!("no user is named {name:?}"))
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

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::NextPane => self.step(true),
            Action::PreviousPane => self.step(false),
            // From line to line, and from the last one on.
            Action::Accept if self.at + 1 < self.lines.len() => self.step(true),
            Action::Accept => self.accept(cx),
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        match key.code {
            KeyCode::Down => return self.step(true),
            KeyCode::Up => return self.step(false),
            _ => {}
        }
        let Some(line) = self.lines.get_mut(self.at) else {
            return;
        };
        if line.kind == Kind::Choice {
            if key.code == KeyCode::Char(' ') {
                line.turn();
            } else {
                cx.notify("Space toggles");
            }
        } else {
            line.entry.type_key(key, cx);
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        match self.lines.get_mut(self.at) {
            Some(line) if line.kind != Kind::Choice => {
                line.entry.type_text(text, cx);
            }
            _ => (text.chars()).for_each(|char| self.type_key(keys::key_of(char), cx)),
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let Some(line) = self.lines.get_mut(self.at) else {
            return;
        };
        match line.kind {
            Kind::Text | Kind::Secret => {
                line.entry.paste_words(text, cx);
            }
            Kind::Query(index) => {
                if line.entry.paste(text, cx) != Pasted::Refused {
                    line.entry.take_link(index, cx);
                }
            }
            Kind::Choice => cx.notify("Not pasted: space says yes or no"),
        }
    }

    fn name_hidden(&mut self, marked: &MarkedRows) {
        self.marked = marked.clone();
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let Form::Assign(_) = self.form else {
            return;
        };
        cx.load::<User>();
        let names: Vec<_> = users(cx.session()).into_iter().map(text::visible).collect();
        self.notes.truncate(1);
        if !names.is_empty() {
            self.notes.push(format!("users: {}", names.join(", ")));
        }
    }

    fn is_done(&self) -> bool {
        self.sheet.is_some()
    }

    fn n_needed(&self, width: u16) -> Option<u16> {
        let said = self.said(width, Style::default(), Style::default());
        u16::try_from(self.lines.len() + 1 + said.n_lines()).ok()
    }

    fn then(&mut self) -> Option<Box<dyn Pane>> {
        let sheet = self.sheet.take()?;
        let nothing = Self::new(Form::Team, Vec::new(), Vec::new());
        Some(Box::new(sheet.above(mem::replace(self, nothing))))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let n = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let n_shown = usize::from(n.min(area.height));
        let first = (self.at + 1).saturating_sub(n_shown);
        let [lines, _, below] =
            Layout::vertical([Constraint::Length(n.min(area.height)), Constraint::Length(1), Constraint::Fill(1)])
                .areas(area);
        let width = self.lines.iter().map(|line| text::width(line.label));
        let width = width.max().unwrap_or_default() + 2;
        let shown = self.lines.iter().enumerate().skip(first);
        for ((at, line), row) in shown.zip(lines.rows()) {
            line.render(frame, row, width, at == self.at, theme);
        }
        let said = self.said(area.width, theme.muted, theme.caution);
        said.render(below, 0, frame.buffer_mut(), theme);
    }
}
