//! Deeds: previewed, done and waited for beside everything else. Nothing but a preview is ever given up.

use std::{path::PathBuf, sync::Arc};

use tokio::{
    runtime::Handle,
    select,
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{Reply, Step, Ticket};
use crate::api::Client;
use crate::audit::{Actions, Waiting};
use crate::changes::{self, Deed, Done, Estate, Grounds, Guard, Journal, NotSent, Order, Outcome, Plan, Prepared, Who};

/// How much longer one waits between two looks at what is not looked after closely any more.
const SLOWER: u32 = 30;

/// On whose behalf deeds are done, what guards them, and where they are logged.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Who is at the keyboard.
    pub who: Who,
    /// What must not be touched.
    pub guard: Guard,
    /// Where the action log is; without it nothing is done.
    pub state_dir: Option<PathBuf>,
}

/// What is previewed and done.
pub(super) struct Deeds {
    client: Client,
    background: Handle,
    office: Arc<Office>,
    /// The screen looks at one preview at a time.
    preview: Option<(Ticket, AbortHandle)>,
    told: mpsc::UnboundedSender<Reply>,
    news: mpsc::UnboundedReceiver<Reply>,
    /// How the action log is waited for while another program holds its lock.
    waiting: Waiting,
    /// Whether that has begun or ended.
    waits: mpsc::UnboundedReceiver<bool>,
}

impl Deeds {
    /// Nothing is to be done yet; what an earlier run left open is taken up.
    pub(super) fn new(client: Client, background: Handle, office: Office) -> Self {
        let (told, news) = mpsc::unbounded_channel();
        let (sender, waits) = mpsc::unbounded_channel();
        let waiting = Waiting { interval: client.pace().lock, told: Some(sender), ..Waiting::default() };
        let deeds = Self { client, background, office: Arc::new(office), preview: None, told, news, waiting, waits };
        deeds.clerk().resume(&deeds.background);
        deeds
    }

    /// Finds out what deeds would do; nobody looks any more at what was previewed before.
    pub(super) fn preview(&mut self, ticket: Ticket, deeds: Vec<Deed>) {
        let clerk = self.clerk();
        let task = self.background.spawn(clerk.preview(ticket, deeds));
        let before = self.preview.replace((ticket, task.abort_handle()));
        if let Some((_, task)) = before {
            task.abort();
        }
    }

    /// Gives up a preview.
    pub(super) fn give_up(&mut self, ticket: Ticket) {
        if let Some((_, task)) = self.preview.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
    }

    /// Does what was planned.
    pub(super) fn perform(&mut self, ticket: Ticket, plans: Vec<Plan>, grounds: Grounds) {
        let clerk = self.clerk();
        self.background.spawn(clerk.perform(ticket, plans, grounds));
    }

    /// Sends nothing of what still waits to be logged.
    pub(super) fn cancel_waiting(&self) {
        self.waiting.cancel.notify_waiters();
    }

    /// Reads the action log.
    pub(super) fn read_journal(&self) {
        let clerk = self.clerk();
        self.background.spawn(async move { clerk.tell_journal().await });
    }

    /// The next thing to be told. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Reply {
        // This holds the other ends itself.
        select! {
            Some(reply) = self.news.recv() => reply,
            Some(is_waiting) = self.waits.recv() => Reply::LogWait(is_waiting),
            else => std::future::pending().await,
        }
    }

    fn clerk(&self) -> Clerk {
        Clerk {
            client: self.client.clone(),
            office: self.office.clone(),
            told: self.told.clone(),
            waiting: self.waiting.clone(),
        }
    }
}

impl Drop for Deeds {
    /// The screen is gone: what still waits to be logged is not sent once nobody is there to see it.
    fn drop(&mut self) {
        self.cancel_waiting();
    }
}

/// What one task needs.
struct Clerk {
    waiting: Waiting,
    client: Client,
    office: Arc<Office>,
    told: mpsc::UnboundedSender<Reply>,
}

impl Clerk {
    fn tell(&self, reply: Reply) {
        // Nobody listens any more when the screen is gone.
        let _ = self.told.send(reply);
    }

    async fn preview(self, ticket: Ticket, deeds: Vec<Deed>) {
        let office = &self.office;
        let estate = Estate::new(self.client.clone(), office.guard.clone()).of_user(office.who.user.clone());
        if changes::are_many(&deeds) {
            return self.preview_many(ticket, deeds, &estate).await;
        }
        let each = deeds.into_iter().enumerate().map(|(at, deed)| {
            let (clerk, estate) = (&self, &estate);
            async move {
                let result = deed.prepare(estate).await;
                clerk.tell(Reply::Prepared { ticket, at, result: result.clone() });
                if let Ok(Prepared::Ready(plan)) = result {
                    let tell = |fact| {
                        clerk.tell(Reply::Facts { ticket, at: Some(at), facts: vec![fact] });
                    };
                    plan.radius(estate, tell).await;
                }
            }
        });
        futures::future::join_all(each).await;
    }

