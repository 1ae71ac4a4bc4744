//! Feed hits of a process or binary, as the files of the world state them.

use serde::Deserialize;

/// Reports of a feed on a process or binary.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedToml {
    pub(crate) name: String,
    pub(crate) score: i64,
    pub(crate) reports: Vec<String>,
    pub(crate) link: String,
}
