//! Addresses and links that no program follows, and back.

use super::{Untrusted, visible};

/// The text made visible, with addresses and links that no program will follow: `hxxp`, `[.]`, `[@]`.
pub fn defang(text: &Untrusted) -> String {
    let mut out = visible(text);
    for (from, to) in [
        ("http://", "hxxp://"),
        ("https://", "hxxps://"),
        ("ftp://", "fxp://"),
    ] {
        out = replace_folded(&out, from, to);
    }
    out.replace('.', "[.]").replace('@', "[@]")
}

/// The opposite of [`defang`], lenient: what people paste from reports.
pub fn refang(text: &str) -> String {
    let mut out = text.to_owned();
    for (from, to) in [
        ("hxxps://", "https://"),
        ("hxxp://", "http://"),
        ("fxp://", "ftp://"),
        ("[.]", "."),
        ("(.)", "."),
        ("[dot]", "."),
        ("[:]", ":"),
        ("[@]", "@"),
        ("[at]", "@"),
    ] {
        out = replace_folded(&out, from, to);
    }
    out
}

/// Replaces `from`, whatever its letter case, by `to`.
fn replace_folded(text: &str, from: &str, to: &str) -> String {
    let folded = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(found) = folded[rest..].find(from) {
        out.push_str(&text[rest..rest + found]);
        out.push_str(to);
        rest += found + from.len();
    }
    out.push_str(&text[rest..]);
    out
}
