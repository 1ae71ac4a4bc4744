//! Fifty thousand sensors: how long after the key the first are on the screen, and what scrolling through them costs.

use std::time::{Duration, Instant};

use lampblack::api::Client;
use lampblack::model::{Sensor, SensorFilter, Span};
use lampblack::sim::Options;

use crate::report::{Report, Times, ms, note};
use crate::support::{
    console::{Console, settings, small},
    keys,
};

/// Hosts of the company.
const SENSORS: u64 = 50_000;

/// What a request takes on its way.
const LATENCY: Duration = Duration::from_millis(20);

/// What the console may take besides.
const BESIDES: Duration = Duration::from_millis(15);

/// Pages that are scrolled through without a pause.
const PAGES: usize = 200;

/// Measures both.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = Options { sensors: SENSORS, latency: LATENCY, ..small() };
        let mut console = Console::with(options, 200, 60, |_| {}).await;
        console.press("esc").await;
        let trip = round_trip(&console).await;
        let began = Instant::now();
        let mut open = None;
        console
            .press_and_read("4", |screen| {
                if screen.contains("Sensors  50,000, row 1") {
                    open.get_or_insert_with(|| began.elapsed());
                }
            })
            .await;
        let open = open.expect("the list comes");
        report.figure(
            "sensors",
            &format!("{} until {SENSORS} are a list", ms(open)),
            &format!("a round trip + {}", ms(BESIDES)),
            open < trip + BESIDES,
            &format!("a round trip for one page: {}", ms(trip)),
        );
        scroll(report, &mut console).await;
    });
}

/// A page of sensors, asked for by nothing but a client.
async fn round_trip(console: &Console) -> Duration {
    let client = Client::new(settings(&console.sim), None).expect("a client");
    client.info().await.expect("a server");
    let span = Span { start: 0, rows: 100 };
    let mut times = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let page = client.sensors(&SensorFilter::default(), span).await;
        page.expect("sensors");
        times.push(began.elapsed());
    }
    Times::new(times).median()
}

/// Page after page, without waiting for any: from the key to the cells.
async fn scroll(report: &mut Report, console: &mut Console) {
    crate::within::a_frame(report, "sensors, scrolled", "page", console, keys(&vec!["ctrl-f"; PAGES].join(" ")));
    // Over there, rows have come; far ones were let go.
    console.press("ctrl-c G").await;
    console.shows(&["row 50,000"]);
    let held = console.app.session().lists.pages::<Sensor>().loaded_rows().count();
    note(&format!("{PAGES} pages of a frame of 200x60; {held} of {SENSORS} rows are held at the end"));
}
