//! Lists of which some rows could not be read: what is not among the others may be there all the same.

use crate::text;

/// What is to be said of so many rows before something is made that may be one of them; `is` goes on with what one of
/// them may be.
pub(super) fn unreadable_rows_warning(n: usize, (one, several): (&str, &str), is: &str) -> Option<String> {
    let it = if n == 1 { "it" } else { "one of them" };
    let rows = text::pluralize(n, one, several);
    (n > 0).then(|| format!("{rows} could not be read, and {it} may {is}"))
}
