//! Drawing of the process tree: visible rows with their guide lines.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::rows::{Fold, Note, RowContent, TreeRow};
use crate::api::Error;
use crate::model::{Process, ProcessId, Top};
use crate::panes::{RenderCx, list::format_moment};
use crate::session::Session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{scroll_to_cursor, tree_guide};

/// Widths of the columns besides name and command line, with the gap before each.
const PID_WIDTH: usize = 7;
const USER_WIDTH: usize = 12;
const START_WIDTH: usize = 18;

/// Preferred width of the name column, with the guide lines.
const NAME_WIDTH: usize = 22;

/// Width of the name column, with the guide lines, if there is a command line too.
const WIDE_NAME_WIDTH: usize = 36;

/// A narrower command line is left out.
const MIN_CMDLINE_WIDTH: usize = 24;

/// How a tree is drawn.
#[derive(Clone, Copy, Debug)]
pub(in crate::panes) struct TreeStyle {
    /// Index of the row under the cursor.
    pub(in crate::panes) cursor: usize,
    /// The process to highlight.
    pub(in crate::panes) opened: Option<ProcessId>,
    /// Time of the answers: start times of its year are drawn without the year.
    pub(in crate::panes) as_of: Timestamp,
    /// Whether rows have a sign that shows whether they are folded.
    pub(in crate::panes) has_signs: bool,
}

/// Draws the visible rows. `first` is the index of the first one, and is scrolled to the cursor.
pub(in crate::panes) fn render_rows(
    rows: &[TreeRow<'_>],
    style: TreeStyle,
    first: &mut usize,
    session: &Session,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &RenderCx<'_>,
) {
    *first = scroll_to_cursor(*first, style.cursor, area.height.into(), rows.len());
    let depths: Vec<_> = rows.iter().map(|row| row.depth).collect();
    let name_width = if style.has_signs { NAME_WIDTH + 2 } else { NAME_WIDTH };
    let columns = Columns::fit(area.width.into(), name_width);
    let format_start = |at| format_moment(at, columns.start, style.as_of, &session.connection.zone);
    for (at, line_area) in (*first..rows.len()).zip(area.rows()) {
        // Deep trees are indented less, so that names stay visible.
        let room = columns.name.saturating_sub(NAME_WIDTH / 2);
        let guide = tree_guide(&depths, at, room, &cx.theme.glyphs);
        // The first line shows how many rows are above it.
        let hidden = rows[..=at].iter().filter_map(TreeRow::process).count();
        if at == *first && at > 0 && at != style.cursor && hidden > 0 {
            let text = format!("{hidden} more above");
            frame.render_widget(Line::styled(text, cx.theme.muted), line_area);
            continue;
        }
        let line = match rows[at].content {
            RowContent::Process(process, fold) => {
                let is_opened = style.opened == Some(process.id);
                let name_style = if is_opened { cx.theme.title } else { Style::new() };
                let fold = style.has_signs.then_some(fold);
                let started = process.started.map(format_start).unwrap_or_default();
                process_line(process, guide, fold, name_style, columns, started, cx.theme)
            }
            RowContent::Note(_, note) => {
                let (text, note_style) = note_text(note, cx.theme);
                let sign = if style.has_signs && rows[at].depth > 0 { "  " } else { "" };
                let room = usize::from(area.width).saturating_sub(text::width(&guide) + sign.len());
                Line::from(vec![
                    Span::styled(guide, cx.theme.guide),
                    Span::raw(sign),
                    Span::styled(text::fit(&text.into(), room), note_style),
                ])
            }
        };
        frame.render_widget(line, line_area);
        if at == style.cursor {
            let selection = if cx.is_focused { cx.theme.selection } else { cx.theme.selection_unfocused };
            frame.buffer_mut().set_style(line_area, selection);
        }
    }
}

/// Widths of the columns, without the gap before each; 0 for columns that are left out.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    user: usize,
    start: usize,
    cmdline: usize,
}

impl Columns {
    /// Divides `width` cells; the names need `name`.
    fn fit(width: usize, name: usize) -> Self {
        let available = width.saturating_sub(PID_WIDTH);
        let user = if available >= name + USER_WIDTH { USER_WIDTH } else { available.saturating_sub(name) };
        // A few letters of a user name are of no use.
        let user = if user < 6 { 0 } else { user };
        let available = available - user;
        let start = if available >= name + START_WIDTH { START_WIDTH } else { 0 };
        let available = available - start;
        let cmdline = if available >= WIDE_NAME_WIDTH + MIN_CMDLINE_WIDTH { available - WIDE_NAME_WIDTH } else { 0 };
        Self {
            name: available - cmdline,
            user: user.saturating_sub(2),
            start: start.saturating_sub(2),
            cmdline: cmdline.saturating_sub(2),
        }
    }
}

