//! Watchlist tags added since the world was generated. A tag is never removed, even if its watchlist is deleted.

use std::{collections::HashSet, sync::Arc};

use crate::sim::state::append_list::AppendList;

/// Added tags, the oldest first.
#[derive(Debug, Default)]
pub(in crate::sim) struct Tags(AppendList<Tag>);

/// Documents that one run of a watchlist has tagged.
#[derive(Debug)]
struct Tag {
    watchlist: u64,
    hits: TaggedHits,
    /// In milliseconds since 1970.
    tagged_at: i64,
}

/// Tagged documents.
#[derive(Debug)]
pub(in crate::sim) enum TaggedHits {
    /// Document numbers of process segments.
    Segments(HashSet<u32>),
    /// MD5s of binaries.
    Binaries(HashSet<Arc<str>>),
}

/// Tag of one document: watchlist and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct WatchlistTag {
    pub(in crate::sim) watchlist: u64,
    /// In milliseconds since 1970.
    pub(in crate::sim) tagged_at: i64,
}

impl Tags {
    /// Tags the documents found by a watchlist at a time in milliseconds since 1970.
    pub(super) fn add_run(&self, watchlist: u64, hits: TaggedHits, tagged_at: i64) {
        self.0.push(Tag { watchlist, hits, tagged_at });
    }

    /// Returns the number of runs that tagged documents, which serves as the revision of the tags.
    pub(in crate::sim) fn n_runs(&self) -> usize {
        self.0.iter().count()
    }

    /// Returns the tags of a process segment, by its document number.
    pub(in crate::sim) fn segment_tags(&self, number: u32) -> impl Iterator<Item = WatchlistTag> {
        self.matching_tags(move |hits| matches!(hits, TaggedHits::Segments(numbers) if numbers.contains(&number)))
    }

    /// Returns the tags of a binary.
    pub(in crate::sim) fn binary_tags(&self, md5: &str) -> impl Iterator<Item = WatchlistTag> {
        self.matching_tags(move |hits| matches!(hits, TaggedHits::Binaries(md5s) if md5s.contains(md5)))
    }

    /// Returns the first tag of each watchlist whose hits satisfy `has_document`.
    fn matching_tags(&self, has_document: impl Fn(&TaggedHits) -> bool) -> impl Iterator<Item = WatchlistTag> {
        let mut seen = HashSet::new();
        self.0
            .iter()
            .filter(move |tag| has_document(&tag.hits) && seen.insert(tag.watchlist))
            .map(|tag| WatchlistTag { watchlist: tag.watchlist, tagged_at: tag.tagged_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_in_order_and_each_watchlist_occurs_once() {
        let tags = Tags::default();
        tags.add_run(7, TaggedHits::Segments([1, 2].into()), 10);
        tags.add_run(8, TaggedHits::Binaries(["ab".into()].into()), 20);
        tags.add_run(9, TaggedHits::Segments([2].into()), 30);
        tags.add_run(7, TaggedHits::Segments([2, 3].into()), 40);
        let lists = |number| -> Vec<_> {
            let tags = tags.segment_tags(number);
            tags.map(|tag| (tag.watchlist, tag.tagged_at)).collect()
        };
        assert_eq!(lists(2), [(7, 10), (9, 30)]);
        assert_eq!(lists(3), [(7, 40)]);
        assert_eq!(lists(4), []);
        assert_eq!(tags.binary_tags("ab").count(), 1);
        assert_eq!(tags.n_runs(), 4);
    }
}
