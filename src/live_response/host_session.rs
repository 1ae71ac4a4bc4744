//! A session with one host, from its first request to its end.

use std::time::{Duration, Instant};

use tokio::{pin, select, time::sleep};

use super::{CommandLog, Error, MAX_SESSIONS, pace::Pace};
use crate::api::{self, Client, WriteRequest};
use crate::model::{
    CommandRun, LiveCommand, LiveCommandKind, LiveSession, LiveSessionId, LiveStatus, RunStatus, Sensor, StoredFileId,
};
use crate::text;

/// How often a lost session is opened again, as by the official client (API reference 2.17).
const MAX_REOPENED: u32 = 5;

/// A session with a host. It is opened by the first command, and stays until [`HostSession::close`].
#[derive(Debug)]
pub struct HostSession<L> {
    client: Client,
    sensor: Sensor,
    /// The time limit for opening the session, and for each command; `None`: no limit.
    limit: Option<Duration>,
    session: Option<LiveSession>,
    /// Whether the session was opened here, and not joined.
    is_own: bool,
    n_lost: u32,
    log: L,
    /// The files that commands of this session have brought to the server.
    copies: Vec<StoredCopy>,
}

/// A file of a host that the server stores for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredCopy {
    pub session: LiveSessionId,
    pub file: StoredFileId,
}

