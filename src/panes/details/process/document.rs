//! Fields of a process record.

use ratatui::text::{Line, Span};

use crate::decode::{self, Encoding};
use crate::model::{self, Precision, Process};
use crate::session::Session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Returns command line, times, path and user of a process. The command line takes at most `lines` lines of `room`
/// cells.
pub(in crate::panes) fn run_fields(
    process: &Process,
    session: &Session,
    (lines, room): (usize, usize),
    theme: &Theme,
) -> Vec<FieldRow<'static>> {
    let time = |at| session.connection.zone.format(at, Precision::Most);
    let started = process.started.map_or("unknown".into(), time);
    let cmdline = if process.cmdline.is_empty() { "unknown".into() } else { text::fit(&process.cmdline, room * lines) };
    let path = process.path.non_empty();
    let path = path.map_or("unknown".into(), |path| text::fit_end(path, room.saturating_sub(8)));
    let user = process.user.non_empty();
    let user = user.map_or("unknown".into(), text::excerpt);
    let sid = process.sid.non_empty();
    let sid = sid.map_or(String::new(), |sid| format!("  {}", text::excerpt(sid)));
    let decoded = decoded_field(&process.cmdline, room);
    let mut fields = vec![FieldRow::multi_line("cmdline", cmdline, lines)];
    fields.extend(decoded.map(|decoded| FieldRow::single_line("decoded", Line::styled(decoded, theme.caution))));
    fields.extend([
        FieldRow::single_line("start", Line::styled(started, theme.time)),
        FieldRow::single_line("end", end_field(process, time, theme)),
        FieldRow::single_line("path", path),
        FieldRow::single_line("user", format!("{user}{sid}")),
    ]);
    fields
}

/// Returns the beginning of what a command line hides, in one line of `room` cells; `None` if it hides nothing. It is
/// computed for each frame, so that long command lines are left to the popup with all of it.
fn decoded_field(command_line: &Untrusted, room: usize) -> Option<String> {
    /// The longest command line that is decoded here, in bytes.
    const MAX_BYTES: usize = 4096;
    if command_line.raw().len() > MAX_BYTES {
        return None;
    }
    let mut layers = decode::decode(command_line.raw()).layers;
    // System processes have a variable in their path, which hides nothing.
    layers.retain(|layer| layer.encoding != Encoding::Variables);
    let layer = layers.pop()?;
    Some(text::fit(&layer.text.into(), room.saturating_sub(8)))
}

/// Returns hashes and GUID of a process.
pub(in crate::panes) fn id_fields(process: &Process) -> Vec<FieldRow<'static>> {
    let md5 = process.md5.map(|md5| md5.to_string());
    let md5 = md5.unwrap_or_else(|| "unknown".into());
    let mut fields = vec![FieldRow::single_line("md5", md5)];
    // Servers before 7.0 have none.
    if let Some(sha256) = process.sha256 {
        fields.push(FieldRow::multi_line("sha256", sha256.to_string(), 2));
    }
    fields.push(FieldRow::single_line("guid", process.id.to_string()));
    fields
}

/// Returns when the process ended and how long it ran. The server records no end: the time of the last event is used
/// (reference 4.9).
fn end_field(process: &Process, time: impl Fn(jiff::Timestamp) -> String, theme: &Theme) -> Line<'static> {
    let last = process.last_update;
    let time_span = |at: jiff::Timestamp| Span::styled(time(at), theme.time);
    match (process.terminated, last) {
        (Some(true), Some(at)) => {
            let duration = process.started.and_then(|started| {
                let duration = at.duration_since(started);
                u64::try_from(duration.as_millis()).ok()
            });
            let duration = duration.map(|millis| format!(", after {}", model::duration_from_millis(millis)));
            Line::from(vec![time_span(at), Span::raw(duration.unwrap_or_default())])
        }
        (Some(true), None) => Line::styled("ended, time unknown", theme.unknown),
        (Some(false), Some(at)) => Line::from(vec![Span::raw("still running? last event "), time_span(at)]),
        (Some(false), None) => "still running?".into(),
        (None, _) => Line::styled("unknown", theme.unknown),
    }
}

/// Returns a title for the opened process; its GUID while it is not loaded.
pub(in crate::panes) fn opened_title(session: &Session) -> Option<String> {
    let id = session.opened.id?;
    Some(match session.find_opened() {
        Some(process) => process_title(process),
        None => id.to_string(),
    })
}

/// Returns name and process ID for a title.
pub(in crate::panes) fn process_title(process: &Process) -> String {
    let name = match process.name.non_empty() {
        Some(name) => text::fit(name, 24),
        None => "name unknown".into(),
    };
    let pid = process.pid.map(|pid| format!(" {pid}"));
    name + &pid.unwrap_or_default()
}
