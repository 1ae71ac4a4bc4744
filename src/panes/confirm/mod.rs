//! The confirmation before a change: targets, effects, warnings, requests, and the reason for the audit log.

mod content;
mod draw;
mod inputs;
mod target_count;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ActionResult, AfterInput, MarkedRows, Observables, Pane, PaneHeader, PopupSize, RenderCx, TargetNames, TargetRows,
    TextInput,
    cursor::{self, Step},
    editor::PasteForm,
};
use crate::changes::{self, AlertChange, Change, Disposition, Justification, LoggedChange, Plan};
use crate::keys::{self, Action, Scope};
use crate::model::{AlertId, AlertStatus};
use crate::session::{Cx, Preview, Session};
use crate::text;
use crate::widgets::FieldLayout;
use content::has_warnings;
use inputs::{ConfirmInputs, Focus, InputAreas};

/// The popup in which changes are previewed and confirmed.
pub struct ConfirmPane {
    changes: Vec<Change>,
    /// Lines to show first.
    preface: Vec<String>,
    /// The marked rows that the changes apply to, if some of them are not visible.
    hidden_rows: Option<MarkedRows>,
    target_names: TargetNames,
    /// The logged change that each change undoes; empty if it is no undo.
    undone_changes: Vec<Arc<LoggedChange>>,
    /// The key that opened the popup, which confirms it if pressed again, where one key is enough.
    confirm_key: Option<KeyEvent>,
    /// Open alerts of an ignored report, which may be resolved as false positives too.
    ignorable_alerts: Vec<AlertId>,
    /// The layout and its inputs, cached: with hundreds of targets it is expensive.
    cached_layout: Option<(LayoutKey, ConfirmLines)>,
    has_requested: bool,
    /// Whether the focus was moved to the text that must be typed.
    has_focused_confirmation: bool,
    fields: ConfirmInputs,
    offset: usize,
    n_lines: usize,
    height: usize,
    /// The area and the number of lines in which a line with a target was drawn.
    target_drawn_in: Option<(Rect, usize)>,
    /// The notice that answers are pending, while they are.
    waiting: Option<String>,
}

