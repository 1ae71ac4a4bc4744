//! Things by their number or their whole name: the one that is meant, never one whose name merely contains it.

use super::{CommandCx, Failure, completeness::not_found};
use crate::model::Page;
use crate::text::{self, Untrusted};

/// What things of one kind are called.
#[derive(Clone, Copy)]
pub(super) struct Noun {
    /// One of them.
    pub(super) singular: &'static str,
    /// Several.
    pub(super) plural: &'static str,
    /// The command that lists them; what there is is told where there is none.
    pub(super) list: Option<&'static str>,
}

/// Something with a number and one or more names.
pub(super) trait Numbered {
    /// The server's number for it.
    fn number(&self) -> u64;
    /// What people call it; the first is shown.
    fn names(&self) -> Vec<&Untrusted>;
}

/// The one with this number, or else the only one with this name, letter case aside.
pub(super) fn resolve<T: Numbered>(
    word: &str,
    all: Page<T>,
    kind: Noun,
    caller: &mut CommandCx<'_>,
) -> Result<T, Failure> {
    let number = word.trim().parse().ok();
    let (n_unread, all) = (all.n_unreadable, all.rows);
    let Noun { singular: one, plural: several, list } = kind;
    let there = || {
        let names = all.iter().filter_map(|one| one.names().first().copied());
        let names: Vec<_> = names.map(text::make_visible).collect();
        format!("there are: {}", names.join(", "))
    };
    let hint = list.map_or_else(there, |list| format!("the whole name must match; `{list}` shows those there are"));
    let mut found = Vec::new();
    for thing in all {
        if Some(thing.number()) == number {
            return Ok(thing);
        }
        if thing.names().iter().any(|name| name.eq_ignore_case(word)) {
            found.push(thing);
        }
    }
    if found.len() > 1 {
        for thing in &found {
            let name = thing.names().first().copied().cloned().unwrap_or_default();
            caller.write_line(&format!("  {}  {}", thing.number(), text::make_visible(&name)));
        }
        return Err(Failure::usage(format!("{} {several} have the name {word:?}", found.len()))
            .with_hint("give the number of the one that is meant"));
    }
    found.pop().ok_or_else(|| {
        let what = if number.is_some() { "the number or the name" } else { "the name" };
        not_found(format!("no {one} has {what} {word:?}"), n_unread, several).with_hint(hint)
    })
}
