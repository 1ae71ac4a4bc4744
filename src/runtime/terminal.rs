//! Setup of the terminal, and its restoration in all cases, including a panic or signal.

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
use tokio::task;

use super::Output;
use crate::text::{self, Charset};

/// Sequences that save the window's title on the terminal's own stack, and restore it.
const PUSH_TITLE: &str = "\x1b[22;0t";
const POP_TITLE: &str = "\x1b[23;0t";

/// The terminal in the state for the console. Dropping it restores the terminal.
#[derive(Debug)]
pub struct TerminalGuard(
    /// `None` only while it is dropped.
    Option<Terminal<Output>>,
);

impl TerminalGuard {
    /// Sets up the terminal. A later panic on this thread restores it before the panic message is printed.
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
    /// Returns the terminal to draw on.
    #[expect(clippy::missing_panics_doc, reason = "the option is empty only during drop")]
    pub fn terminal(&mut self) -> &mut Terminal<Output> {
        self.0.as_mut().expect("the option is empty only during drop")
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            // The panic hook has restored the terminal and printed the message; restoring again would draw over it.
            std::mem::forget(self.0.take());
            return;
        }
        // If the terminal is gone, a failure cannot be shown.
        let is_gone = leave().is_err();
        let _ = execute!(io::stdout(), Print(POP_TITLE));
        if is_gone {
            // Otherwise ratatui fails to show the cursor, tries to print that to the closed terminal, and panics.
            std::mem::forget(self.0.take());
        }
    }
}

/// Makes a window title safe: it contains the name of the server, which may have control or bidi characters in it.
fn sanitize_title(title: &str) -> String {
    /// The maximum width in cells; longer titles are not displayed anyway.
    const CELLS: usize = 100;
    text::fit(&title.into(), CELLS)
}

/// Switches the terminal to the state for the console.
pub(super) fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Restores the terminal to the state for the shell.
pub(super) fn leave() -> io::Result<()> {
    let result = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    disable_raw_mode()?;
    result?;
    io::stdout().flush()
}

/// Installs a panic hook that restores the terminal before a panic of the screen ends the program. A panic in a task or
/// on another thread is only logged, because its caller handles it and printing would corrupt the screen.
fn restore_on_panic() {
    let screen = thread::current().id();
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // One line without control characters: the message may contain untrusted data.
        tracing::error!("{}", text::make_visible(&info.to_string().into()));
        if thread::current().id() == screen && task::try_id().is_none() {
            let _ = leave();
            let _ = execute!(io::stdout(), Print(POP_TITLE));
            previous(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_no_control_characters() {
        assert_eq!(sanitize_title("lampblack: cb-prod-01"), "lampblack: cb-prod-01");
        assert_eq!(
            sanitize_title("cb\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{9c}\n\u{202e}x"),
            "cb␇␛]52;c;eA==␛\\<U+009C>␊<U+202E>x"
        );
        assert_eq!(text::width(&sanitize_title(&"世".repeat(1000))), 99);
    }
}