/// The laid-out lines, and the indices of those on which a target begins.
type ConfirmLines = (FieldLayout<'static>, Vec<usize>);

/// What the lines depend on.
#[derive(Debug, PartialEq)]
struct LayoutKey {
    width: u16,
    justification: Justification,
    n_changes: usize,
    n_impact_lines: usize,
    n_logged: u64,
}

impl ConfirmPane {
    /// Creates the confirmation of changes of one kind, at least one.
    pub fn new(changes: Vec<Change>, session: &Session) -> Self {
        let mut fields = ConfirmInputs::default();
        if let Some(reason) = session.draft_reason_for(&changes) {
            fields.reason.set_text(reason);
        }
        fields.offered_ticket.clone_from(&session.changes.last_ticket);
        Self {
            changes,
            preface: Vec::new(),
            hidden_rows: None,
            target_names: TargetNames::default(),
            undone_changes: Vec::new(),
            confirm_key: None,
            ignorable_alerts: Vec::new(),
            cached_layout: None,
            has_requested: false,
            has_focused_confirmation: false,
            fields,
            offset: 0,
            n_lines: 0,
            height: 1,
            target_drawn_in: None,
            waiting: None,
        }
    }

    /// Lets the key that opened the popup confirm it, if it is about alerts whose status can be restored easily. Not
    /// with a draft reason, which the user has to see first.
    #[must_use]
    pub fn with_confirm_key(mut self, key: Option<KeyEvent>) -> Self {
        if self.needs_no_reason() {
            self.confirm_key = key.filter(|_| self.fields.reason().is_none());
            self.fields.focus = Focus::Cancel;
        }
        self
    }

    /// Adds lines to show first.
    #[must_use]
    pub fn with_preface(mut self, preface: Vec<String>) -> Self {
        self.preface.splice(..0, preface);
        self
    }

    /// Creates the confirmation that undoes logged changes, as far as they have an inverse; `None` if none of them has.
    pub fn undo(logged_changes: &[Arc<LoggedChange>], session: &Session) -> Option<Self> {
        let logged_changes = logged_changes.iter().filter_map(|logged| Some((logged, logged.inverse()?)));
        let (logged_changes, changes): (Vec<_>, Vec<_>) =
            logged_changes.map(|(logged, change)| (logged.clone(), change)).unzip();
        let logged = logged_changes.first()?;
        let time = logged.at.strftime("%Y-%m-%d %H:%M:%SZ");
        let description = match &logged_changes[..] {
            [logged] => format!("{} {}", changes::label(&logged.submitted.verb), logged.name()),
            all => {
                format!("{} actions, first: {} {}", all.len(), changes::label(&logged.submitted.verb), logged.name())
            }
        };
        let mut preface = vec![format!("Undo: {description} ({time} by {})", logged.actor_name())];
        if let Some(reason) = &logged.submitted.reason {
            preface.push(format!("Reason then: {}", text::make_visible(&reason.as_str().into())));
        }
        let mut pane = Self::new(changes, session).with_preface(preface);
        pane.fields.reason.set_text(&format!("undo of {} {} ", changes::label(&logged.submitted.verb), logged.name()));
        if let Some(ticket) = &logged.submitted.ticket {
            pane.fields.ticket.set_text(ticket);
        }
        let targets = logged_changes.iter().filter_map(|logged| {
            let name = logged.submitted.target.name.as_str().into();
            Some(Observables::of_target(logged.change()?.target(), &name))
        });
        pane.target_names = TargetNames::of_rows(&targets.collect::<Vec<_>>());
        pane.undone_changes = logged_changes;
        Some(pane)
    }

    /// Whether there are rows, and none of them is about a target of the changes.
    pub fn is_about_other_rows(&self, observables: &[Observables]) -> bool {
        let targets = self.changes.iter().map(Change::target);
        let matches = |target| observables.iter().map(move |row| row.is_about(&target) == Some(true));
        !observables.is_empty() && !targets.flat_map(matches).any(|is_match| is_match)
    }

    fn verb(&self) -> &'static str {
        self.changes.first().map_or("", Change::label)
    }

    /// Returns the preview, unless it is that of another confirmation.
    fn preview<'s>(&self, session: &'s Session) -> Option<&'s Preview> {
        let preview = session.changes.preview.as_ref()?;
        (preview.changes == self.changes).then_some(preview)
    }

    fn plans<'s>(&self, session: &'s Session) -> Vec<&'s Plan> {
        let preview = self.preview(session);
        preview.map_or_else(Vec::new, |preview| preview.plans().collect())
    }

    fn justification(&self) -> Justification {
        Justification { reason: self.fields.reason(), ticket: self.fields.ticket(), ..Justification::default() }
    }

    /// Returns the logged change that a plan undoes, if there is one.
    fn undone_change(&self, plan: &Plan) -> Option<&Arc<LoggedChange>> {
        let planned = plan.change();
        let at = self.changes.iter().position(|change| *change == planned)?;
        self.undone_changes.get(at)
    }

    /// Whether it only changes the status of alerts, which needs no reason.
    fn needs_no_reason(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.all(|change| matches!(change, Change::Triage(_)) && !change.needs_reason())
    }

    /// Whether open alerts are resolved as false positives too.
    fn includes_alerts(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Triage(_)))
    }

    /// Includes the open alerts of an ignored report, or excludes them.
    fn toggle_alerts(&mut self, cx: &mut Cx<'_>) {
        if self.includes_alerts() {
            self.changes.retain(|change| !matches!(change, Change::Triage(_)));
        } else {
            let disposition = Disposition::Status(AlertStatus::FalsePositive);
            let blocks = AlertChange::batches(&self.ignorable_alerts, &disposition);
            self.changes.extend(blocks.into_iter().map(Change::Triage));
        }
        cx.changes().preview(self.changes.clone());
    }

    /// Returns the optional inputs, which depend on the preview.
    fn focus_places(&self, session: &Session) -> InputAreas {
        InputAreas {
            has_choice: !self.ignorable_alerts.is_empty(),
            has_confirmation: self.confirmation(session).is_some(),
        }
    }

    /// Returns what the lines depend on; `None` while the preview is incomplete.
    fn layout_inputs(&self, width: u16, session: &Session) -> Option<LayoutKey> {
        let preview = self.preview(session)?;
        (preview.n_pending() == 0).then(|| LayoutKey {
            width,
            justification: self.justification(),
            n_changes: self.changes.len(),
            n_impact_lines: preview.impact_lines.len(),
            n_logged: session.changes.history.as_ref().map_or(0, |history| history.log_head.0),
        })
    }

    /// Returns why the changes cannot be confirmed yet.
    fn blocking_reason(&self, session: &Session) -> Option<String> {
        let Some(preview) = self.preview(session) else {
            return Some("cancelled: press Esc and open it again".into());
        };
        let n_pending = preview.n_pending();
        if n_pending > 0 {
            return Some(match n_pending {
                1 => "waiting for 1 answer".into(),
                n => format!("waiting for {n} answers"),
            });
        }
        if self.plans(session).is_empty() {
            // Without its state, it is not known whether there is anything to change.
            let is_unknown = preview.results.iter().flatten().any(Result::is_err);
            return Some(if is_unknown { "the target could not be read" } else { "nothing to change" }.into());
        }
        if self.changes.iter().any(Change::needs_reason) && self.fields.reason().is_none() {
            return Some("a reason is required".into());
        }
        if let Some((noun, expected)) = self.confirmation(session)
            && !self.fields.confirmation_text().eq_ignore_ascii_case(&expected)
        {
            return Some(format!("type the {noun}"));
        }
        let is_unseen = self.target_drawn_in.is_none();
        is_unseen.then(|| "the target is not on the screen: scroll to it first".into())
    }

    /// Saves the reason as a draft. The reason of an undo names its audit entry, and fits no other change.
    fn keep_draft_reason(&self, cx: &mut Cx<'_>) {
        if self.undone_changes.is_empty() {
            cx.changes().set_draft_reason(&self.changes, self.fields.reason());
        }
    }

    /// Returns how to confirm if one key is not enough.
    fn confirm_hint(&self) -> String {
        format!("Tab to [ {} ], Enter to confirm", self.verb())
    }

    fn activate_focused(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        match self.fields.focus {
            Focus::Cancel => ActionResult::Back,
            Focus::Confirm => self.apply_changes(cx),
            Focus::Choice => ActionResult::notify("Space toggles, Tab = next field", cx),
            Focus::Reason | Focus::Ticket | Focus::Confirmation => ActionResult::notify(self.confirm_hint(), cx),
        }
    }

    /// Applies the previewed changes, or warns why they cannot be confirmed yet.
    fn apply_changes(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(reason) = self.blocking_reason(cx.session()) {
            let preview = self.preview(cx.session());
            let is_waiting = preview.is_some_and(|preview| preview.n_pending() > 0);
            self.waiting = is_waiting.then(|| reason.clone());
            cx.warn(reason);
            return ActionResult::Done;
        }
        let plans = self.plans(cx.session()).into_iter().map(|plan| {
            let undone_change = self.undone_change(plan).map(AsRef::as_ref);
            plan.clone().with_undone_change(undone_change)
        });
        let plans = plans.collect();
        cx.notify(format!("{}: sending; Activity (@) shows the result", self.verb()));
        cx.changes().apply_changes(plans, self.justification());
        ActionResult::Applied
    }

    /// Handles characters typed while a button has the focus; they may start the reason.
    fn press_keys(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        let mut chars = text.chars();
        while self.fields.focused_entry().is_none()
            && let Some(char) = chars.next()
        {
            let result = self.press_key(keys::key_of(char), cx);
            if !matches!(result, ActionResult::Done) {
                return result;
            }
        }
        match chars.as_str() {
            "" => ActionResult::Done,
            rest => self.enter_text(TextInput::Typed(rest), cx),
        }
    }

    /// Handles a key pressed while a button has the focus.
    fn press_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) -> ActionResult {
        if self.confirm_key == Some(key) {
            if has_warnings(self, cx.session()) {
                cx.warn(format!("Read the warning. {}", self.confirm_hint()));
                return ActionResult::Done;
            }
            self.fields.focus = Focus::Confirm;
            return self.apply_changes(cx);
        }
        // Typing a character starts the reason.
        if self.confirm_key.is_some() && is_text_key(key) {
            self.confirm_key = None;
            self.fields.focus = Focus::Reason;
            return self.enter_text(TextInput::Key(key), cx);
        }
        if self.fields.focus == Focus::Choice && key.code == KeyCode::Char(' ') {
            self.toggle_alerts(cx);
        } else {
            cx.notify("Not a text field: Enter presses the button, Tab = next field");
        }
        ActionResult::Done
    }
}

