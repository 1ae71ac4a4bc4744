//! The compiled condition on the values of one field.

use std::{borrow::Cow, collections::HashSet, net::IpAddr};

use jiff::Timestamp;

use super::FieldValue;
use super::domain::DomainMatcher;
use super::fold::{Needle, PatternPart, Stars, fold_char, fold_path_char, fold_text};
use super::path::{path_ends_with, path_matches, resolve_control_set};
use super::phrase::{Phrase, token_matches};
use crate::query::eval::tokens::{Cmdline, WordRuns, is_slash};
use crate::query::fields::{FieldType, QueryField};
use crate::query::syntax::dates::{Date, DateRange};
use crate::query::syntax::expr::{Bound, Operand};
use crate::query::syntax::network::Network;

/// The condition on a field value.
#[derive(Clone, Debug)]
pub(super) enum FieldMatcher {
    /// Matches no value.
    Never,
    /// Matches any value except empty text.
    Exists,
    FullText(Needle),
    /// One of these full texts, in lower case, or one of the other matchers.
    OneOf(HashSet<String>, Vec<FieldMatcher>),
    /// The full text, or the part after its last backslash.
    User(Needle),
    /// The full text, ignoring underscores.
    Crossproc(Needle),
    /// Consecutive words.
    Words(Phrase),
    /// Consecutive tokens of a command line, by any of the phrases.
    Cmdline(Vec<Phrase>),
    /// The end of a path, from any directory on.
    PathEnd(String),
    /// A pattern for the end of a path, from any directory on.
    PathLike(Vec<PatternPart>),
    /// A path matcher for registry keys, whose control sets are equivalent.
    Registry(Box<FieldMatcher>),
    Domain(DomainMatcher),
    /// An address in the network.
    Network(Network),
    /// An address from the first to the last, of their IP version.
    Addresses(IpAddr, IpAddr),
    /// A number from the first to the last.
    Numbers(f64, f64),
    /// A time in the period.
    Times(DateRange),
    Flag(bool),
    /// Text from the first to the last, compared in lower case; `None` is an open end.
    Between(Option<String>, Option<String>),
}

impl FieldMatcher {
    pub(super) fn new(field: &QueryField, operand: &Operand, now: Timestamp) -> Self {
        match operand {
            Operand::Word(word) if word.bytes().all(|byte| byte == b'*') => Self::Exists,
            Operand::Word(word) => Self::from_value(field, word, Stars::Wildcards, now),
            Operand::Phrase(value) => Self::from_value(field, value, Stars::Literal, now),
            Operand::Range(Bound::Open, Bound::Open) => Self::Exists,
            Operand::Range(lower, upper) => Self::from_range(field.kind, lower, upper, now).unwrap_or(Self::Never),
        }
    }

    fn from_value(field: &QueryField, text: &str, stars: Stars, now: Timestamp) -> Self {
        let needle = || Needle::new(text, stars, fold_char);
        match field.kind {
            _ if text.is_empty() => Self::Never,
            FieldType::Keyword | FieldType::Guid | FieldType::Status | FieldType::Sign => Self::FullText(needle()),
            FieldType::Username => Self::User(needle()),
            FieldType::Crossproc => {
                let text = text.replace('_', "");
                Self::Crossproc(Needle::new(&text, stars, fold_char))
            }
            FieldType::Md5 | FieldType::Sha256 => {
                let is_digit = |char: char| char.is_ascii_hexdigit() || matches!(char, '*' | '?');
                if text.chars().all(is_digit) { Self::FullText(needle()) } else { Self::Never }
            }
            FieldType::Text => {
                let words = match stars {
                    Stars::Wildcards => WordRuns::with_wildcards(text),
                    Stars::Literal => WordRuns::new(text),
                };
                Phrase::new(words, stars).map_or(Self::Never, Self::Words)
            }
            FieldType::Cmdline => {
                // A leading slash begins a path at the start of a command line and a switch elsewhere. The query does
                // not say which, so both are tried.
                let readings = [Cmdline::new(text), Cmdline::for_later_part(text)];
                let mut phrases: Vec<_> =
                    readings.into_iter().filter_map(|reading| Phrase::new(reading, stars)).collect();
                phrases.dedup();
                if phrases.is_empty() { Self::Never } else { Self::Cmdline(phrases) }
            }
            FieldType::Path => {
                let matcher = path_matcher(text, stars);
                if field.name == "regmod" { Self::Registry(Box::new(matcher)) } else { matcher }
            }
            FieldType::Domain => Self::Domain(DomainMatcher::new(text, stars)),
            FieldType::Ip | FieldType::Ipv6 => match Network::parse(text) {
                Some(network) => Self::Network(network),
                None if stars == Stars::Wildcards => Self::FullText(needle()),
                None => Self::Never,
            },
            FieldType::Integer | FieldType::Float => match text.parse::<f64>() {
                Ok(number) => Self::Numbers(number, number),
                Err(_) => Self::Never,
            },
            FieldType::Bool => ["false", "true"]
                .iter()
                .position(|word| text.eq_ignore_ascii_case(word))
                .map_or(Self::Never, |at| Self::Flag(at == 1)),
            FieldType::Time => Date::parse(text).map_or(Self::Never, |date| Self::Times(date.time_range(now))),
        }
    }

