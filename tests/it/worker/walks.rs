//! Walks along parents: as far as the server knows, and every end of a chain has its reason.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use lampblack::api::{Client, Error, Settings};
use lampblack::fetch::{Fetcher, ProcessesFetch};
use lampblack::model::{Clock, Lineage, ProcessId, Search, Span, Timings, Top};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{held_server::HeldServer, now};

/// The process whose parents are walked along, and its ancestors: 0 is the subject itself.
fn id(height: u32) -> ProcessId {
    ProcessId::new(7, 9000 - height, 134_170_929_300_000_000 - u64::from(height))
}

/// The stand-in for a parent that the sensor did not see.
fn unknown() -> ProcessId {
    ProcessId::new(7, u32::MAX, 0)
}

/// The document of an ancestor.
fn document(height: u32, parent: Option<ProcessId>) -> Value {
    let mut document = json!({
        "id": id(height).to_string(),
        "process_name": format!("p{height}.exe"),
        "process_pid": 9000 - height,
        "sensor_id": 7,
    });
    if let Some(parent) = parent {
        document["parent_unique_id"] = format!("{parent}-000000000001").into();
    }
    document
}

/// A server that knows the summaries of some processes, and finds the subject without its parent.
struct Served {
    reader: Fetcher,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Served {
    async fn start(summaries: Vec<Value>) -> Self {
        let mut desk = HeldServer::open().await;
        let mut settings = Settings::new(desk.url.parse().unwrap(), "0123".into());
        settings.clock = Clock::Fixed(now());
        settings.timings = Timings::for_tests();
        settings.timings.retries = 0;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let known: HashMap<String, String> = summaries
            .into_iter()
            .map(|summary| {
                let id = summary["process"]["id"].as_str().unwrap().to_owned();
                (id, summary.to_string())
            })
            .collect();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            loop {
                let request = desk.next().await;
                if request.target.starts_with("/api/v1/process?") {
                    let row = document(0, None);
                    let page = json!({ "results": [row], "total_results": 1 });
                    request.answer(&page.to_string()).await;
                    continue;
                }
                let id = request.target.split('/').nth(4).unwrap().to_owned();
                heard.lock().unwrap().push(id.clone());
                match known.get(&id) {
                    Some(summary) => request.answer(summary).await,
                    None => request.say("404 NOT FOUND", "").await,
                }
            }
        });
        Self { reader: Fetcher::new(Client::new(settings, None).unwrap()), asked, _tasks: tasks }
    }

    async fn walk(&mut self) -> Result<Lineage, Error> {
        let known = self.reader.lineage(id(0), 10_000).await?;
        Ok(Lineage::clone(&known.value))
    }

    /// Searches: the subject is found.
    async fn search(&mut self) {
        let search = Arc::new(Search::default());
        let span = Span { start: 0, rows: 1 };
        let found = self.reader.get(ProcessesFetch { search, span }).await;
        found.unwrap();
    }

    /// How many requests there were about an ancestor.
    fn n_asked(&self, height: u32) -> usize {
        let about = id(height).to_string();
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|id| **id == about).count()
    }
}

/// The summary of an ancestor, without its parent's document.
fn alone(height: u32, parent: Option<ProcessId>) -> Value {
    json!({ "process": document(height, parent), "parent": {}, "children": [], "siblings": [] })
}

/// The summaries of a chain of so many ancestors, whose last one has the parent `top`.
fn chain(n_ancestors: u32, top: Option<ProcessId>) -> Vec<Value> {
    (0..=n_ancestors)
        .map(|height| {
            let parent = if height == n_ancestors { top } else { Some(id(height + 1)) };
            alone(height, parent)
        })
        .collect()
}

/// Walks along a chain, and says why it ends after how many ancestors.
async fn check(summaries: Vec<Value>, n_ancestors: usize, top: Top) {
    let mut served = Served::start(summaries).await;
    let lineage = served.walk().await.unwrap();
    assert_eq!(lineage.top, top);
    let heights: Vec<_> = lineage.ancestors.iter().map(|process| process.id).collect();
    let expected: Vec<_> = (1..).take(n_ancestors).map(id).collect();
    assert_eq!(heights, expected);
    // The next walk knows all of it.
    let n_asked = served.asked.lock().unwrap().len();
    assert_eq!(served.walk().await.unwrap().top, top);
    assert_eq!(served.asked.lock().unwrap().len(), n_asked);
}

#[tokio::test]
async fn a_chain_ends_where_a_process_has_no_parent() {
    check(chain(3, None), 3, Top::Root).await;
}

#[tokio::test]
async fn a_chain_ends_where_the_sensor_did_not_see_the_parent() {
    check(chain(2, Some(unknown())), 2, Top::Unknown).await;
}

