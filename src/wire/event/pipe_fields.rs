//! Pipe-separated records. A path may contain pipes itself, and an attacker chooses the path.

/// The fields of a pipe-separated record, in order. Servers omit the last ones, or append more.
pub(super) struct Layout {
    /// The fields before the wide field; they cannot contain pipes.
    pub(super) before: &'static [&'static str],
    /// The wide field: the only one that may contain pipes.
    pub(super) wide: &'static str,
    /// The fields after the wide field. The format of each is known, so they are recognized from the end of the record.
    pub(super) after: &'static [&'static str],
}

/// A pipe-separated record, split into its fields.
pub(super) struct PipeFields {
    pub(super) text: String,
    /// Name, start and end of each field.
    pub(super) parts: Vec<(&'static str, usize, usize)>,
    /// Whether the wide field may have another end.
    pub(super) is_ambiguous: bool,
}

/// The end of the wide field, in pieces between pipes, and the number of known fields after it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct WideField {
    n_wide: usize,
    n_after: usize,
}

impl PipeFields {
    /// Splits a record into its fields.
    pub(super) fn parse(text: String, layout: &'static Layout) -> Self {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (bar, _) in text.match_indices('|') {
            pieces.push((start, bar));
            start = bar + 1;
        }
        pieces.push((start, text.len()));
        let n_before = layout.before.len().min(pieces.len());
        let (before, after_fixed) = pieces.split_at(n_before);
        let with_name = |(name, (start, end)): (&&'static str, &(usize, usize))| (*name, *start, *end);
        let mut parts: Vec<_> = layout.before.iter().zip(before).map(with_name).collect();
        let texts: Vec<_> = after_fixed.iter().map(|(start, end)| &text[*start..*end]).collect();
        let (wide_field, is_ambiguous) = find_wide_field(&texts, layout.after);
        let (wide, after_wide) = after_fixed.split_at(wide_field.n_wide);
        if let ([(start, _), ..], [.., (_, end)]) = (wide, wide) {
            parts.push((layout.wide, *start, *end));
        }
        let (after, extra) = after_wide.split_at(wide_field.n_after);
        parts.extend(layout.after.iter().zip(after).map(with_name));
        if let [(start, _), ..] = extra {
            parts.push(("more", *start, text.len()));
        }
        Self { text, parts, is_ambiguous }
    }

    /// Returns the fields with their names.
    pub(super) fn named_parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parts = self.parts.iter();
        parts.map(|(name, start, end)| (*name, &self.text[*start..*end]))
    }
}

/// Finds the end of the wide field. Also returns whether another end is equally plausible.
fn find_wide_field(pieces: &[&str], after: &[&str]) -> (WideField, bool) {
    let wide_field = |n_wide, n_after| WideField { n_wide, n_after };
    let n = pieces.len();
    if n < 2 || after.is_empty() {
        return (wide_field(n, 0), false);
    }
    let fits = |start: usize, n_after: usize| {
        let mut fields = after.iter().zip(&pieces[start..]).take(n_after);
        fields.all(|(name, piece)| is_value_of(name, piece.trim()))
    };
    // The normal case: no surplus pipe, and each field has its format.
    if n - 1 <= after.len() && fits(1, n - 1) {
        return (wide_field(1, n - 1), false);
    }
    let from_right = (1..=after.len().min(n - 1)).rev();
    let mut candidates =
        from_right.filter(|n_after| fits(n - n_after, *n_after)).map(|n_after| wide_field(n - n_after, n_after));
    let chosen = candidates.next();
    let has_other = candidates.next().is_some();
    // Newer servers may append fields after the known ones.
    let mut with_extra = (1..n.saturating_sub(after.len()))
        .filter(|n_wide| fits(*n_wide, after.len()))
        .map(|n_wide| wide_field(n_wide, after.len()));
    match (chosen, with_extra.next()) {
        (Some(chosen), other) => {
            let is_blank = pieces[chosen.n_wide..].iter().all(|piece| piece.trim().is_empty());
            (chosen, has_other || is_blank || other.is_some())
        }
        (None, Some(chosen)) => (chosen, with_extra.next().is_some()),
        // The last fields are missing or have unknown formats.
        (None, None) => (wide_field(n, 0), true),
    }
}

/// Whether a text can be the value of a field. Each field may be empty.
fn is_value_of(name: &str, text: &str) -> bool {
    let is_hex = |n| text.len() == n && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.is_empty()
        || match name {
            "md5" => is_hex(32),
            "sha256" => is_hex(64),
            "filetype" | "subtype" | "access" | "pid" => text.parse::<i64>().is_ok(),
            // All others are Booleans.
            _ => ["true", "false", "0", "1"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        }
}
