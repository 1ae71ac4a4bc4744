//! What is known of a process by itself.

use ratatui::text::{Line, Span};

use crate::model::{self, Precision, Process};
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// How a process ran: what as, when, where and as whom. The command line may take so many lines of so many
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
    vec![
        FieldRow::multi_line("cmdline", cmdline, lines),
        FieldRow::single_line("start", Line::styled(started, theme.time)),
        FieldRow::single_line("end", end_field(process, time, theme)),
        FieldRow::single_line("path", path),
        FieldRow::single_line("user", format!("{user}{sid}")),
    ]
}

/// By what a process is found again.
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

/// When it ended, and after how long; the last event is the best that a sensor says of that (reference 4.9).
fn end_field(process: &Process, time: impl Fn(jiff::Timestamp) -> String, theme: &Theme) -> Line<'static> {
    let last = process.last_update;
    let told = |at: jiff::Timestamp| Span::styled(time(at), theme.time);
    match (process.terminated, last) {
        (Some(true), Some(at)) => {
            let lasted = process.started.and_then(|started| {
                let lasted = at.duration_since(started);
                u64::try_from(lasted.as_millis()).ok()
            });
            let lasted = lasted.map(|millis| format!(", after {}", model::duration_from_millis(millis)));
            Line::from(vec![told(at), Span::raw(lasted.unwrap_or_default())])
        }
        (Some(true), None) => Line::styled("ended, time unknown", theme.unknown),
        (Some(false), Some(at)) => Line::from(vec![Span::raw("still running? last event "), told(at)]),
        (Some(false), None) => "still running?".into(),
        (None, _) => Line::styled("unknown", theme.unknown),
    }
}

/// The process that was opened, for a title: by its GUID where nothing else is known of it.
pub(in crate::panes) fn opened_title(session: &Session) -> Option<String> {
    let id = session.opened.id?;
    Some(match session.find_opened() {
        Some(process) => process_title(process),
        None => id.to_string(),
    })
}

/// Its name and its number on its host, for a title.
pub(in crate::panes) fn process_title(process: &Process) -> String {
    let name = match process.name.non_empty() {
        Some(name) => text::fit(name, 24),
        None => "name unknown".into(),
    };
    let pid = process.pid.map(|pid| format!(" {pid}"));
    name + &pid.unwrap_or_default()
}
