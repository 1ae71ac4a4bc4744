//! The sheet before a deed: what it will do and to what, what speaks against it, exactly what is sent, and why it is done.

mod content;
mod draw;
mod inputs;
mod target_count;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Frame, layout::Rect, text::Line};

use super::{MarkedRows, Observables, Pane, PaneId, RenderCx, TargetNames, cursor};
use crate::changes::{self, AlertChange, Change, Disposition, Justification, LoggedChange, Plan};
use crate::keys::{self, Action, Scope};
use crate::model::{AlertId, AlertStatus};
use crate::session::{Cx, Preview, Session};
use crate::text;
use crate::widgets::FieldLayout;
use content::has_warnings;
use inputs::{ConfirmInputs, Focus, InputAreas};

/// The overlay in which deeds are looked at and confirmed.
pub struct ConfirmPane {
    changes: Vec<Change>,
    /// What is to be said before anything else.
    preface: Vec<String>,
    /// The marked rows it is about, if some of them cannot be seen.
    hidden_rows: Option<MarkedRows>,
    target_names: TargetNames,
    /// The form that it was written in.
    form: Option<Box<dyn Pane>>,
    /// What is taken back, by each of the deeds; nothing if nothing is.
    undone_changes: Vec<Arc<LoggedChange>>,
    /// The key that opened it, which once more does it, where that is enough.
    confirm_key: Option<KeyEvent>,
    /// Open alerts of what is ignored, which may be called false positives with it.
    ignorable_alerts: Vec<AlertId>,
    /// How it stands on the screen, and what that depends on: of hundreds of targets that is not found out for every key.
    cached_layout: Option<(LayoutKey, ConfirmLines)>,
    has_requested: bool,
    /// Whether one was led to what must be typed.
    has_focused_confirmation: bool,
    fields: ConfirmInputs,
    offset: usize,
    n_lines: usize,
    height: usize,
    /// In which area, and among how many lines, a line of a target has been drawn.
    target_drawn_in: Option<(Rect, usize)>,
    is_done: bool,
    /// The notice that answers are awaited, while they are.
    waiting: Option<String>,
}

