//! Parsing of pipe-separated events: files, registry keys and modules.

use super::{RecordReader, fields::RecordFields, pipe_fields::Layout, timestamp};
use crate::model::{EventFacts, FileAction, FileType, Filemod, Modload, RegAction, Regmod};

/// Reads `filemod_complete`.
pub(super) const FILEMOD: RecordReader = RecordReader {
    layout: Layout { before: &["type", "timestamp"], wide: "path", after: &["md5", "filetype", "tamper", "sha256"] },
    read: filemod,
    time: timestamp,
    tamper: "tamper",
};

/// Reads `regmod_complete`.
pub(super) const REGMOD: RecordReader = RecordReader {
    layout: Layout { before: &["type", "timestamp"], wide: "path", after: &["tamper"] },
    read: regmod,
    time: timestamp,
    tamper: "tamper",
};

/// Reads `modload_complete`.
pub(super) const MODLOAD: RecordReader = RecordReader {
    layout: Layout { before: &["timestamp", "md5"], wide: "path", after: &["sha256"] },
    read: modload,
    time: timestamp,
    tamper: "tamper",
};

fn filemod(fields: &RecordFields) -> Option<EventFacts> {
    let path = fields.text("path");
    if path.is_empty() {
        return None;
    }
    Some(EventFacts::Filemod(Filemod {
        action: FileAction::new(fields.int("type")),
        path,
        md5: fields.md5("md5"),
        sha256: fields.sha256("sha256"),
        file_type: fields.int("filetype").map(FileType),
    }))
}

fn regmod(fields: &RecordFields) -> Option<EventFacts> {
    let path = fields.text("path");
    if path.is_empty() {
        return None;
    }
    Some(EventFacts::Regmod(Regmod { action: RegAction::new(fields.int("type")), path }))
}

fn modload(fields: &RecordFields) -> Option<EventFacts> {
    let module = Modload { path: fields.text("path"), md5: fields.md5("md5"), sha256: fields.sha256("sha256") };
    (!module.path.is_empty() || module.md5.is_some()).then_some(EventFacts::Modload(module))
}
