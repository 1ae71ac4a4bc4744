//! Parsing of child processes: pipe-separated up to v2, an object from v3.

use super::{RecordReader, fields::RecordFields, pipe_fields::Layout};
use crate::model::{ChildStage, Childproc, EventFacts, ProcessId};

/// Reads `childproc_complete`.
pub(super) const CHILDPROC: RecordReader = RecordReader {
    layout: Layout {
        before: &["timestamp", "processId", "md5"],
        wide: "path",
        after: &["pid", "started", "is_tampered"],
    },
    read: read_child,
    time,
    tamper: "is_tampered",
};

fn read_child(fields: &RecordFields) -> Option<EventFacts> {
    let id = fields.process("processId");
    let child = Childproc {
        stage: stage(fields),
        pid: fields.number("pid").or(id.and_then(ProcessId::pid)),
        id,
        path: fields.text("path"),
        md5: fields.md5("md5"),
        sha256: fields.sha256("sha256"),
        cmdline: fields.text("commandLine"),
        user: fields.text("userName"),
        is_suppressed: fields.flag("is_suppressed").unwrap_or(false),
    };
    let has_content = child.pid.is_some() || !child.path.is_empty() || !child.cmdline.is_empty();
    has_content.then(|| EventFacts::Childproc(Box::new(child)))
}

fn stage(fields: &RecordFields) -> Option<ChildStage> {
    let from_flag = |is_start| if is_start { ChildStage::Start } else { ChildStage::End };
    match fields.text("type").raw() {
        "start" => Some(ChildStage::Start),
        "end" => Some(ChildStage::End),
        _ => fields.flag("started").map(from_flag),
    }
}

/// Returns the field with the time, which depends on the type of the event.
fn time(fields: &RecordFields) -> &'static str {
    let has = |name| !fields.text(name).is_empty();
    match stage(fields) {
        _ if has("timestamp") => "timestamp",
        Some(ChildStage::End) if has("end") => "end",
        _ if has("start") => "start",
        _ => "end",
    }
}
