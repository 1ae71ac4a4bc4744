//! The query editor: parsed at every key, with syntax colors and completions. It never changes the text by itself.

mod draw;
mod values;

use std::{cmp::Reverse, ops::Range};

use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ActionResult, AfterInput, Pane, PaneHeader, RenderCx, SavedState, TextInput, ViewPane,
    editor::{Editor, PasteForm, Pasted},
    links,
};
use crate::keys::{Action, Scope};
use crate::model::Link;
use crate::query::{self, Completion, Index, Level, Parsed, Problem, TokenRole};
use crate::session::{Cx, PeriodInput, Session};
use crate::text;
use crate::worker::List;
use values::Values;

/// Completions shown at once: more would hide the results below.
const MAX_COMPLETIONS: usize = 6;

/// Characters typed before completions are offered: a single one matches almost everything.
const MIN_TYPED: usize = 2;

/// The query editor pane.
#[derive(Debug)]
pub struct QueryPane {
    index: Index,
    editor: Editor,
    /// The text of all lines, updated with the editor.
    text: String,
    /// The parsed text, updated with it.
    parsed: Parsed,
    /// The tokens of the text, updated with it.
    highlights: Vec<(Range<usize>, TokenRole)>,
    completions: CompletionMenu,
    values: Values,
    /// The text that was rejected because of an error: submitted again unchanged, it is sent to the server.
    rejected_text: Option<String>,
    /// Index of the recalled history entry, 0 being the newest.
    history_position: Option<usize>,
    /// Text and time range before a history entry was recalled.
    draft: (String, PeriodInput),
}

/// The completion menu.
#[derive(Debug, Default)]
struct CompletionMenu {
    items: Vec<Completion>,
    selected: usize,
}

impl QueryPane {
    /// Creates an empty editor for queries of an index.
    pub fn new(index: Index) -> Self {
        Self {
            index,
            editor: Editor::default(),
            text: String::new(),
            parsed: query::parse_for(index, ""),
            highlights: Vec::new(),
            completions: CompletionMenu::default(),
            values: Values::default(),
            rejected_text: None,
            history_position: None,
            draft: <(String, PeriodInput)>::default(),
        }
    }

    /// Returns the query as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether completions are offered.
    pub fn has_completions(&self) -> bool {
        !self.completions.items.is_empty()
    }

    /// Closes the completion menu; returns false if there is none.
    pub fn dismiss_completions(&mut self) -> bool {
        let was_open = self.has_completions();
        self.completions = CompletionMenu::default();
        was_open
    }

    /// Returns the number of text lines, for the layout.
    pub fn n_lines(&self) -> usize {
        self.editor.lines().len()
    }

    /// Returns the most severe problem of the text, the first one of its level.
    fn first_problem(&self) -> Option<&Problem> {
        self.parsed.problems.iter().min_by_key(|problem| Reverse(problem.level))
    }

    /// Returns severity, message and fix of every problem.
    pub fn describe_problems(&self) -> Vec<(String, String)> {
        query::problem_lines(&self.parsed.problems)
    }

    /// Parses the text after a change, and offers completions.
    fn on_text_changed(&mut self) {
        let text = self.editor.text();
        self.parsed = query::parse_for(self.index, &text);
        self.highlights = query::highlight(&text);
        let at = self.editor.cursor_byte();
        let items = query::complete(self.index, &text, at);
        let is_offered = items.first().is_some_and(|item| {
            let typed = &text[item.span.start..at.min(item.span.end)];
            let is_value = text[..item.span.start].ends_with(':');
            (is_value || typed.chars().count() >= MIN_TYPED) && items.iter().all(|item| item.text != typed)
        });
        self.completions = if is_offered { CompletionMenu { items, selected: 0 } } else { CompletionMenu::default() };
        self.text = text;
    }

    /// Replaces the text, and closes the completion menu.
    pub fn set_text(&mut self, text: &str) {
        self.editor.set_text(text);
        self.on_text_changed();
        self.completions = CompletionMenu::default();
        self.clear_values();
    }

