//! The list of feeds: sources of threat reports.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::changes::Target;
use crate::columns::feed;
use crate::keys::{Action, Scope};
use crate::model::Feed;
use crate::panes::{ActionResult, AfterInput, FormPane, pivot::Observables};
use crate::query::Index;
use crate::session::{Cx, Destination, Session, feed_reports_query};
use crate::widgets::TableColumn;

/// The list view of feeds.
#[derive(Debug)]
pub struct Feeds;

impl ListView for Feeds {
    type Row = Feed;

    const SCOPE: Scope = Scope::Feeds;
    const NAME: &'static str = "Feeds";
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No feeds";
    const FIELDS: &'static [RowField<Feed>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 4;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Feed>();
    }

    fn on_restore(cx: &mut Cx<'_>) {
        // The reports that are restored as well need not be those of the feed under the cursor.
        cx.details().clear_feed();
    }

    fn on_select(row: Option<&Arc<Feed>>, cx: &mut Cx<'_>) -> AfterInput {
        let searched = cx.details().select_feed(row);
        searched.map_or(AfterInput::Nothing, |query| AfterInput::SetQuery(Index::Report, query))
    }

    fn destination(row: &Feed) -> Option<Destination> {
        Some(Destination::Search(Index::Report, feed_reports_query(row)))
    }

    fn observables(row: &Feed) -> Observables {
        Observables::of_object(Target::Feed(row.id), row.title())
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Feed>>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::open_if((action == Action::New).then(FormPane::new_feed))
    }
}

const FIELDS: &[RowField<Feed>] = &[
    RowField::of(feed::field("enabled"), TableColumn::left_aligned("ON", 3, 3, 1), |theme| theme.text),
    RowField::of(feed::field("display_name"), TableColumn::left_aligned("FEED", 16, TableColumn::FILL, 0), |theme| {
        theme.accent
    }),
    RowField::of(feed::field("manually_added"), TableColumn::left_aligned("SOURCE", 6, 6, 3), |theme| theme.muted),
    RowField::of(feed::field("id"), TableColumn::right_aligned("ID", 3, 5, 4), |theme| theme.number),
    RowField::of(feed::field("name"), TableColumn::left_aligned("NAME", 10, 16, 6), |theme| theme.text),
    RowField::of(feed::field("category"), TableColumn::left_aligned("CATEGORY", 10, 16, 6), |theme| theme.text),
    RowField::of(feed::field("summary"), TableColumn::left_aligned("SUMMARY", 16, 40, 7), |theme| theme.text),
    RowField::of(feed::field("feed_url"), TableColumn::left_aligned("URL", 16, 40, 8), |theme| theme.text),
    RowField::of(feed::field("provider_url"), TableColumn::left_aligned("PROVIDER", 16, 40, 8), |theme| theme.text),
];