/// The lines of a sheet, and those on which a target begins.
type ConfirmLines = (FieldLayout<'static>, Vec<usize>);

/// What the lines of a sheet depend on.
#[derive(Debug, PartialEq)]
struct LayoutKey {
    width: u16,
    justification: Justification,
    n_changes: usize,
    n_impact_lines: usize,
    n_logged: u64,
}

impl ConfirmPane {
    /// Looks at deeds of one kind, of which there is at least one.
    pub fn new(deeds: Vec<Change>, session: &Session) -> Self {
        let mut fields = ConfirmInputs::default();
        if let Some(reason) = session.draft_reason_for(&deeds) {
            fields.reason.set_text(reason);
        }
        fields.offered_ticket.clone_from(&session.changes.last_ticket);
        Self {
            changes: deeds,
            preface: Vec::new(),
            hidden_rows: None,
            target_names: TargetNames::default(),
            form: None,
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
            is_done: false,
            waiting: None,
        }
    }

    /// The same, done by the key that opened it once more, if it is about alerts that can be put back at once. A reason
    /// that was typed before is offered only: the key does not send it.
    #[must_use]
    pub fn with_confirm_key(mut self, key: Option<KeyEvent>) -> Self {
        if self.needs_no_reason() {
            self.confirm_key = key.filter(|_| self.fields.reason().is_none());
            self.fields.focus = Focus::Cancel;
        }
        self
    }

    /// The same with something to be said first.
    #[must_use]
    pub fn with_preface(mut self, preface: Vec<String>) -> Self {
        self.preface.splice(..0, preface);
        self
    }

    /// The same, with the marked rows it is about, if some of them cannot be seen.
    #[must_use]
    pub fn with_hidden_rows(mut self, marked: &MarkedRows) -> Self {
        self.set_hidden_rows(marked);
        self
    }

    /// The same, with what the rows it is about call its targets.
    #[must_use]
    pub fn with_target_names(mut self, names: &TargetNames) -> Self {
        self.set_target_names(names);
        self
    }

    /// The same, above the form that it was written in.
    #[must_use]
    pub fn with_form(mut self, form: Box<dyn Pane>) -> Self {
        self.form = Some(form);
        self
    }

    /// Looks at what takes back deeds that were done together, as far as anything does; nothing if nothing does.
    pub fn undo(acts: &[Arc<LoggedChange>], session: &Session) -> Option<Self> {
        let acts = acts.iter().filter_map(|act| Some((act, act.inverse()?)));
        let (acts, deeds): (Vec<_>, Vec<_>) = acts.map(|(act, deed)| (act.clone(), deed)).unzip();
        let act = acts.first()?;
        let at = act.at.strftime("%Y-%m-%d %H:%M:%SZ");
        let what = match &acts[..] {
            [act] => format!("{} {}", changes::label(&act.submitted.deed), act.name()),
            all => format!("{} actions, first: {} {}", all.len(), changes::label(&act.submitted.deed), act.name()),
        };
        let mut preface = vec![format!("Undo: {what} ({at} by {})", act.actor_name())];
        if let Some(reason) = &act.submitted.reason {
            preface.push(format!("Reason then: {}", text::make_visible(&reason.as_str().into())));
        }
        let mut pane = Self::new(deeds, session).with_preface(preface);
        pane.fields.reason.set_text(&format!("undo of {} {} ", changes::label(&act.submitted.deed), act.name()));
        if let Some(ticket) = &act.submitted.ticket {
            pane.fields.ticket.set_text(ticket);
        }
        pane.undone_changes = acts;
        Some(pane)
    }

    /// Whether every row of `clues` is of another thing than each target.
    pub fn is_about_other_rows(&self, clues: &[Observables]) -> bool {
        let targets = self.changes.iter().map(Change::target);
        let is_of = |target| clues.iter().map(move |row| row.is_about(&target) == Some(true));
        !clues.is_empty() && !targets.flat_map(is_of).any(|is| is)
    }

    fn verb(&self) -> &'static str {
        self.changes.first().map_or("", Change::label)
    }

    /// What is known of it. The preview of another sheet is none of this one's.
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

    /// What a plan takes back, if it does.
    fn undone_change(&self, plan: &Plan) -> Option<&Arc<LoggedChange>> {
        let at = self.changes.iter().position(|deed| *deed == plan.change)?;
        self.undone_changes.get(at)
    }

    /// Whether it only says how far somebody has looked at alerts.
    fn needs_no_reason(&self) -> bool {
        let mut deeds = self.changes.iter();
        deeds.all(|deed| matches!(deed, Change::Triage(_)) && !deed.needs_reason())
    }

    /// Whether the open alerts of what is ignored are called false positives with it.
    fn includes_alerts(&self) -> bool {
        self.changes.iter().any(|deed| matches!(deed, Change::Triage(_)))
    }

    /// Takes the open alerts of what is ignored with it, or no longer.
    fn toggle_alerts(&mut self, cx: &mut Cx<'_>) {
        if self.includes_alerts() {
            self.changes.retain(|deed| !matches!(deed, Change::Triage(_)));
        } else {
            let to = Disposition::Status(AlertStatus::FalsePositive);
            let blocks = AlertChange::batches(&self.ignorable_alerts, &to);
            self.changes.extend(blocks.into_iter().map(Change::Triage));
        }
        cx.preview(self.changes.clone());
    }

    /// Where one is when more is known than at first.
    fn focus_places(&self, session: &Session) -> InputAreas {
        InputAreas {
            has_choice: !self.ignorable_alerts.is_empty(),
            has_confirmation: self.confirmation(session).is_some(),
        }
    }

    /// What its lines depend on; nothing while more becomes known.
    fn layout_inputs(&self, width: u16, session: &Session) -> Option<LayoutKey> {
        let preview = self.preview(session)?;
        (preview.n_pending() == 0).then(|| LayoutKey {
            width,
            justification: self.justification(),
            n_changes: self.changes.len(),
            n_impact_lines: preview.impact_lines.len(),
            n_logged: session.changes.history.as_ref().map_or(0, |journal| journal.log_head.0),
        })
    }

    /// Why it cannot be done yet.
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
            return Some("nothing to change".into());
        }
        if self.changes.iter().any(Change::needs_reason) && self.fields.reason().is_none() {
            return Some("a reason is required".into());
        }
        let wanted = self.confirmation(session);
        let untyped = wanted.filter(|(_, wanted)| {
            let typed = self.fields.confirmation_text();
            !typed.eq_ignore_ascii_case(wanted)
        });
        if let Some((what, _)) = untyped {
            return Some(format!("type the {what}"));
        }
        let is_unseen = self.target_drawn_in.is_none();
        is_unseen.then(|| "the target is not on the screen: scroll to it first".into())
    }

    /// The reason is not typed twice. That of an undo names its line, and fits nothing else.
    fn keep_draft_reason(&self, cx: &mut Cx<'_>) {
        if self.undone_changes.is_empty() {
            cx.set_draft_reason(&self.changes, self.fields.reason());
        }
    }

    /// How it is confirmed where one key does not do.
    fn confirm_hint(&self) -> String {
        format!("Tab to [ {} ], Enter to confirm", self.verb())
    }

    fn activate_focused(&mut self, cx: &mut Cx<'_>) {
        match self.fields.focus {
            Focus::Cancel => self.is_done = true,
            Focus::Confirm => {
                if let Some(trouble) = self.blocking_reason(cx.session()) {
                    let preview = self.preview(cx.session());
                    let is_waiting = preview.is_some_and(|preview| preview.n_pending() > 0);
                    self.waiting = is_waiting.then(|| trouble.clone());
                    return cx.warn(trouble);
                }
                let plans = self.plans(cx.session()).into_iter();
                let plans = plans.map(|plan| {
                    let undoes = self.undone_change(plan).map(|act| act.line);
                    plan.clone().with_undone_line(undoes)
                });
                let plans = plans.collect();
                cx.notify(format!("{}: sending; Activity (@) shows the result", self.verb()));
                cx.apply_changes(plans, self.justification());
                self.form = None;
                self.is_done = true;
            }
            Focus::Choice => cx.notify("Space toggles, Tab = next field"),
            Focus::Reason | Focus::Ticket | Focus::Confirmation => {
                cx.notify(self.confirm_hint());
            }
        }
    }
}

