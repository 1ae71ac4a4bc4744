//! Tracks what the user could see when a key was pressed: no change is made to a target that was not on screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;

use super::{
    App, layout,
    route::{AppAction, FocusAction, PaneAction, Route, route},
};
use crate::keys::{Action, Chord, Lookup};
use crate::panes::PaneId;
use crate::session::{Cx, Effect};

/// What the last frame showed.
#[derive(Debug, Default)]
pub(super) struct VisibleTarget {
    /// Panes that had room for some of their content; `None` before the first frame.
    pub(super) drawn_panes: Option<Vec<PaneId>>,
    /// Whether only the message about the minimum size was shown.
    pub(super) is_too_small: bool,
    /// Whether the terminal was resized since the last frame.
    pub(super) is_resized: bool,
    pub(super) is_notice_cut: bool,
}

impl App {
    /// Returns whether panes and popups are hidden: the terminal is too small, or was resized since the last frame.
    pub(super) fn is_screen_hidden(&self) -> bool {
        self.visibility.is_too_small || self.visibility.is_resized
    }

    /// Returns whether a pane was on screen in the last frame.
    pub(super) fn is_drawn(&self, pane: PaneId) -> bool {
        let drawn = self.visibility.drawn_panes.as_ref();
        drawn.is_none_or(|drawn| drawn.contains(&pane))
    }

    /// Returns whether the user knows the target of an action in `pane`: the last frame showed it, or it was marked.
    pub(super) fn is_target_visible(&self, pane: PaneId) -> bool {
        let shown = self.panes.get(pane);
        shown.n_marked() > 0 || self.is_drawn(pane) && shown.has_room_for_selection()
    }

    /// Warns that an action is not done because its target is not visible.
    pub(super) fn reject_unseen_target(&mut self, what: &str, now: Timestamp, effects: &mut Vec<Effect>) {
        let (width, height) = layout::MIN_SCREEN_SIZE;
        let text = if self.visibility.is_too_small {
            format!("{what}: not done, the terminal is too small (need {width}x{height})")
        } else if self.visibility.is_resized {
            format!("{what}: not done, the terminal was just resized. Press it again")
        } else {
            format!("{what}: not done, its target is not on the screen. Enlarge the terminal")
        };
        Cx::new(&mut self.session, effects, now).warn(text);
    }

    /// Returns whether a key is swallowed, because it follows a refused key that would have started text entry.
    pub(super) fn is_swallowed(&mut self, key: KeyEvent, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let Some(refused) = self.refused_key else {
            return false;
        };
        let commands = KeyModifiers::CONTROL | KeyModifiers::ALT;
        let is_text = match key.code {
            KeyCode::Char(_) => !key.modifiers.intersects(commands),
            KeyCode::Backspace => true,
            _ => false,
        };
        // A key that would end the text entry ends the swallowing, and does nothing else.
        let is_end = matches!(key.code, KeyCode::Enter | KeyCode::Esc);
        if !is_text {
            self.refused_key = None;
        }
        if is_text {
            let text = format!("{refused} is not available here, so nothing is typed. Press Esc");
            Cx::new(&mut self.session, effects, now).notify(text);
        }
        is_text || is_end
    }

    /// Returns whether a key starts text entry in some other scope.
    pub(super) fn starts_text_entry(&self, chord: Chord) -> bool {
        let starts_entry = |scope| {
            let lookup = self.keymap.lookup(&[scope], &[chord]);
            matches!(lookup, Lookup::Action(Action::Filter | Action::Commands))
        };
        crate::keys::Scope::all().any(starts_entry)
    }
}

/// Returns whether an action is allowed while nothing is visible: it only moves, leaves or closes something.
pub(super) fn is_safe_unseen(action: Action) -> bool {
    match route(action) {
        Route::View(_) | Route::Pane(PaneAction::Move) | Route::Focus(FocusAction::Pane(_) | FocusAction::Zoom) => true,
        Route::App(app) => match app {
            AppAction::Quit
            | AppAction::Cancel
            | AppAction::Suspend
            | AppAction::Redraw
            | AppAction::Back
            | AppAction::Navigate(_)
            | AppAction::Refresh => true,
            AppAction::ShowError | AppAction::EditQuery | AppAction::Complete | AppAction::TimeZone => false,
        },
        Route::Focus(FocusAction::Ancestors)
        | Route::Popup(_)
        | Route::Change(_)
        | Route::Undo
        | Route::Alerts(_)
        | Route::Pane(
            PaneAction::Any | PaneAction::Search | PaneAction::New | PaneAction::EditRow | PaneAction::Download,
        ) => false,
    }
}