    /// Creates a matcher for a range; `None` if an end cannot be parsed or the type has no ranges.
    fn from_range(kind: FieldType, lower: &Bound, upper: &Bound, now: Timestamp) -> Option<Self> {
        Some(match kind {
            FieldType::Integer | FieldType::Float => {
                let number = |bound: &Bound, open: f64| match bound {
                    Bound::Open => Some(open),
                    Bound::At(text) => text.parse().ok(),
                };
                Self::Numbers(number(lower, f64::NEG_INFINITY)?, number(upper, f64::INFINITY)?)
            }
            FieldType::Time => {
                let from = match lower {
                    Bound::Open => DateRange::ALL_TIME.start,
                    Bound::At(text) => Date::parse(text)?.range_start(now),
                };
                let to = match upper {
                    Bound::Open => DateRange::ALL_TIME.end,
                    Bound::At(text) => Date::parse(text)?.range_end(now),
                };
                Self::Times(DateRange { start: from, end: to })
            }
            FieldType::Ip | FieldType::Ipv6 => {
                let (first, last) = if kind == FieldType::Ip {
                    (IpAddr::from([0; 4]), IpAddr::from([255; 4]))
                } else {
                    (IpAddr::from([0; 16]), IpAddr::from([255; 16]))
                };
                let address = |bound: &Bound, open: IpAddr| match bound {
                    Bound::Open => Some(open),
                    Bound::At(text) => text.parse().ok(),
                };
                Self::Addresses(address(lower, first)?, address(upper, last)?)
            }
            FieldType::Bool => return None,
            _ => {
                let text = |bound: &Bound| match bound {
                    Bound::Open => None,
                    Bound::At(text) => Some(fold_text(text)),
                };
                Self::Between(text(lower), text(upper))
            }
        })
    }

    /// Returns a matcher for values that any of `matchers` matches.
    pub(super) fn any_of(mut matchers: Vec<Self>) -> Self {
        if matchers.len() == 1 {
            return matchers.remove(0);
        }
        let mut exact = HashSet::new();
        let mut others = Vec::new();
        for matcher in matchers {
            match matcher {
                Self::FullText(Needle::Exact(text)) => {
                    exact.insert(text);
                }
                Self::OneOf(texts, more) => {
                    exact.extend(texts);
                    others.extend(more);
                }
                Self::Never => {}
                other => others.push(other),
            }
        }
        Self::OneOf(exact, others)
    }

    /// Returns whether no value can match.
    pub(super) fn never_matches(&self) -> bool {
        matches!(self, Self::Never)
    }

