//! Watchlists on the screen: what they look for, what they found, what they set off, and the way to run them.

use crate::support::{
    console::{Console, small},
    stage::Stage,
    world,
};
use lampblack::api::Error;
use lampblack::fetch::{Fetch, WatchlistsFetch};
use serde_json::json;

/// A console at the watchlists.
async fn at_watchlists() -> Console {
    let mut console = Console::start().await;
    console.press("esc 6").await;
    console
}

/// Goes to the one row that has a word.
async fn go_to(console: &mut Console, word: &str) {
    console.press("/").await.write(word).await;
    console.press("enter").await;
}

#[tokio::test]
async fn every_watchlist_is_a_row_with_its_query_as_people_write_it() {
    let mut console = at_watchlists().await;
    console.shows(&["Watchlists  13, row 1", "ON", "HITS", "QUERY", "actions"]);
    go_to(&mut console, "archives").await;
    console.shows(&[
        "1 of 13 loaded",
        "process_name:7zg.exe",
        "Archives packed by users",
        "enabled",
        "last searched",
        "actions       alert",
        "press # to count",
    ]);
    console.lacks("cb.urlver");
}

#[tokio::test]
async fn what_it_sets_off_is_asked_where_the_cursor_rests_and_once() {
    let mut console = at_watchlists().await;
    console.press("j k").await;
    console.asked();
    console.press("j").await;
    let asked = console.asked();
    assert!(asked.iter().all(|path| path.ends_with("/action")), "{asked:?}");
    console.press("T 1 6").await;
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn its_hits_are_counted_on_the_server_when_asked_for() {
    let mut console = at_watchlists().await;
    go_to(&mut console, "archives").await;
    console.asked();
    console.press("#").await;
    console.shows(&["matches now", "as of 10:20:00Z"]);
    console.lacks("press # to count");
    let asked = console.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("rows=0"), "{asked:?}");
    // Of another one, nothing was counted.
    console.press("esc g g").await.shows(&["press # to count"]);
}

#[tokio::test]
async fn it_is_run_in_the_index_that_it_searches() {
    let mut console = at_watchlists().await;
    go_to(&mut console, "archives").await;
    console.press("enter").await;
    console.shows(&["process_name:7zg.exe", "Processes", "7zg.exe"]);
    console.press("[").await.shows(&["Watchlists  13"]);
    console.press("esc").await;
    go_to(&mut console, "index_type:binaries").await;
    console.press("enter").await;
    console.shows(&["digsig_result:Unsigned", "Binaries"]);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_shown_as_it_is_with_what_is_wrong() {
    let mut console = at_watchlists().await;
    go_to(&mut console, "wombats").await;
    console.shows(&["(process_name:wombat", "Unclosed ("]);
}

#[tokio::test]
async fn an_alert_leads_to_the_watchlist_that_raised_it() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.search("feed_id:-1").await.press("esc g w").await;
    console.shows(&["Watchlists  13", "Watchlist "]);
    let watchlist = console.app.session().selection.watchlist.clone().unwrap();
    assert!(watchlist.total_hits > Some(0));
}

#[tokio::test]
async fn a_hostile_watchlist_stays_in_its_row() {
    let mut console = at_watchlists().await;
    go_to(&mut console, "calc").await;
    console.shows(&["=cmd|' /C calc", "DISABLED"]);
    for (width, height) in [(80, 24), (60, 16)] {
        console.resize(width, height).await;
        console.press("tab").await;
        let screen = console.text();
        let lines = screen.lines().map(|line| line.chars().count());
        assert!(lines.max() <= Some(width.into()), "{screen}");
    }
}

#[tokio::test]
async fn rows_are_marked_exported_and_copied_as_anywhere() {
    let mut console = at_watchlists().await;
    console.press("space space").await.shows(&["2 marked"]);
    console.press("y j").await;
    let copied = console.outside.copied.pop().unwrap();
    assert_eq!(copied.matches("\"search_query\"").count(), 2);
    console.press("E").await.shows(&["watchlists"]);
}

#[tokio::test]
async fn one_pane_is_shown_where_there_is_room_for_one() {
    let mut console = Console::with(small(), 80, 24, |_| {}).await;
    console.press("esc 6").await;
    console.shows(&["Watchlists  13", "1 Hunt", "9 Admin"]);
    console.press("tab").await.shows(&["actions", "last searched"]);
}

#[test]
fn a_server_that_refuses_is_quoted_and_asked_again() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).press("esc 6");
    let refused = |fetch: &Fetch| match fetch {
        Fetch::Watchlists(WatchlistsFetch) => Err(Error::Unauthorized),
        other => world::answer(other),
    };
    stage.answer_all(refused);
    stage.shows(&["Watchlists", "token"]).press("!");
    stage.shows(&["Error"]).press("esc r");
    assert!(matches!(stage.asked[0].2, Fetch::Watchlists(WatchlistsFetch)));
}