impl<L: CommandLog> HostSession<L> {
    /// Creates a session without sending anything.
    pub fn new(client: Client, sensor: Sensor, limit: Option<Duration>, log: L) -> Self {
        Self { client, sensor, limit, session: None, is_own: false, n_lost: 0, log, copies: Vec::new() }
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the sensor of the host.
    pub fn sensor(&self) -> &Sensor {
        &self.sensor
    }

    /// Returns the session if it is open, and whether it was opened here.
    pub fn into_session(self) -> (Option<LiveSession>, Sensor, bool) {
        (self.session, self.sensor, self.is_own)
    }

    /// Returns for how many days the server stores the files of the session, if it says so.
    pub fn storage_days(&self) -> Option<u64> {
        self.session.as_ref()?.storage_days
    }

    /// Returns the name of the host, to be shown.
    pub fn host(&self) -> String {
        let name = text::make_visible(&self.sensor.computer_name);
        if name.is_empty() { format!("sensor {}", self.sensor.id) } else { name }
    }

    /// Returns an active session: the one there is, the open one of any user, or a new one.
    pub async fn open(&mut self) -> Result<&LiveSession, Error> {
        // Boxed, as the other futures that poll: every caller holds it.
        Box::pin(self.open_if_needed()).await?;
        self.session.as_ref().ok_or_else(|| self.ended_error("it is gone"))
    }

    async fn open_if_needed(&mut self) -> Result<(), Error> {
        if self.session.as_ref().is_none_or(|session| session.status != LiveStatus::Active) {
            self.check_support()?;
            let outcome = match self.join_or_create().await {
                Ok(session) => {
                    self.session = Some(session);
                    self.wait_until_active().await
                }
                Err(error) => Err(error),
            };
            // The opening of a session is logged; joining one is not.
            self.log.end(outcome.as_ref().err().map(ToString::to_string)).await?;
            outcome?;
        }
        Ok(())
    }

    /// Runs a command that only reads and waits for its end. A session that is lost is opened again, and the command is sent
    /// again. A command that the host refuses is an [`Error::Failed`].
    pub async fn read(&mut self, command: &LiveCommand) -> Result<CommandRun, Error> {
        debug_assert!(command.kind().only_reads(), "a change is sent once");
        loop {
            let session = self.supporting_session(command.kind()).await?;
            let request = WriteRequest::live_command(session, command);
            self.log.begin(&self.sensor, command.kind().name(), &request).await?;
            let outcome = Box::pin(self.send(session, command, &request)).await;
            self.log.end(outcome.as_ref().err().map(ToString::to_string)).await?;
            let Err(Error::Server(api::Error::SessionGone { reason })) = outcome else {
                return outcome;
            };
            self.session = None;
            self.is_own = false;
            self.n_lost += 1;
            if self.n_lost > MAX_REOPENED {
                return Err(Error::Lost { host: self.host(), times: self.n_lost, reason });
            }
        }
    }

    /// Runs a command that only reads; `None` if the host says that there is no such object.
    pub async fn read_if_exists(&mut self, command: &LiveCommand) -> Result<Option<CommandRun>, Error> {
        match self.read(command).await {
            Ok(run) => Ok(Some(run)),
            Err(Error::Failed { result, .. }) if result.code.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the error for an answer that lacks what it must have.
    pub fn unreadable(&self, command: &LiveCommand) -> Error {
        Error::Unreadable { host: self.host(), command: describe(command) }
    }

    /// Fetches a file of the host, of at most `count` bytes, and passes its bytes to `on_piece`. Fails if the copy of the
    /// server is not complete. The copy stays until [`HostSession::delete_copies`].
    pub async fn fetch_file(
        &mut self,
        path: &str,
        count: Option<u64>,
        mut on_piece: impl FnMut(&[u8]),
    ) -> Result<(), Error> {
        let run = self.read(&LiveCommand::GetFile { path: path.to_owned(), offset: 0, count }).await?;
        let incomplete = |why: String| Error::Incomplete { host: self.host(), path: text::excerpt(&path.into()), why };
        let no_copy = || incomplete("the server names no file in its response".to_owned());
        let StoredCopy { session, file } = self.copy(&run).ok_or_else(no_copy)?;
        let fetch = async {
            // Without the record, the size is not known; the file is fetched nevertheless.
            let record = self.client.session_file(session, file).await.ok();
            if let Some(status) = record.as_ref().and_then(|record| record.status).filter(|code| !code.is_success()) {
                return Err(incomplete(status.to_string()));
            }
            let mut download = self.client.session_file_content(session, file).await?;
            let mut received = 0;
            while let Some(piece) = download.next().await? {
                let piece: &[u8] = piece.as_ref();
                received += u64::try_from(piece.len()).unwrap_or(u64::MAX);
                on_piece(piece);
            }
            match record.and_then(|record| record.size).filter(|size| received < *size) {
                Some(size) => Err(incomplete(format!("{received} of {size} bytes"))),
                None => Ok(()),
            }
        };
        self.keep_while(fetch).await
    }

    /// Waits for the end of `future`, and keeps the session from being closed meanwhile.
    pub async fn keep_while<T>(&self, future: impl Future<Output = T>) -> T {
        pin!(future);
        loop {
            select! {
                biased;
                output = &mut future => return output,
                () = sleep(self.client.timings().keepalive_interval) => if let Some(session) = &self.session {
                    // If the session is gone, the next request says so.
                    let _ = self.client.keep_live_session(session.id).await;
                },
            }
        }
    }

    /// Returns the copy on the server of the file that a command has fetched.
    pub fn copy(&self, run: &CommandRun) -> Option<StoredCopy> {
        self.copies.iter().rev().find(|copy| Some(copy.file) == run.file).copied()
    }

    /// Deletes the files that commands of this session have brought to the server. Returns those that stay, each with the
    /// reason.
    pub async fn delete_copies(&mut self) -> Vec<(StoredCopy, api::Error)> {
        let mut left = Vec::new();
        for copy in std::mem::take(&mut self.copies) {
            if let Err(error) = self.client.delete_session_file(copy.session, copy.file).await {
                left.push((copy, error));
            }
        }
        left
    }

    /// Records that a command was stopped before its end.
    pub async fn stop(&mut self) -> Result<(), Error> {
        self.log.end(Some("stopped".to_owned())).await
    }

    /// Closes the session if it was opened here; returns whether it was.
    pub async fn close(&mut self) -> Result<bool, api::Error> {
        let Some(session) = self.session.take().filter(|_| self.is_own) else {
            return Ok(false);
        };
        self.client.close_live_session(&session).await?;
        Ok(true)
    }

    /// Fails before anything is sent if the sensor cannot have a session.
    fn check_support(&self) -> Result<(), Error> {
        if self.sensor.is_uninstalled() {
            return Err(Error::Uninstalled { host: self.host() });
        }
        if self.sensor.supports_live_response == Some(false) {
            return Err(Error::NotSupported { host: self.host() });
        }
        Ok(())
    }

    /// Returns the open session with the sensor, or a new one.
    async fn join_or_create(&mut self) -> Result<LiveSession, Error> {
        let (joined, n_open) = self.find_session().await?;
        if let Some(session) = joined {
            self.is_own = false;
            return Ok(session);
        }
        if n_open >= MAX_SESSIONS {
            return Err(Error::TooMany);
        }
        let request = WriteRequest::live_session(self.sensor.id);
        self.log.begin(&self.sensor, "open session", &request).await?;
        let refused = match self.client.open_live_session(&request, self.sensor.id).await {
            Ok(session) => {
                self.is_own = true;
                return Ok(session);
            }
            Err(error) => error,
        };
        // Another user may have opened one meanwhile, or the answer was lost.
        let is_not_found = matches!(refused, api::Error::NotFound { .. });
        if !is_not_found && !refused.may_have_arrived() {
            return Err(refused.into());
        }
        match self.find_session().await? {
            (Some(session), _) => {
                self.is_own = !is_not_found;
                Ok(session)
            }
            (None, n_open) if is_not_found && n_open >= MAX_SESSIONS => Err(Error::TooMany),
            (None, _) if is_not_found => Err(Error::Busy { host: self.host() }),
            (None, _) => Err(refused.into()),
        }
    }

    /// Returns the open session with the sensor, and the number of all open ones.
    async fn find_session(&self) -> Result<(Option<LiveSession>, usize), Error> {
        let mut open = self.client.live_sessions().await?.rows;
        open.retain(|session| session.status.is_open());
        let n_open = open.len();
        Ok((open.into_iter().find(|session| session.sensor == Some(self.sensor.id)), n_open))
    }

    /// Polls the session until the sensor has checked in.
    async fn wait_until_active(&mut self) -> Result<(), Error> {
        let mut pace = Pace::new(&self.client.timings());
        loop {
            let Some(session) = &self.session else {
                return Err(self.ended_error("it is gone"));
            };
            let id = session.id;
            match &session.status {
                LiveStatus::Active => return Ok(()),
                LiveStatus::Pending => {}
                other => {
                    let status = text::make_visible(&other.label());
                    self.session = None;
                    return Err(self.ended_error(&status));
                }
            }
            if pace.has_passed(self.limit) {
                return Err(self.pending_error());
            }
            sleep(pace.next_delay()).await;
            match self.client.live_session(id).await {
                Ok(session) => self.session = Some(session),
                Err(api::Error::SessionGone { reason }) => {
                    self.session = None;
                    return Err(self.ended_error(if reason.is_empty() { "it is gone" } else { &reason }));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns the number of an active session whose sensor has a command.
    async fn supporting_session(&mut self, kind: LiveCommandKind) -> Result<LiveSessionId, Error> {
        let session = self.open().await?;
        let id = session.id;
        if session.supports(kind) {
            return Ok(id);
        }
        Err(Error::NoCommand { host: self.host(), command: kind.name() })
    }

    /// Sends a command once, and waits for its end.
    async fn send(
        &mut self,
        session: LiveSessionId,
        command: &LiveCommand,
        request: &WriteRequest,
    ) -> Result<CommandRun, Error> {
        let run = self.client.start_command(request).await?;
        if command.kind() == LiveCommandKind::GetFile {
            // The file is on the server even if the command fails or is stopped.
            self.copies.extend(run.file.map(|file| StoredCopy { session, file }));
        }
        let run = self.wait_until_final(session, command, run).await?;
        self.outcome(command, run)
    }

    /// Polls a command until it has ended.
    async fn wait_until_final(
        &self,
        session: LiveSessionId,
        command: &LiveCommand,
        mut run: CommandRun,
    ) -> Result<CommandRun, Error> {
        let mut pace = Pace::new(&self.client.timings());
        let mut last_keepalive = Instant::now();
        // The answer to the request has no output, even if the command has ended by then.
        let mut is_polled = false;
        while !is_polled || !run.status.is_final() {
            if pace.has_passed(self.limit) {
                let limit = self.limit.unwrap_or_default();
                return Err(Error::Timeout { host: self.host(), command: describe(command), limit });
            }
            if is_polled {
                sleep(pace.next_delay()).await;
            }
            if last_keepalive.elapsed() >= self.client.timings().keepalive_interval {
                last_keepalive = Instant::now();
                // If the session is gone, the next poll says so.
                let _ = self.client.keep_live_session(session).await;
            }
            run = self.client.command_run(session, run.id).await?;
            is_polled = true;
        }
        Ok(run)
    }

    fn outcome(&self, command: &LiveCommand, run: CommandRun) -> Result<CommandRun, Error> {
        let (host, command) = (self.host(), describe(command));
        match (&run.status, run.result.clone()) {
            (RunStatus::Canceled, _) => Err(Error::Canceled { host, command }),
            (_, Some(result)) if !run.is_success() => Err(Error::Failed { host, command, result }),
            (RunStatus::Error, None) => Err(Error::NoReason { host, command }),
            _ => Ok(run),
        }
    }

    fn ended_error(&self, status: &str) -> Error {
        Error::Ended { host: self.host(), status: status.to_owned() }
    }

    /// Returns the error for a sensor that has not checked in.
    fn pending_error(&self) -> Error {
        let seen = self.sensor.last_checkin;
        let why = seen.map_or_else(
            || "the sensor has not checked in".to_owned(),
            |at| format!("the sensor was last seen {}", at.strftime("%Y-%m-%d %H:%M:%SZ")),
        );
        Error::Pending { host: self.host(), limit: self.limit.unwrap_or_default(), why }
    }
}

impl HostSession<()> {
    /// Continues an open session for [`HostSession::change`].
    pub fn resume(client: Client, sensor: Sensor, limit: Option<Duration>, session: LiveSession) -> Self {
        Self { session: Some(session), ..Self::new(client, sensor, limit, ()) }
    }

    /// Runs a command that changes the host, once: after it was sent, it is not known whether the host has done it until
    /// the host or the server says so.
    pub async fn change(&mut self, command: &LiveCommand, request: &WriteRequest) -> Result<CommandRun, Error> {
        let session = self.supporting_session(command.kind()).await?;
        let unknown = |reason: String| Error::Unknown { host: self.host(), reason };
        let run = match self.client.start_command(request).await {
            Ok(run) => run,
            Err(error) if error.may_have_arrived() && !error.is_refusal() => return Err(unknown(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        match Box::pin(self.wait_until_final(session, command, run)).await {
            Ok(run) => self.outcome(command, run),
            Err(Error::Server(error)) => Err(unknown(error.to_string())),
            Err(error) => Err(error),
        }
    }
}

/// Describes a command for messages: its name and object.
fn describe(command: &LiveCommand) -> String {
    const CELLS: usize = 100;
    let name = command.kind().name();
    match command.object() {
        Some(object) => format!("{name} {}", text::fit(&object.into(), CELLS)),
        None => name.to_owned(),
    }
}
