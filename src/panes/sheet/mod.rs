//! The sheet before a deed: what it will do and to what, what speaks against it, exactly what is sent, and why it is done.

mod draw;
mod facts;
mod fields;

use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{Look, Pane, PaneId, motion};
use crate::deeds::{Act, Deed, Grounds, Plan};
use crate::keys::{Action, Scope};
use crate::session::{Cx, Preview, Session};
use fields::{Fields, Focus};

/// The overlay in which deeds are looked at and confirmed.
#[derive(Debug)]
pub struct SheetPane {
    deeds: Vec<Deed>,
    /// What is to be said before anything else.
    preface: Vec<String>,
    /// The deed that is taken back, if one is.
    undoes: Option<u64>,
    has_asked: bool,
    fields: Fields,
    offset: usize,
    n_lines: usize,
    height: usize,
    is_done: bool,
}

impl SheetPane {
    /// Looks at deeds of one kind, of which there is at least one.
    pub fn new(deeds: Vec<Deed>, session: &Session) -> Self {
        let mut fields = Fields::default();
        if let Some(draft) = &session.draft {
            fields.reason.set(draft);
        }
        if let Some(ticket) = &session.last_ticket {
            fields.ticket.set(ticket);
        }
        Self {
            deeds,
            preface: Vec::new(),
            undoes: None,
            has_asked: false,
            fields,
            offset: 0,
            n_lines: 0,
            height: 1,
            is_done: false,
        }
    }

    /// The same with something to be said first.
    #[must_use]
    pub fn with_preface(mut self, preface: Vec<String>) -> Self {
        self.preface = preface;
        self
    }

    /// Looks at what takes back a deed; nothing if nothing does.
    pub fn undoing(act: &Arc<Act>, session: &Session) -> Option<Self> {
        let deed = act.undo()?;
        let at = act.at.strftime("%Y-%m-%d %H:%M:%SZ");
        let (verb, name) = (&act.sending.deed, &act.sending.target.name);
        let mut preface = vec![format!(
            "takes back: {verb} {name}, done {at} by {}",
            act.who()
        )];
        if let Some(reason) = &act.sending.reason {
            preface.push(format!("which was done because: {reason}"));
        }
        let mut pane = Self::new(vec![deed], session).with_preface(preface);
        pane.fields
            .reason
            .set(&format!("undo of line {} ", act.line));
        if let Some(ticket) = &act.sending.ticket {
            pane.fields.ticket.set(ticket);
        }
        pane.undoes = Some(act.line);
        Some(pane)
    }

    fn verb(&self) -> &'static str {
        self.deeds.first().map_or("", Deed::verb)
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
        Grounds {
            reason: self.fields.reason(),
            ticket: self.fields.ticket(),
            undoes: self.undoes,
            ..Grounds::default()
        }
    }

    /// What must be typed, and what for; nothing for a single target that nobody protects.
    fn wanted(&self, session: &Session) -> Option<(String, String)> {
        match &self.plans(session)[..] {
            [only] => {
                let name = only.state.raw_name().raw().to_owned();
                only.protection
                    .is_some()
                    .then(|| ("the name of the host".into(), name))
            }
            [first, _, ..] => {
                let n = self.plans(session).len();
                let what = first.deed.target().several();
                Some((format!("the number of {what}"), n.to_string()))
            }
            [] => None,
        }
    }

    /// Why it cannot be done yet.
    fn trouble(&self, session: &Session) -> Option<String> {
        let Some(preview) = self.preview(session) else {
            return Some("given up: esc, and the key again, looks anew".into());
        };
        let n_pending = preview.n_pending();
        if n_pending > 0 {
            return Some(format!("{n_pending} answers are still on their way"));
        }
        if self.plans(session).is_empty() {
            return Some("there is nothing to be done".into());
        }
        if self.deeds.iter().any(Deed::needs_reason) && self.fields.reason().is_none() {
            return Some("a reason is required".into());
        }
        let (what, wanted) = self.wanted(session)?;
        let is_typed = self.fields.typed().eq_ignore_ascii_case(&wanted);
        (!is_typed).then(|| format!("type {what}"))
    }

    /// The reason is not typed twice. That of an undo names its line, and fits nothing else.
    fn keep_draft(&self, cx: &mut Cx<'_>) {
        if self.undoes.is_none() {
            cx.draft(self.fields.reason());
        }
    }

    fn confirm(&mut self, cx: &mut Cx<'_>) {
        match self.fields.focus {
            Focus::Cancel => self.is_done = true,
            Focus::Do => {
                if let Some(trouble) = self.trouble(cx.session()) {
                    return cx.warn(trouble);
                }
                let plans: Vec<_> = self.plans(cx.session()).into_iter().cloned().collect();
                cx.notify(format!(
                    "{} is on its way; @ shows what becomes of it",
                    self.verb()
                ));
                cx.perform(plans, self.grounds());
                self.is_done = true;
            }
            Focus::Reason | Focus::Ticket | Focus::Typed => {
                cx.notify(format!(
                    "tab goes on to {}, enter there does it",
                    self.verb()
                ));
            }
        }
    }
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
        let (n, wanted) = (self.plans(session).len(), self.deeds.len());
        let what = self
            .deeds
            .first()
            .map_or("", |deed| deed.target().several());
        match wanted {
            1 => verb.into(),
            _ if n == wanted => format!("{verb} {n} {what}").into(),
            _ => format!("{verb} {n} of {wanted} {what}").into(),
        }
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let profile = &session.identity.profile;
        crate::text::visible(&profile.as_str().into()).into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let has_typed = self.wanted(cx.session()).is_some();
        match action {
            Action::Accept => self.confirm(cx),
            Action::NextPane => self.fields.step(true, has_typed),
            Action::PreviousPane => self.fields.step(false, has_typed),
            other => {
                let last = self.n_lines.saturating_sub(self.height);
                let Some(to) = motion::moved(other, self.offset, self.height, last) else {
                    return false;
                };
                self.offset = to;
            }
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        match self.fields.entry() {
            Some(entry) => {
                entry.type_key(key);
                self.keep_draft(cx);
            }
            None => cx.notify("nothing is typed here; enter, or tab to go on"),
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(entry) = self.fields.entry() {
            entry.paste(text);
            self.keep_draft(cx);
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
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        draw::render(self, frame, area, session, look.theme);
    }
}
