//! The state of a change's target on the server, by name and as JSON.

use serde_json::Value;

use crate::text::{self, Untrusted};

/// The state of a target, or its absence.
pub(super) trait Snapshot: Clone {
    /// Returns the name of the target, as the server sent it.
    fn target_name(&self) -> Untrusted;

    /// Returns the state as JSON for the audit log.
    fn snapshot_json(&self) -> Value;
}

/// Describes the members of `written` whose values differ between `then` and `now`.
pub(super) fn changed_members(written: &Value, then: &Value, now: &Value) -> Vec<String> {
    /// Maximum width of a value, in cells.
    const WIDE: usize = 60;
    let names = written.as_object().into_iter().flat_map(|members| members.keys());
    let describe = |name: &String| {
        let (then, now) = (then.get(name)?, now.get(name)?);
        let now = match now {
            _ if now == then => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let now = text::fit(&now.as_str().into(), WIDE);
        Some(format!("{} is {now:?} now", name.replace('_', " ")))
    };
    names.filter_map(describe).collect()
}