/// Whether a key types a character.
fn is_text_key(key: KeyEvent) -> bool {
    let commands = KeyModifiers::CONTROL | KeyModifiers::ALT;
    matches!(key.code, KeyCode::Char(_)) && !key.modifiers.intersects(commands)
}

impl ConfirmPane {
    /// Returns the title.
    fn title(&self, session: &Session) -> Line<'static> {
        let verb = self.verb().to_uppercase();
        let n_targets = self.n_targets();
        let (n, noun) = (self.n_changed(session), self.targets_plural());
        match n_targets {
            1 => verb.into(),
            _ if n == n_targets => format!("{verb} {n} {noun}").into(),
            _ => format!("{verb} {n} of {n_targets} {noun}").into(),
        }
    }

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
        let profile = &session.connection.info.profile;
        text::make_visible(&profile.as_str().into()).into()
    }
}

impl Pane for ConfirmPane {
    fn scope(&self) -> Scope {
        Scope::Sheet
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title(session)).with_status(Self::status(session))
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let places = self.focus_places(cx.session());
        match action {
            Action::Accept => return self.activate_focused(cx),
            Action::NextPane => self.fields.step_focus(Step::Forward, places),
            Action::PreviousPane => self.fields.step_focus(Step::Back, places),
            other => {
                let last = self.n_lines.saturating_sub(self.height);
                return cursor::move_cursor(&mut self.offset, other, self.height, last);
            }
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(entry) = self.fields.focused_entry() {
            entry.enter_text(input, PasteForm::Prose, cx);
            self.keep_draft_reason(cx);
            return ActionResult::Done;
        }
        match input {
            TextInput::Key(key) => self.press_key(key, cx),
            TextInput::Typed(text) => self.press_keys(text, cx),
            TextInput::Pasted(_) => ActionResult::notify("Not pasted: no text is typed here; Tab moves to a field", cx),
        }
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.target_names = rows.names.clone();
        // The key that opened the popup does not confirm rows that are not visible.
        if rows.marked.n_hidden() > 0 {
            self.hidden_rows = Some(rows.marked.clone());
            self.confirm_key = None;
        }
    }

    fn popup_size(&self, _: u16) -> PopupSize {
        PopupSize::Full
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        if !self.has_requested {
            self.has_requested = true;
            cx.changes().preview(self.changes.clone());
        }
        let preview = self.preview(cx.session());
        if preview.is_none_or(|preview| preview.n_pending() == 0)
            && let Some(waiting) = self.waiting.take()
            && let Some(notice) = &cx.session().outbox.notice
            && notice.text == waiting
        {
            cx.outbox().clear_notice();
        }
        let session = cx.session();
        // With many alerts, only their number must be typed.
        if !self.has_focused_confirmation && self.confirm_key.is_some() && self.confirmation(session).is_some() {
            self.has_focused_confirmation = true;
            self.fields.focus = Focus::Confirmation;
        }
        if !self.includes_alerts()
            && let Some(preview) = self.preview(session)
        {
            let lines = preview.impact_lines.iter();
            self.ignorable_alerts = lines.flat_map(|(_, line)| line.alerts.clone()).collect();
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        draw::render(self, frame, area, session, cx.theme);
    }
}
