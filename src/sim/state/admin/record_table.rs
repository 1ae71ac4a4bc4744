//! Records by id. An id is never reused, so that a stale id never denotes a different record.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sim::http::json_body::parse_flag;

/// JSON object of a record.
pub(crate) type Record = Map<String, Value>;

/// Records of one kind, by their ids.
#[derive(Debug, Default)]
pub(crate) struct RecordTable {
    rows: BTreeMap<u64, Record>,
    last_id: u64,
}

impl RecordTable {
    /// Creates a table of records that have ids; others are skipped.
    pub(crate) fn from_records(records: impl IntoIterator<Item = Value>) -> Self {
        let mut table = Self::default();
        for record in records {
            if let (Some(id), Value::Object(record)) = (record["id"].as_u64(), record) {
                table.last_id = table.last_id.max(id);
                table.rows.insert(id, record);
            }
        }
        table
    }

    /// Returns all records, in the order of their ids.
    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.rows.iter().map(|(id, record)| (*id, record))
    }

    /// Returns the record with an id.
    pub(crate) fn get(&self, id: u64) -> Option<&Record> {
        self.rows.get(&id)
    }

    /// Returns the record with an id, mutable.
    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Record> {
        self.rows.get_mut(&id)
    }

    /// Returns all records, mutable, in the order of their ids.
    pub(crate) fn records_mut(&mut self) -> impl Iterator<Item = (u64, &mut Record)> {
        self.rows.iter_mut().map(|(id, record)| (*id, record))
    }

    /// Adds a record and returns its new id.
    pub(crate) fn add(&mut self, mut record: Record) -> u64 {
        self.last_id += 1;
        record.insert("id".into(), json!(self.last_id));
        self.rows.insert(self.last_id, record);
        self.last_id
    }

    /// Removes a record and returns it.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Record> {
        self.rows.remove(&id)
    }

    /// Whether a record other than `id` has a name, ignoring case.
    pub(crate) fn is_name_taken(&self, name: &str, id: Option<u64>) -> bool {
        self.records().any(|(other, record)| {
            Some(other) != id && text_member(record, "name").to_lowercase() == name.to_lowercase()
        })
    }

    /// Returns the name of a record; empty if there is none.
    pub(crate) fn name(&self, id: u64) -> &str {
        self.get(id).map_or("", |record| text_member(record, "name"))
    }
}

/// Returns a text member of a record; empty if it is absent or no text.
pub(crate) fn text_member<'r>(record: &'r Record, name: &str) -> &'r str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Returns a numeric member of a record, which may be written as text.
pub(crate) fn number_member(record: &Record, name: &str) -> Option<u64> {
    match record.get(name)? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    }
}

/// Copies the members of `changes` that the record has and that are not `fixed`. Changes nothing if one has a wrong type;
/// the error is its name.
pub(crate) fn merge_known(record: &mut Record, changes: &Record, fixed: &[&str]) -> Result<(), String> {
    let mut merged = record.clone();
    for (name, value) in changes {
        let Some(old) = merged.get(name) else {
            continue;
        };
        if fixed.contains(&name.as_str()) {
            continue;
        }
        let Some(value) = coerce_like(old, value) else {
            return Err(name.clone());
        };
        merged.insert(name.clone(), value);
    }
    *record = merged;
    Ok(())
}

/// Converts `new` to the type of `old`; `None` if that is not possible.
fn coerce_like(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Bool(_), _) => parse_flag(new).map(Value::Bool),
        (Value::String(_), Value::Number(number)) => Some(json!(number.to_string())),
        (Value::Number(_), Value::String(text)) => text.parse::<i64>().ok().map(|number| json!(number)),
        (Value::String(_) | Value::Null, Value::String(_) | Value::Null)
        | (Value::Number(_), Value::Number(_))
        | (Value::Array(_), Value::Array(_))
        | (Value::Object(_), Value::Object(_)) => Some(new.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(value: &Value) -> Record {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn an_id_is_never_used_twice() {
        let mut table = RecordTable::from_records([json!({"id": 3, "name": "Sales"}), json!({"name": "lost"})]);
        assert_eq!(table.records().count(), 1);
        let id = table.add(record(&json!({"name": "Lab", "id": null})));
        assert_eq!((id, table.name(4)), (4, "Lab"));
        table.remove(4).unwrap();
        assert_eq!(table.add(Record::new()), 5);
        assert!(table.is_name_taken("sales", None) && !table.is_name_taken("sales", Some(3)));
    }

    #[test]
    fn a_merged_member_keeps_its_type_and_one_wrong_member_rejects_all() {
        let old = record(&json!({"id": 1, "quota": "10", "on": true, "name": "a", "list": [], "server": null}));
        let mut now = old.clone();
        let changes = json!({"id": 9, "quota": 20, "on": "False", "name": "b", "other": 1, "server": "x"});
        merge_known(&mut now, &record(&changes), &["id"]).unwrap();
        let expected = json!({"id": 1, "quota": "20", "on": false, "name": "b", "list": [], "server": "x"});
        assert_eq!(now, record(&expected));
        let mut now = old.clone();
        let changes = record(&json!({"name": "b", "list": 7}));
        assert_eq!(merge_known(&mut now, &changes, &[]), Err("list".into()));
        assert_eq!(now, old);
    }
}
