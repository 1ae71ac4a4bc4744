//! An analyst's stories: keys in, screens out.

use crate::support::console::Console;
use insta::assert_snapshot;

use lampblack::model::Process;

const EXAMPLE: &str = r"process_name:net.exe cmdline:\\test\blah";

#[tokio::test]
async fn the_two_net_uses_are_found_and_walked_to_the_kernel() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.shows(&["Processes  2, row 1", r"net  use y: \\test\blah", r"net  use z: \\test\blah"]);
    assert_snapshot!("example", console.picture());
    console.press("enter g r").await;
    console.shows(&["ntoskrnl.exe", "userinit.exe", "win-ia9nq1gn8oi #3", "NOT ISOLATED"]);
    assert_snapshot!("example-root", console.picture());
}

#[tokio::test]
async fn the_chain_of_the_second_net_use_costs_no_request() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.asked();
    console.press("j").await;
    console.shows(&["row 2", "ntoskrnl.exe"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_last_row_of_thousands_is_one_key_away_and_so_is_the_first() {
    let mut console = Console::start().await;
    console.search("").await.press("esc").await;
    let total = console.app.session().lists.pages::<Process>().total().unwrap();
    assert!(total > 3_000, "{total}");
    console.asked();
    console.press("G").await;
    // The estimate counts segments: the end is found out in few steps, and the cursor goes along.
    let rows = console.app.session().lists.pages::<Process>().total().unwrap();
    assert!(rows < total && !console.app.session().lists.pages::<Process>().is_estimate(), "{rows} of {total}");
    let row = format!("row {},{:03}", rows / 1_000, rows % 1_000);
    console.shows(&[&row]);
    let pages = console.asked().into_iter().filter(|path| path.starts_with("/api/v1/process?")).count();
    assert!(pages <= 12, "{pages} pages for the last row");
    console.press("g g").await;
    console.shows(&["row 1"]);
}

#[tokio::test]
async fn the_order_and_the_segments_are_the_servers_work() {
    let mut console = Console::start().await;
    console.search("process_name:svchost.exe").await.press("esc").await;
    console.asked();
    console.press("s").await;
    console.shows(&["newest start first", "START (UTC) v"]);
    assert!(console.asked()[0].contains("sort=start+desc"));
    console.press("g s").await;
    console.shows(&["segments, row 1", "one row per segment"]);
    assert!(!console.asked()[0].contains("cb.group"));
}

#[tokio::test]
async fn a_query_asked_before_is_picked_and_asked_again() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await.search("process_name:winword.exe").await;
    console.press("ctrl-r").await;
    console.shows(&["Query history 2", "process_name:winword.exe", EXAMPLE]);
    console.press("j enter").await;
    console.shows(&[EXAMPLE]);
    console.press("enter").await;
    console.shows(&["net  use y:"]);
    assert_eq!(console.outside.remembered.len(), 3);
}

#[tokio::test]
async fn isolation_is_shown_as_wanted_and_as_it_is() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await.press("esc").await;
    console.shows(&["NOT ISOLATED requested no", "as of 10:20:00Z"]);
    let asked = reqwest::Client::new()
        .put(format!("{}/api/v1/sensor/3", console.sim.url))
        .header("X-Auth-Token", &console.sim.token)
        .body(r#"{"network_isolation_enabled": true, "group_id": 1}"#)
        .send();
    assert_eq!(asked.await.unwrap().status(), 204);
    // What is known is not asked again until it is wanted, and then it is the server's word.
    console.shows(&["NOT ISOLATED"]);
    console.press("r").await;
    console.shows(&["ISOLATION PENDING requested yes, actual no"]);
}

#[tokio::test]
async fn the_focus_goes_round_and_escape_peels() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.press("tab k").await;
    console.shows(&["gp parent"]);
    console.press("+").await;
    console.shows(&["guid"]).lacks("NOT ISOLATED");
    console.press("esc").await;
    console.shows(&["NOT ISOLATED"]);
    console.press("esc esc").await;
    console.shows(&["Nothing to close. q = quit"]);
}

#[tokio::test]
async fn what_is_copied_is_shown_in_a_message() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await.press("esc y c").await;
    console.shows(&["Copied command line, 23 bytes"]);
    console.press("y h y g").await;
    let expected =
        [r"net  use y: \\test\blah", "79b6d4c5283fc806387c55b8d7c8b762", "00000003-0000-043c-01d2-3c5e7fd343f0"];
    assert_eq!(console.outside.copied, expected);
}

