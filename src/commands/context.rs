//! The context of a command: streams, flags and environment.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use tokio::{runtime::Handle, sync::mpsc};

use super::{Exit, Failure};
use crate::api::{Client, RequestTrace};
use crate::cli::{ColorChoice, Global};
use crate::config::{Access, Config, Environment, Flags};
use crate::output::TableStyle;
use crate::text;

/// Prompts at the terminal and reads a line without echo; `None` if the user cancels.
pub type Hidden = fn(&str) -> io::Result<Option<String>>;

/// The streams of a command.
pub struct Streams<'a> {
    pub input: &'a mut dyn Read,
    /// Standard output: the results only.
    pub out: &'a mut dyn Write,
    /// Standard error: messages.
    pub notes: &'a mut dyn Write,
    /// The width of the terminal, in cells; `None` if standard output is no terminal.
    pub width: Option<usize>,
    /// Whether a user can read and type at a terminal.
    pub is_interactive: bool,
    /// Reads a password without echo; `None` if standard input is no terminal.
    pub read_password: Option<Hidden>,
    /// Writes a line to standard error while a command waits.
    pub write_stderr: fn(&str),
    /// Whether standard error is a terminal, where a line can be overwritten.
    pub shows_progress: bool,
}

/// Overwrites the last line of a terminal. A closed standard error is no failure.
pub(super) fn overwrite_line(notes: &mut dyn Write, text: &str) {
    // Returns to the start of the line and clears it.
    let _ = write!(notes, "\r{text}\x1b[K");
    let _ = notes.flush();
}

/// The context of a command.
pub struct CommandCx<'a> {
    pub streams: Streams<'a>,
    pub environment: Environment,
    /// The directory for logs and history; `None` if it cannot be written.
    pub state_dir: Option<PathBuf>,
    /// Notices to show first.
    pub notices: Vec<String>,
    /// The runtime for background tasks, which do not block the console.
    pub background: Handle,
    /// Tells what a host does while a change of it is applied.
    pub(super) progress_texts: Option<mpsc::UnboundedReceiver<String>>,
    flags: Flags,
    color: ColorChoice,
    is_verbose: bool,
}

impl<'a> CommandCx<'a> {
    /// Creates a context from the global options.
    pub fn new(
        global: &Global,
        environment: Environment,
        state_dir: Option<PathBuf>,
        background: Handle,
        streams: Streams<'a>,
    ) -> Self {
        let non_empty = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Self {
            streams,
            environment,
            state_dir,
            notices: Vec::new(),
            background,
            progress_texts: None,
            flags: Flags {
                profile: non_empty(&global.profile),
                config: global.config.clone(),
                url: non_empty(&global.url),
                user: non_empty(&global.user),
                read_only: global.read_only,
            },
            color: global.color,
            is_verbose: global.verbose > 0,
        }
    }

    /// Returns the global options about server and configuration.
    pub fn flags(&self) -> &Flags {
        &self.flags
    }

    /// Loads the configuration file.
    pub fn config(&self) -> Result<Config, Failure> {
        Ok(Config::load(self.flags.config.as_deref(), &self.environment)?)
    }

    /// Returns the configured server and how to reach it.
    pub fn access(&mut self) -> Result<Access, Failure> {
        let config = self.config()?;
        Ok(Access::choose(&self.flags, &config, &self.environment)?)
    }

    /// Creates a client for the configured server. Notices about the connection go to standard error.
    pub fn client(&mut self) -> Result<Client, Failure> {
        Ok(self.connect()?.0)
    }

    /// Creates a client for the configured server, and returns it with the profile.
    pub fn connect(&mut self) -> Result<(Client, Access), Failure> {
        let access = self.access()?;
        for notice in &access.notices {
            self.warn(notice);
        }
        let (tx, mut traces) = mpsc::unbounded_channel::<RequestTrace>();
        let client = Client::new(access.settings(), Some(tx))?;
        let write_stderr = self.streams.write_stderr;
        self.background.spawn(async move {
            while let Some(trace) = traces.recv().await {
                if let Some(retry_at) = trace.long_retry_at() {
                    let retry_at = retry_at.strftime("%H:%M:%SZ");
                    write_stderr(&format!("note: the server is busy, waiting until {retry_at}; ^c cancels"));
                }
            }
        });
        Ok((client, access))
    }

    /// Prompts the user and reads a line.
    pub fn prompt(&mut self, question: &str) -> String {
        let _ = write!(self.streams.notes, "{question} ");
        let _ = self.streams.notes.flush();
        String::from_utf8_lossy(&self.read_line()).trim().to_owned()
    }

    /// Reads a line of standard input, and nothing after it.
    pub fn read_line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        let mut byte = [0];
        while let Ok(1) = self.streams.input.read(&mut byte) {
            if byte[0] == b'\n' {
                break;
            }
            line.push(byte[0]);
        }
        line
    }

    /// Returns the style of tables.
    pub fn table_style(&self) -> TableStyle {
        TableStyle {
            width: self.streams.width,
            is_styled: match self.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => {
                    let is_usual = self.streams.width.is_some() && !self.environment.wants_no_color();
                    is_usual || self.environment.forces_color()
                }
            },
            charset: self.environment.charset(),
        }
    }

    /// Returns the `--color` option.
    pub fn color_choice(&self) -> ColorChoice {
        self.color
    }

    /// Writes a note to standard error.
    pub fn note(&mut self, text: &str) {
        self.write_message("note", text);
    }

    /// Writes a note that only `--verbose` shows.
    pub fn note_detail(&mut self, text: &str) {
        if self.is_verbose {
            self.note(text);
        }
    }

    /// Writes a warning to standard error.
    pub fn warn(&mut self, text: &str) {
        self.write_message("warning", text);
    }

    /// Writes the errors and hints of a failure to standard error, and returns its exit code.
    pub fn report(&mut self, failure: &Failure) -> Exit {
        for (error, hint) in &failure.reports {
            self.write_message("error", error);
            if let Some(hint) = hint {
                self.write_message("hint", hint);
            }
        }
        failure.exit
    }

    /// Overwrites the progress line, if standard error is a terminal.
    pub fn progress(&mut self, text: &str) {
        if self.streams.shows_progress {
            overwrite_line(self.streams.notes, text);
        }
    }

    /// Writes a line to standard error as it is: untrusted text in it must have been escaped.
    pub fn write_line(&mut self, line: &str) {
        // A closed standard error is no failure.
        let _ = writeln!(self.streams.notes, "{line}");
    }

    fn write_message(&mut self, label: &str, text: &str) {
        // A message may contain text of a server or a file, which must not move the cursor.
        let text = text::line(text);
        self.write_line(&format!("{label}: {text}"));
    }
}
