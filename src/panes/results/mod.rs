//! The process list: any length, one page of it in memory.

mod rows;

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{Look, Pane, PaneId, motion, yank};
use crate::keys::{Action, Scope};
use crate::model::{Process, Search};
use crate::session::{Cx, Row, Session};
use crate::widgets::{self, Gutter, Table};
use crate::worker::Slot;

/// Cells by which the command lines move sideways.
const SHIFT: usize = 16;

/// The pane with the processes found.
#[derive(Debug)]
pub struct ResultsPane {
    cursor: u64,
    offset: u64,
    /// Rows that are shown.
    height: u64,
    /// Whose rows the cursor stands in.
    of: Option<Arc<Search>>,
    /// Whether the last row was asked for: the cursor stays on it while the end becomes known.
    is_at_end: bool,
    /// Whether the cursor was moved by the user, and not the rows below it by the server.
    has_moved: bool,
    /// Whether the cursor last went down: the next page is asked for on that side.
    is_downward: bool,
    /// Cells of the command lines that are out of sight to the left.
    shift: usize,
}

impl Default for ResultsPane {
    fn default() -> Self {
        // Until the first frame is drawn, as many rows as an ordinary terminal shows.
        Self {
            cursor: 0,
            offset: 0,
            height: 24,
            of: None,
            is_at_end: false,
            has_moved: true,
            is_downward: true,
            shift: 0,
        }
    }
}

impl ResultsPane {
    /// The rows in sight.
    pub fn window(&self) -> Range<u64> {
        self.offset..self.offset + self.height
    }

    fn go(&mut self, to: u64) {
        self.is_downward = to >= self.cursor;
        self.cursor = to;
        self.has_moved = true;
    }

    /// Stays with the process under the cursor where others have come before it.
    fn stay(&mut self, session: &Session) {
        let results = &session.results;
        let is_at = |id| matches!(results.row(self.cursor), Row::Here(process) if process.id == id);
        if let Some(id) = session.subject.as_ref().map(|subject| subject.id)
            && !is_at(id)
            && let Some(at) = results.near(id, self.cursor)
        {
            self.offset = (self.offset + at).saturating_sub(self.cursor);
            self.cursor = at;
        }
    }

    fn yank(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let Row::Here(process) = cx.session().results.row(self.cursor) else {
            cx.notify("no process is selected");
            return true;
        };
        let process = process.clone();
        yank::process(&process, action, cx)
    }

    /// Keeps the cursor in sight.
    fn follow(&mut self) {
        self.offset = self
            .offset
            .clamp((self.cursor + 1).saturating_sub(self.height), self.cursor);
    }

    /// The rows in sight, and as many again in the direction of travel.
    fn wanted(&self) -> Range<u64> {
        if self.is_downward {
            self.offset..self.offset + 2 * self.height
        } else {
            self.offset.saturating_sub(self.height)..self.offset + self.height
        }
    }
}

impl Pane for ResultsPane {
    fn id(&self) -> PaneId {
        PaneId::Results
    }

    fn scope(&self) -> Scope {
        Scope::Results
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let results = &session.results;
        let Some(total) = results.total() else {
            return "Processes".into();
        };
        let unit = if session.is_split { " segments" } else { "" };
        // One row for each process: the server still counts their segments.
        let most = if results.is_estimate() && !session.is_split {
            "up to "
        } else {
            ""
        };
        let mut parts = vec![format!("Processes  {most}{}{unit}", thousands(total))];
        if total > 0 {
            parts.push(format!("row {}", thousands(self.cursor + 1)));
        }
        let (mut broken, mut hidden, mut is_incomplete) = (0, 0, false);
        for page in results.held() {
            broken += page.value.broken;
            hidden = hidden.max(page.value.hidden);
            is_incomplete |= page.value.is_incomplete;
        }
        if broken > 0 {
            parts.push(format!("{broken} of the loaded unreadable"));
        }
        if hidden > 0 {
            parts.push(format!("{} hidden by your rights", thousands(hidden)));
        }
        if is_incomplete {
            parts.push("INCOMPLETE: the server left something out".into());
        }
        parts.join(", ").into()
    }

