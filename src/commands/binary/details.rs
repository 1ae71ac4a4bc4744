//! A binary in plain words.

use super::super::time_args;
use crate::model::{Binary, Known};
use crate::text;

/// Lines of a fact that there can be thousands of.
const MOST: usize = 20;

/// One fact a line.
pub(super) fn details(known: &Known<Binary>) -> String {
    let binary = &*known.value;
    let name = binary.name();
    let title = name.non_empty().map_or_else(|| binary.md5.to_string(), text::visible);
    let facts = binary.facts(MOST, time_args::shown).into_iter();
    let as_of = ("as of", time_args::shown(known.as_of).into());
    let lines = facts.chain([as_of]);
    let lines = lines.map(|(name, value)| format!("  {name:<14} {}\n", text::visible(&value)));
    format!("{title}\n{}", lines.collect::<String>())
}
