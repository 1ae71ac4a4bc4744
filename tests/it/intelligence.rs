//! What raises alerts: a query becomes a watchlist, and a noisy report is ignored.

use crate::support::changes::{changes, ready};
use crate::support::console::{Console, settings, small};
use lampblack::api::Client;

#[tokio::test]
async fn a_query_becomes_a_watchlist_that_raises_alerts_once_it_has_a_number() {
    let mut console = ready().await;
    console.press("W").await.shows(&["New process watchlist"]);
    console.press("enter").await.write("mount of a share").await;
    // The first line was left empty: it is gone back to.
    console.press("enter enter space enter").await;
    console.shows(&["name: required"]);
    console.write("[WARN] mount").await;
    console.press("tab tab tab enter").await.shows(&[
        "CREATE WATCHLIST",
        "net use hostname:WIN-IA9NQ1GN8OI",
        "last 7 days",
        "process segments match",
        "Then adds the alert action",
        "one row per process does not apply",
        "POST /api/v1/watchlist",
    ]);
    console.press("tab tab enter").await.until("CONFIRMED").await;
    assert_eq!(changes(&console).len(), 2);
    let client = Client::new(settings(&console.sim), None).unwrap();
    let all = client.watchlists().await.unwrap().rows;
    let made = all.iter().find(|one| one.name.raw() == "[WARN] mount").unwrap();
    let actions = client.watch_actions(made.id).await.unwrap().rows;
    assert_eq!(actions.len(), 1);
    // The same again is there already, and taking it back takes it away.
    console.press("z").await.shows(&["DELETE WATCHLIST"]);
    console.press("tab tab enter").await.until("delete watchlist [WARN] mount: CONFIRMED").await;
    let left = client.watchlists().await.unwrap().rows;
    assert!(left.iter().all(|one| one.id != made.id));
}

#[tokio::test]
async fn a_report_is_muted_with_its_open_alerts_if_that_is_wanted() {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3").await;
    console.press("M").await.until("open alerts").await;
    console.shows(&[
        "IGNORE REPORT",
        "raises alerts -> ignored",
        "last 90 days",
        "open alerts -> false positive",
        "POST /api/v1/threat_report",
    ]);
    console.write("noise").await.press("tab tab space").await;
    console.shows(&["Unresolved -> False Positive", "yes (Space toggles)"]);
    console.press("tab").await.write("4").await.press("tab enter").await;
    console.until("ignore report and false positive, 4 in all: 4 CONFIRMED").await;
    console.press("@").await.shows(&["ignore report", "false posit"]);
}
