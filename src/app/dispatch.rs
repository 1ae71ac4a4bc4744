//! Dispatches keys and actions: to the topmost popup, the focused pane, or the app itself.

use crossterm::event::KeyEvent;
use jiff::{Timestamp, ToSpan};

use super::{
    App, Input, View,
    navigation::NextLocation,
    route::{AppAction, FocusAction, OverPopups, PaneAction, Route, route},
    visibility,
};
use crate::keys::{self, Action, Chord, Lookup};
use crate::panes::{ActionResult, ErrorPane, Pane, PaneId, QueryPane, RecordPane, SensorSearchPane, Step, TextInput};
use crate::query::Index;
use crate::session::{Cx, Effect, RunningChange};
use crate::text;
use crate::worker::List;

impl App {
    pub(super) fn key(&mut self, key: KeyEvent, now: Timestamp, effects: &mut Vec<Effect>) {
        let notice = self.session.outbox.notice.as_ref();
        let cut = notice.filter(|_| self.visibility.is_notice_cut);
        self.cut_notice = cut.map(|notice| notice.text.clone());
        self.session.outbox.clear_notice();
        let chord = Chord::from(key);
        let scope = self.scope();
        if self.is_swallowed(key, now, effects) {
            return;
        }
        let is_first = self.pending_chords.is_empty();
        self.pending_chords.push(chord);
        match self.keymap.lookup(scope.lookup_chain(), &self.pending_chords) {
            Lookup::Prefix(_) => {}
            Lookup::Action(action) => {
                self.pending_chords.clear();
                self.pressed_key = is_first.then_some(key);
                self.handle_action(action, now, effects);
                self.pressed_key = None;
            }
            Lookup::None => {
                let typed = std::mem::take(&mut self.pending_chords);
                let is_dropped =
                    !is_first && self.keymap.lookup(scope.lookup_chain(), &[chord]) == Lookup::Action(Action::Back);
                if is_first && scope.takes_text() && self.is_screen_hidden() {
                    self.reject_unseen_target("typing", now, effects);
                } else if is_first && scope.takes_text() {
                    self.enter_text(TextInput::Key(key), now, effects);
                } else if !is_dropped {
                    let text = self.keymap.describe_nearest(scope.lookup_chain(), &typed);
                    self.refused_key = (is_first && self.starts_text_entry(chord)).then_some(chord);
                    Cx::new(&mut self.session, effects, now).notify(text);
                }
            }
        }
    }

    /// Handles characters that arrived together: as one text where text is typed, otherwise one key at a time.
    pub(super) fn type_text(&mut self, text: &str, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut remaining = text;
        while let Some(char) = remaining.chars().next() {
            let is_entry = self.pending_chords.is_empty() && self.scope().takes_text();
            if is_entry && self.refused_key.is_none() && !self.is_screen_hidden() {
                self.session.outbox.clear_notice();
                self.enter_text(TextInput::Typed(remaining), now, &mut effects);
                // Only the views need to update; no other input was handled.
                self.after_input(now, &mut effects);
                break;
            }
            effects.extend(self.handle(Input::Key(keys::key_of(char)), now));
            remaining = &remaining[char.len_utf8()..];
        }
        effects
    }

    /// Explains that nothing accepts pasted text here, and which keys lead to a text field.
    pub(super) fn refuse_paste(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let chain = self.scope().lookup_chain();
        let places = [(Action::EditQuery, "to edit a query"), (Action::Commands, "to follow a link")];
        let places = places.map(|(action, purpose)| {
            let key = self.keymap.hint(chain, action)?;
            Some(format!("{key} {purpose}"))
        });
        let places: Vec<_> = places.into_iter().flatten().collect();
        let mut text = "Not pasted: no text is typed here".to_owned();
        if !places.is_empty() {
            text = format!("{text}; first {}", places.join(", or "));
        }
        Cx::new(&mut self.session, effects, now).notify(text);
    }

    pub(super) fn handle_action(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.is_screen_hidden() && !visibility::is_safe_unseen(action) {
            return self.reject_unseen_target(action.label(), now, effects);
        }
        self.has_refused_quit &= action == Action::Quit;
        let route = route(action);
        if !self.popups.is_empty() {
            let refusal = match route.over_popups() {
                OverPopups::Available => None,
                OverPopups::IsForPopup => return self.dispatch_to_pane(action, now, effects),
                OverPopups::Closes => {
                    self.popups.takes_text().then_some("what was typed could be lost; press Esc first")
                }
                OverPopups::Refused => Some("press Esc first"),
            };
            if let Some(reason) = refusal {
                return Cx::new(&mut self.session, effects, now).notify(format!("{}: {reason}", action.label()));
            }
        }
        match route {
            Route::View(view) => self.enter_view(view, now, effects),
            Route::Popup(popup) => self.open_popup(popup, now, effects),
            Route::Change(change) => self.open_confirmation(change, action.label(), now, effects),
            Route::Undo => self.open_undo(now, effects),
            Route::Alerts(alerts) => self.act_on_alerts(alerts, now, effects),
            Route::Focus(focus) => self.act_on_focus(focus, action, now, effects),
            Route::App(app) => self.act_on_app(app, action, now, effects),
            Route::Pane(pane) => self.act_on_pane(pane, action, now, effects),
        }
    }

