//! The terminal's events, read by a thread of their own.

use std::{
    io::{self, Stdin},
    pin::Pin,
    task::{Context, Poll},
    thread,
    time::Duration,
};

use crossterm::event::{self, Event};
use futures::Stream;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

/// How long crossterm looks for what else came with a key. Without any time it does not look at all; with a millisecond,
/// the key itself is on the screen later. What comes after it, the next wait sees.
const REST: Duration = Duration::from_micros(50);

/// What the terminal reports, as a stream that may be looked at without waiting.
///
/// crossterm's own stream hands every key from a thread to a task before it reaches the loop, and keeps the waker of
/// the first look only. Nor can the loop read the terminal itself: crossterm waits for the rest of a sequence that came
/// in parts, whatever it is told. So a thread waits, and the loop is one hop away.
#[derive(Debug)]
pub struct Events {
    keys: mpsc::UnboundedReceiver<io::Result<Event>>,
    resizes: Signal,
}

impl Events {
    /// Begins to read from the terminal, which must be in raw mode and standard input.
    pub fn read() -> io::Result<Self> {
        // A person types into it, and a paste is one event: it cannot run away.
        let (sender, keys) = mpsc::unbounded_channel();
        // It waits in a call that nothing can interrupt, so nobody waits for it: it ends with the terminal, with the
        // first event that nobody wants, or with the program.
        thread::Builder::new()
            .name("terminal".into())
            .spawn(move || {
                // The error is the last thing to be told, if there is anybody left to hear it.
                if let Err(error) = forward(&sender) {
                    let _ = sender.send(Err(error));
                }
            })?;
        Ok(Self {
            keys,
            resizes: signal(SignalKind::window_change())?,
        })
    }
}

/// Sends what is typed, until the terminal is gone or nobody wants to know.
fn forward(sender: &mpsc::UnboundedSender<io::Result<Event>>) -> io::Result<()> {
    let stdin = io::stdin();
    loop {
        wait(&stdin)?;
        while event::poll(REST)? {
            if sender.send(Ok(event::read()?)).is_err() {
                return Ok(());
            }
        }
    }
}

/// Waits until something was typed. That a terminal is gone must be seen here: crossterm reads from it for ever.
fn wait(stdin: &Stdin) -> io::Result<()> {
    let mut watched = [PollFd::new(stdin, PollFlags::IN)];
    loop {
        match poll(&mut watched, None) {
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let is_gone = watched[0]
        .revents()
        .intersects(PollFlags::HUP | PollFlags::ERR);
    if is_gone {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

impl Stream for Events {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.resizes.poll_recv(cx).is_ready() {
            // The next frame asks for the size itself.
            return Poll::Ready(Some(Ok(Event::Resize(0, 0))));
        }
        self.keys.poll_recv(cx)
    }
}
