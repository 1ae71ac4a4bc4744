//! The credential files of the official client (reference 4.1): each section is a profile.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{
    Environment, Error, MAX_BYTES, Mistake, Profile, Source, Token,
    ini::{self, IniValue},
    utf8,
};

/// The merged content of all credential files: values by section and key.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    sections: BTreeMap<String, BTreeMap<String, LocatedValue>>,
    /// Errors of files that could not be read, and may have the requested profile.
    pub unreadable: Vec<Mistake>,
    /// Files that have only the section `[DEFAULT]`.
    files_without_profiles: Vec<PathBuf>,
}

/// A value with its file.
#[derive(Clone, Debug)]
struct LocatedValue {
    entry: IniValue,
    file: PathBuf,
}

impl Credentials {
    /// Reads all files that exist. Later files override single keys of earlier ones.
    pub(super) fn read(environment: &Environment) -> Result<Self, Error> {
        let mut all = Self::default();
        for file in environment.client_files() {
            let text = match utf8::read_utf8(&file, MAX_BYTES) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    let mistake = Mistake::new(format!("cannot read it: {error}"));
                    all.unreadable.push(mistake.with_location(&file, 0));
                    continue;
                }
            };
            let sections = ini::parse(&text).map_err(|(line, what)| Mistake::new(what).with_location(&file, line))?;
            if sections.keys().eq([ini::DEFAULT]) {
                all.files_without_profiles.push(file.clone());
            }
            for (name, keys) in sections {
                let merged = all.sections.entry(name).or_default();
                for (key, entry) in keys {
                    let file = file.clone();
                    merged.insert(key, LocatedValue { entry, file });
                }
            }
        }
        if let Some(defaults) = all.sections.remove(ini::DEFAULT) {
            for keys in all.sections.values_mut() {
                for (key, value) in &defaults {
                    keys.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        Ok(all)
    }

    /// Returns the reasons why a missing profile may be missing: unreadable files, and files that have only
    /// `[DEFAULT]`.
    pub(super) fn possible_causes(&self) -> Vec<Mistake> {
        let without_section = self.files_without_profiles.iter().map(|file| {
            Mistake::new("[DEFAULT] only has defaults for other sections, and there are no other sections")
                .with_location(file, 0)
                .with_hint("write the section as [default], in lower case")
        });
        self.unreadable.iter().cloned().chain(without_section).collect()
    }

    /// Returns the names of the profiles.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// Returns the profile called `name`; `None` if there is none.
    pub(super) fn profile(&self, name: &str, environment: &Environment) -> Result<Option<(Profile, Source)>, Error> {
        let Some(keys) = self.sections.get(name) else {
            return Ok(None);
        };
        let missing = |key: &str| {
            let files: Vec<_> = keys.values().map(|value| value.file.display()).collect();
            let mut mistake = Mistake::new(format!("profile {name:?} has no {key}"));
            if let Some(file) = files.first() {
                mistake = mistake.with_hint(format!("add {key}=… to [{name}] in {file}"));
            }
            mistake
        };
        reject_quotes(keys)?;
        let token = keys.get("token").ok_or_else(|| missing("token"))?;
        let url = keys.get("url").ok_or_else(|| missing("url"))?;
        reject_foreign_token_files(name, keys, &token.file, environment)?;

        let text = |key: &str| {
            let value = keys.get(key)?.entry.value.as_str();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let mut mistakes = Vec::new();
        let mut read_bool = |key: &str, default: bool| {
            let Some(value) = keys.get(key) else {
                return default;
            };
            ini::parse_bool(&value.entry.value).unwrap_or_else(|| {
                let mistake = Mistake::new(format!("{key} must be true or false"));
                mistakes.push(mistake.with_location(&value.file, value.entry.line));
                default
            })
        };
        let profile = Profile {
            url: Some(url.entry.value.clone()),
            token: Some(Token::Inline(SecretString::from(token.entry.value.as_str()))),
            ca_file: text("ssl_cert_file").map(PathBuf::from),
            verify_tls: read_bool("ssl_verify", true),
            verify_hostname: read_bool("ssl_verify_hostname", true),
            proxy: text("proxy"),
            ignore_system_proxy: read_bool("ignore_system_proxy", false),
            ..Profile::default()
        };
        if !mistakes.is_empty() {
            return Err(mistakes.into());
        }
        let source = Source::ClientFile { name: name.to_owned(), file: token.file.clone() };
        Ok(Some((profile, source)))
    }
}

/// Refuses values in quotes: the official client takes the quotes as part of the value, so its connection would fail.
fn reject_quotes(keys: &BTreeMap<String, LocatedValue>) -> Result<(), Error> {
    let is_quoted = |value: &str| {
        let quotes = ['"', '\''].into_iter();
        let mut inner = quotes.filter_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        inner.next().is_some()
    };
    let mistakes: Vec<_> = keys
        .iter()
        .filter(|(_, value)| is_quoted(&value.entry.value))
        .map(|(key, value)| {
            Mistake::new(format!("{key} has quotes, which are part of the value in this file"))
                .with_location(&value.file, value.entry.line)
                .with_hint(format!("write {key}=… without quotes"))
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// Refuses settings from a file in the working directory that decide where the token of another file is sent: URL,
/// proxy, or TLS checks. The working directory may be untrusted, such as an unpacked sample.
fn reject_foreign_token_files(
    name: &str,
    keys: &BTreeMap<String, LocatedValue>,
    token_file: &Path,
    environment: &Environment,
) -> Result<(), Error> {
    const CONNECTION_KEYS: &[&str] =
        &["url", "proxy", "ignore_system_proxy", "ssl_verify", "ssl_verify_hostname", "ssl_cert_file"];
    if environment.is_in_working_dir(token_file) {
        return Ok(());
    }
    let mistakes: Vec<_> = CONNECTION_KEYS
        .iter()
        .filter_map(|&key| Some((key, keys.get(key)?)))
        .filter(|(_, value)| environment.is_in_working_dir(&value.file))
        .map(|(key, value)| {
            Mistake::new(format!(
                "{key} of profile {name:?} would change where the token of {} is sent",
                token_file.display()
            ))
            .with_location(&value.file, value.entry.line)
            .with_hint("put url and token in the same file, or start lampblack in another directory")
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}