    /// Passes typed or pasted text to the focused pane.
    pub(super) fn enter_text(&mut self, input: TextInput<'_>, now: Timestamp, effects: &mut Vec<Effect>) {
        let (pane, session) = self.focused_pane();
        let result = pane.enter_text(input, &mut Cx::new(session, effects, now));
        self.follow(result, now, effects);
    }

    /// Does what the focused pane asks for.
    pub(super) fn follow(&mut self, result: ActionResult, now: Timestamp, effects: &mut Vec<Effect>) {
        match result {
            ActionResult::Ignored | ActionResult::Done => {}
            ActionResult::Navigate(destination) => self.navigate(destination, now, effects),
            ActionResult::SetQuery(index, query) => {
                self.popups.clear();
                self.panes.editor_mut(index).recall(&query);
            }
            ActionResult::Open(popup) => self.popups.open_over(popup),
            ActionResult::OpenForTargets(popup) => self.open_for_targets(popup),
            ActionResult::Close => self.popups.clear(),
            ActionResult::Applied => {
                if let Some(pane) = self.popups.target_pane() {
                    self.panes.get_mut(pane).clear_marks();
                }
                self.popups.clear();
            }
            ActionResult::Back => {
                self.popups.close_top();
            }
            ActionResult::Run(action) => {
                self.popups.clear();
                self.recent_actions.retain(|recent| *recent != action);
                self.recent_actions.insert(0, action);
                // The key that picked the action is not its own.
                self.pressed_key = None;
                self.handle_action(action, now, effects);
            }
        }
    }

    /// Shows the view of a key.
    fn enter_view(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) {
        let location = self.location();
        if view == View::Alerts && matches!(self.view, View::Alerts | View::AlertGroups) {
            // Pressed in a filtered list of alerts, the alerts key shows all of them.
            self.return_to_alert_groups(now, effects);
        } else {
            // Pressed a second time, the key of the facets returns to the hunt.
            let is_back = view == View::Facets && self.view == view;
            let view = self.grouped_view(if is_back { View::Hunt } else { view });
            self.prepare(view, now, effects);
            self.show_view(view);
            // Where nothing was searched yet, there is nothing to do but to type a query.
            if view == View::Binaries && self.session.lists.search(List::Binaries).is_none() {
                self.focus = PaneId::Query(Index::Binary);
            }
        }
        self.push_location(location, NextLocation::Searched);
    }

    fn act_on_focus(&mut self, focus: FocusAction, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        match focus {
            FocusAction::Pane(direction) => self.move_focus(direction),
            FocusAction::Zoom => self.is_zoomed = !self.is_zoomed,
            FocusAction::Ancestors => {
                self.focus = if self.view == View::Process { PaneId::Tree } else { PaneId::Lineage };
                self.dispatch_to_pane(action, now, effects);
            }
        }
    }

    fn act_on_app(&mut self, app: AppAction, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        match app {
            AppAction::Quit => self.quit(now, effects),
            AppAction::Cancel => self.cancel(now, effects),
            AppAction::Suspend => effects.push(Effect::Suspend),
            AppAction::Redraw => effects.push(Effect::Repaint),
            AppAction::Back => self.dismiss_layer(now, effects),
            AppAction::TimeZone => self.show_next_zone(now),
            AppAction::ShowError => self.show_error(now, effects),
            AppAction::EditQuery => self.edit_query(),
            AppAction::Complete if self.has_completions() => self.dispatch_to_pane(action, now, effects),
            AppAction::Complete => self.complete_or_move(now, effects),
            AppAction::Refresh => self.refresh(now, effects),
            AppAction::Navigate(direction) => {
                if !self.navigate_history(direction, now, effects) {
                    let text = match direction {
                        Step::Back => "Nothing to go back to",
                        Step::Forward => "Nothing to go forward to",
                    };
                    Cx::new(&mut self.session, effects, now).notify(text);
                }
            }
        }
    }

    /// Moves to the query of the view, or opens the one of the hunt.
    fn edit_query(&mut self) {
        // Sensors are searched by parts of their names, not by queries.
        if self.view == View::Sensors {
            return self.popups.replace_all(SensorSearchPane::new(&self.session));
        }
        self.popups.clear();
        if self.view.index().is_none() {
            self.show_view(View::Hunt);
        }
        self.focus = PaneId::Query(self.view.index().unwrap_or(Index::Process));
    }

