//! Servers that say what an attacker wrote, or that are an attacker's.

use std::sync::Arc;

use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, HeapSize};
use lampblack::model::{
    Ban, Binary, Document, Facets, Group, IsolatedSensor, Lineage, Page, Prevalence, Process, Sensor, ServerInfo,
};
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
    let answer = world::answer(fetch)?;
    let poisoned = poisoned_value(&answer, |info: &ServerInfo| &info.document)
        .or_else(|| poisoned_value(&answer, |sensor: &Sensor| &sensor.document))
        .or_else(|| poisoned_value(&answer, |group: &Group| &group.document))
        .or_else(|| poisoned_value(&answer, |binary: &Binary| &binary.document))
        .or_else(|| poisoned_rows(&answer, |process: &Process| &process.document))
        .or_else(|| poisoned_rows(&answer, |ban: &Ban| &ban.document))
        .or_else(|| poisoned_rows(&answer, |sensor: &Sensor| &sensor.document))
        .or_else(|| poisoned_rows(&answer, |group: &Group| &group.document))
        .or_else(|| {
            changed(&answer, |lineage: &mut Lineage| {
                for process in lineage.ancestors.iter_mut().chain([&mut lineage.subject]) {
                    poison(Arc::make_mut(process), |process| process.document.json().to_owned());
                }
            })
        })
        .or_else(|| {
            changed(&answer, |facets: &mut Facets| {
                for value in facets.facets.iter_mut().flat_map(|facet| &mut facet.values) {
                    poison(value, |value| value.document.json().to_owned());
                }
            })
        })
        .or_else(|| {
            changed(&answer, |prevalence: &mut Prevalence| {
                for host in &mut prevalence.hostnames {
                    host.name = "\u{202e}host\x1b[2J".into();
                }
            })
        })
        .or_else(|| {
            changed(&answer, |page: &mut Page<Arc<IsolatedSensor>>| {
                for row in &mut page.rows {
                    poison(&mut Arc::make_mut(row).0, |sensor| sensor.document.json().to_owned());
                }
            })
        });
    Ok(poisoned.unwrap_or(answer))
}

/// The answer with its value changed, if it is of this type.
fn changed<T: HeapSize + Clone>(answer: &Answer, change: impl FnOnce(&mut T)) -> Option<Answer> {
    let mut known = answer.get::<T>()?;
    change(Arc::make_mut(&mut known.value));
    Some(known.into())
}

/// The answer with its record poisoned, if it is of this type.
fn poisoned_value<T>(answer: &Answer, document: impl Fn(&T) -> &Document) -> Option<Answer>
where
    T: HeapSize + wire::FromRecord + Clone,
{
    changed(answer, |value: &mut T| poison(value, |value| document(value).json().to_owned()))
}

/// The answer with the record of every row poisoned, if it is a page of these.
fn poisoned_rows<T>(answer: &Answer, document: impl Fn(&T) -> &Document) -> Option<Answer>
where
    T: HeapSize + wire::FromRecord + Clone,
{
    changed(answer, |page: &mut Page<Arc<T>>| {
        for row in &mut page.rows {
            poison(Arc::make_mut(row), |row| document(row).json().to_owned());
        }
    })
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
