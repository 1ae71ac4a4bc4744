//! What opens over every view: help, queries asked before, queries kept, the period, the meaning of the query.

use jiff::Timestamp;

use super::{App, View};
use crate::keys::Action;
use crate::panes::{
    CommandsPane, HelpPane, HistoryPane, PaneId, PeriodPane, RecordPane, SavedPane,
};
use crate::query::Index;
use crate::session::{Cx, Effect};

impl App {
    /// Opens what an action asks for; false if it asks for nothing of that kind.
    pub(super) fn open_popup(
        &mut self,
        action: Action,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        match action {
            Action::Help => {
                let keys = self.scope();
                self.overlay = Some(Box::new(HelpPane::new(keys, &self.keymap)));
            }
            Action::Commands if self.overlay.is_none() => {
                let commands = CommandsPane::new(self.scope(), &self.keymap);
                self.overlay = Some(Box::new(commands));
            }
            Action::History if self.overlay.is_none() => {
                self.go_to(View::Hunt);
                self.overlay = Some(Box::new(HistoryPane::default()));
                self.focus = PaneId::Query(Index::Process);
            }
            Action::SavedQueries if self.overlay.is_none() => {
                let text = self.panes.query.text().to_owned();
                self.go_to(View::Hunt);
                self.overlay = Some(Box::new(SavedPane::new(&text)));
                self.focus = PaneId::Query(Index::Process);
            }
            Action::Period if self.view.index() == Some(Index::Process) => {
                let cx = Cx::new(&mut self.session, effects, now);
                self.overlay = Some(Box::new(PeriodPane::new(&cx)));
            }
            Action::Period => {
                let mut cx = Cx::new(&mut self.session, effects, now);
                cx.notify("only processes are searched by when their last event was");
            }
            Action::Explain => match self.view.index() {
                Some(index) => {
                    let text = self.panes.editor(index).text().to_owned();
                    let cx = Cx::new(&mut self.session, effects, now);
                    self.overlay = Some(Box::new(RecordPane::of_query(index, &text, &cx)));
                }
                None => Cx::new(&mut self.session, effects, now).notify("there is no query here"),
            },
            _ => return false,
        }
        true
    }
}
