//! The feeds: where threat reports come from.

use std::sync::Arc;

use super::{Field, Kind, Value, watchlists::switch};
use crate::keys::{Action, Scope};
use crate::model::Feed;
use crate::panes::{FormPane, Pane, PaneId, pivot::Clues};
use crate::query::Index;
use crate::session::{Cx, Lead, Session, reports_of};
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// Every feed.
#[derive(Debug)]
pub struct Feeds;

impl Kind for Feeds {
    type Row = Feed;

    const PANE: PaneId = PaneId::Feeds;
    const SCOPE: Scope = Scope::Feeds;
    const NAME: &'static str = "Feeds";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Feeds, 0), Slot::Info];
    const UNASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No feeds";
    const FIELDS: &'static [Field<Feed>] = FIELDS;
    const SHOWN: usize = 4;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Feed>();
    }

    fn rest(row: Option<&Arc<Feed>>, cx: &mut Cx<'_>) {
        cx.browse(row);
    }

    fn lead(row: &Feed) -> Option<Lead> {
        Some(Lead::Search(Index::Report, reports_of(row)))
    }

    fn clues(row: &Feed) -> Clues {
        Clues::of_feed(row.id)
    }

    fn popup(action: Action, _: impl FnOnce() -> Vec<Arc<Feed>>, _: &Session) -> Option<Box<dyn Pane>> {
        (action == Action::New).then(|| Box::new(FormPane::new_feed()) as Box<dyn Pane>)
    }
}

const FIELDS: &[Field<Feed>] = &[
    Field::new("enabled", Column::left("ON", 3, 3, 1), |theme| theme.text, |feed, _| switch(feed.is_enabled)),
    Field::new(
        "display_name",
        Column::left("FEED", 16, Column::REST, 0),
        |theme| theme.accent,
        |feed, _| feed.title().into(),
    ),
    Field::new(
        "manually_added",
        Column::left("SOURCE", 6, 6, 3),
        |theme| theme.muted,
        |feed, _| match feed.is_manual {
            Some(true) => Value::Word("local"),
            Some(false) => Value::Word("vendor"),
            None => Value::Missing,
        },
    ),
    Field::new("id", Column::right("ID", 3, 5, 4), |theme| theme.number, |feed, _| Value::Number(feed.id.0)),
    Field::new("name", Column::left("NAME", 10, 16, 6), |theme| theme.text, |feed, _| (&feed.name).into()),
    Field::new("category", Column::left("CATEGORY", 10, 16, 6), |theme| theme.text, |feed, _| (&feed.category).into()),
    Field::new("summary", Column::left("SUMMARY", 16, 40, 7), |theme| theme.text, |feed, _| (&feed.summary).into()),
    Field::new("feed_url", Column::left("URL", 16, 40, 8), |theme| theme.text, |feed, _| (&feed.url).into()),
    Field::new(
        "provider_url",
        Column::left("PROVIDER", 16, 40, 8),
        |theme| theme.text,
        |feed, _| (&feed.provider_url).into(),
    ),
];
