//! The console as a state machine: inputs in, effects out; no channel, no clock, no terminal.

mod alerts;
mod confirmations;
mod dispatch;
mod draw;
mod footer;
mod header;
mod hints;
mod layout;
mod navigation;
mod panes;
mod popup_stack;
mod popups;
mod route;
mod tabs;
mod view_entry;
mod views;
mod visibility;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::Frame;

use crate::keys::{Action, Chord, Keymap, Scope};
use crate::model::PathCheck;
use crate::panes::{AfterInput, Observables, Pane, PaneId, QueryPane, TextInput};
use crate::query::Index;
use crate::session::{ColumnChoice, ConnectionInfo, Cx, Effect, HistoryEntry, NamedQuery, Session};
use crate::theme::Theme;
use crate::worker::Reply;
use navigation::NavHistory;
use panes::Panes;
use popup_stack::PopupStack;
pub use views::View;
use visibility::VisibleTarget;

/// An input of the console. (*Event* is reserved for what a process did.)
#[derive(Clone, Debug)]
pub enum Input {
    Key(KeyEvent),
    /// Characters that arrived together.
    Typed(String),
    Paste(String),
    Resize,
    Reply(Reply),
    /// The path for a new file was checked.
    PathChecked(PathCheck),
    /// Rows were exported to a file, or the reason why not.
    Exported(Result<String, String>),
    /// An effect was carried out, or failed.
    Notice {
        text: String,
        is_warning: bool,
    },
    /// The saved queries changed.
    Saved {
        /// All saved queries.
        queries: Vec<NamedQuery>,
        /// The notice to show.
        text: String,
    },
    /// Time to advance the spinner.
    Tick,
}

/// Initial state of the console.
#[derive(Debug, Default)]
pub struct AppSetup {
    pub identity: ConnectionInfo,
    pub keymap: Keymap,
    pub theme: Theme,
    /// Query history, newest first.
    pub history: Vec<HistoryEntry>,
    pub saved: Vec<NamedQuery>,
    /// Columns chosen earlier, by the name of the list.
    pub columns: BTreeMap<String, Vec<ColumnChoice>>,
    pub warnings: Vec<String>,
    /// The query to start with.
    pub query: Option<String>,
}

/// The console as a state machine.
pub struct App {
    session: Box<Session>,
    keymap: Keymap,
    theme: Theme,
    panes: Panes,
    popups: PopupStack,
    /// What the last frame showed.
    visibility: VisibleTarget,
    /// The notice shown when the current key was pressed, if it was cut.
    cut_notice: Option<String>,
    /// A refused key that starts text entry elsewhere: the characters after it are not treated as commands.
    refused_key: Option<Chord>,
    /// The notice that an action found no target, with the pane and what was selected there.
    missing_target: Option<(String, PaneId, Vec<Observables>)>,
    /// Whether the editor has a query that is sent at the start.
    has_start_query: bool,
    view: View,
    focus: PaneId,
    history: NavHistory,
    is_zoomed: bool,
    /// Chords typed so far of an unfinished binding.
    pending_chords: Vec<Chord>,
    /// The key of the current action, if it is a single one.
    pressed_key: Option<KeyEvent>,
    /// Time of the last cancel: a second one within a second quits.
    canceled_at: Option<Timestamp>,
    /// Whether the last action was a refused attempt to quit.
    has_refused_quit: bool,
    /// Actions picked from the palette, the last one first.
    recent_actions: Vec<Action>,
    /// Ticks of the spinner.
    ticks: usize,
}

impl App {
    /// Returns a console with the focus in the query editor and nothing requested.
    pub fn new(setup: AppSetup) -> Self {
        let AppSetup { identity, keymap, theme, history, saved, columns, warnings, query } = setup;
        let mut session = Session::new(identity, history);
        session.search.saved_queries = saved;
        session.search.chosen_columns = columns;
        session.outbox.warn_at_start(warnings);
        let mut panes = Panes::new(&mut session.lists);
        if let Some(query) = &query {
            panes.editor_mut(Index::Process).set_text(query);
        }
        Self {
            session: Box::new(session),
            keymap,
            theme,
            panes,
            has_start_query: query.is_some(),
            popups: PopupStack::default(),
            visibility: VisibleTarget::default(),
            cut_notice: None,
            refused_key: None,
            missing_target: None,
            view: View::default(),
            focus: PaneId::Query(Index::Process),
            history: NavHistory::default(),
            is_zoomed: false,
            pending_chords: Vec::new(),
            pressed_key: None,
            canceled_at: None,
            has_refused_quit: false,
            recent_actions: Vec::new(),
            ticks: 0,
        }
    }

