//! Where address and token came from.

use std::{fmt, path::PathBuf};

/// The one place that address and token were taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `--url` with `LAMPBLACK_TOKEN`.
    Flag,
    /// A profile of our own file.
    Profile {
        /// The profile's name.
        name: String,
        /// The file.
        file: PathBuf,
    },
    /// `LAMPBLACK_URL` with `LAMPBLACK_TOKEN`.
    Variables,
    /// `CBAPI_URL` with `CBAPI_TOKEN`.
    ClientVariables,
    /// A section of the official client's files.
    ClientFile {
        /// The section's name.
        name: String,
        /// The file that holds its token.
        file: PathBuf,
    },
    /// The embedded simulator.
    Demo,
}

impl Source {
    /// The profile's name, where there is one.
    pub fn profile(&self) -> Option<&str> {
        match self {
            Self::Profile { name, .. } | Self::ClientFile { name, .. } => Some(name),
            Self::Demo => Some("demo"),
            Self::Flag | Self::Variables | Self::ClientVariables => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--url and LAMPBLACK_TOKEN"),
            // A name is quoted with its control characters escaped: the file may be anyone's.
            Self::Profile { name, file } | Self::ClientFile { name, file } => {
                write!(f, "profile {name:?} of {}", file.display())
            }
            Self::Variables => f.write_str("LAMPBLACK_URL and LAMPBLACK_TOKEN"),
            Self::ClientVariables => f.write_str("CBAPI_URL and CBAPI_TOKEN"),
            Self::Demo => f.write_str("the embedded simulator"),
        }
    }
}
