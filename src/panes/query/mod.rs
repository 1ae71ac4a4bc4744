//! The query editor: checked while one types, colored, completed, and never changed behind one's back.

mod draw;
mod values;

use std::{cmp::Reverse, ops::Range};

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    Pane, PaneId, RenderCx,
    editor::{Editor, Pasted},
    links,
};
use crate::keys::{Action, Scope};
use crate::model::Link;
use crate::query::{self, Completion, Index, Level, Parsed, Problem, TokenRole};
use crate::session::{Cx, PeriodInput, Session};
use crate::text;
use values::Values;

/// Completions offered at once: more would hide the result below.
const MAX_COMPLETIONS: usize = 6;

/// Letters typed before completions are offered by themselves: one letter fits almost everything.
const MIN_TYPED: usize = 2;

/// The pane in which a query is written.
#[derive(Debug)]
pub struct QueryPane {
    /// What is searched.
    index: Index,
    editor: Editor,
    /// The text of all lines, up to date with the editor.
    text: String,
    /// What the text means, up to date with it.
    parsed: Parsed,
    /// What its parts are, up to date with it.
    highlights: Vec<(Range<usize>, TokenRole)>,
    completions: CompletionMenu,
    values: Values,
    /// The text that was refused once: asked again unchanged, it goes to the server as it is.
    rejected_text: Option<String>,
    /// Which of the earlier queries is shown, the newest being 0.
    history_position: Option<usize>,
    /// What was being written before an earlier query was recalled, and of when.
    draft: (String, PeriodInput),
}

/// The completions on offer.
#[derive(Debug, Default)]
struct CompletionMenu {
    items: Vec<Completion>,
    selected: usize,
}

impl QueryPane {
    /// An empty editor for queries of an index.
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

    /// The text as it is.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a completion is offered.
    pub fn has_completions(&self) -> bool {
        !self.completions.items.is_empty()
    }

    /// Takes back what is offered; false when nothing is.
    pub fn dismiss_completions(&mut self) -> bool {
        let was_offering = self.has_completions();
        self.completions = CompletionMenu::default();
        was_offering
    }

    /// Text lines shown, for the layout.
    pub fn n_lines(&self) -> usize {
        self.editor.lines().len()
    }

    /// The first thing wrong with the text, errors before warnings, warnings before notes.
    fn first_problem(&self) -> Option<&Problem> {
        self.parsed.problems.iter().min_by_key(|problem| Reverse(problem.level))
    }

    /// Everything wrong with the text, in full: how grave it is, what it is, how it can be fixed.
    pub fn describe_problems(&self) -> Vec<(String, String)> {
        query::problem_lines(&self.parsed.problems)
    }

    /// The text has changed.
    fn on_text_changed(&mut self) {
        let text = self.editor.text();
        self.parsed = query::parse_for(self.index, &text);
        self.highlights = query::highlight(&text);
        let at = self.editor.cursor_byte();
        let items = query::complete(self.index, &text, at);
        let is_begun = items.first().is_some_and(|item| {
            let typed = &text[item.span.start..at.min(item.span.end)];
            let is_value = text[..item.span.start].ends_with(':');
            (is_value || typed.chars().count() >= MIN_TYPED) && items.iter().all(|item| item.text != typed)
        });
        self.completions = if is_begun { CompletionMenu { items, selected: 0 } } else { CompletionMenu::default() };
        self.text = text;
    }

    /// Replaces the text.
    pub fn set_text(&mut self, text: &str) {
        self.editor.set_text(text);
        self.on_text_changed();
        self.completions = CompletionMenu::default();
        self.clear_values();
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

    /// Mends what is said to be wrong, where one change can.
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

    /// Goes `by` completions on, round and round.
    fn select_completion(&mut self, by: usize) {
        self.completions.selected = (self.completions.selected + by) % self.completions.items.len().max(1);
    }

    /// One completion back, as a way forward.
    fn previous_completion(&self) -> usize {
        self.completions.items.len().saturating_sub(1)
    }

    /// Draws the completions over whatever is below the editor.
    pub fn render_completions(&self, frame: &mut Frame<'_>, editor: Rect, look: &RenderCx<'_>) {
        draw::render_completions(self, frame, editor, look);
    }

    /// Puts the query in the place of a link to the web console, if the text is one. It is not sent: what it became is
    /// seen first.
    fn replace_link(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(link) = Link::parse(&self.text) else {
            return false;
        };
        match links::link_query(self.index, &link, cx.session()) {
            Err(why) => cx.warn(why),
            Ok((query, other)) => {
                self.draft.0.clone_from(&self.text);
                self.set_text(&query);
                let noun = link.label();
                let own = links::own_server(cx.session());
                match other {
                    None => cx.notify(format!("The link names {noun}: this is its query. Enter runs it")),
                    Some(server) => cx
                        .warn(format!("The link names {noun} on {server}: Enter runs its query on this server, {own}")),
                }
            }
        }
        true
    }

    fn submit_query(&mut self, cx: &mut Cx<'_>) {
        self.dismiss_completions();
        self.history_position = None;
        if let Some(trouble) = self.editor.input_error() {
            self.editor.clear_refused();
            return cx.warn(format!("Not run: {trouble}. Press Enter again to run it anyway"));
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
        cx.search_index(self.index, text.trim().to_owned());
    }

    /// Shows an earlier query, or what was being written.
    fn recall_history(&mut self, step: isize, cx: &mut Cx<'_>) {
        // What is remembered are queries of processes.
        if self.index != Index::Process {
            return;
        }
        let past = &cx.session().search.query_history;
        let next = match self.history_position {
            None if step > 0 => 0,
            None => return,
            Some(at) => {
                let Some(next) = at.checked_add_signed(step) else {
                    self.history_position = None;
                    let (draft, when) = std::mem::take(&mut self.draft);
                    cx.set_period(when);
                    return self.set_text(&draft);
                };
                next.min(past.len().saturating_sub(1))
            }
        };
        let Some(entry) = past.get(next).cloned() else {
            return;
        };
        if self.history_position.is_none() {
            self.draft = (self.text.clone(), cx.session().search.period.clone());
        }
        self.history_position = Some(next);
        self.set_text(&entry.query);
        cx.set_period(entry.period);
    }
}

impl Pane for QueryPane {
    fn id(&self) -> PaneId {
        PaneId::Query(self.index)
    }

    fn scope(&self) -> Scope {
        Scope::Query
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Query".into()
    }

    fn status_line(&self, session: &Session) -> Line<'static> {
        if self.index != Index::Process || session.search.period.is_any_time() {
            return Line::default();
        }
        text::make_visible(&session.search.period.describe().into()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
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
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if self.editor.type_key(key, cx) {
            self.history_position = None;
            self.on_text_changed();
        } else {
            self.dismiss_completions();
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.editor.type_text(text, cx) {
            self.history_position = None;
            self.on_text_changed();
        }
    }

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

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        if let Some(query) = cx.take_pending_query(self.index) {
            self.draft.0 = self.text.clone();
            self.set_text(&query);
        }
        self.offer_values(cx);
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        draw::render(self, frame, area, session, look);
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
