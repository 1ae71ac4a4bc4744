//! How long a letter of a filter takes, over as many rows as are ever held.

use crate::report::{Report, note};
use crate::support::{
    console::{Console, small},
    typed,
};

/// Rows that must be there to count.
const ROWS: usize = 500;

/// One that has to be looked for in every member of every record: no field has this name.
const FILTER: &str = "powershell !scheduled http:evil cmdline:x";

/// Measures from the key to the cells of the frame.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut console = runtime.block_on(async {
        let mut console = Console::with(small(), 200, 60, |_| {}).await;
        console.search("process_name:*").await.press("esc").await;
        for _ in 0..16 {
            console.press("ctrl-f").await;
        }
        // Five columns of the record besides those of every list.
        console.press("w G space G space G space G space G space esc /").await;
        console
    });
    let loaded = loaded(&console.text());
    assert!(loaded >= ROWS, "only {loaded} rows are loaded");
    crate::within::a_frame(report, "filter", "letter", &mut console, typed(FILTER));
    note(&format!(
        "{} letters over {loaded} rows with five columns of the record, to the cells of a frame of 200x60",
        FILTER.len()
    ));
}

/// How many rows the filter says it looks at.
fn loaded(screen: &str) -> usize {
    let (before, _) = screen.split_once(" loaded").expect("a filter");
    let number = before.rsplit(' ').next().unwrap_or_default();
    number.parse().expect("a number")
}
