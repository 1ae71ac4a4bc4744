//! Facets: counted, marked, made part of the query, and compared.

use std::fs;

use crate::support::{
    SIZES, SNAPSHOT_SIZE,
    console::Console,
    stage::Stage,
    world::{self, known},
};
use insta::assert_snapshot;
use lampblack::api::Error;
use lampblack::app::App;
use lampblack::fetch::{Answer, FacetsFetch, Fetch, ProcessesFetch};
use lampblack::model::{Document, Facet, FacetValue, Facets, Search};
use lampblack::panes::PaneId;
use lampblack::session::slots;
use lampblack::worker::FacetSide;

/// A value that occurs so often.
fn value(name: &str, count: u64) -> FacetValue {
    FacetValue {
        name: name.into(),
        count,
        percent: None,
        ratio: None,
        document: Document::new(format!(r#"{{"name":"{name}","value":{count}}}"#)),
    }
}

/// A server that counts these process names for the first query, and others for a query that names another host.
fn counting<'a>(
    here: &'a [(&'a str, u64)],
    there: &'a [(&'a str, u64)],
) -> impl Fn(&Fetch) -> Result<Answer, Error> + 'a {
    move |fetch| match fetch {
        Fetch::Facets(FacetsFetch { search, fields }) => {
            let names = if search.query.contains("other") { there } else { here };
            let facet = |field: &String| Facet {
                field: field.clone(),
                values: match field.as_str() {
                    "process_name" => names.iter().map(|(name, n)| value(name, *n)).collect(),
                    "hour_of_day" => vec![value("0", 1), value("1", 9)],
                    _ => Vec::new(),
                },
                broken: 0,
            };
            Ok(Answer::from(known(Facets {
                facets: fields.iter().map(facet).collect(),
                total: names.iter().map(|(_, n)| n).sum(),
                ..Facets::default()
            })))
        }
        _ => world::answer(fetch),
    }
}

const HERE: [(&str, u64); 3] = [("chrome.exe", 90), ("net.exe", 9), ("svch0st.exe", 1)];
const THERE: [(&str, u64); 2] = [("chrome.exe", 180), ("net.exe", 2)];

/// A console that counts what a query finds.
fn facets(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.search("hostname:one").press("F");
    stage.answer_all(counting(&HERE, &THERE));
    stage
}

/// The pending queries of the process index.
fn searched(stage: &Stage) -> Vec<String> {
    let searches = stage.asked.iter().filter_map(|(_, _, fetch)| match fetch {
        Fetch::Processes(ProcessesFetch { search, .. }) => Some(search.query.clone()),
        _ => None,
    });
    searches.collect()
}

#[test]
fn several_fields_are_counted_in_one_request_without_rows() {
    let mut stage = Stage::new(120, 36);
    stage.search("hostname:one").press("F");
    let counted: Vec<_> = stage.asked.iter().filter(|(_, _, fetch)| matches!(fetch, Fetch::Facets(_))).collect();
    assert_eq!(counted.len(), 1);
    assert!(matches!(&counted[0].2, Fetch::Facets(FacetsFetch { search, fields })
        if search.query == "hostname:one" && fields.len() == 9));
    stage.shows(&["Counting… ^c cancels"]);
    stage.answer_all(counting(&HERE, &THERE));
    stage.shows(&["Facets  process_name, 3 values", "100 segments"]);
    // Going away and coming back asks nothing.
    stage.press("F F");
    assert_eq!(stage.asked.len(), 0);
}

#[test]
fn values_that_could_not_be_read_are_reported_and_never_called_none() {
    for (names, title) in [
        (&HERE[..], "Facets  process_name, 3 values; 2 values could not be read"),
        (&[][..], "Facets  process_name, 0 values; 2 values could not be read"),
    ] {
        let mut stage = Stage::new(120, 36);
        stage.search("hostname:one").press("F");
        stage.answer_all(|fetch| {
            let answer = counting(names, &THERE)(fetch)?;
            let Some(counted) = answer.get::<Facets>() else {
                return Ok(answer);
            };
            let mut facets = (*counted.value).clone();
            (facets.n_unreadable, facets.facets[0].broken, facets.total) = (2, 2, 9);
            Ok(Answer::from(known(facets)))
        });
        stage.shows(&[title]);
        let none = "The server has no value counts for this field";
        assert!(!stage.text().contains(none));
        if names.is_empty() {
            stage.shows(&["Unknown: 2 values could not be read"]);
        }
    }
}

#[test]
fn the_rarest_come_first_and_other_fields_are_a_key_away() {
    let mut stage = facets(120, 36);
    let right = |stage: &mut Stage| {
        let screen = stage.text();
        let found = screen.lines().find(|line| line.contains("││>"));
        found.unwrap_or_default().to_owned()
    };
    assert!(right(&mut stage).contains("chrome.exe"));
    stage.press("s").shows(&["rarest first"]);
    assert!(right(&mut stage).contains("svch0st.exe"));
    stage.press("h h").shows(&["Facets  hour_of_day, 2 values"]);
    stage.press("space").shows(&["Values of hour_of_day"]);
    stage.press("l l l").shows(&["The server has no value counts for this field"]);
}

