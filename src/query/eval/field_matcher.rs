//! One prepared question to the values of one field.

use std::{borrow::Cow, collections::HashSet, net::IpAddr};

use jiff::Timestamp;

use super::Value;
use super::domain::DomainProbe;
use super::fold::{Needle, Part, Stars, folded, lower, lower_path};
use super::path::{current_control_set, path_ends, path_is_like};
use super::phrase::{Row, is_token};
use crate::query::eval::tokens::{Cmdline, Words, is_slash};
use crate::query::fields::{Field, Kind};
use crate::query::syntax::dates::{Date, Stretch};
use crate::query::syntax::expr::{Bound, Operand};
use crate::query::syntax::network::Network;

/// What a value must be to pass.
#[derive(Clone, Debug)]
pub(super) enum Probe {
    /// Nothing passes.
    Vain,
    /// Anything passes that is a value.
    Exists,
    /// The whole text.
    Whole(Needle),
    /// One of these whole texts, in lower case, or one of these others.
    OneOf(HashSet<String>, Vec<Probe>),
    /// The whole text, or what follows its last backslash.
    User(Needle),
    /// The whole text, underscores aside.
    Crossproc(Needle),
    /// Words in a row.
    Words(Row),
    /// The tokens of a command line in a row: one of these rows.
    Cmdline(Vec<Row>),
    /// The end of a path from a directory on.
    PathEnd(String),
    /// A path from a directory on.
    PathLike(Vec<Part>),
    /// Like the one inside, for registry keys, whose control sets count as one.
    Registry(Box<Probe>),
    /// A domain name.
    Domain(DomainProbe),
    /// An address in a network.
    Network(Network),
    /// An address between two, of the same version.
    Addresses(IpAddr, IpAddr),
    /// A number between two.
    Numbers(f64, f64),
    /// A moment.
    Times(Stretch),
    /// Yes or no.
    Flag(bool),
    /// Text between two, by its characters in lower case.
    Between(Option<String>, Option<String>),
}

impl Probe {
    pub(super) fn new(field: &Field, operand: &Operand, now: Timestamp) -> Self {
        match operand {
            Operand::Word(word) if word.bytes().all(|byte| byte == b'*') => Self::Exists,
            Operand::Word(word) => Self::value(field, word, Stars::Wild, now),
            Operand::Phrase(value) => Self::value(field, value, Stars::Tame, now),
            Operand::Range(Bound::Open, Bound::Open) => Self::Exists,
            Operand::Range(lower, upper) => Self::range(field.kind, lower, upper, now).unwrap_or(Self::Vain),
        }
    }

    fn value(field: &Field, text: &str, stars: Stars, now: Timestamp) -> Self {
        let whole = || Needle::new(text, stars, lower);
        match field.kind {
            _ if text.is_empty() => Self::Vain,
            Kind::Keyword | Kind::Guid | Kind::Status | Kind::Sign => Self::Whole(whole()),
            Kind::Username => Self::User(whole()),
            Kind::Crossproc => {
                let text = text.replace('_', "");
                Self::Crossproc(Needle::new(&text, stars, lower))
            }
            Kind::Md5 | Kind::Sha256 => {
                let is_digit = |char: char| char.is_ascii_hexdigit() || matches!(char, '*' | '?');
                if text.chars().all(is_digit) { Self::Whole(whole()) } else { Self::Vain }
            }
            Kind::Text => {
                let words = Words::of_query(text, stars == Stars::Wild);
                Row::new(words, stars).map_or(Self::Vain, Self::Words)
            }
            Kind::Cmdline => {
                // A slash at the beginning of the query begins a path if it is the beginning of the command line
                // as well, and a switch if it is not. Nobody can tell from the query, so both are looked for.
                let readings = [Cmdline::new(text), Cmdline::of_later(text)];
                let mut rows: Vec<_> = readings.into_iter().filter_map(|reading| Row::new(reading, stars)).collect();
                rows.dedup();
                if rows.is_empty() { Self::Vain } else { Self::Cmdline(rows) }
            }
            Kind::Path => {
                let probe = path(text, stars);
                if field.name == "regmod" { Self::Registry(Box::new(probe)) } else { probe }
            }
            Kind::Domain => Self::Domain(DomainProbe::new(text, stars)),
            Kind::Ip | Kind::Ipv6 => match Network::read(text) {
                Some(network) => Self::Network(network),
                None if stars == Stars::Wild => Self::Whole(whole()),
                None => Self::Vain,
            },
            Kind::Integer | Kind::Float => match text.parse::<f64>() {
                Ok(number) => Self::Numbers(number, number),
                Err(_) => Self::Vain,
            },
            Kind::Bool => ["false", "true"]
                .iter()
                .position(|word| text.eq_ignore_ascii_case(word))
                .map_or(Self::Vain, |at| Self::Flag(at == 1)),
            Kind::Time => Date::read(text).map_or(Self::Vain, |date| Self::Times(date.stretch(now))),
        }
    }

