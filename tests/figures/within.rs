//! How long each key takes from the console's getting it to the cells of its frame, and whether that is within one frame.

use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use lampblack::app::Input;
use ratatui::{Terminal, backend::TestBackend};

use crate::report::{Report, Times, ms};
use crate::support::{console::Console, now};

/// A screen of 60 Hz.
const FRAME: Duration = Duration::from_micros(16_670);

/// Presses keys at a console of 200x60, one after another, and reports what they took; `each` is what one of them is.
pub(crate) fn a_frame(report: &mut Report, name: &str, each: &str, console: &mut Console, keys: Vec<KeyEvent>) {
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("no terminal to fail");
    let times = keys.into_iter().map(|key| {
        let began = Instant::now();
        console.app.handle(Input::Key(key), now());
        terminal.draw(|frame| console.app.render(frame)).expect("no terminal to fail");
        began.elapsed()
    });
    let times = Times::new(times.collect());
    report.figure(
        name,
        &format!("median {}, most {}", ms(times.median()), ms(times.most())),
        &format!("every {each} < 16.67 ms"),
        times.most() < FRAME,
        "a screen of 60 Hz: 16.67 ms",
    );
}
