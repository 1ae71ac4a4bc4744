//! The last lines of the screen: the notice, and the keys available now.

use ratatui::{Frame, text::Line, widgets::Clear};

use super::{hints::hints, layout::ScreenAreas};
use crate::keys::{Action, Chord, Keymap, Lookup, Scope};
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::{self, Bar};

/// Data for drawing the footer.
pub(super) struct Footer<'a> {
    pub(super) session: &'a Session,
    pub(super) theme: &'a Theme,
    pub(super) keymap: &'a Keymap,
    /// Scope in which keys are looked up.
    pub(super) scope: Scope,
    /// Chords that begin a binding.
    pub(super) pending_chords: &'a [Chord],
    /// Whether a completion is offered or can be fetched; otherwise its key moves to the next pane.
    pub(super) is_offering: bool,
}

impl Footer<'_> {
    /// Draws the notice and the keys; returns whether the notice was cut.
    pub(super) fn render(&self, frame: &mut Frame<'_>, areas: &ScreenAreas) -> bool {
        let theme = self.theme;
        let keys = Bar { left: self.keys(), right: Line::default(), style: theme.text };
        keys.render(areas.hints, frame.buffer_mut(), theme);
        let Some(notice) = &self.session.outbox.notice else {
            return false;
        };
        if areas.notice == areas.hints {
            // If both share a line, the notice replaces the keys until the next key.
            frame.render_widget(Clear, areas.notice);
        }
        let style = if notice.is_warning { theme.caution } else { theme.accent };
        let mut shown = text::line(&notice.text);
        // One space at either end.
        let room = usize::from(areas.notice.width).saturating_sub(2);
        let is_cut = text::width(&shown) > room;
        if is_cut {
            let key = self.keymap.hint(self.scope.lookup_chain(), Action::ShowError);
            let key = key.map_or(String::new(), |key| format!("  {key} in full"));
            let room = room.saturating_sub(text::width(&key));
            shown = format!("{}{key}", text::fit(&shown.into(), room));
        }
        let line = Line::styled(shown, style);
        let bar = Bar { left: vec![line], right: Line::default(), style: theme.text };
        bar.render(areas.notice, frame.buffer_mut(), theme);
        is_cut
    }

    /// Returns the available keys; after a prefix, those that may follow.
    fn keys(&self) -> Vec<Line<'static>> {
        let chain = self.scope.lookup_chain();
        if let Lookup::Prefix(following) = self.keymap.lookup(chain, self.pending_chords) {
            let hint = |(chord, action): &(Chord, Action)| {
                widgets::key_hint(chord.short_label(), label(self.scope, *action), self.theme)
            };
            return following.iter().map(hint).collect();
        }
        let hint = |action: Action| {
            let key = self.keymap.hint(chain, action)?;
            let effective = if action == Action::Complete && !self.is_offering { Action::NextPane } else { action };
            Some(widgets::key_hint(key, label(self.scope, effective), self.theme))
        };
        hints(self.scope).filter_map(hint).collect()
    }
}

/// Returns the label of an action in a scope.
fn label(scope: Scope, action: Action) -> &'static str {
    match (scope, action) {
        (Scope::Sheet, Action::NextPane) => "next field",
        (Scope::Commands, Action::Accept) => "run",
        (Scope::Around, Action::Accept) => "search",
        (Scope::Commands | Scope::History | Scope::Groups | Scope::Saved, Action::Down) => "next",
        (Scope::Commands | Scope::History | Scope::Groups | Scope::Saved, Action::Up) => "previous",
        (_, other) => other.label(),
    }
}
