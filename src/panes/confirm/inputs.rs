//! The inputs of a confirmation, and which of them has the focus.

use crate::panes::{cursor::Step, prompt::line::LineInput};
use crate::text;

/// An input or button of a confirmation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Focus {
    #[default]
    Reason,
    Ticket,
    /// Whether open alerts are resolved too.
    Choice,
    /// Text that must be typed to prevent accidents, such as a host name.
    Confirmation,
    Confirm,
    Cancel,
}

/// Which optional inputs there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputAreas {
    pub(super) has_choice: bool,
    pub(super) has_confirmation: bool,
}

/// The typed texts, and the focus.
#[derive(Debug, Default)]
pub(super) struct ConfirmInputs {
    pub(super) reason: LineInput,
    pub(super) ticket: LineInput,
    pub(super) confirmation: LineInput,
    /// The ticket of the last change. It is shown in the label, and inserted once its field has the focus.
    pub(super) offered_ticket: Option<String>,
    pub(super) focus: Focus,
}

impl ConfirmInputs {
    /// Returns the reason, unless it is empty.
    pub(super) fn reason(&self) -> Option<String> {
        non_empty_text(&self.reason)
    }

    /// Returns the ticket, unless it is empty.
    pub(super) fn ticket(&self) -> Option<String> {
        non_empty_text(&self.ticket)
    }

    /// Returns the label of the ticket field, with the suggested ticket.
    pub(super) fn ticket_label(&self) -> String {
        match &self.offered_ticket {
            Some(ticket) => format!("ticket (Tab takes {})", text::make_visible(&ticket.as_str().into())),
            None => "ticket".into(),
        }
    }

    /// Returns the text typed to confirm.
    pub(super) fn confirmation_text(&self) -> String {
        self.confirmation.text()
    }

    /// Returns the text field that has the focus.
    pub(super) fn focused_entry(&mut self) -> Option<&mut LineInput> {
        match self.focus {
            Focus::Reason => Some(&mut self.reason),
            Focus::Ticket => Some(&mut self.ticket),
            Focus::Confirmation => Some(&mut self.confirmation),
            Focus::Choice | Focus::Confirm | Focus::Cancel => None,
        }
    }

    pub(super) fn is_button_focused(&self) -> bool {
        matches!(self.focus, Focus::Confirm | Focus::Cancel)
    }

    /// Moves the focus to the next or previous input or button.
    pub(super) fn step_focus(&mut self, step: Step, optional: InputAreas) {
        let mut inputs = vec![Focus::Reason, Focus::Ticket];
        if optional.has_choice {
            inputs.push(Focus::Choice);
        }
        if optional.has_confirmation {
            inputs.push(Focus::Confirmation);
        }
        inputs.extend([Focus::Confirm, Focus::Cancel]);
        let at = inputs.iter().position(|input| *input == self.focus).unwrap_or_default();
        self.focus = inputs[step.in_ring(at, inputs.len())];
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