    /// Offers values of the field under the cursor of the query, or moves to the next pane.
    fn complete_or_move(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let is_fetching = self.view.index().is_some_and(|index| {
            let mut cx = Cx::new(&mut self.session, effects, now);
            self.panes.editor_mut(index).fetch_values(&mut cx)
        });
        if !is_fetching {
            self.move_focus(Step::Forward);
        }
    }

    /// Passes an action to the focused pane, if what it requires is given.
    fn act_on_pane(&mut self, pane: PaneAction, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        let needs_target = match pane {
            PaneAction::Any | PaneAction::Move | PaneAction::New => false,
            PaneAction::EditRow | PaneAction::Download => true,
            PaneAction::Search => return self.search_in_pane(action, now, effects),
        };
        if needs_target && !self.is_target_visible(self.focus) {
            return self.reject_unseen_target(action.label(), now, effects);
        }
        match self.form_refusal(pane, action) {
            Some(reason) => Cx::new(&mut self.session, effects, now).notify(reason),
            None => self.dispatch_to_pane(action, now, effects),
        }
    }

    /// Lets the focused pane start another search, and adds the one before it to the history.
    fn search_in_pane(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        let location = self.location();
        self.dispatch_to_pane(action, now, effects);
        // After submitting, the user wants to move among the results.
        if action == Action::Submit && self.has_moved_from(&location) {
            self.focus = self.view.results_pane();
        }
        self.push_location(location, NextLocation::Searched);
    }

    /// Passes an action to the topmost popup, or else to the focused pane.
    fn dispatch_to_pane(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
        let (pane, session) = self.focused_pane();
        let mut cx = Cx::new(session, effects, now);
        let result = pane.handle_action(action, &mut cx);
        if let ActionResult::Ignored = result {
            cx.notify(format!("{} is not available in this pane", action.label()));
            let is_entry = matches!(action, Action::Filter | Action::Commands);
            self.refused_key = self.pressed_key.filter(|_| is_entry).map(Chord::from);
        }
        self.follow(result, now, effects);
    }

    /// Returns why a form must not be opened: its change would be rejected afterwards.
    fn form_refusal(&self, pane: PaneAction, action: Action) -> Option<String> {
        let is_single_row = match pane {
            PaneAction::EditRow => true,
            PaneAction::New => false,
            PaneAction::Any | PaneAction::Move | PaneAction::Download | PaneAction::Search => return None,
        };
        if self.session.connection.info.is_read_only {
            return Some(format!("{}: not possible, the profile is read-only", action.label()));
        }
        let n = self.panes.get(self.focus).n_marked();
        (is_single_row && n > 1)
            .then(|| format!("{}: works on one row, but {n} are marked (Esc clears marks)", action.label()))
    }

    /// Returns whether completions are offered.
    fn has_completions(&self) -> bool {
        self.editor().is_some_and(QueryPane::has_completions)
    }

    /// Closes the menu of completions; returns whether it was open.
    fn dismiss_completions(&mut self) -> bool {
        let index = self.view.index();
        index.is_some_and(|index| self.panes.editor_mut(index).dismiss_completions())
    }

    /// Shows a view and focuses its main pane.
    pub(super) fn show_view(&mut self, view: View) {
        self.popups.clear();
        self.is_zoomed = false;
        if self.view != view || matches!(self.focus, PaneId::Query(_)) {
            self.view = view;
            self.focus = view.main();
        }
    }

    fn move_focus(&mut self, direction: Step) {
        // The query editor is skipped, since letters would be typed into it; it has a key of its own.
        let panes: Vec<_> = self.view.panes().map(|(id, _)| id).collect();
        let at = panes.iter().position(|id| *id == self.focus);
        let next = match (at, direction) {
            (Some(at), step) => step.in_ring(at, panes.len()),
            (None, Step::Forward) => 0,
            (None, Step::Back) => panes.len() - 1,
        };
        self.focus = panes[next];
        self.dismiss_completions();
    }

    /// Closes the topmost layer: a popup, or a view that was opened from another one. Quits if there is none, after a
    /// warning if something would be lost.
    fn quit(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.popups.close_top() {
            return;
        }
        if self.is_zoomed {
            self.is_zoomed = false;
            return;
        }
        if self.view == View::Facets {
            return self.show_view(View::Hunt);
        }
        if self.history.was_drilled_into() {
            self.navigate_history(Step::Back, now, effects);
            return;
        }
        let back_hint = || {
            let text = "[ = back in history";
            self.history.can_go_back().then(|| text.to_owned())
        };
        let pending = || match self.session.n_pending_changes() {
            0 => None,
            n => Some(text::pluralize(n, "action is pending", "actions are pending")),
        };
        let unfinished = self.session.describe_unfinished();
        match unfinished.or_else(pending).or_else(back_hint) {
            Some(warning) if !self.has_refused_quit => {
                self.has_refused_quit = true;
                let text = format!("{warning}. Press q again to quit");
                Cx::new(&mut self.session, effects, now).warn(text);
            }
            _ => effects.push(Effect::Quit),
        }
    }

