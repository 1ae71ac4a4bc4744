//! Downloads files one at a time in the background, while the screen exists.

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

/// Bytes between two progress replies.
const PROGRESS_STEP: u64 = 256 * 1024;

/// The running download, and the queue.
pub(super) struct Transfers {
    client: Client,
    background: Handle,
    queue: VecDeque<(Ticket, DownloadRequest)>,
    in_flight: Option<(Ticket, AbortHandle)>,
    /// Aborted on drop.
    tasks: JoinSet<(Ticket, Result<Downloaded, Error>)>,
    tx: mpsc::UnboundedSender<Reply>,
    rx: mpsc::UnboundedReceiver<Reply>,
}

impl Transfers {
    /// Returns an empty queue.
    pub(super) fn new(client: Client, background: Handle) -> Self {
        // Unbounded, since progress is sent only every `PROGRESS_STEP` bytes and the worker receives it at once.
        let (tx, rx) = mpsc::unbounded_channel();
        Self { client, background, queue: VecDeque::new(), in_flight: None, tasks: JoinSet::new(), tx, rx }
    }

    /// Queues a download.
    pub(super) fn add(&mut self, ticket: Ticket, mut request: DownloadRequest) {
        request.path = storage::expand_home(&request.path);
        self.queue.push_back((ticket, request));
        self.start_next();
    }

    /// Cancels a download; nothing of its file remains.
    pub(super) fn cancel(&mut self, ticket: Ticket) {
        self.queue.retain(|(other, _)| *other != ticket);
        if let Some((_, task)) = self.in_flight.take_if(|(other, _)| *other == ticket) {
            task.abort();
        }
        self.start_next();
    }

    /// Waits for the next reply. Cancel safe.
    pub(super) async fn next(&mut self) -> Reply {
        loop {
            let ended = select! {
                // Progress is reported before the end.
                biased;
                Some(reply) = self.rx.recv() => return reply,
                Some(ended) = self.tasks.join_next_with_id() => ended,
            };
            let id = match &ended {
                Ok((id, _)) => *id,
                Err(error) => error.id(),
            };
            let finished = self.in_flight.take_if(|(_, task)| task.id() == id);
            self.start_next();
            let (ticket, result) = match (ended, finished) {
                (Ok((_, (ticket, result))), _) => (ticket, result.map_err(|error| error.to_string())),
                (Err(error), Some((ticket, _))) => {
                    tracing::error!("internal error in a download: {error}");
                    (ticket, Err(api::Error::Internal.to_string()))
                }
                // It was cancelled.
                (Err(_), None) => continue,
            };
            return Reply::Downloaded { ticket, result };
        }
    }

    /// Starts the next download unless one is running: each takes a connection that the screen may need.
    fn start_next(&mut self) {
        if self.in_flight.is_some() {
            return;
        }
        let Some((ticket, request)) = self.queue.pop_front() else {
            return;
        };
        let (client, tx) = (self.client.clone(), self.tx.clone());
        let mut threshold = PROGRESS_STEP;
        let report = move |progress: DownloadProgress| {
            if progress.done >= threshold {
                threshold = progress.done + PROGRESS_STEP;
                // The receiver is gone once the screen is.
                let _ = tx.send(Reply::Progress { ticket, progress });
            }
        };
        let task = async move { (ticket, download(&client, &request, report).await) };
        let task = self.tasks.spawn_on(task, &self.background);
        self.in_flight = Some((ticket, task));
    }
}
