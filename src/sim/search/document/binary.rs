//! Binaries as documents that can be searched (reference 3.3).

use super::{Test, feeds, hashed, number, tagged, watched};
use crate::query::{Record, Value};
use crate::sim::{
    format,
    state::detections::Tags,
    version::Release,
    world::{self, Binary, World},
};

/// One binary.
#[derive(Clone, Copy)]
pub(in crate::sim) struct File<'w> {
    pub(in crate::sim) world: &'w World,
    pub(in crate::sim) binary: &'w Binary,
    pub(in crate::sim) release: &'w Release,
    /// What it was tagged with besides.
    pub(in crate::sim) tags: &'w Tags,
}

impl<'w> File<'w> {
    /// The watchlists that tagged it, and when, in milliseconds since 1970.
    pub(in crate::sim) fn watchlists(&self) -> impl Iterator<Item = (String, i64)> {
        let at = first_seen(self.binary, self.world);
        let later = self.tags.of_binary(&self.binary.md5);
        tagged(&self.binary.watchlists, at, later)
    }

    /// The hosts that have it.
    pub(in crate::sim) fn hosts(&self) -> impl Iterator<Item = &'w world::Host> {
        let fleet = &self.world.fleet;
        self.binary.hosts.iter().filter_map(|&id| fleet.host(id))
    }
}

impl Record for File<'_> {
    fn any(&self, field: &str, test: Test<'_>) -> bool {
        let binary = self.binary;
        let maybe = |text: Option<&str>, test: Test<'_>| text.is_some_and(|text| test(Value::Text(text.into())));
        if let Some(passed) = feeds(&binary.feeds, field, test) {
            return passed;
        }
        if let Some(id) = field.strip_prefix("watchlist_") {
            return watched(self.watchlists(), id, test);
        }
        let signer = binary.signed.and(binary.company.as_deref());
        match field {
            "md5" => maybe(Some(&binary.md5), test),
            "sha256" => self.release.is_7() && hashed(binary, test),
            "original_filename" | "internal_name" => maybe(binary.company.as_ref().map(|_| &*binary.name), test),
            "observed_filename" => binary.paths.iter().any(|path| test(Value::Text(path.into()))),
            "company_name" => maybe(binary.company.as_deref(), test),
            "product_name" => maybe(binary.product.as_deref(), test),
            "file_desc" => maybe(binary.description.as_deref(), test),
            "legal_copyright" => {
                let right = binary.company.as_ref().map(|company| copyright(company));
                maybe(right.as_deref(), test)
            }
            "file_version" | "product_version" => {
                maybe(Some(&*binary.version).filter(|version| !version.is_empty()), test)
            }
            "digsig_result" | "signed" => maybe(Some(verdict(binary)), test),
            "digsig_publisher" | "digsig_subject" | "digsig_issuer" => maybe(signer, test),
            "digsig_sign_time" => binary.signed.is_some_and(|at| test(Value::Time(format::timestamp(at)))),
            "server_added_timestamp" => test(Value::Time(format::timestamp(first_seen(binary, self.world)))),
            "orig_mod_len" => test(Value::Number(number(binary.size))),
            "copied_mod_len" => test(Value::Number(number(binary.copied()))),
            "host_count" => test(Value::Number(number(host_count(binary)))),
            "is_64bit" => test(Value::Flag(true)),
            "is_executable_image" => test(Value::Flag(binary.is_program)),
            "os_type" => maybe(Some(binary.os.upper()), test),
            "hostname" => self.hosts().any(|host| test(Value::Text((&*host.name).into()))),
            "group" => self.hosts().any(|host| test(Value::Text(self.world.fleet.group_name(host.group).into()))),
            _ => false,
        }
    }
}

/// What the signature is worth.
pub(in crate::sim) fn verdict(binary: &Binary) -> &str {
    match &binary.signature {
        Some(told) => told,
        None if binary.signed.is_some() => "Signed",
        None => "Unsigned",
    }
}

/// The number of Windows for that, as text.
pub(in crate::sim) fn verdict_code(binary: &Binary) -> String {
    let code: u32 = match verdict(binary) {
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

/// When the server first heard of it, in milliseconds since 1970.
pub(in crate::sim) fn first_seen(binary: &Binary, world: &World) -> i64 {
    /// A module that no program was counted for has been there since the beginning.
    const LONG: i64 = 40 * 86_400_000;
    if binary.runs == 0 { world.now - LONG } else { binary.first_seen }
}

/// The version resource's copyright.
pub(in crate::sim) fn copyright(company: &str) -> String {
    format!("© {company}. All rights reserved.")
}

/// On how many hosts it is.
pub(in crate::sim) fn host_count(binary: &Binary) -> u64 {
    u64::try_from(binary.hosts.len()).unwrap_or(u64::MAX)
}
