//! Members of a logged state.

use serde_json::Value;

/// Returns a member that is text.
pub(super) fn text(record: &Value, name: &str) -> Option<String> {
    record.get(name)?.as_str().map(str::to_owned)
}

/// Returns a member that is a number.
pub(super) fn number(record: &Value, name: &str) -> Option<u64> {
    record.get(name)?.as_u64()
}

/// Returns a member that is a flag.
pub(super) fn flag(record: &Value, name: &str) -> Option<bool> {
    record.get(name)?.as_bool()
}