#[tokio::test]
async fn a_chain_ends_where_the_server_has_no_record() {
    check(chain(2, Some(id(3))), 2, Top::NotRecorded(id(3))).await;
}

#[tokio::test]
async fn a_chain_ends_where_the_sensor_filtered_the_parent_out() {
    let mut summaries = chain(2, Some(id(3)));
    summaries[2]["parent"] = document(3, None);
    summaries[2]["parent"]["is_suppressed"] = true.into();
    check(summaries, 2, Top::Suppressed(id(3))).await;
}

#[tokio::test]
async fn a_chain_ends_at_the_stand_in_of_a_process_nobody_saw() {
    let mut summaries = chain(2, Some(unknown()));
    summaries[2]["parent"] = json!({
        "id": unknown().to_string(), "process_pid": -1, "process_name": "(unknown)", "cmdline": "(unknown)"
    });
    check(summaries, 2, Top::Unknown).await;
}

#[tokio::test]
async fn a_chain_that_bites_its_tail_ends() {
    check(chain(3, Some(id(1))), 3, Top::Loop(id(1))).await;
    check(chain(3, Some(id(0))), 3, Top::Loop(id(0))).await;
    check(chain(0, Some(id(0))), 0, Top::Loop(id(0))).await;
}

#[tokio::test]
async fn a_chain_without_end_is_cut_off() {
    check(chain(600, None), 500, Top::TooDeep(500)).await;
}

#[tokio::test]
async fn a_chain_can_be_cut() {
    let mut served = Served::start(chain(5, None)).await;
    let lineage = served.reader.lineage(id(0), 2).await.unwrap().value;
    assert_eq!(lineage.ancestors.len(), 2);
    assert_eq!(lineage.top, Top::TooDeep(2));
}

#[tokio::test]
async fn a_parent_that_comes_along_is_not_asked_for() {
    let mut summaries = chain(4, None);
    for height in 0..4 {
        let parent = summaries[height + 1]["process"].clone();
        summaries[height]["parent"] = parent;
    }
    let mut served = Served::start(summaries).await;
    assert_eq!(served.walk().await.unwrap().ancestors.len(), 4);
    let asked = served.asked.lock().unwrap().clone();
    assert_eq!(asked, [0, 2, 4].map(|height| id(height).to_string()));
}

#[tokio::test]
async fn a_parent_of_another_sensor_is_not_followed() {
    let mut summaries = chain(1, None);
    let stranger = ProcessId::new(8, 1, 1);
    summaries[0]["process"]["parent_unique_id"] = format!("{stranger}-000000000001").into();
    summaries[0]["process"]["parent_id"] = id(1).to_string().into();
    check(summaries, 1, Top::Root).await;
}

#[tokio::test]
async fn an_ancestor_that_is_not_there_is_asked_for_once() {
    let mut served = Served::start(chain(1, Some(id(2)))).await;
    for _ in 0..3 {
        served.walk().await.unwrap();
    }
    // A server of unknown release may number its segments from 1.
    assert_eq!(served.n_asked(2), 2);
}

#[tokio::test]
async fn a_process_that_is_not_there_is_an_error() {
    let mut served = Served::start(Vec::new()).await;
    for _ in 0..2 {
        let error = served.walk().await.unwrap_err();
        assert_eq!(error.to_string(), format!("process {} not found on the server", id(0)));
    }
}

#[tokio::test]
async fn a_row_may_lack_a_parent_that_the_summary_knows() {
    let mut served = Served::start(chain(2, None)).await;
    served.search().await;
    assert_eq!(served.walk().await.unwrap().ancestors.len(), 2);
    assert_eq!(served.n_asked(0), 1);
}

#[tokio::test]
async fn a_row_without_a_summary_is_a_chain_of_its_own() {
    let mut served = Served::start(Vec::new()).await;
    served.search().await;
    for _ in 0..2 {
        let lineage = served.walk().await.unwrap();
        assert_eq!((lineage.ancestors.len(), lineage.top), (0, Top::Unknown));
    }
    // Segment 0, and then 1; never again.
    assert_eq!(served.n_asked(0), 2);
}

#[tokio::test]
async fn a_summary_of_another_process_is_not_believed() {
    let mut desk = HeldServer::open().await;
    let settings = Settings::new(desk.url.parse().unwrap(), "0123".into());
    let mut reader = Fetcher::new(Client::new(settings, None).unwrap());
    let answering = async {
        let request = desk.next().await;
        request.answer(&alone(5, None).to_string()).await;
    };
    let (walked, ()) = tokio::join!(reader.lineage(id(0), 10), answering);
    assert!(matches!(walked, Err(Error::Malformed { .. })), "{walked:?}");
}
