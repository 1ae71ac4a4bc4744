//! Values of the field that is typed: asked of the server by a key, never by typing alone.

use super::{Offer, QueryPane};
use crate::query::{self, Index, Typing};
use crate::session::{Awaiting, Cx};

/// Values that were asked for.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// What was typed when they were asked for; nothing while none are wanted.
    asked: Option<Typing>,
    /// What was typed when they were last offered.
    offered: Option<Typing>,
    /// What was typed when it was said that there are none.
    told: Option<Typing>,
}

impl QueryPane {
    /// Asks for the values that begin as what is typed. False where the server counts none, and where it was said that
    /// there is none but what is typed.
    pub fn ask_values(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(typing) = self.typed_value() else {
            return false;
        };
        if self.values.told.as_ref() == Some(&typing) {
            return false;
        }
        if self.is_answered(&typing, cx) {
            // What was taken back is offered again.
            self.values.offered = None;
            return true;
        }
        cx.ask_values(&typing);
        cx.notify(format!("Loading values of {}", typing.field));
        self.values = Values { asked: Some(typing), ..Values::default() };
        true
    }

    /// Whether values can be asked for, as far as one knows.
    pub fn can_have_values(&self) -> bool {
        let typing = self.typed_value();
        typing.is_some() && typing != self.values.told
    }

    /// Wants no more values.
    pub(super) fn drop_values(&mut self) {
        self.values = Values::default();
    }

    /// Offers the values that have come.
    pub(super) fn offer_values(&mut self, cx: &mut Cx<'_>) {
        if self.values.asked.is_none() {
            return;
        }
        let Some(typing) = self.typed_value() else {
            return self.drop_values();
        };
        if self.values.offered.as_ref() == Some(&typing) {
            return;
        }
        let session = cx.session();
        if self.is_answered(&typing, cx) {
            let items = self.offers(&typing, cx);
            if items.is_empty() && self.values.offered.is_none() {
                cx.notify(format!("No other value of {} matches", typing.field));
                self.values.told = Some(typing.clone());
            }
            self.offer = Offer { items, chosen: 0 };
            self.values.offered = Some(typing);
        } else if session.values.is_pending() {
            // They are on their way, or what is typed since needs others.
        } else if let Some(error) = session.values.error() {
            let text = format!("No values: {error}");
            self.drop_values();
            cx.warn(text);
        } else {
            self.drop_values();
        }
    }

    /// The value at the cursor, where values can be asked for.
    fn typed_value(&self) -> Option<Typing> {
        // Only processes are counted.
        let is_counted = self.index == Index::Process;
        let cursor = self.editor.cursor_byte();
        let typing = is_counted.then(|| query::typing(self.index, &self.text, cursor));
        typing.flatten()
    }

    /// Whether the values that are here are all that begin as what is typed.
    fn is_answered(&self, typing: &Typing, cx: &Cx<'_>) -> bool {
        let (Some(asked), Some(known)) = (&self.values.asked, cx.session().values.current()) else {
            return false;
        };
        let is_same = asked.facet == typing.facet && asked.span.start == typing.span.start;
        let is_begun = || {
            let begin = asked.typed.to_lowercase();
            typing.typed.to_lowercase().starts_with(&begin)
        };
        let facet = known.value.of(&typing.facet);
        let is_whole = facet.is_none_or(|facet| !facet.is_cut());
        is_same && (asked.typed == typing.typed || is_whole && is_begun())
    }

    /// What may be typed instead.
    fn offers(&self, typing: &Typing, cx: &Cx<'_>) -> Vec<query::Completion> {
        let known = cx.session().values.current();
        let facet = known.and_then(|known| known.value.of(&typing.facet));
        let values = facet.map_or(&[][..], |facet| &facet.values);
        let values = values.iter().map(|value| (value.name.raw(), value.count));
        let mut offers = typing.offers(values);
        let written = &self.text[typing.span.clone()];
        offers.retain(|offer| offer.text != written);
        offers
    }
}
