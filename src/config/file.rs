//! The configuration file: `config.toml`.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use toml::de::DeTable;

use super::{
    Environment, Error, MAX_BYTES, Mistake, Profile, Token,
    section::{self, Mistakes, Section},
    utf8,
};
use crate::files;
use crate::keys::Keymap;
use crate::theme::{self, Glyphs, TerminalColors, Theme};

/// What the user gave each action of a scope: scope, action, chords.
type KeyOverrides = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Every setting of the file, with its default where the file says nothing.
#[derive(Clone, Debug)]
pub struct Config {
    /// The theme's name: one of ours, or of a file in `themes/` beside the configuration.
    pub theme: String,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
    /// Keys of the user's own: scope, action, chords.
    pub keys: KeyOverrides,
    /// Profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// The file this was read from; `None` when there was none.
    pub file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: theme::NAMES[0].to_owned(),
            ascii: false,
            keys: KeyOverrides::new(),
            profiles: BTreeMap::new(),
            file: None,
        }
    }
}

impl Config {
    /// Reads the file that was named, or else the usual one, which need not exist.
    pub fn load(named: Option<&Path>, environment: &Environment) -> Result<Self, Error> {
        let named = named
            .map(Path::to_owned)
            .or_else(|| environment.variable("LAMPBLACK_CONFIG").map(PathBuf::from))
            .map(|path| environment.resolve(&path, environment.working_dir()));
        let Some(file) = named.clone().or_else(|| environment.config_file()) else {
            return Ok(Self::default());
        };
        let text = match utf8::read_utf8(&file, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(Mistake::new(format!("cannot read it: {error}")).with_location(&file, 0).into());
            }
        };
        let config = Self::parse(&text, file.parent()).map_err(|mistakes| {
            mistakes
                .into_iter()
                .map(|mistake| {
                    let line = mistake.line;
                    mistake.with_location(&file, line)
                })
                .collect::<Vec<_>>()
        })?;
        Ok(Self { file: Some(file), ..config })
    }

    /// Reads the text of a file, whose themes are in `themes/` of `directory`; every mistake is found at once.
    pub fn parse(text: &str, directory: Option<&Path>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Mistakes::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            mistakes.add_syntax_error(at, error.message());
        }
        let (config, _) = read_settings(table.into_inner(), directory, &mut mistakes);
        let mistakes = mistakes.into_sorted();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    /// The names of all settings, as they must appear in the example file.
    pub fn settings() -> Vec<&'static str> {
        let mut mistakes = Mistakes::new("");
        let (_, mut known) = read_settings(DeTable::new(), None, &mut mistakes);
        let mut section = Section::new("profiles", 0, DeTable::new(), &mut mistakes);
        profile(&mut section);
        known.extend(section.finish());
        known
    }

    /// The theme that is wanted, as far as this terminal can show it.
    pub fn theme(&self, screen: &TerminalColors) -> Result<Theme, Error> {
        let directory = self.file.as_deref().and_then(Path::parent);
        let mut theme = find_theme(&self.theme, directory).map_err(Mistake::new)?.adapt_to_screen(screen);
        if self.ascii {
            theme.glyphs = Glyphs::ASCII;
        }
        Ok(theme)
    }

    /// The keys that are in force.
    pub fn keymap(&self) -> Result<Keymap, Error> {
        Keymap::with_overrides(&self.keys)
            .map_err(|messages| messages.into_iter().map(Mistake::new).collect::<Vec<_>>().into())
    }
}

/// Reads the whole file; also returns the names of the settings at its top.
fn read_settings<'text>(
    table: DeTable<'text>,
    directory: Option<&Path>,
    mistakes: &mut Mistakes<'text>,
) -> (Config, Vec<&'static str>) {
    let default = Config::default();
    let theme_at = span_of(&table, "theme");
    let mut top = Section::new("", 0, table, mistakes);
    let theme = top.read_value("theme", section::read_text);
    let ascii = top.read_value("ascii", section::read_bool);
    let scopes = top.tables("keys");
    let profiles = top.tables("profiles");
    let known = top.finish();

    if let Some(theme) = &theme
        && let Err(message) = find_theme(theme, directory)
    {
        let hint = format!("there are {}", theme::NAMES.join(", "));
        mistakes.add(theme_at, message, Some(hint));
    }
    let config = Config {
        theme: theme.unwrap_or(default.theme),
        ascii: ascii.unwrap_or(default.ascii),
        keys: read_keys(scopes, mistakes),
        profiles: profiles
            .into_iter()
            .map(|(name, at, table)| {
                let place = format!("profiles.{}", name.escape_debug());
                let mut section = Section::new(place, at, table, mistakes);
                let profile = profile(&mut section);
                section.finish();
                (name, profile)
            })
            .collect(),
        file: None,
    };
    (config, known)
}

