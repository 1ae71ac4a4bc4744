//! Panes together: inputs in, effects out, no channel, no clock, no terminal.

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
mod popups;
mod tabs;
mod view_entry;
mod views;
mod visibility;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::Frame;

use crate::keys::{Chord, Keymap, Scope};
use crate::model::PathCheck;
use crate::panes::{Pane, PaneId, QueryPane};
use crate::query::Index;
use crate::session::{ColumnChoice, ConnectionInfo, Cx, Effect, HistoryEntry, NamedQuery, Session};
use crate::theme::Theme;
use crate::worker::{Reply, Request};
use navigation::NavHistory;
use panes::Panes;
pub use views::View;
use visibility::VisibleTarget;

/// Something that happened. (In this trade an *event* is what a process did.)
#[derive(Clone, Debug)]
pub enum Input {
    /// A key was pressed.
    Key(KeyEvent),
    /// Characters were typed so fast that they came together.
    Typed(String),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize,
    /// The worker said something.
    Reply(Reply),
    /// A place for a new file was looked at.
    PathChecked(PathCheck),
    /// Rows were written to a file, or why they could not be.
    Exported(Result<String, String>),
    /// Something was done outside, or could not be.
    Notice {
        /// What is to be told.
        text: String,
        /// Whether it is a warning.
        is_warning: bool,
    },
    /// These queries are kept under a name now.
    Saved {
        /// All of them.
        queries: Vec<NamedQuery>,
        /// What is to be told.
        text: String,
    },
    /// Time for the spinner to turn.
    Tick,
}

/// How the console is set up.
#[derive(Debug, Default)]
pub struct AppSetup {
    /// Where it is, and as whom.
    pub identity: ConnectionInfo,
    /// The effective keys.
    pub keymap: Keymap,
    /// The colors.
    pub theme: Theme,
    /// Queries asked before, the newest first.
    pub history: Vec<HistoryEntry>,
    /// Queries kept under a name.
    pub saved: Vec<NamedQuery>,
    /// Columns chosen before, by the name of their list.
    pub columns: BTreeMap<String, Vec<ColumnChoice>>,
    /// Warnings to show at the start.
    pub warnings: Vec<String>,
}

/// The console as a state machine.
pub struct App {
    session: Box<Session>,
    keymap: Keymap,
    theme: Theme,
    panes: Box<Panes>,
    overlay: Option<Box<dyn Pane>>,
    /// The pane whose rows the overlay is about.
    acted_on_pane: Option<PaneId>,
    /// What the last frame showed.
    visibility: VisibleTarget,
    /// What was told until the key that is handled came, if it did not fit.
    cut_notice: Option<String>,
    /// The key whose text goes nowhere, because what it begins is not to be had here: what follows is no command.
    refused_key: Option<Chord>,
    view: View,
    focus: PaneId,
    history: NavHistory,
    is_zoomed: bool,
    /// Chords that begin a binding.
    pending_chords: Vec<Chord>,
    /// The key that asks for what is being done, if it was a single one.
    pressed_key: Option<KeyEvent>,
    /// When the last cancel came: a second one within a second quits.
    canceled_at: Option<Timestamp>,
    /// Whether the last key asked to leave while something was on its way.
    has_asked_to_quit: bool,
    /// How often the spinner has turned.
    ticks: usize,
}

impl App {
    /// Starts with the query editor ready and nothing asked.
    pub fn new(setup: AppSetup) -> Self {
        let AppSetup { identity, keymap, theme, history, saved, columns, warnings } = setup;
        let mut session = Session::new(identity, history);
        session.search.saved_queries = saved;
        session.search.chosen_columns = columns;
        let mut effects = Vec::new();
        if !warnings.is_empty() {
            Cx::new(&mut session, &mut effects, Timestamp::UNIX_EPOCH).warn_at_start(warnings);
        }
        Self {
            session: Box::new(session),
            keymap,
            theme,
            panes: Box::default(),
            overlay: None,
            acted_on_pane: None,
            visibility: VisibleTarget::default(),
            cut_notice: None,
            refused_key: None,
            view: View::default(),
            focus: PaneId::Query(Index::Process),
            history: NavHistory::default(),
            is_zoomed: false,
            pending_chords: Vec::new(),
            pressed_key: None,
            canceled_at: None,
            has_asked_to_quit: false,
            ticks: 0,
        }
    }

