//! Records whose fields stand between bars: a path may hold a bar itself, and an attacker chooses the path.

/// The fields of a record between bars, in their order. Servers leave out the last ones, or add others behind them.
pub(super) struct Layout {
    /// The fields before the one that may hold bars: none of them can.
    pub(super) before: &'static [&'static str],
    /// The field that may hold bars.
    pub(super) wide: &'static str,
    /// The fields after it. What is written in each is known, so that they are recognised from the right.
    pub(super) after: &'static [&'static str],
}

/// A record between bars, taken apart.
pub(super) struct PipeFields {
    pub(super) text: String,
    /// The parts that have a name: where each begins and ends.
    pub(super) parts: Vec<(&'static str, usize, usize)>,
    /// Whether the wide field may end elsewhere.
    pub(super) is_ambiguous: bool,
}

/// Where the wide field ends, in pieces, and how many known fields follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct WideField {
    n_wide: usize,
    n_after: usize,
}

impl PipeFields {
    /// Takes a record apart.
    pub(super) fn parse(text: String, layout: &'static Layout) -> Self {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (bar, _) in text.match_indices('|') {
            pieces.push((start, bar));
            start = bar + 1;
        }
        pieces.push((start, text.len()));
        let n_before = layout.before.len().min(pieces.len());
        let (before, rest) = pieces.split_at(n_before);
        let named = |(name, (start, end)): (&&'static str, &(usize, usize))| (*name, *start, *end);
        let mut parts: Vec<_> = layout.before.iter().zip(before).map(named).collect();
        let words: Vec<_> = rest.iter().map(|(start, end)| &text[*start..*end]).collect();
        let (reading, is_doubtful) = find_wide_field(&words, layout.after);
        let (wide, rest) = rest.split_at(reading.n_wide);
        if let ([(start, _), ..], [.., (_, end)]) = (wide, wide) {
            parts.push((layout.wide, *start, *end));
        }
        let (after, more) = rest.split_at(reading.n_after);
        parts.extend(layout.after.iter().zip(after).map(named));
        if let [(start, _), ..] = more {
            parts.push(("more", *start, text.len()));
        }
        Self { text, parts, is_ambiguous: is_doubtful }
    }

    /// The parts by their names.
    pub(super) fn named_parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parts = self.parts.iter();
        parts.map(|(name, start, end)| (*name, &self.text[*start..*end]))
    }
}

/// How the pieces behind the first fields are read, and whether another way is as good.
fn find_wide_field(pieces: &[&str], after: &[&str]) -> (WideField, bool) {
    let whole = |n_wide, n_after| WideField { n_wide, n_after };
    let n = pieces.len();
    if n < 2 || after.is_empty() {
        return (whole(n, 0), false);
    }
    let fits = |start: usize, n_after: usize| {
        let mut fields = after.iter().zip(&pieces[start..]).take(n_after);
        fields.all(|(name, piece)| is_value_of(name, piece.trim()))
    };
    // No bar too many, and everything in its place: that is how records are.
    if n - 1 <= after.len() && fits(1, n - 1) {
        return (whole(1, n - 1), false);
    }
    let from_right = (1..=after.len().min(n - 1)).rev();
    let mut found = from_right.filter(|n_after| fits(n - n_after, *n_after)).map(|n_after| whole(n - n_after, n_after));
    let chosen = found.next();
    let is_one_of_several = found.next().is_some();
    // Behind all known fields there may be new ones.
    let mut longer = (1..n.saturating_sub(after.len()))
        .filter(|n_wide| fits(*n_wide, after.len()))
        .map(|n_wide| whole(n_wide, after.len()));
    match (chosen, longer.next()) {
        (Some(chosen), other) => {
            let is_blank = pieces[chosen.n_wide..].iter().all(|piece| piece.trim().is_empty());
            (chosen, is_one_of_several || is_blank || other.is_some())
        }
        (None, Some(chosen)) => (chosen, longer.next().is_some()),
        // The last fields were left out, or are none that is known.
        (None, None) => (whole(n, 0), true),
    }
}

/// Whether a text can be the value of a field. Any field may be empty.
fn is_value_of(name: &str, text: &str) -> bool {
    let is_hex = |n| text.len() == n && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.is_empty()
        || match name {
            "md5" => is_hex(32),
            "sha256" => is_hex(64),
            "filetype" | "subtype" | "access" | "pid" => text.parse::<i64>().is_ok(),
            // Everything else says yes or no.
            _ => ["true", "false", "0", "1"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        }
}
