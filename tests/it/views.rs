//! The analyst's desk in pictures: alerts, hosts, watchlists, feeds and administration, and what changes them.

use crate::support::console::{Console, small};
use crate::support::{SIZES, SNAPSHOT_SIZE};
use insta::assert_snapshot;

/// Each view and form: the name of its snapshot, the keys that lead to it, and what is on the screen at every size.
const VIEWS: [(&str, &str, &[&str]); 9] = [
    // Alerts and why they were raised.
    (
        "alerts",
        "3",
        &[
            "one row per alert, highest score first",
            "FUZZYWOMBAT beacon",
            "svch0st.exe",
            "up to 160, row 1",
            "a assign to me",
            "F false positive",
        ],
    ),
    // The queue by report and what a group is.
    (
        "queue",
        "3 , j j j j",
        &["160 in 18 groups, by report, row 5", "PowerShell", "(26 hosts)", "(11 hosts)", "a assign to me"],
    ),
    // Hosts and one of them.
    ("sensors", "4 j j", &["> ENG-WS-025", "FIN-LT-0312", "CORP-DC-01", "space mark"]),
    // Watchlists and what one looks for.
    (
        "watchlists",
        "6 j j j #",
        &["LAST HIT (UTC)", "Office starts a shell", "Reputation of 50 or more", "USB drive usage"],
    ),
    // Feeds their reports and indicators.
    (
        "feeds",
        "7 j j tab",
        &["one row per report, highest score first", "FUZZYWOMBAT service", "IGNORED", "feed_id:12", "M ignore report"],
    ),
    // What administrators keep.
    ("admin", "9", &["Sensor groups", "> Default Group", "Domain Controllers", "CRITICAL", "10.20.1.20"]),
    // Many alerts before they are called false positives.
    (
        "triage",
        "3 , j j j j f",
        &[
            "FALSE POSITIVE 77 alerts",
            "WARNING 21 of 77 are assigned to others: admin 5, aruiz 7,",
            "kim 4, rmercer 5",
            "PowerShell on srv-file-01: Unresolved -> False",
            "type the number of alerts",
            "type 77 (number of alerts)",
            "[ false positive ]",
        ],
    ),
    // A report before it is ignored.
    (
        "ignoring",
        "3 , G M",
        &[
            "IGNORE REPORT",
            "Contains 3 indicators",
            "last 90 days would have suppressed 69 alerts (4 resolved",
            "4 of its alerts were resolved as true",
            "a reason is required",
            "[ ignore report ]",
        ],
    ),
    // A user before it is made.
    (
        "user",
        "9 tab n",
        &["New user", "first name", "last name", "confirm password", "global administrator", "no (Space toggles)"],
    ),
];

#[tokio::test]
async fn every_view_and_form_shows_what_matters_at_every_size() {
    for (name, keys, texts) in VIEWS {
        let console = Console::with(small(), SNAPSHOT_SIZE.0, SNAPSHOT_SIZE.1, |_| {}).await;
        let mut console = console.of("ana").await;
        console.press("esc").await.press(keys).await;
        assert_snapshot!(name, console.picture());
        for (width, height) in SIZES {
            console.resize(width, height).await;
            console.shows(texts);
        }
    }
}
