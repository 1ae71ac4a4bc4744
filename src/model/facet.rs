//! Facets: how often each value of a field occurs in a result, and how two such counts differ.

use std::collections::HashMap;

use super::Document;
use crate::text::Untrusted;

/// The counted values of some fields (reference 1.8).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets {
    /// One for each field asked for, in that order; without values where the server gave none.
    pub facets: Vec<Facet>,
    /// How many records could not be read.
    pub n_unreadable: usize,
    /// How many documents were counted: segments of processes, or binaries.
    pub total: u64,
    /// How long the server searched, in seconds.
    pub elapsed: Option<f64>,
    /// Whether the server left something out: counts are then lower bounds.
    pub is_incomplete: bool,
    /// How many documents the user's rights hide.
    pub hidden: u64,
}

/// The counted values of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facet {
    /// The field, as asked for.
    pub field: String,
    /// Its values in the server's order: the biggest first, or along the time.
    pub values: Vec<FacetValue>,
    /// How many of its values could not be read.
    pub broken: usize,
}

/// One value, and how often it occurs.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetValue {
    /// The value.
    pub name: Untrusted,
    /// How many documents have it.
    pub count: u64,
    /// The count in percent of the largest count of its facet, if the server says so.
    pub percent: Option<f64>,
    /// The count in percent of all counts of its facet, in the server's spelling.
    pub ratio: Option<Untrusted>,
    /// The record as the server sent it.
    pub document: Document,
}

/// A value in two facets.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedValue {
    /// The value.
    pub name: Untrusted,
    /// How often it occurs in the first.
    pub a: u64,
    /// How often it occurs in the second.
    pub b: u64,
    /// What that means.
    pub change: FacetDelta,
}

/// How a value's part of the first facet differs from its part of the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FacetDelta {
    /// It is in the first alone.
    New,
    /// It is in the second alone.
    Gone,
    /// Its share is so many times that in the second; below 1 it is less.
    Times(f64),
    /// Its share is about the same.
    Same,
    /// One of the lists is cut off, and it may stand behind the end of that.
    Unlisted,
}

impl Facets {
    /// Why there may be more than is counted here; `None` where it is all.
    pub fn gap(&self) -> Option<String> {
        match self.n_unreadable {
            0 => self.is_incomplete.then(|| "INCOMPLETE".to_owned()),
            1 => Some("1 value unreadable".into()),
            n => Some(format!("{n} values unreadable")),
        }
    }

    /// The facet of a field.
    pub fn get(&self, field: &str) -> Option<&Facet> {
        self.facets.iter().find(|facet| facet.field == field)
    }

    /// Adds the counts of other records, of the same fields: the biggest counts come first again.
    pub fn merge(&mut self, other: Self) {
        self.n_unreadable += other.n_unreadable;
        self.total = self.total.saturating_add(other.total);
        self.hidden = self.hidden.saturating_add(other.hidden);
        self.is_incomplete |= other.is_incomplete;
        self.elapsed = match (self.elapsed, other.elapsed) {
            (Some(ours), Some(others)) => Some(ours + others),
            (ours, others) => ours.or(others),
        };
        for facet in other.facets {
            match self.facets.iter_mut().find(|ours| ours.field == facet.field) {
                Some(ours) => ours.merge(facet),
                None => self.facets.push(facet),
            }
        }
    }
}

impl Facet {
    /// As many values as a server lists; there may be more.
    pub const MAX_VALUES: usize = 200;

    /// Whether there may be values beyond those listed.
    pub fn is_truncated(&self) -> bool {
        self.values.len() >= Self::MAX_VALUES
    }

    /// Adds the counts of other records. What the server said of shares holds for neither any more.
    fn merge(&mut self, other: Self) {
        self.broken += other.broken;
        let places = self.values.iter().enumerate();
        let mut places: HashMap<String, usize> = places.map(|(at, value)| (value.name.raw().to_owned(), at)).collect();
        for value in &mut self.values {
            (value.percent, value.ratio) = (None, None);
        }
        for value in other.values {
            let at = *places.entry(value.name.raw().to_owned()).or_insert(self.values.len());
            match self.values.get_mut(at) {
                Some(ours) => ours.count = ours.count.saturating_add(value.count),
                None => self.values.push(FacetValue { percent: None, ratio: None, ..value }),
            }
        }
        self.values.sort_by_key(|value| std::cmp::Reverse(value.count));
    }

    /// All counts together.
    pub fn sum(&self) -> u64 {
        let counts = self.values.iter().map(|value| value.count);
        counts.fold(0, u64::saturating_add)
    }

