//! What a chain of parents costs in requests, and three hundred rows selected one after another.

use std::collections::HashSet;

use lampblack::session::Remote;
use lampblack::sim::Options;

use crate::report::Report;
use crate::support::console::{Console, small};

/// The two processes of the official documentation's example.
const EXAMPLE: &str = r"process_name:net.exe cmdline:\\test\blah";

/// Rows that are selected.
const ROWS: usize = 300;

/// Measures both.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        second(report).await;
        many(report).await;
    });
}

/// The chain of the second `net.exe`: the same ancestors as the first.
async fn second(report: &mut Report) {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await.press("esc").await;
    console.shows(&["Processes  2, row 1", "ntoskrnl.exe"]);
    let first = console.asked().len();
    console.press("j").await;
    console.shows(&["row 2", "ntoskrnl.exe"]);
    let asked = console.asked();
    report.figure(
        "walk",
        &format!("{} requests for the second net.exe", asked.len()),
        "0 requests",
        asked.is_empty(),
        &format!("search and walk of the first: {first} requests"),
    );
}

/// Every row once, with its chain and its sensor, each waited for.
async fn many(report: &mut Report) {
    let options = Options { processes: 20_000, ..small() };
    let mut console = Console::with(options, 120, 40, |_| {}).await;
    console.search("process_name:*").await.press("esc").await;
    let (mut ancestors, mut sensors, mut groups, mut binaries) =
        (HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new());
    let mut n_links = 0;
    for row in 1..=ROWS {
        let session = console.app.session();
        let subject = session.selection.process.as_ref().expect("a row under the cursor");
        let chain = session.lineage_of(subject.id).and_then(Remote::latest);
        let lineage = chain.expect("a chain");
        let sensor = session.sensor_of(subject.sensor).and_then(Remote::latest);
        let sensor = sensor.expect("a sensor");
        n_links += lineage.value.ancestors.len();
        ancestors.extend(lineage.value.ancestors.iter().map(|process| process.id));
        sensors.insert(sensor.value.id);
        groups.extend(sensor.value.group);
        binaries.extend(lineage.value.subject.md5);
        console.shows(&[&format!("row {row}")]);
        if row < ROWS {
            console.press("j").await;
        }
    }
    let asked = console.asked();
    let n_asked = |path: &str| asked.iter().filter(|target| target.contains(path)).count();
    let n_pages = n_asked("/process?");
    let n_groups = n_asked("/group/");
    let n_binaries = n_asked("/binary/");
    let n_sensors = n_asked("/sensor/");
    let n_walks = asked.len() - n_pages - n_groups - n_binaries - n_sensors - n_asked("/info");
    let bound = ancestors.len() + sensors.len();
    report.figure(
        "rows selected",
        &format!("{n_walks} for chains + {n_sensors} for sensors"),
        &format!("at most {} + {}", ancestors.len(), sensors.len()),
        n_walks + n_sensors <= bound,
        &format!("one for each link and row: {n_links} + {ROWS}"),
    );
    report.figure(
        "rows selected, the rest",
        &format!("{n_groups} for groups + {n_binaries} for binaries"),
        &format!("at most {} + {}", groups.len(), binaries.len()),
        n_groups <= groups.len() && n_binaries <= binaries.len(),
        &format!("one for each row: {ROWS} + {ROWS}; the rows themselves took {n_pages} pages"),
    );
}