    /// What to do before the first input: the header wants the server's version. Nothing is searched.
    pub fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        Cx::new(&mut self.session, &mut effects, now).fetch_server_info();
        effects
    }

    /// Takes an input to heart.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Key(key) => self.key(key, now, &mut effects),
            Input::Typed(text) => return self.type_text(&text, now),
            Input::Paste(_) if self.is_screen_hidden() => self.reject_unseen_target("paste", now, &mut effects),
            Input::Paste(_) if !self.scope().takes_text() => self.refuse_paste(now, &mut effects),
            Input::Paste(text) => {
                let (pane, session) = self.focused_pane();
                pane.paste(&text, &mut Cx::new(session, &mut effects, now));
            }
            Input::Reply(reply) => Cx::new(&mut self.session, &mut effects, now).resolve(reply),
            Input::PathChecked(survey) => {
                Cx::new(&mut self.session, &mut effects, now).set_path_check(survey);
            }
            Input::Exported(result) => {
                Cx::new(&mut self.session, &mut effects, now).on_exported(result);
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
                cx.set_saved_queries(queries);
                cx.notify(text);
            }
            Input::Tick => self.ticks = self.ticks.wrapping_add(1),
            Input::Resize => self.visibility.is_resized = true,
        }
        self.after_input(now, &mut effects);
        effects
    }

    /// Lets what is shown ask for what it needs, and does what was picked by its name.
    fn after_input(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        for (id, _) in self.view.panes() {
            self.panes.get_mut(*id).after_input(&mut cx);
        }
        let mut picked = None;
        // What takes the place of an overlay wants to ask for what it shows, too.
        while let Some(overlay) = &mut self.overlay {
            overlay.after_input(&mut cx);
            if !overlay.is_done() {
                break;
            }
            picked = overlay.picked_action();
            self.overlay = overlay.next_overlay();
        }
        if self.overlay.is_none() {
            cx.clear_preview();
        }
        cx.schedule_live_poll(matches!(self.view, View::Alerts | View::AlertGroups));
        let is_deed = |effect: &Effect| matches!(effect, Effect::Send(Request::Apply { .. }));
        if effects.iter().any(is_deed) {
            let acted_on = self.acted_on_pane.take().unwrap_or(self.focus);
            self.panes.get_mut(acted_on).clear_marks();
        }
        // What was picked by its name is done as if its key had been pressed.
        if let Some(action) = picked {
            self.act(action, now, effects);
            self.after_input(now, effects);
        }
    }

    /// Draws everything. Only places of scrolling may change by it.
    pub fn render(&mut self, frame: &mut Frame<'_>) {
        draw::render(self, frame);
    }

    /// Whether an answer is still on its way.
    pub fn is_waiting(&self) -> bool {
        self.session.is_waiting()
    }

    /// What is known, for whoever looks on.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Which pane has the focus.
    pub fn focus(&self) -> PaneId {
        if self.overlay.is_some() { PaneId::Overlay } else { self.focus }
    }

    /// The editor of the view that is shown, if it has one.
    fn editor(&self) -> Option<&QueryPane> {
        self.view.index().map(|index| self.panes.editor(index))
    }

    /// Where keys are looked up now.
    fn scope(&self) -> Scope {
        self.overlay.as_ref().map_or_else(|| self.panes.get(self.focus).scope(), |overlay| overlay.scope())
    }

    /// The pane that has the focus, and the session for it to act on.
    fn focused_pane(&mut self) -> (&mut dyn Pane, &mut Session) {
        let pane: &mut dyn Pane = match &mut self.overlay {
            Some(overlay) => overlay.as_mut(),
            None => self.panes.get_mut(self.focus),
        };
        (pane, &mut self.session)
    }
}
