//! The queries kept under a name: pick one, keep what is in the editor, let go of one.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::super::{Look, Pane, PaneId, cursor, prompt::line::Entry};
use crate::keys::{Action, Scope};
use crate::query::Index;
use crate::session::{Cx, SavedQuery, Session};
use crate::text::{self, Untrusted};
use crate::widgets::follow;

/// Cells that a name may take.
const NAME: usize = 28;

/// An overlay with the saved queries.
#[derive(Debug)]
pub struct SavedPane {
    /// What is in the editor.
    query: String,
    cursor: usize,
    top: usize,
    height: usize,
    /// The name, while it is typed.
    naming: Option<Entry>,
    /// The name of the query that goes if the key comes again.
    going: Option<String>,
    is_done: bool,
}

impl SavedPane {
    /// Shows the saved queries; `query` is what would be saved.
    pub fn new(query: &str) -> Self {
        Self { query: query.trim().to_owned(), cursor: 0, top: 0, height: 1, naming: None, going: None, is_done: false }
    }

    fn current<'a>(&self, session: &'a Session) -> Option<&'a SavedQuery> {
        session.saved.get(self.cursor)
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        if self.query.is_empty() {
            return cx.notify("No query to save");
        }
        self.naming = Some(Entry::default());
    }

    /// Saves what is in the editor under the name that was typed.
    fn save(&mut self, cx: &mut Cx<'_>) {
        let Some(entry) = &self.naming else { return };
        let name = entry.text();
        if name.is_empty() {
            return cx.warn("Enter a name for the query");
        }
        self.naming = None;
        cx.save(SavedQuery { name, query: self.query.clone(), when: cx.session().when.clone(), note: String::new() });
    }

    /// Lets go of the query under the cursor, when asked twice.
    fn drop_current(&mut self, cx: &mut Cx<'_>) {
        let Some(current) = self.current(cx.session()).cloned() else {
            return cx.notify("No query selected");
        };
        if self.going.take().as_ref() == Some(&current.name) {
            return cx.unsave(current.name);
        }
        let name = text::fit(&current.name.as_str().into(), NAME);
        cx.warn(format!("Press it again to delete {name} from the file"));
        self.going = Some(current.name);
    }
}

impl Pane for SavedPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        if self.naming.is_some() { Scope::Entry } else { Scope::Saved }
    }

    fn title(&self, session: &Session) -> Line<'static> {
        format!("Saved queries {}", session.saved.len()).into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = cx.session().saved.len().saturating_sub(1);
        if let Some(to) = cursor::moved(action, self.cursor, self.height, last) {
            (self.cursor, self.going) = (to, None);
            return true;
        }
        match action {
            Action::Open => {
                if let Some(saved) = self.current(cx.session()).cloned() {
                    cx.propose(Index::Process, saved.query);
                    cx.keep_when(saved.when);
                }
                self.is_done = true;
            }
            Action::Save => self.begin(cx),
            Action::Accept => self.save(cx),
            Action::Delete => self.drop_current(cx),
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if let Some(entry) = &mut self.naming {
            entry.type_key(key, cx);
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(entry) = &mut self.naming {
            entry.type_text(text, cx);
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(entry) = &mut self.naming {
            entry.paste(text, cx);
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let n_lines = if self.naming.is_some() { 2 } else { 0 };
        let [list, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(n_lines)]).areas(area);
        self.height = usize::from(list.height).max(1);
        self.cursor = self.cursor.min(session.saved.len().saturating_sub(1));
        self.top = follow(self.top, self.cursor, self.height, session.saved.len());
        if session.saved.is_empty() {
            let text = "No saved queries. s saves the current query";
            frame.render_widget(Line::styled(text, theme.muted), list);
        }
        let rows = session.saved.iter().enumerate().skip(self.top);
        for ((at, saved), place) in rows.zip(list.rows()) {
            let name = text::fit(&saved.name.as_str().into(), NAME);
            let gap = " ".repeat(NAME + 2 - text::width(&name));
            let room = usize::from(area.width).saturating_sub(NAME + 2);
            let said = match (saved.when.is_open(), saved.note.is_empty()) {
                (false, _) => format!("{}   {}", saved.query, saved.when.words()),
                (true, false) => format!("{}   {}", saved.query, saved.note),
                (true, true) => saved.query.clone(),
            };
            let line = Line::from(vec![
                Span::styled(format!("{name}{gap}"), theme.accent),
                Span::styled(text::fit(&Untrusted::from(said), room), theme.text),
            ]);
            frame.render_widget(line, place);
            if at == self.cursor {
                frame.buffer_mut().set_style(place, theme.selection);
            }
        }
        if let Some(entry) = &self.naming {
            let [query, name] = Layout::vertical([Constraint::Length(1); 2]).areas(below);
            let room = usize::from(area.width).saturating_sub(6);
            let line = Line::from(vec![
                Span::styled("query ", theme.muted),
                Span::styled(text::fit(&self.query.as_str().into(), room), theme.value),
            ]);
            frame.render_widget(line, query);
            entry.render("name  ", frame, name, look);
        }
    }
}
