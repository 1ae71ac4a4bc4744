//! What the user could see when a key was pressed: nothing is changed whose target was not on the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;

use super::{App, View, layout};
use crate::keys::{Action, Chord, Lookup};
use crate::panes::PaneId;
use crate::session::{Cx, Effect};

/// What the last frame showed.
#[derive(Debug, Default)]
pub(super) struct VisibleTarget {
    /// The panes that had room for some of their content; nothing before the first frame.
    pub(super) drawn_panes: Option<Vec<PaneId>>,
    /// Whether there was room for nothing but a word.
    pub(super) is_too_small: bool,
    /// Whether the terminal has another size, and nothing was drawn in it yet.
    pub(super) is_resized: bool,
    /// Whether a notice was shown that did not fit.
    pub(super) is_notice_cut: bool,
}

impl App {
    /// Whether nothing of panes and popups is on the screen: the terminal is too small, or was not drawn in its size yet.
    pub(super) fn is_screen_hidden(&self) -> bool {
        self.visibility.is_too_small || self.visibility.is_resized
    }

    /// Whether a pane was on the screen in the last frame.
    pub(super) fn is_drawn(&self, pane: PaneId) -> bool {
        let drawn = self.visibility.drawn_panes.as_ref();
        drawn.is_none_or(|drawn| drawn.contains(&pane))
    }

    /// Whether the last frame showed what an action in a pane is about.
    pub(super) fn is_target_visible(&self, pane: PaneId) -> bool {
        self.is_drawn(pane) && self.panes.get(pane).shows_target()
    }

    /// Says that nothing is done to what cannot be seen.
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

    /// Whether a key is swallowed: it was typed as text after a key that begins an entry elsewhere, and is no entry here.
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
        // What would end the entry ends this, and does nothing else.
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

    /// Whether a key begins an entry in some other place: what follows it is meant as text.
    pub(super) fn starts_text_entry(&self, chord: Chord) -> bool {
        let is_of = |scope| {
            let found = self.keymap.lookup(&[scope], &[chord]);
            matches!(found, Lookup::Action(Action::Filter | Action::Commands))
        };
        crate::keys::Scope::all().any(is_of)
    }
}

/// Whether an action may be carried out while nothing can be seen: it moves, leaves or closes something.
pub(super) fn is_safe_unseen(action: Action) -> bool {
    View::from_action(action).is_some()
        || matches!(
            action,
            Action::Quit
                | Action::Cancel
                | Action::Suspend
                | Action::Redraw
                | Action::Back
                | Action::GoBack
                | Action::GoForward
                | Action::NextPane
                | Action::PreviousPane
                | Action::Zoom
                | Action::Refresh
                | Action::Down
                | Action::Up
                | Action::HalfPageDown
                | Action::HalfPageUp
                | Action::PageDown
                | Action::PageUp
                | Action::Top
                | Action::Bottom
        )
}
