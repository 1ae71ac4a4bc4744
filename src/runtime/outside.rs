//! What the console does outside its screen: clipboard, history, the shell it came from.

use std::{io, path::Path};

use crossterm::{clipboard::CopyToClipboard, execute};
use jiff::Timestamp;
use ratatui::{Terminal, backend::Backend};

use super::{Output, terminal};
use crate::app::Input;
use crate::model::{Clock, Extract};
use crate::output::FileForm;
use crate::record::{self, Draft, Entry, History};

/// Where effects end up. The tests have one of their own.
pub trait Outside<B: Backend> {
    /// Where the time comes from.
    fn clock(&self) -> Clock;
    /// Puts text, already made visible, on the clipboard.
    fn copy(&mut self, text: &str);
    /// Adds a query to the history.
    fn remember(&mut self, query: &str, at: Timestamp, total: u64, took_ms: u64);
    /// Gives the terminal back to the shell until it wakes us.
    fn suspend(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error>;
}

/// A real terminal in a real shell.
#[derive(Debug)]
pub struct Shell {
    clock: Clock,
    server: String,
    history: Option<History>,
}

impl Shell {
    /// Queries asked of `server` are remembered in `history`, if there is one.
    pub fn new(clock: Clock, server: String, history: Option<History>) -> Self {
        Self {
            clock,
            server,
            history,
        }
    }
}

impl Outside<Output> for Shell {
    fn clock(&self) -> Clock {
        self.clock
    }

    fn copy(&mut self, text: &str) {
        // OSC 52: the terminal's own clipboard, also over ssh, where no other is in reach.
        if let Err(error) = execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)) {
            tracing::warn!("the terminal took no clipboard: {error}");
        }
    }

    fn remember(&mut self, query: &str, at: Timestamp, total: u64, took_ms: u64) {
        let Some(history) = &mut self.history else {
            return;
        };
        let entry = Entry {
            query: query.to_owned(),
            at,
            total: Some(total),
            took_ms: Some(took_ms),
            server: self.server.clone(),
        };
        if let Err(error) = history.append(&entry) {
            tracing::warn!("the query history cannot be written: {error}");
            // Once is enough: the next query would fail the same way.
            self.history = None;
        }
    }

    fn suspend(&mut self, terminal: &mut Terminal<Output>) -> io::Result<()> {
        terminal::leave()?;
        Backend::flush(terminal.backend_mut())?;
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        // Here the shell has woken us.
        terminal::enter()?;
        super::repaint(terminal)
    }
}

/// Writes rows to a new file, and says what came of it.
pub(super) fn export(path: &Path, extract: &Extract) -> Input {
    let path = record::expand(path);
    let name = path.display();
    let (text, is_warning) = match write(&path, extract) {
        Ok(()) => (
            format!("wrote {} rows to {name}", extract.rows.len()),
            false,
        ),
        Err(reason) => (reason, true),
    };
    Input::Told { text, is_warning }
}

/// Writes rows to a new file.
fn write(path: &Path, extract: &Extract) -> Result<(), String> {
    let form = FileForm::of(path)
        .ok_or("nothing written: end the name with .csv, .jsonl or .md to say in which form")?;
    let mut draft = Draft::create(path).map_err(|error| error.to_string())?;
    let written = form.write(extract, &mut draft);
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    draft.keep().map_err(|error| error.to_string())?;
    Ok(())
}
