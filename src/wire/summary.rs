//! Parsing of a process with its relatives (reference 2.3).

use serde_json::value::RawValue;

use super::{
    FromRecord, Malformed, Record,
    page::{parse_one, read_members, rows},
};
use crate::model::{Process, Summary};

/// Parses the response to a summary request. Without a `process` member, the response is the process document itself;
/// an empty `process` means that the server does not know it.
pub fn summary(json: &str) -> Result<Option<Summary>, Malformed> {
    let members = read_members(json, "an object with a process")?;
    let process = members.get("process").map_or(json, |process| process.get());
    let is_wrapped = members.contains_key("process");
    if is_wrapped && Record::parse(process).is_some_and(|record| record.is_empty()) {
        return Ok(None);
    }
    let (parent, n_broken_parents) = parent(members.get("parent").copied());
    let (children, n_broken_children) = relatives(members.get("children").copied());
    let (siblings, n_broken_siblings) = relatives(members.get("siblings").copied());
    Ok(Some(Summary {
        process: parse_one(process)?.ok_or_else(Malformed::missing_id)?,
        parent,
        children,
        siblings,
        n_unreadable: n_broken_parents + n_broken_children + n_broken_siblings,
    }))
}

/// Parses the parent's document. Also returns the number of unreadable documents; an empty object, or the stub of an
/// unknown process, is `None` but not unreadable.
fn parent(json: Option<&RawValue>) -> (Option<Process>, usize) {
    let record = json.and_then(Record::from_row);
    let Some(record) = record.filter(|record| !record.is_empty() && !is_stub(record)) else {
        return (None, 0);
    };
    match Process::from_record(&record) {
        Some(parent) if parent.id.is_unknown() && parent.name.is_empty() => (None, 0),
        Some(parent) => (Some(parent), 0),
        None => (None, 1),
    }
}

/// Whether a document is the stub of a process that the sensor has not observed.
fn is_stub(record: &Record) -> bool {
    record.int("process_pid") == Some(-1)
        && record.text_if_known("process_name").is_empty()
        && record.text_if_known("cmdline").is_empty()
}

fn relatives(json: Option<&RawValue>) -> (Vec<Process>, usize) {
    let list = json.and_then(|json| serde_json::from_str::<Vec<&RawValue>>(json.get()).ok());
    rows(list.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    #[test]
    fn relatives_are_parsed_from_one_answer() {
        let summary = summary(include_str!("../../tests/goldens/get_process_summary.json")).unwrap().unwrap();
        assert_eq!(summary.process.sid.raw(), "S-1-5-21-1004336348-1177238915-682003330-1104");
        assert_eq!(summary.parent.unwrap().name.raw(), "explorer.exe");
        let children: Vec<_> =
            summary.children.iter().map(|child| (child.name.raw(), child.pid, child.is_suppressed)).collect();
        assert_eq!(children, [("cmd.exe", Some(5120), false), ("conhost.exe", Some(5124), true)]);
        assert_eq!((summary.siblings.len(), summary.n_unreadable), (1, 0));
    }

    #[test]
    fn an_unknown_parent_is_no_document() {
        for parent in [
            "null",
            "{}",
            r#"{"process_pid": -1, "process_name": "(unknown)", "cmdline": "(unknown)", "id": "00000007-ffff-ffff-0000-000000000000"}"#,
            r#"{"id": "00000007-ffff-ffff-0000-000000000000", "process_name": null}"#,
        ] {
            let json = format!(r#"{{"process": {{"id": "{GUID}"}}, "parent": {parent}}}"#);
            let summary = summary(&json).unwrap().unwrap();
            assert_eq!((summary.parent, summary.n_unreadable), (None, 0), "{parent}");
        }
    }

    #[test]
    fn a_relative_that_cannot_be_read_is_counted() {
        let json = format!(
            r#"{{"process": {{"id": "{GUID}"}}, "parent": {{"process_name": "x"}},
                "children": [{{"id": "{GUID}"}}, {{}}, 3, null], "siblings": null}}"#
        );
        let summary = summary(&json).unwrap().unwrap();
        assert_eq!((summary.children.len(), summary.n_unreadable), (1, 4));
    }

    #[test]
    fn a_bare_document_is_a_summary_without_relatives() {
        let summary = summary(&format!(r#"{{"id": "{GUID}", "process_name": "net.exe"}}"#)).unwrap().unwrap();
        assert_eq!(summary.process.name.raw(), "net.exe");
        assert!(summary.parent.is_none() && summary.children.is_empty());
    }

    #[test]
    fn an_empty_process_means_unknown() {
        let json = r#"{"process": {}, "siblings": [], "children": [], "parent": {}}"#;
        assert_eq!(summary(json).unwrap(), None);
    }

    #[test]
    fn an_answer_without_a_process_is_malformed() {
        for json in ["{}", "[]", "null", r#"{"process": 3}"#, "{"] {
            assert!(summary(json).is_err(), "{json}");
        }
    }
}
