//! Deeds: previewed, done and waited for beside everything else. Nothing but a preview is ever given up.

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

/// How much longer one waits between two looks at what is not looked after closely any more.
const SLOW_POLL_FACTOR: u32 = 30;

/// On whose behalf deeds are done, what guards them, and where they are logged.
#[derive(Clone, Debug, Default)]
pub struct ChangeConfig {
    /// Who is at the keyboard.
    pub actor: Actor,
    /// What must not be touched.
    pub policy: Policy,
    /// Where the action log is; without it nothing is done.
    pub state_dir: Option<PathBuf>,
}

/// What is previewed and done.
pub(super) struct ChangeTasks {
    client: Client,
    background: Handle,
    config: Arc<ChangeConfig>,
    /// The screen looks at one preview at a time.
    preview: Option<(Ticket, AbortHandle)>,
    tx: mpsc::UnboundedSender<Reply>,
    rx: mpsc::UnboundedReceiver<Reply>,
    /// How the action log is waited for while another program holds its lock.
    lock_wait: LockWait,
    /// Whether that has begun or ended.
    lock_waits: mpsc::UnboundedReceiver<bool>,
}

impl ChangeTasks {
    /// Nothing is to be done yet; what an earlier run left open is taken up.
    pub(super) fn new(client: Client, background: Handle, office: ChangeConfig) -> Self {
        let (told, news) = mpsc::unbounded_channel();
        let (sender, waits) = mpsc::unbounded_channel();
        let waiting =
            LockWait { interval: client.timings().lock_poll_interval, tx: Some(sender), ..LockWait::default() };
        let deeds = Self {
            client,
            background,
            config: Arc::new(office),
            preview: None,
            tx: told,
            rx: news,
            lock_wait: waiting,
            lock_waits: waits,
        };
        deeds.task().resume(&deeds.background);
        deeds
    }

    /// Finds out what deeds would do; nobody looks any more at what was previewed before.
    pub(super) fn preview(&mut self, ticket: Ticket, deeds: Vec<Change>) {
        let clerk = self.task();
        let task = self.background.spawn(clerk.preview(ticket, deeds));
        let before = self.preview.replace((ticket, task.abort_handle()));
        if let Some((_, task)) = before {
            task.abort();
        }
    }

    /// Gives up a preview.
    pub(super) fn cancel_preview(&mut self, ticket: Ticket) {
        if let Some((_, task)) = self.preview.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
    }

    /// Does what was planned.
    pub(super) fn apply(&mut self, ticket: Ticket, plans: Vec<Plan>, grounds: Justification) {
        let clerk = self.task();
        self.background.spawn(clerk.apply(ticket, plans, grounds));
    }

    /// Sends nothing of what still waits to be logged.
    pub(super) fn cancel_waiting(&self) {
        self.lock_wait.cancel.notify_waiters();
    }

    /// Reads the action log.
    pub(super) fn read_history(&self) {
        let clerk = self.task();
        self.background.spawn(async move { clerk.send_history().await });
    }

    /// The next thing to be told. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Reply {
        // This holds the other ends itself.
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
    /// The screen is gone: what still waits to be logged is not sent once nobody is there to see it.
    fn drop(&mut self) {
        self.cancel_waiting();
    }
}

/// What one task needs.
struct ChangeTask {
    lock_wait: LockWait,
    client: Client,
    config: Arc<ChangeConfig>,
    tx: mpsc::UnboundedSender<Reply>,
}

impl ChangeTask {
    fn reply(&self, reply: Reply) {
        // Nobody listens any more when the screen is gone.
        let _ = self.tx.send(reply);
    }

    async fn preview(self, ticket: Ticket, deeds: Vec<Change>) {
        let office = &self.config;
        let estate = PlanContext::new(self.client.clone(), office.policy.clone()).with_user(office.actor.user.clone());
        if changes::is_batch(&deeds) {
            return self.preview_batch(ticket, deeds, &estate).await;
        }
        let n_changes = deeds.len();
        let each = deeds.into_iter().enumerate().map(|(at, deed)| {
            let (clerk, estate) = (&self, &estate);
            async move {
                let result = deed.prepare(estate).await;
                clerk.reply(Reply::Prepared { ticket, at, result: result.clone() });
                if let Ok(Prepared::Ready(plan)) = result
                    && !plan.is_left_out_of(n_changes)
                {
                    let tell = |fact| {
                        clerk.reply(Reply::Impact { ticket, at: Some(at), impact_lines: vec![fact] });
                    };
                    plan.blast_radius(estate, tell).await;
                }
            }
        });
        futures::future::join_all(each).await;
    }

