//! Lists with rows that could not be read: an object that is not among the others may still exist.

use crate::text;

/// Warns of `n` unreadable rows before an object is created that may be one of them; `is` completes the phrase after
/// "may".
pub(super) fn unreadable_rows_warning(n: usize, (one, several): (&str, &str), is: &str) -> Option<String> {
    let it = if n == 1 { "it" } else { "one of them" };
    let rows = text::pluralize(n, one, several);
    (n > 0).then(|| format!("{rows} could not be read, and {it} may {is}"))
}
