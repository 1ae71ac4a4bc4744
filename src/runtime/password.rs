//! A line that is typed at the terminal and not shown: a password.

use std::{
    io::{self, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::process::Signal;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::{flag, low_level};

use super::terminal::ENDING;

/// How often it is looked whether a signal has come that ends the program.
const SIGNAL_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Asks at the terminal that standard input is, and reads a line without showing it. Nothing if it was called off with
/// ctrl-c, or with ctrl-d before anything was typed.
pub fn read_password(question: &str) -> io::Result<Option<String>> {
    let quiet = EchoGuard::start()?;
    let mut notes = io::stderr();
    write!(notes, "{question} ")?;
    notes.flush()?;
    let line = read_line(&mut io::stdin().lock());
    // The key that ended it was not shown either.
    writeln!(notes)?;
    drop(quiet);
    line
}

/// Reads keys until enter; the terminal hands them over one by one, so that what takes one back is done here.
fn read_line(input: &mut impl Read) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut key = [0];
    while input.read(&mut key)? == 1 {
        match key[0] {
            b'\n' | b'\r' => {
                let text = String::from_utf8(std::mem::take(&mut line));
                return text.map(Some).map_err(|_| io::Error::other("it is not UTF-8"));
            }
            // ctrl-c, and ctrl-d where nothing was typed
            0x03 => return Ok(None),
            0x04 if line.is_empty() => return Ok(None),
            // backspace, as one terminal or the other sends it
            0x08 | 0x7f => while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // ctrl-u
            0x15 => line.clear(),
            byte => line.push(byte),
        }
    }
    Ok(None)
}

/// A terminal that shows nothing of what is typed, and stops no program. It is given back as it was, however it ends.
struct EchoGuard(Termios);

impl EchoGuard {
    fn start() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        restore_on_signal(before.clone())?;
        tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
        Ok(Self(before))
    }
}

impl Drop for EchoGuard {
    fn drop(&mut self) {
        // Whatever this cannot give back is lost with the terminal.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Has a signal that ends the program give the terminal back first, from here on. Keys are waited for in a call that
/// nothing can interrupt, so a thread of its own looks for it.
fn restore_on_signal(before: Termios) -> io::Result<()> {
    let came = Arc::new(AtomicUsize::new(0));
    for kind in ENDING.map(Signal::as_raw) {
        let value = usize::try_from(kind).unwrap_or_default();
        flag::register_usize(kind, came.clone(), value)?;
    }
    // A handler that was removed would leave the signal without effect, so it stays until the program ends.
    thread::Builder::new().name("signals".into()).spawn(move || {
        loop {
            if let Ok(kind @ 1..) = i32::try_from(came.load(Ordering::Relaxed)) {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
                // What it would have done without us: it ends the program.
                let _ = low_level::emulate_default_handler(kind);
            }
            thread::sleep(SIGNAL_POLL_INTERVAL);
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(keys: &[u8], expected: Option<&str>) {
        let mut keys = keys;
        assert_eq!(read_line(&mut keys).unwrap().as_deref(), expected);
    }

    #[test]
    fn a_line_is_typed_with_the_keys_that_take_something_back() {
        check(b"s3cret\nmore", Some("s3cret"));
        check("säx\x7f\x08ecret\r".as_bytes(), Some("secret"));
        check(b"wrong\x15right\n", Some("right"));
        check(b"\n", Some(""));
    }

    #[test]
    fn it_can_be_called_off() {
        check(b"s3c\x03", None);
        check(b"\x04", None);
        check(b"a\x04\n", Some("a\x04"));
        check(b"half", None);
        assert!(read_line(&mut &b"\xff\n"[..]).is_err());
    }
}
