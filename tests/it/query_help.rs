//! Writing a query with help: values offered, mistakes mended, the meaning explained.

use std::fs;

use crate::support::{
    SIZES, SNAPSHOT_SIZE,
    console::Console,
    stage::Stage,
    world::{self, known},
};
use insta::assert_snapshot;
use lampblack::api::Error;
use lampblack::app::Input;
use lampblack::fetch::{Answer, BinariesFetch, FacetsFetch, Fetch};
use lampblack::model::{Binary, Page, Process, Search, Sensor};
use lampblack::panes::PaneId;
use lampblack::query::Index;
use lampblack::session::{NamedQuery, PeriodInput};
use lampblack::storage::SavedQueries;
use lampblack::worker::{List, Slot};

/// A server that has two process names to offer.
fn names(fetch: &Fetch) -> Result<Answer, Error> {
    match fetch {
        Fetch::Facets(FacetsFetch { fields, .. }) => {
            let json = r#"{"total_results": 5, "facets": {"process_name": [
                {"name": "svchost.exe", "value": 4}, {"name": "svch0st.exe", "value": 1}]}}"#;
            let facets = lampblack::wire::facets(json, fields).unwrap();
            Ok(Answer::from(known(facets)))
        }
        _ => world::answer(fetch),
    }
}

/// The queries whose values were asked for and have not come.
fn asked(stage: &Stage) -> Vec<String> {
    let asked = stage.asked.iter().filter_map(|(_, _, fetch)| match fetch {
        Fetch::Facets(FacetsFetch { search, .. }) => Some(search.query.clone()),
        _ => None,
    });
    asked.collect()
}

fn writing(text: &str) -> Stage {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write(text);
    stage
}

#[test]
fn values_are_asked_for_by_a_key_and_never_by_typing() {
    let mut stage = writing("process_name:svch");
    assert!(asked(&stage).is_empty());
    stage.press("tab");
    assert_eq!(asked(&stage), ["process_name:svch*"]);
    stage.answer_all(names);
    stage.shows(&["svchost.exe  4 ", "svch0st.exe  1 "]);
    // What is typed on narrows what is offered, and asks nothing.
    stage.write("0").shows(&["svch0st.exe"]);
    stage.lacks("svchost.exe  4 ");
    assert!(asked(&stage).is_empty());
    stage.press("tab").shows(&["│process_name:svch0st.exe "]);
    stage.lacks("1 times");
    stage.press("enter");
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
}

#[test]
fn where_there_is_no_other_value_the_key_goes_on() {
    let mut stage = writing("process_name:qq");
    stage.press("tab").answer_all(names);
    stage.shows(&["No other value of process_name matches"]);
    stage.press("tab");
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
    // Where the server counts nothing, nothing is asked.
    let mut stage = writing("cmdline:x");
    stage.press("ctrl-space").shows(&["No values to list here"]);
    stage.press("tab");
    assert!(asked(&stage).is_empty());
    assert_eq!(stage.app.focus(), PaneId::List(List::Processes));
}

#[test]
fn what_was_taken_back_is_offered_again() {
    let mut stage = writing("process_name:svch");
    stage.press("ctrl-space").answer_all(names);
    stage.press("esc").lacks("svchost.exe  4 ");
    assert_eq!(stage.app.focus(), PaneId::Query(Index::Process));
    stage.press("ctrl-space").shows(&["svchost.exe  4 "]);
    assert!(asked(&stage).is_empty());
}

#[test]
fn values_that_do_not_come_are_said_to() {
    let mut stage = writing("process_name:svch");
    stage.press("tab").answer_all(|_| Err(Error::Internal));
    stage.shows(&["No values: "]);
    stage.press("tab").press("ctrl-c").lacks("svchost.exe  4 ");
    assert!(!stage.app.session().values.is_pending(Slot::FieldValues));
}

#[test]
fn a_mistake_is_mended_by_one_key() {
    let mut stage = writing("(process_name:net.exe");
    stage.shows(&["^x: close it at the end"]);
    stage.press("ctrl-x").shows(&["│(process_name:net.exe) ", "Fixed: close it at the end"]);
    stage.press("ctrl-x").shows(&["No automatic fix available"]);
    let mut stage = writing("- process_name:net.exe");
    stage.press("ctrl-x").shows(&["│-process_name:net.exe "]);
}

