//! A session with one host, from its first request to its end.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Error, MAX_SESSIONS};
use crate::api::{self, Client, WriteRequest};
use crate::model::{CommandRun, LiveCommand, LiveSession, LiveStatus, RunStatus, Sensor, Timings};
use crate::text;

/// How often a lost session is opened again, as by the official client (API reference 2.17).
const MAX_REOPENED: u32 = 5;

/// A session with a host. It is opened by the first command, and stays until [`HostSession::close`].
#[derive(Debug)]
pub struct HostSession {
    client: Client,
    sensor: Sensor,
    /// The time limit for opening the session, and for each command; `None`: no limit.
    limit: Option<Duration>,
    session: Option<LiveSession>,
    /// Whether the session was opened here, and not joined.
    is_own: bool,
    n_lost: u32,
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The sensor has not checked in yet.
    Pending,
    /// The command runs.
    Running(Box<RunStatus>),
}

impl HostSession {
    /// Creates a session without sending anything.
    pub fn new(client: Client, sensor: Sensor, limit: Option<Duration>) -> Self {
        Self { client, sensor, limit, session: None, is_own: false, n_lost: 0 }
    }

    /// Returns the sensor of the host.
    pub fn sensor(&self) -> &Sensor {
        &self.sensor
    }

    /// Returns the session, if it is open.
    pub fn session(&self) -> Option<&LiveSession> {
        self.session.as_ref()
    }

    /// Whether the session was opened here, and not joined.
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// Returns the name of the host, to be shown.
    pub fn host(&self) -> String {
        let name = text::make_visible(&self.sensor.computer_name);
        if name.is_empty() { format!("sensor {}", self.sensor.id) } else { name }
    }

    /// Returns an active session: the one there is, the open one of any user, or a new one.
    pub async fn open(&mut self, mut on_progress: impl FnMut(Progress)) -> Result<&LiveSession, Error> {
        if self.session.as_ref().is_none_or(|session| session.status != LiveStatus::Active) {
            self.check_support().await?;
            let session = self.join_or_create().await?;
            self.session = Some(session);
            self.wait_until_active(&mut on_progress).await?;
        }
        self.session.as_ref().ok_or_else(|| self.ended_error("it is gone"))
    }

    /// Runs a command and waits for its end. A session that is lost is opened again; then a command that only reads is sent
    /// again, any other is not. A command that the host refuses is an [`Error::Failed`].
    pub async fn run(
        &mut self,
        command: &LiveCommand,
        mut on_progress: impl FnMut(Progress),
    ) -> Result<CommandRun, Error> {
        let kind = command.kind();
        loop {
            let session = self.open(&mut on_progress).await?;
            let id = session.id;
            if !session.supports(kind) {
                return Err(Error::NoCommand { host: self.host(), command: kind.name() });
            }
            let request = WriteRequest::live_command(id, command);
            let lost = match self.client.start_command(&request).await {
                Ok(run) => match self.wait_until_final(command, run, &mut on_progress).await {
                    Err(Error::Server(api::Error::SessionGone { .. })) if !kind.only_reads() => {
                        self.session = None;
                        return Err(Error::Unknown { host: self.host() });
                    }
                    Err(Error::Server(api::Error::SessionGone { reason })) => reason,
                    outcome => return outcome,
                },
                // The server states that it has no such session, so the command was not sent to the host.
                Err(api::Error::SessionGone { reason }) => reason,
                Err(error) => return Err(error.into()),
            };
            self.session = None;
            self.is_own = false;
            self.n_lost += 1;
            if self.n_lost > MAX_REOPENED {
                return Err(Error::Lost { host: self.host(), times: self.n_lost, reason: lost });
            }
        }
    }

    /// Closes the session if it was opened here; returns whether it was.
    pub async fn close(&mut self) -> Result<bool, api::Error> {
        let Some(session) = self.session.take().filter(|_| self.is_own) else {
            return Ok(false);
        };
        self.client.close_live_session(&session).await?;
        Ok(true)
    }

    /// Fails before anything is sent if server or sensor cannot have a session.
    async fn check_support(&self) -> Result<(), Error> {
        if self.sensor.is_uninstalled() {
            return Err(Error::Uninstalled { host: self.host() });
        }
        if self.sensor.supports_live_response == Some(false) {
            return Err(Error::NotSupported { host: self.host() });
        }
        match self.client.info().await {
            Ok(info) if info.live_response_enabled == Some(false) => Err(Error::Disabled),
            // A server that does not describe itself may still have it.
            _ => Ok(()),
        }
    }

