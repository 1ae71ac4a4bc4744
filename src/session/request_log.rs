//! What was asked of the server, as far back as anybody wants to look.

use std::sync::Arc;

use serde_json::json;

use super::Pages;
use crate::api::Call;
use crate::model::Document;

/// As many calls are kept; the oldest are forgotten.
const KEPT: usize = 500;

/// A call to the server, and the how-manieth it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Its number, from 1 on.
    pub number: u64,
    /// The call.
    pub call: Call,
    /// The same as JSON.
    pub document: Document,
}

impl Heard {
    /// The call of this number.
    pub fn new(number: u64, call: Call) -> Self {
        let whole = json!({
            "time": call.at,
            "method": call.method,
            "path": call.path,
            "status": call.status,
            "ms": u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
            "bytes": call.bytes,
            "error": call.error,
        });
        Self { number, call, document: Document::new(whole.to_string()) }
    }
}

impl Pages<Heard> {
    /// Puts a call before those that were made before it.
    pub(super) fn hear(&mut self, heard: Heard) {
        let at = heard.call.at;
        let before = self.here().map(|(_, row)| row.clone());
        let rows = [Arc::new(heard)].into_iter().chain(before);
        let rows = rows.take(KEPT).collect();
        self.hold(rows, at);
    }
}
