//! Parsing of blocked processes, fileless scripts, and events of unknown kinds.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::super::{Record, compact::compact, time};
use super::{
    RecordReader,
    fields::{self, RecordFields},
    pipe_fields::Layout,
    timestamp,
};
use crate::model::{Block, Document, EventFacts, Fileless};
use crate::text::Untrusted;

/// Reads `processblock_complete`: an object as JSON text. A pipe-separated form is not known.
pub(super) const BLOCK: RecordReader = RecordReader {
    layout: Layout { before: &[], wide: "text", after: &[] },
    read: read_block,
    time: timestamp,
    tamper: "tamper",
};

/// Reads `fileless_scriptload_complete`. The script is the rest of the record, including pipes.
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
    let has_content = block.md5.is_some() || !block.path.is_empty() || !block.cmdline.is_empty();
    has_content.then(|| EventFacts::Block(Box::new(block)))
}

fn read_fileless(fields: &RecordFields) -> Option<EventFacts> {
    let script = Fileless { sha256: fields.sha256("sha256"), script: fields.text("script") };
    (script.sha256.is_some() || !script.script.is_empty()).then_some(EventFacts::Fileless(script))
}

/// Parses a record of an unknown kind: its text is preserved, and its time is recognized if possible.
pub(super) fn parse_unknown(kind: &str, json: &RawValue) -> Option<(EventFacts, Option<Timestamp>, Document)> {
    let text = fields::text(json).unwrap_or_else(|| compact(json.get()));
    if matches!(text.trim(), "" | "null" | "{}" | "[]") {
        return None;
    }
    let record = Record::parse(&text);
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

/// Returns the first field that is a time. A plain number could be anything, so it is skipped.
fn first_time(text: &str) -> Option<Timestamp> {
    let is_number = |part: &str| part.trim().parse::<f64>().is_ok();
    text.split('|').filter(|part| !is_number(part)).find_map(time::parse)
}

fn text_document(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap_or_default();
    format!("{{\"text\":{text}}}")
}
