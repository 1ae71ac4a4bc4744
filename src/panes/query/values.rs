//! Values of the field that is typed: asked of the server by a key, never by typing alone.

use super::{CompletionMenu, QueryPane};
use crate::query::{self, Index, TypedValue};
use crate::session::{Awaiting, Cx};

/// Values that were asked for.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// What was typed when they were asked for; nothing while none are wanted.
    requested: Option<TypedValue>,
    /// What was typed when they were last offered.
    offered: Option<TypedValue>,
    /// What was typed when it was said that there are none.
    reported_empty: Option<TypedValue>,
}

impl QueryPane {
    /// Asks for the values that begin as what is typed. False where the server counts none, and where it was said that
    /// there is none but what is typed.
    pub fn fetch_values(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(typing) = self.value_at_cursor() else {
            return false;
        };
        if self.values.reported_empty.as_ref() == Some(&typing) {
            return false;
        }
        if self.has_all_values(&typing, cx) {
            // What was taken back is offered again.
            self.values.offered = None;
            return true;
        }
        cx.fetch_values(&typing);
        cx.notify(format!("Loading values of {}", typing.field));
        self.values = Values { requested: Some(typing), ..Values::default() };
        true
    }

    /// Whether values can be asked for, as far as one knows.
    pub fn can_have_values(&self) -> bool {
        let typing = self.value_at_cursor();
        typing.is_some() && typing != self.values.reported_empty
    }

    /// Wants no more values.
    pub(super) fn clear_values(&mut self) {
        self.values = Values::default();
    }

    /// Offers the values that have come.
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
        } else if session.search.value_suggestions.is_pending() {
            // They are on their way, or what is typed since needs others.
        } else if let Some(error) = session.search.value_suggestions.error() {
            let text = format!("No values: {error}");
            self.clear_values();
            cx.warn(text);
        } else {
            self.clear_values();
        }
    }

    /// The value at the cursor, where values can be asked for.
    fn value_at_cursor(&self) -> Option<TypedValue> {
        // Only processes are counted.
        let is_counted = self.index == Index::Process;
        let cursor = self.editor.cursor_byte();
        let typing = is_counted.then(|| query::typing_at(self.index, &self.text, cursor));
        typing.flatten()
    }

    /// Whether the values that are here are all that begin as what is typed.
    fn has_all_values(&self, typing: &TypedValue, cx: &Cx<'_>) -> bool {
        let (Some(asked), Some(known)) = (&self.values.requested, cx.session().search.value_suggestions.latest())
        else {
            return false;
        };
        let is_same = asked.facet == typing.facet && asked.span.start == typing.span.start;
        let is_begun = || {
            let begin = asked.typed.to_lowercase();
            typing.typed.to_lowercase().starts_with(&begin)
        };
        let facet = known.value.get(&typing.facet);
        let is_whole = facet.is_none_or(|facet| !facet.is_truncated());
        is_same && (asked.typed == typing.typed || is_whole && is_begun())
    }

    /// What may be typed instead.
    fn value_completions(&self, typing: &TypedValue, cx: &Cx<'_>) -> Vec<query::Completion> {
        let known = cx.session().search.value_suggestions.latest();
        let facet = known.and_then(|known| known.value.get(&typing.facet));
        let values = facet.map_or(&[][..], |facet| &facet.values);
        let values = values.iter().map(|value| (value.name.raw(), value.count));
        let mut offers = typing.completions(values);
        let written = &self.text[typing.span.clone()];
        offers.retain(|offer| offer.text != written);
        offers
    }
}