    /// Closes one layer: popup, completions, entry, filter, marks, zoom, pane, or the view opened last. Never quits.
    fn dismiss_layer(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if let Some(popup) = self.popups.top_mut() {
            if popup.dismiss_layer().is_none() {
                self.popups.close_top();
            }
            return;
        }
        if self.dismiss_completions() {
            return;
        }
        if let Some(layer) = self.panes.get_mut(self.focus).dismiss_layer() {
            let text = format!("Cleared the {layer}");
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        if self.is_zoomed {
            self.is_zoomed = false;
        } else if let PaneId::Query(_) = self.focus {
            self.focus = self.view.results_pane();
        } else if self.focus != self.view.main() {
            self.focus = self.view.main();
        } else if self.view == View::Facets {
            self.show_view(View::Hunt);
        } else if self.history.was_drilled_into() {
            self.navigate_history(Step::Back, now, effects);
        } else {
            let mut cx = Cx::new(&mut self.session, effects, now);
            cx.notify(match (self.view, self.history.can_go_back()) {
                (View::Alerts, true) => "Nothing to close. 3 = alert queue, [ = back, q = quit",
                (_, true) => "Nothing to close. [ = back, q = quit",
                (_, false) => "Nothing to close. q = quit",
            });
        }
    }

    /// Shows times in the next time zone.
    fn show_next_zone(&mut self, now: Timestamp) {
        let connection = &mut self.session.connection;
        let text = if connection.next_zone() {
            format!("Times are shown in {}", connection.zone.label(now))
        } else {
            "Only UTC available. Set host_zone in the profile for host time".to_owned()
        };
        self.session.outbox.notify(text);
    }

    /// Cancels pending requests; pressed twice within a second, quits.
    fn cancel(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let is_second =
            self.canceled_at.is_some_and(|at| now.duration_since(at) <= 1.second().try_into().unwrap_or_default());
        if is_second {
            effects.push(Effect::Quit);
            return;
        }
        self.canceled_at = Some(now);
        let mut cx = Cx::new(&mut self.session, effects, now);
        if cx.requests().cancel_all() {
            cx.notify("Request cancelled. ^c again to quit");
        } else if cx.session().changes.running.iter().any(RunningChange::is_in_flight) {
            cx.notify("The action was already sent and cannot be cancelled; see Activity (@). ^c again to quit");
        } else {
            cx.notify("No request running. ^c again to quit");
        }
    }

    /// Shows a text in full: a cut notice, else an error, else the problems of the query, else the last message.
    fn show_error(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let start_warnings = std::mem::take(&mut self.session.outbox.start_warnings);
        if !start_warnings.is_empty() {
            let last = self.session.outbox.last_warning.clone();
            let last = last.filter(|text| !start_warnings.contains(text));
            let warnings: Vec<_> = start_warnings.into_iter().chain(last).collect();
            // A single warning is the last warning, which is shown below.
            if warnings.len() > 1 {
                self.popups.show_text(RecordPane::of_warnings(warnings.into_iter()));
                return;
            }
        }
        if let Some(text) = self.cut_notice.take() {
            self.popups.show_text(RecordPane::of_message(&text));
            return;
        }
        let shown =
            std::iter::once(self.focus).chain(self.view.pane_ids()).map(|id| -> &dyn Pane { self.panes.get(id) });
        let mut errors = self
            .popups
            .top()
            .into_iter()
            .chain(shown)
            .flat_map(|pane| pane.header(&self.session).slots)
            .filter_map(|slot| self.session.error(*slot).map(|error| (*slot, error.clone())));
        let failure = errors.next().or_else(|| {
            let slot = crate::worker::Slot::ServerInfo;
            self.session.error(slot).map(|error| (slot, error.clone()))
        });
        drop(errors);
        if let Some((slot, error)) = failure {
            self.popups.show_text(ErrorPane::new(slot, error));
            return;
        }
        let problems = self.editor().map_or_else(Vec::new, QueryPane::describe_problems);
        if !problems.is_empty() && self.popups.is_empty() {
            self.popups.show_text(RecordPane::of_problems(problems));
        } else if let Some(text) = &self.session.outbox.last_warning {
            self.popups.show_text(RecordPane::of_warning(text));
        } else if let Some(text) = &self.session.outbox.last_notice {
            self.popups.show_text(RecordPane::of_message(text));
        } else {
            Cx::new(&mut self.session, effects, now).notify("No error to show");
        }
    }
}
