//! The hex dump popup: first bytes of a file.

use ratatui::{Frame, layout::Rect, text::Line};

use super::{ActionResult, AfterInput, Pane, PaneHeader, RenderCx, ScrollView};
use crate::keys::{Action, Scope};
use crate::model::{Binary, Md5};
use crate::session::{Cx, Session, slots};
use crate::text;
use crate::worker::Slot;

/// Width of a line with 16 bytes.
const LINE_WIDTH: u16 = 78;

/// The popup with the first bytes of a file, fetched when it opens.
#[derive(Debug)]
pub(super) struct HexdumpPane {
    md5: Md5,
    name: String,
    /// Whether the server has not collected the file.
    is_uncollected: bool,
    has_requested: bool,
    scroll: ScrollView,
}

impl HexdumpPane {
    /// Creates the popup for a binary.
    pub(super) fn new(binary: &Binary) -> Self {
        let name = binary.name();
        let name = name.non_empty().map(|name| text::fit(name, 32));
        Self {
            md5: binary.md5,
            name: name.unwrap_or_else(|| binary.md5.to_string()),
            is_uncollected: binary.is_uncollected(),
            has_requested: false,
            scroll: ScrollView::default(),
        }
    }
}

impl HexdumpPane {
    /// Returns the title.
    fn title(&self, _: &Session) -> Line<'static> {
        format!("First bytes of {}", self.name).into()
    }

    /// Returns additional text for the frame.
    fn status(&self, session: &Session) -> Line<'static> {
        let Some(fetched) = session.values.latest(slots::FILE_HEAD).filter(|_| self.has_requested) else {
            return Line::default();
        };
        let head = &fetched.value;
        let n = head.bytes.len();
        let suffix = if head.is_whole { ", the whole collected file" } else { "" };
        format!("{n} B{suffix}").into()
    }
}

impl Pane for HexdumpPane {
    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title(session)).with_status(self.status(session)).with_slots(if self.is_uncollected {
            &[]
        } else {
            &[Slot::FileHead]
        })
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        self.scroll.handle_action(action)
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        if !self.has_requested && !self.is_uncollected {
            cx.process().fetch_file_head(self.md5);
            self.has_requested = true;
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let Some(fetched) = session.values.latest(slots::FILE_HEAD).filter(|_| self.has_requested) else {
            let text = if self.is_uncollected {
                "The server has not collected this file"
            } else if session.is_pending(Slot::FileHead) {
                "Loading… ^c cancels"
            } else if session.error(Slot::FileHead).is_some() {
                ""
            } else {
                "Cancelled"
            };
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        };
        let n = if area.width < LINE_WIDTH { 8 } else { 16 };
        let bytes = &fetched.value.bytes;
        let first = self.scroll.resize(bytes.len().div_ceil(n), area.height);
        let lines = text::dump(bytes, n).skip(first);
        for (line, row) in lines.zip(area.rows()) {
            frame.render_widget(Line::styled(line, theme.text), row);
        }
    }
}
