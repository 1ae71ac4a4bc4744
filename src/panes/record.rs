//! The popup with all fields of a record, a logged change, a request, a warning, or an explained query.

use ratatui::{Frame, layout::Rect, text::Line};
use serde_json::Value;

use super::{ActionResult, Pane, PaneHeader, RenderCx, ScrollView};
use crate::changes::{self, LoggedChange};
use crate::decode::{self, Decoded};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::query::{self, Index};
use crate::session::{Cx, RequestLogEntry, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{FieldLayout, FieldRow};
use crate::wire::RecordMembers;

/// Lines that one field may take.
const MAX_LINES: usize = 12;

/// A scrolled popup of names and values.
#[derive(Debug)]
pub struct RecordPane {
    title: String,
    /// Names and values, made visible.
    lines: Vec<(String, String)>,
    /// Lines that one field may take.
    max_lines: usize,
    scroll: ScrollView,
    /// The layout and its width, cached: for a long record it is expensive.
    layout: Option<(u16, FieldLayout<'static>)>,
}

impl RecordPane {
    fn new<N: Into<String>>(title: String, lines: Vec<(N, String)>) -> Self {
        let visible = |text: String| text::make_visible(&text.into());
        let lines = lines.into_iter();
        let lines = lines.filter(|(_, value)| !value.is_empty());
        Self {
            title: visible(title),
            lines: lines.map(|(name, value)| (visible(name.into()), visible(value))).collect(),
            max_lines: MAX_LINES,
            scroll: ScrollView::default(),
            layout: None,
        }
    }

    /// Creates the popup for a record as the server sent it, with the names of empty members at the end. Of a record
    /// longer than 1 MiB, the start of each long text is shown, with the number of bytes left out.
    pub fn of_record(title: String, record: &Document) -> Self {
        /// Bytes shown of a record. Windows has command lines of up to 32,767 characters, and sensors send scripts of
        /// up to 65,535.
        const BYTES: usize = 1 << 20;
        /// Bytes shown of each text of a longer record.
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
            let limit = if record.len() > BYTES { TEXT } else { BYTES };
            let excerpt = &value[..value.floor_char_boundary(limit.min(room))];
            room -= excerpt.len();
            let n_left_out = value.len() - excerpt.len();
            n_missing += n_left_out;
            let end = if n_left_out > 0 { format!("… ({n_left_out} bytes not shown)") } else { String::new() };
            lines.push((path, format!("{excerpt}{end}")));
        }
        if n_missing > 0 {
            let note = format!("{} of {} bytes are shown; y j copies all of it as JSON", BYTES - room, record.len());
            lines.insert(0, (String::new(), note));
        }
        lines.push(("empty".into(), members.empty_paths().join(", ")));
        let pane = Self::new(title, lines);
        Self { max_lines: usize::MAX, ..pane }
    }

    /// Creates the popup that explains each part of a query. Relative times are counted from now.
    pub fn of_query(index: Index, query: &str, cx: &Cx<'_>) -> Self {
        let parsed = query::parse_for(index, query);
        let mut lines = query::problem_lines(&parsed.problems);
        // A query that cannot be parsed only has problems.
        if parsed.query.is_some() {
            lines.extend(query::explain(index, query, cx.now));
        }
        Self::new("How the server reads the query".into(), lines)
    }

    /// Creates the popup with command lines, each with what it hides below it.
    pub fn of_command_lines(command_lines: &[Untrusted]) -> Self {
        let mut lines = Vec::new();
        for command_line in command_lines {
            if !lines.is_empty() {
                lines.push((String::new(), " ".to_owned()));
            }
            lines.push(("command line".to_owned(), command_line.raw().to_owned()));
            lines.extend(decoded_lines(&decode::decode(command_line.raw())));
        }
        let title = match command_lines {
            [_] => "Command line".to_owned(),
            all => format!("Command lines of {} rows", all.len()),
        };
        Self { max_lines: usize::MAX, ..Self::new(title, lines) }
    }

    /// Creates the popup with the last warning.
    pub fn of_warning(text: &str) -> Self {
        Self::new("Last warning".into(), vec![("", text.to_owned())])
    }

    /// Creates the popup with several warnings, numbered.
    pub fn of_warnings(warnings: impl Iterator<Item = String>) -> Self {
        let numbered = (1..).zip(warnings);
        let lines = numbered.map(|(n, text)| (format!("{n}"), text)).collect();
        Self::new("Warnings".into(), lines)
    }

    /// Creates the popup with a message in full.
    pub fn of_message(text: &str) -> Self {
        Self::new("Full message".into(), vec![("", text.to_owned())])
    }

    /// Creates the popup with the problems of a query.
    pub fn of_problems(lines: Vec<(String, String)>) -> Self {
        Self::new("Problems in the query".into(), lines)
    }

    /// Creates the popup for a logged change: what was sent, the state before and after, and each outcome.
    pub fn of_change(logged: &LoggedChange) -> Self {
        let submitted = &logged.submitted;
        let who = &submitted.who;
        let at = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut lines = vec![
            ("line", format!("audit entry {}", logged.line)),
            ("at", at(logged.at)),
            ("user", who.user.clone().unwrap_or_default()),
            ("account", who.account().unwrap_or_default()),
            ("server", submitted.server.clone()),
            ("target", format!("{} {} {}", submitted.target.kind, submitted.target.id, submitted.target.name)),
            ("reason", submitted.reason.clone().unwrap_or_default()),
            ("ticket", submitted.ticket.clone().unwrap_or_default()),
            ("undoes", submitted.undoes.map_or(String::new(), |line| format!("line {line}"))),
            ("undone by", logged.undone_by.map_or(String::new(), |line| format!("line {line}"))),
        ];
        for request in &submitted.requests {
            let body = match &request.body {
                Value::Null => String::new(),
                body => format!(" {body}"),
            };
            lines.push(("sent", format!("{} {}{body}", request.method, request.path)));
        }
        lines.push(("before", submitted.before.to_string()));
        lines.push(("wanted", submitted.desired.to_string()));
        for (time, outcome) in &logged.steps {
            let note = format!("{} {}: {}", at(*time), outcome.stage, outcome.note);
            lines.push(("known", note));
            if !outcome.after.is_null() {
                lines.push(("after", outcome.after.to_string()));
            }
        }
        Self::new(format!("{} {}", changes::label(&submitted.verb), submitted.target.name), lines)
    }

    /// Creates the popup for an entry of the request log.
    pub fn of_request(entry: &RequestLogEntry, session: &Session) -> Self {
        let trace = &entry.trace;
        let status = trace.status.map_or("none".into(), |status| status.to_string());
        let lines = vec![
            ("number", entry.sequence_number.to_string()),
            ("at", trace.at.to_string()),
            ("method", trace.method.to_owned()),
            ("path", trace.path.clone()),
            ("status", status),
            ("took", format!("{} ms", trace.duration.as_millis())),
            ("bytes", trace.bytes.to_string()),
            ("error", trace.error.clone().unwrap_or_default()),
            (
                "curl",
                entry
                    .trace
                    .curl_command(&session.connection.info.url)
                    .unwrap_or_else(|| "it changes the server: do not repeat it".into()),
            ),
        ];
        Self::new(format!("Request {}", entry.sequence_number), lines)
    }
}

/// Returns the layers of a command line: how each was hidden and where, and its text line by line.
fn decoded_lines(decoded: &Decoded) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (at, layer) in decoded.layers.iter().enumerate() {
        let parent = decoded.layers[..at].iter().rposition(|other| other.depth < layer.depth);
        let place = parent.map_or("in the command line".to_owned(), |parent| format!("in {}", parent + 1));
        lines.push((format!("decoded {}", at + 1), format!("{}, {place}; decoded here", layer.encoding.name())));
        lines.extend(layer.text.lines().map(|line| (String::new(), line.to_owned())));
    }
    if decoded.is_cut {
        lines.push((String::new(), "There is more than this program decodes".to_owned()));
    } else if lines.is_empty() {
        lines.push(("decoded".to_owned(), "nothing that is encoded in a known way".to_owned()));
    }
    lines
}

