//! The log of HTTP requests of this run.

use serde_json::json;

use crate::api::RequestTrace;
use crate::model::Document;

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