/// Returns the line of a process, after its `guide`; `name_style` is added to the style of its name.
fn process_line(
    process: &Process,
    guide: String,
    fold: Option<Fold>,
    name_style: Style,
    columns: Columns,
    started: String,
    theme: &Theme,
) -> Line<'static> {
    let sign = match fold {
        None => "",
        Some(Fold::Leaf) => "  ",
        Some(Fold::Folded | Fold::Path) => theme.glyphs.collapsed,
        Some(Fold::Unfolded) => theme.glyphs.expanded,
    };
    let gap = if matches!(fold, None | Some(Fold::Leaf)) { "" } else { " " };
    let used = text::width(&guide) + text::width(sign) + gap.len();
    let name = if process.name.is_empty() { Untrusted::from("name unknown") } else { process.name.clone() };
    let is_hit = !process.feeds.is_empty() || !process.watchlists.is_empty();
    let hit = if is_hit { "!" } else { "" };
    // The `!` of a hit is in the last cell of the column.
    let room = columns.name.saturating_sub(used + hit.len());
    let name = text::fit(&name, room);
    let pad = columns.name.saturating_sub(used + text::width(&name) + hit.len());
    let pad = " ".repeat(pad);
    let style = if is_hit { theme.caution } else { theme.text }.patch(name_style);
    let pid = process.pid.map_or("?".into(), |pid| pid.to_string());
    let mut spans = vec![
        Span::styled(guide, theme.guide),
        Span::styled(sign, theme.guide),
        Span::raw(gap),
        Span::styled(name, style),
        Span::raw(pad),
        Span::styled(hit, theme.caution),
        Span::styled(format!("{pid:>PID_WIDTH$}"), theme.number),
    ];
    let account = process.user.raw().rsplit('\\').next().unwrap_or_default();
    let (account, account_style) = if process.is_suppressed {
        ("filtered".into(), theme.unknown)
    } else {
        (Untrusted::from(account), theme.muted)
    };
    let cells = [
        (account, columns.user, account_style),
        (started.into(), columns.start, theme.time),
        (process.cmdline.clone(), columns.cmdline, theme.text),
    ];
    for (text, width, style) in cells {
        if width > 0 {
            spans.push(Span::raw("  "));
            let text = text::fit(&text, width);
            let pad = " ".repeat(width.saturating_sub(text::width(&text)));
            spans.push(Span::styled(text, style));
            spans.push(Span::raw(pad));
        }
    }
    Line::from(spans)
}

/// Returns the text of a note, and its style.
fn note_text(note: Note<'_>, theme: &Theme) -> (String, Style) {
    match note {
        Note::Top(Top::Walking, is_awaited, _) => {
            let text = if is_awaited { "Loading ancestors…" } else { "more ancestors not loaded, r retries" };
            (text.into(), theme.caution)
        }
        Note::Top(top, _, parent) => (top_reason(top, parent), theme.caution),
        Note::Awaited => ("Loading…".into(), theme.muted),
        Note::Missing(Some(Error::NotFound { .. })) => ("not on the server".into(), theme.caution),
        Note::Missing(error) => {
            let error = error.map(|error| format!(": {error}"));
            let text = format!("not loaded, Enter retries{}", error.unwrap_or_default());
            (text, theme.caution)
        }
        Note::None => ("no children".into(), theme.muted),
        Note::More(_, Some(n_children)) => (format!("{n_children} children, Enter loads all"), theme.accent),
        Note::More(n_shown, None) => (format!("more than {n_shown} children, Enter loads all"), theme.accent),
        Note::Truncated(n_shown, n_children) => {
            (format!("{n_shown} of {n_children} children available"), theme.caution)
        }
        Note::Unreadable(n_broken) => (format!("{n_broken} unreadable"), theme.bad),
        Note::Siblings(n_siblings, is_minimum) => {
            let suffix = if is_minimum { " or more" } else { "" };
            let noun = if n_siblings == 1 { "sibling" } else { "siblings" };
            (format!("{n_siblings}{suffix} {noun}, Enter shows them"), theme.accent)
        }
        Note::Loop => ("loop detected: it is its own ancestor".into(), theme.caution),
    }
}

/// Returns why the chain of ancestors ends.
fn top_reason(top: &Top, parent: &Untrusted) -> String {
    let name = parent.non_empty().filter(|name| !name.eq_ignore_case("(unknown)")).map(|name| text::fit(name, 24));
    match top {
        Top::Root => "no parent".into(),
        Top::Walking => "more ancestors not loaded".into(),
        Top::Unknown => "parent not recorded".into(),
        Top::NotRecorded(id) => {
            let pid = id.pid().map(|pid| format!(" {pid}")).unwrap_or_default();
            match name {
                Some(name) => format!("{name}{pid}: not on the server"),
                None => format!("parent{pid}: not on the server"),
            }
        }
        Top::Suppressed(_) => {
            let name = name.unwrap_or_else(|| "parent".into());
            format!("{name} suppressed by the sensor filter")
        }
        Top::Loop(_) => "loop detected: the parent is a descendant".into(),
        Top::TooDeep(depth) => format!("only {depth} ancestors loaded"),
    }
}
