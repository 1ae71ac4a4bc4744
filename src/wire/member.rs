//! Members of a record by their path: `watchlists.0.wid`.

use serde_json::Value;

use crate::model::Document;
use crate::text::Untrusted;

/// The member at a path, as text; `None` when there is none, or nothing in it. Names on the path are parted by dots; a
/// place in a list is a number, counted from 0. A list or object is given as JSON.
pub fn member(document: &Document, path: &str) -> Option<Untrusted> {
    let whole: Value = serde_json::from_str(document.json()).ok()?;
    // A name may have dots of its own.
    let found = whole.get(path).or_else(|| {
        path.split('.').try_fold(&whole, |value, step| match value {
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

/// The paths of all members of a record that are neither lists nor objects, by name.
pub fn members(document: &Document) -> Vec<String> {
    let mut paths = Vec::new();
    if let Ok(whole) = serde_json::from_str::<Value>(document.json()) {
        walk(&whole, "", &mut paths);
    }
    paths
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
        _ => paths.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_path() {
        let json = r#"{"a": "x", "list": [{"wid": "14"}], "n": 3, "none": null, "empty": "", "b.c": true}"#;
        let document = Document::new(json);
        let found = |path| member(&document, path).map(|text| text.raw().to_owned());
        assert_eq!(found("a").as_deref(), Some("x"));
        assert_eq!(found("list.0.wid").as_deref(), Some("14"));
        assert_eq!(found("list").as_deref(), Some(r#"[{"wid":"14"}]"#));
        assert_eq!(found("n").as_deref(), Some("3"));
        assert_eq!(found("b.c").as_deref(), Some("true"));
        for path in ["none", "empty", "list.1", "list.x", "a.b", "", "."] {
            assert_eq!(found(path), None, "{path}");
        }
        assert_eq!(
            members(&document),
            ["a", "b.c", "empty", "list.0.wid", "n", "none"]
        );
    }
}
