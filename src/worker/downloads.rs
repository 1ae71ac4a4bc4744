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
use crate::download::{DownloadProgress, DownloadRequest, Downloaded, Error, download};
use crate::storage;

/// Bytes after which something is told.
const STEP: u64 = 256 * 1024;

/// What is being downloaded, and what is to be.
pub(super) struct Transfers {
    client: Client,
    background: Handle,
    queue: VecDeque<(Ticket, DownloadRequest)>,
    in_flight: Option<(Ticket, AbortHandle)>,
    /// They are aborted when this goes.
    tasks: JoinSet<(Ticket, Result<Downloaded, Error>)>,
    tx: mpsc::UnboundedSender<Reply>,
    rx: mpsc::UnboundedReceiver<Reply>,
}

impl Transfers {
    /// Nothing is to be downloaded yet.
    pub(super) fn new(client: Client, background: Handle) -> Self {
        // One word for many bytes, and the worker takes them as they come: it cannot run away.
        let (told, news) = mpsc::unbounded_channel();
        Self { client, background, queue: VecDeque::new(), in_flight: None, tasks: JoinSet::new(), tx: told, rx: news }
    }

    /// Takes an order.
    pub(super) fn add(&mut self, ticket: Ticket, mut order: DownloadRequest) {
        order.path = storage::expand_home(&order.path);
        self.queue.push_back((ticket, order));
        self.start_next();
    }

    /// Gives up an order; nothing is left of it.
    pub(super) fn cancel(&mut self, ticket: Ticket) {
        self.queue.retain(|(other, _)| *other != ticket);
        if let Some((_, task)) = self.in_flight.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
        self.start_next();
    }

    /// The next thing to be told. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Reply {
        loop {
            let ended = select! {
                // How far it has got, before its end.
                biased;
                Some(reply) = self.rx.recv() => return reply,
                Some(ended) = self.tasks.join_next_with_id() => ended,
            };
            let id = match &ended {
                Ok((id, _)) => *id,
                Err(error) => error.id(),
            };
            let flown = self.in_flight.take_if(|(_, task)| task.id() == id);
            self.start_next();
            let (ticket, result) = match (ended, flown) {
                (Ok((_, (ticket, result))), _) => (ticket, result.map_err(|error| error.to_string())),
                (Err(error), Some((ticket, _))) => {
                    tracing::error!("a download failed inside: {error}");
                    (ticket, Err(api::Error::Internal.to_string()))
                }
                // It was given up.
                (Err(_), None) => continue,
            };
            return Reply::Downloaded { ticket, result };
        }
    }

    /// Begins with the next order, unless one is under way: each takes a connection, and the screen wants some too.
    fn start_next(&mut self) {
        if self.in_flight.is_some() {
            return;
        }
        let Some((ticket, order)) = self.queue.pop_front() else {
            return;
        };
        let (client, told) = (self.client.clone(), self.tx.clone());
        let mut next = STEP;
        let tell = move |progress: DownloadProgress| {
            if progress.done >= next {
                next = progress.done + STEP;
                // Nobody listens any more when the screen is gone.
                let _ = told.send(Reply::Progress { ticket, progress });
            }
        };
        let task = async move { (ticket, download(&client, &order, tell).await) };
        let task = self.tasks.spawn_on(task, &self.background);
        self.in_flight = Some((ticket, task));
    }
}