#[tokio::test]
async fn a_long_chain_leaves_room_for_the_command_line() {
    let mut console = Console::start().await;
    console.search("parent_name:svch0st.exe whoami").await;
    console.shows(&["more above", "cmdline C:\\Windows\\system32\\cmd.exe /c"]);
    console.press("enter g r").await;
    console.shows(&["parent not recorded", "smss.exe"]);
}

#[tokio::test]
async fn what_is_known_is_on_the_screen_with_the_key() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    let before = console.n_frames();
    console.press("j").await;
    console.shows(&["row 2", "ntoskrnl.exe", "NOT ISOLATED"]);
    // One before the key, and one for the key and all that follows from it: nothing is dimmed in between.
    assert_eq!(console.n_frames() - before, 2);
}

#[tokio::test]
async fn the_segments_of_one_process_are_counted_as_one_process() {
    let mut console = Console::start().await;
    console.asked();
    console.search("process_name:svch0st.exe").await;
    console.shows(&["Processes  1, row 1", "powershell.exe"]);
    let asked = console.asked();
    let n_pages = asked.iter().filter(|path| path.contains("start=")).count();
    assert_eq!(n_pages, 2, "{asked:#?}");
}

#[tokio::test]
async fn an_alert_is_followed_to_its_payload_its_contact_and_the_first_of_its_hosts() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.shows(&["FUZZYWOMBAT service", "srv-file-01"]);
    // What did it?
    console.press("enter").await;
    console.shows(&["Tree  winupdsvc.exe", "services.exe", "winupdsvc.exe 4840 on srv-file-01"]);
    console.press("y h").await;
    let hash = console.outside.copied[0].clone();
    assert_eq!(hash.len(), 32);
    // With whom does it speak?
    console.press("tab e n").await;
    console.shows(&["img-cache.example", "198.51.100.23:443"]);
    // Who else has it, and who had it first?
    console.press("x h").await;
    let query = format!("process_md5:{hash}");
    console.shows(&[&query, "Processes  2", "srv-file-01", "fin-lt-0312"]);
    console.press("s s").await;
    console.shows(&["oldest start first (host clock)", "CLOCK"]);
    let screen = console.text();
    let row = |host: &str| screen.lines().find(|line| line.contains(&format!("  {host}  "))).unwrap();
    let (first, second) = (row("srv-file-01"), row("fin-lt-0312"));
    assert!(first.starts_with("│>") && first.contains("in sync"), "{first}");
    assert!(second.contains("341 s, "), "{second}");
    // The starts lie further apart than the clocks: whichever way they differ, that host was first.
    let second_of_day = |row: &str| -> i64 {
        let clock = row.split_whitespace().find(|word| word.matches(':').count() == 2).unwrap();
        clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
    };
    assert!(second_of_day(second) - second_of_day(first) > 341, "{screen}");
    // What did the other one, and how did one come here?
    console.press("j enter").await;
    console.shows(&["Tree  winupdsvc.exe", "on fin-lt-0312 #11"]);
    console.press("[ [ [ [ [").await;
    console.shows(&["FUZZYWOMBAT service", "Alert details"]);
}

#[tokio::test]
async fn whoever_asks_moves_among_the_answers_at_once() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.press("j").await.shows(&["row 2"]);
    // What cannot be read was not asked, and is still to be written.
    console.press("i ctrl-u").await;
    console.write("(net.exe").await.press("enter").await;
    console.write(")").await;
    console.shows(&["(net.exe)"]);
}

#[tokio::test]
async fn a_console_with_a_query_starts_with_its_results() {
    let console = Console::with_query("process_name:net.exe").await;
    console.shows(&["process_name:net.exe", "Processes  ", "net.exe"]).lacks("No search yet");
}

#[tokio::test]
async fn a_console_that_is_given_a_query_with_a_mistake_says_so_and_sends_nothing() {
    let mut console = Console::with_query("(process_name:net.exe").await;
    console.shows(&["(process_name:net.exe"]);
    assert!(console.asked().iter().all(|path| !path.contains("/process")));
    console.press("esc").await.shows(&["No search yet"]);
}
