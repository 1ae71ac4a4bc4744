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
use crate::model::Survey;
use crate::panes::{Pane, PaneId, QueryPane};
use crate::query::Index;
use crate::session::{Chosen, Cx, Effect, Identity, Past, SavedQuery, Session};
use crate::theme::Theme;
use crate::worker::{Reply, Request};
use navigation::Trail;
use panes::Panes;
pub use views::View;
use visibility::Sight;

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
    Surveyed(Survey),
    /// Rows were written to a file, or why they could not be.
    Exported(Result<String, String>),
    /// Something was done outside, or could not be.
    Told {
        /// What is to be told.
        text: String,
        /// Whether it is a warning.
        is_warning: bool,
    },
    /// These queries are kept under a name now.
    Saved {
        /// All of them.
        queries: Vec<SavedQuery>,
        /// What is to be told.
        text: String,
    },
    /// Time for the spinner to turn.
    Turn,
}

/// How the console is set up.
#[derive(Debug, Default)]
pub struct Setup {
    /// Where it is, and as whom.
    pub identity: Identity,
    /// The effective keys.
    pub keymap: Keymap,
    /// The colors.
    pub theme: Theme,
    /// Queries asked before, the newest first.
    pub history: Vec<Past>,
    /// Queries kept under a name.
    pub saved: Vec<SavedQuery>,
    /// Columns chosen before, by the name of their list.
    pub columns: BTreeMap<String, Vec<Chosen>>,
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
    acted_on: Option<PaneId>,
    /// What the last frame showed.
    sight: Sight,
    /// What was told until the key that is handled came, if it did not fit.
    cut_notice: Option<String>,
    /// The key whose text goes nowhere, because what it begins is not to be had here: what follows is no command.
    refused: Option<Chord>,
    view: View,
    focus: PaneId,
    trail: Trail,
    is_zoomed: bool,
    /// Chords that begin a binding.
    typed: Vec<Chord>,
    /// The key that asks for what is being done, if it was a single one.
    pressed: Option<KeyEvent>,
    /// When the last cancel came: a second one within a second quits.
    canceled_at: Option<Timestamp>,
    /// Whether the last key asked to leave while something was on its way.
    has_asked_to_quit: bool,
    /// How often the spinner has turned.
    turns: usize,
}

impl App {
    /// Starts with the query editor ready and nothing asked.
    pub fn new(setup: Setup) -> Self {
        let Setup { identity, keymap, theme, history, saved, columns, warnings } = setup;
        let mut session = Session::new(identity, history);
        session.saved = saved;
        session.columns = columns;
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
            acted_on: None,
            sight: Sight::default(),
            cut_notice: None,
            refused: None,
            view: View::default(),
            focus: PaneId::Query(Index::Process),
            trail: Trail::default(),
            is_zoomed: false,
            typed: Vec::new(),
            pressed: None,
            canceled_at: None,
            has_asked_to_quit: false,
            turns: 0,
        }
    }

    /// What to do before the first input: the header wants the server's version. Nothing is searched.
    pub fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        Cx::new(&mut self.session, &mut effects, now).greet();
        effects
    }

    /// Takes an input to heart.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Key(key) => self.key(key, now, &mut effects),
            Input::Typed(text) => return self.type_text(&text, now),
            Input::Paste(_) if self.is_blind() => self.refuse_unseen("paste", now, &mut effects),
            Input::Paste(_) if !self.scope().takes_text() => self.refuse_paste(now, &mut effects),
            Input::Paste(text) => {
                let (pane, session) = self.focused();
                pane.paste(&text, &mut Cx::new(session, &mut effects, now));
            }
            Input::Reply(reply) => Cx::new(&mut self.session, &mut effects, now).settle(reply),
            Input::Surveyed(survey) => {
                Cx::new(&mut self.session, &mut effects, now).surveyed(survey);
            }
            Input::Exported(result) => {
                Cx::new(&mut self.session, &mut effects, now).exported(result);
            }
            Input::Told { text, is_warning } => {
                let mut cx = Cx::new(&mut self.session, &mut effects, now);
                if is_warning {
                    cx.warn(text);
                } else {
                    cx.notify(text);
                }
            }
            Input::Saved { queries, text } => {
                let mut cx = Cx::new(&mut self.session, &mut effects, now);
                cx.keep(queries);
                cx.notify(text);
            }
            Input::Turn => self.turns = self.turns.wrapping_add(1),
            Input::Resize => self.sight.is_resized = true,
        }
        self.settle(now, &mut effects);
        effects
    }

    /// Lets what is shown ask for what it needs, and does what was picked by its name.
    fn settle(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        for (id, _) in self.view.panes() {
            self.panes.get_mut(*id).settle(&mut cx);
        }
        let mut picked = None;
        // What takes the place of an overlay wants to ask for what it shows, too.
        while let Some(overlay) = &mut self.overlay {
            overlay.settle(&mut cx);
            if !overlay.is_done() {
                break;
            }
            picked = overlay.picked();
            self.overlay = overlay.then();
        }
        if self.overlay.is_none() {
            cx.drop_preview();
        }
        cx.watch(matches!(self.view, View::Alerts | View::Queue));
        let is_deed = |effect: &Effect| matches!(effect, Effect::Send(Request::Do { .. }));
        if effects.iter().any(is_deed) {
            let acted_on = self.acted_on.take().unwrap_or(self.focus);
            self.panes.get_mut(acted_on).unmark();
        }
        // What was picked by its name is done as if its key had been pressed.
        if let Some(action) = picked {
            self.act(action, now, effects);
            self.settle(now, effects);
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
    fn focused(&mut self) -> (&mut dyn Pane, &mut Session) {
        let pane: &mut dyn Pane = match &mut self.overlay {
            Some(overlay) => overlay.as_mut(),
            None => self.panes.get_mut(self.focus),
        };
        (pane, &mut self.session)
    }
}
