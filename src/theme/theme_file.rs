//! Theme files: a palette of named colors, and roles that use them.

use std::{collections::BTreeMap, str::FromStr};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::{NAMES, PROFILE_COLORS, Theme};

/// The content of a theme file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ThemeFile {
    /// Colors by name; `background` is the background of the screen.
    palette: BTreeMap<String, String>,
    /// Styles by role.
    roles: BTreeMap<String, RoleStyle>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "an entry of a theme file, where each modifier is on or off")]
struct RoleStyle {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reversed: bool,
}

const MIDNIGHT: &str = include_str!("../../assets/themes/midnight.toml");
const PAPER: &str = include_str!("../../assets/themes/paper.toml");
const CONTRAST: &str = include_str!("../../assets/themes/contrast.toml");
const MONO: &str = include_str!("../../assets/themes/mono.toml");

pub(super) fn find_builtin(name: &str) -> Option<Theme> {
    let place = NAMES.iter().position(|builtin| *builtin == name)?;
    Some(parse_builtin([MIDNIGHT, PAPER, CONTRAST, MONO][place]))
}

pub(super) fn midnight_theme() -> Theme {
    parse_builtin(MIDNIGHT)
}

pub(super) fn contrast_theme() -> Theme {
    parse_builtin(CONTRAST)
}

pub(super) fn mono_theme() -> Theme {
    parse_builtin(MONO)
}

/// Parses a built-in theme, which has all roles.
fn parse_builtin(text: &str) -> Theme {
    parse(text, ThemeFile::default()).expect("the tests parse each built-in theme")
}

/// Parses a user's theme, which may change only a few colors of the default one.
pub(super) fn parse_user_theme(text: &str) -> Result<Theme, Vec<String>> {
    parse(text, toml::from_str(MIDNIGHT).expect("the tests parse each built-in theme"))
}

/// Parses `#rrggbb`.
pub(super) fn rgb(color: &str) -> Option<Color> {
    let is_rgb = color.len() == 7 && color.starts_with('#');
    is_rgb.then(|| Color::from_str(color).ok()).flatten()
}

/// Parses a theme file. Entries that it lacks are those of `base`; a role of `base` takes its colors from the new
/// palette.
fn parse(text: &str, base: ThemeFile) -> Result<Theme, Vec<String>> {
    let ThemeFile { palette, roles: new_roles } =
        toml::from_str(text).map_err(|error: toml::de::Error| vec![error.to_string().trim_end().to_owned()])?;
    let mut errors = Vec::new();
    let mut colors = BTreeMap::new();
    let mut names = base.palette;
    names.extend(palette);
    for (name, value) in &names {
        match Color::from_str(value) {
            Ok(color) => {
                colors.insert(name.as_str(), color);
            }
            Err(_) => errors.push(format!(
                "palette.{name}: {value:?} is not a color; use #rrggbb, 0 to 255, or names such as \"light-red\""
            )),
        }
    }

    let mut theme = Theme::without_styles();
    let mut roles = base.roles;
    roles.extend(new_roles);
    for (name, style) in theme.roles() {
        match roles.remove(name) {
            Some(role) => match role.style(&names, &colors) {
                Ok(new_style) => *style = new_style,
                Err(reason) => errors.push(format!("roles.{name}: {reason}")),
            },
            None => errors.push(format!("roles.{name}: missing")),
        }
    }
    let role_names: Vec<_> = theme.roles().iter().map(|(name, _)| *name).collect();
    errors.extend(roles.keys().map(|name| format!("roles.{name}: unknown role; use {}", role_names.join(", "))));
    for (place, name) in PROFILE_COLORS.iter().enumerate() {
        // A theme without a palette has no colors at all.
        theme.profiles[place] = colors.get(name).copied().unwrap_or_default();
    }
    if errors.is_empty() { Ok(theme) } else { Err(errors) }
}

