//! The request log: requests to the server, newest first.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::columns::CellValue;
use crate::keys::{Action, Scope};
use crate::panes::{
    ActionResult,
    copy::{self, Clip},
    record::RecordPane,
};
use crate::session::{Cx, RequestLogEntry, Session};
use crate::text;
use crate::widgets::TableColumn;
use crate::worker::Slot;

/// The list view of the request log.
#[derive(Debug)]
pub struct Requests;

impl ListView for Requests {
    type Row = RequestLogEntry;

    const SCOPE: Scope = Scope::Calls;
    const NAME: &'static str = "Requests";
    const SLOTS: &'static [Slot] = &[Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "No requests yet";
    const EMPTY: &'static str = "No requests yet";
    const FIELDS: &'static [RowField<RequestLogEntry>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 6;

    fn note(session: &Session) -> Option<String> {
        let hits = session.connection.request_stats.cache_stats.hits;
        (hits > 0).then(|| format!("{} from the cache", text::pluralize(hits, "answer", "answers")))
    }

    fn clip(row: &RequestLogEntry, action: Action, session: &Session) -> Option<Clip> {
        if action == Action::YankCurl {
            return Some(("curl", row.trace.curl_command(&session.connection.info.url)));
        }
        let fields = || FIELDS.iter().map(|field| field.value(row, session).text());
        copy::fields_clip(fields, &row.document, action)
    }

    fn handle_action(
        action: Action,
        chosen: impl FnOnce(&Session) -> Vec<Arc<RequestLogEntry>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        if action != Action::Open {
            return ActionResult::Ignored;
        }
        let entry = chosen(cx.session()).pop();
        ActionResult::open_if(entry.map(|entry| RecordPane::of_request(&entry, cx.session())))
    }
}

const FIELDS: &[RowField<RequestLogEntry>] = &[
    RowField::time("time", "AT", 2, |entry, _| CellValue::Time(entry.trace.at)),
    RowField::new(
        "method",
        TableColumn::left_aligned("METHOD", 6, 6, 0),
        |theme| theme.accent,
        |entry, _| CellValue::Word(entry.trace.method),
    ),
    RowField::new(
        "status",
        TableColumn::right_aligned("STATUS", 6, 6, 0),
        |theme| theme.number,
        |entry, _| match entry.trace.status {
            Some(status) => CellValue::Rated(status.to_string().into(), status < 400),
            None => CellValue::Rated("-".into(), false),
        },
    ),
    RowField::new(
        "ms",
        TableColumn::right_aligned("MS", 5, 7, 3),
        |theme| theme.number,
        |entry, _| CellValue::Number(u64::try_from(entry.trace.duration.as_millis()).unwrap_or(u64::MAX)),
    ),
    RowField::new(
        "bytes",
        TableColumn::right_aligned("BYTES", 7, 9, 4),
        |theme| theme.number,
        |entry, _| CellValue::Number(entry.trace.bytes),
    ),
    RowField::new(
        "path",
        TableColumn::left_aligned("PATH", 20, TableColumn::FILL, 1),
        |theme| theme.text,
        |entry, _| CellValue::Text(entry.trace.path.as_str().into()),
    ),
    RowField::new(
        "error",
        TableColumn::left_aligned("ERROR", 8, 24, 5),
        |theme| theme.bad,
        |entry, _| CellValue::Text(entry.trace.error.clone().unwrap_or_default().into()),
    ),
];
