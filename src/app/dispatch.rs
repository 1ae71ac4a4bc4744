//! From a key to what is done: overlay first, then the focused pane, then what works everywhere.

use crossterm::event::KeyEvent;
use jiff::{Timestamp, ToSpan};

use super::App;
use crate::keys::{Action, Chord, Lookup};
use crate::panes::{FailurePane, HelpPane, HistoryPane, Pane, PaneId};
use crate::session::{Cx, Effect};

/// The panes in the order of the tab key.
const ORDER: [PaneId; 4] = [
    PaneId::Query,
    PaneId::Results,
    PaneId::Lineage,
    PaneId::Sensor,
];

impl App {
    pub(super) fn key(&mut self, key: KeyEvent, now: Timestamp, effects: &mut Vec<Effect>) {
        Cx::new(&mut self.session, effects, now).dismiss();
        let chord = Chord::from(key);
        let scope = self.scope();
        let is_first = self.typed.is_empty();
        self.typed.push(chord);
        match self.keymap.lookup(scope.chain(), &self.typed) {
            Lookup::Prefix(_) => {}
            Lookup::Action(action) => {
                self.typed.clear();
                self.act(action, now, effects);
            }
            Lookup::None => {
                let typed = std::mem::take(&mut self.typed);
                let is_dropped = !is_first
                    && self.keymap.lookup(scope.chain(), &[chord]) == Lookup::Action(Action::Back);
                if is_first && scope.takes_text() {
                    self.type_key(key, now, effects);
                } else if !is_dropped {
                    let text = self.keymap.nearest(scope.chain(), &typed);
                    Cx::new(&mut self.session, effects, now).notify(text);
                }
            }
        }
    }

    fn type_key(&mut self, key: KeyEvent, now: Timestamp, effects: &mut Vec<Effect>) {
        let (pane, session) = self.focused();
        pane.type_key(key, &mut Cx::new(session, effects, now));
    }

    fn act(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        match action {
            Action::Quit if self.overlay.is_some() => self.overlay = None,
            Action::Quit => effects.push(Effect::Quit),
            Action::Cancel => self.cancel(now, effects),
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Redraw => effects.push(Effect::Repaint),
            Action::Back => self.back(now, effects),
            Action::Help => {
                let keys = self.scope();
                self.overlay = Some(Box::new(HelpPane::new(keys, &self.keymap)));
            }
            Action::History if self.overlay.is_none() => {
                self.overlay = Some(Box::new(HistoryPane::default()));
                self.focus = PaneId::Query;
            }
            Action::ShowError => self.show_error(now, effects),
            Action::EditQuery => {
                self.overlay = None;
                self.focus = PaneId::Query;
            }
            // Tab completes while a completion is offered, and goes on otherwise.
            Action::Complete if !self.query.is_offering() => {
                self.step(1);
            }
            Action::NextPane if self.overlay.is_none() => self.step(1),
            Action::PreviousPane if self.overlay.is_none() => self.step(ORDER.len() - 1),
            Action::Zoom if self.overlay.is_none() => self.is_zoomed = !self.is_zoomed,
            Action::Refresh => {
                // Whoever tries again wants to see what comes of it.
                self.overlay = None;
                let window = self.results.window();
                let mut cx = Cx::new(&mut self.session, effects, now);
                cx.retry();
                cx.refresh(&window);
            }
            Action::Open if self.overlay.is_none() && self.focus == PaneId::Results => {
                self.focus = PaneId::Lineage;
            }
            Action::GoParent | Action::GoRoot if self.overlay.is_none() => {
                self.focus = PaneId::Lineage;
                self.lineage
                    .act(action, &mut Cx::new(&mut self.session, effects, now));
            }
            _ => {
                let (pane, session) = self.focused();
                let mut cx = Cx::new(session, effects, now);
                if !pane.act(action, &mut cx) {
                    cx.notify(format!("{} means nothing here", action.label()));
                }
            }
        }
    }

    fn step(&mut self, by: usize) {
        let at = ORDER.iter().position(|id| *id == self.focus).unwrap_or(0);
        self.focus = ORDER[(at + by) % ORDER.len()];
        self.query.withdraw();
    }

    /// Takes one layer away: overlay, completion, editor, zoom. Never the program.
    fn back(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.overlay.take().is_some() || self.query.withdraw() {
            return;
        }
        if self.is_zoomed {
            self.is_zoomed = false;
        } else if self.focus != PaneId::Results {
            self.focus = PaneId::Results;
        } else {
            Cx::new(&mut self.session, effects, now).notify("nothing to go back from; q quits");
        }
    }

    /// Gives up what is awaited. Twice within a second leaves.
    fn cancel(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let is_second = self
            .canceled_at
            .is_some_and(|at| now.duration_since(at) <= 1.second().try_into().unwrap_or_default());
        if is_second {
            effects.push(Effect::Quit);
            return;
        }
        self.canceled_at = Some(now);
        let mut cx = Cx::new(&mut self.session, effects, now);
        if cx.cancel_all() {
            cx.notify("canceled what was on its way; again within a second quits");
        } else {
            cx.notify("nothing is on its way; again within a second quits");
        }
    }

    fn show_error(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let panes: [&dyn Pane; 3] = [&self.results, &self.lineage, &self.sensor];
        let focused = panes.iter().filter(|pane| pane.id() == self.focus);
        let mut errors = focused
            .chain(&panes)
            .flat_map(|pane| pane.slots())
            .filter_map(|slot| {
                self.session
                    .error(*slot)
                    .map(|error| (*slot, error.clone()))
            });
        let found = errors.next().or_else(|| {
            let slot = crate::worker::Slot::Info;
            self.session.error(slot).map(|error| (slot, error.clone()))
        });
        drop(errors);
        match found {
            Some((slot, error)) => self.overlay = Some(Box::new(FailurePane::new(slot, error))),
            None => Cx::new(&mut self.session, effects, now).notify("no error to show"),
        }
    }
}