impl RoleStyle {
    fn style(&self, names: &BTreeMap<String, String>, colors: &BTreeMap<&str, Color>) -> Result<Style, String> {
        let color = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) if names.contains_key(name) => Ok(colors.get(name.as_str()).copied()),
            Some(name) => {
                let allowed: Vec<_> = names.keys().map(String::as_str).collect();
                Err(format!("{name:?} is not in the palette: use {}", allowed.join(", ")))
            }
        };
        let mut style = Style::new();
        style.fg = color(&self.fg)?;
        style.bg = color(&self.bg)?;
        for (is_set, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ] {
            if is_set {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{Glyphs, TerminalColors, is_profile_color};

    fn screen(term: &str) -> TerminalColors {
        TerminalColors { term: term.into(), locale: "C.UTF-8".into(), ..TerminalColors::default() }
    }

    #[test]
    fn every_built_in_theme_is_complete() {
        for name in NAMES {
            let theme = Theme::builtin(name).unwrap();
            assert_eq!(theme.is_colorless(), name == "mono");
        }
        assert_eq!(Theme::builtin("noon"), None);
        assert_eq!(Theme::builtin("midnight"), Some(Theme::default()));
    }

    #[test]
    fn no_color_of_a_palette_is_unused() {
        for text in [MIDNIGHT, PAPER, CONTRAST, MONO] {
            let file: ThemeFile = toml::from_str(text).unwrap();
            let used: Vec<_> = file.roles.values().flat_map(|role| [&role.fg, &role.bg]).flatten().collect();
            for name in file.palette.keys() {
                assert!(used.contains(&name) || PROFILE_COLORS.contains(&name.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn a_terminal_gets_the_theme_it_can_show() {
        let theme = |term| Theme::default().adapt_to_screen(&screen(term));
        assert_eq!(theme("xterm-direct"), Theme::default());
        assert_eq!(theme("dumb"), Theme::builtin("mono").unwrap());
        assert_eq!(theme("linux"), Theme::builtin("contrast").unwrap());
        assert!(theme("tmux-256color").colors().iter().all(|color| matches!(color, Color::Indexed(_))));
        let colorless = TerminalColors { no_color: true, locale: "C".into(), ..screen("xterm-direct") };
        let theme = Theme::builtin("paper").unwrap().adapt_to_screen(&colorless);
        assert_eq!(theme, Theme { glyphs: Glyphs::ASCII, ..Theme::builtin("mono").unwrap() });
    }

    #[test]
    fn a_profile_has_its_color_unless_there_are_no_colors() {
        let theme = Theme::default();
        assert_ne!(theme.profile("red").fg, None);
        assert_ne!(theme.profile("red"), theme.profile("green"));
        assert_eq!(theme.profile("#c0ffee").fg, Some(Color::Rgb(0xc0, 0xff, 0xee)));
        assert_eq!(theme.profile("mauve").fg, None);
        let indexed = theme.clone().adapt_to_screen(&screen("xterm-256color"));
        assert_eq!(indexed.profile("#ff0000").fg, Some(Color::Indexed(196)));
        let mono = theme.adapt_to_screen(&screen("dumb"));
        for color in ["red", "#ff0000"] {
            assert_eq!(mono.profile(color), Style::new().add_modifier(Modifier::BOLD));
        }
        assert!(is_profile_color("cyan") && is_profile_color("#00ff00"));
        assert!(!is_profile_color("mauve") && !is_profile_color("#00ff0") && !is_profile_color("12"));
    }

    #[test]
    fn a_user_theme_may_change_only_one_color() {
        let theme =
            parse_user_theme("[palette]\nbad = \"#ffffff\"\n[roles]\ngood = { fg = \"bad\", bold = true }").unwrap();
        let white = Color::Rgb(255, 255, 255);
        assert_eq!(theme.bad.fg, Some(white));
        assert_eq!(theme.good, Style::new().fg(white).add_modifier(Modifier::BOLD));
        assert_eq!(theme.text, Theme::default().text);
        assert_eq!(parse_user_theme(""), Ok(Theme::default()));
    }

    #[test]
    fn all_mistakes_in_a_theme_are_reported_at_once() {
        let faults = parse_user_theme(
            "[palette]\nink = \"blueish\"\n[roles]\ngod = {}\nbad = { fg = \"acent\" }\ntitle = { fg = \"ink\" }",
        )
        .unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].starts_with("palette.ink: \"blueish\" is not a color; use #rrggbb"));
        assert!(faults[1].starts_with("roles.bad: \"acent\" is not in the palette: use accent, "));
        assert!(faults[2].starts_with("roles.god: unknown role; use text, muted, accent"));
        let faults = parse_user_theme("[roles]\nbad = { fgg = \"red\" }").unwrap_err();
        assert!(faults[0].contains("unknown field `fgg`"), "{faults:?}");
        assert!(parse("", ThemeFile::default()).unwrap_err().contains(&"roles.text: missing".into()));
    }
}
