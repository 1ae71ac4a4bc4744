//! The counted values of a facet field, in one result or in two.

use std::collections::HashMap;

use crate::model::{Document, Facet, FacetDelta, Facets, compare};
use crate::panes::list::Filter;
use crate::session::{FacetComparison, Session, slots};
use crate::text::Untrusted;
use crate::worker::FacetSide;

/// A value and how often it occurs.
#[derive(Clone, Debug)]
pub(super) struct CountedValue {
    pub(super) name: Untrusted,
    /// Count in the result, and its share of all counts in percent.
    pub(super) base: (u64, f64),
    /// Length of its bar, in percent of the longest.
    pub(super) bar: f64,
    /// Count and share in the other result, and the difference; `None` while that is not loaded.
    pub(super) compared: Option<(u64, f64, FacetDelta)>,
    pub(super) document: Document,
}

/// Sort order of the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ValueOrder {
    /// The server's order: most common first, or by time.
    #[default]
    Common,
    Rare,
    /// Largest difference to the other result first.
    Changed,
}

impl ValueOrder {
    /// Returns the next order; `Changed` only with a comparison.
    pub(super) fn next_order(self, comparison: Option<&FacetComparison>) -> Self {
        match self {
            Self::Common => Self::Rare,
            Self::Rare if comparison.is_some() => Self::Changed,
            Self::Rare | Self::Changed => Self::Common,
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Common => "most common first",
            Self::Rare => "rarest first",
            Self::Changed => "new first",
        }
    }
}

/// Returns the values of a field that pass the filter, sorted.
pub(super) fn values(session: &Session, field: &str, order: ValueOrder, filter: &Filter) -> Vec<CountedValue> {
    let facets = |side| session.values.latest(slots::facets(side)).map(|fetched| &*fetched.value);
    let is_comparing = session.search.facet_counts.comparison.is_some();
    let Some(a) = find_facet(facets(FacetSide::A), field) else {
        return Vec::new();
    };
    let b = find_facet(facets(FacetSide::B), field);
    let mut values: Vec<_> = match b {
        Some(b) if is_comparing => compared_values(a, b),
        _ => a.0.values.iter().map(|value| single_value(a.0, value)).collect(),
    };
    match order {
        ValueOrder::Common if !is_comparing => {}
        ValueOrder::Common => values.sort_by_key(|value| std::cmp::Reverse(value.base.0)),
        // A value that does not occur in this result at all is gone, not rare.
        ValueOrder::Rare => values.sort_by(|one, other| {
            let count = |value: &CountedValue| (value.base.0 == 0, value.base.0);
            let by_count = count(one).cmp(&count(other));
            by_count.then_with(|| one.name.cmp_folded(&other.name))
        }),
        ValueOrder::Changed => {}
    }
    values.retain(|value| {
        let name = value.name.raw().to_lowercase();
        let column_contains =
            |column: &str, word: &str| column.eq_ignore_ascii_case(field).then(|| name.contains(word));
        filter.matches_row(column_contains, |word| name.contains(word))
    });
    values
}

/// Returns the facet of a field, and whether the server's counts are incomplete.
fn find_facet<'f>(facets: Option<&'f Facets>, field: &str) -> Option<(&'f Facet, bool)> {
    let facets = facets?;
    let is_incomplete = facets.is_incomplete || facets.n_unreadable > 0;
    facets.get(field).map(|facet| (facet, is_incomplete))
}

fn single_value(facet: &Facet, value: &crate::model::FacetValue) -> CountedValue {
    CountedValue {
        name: value.name.clone(),
        base: (value.count, facet.ratio(value)),
        bar: facet.percent(value),
        compared: None,
        document: value.document.clone(),
    }
}

/// Returns the values of two facets, each with whether it is incomplete.
fn compared_values(a: (&Facet, bool), b: (&Facet, bool)) -> Vec<CountedValue> {
    let is_incomplete = a.1 || b.1;
    let (a, b) = (a.0, b.0);
    let documents: HashMap<_, _> =
        [b, a].iter().flat_map(|facet| &facet.values).map(|value| (&value.name, &value.document)).collect();
    let max = a.values.iter().map(|value| value.count).max();
    compare(a, b)
        .into_iter()
        .map(|delta| {
            let change = match delta.change {
                // A value that is missing in an incomplete result may occur after all.
                FacetDelta::New | FacetDelta::Gone if is_incomplete => FacetDelta::Unlisted,
                change => change,
            };
            let document = documents.get(&delta.name).copied();
            CountedValue {
                base: (delta.a, a.share(delta.a)),
                bar: Facet::percent_of(delta.a, max.unwrap_or(0)),
                compared: Some((delta.b, b.share(delta.b), change)),
                document: document.cloned().unwrap_or_default(),
                name: delta.name,
            }
        })
        .collect()
}
