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
    list: u64,
    caught: Caught,
    /// Milliseconds since 1970.
    at: i64,
    next: OnceLock<Box<Tag>>,
}

/// What can be tagged.
#[derive(Debug)]
pub(super) enum Caught {
    /// Segments of processes, by the numbers of their documents.
    Segments(HashSet<u32>),
    /// Binaries, by their MD5.
    Binaries(HashSet<Arc<str>>),
}

/// That a watchlist has tagged something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Tagged {
    /// The number of the watchlist.
    pub(in crate::sim) list: u64,
    /// When it did, in milliseconds since 1970.
    pub(in crate::sim) at: i64,
}

impl Tags {
    /// Tags what a watchlist has found.
    pub(super) fn add(&self, list: u64, caught: Caught, at: i64) {
        let mut tag = Box::new(Tag { list, caught, at, next: OnceLock::new() });
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
    pub(in crate::sim) fn len(&self) -> usize {
        self.all().count()
    }

    /// The tags of a segment.
    pub(in crate::sim) fn of_segment(&self, number: u32) -> impl Iterator<Item = Tagged> {
        self.of(move |caught| matches!(caught, Caught::Segments(all) if all.contains(&number)))
    }

    /// The tags of a binary.
    pub(in crate::sim) fn of_binary(&self, md5: &str) -> impl Iterator<Item = Tagged> {
        self.of(move |caught| matches!(caught, Caught::Binaries(all) if all.contains(md5)))
    }

    /// The tags that pass, each watchlist once.
    fn of(&self, is_its: impl Fn(&Caught) -> bool) -> impl Iterator<Item = Tagged> {
        let mut seen = HashSet::new();
        let its = self.all().filter(move |tag| is_its(&tag.caught));
        let its = its.filter(move |tag| seen.insert(tag.list));
        its.map(|tag| Tagged { list: tag.list, at: tag.at })
    }

    fn all(&self) -> impl Iterator<Item = &Tag> {
        iter::successors(self.0.get(), |tag| tag.next.get()).map(|tag| &**tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_in_their_order_each_watchlist_once() {
        let tags = Tags::default();
        tags.add(7, Caught::Segments([1, 2].into()), 10);
        tags.add(8, Caught::Binaries(["ab".into()].into()), 20);
        tags.add(9, Caught::Segments([2].into()), 30);
        tags.add(7, Caught::Segments([2, 3].into()), 40);
        let lists = |number| -> Vec<_> {
            let tags = tags.of_segment(number);
            tags.map(|tag| (tag.list, tag.at)).collect()
        };
        assert_eq!(lists(2), [(7, 10), (9, 30)]);
        assert_eq!(lists(3), [(7, 40)]);
        assert_eq!(lists(4), []);
        assert_eq!(tags.of_binary("ab").count(), 1);
        assert_eq!(tags.len(), 4);
    }
}
