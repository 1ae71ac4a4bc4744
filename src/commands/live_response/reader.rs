//! Reading from one or several hosts: sessions side by side, closed at the end and on a signal.

use std::{cell::Cell, pin::pin, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::{
    select,
    sync::{Notify, mpsc},
};

use super::log::ReadingLog;
use crate::api::Client;
use crate::audit::Actor;
use crate::cli::{self, LiveArgs, WaitLimit};
use crate::commands::{CommandCx, Exit, Failure, change, hosts, signals::wait_for_shutdown};
use crate::config::Access;
use crate::live_response::{self, Error, HostSession, MAX_SESSIONS};
use crate::model::{Sensor, SensorId};

/// The session of a command with a host.
pub(super) type LoggedSession = HostSession<ReadingLog>;

/// What is needed to read from hosts.
pub(super) struct Reader {
    client: Client,
    access: Access,
    log: ReadingLog,
    live: LiveArgs,
}

/// A host, and what was read on it.
pub(super) struct HostAnswer<T> {
    pub(super) sensor: Sensor,
    pub(super) outcome: Result<T, Error>,
}

/// How a reading on several hosts has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadingEnd {
    Complete,
    /// By a signal.
    Stopped,
}

/// The sessions that are open at once: the server allows few.
#[derive(Default)]
struct SessionSlots {
    n_active: Cell<usize>,
    ended: Notify,
}

impl Reader {
    /// Connects to the server and opens the audit log: what cannot be logged is not read.
    pub(super) async fn connect(live: LiveArgs, cx: &mut CommandCx<'_>) -> Result<Self, Failure> {
        let server = cx.connect()?;
        Self::start(live, server, cx).await
    }

    /// Connects to the server to change a host, unless the profile or the options forbid it.
    pub(super) async fn connect_to_change(
        live: LiveArgs,
        args: &cli::ChangeArgs,
        cx: &mut CommandCx<'_>,
    ) -> Result<Self, Failure> {
        let server = cx.connect()?;
        change::check_may_change(&server.1)?;
        change::require_reason(args)?;
        Self::start(live, server, cx).await
    }

    async fn start(
        live: LiveArgs,
        (client, access): (Client, Access),
        cx: &mut CommandCx<'_>,
    ) -> Result<Self, Failure> {
        let actor = Actor::from_account(cx.environment.account(), access.profile.user.clone());
        let log = ReadingLog::open(client.clone(), actor, cx)?;
        live_response::check_enabled(&client).await?;
        Ok(Self { client, access, log, live })
    }

