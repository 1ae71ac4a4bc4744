//! Value completions: fetched from the server at a key press, never by typing alone.

use super::{CompletionMenu, QueryPane};
use crate::query::{self, Index, TypedValue};
use crate::session::{Cx, slots};
use crate::worker::Slot;

/// State of the value completions.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// The typed value when values were requested; `None` if they were not.
    requested: Option<TypedValue>,
    /// The typed value when values were last offered.
    offered: Option<TypedValue>,
    /// The typed value when the user was notified that there are none.
    reported_empty: Option<TypedValue>,
}

impl QueryPane {
    /// Fetches the values that start with the typed text. Returns false if the server has no counts for the field, or
    /// if it is known that no other value matches.
    pub fn fetch_values(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(typing) = self.value_at_cursor() else {
            return false;
        };
        if self.values.reported_empty.as_ref() == Some(&typing) {
            return false;
        }
        if self.has_all_values(&typing, cx) {
            // A menu that was closed is shown again.
            self.values.offered = None;
            return true;
        }
        cx.lists().fetch_values(&typing);
        cx.notify(format!("Loading values of {}", typing.field));
        self.values = Values { requested: Some(typing), ..Values::default() };
        true
    }

    /// Whether values may be available at the cursor.
    pub fn can_have_values(&self) -> bool {
        let typing = self.value_at_cursor();
        typing.is_some() && typing != self.values.reported_empty
    }

    /// Clears requested and offered values.
    pub(super) fn clear_values(&mut self) {
        self.values = Values::default();
    }

    /// Offers the values once they are loaded.
    pub(super) fn offer_values(&mut self, cx: &mut Cx<'_>) {
        if self.values.requested.is_none() {
            return;
        }
        let Some(typing) = self.value_at_cursor() else {
            return self.clear_values();
        };
        if self.values.offered.as_ref() == Some(&typing) {
            return;
        }
        let session = cx.session();
        if self.has_all_values(&typing, cx) {
            let items = self.value_completions(&typing, cx);
            if items.is_empty() && self.values.offered.is_none() {
                cx.notify(format!("No other value of {} matches", typing.field));
                self.values.reported_empty = Some(typing.clone());
            }
            self.completions = CompletionMenu { items, selected: 0 };
            self.values.offered = Some(typing);
        } else if session.values.is_pending(Slot::FieldValues) {
            // Still loading, or the text typed since needs other values.
        } else if let Some(error) = session.error(Slot::FieldValues) {
            let text = format!("No values: {error}");
            self.clear_values();
            cx.warn(text);
        } else {
            self.clear_values();
        }
    }

    /// Returns the value at the cursor, if the server has counts for its field.
    fn value_at_cursor(&self) -> Option<TypedValue> {
        // Value counts are available for processes only.
        if self.index != Index::Process {
            return None;
        }
        query::typing_at(self.index, &self.text, self.editor.cursor_byte())
    }

    /// Whether the loaded values include all that start with the typed text.
    fn has_all_values(&self, typing: &TypedValue, cx: &Cx<'_>) -> bool {
        let (Some(requested), Some(fetched)) =
            (&self.values.requested, cx.session().values.latest(slots::FIELD_VALUES))
        else {
            return false;
        };
        let is_same_value = requested.facet == typing.facet && requested.span.start == typing.span.start;
        let is_longer = || {
            let prefix = requested.typed.to_lowercase();
            typing.typed.to_lowercase().starts_with(&prefix)
        };
        let facet = fetched.value.get(&typing.facet);
        let is_complete = facet.is_none_or(|facet| !facet.is_truncated());
        is_same_value && (requested.typed == typing.typed || is_complete && is_longer())
    }

    /// Returns the completions for the typed value.
    fn value_completions(&self, typing: &TypedValue, cx: &Cx<'_>) -> Vec<query::Completion> {
        let fetched = cx.session().values.latest(slots::FIELD_VALUES);
        let facet = fetched.and_then(|fetched| fetched.value.get(&typing.facet));
        let values = facet.map_or(&[][..], |facet| &facet.values);
        let values = values.iter().map(|value| (value.name.raw(), value.count));
        let mut completions = typing.completions(values);
        let typed = &self.text[typing.span.clone()];
        completions.retain(|completion| completion.text != typed);
        completions
    }
}
