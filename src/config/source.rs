//! The source of URL and token.

use std::{fmt, path::PathBuf};

/// The source of both the URL and the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `--url` with `LAMPBLACK_TOKEN`.
    Flag,
    /// A profile of our configuration file.
    Profile {
        name: String,
        file: PathBuf,
    },
    /// `LAMPBLACK_URL` with `LAMPBLACK_TOKEN`.
    Variables,
    /// `CBAPI_URL` with `CBAPI_TOKEN`.
    ClientVariables,
    /// A section of the official client's credential files.
    ClientFile {
        name: String,
        /// The file with the token.
        file: PathBuf,
    },
    Demo,
}

impl Source {
    /// Returns the name of the profile, if there is one.
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
            // The name is quoted with control characters escaped, because the file may be untrusted.
            Self::Profile { name, file } | Self::ClientFile { name, file } => {
                write!(f, "profile {name:?} of {}", file.display())
            }
            Self::Variables => f.write_str("LAMPBLACK_URL and LAMPBLACK_TOKEN"),
            Self::ClientVariables => f.write_str("CBAPI_URL and CBAPI_TOKEN"),
            Self::Demo => f.write_str("the embedded simulator"),
        }
    }
}
