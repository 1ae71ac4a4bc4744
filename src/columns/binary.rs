//! The fields of binaries.

use super::{CellValue, Field, find};
use crate::model::Binary;

/// The fields of binary rows.
pub const FIELDS: &[Field<Binary>] = &[
    Field::new("digsig_result", signature_value),
    Field::new("server_added_timestamp", |binary| CellValue::time(binary.first_seen)),
    Field::new("name", |binary| (&binary.name()).into()),
    Field::new("digsig_publisher", |binary| (&binary.signature.publisher).into()),
    Field::new("host_count", |binary| binary.hosts.into()),
    Field::new("orig_mod_len", |binary| binary.size.into()),
    Field::new("md5", |binary| CellValue::text_of(Some(binary.md5))),
    Field::new("observed_filename", |binary| {
        let path = binary.observed_paths.first();
        path.map_or(CellValue::None, CellValue::from)
    }),
    Field::new("product_name", |binary| (&binary.version.product).into()),
    Field::new("file_version", |binary| (&binary.version.file_version).into()),
    Field::new("copied_mod_len", |binary| binary.stored_size.into()),
    Field::new("last_seen", |binary| CellValue::time(binary.last_seen)),
    Field::new("os_type", |binary| (&binary.os).into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Binary> {
    find(FIELDS, name)
}

/// Returns the signature status of `binary`, rated by whether it is valid.
pub fn signature_value(binary: &Binary) -> CellValue {
    let signature = &binary.signature;
    match signature.is_valid() {
        Some(is_good) => CellValue::Rated(signature.result.clone(), is_good),
        None => CellValue::Unavailable,
    }
}
