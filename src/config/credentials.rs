//! The credential files of the official client (reference 4.1): each section is a profile.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{
    Environment, Error, MAX_BYTES, Mistake, Profile, Source, Token,
    ini::{self, Entry},
    utf8,
};

/// All files read one over the other: section, key, value with its place.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    sections: BTreeMap<String, BTreeMap<String, Placed>>,
    /// Files that could not be read. They may hold the profile that is looked for.
    pub unread: Vec<Mistake>,
    /// Files that have values for every section and no section.
    only_defaults: Vec<PathBuf>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
struct Placed {
    entry: Entry,
    file: PathBuf,
}

impl Credentials {
    /// Reads the files that exist; a later one overrides an earlier one key by key.
    pub(super) fn read(environment: &Environment) -> Result<Self, Error> {
        let mut all = Self::default();
        for file in environment.client_files() {
            let text = match utf8::read(&file, MAX_BYTES) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    let mistake = Mistake::new(format!("cannot read it: {error}"));
                    all.unread.push(mistake.at(&file, 0));
                    continue;
                }
            };
            let sections = ini::parse(&text).map_err(|(line, what)| Mistake::new(what).at(&file, line))?;
            if sections.keys().eq([ini::DEFAULT]) {
                all.only_defaults.push(file.clone());
            }
            for (name, keys) in sections {
                let merged = all.sections.entry(name).or_default();
                for (key, entry) in keys {
                    let file = file.clone();
                    merged.insert(key, Placed { entry, file });
                }
            }
        }
        if let Some(defaults) = all.sections.remove(ini::DEFAULT) {
            for keys in all.sections.values_mut() {
                for (key, placed) in &defaults {
                    keys.entry(key.clone()).or_insert_with(|| placed.clone());
                }
            }
        }
        Ok(all)
    }

    /// Why a profile that is not here may be missing: files that cannot be read, and those without a section.
    pub(super) fn suspects(&self) -> Vec<Mistake> {
        let without_section = self.only_defaults.iter().map(|file| {
            Mistake::new("[DEFAULT] has values for the other sections, and there is none")
                .at(file, 0)
                .hint("name the section [default], in small letters")
        });
        self.unread.iter().cloned().chain(without_section).collect()
    }

    /// The names of the profiles.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// The profile of this name.
    pub(super) fn profile(&self, name: &str, environment: &Environment) -> Result<Option<(Profile, Source)>, Error> {
        let Some(keys) = self.sections.get(name) else {
            return Ok(None);
        };
        let missing = |key: &str| {
            let files: Vec<_> = keys.values().map(|placed| placed.file.display()).collect();
            let mut mistake = Mistake::new(format!("profile {name:?} has no {key}"));
            if let Some(file) = files.first() {
                mistake = mistake.hint(format!("add {key}=… to [{name}] in {file}"));
            }
            mistake
        };
        refuse_quotes(keys)?;
        let token = keys.get("token").ok_or_else(|| missing("token"))?;
        let url = keys.get("url").ok_or_else(|| missing("url"))?;
        refuse_strangers(name, keys, &token.file, environment)?;

        let text = |key: &str| {
            let value = keys.get(key)?.entry.value.as_str();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let mut wrong = Vec::new();
        let mut truth = |key: &str, default: bool| {
            let Some(placed) = keys.get(key) else {
                return default;
            };
            ini::boolean(&placed.entry.value).unwrap_or_else(|| {
                let mistake = Mistake::new(format!("{key} must be true or false"));
                wrong.push(mistake.at(&placed.file, placed.entry.line));
                default
            })
        };
        let profile = Profile {
            url: Some(url.entry.value.clone()),
            token: Some(Token::Inline(SecretString::from(token.entry.value.as_str()))),
            ca_file: text("ssl_cert_file").map(PathBuf::from),
            verify_tls: truth("ssl_verify", true),
            verify_hostname: truth("ssl_verify_hostname", true),
            proxy: text("proxy"),
            ignore_system_proxy: truth("ignore_system_proxy", false),
            ..Profile::default()
        };
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        let source = Source::ClientFile { name: name.to_owned(), file: token.file.clone() };
        Ok(Some((profile, source)))
    }
}

/// The official client takes quotes for a part of the value, and finds no server under such a name.
fn refuse_quotes(keys: &BTreeMap<String, Placed>) -> Result<(), Error> {
    let is_quoted = |value: &str| {
        let quotes = ['"', '\''].into_iter();
        let mut inner = quotes.filter_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        inner.next().is_some()
    };
    let mistakes: Vec<_> = keys
        .iter()
        .filter(|(_, placed)| is_quoted(&placed.entry.value))
        .map(|(key, placed)| {
            Mistake::new(format!("{key} is in quotes, which belong to the value here"))
                .at(&placed.file, placed.entry.line)
                .hint(format!("write {key}=… without quotes"))
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// A file in the working directory may be anyone's: unpacked with a sample, say. It must not send a token of another
/// file to a server, through a proxy or past a check of its own choosing.
fn refuse_strangers(
    name: &str,
    keys: &BTreeMap<String, Placed>,
    token_file: &Path,
    environment: &Environment,
) -> Result<(), Error> {
    const STEERING: &[&str] =
        &["url", "proxy", "ignore_system_proxy", "ssl_verify", "ssl_verify_hostname", "ssl_cert_file"];
    if environment.is_in_working_dir(token_file) {
        return Ok(());
    }
    let mistakes: Vec<_> = STEERING
        .iter()
        .filter_map(|&key| Some((key, keys.get(key)?)))
        .filter(|(_, placed)| environment.is_in_working_dir(&placed.file))
        .map(|(key, placed)| {
            Mistake::new(format!(
                "{key} of profile {name:?} would decide where the token of {} is sent",
                token_file.display()
            ))
            .at(&placed.file, placed.entry.line)
            .hint("put url and token into the same file, or start lampblack in another directory")
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}
