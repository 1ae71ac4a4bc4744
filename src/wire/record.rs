//! A JSON object as sent by the server, with lenient access to its members.

use std::{collections::BTreeMap, net::IpAddr, ops::Range};

use jiff::Timestamp;
use serde_json::{Map, Value, value::RawValue};

use super::{
    compact::{CompactObject, MemberRange, compact_cut, compact_object},
    time,
    value::{MemberValue, ip_from_number, parse_flag, parse_ip},
};
use crate::model::{Document, Md5, Sha256};
use crate::text::Untrusted;

/// The members of an object as JSON text.
pub(super) type MemberMap<'a> = BTreeMap<String, &'a RawValue>;

/// A JSON object: its text, and where its members are in it. A member is parsed when it is read. All accessors are
/// lenient: they do not distinguish missing, null and invalid members.
#[derive(Clone, Debug, Default)]
pub struct Record {
    json: Document,
    /// Sorted by name; of several members with one name, the last.
    members: Vec<MemberPosition>,
    is_nested: bool,
}

/// A member of a record.
#[derive(Clone, Debug)]
struct MemberPosition {
    name: MemberName,
    value: Range<usize>,
}

/// The name of a member.
#[derive(Clone, Debug)]
enum MemberName {
    /// It is in the text as it is.
    Plain(Range<usize>),
    /// It has escapes in the text.
    Decoded(Box<str>),
}

impl Record {
    /// Parses JSON; `None` if it is not an object. In a record that is far larger than any known one, long texts are
    /// truncated, because thousands of rows are held in memory.
    pub fn parse(json: &str) -> Option<Self> {
        Self::from_row(serde_json::from_str(json).ok()?)
    }

    /// Returns the record of a value that is known to be valid JSON, as [`Record::parse`] does.
    pub(super) fn from_row(json: &RawValue) -> Option<Self> {
        /// In bytes. A Windows command line has at most 32,767 characters and scripts at most 65,535, so no real text
        /// is truncated.
        const MAX_TEXT: usize = 1024 * 1024;
        /// In bytes. Lists of modules and watchlists have some tens of kilobytes.
        const MAX_RECORD: usize = 4 * MAX_TEXT;
        if json.get().len() <= MAX_TEXT {
            return Self::from_uncut_row(json);
        }
        let cut = compact_cut(json.get(), MAX_TEXT);
        if cut.len() > MAX_RECORD {
            tracing::warn!("a record of {} bytes is skipped", json.get().len());
            return None;
        }
        Self::from_object(compact_object(&cut))
    }

    /// Returns the record of valid JSON of any length without truncating: for records that are written back.
    pub(super) fn from_uncut_row(json: &RawValue) -> Option<Self> {
        json.get().starts_with('{').then(|| compact_object(json.get())).and_then(Self::from_object)
    }

    fn from_object(object: CompactObject) -> Option<Self> {
        let CompactObject { json, members } = object;
        if !json.starts_with('{') {
            return None;
        }
        let position = |MemberRange { name, value }| {
            let name = match &json[name.clone()] {
                text if text.contains('\\') => MemberName::Decoded(serde_json::from_str(&format!("\"{text}\"")).ok()?),
                _ => MemberName::Plain(name),
            };
            Some(MemberPosition { name, value })
        };
        let mut members: Vec<_> = members.into_iter().map(position).collect::<Option<_>>()?;
        if !members.is_sorted_by(|one, other| one.name(&json) < other.name(&json)) {
            members.sort_by(|one, other| one.name(&json).cmp(other.name(&json)));
            // The last of several members counts, as in every JSON parser.
            members.reverse();
            members.dedup_by(|one, other| one.name(&json) == other.name(&json));
            members.reverse();
        }
        Some(Self { json: Document::new(json), members, is_nested: false })
    }