    /// Returns a rough estimate of the work for one document; it is higher for types of fields with many values.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Never => 0,
            Self::Exists | Self::Numbers(..) | Self::Times(_) | Self::Flag(_) => 1,
            Self::FullText(_) | Self::User(_) | Self::Crossproc(_) | Self::Between(..) => 2,
            Self::OneOf(_, others) => others.iter().map(Self::cost).fold(3, u32::saturating_add),
            Self::Network(_) | Self::Addresses(..) => 4,
            Self::Words(_) | Self::Domain(_) => 8,
            Self::PathEnd(_) => 10,
            Self::Cmdline(_) => 16,
            Self::PathLike(_) | Self::Registry(_) => 24,
        }
    }

    pub(super) fn matches(&self, value: &FieldValue<'_>) -> bool {
        match self {
            Self::Never => false,
            Self::Exists => !matches!(value, FieldValue::Text(text) if text.is_empty()),
            Self::Network(network) => value_address(value).is_some_and(|address| network.contains(address)),
            Self::Addresses(from, to) => value_address(value)
                .is_some_and(|address| from.is_ipv4() == address.is_ipv4() && *from <= address && address <= *to),
            Self::Numbers(from, to) => value_number(value).is_some_and(|number| *from <= number && number <= *to),
            Self::Times(period) => value_time(value).is_some_and(|moment| period.contains(moment)),
            Self::Flag(flag) => value_flag(value) == Some(*flag),
            Self::OneOf(exact, others) => {
                (!exact.is_empty() && exact.contains(&fold_text(&value_text(value))))
                    || others.iter().any(|matcher| matcher.matches(value))
            }
            Self::FullText(_)
            | Self::User(_)
            | Self::Crossproc(_)
            | Self::Words(_)
            | Self::Cmdline(_)
            | Self::PathEnd(_)
            | Self::PathLike(_)
            | Self::Registry(_)
            | Self::Domain(_)
            | Self::Between(..) => self.matches_text(&value_text(value)),
        }
    }

    fn matches_text(&self, text: &str) -> bool {
        match self {
            Self::FullText(needle) => needle.matches(text),
            Self::User(needle) => {
                needle.matches(text) || text.rsplit_once('\\').is_some_and(|(_, account)| needle.matches(account))
            }
            Self::Crossproc(needle) => needle.matches(&text.replace('_', "")),
            Self::Words(phrase) => phrase.is_contained_in(text, WordRuns::new(text), Needle::matches),
            Self::Cmdline(phrases) => {
                phrases.iter().any(|phrase| phrase.is_contained_in(text, Cmdline::new(text), token_matches))
            }
            Self::PathEnd(end) => path_ends_with(text, end),
            Self::PathLike(parts) => path_matches(text, parts),
            Self::Registry(inner) => inner.matches_text(&resolve_control_set(text)),
            Self::Domain(matcher) => matcher.matches(text),
            Self::Between(from, to) => {
                let text = fold_text(text);
                from.as_ref().is_none_or(|from| *from <= text) && to.as_ref().is_none_or(|to| text <= *to)
            }
            Self::Never
            | Self::Exists
            | Self::OneOf(..)
            | Self::Network(_)
            | Self::Addresses(..)
            | Self::Numbers(..)
            | Self::Times(_)
            | Self::Flag(_) => false,
        }
    }
}

fn path_matcher(text: &str, stars: Stars) -> FieldMatcher {
    // Paths are stored without their leading slash, so none matches.
    if text.starts_with(is_slash) {
        return FieldMatcher::Never;
    }
    let text = resolve_control_set(text);
    match Needle::new(&text, stars, fold_path_char) {
        Needle::Exact(exact) => FieldMatcher::PathEnd(exact.trim_end_matches('\\').to_owned()),
        Needle::Pattern(parts) => FieldMatcher::PathLike(parts),
    }
}

fn value_text<'a>(value: &'a FieldValue<'_>) -> Cow<'a, str> {
    match value {
        FieldValue::Text(text) => Cow::Borrowed(text.as_ref()),
        FieldValue::Number(number) => number.to_string().into(),
        FieldValue::Time(time) => time.to_string().into(),
        FieldValue::Ip(address) => address.to_string().into(),
        FieldValue::Flag(flag) => if *flag { "true" } else { "false" }.into(),
    }
}

fn value_number(value: &FieldValue<'_>) -> Option<f64> {
    match value {
        FieldValue::Number(number) => Some(*number),
        FieldValue::Text(text) => text.parse().ok(),
        FieldValue::Time(_) | FieldValue::Ip(_) | FieldValue::Flag(_) => None,
    }
}

fn value_time(value: &FieldValue<'_>) -> Option<Timestamp> {
    match value {
        FieldValue::Time(time) => Some(*time),
        FieldValue::Text(text) => match Date::parse(text)? {
            Date::Day(moment) | Date::Moment(moment) => Some(moment),
            Date::Before(_) | Date::DaysBefore(_) => None,
        },
        FieldValue::Number(_) | FieldValue::Ip(_) | FieldValue::Flag(_) => None,
    }
}

fn value_address(value: &FieldValue<'_>) -> Option<IpAddr> {
    match value {
        FieldValue::Ip(address) => Some(*address),
        FieldValue::Text(text) => text.parse().ok(),
        FieldValue::Number(_) | FieldValue::Time(_) | FieldValue::Flag(_) => None,
    }
}

fn value_flag(value: &FieldValue<'_>) -> Option<bool> {
    match value {
        FieldValue::Flag(flag) => Some(*flag),
        FieldValue::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        FieldValue::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        FieldValue::Text(_) | FieldValue::Number(_) | FieldValue::Time(_) | FieldValue::Ip(_) => None,
    }
}