#[test]
fn a_query_is_explained_inside_the_editor_and_outside() {
    let mut stage = writing(r"cmdline:\\test\blah start:-24h (a or -username:x)");
    stage.press("f2");
    assert_snapshot!("explained", stage.picture());
    stage.press("esc enter").answer_all(world::answer);
    stage.press("g q").shows(&["How the server reads the query", "from 2026-03-03 10:20:00Z to 2026-03-04 10:20:00Z"]);
    stage.press("esc 2 g q").shows(&["No query in this view"]);
}

#[test]
fn what_does_not_fit_is_marked_and_can_be_read_in_full() {
    let mut stage = Stage::new(44, 16);
    stage.search("a").press("esc v G");
    // A notice, where the next key would take it away.
    stage.shows(&["100 marked; 114 rows ar", "! in full"]);
    stage.press("!").shows(&["Full message", "not marked"]);
    // Nothing is said of what fits.
    stage.press("esc esc v").resize(120, 36);
    stage.lacks("in full");
    stage.press("!").shows(&["Range marking on; v ends it"]);
}

#[test]
fn what_is_wrong_with_a_query_can_be_read_in_full_inside_the_editor_and_outside() {
    let mut stage = Stage::new(44, 16);
    stage.answer_all(world::answer).write("(process_nam:net.exe");
    stage.shows(&["f2 in full"]);
    stage.press("f2").shows(&["error", "Unclosed (", "fix"]);
    stage.press("esc esc !").shows(&["Problems in the query", "Unclosed ("]);
}

#[test]
fn a_host_with_dozens_of_adapters_still_shows_its_health_and_version() {
    let adapters = (0..60).map(|n| format!("10.0.0.{n},0050569a1b{n:02x}|"));
    let adapters = adapters.collect::<Vec<_>>().concat();
    let answer = |fetch: &Fetch| match fetch {
        Fetch::Sensor(_) => {
            let mut sensor = world::sensor();
            sensor["network_adapters"] = adapters.as_str().into();
            let sensor: Sensor = lampblack::wire::parse_one(&sensor.to_string()).unwrap().unwrap();
            Ok(Answer::from(known(sensor)))
        }
        _ => world::answer(fetch),
    };
    let mut stage = Stage::new(120, 36);
    stage.write("a").press("enter").answer_all(answer);
    stage.shows(&["10.0.0.1 ", "+58", "health    95", "md5 "]);
    stage.lacks("10.0.0.2 ");
    // Scrolling shows all of them.
    stage.press("esc tab tab +");
    stage.text();
    stage.press("G").shows(&["10.0.0.59"]);
}

#[test]
fn a_download_says_one_thing_of_what_is_verified() {
    let stored = |lengths: [u64; 2]| {
        move |fetch: &Fetch| match fetch {
            Fetch::Binaries(BinariesFetch { span, .. }) => {
                let rows = lengths.iter().zip(1..).map(|(stored, row)| {
                    let mut document = world::binary();
                    document["md5"] = format!("{row:032X}").into();
                    document["copied_mod_len"] = (*stored).into();
                    let binary = lampblack::wire::parse_one(&document.to_string());
                    std::sync::Arc::new(binary.unwrap().unwrap())
                });
                Ok(Answer::from(known(Page::<std::sync::Arc<Binary>> {
                    rows: rows.collect(),
                    total: 2,
                    start: span.start,
                    ..Page::default()
                })))
            }
            _ => world::answer(fetch),
        }
    };
    let preview = |lengths, keys: &str| {
        let mut stage = Stage::new(120, 36);
        stage.press("esc 5 enter").answer_all(stored(lengths));
        stage.press(keys).shows(&["Download"]).text()
    };
    let whole = preview([73_216, 73_216], "D");
    assert!(whole.contains("the MD5 is verified") && !whole.contains("cannot be"), "{whole}");
    let partial = preview([100, 73_216], "D");
    assert!(partial.contains("cannot be verified"), "{partial}");
    assert!(!partial.contains("is verified"), "{partial}");
    let both = preview([100, 73_216], "* D");
    assert!(both.contains("the MD5 of the other files is verified"), "{both}");
}

/// The search that was asked last.
fn search(stage: &Stage) -> Search {
    let results = &stage.app.session().lists.pages::<Process>();
    Search::clone(results.search().expect("something was asked"))
}