    /// Creates a record of all members of an envelope but its lists of rows.
    pub(super) fn envelope(members: &MemberMap<'_>, rows: &[&str]) -> Self {
        let own = members.iter().filter(|(name, _)| !rows.contains(&name.as_str()));
        let own: BTreeMap<&str, &RawValue> = own.map(|(name, value)| (name.as_str(), *value)).collect();
        let json = serde_json::to_string(&own).unwrap_or_default();
        Self::from_object(compact_object(&json)).map(Self::into_nested).unwrap_or_default()
    }

    /// Returns the record as a part of another one, without a document of its own.
    fn into_nested(self) -> Self {
        Self { is_nested: true, ..self }
    }

    /// Returns the record as compact JSON; empty for a nested record.
    pub fn document(&self) -> Document {
        if self.is_nested { Document::default() } else { self.json.clone() }
    }

    /// Returns the record without some of its members, as compact JSON.
    pub fn document_without(&self, names: &[&str]) -> Document {
        let mut fields: Map<String, Value> = serde_json::from_str(self.json.json()).unwrap_or_default();
        fields.retain(|name, _| !names.contains(&name.as_str()));
        Document::new(Value::Object(fields).to_string())
    }

    /// Returns the record without the members that are secret by their name, as compact JSON.
    pub fn document_without_secrets(&self) -> Document {
        let secrets: Vec<_> = self.names().filter(|name| is_secret(name)).collect();
        if secrets.is_empty() {
            return self.document();
        }
        self.document_without(&secrets)
    }