    fn slots(&self) -> &'static [Slot] {
        // A server that cannot be reached is told where the first look goes.
        &[Slot::Page(0), Slot::Info]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = cx.session().results.total().unwrap_or(0).saturating_sub(1);
        let moved = motion::moved(action, place(self.cursor), place(self.height), place(last));
        if let Some(to) = moved {
            self.go(u64::try_from(to).unwrap_or(last));
            self.is_at_end = action == Action::Bottom;
            return true;
        }
        match action {
            Action::Left => self.shift = self.shift.saturating_sub(SHIFT),
            Action::Right => self.shift += SHIFT,
            Action::Sort => cx.sort(),
            Action::SplitSegments => cx.split(),
            other => return self.yank(other, cx),
        }
        true
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let results = &cx.session().results;
        let is_same = match (results.search(), &self.of) {
            (Some(search), Some(of)) => Arc::ptr_eq(search, of),
            (search, of) => search.is_none() && of.is_none(),
        };
        if !is_same {
            let of = results.search().cloned();
            *self = Self {
                height: self.height,
                of,
                ..Self::default()
            };
        }
        let has_moved = std::mem::take(&mut self.has_moved);
        if !has_moved && !self.is_at_end {
            self.stay(cx.session());
        }
        if let Some(total) = cx.session().results.total() {
            let last = total.saturating_sub(1);
            self.cursor = if self.is_at_end {
                last
            } else {
                self.cursor.min(last)
            };
        }
        self.follow();
        cx.show(&self.wanted());
        let under_cursor: Option<Arc<Process>> = match cx.session().results.row(self.cursor) {
            Row::Here(process) => Some(process.clone()),
            _ => None,
        };
        cx.inspect(under_cursor.as_ref());
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        // One line is the header's.
        self.height = u64::from(area.height.saturating_sub(1)).max(1);
        self.follow();
        match (session.results.search(), session.results.total()) {
            (None, _) => {
                let text = "nothing has been asked yet: write a query above and press enter";
                frame.render_widget(Line::styled(text, look.theme.muted), area);
            }
            (Some(_), None) if session.is_pending(Slot::Page(0)) => {
                frame.render_widget(
                    Line::styled("searching; ^c gives up", look.theme.muted),
                    area,
                );
            }
            (Some(_), None) if session.error(Slot::Page(0)).is_some() => {}
            (Some(_), None) => {
                let text = "given up; enter in the query, or r, asks again";
                frame.render_widget(Line::styled(text, look.theme.muted), area);
            }
            (Some(_), Some(0)) => {
                let text = "no process matches; a wider time span, fewer terms or a wildcard may";
                frame.render_widget(Line::styled(text, look.theme.muted), area);
            }
            (Some(_), Some(total)) => self.render_rows(frame, area, session, total, look),
        }
    }
}

impl ResultsPane {
    fn render_rows(
        &mut self,
        frame: &mut Frame<'_>,
        area: Rect,
        session: &Session,
        total: u64,
        look: &Look<'_>,
    ) {
        let columns = rows::columns(area.width, session.order);
        let table = Table {
            columns: &columns,
            total: place(total),
            cursor: place(self.cursor),
            is_focused: look.is_focused,
            gutter: Gutter::Cursor,
            empty: Line::default(),
        };
        let as_of = session
            .results
            .held()
            .next()
            .map_or(Timestamp::UNIX_EPOCH, |page| page.as_of);
        let mut top = place(self.offset);
        let shift = self.shift;
        table.render(
            area,
            frame.buffer_mut(),
            look.theme,
            &mut top,
            |index, widths| match session
                .results
                .row(u64::try_from(index).unwrap_or(u64::MAX))
            {
                Row::Here(process) => {
                    widgets::Row::plain(rows::line(process, widths, shift, as_of, look.theme))
                }
                Row::Coming => widgets::Row::Awaited,
                Row::Broken => rows::said("could not be read", look.theme.bad),
                Row::Failed => rows::said("not fetched, r retries", look.theme.bad),
                Row::None => rows::said("", look.theme.muted),
            },
        );
        self.offset = u64::try_from(top).unwrap_or(self.offset);
    }
}

/// A position as an index.
fn place(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A number as people read it.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
