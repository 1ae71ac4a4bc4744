//! From what one looks at to a new question about it, and back.

use crate::support::console::Console;

const PAYLOAD: &str = "process_name:svch0st.exe";

#[tokio::test]
async fn the_same_hash_is_searched_and_going_back_brings_back_the_row() {
    let mut console = Console::start().await;
    console.search("hostname:fin-ws-042").await.press("esc j j").await;
    console.shows(&["row 3"]);
    console.press("x h").await;
    console.shows(&["process_md5:", "Processes  "]);
    console.press("[").await;
    console.shows(&["hostname:fin-ws-042", "row 3"]);
}

#[tokio::test]
async fn keys_that_may_follow_are_shown() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("esc x").await;
    console.shows(&["h same hash", "n same host", "u same user"]);
}

#[tokio::test]
async fn what_is_not_known_is_not_asked() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("esc").await;
    console.asked();
    console.press("x d").await;
    console.shows(&["same domain: unknown here"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn marked_rows_are_asked_for_together() {
    let mut console = Console::start().await;
    console.search("process_name:winupdsvc.exe").await;
    console.press("esc * x n").await;
    console.shows(&["(hostname:", " OR hostname:"]);
}

#[tokio::test]
async fn what_started_around_a_time_is_asked_once_it_is_wide_enough() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("esc").await;
    console.asked();
    console.press("t").await;
    console.shows(&["around", "+/- 5 minutes", "hostname:fin-ws-042 start:["]);
    console.press("+ +").await.shows(&["+/- 1 hour"]);
    console.press("minus").await.shows(&["+/- 15 minutes"]);
    assert_eq!(console.asked(), Vec::<String>::new());
    console.press("enter").await;
    console.shows(&["hostname:fin-ws-042 start:[", "svch0st.exe", "powershell.exe"]);
    console.press("[").await.shows(&[PAYLOAD]);
}

#[tokio::test]
async fn an_ancestor_and_an_alert_lead_on_as_well() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("esc tab k x x").await;
    console.shows(&["process_name:powershell.exe"]);
    console.press("3 / ").await.write("svch0st").await;
    console.press("enter x n").await;
    console.shows(&["hostname:fin-ws-042", "Processes  "]);
    console.press("3 g a").await;
    console.shows(&["Alerts  ", "hostname:fin-ws-042"]);
}

#[tokio::test]
async fn a_connection_leads_to_whatever_else_spoke_with_the_same_address() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("esc enter tab e n").await;
    console.shows(&["net", "update-cdn"]);
    console.press("x a").await;
    console.shows(&["ipaddr:203.0.113.77", "powershell.exe", "svch0st.exe"]);
    console.press("[ x d").await;
    console.shows(&["domain:update-cdn.example", "Processes  "]);
}

#[tokio::test]
async fn however_long_the_way_the_views_stay_in_sight() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("x n x p 3 enter").await;
    console.shows(&["1 Hunt  2 Process  3 Alerts  4 Sensors  5 Binaries", "winupdsvc.exe 4840"]);
}

#[tokio::test]
async fn an_alert_asks_who_ran_the_file_as_everything_else_does() {
    let mut console = Console::start().await;
    console.press("esc 3 x h").await;
    console.shows(&["process_md5:", "Processes  2,", "srv-file-01", "fin-lt-0312"]);
}

#[tokio::test]
async fn the_time_around_an_alert_is_that_of_its_process_by_the_clock_of_its_host() {
    let mut console = Console::start().await;
    console.press("esc 3 /").await.write("fin-lt-0312 service").await;
    console.press("enter t").await;
    console.shows(&["process start", "(host clock)"]);
    console.press("enter").await;
    console.shows(&["hostname:fin-lt-0312 start:[", "winupdsvc.exe"]);
    // The host pane shows the clock difference.
    console.press("/").await.write("winupdsvc").await.press("enter t").await;
    console.shows(&["341 s off (vs server)"]);
}

#[tokio::test]
async fn escape_goes_back_from_a_pivot() {
    let mut console = Console::start().await;
    console.search(PAYLOAD).await.press("x n").await;
    console.lacks(PAYLOAD);
    console.press("esc").await.shows(&[PAYLOAD]);
    console.press("esc").await.shows(&["Nothing to close. q = quit"]);
}

#[tokio::test]
async fn escape_goes_back_from_what_was_followed_and_not_from_a_view_that_was_chosen() {
    let mut console = Console::start().await;
    console.press("esc 3 , enter").await;
    console.shows(&["feed_id:"]).lacks("groups, by report");
    console.press("esc").await;
    console.shows(&["groups, by report"]);
    console.press("]").await;
    console.lacks("groups, by report");
    console.press("esc 8 esc").await;
    console.shows(&["8 Bans", "[ = back"]).lacks("groups, by report");
    console.press("[").await.shows(&["groups, by report"]);
}

#[tokio::test]
async fn a_time_range_of_the_query_before_does_not_hide_what_has_the_same_hash() {
    let mut console = Console::start().await;
    console.search("process_name:winupdsvc.exe").await;
    console.press("esc ctrl-t").await.write("-1h").await;
    console.press("enter").await.shows(&["last event -1h"]);
    console.press("esc g g x h").await;
    console.shows(&["process_md5:", "Processes  2"]);
    console.lacks("last event -1h");
}
