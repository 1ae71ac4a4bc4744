//! Binaries as searchable documents (reference 3.3).

use super::{Test, merged_tags, test_feed_fields, test_hash, test_watchlist_tag, to_f64};
use crate::query::{FieldValue, SearchableRecord};
use crate::sim::{
    format,
    state::detections::Tags,
    version::Release,
    world::{self, Binary, World},
};

/// Searchable document of a binary.
#[derive(Clone, Copy)]
pub(in crate::sim) struct BinaryDocument<'w> {
    pub(in crate::sim) world: &'w World,
    pub(in crate::sim) binary: &'w Binary,
    pub(in crate::sim) server_version: &'w Release,
    /// Tags added since the world was generated.
    pub(in crate::sim) tags: &'w Tags,
}

impl<'w> BinaryDocument<'w> {
    /// Returns the ids of the watchlists that tagged the binary, with the time of the tag in milliseconds since 1970.
    pub(in crate::sim) fn watchlists(&self) -> impl Iterator<Item = (String, i64)> {
        let at = first_seen(self.binary, self.world);
        merged_tags(&self.binary.watchlists, at, self.tags.binary_tags(&self.binary.md5))
    }

    /// Returns the hosts that have the binary.
    pub(in crate::sim) fn hosts(&self) -> impl Iterator<Item = &'w world::Host> {
        let fleet = &self.world.fleet;
        self.binary.hosts.iter().filter_map(|&id| fleet.host(id))
    }
}

impl SearchableRecord for BinaryDocument<'_> {
    fn any_value(&self, field: &str, test: Test<'_>) -> bool {
        let binary = self.binary;
        let maybe = |text: Option<&str>, test: Test<'_>| text.is_some_and(|text| test(FieldValue::Text(text.into())));
        if let Some(passed) = test_feed_fields(&binary.feeds, field, test) {
            return passed;
        }
        if let Some(id) = field.strip_prefix("watchlist_") {
            return test_watchlist_tag(self.watchlists(), id, test);
        }
        let signer = binary.signed_at.and(binary.company.as_deref());
        match field {
            "md5" => maybe(Some(&binary.md5), test),
            "sha256" => self.server_version.is_at_least_7() && test_hash(binary, test),
            "original_filename" | "internal_name" => maybe(binary.company.as_ref().map(|_| &*binary.name), test),
            "observed_filename" => binary.paths.iter().any(|path| test(FieldValue::Text(path.into()))),
            "company_name" => maybe(binary.company.as_deref(), test),
            "product_name" => maybe(binary.product.as_deref(), test),
            "file_desc" => maybe(binary.description.as_deref(), test),
            "legal_copyright" => {
                let copyright = binary.company.as_deref().map(copyright);
                maybe(copyright.as_deref(), test)
            }
            "file_version" | "product_version" => {
                maybe(Some(&*binary.version).filter(|version| !version.is_empty()), test)
            }
            "digsig_result" | "signed" => maybe(Some(signature_status(binary)), test),
            "digsig_publisher" | "digsig_subject" | "digsig_issuer" => maybe(signer, test),
            "digsig_sign_time" => binary.signed_at.is_some_and(|at| test(FieldValue::Time(format::timestamp(at)))),
            "server_added_timestamp" => test(FieldValue::Time(format::timestamp(first_seen(binary, self.world)))),
            "orig_mod_len" => test(FieldValue::Number(to_f64(binary.size))),
            "copied_mod_len" => test(FieldValue::Number(to_f64(binary.stored_size()))),
            "host_count" => test(FieldValue::Number(to_f64(host_count(binary)))),
            "is_64bit" => test(FieldValue::Flag(true)),
            "is_executable_image" => test(FieldValue::Flag(binary.is_program)),
            "os_type" => maybe(Some(binary.os.binary_name()), test),
            "hostname" => self.hosts().any(|host| test(FieldValue::Text((&*host.name).into()))),
            "group" => self.hosts().any(|host| test(FieldValue::Text(self.world.fleet.group_name(host.group).into()))),
            _ => false,
        }
    }
}

/// Returns the status of the signature: `Signed`, `Unsigned`, or a reason why it is not valid.
pub(in crate::sim) fn signature_status(binary: &Binary) -> &str {
    match &binary.signature {
        Some(status) => status,
        None if binary.signed_at.is_some() => "Signed",
        None => "Unsigned",
    }
}

/// Returns the Windows error code of the signature status, as decimal text.
pub(in crate::sim) fn signature_code(binary: &Binary) -> String {
    let code: u32 = match signature_status(binary) {
        "Signed" => 0,
        "Bad Signature" => 0x8009_6010,
        "Invalid Signature" => 0x8009_6004,
        "Expired" => 0x800b_0101,
        "Invalid Chain" => 0x800b_010a,
        "Untrusted Root" => 0x800b_0109,
        "Explicit Distrust" => 0x800b_0111,
        "(Unknown)" => 0x800b_0003,
        _ => 0x800b_0100,
    };
    code.to_string()
}

/// Returns when the server first received the binary, in milliseconds since 1970.
pub(in crate::sim) fn first_seen(binary: &Binary, world: &World) -> i64 {
    /// Age of modules, whose loads are not recorded, in milliseconds.
    const ASSUMED_AGE: i64 = 40 * 86_400_000;
    if binary.runs == 0 { world.now - ASSUMED_AGE } else { binary.first_seen }
}

/// Returns the copyright text of the version resource.
pub(in crate::sim) fn copyright(company: &str) -> String {
    format!("© {company}. All rights reserved.")
}

/// Returns the number of hosts that have the binary.
pub(in crate::sim) fn host_count(binary: &Binary) -> u64 {
    u64::try_from(binary.hosts.len()).unwrap_or(u64::MAX)
}
