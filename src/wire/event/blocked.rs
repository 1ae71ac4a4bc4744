//! Blocked processes, scripts without a file, and what has no known layout.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::super::{compact::compact, time};
use super::{
    RecordReader,
    fields::{self, RecordFields},
    pipe_fields::Layout,
    timestamp,
};
use crate::model::{Block, Document, EventFacts, Fileless};
use crate::text::Untrusted;

/// `processblock_complete`: an object written as text. Between bars it has never been seen.
pub(super) const BLOCK: RecordReader = RecordReader {
    layout: Layout { before: &[], wide: "text", after: &[] },
    read: read_block,
    time: timestamp,
    tamper: "tamper",
};

/// `fileless_scriptload_complete`. The script takes the rest of the record, bars and all.
pub(super) const FILELESS: RecordReader = RecordReader {
    layout: Layout { before: &["timestamp", "sha256"], wide: "script", after: &[] },
    read: read_fileless,
    time: timestamp,
    tamper: "tamper",
};

fn read_block(fields: &RecordFields) -> Option<EventFacts> {
    let block = Block {
        kind: fields.text("block_type"),
        event: fields.text("block_event"),
        result: fields.text("block_result"),
        error: fields.text("block_error"),
        md5: fields.md5("blocked_md5"),
        path: fields.text("blocked_path"),
        cmdline: fields.text("blocked_cmdline"),
        uid: fields.text("blocked_uid"),
        user: fields.text("blocked_username"),
    };
    let is_something = block.md5.is_some() || !block.path.is_empty() || !block.cmdline.is_empty();
    is_something.then(|| EventFacts::Block(Box::new(block)))
}

fn read_fileless(fields: &RecordFields) -> Option<EventFacts> {
    let script = Fileless { sha256: fields.sha256("sha256"), script: fields.text("script") };
    (script.sha256.is_some() || !script.script.is_empty()).then_some(EventFacts::Fileless(script))
}

/// A record of a kind without a reader: as it is, with its time where one can be recognised.
pub(super) fn parse_unknown(kind: &str, json: &RawValue) -> Option<(EventFacts, Option<Timestamp>, Document)> {
    let text = fields::text(json).unwrap_or_else(|| compact(json.get()));
    if matches!(text.trim(), "" | "null" | "{}" | "[]") {
        return None;
    }
    let record = fields::object(&text);
    let at = match &record {
        Some(record) => record.time("timestamp").or_else(|| record.time("time")),
        None => first_time(&text),
    };
    let document = match &record {
        Some(record) => record.document(),
        None => Document::new(text_document(&text)),
    };
    let text: Untrusted = text.into();
    let what = if kind == "emet" {
        EventFacts::Emet(text)
    } else {
        let kind = kind.into();
        EventFacts::Other { kind, text }
    };
    Some((what, at, document))
}

/// The first time between bars. A number alone may be anything.
fn first_time(text: &str) -> Option<Timestamp> {
    let is_number = |part: &str| part.trim().parse::<f64>().is_ok();
    text.split('|').filter(|part| !is_number(part)).find_map(time::parse)
}

fn text_document(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap_or_default();
    format!("{{\"text\":{text}}}")
}
