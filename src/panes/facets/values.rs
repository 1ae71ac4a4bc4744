//! The values of a field: how often each occurs here, and there where another result is compared.

use std::collections::HashMap;

use crate::model::{Document, Facet, FacetDelta, Facets, compare};
use crate::panes::list::Filter;
use crate::session::FacetCounts;
use crate::text::Untrusted;

/// A value, and how often it occurs.
#[derive(Clone, Debug)]
pub(super) struct CountedValue {
    pub(super) name: Untrusted,
    /// How often in the result, and how many percent of all counts that is.
    pub(super) base: (u64, f64),
    /// The length of its bar in percent of the longest.
    pub(super) bar: f64,
    /// The same of the other result, and what the difference means; nothing while that is not here.
    pub(super) compared: Option<(u64, f64, FacetDelta)>,
    pub(super) document: Document,
}

/// In which order the values are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ValueOrder {
    /// The server's: the most common first, or along the time.
    #[default]
    Common,
    /// The rarest first.
    Rare,
    /// What differs most from the other result first.
    Changed,
}

impl ValueOrder {
    /// The next one; only a comparison has changes.
    pub(super) fn next_order(self, is_comparing: bool) -> Self {
        match self {
            Self::Common => Self::Rare,
            Self::Rare if is_comparing => Self::Changed,
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

/// The values of a field that pass a filter, in an order.
pub(super) fn values(counts: &FacetCounts, field: &str, order: ValueOrder, filter: &Filter) -> Vec<CountedValue> {
    let Some(a) = find_facet(counts.base.latest().map(|known| &*known.value), field) else {
        return Vec::new();
    };
    let b = find_facet(counts.compared.latest().map(|known| &*known.value), field);
    let mut values: Vec<_> = match b {
        Some((b, is_b_incomplete)) if counts.comparison.is_some() => compared_values(a.0, b, a.1 || is_b_incomplete),
        _ => a.0.values.iter().map(|value| single_value(a.0, value)).collect(),
    };
    match order {
        ValueOrder::Common if counts.comparison.is_none() => {}
        ValueOrder::Common => values.sort_by_key(|value| std::cmp::Reverse(value.base.0)),
        // What is not here at all is not rare but gone.
        ValueOrder::Rare => values.sort_by(|one, other| {
            let count = |value: &CountedValue| (value.base.0 == 0, value.base.0);
            let by_count = count(one).cmp(&count(other));
            by_count.then_with(|| one.name.cmp_folded(&other.name))
        }),
        ValueOrder::Changed => {}
    }
    values.retain(|value| {
        let name = value.name.raw().to_lowercase();
        let named = |column: &str, word: &str| column.eq_ignore_ascii_case(field).then(|| name.contains(word));
        filter.matches_row(named, |word| name.contains(word))
    });
    values
}

/// The facet of a field, and whether the server left something out of it.
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

fn compared_values(a: &Facet, b: &Facet, is_incomplete: bool) -> Vec<CountedValue> {
    let documents: HashMap<_, _> =
        [b, a].iter().flat_map(|facet| &facet.values).map(|value| (&value.name, &value.document)).collect();
    let most = a.values.iter().map(|value| value.count).max();
    let all = compare(a, b).into_iter();
    all.map(|found| {
        let change = match found.change {
            // What is missing there may be among what was left out.
            FacetDelta::New | FacetDelta::Gone if is_incomplete => FacetDelta::Unlisted,
            change => change,
        };
        let document = documents.get(&found.name).copied();
        CountedValue {
            base: (found.a, a.share(found.a)),
            bar: Facet::percent_of(found.a, most.unwrap_or(0)),
            compared: Some((found.b, b.share(found.b), change)),
            document: document.cloned().unwrap_or_default(),
            name: found.name,
        }
    })
    .collect()
}