#[test]
fn a_period_is_set_without_editing_the_query_and_undone_by_going_back() {
    let mut stage = writing("process_name:net.exe");
    stage.press("enter").answer_all(world::answer);
    stage.press("g t").write("-24h").shows(&[
        "means  last event since 2026-03-03 10:20:00Z, host clock",
        "2026-03-04 10:00..2026-03-04 12:00, yesterday..",
    ]);
    stage.press("tab").shows(&["last event since 2026-03-03 10:20:00Z, server clock"]);
    stage.press("enter").answer_all(world::answer);
    let bound = search(&stage);
    assert_eq!(bound.query, "process_name:net.exe");
    assert!(bound.min_last_server_update.is_some() && bound.min_last_update.is_none());
    stage.shows(&["last event -24h, server clock"]);
    // Another order of the same is of the same time.
    stage.press("s").answer_all(world::answer);
    assert_eq!(search(&stage).min_last_server_update, bound.min_last_server_update);
    stage.press("[ [").answer_all(world::answer);
    stage.lacks("last event -24h");
    assert_eq!(search(&stage).min_last_server_update, None);
    stage.press("]").shows(&["last event 2026-03-03T10:20:00Z.., server clock"]);
}

#[test]
fn what_is_no_period_is_not_taken() {
    let mut stage = writing("x");
    stage.press("ctrl-t").write("yesterday").shows(&["last event since 2026-03-03 00:00:00Z, host clock"]);
    stage.press("ctrl-u").write("someday").shows(&["no time range yet"]);
    stage.press("enter").shows(&["Not a time range"]);
    stage.press("esc").lacks("no time range yet");
    stage.press("esc 3 g t").answer_all(world::answer);
    stage.shows(&["Only process searches have a time range"]);
}

#[test]
fn the_history_knows_of_when_a_query_was() {
    let mut stage = writing("process_name:net.exe");
    stage.press("ctrl-t").write("-7d").press("enter");
    stage.press("enter").answer_all(world::answer);
    stage.press("g t ctrl-u enter").answer_all(world::answer);
    stage.lacks("last event -7d");
    // The same query of another time is another.
    stage.press("ctrl-r").shows(&["Query history 2", "process_name:net.exe   last event -7d, host clock"]);
    stage.press("j enter enter").answer_all(world::answer);
    assert!(search(&stage).min_last_update.is_some());
    // By the arrows too, and what was being written comes back with its time.
    stage.press("g t ctrl-u enter").answer_all(world::answer);
    stage.press("i up up").shows(&["last event -7d"]);
    stage.press("down down").lacks("last event -7d");
}

#[test]
fn an_earlier_query_is_found_by_letters_of_it_in_their_order() {
    let mut stage = writing("process_name:net.exe");
    stage.press("enter").answer_all(world::answer);
    for query in ["hostname:fin", "username:SYSTEM"] {
        stage.press("i ctrl-u").write(query).press("enter").answer_all(world::answer);
    }
    stage.press("ctrl-r /").write("pnet").shows(&["find  pnet", "process_name:net.exe"]);
    stage.lacks("hostname:fin  ").press("enter").shows(&["process_name:net.exe"]).lacks("Query history");
    // Escape takes the text away first, and only then the history.
    stage.press("ctrl-r /").write("qqq").shows(&["No match for qqq"]);
    stage.press("enter").shows(&["No match for qqq"]);
    stage.press("esc").shows(&["Query history 3", "hostname:fin"]).press("esc").lacks("Query history");
}

#[test]
fn a_command_is_found_by_what_other_consoles_call_it_and_by_its_initials() {
    let mut stage = writing("x");
    stage.press("enter").answer_all(world::answer);
    let mut first = |typed: &str| {
        stage.press(":").write(typed);
        let screen = stage.text();
        let mut lines = screen.lines().skip_while(|line| !line.contains(&format!(":{typed}")));
        let left = lines.next().and_then(|line| Some(line[..line.find(':')?].chars().count())).unwrap_or_default();
        let entry: String = lines.nth(1).unwrap_or_default().chars().skip(left).collect();
        stage.press("esc");
        entry.split_whitespace().next().unwrap_or_default().to_owned()
    };
    for (typed, name) in [
        ("contain", "isolate"),
        ("quarantine", "isolate"),
        ("block", "ban"),
        ("mute report", "ignore-report"),
        ("sweep", "hunt"),
        ("timeline", "process"),
        ("tz", "time-zone"),
        ("hunt", "hunt"),
    ] {
        assert_eq!(first(typed), name, "{typed}");
    }
    stage.press(":").write("theme").shows(&["The theme is set in the configuration"]).press("esc");
    stage.press(":").write("xyzzy").shows(&["No match for xyzzy"]);
}