    /// A range; nothing if an end of it cannot be read.
    fn range(kind: Kind, lower: &Bound, upper: &Bound, now: Timestamp) -> Option<Self> {
        Some(match kind {
            Kind::Integer | Kind::Float => {
                let number = |bound: &Bound, open: f64| match bound {
                    Bound::Open => Some(open),
                    Bound::At(text) => text.parse().ok(),
                };
                Self::Numbers(number(lower, f64::NEG_INFINITY)?, number(upper, f64::INFINITY)?)
            }
            Kind::Time => {
                let from = match lower {
                    Bound::Open => Stretch::ALWAYS.from,
                    Bound::At(text) => Date::read(text)?.lower(now),
                };
                let to = match upper {
                    Bound::Open => Stretch::ALWAYS.to,
                    Bound::At(text) => Date::read(text)?.upper(now),
                };
                Self::Times(Stretch { from, to })
            }
            Kind::Ip | Kind::Ipv6 => {
                let (first, last) = if kind == Kind::Ip {
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
            Kind::Bool => return None,
            _ => {
                let text = |bound: &Bound| match bound {
                    Bound::Open => None,
                    Bound::At(text) => Some(folded(text)),
                };
                Self::Between(text(lower), text(upper))
            }
        })
    }

    /// What passes one of the probes.
    pub(super) fn one_of(mut probes: Vec<Self>) -> Self {
        if probes.len() == 1 {
            return probes.remove(0);
        }
        let mut exact = HashSet::new();
        let mut others = Vec::new();
        for probe in probes {
            match probe {
                Self::Whole(Needle::Exact(text)) => {
                    exact.insert(text);
                }
                Self::OneOf(texts, more) => {
                    exact.extend(texts);
                    others.extend(more);
                }
                Self::Vain => {}
                other => others.push(other),
            }
        }
        Self::OneOf(exact, others)
    }

    /// Whether nothing can pass.
    pub(super) fn is_vain(&self) -> bool {
        matches!(self, Self::Vain)
    }

    /// How much work it is for one document, roughly; fields with many values count for more.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Vain => 0,
            Self::Exists | Self::Numbers(..) | Self::Times(_) | Self::Flag(_) => 1,
            Self::Whole(_) | Self::User(_) | Self::Crossproc(_) | Self::Between(..) => 2,
            Self::OneOf(_, others) => others.iter().map(Self::cost).fold(3, u32::saturating_add),
            Self::Network(_) | Self::Addresses(..) => 4,
            Self::Words(_) | Self::Domain(_) => 8,
            Self::PathEnd(_) => 10,
            Self::Cmdline(_) => 16,
            Self::PathLike(_) | Self::Registry(_) => 24,
        }
    }

    pub(super) fn passes(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Vain => false,
            Self::Exists => !matches!(value, Value::Text(text) if text.is_empty()),
            Self::Network(network) => address(value).is_some_and(|address| network.contains(address)),
            Self::Addresses(from, to) => address(value)
                .is_some_and(|address| from.is_ipv4() == address.is_ipv4() && *from <= address && address <= *to),
            Self::Numbers(from, to) => number(value).is_some_and(|number| *from <= number && number <= *to),
            Self::Times(stretch) => moment(value).is_some_and(|moment| stretch.contains(moment)),
            Self::Flag(wanted) => flag(value) == Some(*wanted),
            Self::OneOf(exact, others) => {
                (!exact.is_empty() && exact.contains(&folded(&text(value))))
                    || others.iter().any(|probe| probe.passes(value))
            }
            Self::Whole(_)
            | Self::User(_)
            | Self::Crossproc(_)
            | Self::Words(_)
            | Self::Cmdline(_)
            | Self::PathEnd(_)
            | Self::PathLike(_)
            | Self::Registry(_)
            | Self::Domain(_)
            | Self::Between(..) => self.passes_text(&text(value)),
        }
    }

    fn passes_text(&self, text: &str) -> bool {
        match self {
            Self::Whole(needle) => needle.matches(text),
            Self::User(needle) => {
                needle.matches(text) || text.rsplit_once('\\').is_some_and(|(_, account)| needle.matches(account))
            }
            Self::Crossproc(needle) => needle.matches(&text.replace('_', "")),
            Self::Words(row) => row.is_in(text, Words::new(text), Needle::matches),
            Self::Cmdline(rows) => rows.iter().any(|row| row.is_in(text, Cmdline::new(text), is_token)),
            Self::PathEnd(end) => path_ends(text, end),
            Self::PathLike(parts) => path_is_like(text, parts),
            Self::Registry(inner) => inner.passes_text(&current_control_set(text)),
            Self::Domain(probe) => probe.passes(text),
            Self::Between(from, to) => {
                let text = folded(text);
                from.as_ref().is_none_or(|from| *from <= text) && to.as_ref().is_none_or(|to| text <= *to)
            }
            Self::Vain
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

fn path(text: &str, stars: Stars) -> Probe {
    // Paths are stored without the slash they begin with, so nothing begins with one.
    if text.starts_with(is_slash) {
        return Probe::Vain;
    }
    let text = current_control_set(text);
    match Needle::new(&text, stars, lower_path) {
        Needle::Exact(exact) => Probe::PathEnd(exact.trim_end_matches('\\').to_owned()),
        Needle::Like(parts) => Probe::PathLike(parts),
    }
}

fn text<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text.as_ref()),
        Value::Number(number) => number.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::Ip(address) => address.to_string().into(),
        Value::Flag(flag) => if *flag { "true" } else { "false" }.into(),
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        Value::Time(_) | Value::Ip(_) | Value::Flag(_) => None,
    }
}

fn moment(value: &Value<'_>) -> Option<Timestamp> {
    match value {
        Value::Time(time) => Some(*time),
        Value::Text(text) => match Date::read(text)? {
            Date::Day(moment) | Date::Moment(moment) => Some(moment),
            Date::Ago(_) | Date::AgoInDays(_) => None,
        },
        Value::Number(_) | Value::Ip(_) | Value::Flag(_) => None,
    }
}

fn address(value: &Value<'_>) -> Option<IpAddr> {
    match value {
        Value::Ip(address) => Some(*address),
        Value::Text(text) => text.parse().ok(),
        Value::Number(_) | Value::Time(_) | Value::Flag(_) => None,
    }
}

fn flag(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Flag(flag) => Some(*flag),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Text(_) | Value::Number(_) | Value::Time(_) | Value::Ip(_) => None,
    }
}
