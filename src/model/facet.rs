//! Facets: how often each value of a field occurs in a search, and how the counts of two searches differ.

use std::collections::HashMap;

use super::Document;
use crate::text::Untrusted;

/// Value counts of several fields (API reference 1.8).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets {
    /// One facet for each requested field, in that order; empty where the server sent none.
    pub facets: Vec<Facet>,
    /// Number of records that could not be parsed.
    pub n_unreadable: usize,
    /// Number of counted documents: segments of processes, or binaries.
    pub total: u64,
    /// Search time of the server, in seconds.
    pub elapsed: Option<f64>,
    /// Whether the answer is incomplete, which makes counts lower bounds.
    pub is_incomplete: bool,
    /// Number of documents hidden by the user's permissions.
    pub hidden: u64,
}

/// Value counts of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facet {
    /// Field name, as requested.
    pub field: String,
    /// Values in the server's order: by count, or chronologically.
    pub values: Vec<FacetValue>,
    /// Number of values that could not be parsed.
    pub broken: usize,
}

/// A value and its count.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetValue {
    pub name: Untrusted,
    /// Number of documents that have the value.
    pub count: u64,
    /// Count in percent of the largest count of the facet, if the server sends it.
    pub percent: Option<f64>,
    /// Count in percent of all counts of the facet, as the server writes it.
    pub ratio: Option<Untrusted>,
    /// The record as the server sent it.
    pub document: Document,
}

/// A value with its counts in two facets.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedValue {
    pub name: Untrusted,
    /// Count in the first facet.
    pub a: u64,
    /// Count in the second facet.
    pub b: u64,
    pub change: FacetDelta,
}

/// How the share of a value differs between two facets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FacetDelta {
    /// Only in the first facet.
    New,
    /// Only in the second facet.
    Gone,
    /// Share in the first facet divided by that in the second.
    Times(f64),
    /// About equal.
    Same,
    /// Missing in a truncated facet, so it may be beyond the end of that list.
    Unlisted,
}

impl Facets {
    /// Returns why counts may be too low; `None` if they are complete.
    pub fn gap(&self) -> Option<String> {
        match self.n_unreadable {
            0 => self.is_incomplete.then(|| "INCOMPLETE".to_owned()),
            1 => Some("1 value unreadable".into()),
            n => Some(format!("{n} values unreadable")),
        }
    }

    /// Returns the facet of a field.
    pub fn get(&self, field: &str) -> Option<&Facet> {
        self.facets.iter().find(|facet| facet.field == field)
    }

    /// Adds the counts of other records, and sorts values by count again.
    pub fn merge(&mut self, other: Self) {
        self.n_unreadable += other.n_unreadable;
        self.total = self.total.saturating_add(other.total);
        self.hidden = self.hidden.saturating_add(other.hidden);
        self.is_incomplete |= other.is_incomplete;
        self.elapsed = match (self.elapsed, other.elapsed) {
            (Some(own), Some(other)) => Some(own + other),
            (own, other) => own.or(other),
        };
        for facet in other.facets {
            match self.facets.iter_mut().find(|own| own.field == facet.field) {
                Some(own) => own.merge(facet),
                None => self.facets.push(facet),
            }
        }
    }
}

impl Facet {
    /// Maximum number of values that a server lists; there may be more.
    pub const MAX_VALUES: usize = 200;

    /// Returns whether there may be values beyond those listed.
    pub fn is_truncated(&self) -> bool {
        self.values.len() >= Self::MAX_VALUES
    }

    /// Adds the counts of other records. The server's percentages are dropped, since they no longer hold.
    fn merge(&mut self, other: Self) {
        self.broken += other.broken;
        let indexes = self.values.iter().enumerate();
        let mut indexes: HashMap<String, usize> =
            indexes.map(|(at, value)| (value.name.raw().to_owned(), at)).collect();
        for value in &mut self.values {
            (value.percent, value.ratio) = (None, None);
        }
        for value in other.values {
            let at = *indexes.entry(value.name.raw().to_owned()).or_insert(self.values.len());
            match self.values.get_mut(at) {
                Some(ours) => ours.count = ours.count.saturating_add(value.count),
                None => self.values.push(FacetValue { percent: None, ratio: None, ..value }),
            }
        }
        self.values.sort_by_key(|value| std::cmp::Reverse(value.count));
    }

    /// Returns the sum of all counts.
    pub fn sum(&self) -> u64 {
        let counts = self.values.iter().map(|value| value.count);
        counts.fold(0, u64::saturating_add)
    }

    /// Returns the count of a value in percent of all counts, as sent by the server or else computed.
    pub fn ratio(&self, value: &FacetValue) -> f64 {
        let sent = value.ratio.as_ref();
        let sent = sent.and_then(|ratio| ratio.raw().trim().parse::<f64>().ok());
        sent.filter(|ratio| (0.0..=100.0).contains(ratio)).unwrap_or_else(|| percent(value.count, self.sum()))
    }

    /// Returns the count of a value in percent of the largest count, as sent by the server or else computed.
    pub fn percent(&self, value: &FacetValue) -> f64 {
        let counts = self.values.iter().map(|value| value.count);
        let sent = value.percent.filter(|percent| (0.0..=100.0).contains(percent));
        sent.unwrap_or_else(|| percent(value.count, counts.max().unwrap_or(0)))
    }

    /// Returns a count in percent of all counts.
    pub fn share(&self, count: u64) -> f64 {
        Self::percent_of(count, self.sum())
    }

    /// Returns a count in percent of another.
    pub fn percent_of(count: u64, of: u64) -> f64 {
        percent(count, of)
    }
}

