//! Writing a query: what is offered, what was asked before, and what a key means while text is typed.

use crate::support::{console::Console, now, stage::Stage, world};
use lampblack::app::{AppSetup, Input};
use lampblack::fetch::{Fetch, ProcessesFetch};
use lampblack::panes::PaneId;
use lampblack::query::Index;
use lampblack::session::{HistoryEntry, PeriodInput};
use lampblack::worker::List;

/// The queries that were sent and not answered yet.
fn asked(stage: &Stage) -> Vec<String> {
    let query = |fetch: &Fetch| match fetch {
        Fetch::Processes(ProcessesFetch { search, .. }) => Some(search.query.clone()),
        _ => None,
    };
    stage.asked.iter().filter_map(|(_, _, fetch)| query(fetch)).collect()
}

/// A console that has asked `first` and then `second` before.
fn with_history() -> Stage {
    let past = |query: &str| HistoryEntry {
        period: PeriodInput::default(),
        query: query.into(),
        run_at: now(),
        total: Some(2),
        took_ms: Some(30),
    };
    let setup = AppSetup {
        history: vec![past("process_name:second.exe"), past("process_name:first.exe")],
        ..AppSetup::default()
    };
    let mut stage = Stage::with(120, 36, setup);
    stage.answer_all(world::answer);
    stage
}

#[test]
fn a_pasted_list_is_no_query_whatever_ends_its_lines_and_a_key_makes_one_of_it() {
    for end in ["\n", "\r\n", "\r"] {
        let mut stage = Stage::new(120, 36);
        stage.answer_all(world::answer);
        let list = ["10[.]0[.]0[.]1", "evil[.]example", "hxxps://a.evil.example/x"].join(end);
        stage.input(Input::Paste(list + end));
        stage.press("enter");
        stage.shows(&["This is a list of 3 indicators, not a query", "Press Enter again to run it anyway"]);
        assert_eq!(asked(&stage), Vec::<String>::new());
        stage.press("ctrl-x").press("enter");
        assert_eq!(asked(&stage), ["(ipaddr:10.0.0.1 OR domain:evil.example OR domain:a.evil.example)"]);
    }
}

#[test]
fn a_pasted_link_of_the_web_console_becomes_its_query_and_is_not_sent_by_itself() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    let link = "https://cb.other.example/#/search/cb.urlver=1&q=process_name%3Aa.exe&cb.fq.hour_of_day=3";
    stage.input(Input::Paste(link.into()));
    stage.shows(&["process_name:a.exe cb.fq.hour_of_day=3", "The link points to a process search"]);
    assert_eq!(asked(&stage), Vec::<String>::new());
    stage.press("enter");
    assert_eq!(asked(&stage), ["process_name:a.exe cb.fq.hour_of_day=3"]);
}

#[test]
fn what_a_link_names_by_a_number_of_another_server_is_not_searched_for() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    stage.input(Input::Paste("hxxps://cb[.]other[.]example/#/host/4".into()));
    stage.shows(&["This link is for cb.other.example"]);
    stage.press("enter").press("enter");
    assert_eq!(asked(&stage), Vec::<String>::new());
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    stage.write("#/analyze/00000007-0000-1092-01d7-10df4de391b0/1").press("enter").press("enter");
    assert_eq!(asked(&stage), ["process_id:00000007-0000-1092-01d7-10df4de391b0"]);
}

#[test]
fn a_query_of_several_lines_is_asked_as_it_is_checked() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    stage.input(Input::Paste("path:c:\\windows\\\r\nprocess_name:a.exe\r\n-username:b".into()));
    stage.press("enter");
    // A space after the backslash would make one term of two.
    assert_eq!(asked(&stage), ["path:c:\\windows\\\nprocess_name:a.exe -username:b"]);
}

#[test]
fn what_is_begun_is_offered_and_completed_by_tab() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write("process_name:net.exe usern");
    stage.shows(&["username:"]);
    stage.press("tab").write("tkim").press("enter");
    assert_eq!(asked(&stage), ["process_name:net.exe username:tkim"]);
}

#[test]
fn another_completion_is_chosen_by_its_key() {
    let mut first = Stage::new(120, 36);
    first.answer_all(world::answer).write("proc").press("tab").write("x");
    let mut second = Stage::new(120, 36);
    second.answer_all(world::answer).write("proc").press("ctrl-n tab").write("x");
    let mut back = Stage::new(120, 36);
    back.answer_all(world::answer).write("proc").press("ctrl-n ctrl-p tab").write("x");
    let queries = [&mut first, &mut second, &mut back].map(|stage| {
        stage.press("enter enter");
        asked(stage).join(" ")
    });
    assert!(queries[0].starts_with("proc") && queries[0].ends_with(":x"), "{queries:?}");
    assert_ne!(queries[0], queries[1]);
    assert_eq!(queries[0], queries[2]);
}

