//! The terminal's events, read by a thread of their own.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    thread,
};

use crossterm::event::{self, Event};
use futures::Stream;
use tokio::sync::mpsc;

/// What the terminal reports, as a stream that may be looked at without waiting.
///
/// crossterm's own stream hands every key from a thread to a task before it reaches the loop, and keeps the waker of
/// the first look only. Nor can the loop read the terminal itself: crossterm waits for the rest of a sequence that came
/// in parts, whatever it is told. So a thread waits, and the loop is one hop away.
#[derive(Debug)]
pub struct Events(mpsc::UnboundedReceiver<io::Result<Event>>);

impl Events {
    /// Begins to read from the terminal, which must be in raw mode.
    pub fn read() -> io::Result<Self> {
        // A person types into it, and a paste is one event: it cannot run away.
        let (sender, inbox) = mpsc::unbounded_channel();
        // It waits in a call that nothing can interrupt, so nobody waits for it: it ends with the first event that
        // nobody wants, or with the program.
        thread::Builder::new()
            .name("terminal".into())
            .spawn(move || {
                loop {
                    let event = event::read();
                    let is_gone = event.is_err();
                    if sender.send(event).is_err() || is_gone {
                        return;
                    }
                }
            })?;
        Ok(Self(inbox))
    }
}

impl Stream for Events {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}
