//! Ten thousand alerts grouped, put in order and scrolled, each within a frame.

use std::time::{Duration, Instant};

use lampblack::app::Input;
use lampblack::sim::Options;
use ratatui::{Terminal, backend::TestBackend};

use crate::report::{Report, Times, ms, note};
use crate::support::{
    console::{Console, small},
    keys, now,
};

/// Alerts that must be there to count.
const ALERTS: usize = 10_000;

/// A screen of 60 Hz.
const FRAME: Duration = Duration::from_micros(16_670);

/// Through every grouping and every order, down and up again, and through a filter.
const KEYS: &str =
    ", s s s s j j j ctrl-f ctrl-f G g g , s s s s G g g , s s s s G g g * esc / s r v";

/// Measures from the key to the cells of the frame.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut console, read) = runtime.block_on(async {
        let options = Options {
            alerts: 10_500,
            ..small()
        };
        let mut console = Console::with(options, 200, 60, |_| {}).await;
        console.press("esc 3 i ctrl-u enter").await;
        let began = Instant::now();
        console.press(",").await;
        (console, began.elapsed())
    });
    let queue = &console.app.session().triage.queue;
    let n = queue.current().map_or(0, |known| known.value.rows.len());
    assert!(n >= ALERTS, "only {n} alerts are read");
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("no terminal to fail");
    let times = keys(KEYS).into_iter().map(|key| {
        let began = Instant::now();
        console.app.handle(Input::Key(key), now());
        terminal
            .draw(|frame| console.app.render(frame))
            .expect("no terminal to fail");
        began.elapsed()
    });
    let times = Times::new(times.collect());
    report.figure(
        "queue",
        &format!("median {}, most {}", ms(times.median()), ms(times.most())),
        "every key < 16.67 ms",
        times.most() < FRAME,
        "a screen of 60 Hz: 16.67 ms",
    );
    note(&format!(
        "{} keys over {n} alerts in groups by report, host, hash and user, to the cells of a frame of 200x60; \
         to read and group them at first took {}",
        keys(KEYS).len(),
        ms(read)
    ));
}
