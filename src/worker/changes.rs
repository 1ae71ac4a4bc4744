//! Previews, applies and verifies changes in background tasks. Only a preview can be cancelled.

use std::{path::PathBuf, sync::Arc};

use tokio::{
    runtime::Handle,
    select,
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{ChangeStep, Reply, Ticket};
use crate::api::Client;
use crate::audit::{AuditLog, LockWait};
use crate::changes::{
    self, Actor, Applied, Change, ChangeHistory, Justification, NotSent, Outcome, Plan, PlanContext, PlannedChange,
    Policy, Prepared,
};

/// Factor by which polling slows down for a change that is still open after `fast_poll_for`.
const SLOW_POLL_FACTOR: u32 = 30;

/// Actor, policy and audit-log directory for every change this process makes.
#[derive(Clone, Debug, Default)]
pub struct ChangeConfig {
    /// The user of this process.
    pub actor: Actor,
    pub policy: Policy,
    /// Directory of the audit log; without one, no change is made.
    pub state_dir: Option<PathBuf>,
}

/// The background tasks for previews and changes, and the channel of their replies.
pub(super) struct ChangeTasks {
    client: Client,
    background: Handle,
    config: Arc<ChangeConfig>,
    /// Only one preview is shown at a time.
    preview: Option<(Ticket, AbortHandle)>,
    tx: mpsc::UnboundedSender<Reply>,
    rx: mpsc::UnboundedReceiver<Reply>,
    /// How tasks wait for the lock of the audit log.
    lock_wait: LockWait,
    /// Whether any task waits for the lock: `true` when it begins, `false` when it ends.
    lock_waits: mpsc::UnboundedReceiver<bool>,
}

impl ChangeTasks {
    /// Returns the state without running changes, and resumes those that an earlier run left open.
    pub(super) fn new(client: Client, background: Handle, config: ChangeConfig) -> Self {
        let (tx, rx) = mpsc::unbounded_channel();
        let (lock_tx, lock_waits) = mpsc::unbounded_channel();
        let lock_wait =
            LockWait { interval: client.timings().lock_poll_interval, tx: Some(lock_tx), ..LockWait::default() };
        let tasks = Self { client, background, config: Arc::new(config), preview: None, tx, rx, lock_wait, lock_waits };
        tasks.task().resume(&tasks.background);
        tasks
    }

    /// Starts a preview and cancels the previous one.
    pub(super) fn preview(&mut self, ticket: Ticket, changes: Vec<Change>) {
        let task = self.background.spawn(self.task().preview(ticket, changes));
        let previous = self.preview.replace((ticket, task.abort_handle()));
        if let Some((_, task)) = previous {
            task.abort();
        }
    }

    /// Cancels a preview.
    pub(super) fn cancel_preview(&mut self, ticket: Ticket) {
        if let Some((_, task)) = self.preview.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
    }

    /// Applies `plans`.
    pub(super) fn apply(&mut self, ticket: Ticket, plans: Vec<Plan>, justification: Justification) {
        self.background.spawn(self.task().apply(ticket, plans, justification));
    }

    /// Cancels the changes that wait for the audit log, so that they are not sent.
    pub(super) fn cancel_waiting(&self) {
        self.lock_wait.cancel.notify_waiters();
    }

    /// Reads the audit log.
    pub(super) fn read_history(&self) {
        let task = self.task();
        self.background.spawn(async move { task.send_history().await });
    }

    /// Waits for the next reply. Cancel safe.
    pub(super) async fn next(&mut self) -> Reply {
        // `self` holds the senders, so the channels never close.
        select! {
            Some(reply) = self.rx.recv() => reply,
            Some(is_waiting) = self.lock_waits.recv() => Reply::LogWait(is_waiting),
            else => std::future::pending().await,
        }
    }

    fn task(&self) -> ChangeTask {
        ChangeTask {
            client: self.client.clone(),
            config: self.config.clone(),
            tx: self.tx.clone(),
            lock_wait: self.lock_wait.clone(),
        }
    }
}

impl Drop for ChangeTasks {
    /// When the screen is gone, changes that wait for the audit log must not be sent unseen.
    fn drop(&mut self) {
        self.cancel_waiting();
    }
}

/// One background task for a preview or for changes.
struct ChangeTask {
    lock_wait: LockWait,
    client: Client,
    config: Arc<ChangeConfig>,
    tx: mpsc::UnboundedSender<Reply>,
}

impl ChangeTask {
    fn reply(&self, reply: Reply) {
        // The receiver is gone once the screen is.
        let _ = self.tx.send(reply);
    }

    async fn preview(self, ticket: Ticket, changes: Vec<Change>) {
        let config = &self.config;
        let cx = PlanContext::new(self.client.clone(), config.policy.clone()).with_user(config.actor.user.clone());
        if changes::is_batch(&changes) {
            return self.preview_batch(ticket, changes, &cx).await;
        }
        let n_changes = changes.len();
        let previews = changes.into_iter().enumerate().map(|(index, change)| {
            let (task, cx) = (&self, &cx);
            async move {
                let result = change.prepare(cx).await;
                task.reply(Reply::Prepared { ticket, index, result: result.clone() });
                if let Ok(Prepared::Ready(plan)) = result
                    && !plan.is_left_out_of(n_changes)
                {
                    let report = |line| {
                        task.reply(Reply::Impact { ticket, index: Some(index), impact_lines: vec![line] });
                    };
                    plan.find_blast_radius(cx, report).await;
                }
            }
        });
        futures_util::future::join_all(previews).await;
    }

    /// Previews many hashes, which are looked up together.
    async fn preview_batch(&self, ticket: Ticket, changes: Vec<Change>, cx: &PlanContext) {
        let send_result = |index, result| self.reply(Reply::Prepared { ticket, index, result });
        let readings = match changes::read_ban_batch(&changes, cx).await {
            Ok(readings) => readings,
            Err(error) => {
                for index in 0..changes.len() {
                    send_result(index, Err(error.clone()));
                }
                return;
            }
        };
        let mut plans = Vec::new();
        for (index, (change, reading)) in changes.into_iter().zip(readings).enumerate() {
            let result = match reading {
                Some(reading) => reading.plan(cx).await,
                None => change.prepare(cx).await,
            };
            if let Ok(Prepared::Ready(plan)) = &result {
                plans.push((**plan).clone());
            }
            send_result(index, result);
        }
        let report = |lines| {
            self.reply(Reply::Impact { ticket, index: None, impact_lines: lines });
        };
        changes::batch_impact_merged(&plans, cx, report).await;
    }

    async fn apply(self, ticket: Ticket, plans: Vec<Plan>, justification: Justification) {
        let mut justification = Justification { actor: self.config.actor.clone(), ..justification };
        let step = |index, step| self.reply(Reply::Step { ticket, index, step });
        let mut log = match self.open_log() {
            Ok(log) => log,
            Err(error) => {
                for index in 0..plans.len() {
                    step(index, ChangeStep::NotSent(error.clone()));
                }
                return;
            }
        };
        let mut open = Vec::new();
        let last = plans.len().saturating_sub(1);
        for (index, plan) in plans.into_iter().enumerate() {
            let planned = PlannedChange { plan: &plan, justification: &justification };
            match changes::apply(planned, &self.client, &mut log).await {
                Ok(Applied { change, outcome }) => {
                    justification.batch.get_or_insert(outcome.line);
                    // The log is sent before the outcome, so that undo is possible as soon as the change is shown as
                    // done. For a batch, it is read once.
                    if index == last {
                        self.send_history().await;
                    }
                    step(index, ChangeStep::Outcome(outcome.clone()));
                    open.push((index, change, outcome));
                }
                // A change that cannot be logged is not sent, and the next one could not be logged either.
                Err(error @ NotSent::Log(_)) => {
                    if !open.is_empty() {
                        self.send_history().await;
                    }
                    for index in index..=last {
                        step(index, ChangeStep::NotSent(error.to_string()));
                    }
                    break;
                }
                Err(error) => {
                    if index == last && !open.is_empty() {
                        self.send_history().await;
                    }
                    step(index, ChangeStep::NotSent(error.to_string()));
                }
            }
        }
        self.poll_open(open, log, |index, outcome| step(index, ChangeStep::Outcome(outcome))).await;
    }

    /// Polls open changes until their outcome is known.
    async fn poll_open(
        &self,
        mut open: Vec<(usize, Change, Outcome)>,
        mut log: AuditLog,
        step: impl Fn(usize, Outcome),
    ) {
        let (started, timings) = (Instant::now(), self.client.timings());
        loop {
            // An outcome that could not be read back may be known at the next poll.
            open.retain(|(_, _, outcome)| outcome.is_open() || outcome.needs_read_back());
            if open.is_empty() {
                return;
            }
            let is_fast = started.elapsed() < timings.fast_poll_for;
            sleep(if is_fast { timings.read_back_interval } else { timings.read_back_interval * SLOW_POLL_FACTOR })
                .await;
            for (index, change, outcome) in &mut open {
                let previous = outcome.stage;
                let is_news = changes::recheck(change, &self.client, &mut log, outcome).await;
                if !is_fast && outcome.is_open() {
                    changes::log_timed_out(&mut log, &self.client, outcome).await;
                }
                if is_news || outcome.stage != previous {
                    self.send_history().await;
                    step(*index, outcome.clone());
                }
            }
        }
    }

    /// Resumes the changes that an earlier run left open on this server.
    fn resume(self, background: &Handle) {
        let mut log = match self.open_log() {
            Ok(log) => log,
            // The log may still be readable; a warning at the start said that it cannot be written.
            Err(error) => {
                tracing::warn!("The audit log cannot be written: {error}");
                background.spawn(async move { self.send_history().await });
                return;
            }
        };
        background.spawn(async move {
            let Some(history) = self.send_history().await else {
                return;
            };
            let mut open = Vec::new();
            for logged in &history.activity {
                let is_here = logged.submitted.server == self.client.server();
                if let Some(change) = logged.change().filter(|_| is_here && logged.is_open()) {
                    let mut outcome = logged.outcome();
                    if changes::recheck(&change, &self.client, &mut log, &mut outcome).await {
                        self.reply(Reply::Resumed(format!(
                            "{} {}: {}",
                            change.label(),
                            logged.submitted.target.name,
                            outcome.note
                        )));
                    }
                    open.push((0, change, outcome));
                }
            }
            if !open.is_empty() {
                self.send_history().await;
            }
            self.poll_open(open, log, |_, _| {}).await;
        });
    }

    fn open_log(&self) -> Result<AuditLog, String> {
        match &self.config.state_dir {
            Some(dir) => match AuditLog::open(dir) {
                Ok(log) => Ok(log.with_lock_wait(self.lock_wait.clone())),
                Err(error) => Err(error.to_string()),
            },
            None => Err("There is no directory for the audit log".into()),
        }
    }

    /// Reads the audit log and sends it to the screen.
    async fn send_history(&self) -> Option<Arc<ChangeHistory>> {
        let dir = self.config.state_dir.clone()?;
        // Reading a long log blocks.
        let read = tokio::task::spawn_blocking(move || ChangeHistory::read(&dir)).await;
        match read {
            Ok(Ok(history)) => {
                let history = Arc::new(history);
                self.reply(Reply::History(Ok(history.clone())));
                Some(history)
            }
            Ok(Err(error)) => {
                self.reply(Reply::History(Err(error.to_string())));
                None
            }
            Err(error) => {
                tracing::error!("Reading the audit log failed: {error}");
                None
            }
        }
    }
}
