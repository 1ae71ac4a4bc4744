//! The terminal's events, read by a task of their own.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use crossterm::event::{Event, EventStream};
use futures::{Stream, StreamExt};
use tokio::{sync::mpsc, task::JoinSet};

/// What the terminal reports, as a stream that may be looked at without waiting.
///
/// crossterm's own stream keeps the waker of the first look and forgets all later ones, so that after a look without
/// waiting it wakes nobody any more. A channel does better.
#[derive(Debug)]
pub struct Events {
    inbox: mpsc::UnboundedReceiver<io::Result<Event>>,
    /// Ends the task with the stream.
    _task: JoinSet<()>,
}

impl Events {
    /// Begins to read from the terminal, which must be in raw mode.
    pub fn read() -> Self {
        // A person types into it, and a paste is one event: it cannot run away.
        let (sender, inbox) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut events = EventStream::new();
            while let Some(event) = events.next().await {
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        Self { inbox, _task: task }
    }
}

impl Stream for Events {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inbox.poll_recv(cx)
    }
}