impl RecordPane {
    /// Returns the layout for a width in cells.
    fn layout_for(&self, width: u16, theme: &Theme) -> FieldLayout<'static> {
        let fields = self.lines.iter().map(|(name, value)| {
            let style = match name.as_str() {
                "error" => theme.bad,
                _ => theme.text,
            };
            FieldRow::multi_line(name, Line::styled(value.as_str(), style), self.max_lines)
        });
        let fields: Vec<_> = fields.collect();
        FieldLayout::new(&fields, width).into_owned()
    }
}

impl Pane for RecordPane {
    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn header(&self, _: &Session) -> PaneHeader {
        self.title.clone().into()
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        self.scroll.handle_action(action)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let layout = match self.layout.take() {
            Some((width, layout)) if width == area.width => layout,
            _ => self.layout_for(area.width, theme),
        };
        let first = self.scroll.resize(layout.n_lines(), area.height);
        layout.render(area, first, frame.buffer_mut(), theme);
        self.layout = Some((area.width, layout));
        self.scroll.render_rest(frame, area, theme);
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
        // A record within the limit is shown in full.
        let record = format!(r#"{{"cmdline":"{long}"}}"#);
        let pane = RecordPane::of_record("Process".into(), &Document::new(record));
        assert_eq!(pane.lines[0].1, long);
    }
}
