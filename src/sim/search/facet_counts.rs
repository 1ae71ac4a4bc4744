//! Counts the facets of a search.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::state::server::Server;
use super::{
    facets,
    request::Search,
    run::{find_document, find_record},
};
use crate::query::Index;

/// Counts the facets that a search requests, over all of its matches.
pub(in crate::sim) fn count_facets(server: &Server, index: Index, search: &Search) -> Json {
    let Some(facets) = &search.facets else {
        return json!({});
    };
    let mut counts: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); facets.len()];
    for &number in search.matches(server).iter() {
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
    let lists = facets.iter().zip(counts);
    lists.map(|(facet, counts)| (facet.clone(), facets::facet_list(facet, counts, server.now()))).collect()
}
