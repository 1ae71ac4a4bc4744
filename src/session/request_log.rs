//! The log of HTTP requests of this run.

use std::sync::Arc;

use serde_json::json;

use super::Pages;
use crate::api::RequestTrace;
use crate::model::Document;

/// Number of retained requests; the oldest are dropped.
const MAX_ENTRIES: usize = 500;

/// A request-log entry: the HTTP request and its sequence number.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestLogEntry {
    /// Counted from 1.
    pub sequence_number: u64,
    pub trace: RequestTrace,
    /// The entry as JSON.
    pub document: Document,
}

impl RequestLogEntry {
    /// Returns the entry of `call` with its sequence `number`.
    pub fn new(number: u64, call: RequestTrace) -> Self {
        let record = json!({
            "time": call.at,
            "method": call.method,
            "path": call.path,
            "status": call.status,
            "ms": u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
            "bytes": call.bytes,
            "error": call.error,
        });
        Self { sequence_number: number, trace: call, document: Document::new(record.to_string()) }
    }
}

impl Pages<RequestLogEntry> {
    /// Adds the newest entry at the top.
    pub(super) fn push_front(&mut self, entry: RequestLogEntry) {
        let at = entry.trace.at;
        let older = self.loaded_rows().map(|(_, row)| row.clone());
        let rows = [Arc::new(entry)].into_iter().chain(older);
        let rows = rows.take(MAX_ENTRIES).collect();
        self.set_rows(rows, at);
    }
}
