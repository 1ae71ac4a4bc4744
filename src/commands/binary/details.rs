//! A binary in plain words.

use super::super::time_args;
use crate::model::{Binary, Fetched};
use crate::text;

/// Lines of a fact that there can be thousands of.
const MAX_LINES_OF_PROPERTY: usize = 20;

/// One fact a line.
pub(super) fn details(known: &Fetched<Binary>) -> String {
    let binary = &*known.value;
    let name = binary.name();
    let title = name.non_empty().map_or_else(|| binary.md5.to_string(), text::make_visible);
    let facts = binary.properties(MAX_LINES_OF_PROPERTY, time_args::format_time).into_iter();
    let as_of = ("as of", time_args::format_time(known.as_of).into());
    let lines = facts.chain([as_of]);
    let lines = lines.map(|(name, value)| format!("  {name:<14} {}\n", text::make_visible(&value)));
    format!("{title}\n{}", lines.collect::<String>())
}