/// Compares two facets of one field: new values first, then by how much the share changed.
///
/// Shares are compared rather than counts: a week has more of everything than a day, and values that are new in a small
/// result must stay visible. Differences below a quarter count as none.
pub fn compare(a: &Facet, b: &Facet) -> Vec<ComparedValue> {
    let counts = |facet: &Facet| -> HashMap<Untrusted, u64> {
        let values = facet.values.iter().filter(|value| value.count > 0);
        values.map(|value| (value.name.clone(), value.count)).collect()
    };
    let (in_a, in_b) = (counts(a), counts(b));
    let sums = (a.sum(), b.sum());
    let compared_value = |name: &Untrusted| {
        let count = |counts: &HashMap<Untrusted, u64>| counts.get(name).copied().unwrap_or(0);
        let (one, other) = (count(&in_a), count(&in_b));
        let change = match (one, other) {
            (_, 0) if b.is_truncated() => FacetDelta::Unlisted,
            (0, _) if a.is_truncated() => FacetDelta::Unlisted,
            (_, 0) => FacetDelta::New,
            (0, _) => FacetDelta::Gone,
            _ => FacetDelta::from_ratio(percent(one, sums.0) / percent(other, sums.1)),
        };
        ComparedValue { name: name.clone(), a: one, b: other, change }
    };
    let only_in_b = in_b.keys().filter(|name| !in_a.contains_key(*name));
    let mut compared: Vec<_> = in_a.keys().chain(only_in_b).map(compared_value).collect();
    compared.sort_by(|one, other| {
        let rank = |compared: &ComparedValue| compared.change.rank();
        rank(other)
            .total_cmp(&rank(one))
            .then_with(|| other.a.max(other.b).cmp(&one.a.max(one.b)))
            .then_with(|| one.name.cmp_folded(&other.name))
    });
    compared
}

impl FacetDelta {
    fn from_ratio(times: f64) -> Self {
        if (0.8..=1.25).contains(&times) { Self::Same } else { Self::Times(times) }
    }

    /// Returns the rank of a change: new values first, then by factor in either direction.
    fn rank(self) -> f64 {
        match self {
            Self::New => f64::INFINITY,
            Self::Times(times) => times.max(1.0 / times),
            Self::Same => 1.0,
            Self::Unlisted => 0.5,
            Self::Gone => 0.0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no count comes near 2^53, where it would show")]
fn percent(part: u64, total: u64) -> f64 {
    part as f64 * 100.0 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facet(values: &[(&str, u64)]) -> Facet {
        let value = |(name, count): &(&str, u64)| FacetValue {
            name: (*name).into(),
            count: *count,
            percent: None,
            ratio: None,
            document: Document::default(),
        };
        Facet { field: "process_name".into(), values: values.iter().map(value).collect(), broken: 0 }
    }

    fn changes(a: &[(&str, u64)], b: &[(&str, u64)]) -> Vec<(String, FacetDelta)> {
        compare(&facet(a), &facet(b))
            .into_iter()
            .map(|compared| (compared.name.raw().to_owned(), compared.change))
            .collect()
    }

    #[test]
    fn shares_are_compared_and_not_counts() {
        // Ten times the count of every value is no change.
        assert_eq!(
            changes(&[("a", 3), ("b", 1)], &[("a", 30), ("b", 10)]),
            [("a".into(), FacetDelta::Same), ("b".into(), FacetDelta::Same)]
        );
        assert_eq!(
            changes(&[("a", 50), ("b", 40), ("new", 10)], &[("a", 10), ("b", 80), ("gone", 10)]),
            [
                ("new".into(), FacetDelta::New),
                ("a".into(), FacetDelta::Times(5.0)),
                ("b".into(), FacetDelta::Times(0.5)),
                ("gone".into(), FacetDelta::Gone),
            ]
        );
    }

    #[test]
    fn a_value_missing_in_a_truncated_list_is_not_new() {
        let names: Vec<String> = (0..Facet::MAX_VALUES).map(|at| format!("{at}.exe")).collect();
        let many: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 9)).collect();
        let compared = compare(&facet(&[("rare.exe", 1), ("0.exe", 1)]), &facet(&many));
        let rare = compared.iter().find(|compared| compared.name.raw() == "rare.exe");
        assert_eq!(rare.unwrap().change, FacetDelta::Unlisted);
        assert_eq!(compared.len(), Facet::MAX_VALUES + 1);
        assert_eq!(compared.last().unwrap().change, FacetDelta::Gone);
    }

    #[test]
    fn empty_facets_can_be_compared() {
        assert_eq!(changes(&[], &[]), []);
        assert_eq!(changes(&[("a", 1)], &[]), [("a".into(), FacetDelta::New)]);
        assert_eq!(changes(&[("a", 0)], &[("b", 0)]), []);
    }

    #[test]
    fn shares_are_sent_by_the_server_or_computed() {
        let mut facet = facet(&[("a", 3), ("b", 1)]);
        let shares = |facet: &Facet| {
            let of = |value| (facet.ratio(value), facet.percent(value));
            facet.values.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(shares(&facet)[1], (25.0, 100.0 / 3.0));
        facet.values[1].ratio = Some("24.9".into());
        facet.values[1].percent = Some(33.5);
        assert_eq!(shares(&facet)[1], (24.9, 33.5));
        // A share above 100 percent would draw a bar beyond the edge of the screen.
        facet.values[1].ratio = Some("1e300".into());
        facet.values[1].percent = Some(-1.0);
        assert_eq!(shares(&facet)[1], (25.0, 100.0 / 3.0));
    }
}
