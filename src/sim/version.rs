//! The simulated release, and what differs between releases (reference 1.13).

/// Version of the simulated server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Release {
    /// Release, build date and build number, as in `/api/info`.
    pub(super) text: String,
    numbers: [u32; 3],
}

impl Release {
    /// Parses `6.2.0.171114.1158`, or a short form such as `7.8`, to which a build is added.
    pub(super) fn new(text: &str) -> Self {
        /// Build date and number of a short form.
        const BUILD: &str = "221010.1120";
        let mut numbers = [6, 2, 0];
        let parts: Vec<&str> = text.trim().split('.').collect();
        if let Some(Ok(major)) = parts.first().map(|part| part.parse()) {
            let part = |at: usize| parts.get(at).and_then(|part| part.parse().ok());
            numbers = [major, part(1).unwrap_or(0), part(2).unwrap_or(0)];
        }
        let [major, minor, patch] = numbers;
        let build = match parts.get(3..) {
            Some(build) if !build.is_empty() => build.join("."),
            _ => BUILD.into(),
        };
        Self { text: format!("{major}.{minor}.{patch}.{build}"), numbers }
    }

    /// Returns the version of the server's package: `6.2.0-1`.
    pub(super) fn package_version(&self) -> String {
        let [major, minor, patch] = self.numbers;
        format!("{major}.{minor}.{patch}-1")
    }

    /// Whether the server has this release or a later one.
    pub(super) fn is_at_least(&self, major: u32, minor: u32, patch: u32) -> bool {
        self.numbers >= [major, minor, patch]
    }

    /// Whether the server has segments by time, lower-case names, partitions and `cb.group`.
    pub(super) fn is_at_least_6(&self) -> bool {
        self.is_at_least(6, 0, 0)
    }

    /// Whether the server has SHA-256 hashes and events of fileless scripts.
    pub(super) fn is_at_least_7(&self) -> bool {
        self.is_at_least(7, 0, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_version_is_completed() {
        #[track_caller]
        fn check(text: &str, expected: &str, package: &str) {
            let release = Release::new(text);
            assert_eq!((release.text.as_str(), release.package_version().as_str()), (expected, package));
        }
        check("6.2.0.171114.1158", "6.2.0.171114.1158", "6.2.0-1");
        check("7.8", "7.8.0.221010.1120", "7.8.0-1");
        check("5.2.0", "5.2.0.221010.1120", "5.2.0-1");
        check("", "6.2.0.221010.1120", "6.2.0-1");
    }

    #[test]
    fn releases_are_compared_as_numbers() {
        assert!(Release::new("6.10.1").is_at_least(6, 2, 3));
        assert!(!Release::new("6.2.0.171114").is_at_least(6, 2, 3));
        assert!(Release::new("7.8").is_at_least_7() && !Release::new("5.2").is_at_least_6());
    }
}
