//! Describes a binary for display.

use jiff::Timestamp;

use super::{Binary, Endpoint, Signature};
use crate::model::Property;
use crate::text::Untrusted;

impl Binary {
    /// Returns the properties of the binary, most important first. Of lists that may have thousands of entries, the
    /// first `most` are included; `shown` formats times.
    pub fn properties(&self, max_values: usize, format_time: impl Fn(Timestamp) -> String) -> Vec<Property> {
        let mut facts = Facts(Vec::new());
        facts.add("md5", Some(self.md5));
        facts.add("sha256", self.sha256);
        facts.add("size", self.describe_size());
        facts.add("type", self.describe_kind());
        facts.add_signature(&self.signature, &format_time);
        facts.add("first seen", self.first_seen.map(&format_time));
        facts.add("last seen", self.last_seen.map(&format_time));
        facts.add("hosts", self.hosts);
        let version = &self.version;
        for (name, text) in [
            ("description", &version.description),
            ("company", &version.company),
            ("product", &version.product),
            ("description", &version.product_description),
            ("product version", &version.product_version),
            ("file version", &version.file_version),
            ("original name", &version.original_filename),
            ("internal name", &version.internal_name),
            ("copyright", &version.copyright),
            ("trademark", &version.trademark),
            ("private build", &version.private_build),
            ("special build", &version.special_build),
            ("comments", &version.comments),
        ] {
            facts.add_text(name, text);
        }
        facts.add_list("path", max_values, self.observed_paths.iter().cloned());
        facts.add_list("host", max_values, self.endpoints.iter().map(endpoint));
        facts.add_list("group", max_values, self.groups.iter().cloned());
        facts.add_list(
            "feed",
            max_values,
            self.feeds.iter().map(|hit| {
                let score = hit.score.map(|score| format!(" {score}"));
                let reports: Vec<_> = hit.reports.iter().map(Untrusted::raw).collect();
                let score = score.unwrap_or_default();
                format!("{}{score}  {}", hit.feed.raw(), reports.join(" ")).into()
            }),
        );
        facts.add_list(
            "watchlist",
            max_values,
            self.watchlists.iter().map(|hit| {
                let at = hit.at.map(|at| format!("  {}", format_time(at)));
                format!("{}{}", hit.id.raw(), at.unwrap_or_default()).into()
            }),
        );
        facts.0
    }

    /// Describes its size, and how much of it the server has.
    fn describe_size(&self) -> Option<String> {
        let size = self.size?;
        Some(match self.stored_size {
            Some(0) => format!("{size} B; not collected"),
            Some(stored) if stored < size => {
                format!("{size} B, only the first {stored} B collected")
            }
            _ => format!("{size} B"),
        })
    }

    fn describe_kind(&self) -> Option<String> {
        let kind = self.is_executable.map(|is_program| if is_program { "executable" } else { "library or driver" });
        let bits = self.is_64bit.map(|is_64bit| if is_64bit { "64-bit" } else { "32-bit" });
        let os = self.os.non_empty().map(Untrusted::raw);
        let words: Vec<_> = [kind, bits, os].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl Signature {
    /// Describes the result of the verification with its reason; `None` if the server does not say.
    pub fn describe_result(&self) -> Option<Untrusted> {
        let code = self.code.filter(|code| *code != 0);
        let reason = self.reason().filter(|_| code.is_some());
        let result = self.result.non_empty()?;
        let reason = reason.map_or_else(String::new, |reason| format!("{reason}, "));
        let code = code.map_or_else(String::new, |code| format!(" ({reason}0x{code:08x})"));
        Some(format!("{}{code}", result.raw()).into())
    }
}

struct Facts(Vec<Property>);

impl Facts {
    fn add(&mut self, name: &'static str, value: Option<impl ToString>) {
        let value = value.map(|value| value.to_string().into());
        self.0.extend(value.map(|value| (name, value)));
    }

    fn add_text(&mut self, name: &'static str, text: &Untrusted) {
        let text = text.non_empty().cloned();
        self.0.extend(text.map(|text| (name, text)));
    }

    /// Adds the first `most` values, and the number of further ones.
    fn add_list(&mut self, name: &'static str, max_values: usize, values: impl ExactSizeIterator<Item = Untrusted>) {
        let more = values.len().saturating_sub(max_values);
        self.0.extend(values.take(max_values).map(|value| (name, value)));
        self.add("", (more > 0).then(|| format!("and {more} more")));
    }

    fn add_signature(&mut self, signature: &Signature, format_time: impl Fn(Timestamp) -> String) {
        self.0.extend(signature.describe_result().map(|result| ("signature", result)));
        self.add_text("publisher", &signature.publisher);
        self.add_text("subject", &signature.subject);
        self.add_text("issuer", &signature.issuer);
        self.add_text("program name", &signature.program);
        self.add("signed", signature.signed_at.map(format_time));
    }
}

fn endpoint(endpoint: &Endpoint) -> Untrusted {
    match endpoint.sensor {
        Some(sensor) => format!("{} (sensor {sensor})", endpoint.host.raw()).into(),
        None => endpoint.host.clone(),
    }
}