    /// Returns the client and the profile.
    pub(super) fn server(&self) -> (&Client, &Access) {
        (&self.client, &self.access)
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

    /// Finds one host.
    pub(super) async fn resolve_one(&self, name: &str, cx: &mut CommandCx<'_>) -> Result<Sensor, Failure> {
        let id = hosts::resolve_sensor(name, &self.client, cx).await?;
        Ok(self.client.sensor(id).await?)
    }

    /// Creates the session with a host, without sending anything.
    pub(super) fn session(&self, sensor: Sensor) -> LoggedSession {
        HostSession::new(self.client.clone(), sensor, time_limit(self.live), self.log.clone())
    }

    /// Closes a session that was opened here, unless it is kept.
    pub(super) async fn close(&self, session: &mut LoggedSession) {
        close(session, self.live).await;
    }

    /// Reads on all hosts side by side, and passes each answer to `on_answer` as it comes. After a signal, the hosts that have
    /// not answered fail.
    pub(super) async fn read<T>(
        &self,
        sensors: Vec<Sensor>,
        read: impl AsyncFn(&mut LoggedSession) -> Result<T, Error>,
        mut on_answer: impl FnMut(HostAnswer<T>) -> Result<(), Failure>,
    ) -> Result<ReadingEnd, Failure> {
        let n_at_once = self.n_at_once(&sensors).await?;
        let slots = SessionSlots::default();
        let mut sessions: Vec<_> = sensors.iter().map(|sensor| self.session(sensor.clone())).collect();
        let mut sensors: Vec<Option<Sensor>> = sensors.into_iter().map(Some).collect();
        let (tx, mut outcomes) = mpsc::unbounded_channel();
        let mut pass_on =
            |(index, outcome): (usize, Result<T, Error>)| match sensors.get_mut(index).and_then(Option::take) {
                Some(sensor) => on_answer(HostAnswer { sensor, outcome }),
                None => Ok(()),
            };
        let mut end = {
            let reading =
                stream::iter(sessions.iter_mut().enumerate()).for_each_concurrent(n_at_once, async |session| {
                    read_in_turn(session, &read, self.live, &slots, &tx).await;
                });
            let (mut reading, mut signal) = (pin!(reading), pin!(wait_for_shutdown()));
            loop {
                select! {
                    biased;
                    Some(answer) = outcomes.recv() => if let Err(failure) = pass_on(answer) {
                        break Err(failure);
                    },
                    () = &mut reading => break Ok(ReadingEnd::Complete),
                    _ = &mut signal => break Ok(ReadingEnd::Stopped),
                }
            }
        };
        while let Ok(answer) = outcomes.try_recv() {
            end = pass_on(answer).and(end);
        }
        for (index, session) in sessions.iter_mut().enumerate() {
            // A line that is open is that of a reading that was stopped.
            session.stop().await?;
            self.close(session).await;
            end = pass_on((index, Err(Error::Stopped { host: session.host() }))).and(end);
        }
        end
    }

    /// Returns on how many hosts to read at once: each needs a session, and other users have some.
    async fn n_at_once(&self, sensors: &[Sensor]) -> Result<usize, Failure> {
        let n_most = self.access.profile.connections;
        if sensors.len() < 2 {
            return Ok(1);
        }
        let mut open = self.client.live_sessions().await?.rows;
        // Those with our hosts are joined.
        let is_ours = |id: Option<SensorId>| sensors.iter().any(|sensor| Some(sensor.id) == id);
        open.retain(|session| session.status.is_open() && !is_ours(session.sensor));
        Ok(n_most.min(MAX_SESSIONS.saturating_sub(open.len())).max(1))
    }
}

/// Returns the time limit for the session and each command; `None`: no limit.
pub(super) fn time_limit(live: LiveArgs) -> Option<Duration> {
    match live.timeout {
        WaitLimit::For(limit) => Some(limit),
        WaitLimit::None | WaitLimit::Unlimited => None,
    }
}

/// Reads on a host, sends the answer with its number to `tx`, and closes the session. If the server has its limit of sessions,
/// waits for the end of one of ours.
async fn read_in_turn<T>(
    (index, session): (usize, &mut LoggedSession),
    read: &impl AsyncFn(&mut LoggedSession) -> Result<T, Error>,
    live: LiveArgs,
    slots: &SessionSlots,
    tx: &mpsc::UnboundedSender<(usize, Result<T, Error>)>,
) {
    loop {
        slots.n_active.set(slots.n_active.get() + 1);
        let outcome = read(session).await;
        if matches!(outcome, Err(Error::TooMany)) && slots.n_active.get() > 1 {
            slots.n_active.set(slots.n_active.get() - 1);
            slots.ended.notified().await;
            continue;
        }
        // A signal during the end of the session does not lose it.
        let _ = tx.send((index, outcome));
        close(session, live).await;
        slots.n_active.set(slots.n_active.get() - 1);
        return slots.ended.notify_waiters();
    }
}

/// Closes a session that was opened here, unless it is kept.
async fn close(session: &mut LoggedSession, live: LiveArgs) {
    if !live.keep
        && let Err(error) = session.close().await
    {
        // What was read is not lost by it; the server closes the session itself after two minutes.
        tracing::warn!("the session with {} was not closed: {error}", session.host());
    }
}

/// Reports the hosts that failed, and returns the exit code: that of the worst one.
pub(super) fn report_failures(failures: Vec<Error>, cx: &mut CommandCx<'_>) -> Exit {
    let exits: Vec<Exit> = failures.into_iter().map(|error| cx.report(&error.into())).collect();
    let has = |exit: Exit| exits.contains(&exit);
    match exits.len() {
        0 => Exit::Done,
        _ if has(Exit::Failed) => Exit::Failed,
        _ if has(Exit::Unconfirmed) => Exit::Unconfirmed,
        _ => Exit::NoResults,
    }
}
