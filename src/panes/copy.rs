//! Texts for the clipboard: made visible, and defanged unless the raw row is requested.

use jiff::Timestamp;

use super::ActionResult;
use crate::keys::Action;
use crate::model::{Alert, Ban, Binary, Document, Event, EventFacts, Process, Sensor};
use crate::session::Cx;
use crate::text::{self, Untrusted};

/// What to copy: a name for notices, and the text, if there is one.
pub(super) type Clip = (&'static str, Option<String>);

/// Returns what a copy action takes from a process; `None` if `action` does not apply to processes.
pub(super) fn process_clip(process: &Process, action: Action) -> Option<Clip> {
    let md5 = process.md5.map(|md5| md5.to_string());
    Some(match action {
        Action::YankRow => ("row (defanged)", Some(defanged_row(&process_row(process)))),
        Action::YankRaw => ("row", Some(tab_separated(&process_row(process)))),
        Action::YankHash => ("hash", md5),
        Action::YankCmdline => ("command line", process.cmdline.non_empty().map(text::make_visible)),
        Action::YankGuid => ("GUID", Some(process.id.to_string())),
        Action::YankHost => ("host", process.host.non_empty().map(text::make_visible)),
        Action::YankJson => ("record", Some(to_json(&process.document))),
        _ => return None,
    })
}

/// Returns what a copy action takes from a sensor; `None` if `action` does not apply to sensors.
pub(super) fn sensor_clip(sensor: &Sensor, action: Action) -> Option<Clip> {
    let addresses = sensor.adapters.iter().map(|adapter| adapter.ip.to_string()).collect::<Vec<_>>().join(" ");
    let row = [sensor.id.to_string().into(), sensor.computer_name.clone(), sensor.os.clone(), addresses.into()];
    let name = &sensor.computer_name;
    Some(match action {
        Action::YankRow => ("row (defanged)", Some(defanged_row(&row))),
        Action::YankRaw => ("row", Some(tab_separated(&row))),
        Action::YankHost => ("host", name.non_empty().map(text::make_visible)),
        Action::YankJson => ("record", Some(to_json(&sensor.document))),
        _ => return None,
    })
}

/// Returns what a copy action takes from a ban; `None` if `action` does not apply to bans.
pub(super) fn ban_clip(ban: &Ban, action: Action) -> Option<Clip> {
    let md5 = ban.md5.to_string();
    let row = [md5.as_str().into(), ban.username.clone(), time_text(ban.created), ban.text.clone()];
    if action == Action::YankHash {
        return Some(("hash", Some(md5)));
    }
    fields_clip(|| row.into_iter(), &ban.document, action)
}

/// Returns what a copy action takes from any row, given its fields and its record; `None` if `action` does not apply.
pub(super) fn fields_clip<F: Iterator<Item = Untrusted>>(
    fields: impl FnOnce() -> F,
    document: &Document,
    action: Action,
) -> Option<Clip> {
    Some(match action {
        Action::YankRow => ("row (defanged)", Some(defanged_row(&fields().collect::<Vec<_>>()))),
        Action::YankRaw => ("row", Some(tab_separated(&fields().collect::<Vec<_>>()))),
        Action::YankJson => ("record", Some(to_json(document))),
        _ => return None,
    })
}

/// Returns what a copy action takes from an alert; `None` if `action` does not apply to alerts.
pub(super) fn alert_clip(alert: &Alert, action: Action) -> Option<Clip> {
    let severity = alert.severity.map(|severity| severity.to_string());
    let row = [
        time_text(alert.created),
        severity.unwrap_or_default().into(),
        alert.status.server_word(),
        alert.host.clone(),
        alert.user.clone(),
        alert.process_name.clone(),
        alert.source_name.clone(),
        alert.indicator.value.clone(),
        alert.md5.map(|md5| md5.to_string()).unwrap_or_default().into(),
        alert.id.0.clone(),
    ];
    Some(match action {
        Action::YankRow => ("row (defanged)", Some(defanged_row(&row))),
        Action::YankRaw => ("row", Some(tab_separated(&row))),
        Action::YankHash => ("hash", alert.md5.map(|md5| md5.to_string())),
        Action::YankGuid => ("GUID", alert.process.map(|id| id.to_string())),
        Action::YankHost => ("host", alert.host.non_empty().map(text::make_visible)),
        Action::YankJson => ("record", Some(to_json(&alert.document))),
        _ => return None,
    })
}

/// Returns what a copy action takes from a binary; `None` if `action` does not apply to binaries.
pub(super) fn binary_clip(binary: &Binary, action: Action) -> Option<Clip> {
    let path = binary.observed_paths.first().cloned();
    let row = [
        binary.md5.to_string().into(),
        binary.signature.result.clone(),
        binary.signature.publisher.clone(),
        time_text(binary.first_seen),
        path.unwrap_or_default(),
    ];
    Some(match action {
        Action::YankRow => ("row (defanged)", Some(defanged_row(&row))),
        Action::YankRaw => ("row", Some(tab_separated(&row))),
        Action::YankHash => ("hash", Some(binary.md5.to_string())),
        Action::YankJson => ("record", Some(to_json(&binary.document))),
        _ => return None,
    })
}

/// Returns what a copy action takes from an event; `None` if `action` does not apply to events.
pub(super) fn event_clip(event: &Event, action: Action) -> Option<Clip> {
    let md5 = event.md5().map(|md5| md5.to_string());
    let sha256 = event.sha256().map(|sha256| sha256.to_string());
    let hash = md5.or(sha256);
    let row = [
        time_text(event.at),
        event.kind().to_string().into(),
        event.action().into(),
        event.object(),
        hash.clone().unwrap_or_default().into(),
        event.process.to_string().into(),
    ];
    let (other, cmdline) = match &event.what {
        EventFacts::Childproc(child) => (child.id, child.cmdline.non_empty()),
        EventFacts::Crossproc(cross) => (cross.id, None),
        EventFacts::Block(block) => (None, block.cmdline.non_empty()),
        _ => (None, None),
    };
    // The remote end of a connection is defanged in full, even if it does not look like an address.
    let has_address = matches!(event.what, EventFacts::Netconn(_));
    Some(match action {
        Action::YankRow if has_address => {
            let object = text::defang(&event.object()).into();
            let [at, kind, action, _, hash, process] = row;
            let row = [at, kind, action, object, hash, process];
            ("row (defanged)", Some(tab_separated(&row)))
        }
        Action::YankRow => ("row (defanged)", Some(defanged_row(&row))),
        Action::YankRaw => ("row", Some(tab_separated(&row))),
        Action::YankHash => ("hash", hash),
        Action::YankCmdline => ("command line", cmdline.map(text::make_visible)),
        Action::YankGuid => ("GUID", other.map(|id| id.to_string())),
        Action::YankJson => ("record", Some(to_json(&event.document))),
        _ => return None,
    })
}

/// Copies the clip to the clipboard; the action is not available if there is none.
pub(super) fn copy_clip(clip: Option<Clip>, cx: &mut Cx<'_>) -> ActionResult {
    let Some(clip) = clip else { return ActionResult::Ignored };
    copy_clips(vec![clip], cx);
    ActionResult::Done
}

/// Copies the text of each clip to the clipboard, one line each.
pub(super) fn copy_clips(clips: Vec<Clip>, cx: &mut Cx<'_>) {
    let name = clips.first().map_or("row", |(name, _)| *name);
    let n_rows = clips.len();
    let lines: Vec<_> = clips.into_iter().filter_map(|(_, text)| text).collect();
    if lines.is_empty() {
        return cx.notify(format!("No {name} to copy"));
    }
    let text = lines.join("\n");
    let suffix = if n_rows > 1 { format!(" of {} rows", lines.len()) } else { String::new() };
    cx.copy_text(&format!("{name}{suffix}"), text);
}

fn process_row(process: &Process) -> [Untrusted; 8] {
    let md5 = process.md5.map(|md5| md5.to_string()).unwrap_or_default();
    [
        time_text(process.started),
        process.host.clone(),
        process.user.clone(),
        process.parent_name.clone(),
        process.path.clone(),
        process.cmdline.clone(),
        md5.into(),
        process.id.to_string().into(),
    ]
}

fn time_text(at: Option<Timestamp>) -> Untrusted {
    at.map(|at| at.to_string()).unwrap_or_default().into()
}

pub(super) fn tab_separated(row: &[Untrusted]) -> String {
    let cells = row.iter().map(text::make_visible);
    cells.collect::<Vec<_>>().join("\t")
}

/// Returns the cells defanged, and escaped so that no spreadsheet evaluates them as formulas.
pub(super) fn defanged_row(row: &[Untrusted]) -> String {
    let cells = row.iter().map(text::defang_cell);
    cells.map(text::escape_formula).collect::<Vec<_>>().join("\t")
}

fn to_json(document: &Document) -> String {
    text::make_visible(&document.json().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_defanged_and_file_names_are_not() {
        let row = ["c:\\windows\\net.exe".into(), "curl http://10.0.0.1/a".into(), "ping 10.0.0.1".into()];
        assert_eq!(defanged_row(&row), "c:\\windows\\net.exe\tcurl hxxp://10[.]0[.]0[.]1/a\tping 10[.]0[.]0[.]1");
        assert_eq!(defanged_row(&["=1+1".into(), "a".into()]), "'=1+1\ta");
        assert_eq!(tab_separated(&row), "c:\\windows\\net.exe\tcurl http://10.0.0.1/a\tping 10.0.0.1");
    }
}
