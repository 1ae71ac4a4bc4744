//! The configuration file `config.toml`.

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

/// Custom keys: chords by action, by scope.
type KeyOverrides = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// All settings of the configuration file, with defaults for those that it lacks.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of a built-in theme, or of a file in `themes/` of the configuration directory.
    pub theme: String,
    /// Whether lines are drawn with ASCII characters only.
    pub ascii: bool,
    pub keys: KeyOverrides,
    pub profiles: BTreeMap<String, Profile>,
    /// The file that was read; `None` without a file.
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
    /// Reads the file at `path`, by `LAMPBLACK_CONFIG`, or at the default path, where it may be missing.
    pub fn load(path: Option<&Path>, environment: &Environment) -> Result<Self, Error> {
        let requested = path
            .map(Path::to_owned)
            .or_else(|| environment.variable("LAMPBLACK_CONFIG").map(PathBuf::from))
            .map(|path| environment.resolve(&path, environment.working_dir()));
        let Some(file) = requested.clone().or_else(|| environment.config_file()) else {
            return Ok(Self::default());
        };
        let text = match utf8::read_utf8(&file, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if requested.is_none() && error.kind() == io::ErrorKind::NotFound => {
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

    /// Parses the text of a configuration file whose themes are in `themes/` of `directory`. Fails with all mistakes.
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

    /// Returns the names of all settings; the example file must have each.
    pub fn settings() -> Vec<&'static str> {
        let mut mistakes = Mistakes::new("");
        let (_, mut names) = read_settings(DeTable::new(), None, &mut mistakes);
        let mut section = Section::new("profiles", 0, DeTable::new(), &mut mistakes);
        profile(&mut section);
        names.extend(section.finish());
        names
    }

    /// Returns the chosen theme, adapted to the terminal.
    pub fn theme(&self, screen: &TerminalColors) -> Result<Theme, Error> {
        let directory = self.file.as_deref().and_then(Path::parent);
        let mut theme = find_theme(&self.theme, directory).map_err(Mistake::new)?.adapt_to_screen(screen);
        if self.ascii {
            theme.glyphs = Glyphs::ASCII;
        }
        Ok(theme)
    }

    /// Returns the keymap with the custom keys applied.
    pub fn keymap(&self) -> Result<Keymap, Error> {
        Keymap::with_overrides(&self.keys)
            .map_err(|messages| messages.into_iter().map(Mistake::new).collect::<Vec<_>>().into())
    }
}

/// Reads all settings. Also returns the names of the top-level settings.
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
    let names = top.finish();

    if let Some(theme) = &theme
        && let Err(message) = find_theme(theme, directory)
    {
        let hint = format!("themes: {}", theme::NAMES.join(", "));
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
    (config, names)
}

/// Reads a `[profiles.NAME]` section.
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

/// Reads the custom keys of all scopes, and validates them together: otherwise two actions could not swap their keys.
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
                Err(expected) => mistakes.add(at, format!("keys must be {expected}"), None),
            }
        }
    }
    for message in Keymap::with_overrides(&overrides).err().into_iter().flatten() {
        // Each message begins with the setting that it is about.
        let setting = message.split(": ").next().unwrap_or_default();
        let place = places.iter().find(|(name, _)| name == setting);
        let at = place.map_or(0, |(_, at)| *at);
        mistakes.add(at, message.clone(), None);
    }
    overrides
}

/// Returns the theme called `name`: a built-in one, or one from a file in `themes/`.
fn find_theme(name: &str, directory: Option<&Path>) -> Result<Theme, String> {
    if let Some(theme) = Theme::builtin(name) {
        return Ok(theme);
    }
    let is_file_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let file =
        directory.filter(|_| is_file_name).map(|directory| directory.join("themes").join(format!("{name}.toml")));
    let text = file.and_then(|file| files::read_text(&file, MAX_BYTES).ok());
    let text = text.ok_or_else(|| format!("no theme {name:?}"))?;
    Theme::parse(&text).map_err(|reasons| format!("theme {name:?}: {}", reasons.join("; ")))
}

/// Returns the byte offset of a key; 0 if it is missing.
fn span_of(table: &DeTable<'_>, key: &str) -> usize {
    table.keys().find(|name| name.get_ref() == key).map_or(0, |name| name.span().start)
}
