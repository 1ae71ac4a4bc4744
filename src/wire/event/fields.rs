//! Lenient access to the fields of an event record in any of its forms.

use std::{borrow::Cow, net::IpAddr};

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::super::{Record, compact::compact, time, value};
use super::pipe_fields::{Layout, PipeFields};
use crate::model::{Md5, NetconnEnd, ProcessId, Sha256};
use crate::text::Untrusted;

/// The fields of a record, by name.
pub(super) enum RecordFields {
    /// A pipe-separated record.
    Pipe(PipeFields),
    /// A JSON object.
    Object(Record),
}

impl RecordFields {
    /// Parses a record; `None` if it is neither text nor an object.
    pub(super) fn parse(json: &RawValue, layout: &'static Layout) -> Option<Self> {
        if json.get().starts_with('{') {
            return Record::from_row(json).map(Self::Object);
        }
        let text = text(json)?;
        if text.trim_start().starts_with('{')
            && let Some(record) = Record::parse(&text)
        {
            return Some(Self::Object(record));
        }
        (!text.trim().is_empty()).then(|| Self::Pipe(PipeFields::parse(text, layout)))
    }

    /// Whether the record has more than one interpretation, because a path may contain the separator.
    pub(super) fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Pipe(fields) if fields.is_ambiguous)
    }

    /// Returns the record as one JSON object.
    pub(super) fn document(&self) -> String {
        match self {
            Self::Object(record) => record.document().json().to_owned(),
            Self::Pipe(fields) => {
                let mut json = String::with_capacity(fields.text.len() + 16 * fields.parts.len());
                for (name, value) in fields.named_parts() {
                    json.push_str(if json.is_empty() { "{\"" } else { ",\"" });
                    json.push_str(name);
                    json.push_str("\":");
                    json.push_str(&serde_json::to_string(value).unwrap_or_default());
                }
                json.push('}');
                json
            }
        }
    }

    /// Returns the field as text; empty if it is missing.
    pub(super) fn text(&self, name: &str) -> Untrusted {
        match self {
            Self::Object(record) => record.text(name),
            Self::Pipe(_) => self.part(name).unwrap_or_default().into(),
        }
    }

    /// Returns the field as an integer.
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        match self {
            Self::Object(record) => record.int(name),
            Self::Pipe(_) => self.part(name)?.parse().ok(),
        }
    }

    /// Returns the field as an integer of type `T`; `None` if it is out of range.
    pub(super) fn number<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        self.int(name)?.try_into().ok()
    }

    /// Returns the field as a Boolean.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self {
            Self::Object(record) => record.flag(name),
            Self::Pipe(_) => value::parse_flag(self.part(name)?),
        }
    }

    /// Returns the field as a time.
    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        match self {
            Self::Object(record) => record.time(name),
            Self::Pipe(_) => time::parse(self.part(name)?),
        }
    }

    /// Returns address and port of one end of a connection. An invalid or unspecified address, and port 0, are `None`.
    pub(super) fn endpoint(&self, ip: &str, port: &str) -> NetconnEnd {
        NetconnEnd {
            ip: self.ip_address(ip).filter(|ip| !ip.is_unspecified()),
            port: self.number(port).filter(|port| *port != 0),
        }
    }

    fn ip_address(&self, name: &str) -> Option<IpAddr> {
        match self {
            Self::Object(record) => record.ip_address(name),
            Self::Pipe(_) => {
                let part = self.part(name)?;
                let number = part.parse().ok().and_then(value::ip_from_number);
                number.or_else(|| value::parse_ip(part))
            }
        }
    }

    /// Returns the field as an MD5; all zeros are `None`.
    pub(super) fn md5(&self, name: &str) -> Option<Md5> {
        match self {
            Self::Object(record) => record.md5(name),
            Self::Pipe(_) => {
                let md5: Md5 = self.part(name)?.parse().ok()?;
                (md5.0 != [0; 16]).then_some(md5)
            }
        }
    }

    /// Returns the field as a SHA-256; all zeros are `None`.
    pub(super) fn sha256(&self, name: &str) -> Option<Sha256> {
        match self {
            Self::Object(record) => record.sha256(name),
            Self::Pipe(_) => {
                let sha256: Sha256 = self.part(name)?.parse().ok()?;
                (sha256.0 != [0; 32]).then_some(sha256)
            }
        }
    }

    /// Returns the field as a process id, without the segment, which is a dummy here.
    pub(super) fn process(&self, name: &str) -> Option<ProcessId> {
        let text = self.text(name);
        let (id, _) = ProcessId::parse_with_segment(text.raw().trim())?;
        (!id.is_unknown()).then_some(id)
    }

    /// Returns the field of a pipe-separated record, trimmed.
    fn part(&self, name: &str) -> Option<&str> {
        let Self::Pipe(fields) = self else {
            return None;
        };
        let mut parts = fields.named_parts();
        let part = parts.find_map(|(part_name, value)| (part_name == name).then_some(value));
        part.map(str::trim)
    }
}

/// Decodes a JSON string; `None` for other values. A lone surrogate becomes a replacement character.
pub(super) fn text(json: &RawValue) -> Option<String> {
    let json = json.get();
    if !json.starts_with('"') {
        return None;
    }
    let json = if json.contains("\\u") { Cow::Owned(compact(json)) } else { Cow::Borrowed(json) };
    serde_json::from_str(&json).ok()
}