    /// Returns the names of the members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name(self.json.json()))
    }

    /// Whether the record has no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the member as text; empty if it is missing. Of a list, the first entry is used.
    pub fn text(&self, name: &str) -> Untrusted {
        match self.value(name) {
            Some(MemberValue::Text(text)) => Untrusted::from(&*text),
            Some(value) => value.into_text().map_or_else(Untrusted::default, Into::into),
            None => Untrusted::default(),
        }
    }

    /// Returns the member as text, or the member `other` if it is empty.
    pub fn text_or(&self, name: &str, other: &str) -> Untrusted {
        let text = self.text(name);
        if text.is_empty() { self.text(other) } else { text }
    }

    /// Returns the member as text; empty if it is `(unknown)`.
    pub fn text_if_known(&self, name: &str) -> Untrusted {
        let text = self.text(name);
        if text.eq_ignore_case("(unknown)") { Untrusted::default() } else { text }
    }

    /// Returns the member as a list of texts; a scalar is a list of one.
    pub fn texts(&self, name: &str) -> Vec<Untrusted> {
        let texts = self.value(name).map_or_else(Vec::new, MemberValue::into_texts);
        texts.into_iter().filter(|text| !text.is_empty()).map(Into::into).collect()
    }

    /// Returns the member as an integer, also from text.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.value(name)?.to_int()
    }

    /// Returns the member as a non-negative integer; a negative number, which means "unknown", is `None`.
    pub fn count(&self, name: &str) -> Option<u64> {
        let value = self.value(name)?;
        value.to_unsigned().or_else(|| value.to_int().and_then(|number| number.try_into().ok()))
    }

    /// Returns the member as a process id of the host; -1, which means "unknown", is `None`.
    pub fn pid(&self, name: &str) -> Option<u32> {
        self.int(name)?.try_into().ok()
    }

    /// Returns the member as a floating-point number.
    pub fn float(&self, name: &str) -> Option<f64> {
        let number = match self.value(name)? {
            MemberValue::Text(text) => text.trim().parse().ok(),
            MemberValue::Other(value) => value.as_f64(),
        };
        number.filter(|number| number.is_finite())
    }

    /// Returns the member as a Boolean, also from 0 and 1 and from words in any letter case.
    pub fn flag(&self, name: &str) -> Option<bool> {
        parse_flag(&self.value(name)?.into_text()?)
    }

    /// Returns the member as a time, in any of the server's formats.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        match self.value(name)? {
            MemberValue::Text(text) => time::parse(&text),
            MemberValue::Other(value) => time::from_epoch(value.as_f64()?),
        }
    }

    /// Returns the member as an IP address: a signed 32-bit number in network byte order, dotted, or IPv6 (reference
    /// 1.5).
    pub fn ip_address(&self, name: &str) -> Option<IpAddr> {
        let value = self.value(name)?;
        match (value.to_int(), &value) {
            (Some(number), _) => ip_from_number(number),
            (None, MemberValue::Text(text)) => parse_ip(text),
            (None, MemberValue::Other(_)) => None,
        }
    }

    /// Returns the member as an MD5; all zeros, which servers send for an unknown hash, are `None`.
    pub fn md5(&self, name: &str) -> Option<Md5> {
        let md5: Md5 = self.text(name).raw().trim().parse().ok()?;
        (md5.0 != [0; 16]).then_some(md5)
    }

    /// Returns the member as a SHA-256; all zeros are `None`.
    pub fn sha256(&self, name: &str) -> Option<Sha256> {
        let sha256: Sha256 = self.text(name).raw().trim().parse().ok()?;
        (sha256.0 != [0; 32]).then_some(sha256)
    }

    /// Returns the objects in a list; other entries are ignored.
    pub fn records(&self, name: &str) -> Vec<Self> {
        let Some(json) = self.raw_value(name) else {
            return Vec::new();
        };
        let items: Vec<&RawValue> = if json.starts_with('[') {
            serde_json::from_str(json).unwrap_or_default()
        } else {
            serde_json::from_str(json).into_iter().collect()
        };
        items.into_iter().filter_map(Self::from_uncut_row).map(Self::into_nested).collect()
    }

    /// Returns the nested object, which some members have as JSON text.
    pub fn nested_record(&self, name: &str) -> Option<Self> {
        match self.value(name)? {
            MemberValue::Text(json) => Self::parse(&json),
            MemberValue::Other(_) => Self::from_object(compact_object(self.raw_value(name)?)).map(Self::into_nested),
        }
    }

    /// Returns the sum of the counts in a nested object; a single number is its own sum.
    pub fn sum(&self, name: &str) -> u64 {
        let count = |value: &MemberValue<'_>| value.to_int().and_then(|number| u64::try_from(number).ok());
        match self.value(name) {
            Some(MemberValue::Other(Value::Object(counts))) => {
                let counts = counts.into_iter().map(|(_, value)| MemberValue::from(value));
                counts.filter_map(|value| count(&value)).fold(0, u64::saturating_add)
            }
            Some(value) => count(&value).unwrap_or(0),
            None => 0,
        }
    }

    /// Returns the value of a member; `None` if it is missing or null.
    fn value(&self, name: &str) -> Option<MemberValue<'_>> {
        MemberValue::parse(self.raw_value(name)?)
    }

    /// Returns the JSON of a member.
    fn raw_value(&self, name: &str) -> Option<&str> {
        let json = self.json.json();
        let at = self.members.binary_search_by(|member| member.name(json).cmp(name)).ok()?;
        json.get(self.members[at].value.clone())
    }
}

impl MemberPosition {
    /// Returns the name, which may be in the text of the record.
    fn name<'r>(&'r self, json: &'r str) -> &'r str {
        match &self.name {
            MemberName::Plain(range) => json.get(range.clone()).unwrap_or_default(),
            MemberName::Decoded(name) => name,
        }
    }
}