    /// Returns the open session with the sensor, or a new one.
    async fn join_or_create(&mut self) -> Result<LiveSession, Error> {
        let sessions = self.client.live_sessions().await?;
        let is_open = |session: &&LiveSession| session.status.is_open();
        if let Some(session) = sessions.rows.iter().filter(is_open).find(|session| self.is_with(session)) {
            self.is_own = false;
            return Ok(session.clone());
        }
        if sessions.rows.iter().filter(is_open).count() >= MAX_SESSIONS {
            return Err(Error::TooMany);
        }
        let refused = match self.client.open_live_session(self.sensor.id).await {
            Ok(session) => {
                self.is_own = true;
                return Ok(session);
            }
            Err(error) => error,
        };
        // Another user may have opened one meanwhile, or the answer was lost.
        let may_be_open = matches!(refused, api::Error::NotFound { .. }) || refused.may_have_arrived();
        if !may_be_open {
            return Err(refused.into());
        }
        let sessions = self.client.live_sessions().await?;
        let found = sessions.rows.into_iter().find(|session| session.status.is_open() && self.is_with(session));
        match (found, refused) {
            (Some(session), refused) => {
                self.is_own = !matches!(refused, api::Error::NotFound { .. });
                Ok(session)
            }
            (None, api::Error::NotFound { .. }) => Err(Error::Busy { host: self.host() }),
            (None, error) => Err(error.into()),
        }
    }

    fn is_with(&self, session: &LiveSession) -> bool {
        session.sensor == Some(self.sensor.id)
    }

    /// Polls the session until the sensor has checked in.
    async fn wait_until_active(&mut self, on_progress: &mut impl FnMut(Progress)) -> Result<(), Error> {
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
            if self.limit.is_some_and(|limit| pace.elapsed_time() >= limit) {
                return Err(self.pending());
            }
            on_progress(Progress::Pending);
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

    /// Polls a command until it has ended.
    async fn wait_until_final(
        &self,
        command: &LiveCommand,
        mut run: CommandRun,
        on_progress: &mut impl FnMut(Progress),
    ) -> Result<CommandRun, Error> {
        let session = self.session.as_ref().map(|session| session.id).or(run.session);
        let Some(session) = session else {
            return Err(self.ended_error("it is gone"));
        };
        let mut pace = Pace::new(&self.client.timings());
        let mut kept_at = Instant::now();
        // The answer to the request has no output, even if the command has ended by then.
        let mut is_polled = false;
        loop {
            if is_polled && run.status.is_final() {
                return self.outcome(command, run);
            }
            if self.limit.is_some_and(|limit| pace.elapsed_time() >= limit) {
                let limit = self.limit.unwrap_or_default();
                return Err(Error::Timeout { host: self.host(), command: describe(command), limit });
            }
            if is_polled {
                on_progress(Progress::Running(Box::new(run.status.clone())));
                sleep(pace.next_delay()).await;
            }
            if kept_at.elapsed() >= self.client.timings().keepalive_interval {
                kept_at = Instant::now();
                // If the session is gone, the next poll says so.
                let _ = self.client.keep_live_session(session).await;
            }
            run = self.client.command_run(session, run.id).await?;
            is_polled = true;
        }
    }

    fn outcome(&self, command: &LiveCommand, run: CommandRun) -> Result<CommandRun, Error> {
        match (&run.status, run.result.clone()) {
            (RunStatus::Canceled, _) => Err(Error::Canceled { host: self.host(), command: describe(command) }),
            (_, Some(result)) if !run.is_success() => {
                Err(Error::Failed { host: self.host(), command: describe(command), result })
            }
            (RunStatus::Error, None) => Err(self.ended_error("the command failed without a reason")),
            _ => Ok(run),
        }
    }

    fn ended_error(&self, status: &str) -> Error {
        Error::Ended { host: self.host(), status: status.to_owned() }
    }

    /// Returns the error for a sensor that has not checked in.
    fn pending(&self) -> Error {
        let seen = self.sensor.last_checkin;
        let why = seen.map_or_else(
            || "the sensor has not checked in".to_owned(),
            |at| format!("the sensor was last seen {}", at.strftime("%Y-%m-%d %H:%M:%SZ")),
        );
        Error::Pending { host: self.host(), limit: self.limit.unwrap_or_default(), why }
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

/// The delays between polls: doubled each time, up to a limit.
struct Pace {
    start: Instant,
    delay: Duration,
    most: Duration,
}

impl Pace {
    fn new(timings: &Timings) -> Self {
        Self { start: Instant::now(), delay: timings.command_poll, most: timings.max_command_poll }
    }

    fn elapsed_time(&self) -> Duration {
        self.start.elapsed()
    }

    fn next_delay(&mut self) -> Duration {
        let delay = self.delay.min(self.most);
        self.delay = delay.saturating_mul(2);
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_between_polls_double_up_to_half_a_second() {
        let mut pace = Pace::new(&Timings::default());
        let delays: Vec<_> = std::iter::repeat_with(|| pace.next_delay().as_millis()).take(6).collect();
        assert_eq!(delays, [50, 100, 200, 400, 500, 500]);
    }
}
