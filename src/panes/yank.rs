//! What is copied from a process or a sensor: made visible, and defanged unless the raw row is asked for.

use crate::keys::Action;
use crate::model::{Document, Process, Sensor};
use crate::session::Cx;
use crate::text::{self, Untrusted};

/// Copies what `action` names of a process; false when it names nothing of one.
pub(super) fn process(process: &Process, action: Action, cx: &mut Cx<'_>) -> bool {
    let (what, copied) = match action {
        Action::YankRow => ("row, defanged", defanged(&row(process))),
        Action::YankRaw => ("row", plain(&row(process))),
        Action::YankHash => match process.md5 {
            Some(md5) => ("hash", md5.to_string()),
            None => return nothing("hash", cx),
        },
        Action::YankCmdline => match process.cmdline.non_empty() {
            Some(cmdline) => ("command line", text::visible(cmdline)),
            None => return nothing("command line", cx),
        },
        Action::YankGuid => ("GUID", process.id.to_string()),
        Action::YankHost => ("host", text::visible(&process.host)),
        Action::YankJson => return json(&process.document, cx),
        _ => return false,
    };
    copy(what, copied, cx)
}

/// Copies what `action` names of a sensor; false when it names nothing of one.
pub(super) fn sensor(sensor: &Sensor, action: Action, cx: &mut Cx<'_>) -> bool {
    let addresses = sensor
        .adapters
        .iter()
        .map(|adapter| adapter.ip.to_string())
        .collect::<Vec<_>>()
        .join(" ");
    let row = [
        sensor.id.to_string().into(),
        sensor.computer_name.clone(),
        sensor.os.clone(),
        addresses.into(),
    ];
    let (what, copied) = match action {
        Action::YankRow => ("row, defanged", defanged(&row)),
        Action::YankRaw => ("row", plain(&row)),
        Action::YankHost => ("host", text::visible(&sensor.computer_name)),
        Action::YankJson => return json(&sensor.document, cx),
        _ => return false,
    };
    copy(what, copied, cx)
}

fn row(process: &Process) -> [Untrusted; 8] {
    let md5 = process.md5.map(|md5| md5.to_string()).unwrap_or_default();
    let started = process.started.map(|at| at.to_string()).unwrap_or_default();
    [
        started.into(),
        process.host.clone(),
        process.user.clone(),
        process.parent_name.clone(),
        process.path.clone(),
        process.cmdline.clone(),
        md5.into(),
        process.id.to_string().into(),
    ]
}

fn plain(row: &[Untrusted]) -> String {
    row.iter().map(text::visible).collect::<Vec<_>>().join("\t")
}

/// Only what carries addresses is worth defanging: names of files and hosts stay readable.
fn defanged(row: &[Untrusted]) -> String {
    let cell = |cell: &Untrusted| {
        if is_linkable(cell.raw()) {
            text::defang(cell)
        } else {
            text::visible(cell)
        }
    };
    row.iter().map(cell).collect::<Vec<_>>().join("\t")
}

/// Whether a program might make a link of it.
fn is_linkable(text: &str) -> bool {
    let is_address = |word: &str| {
        word.split('.')
            .filter(|part| part.parse::<u8>().is_ok())
            .count()
            == 4
    };
    text.contains("://") || text.split([' ', ':', '/', '"']).any(is_address)
}

fn json(document: &Document, cx: &mut Cx<'_>) -> bool {
    copy("record", text::visible(&document.json().into()), cx)
}

fn copy(what: &str, copied: String, cx: &mut Cx<'_>) -> bool {
    // Whether the terminal takes it, it does not say.
    cx.notify(format!(
        "sent the {what} to the clipboard: {} bytes",
        copied.len()
    ));
    cx.copy(copied);
    true
}

fn nothing(what: &str, cx: &mut Cx<'_>) -> bool {
    cx.notify(format!("there is no {what} to copy"));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_defanged_and_file_names_are_not() {
        let row = [
            "c:\\windows\\net.exe".into(),
            "curl http://10.0.0.1/a".into(),
            "ping 10.0.0.1".into(),
        ];
        assert_eq!(
            defanged(&row),
            "c:\\windows\\net.exe\tcurl hxxp://10[.]0[.]0[.]1/a\tping 10[.]0[.]0[.]1"
        );
        assert_eq!(
            plain(&row),
            "c:\\windows\\net.exe\tcurl http://10.0.0.1/a\tping 10.0.0.1"
        );
    }
}
