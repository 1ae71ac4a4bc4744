//! What is pasted where one line is typed, or nothing: lists are recognised, links are understood, and nothing is silently
//! ignored.

use crate::support::{console::Console, stage::Stage, world};
use lampblack::app::Input;
use lampblack::panes::PaneId;

const LIST: [&str; 3] = ["9e107d9d372bb6826bd81d3542a419d6", "evil[.]example", "hxxp://10[.]0[.]0[.]1/x"];
const SAID: &str = "This is a list of 3 indicators, not a query";

/// Where one line is typed that looks for something: the keys that lead there from any view, parted by `|` where the
/// answers must have come.
const SOUGHT: [&str; 8] = ["esc 4 i", ":", "/", "esc 3 /", "esc 9 tab /", "esc F /", "esc F K", "esc 6 n tab tab"];

fn there(keys: &str) -> Stage {
    let mut stage = Stage::new(120, 36);
    stage.search("process_name:net.exe").press("esc");
    for key in keys.split(' ') {
        stage.press(key).answer_all(world::answer);
    }
    stage
}

#[test]
fn a_list_that_is_pasted_into_one_line_is_recognised_whatever_ends_its_lines() {
    for keys in SOUGHT {
        for end in ["\n", "\r\n", "\r", "\u{2028}", "\n\n"] {
            let mut stage = there(keys);
            let before = stage.text();
            stage.input(Input::Paste(LIST.join(end) + end));
            stage.shows(&[&format!("Not pasted: {SAID}")]);
            stage.lacks("9e107d9d").lacks("evil");
            let asked = stage.asked.len();
            assert_eq!(asked, 0, "{keys}: something was sent\n{before}");
        }
    }
}

#[test]
fn lines_that_are_no_list_become_one_line() {
    for end in ["\n", "\r\n", "\r", "\u{85}"] {
        let mut stage = there("esc 6 n tab tab");
        stage.input(Input::Paste(["process_name:a.exe", "username:b", ""].join(end)));
        stage.shows(&["process_name:a.exe username:b"]);
    }
}

#[test]
fn a_list_that_is_typed_as_the_query_of_a_watchlist_goes_no_further() {
    let mut stage = there("esc 6 n");
    stage.write("mine").press("tab tab");
    stage.write("10.0.0.1 10.0.0.2").press("tab enter");
    stage.shows(&["This is a list of 2 indicators, not a query", "│query"]);
    assert!(stage.previewed.is_empty());
}

#[test]
fn a_reason_may_be_of_several_lines_and_name_indicators() {
    let mut stage = there("I");
    stage.input(Input::Paste(LIST.join("\r\n")));
    stage.shows(&["9e107d9d372bb6826bd81d3542a419d6 evil.example"]);
}

#[test]
fn what_is_commented_out_of_a_pasted_list_is_not_banned() {
    for end in ["\n", "\r\n", "\r"] {
        let mut stage = there("esc 8 a");
        let list = [
            "# seen at a customer: e4d909c290d0fb1ca068ffaddf22cbd0",
            LIST[0],
            "https://cb.example.com/#/binary/D41D8CD98F00B204E9800998ECF8427E",
        ];
        stage.input(Input::Paste(list.join(end)));
        stage.shows(&["2 hashes, 0 not MD5"]);
    }
}

#[test]
fn a_paste_that_nothing_takes_is_said_to_be_ignored() {
    for keys in ["esc", "esc 3", "esc 4", "esc 8", "esc 9", "?", "esc 6 tab", "@"] {
        let mut stage = there(keys);
        stage.input(Input::Paste("process_name:a.exe".into()));
        stage.shows(&["Not pasted: no text is typed here"]);
        assert!(stage.asked.is_empty(), "{keys}");
    }
    let mut stage = there("esc 6 n tab tab tab");
    stage.input(Input::Paste("yes".into()));
    stage.shows(&["Not pasted: space says yes or no"]);
    let mut stage = there("I tab tab");
    stage.input(Input::Paste("a reason".into()));
    stage.shows(&["Not pasted"]).lacks("a reason");
    let mut stage = there("esc");
    stage.input(Input::Paste("x".into()));
    stage.shows(&["i to edit a query", ": to follow a link"]);
}

const GUID: &str = "00000003-0000-0e60-01d1-a9fcb6a4fb5f";

/// A console with the process of a row open in no pane.
async fn console() -> Console {
    let mut console = Console::start().await;
    console.press("esc").await;
    console.asked();
    console
}

/// A link of this server to what is behind the `#`.
fn own(place: &str) -> String {
    format!("https://cb.example.com/#/{place}")
}

/// The same of another server.
fn other(place: &str) -> String {
    format!("https://cb.other.example/#/{place}")
}

