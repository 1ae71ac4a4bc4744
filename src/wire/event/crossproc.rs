//! Parsing of cross-process events.

use super::{RecordReader, fields::RecordFields, pipe_fields::Layout, timestamp};
use crate::model::{AccessRights, CrossKind, Crossproc, EventFacts};

/// Reads `crossproc_complete`.
pub(super) const CROSSPROC: RecordReader = RecordReader {
    layout: Layout {
        before: &["type", "timestamp", "processId", "md5"],
        wide: "path",
        after: &["subtype", "access", "tamper", "is_target", "sha256"],
    },
    read: read_cross,
    time: timestamp,
    tamper: "tamper",
};

fn read_cross(fields: &RecordFields) -> Option<EventFacts> {
    let cross = Crossproc {
        kind: kind(fields),
        id: fields.process("processId"),
        path: fields.text("path"),
        md5: fields.md5("md5"),
        sha256: fields.sha256("sha256"),
        access: AccessRights(access(fields)),
        is_target: fields.flag("is_target").unwrap_or(false),
    };
    let has_content = cross.id.is_some() || !cross.path.is_empty();
    has_content.then(|| EventFacts::Crossproc(Box::new(cross)))
}

fn kind(fields: &RecordFields) -> CrossKind {
    /// The subtype of a handle to a thread.
    const THREAD: i64 = 2;
    let name = fields.text("type");
    let folded = name.raw().replace('_', "").to_ascii_lowercase();
    match folded.as_str() {
        "processopen" | "processopentarget" if fields.int("subtype") == Some(THREAD) => CrossKind::ThreadOpen,
        "processopen" | "processopentarget" => CrossKind::ProcessOpen,
        "threadopen" => CrossKind::ThreadOpen,
        "remotethread" | "remotethreadtarget" => CrossKind::RemoteThread,
        _ => CrossKind::Other(name),
    }
}

/// Returns the access rights as bits, from an unsigned or signed number.
fn access(fields: &RecordFields) -> u32 {
    let Some(number) = fields.int("access") else {
        return 0;
    };
    u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).unwrap_or(0)
}
