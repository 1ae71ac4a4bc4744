//! JSON with its keys in the order in which they were written, and its shape: which keys there are, and of which type.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value that keeps the order of its keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Record(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value.
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Reads one value a line.
    #[track_caller]
    pub(crate) fn read_lines(text: &str) -> Vec<Self> {
        text.lines().map(Self::read).collect()
    }

    /// The member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(members) => {
                let found = members.iter().find(|(key, _)| key == name);
                found.map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The text or number of a member; empty if it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Self::Text(text) | Self::Number(text)) => text,
            _ => "",
        }
    }

    /// What it holds, if it is a list.
    pub(crate) fn list(&self) -> &[Self] {
        match self {
            Self::List(values) => values,
            _ => &[],
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "flag",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Record(_) => "record",
        }
    }

    /// The keys in their order, each with the type of its value, in one line.
    pub(crate) fn outline(&self) -> String {
        match self {
            Self::List(values) => {
                let outlines: BTreeSet<_> = values.iter().map(Self::outline).collect();
                format!("[{}]", outlines.into_iter().collect::<Vec<_>>().join(" | "))
            }
            Self::Record(members) => {
                let members = members.iter().map(|(key, value)| format!("{key}: {}", value.outline()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            other => other.kind().to_owned(),
        }
    }

    fn collect(&self, path: &str, found: &mut BTreeMap<String, BTreeSet<&'static str>>) {
        if !path.is_empty() {
            found.entry(path.to_owned()).or_default().insert(self.kind());
        }
        match self {
            Self::List(values) => {
                for value in values {
                    value.collect(&format!("{path}[]"), found);
                }
            }
            Self::Record(members) => {
                let gap = if path.is_empty() { "" } else { "." };
                for (key, value) in members {
                    value.collect(&format!("{path}{gap}{key}"), found);
                }
            }
            _ => {}
        }
    }
}

/// Every key of these records, however deep, with the types that its values have; sorted, a line each.
pub(crate) fn keys(records: &[Json]) -> Vec<String> {
    let mut found = BTreeMap::new();
    for record in records {
        record.collect("", &mut found);
    }
    let lines = found.iter().map(|(path, kinds)| {
        let kinds: Vec<_> = kinds.iter().copied().collect();
        format!("{path}: {}", kinds.join(" or "))
    });
    lines.collect()
}

impl fmt::Display for Json {
    /// Writes it as `serde_json` does, with the keys in their order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => f.write_str(number),
            Self::Text(text) => f.write_str(&quoted(text)?),
            Self::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Self::Record(members) => {
                f.write_str("{")?;
                for (at, (key, value)) in members.iter().enumerate() {
                    let gap = if at == 0 { "" } else { "," };
                    write!(f, "{gap}{}:{value}", quoted(key)?)?;
                }
                f.write_str("}")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
                Ok(Json::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
                Ok(Json::Number(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
                Ok(Json::Number(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
                Ok(Json::Number(number.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Json::List(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Json::Record(members))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[test]
fn the_order_of_keys_is_kept_and_their_types_are_shown() {
    let text = r#"{"b":1,"a":[{"x":null},{"x":"y"}],"c":true}"#;
    let json = Json::read(text);
    assert_eq!(json.to_string(), text);
    assert_eq!(json.outline(), "{b: number, a: [{x: null} | {x: text}], c: flag}");
    assert_eq!(keys(&[json]), ["a: list", "a[]: record", "a[].x: null or text", "b: number", "c: flag"]);
}
