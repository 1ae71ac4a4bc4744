//! Reading from one or several hosts: sessions side by side, closed at the end and on a signal.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::select;

use super::log::{log_outcome, log_read};
use crate::api::Client;
use crate::audit::Actor;
use crate::cli::{LiveArgs, WaitLimit};
use crate::commands::{
    CommandCx, Exit, Failure,
    change::{self, Log},
    hosts,
    signals::wait_for_shutdown,
};
use crate::live_response::{Error, HostSession, MAX_SESSIONS};
use crate::model::{CommandRun, LiveCommand, Sensor, SensorId};

/// What is needed to read from hosts.
pub(super) struct Reader {
    client: Client,
    actor: Actor,
    log: Log,
    live: LiveArgs,
    n_at_once: usize,
}

/// A host, and what was read on it.
pub(super) struct HostAnswer<T> {
    pub(super) sensor: Sensor,
    pub(super) outcome: Result<T, Error>,
}

impl Reader {
    /// Connects to the server and opens the audit log: what cannot be logged is not read.
    pub(super) fn connect(live: LiveArgs, cx: &mut CommandCx<'_>) -> Result<Self, Failure> {
        let (client, access) = cx.connect()?;
        let actor = Actor::from_account(cx.environment.account(), access.profile.user.clone());
        let log = change::open_log(cx)?;
        let n_at_once = access.settings().connections.clamp(1, MAX_SESSIONS);
        Ok(Self { client, actor, log, live, n_at_once })
    }

    /// Returns the client.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Finds all hosts before anything is read on one of them.
    pub(super) async fn resolve(&self, names: &[String], cx: &mut CommandCx<'_>) -> Result<Vec<Sensor>, Failure> {
        let mut ids: Vec<SensorId> = Vec::new();
        for name in names {
            let id = hosts::resolve_sensor(name, &self.client, cx).await?;
            if ids.contains(&id) {
                cx.note(&format!("{name} is given twice"));
            } else {
                ids.push(id);
            }
        }
        let mut sensors = Vec::new();
        for id in ids {
            sensors.push(self.client.sensor(id).await?);
        }
        Ok(sensors)
    }

    /// Creates the session with a host, without sending anything.
    pub(super) fn session(&self, sensor: Sensor) -> HostSession {
        let limit: Option<Duration> = match self.live.timeout {
            WaitLimit::For(limit) => Some(limit),
            WaitLimit::None | WaitLimit::Unlimited => None,
        };
        HostSession::new(self.client.clone(), sensor, limit)
    }

    /// Closes a session that was opened here, unless it is kept.
    pub(super) async fn close(&self, session: &mut HostSession) {
        close(session, self.live).await;
    }

    /// Logs that a command is about to read on a host, and returns the line.
    pub(super) async fn log_read(
        &mut self,
        sensor: &Sensor,
        command: &LiveCommand,
        cx: &mut CommandCx<'_>,
    ) -> Result<u64, Failure> {
        log_read(sensor, command, (&self.client, &self.actor), &mut self.log, cx).await
    }

    /// Logs how the reading at `line` has ended.
    pub(super) async fn log_outcome(
        &mut self,
        line: u64,
        failure: Option<&str>,
        cx: &mut CommandCx<'_>,
    ) -> Result<(), Failure> {
        log_outcome(line, failure, &self.client, &mut self.log, cx).await
    }

    /// Logs `command` for each host, reads on all of them side by side, and logs the outcomes. Answers are in the order of
    /// the hosts.
    pub(super) async fn read<T>(
        &mut self,
        sensors: Vec<Sensor>,
        command: &LiveCommand,
        read: impl AsyncFn(&mut HostSession) -> Result<T, Error>,
        cx: &mut CommandCx<'_>,
    ) -> Result<Vec<HostAnswer<T>>, Failure> {
        let mut lines = Vec::new();
        for sensor in &sensors {
            lines.push(self.log_read(sensor, command, cx).await?);
        }
        let n_hosts = sensors.len();
        if n_hosts == 1 {
            cx.progress("waiting for the host; ^c cancels");
        } else {
            cx.progress(&format!("waiting for {n_hosts} hosts; ^c cancels"));
        }
        let mut sessions: Vec<HostSession> = sensors.into_iter().map(|sensor| self.session(sensor)).collect();
        let reading = async {
            stream::iter(&mut sessions)
                .map(|session| read_and_close(session, &read, self.live))
                .buffered(self.n_at_once)
                .collect::<Vec<_>>()
                .await
        };
        let outcomes = select! {
            biased;
            outcomes = reading => Some(outcomes),
            _ = wait_for_shutdown() => None,
        };
        cx.progress("");
        let Some(outcomes) = outcomes else {
            for (line, session) in lines.into_iter().zip(&mut sessions) {
                self.close(session).await;
                self.log_outcome(line, Some("stopped"), cx).await?;
            }
            return Err(Failure::new(Exit::Failed, "stopped; the sessions that were opened here are closed"));
        };
        let mut answers = Vec::new();
        for ((line, session), outcome) in lines.into_iter().zip(&sessions).zip(outcomes) {
            let failure = outcome.as_ref().err().map(ToString::to_string);
            self.log_outcome(line, failure.as_deref(), cx).await?;
            answers.push(HostAnswer { sensor: session.sensor().clone(), outcome });
        }
        Ok(answers)
    }

    /// Runs one command on each host.
    pub(super) async fn run(
        &mut self,
        sensors: Vec<Sensor>,
        command: &LiveCommand,
        cx: &mut CommandCx<'_>,
    ) -> Result<Vec<HostAnswer<CommandRun>>, Failure> {
        let read = async |session: &mut HostSession| session.run(command, |_| {}).await;
        self.read(sensors, command, read, cx).await
    }
}

async fn read_and_close<T>(
    session: &mut HostSession,
    read: &impl AsyncFn(&mut HostSession) -> Result<T, Error>,
    live: LiveArgs,
) -> Result<T, Error> {
    let outcome = read(session).await;
    close(session, live).await;
    outcome
}

/// Closes a session that was opened here, unless it is kept.
async fn close(session: &mut HostSession, live: LiveArgs) {
    if !live.keep
        && let Err(error) = session.close().await
    {
        // What was read is not lost by it; the server closes the session itself after two minutes.
        tracing::warn!("the session with {} was not closed: {error}", session.host());
    }
}

/// Reports the hosts that failed, and returns the exit code: that of the worst one.
pub(super) fn report_failures<T>(answers: &[HostAnswer<T>], cx: &mut CommandCx<'_>) -> Exit {
    let failures = answers.iter().filter_map(|answer| answer.outcome.as_ref().err().cloned());
    let exits: Vec<Exit> = failures.map(|error| cx.report(&error.into())).collect();
    let has = |exit: Exit| exits.contains(&exit);
    match exits.len() {
        0 => Exit::Done,
        _ if has(Exit::Failed) => Exit::Failed,
        _ if has(Exit::Unconfirmed) => Exit::Unconfirmed,
        _ => Exit::NoResults,
    }
}
