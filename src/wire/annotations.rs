//! What the envelope of a search says of single rows: the texts that matched, and the investigations a process is tagged
//! in (reference 1.9).

use std::{collections::BTreeMap, fmt::Write};

use serde_json::value::RawValue;

use super::page::MemberMap;

/// Members of the envelope that are about rows, by the ids of the rows.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    /// Per row: the name of the member, and its entries as JSON.
    rows: BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
}

impl Annotations {
    /// Reads them from an envelope; what makes no sense is left out.
    pub(super) fn from_envelope(envelope: &MemberMap<'_>) -> Self {
        let mut remarks = Self::default();
        // Servers before 6 call them events.
        let highlights = envelope.get("highlights").or_else(|| envelope.get("events"));
        let highlights = highlights.map(|list| list.get());
        let highlights: Vec<MemberMap<'_>> =
            highlights.map_or_else(Vec::new, |list| serde_json::from_str(list).unwrap_or_default());
        for highlight in highlights {
            let ids = highlight.get("ids").map(|ids| ids.get());
            let ids: Vec<String> = ids.map_or_else(Vec::new, |ids| serde_json::from_str(ids).unwrap_or_default());
            if let Some(name) = highlight.get("name") {
                for id in ids {
                    remarks.add(&id, "highlights", name);
                }
            }
        }
        let tagged = envelope.get("tagged_pids").map(|tagged| tagged.get());
        let tagged: BTreeMap<String, Vec<&RawValue>> =
            tagged.map_or_else(BTreeMap::new, |tagged| serde_json::from_str(tagged).unwrap_or_default());
        for (id, tags) in tagged {
            for tag in tags {
                remarks.add(&id, "tagged_pids", tag);
            }
        }
        remarks
    }

    /// The server may say the same twice.
    fn add(&mut self, id: &str, member: &'static str, entry: &RawValue) {
        let members = self.rows.entry(id.to_lowercase()).or_default();
        let entries = members.entry(member).or_default();
        if !entries.iter().any(|other| other == entry.get()) {
            entries.push(entry.get().to_owned());
        }
    }

    /// A row with what is said of it, as JSON; nothing if nothing is said of it, or it says so itself.
    pub(super) fn annotate(&self, row: &RawValue) -> Option<String> {
        if self.rows.is_empty() {
            return None;
        }
        let members: MemberMap<'_> = serde_json::from_str(row.get()).ok()?;
        let id = |name: &str| -> Option<String> {
            let text: String = serde_json::from_str(members.get(name)?.get()).ok()?;
            Some(text.to_lowercase())
        };
        let said = ["unique_id", "md5"].iter().find_map(|name| self.rows.get(&id(name)?))?;
        let mut json = row.get().trim_end().strip_suffix('}')?.to_owned();
        for (name, entries) in said {
            if !members.contains_key(*name) {
                let _ = write!(json, ",\"{name}\":[{}]", entries.join(","));
            }
        }
        json.push('}');
        Some(json)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Process, Span};
    use crate::wire;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    #[test]
    fn what_the_envelope_says_of_a_row_stands_in_its_record_once() {
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
    fn an_envelope_that_makes_no_sense_costs_no_row() {
        for said in [r#""highlights": 3"#, r#""tagged_pids": []"#, r#""highlights": [[]]"#] {
            let json = format!(r#"{{"results": [{{"id": "{GUID}"}}], {said}}}"#);
            let page = wire::parse_page::<Process>(&json, Span { start: 0, rows: 1 }).unwrap();
            assert_eq!(page.rows.len(), 1);
        }
    }
}
