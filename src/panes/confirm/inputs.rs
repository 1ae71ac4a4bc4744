//! What is typed on a sheet, and where one is on it.

use crate::panes::prompt::line::Entry;
use crate::text;

/// Where one is on a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Focus {
    /// Why it is done.
    #[default]
    Reason,
    /// The ticket that it belongs to.
    Ticket,
    /// Whether more is done with it.
    Choice,
    /// What must be typed so that nobody does it by accident.
    Typed,
    /// The button that does it.
    Do,
    /// The button that does not.
    Cancel,
}

/// Which places there are besides those that every sheet has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Whether more can be done with it.
    pub(super) has_choice: bool,
    /// Whether something must be typed.
    pub(super) has_typed: bool,
}

/// What is typed, and where.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) reason: Entry,
    pub(super) ticket: Entry,
    pub(super) typed: Entry,
    /// The ticket of the last action. It is shown, and becomes this one's only when the focus comes to its field.
    pub(super) offered_ticket: Option<String>,
    pub(super) focus: Focus,
}

impl Fields {
    /// Why it is done, if that was said.
    pub(super) fn reason(&self) -> Option<String> {
        some(&self.reason)
    }

    /// The ticket, if one was given.
    pub(super) fn ticket(&self) -> Option<String> {
        some(&self.ticket)
    }

    /// The label of the ticket's field, with the ticket that is offered there.
    pub(super) fn ticket_label(&self) -> String {
        match &self.offered_ticket {
            Some(ticket) => format!("ticket (Tab takes {})", text::visible(&ticket.as_str().into())),
            None => "ticket".into(),
        }
    }

    /// What was typed to confirm it.
    pub(super) fn typed(&self) -> String {
        self.typed.text()
    }

    /// Where a key goes that types something.
    pub(super) fn entry(&mut self) -> Option<&mut Entry> {
        match self.focus {
            Focus::Reason => Some(&mut self.reason),
            Focus::Ticket => Some(&mut self.ticket),
            Focus::Typed => Some(&mut self.typed),
            Focus::Choice | Focus::Do | Focus::Cancel => None,
        }
    }

    /// Whether it is a button, where keys are no text.
    pub(super) fn is_on_button(&self) -> bool {
        matches!(self.focus, Focus::Do | Focus::Cancel)
    }

    /// Goes on to the next place, or back to the one before.
    pub(super) fn step(&mut self, is_forward: bool, further: Places) {
        let mut places = vec![Focus::Reason, Focus::Ticket];
        if further.has_choice {
            places.push(Focus::Choice);
        }
        if further.has_typed {
            places.push(Focus::Typed);
        }
        places.extend([Focus::Do, Focus::Cancel]);
        let at = places.iter().position(|place| *place == self.focus);
        let at = at.unwrap_or_default();
        let n = places.len();
        let to = if is_forward { at + 1 } else { at + n - 1 };
        self.focus = places[to % n];
        if self.focus == Focus::Ticket
            && let Some(ticket) = self.offered_ticket.take()
        {
            self.ticket.set(&ticket);
        }
    }
}

fn some(entry: &Entry) -> Option<String> {
    let text = entry.text();
    (!text.is_empty()).then_some(text)
}