fn profile(section: &mut Section<'_, '_>) -> Profile {
    let default = Profile::default();
    let inline = section
        .read_value("token", |value| section::read_text(value).map(|text| Token::Inline(SecretString::from(text))));
    let file = section.read_value("token_file", |value| section::read_path(value).map(Token::File));
    let command = section.read_value("token_command", |value| section::read_command(value).map(Token::Command));
    Profile {
        url: section.read_value("url", section::read_text),
        token: section.one_of("token, token_file and token_command", [inline, file, command]),
        user: section.read_value("user", section::read_text),
        ca_file: section.read_value("ca_file", section::read_path),
        verify_tls: section.read_value("verify_tls", section::read_bool).unwrap_or(default.verify_tls),
        verify_hostname: section.read_value("verify_hostname", section::read_bool).unwrap_or(default.verify_hostname),
        proxy: section.read_value("proxy", section::read_text),
        ignore_system_proxy: false,
        read_only: section.read_value("read_only", section::read_bool).unwrap_or(default.read_only),
        color: section.read_value("color", section::read_color),
        host_zone: section.read_value("host_zone", section::read_zone),
        connections: section.read_value("connections", section::read_connections).unwrap_or(default.connections),
        timeout: section.read_value("timeout", section::read_timeout).unwrap_or(default.timeout),
        protected_hosts: section.read_value("protected_hosts", section::read_texts).unwrap_or(default.protected_hosts),
    }
}

/// Reads the keys of every scope, and asks the key table about all of them together: only so can two actions change
/// places.
fn read_keys<'text>(scopes: Vec<(String, usize, DeTable<'text>)>, mistakes: &mut Mistakes<'text>) -> KeyOverrides {
    let mut overrides = KeyOverrides::new();
    let mut places = Vec::new();
    for (scope, at, table) in scopes {
        places.push((format!("keys.{scope}"), at));
        let actions = overrides.entry(scope.clone()).or_default();
        for (action, value) in table {
            let at = action.span().start;
            let action = action.into_inner().into_owned();
            places.push((format!("keys.{scope}.{action}"), at));
            match section::read_texts(value.get_ref()) {
                Ok(chords) => {
                    actions.insert(action, chords);
                }
                Err(wanted) => mistakes.add(at, format!("keys must be {wanted}"), None),
            }
        }
    }
    for message in Keymap::with_overrides(&overrides).err().into_iter().flatten() {
        // Every message begins with the setting it is about.
        let about = message.split(": ").next().unwrap_or_default();
        let place = places.iter().find(|(name, _)| name == about);
        let at = place.map_or(0, |(_, at)| *at);
        mistakes.add(at, message.clone(), None);
    }
    overrides
}

/// A theme of ours, or one of the user's own.
fn find_theme(name: &str, directory: Option<&Path>) -> Result<Theme, String> {
    if let Some(theme) = Theme::builtin(name) {
        return Ok(theme);
    }
    let is_file_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let file =
        directory.filter(|_| is_file_name).map(|directory| directory.join("themes").join(format!("{name}.toml")));
    let text = file.and_then(|file| files::read_text(&file, MAX_BYTES).ok());
    let text = text.ok_or_else(|| format!("there is no theme {name:?}"))?;
    Theme::parse(&text).map_err(|reasons| format!("theme {name:?}: {}", reasons.join("; ")))
}

fn span_of(table: &DeTable<'_>, key: &str) -> usize {
    table.keys().find(|name| name.get_ref() == key).map_or(0, |name| name.span().start)
}
