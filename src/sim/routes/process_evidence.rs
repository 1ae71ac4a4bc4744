//! What is said of one process besides its documents: a preview, its feed hits, an archive (reference 2.3).

use serde_json::{Map, Value, json};

use super::{
    events::{self, Version},
    found, installer, not_allowed,
    process::asked,
};
use crate::query::Index;
use crate::sim::{
    http::{request::Ask, response::Answer},
    search::request::Search,
    state::server::Server,
    world::Process,
};

/// A preview has no more events of a kind.
const MOST: usize = 30;
/// What stands before and after a match.
const MARKS: [&str; 2] = ["PREPREPRE", "POSTPOSTPOST"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "process", id, segment, what @ ("preview" | "threat_intel_hits" | "report")] = path.as_slice()
    else {
        return None;
    };
    if method != "GET" {
        return Some(not_allowed());
    }
    let Some((process, segment)) = asked(server, id, segment) else {
        return Some(Answer::werkzeug(404));
    };
    Some(match *what {
        "preview" => preview(server, ask, process, segment),
        "threat_intel_hits" => Answer::pretty(hits(server, process)),
        _ => found(report(server, ask, process, segment)),
    })
}

/// The document with some of its events. What the query looks for is marked.
fn preview(server: &Server, ask: &Ask, process: Process<'_>, segment: Option<u32>) -> Answer {
    let search = match Search::read(server, Index::Process, ask) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    let wanted: Vec<String> = search.terms().iter().filter_map(|term| wanted(term)).collect();
    let version = Version::latest(&server.release);
    let mut document = events::document(server, ask, process, segment, version);
    if let Value::Object(members) = &mut document {
        members.insert("segment".into(), json!(""));
        for (name, value) in members.iter_mut() {
            if let (true, Value::Array(list)) = (name.ends_with("_complete"), &mut *value) {
                list.truncate(MOST);
            }
            mark(value, &wanted);
        }
    }
    Answer::pretty(document)
}

/// The text that a term looks for; none where any text will do.
fn wanted(term: &str) -> Option<String> {
    let value = term.split_once(':').map_or(term, |(_, value)| value);
    let value = value.trim_matches(['"', '*', '(', ')', '\\']).to_lowercase();
    let is_text = !value.is_empty() && !term.starts_with('-') && !value.contains(['*', '[']);
    is_text.then_some(value)
}

/// Marks every match in a text, or in what is in a list or an object.
fn mark(value: &mut Value, wanted: &[String]) {
    match value {
        Value::String(text) => {
            for needle in wanted {
                *text = marked(text, needle);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| mark(value, wanted)),
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| mark(value, wanted)),
        _ => {}
    }
}

fn marked(text: &str, needle: &str) -> String {
    let low = text.to_ascii_lowercase();
    let [before, after] = MARKS;
    let (mut out, mut done) = (String::new(), 0);
    for (at, _) in low.match_indices(needle) {
        let end = at + needle.len();
        out.push_str(&text[done..at]);
        out.push_str(before);
        out.push_str(&text[at..end]);
        out.push_str(after);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

/// The reports that a process hit.
fn hits(server: &Server, process: Process<'_>) -> Value {
    let known = &server.world.intelligence;
    let hits = process.feeds().iter().flat_map(|hit| {
        hit.reports.iter().filter_map(move |id| {
            let (feed, report) = known.report(&hit.name, id)?;
            let (feed, report) = (&known.feeds[feed], &known.feeds[feed].reports[report]);
            Some(json!({
                "feed_id": feed.id,
                "feed_name": feed.name.to_lowercase(),
                "report_id": report.id,
                "title": report.title,
                "link": report.link,
                "score": hit.score,
                "ioc_type": report.ioc,
                "ioc_value": report.value.as_deref().unwrap_or(&process.binary().md5),
            }))
        })
    });
    hits.collect()
}

/// Document and events in an archive.
fn report(server: &Server, ask: &Ask, process: Process<'_>, segment: Option<u32>) -> Option<Answer> {
    let version = Version::latest(&server.release);
    let Value::Object(whole) = events::document(server, ask, process, segment, version) else {
        return None;
    };
    let parts = whole.into_iter().partition::<Map<String, Value>, _>(|(name, _)| name.ends_with("_complete"));
    let [events, process] = [parts.0, parts.1].map(|part| Value::Object(part).to_string());
    let members = [("process.json", process.as_bytes()), ("events.json", events.as_bytes())];
    installer::zipped(&members).ok().map(Answer::zip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_match_is_marked_whatever_its_case() {
        assert_eq!(
            marked(r"Net use \\TEST\blah net", "net"),
            r"PREPREPRENetPOSTPOSTPOST use \\TEST\blah PREPREPREnetPOSTPOSTPOST"
        );
        assert_eq!(marked("grün", "n"), "grüPREPREPREnPOSTPOSTPOST");
        assert_eq!(wanted(r#"cmdline:"Use Z""#).as_deref(), Some("use z"));
        assert_eq!(wanted("netconn_count:[1 TO *]"), None);
        assert_eq!(wanted("-path:a.exe"), None);
    }
}