    /// The same of many hashes, which are looked up together.
    async fn preview_batch(&self, ticket: Ticket, deeds: Vec<Change>, estate: &PlanContext) {
        let prepared = |at, result| self.reply(Reply::Prepared { ticket, at, result });
        let states = match changes::read_ban_batch(&deeds, estate).await {
            Ok(states) => states,
            Err(error) => {
                for at in 0..deeds.len() {
                    prepared(at, Err(error.clone()));
                }
                return;
            }
        };
        let mut plans = Vec::new();
        for (at, (deed, state)) in deeds.into_iter().zip(states).enumerate() {
            let result = match state {
                Some(state) => deed.plan_from(state, estate).await,
                None => deed.prepare(estate).await,
            };
            if let Ok(Prepared::Ready(plan)) = &result {
                plans.push((**plan).clone());
            }
            prepared(at, result);
        }
        let tell = |facts| {
            self.reply(Reply::Impact { ticket, at: None, impact_lines: facts });
        };
        changes::batch_impact_merged(&plans, estate, tell).await;
    }

    async fn apply(self, ticket: Ticket, plans: Vec<Plan>, grounds: Justification) {
        let mut grounds = Justification { actor: self.config.actor.clone(), ..grounds };
        let step = |at, step| self.reply(Reply::Step { ticket, at, step });
        let mut log = match self.open_log() {
            Ok(log) => log,
            Err(error) => {
                for at in 0..plans.len() {
                    step(at, ChangeStep::NotSent(error.clone()));
                }
                return;
            }
        };
        let mut open = Vec::new();
        let last = plans.len().saturating_sub(1);
        for (at, plan) in plans.into_iter().enumerate() {
            let order = PlannedChange { plan: &plan, justification: &grounds };
            match changes::apply(order, &self.client, &mut log).await {
                Ok(Applied { change: deed, outcome }) => {
                    grounds.batch.get_or_insert(outcome.line);
                    // The log first: whoever sees that it is done may take it back at once. Of many, it is read once.
                    if at == last {
                        self.send_history().await;
                    }
                    step(at, ChangeStep::Outcome(outcome.clone()));
                    open.push((at, deed, outcome));
                }
                // What cannot be logged is not sent, and the next could not be logged either.
                Err(error @ NotSent::Log(_)) => {
                    if !open.is_empty() {
                        self.send_history().await;
                    }
                    for at in at..=last {
                        step(at, ChangeStep::NotSent(error.to_string()));
                    }
                    break;
                }
                Err(error) => {
                    if at == last && !open.is_empty() {
                        self.send_history().await;
                    }
                    step(at, ChangeStep::NotSent(error.to_string()));
                }
            }
        }
        self.poll_open(open, log, |at, outcome| step(at, ChangeStep::Outcome(outcome))).await;
    }

    /// Looks after what is open until nothing is.
    async fn poll_open(
        &self,
        mut open: Vec<(usize, Change, Outcome)>,
        mut log: AuditLog,
        step: impl Fn(usize, Outcome),
    ) {
        let (began, pace) = (Instant::now(), self.client.timings());
        loop {
            // What could not be read is not known to be done; the next look may tell.
            open.retain(|(_, _, outcome)| outcome.is_open() || outcome.needs_read_back());
            if open.is_empty() {
                return;
            }
            let is_close = began.elapsed() < pace.fast_poll_for;
            sleep(if is_close { pace.read_back_interval } else { pace.read_back_interval * SLOW_POLL_FACTOR }).await;
            for (at, deed, outcome) in &mut open {
                let before = outcome.stage;
                let is_news = changes::recheck(deed, &self.client, &mut log, outcome).await;
                if !is_close && outcome.is_open() {
                    changes::log_timed_out(&mut log, &self.client, outcome).await;
                }
                if is_news || outcome.stage != before {
                    self.send_history().await;
                    step(*at, outcome.clone());
                }
            }
        }
    }

    /// Takes up what an earlier run left open on this server.
    fn resume(self, background: &Handle) {
        let mut log = match self.open_log() {
            Ok(log) => log,
            // It may still be read, and that it cannot be written was said at the start.
            Err(error) => {
                tracing::warn!("The audit log cannot be written: {error}");
                background.spawn(async move { self.send_history().await });
                return;
            }
        };
        background.spawn(async move {
            let Some(journal) = self.send_history().await else {
                return;
            };
            let mut open = Vec::new();
            for act in &journal.activity {
                let is_here = act.submitted.server == self.client.server();
                if let Some(deed) = act.change().filter(|_| is_here && act.is_open()) {
                    let mut outcome = act.outcome();
                    if changes::recheck(&deed, &self.client, &mut log, &mut outcome).await {
                        self.reply(Reply::Resumed(format!(
                            "{} {}: {}",
                            deed.label(),
                            act.submitted.target.name,
                            outcome.note
                        )));
                    }
                    open.push((0, deed, outcome));
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

    /// Reads the log, and tells what is in it.
    async fn send_history(&self) -> Option<Arc<ChangeHistory>> {
        let dir = self.config.state_dir.clone()?;
        // A long log takes the disk its time.
        let read = tokio::task::spawn_blocking(move || ChangeHistory::read(&dir)).await;
        match read {
            Ok(Ok(journal)) => {
                let journal = Arc::new(journal);
                self.reply(Reply::History(Ok(journal.clone())));
                Some(journal)
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
