//! Input events of the terminal, read by a separate thread.

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
use futures_util::Stream;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

use super::input_decoder::Decoder;

/// A `^c` within a paste counts as a pressed key if nothing follows it for this long.
const INTERRUPT_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// The terminal's input events, as a stream that can be polled without waiting.
///
/// A thread reads the terminal, because input must not be lost while the event loop is busy. A `^c` overtakes all keys
/// that were typed before it and are not handled yet, as in a shell.
#[derive(Debug)]
pub struct InputReader {
    keys: mpsc::UnboundedReceiver<io::Result<Event>>,
    /// The number of `^c` in `keys`.
    n_interrupts: Arc<AtomicUsize>,
    resizes: Signal,
}

impl InputReader {
    /// Starts reading from standard input, which must be a terminal in raw mode.
    pub fn read() -> io::Result<Self> {
        // Unbounded, because it must hold everything that is typed while the loop is busy. If too much was pasted, the
        // user presses ^c.
        let (sender, keys) = mpsc::unbounded_channel();
        let n_interrupts = Arc::new(AtomicUsize::new(0));
        let interrupts = Arc::clone(&n_interrupts);
        // The thread waits in a call that cannot be interrupted, so it is never joined. It ends when the terminal is
        // closed, when it reads an event after the receiver was dropped, or with the process.
        thread::Builder::new().name("terminal".into()).spawn(move || {
            // The error is the last item, if the receiver still exists.
            if let Err(error) = forward_events(&sender, &interrupts) {
                let _ = sender.send(Err(error));
            }
        })?;
        Ok(Self { keys, n_interrupts, resizes: signal(SignalKind::window_change())? })
    }
}

/// Decodes and sends input until the terminal is closed or the receiver is dropped.
fn forward_events(sender: &mpsc::UnboundedSender<io::Result<Event>>, interrupts: &AtomicUsize) -> io::Result<()> {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let timeout = decoder.is_ambiguous().then_some(INTERRUPT_PAUSE);
        let mut events = Vec::new();
        if wait_for_input(&stdin, timeout.as_ref())? {
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

/// Waits for input; returns false after `timeout`. A closed terminal must be detected here; otherwise reading would
/// never end.
fn wait_for_input(stdin: &Stdin, timeout: Option<&Timespec>) -> io::Result<bool> {
    let mut fds = [PollFd::new(stdin, PollFlags::IN)];
    loop {
        match poll(&mut fds, timeout) {
            Ok(0) => return Ok(false),
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let is_gone = fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR);
    if is_gone {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(true)
}

impl Stream for InputReader {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.resizes.poll_recv(cx).is_ready() {
            // The size is read when the next frame is drawn.
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
