//! Saved queries: pick one, save the query of the editor, or delete one.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::super::{
    ActionResult, Pane, PaneHeader, RenderCx, TextInput, cursor, editor::PasteForm, prompt::line::LineInput,
};
use crate::keys::{Action, Scope};
use crate::query::Index;
use crate::session::{Cx, NamedQuery, Session};
use crate::text::{self, Untrusted};
use crate::widgets::scroll_to_cursor;

/// Width of the name column, in cells.
const NAME_WIDTH: usize = 28;

/// The popup with the saved queries.
#[derive(Debug)]
pub struct SavedPane {
    /// The query in the editor.
    query: String,
    cursor: usize,
    top: usize,
    height: usize,
    /// Input of a name for the query.
    name_entry: Option<LineInput>,
    /// Name of the query that is deleted if the delete key is pressed again.
    pending_delete: Option<String>,
}

impl SavedPane {
    /// Creates the popup; `query` is the query that can be saved.
    pub fn new(query: &str) -> Self {
        Self { query: query.trim().to_owned(), cursor: 0, top: 0, height: 1, name_entry: None, pending_delete: None }
    }

    fn selected_query<'a>(&self, session: &'a Session) -> Option<&'a NamedQuery> {
        session.search.saved_queries.get(self.cursor)
    }

    fn start_naming(&mut self, cx: &mut Cx<'_>) {
        if self.query.is_empty() {
            return cx.notify("No query to save");
        }
        self.name_entry = Some(LineInput::default());
    }

    /// Saves the query of the editor under the typed name.
    fn save_query(&mut self, cx: &mut Cx<'_>) {
        let Some(entry) = &self.name_entry else { return };
        let name = entry.text();
        if name.is_empty() {
            return cx.warn("Enter a name for the query");
        }
        self.name_entry = None;
        let period = cx.session().search.period.clone();
        cx.files().save_query(NamedQuery { name, query: self.query.clone(), period, note: String::new() });
    }

    /// Deletes the query under the cursor if the key is pressed a second time.
    fn delete_selected(&mut self, cx: &mut Cx<'_>) {
        let Some(selected) = self.selected_query(cx.session()).cloned() else {
            return cx.notify("No query selected");
        };
        if self.pending_delete.take().as_ref() == Some(&selected.name) {
            return cx.files().delete_query(selected.name);
        }
        let name = text::fit(&selected.name.as_str().into(), NAME_WIDTH);
        cx.warn(format!("Press again to delete {name} from the file"));
        self.pending_delete = Some(selected.name);
    }
}

impl Pane for SavedPane {
    fn scope(&self) -> Scope {
        if self.name_entry.is_some() { Scope::Entry } else { Scope::Saved }
    }

    fn header(&self, session: &Session) -> PaneHeader {
        format!("Saved queries {}", session.search.saved_queries.len()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let last = cx.session().search.saved_queries.len().saturating_sub(1);
        if let Some(to) = cursor::new_cursor(action, self.cursor, self.height, last) {
            (self.cursor, self.pending_delete) = (to, None);
            return ActionResult::Done;
        }
        match action {
            Action::Open => {
                let Some(saved) = self.selected_query(cx.session()).cloned() else {
                    return ActionResult::Close;
                };
                cx.lists().set_period(saved.period);
                return ActionResult::SetQuery(Index::Process, saved.query);
            }
            Action::Save => self.start_naming(cx),
            Action::Accept => self.save_query(cx),
            Action::Delete => self.delete_selected(cx),
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(entry) = &mut self.name_entry {
            entry.enter_text(input, PasteForm::Line, cx);
        }
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let n_lines = if self.name_entry.is_some() { 2 } else { 0 };
        let [list, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(n_lines)]).areas(area);
        self.height = usize::from(list.height).max(1);
        self.cursor = self.cursor.min(session.search.saved_queries.len().saturating_sub(1));
        self.top = scroll_to_cursor(self.top, self.cursor, self.height, session.search.saved_queries.len());
        if session.search.saved_queries.is_empty() {
            let text = "No saved queries. s saves the current query";
            frame.render_widget(Line::styled(text, theme.muted), list);
        }
        let rows = session.search.saved_queries.iter().enumerate().skip(self.top);
        for ((at, saved), row) in rows.zip(list.rows()) {
            let name = text::fit(&saved.name.as_str().into(), NAME_WIDTH);
            let gap = " ".repeat(NAME_WIDTH + 2 - text::width(&name));
            let room = usize::from(area.width).saturating_sub(NAME_WIDTH + 2);
            let text = match (saved.period.is_any_time(), saved.note.is_empty()) {
                (false, _) => format!("{}   {}", saved.query, saved.period.describe()),
                (true, false) => format!("{}   {}", saved.query, saved.note),
                (true, true) => saved.query.clone(),
            };
            let line = Line::from(vec![
                Span::styled(format!("{name}{gap}"), theme.accent),
                Span::styled(text::fit(&Untrusted::from(text), room), theme.text),
            ]);
            frame.render_widget(line, row);
            if at == self.cursor {
                frame.buffer_mut().set_style(row, theme.selection);
            }
        }
        if let Some(entry) = &self.name_entry {
            let [query, name] = Layout::vertical([Constraint::Length(1); 2]).areas(below);
            let room = usize::from(area.width).saturating_sub(6);
            let line = Line::from(vec![
                Span::styled("query ", theme.muted),
                Span::styled(text::fit(&self.query.as_str().into(), room), theme.value),
            ]);
            frame.render_widget(line, query);
            entry.render("name  ", frame, name, cx);
        }
    }
}
