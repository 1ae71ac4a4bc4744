//! The values of a field: how often each occurs here, and there where another result is compared.

use std::collections::HashMap;

use crate::model::{Change, Document, Facet, Facets, compare};
use crate::panes::list::Filter;
use crate::session::Counts;
use crate::text::Untrusted;

/// A value, and how often it occurs.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: Untrusted,
    /// How often in the result, and how many percent of all counts that is.
    pub(super) a: (u64, f64),
    /// The length of its bar in percent of the longest.
    pub(super) bar: f64,
    /// The same of the other result, and what the difference means; nothing while that is not here.
    pub(super) b: Option<(u64, f64, Change)>,
    pub(super) document: Document,
}

/// In which order the values are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The server's: the most common first, or along the time.
    #[default]
    Common,
    /// The rarest first.
    Rare,
    /// What differs most from the other result first.
    Changed,
}

impl Order {
    /// The next one; only a comparison has changes.
    pub(super) fn next(self, is_comparing: bool) -> Self {
        match self {
            Self::Common => Self::Rare,
            Self::Rare if is_comparing => Self::Changed,
            Self::Rare | Self::Changed => Self::Common,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Common => "most common first",
            Self::Rare => "rarest first",
            Self::Changed => "new first",
        }
    }
}

/// The values of a field that pass a filter, in an order.
pub(super) fn values(counts: &Counts, field: &str, order: Order, filter: &Filter) -> Vec<Value> {
    let Some(a) = facets(counts.a.current().map(|known| &*known.value), field) else {
        return Vec::new();
    };
    let b = facets(counts.b.current().map(|known| &*known.value), field);
    let mut values: Vec<_> = match b {
        Some((b, is_b_incomplete)) if counts.other.is_some() => compared(a.0, b, a.1 || is_b_incomplete),
        _ => a.0.values.iter().map(|value| alone(a.0, value)).collect(),
    };
    match order {
        Order::Common if counts.other.is_none() => {}
        Order::Common => values.sort_by_key(|value| std::cmp::Reverse(value.a.0)),
        // What is not here at all is not rare but gone.
        Order::Rare => values.sort_by(|one, other| {
            let count = |value: &Value| (value.a.0 == 0, value.a.0);
            let by_count = count(one).cmp(&count(other));
            by_count.then_with(|| one.name.cmp_folded(&other.name))
        }),
        Order::Changed => {}
    }
    values.retain(|value| {
        let name = value.name.raw().to_lowercase();
        let named = |column: &str, word: &str| column.eq_ignore_ascii_case(field).then(|| name.contains(word));
        filter.passes(named, |word| name.contains(word))
    });
    values
}

/// The facet of a field, and whether the server left something out of it.
fn facets<'f>(facets: Option<&'f Facets>, field: &str) -> Option<(&'f Facet, bool)> {
    let facets = facets?;
    let is_incomplete = facets.is_incomplete || facets.broken > 0;
    facets.of(field).map(|facet| (facet, is_incomplete))
}

fn alone(facet: &Facet, value: &crate::model::FacetValue) -> Value {
    Value {
        name: value.name.clone(),
        a: (value.count, facet.ratio(value)),
        bar: facet.percent(value),
        b: None,
        document: value.document.clone(),
    }
}

fn compared(a: &Facet, b: &Facet, is_incomplete: bool) -> Vec<Value> {
    let documents: HashMap<_, _> =
        [b, a].iter().flat_map(|facet| &facet.values).map(|value| (&value.name, &value.document)).collect();
    let most = a.values.iter().map(|value| value.count).max();
    let all = compare(a, b).into_iter();
    all.map(|found| {
        let change = match found.change {
            // What is missing there may be among what was left out.
            Change::New | Change::Gone if is_incomplete => Change::Unlisted,
            change => change,
        };
        let document = documents.get(&found.name).copied();
        Value {
            a: (found.a, a.share(found.a)),
            bar: Facet::part(found.a, most.unwrap_or(0)),
            b: Some((found.b, b.share(found.b), change)),
            document: document.cloned().unwrap_or_default(),
            name: found.name,
        }
    })
    .collect()
}
