//! Servers that say what an attacker wrote, or that are an attacker's.

use std::sync::Arc;

use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch};
use lampblack::model::{Document, Fetched, Page};
use lampblack::wire;
use serde_json::Value;

use crate::hostile::checks::{check_overlay, check_whole};
use crate::support::{
    console::{Console, settings, small},
    held_server::HeldServer,
    stage::Stage,
    world,
};

/// The answer a server gives whose every text was written by an attacker.
fn poisoned(fetch: &Fetch) -> Result<Answer, Error> {
    Ok(match world::answer(fetch)? {
        Answer::ServerInfo(mut known) => {
            poison(Arc::make_mut(&mut known.value), |info| info.document.json().to_owned());
            Answer::ServerInfo(known)
        }
        Answer::Sensor(mut known) => {
            poison(Arc::make_mut(&mut known.value), |sensor| sensor.document.json().to_owned());
            Answer::Sensor(known)
        }
        Answer::SensorGroup(mut known) => {
            poison(Arc::make_mut(&mut known.value), |group| group.document.json().to_owned());
            Answer::SensorGroup(known)
        }
        Answer::Binary(mut known) => {
            poison(Arc::make_mut(&mut known.value), |binary| binary.document.json().to_owned());
            Answer::Binary(known)
        }
        Answer::Processes(mut known) => {
            for row in &mut Arc::make_mut(&mut known.value).rows {
                poison(Arc::make_mut(row), |process| process.document.json().to_owned());
            }
            Answer::Processes(known)
        }
        Answer::Lineage(mut known) => {
            let lineage = Arc::make_mut(&mut known.value);
            for process in lineage.ancestors.iter_mut().chain([&mut lineage.subject]) {
                poison(Arc::make_mut(process), |process| process.document.json().to_owned());
            }
            Answer::Lineage(known)
        }
        Answer::Facets(mut known) => {
            let facets = &mut Arc::make_mut(&mut known.value).facets;
            for value in facets.iter_mut().flat_map(|facet| &mut facet.values) {
                poison(value, |value| value.document.json().to_owned());
            }
            Answer::Facets(known)
        }
        Answer::Prevalence(mut known) => {
            for host in &mut Arc::make_mut(&mut known.value).hostnames {
                host.name = "\u{202e}host\x1b[2J".into();
            }
            Answer::Prevalence(known)
        }
        Answer::Bans(known) => Answer::Bans(poison_all(known, |ban| &ban.document)),
        Answer::IsolatedSensors(mut known) => {
            for row in &mut Arc::make_mut(&mut known.value).rows {
                poison(&mut Arc::make_mut(row).0, |sensor| sensor.document.json().to_owned());
            }
            Answer::IsolatedSensors(known)
        }
        Answer::Sensors(known) => Answer::Sensors(poison_all(known, |sensor| &sensor.document)),
        Answer::SensorGroups(known) => Answer::SensorGroups(poison_all(known, |group| &group.document)),
        other @ (Answer::Summary(_)
        | Answer::Alerts(_)
        | Answer::AlertDigest(_)
        | Answer::Segments(_)
        | Answer::Events(_)
        | Answer::Binaries(_)
        | Answer::FileHead(_)
        | Answer::Watchlists(_)
        | Answer::WatchActions(_)
        | Answer::Feeds(_)
        | Answer::Reports(_)
        | Answer::Report(_)
        | Answer::Users(_)
        | Answer::Teams(_)
        | Answer::Sites(_)
        | Answer::License(_)
        | Answer::Partitions(_)
        | Answer::Count(_)) => other,
    })
}

/// The same of every row of a page.
fn poison_all<T: wire::FromRecord + Clone>(
    mut known: Fetched<Page<Arc<T>>>,
    document: impl Fn(&T) -> &Document,
) -> Fetched<Page<Arc<T>>> {
    for row in &mut Arc::make_mut(&mut known.value).rows {
        poison(Arc::make_mut(row), |row| document(row).json().to_owned());
    }
    known
}

/// Reads a record again with every text that names nothing replaced.
fn poison<T: wire::FromRecord>(value: &mut T, document: impl Fn(&T) -> String) {
    const KEPT: [&str; 6] = ["id", "unique_id", "md5", "md5hash", "parent_id", "parent_unique_id"];
    let mut record: Value = serde_json::from_str(&document(value)).unwrap();
    for (name, field) in record.as_object_mut().unwrap() {
        let is_kept = KEPT.contains(&name.as_str());
        if let Value::String(text) = field
            && !is_kept
        {
            *text = format!("{}\u{1b}]0;owned\u{7}\u{202e}世界\r\n\u{200b}", &text[..text.len().min(3)]);
        }
    }
    *value = wire::parse_one(&record.to_string()).unwrap().unwrap();
}

#[test]
fn whatever_a_server_says_of_anything_is_text() {
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        let mut stage = Stage::new(width, height);
        stage.answer_all(poisoned).write("a").press("enter").answer_all(poisoned);
        for keys in ["esc", "tab", "k k", "tab", "j j", "y y"] {
            stage.press(keys).answer_all(poisoned);
            check_whole(stage.buffer());
        }
        check_overlay(stage.press("?").buffer(), "Keys: Sensor");
        check_overlay(stage.press("esc ctrl-r").buffer(), "Query history 1");
        check_whole(stage.press("esc esc 8").answer_all(poisoned).buffer());
        check_whole(stage.press("g i").answer_all(poisoned).buffer());
        check_whole(stage.press("S m").answer_all(poisoned).buffer());
        stage.press("esc y y").answer_all(poisoned);
        check_whole(stage.buffer());
    }
}

#[test]
fn what_a_server_says_of_a_failure_is_text() {
    let said = "no\u{1b}[2J\u{202e}\r\n世界";
    for error in [
        Error::Malformed { endpoint: "GET /api/v1/process".into(), reason: said.into() },
        Error::Syntax { reason: said.into() },
        Error::NotFound { what: said.into() },
    ] {
        let mut stage = Stage::new(120, 36);
        stage.write("a").press("enter").answer_all(|_| Err(error.clone()));
        check_whole(stage.buffer());
        assert!(stage.text().contains("世界"), "{}", stage.text());
        stage.press("esc !");
        check_whole(stage.buffer());
    }
}

#[tokio::test]
async fn the_page_of_a_failing_server_is_text() {
    let mut desk = HeldServer::open().await;
    let sim = lampblack::sim::start(small()).await.unwrap();
    let url = desk.url.clone();
    let portal = tokio::spawn(async move {
        loop {
            let page = "<title>\u{1b}]52;c;eA==\u{7}own\u{202e}ed\n</title>";
            desk.next().await.say("409 CONFLICT", page).await;
        }
    });
    assert_ne!(settings(&sim).url.as_str(), url);
    let mut console = Console::at(sim, 120, 36, |settings| settings.url = url.parse().unwrap()).await;
    console.search("a").await.shows(&["answered 409: ␛]52;c;eA==␇own<U+202E>ed"]);
    check_whole(console.buffer());
    portal.abort();
}
