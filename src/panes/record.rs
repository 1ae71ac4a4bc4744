//! Something in full, to be read: a record, a deed, a request, a warning, what a query means.

use ratatui::{Frame, layout::Rect, text::Line, widgets::Clear};
use serde_json::Value;

use super::{Pane, PaneId, RenderCx, cursor};
use crate::changes::{self, LoggedChange};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::query::{self, Index};
use crate::session::{Cx, RequestLogEntry, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{FieldLayout, FieldRow};
use crate::wire::RecordMembers;

/// Lines that one fact may take.
const MAX_LINES: usize = 12;

/// An overlay of names and values that can be scrolled.
#[derive(Debug)]
pub struct RecordPane {
    title: String,
    /// Name and value; both can be shown.
    lines: Vec<(String, String)>,
    /// Lines that one of them may take.
    most_lines: usize,
    offset: usize,
    n_lines: usize,
    height: usize,
    /// How it stands on the screen, and in how many cells: of a long record that is not found out for every key.
    laid: Option<(u16, FieldLayout<'static>)>,
}

impl RecordPane {
    fn new<N: Into<String>>(title: String, lines: Vec<(N, String)>) -> Self {
        let shown = |text: String| text::make_visible(&text.into());
        let lines = lines.into_iter();
        let lines = lines.filter(|(_, value)| !value.is_empty());
        Self {
            title: shown(title),
            lines: lines.map(|(name, value)| (shown(name.into()), shown(value))).collect(),
            most_lines: MAX_LINES,
            offset: 0,
            n_lines: 0,
            height: 1,
            laid: None,
        }
    }

    /// A record as the server sent it, member by member; those that are empty are named at the end. Of one that is longer
    /// than anybody reads, the beginning of each long text is shown, and how much of it is not.
    pub fn of_record(title: String, record: &Document) -> Self {
        /// Bytes that are shown of a record. Windows has command lines of up to 32,767 characters, and scripts are sent up
        /// to 65,535.
        const BYTES: usize = 1 << 20;
        /// Bytes that are shown of a single text when there are more.
        const TEXT: usize = 64 << 10;
        let members = RecordMembers::from_document(record);
        let mut room = BYTES;
        let mut n_missing = 0;
        let mut lines = Vec::new();
        for path in members.paths() {
            let Some(value) = members.text_at(&path) else {
                continue;
            };
            let value = value.raw();
            let most = if record.len() > BYTES { TEXT } else { BYTES };
            let shown = &value[..value.floor_char_boundary(most.min(room))];
            room -= shown.len();
            let missing = value.len() - shown.len();
            n_missing += missing;
            let end = if missing > 0 { format!("… ({missing} bytes not shown)") } else { String::new() };
            lines.push((path, format!("{shown}{end}")));
        }
        if n_missing > 0 {
            let said = format!("{} of {} bytes are shown; y j copies all of it as JSON", BYTES - room, record.len());
            lines.insert(0, (String::new(), said));
        }
        lines.push(("empty".into(), members.empty_paths().join(", ")));
        let pane = Self::new(title, lines);
        Self { most_lines: usize::MAX, ..pane }
    }

    /// What each part of a query to an index looks for; relative times are counted from now.
    pub fn of_query(index: Index, query: &str, cx: &Cx<'_>) -> Self {
        let parsed = query::parse_for(index, query);
        let mut lines = query::problem_lines(&parsed.problems);
        // Without a meaning, there are only its mistakes to explain.
        if parsed.query.is_some() {
            lines.extend(query::explain(index, query, cx.now));
        }
        Self::new("How the server reads the query".into(), lines)
    }

    /// What was last warned of.
    pub fn of_warning(text: &str) -> Self {
        Self::new("Last warning".into(), vec![("", text.to_owned())])
    }

    /// Several warnings, each by itself.
    pub fn of_warnings(warnings: impl Iterator<Item = String>) -> Self {
        let numbered = (1..).zip(warnings);
        let lines = numbered.map(|(n, text)| (format!("{n}"), text)).collect();
        Self::new("Warnings".into(), lines)
    }

    /// What was last told, or what did not fit.
    pub fn of_message(text: &str) -> Self {
        Self::new("Full message".into(), vec![("", text.to_owned())])
    }

    /// What is wrong with a query: names and values.
    pub fn of_problems(lines: Vec<(String, String)>) -> Self {
        Self::new("Problems in the query".into(), lines)
    }

    /// A deed: what was sent, what the server held before and afterwards, and what became known when.
    pub fn of_change(act: &LoggedChange) -> Self {
        let sending = &act.submitted;
        let who = &sending.who;
        let at = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut lines = vec![
            ("line", format!("audit entry {}", act.line)),
            ("at", at(act.at)),
            ("user", who.user.clone().unwrap_or_default()),
            ("account", who.account().unwrap_or_default()),
            ("server", sending.server.clone()),
            ("target", format!("{} {} {}", sending.target.kind, sending.target.id, sending.target.name)),
            ("reason", sending.reason.clone().unwrap_or_default()),
            ("ticket", sending.ticket.clone().unwrap_or_default()),
            ("undoes", sending.undoes.map_or(String::new(), |line| format!("line {line}"))),
            ("undone by", act.undone_by.map_or(String::new(), |line| format!("line {line}"))),
        ];
        for request in &sending.requests {
            let body = match &request.body {
                Value::Null => String::new(),
                body => format!(" {body}"),
            };
            lines.push(("sent", format!("{} {}{body}", request.method, request.path)));
        }
        lines.push(("before", sending.before.to_string()));
        lines.push(("wanted", sending.wanted.to_string()));
        for (when, outcome) in &act.steps {
            let note = format!("{} {}: {}", at(*when), outcome.stage, outcome.note);
            lines.push(("known", note));
            if !outcome.after.is_null() {
                lines.push(("after", outcome.after.to_string()));
            }
        }
        Self::new(format!("{} {}", changes::label(&sending.deed), sending.target.name), lines)
    }

    /// A request.
    pub fn of_request(heard: &RequestLogEntry, session: &Session) -> Self {
        let call = &heard.trace;
        let status = call.status.map_or("none".into(), |status| status.to_string());
        let lines = vec![
            ("number", heard.sequence_number.to_string()),
            ("at", call.at.to_string()),
            ("method", call.method.to_owned()),
            ("path", call.path.clone()),
            ("status", status),
            ("took", format!("{} ms", call.duration.as_millis())),
            ("bytes", call.bytes.to_string()),
            ("error", call.error.clone().unwrap_or_default()),
            (
                "curl",
                super::list::curl_command(heard, session)
                    .unwrap_or_else(|| "it changes the server: do not repeat it".into()),
            ),
        ];
        Self::new(format!("Request {}", heard.sequence_number), lines)
    }
}

impl RecordPane {
    /// Lays it out in so many cells.
    fn lay(&self, width: u16, theme: &Theme) -> FieldLayout<'static> {
        let fields = self.lines.iter().map(|(name, value)| {
            let style = match name.as_str() {
                "error" => theme.bad,
                _ => theme.text,
            };
            FieldRow::multi_line(name, Line::styled(value.as_str(), style), self.most_lines)
        });
        let fields: Vec<_> = fields.collect();
        FieldLayout::new(&fields, width).into_owned()
    }
}

impl Pane for RecordPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn title(&self, _: &Session) -> Line<'static> {
        self.title.clone().into()
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        let moved = cursor::new_cursor(action, self.offset, self.height, last);
        self.offset = moved.unwrap_or(self.offset);
        moved.is_some()
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        self.height = usize::from(area.height).max(1);
        let kept = self.laid.take();
        let laid = match kept {
            Some((width, laid)) if width == area.width => laid,
            _ => self.lay(area.width, theme),
        };
        self.n_lines = laid.render(area, self.offset, frame.buffer_mut(), theme);
        self.laid = Some((area.width, laid));
        let n_below = self.n_lines.saturating_sub(self.offset + self.height);
        if n_below > 0
            && let Some(last) = area.rows().next_back()
        {
            frame.render_widget(Clear, last);
            let text = format!("{} more lines below", n_below + 1);
            frame.render_widget(Line::styled(text, theme.muted), last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_record_the_beginning_is_shown_and_how_much_is_not() {
        let long = "x".repeat(900_000);
        let record = format!(r#"{{"a":"short","cmdline":"{long}","script":"{long}"}}"#);
        let pane = RecordPane::of_record("Process".into(), &Document::new(record));
        let lines: Vec<_> = pane.lines.iter().map(|(_, value)| value.as_str()).collect();
        assert!(lines[0].starts_with("131077 of 1800"), "{}", lines[0]);
        assert_eq!(lines[1], "short");
        assert!(lines[2].ends_with("x… (834464 bytes not shown)"));
        assert!(lines.iter().map(|line| line.len()).sum::<usize>() < 200_000);
        // What is no longer than that is shown whole.
        let record = format!(r#"{{"cmdline":"{long}"}}"#);
        let pane = RecordPane::of_record("Process".into(), &Document::new(record));
        assert_eq!(pane.lines[0].1, long);
    }
}
