//! Counts the facets of a search.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Json, json};

use super::super::state::server::Server;
use super::{
    facets,
    request::Search,
    run::{find_document, find_record, map_parallel},
};
use crate::query::Index;

/// Counts the facets that a search requests, over all of its matches.
pub(in crate::sim) fn count_facets(server: &Server, index: Index, search: &Search) -> Json {
    let Some(facets) = &search.facets else {
        return json!({});
    };
    let mut counts: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); facets.len()];
    for part in map_parallel(&search.matches(server), |numbers| count_values(server, index, search, facets, numbers)) {
        for (counts, part) in counts.iter_mut().zip(part) {
            for (value, count) in part {
                *counts.entry(value).or_default() += count;
            }
        }
    }
    let lists = facets.iter().zip(counts);
    lists.map(|(facet, counts)| (facet.clone(), facets::facet_list(facet, counts, server.now()))).collect()
}

/// Counts the values of each facet in some of the matches.
fn count_values(
    server: &Server,
    index: Index,
    search: &Search,
    facets: &[String],
    numbers: &[u32],
) -> Vec<HashMap<String, u64>> {
    let mut counts: Vec<HashMap<String, u64>> = vec![HashMap::new(); facets.len()];
    for &number in numbers {
        for (facet, counts) in facets.iter().zip(&mut counts) {
            let mut each = |value: &str| match counts.get_mut(value) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(value.to_owned(), 1);
                }
            };
            match index {
                Index::Process => {
                    if let Some(document) = find_document(server, number) {
                        facets::for_each_value(index, facet, &document, &mut each);
                    }
                }
                _ => {
                    if let Some(record) = find_record(server, search, number) {
                        facets::for_each_value(index, facet, &*record, &mut each);
                    }
                }
            }
        }
    }
    counts
}
