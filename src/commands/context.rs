//! Who started a command: streams, flags and environment.

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

/// Asks at the terminal and reads a line without showing it; nothing if that was called off.
pub type Hidden = fn(&str) -> io::Result<Option<String>>;

/// Where a command reads and writes.
pub struct Streams<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: the answer alone.
    pub out: &'a mut dyn Write,
    /// Standard error: everything else.
    pub notes: &'a mut dyn Write,
    /// The width of the terminal that standard output is; `None` when it is none.
    pub width: Option<usize>,
    /// Whether the user sits at a terminal, to read and to type.
    pub is_interactive: bool,
    /// Asks for what nobody is to see; `None` when standard input is no terminal.
    pub read_password: Option<Hidden>,
    /// Writes a line to standard error while a command waits.
    pub write_stderr: fn(&str),
    /// Whether standard error is a terminal, where a line can be written over.
    pub shows_progress: bool,
}

/// Everything a command is started with.
pub struct CommandCx<'a> {
    /// Where it reads and writes.
    pub streams: Streams<'a>,
    /// Variables and directories.
    pub environment: Environment,
    /// The directory for what the program keeps; `None` when it cannot be written.
    pub state_dir: Option<PathBuf>,
    /// What the user should know before anything else.
    pub notices: Vec<String>,
    /// What runs beside the command; only the console must not be held up by it.
    pub background: Handle,
    flags: Flags,
    color: ColorChoice,
}

impl<'a> CommandCx<'a> {
    /// A caller with the options that hold for every command.
    pub fn new(
        global: &Global,
        environment: Environment,
        state_dir: Option<PathBuf>,
        background: Handle,
        streams: Streams<'a>,
    ) -> Self {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Self {
            streams,
            environment,
            state_dir,
            notices: Vec::new(),
            background,
            flags: Flags {
                profile: given(&global.profile),
                config: global.config.clone(),
                url: given(&global.url),
                user: given(&global.user),
                read_only: global.read_only,
            },
            color: global.color,
        }
    }

    /// What the command line says about server and configuration.
    pub fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The configuration file.
    pub fn config(&self) -> Result<Config, Failure> {
        Ok(Config::load(self.flags.config.as_deref(), &self.environment)?)
    }

    /// The server and how to reach it; what the user should know of that is said.
    pub fn access(&mut self) -> Result<Access, Failure> {
        let config = self.config()?;
        Ok(Access::choose(&self.flags, &config, &self.environment)?)
    }

    /// A client for the configured server. Standard error says what the user should know of the way there.
    pub fn client(&mut self) -> Result<Client, Failure> {
        Ok(self.connect()?.0)
    }

    /// The same, with what the profile says.
    pub fn connect(&mut self) -> Result<(Client, Access), Failure> {
        let access = self.access()?;
        for notice in &access.notices {
            self.warn(notice);
        }
        let (sender, mut calls) = mpsc::unbounded_channel::<RequestTrace>();
        let client = Client::new(access.settings(), Some(sender))?;
        let beside = self.streams.write_stderr;
        self.background.spawn(async move {
            while let Some(call) = calls.recv().await {
                if let Some(at) = call.long_retry_at() {
                    let at = at.strftime("%H:%M:%SZ");
                    beside(&format!("note: the server is busy and asks to wait until {at}; ^c cancels"));
                }
            }
        });
        Ok((client, access))
    }

    /// Asks the user at the terminal, and reads one line.
    pub fn prompt(&mut self, question: &str) -> String {
        let _ = write!(self.streams.notes, "{question} ");
        let _ = self.streams.notes.flush();
        String::from_utf8_lossy(&self.read_line()).trim().to_owned()
    }

    /// Reads one line of standard input, and nothing behind it.
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

    /// How tables look.
    pub fn table_style(&self) -> TableStyle {
        TableStyle {
            width: self.streams.width,
            is_styled: match self.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => self.streams.width.is_some() && !self.environment.wants_no_color(),
            },
            charset: self.environment.charset(),
        }
    }

    /// When the user wants colors.
    pub fn color_choice(&self) -> ColorChoice {
        self.color
    }

    /// Says something beside the answer.
    pub fn note(&mut self, text: &str) {
        self.write_message("note", text);
    }

    /// Says that something is not as it should be.
    pub fn warn(&mut self, text: &str) {
        self.write_message("warning", text);
    }

    /// Says what went wrong and what to do about it.
    pub fn report(&mut self, failure: &Failure) -> Exit {
        for (error, hint) in &failure.reports {
            self.write_message("error", error);
            if let Some(hint) = hint {
                self.write_message("hint", hint);
            }
        }
        failure.exit
    }

    /// Says how far it has got, where that can be taken back.
    pub fn progress(&mut self, text: &str) {
        if self.streams.shows_progress {
            // Back to the margin, and away with what stood there.
            let _ = write!(self.streams.notes, "\r{text}\x1b[K");
            let _ = self.streams.notes.flush();
        }
    }

    /// Writes to standard error as it is: lines of our own making, every strange word in them made visible.
    pub fn write_line(&mut self, line: &str) {
        // Whoever closed standard error does not want to hear of it.
        let _ = writeln!(self.streams.notes, "{line}");
    }

    fn write_message(&mut self, label: &str, text: &str) {
        // Whatever a server or a file put into a message, it moves no cursor here.
        let text = text::line(text);
        self.write_line(&format!("{label}: {text}"));
    }
}