#[test]
fn the_command_that_was_used_last_comes_first_among_equals() {
    let mut stage = writing("x");
    stage.press("enter").answer_all(world::answer);
    stage.press(":").write("same").shows(&["same-hash"]).press("down down enter").press("esc");
    let order = |stage: &mut Stage| {
        stage.press(":").write("same");
        let screen = stage.text();
        stage.press("esc");
        (screen.find("same-host"), screen.find("same-hash"))
    };
    let (host, hash) = order(&mut stage);
    assert!(host < hash, "{host:?} {hash:?}");
}

#[test]
fn a_key_is_found_in_the_help() {
    let mut stage = writing("x");
    stage.press("enter").answer_all(world::answer);
    stage.press("? /").write("rarest").shows(&["No match for rarest"]);
    stage.press("ctrl-u").write("export").shows(&["find  export", "Export the rows shown"]).lacks("Go to the last row");
    // Other products have other names for it.
    stage.press("ctrl-u").write("quarantine").shows(&["Isolate "]).lacks("Export the rows shown");
    stage.press("esc").shows(&["Keys: Processes"]).press("esc").lacks("Keys: Processes");
}

#[test]
fn the_time_range_and_the_saved_queries_fit_every_size() {
    for size in SIZES {
        let mut stage = Stage::new(size.0, size.1);
        stage.answer_all(world::answer).write("x");
        stage.press("ctrl-t").write("-24h");
        stage.shows(&["Time range (last event)", "-24h -1h30m -7d", "last event since 2026-03-03 10:20:00Z, ho"]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("period", stage.picture());
        }
        stage.input(Input::Saved {
            queries: vec![
                NamedQuery {
                    name: "office starts a shell".into(),
                    query: "parent_name:winword.exe process_name:cmd.exe".into(),
                    ..NamedQuery::default()
                },
                NamedQuery {
                    name: "hostile \u{1b}[2J".into(),
                    query: "x\u{202e}".into(),
                    period: PeriodInput { text: "-7d".into(), ..PeriodInput::default() },
                    note: "of a colleague".into(),
                },
            ],
            text: "saved".into(),
        });
        stage.press("esc ctrl-s s").write("mine");
        stage.shows(&["Saved queries 2", "office starts a shell", "hostile ␛[2J", "x<U+202E>"]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("saved", stage.picture());
        }
    }
}

#[tokio::test]
async fn a_query_is_saved_in_a_file_picked_from_it_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shared/queries.toml");
    let mut console = Console::start().await;
    console.outside.saved = Some(SavedQueries::load(&path).unwrap());
    console.write("process_name:net.exe").await;
    console.press("ctrl-t").await.write("-30d").await;
    console.press("tab enter ctrl-s").await;
    console.shows(&["No saved queries"]);
    console.press("s enter").await;
    console.shows(&["Enter a name for the query"]);
    console.write("nets").await.press("enter").await;
    console.shows(&["Saved nets in ", "Saved queries 1"]);
    let text = fs::read_to_string(&path).unwrap();
    for line in ["name = \"nets\"", "query = \"process_name:net.exe\"", "period = \"-30d\"", "clock = \"server\""] {
        assert!(text.contains(line), "{text}");
    }
    // It is picked with its time, and only enter asks.
    console.press("esc ctrl-u ctrl-t ctrl-u enter").await;
    console.asked();
    console.press("ctrl-s enter").await;
    console.shows(&["process_name:net.exe", "last event -30d, server clock"]);
    assert!(console.asked().is_empty());
    console.press("ctrl-s d").await;
    console.shows(&["Press again to delete nets"]);
    console.press("d").await.shows(&["Deleted nets", "Saved queries 0"]);
    assert!(!fs::read_to_string(&path).unwrap().contains("nets"));
}

#[test]
fn a_query_is_not_saved_where_there_is_no_file_and_not_without_words() {
    let mut stage = writing("");
    stage.press("ctrl-s s").shows(&["No query to save"]);
    stage.press("d").shows(&["No query selected"]);
}

#[tokio::test]
async fn the_values_of_the_server_complete_a_query() {
    let mut console = Console::start().await;
    console.asked();
    console.write("hostname:SRV-").await.press("tab").await;
    let asked = console.asked();
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert!(asked[0].contains("facet.field=hostname") && asked[0].contains("rows=0"));
    console.press("down tab enter").await;
    console.shows(&["hostname:srv-", "Processes  "]);
}