    /// Replaces the text by a query picked elsewhere; the text before it can be recalled.
    pub fn recall(&mut self, query: &str) {
        self.draft.0 = self.text.clone();
        self.set_text(query);
    }

    /// Inserts pasted text with its line breaks, or refuses it.
    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let pasted = self.editor.paste(text, cx);
        if pasted == Pasted::Refused {
            return;
        }
        self.history_position = None;
        self.on_text_changed();
        self.completions = CompletionMenu::default();
        if self.replace_link(cx) {
            return;
        }
        if pasted == Pasted::Cleaned {
            cx.notify("Pasted: invisible characters removed, addresses refanged");
        }
    }

    fn accept_completion(&mut self) {
        if self.has_completions() {
            let item = self.completions.items.swap_remove(self.completions.selected);
            self.editor.replace_range(item.span, &item.text);
            self.on_text_changed();
            self.completions = CompletionMenu::default();
            self.clear_values();
        }
    }

    /// Applies the fix of the most severe problem, or else the first fix there is.
    fn apply_fix(&mut self, cx: &mut Cx<'_>) {
        let fix = self.first_problem().and_then(|problem| problem.fix.clone());
        let mut others = self.parsed.problems.iter();
        let fix = fix.or_else(|| others.find_map(|problem| problem.fix.clone()));
        let Some(fix) = fix else {
            return cx.notify("No automatic fix available");
        };
        self.editor.replace_range(fix.span, &fix.replacement);
        self.on_text_changed();
        self.completions = CompletionMenu::default();
        self.clear_values();
        cx.notify(format!("Fixed: {}", fix.message));
    }

    /// Selects the completion `by` places on, wrapping around.
    fn select_completion(&mut self, by: usize) {
        self.completions.selected = (self.completions.selected + by) % self.completions.items.len().max(1);
    }

    /// Returns the number of places that lead one completion back.
    fn previous_completion(&self) -> usize {
        self.completions.items.len().saturating_sub(1)
    }

    /// Draws the completion menu, over the content below the editor.
    pub fn render_completions(&self, frame: &mut Frame<'_>, editor: Rect, cx: &RenderCx<'_>) {
        draw::render_completions(self, frame, editor, cx);
    }

    /// Replaces a link to the web console by its query; returns false if the text is not a link. The query is not
    /// submitted: the user sees it first.
    fn replace_link(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(link) = Link::parse(&self.text) else {
            return false;
        };
        match links::link_query(self.index, &link, cx.session()) {
            Err(reason) => cx.warn(reason),
            Ok((query, other)) => {
                self.draft.0.clone_from(&self.text);
                self.set_text(&query);
                let noun = link.label();
                let own = links::own_server(cx.session());
                match other {
                    None => cx.notify(format!("The link points to {noun}: this is its query. Enter runs it")),
                    Some(server) => cx.warn(format!(
                        "The link points to {noun} on {server}: Enter runs its query on this server, {own}"
                    )),
                }
            }
        }
        true
    }

    fn submit_query(&mut self, cx: &mut Cx<'_>) {
        self.dismiss_completions();
        self.history_position = None;
        if let Some(error) = self.editor.input_error() {
            self.editor.clear_refused();
            return cx.warn(format!("Not run: {error}. Press Enter again to run it anyway"));
        }
        if self.replace_link(cx) {
            return;
        }
        let text = query::one_line(&self.text);
        let error = self.parsed.problems.iter().find(|problem| problem.level == Level::Error);
        if let Some(error) = error
            && self.rejected_text.as_ref() != Some(&text)
        {
            cx.warn(format!("Not run: {}. Press Enter again to run it anyway", error.message));
            self.rejected_text = Some(text);
            return;
        }
        self.rejected_text = None;
        cx.lists().search_index(self.index, text.trim().to_owned());
    }

    /// Recalls the history entry `step` places on, or restores the draft.
    fn recall_history(&mut self, step: isize, cx: &mut Cx<'_>) {
        // The history has process queries only.
        if self.index != Index::Process {
            return;
        }
        let history = &cx.session().search.query_history;
        let next = match self.history_position {
            None if step > 0 => 0,
            None => return,
            Some(at) => {
                let Some(next) = at.checked_add_signed(step) else {
                    self.history_position = None;
                    let (draft, period) = std::mem::take(&mut self.draft);
                    cx.lists().set_period(period);
                    return self.set_text(&draft);
                };
                next.min(history.len().saturating_sub(1))
            }
        };
        let Some(entry) = history.get(next).cloned() else {
            return;
        };
        if self.history_position.is_none() {
            self.draft = (self.text.clone(), cx.session().search.period.clone());
        }
        self.history_position = Some(next);
        self.set_text(&entry.query);
        cx.lists().set_period(entry.period);
    }
}