#[test]
fn what_is_marked_becomes_part_of_the_query_and_escape_discards_it() {
    let mut stage = facets(120, 36);
    stage.press("- space space").shows(&["2 to include, 1 to exclude", "Enter applies"]);
    stage.press("esc").shows(&["Cleared the marks"]);
    stage.lacks("Enter applies");
    stage.press("g g - space space enter");
    assert_eq!(
        searched(&stage),
        ["hostname:one (process_name:net.exe OR process_name:svch0st.exe) -process_name:chrome.exe"]
    );
    stage.answer_all(counting(&HERE, &THERE));
    assert_eq!(stage.app.focus(), PaneId::Facets);
    // As everywhere, the way back is one key.
    stage.press("[").answer_all(counting(&HERE, &THERE));
    stage.shows(&["│hostname:one   "]);
}

#[test]
fn enter_alone_asks_for_the_value_under_the_cursor() {
    let mut stage = facets(80, 24);
    stage.press("j enter");
    assert_eq!(searched(&stage), ["hostname:one process_name:net.exe"]);
}

#[test]
fn values_are_filtered_and_copied() {
    let mut stage = facets(120, 36);
    stage.press("/").write("net").shows(&["/net  1 of 3 loaded"]);
    stage.press("enter y y");
    assert_eq!(stage.copied.last().unwrap(), "net.exe");
    stage.press("y t");
    let copied = stage.copied.last().unwrap();
    assert!(copied.contains("  9   9.0%  ##") && copied.ends_with("  net.exe"), "{copied}");
    stage.press("esc").shows(&["Cleared the filter", "chrome.exe"]);
}

#[test]
fn the_fields_are_chosen_and_asked_for_together() {
    let mut stage = facets(120, 36);
    stage.press("w").shows(&["Columns of facets", "host_type"]);
    // The first is counted no more.
    stage.press("space esc");
    let asked = stage.asked.iter().find_map(|(_, _, fetch)| match fetch {
        Fetch::Facets(FacetsFetch { fields, .. }) => Some(fields.clone()),
        _ => None,
    });
    assert_eq!(asked.map(|fields| fields[0].clone()).as_deref(), Some("parent_name"));
}

#[test]
fn another_host_is_put_beside_and_what_is_new_is_said() {
    let mut stage = facets(120, 36);
    stage.press("K").write("hostname:other").press("enter");
    stage.shows(&["B  counting  same query with hostname:other"]);
    assert_eq!(stage.asked.len(), 1, "the search itself is counted already");
    stage.answer_all(counting(&HERE, &THERE));
    stage.shows(&[
        "A  100 segments  hostname:one",
        "B  182 segments  same query with hostname:other",
        "NEW",
        "x8.2",
        "new first",
    ]);
    // Narrowing one side narrows the other.
    stage.press("j enter").answer_all(counting(&HERE, &THERE));
    let query =
        stage.app.session().values.question(slots::facets(FacetSide::B)).map(|question| question.search.query.clone());
    assert_eq!(query.as_deref(), Some("process_name:net.exe hostname:other"));
    stage.press("esc").shows(&["Cleared the comparison"]);
    stage.lacks("CHANGE").lacks("hostname:other");
}

#[test]
fn another_time_is_a_period_and_not_a_text() {
    let mut stage = facets(120, 36);
    stage.press("K").write("someday").press("enter");
    stage.shows(&["Neither a condition"]);
    stage.press("ctrl-u").write("-30d..-7d").press("enter");
    stage.shows(&["B  counting  same query, last event 2026-02-02 10:20:00Z to "]);
    let of = |app: &App| match app.session().values.question(slots::facets(FacetSide::B)) {
        Some(FacetsFetch { search, .. }) => Search::clone(search),
        other => panic!("{other:?}"),
    };
    let search = of(&stage.app);
    assert_eq!(search.query, "hostname:one");
    assert!(search.min_last_update.is_some() && search.max_last_update.is_some());
}

#[test]
fn what_a_cut_list_may_hold_is_not_called_new() {
    let names: Vec<String> = (0..Facet::MAX_VALUES).map(|at| format!("{at}.exe")).collect();
    let there: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 9)).collect();
    let mut stage = facets(120, 36);
    stage.press("K").write("hostname:other").press("enter");
    stage.answer_all(counting(&HERE, &there));
    stage.shows(&["unknown", "servers list 200 values at most"]).lacks("NEW");
}

