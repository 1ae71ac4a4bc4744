//! Drawing the rows of a tree: whoever is in sight, with the lines that lead there.

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

/// Cells of the columns besides the name and the command line, with the gaps before them.
const PID_WIDTH: usize = 7;
const USER_WIDTH: usize = 12;
const START_WIDTH: usize = 18;

/// Cells that a name and the lines before it like to have.
const NAME_WIDTH: usize = 22;

/// Cells that a name and the lines before it get where there is a command line as well.
const WIDE_NAME_WIDTH: usize = 36;

/// Below this a command line says nothing.
const MIN_CMDLINE_WIDTH: usize = 24;

/// How a tree is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::panes) struct TreeStyle {
    /// The row under the cursor.
    pub(in crate::panes) cursor: usize,
    /// The process to be set off, if one is.
    pub(in crate::panes) opened: Option<ProcessId>,
    /// From when the rows are: a start of the same year needs none.
    pub(in crate::panes) as_of: Timestamp,
    /// Whether a sign tells what is folded.
    pub(in crate::panes) has_signs: bool,
}

/// Draws the rows in sight. `first` is the first of them; it follows the cursor.
pub(in crate::panes) fn render_rows(
    rows: &[TreeRow<'_>],
    shown: TreeStyle,
    first: &mut usize,
    session: &Session,
    frame: &mut Frame<'_>,
    area: Rect,
    look: &RenderCx<'_>,
) {
    *first = scroll_to_cursor(*first, shown.cursor, area.height.into(), rows.len());
    let depths: Vec<_> = rows.iter().map(|row| row.depth).collect();
    let columns = Columns::fit(area.width.into(), shown.has_signs);
    let started = |at| format_moment(at, columns.start, shown.as_of, &session.connection.zone);
    for (at, place) in (*first..rows.len()).zip(area.rows()) {
        // Deep trees are not indented out of sight.
        let room = columns.name.saturating_sub(NAME_WIDTH / 2);
        let guide = tree_guide(&depths, at, room, &look.theme.glyphs);
        // What is out of sight at the top is told in a line of its own.
        let hidden = rows[..=at].iter().filter_map(TreeRow::process).count();
        if at == *first && at > 0 && at != shown.cursor && hidden > 0 {
            let text = format!("{hidden} more above");
            frame.render_widget(Line::styled(text, look.theme.muted), place);
            continue;
        }
        let line = match rows[at].content {
            RowContent::Process(process, fold) => {
                let is_opened = shown.opened == Some(process.id);
                let fold = shown.has_signs.then_some(fold);
                let started = process.started.map(started).unwrap_or_default();
                process_line(process, guide, fold, is_opened, columns, started, look.theme)
            }
            RowContent::Note(_, note) => {
                let (said, style) = note_text(note, look.theme);
                let sign = if shown.has_signs && rows[at].depth > 0 { "  " } else { "" };
                let room = usize::from(area.width).saturating_sub(text::width(&guide) + sign.len());
                Line::from(vec![
                    Span::styled(guide, look.theme.guide),
                    Span::raw(sign),
                    Span::styled(text::fit(&said.into(), room), style),
                ])
            }
        };
        frame.render_widget(line, place);
        if at == shown.cursor {
            let style = if look.is_focused { look.theme.selection } else { look.theme.selection_unfocused };
            frame.buffer_mut().set_style(place, style);
        }
    }
}

/// The cells of each column, without the gap before it; 0 for those that give way.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    user: usize,
    start: usize,
    cmdline: usize,
}

