//! The list of feeds: sources of threat reports.

use std::sync::Arc;

use super::{CellValue, ListView, RowField, watchlists::on_off_value};
use crate::keys::{Action, Scope};
use crate::model::Feed;
use crate::panes::{ActionResult, FormPane, PaneId, pivot::Observables};
use crate::query::Index;
use crate::session::{Cx, Destination, Session, feed_reports_query};
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of feeds.
#[derive(Debug)]
pub struct Feeds;

impl ListView for Feeds {
    type Row = Feed;

    const PANE: PaneId = PaneId::Feeds;
    const SCOPE: Scope = Scope::Feeds;
    const NAME: &'static str = "Feeds";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Feeds, 0), Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No feeds";
    const FIELDS: &'static [RowField<Feed>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 4;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.load_once::<Feed>();
    }

    fn on_select(row: Option<&Arc<Feed>>, cx: &mut Cx<'_>) -> ActionResult {
        let searched = cx.select_feed(row);
        searched.map_or(ActionResult::Done, |query| ActionResult::SetQuery(Index::Report, query))
    }

    fn destination(row: &Feed) -> Option<Destination> {
        Some(Destination::Search(Index::Report, feed_reports_query(row)))
    }

    fn observables(row: &Feed) -> Observables {
        Observables::of_feed(row.id)
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Feed>>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::open_if((action == Action::New).then(FormPane::new_feed))
    }
}

const FIELDS: &[RowField<Feed>] = &[
    RowField::new(
        "enabled",
        TableColumn::left_aligned("ON", 3, 3, 1),
        |theme| theme.text,
        |feed, _| on_off_value(feed.is_enabled),
    ),
    RowField::new(
        "display_name",
        TableColumn::left_aligned("FEED", 16, TableColumn::FILL, 0),
        |theme| theme.accent,
        |feed, _| feed.title().into(),
    ),
    RowField::new(
        "manually_added",
        TableColumn::left_aligned("SOURCE", 6, 6, 3),
        |theme| theme.muted,
        |feed, _| match feed.is_manual {
            Some(true) => CellValue::Word("local"),
            Some(false) => CellValue::Word("vendor"),
            None => CellValue::Unavailable,
        },
    ),
    RowField::new(
        "id",
        TableColumn::right_aligned("ID", 3, 5, 4),
        |theme| theme.number,
        |feed, _| CellValue::Number(feed.id.0),
    ),
    RowField::new(
        "name",
        TableColumn::left_aligned("NAME", 10, 16, 6),
        |theme| theme.text,
        |feed, _| (&feed.name).into(),
    ),
    RowField::new(
        "category",
        TableColumn::left_aligned("CATEGORY", 10, 16, 6),
        |theme| theme.text,
        |feed, _| (&feed.category).into(),
    ),
    RowField::new(
        "summary",
        TableColumn::left_aligned("SUMMARY", 16, 40, 7),
        |theme| theme.text,
        |feed, _| (&feed.summary).into(),
    ),
    RowField::new(
        "feed_url",
        TableColumn::left_aligned("URL", 16, 40, 8),
        |theme| theme.text,
        |feed, _| (&feed.url).into(),
    ),
    RowField::new(
        "provider_url",
        TableColumn::left_aligned("PROVIDER", 16, 40, 8),
        |theme| theme.text,
        |feed, _| (&feed.provider_url).into(),
    ),
];
