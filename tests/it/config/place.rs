//! A home of a test's own, and what the tests put there.

use lampblack::config::{Access, Config, Environment, Error, Flags, Source};
use secrecy::ExposeSecret;
use std::{fs, path::Path};
use tempfile::TempDir;

/// A home, a working directory and an `/etc` of a test's own.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for directory in ["home/.config/lampblack", "home/.carbonblack", "work/.carbonblack", "etc/carbonblack"] {
            fs::create_dir_all(place.path().join(directory)).unwrap();
        }
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(self, file: &str, text: &str) -> Self {
        let path = self.path().join(file);
        fs::write(&path, text).unwrap();
        chmod(&path, 0o600);
        self
    }

    pub(crate) fn ours(self, text: &str) -> Self {
        self.write("home/.config/lampblack/config.toml", text)
    }

    pub(crate) fn choose(&self, flags: &Flags, variables: &[(&str, &str)]) -> Result<Access, Error> {
        let environment = Environment::rooted_at(self.path(), variables);
        let config = Config::load(flags.config.as_deref(), &environment)?;
        Access::choose(flags, &config, &environment)
    }
}

#[cfg(unix)]
pub(crate) fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn profile(name: &str) -> Flags {
    Flags { profile: Some(name.into()), ..Flags::default() }
}

#[track_caller]
pub(crate) fn chosen(access: Result<Access, Error>) -> (String, String, Source) {
    let access = access.unwrap();
    (access.url.to_string(), access.token.expose_secret().to_owned(), access.source)
}

pub(crate) const CLIENT: &str = "[default]\nurl=https://client.example\ntoken=clienttoken\nssl_verify=False\n";
pub(crate) const OURS: &str = "[profiles.default]\nurl = \"https://ours.example\"\ntoken = \"ourtoken\"\n";
pub(crate) const LAMPBLACK: [(&str, &str); 2] =
    [("LAMPBLACK_URL", "https://variable.example"), ("LAMPBLACK_TOKEN", "variabletoken")];
pub(crate) const CBAPI: [(&str, &str); 2] = [("CBAPI_URL", "https://cbapi.example"), ("CBAPI_TOKEN", "cbapitoken")];
