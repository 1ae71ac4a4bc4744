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
    /// Returns the entry of `trace` with its sequence `number`.
    pub fn new(number: u64, trace: RequestTrace) -> Self {
        let record = json!({
            "time": trace.at,
            "method": trace.method,
            "path": trace.path,
            "status": trace.status,
            "ms": u64::try_from(trace.duration.as_millis()).unwrap_or(u64::MAX),
            "bytes": trace.bytes,
            "error": trace.error,
        });
        Self { sequence_number: number, trace, document: Document::new(record.to_string()) }
    }
}
