//! Saved queries: pick one, save the query of the editor, or delete one.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{NAME_LINES, Picker, PickerSource, search::SearchText};
use crate::keys::{Action, Scope};
use crate::panes::{ActionResult, PaneHeader, RenderCx, TextInput, editor::PasteForm, prompt::line::LineInput};
use crate::query::Index;
use crate::session::{Cx, NamedQuery, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;

/// Width of the name column, in cells.
const NAME_WIDTH: usize = 28;

/// The popup with the saved queries.
pub type SavedPane = Picker<SavedQuerySource>;

/// The saved queries, and the query that can be saved.
#[derive(Debug)]
pub struct SavedQuerySource {
    /// The query in the editor.
    query: String,
    /// Input of a name for the query.
    name_entry: Option<LineInput>,
    /// The query that is deleted if the delete key is pressed again: its position and name.
    pending_delete: Option<(usize, String)>,
}

impl SavedPane {
    /// Creates the popup; `query` is the query that can be saved.
    pub fn new(query: &str) -> Self {
        Self::of(SavedQuerySource { query: query.trim().to_owned(), name_entry: None, pending_delete: None })
    }
}

impl SavedQuerySource {
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

    /// Deletes a query if the key is pressed a second time on it.
    fn delete(&mut self, at: Option<usize>, cx: &mut Cx<'_>) {
        let saved_queries = &cx.session().search.saved_queries;
        let Some(selected) = at.and_then(|at| Some((at, saved_queries.get(at)?.name.clone()))) else {
            return cx.notify("No query selected");
        };
        if self.pending_delete.take().as_ref() == Some(&selected) {
            return cx.files().delete_query(selected.1);
        }
        let name = text::fit(&selected.1.as_str().into(), NAME_WIDTH);
        cx.warn(format!("Press again to delete {name} from the file"));
        self.pending_delete = Some(selected);
    }
}

/// Returns a saved query with its time range or note.
fn describe(saved: &NamedQuery) -> String {
    match (saved.period.is_any_time(), saved.note.is_empty()) {
        (false, _) => format!("{}   {}", saved.query, saved.period.describe()),
        (true, false) => format!("{}   {}", saved.query, saved.note),
        (true, true) => saved.query.clone(),
    }
}

impl PickerSource for SavedQuerySource {
    const SCOPE: Scope = Scope::Saved;

    fn header(&self, session: &Session) -> PaneHeader {
        format!("Saved queries {}", session.search.saved_queries.len()).into()
    }

    fn search_texts(&self, session: &Session) -> Vec<SearchText> {
        let saved = session.search.saved_queries.iter();
        saved.map(|saved| SearchText { description: describe(saved), ..SearchText::of_name(&saved.name) }).collect()
    }

    fn line(&self, at: usize, width: u16, session: &Session, theme: &Theme) -> Line<'static> {
        let Some(saved) = session.search.saved_queries.get(at) else { return Line::default() };
        let name = text::fit(&saved.name.as_str().into(), NAME_WIDTH);
        let gap = " ".repeat(NAME_WIDTH + 2 - text::width(&name));
        let room = usize::from(width).saturating_sub(NAME_WIDTH + 2);
        Line::from(vec![
            Span::styled(format!("{name}{gap}"), theme.accent),
            Span::styled(text::fit(&Untrusted::from(describe(saved)), room), theme.text),
        ])
    }

    fn placeholder(&self, _: &Session) -> &'static str {
        "No saved queries. s saves the current query"
    }

    fn pick(&mut self, at: Option<usize>, cx: &mut Cx<'_>) -> ActionResult {
        let Some(saved) = at.and_then(|at| cx.session().search.saved_queries.get(at)).cloned() else {
            return ActionResult::Close;
        };
        cx.lists().set_period(saved.period);
        ActionResult::SetQuery(Index::Process, saved.query)
    }

    fn handle_action(&mut self, action: Action, at: Option<usize>, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::Save => self.start_naming(cx),
            Action::Accept => self.save_query(cx),
            Action::Delete => self.delete(at, cx),
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        // Any other key takes the warning away, and with it the deletion.
        if cx.session().outbox.notice.as_ref().is_none_or(|notice| !notice.is_warning) {
            self.pending_delete = None;
        }
    }

    fn is_naming(&self) -> bool {
        self.name_entry.is_some()
    }

    fn enter_name(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) {
        if let Some(entry) = &mut self.name_entry {
            entry.enter_text(input, PasteForm::Line, cx);
        }
    }

    fn render_name(&self, frame: &mut Frame<'_>, area: Rect, cx: &RenderCx<'_>) {
        let Some(entry) = &self.name_entry else { return };
        let [query, name] = Layout::vertical([Constraint::Length(NAME_LINES / 2); 2]).areas(area);
        let room = usize::from(area.width).saturating_sub(6);
        let line = Line::from(vec![
            Span::styled("query ", cx.theme.muted),
            Span::styled(text::fit(&self.query.as_str().into(), room), cx.theme.value),
        ]);
        frame.render_widget(line, query);
        entry.render("name  ", frame, name, cx);
    }
}