    /// The same of many hashes, which are looked up together.
    async fn preview_many(&self, ticket: Ticket, deeds: Vec<Deed>, estate: &Estate) {
        let prepared = |at, result| self.tell(Reply::Prepared { ticket, at, result });
        let states = match changes::read_many(&deeds, estate).await {
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
                Some(state) => deed.weigh(state, estate).await,
                None => deed.prepare(estate).await,
            };
            if let Ok(Prepared::Ready(plan)) = &result {
                plans.push((**plan).clone());
            }
            prepared(at, result);
        }
        let tell = |facts| {
            self.tell(Reply::Facts { ticket, at: None, facts });
        };
        changes::of_many_gathered(&plans, estate, tell).await;
    }

    async fn perform(self, ticket: Ticket, plans: Vec<Plan>, grounds: Grounds) {
        let mut grounds = Grounds { who: self.office.who.clone(), ..grounds };
        let step = |at, step| self.tell(Reply::Step { ticket, at, step });
        let mut log = match self.log() {
            Ok(log) => log,
            Err(error) => {
                for at in 0..plans.len() {
                    step(at, Step::NotSent(error.clone()));
                }
                return;
            }
        };
        let mut open = Vec::new();
        let last = plans.len().saturating_sub(1);
        for (at, plan) in plans.into_iter().enumerate() {
            let order = Order { plan: &plan, grounds: &grounds };
            match changes::perform(order, &self.client, &mut log).await {
                Ok(Done { deed, outcome }) => {
                    grounds.batch.get_or_insert(outcome.line);
                    // The log first: whoever sees that it is done may take it back at once. Of many, it is read once.
                    if at == last {
                        self.tell_journal().await;
                    }
                    step(at, Step::Known(outcome.clone()));
                    open.push((at, deed, outcome));
                }
                // What cannot be logged is not sent, and the next could not be logged either.
                Err(error @ NotSent::Log(_)) => {
                    if !open.is_empty() {
                        self.tell_journal().await;
                    }
                    for at in at..=last {
                        step(at, Step::NotSent(error.to_string()));
                    }
                    break;
                }
                Err(error) => {
                    if at == last && !open.is_empty() {
                        self.tell_journal().await;
                    }
                    step(at, Step::NotSent(error.to_string()));
                }
            }
        }
        self.wait(open, log, |at, outcome| step(at, Step::Known(outcome))).await;
    }

    /// Looks after what is open until nothing is.
    async fn wait(&self, mut open: Vec<(usize, Deed, Outcome)>, mut log: Actions, step: impl Fn(usize, Outcome)) {
        let (began, pace) = (Instant::now(), self.client.pace());
        loop {
            // What could not be read is not known to be done; the next look may tell.
            open.retain(|(_, _, outcome)| outcome.is_open() || outcome.is_unread());
            if open.is_empty() {
                return;
            }
            let is_close = began.elapsed() < pace.closely;
            sleep(if is_close { pace.look } else { pace.look * SLOWER }).await;
            for (at, deed, outcome) in &mut open {
                let before = outcome.stage;
                changes::settle(deed, &self.client, &mut log, outcome).await;
                if !is_close && outcome.is_open() {
                    changes::give_up(&mut log, &self.client, outcome).await;
                }
                if outcome.stage != before {
                    self.tell_journal().await;
                    step(*at, outcome.clone());
                }
            }
        }
    }

    /// Takes up what an earlier run left open on this server.
    fn resume(self, background: &Handle) {
        let mut log = match self.log() {
            Ok(log) => log,
            // It may still be read, and that it cannot be written was said at the start.
            Err(error) => {
                tracing::warn!("The audit log cannot be written: {error}");
                background.spawn(async move { self.tell_journal().await });
                return;
            }
        };
        background.spawn(async move {
            let Some(journal) = self.tell_journal().await else {
                return;
            };
            let mut open = Vec::new();
            for act in &journal.acts {
                let is_here = act.sending.server == self.client.server();
                if let Some(deed) = act.deed().filter(|_| is_here && act.is_open()) {
                    let mut outcome = act.outcome();
                    let before = outcome.stage;
                    changes::settle(&deed, &self.client, &mut log, &mut outcome).await;
                    if outcome.stage != before {
                        self.tell(Reply::Resumed(format!(
                            "{} {}: {}",
                            deed.label(),
                            act.sending.target.name,
                            outcome.note
                        )));
                    }
                    open.push((0, deed, outcome));
                }
            }
            if !open.is_empty() {
                self.tell_journal().await;
            }
            self.wait(open, log, |_, _| {}).await;
        });
    }

    fn log(&self) -> Result<Actions, String> {
        match &self.office.state_dir {
            Some(dir) => match Actions::open(dir) {
                Ok(log) => Ok(log.waiting(self.waiting.clone())),
                Err(error) => Err(error.to_string()),
            },
            None => Err("There is no directory for the audit log".into()),
        }
    }

    /// Reads the log, and tells what is in it.
    async fn tell_journal(&self) -> Option<Arc<Journal>> {
        let dir = self.office.state_dir.clone()?;
        // A long log takes the disk its time.
        let read = tokio::task::spawn_blocking(move || Journal::read(&dir)).await;
        match read {
            Ok(Ok(journal)) => {
                let journal = Arc::new(journal);
                self.tell(Reply::Journal(Ok(journal.clone())));
                Some(journal)
            }
            Ok(Err(error)) => {
                self.tell(Reply::Journal(Err(error.to_string())));
                None
            }
            Err(error) => {
                tracing::error!("Reading the audit log failed: {error}");
                None
            }
        }
    }
}