#[tokio::test]
async fn a_query_that_cannot_be_parsed_is_saved_only_after_a_warning() {
    let mut console = at_watchlists().await;
    console.press("n").await.write("mine").await;
    console.press("tab tab").await.write("process_name:(").await;
    console.press("tab enter").await;
    console.shows(&["CREATE WATCHLIST", "WARNING", "The query has an error"]);
}

#[tokio::test]
async fn one_that_never_ran_and_cannot_be_counted_says_so() {
    let mut console = at_watchlists().await;
    go_to(&mut console, "wombats").await;
    console.press("#").await;
    console.shows(&["last searched never", "matches now   unknown: the server cannot"]);
}

#[tokio::test]
async fn a_form_is_for_one_row_and_none_is_filled_in_for_nothing() {
    let mut console = at_watchlists().await;
    console.press("space space e").await;
    console.shows(&["works on one row, but 2 are marked (Esc clears marks)"]);
    console.press("esc e").await.shows(&["│name"]);
}

/// A console at the one watchlist with this stored query.
async fn with_stored(search_query: &str) -> Console {
    let mut console = Console::start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({"name": "the stored one", "search_query": search_query, "index_type": "events"});
    let request = http.post(format!("{}/api/v1/watchlist", console.sim.url));
    let request = request.header("X-Auth-Token", &console.sim.token);
    let answer = request.json(&body).send().await.unwrap();
    answer.error_for_status().unwrap();
    console.press("esc 6").await;
    go_to(&mut console, "\"the stored one\"").await;
    // With room for all that is said of it.
    console.press("tab +").await;
    console.asked();
    console
}

#[tokio::test]
async fn a_stored_query_that_has_lost_its_parameter_is_called_malformed_and_not_run() {
    for stored in ["cb.urlver=1&process_name%3Acmd.exe", "process_name%3Acmd.exe+username%3Ab", "cb.urlver=1"] {
        let mut console = with_stored(stored).await;
        console.shows(&["malformed: no query, or the q= before it is missing"]);
        for pane in ["", "+ backtab"] {
            console.press(pane).await.press("enter").await;
            console.shows(&["Not run: its stored query is malformed", "Watchlist "]);
        }
        console.press("#").await;
        assert_eq!(console.asked(), [""; 0], "{stored}");
        // It is copied as it is stored, for it stands for nothing else.
        console.press("y d").await;
        let copied = console.outside.copied.pop().unwrap();
        assert!(copied.contains(stored), "{copied}");
    }
}

#[tokio::test]
async fn facet_filters_of_a_stored_query_are_shown_copied_counted_and_run() {
    let stored = "cb.urlver=1&q=process_name%3Acmd.exe&cb.fq.hour_of_day=3&cb.fq.hour_of_day=4";
    let mut console = with_stored(stored).await;
    let query = "process_name:cmd.exe cb.fq.hour_of_day=3 cb.fq.hour_of_day=4";
    console.shows(&["process_name:cmd.exe cb.fq.hour_of_day=3"]);
    console.press("y y").await;
    let copied = console.outside.copied.pop().unwrap();
    assert!(copied.ends_with(query), "{copied}");
    let parameters = ["q=process_name%3Acmd.exe&", "cb.fq.hour_of_day=3", "cb.fq.hour_of_day=4"];
    for key in ["#", "enter"] {
        console.press(key).await;
        let asked = console.asked();
        let search = asked.iter().find(|path| path.starts_with("/api/v1/process?"));
        let search = search.unwrap_or_else(|| panic!("{key}: {asked:?}"));
        for parameter in parameters {
            assert!(search.contains(parameter), "{key}: {search}");
        }
    }
    console.shows(&[query]);
}

#[tokio::test]
async fn a_stored_query_of_several_lines_is_shown_copied_and_run_as_one() {
    for end in ["%0A", "%0D%0A", "%0D"] {
        let stored = format!("q=process_name%3Acmd.exe{end}-username%3Ab{end}");
        let mut console = with_stored(&stored).await;
        let query = "process_name:cmd.exe -username:b";
        console.shows(&[query]).lacks("malformed");
        console.press("y y").await;
        let copied = console.outside.copied.pop().unwrap();
        assert!(copied.ends_with(query), "{copied:?}");
        console.press("enter").await.shows(&[query]);
        let asked = console.asked().join("\n");
        let parameter = "q=process_name%3Acmd.exe+-username%3Ab&";
        assert!(asked.contains(parameter), "{asked}");
    }
}