#[tokio::test]
async fn a_link_leads_from_the_palette_to_what_it_names() {
    let mut console = console().await;
    let mut at = async |link: &str| {
        console.press("esc esc :").await.paste(link).await;
        console.shows(&["Enter opens it"]);
        assert_eq!(console.asked(), [""; 0], "{link}: it was not entered");
        console.press("enter").await;
        console.lacks("Enter opens it");
        (console.text(), console.asked().join("\n"))
    };
    let (screen, asked) = at(&own("host/4")).await;
    assert!(screen.contains("filter: id:4"), "{screen}");
    assert!(asked.contains("/api/v1/sensor/4"), "{asked}");
    let (screen, _) = at(&own("watchlist/3")).await;
    assert!(screen.contains("Watchlists"), "{screen}");
    let md5 = LIST[0].to_uppercase();
    let (_, asked) = at(&own(&format!("binary/{md5}"))).await;
    assert!(asked.contains("/api/v1/binary?"), "{asked}");
    assert!(asked.contains(&format!("md5%3A{}", LIST[0])), "{asked}");
    let (_, asked) = at(&own("alerts/cb.urlver=1&q=status%3AResolved")).await;
    assert!(asked.contains("/api/v2/alert?"), "{asked}");
    assert!(asked.contains("q=status%3AResolved"), "{asked}");
    let (_, asked) = at(&own("threat-details/12/CI-118")).await;
    assert!(asked.contains("feed_id%3A12+report_id%3ACI-118"), "{asked}");
    let (_, asked) = at(&own("search/cb.urlver=1&q=process_name%3Anet.exe")).await;
    assert!(asked.contains("q=process_name%3Anet.exe"), "{asked}");
    let (_, asked) = at(&own(&format!("analyze/{GUID}/1"))).await;
    assert!(asked.contains(&format!("/process/{GUID}/0")), "{asked}");
    // A process that the server does not have is named by its id in the line of tabs.
    let (screen, _) = at(&own("analyze/00000009-0000-1092-01d7-10df4de391b0/1")).await;
    assert!(screen.lines().nth(1).is_some_and(|tabs| tabs.contains("process 00000009")), "{screen}");
}

#[tokio::test]
async fn a_link_to_another_server_is_followed_to_none() {
    let mut console = console().await;
    for place in ["host/4", "watchlist/3", "threat-details/12/CI-118"] {
        console.press("esc esc :").await.paste(&other(place)).await;
        console.shows(&["This link is for cb.other.example, where IDs differ"]);
        console.press("enter").await;
        console.shows(&["This link is for cb.other.example"]);
        assert_eq!(console.asked(), [""; 0], "{place}");
        assert_eq!(console.app.focus(), PaneId::Overlay, "{place}");
    }
    // No other server has a process of the same name.
    console
        .press("esc esc :")
        .await
        .paste(&other(&format!("analyze/{GUID}/1")))
        .await
        .shows(&["on cb.other.example; cb.example.com has this"]);
    console.press("enter").await;
    let asked = console.asked();
    assert!(!asked.is_empty());
    console.press("esc esc :").await.paste(&own("dashboard")).await;
    console.press("enter").await;
    console.shows(&["This link points to an unknown page"]);
    assert_eq!(console.asked(), [""; 0]);
}

#[tokio::test]
async fn the_box_that_finds_sensors_takes_the_link_of_a_host() {
    for is_typed in [false, true] {
        let mut console = console().await;
        console.press("4 i ctrl-u").await;
        console.asked();
        if is_typed {
            console.write(&own("host/4")).await.press("enter").await;
        } else {
            console.paste(&own("host/4")).await;
        }
        console.shows(&["The link points to a host: Enter searches for it", "id:4"]);
        assert_eq!(console.asked(), [""; 0]);
        console.press("enter").await.shows(&["filter: id:4"]);
    }
    let mut console = console().await;
    console.press("4 i ctrl-u").await;
    console.asked();
    console.paste(&other("host/4")).await;
    console.press("enter").await;
    console.shows(&["This link is for cb.other.example"]);
    console.press("ctrl-u").await.paste(&own("watchlist/3")).await;
    console.press("enter").await;
    console.shows(&["This link points to a watchlist, not to a host"]);
    assert_eq!(console.asked(), [""; 0]);
}

#[tokio::test]
async fn a_watchlist_is_made_of_the_link_of_a_search() {
    let link = "search/cb.urlver=1&q=process_name%3Aa.exe&cb.fq.hour_of_day=3";
    for is_typed in [false, true] {
        let mut console = console().await;
        console.press("6 n").await.write("mine").await;
        console.press("tab tab").await;
        if is_typed {
            console.write(&own(link)).await.press("tab enter").await;
        } else {
            console.paste(&own(link)).await;
        }
        console.shows(&["The link points to a process search", "process_name:a.exe cb.fq.hour_of_day=3", "│query"]);
        assert_eq!(console.app.focus(), PaneId::Overlay);
    }
}

#[tokio::test]
async fn a_filter_takes_no_link_and_says_where_it_leads() {
    let mut console = console().await;
    console.press("4 /").await.paste(&own("host/4")).await;
    console.shows(&["Not pasted: This link points to a host. Open it from the command palette"]);
    console.write(&own("host/4")).await.press("enter").await;
    console.shows(&["This link points to a host. Open it from the command palette"]);
}