#[test]
fn tab_goes_on_where_nothing_is_offered() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write("net.exe").press("tab");
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
}

#[test]
fn escape_takes_back_the_offer_before_it_leaves_the_editor() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write("usern");
    stage.shows(&["username:"]);
    stage.press("esc");
    stage.lacks("username:");
    assert_eq!(stage.app.focus(), PaneId::Query(Index::Process));
    stage.press("esc");
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
    // Nothing was sent by any of it, and what was written is still there.
    assert_eq!(asked(&stage), Vec::<String>::new());
    stage.shows(&["usern"]);
}

#[test]
fn queries_asked_before_come_back_in_order_and_the_draft_after_them() {
    let mut stage = with_history();
    stage.write("draft").press("up");
    stage.shows(&["process_name:second.exe"]);
    stage.press("up");
    stage.shows(&["process_name:first.exe"]);
    // There is nothing older.
    stage.press("up");
    stage.shows(&["process_name:first.exe"]);
    stage.press("down");
    stage.shows(&["process_name:second.exe"]);
    stage.press("down");
    stage.shows(&["│draft "]);
    stage.press("down");
    stage.shows(&["│draft "]);
}

#[test]
fn a_query_that_is_recalled_can_be_changed_and_asked() {
    let mut stage = with_history();
    stage.press("up up").write(" username:tkim").press("enter");
    assert_eq!(asked(&stage), ["process_name:first.exe username:tkim"]);
    // The newest is the one just asked, once it has an answer.
    stage.answer_all(world::answer).press("i ctrl-u up");
    stage.shows(&["process_name:first.exe username:tkim"]);
}

#[test]
fn a_query_of_several_lines_is_one_question() {
    let mut stage = Stage::new(120, 36);
    stage
        .answer_all(world::answer)
        .write("process_name:net.exe")
        .press("alt-enter")
        .write("username:tkim")
        .press("enter");
    assert_eq!(asked(&stage), ["process_name:net.exe username:tkim"]);
    // Within it, the arrows move; only above the first line they recall.
    stage.press("i up").write("x");
    stage.shows(&["process_name:xnet.exe", "username:tkim"]);
}

#[test]
fn letters_are_text_in_the_editor_and_keys_outside_of_it() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write("quit?+_rG");
    assert!(!stage.has_quit);
    stage.shows(&["quit?+_rG"]);
    stage.press("esc q");
    assert!(stage.has_quit);
}

#[tokio::test]
async fn the_request_log_counts_requests_and_answers_from_the_cache() {
    let mut console = Console::start().await;
    let n_requests = |console: &Console| console.app.session().connection.request_stats.n_requests;
    console.lacks("in flight");
    assert_eq!(n_requests(&console), 1);
    console.search(r"process_name:net.exe cmdline:\\test\blah").await;
    // A page, four summaries, a sensor, its group, a binary.
    assert_eq!(n_requests(&console), 9);
    console.press("esc j k j k").await;
    assert_eq!(n_requests(&console), 9);
    console.press("@ tab").await.shows(&["Requests  9", "from the cache"]);
}

#[test]
fn q_leaves_a_popup_then_what_was_followed_and_asks_before_it_quits() {
    let mut stage = Stage::new(120, 36);
    stage.search("a").press("esc ?").press("q");
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
    // Into the same hash, and back out of it.
    stage.press("x h").answer_all(world::answer);
    stage.shows(&["md5:"]).press("q").answer_all(world::answer);
    stage.lacks("md5:");
    assert!(!stage.has_quit);
    // Somewhere else: what lies behind is not thrown away by one key.
    stage.press("8").answer_all(world::answer).press("q");
    stage.shows(&["[ = back in history. Press q again to quit"]);
    assert!(!stage.has_quit);
    // Any other key takes the question back.
    stage.press("j q").shows(&["Press q again to quit"]);
    assert!(!stage.has_quit);
    stage.press("q");
    assert!(stage.has_quit);
}

#[test]
fn q_leaves_at_once_where_nothing_would_be_lost() {
    let mut stage = Stage::new(120, 36);
    stage.search("a").press("esc q");
    assert!(stage.has_quit);
}

#[test]
fn tab_goes_round_the_panes_and_never_into_the_query() {
    for view in ["1", "3", "5", "7"] {
        let mut stage = Stage::new(120, 36);
        stage.press("esc").press(view).answer_all(world::answer);
        for key in ["tab", "tab", "tab", "tab", "backtab", "backtab", "backtab"] {
            stage.press(key);
            let focus = stage.app.focus();
            assert!(!matches!(focus, PaneId::Query(_)), "{view} {key}");
        }
        // The key of the query is the way there.
        stage.press("i");
        assert!(matches!(stage.app.focus(), PaneId::Query(_)), "{view}");
    }
}