/// Whether a key types something.
fn is_text_key(key: KeyEvent) -> bool {
    let commands = KeyModifiers::CONTROL | KeyModifiers::ALT;
    matches!(key.code, KeyCode::Char(_)) && !key.modifiers.intersects(commands)
}

impl Pane for ConfirmPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Sheet
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let verb = self.verb().to_uppercase();
        let wanted = self.n_targets();
        let (n, what) = (self.n_changed(session), self.targets_noun());
        match wanted {
            1 => verb.into(),
            _ if n == wanted => format!("{verb} {n} {what}").into(),
            _ => format!("{verb} {n} of {wanted} {what}").into(),
        }
    }

    fn status_line(&self, session: &Session) -> Line<'static> {
        let profile = &session.connection.info.profile;
        text::make_visible(&profile.as_str().into()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let places = self.focus_places(cx.session());
        match action {
            Action::Accept => self.activate_focused(cx),
            Action::NextPane => self.fields.step_focus(true, places),
            Action::PreviousPane => self.fields.step_focus(false, places),
            other => {
                let last = self.n_lines.saturating_sub(self.height);
                let Some(to) = cursor::new_cursor(other, self.offset, self.height, last) else {
                    return false;
                };
                self.offset = to;
            }
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        let is_choice = self.fields.focus == Focus::Choice;
        let is_again = self.confirm_key == Some(key);
        let is_warned = is_again && has_warnings(self, cx.session());
        match self.fields.focused_entry() {
            Some(entry) => {
                entry.type_key(key, cx);
                self.keep_draft_reason(cx);
            }
            None if is_warned => {
                cx.warn(format!("Read the warning. {}", self.confirm_hint()));
            }
            None if is_again => {
                self.fields.focus = Focus::Confirm;
                self.activate_focused(cx);
            }
            // Whoever begins to write says why.
            None if self.confirm_key.is_some() && is_text_key(key) => {
                self.confirm_key = None;
                self.fields.focus = Focus::Reason;
                self.type_key(key, cx);
            }
            None if is_choice && key.code == KeyCode::Char(' ') => self.toggle_alerts(cx),
            None => cx.notify("Not a text field: Enter presses the button, Tab = next field"),
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        let mut rest = text;
        // What is typed where nothing is written may begin the reason.
        while self.fields.focused_entry().is_none()
            && let Some(char) = rest.chars().next()
        {
            rest = &rest[char.len_utf8()..];
            self.type_key(keys::key_of(char), cx);
        }
        if let Some(entry) = self.fields.focused_entry()
            && !rest.is_empty()
        {
            entry.type_text(rest, cx);
            self.keep_draft_reason(cx);
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        match self.fields.focused_entry() {
            Some(entry) => {
                entry.paste_plain(text, cx);
                self.keep_draft_reason(cx);
            }
            None => cx.notify("Not pasted: no text is typed here; Tab moves to a field"),
        }
    }

    // The key that opened it confirms only what the user has seen.
    fn set_hidden_rows(&mut self, marked: &MarkedRows) {
        if marked.n_hidden() > 0 {
            self.hidden_rows = Some(marked.clone());
            self.confirm_key = None;
        }
    }

    fn set_target_names(&mut self, names: &TargetNames) {
        self.target_names = names.clone();
    }

    fn wants_full_area(&self) -> bool {
        true
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        if !self.has_requested {
            self.has_requested = true;
            cx.preview(self.changes.clone());
        }
        let preview = self.preview(cx.session());
        if preview.is_none_or(|preview| preview.n_pending() == 0)
            && let Some(waiting) = self.waiting.take()
            && let Some(notice) = &cx.session().outbox.notice
            && notice.text == waiting
        {
            cx.clear_notice();
        }
        let session = cx.session();
        // Of many alerts their number is typed, and nothing else need be.
        if !self.has_focused_confirmation && self.confirm_key.is_some() && self.confirmation(session).is_some() {
            self.has_focused_confirmation = true;
            self.fields.focus = Focus::Confirmation;
        }
        if !self.includes_alerts()
            && let Some(preview) = self.preview(session)
        {
            let facts = preview.impact_lines.iter();
            self.ignorable_alerts = facts.flat_map(|(_, fact)| fact.alerts.clone()).collect();
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    // Whoever cancels wants to write it otherwise.
    fn next_overlay(&mut self) -> Option<Box<dyn Pane>> {
        self.overlay_below()
    }

    fn overlay_below(&mut self) -> Option<Box<dyn Pane>> {
        self.form.take()
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        draw::render(self, frame, area, session, look.theme);
    }
}
