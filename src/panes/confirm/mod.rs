//! The sheet before a deed: what it will do and to what, what speaks against it, exactly what is sent, and why it is done.

mod content;
mod draw;
mod inputs;
mod target_count;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Frame, layout::Rect, text::Line};

use super::{Clues, FormPane, Look, MarkedRows, Pane, PaneId, cursor};
use crate::changes::{self, Act, Deed, Grounds, Plan, Triage, Verdict};
use crate::keys::{self, Action, Scope};
use crate::model::{AlertId, AlertStatus};
use crate::session::{Cx, Preview, Session};
use crate::text;
use crate::widgets::Laid;
use content::has_warnings;
use inputs::{Fields, Focus, Places};

/// The overlay in which deeds are looked at and confirmed.
#[derive(Debug)]
pub struct SheetPane {
    deeds: Vec<Deed>,
    /// What is to be said before anything else.
    preface: Vec<String>,
    /// The marked rows it is about, if some of them cannot be seen.
    marked: Option<MarkedRows>,
    /// The form that it was written in.
    form: Option<Box<FormPane>>,
    /// What is taken back, by each of the deeds; nothing if nothing is.
    undone: Vec<Arc<Act>>,
    /// The key that opened it, which once more does it, where that is enough.
    again: Option<KeyEvent>,
    /// Open alerts of what is ignored, which may be called false positives with it.
    alerts: Vec<AlertId>,
    /// How it stands on the screen, and what that depends on: of hundreds of targets that is not found out for every key.
    laid: Option<(Depends, Lines)>,
    has_asked: bool,
    /// Whether one was led to what must be typed.
    is_led: bool,
    fields: Fields,
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
type Lines = (Laid<'static>, Vec<usize>);

/// What the lines of a sheet depend on.
#[derive(Debug, PartialEq)]
struct Depends {
    width: u16,
    grounds: Grounds,
    n_deeds: usize,
    n_facts: usize,
    n_logged: u64,
}

impl SheetPane {
    /// Looks at deeds of one kind, of which there is at least one.
    pub fn new(deeds: Vec<Deed>, session: &Session) -> Self {
        let mut fields = Fields::default();
        if let Some(reason) = session.reason_for(&deeds) {
            fields.reason.set(reason);
        }
        fields.offered_ticket.clone_from(&session.last_ticket);
        Self {
            deeds,
            preface: Vec::new(),
            marked: None,
            form: None,
            undone: Vec::new(),
            again: None,
            alerts: Vec::new(),
            laid: None,
            has_asked: false,
            is_led: false,
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
    pub fn done_by(mut self, key: Option<KeyEvent>) -> Self {
        if self.is_light() {
            self.again = key.filter(|_| self.fields.reason().is_none());
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
    pub fn about(mut self, marked: &MarkedRows) -> Self {
        self.name_hidden(marked);
        self
    }

    /// The same, above the form that it was written in.
    #[must_use]
    pub fn above(mut self, form: FormPane) -> Self {
        self.form = Some(Box::new(form));
        self
    }

    /// Looks at what takes back deeds that were done together, as far as anything does; nothing if nothing does.
    pub fn undoing(acts: &[Arc<Act>], session: &Session) -> Option<Self> {
        let acts = acts.iter().filter_map(|act| Some((act, act.undo()?)));
        let (acts, deeds): (Vec<_>, Vec<_>) = acts.map(|(act, deed)| (act.clone(), deed)).unzip();
        let act = acts.first()?;
        let at = act.at.strftime("%Y-%m-%d %H:%M:%SZ");
        let what = match &acts[..] {
            [act] => format!("{} {}", changes::label(&act.sending.deed), act.name()),
            all => format!("{} actions, first: {} {}", all.len(), changes::label(&act.sending.deed), act.name()),
        };
        let mut preface = vec![format!("Undo: {what} ({at} by {})", act.who())];
        if let Some(reason) = &act.sending.reason {
            preface.push(format!("Reason then: {}", text::visible(&reason.as_str().into())));
        }
        let mut pane = Self::new(deeds, session).with_preface(preface);
        pane.fields.reason.set(&format!("undo of {} {} ", changes::label(&act.sending.deed), act.name()));
        if let Some(ticket) = &act.sending.ticket {
            pane.fields.ticket.set(ticket);
        }
        pane.undone = acts;
        Some(pane)
    }

    /// Whether every row of `clues` is of another thing than each target.
    pub fn is_about_others(&self, clues: &[Clues]) -> bool {
        let targets = self.deeds.iter().map(Deed::target);
        let is_of = |target| clues.iter().map(move |row| row.names(&target) == Some(true));
        !clues.is_empty() && !targets.flat_map(is_of).any(|is| is)
    }

    fn verb(&self) -> &'static str {
        self.deeds.first().map_or("", Deed::label)
    }

    /// What is known of it. The preview of another sheet is none of this one's.
    fn preview<'s>(&self, session: &'s Session) -> Option<&'s Preview> {
        let preview = session.preview.as_ref()?;
        (preview.deeds == self.deeds).then_some(preview)
    }

    fn plans<'s>(&self, session: &'s Session) -> Vec<&'s Plan> {
        let preview = self.preview(session);
        preview.map_or_else(Vec::new, |preview| preview.plans().collect())
    }

    fn grounds(&self) -> Grounds {
        Grounds { reason: self.fields.reason(), ticket: self.fields.ticket(), ..Grounds::default() }
    }

    /// What a plan takes back, if it does.
    fn undone_by(&self, plan: &Plan) -> Option<&Arc<Act>> {
        let at = self.deeds.iter().position(|deed| *deed == plan.deed)?;
        self.undone.get(at)
    }

    /// Whether it only says how far somebody has looked at alerts.
    fn is_light(&self) -> bool {
        let mut deeds = self.deeds.iter();
        deeds.all(|deed| matches!(deed, Deed::Triage(_)) && !deed.needs_reason())
    }

    /// Whether the open alerts of what is ignored are called false positives with it.
    fn takes_alerts(&self) -> bool {
        self.deeds.iter().any(|deed| matches!(deed, Deed::Triage(_)))
    }

    /// Takes the open alerts of what is ignored with it, or no longer.
    fn turn_alerts(&mut self, cx: &mut Cx<'_>) {
        if self.takes_alerts() {
            self.deeds.retain(|deed| !matches!(deed, Deed::Triage(_)));
        } else {
            let to = Verdict::Status(AlertStatus::FalsePositive);
            let blocks = Triage::blocks(&self.alerts, &to);
            self.deeds.extend(blocks.into_iter().map(Deed::Triage));
        }
        cx.preview(self.deeds.clone());
    }

    /// Where one is when more is known than at first.
    fn places(&self, session: &Session) -> Places {
        Places { has_choice: !self.alerts.is_empty(), has_typed: self.wanted(session).is_some() }
    }

    /// What its lines depend on; nothing while more becomes known.
    fn state_of(&self, width: u16, session: &Session) -> Option<Depends> {
        let preview = self.preview(session)?;
        (preview.n_pending() == 0).then(|| Depends {
            width,
            grounds: self.grounds(),
            n_deeds: self.deeds.len(),
            n_facts: preview.facts.len(),
            n_logged: session.journal.as_ref().map_or(0, |journal| journal.head.0),
        })
    }

    /// Why it cannot be done yet.
    fn trouble(&self, session: &Session) -> Option<String> {
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
        if self.deeds.iter().any(Deed::needs_reason) && self.fields.reason().is_none() {
            return Some("a reason is required".into());
        }
        let wanted = self.wanted(session);
        let untyped = wanted.filter(|(_, wanted)| {
            let typed = self.fields.typed();
            !typed.eq_ignore_ascii_case(wanted)
        });
        if let Some((what, _)) = untyped {
            return Some(format!("type the {what}"));
        }
        let is_unseen = self.target_drawn_in.is_none();
        is_unseen.then(|| "the target is not on the screen: scroll to it first".into())
    }

    /// The reason is not typed twice. That of an undo names its line, and fits nothing else.
    fn keep_reason(&self, cx: &mut Cx<'_>) {
        if self.undone.is_empty() {
            cx.keep_reason(&self.deeds, self.fields.reason());
        }
    }

    /// How it is confirmed where one key does not do.
    fn way_to_confirm(&self) -> String {
        format!("Tab to [ {} ], Enter to confirm", self.verb())
    }

    fn confirm(&mut self, cx: &mut Cx<'_>) {
        match self.fields.focus {
            Focus::Cancel => self.is_done = true,
            Focus::Do => {
                if let Some(trouble) = self.trouble(cx.session()) {
                    let preview = self.preview(cx.session());
                    let is_waiting = preview.is_some_and(|preview| preview.n_pending() > 0);
                    self.waiting = is_waiting.then(|| trouble.clone());
                    return cx.warn(trouble);
                }
                let plans = self.plans(cx.session()).into_iter();
                let plans = plans.map(|plan| {
                    let undoes = self.undone_by(plan).map(|act| act.line);
                    plan.clone().taking_back(undoes)
                });
                let plans = plans.collect();
                cx.notify(format!("{}: sending; Activity (@) shows the result", self.verb()));
                cx.perform(plans, self.grounds());
                self.form = None;
                self.is_done = true;
            }
            Focus::Choice => cx.notify("Space toggles, Tab = next field"),
            Focus::Reason | Focus::Ticket | Focus::Typed => {
                cx.notify(self.way_to_confirm());
            }
        }
    }
}

/// Whether a key types something.
fn is_text(key: KeyEvent) -> bool {
    let commands = KeyModifiers::CONTROL | KeyModifiers::ALT;
    matches!(key.code, KeyCode::Char(_)) && !key.modifiers.intersects(commands)
}

impl Pane for SheetPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Sheet
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let verb = self.verb().to_uppercase();
        let wanted = self.n_meant();
        let (n, what) = (self.n_changed(session), self.several());
        match wanted {
            1 => verb.into(),
            _ if n == wanted => format!("{verb} {n} {what}").into(),
            _ => format!("{verb} {n} of {wanted} {what}").into(),
        }
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let profile = &session.identity.profile;
        text::visible(&profile.as_str().into()).into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let places = self.places(cx.session());
        match action {
            Action::Accept => self.confirm(cx),
            Action::NextPane => self.fields.step(true, places),
            Action::PreviousPane => self.fields.step(false, places),
            other => {
                let last = self.n_lines.saturating_sub(self.height);
                let Some(to) = cursor::moved(other, self.offset, self.height, last) else {
                    return false;
                };
                self.offset = to;
            }
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        let is_choice = self.fields.focus == Focus::Choice;
        let is_again = self.again == Some(key);
        let is_warned = is_again && has_warnings(self, cx.session());
        match self.fields.entry() {
            Some(entry) => {
                entry.type_key(key, cx);
                self.keep_reason(cx);
            }
            None if is_warned => {
                cx.warn(format!("Read the warning. {}", self.way_to_confirm()));
            }
            None if is_again => {
                self.fields.focus = Focus::Do;
                self.confirm(cx);
            }
            // Whoever begins to write says why.
            None if self.again.is_some() && is_text(key) => {
                self.again = None;
                self.fields.focus = Focus::Reason;
                self.type_key(key, cx);
            }
            None if is_choice && key.code == KeyCode::Char(' ') => self.turn_alerts(cx),
            None => cx.notify("Not a text field: Enter presses the button, Tab = next field"),
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        let mut rest = text;
        // What is typed where nothing is written may begin the reason.
        while self.fields.entry().is_none()
            && let Some(char) = rest.chars().next()
        {
            rest = &rest[char.len_utf8()..];
            self.type_key(keys::key_of(char), cx);
        }
        if let Some(entry) = self.fields.entry()
            && !rest.is_empty()
        {
            entry.type_text(rest, cx);
            self.keep_reason(cx);
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        match self.fields.entry() {
            Some(entry) => {
                entry.paste_words(text, cx);
                self.keep_reason(cx);
            }
            None => cx.notify("Not pasted: no text is typed here; Tab moves to a field"),
        }
    }

    // The key that opened it confirms only what the user has seen.
    fn name_hidden(&mut self, marked: &MarkedRows) {
        if marked.n_hidden() > 0 {
            self.marked = Some(marked.clone());
            self.again = None;
        }
    }

    fn is_large(&self) -> bool {
        true
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        if !self.has_asked {
            self.has_asked = true;
            cx.preview(self.deeds.clone());
        }
        let preview = self.preview(cx.session());
        if preview.is_none_or(|preview| preview.n_pending() == 0)
            && let Some(waiting) = self.waiting.take()
            && let Some(notice) = &cx.session().notice
            && notice.text == waiting
        {
            cx.dismiss();
        }
        let session = cx.session();
        // Of many alerts their number is typed, and nothing else need be.
        if !self.is_led && self.again.is_some() && self.wanted(session).is_some() {
            self.is_led = true;
            self.fields.focus = Focus::Typed;
        }
        if !self.takes_alerts()
            && let Some(preview) = self.preview(session)
        {
            let facts = preview.facts.iter();
            self.alerts = facts.flat_map(|(_, fact)| fact.alerts.clone()).collect();
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    // Whoever cancels wants to write it otherwise.
    fn then(&mut self) -> Option<Box<dyn Pane>> {
        self.beneath()
    }

    fn beneath(&mut self) -> Option<Box<dyn Pane>> {
        self.form.take().map(|form| form as Box<dyn Pane>)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        draw::render(self, frame, area, session, look.theme);
    }
}