impl QueryPane {
    /// Returns additional text for the frame.
    fn status(&self, session: &Session) -> Line<'static> {
        if self.index != Index::Process || session.search.period.is_any_time() {
            return Line::default();
        }
        text::make_visible(&session.search.period.describe().into()).into()
    }
}

impl ViewPane for QueryPane {
    fn save(&self, session: &Session) -> SavedState {
        // Query text that was not submitted belongs to the location that is navigated to.
        let searched = session.lists.search(List::from_index(self.index)).map(|search| search.query.clone());
        SavedState::new(searched.unwrap_or_else(|| self.text().to_owned()))
    }

    fn restore(&mut self, state: &SavedState, _: &mut Cx<'_>) {
        if let Some(text) = state.get::<String>()
            && self.text() != text
        {
            self.set_text(&text);
        }
    }
}

impl Pane for QueryPane {
    fn scope(&self) -> Scope {
        Scope::Query
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from("Query").with_status(self.status(session))
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::Submit => self.submit_query(cx),
            Action::Newline => {
                self.editor.insert_newline(cx);
                self.on_text_changed();
            }
            Action::Complete => self.accept_completion(),
            Action::Fix => self.apply_fix(cx),
            Action::OfferValues if self.fetch_values(cx) => {}
            Action::OfferValues => cx.notify("No values to list here"),
            Action::NextCompletion if self.has_completions() => self.select_completion(1),
            Action::PreviousCompletion if self.has_completions() => self.select_completion(self.previous_completion()),
            Action::NextCompletion if !self.editor.move_down() => self.recall_history(-1, cx),
            Action::PreviousCompletion if !self.editor.move_up() => self.recall_history(1, cx),
            Action::NextCompletion | Action::PreviousCompletion => {}
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        let is_key = matches!(input, TextInput::Key(_));
        if let TextInput::Pasted(text) = input {
            self.paste(text, cx);
        } else if self.editor.enter_text(input, PasteForm::Lines, cx) {
            self.history_position = None;
            self.on_text_changed();
        } else if is_key {
            self.dismiss_completions();
        }
        ActionResult::Done
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        self.offer_values(cx);
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        draw::render(self, frame, area, session, cx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> QueryPane {
        let mut pane = QueryPane::new(Index::Process);
        pane.editor.set_text(text);
        pane.on_text_changed();
        pane
    }

    #[test]
    fn a_field_is_offered_once_it_is_begun_and_completed_in_place() {
        let mut pane = typed("process_name:net.exe cmdl");
        assert_eq!(pane.completions.items.first().map(|item| item.text.as_str()), Some("cmdline:"));
        pane.accept_completion();
        assert_eq!(pane.text(), "process_name:net.exe cmdline:");
        assert!(!pane.has_completions());
    }

    #[test]
    fn nothing_is_offered_for_one_letter_or_a_whole_name() {
        assert!(!typed("c").has_completions());
        assert!(!typed("").has_completions());
    }

    #[test]
    fn choosing_goes_round() {
        let mut pane = typed("cm");
        let n_items = pane.completions.items.len();
        pane.select_completion(pane.previous_completion());
        assert!(pane.completions.selected < n_items);
        pane.select_completion(1);
        assert_eq!(pane.completions.selected, 0);
    }
}
