//! The query editor: checked while one types, colored, completed, and never changed behind one's back.

mod draw;
mod values;

use std::{cmp::Reverse, ops::Range};

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    Look, Pane, PaneId,
    editor::{Editor, Pasted},
    links,
};
use crate::keys::{Action, Scope};
use crate::model::Link;
use crate::query::{self, Completion, Index, Level, Parsed, Problem, Role};
use crate::session::{Cx, Session, When};
use crate::text;
use values::Values;

/// Completions offered at once: more would hide the result below.
const OFFERED: usize = 6;

/// Letters typed before completions are offered by themselves: one letter fits almost everything.
const ENOUGH: usize = 2;

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
    parts: Vec<(Range<usize>, Role)>,
    offer: Offer,
    values: Values,
    /// The text that was refused once: asked again unchanged, it goes to the server as it is.
    refused: Option<String>,
    /// Which of the earlier queries is shown, the newest being 0.
    recalled: Option<usize>,
    /// What was being written before an earlier query was recalled, and of when.
    draft: (String, When),
}

/// The completions on offer.
#[derive(Debug, Default)]
struct Offer {
    items: Vec<Completion>,
    chosen: usize,
}

impl QueryPane {
    /// An empty editor for queries of an index.
    pub fn new(index: Index) -> Self {
        Self {
            index,
            editor: Editor::default(),
            text: String::new(),
            parsed: query::parse_for(index, ""),
            parts: Vec::new(),
            offer: Offer::default(),
            values: Values::default(),
            refused: None,
            recalled: None,
            draft: <(String, When)>::default(),
        }
    }

    /// The text as it is.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a completion is offered.
    pub fn is_offering(&self) -> bool {
        !self.offer.items.is_empty()
    }

    /// Takes back what is offered; false when nothing is.
    pub fn withdraw(&mut self) -> bool {
        let was_offering = self.is_offering();
        self.offer = Offer::default();
        was_offering
    }

    /// Text lines shown, for the layout.
    pub fn n_lines(&self) -> usize {
        self.editor.lines().len()
    }

    /// The first thing wrong with the text, errors before warnings, warnings before notes.
    fn problem(&self) -> Option<&Problem> {
        self.parsed.problems.iter().min_by_key(|problem| Reverse(problem.level))
    }

    /// Everything wrong with the text, in full: how grave it is, what it is, how it can be fixed.
    pub fn problems(&self) -> Vec<(String, String)> {
        query::problem_lines(&self.parsed.problems)
    }

    /// The text has changed.
    fn changed(&mut self) {
        let text = self.editor.text();
        self.parsed = query::parse_for(self.index, &text);
        self.parts = query::highlight(&text);
        let at = self.editor.cursor_byte();
        let items = query::complete(self.index, &text, at);
        let is_begun = items.first().is_some_and(|item| {
            let typed = &text[item.span.start..at.min(item.span.end)];
            let is_value = text[..item.span.start].ends_with(':');
            (is_value || typed.chars().count() >= ENOUGH) && items.iter().all(|item| item.text != typed)
        });
        self.offer = if is_begun { Offer { items, chosen: 0 } } else { Offer::default() };
        self.text = text;
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        self.editor.set(text);
        self.changed();
        self.offer = Offer::default();
        self.drop_values();
    }

    fn complete(&mut self) {
        if self.is_offering() {
            let item = self.offer.items.swap_remove(self.offer.chosen);
            self.editor.replace(item.span, &item.text);
            self.changed();
            self.offer = Offer::default();
            self.drop_values();
        }
    }

    /// Mends what is said to be wrong, where one change can.
    fn mend(&mut self, cx: &mut Cx<'_>) {
        let fix = self.problem().and_then(|problem| problem.fix.clone());
        let mut others = self.parsed.problems.iter();
        let fix = fix.or_else(|| others.find_map(|problem| problem.fix.clone()));
        let Some(fix) = fix else {
            return cx.notify("No automatic fix available");
        };
        self.editor.replace(fix.span, &fix.replacement);
        self.changed();
        self.offer = Offer::default();
        self.drop_values();
        cx.notify(format!("Fixed: {}", fix.message));
    }

    /// Goes `by` completions on, round and round.
    fn choose(&mut self, by: usize) {
        self.offer.chosen = (self.offer.chosen + by) % self.offer.items.len().max(1);
    }

    /// One completion back, as a way forward.
    fn back(&self) -> usize {
        self.offer.items.len().saturating_sub(1)
    }

    /// Draws the completions over whatever is below the editor.
    pub fn render_offer(&self, frame: &mut Frame<'_>, editor: Rect, look: &Look<'_>) {
        draw::render_offer(self, frame, editor, look);
    }

