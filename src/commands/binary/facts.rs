//! A binary in plain words.

use std::fmt::Write;

use super::when;
use crate::model::{Binary, Endpoint, Known, Signature};
use crate::text::{self, Untrusted};

/// Lines of a fact that there can be thousands of.
const MOST: usize = 20;

/// One fact a line.
pub(super) fn details(known: &Known<Binary>) -> String {
    let binary = &*known.value;
    let name = binary.name();
    let title = name
        .non_empty()
        .map_or_else(|| binary.md5.to_string(), text::visible);
    let mut facts = Facts(format!("{title}\n"));
    facts.add("md5", Some(binary.md5));
    facts.add("sha256", binary.sha256);
    facts.add("size", size(binary));
    facts.add("kind", kind(binary));
    facts.sign(&binary.signature);
    let version = &binary.version;
    for (name, text) in [
        ("description", &version.description),
        ("company", &version.company),
        ("product", &version.product),
        ("about it", &version.product_description),
        ("its version", &version.product_version),
        ("file version", &version.file_version),
        ("original name", &version.original_filename),
        ("internal name", &version.internal_name),
        ("copyright", &version.copyright),
        ("trademark", &version.trademark),
        ("private build", &version.private_build),
        ("special build", &version.special_build),
        ("comments", &version.comments),
    ] {
        facts.say(name, text);
    }
    facts.add("first seen", binary.first_seen.map(when::shown));
    facts.add("last seen", binary.last_seen.map(when::shown));
    facts.list("path", binary.observed_paths.iter().map(text::visible));
    facts.add("hosts", binary.hosts);
    facts.list("host", binary.endpoints.iter().map(endpoint));
    facts.list("group", binary.groups.iter().map(text::visible));
    facts.list(
        "feed",
        binary.feeds.iter().map(|hit| {
            let score = hit.score.map(|score| format!(" {score}"));
            let reports: Vec<_> = hit.reports.iter().map(text::visible).collect();
            let feed = text::visible(&hit.feed);
            format!("{feed}{}  {}", score.unwrap_or_default(), reports.join(" "))
        }),
    );
    facts.list(
        "watchlist",
        binary.watchlists.iter().map(|hit| {
            let at = hit.at.map(|at| format!("  {}", when::shown(at)));
            format!("{}{}", text::visible(&hit.id), at.unwrap_or_default())
        }),
    );
    facts.add("as of", Some(when::shown(known.as_of)));
    facts.0
}

/// Lines of facts.
struct Facts(String);

impl Facts {
    fn add(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            let value = value.to_string();
            writeln!(self.0, "  {name:<14} {value}").expect("a String takes what is written to it");
        }
    }

    fn say(&mut self, name: &str, text: &Untrusted) {
        self.add(name, text.non_empty().map(text::visible));
    }

    /// The first of many, and how many more there are.
    fn list(&mut self, name: &str, values: impl ExactSizeIterator<Item = String>) {
        let more = values.len().saturating_sub(MOST);
        for value in values.take(MOST) {
            self.add(name, Some(value));
        }
        self.add("", (more > 0).then(|| format!("and {more} more")));
    }

    fn sign(&mut self, signature: &Signature) {
        let code = signature.code.filter(|code| *code != 0);
        let reason = signature.reason().filter(|_| code.is_some());
        let verdict = signature.result.non_empty().map(|result| {
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            let code = code.map_or_else(String::new, |code| format!(" (0x{code:08x})"));
            format!("{}{reason}{code}", text::visible(result))
        });
        self.add("signature", verdict);
        self.say("publisher", &signature.publisher);
        self.say("subject", &signature.subject);
        self.say("issuer", &signature.issuer);
        self.say("program name", &signature.program);
        self.add("signed", signature.signed_at.map(when::shown));
    }
}

/// How large it is, and how much of it the server has.
fn size(binary: &Binary) -> Option<String> {
    let size = binary.size?;
    Some(match binary.stored_size {
        Some(0) => format!("{size} B; the server has not collected it"),
        Some(stored) if stored < size => {
            format!("{size} B, of which the server has only the first {stored}")
        }
        _ => format!("{size} B"),
    })
}

fn kind(binary: &Binary) -> Option<String> {
    let kind = binary.is_executable.map(|is_program| {
        if is_program {
            "program"
        } else {
            "library or driver"
        }
    });
    let bits = binary
        .is_64bit
        .map(|is_64bit| if is_64bit { "64 bits" } else { "32 bits" });
    let os = binary.os.non_empty().map(text::visible);
    let words: Vec<_> = [kind, bits, os.as_deref()].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn endpoint(endpoint: &Endpoint) -> String {
    let host = text::visible(&endpoint.host);
    match endpoint.sensor {
        Some(sensor) => format!("{host} (sensor {sensor})"),
        None => host,
    }
}
