//! Reading of a password at the terminal, without echo.

use std::{
    io::{self, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crossterm::terminal;
use rustix::process::Signal;
use signal_hook::{flag, low_level};

use super::signals::ENDING;

/// The time between two checks for a signal that ends the program.
const SIGNAL_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Prompts for a password at the terminal on standard input. Returns `None` if the user cancels with ctrl-c, or with
/// ctrl-d before anything is typed.
pub fn read_password(question: &str) -> io::Result<Option<String>> {
    let echo_guard = EchoGuard::start()?;
    let mut stderr = io::stderr();
    write!(stderr, "{question} ")?;
    stderr.flush()?;
    let line = read_line(&mut io::stdin().lock());
    drop(echo_guard);
    // The enter key is not echoed either.
    writeln!(stderr)?;
    line
}

/// Reads keys until enter. Line editing is done here, because the terminal passes on each key.
fn read_line(input: &mut impl Read) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut key = [0];
    while input.read(&mut key)? == 1 {
        match key[0] {
            b'\n' | b'\r' => {
                let text = String::from_utf8(std::mem::take(&mut line));
                return text.map(Some).map_err(|_| io::Error::other("it is not UTF-8"));
            }
            // ctrl-c, or ctrl-d on an empty line
            0x03 => return Ok(None),
            0x04 if line.is_empty() => return Ok(None),
            // backspace; terminals send one or the other
            0x08 | 0x7f => while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // ctrl-u
            0x15 => line.clear(),
            byte => line.push(byte),
        }
    }
    Ok(None)
}

/// Disables echo, line editing and signal keys of the terminal; dropping it restores the terminal.
struct EchoGuard;

impl EchoGuard {
    fn start() -> io::Result<Self> {
        restore_on_signal()?;
        terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for EchoGuard {
    fn drop(&mut self) {
        // If this fails, the terminal is gone.
        let _ = terminal::disable_raw_mode();
    }
}

/// Restores the terminal when a signal ends the program. Reading a key cannot be interrupted, so a separate thread
/// waits for the signal.
fn restore_on_signal() -> io::Result<()> {
    let received = Arc::new(AtomicUsize::new(0));
    for kind in ENDING.map(Signal::as_raw) {
        let value = usize::try_from(kind).unwrap_or_default();
        flag::register_usize(kind, received.clone(), value)?;
    }
    // Removing the handler would make the program ignore the signal, so the thread runs until the program ends.
    thread::Builder::new().name("signals".into()).spawn(move || {
        loop {
            if let Ok(kind @ 1..) = i32::try_from(received.load(Ordering::Relaxed)) {
                let _ = terminal::disable_raw_mode();
                // The default action, which ends the program.
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
    fn backspace_and_ctrl_u_edit_the_line() {
        check(b"s3cret\nmore", Some("s3cret"));
        check("säx\x7f\x08ecret\r".as_bytes(), Some("secret"));
        check(b"wrong\x15right\n", Some("right"));
        check(b"\n", Some(""));
    }

    #[test]
    fn ctrl_c_and_ctrl_d_cancel() {
        check(b"s3c\x03", None);
        check(b"\x04", None);
        check(b"a\x04\n", Some("a\x04"));
        check(b"half", None);
        assert!(read_line(&mut &b"\xff\n"[..]).is_err());
    }
}
