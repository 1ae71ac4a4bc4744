//! One session: its state, commands and stored files.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use super::SessionSettings;

/// How long a sensor waits for the next command, in seconds.
pub(in crate::sim) const SESSION_TIMEOUT: u64 = 300;
/// Limit of the bytes that a server stores for a session.
const MAX_STORED: usize = 256 << 20;
/// Limit of the commands of a session.
const MAX_COMMANDS: usize = 10_000;

/// A session with a sensor.
#[derive(Debug)]
pub(in crate::sim) struct LiveSession {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) sensor: u32,
    pub(in crate::sim) state: SessionState,
    pub(in crate::sim) settings: SessionSettings,
    pub(in crate::sim) commands: Vec<CommandRecord>,
    pub(in crate::sim) files: Vec<StoredFile>,
    /// When the sensor checks in; `None`: never.
    pub(in crate::sim) active_at: Option<Instant>,
    /// Whether a fault keeps the sensor from checking in.
    pub(in crate::sim) ignores_checkin: bool,
    opened_at: Instant,
    last_request: Instant,
    last_command: Instant,
}

/// The state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum SessionState {
    Pending,
    Active,
    /// The sensor has waited too long for a command.
    Timeout,
    Closed,
    /// The server does not know it any more.
    Gone,
}

/// A command, and its result once the host has carried it out.
#[derive(Clone, Debug)]
pub(in crate::sim) struct CommandRecord {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) name: String,
    pub(in crate::sim) object: Value,
    /// In seconds since 1970.
    pub(in crate::sim) created: f64,
    /// When the host carries it out.
    pub(in crate::sim) ready_at: Instant,
    /// The command until then.
    pub(in crate::sim) queued: Option<QueuedCommand>,
    /// 0, or an HRESULT.
    pub(in crate::sim) code: u32,
    /// The file that it fetches or sends.
    pub(in crate::sim) file: Option<u64>,
    /// Further members of a complete command.
    pub(in crate::sim) result: Map<String, Value>,
    pub(in crate::sim) is_canceled: bool,
}

/// A command that the host has yet to carry out.
#[derive(Clone, Debug)]
pub(in crate::sim) struct QueuedCommand {
    pub(in crate::sim) body: Map<String, Value>,
    /// The code with which a fault fails it.
    pub(in crate::sim) refused: Option<u32>,
}

/// A file that the server stores.
#[derive(Clone, Debug)]
pub(in crate::sim) struct StoredFile {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) name: String,
    pub(in crate::sim) content: Arc<[u8]>,
    /// 0, or the HRESULT because of which it is incomplete.
    pub(in crate::sim) code: u32,
    pub(in crate::sim) is_deleted: bool,
}

impl LiveSession {
    pub(super) fn new(id: u64, sensor: u32, settings: SessionSettings, now: Instant) -> Self {
        Self {
            id,
            sensor,
            state: SessionState::Pending,
            settings,
            commands: Vec::new(),
            files: Vec::new(),
            active_at: settings.checkin.map(|checkin| now + checkin),
            ignores_checkin: false,
            opened_at: now,
            last_request: now,
            last_command: now,
        }
    }

    /// Whether the session is pending or active.
    pub(in crate::sim) fn is_open(&self) -> bool {
        matches!(self.state, SessionState::Pending | SessionState::Active)
    }

    /// Lets the sensor check in if its time has come, and ends a session whose limits have passed.
    pub(super) fn update(&mut self, now: Instant) {
        let has_passed = |from: Instant, seconds: u64| now.duration_since(from) >= Duration::from_secs(seconds);
        self.state = match self.state {
            SessionState::Pending if self.active_at.is_some_and(|at| now >= at) => {
                self.last_command = now;
                SessionState::Active
            }
            SessionState::Pending if has_passed(self.opened_at, self.settings.check_in_timeout) => SessionState::Gone,
            SessionState::Active if has_passed(self.last_request, self.settings.sensor_wait_timeout) => {
                SessionState::Gone
            }
            SessionState::Active if has_passed(self.last_command, SESSION_TIMEOUT) => SessionState::Timeout,
            state => state,
        };
    }

    /// Resets the limit for the next request.
    pub(in crate::sim) fn touch(&mut self) {
        self.last_request = Instant::now();
    }

    /// Adds a command and returns its number; `None` if the session has too many.
    pub(in crate::sim) fn add_command(&mut self, record: CommandRecord) -> Option<u64> {
        let id = u64::try_from(self.commands.len()).unwrap_or(u64::MAX) + 1;
        if self.commands.len() >= MAX_COMMANDS {
            return None;
        }
        self.last_command = Instant::now();
        self.commands.push(CommandRecord { id, ..record });
        Some(id)
    }

    /// Stores a file and returns its number; `None` if the server has no space for it.
    pub(in crate::sim) fn store(&mut self, name: &str, content: Arc<[u8]>, code: u32) -> Option<u64> {
        if self.stored_size() + content.len() > MAX_STORED {
            return None;
        }
        let id = self.files.last().map_or(1, |file| file.id + 1);
        self.files.push(StoredFile { id, name: name.to_owned(), content, code, is_deleted: false });
        Some(id)
    }

    /// Stores what a command has fetched in the file of the command; returns whether the server had space for it.
    pub(in crate::sim) fn fill(&mut self, command: u64, content: Vec<u8>, code: u32) -> bool {
        let has_space = self.stored_size() + content.len() <= MAX_STORED;
        let id = self.commands.iter().find(|run| run.id == command).and_then(|run| run.file);
        if let Some(file) = self.files.iter_mut().find(|file| Some(file.id) == id && !file.is_deleted)
            && has_space
        {
            file.content = content.into();
            file.code = code;
        }
        has_space
    }

    /// Returns a stored file that was not deleted.
    pub(in crate::sim) fn file(&self, id: u64) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.id == id && !file.is_deleted)
    }

    /// Deletes a stored file; returns whether there was one.
    pub(in crate::sim) fn delete_file(&mut self, id: u64) -> bool {
        let Some(file) = self.files.iter_mut().find(|file| file.id == id && !file.is_deleted) else {
            return false;
        };
        file.is_deleted = true;
        file.content = Arc::default();
        true
    }

    /// Returns the bytes of all stored files.
    pub(in crate::sim) fn stored_size(&self) -> usize {
        self.files.iter().map(|file| file.content.len()).sum()
    }
}
