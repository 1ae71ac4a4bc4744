//! Members of a search response that are about single rows, but outside of them: highlighted texts, and investigations
//! that a process is tagged in (reference 1.9).

use std::{collections::BTreeMap, fmt::Write};

use serde_json::value::RawValue;

use super::{Record, record::MemberMap};

/// The members about rows, by the ids of the rows.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    /// By row id and member name: the entries as JSON.
    rows: BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
}

impl Annotations {
    /// Collects the members from the envelope of a response; invalid ones are ignored.
    pub(super) fn from_envelope(envelope: &MemberMap<'_>) -> Self {
        let mut annotations = Self::default();
        // Servers before 6 call the highlights events.
        let highlights = envelope.get("highlights").or_else(|| envelope.get("events"));
        let highlights = highlights.map(|list| list.get());
        let highlights: Vec<MemberMap<'_>> =
            highlights.map_or_else(Vec::new, |list| serde_json::from_str(list).unwrap_or_default());
        for highlight in highlights {
            let ids = highlight.get("ids").map(|ids| ids.get());
            let ids: Vec<String> = ids.map_or_else(Vec::new, |ids| serde_json::from_str(ids).unwrap_or_default());
            if let Some(name) = highlight.get("name") {
                for id in ids {
                    annotations.add(&id, "highlights", name);
                }
            }
        }
        let tagged = envelope.get("tagged_pids").map(|tagged| tagged.get());
        let tagged: BTreeMap<String, Vec<&RawValue>> =
            tagged.map_or_else(BTreeMap::new, |tagged| serde_json::from_str(tagged).unwrap_or_default());
        for (id, tags) in tagged {
            for tag in tags {
                annotations.add(&id, "tagged_pids", tag);
            }
        }
        annotations
    }

    /// Adds an entry, unless it is a duplicate.
    fn add(&mut self, id: &str, member: &'static str, entry: &RawValue) {
        let members = self.rows.entry(id.to_lowercase()).or_default();
        let entries = members.entry(member).or_default();
        if !entries.iter().any(|other| other == entry.get()) {
            entries.push(entry.get().to_owned());
        }
    }

    /// Returns a row with its entries added; `None` if there are none, or if the row already has these members.
    pub(super) fn annotate(&self, row: &Record) -> Option<Record> {
        if self.rows.is_empty() {
            return None;
        }
        let find = |name| self.rows.get(&row.text(name).raw().to_lowercase());
        let additions = ["unique_id", "md5"].into_iter().find_map(find)?;
        let own = row.document();
        let mut json = own.json().strip_suffix('}')?.to_owned();
        for (name, entries) in additions {
            if row.names().all(|own| own != *name) {
                let _ = write!(json, ",\"{name}\":[{}]", entries.join(","));
            }
        }
        json.push('}');
        Record::parse(&json)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Process, Span};
    use crate::wire;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    #[test]
    fn entries_for_a_row_are_added_to_its_record_once() {
        let unique = format!("{GUID}-000000000001");
        let row = format!(r#"{{"id": "{GUID}", "unique_id": "{unique}"}}"#);
        let other = format!(r#"{{"id": "{GUID}", "unique_id": "{GUID}-000000000002"}}"#);
        for name in ["highlights", "events"] {
            let json = format!(
                r#"{{"results": [{row}, {other}], "{name}": [
                    {{"name": "PREPREPREnet.exePOSTPOSTPOST", "ids": ["{unique}", "gone"]}},
                    {{"name": "PREPREPREnet.exePOSTPOSTPOST", "ids": ["{unique}"]}}, {{"ids": null}}],
                  "tagged_pids": {{"{unique}": [{{"name": "Case", "id": 1}}, {{"name": "Case", "id": 1}}]}}}}"#
            );
            let span = Span { start: 0, rows: 2 };
            let page = wire::parse_page::<Process>(&json, span).unwrap();
            assert_eq!(
                page.rows[0].document.json(),
                format!(
                    r#"{{"id":"{GUID}","unique_id":"{unique}","highlights":["PREPREPREnet.exePOSTPOSTPOST"],"tagged_pids":[{{"name":"Case","id":1}}]}}"#
                )
            );
            assert!(!page.rows[1].document.json().contains("tagged_pids"));
        }
    }

    #[test]
    fn an_invalid_envelope_loses_no_row() {
        for member in [r#""highlights": 3"#, r#""tagged_pids": []"#, r#""highlights": [[]]"#] {
            let json = format!(r#"{{"results": [{{"id": "{GUID}"}}], {member}}}"#);
            let page = wire::parse_page::<Process>(&json, Span { start: 0, rows: 1 }).unwrap();
            assert_eq!(page.rows.len(), 1);
        }
    }
}