/// Whether the name of a member or URL parameter indicates a credential.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 9] =
        ["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "credential", "private_key"];
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "key" | "pass" | "pwd" | "auth" | "sig") || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the result of reading the member `f` if it is `value`.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "values read better than borrows in a table")]
    fn check<T: PartialEq + std::fmt::Debug>(value: &str, read: impl Fn(&Record, &str) -> T, expected: T) {
        let record = Record::parse(&format!("{{\"f\": {value}}}")).unwrap();
        assert_eq!(read(&record, "f"), expected, "{value}");
    }

    #[test]
    fn a_text_may_be_anything_but_an_object() {
        for (value, expected) in [
            (r#""net.exe""#, "net.exe"),
            ("4242", "4242"),
            ("true", "true"),
            (r#"["first", "second"]"#, "first"),
            ("null", ""),
            ("[]", ""),
            ("{}", ""),
        ] {
            check(value, |record, name| record.text(name).raw().to_owned(), expected.to_owned());
        }
        check(r#""(unknown)""#, |record, name| record.text_if_known(name).is_empty(), true);
    }

    #[test]
    fn a_number_may_be_a_text() {
        for (value, expected) in [
            ("7", Some(7)),
            (r#""7""#, Some(7)),
            (r#"" -7 ""#, Some(-7)),
            ("3.0", Some(3)),
            (r#""3.0""#, Some(3)),
            ("3.5", None),
            (r#""""#, None),
            (r#""seven""#, None),
            ("true", None),
            ("1e300", None),
            ("null", None),
        ] {
            check(value, Record::int, expected);
        }
        check("18446744073709551615", Record::count, Some(u64::MAX));
        check("-1", Record::count, None);
        check("-1", Record::pid, None);
        check("4294967295", Record::pid, Some(u32::MAX));
        check("4294967296", Record::pid, None);
        check(r#""0.0213""#, Record::float, Some(0.0213));
        check(r#""NaN""#, Record::float, None);
    }

    #[test]
    fn a_flag_may_be_a_word_or_a_number() {
        for value in ["true", r#""True""#, "1", r#""1""#, r#""yes""#, r#""ON""#] {
            check(value, Record::flag, Some(true));
        }
        for value in ["false", r#""false""#, "0", r#""0""#, r#""No""#] {
            check(value, Record::flag, Some(false));
        }
        for value in ["null", "2", r#""""#, r#""maybe""#] {
            check(value, Record::flag, None);
        }
    }

    #[test]
    fn a_time_may_be_a_number() {
        let at = "2021-03-04T10:15:31Z".parse().ok();
        check("1614852931", Record::time, at);
        check(r#""2021-03-04 04:15:31-06:00""#, Record::time, at);
        check("-1", Record::time, None);
        check("false", Record::time, None);
    }

    #[test]
    fn an_address_may_be_a_signed_number_or_text() {
        for (value, expected) in [
            ("169090600", "10.20.30.40"),
            ("-1062718969", "192.168.50.7"),
            ("3232248327", "192.168.50.7"),
            (r#""-1062718969""#, "192.168.50.7"),
            (r#""192.168.50.7""#, "192.168.50.7"),
            (r#""::ffff:192.168.50.7""#, "192.168.50.7"),
            (r#""fe80::1""#, "fe80::1"),
        ] {
            check(value, Record::ip_address, expected.parse().ok());
        }
        for value in ["4294967296", "-2147483649", r#""host""#, "null", "[1]"] {
            check(value, Record::ip_address, None);
        }
    }

    #[test]
    fn a_list_may_be_a_scalar() {
        let texts = |record: &Record, name: &str| record.texts(name).len();
        check(r#"["a", "b"]"#, texts, 2);
        check(r#""a""#, texts, 1);
        check(r#""""#, texts, 0);
        check("null", texts, 0);
        check(r#"[{"wid": 1}, null, 3]"#, |record, name| record.records(name).len(), 1);
        check(r#"{"wid": 1}"#, |record, name| record.records(name).len(), 1);
    }

    #[test]
    fn zeros_are_not_a_hash() {
        check(r#""00000000000000000000000000000000""#, Record::md5, None);
        check(r#""000000000000000000000000000000""#, Record::md5, None);
        check(r#""9E107D9D372BB6826BD81D3542A419D6""#, Record::md5, "9e107d9d372bb6826bd81d3542a419d6".parse().ok());
    }

    #[test]
    fn only_an_object_is_a_record() {
        for json in ["[]", "3", "null", r#""text""#, ""] {
            assert!(Record::parse(json).is_none(), "{json}");
        }
        assert!(Record::parse("{}").unwrap().is_empty());
    }
}
