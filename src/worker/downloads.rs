//! Downloads: one after the other, each on its way while the screen lives on.

use std::collections::VecDeque;

use tokio::{
    runtime::Handle,
    select,
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

use super::{Reply, Ticket};
use crate::api::{self, Client};
use crate::download::{Error, Kept, Order, Progress, download};
use crate::storage;

/// Bytes after which something is told.
const STEP: u64 = 256 * 1024;

/// What is being downloaded, and what is to be.
pub(super) struct Transfers {
    client: Client,
    background: Handle,
    waiting: VecDeque<(Ticket, Order)>,
    flying: Option<(Ticket, AbortHandle)>,
    /// They are aborted when this goes.
    tasks: JoinSet<(Ticket, Result<Kept, Error>)>,
    told: mpsc::UnboundedSender<Reply>,
    news: mpsc::UnboundedReceiver<Reply>,
}

impl Transfers {
    /// Nothing is to be downloaded yet.
    pub(super) fn new(client: Client, background: Handle) -> Self {
        // One word for many bytes, and the worker takes them as they come: it cannot run away.
        let (told, news) = mpsc::unbounded_channel();
        Self { client, background, waiting: VecDeque::new(), flying: None, tasks: JoinSet::new(), told, news }
    }

    /// Takes an order.
    pub(super) fn add(&mut self, ticket: Ticket, mut order: Order) {
        order.path = storage::expand(&order.path);
        self.waiting.push_back((ticket, order));
        self.go_on();
    }

    /// Gives up an order; nothing is left of it.
    pub(super) fn give_up(&mut self, ticket: Ticket) {
        self.waiting.retain(|(other, _)| *other != ticket);
        if let Some((_, task)) = self.flying.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
        self.go_on();
    }

    /// The next thing to be told. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Reply {
        loop {
            let ended = select! {
                // How far it has got, before its end.
                biased;
                Some(reply) = self.news.recv() => return reply,
                Some(ended) = self.tasks.join_next_with_id() => ended,
            };
            let id = match &ended {
                Ok((id, _)) => *id,
                Err(error) => error.id(),
            };
            let flown = self.flying.take_if(|(_, task)| task.id() == id);
            self.go_on();
            let (ticket, result) = match (ended, flown) {
                (Ok((_, (ticket, result))), _) => (ticket, result.map_err(|error| error.to_string())),
                (Err(error), Some((ticket, _))) => {
                    tracing::error!("a download failed inside: {error}");
                    (ticket, Err(api::Error::Internal.to_string()))
                }
                // It was given up.
                (Err(_), None) => continue,
            };
            return Reply::Kept { ticket, result };
        }
    }

    /// Begins with the next order, unless one is under way: each takes a connection, and the screen wants some too.
    fn go_on(&mut self) {
        if self.flying.is_some() {
            return;
        }
        let Some((ticket, order)) = self.waiting.pop_front() else {
            return;
        };
        let (client, told) = (self.client.clone(), self.told.clone());
        let mut next = STEP;
        let tell = move |progress: Progress| {
            if progress.done >= next {
                next = progress.done + STEP;
                // Nobody listens any more when the screen is gone.
                let _ = told.send(Reply::Progress { ticket, progress });
            }
        };
        let task = async move { (ticket, download(&client, &order, tell).await) };
        let task = self.tasks.spawn_on(task, &self.background);
        self.flying = Some((ticket, task));
    }
}