impl Columns {
    fn fit(width: usize, has_signs: bool) -> Self {
        let name = if has_signs { NAME_WIDTH + 2 } else { NAME_WIDTH };
        let left = width.saturating_sub(PID_WIDTH);
        let user = if left >= name + USER_WIDTH { USER_WIDTH } else { left.saturating_sub(name) };
        // A cell or two of a user tell nobody anything.
        let user = if user < 6 { 0 } else { user };
        let left = left - user;
        let start = if left >= name + START_WIDTH { START_WIDTH } else { 0 };
        let left = left - start;
        let cmdline = if left >= WIDE_NAME_WIDTH + MIN_CMDLINE_WIDTH { left - WIDE_NAME_WIDTH } else { 0 };
        Self {
            name: left - cmdline,
            user: user.saturating_sub(2),
            start: start.saturating_sub(2),
            cmdline: cmdline.saturating_sub(2),
        }
    }
}

/// One process: the lines that lead to it, and what is known of it.
fn process_line(
    process: &Process,
    guide: String,
    fold: Option<Fold>,
    is_opened: bool,
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
    let taken = text::width(&guide) + text::width(sign) + gap.len();
    let name = if process.name.is_empty() { Untrusted::from("name unknown") } else { process.name.clone() };
    let is_hit = !process.feeds.is_empty() || !process.watchlists.is_empty();
    let hit = if is_hit { "!" } else { "" };
    // A hit takes the last cell of the column.
    let room = columns.name.saturating_sub(taken + hit.len());
    let name = text::fit(&name, room);
    let pad = columns.name.saturating_sub(taken + text::width(&name) + hit.len());
    let pad = " ".repeat(pad);
    let mut style = if is_hit { theme.caution } else { theme.text };
    if is_opened {
        style = style.patch(theme.title);
    }
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

/// What a note says, and how.
fn note_text(note: Note<'_>, theme: &Theme) -> (String, Style) {
    match note {
        Note::Top(top, is_awaited, parent) => (top_reason(top, is_awaited, parent), theme.caution),
        Note::Awaited => ("Loading…".into(), theme.muted),
        Note::Missing(Some(Error::NotFound { .. })) => ("not on the server".into(), theme.caution),
        Note::Missing(error) => {
            let error = error.map(|error| format!(": {error}"));
            let said = format!("not loaded, Enter retries{}", error.unwrap_or_default());
            (said, theme.caution)
        }
        Note::None => ("no children".into(), theme.muted),
        Note::More(_, Some(counted)) => (format!("{counted} children, Enter loads all"), theme.accent),
        Note::More(shown, None) => (format!("more than {shown} children, Enter loads all"), theme.accent),
        Note::Truncated(shown, counted) => (format!("{shown} of {counted} children available"), theme.caution),
        Note::Unreadable(n_broken) => (format!("{n_broken} unreadable"), theme.bad),
        Note::Siblings(n_siblings, is_least) => {
            let least = if is_least { " or more" } else { "" };
            let noun = if n_siblings == 1 { "sibling" } else { "siblings" };
            (format!("{n_siblings}{least} {noun}, Enter shows them"), theme.accent)
        }
        Note::Loop => ("loop detected: it is its own ancestor".into(), theme.caution),
    }
}

/// Why a chain begins where it begins.
fn top_reason(top: &Top, is_awaited: bool, parent: &Untrusted) -> String {
    let named = parent.non_empty().filter(|name| !name.eq_ignore_case("(unknown)"));
    let named = named.map(|name| text::fit(name, 24));
    match top {
        Top::Root => "no parent".into(),
        Top::Walking if !is_awaited => "more ancestors not loaded".into(),
        Top::Walking => "Loading ancestors…".into(),
        Top::Unknown => "parent not recorded".into(),
        Top::NotRecorded(id) => {
            let pid = id.pid().map(|pid| format!(" {pid}")).unwrap_or_default();
            match named {
                Some(name) => format!("{name}{pid}: not on the server"),
                None => format!("parent{pid}: not on the server"),
            }
        }
        Top::Suppressed(_) => {
            let named = named.unwrap_or_else(|| "parent".into());
            format!("{named} suppressed by the sensor filter")
        }
        Top::Loop(_) => "loop detected: the parent is a descendant".into(),
        Top::TooDeep(depth) => format!("only {depth} ancestors loaded"),
    }
}
