//! Ten thousand alerts grouped, put in order and scrolled, each within a frame.

use std::time::Instant;

use lampblack::session::slots;
use lampblack::sim::Options;

use crate::report::{Report, ms, note};
use crate::support::{
    console::{Console, small},
    keys,
};

/// Alerts that must be there to count.
const ALERTS: usize = 10_000;

/// Through every grouping and every order, down and up again, and through a filter.
const KEYS: &str = ", s s s s j j j ctrl-f ctrl-f G g g , s s s s G g g , s s s s G g g * esc / s r v";

/// Measures from the key to the cells of the frame.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut console, read) = runtime.block_on(async {
        let options = Options { alerts: 10_500, ..small() };
        let mut console = Console::with(options, 200, 60, |_| {}).await;
        console.press("esc 3 i ctrl-u enter").await;
        let began = Instant::now();
        console.press(",").await;
        (console, began.elapsed())
    });
    let values = &console.app.session().values;
    let n = values.latest(slots::ALERT_DIGEST).map_or(0, |known| known.value.rows.len());
    assert!(n >= ALERTS, "only {n} alerts are read");
    crate::within::a_frame(report, "queue", "key", &mut console, keys(KEYS));
    note(&format!(
        "{} keys over {n} alerts in groups by report, host, hash and user, to the cells of a frame of 200x60; \
         to read and group them at first took {}",
        keys(KEYS).len(),
        ms(read)
    ));
}
