//! Finding an object by its ID or its exact name.

use super::{CommandCx, Failure, completeness::not_found};
use crate::model::Page;
use crate::text::{self, Untrusted};

/// The words for objects of one kind in messages.
#[derive(Clone, Copy)]
pub(super) struct ObjectKind {
    pub(super) singular: &'static str,
    pub(super) plural: &'static str,
    /// The command that lists them; `None` if the message lists them itself.
    pub(super) list: Option<&'static str>,
}

/// An object with an ID and one or more names.
pub(super) trait Identified {
    /// Returns the ID as text.
    fn id(&self) -> String;
    /// Returns the names, the displayed one first.
    fn names(&self) -> Vec<&Untrusted>;
}

/// Returns the object with this ID, or the only one with this name, ignoring case.
pub(super) fn resolve<T: Identified>(
    word: &str,
    all: Page<T>,
    kind: ObjectKind,
    cx: &mut CommandCx<'_>,
) -> Result<T, Failure> {
    let id = word.trim();
    let (n_unreadable, all) = (all.n_unreadable, all.rows);
    let ObjectKind { singular, plural, list } = kind;
    let available = || {
        let names: Vec<_> =
            all.iter().filter_map(|singular| singular.names().first().copied()).map(text::make_visible).collect();
        format!("names: {}", names.join(", "))
    };
    let hint = list.map_or_else(available, |list| format!("the full name must match; `{list}` shows the names"));
    let mut matches = Vec::new();
    for object in all {
        if object.id() == id {
            return Ok(object);
        }
        if object.names().iter().any(|name| name.eq_ignore_case(word)) {
            matches.push(object);
        }
    }
    if matches.len() > 1 {
        for object in &matches {
            let name = object.names().first().copied().cloned().unwrap_or_default();
            cx.write_line(&format!("  {}  {}", text::line(&object.id()), text::make_visible(&name)));
        }
        return Err(
            Failure::usage(format!("{} {plural} have the name {word:?}", matches.len())).with_hint("give the ID")
        );
    }
    matches.pop().ok_or_else(|| {
        not_found(format!("no {singular} has the ID or name {word:?}"), n_unreadable, plural).with_hint(hint)
    })
}
