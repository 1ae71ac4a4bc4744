//! What watchlists have tagged since the world's beginning. No tag is ever taken away, whatever becomes of its watchlist.

use std::{
    collections::HashSet,
    iter,
    sync::{Arc, OnceLock},
};

/// All tags, the oldest first. They only grow, so that documents can look at them while others are added.
#[derive(Debug, Default)]
pub(in crate::sim) struct Tags(OnceLock<Box<Tag>>);

/// What one run of a watchlist has found.
#[derive(Debug)]
struct Tag {
    watchlist: u64,
    hits: TagTarget,
    /// Milliseconds since 1970.
    tagged_at: i64,
    next: OnceLock<Box<Tag>>,
}

/// What can be tagged.
#[derive(Debug)]
pub(super) enum TagTarget {
    /// Segments of processes, by the numbers of their documents.
    Segments(HashSet<u32>),
    /// Binaries, by their MD5.
    Binaries(HashSet<Arc<str>>),
}

/// That a watchlist has tagged something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct TaggedDocuments {
    /// The number of the watchlist.
    pub(in crate::sim) watchlist: u64,
    /// When it did, in milliseconds since 1970.
    pub(in crate::sim) tagged_at: i64,
}

impl Tags {
    /// Tags what a watchlist has found.
    pub(super) fn add_run(&self, list: u64, caught: TagTarget, at: i64) {
        let mut tag = Box::new(Tag { watchlist: list, hits: caught, tagged_at: at, next: OnceLock::new() });
        let mut place = &self.0;
        // Where another stands, the new one comes behind it.
        while let Err(late) = place.set(tag) {
            tag = late;
            if let Some(taken) = place.get() {
                place = &taken.next;
            }
        }
    }

    /// How many runs have tagged anything: what a search finds by tags is as good as this.
    pub(in crate::sim) fn n_runs(&self) -> usize {
        self.tags().count()
    }

    /// The tags of a segment.
    pub(in crate::sim) fn segment_tags(&self, number: u32) -> impl Iterator<Item = TaggedDocuments> {
        self.matching_tags(move |caught| matches!(caught, TagTarget::Segments(all) if all.contains(&number)))
    }

    /// The tags of a binary.
    pub(in crate::sim) fn binary_tags(&self, md5: &str) -> impl Iterator<Item = TaggedDocuments> {
        self.matching_tags(move |caught| matches!(caught, TagTarget::Binaries(all) if all.contains(md5)))
    }

    /// The tags that pass, each watchlist once.
    fn matching_tags(&self, is_its: impl Fn(&TagTarget) -> bool) -> impl Iterator<Item = TaggedDocuments> {
        let mut seen = HashSet::new();
        let its = self.tags().filter(move |tag| is_its(&tag.hits));
        let its = its.filter(move |tag| seen.insert(tag.watchlist));
        its.map(|tag| TaggedDocuments { watchlist: tag.watchlist, tagged_at: tag.tagged_at })
    }

    fn tags(&self) -> impl Iterator<Item = &Tag> {
        iter::successors(self.0.get(), |tag| tag.next.get()).map(|tag| &**tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_in_their_order_each_watchlist_once() {
        let tags = Tags::default();
        tags.add_run(7, TagTarget::Segments([1, 2].into()), 10);
        tags.add_run(8, TagTarget::Binaries(["ab".into()].into()), 20);
        tags.add_run(9, TagTarget::Segments([2].into()), 30);
        tags.add_run(7, TagTarget::Segments([2, 3].into()), 40);
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
