//! What is typed on a sheet, and where one is on it.

use crate::panes::prompt::line::LineInput;
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
    Confirmation,
    /// The button that does it.
    Confirm,
    /// The button that does not.
    Cancel,
}

/// Which places there are besides those that every sheet has.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputAreas {
    /// Whether more can be done with it.
    pub(super) has_choice: bool,
    /// Whether something must be typed.
    pub(super) has_confirmation: bool,
}

/// What is typed, and where.
#[derive(Debug, Default)]
pub(super) struct ConfirmInputs {
    pub(super) reason: LineInput,
    pub(super) ticket: LineInput,
    pub(super) confirmation: LineInput,
    /// The ticket of the last action. It is shown, and becomes this one's only when the focus comes to its field.
    pub(super) offered_ticket: Option<String>,
    pub(super) focus: Focus,
}

impl ConfirmInputs {
    /// Why it is done, if that was said.
    pub(super) fn reason(&self) -> Option<String> {
        non_empty_text(&self.reason)
    }

    /// The ticket, if one was given.
    pub(super) fn ticket(&self) -> Option<String> {
        non_empty_text(&self.ticket)
    }

    /// The label of the ticket's field, with the ticket that is offered there.
    pub(super) fn ticket_label(&self) -> String {
        match &self.offered_ticket {
            Some(ticket) => format!("ticket (Tab takes {})", text::make_visible(&ticket.as_str().into())),
            None => "ticket".into(),
        }
    }

    /// What was typed to confirm it.
    pub(super) fn confirmation_text(&self) -> String {
        self.confirmation.text()
    }

    /// Where a key goes that types something.
    pub(super) fn focused_entry(&mut self) -> Option<&mut LineInput> {
        match self.focus {
            Focus::Reason => Some(&mut self.reason),
            Focus::Ticket => Some(&mut self.ticket),
            Focus::Confirmation => Some(&mut self.confirmation),
            Focus::Choice | Focus::Confirm | Focus::Cancel => None,
        }
    }

    /// Whether it is a button, where keys are no text.
    pub(super) fn is_button_focused(&self) -> bool {
        matches!(self.focus, Focus::Confirm | Focus::Cancel)
    }

    /// Goes on to the next place, or back to the one before.
    pub(super) fn step_focus(&mut self, is_forward: bool, further: InputAreas) {
        let mut places = vec![Focus::Reason, Focus::Ticket];
        if further.has_choice {
            places.push(Focus::Choice);
        }
        if further.has_confirmation {
            places.push(Focus::Confirmation);
        }
        places.extend([Focus::Confirm, Focus::Cancel]);
        let at = places.iter().position(|place| *place == self.focus);
        let at = at.unwrap_or_default();
        let n = places.len();
        let to = if is_forward { at + 1 } else { at + n - 1 };
        self.focus = places[to % n];
        if self.focus == Focus::Ticket
            && let Some(ticket) = self.offered_ticket.take()
        {
            self.ticket.set_text(&ticket);
        }
    }
}

fn non_empty_text(entry: &LineInput) -> Option<String> {
    let text = entry.text();
    (!text.is_empty()).then_some(text)
}
