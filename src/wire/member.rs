//! Access to members of a record by a path such as `watchlists.0.wid`.

use serde_json::Value;

use crate::model::Document;
use crate::text::Untrusted;

/// A parsed record, for access to any of its members.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordMembers(Value);

impl RecordMembers {
    /// Parses a record; one that is not valid JSON has no members.
    pub fn from_document(document: &Document) -> Self {
        Self::from_json(document.json())
    }

    /// Parses the JSON of a record; if it is not valid, the record has no members.
    pub fn from_json(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap_or(Value::Null))
    }

    /// Returns the member at `path` as text, or as JSON if it is a list or object; `None` if it is missing or empty. A
    /// path is names and list indexes (from 0), separated by dots.
    pub fn text_at(&self, path: &str) -> Option<Untrusted> {
        match self.value_at(path)? {
            Value::Null => None,
            Value::String(text) => Some(text.as_str().into()).filter(|text: &Untrusted| !text.is_empty()),
            other => Some(other.to_string().into()),
        }
    }

    /// Returns the JSON of the member at `path`; `None` if it is missing.
    pub fn json_at(&self, path: &str) -> Option<String> {
        self.value_at(path).map(Value::to_string)
    }

    /// Returns the names of the members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.as_object().into_iter().flat_map(|members| members.keys()).map(String::as_str)
    }

    /// Returns `path` with the name of its member as the record spells it, ignoring case; `None` if there is no such
    /// member.
    pub fn spelling(&self, path: &str) -> Option<String> {
        let find = |name: &str| {
            let exact = self.names().find(|known| *known == name);
            exact.or_else(|| self.names().find(|known| known.eq_ignore_ascii_case(name)))
        };
        find(path).map(str::to_owned).or_else(|| {
            let (name, rest) = path.split_once('.')?;
            Some(format!("{}.{rest}", find(name)?))
        })
    }

    fn value_at(&self, path: &str) -> Option<&Value> {
        // The name of a member may contain dots itself.
        self.0.get(path).or_else(|| {
            path.split('.').try_fold(&self.0, |value, step| match value {
                Value::Array(list) => list.get(step.parse::<usize>().ok()?),
                other => other.get(step),
            })
        })
    }

    /// Returns the paths of all members that are neither lists nor objects, in the order of names.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = self.leaf_values();
        paths.retain(|(_, value)| !value.is_array() && !value.is_object());
        paths.into_iter().map(|(path, _)| path).collect()
    }

    /// Returns the paths of all empty members, including empty lists and objects.
    pub fn empty_paths(&self) -> Vec<String> {
        let leaves = self.leaf_values().into_iter();
        let empty = leaves.filter(|(_, value)| match value {
            Value::String(text) => text.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
            Value::Null | Value::Array(_) | Value::Object(_) => true,
        });
        empty.map(|(path, _)| path).collect()
    }

    /// Returns all members without members of their own, with their paths.
    fn leaf_values(&self) -> Vec<(String, &Value)> {
        let mut leaves = Vec::new();
        walk(&self.0, "", &mut leaves);
        leaves
    }
}

fn walk<'v>(value: &'v Value, path: &str, leaves: &mut Vec<(String, &'v Value)>) {
    let child_path = |step: &str| {
        if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                walk(member, &child_path(name), leaves);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (at, entry) in list.iter().enumerate() {
                walk(entry, &child_path(&at.to_string()), leaves);
            }
        }
        // Only an object or list has members.
        _ if path.is_empty() => {}
        leaf => leaves.push((path.to_owned(), leaf)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_path() {
        let json = r#"{"a": "x", "list": [{"wid": "14"}], "n": 3, "none": null, "empty": "", "b.c": true}"#;
        let members = RecordMembers::from_document(&Document::new(json));
        let text_at = |path| members.text_at(path).map(|text| text.raw().to_owned());
        assert_eq!(text_at("a").as_deref(), Some("x"));
        assert_eq!(text_at("list.0.wid").as_deref(), Some("14"));
        assert_eq!(text_at("list").as_deref(), Some(r#"[{"wid":"14"}]"#));
        assert_eq!(text_at("n").as_deref(), Some("3"));
        assert_eq!(text_at("b.c").as_deref(), Some("true"));
        for path in ["none", "empty", "list.1", "list.x", "a.b", "", "."] {
            assert_eq!(text_at(path), None, "{path}");
        }
        assert_eq!(members.paths(), ["a", "b.c", "empty", "list.0.wid", "n", "none"]);
    }

    #[test]
    fn empty_members_have_paths() {
        let members = RecordMembers::from_document(&Document::new(
            r#"{"a": [], "b": {}, "c": "", "d": null, "e": [{"f": []}], "g": 0}"#,
        ));
        assert_eq!(members.empty_paths(), ["a", "b", "c", "d", "e.0.f"]);
        assert_eq!(members.paths(), ["c", "d", "g"]);
    }

    #[test]
    fn a_record_that_cannot_be_read_has_no_members() {
        let members = RecordMembers::from_document(&Document::new("{"));
        assert_eq!(members.text_at("a"), None);
        assert!(members.paths().is_empty());
    }
}
