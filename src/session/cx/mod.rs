//! The operations of the session that panes and the app use while they handle an input; they leave effects.

mod alerts;
mod changes;
mod context;
mod downloads;
mod facets;
mod joins;
mod lists;
mod live_updates;
mod process;
mod relatives;
mod requests;
mod selection;
mod timeline;

pub use alerts::AlertCx;
pub use changes::ChangeCx;
pub(super) use context::open_alerts_fetch;
pub use downloads::FileCx;
use jiff::Timestamp;
pub use lists::ListCx;
pub use process::ProcessCx;
pub use requests::RequestCx;
pub(super) use selection::alert_count_fetch;
pub use selection::{DetailsCx, feed_reports_query, not_runnable_reason, report_alerts_query, runnable_query};

use super::{Effect, Outbox, Session};

/// The session during one input, with the effects that the input leaves.
#[derive(Debug)]
pub struct Cx<'a> {
    session: &'a mut Session,
    effects: &'a mut Vec<Effect>,
    /// Time of the input.
    pub now: Timestamp,
}

impl<'a> Cx<'a> {
    /// Borrows the session for one input.
    pub fn new(session: &'a mut Session, effects: &'a mut Vec<Effect>, now: Timestamp) -> Self {
        Self { session, effects, now }
    }

    /// Returns the session for reading.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// Returns the operations on alerts.
    pub fn alerts(&mut self) -> AlertCx<'_, 'a> {
        AlertCx { cx: self }
    }

    /// Returns the operations on lists.
    pub fn lists(&mut self) -> ListCx<'_, 'a> {
        ListCx { cx: self }
    }

    /// Returns the operations on the selected and the opened process.
    pub fn process(&mut self) -> ProcessCx<'_, 'a> {
        ProcessCx { cx: self }
    }

    /// Returns the operations on the rows under cursors, whose details are shown beside lists.
    pub fn details(&mut self) -> DetailsCx<'_, 'a> {
        DetailsCx { cx: self }
    }

    /// Returns the operations on changes of the server.
    pub fn changes(&mut self) -> ChangeCx<'_, 'a> {
        ChangeCx { cx: self }
    }

    /// Returns the operations on files.
    pub fn files(&mut self) -> FileCx<'_, 'a> {
        FileCx { cx: self }
    }

    /// Returns the operations on requests.
    pub fn requests(&mut self) -> RequestCx<'_, 'a> {
        RequestCx { cx: self }
    }

    /// Returns the notices, which a later input may replace.
    pub fn outbox(&mut self) -> &mut Outbox {
        &mut self.session.outbox
    }

    /// Copies `text`, which is already made visible, and announces it as `what`. Text too long for the clipboard is
    /// written to a file.
    pub fn copy_text(&mut self, what: &str, text: String) {
        /// Terminals silently drop a clipboard sequence of more than 100,000 bytes; base64 turns three bytes into four.
        const MAX_CLIPBOARD_BYTES: usize = 74_000;
        if text.len() > MAX_CLIPBOARD_BYTES {
            return self.effects.push(Effect::CopyToFile(text));
        }
        // The terminal does not report whether it accepted the text.
        self.notify(format!("Copied {what}, {} bytes", text.len()));
        self.effects.push(Effect::CopyText(text));
    }

    /// Shows a notice until the next key.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.session.outbox.notify(text.into());
    }

    /// Shows a warning until the next key.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.session.outbox.warn(text.into());
    }
}
