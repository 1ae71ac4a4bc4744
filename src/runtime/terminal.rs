//! The terminal: taken when the console starts, given back however it ends.

use std::{
    io::{self, Write},
    panic, thread,
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    style::Print,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode},
};
use ratatui::Terminal;
use rustix::process::Signal;
use tokio::{
    signal::unix::{SignalKind, signal},
    task,
};

use super::Output;
use crate::text::{self, Charset};

/// Remembers the window's title on the terminal's own stack, and takes it back.
const PUSH_TITLE: &str = "\x1b[22;0t";
const POP_TITLE: &str = "\x1b[23;0t";

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct TerminalGuard(
    /// Held until the screen is dropped.
    Option<Terminal<Output>>,
);

impl TerminalGuard {
    /// Takes the terminal. From here on a panic on this thread gives it back before it is told.
    pub fn acquire(title: &str, charset: Charset) -> io::Result<Self> {
        let title = sanitize_title(title);
        let title = match charset {
            Charset::Unicode => title.as_str().into(),
            Charset::Ascii => text::to_ascii(&title),
        };
        enter()?;
        execute!(io::stdout(), Print(PUSH_TITLE), SetTitle(title))?;
        restore_on_panic();
        Ok(Self(Some(Terminal::new(Output::new(charset))?)))
    }
}

impl TerminalGuard {
    /// What is drawn on.
    #[expect(clippy::missing_panics_doc, reason = "only dropping takes the terminal")]
    pub fn terminal(&mut self) -> &mut Terminal<Output> {
        self.0.as_mut().expect("only dropping takes it")
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            // The hook has given the terminal back and told why; doing it again would draw over that.
            std::mem::forget(self.0.take());
            return;
        }
        // There is nobody left to tell if the terminal is gone.
        let is_gone = leave().is_err();
        let _ = execute!(io::stdout(), Print(POP_TITLE));
        if is_gone {
            // ratatui would say on the very same terminal that it cannot show the cursor, and panic over that.
            std::mem::forget(self.0.take());
        }
    }
}

/// A title that ends no sequence and turns no text around: whoever names a server names it on every terminal.
fn sanitize_title(title: &str) -> String {
    /// More is never shown.
    const CELLS: usize = 100;
    text::fit(&title.into(), CELLS)
}

/// Puts the terminal into the state the console needs.
pub(super) fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Puts the terminal back into the state the shell expects.
pub(super) fn leave() -> io::Result<()> {
    let left = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    disable_raw_mode()?;
    left?;
    io::stdout().flush()
}

/// A panic of the screen ends the program: the shell gets its terminal back first. One of a task, or on another thread,
/// is caught by whoever waits for it, and must not draw over the screen.
fn restore_on_panic() {
    let screen = thread::current().id();
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // One line, whatever was in the hands of whoever panicked.
        tracing::error!("{}", text::make_visible(&info.to_string().into()));
        if thread::current().id() == screen && task::try_id().is_none() {
            let _ = leave();
            let _ = execute!(io::stdout(), Print(POP_TITLE));
            previous(info);
        }
    }));
}

/// The signals that end a program unless it listens for them, as far as a program can go on after them: not those that are
/// sent by its own faults, which only unsafe code can handle.
pub(super) const ENDING: [Signal; 13] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::ABORT,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::TERM,
    Signal::XCPU,
    Signal::XFSZ,
    Signal::VTALARM,
    Signal::PROF,
    Signal::IO,
];

/// Listens for the signals that end the program from here on. The future ends with the first of them.
pub fn shutdown_signal() -> impl Future<Output = ()> {
    let kinds = ENDING.map(|kind| signal(SignalKind::from_raw(kind.as_raw())));
    async move {
        let mut signals: Vec<_> = kinds.into_iter().flatten().collect();
        // Those without a handler end the program by themselves.
        let each = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
        if each.len() == 0 {
            return std::future::pending().await;
        }
        futures::future::select_all(each).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_text() {
        assert_eq!(sanitize_title("lampblack: cb-prod-01"), "lampblack: cb-prod-01");
        assert_eq!(
            sanitize_title("cb\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{9c}\n\u{202e}x"),
            "cb␇␛]52;c;eA==␛\\<U+009C>␊<U+202E>x"
        );
        assert_eq!(text::width(&sanitize_title(&"世".repeat(1000))), 99);
    }
}