    /// Puts the query in the place of a link to the web console, if the text is one. It is not sent: what it became is
    /// seen first.
    fn take_link(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(link) = Link::read(&self.text) else {
            return false;
        };
        match links::query(self.index, &link, cx.session()) {
            Err(why) => cx.warn(why),
            Ok((query, other)) => {
                self.draft.0.clone_from(&self.text);
                self.set(&query);
                let noun = link.noun();
                let own = links::own(cx.session());
                match other {
                    None => cx.notify(format!("The link names {noun}: this is its query. Enter runs it")),
                    Some(server) => cx
                        .warn(format!("The link names {noun} on {server}: Enter runs its query on this server, {own}")),
                }
            }
        }
        true
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        self.withdraw();
        self.recalled = None;
        if let Some(trouble) = self.editor.trouble() {
            self.editor.accept();
            return cx.warn(format!("Not run: {trouble}. Press Enter again to run it anyway"));
        }
        if self.take_link(cx) {
            return;
        }
        let text = query::one_line(&self.text);
        let error = self.parsed.problems.iter().find(|problem| problem.level == Level::Error);
        if let Some(error) = error
            && self.refused.as_ref() != Some(&text)
        {
            cx.warn(format!("Not run: {}. Press Enter again to run it anyway", error.message));
            self.refused = Some(text);
            return;
        }
        self.refused = None;
        cx.submit(self.index, text.trim().to_owned());
    }

    /// Shows an earlier query, or what was being written.
    fn recall(&mut self, step: isize, cx: &mut Cx<'_>) {
        // What is remembered are queries of processes.
        if self.index != Index::Process {
            return;
        }
        let past = &cx.session().history;
        let next = match self.recalled {
            None if step > 0 => 0,
            None => return,
            Some(at) => {
                let Some(next) = at.checked_add_signed(step) else {
                    self.recalled = None;
                    let (draft, when) = std::mem::take(&mut self.draft);
                    cx.keep_when(when);
                    return self.set(&draft);
                };
                next.min(past.len().saturating_sub(1))
            }
        };
        let Some(entry) = past.get(next).cloned() else {
            return;
        };
        if self.recalled.is_none() {
            self.draft = (self.text.clone(), cx.session().when.clone());
        }
        self.recalled = Some(next);
        self.set(&entry.query);
        cx.keep_when(entry.when);
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

    fn state(&self, session: &Session) -> Line<'static> {
        if self.index != Index::Process || session.when.is_open() {
            return Line::default();
        }
        text::visible(&session.when.words().into()).into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::Submit => self.submit(cx),
            Action::Newline => {
                self.editor.newline(cx);
                self.changed();
            }
            Action::Complete => self.complete(),
            Action::Fix => self.mend(cx),
            Action::OfferValues if self.ask_values(cx) => {}
            Action::OfferValues => cx.notify("No values to list here"),
            Action::NextCompletion if self.is_offering() => self.choose(1),
            Action::PreviousCompletion if self.is_offering() => self.choose(self.back()),
            Action::NextCompletion if !self.editor.go_down() => self.recall(-1, cx),
            Action::PreviousCompletion if !self.editor.go_up() => self.recall(1, cx),
            Action::NextCompletion | Action::PreviousCompletion => {}
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if self.editor.type_key(key, cx) {
            self.recalled = None;
            self.changed();
        } else {
            self.withdraw();
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.editor.type_text(text, cx) {
            self.recalled = None;
            self.changed();
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let pasted = self.editor.paste(text, cx);
        if pasted == Pasted::Refused {
            return;
        }
        self.recalled = None;
        self.changed();
        self.offer = Offer::default();
        if self.take_link(cx) {
            return;
        }
        if pasted == Pasted::Cleaned {
            cx.notify("Pasted: invisible characters removed, addresses refanged");
        }
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        if let Some(query) = cx.take_proposal(self.index) {
            self.draft.0 = self.text.clone();
            self.set(&query);
        }
        self.offer_values(cx);
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        draw::render(self, frame, area, session, look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> QueryPane {
        let mut pane = QueryPane::new(Index::Process);
        pane.editor.set(text);
        pane.changed();
        pane
    }

    #[test]
    fn a_field_is_offered_once_it_is_begun_and_completed_in_place() {
        let mut pane = typed("process_name:net.exe cmdl");
        assert_eq!(pane.offer.items.first().map(|item| item.text.as_str()), Some("cmdline:"));
        pane.complete();
        assert_eq!(pane.text(), "process_name:net.exe cmdline:");
        assert!(!pane.is_offering());
    }

    #[test]
    fn nothing_is_offered_for_one_letter_or_a_whole_name() {
        assert!(!typed("c").is_offering());
        assert!(!typed("").is_offering());
    }

    #[test]
    fn choosing_goes_round() {
        let mut pane = typed("cm");
        let n_items = pane.offer.items.len();
        pane.choose(pane.back());
        assert!(pane.offer.chosen < n_items);
        pane.choose(1);
        assert_eq!(pane.offer.chosen, 0);
    }
}