#[test]
fn what_is_typed_after_a_key_that_begins_no_entry_here_is_no_command() {
    let mut stage = Stage::new(120, 36);
    stage.search("a").press("esc tab /");
    stage.shows(&["\"/\" does nothing in this pane"]);
    let before = stage.app.focus();
    stage.write("quiet 8 IdB").press("backspace");
    stage.shows(&["/ is not available here"]);
    assert!(!stage.has_quit);
    assert_eq!(stage.app.focus(), before);
    // What ends an entry ends this, and does nothing else.
    stage.press("enter");
    assert_eq!(stage.app.focus(), before);
    stage.press("j tab");
    assert_ne!(stage.app.focus(), before);
    // Over a popup, too.
    stage.press("? :").write("q");
    assert_eq!(stage.app.focus(), PaneId::Overlay);
    stage.press("esc q");
    assert_ne!(stage.app.focus(), PaneId::Overlay);
}

/// As many terms as make a text of some size.
fn terms(n: usize) -> String {
    let terms: Vec<_> = (0..n).map(|at| format!("process_name:a{at:05}.exe")).collect();
    terms.join(" OR ")
}

#[test]
fn a_long_paste_is_taken_whole_and_asked_whole() {
    let query = terms(2000);
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    stage.input(Input::Paste(query.clone())).press("enter");
    assert_eq!(asked(&stage), [query]);
}

#[test]
fn a_paste_that_is_too_long_is_refused_with_the_limit_and_the_text_stays() {
    let mut stage = Stage::new(160, 36);
    stage.answer_all(world::answer).write("username:tkim");
    stage.input(Input::Paste(terms(4000)));
    stage.shows(&[
        "Not pasted: 107996 characters; this field takes at most 65000, and has room for 64987 more",
        "username:tkim",
    ]);
    stage.press("enter");
    assert_eq!(asked(&stage), ["username:tkim"]);
}

#[test]
fn every_field_takes_a_paste_whole_or_names_its_limit() {
    let mut stage = Stage::new(120, 36);
    stage.search("process_name:net.exe").press("esc");
    for keys in [
        "/", ":", "E", "ctrl-t", "ctrl-s s", "W", "I", "I tab", "S|n", "9 n", "9 tab n", "7 n", "6 n", "8 a", "4 i",
        "2 tab /", "F /", "esc F K", "3 /", "3 i", "5",
    ] {
        stage.press("ctrl-l esc esc esc esc 1 esc");
        for key in keys.split(' ') {
            stage.press(&key.replace('|', " ")).answer_all(world::answer);
        }
        stage.input(Input::Paste("x".repeat(1_100_000)));
        stage.shows(&["Not pasted: 1100000 characters; this field takes at most"]);
    }
}

#[test]
fn what_is_typed_beyond_the_limit_is_said_and_not_sent_without_a_word() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer);
    stage.input(Input::Paste("x".repeat(64_999)));
    stage.write("yz");
    stage.shows(&["This field takes at most 65000 characters; 1 typed after that were dropped"]);
    stage.press("enter");
    stage.shows(&["Not run: 1 typed characters were dropped"]);
    assert_eq!(asked(&stage), [""; 0]);
    stage.press("enter");
    assert_eq!(asked(&stage), [format!("{}y", "x".repeat(64_999))]);
}

#[test]
fn what_is_typed_at_once_means_what_it_means_key_by_key() {
    for text in ["process_name:net.exe usern", "\u{1b}", "jjq"] {
        let mut at_once = Stage::new(120, 36);
        at_once.answer_all(world::answer).press("esc 3");
        at_once.input(Input::Typed(format!("i{text}")));
        let mut by_key = Stage::new(120, 36);
        by_key.answer_all(world::answer).press("esc 3 i").write(text);
        assert_eq!(at_once.text(), by_key.text());
    }
    let mut stage = Stage::new(120, 36);
    stage.search("process_name:net.exe").press("esc");
    stage.input(Input::Typed("jjF".into()));
    stage.shows(&["Facets"]);
}

#[tokio::test]
async fn a_text_that_comes_as_keys_is_one_text() {
    let mut console = Console::start().await;
    let query = terms(1500);
    console.write(&query).await;
    // The end of it is in sight, and nothing of it is lost.
    console.shows(&["a01499.exe"]);
    console.press("ctrl-a").await.write("x").await.shows(&["xprocess_name:a00000.exe"]);
}
