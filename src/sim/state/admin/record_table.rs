//! Records by number. A number is never given twice, so that whoever still has it means the same thing or nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sim::routes::parse_flag;

/// A record as it is told.
pub(crate) type Record = Map<String, Value>;

/// Records of one sort.
#[derive(Debug, Default)]
pub(crate) struct RecordTable {
    rows: BTreeMap<u64, Record>,
    last_id: u64,
}

impl RecordTable {
    /// Takes records that have their numbers.
    pub(crate) fn from_records(records: impl IntoIterator<Item = Value>) -> Self {
        let mut shelf = Self::default();
        for record in records {
            if let (Some(id), Value::Object(record)) = (record["id"].as_u64(), record) {
                shelf.last_id = shelf.last_id.max(id);
                shelf.rows.insert(id, record);
            }
        }
        shelf
    }

    /// All of them, by their numbers.
    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.rows.iter().map(|(id, record)| (*id, record))
    }

    /// The record of a number.
    pub(crate) fn get(&self, id: u64) -> Option<&Record> {
        self.rows.get(&id)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Record> {
        self.rows.get_mut(&id)
    }

    /// All of them, to be changed.
    pub(crate) fn records_mut(&mut self) -> impl Iterator<Item = (u64, &mut Record)> {
        self.rows.iter_mut().map(|(id, record)| (*id, record))
    }

    /// Adds a record, and gives it a number.
    pub(crate) fn add(&mut self, mut record: Record) -> u64 {
        self.last_id += 1;
        record.insert("id".into(), json!(self.last_id));
        self.rows.insert(self.last_id, record);
        self.last_id
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Record> {
        self.rows.remove(&id)
    }

    /// Whether another than `id` has a name, in whatever case.
    pub(crate) fn is_name_taken(&self, name: &str, id: Option<u64>) -> bool {
        self.records().any(|(other, record)| {
            Some(other) != id && text_member(record, "name").to_lowercase() == name.to_lowercase()
        })
    }

    /// The name of a number.
    pub(crate) fn name(&self, id: u64) -> &str {
        self.get(id).map_or("", |record| text_member(record, "name"))
    }
}

/// A text of a record; nothing is an empty one.
pub(crate) fn text_member<'r>(record: &'r Record, name: &str) -> &'r str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number of a record, which may be spelled as text.
pub(crate) fn number_member(record: &Record, name: &str) -> Option<u64> {
    match record.get(name)? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    }
}

/// Takes over what is wanted of the members a record has, but for some. None of it is, if one is of another sort.
pub(crate) fn merge_known(record: &mut Record, wanted: &Record, fixed: &[&str]) -> Result<(), String> {
    let mut merged = record.clone();
    for (name, value) in wanted {
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

/// A value in the way an old one is spelled; none if it is of another sort.
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
    fn a_number_is_never_given_twice() {
        let mut shelf = RecordTable::from_records([json!({"id": 3, "name": "Sales"}), json!({"name": "lost"})]);
        assert_eq!(shelf.records().count(), 1);
        let id = shelf.add(record(&json!({"name": "Lab", "id": null})));
        assert_eq!((id, shelf.name(4)), (4, "Lab"));
        shelf.remove(4).unwrap();
        assert_eq!(shelf.add(Record::new()), 5);
        assert!(shelf.is_name_taken("sales", None) && !shelf.is_name_taken("sales", Some(3)));
    }

    #[test]
    fn what_is_taken_over_keeps_its_spelling_and_one_wrong_member_spoils_it() {
        let old = record(&json!({"id": 1, "quota": "10", "on": true, "name": "a", "list": [], "server": null}));
        let mut now = old.clone();
        let wanted = json!({"id": 9, "quota": 20, "on": "False", "name": "b", "other": 1, "server": "x"});
        merge_known(&mut now, &record(&wanted), &["id"]).unwrap();
        let expected = json!({"id": 1, "quota": "20", "on": false, "name": "b", "list": [], "server": "x"});
        assert_eq!(now, record(&expected));
        let mut now = old.clone();
        let wanted = record(&json!({"name": "b", "list": 7}));
        assert_eq!(merge_known(&mut now, &wanted, &[]), Err("list".into()));
        assert_eq!(now, old);
    }
}
