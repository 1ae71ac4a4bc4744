//! Children: between bars up to v2, an object from v3 on.

use super::{Reader, fields::Fields, pipe_fields::Layout};
use crate::model::{Childproc, ProcessId, Stage, What};

/// `childproc_complete`.
pub(super) const CHILDPROC: Reader = Reader {
    layout: Layout {
        before: &["timestamp", "processId", "md5"],
        wide: "path",
        after: &["pid", "started", "is_tampered"],
    },
    read,
    time,
    tamper: "is_tampered",
};

fn read(fields: &Fields) -> Option<What> {
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
    let is_someone = child.pid.is_some() || !child.path.is_empty() || !child.cmdline.is_empty();
    is_someone.then(|| What::Childproc(Box::new(child)))
}

fn stage(fields: &Fields) -> Option<Stage> {
    let of = |is_start| if is_start { Stage::Start } else { Stage::End };
    match fields.text("type").raw() {
        "start" => Some(Stage::Start),
        "end" => Some(Stage::End),
        _ => fields.flag("started").map(of),
    }
}

/// The time stands in the field that the type names.
fn time(fields: &Fields) -> &'static str {
    let has = |name| !fields.text(name).is_empty();
    match stage(fields) {
        _ if has("timestamp") => "timestamp",
        Some(Stage::End) if has("end") => "end",
        _ if has("start") => "start",
        _ => "end",
    }
}
