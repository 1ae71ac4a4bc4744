//! Members of a record by their path: `watchlists.0.wid`.

use serde_json::Value;

use crate::model::Document;
use crate::text::Untrusted;

/// A record taken apart once, to be asked for any of its members.
#[derive(Clone, Debug, PartialEq)]
pub struct Members(Value);

impl Members {
    /// Takes a record apart; what is no JSON has no members.
    pub fn of(document: &Document) -> Self {
        Self(serde_json::from_str(document.json()).unwrap_or(Value::Null))
    }

    /// The member at a path, as text; `None` when there is none, or nothing in it. Names on the path are parted by dots;
    /// a place in a list is a number, counted from 0. A list or object is given as JSON.
    pub fn at(&self, path: &str) -> Option<Untrusted> {
        // A name may have dots of its own.
        let found = self.0.get(path).or_else(|| {
            path.split('.')
                .try_fold(&self.0, |value, step| match value {
                    Value::Array(list) => list.get(step.parse::<usize>().ok()?),
                    other => other.get(step),
                })
        });
        match found? {
            Value::Null => None,
            Value::String(text) => {
                Some(text.as_str().into()).filter(|text: &Untrusted| !text.is_empty())
            }
            other => Some(other.to_string().into()),
        }
    }

    /// The paths of all members that are neither lists nor objects, by name.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        walk(&self.0, "", &mut paths);
        paths
    }
}

fn walk(value: &Value, path: &str, paths: &mut Vec<String>) {
    let below = |step: &str| {
        if path.is_empty() {
            step.to_owned()
        } else {
            format!("{path}.{step}")
        }
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &below(name), paths);
            }
        }
        Value::Array(list) => {
            for (at, entry) in list.iter().enumerate() {
                walk(entry, &below(&at.to_string()), paths);
            }
        }
        // What is no record has no members.
        _ if path.is_empty() => {}
        _ => paths.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_path() {
        let json = r#"{"a": "x", "list": [{"wid": "14"}], "n": 3, "none": null, "empty": "", "b.c": true}"#;
        let members = Members::of(&Document::new(json));
        let found = |path| members.at(path).map(|text| text.raw().to_owned());
        assert_eq!(found("a").as_deref(), Some("x"));
        assert_eq!(found("list.0.wid").as_deref(), Some("14"));
        assert_eq!(found("list").as_deref(), Some(r#"[{"wid":"14"}]"#));
        assert_eq!(found("n").as_deref(), Some("3"));
        assert_eq!(found("b.c").as_deref(), Some("true"));
        for path in ["none", "empty", "list.1", "list.x", "a.b", "", "."] {
            assert_eq!(found(path), None, "{path}");
        }
        assert_eq!(
            members.paths(),
            ["a", "b.c", "empty", "list.0.wid", "n", "none"]
        );
    }

    #[test]
    fn a_record_that_cannot_be_read_has_no_members() {
        let members = Members::of(&Document::new("{"));
        assert_eq!(members.at("a"), None);
        assert!(members.paths().is_empty());
    }
}
