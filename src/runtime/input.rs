//! The terminal's events, read by a thread of their own.

use std::{
    io::{self, Stdin},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    thread,
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures::Stream;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

use super::input_decoder::Decoder;

/// How long nothing must follow a `^c` within a paste until it is one that was pressed.
const INTERRUPT_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// What the terminal reports, as a stream that may be looked at without waiting.
///
/// The loop cannot read the terminal itself: while it is busy, nothing would be heard. So a thread reads, and the loop
/// is one hop away. A `^c` goes past everything that was typed before it and is not handled yet, as it does in a shell.
#[derive(Debug)]
pub struct InputReader {
    keys: mpsc::UnboundedReceiver<io::Result<Event>>,
    /// How many `^c` are on their way in `keys`.
    n_interrupts: Arc<AtomicUsize>,
    resizes: Signal,
}

impl InputReader {
    /// Begins to read from the terminal, which must be in raw mode and standard input.
    pub fn read() -> io::Result<Self> {
        // It holds what was typed while the loop was busy: whoever pastes more than a machine holds presses ^c.
        let (sender, keys) = mpsc::unbounded_channel();
        let n_interrupts = Arc::new(AtomicUsize::new(0));
        let interrupts = Arc::clone(&n_interrupts);
        // It waits in a call that nothing can interrupt, so nobody waits for it: it ends with the terminal, with the
        // first event that nobody wants, or with the program.
        thread::Builder::new().name("terminal".into()).spawn(move || {
            // The error is the last thing to be told, if there is anybody left to hear it.
            if let Err(error) = forward_events(&sender, &interrupts) {
                let _ = sender.send(Err(error));
            }
        })?;
        Ok(Self { keys, n_interrupts, resizes: signal(SignalKind::window_change())? })
    }
}

/// Sends what is typed, until the terminal is gone or nobody wants to know.
fn forward_events(sender: &mpsc::UnboundedSender<io::Result<Event>>, interrupts: &AtomicUsize) -> io::Result<()> {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let limit = decoder.is_ambiguous().then_some(INTERRUPT_PAUSE);
        let mut events = Vec::new();
        if wait_for_input(&stdin, limit.as_ref())? {
            match read(&stdin, &mut bytes[..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => events = decoder.feed(&bytes[..n]),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
            if !decoder.is_ambiguous() && !wait_for_input(&stdin, Some(&Timespec::default()))? {
                events.extend(decoder.flush_pending());
            }
        } else {
            events.extend(decoder.flush_pending());
        }
        for event in events {
            if is_interrupt(&event) {
                interrupts.fetch_add(1, Ordering::SeqCst);
            }
            if sender.send(Ok(event)).is_err() {
                return Ok(());
            }
        }
    }
}

fn is_interrupt(event: &Event) -> bool {
    let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    *event == Event::Key(key)
}

/// Waits until something was typed; false if nothing was for so long. That a terminal is gone must be seen here, or it
/// would be read for ever.
fn wait_for_input(stdin: &Stdin, limit: Option<&Timespec>) -> io::Result<bool> {
    let mut watched = [PollFd::new(stdin, PollFlags::IN)];
    loop {
        match poll(&mut watched, limit) {
            Ok(0) => return Ok(false),
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let is_gone = watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR);
    if is_gone {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(true)
}

impl Stream for InputReader {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.resizes.poll_recv(cx).is_ready() {
            // The next frame asks for the size itself.
            return Poll::Ready(Some(Ok(Event::Resize(0, 0))));
        }
        if self.n_interrupts.load(Ordering::SeqCst) > 0 {
            while let Ok(event) = self.keys.try_recv() {
                if event.as_ref().is_ok_and(is_interrupt) {
                    self.n_interrupts.fetch_sub(1, Ordering::SeqCst);
                    return Poll::Ready(Some(event));
                }
            }
        }
        let polled = self.keys.poll_recv(cx);
        if let Poll::Ready(Some(Ok(event))) = &polled
            && is_interrupt(event)
        {
            self.n_interrupts.fetch_sub(1, Ordering::SeqCst);
        }
        polled
    }
}