    /// The count of a value in percent of all counts: the server's word, or what it would be.
    pub fn ratio(&self, value: &FacetValue) -> f64 {
        let said = value.ratio.as_ref();
        let said = said.and_then(|ratio| ratio.raw().trim().parse::<f64>().ok());
        said.filter(|ratio| (0.0..=100.0).contains(ratio)).unwrap_or_else(|| percent(value.count, self.sum()))
    }

    /// The count of a value in percent of the largest count: the server's word, or what it would be.
    pub fn percent(&self, value: &FacetValue) -> f64 {
        let counts = self.values.iter().map(|value| value.count);
        let said = value.percent.filter(|percent| (0.0..=100.0).contains(percent));
        said.unwrap_or_else(|| percent(value.count, counts.max().unwrap_or(0)))
    }

    /// A count in percent of all counts.
    pub fn share(&self, count: u64) -> f64 {
        Self::percent_of(count, self.sum())
    }

    /// A count in percent of another.
    pub fn percent_of(count: u64, of: u64) -> f64 {
        percent(count, of)
    }

    /// The values that occur least before all others: what is rare is what an incident is made of.
    pub fn by_rarity(&self) -> Vec<&FacetValue> {
        let mut values: Vec<_> = self.values.iter().collect();
        values.sort_by(|one, other| {
            let by_count = one.count.cmp(&other.count);
            by_count.then_with(|| one.name.cmp_folded(&other.name))
        });
        values
    }
}

/// Every value of two facets of one field, what is new first, then by how much the share has changed.
///
/// `×N` compares shares of all counts, not counts: a week has more of everything than a day, and what is new in a small
/// result must not drown in a large one. A difference below a quarter is none.
pub fn compare(a: &Facet, b: &Facet) -> Vec<ComparedValue> {
    let counts = |facet: &Facet| -> HashMap<Untrusted, u64> {
        let values = facet.values.iter().filter(|value| value.count > 0);
        values.map(|value| (value.name.clone(), value.count)).collect()
    };
    let (in_a, in_b) = (counts(a), counts(b));
    let sums = (a.sum(), b.sum());
    let of = |name: &Untrusted| {
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
    let mut compared: Vec<_> = in_a.keys().chain(only_in_b).map(of).collect();
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

    /// How remarkable it is: new before anything else, then the larger factor, either way.
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
fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
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
        // Ten times as much of everything is no change at all.
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
    fn what_a_list_had_no_room_for_is_not_called_new() {
        let names: Vec<String> = (0..Facet::MAX_VALUES).map(|at| format!("{at}.exe")).collect();
        let many: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 9)).collect();
        let found = compare(&facet(&[("rare.exe", 1), ("0.exe", 1)]), &facet(&many));
        let rare = found.iter().find(|found| found.name.raw() == "rare.exe");
        assert_eq!(rare.unwrap().change, FacetDelta::Unlisted);
        assert_eq!(found.len(), Facet::MAX_VALUES + 1);
        assert_eq!(found.last().unwrap().change, FacetDelta::Gone);
    }

    #[test]
    fn nothing_compared_with_nothing_is_nothing() {
        assert_eq!(changes(&[], &[]), []);
        assert_eq!(changes(&[("a", 1)], &[]), [("a".into(), FacetDelta::New)]);
        assert_eq!(changes(&[("a", 0)], &[("b", 0)]), []);
    }

    #[test]
    fn the_rarest_come_first() {
        let facet = facet(&[("big", 9), ("B", 1), ("a", 1), ("middle", 5)]);
        let names: Vec<_> = facet.by_rarity().into_iter().map(|value| value.name.raw().to_owned()).collect();
        assert_eq!(names, ["a", "B", "middle", "big"]);
    }

    #[test]
    fn shares_are_the_servers_or_what_they_would_be() {
        let mut facet = facet(&[("a", 3), ("b", 1)]);
        let shares = |facet: &Facet| {
            let of = |value| (facet.ratio(value), facet.percent(value));
            facet.values.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(shares(&facet)[1], (25.0, 100.0 / 3.0));
        facet.values[1].ratio = Some("24.9".into());
        facet.values[1].percent = Some(33.5);
        assert_eq!(shares(&facet)[1], (24.9, 33.5));
        // A share of more than all there is would draw a bar past the edge of the screen.
        facet.values[1].ratio = Some("1e300".into());
        facet.values[1].percent = Some(-1.0);
        assert_eq!(shares(&facet)[1], (25.0, 100.0 / 3.0));
    }
}