    /// Fetches the server's version for the header. Nothing is searched.
    pub fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        Cx::new(&mut self.session, &mut effects, now).requests().fetch_server_info();
        // As if it had been typed: its problems are shown, and it is not sent.
        if std::mem::take(&mut self.has_start_query) {
            let (pane, session) = self.focused_pane();
            let result = pane.handle_action(Action::Submit, &mut Cx::new(session, &mut effects, now));
            self.follow(result, now, &mut effects);
        }
        effects
    }

    /// Handles an input and returns its effects.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_reply = matches!(input, Input::Reply(_));
        match input {
            Input::Key(key) => self.key(key, now, &mut effects),
            Input::Typed(text) => return self.type_text(&text, now),
            Input::Paste(_) if self.is_screen_hidden() => self.reject_unseen_target("paste", now, &mut effects),
            Input::Paste(_) if !self.scope().takes_text() => self.refuse_paste(now, &mut effects),
            Input::Paste(text) => self.enter_text(TextInput::Pasted(&text), now, &mut effects),
            Input::Reply(reply) => Cx::new(&mut self.session, &mut effects, now).requests().resolve(reply),
            Input::PathChecked(check) => {
                Cx::new(&mut self.session, &mut effects, now).files().set_path_check(check);
            }
            Input::Exported(result) => {
                Cx::new(&mut self.session, &mut effects, now).files().on_exported(result);
            }
            Input::Notice { text, is_warning } => {
                let mut cx = Cx::new(&mut self.session, &mut effects, now);
                if is_warning {
                    cx.warn(text);
                } else {
                    cx.notify(text);
                }
            }
            Input::Saved { queries, text } => {
                let mut cx = Cx::new(&mut self.session, &mut effects, now);
                cx.files().set_saved_queries(queries);
                cx.notify(text);
            }
            Input::Tick => {
                // Only the spinner moves; nothing has changed that a pane could act on.
                self.ticks = self.ticks.wrapping_add(1);
                return effects;
            }
            Input::Resize => self.visibility.is_resized = true,
        }
        self.after_input(now, &mut effects);
        if is_reply {
            self.clear_missing_target(now, &mut effects);
        }
        effects
    }

    /// Lets the shown panes and the topmost popup fetch what they need.
    fn after_input(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        for id in self.view.pane_ids() {
            let result = self.panes.get_mut(id).after_input(&mut Cx::new(&mut self.session, effects, now));
            self.follow_after_input(result);
        }
        if let Some(popup) = self.popups.top_mut() {
            let result = popup.after_input(&mut Cx::new(&mut self.session, effects, now));
            self.follow_after_input(result);
        }
        let mut cx = Cx::new(&mut self.session, effects, now);
        if self.popups.is_empty() {
            cx.changes().clear_preview();
        }
        if matches!(self.view, View::Alerts | View::AlertGroups) {
            cx.alerts().schedule_live_poll();
        } else {
            cx.alerts().cancel_live_poll();
        }
    }

    /// Does what a pane asks for after an input.
    fn follow_after_input(&mut self, result: AfterInput) {
        match result {
            AfterInput::Nothing => {}
            AfterInput::SetQuery(index, query) => self.panes.editor_mut(index).recall(&query),
            AfterInput::ClosePopups => self.popups.clear(),
        }
    }

    /// Removes the notice that nothing is selected once an answer has changed what is selected.
    fn clear_missing_target(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some((text, pane, selected)) = self.missing_target.take() else {
            return;
        };
        let notice = self.session.outbox.notice.as_ref();
        if notice.is_none_or(|notice| notice.text != text) {
            return;
        }
        if self.panes.get(pane).action_targets(&self.session).rows == selected {
            self.missing_target = Some((text, pane, selected));
        } else {
            Cx::new(&mut self.session, effects, now).outbox().clear_notice();
        }
    }

    /// Draws the screen. Only scroll positions may change.
    pub fn render(&mut self, frame: &mut Frame<'_>) {
        draw::render(self, frame);
    }

    /// Returns whether any answer is pending.
    pub fn is_waiting(&self) -> bool {
        self.session.is_waiting()
    }

    /// Returns the state of the investigation.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the focused pane.
    pub fn focus(&self) -> PaneId {
        if self.popups.is_empty() { self.focus } else { PaneId::Overlay }
    }

    /// Returns the query editor of the current view, if it has one.
    fn editor(&self) -> Option<&QueryPane> {
        self.view.index().map(|index| self.panes.editor(index))
    }

    /// Returns the scope in which keys are looked up.
    fn scope(&self) -> Scope {
        self.popups.top().unwrap_or_else(|| self.panes.get(self.focus)).scope()
    }

    /// Returns the focused pane, with the session for it to act on.
    fn focused_pane(&mut self) -> (&mut dyn Pane, &mut Session) {
        let pane: &mut dyn Pane = match self.popups.top_mut() {
            Some(popup) => popup.as_mut(),
            None => self.panes.get_mut(self.focus),
        };
        (pane, &mut self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spinner_asks_for_nothing() {
        let n_effects = |input| {
            let mut app = App::new(AppSetup::default());
            // The list of this view is fetched after the next input.
            app.show_view(View::Bans);
            app.handle(input, Timestamp::UNIX_EPOCH).len()
        };
        assert_eq!(n_effects(Input::Tick), 0);
        assert_ne!(n_effects(Input::Resize), 0);
    }
}
