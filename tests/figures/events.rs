//! What it costs to have all that a process did: 50,000 events in 40 segments.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use lampblack::api::{Client, Settings};
use lampblack::fetch;
use lampblack::model::{Event, ProcessId, Search, SegmentInfo, Span};
use serde_json::Value;

use crate::report::{Report, Times, ms, note};
use crate::server::Server;

/// The process that did so much.
pub(crate) const BUSY: &str = "process_name:bldagent.exe";

pub(crate) const EVENTS: usize = 50_000;
pub(crate) const SEGMENTS: usize = 40;

/// How often each way is taken, one after the other.
const RUNS: usize = 9;

/// Segments in flight, as in `fetch::timeline`.
const AHEAD: usize = 4;

/// No more than so many bytes may be kept of it, with room for everything else below 64 MiB.
const BYTES: usize = 48 << 20;

/// Measures it against fetching the same segments and parsing each once.
pub(crate) fn measure(report: &mut Report) {
    let server = Server::start(&["--processes", "500"]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(compare(report, &server));
}

async fn compare(report: &mut Report, server: &Server) {
    let (client, id) = found(server).await;
    let segments = client.segments(id).await.expect("its segments");
    assert_eq!(segments.len(), SEGMENTS);
    let raw = raw();

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut weight = 0;
    // The first of each opens connections and makes the server draw its events.
    for run in 0..=RUNS {
        let (time, bytes) = timeline(&client, id).await;
        let other = fetched(&raw, server, id, &segments).await;
        if run > 0 {
            ours.push(time);
            theirs.push(other);
        }
        weight = bytes;
    }
    let (ours, theirs) = (Times::new(ours), Times::new(theirs));
    report.figure(
        "events",
        &format!("median {}, most {}", ms(ours.median()), ms(ours.most())),
        "at most 2 times",
        ours.median() <= 2 * theirs.median(),
        &format!("the same segments raw, each parsed once: {}", ms(theirs.median())),
    );
    report.figure(
        "events kept",
        &format!("{:.1} MiB", mebibytes(weight)),
        &format!("< {:.0} MiB", mebibytes(BYTES)),
        weight < BYTES,
        "what the cache keeps at most",
    );
    note(&format!("{RUNS} times each; {EVENTS} events in {SEGMENTS} segments, {AHEAD} in flight"));
}

/// A client of ours, and the process that did so much.
pub(crate) async fn found(server: &Server) -> (Client, ProcessId) {
    let url = server.url.parse().expect("an address");
    let settings = Settings::new(url, server.token.clone().into());
    let client = Client::new(settings, None).expect("a client");
    let id = busy(&client).await;
    (client, id)
}

/// A client that is only one of HTTP.
pub(crate) fn raw() -> reqwest::Client {
    // The program installs it with its first client, which may not be there yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy();
    builder.build().expect("a client")
}

async fn busy(client: &Client) -> ProcessId {
    let search = Search { query: BUSY.into(), group_by: Some("id".into()), ..Search::default() };
    let page = client.processes(&search, Span { start: 0, rows: 2 }).await;
    page.expect("a page").rows[0].id
}

/// All of them by our own means: the list of segments, the events, and their order.
async fn timeline(client: &Client, id: ProcessId) -> (Duration, usize) {
    let start = Instant::now();
    let timeline = fetch::timeline(client, id).await.expect("a timeline");
    let time = start.elapsed();
    assert_eq!(timeline.events.len(), EVENTS);
    assert_eq!((timeline.loaded, timeline.n_unreadable), (SEGMENTS, 0));
    (time, timeline.events.iter().map(Event::heap_size).sum())
}

/// The same bytes, and what the JSON library makes of them.
pub(crate) async fn fetched(
    client: &reqwest::Client,
    server: &Server,
    id: ProcessId,
    segments: &[SegmentInfo],
) -> Duration {
    let start = Instant::now();
    let documents: Vec<Value> = stream::iter(segments.iter().map(|info| info.segment))
        .map(|segment| async move {
            let url = format!("{}/api/v4/process/{id}/{segment}/event", server.url);
            let request = client.get(url).header("X-Auth-Token", &server.token);
            let answer = request.send().await.expect("an answer");
            let bytes = answer.bytes().await.expect("a body");
            serde_json::from_slice(&bytes).expect("JSON")
        })
        .buffered(AHEAD)
        .collect()
        .await;
    let time = start.elapsed();
    let lists = documents
        .iter()
        .flat_map(|document| document["process"].as_object().expect("a process").iter())
        .filter(|(name, _)| name.ends_with("_complete"));
    let records: usize = lists.map(|(_, list)| list.as_array().expect("a list").len()).sum();
    assert_eq!(records, EVENTS);
    time
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
