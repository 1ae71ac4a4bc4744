//! What was asked of the server, as far back as anybody wants to look.

use std::sync::Arc;

use serde_json::json;

use super::Pages;
use crate::api::RequestTrace;
use crate::model::Document;

/// As many calls are kept; the oldest are forgotten.
const MAX_ENTRIES: usize = 500;

/// A call to the server, and the how-manieth it was.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestLogEntry {
    /// Its number, from 1 on.
    pub sequence_number: u64,
    /// The call.
    pub trace: RequestTrace,
    /// The same as JSON.
    pub document: Document,
}

impl RequestLogEntry {
    /// The call of this number.
    pub fn new(number: u64, call: RequestTrace) -> Self {
        let whole = json!({
            "time": call.at,
            "method": call.method,
            "path": call.path,
            "status": call.status,
            "ms": u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
            "bytes": call.bytes,
            "error": call.error,
        });
        Self { sequence_number: number, trace: call, document: Document::new(whole.to_string()) }
    }
}

impl Pages<RequestLogEntry> {
    /// Puts a call before those that were made before it.
    pub(super) fn push_front(&mut self, heard: RequestLogEntry) {
        let at = heard.trace.at;
        let before = self.loaded_rows().map(|(_, row)| row.clone());
        let rows = [Arc::new(heard)].into_iter().chain(before);
        let rows = rows.take(MAX_ENTRIES).collect();
        self.set_rows(rows, at);
    }
}
