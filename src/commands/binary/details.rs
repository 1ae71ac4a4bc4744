//! The details of a binary as text.

use crate::model::{Binary, Fetched};
use crate::output;
use crate::text;

/// Maximum lines of a property that may have thousands of values.
const MAX_LINES_OF_PROPERTY: usize = 20;

/// Returns the properties of the binary, one per line.
pub(super) fn details(fetched: &Fetched<Binary>) -> String {
    let binary = &*fetched.value;
    let name = binary.name();
    let title = name.non_empty().map_or_else(|| binary.md5.to_string(), text::make_visible);
    let properties = binary.properties(MAX_LINES_OF_PROPERTY, output::format_time).into_iter();
    let as_of = ("as of", output::format_time(fetched.as_of).into());
    let lines = properties.chain([as_of]).map(|(name, value)| format!("  {name:<14} {}\n", text::make_visible(&value)));
    format!("{title}\n{}", lines.collect::<String>())
}