#[test]
fn what_the_server_left_out_is_not_called_new_either() {
    let mut stage = facets(120, 36);
    stage.press("K").write("hostname:other").press("enter");
    let there = counting(&HERE, &THERE);
    stage.answer_all(|fetch| {
        let answer = there(fetch)?;
        if let Some(known) = answer.get::<Facets>() {
            let mut facets = Facets::clone(&known.value);
            facets.is_incomplete = true;
            return Ok(world::known(facets).into());
        }
        Ok(answer)
    });
    stage.shows(&["unknown"]).lacks("NEW");
}

#[test]
fn a_count_that_failed_says_so_and_is_tried_again() {
    let mut stage = Stage::new(120, 36);
    stage.search("hostname:one").press("F");
    stage.answer_all(|_| Err(Error::Internal));
    stage.shows(&["Facets  process_name"]).lacks("counting");
    assert_eq!(stage.asked.len(), 0);
    stage.press("r").answer_all(counting(&HERE, &THERE));
    stage.shows(&["svch0st.exe"]);
    stage.press("r ctrl-c").shows(&["svch0st.exe"]);
}

#[test]
fn nothing_is_counted_before_anything_is_asked() {
    let mut stage = Stage::new(80, 24);
    stage.answer_all(world::answer).press("esc F");
    stage.shows(&["Run a search to see value counts"]);
    stage.press("space enter K").shows(&["Compare with"]);
    stage.write("hostname:x").press("enter");
    stage.shows(&["No search yet"]);
    assert_eq!(stage.asked.len(), 0);
}

#[test]
fn facets_and_their_comparison_fit_every_size() {
    for size in SIZES {
        let mut stage = facets(size.0, size.1);
        stage.press("- space");
        stage.shows(&[
            "process_name, 3 values",
            "1 to include, 1 to exclude. Enter applies",
            "-process_name:chrome.exe",
        ]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("facets", stage.picture());
        }
        stage.press("esc K").write("hostname:other").press("enter");
        stage.answer_all(counting(&HERE, &THERE));
        stage.shows(&["process_name, 3 values", "same query with hostname:other", "100 segments", "182 segments"]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("compared", stage.picture());
        }
    }
}

/// The rarest names of a host, without two of them, beside those of another host.
#[tokio::test]
async fn the_rare_processes_of_a_host_are_found_and_compared_with_another_host() {
    let mut console = Console::start().await;
    console.search("hostname:SRV-FILE-01").await;
    console.asked();
    console.press("F s").await;
    let counted = console.asked();
    assert_eq!(counted.len(), 1, "{counted:#?}");
    assert!(counted[0].contains("rows=0") && counted[0].contains("facet.field=process_name"));
    let first = console.text();
    console.press("- -").await.shows(&["0 to include, 2 to exclude"]);
    console.press("enter").await;
    console.shows(&["-process_name:"]);
    assert_ne!(console.text(), first);
    console.press("K").await.write("hostname:WIN-IA9NQ1GN8OI").await.press("enter").await;
    console.shows(&["A  ", "B  ", "same query with hostname:WIN-IA9NQ1GN8OI", "NEW"]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("names.csv");
    console.press("E ctrl-u").await;
    console.write(&path.display().to_string()).await.press("enter").await;
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("process_name,count,percent,count_b,percent_b,change"), "{text}");
    assert!(text.contains(",NEW"), "{text}");
}

#[test]
fn what_a_key_takes_is_the_value_under_the_cursor_whatever_becomes_of_the_counts() {
    /// The value on the line of the cursor.
    fn under_cursor(stage: &mut Stage) -> String {
        let screen = stage.text();
        let names = ["chrome.exe", "net.exe", "svch0st.exe", "new.exe"];
        let line = screen.lines().find(|line| line.contains("│>") && names.iter().any(|name| line.contains(name)));
        let line = line.unwrap_or_else(|| panic!("no value is under the cursor:\n{screen}"));
        names.into_iter().rev().find(|name| line.contains(&format!(" {name} "))).unwrap().to_owned()
    }
    /// Counts that come in another order, with a value that was not there before.
    const LATER: [(&str, u64); 4] = [("new.exe", 200), ("svch0st.exe", 90), ("chrome.exe", 9), ("net.exe", 1)];
    for weather in ["refused", "silent", "reordered"] {
        let mut stage = facets(160, 36);
        stage.press("g g j r");
        match weather {
            "refused" => {
                stage.answer_all(|_| Err(Error::Internal));
            }
            "reordered" => {
                stage.answer_all(counting(&LATER, &THERE));
            }
            _ => {}
        }
        let value = under_cursor(&mut stage);
        stage.press("space enter");
        let queries = searched(&stage);
        let last = queries.last().unwrap_or_else(|| panic!("{weather}: nothing is searched"));
        assert!(last.contains(&value), "{weather}: {value} is under the cursor, and {last} is searched");
    }
}
