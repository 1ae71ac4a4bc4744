//! Colors and modifiers by role, and the characters to draw with. No other module names a color.

mod color_depth;
#[cfg(test)]
mod contrast;
mod glyphs;
mod theme_file;

use ratatui::style::{Color, Modifier, Style};

pub use color_depth::TerminalColors;
pub use glyphs::Glyphs;

use color_depth::ColorDepth;

/// The names of the built-in themes, the default first.
pub const NAMES: [&str; 4] = ["midnight", "paper", "contrast", "mono"];

/// The names of colors that a profile may have.
pub const PROFILE_COLORS: [&str; 6] = ["red", "green", "yellow", "blue", "magenta", "cyan"];

/// The style of everything on the screen, by role.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Ordinary text, and the background of the screen.
    pub text: Style,
    /// Less important text: labels, placeholders.
    pub muted: Style,
    /// Emphasis without a judgment.
    pub accent: Style,
    pub border: Style,
    /// The border of the focused pane.
    pub border_focused: Style,
    /// The title of a pane or the header of a table.
    pub title: Style,
    /// The row under the cursor of the focused pane.
    pub selection: Style,
    /// The row under the cursor of any other pane.
    pub selection_unfocused: Style,
    /// The symbol of a marked row.
    pub mark: Style,
    /// A normal, healthy state.
    pub good: Style,
    /// A state that needs attention.
    pub caution: Style,
    /// Wrong, dangerous or failed.
    pub bad: Style,
    /// Not known, which is neither good nor bad.
    pub unknown: Style,
    /// A key in the footer and the help.
    pub key: Style,
    /// The description of a key; advice on an error.
    pub hint: Style,
    /// The lines of a tree.
    pub guide: Style,
    pub number: Style,
    pub time: Style,
    /// Data that could not be refreshed, or that belongs to another query.
    pub stale: Style,
    /// The background of a popup.
    pub popup: Style,
    /// Matches of a filter.
    pub found: Style,
    /// The name of a field in a query.
    pub field: Style,
    /// `AND`, `OR`, `NOT`, `-` and parentheses in a query.
    pub operator: Style,
    /// A value in a query.
    pub value: Style,
    /// A quoted phrase in a query.
    pub quoted: Style,
    /// `*` and `?` in a query.
    pub wildcard: Style,
    /// The part of a query with a syntax error.
    pub error: Style,
    pub glyphs: Glyphs,
    profiles: [Color; PROFILE_COLORS.len()],
    depth: ColorDepth,
}

impl Default for Theme {
    fn default() -> Self {
        theme_file::midnight_theme()
    }
}

impl Theme {
    /// Returns the built-in theme called `name`; `None` if there is none.
    pub fn builtin(name: &str) -> Option<Self> {
        theme_file::find_builtin(name)
    }

    /// Parses a user's theme file. Colors and roles that are missing are those of the default theme. Fails with one
    /// message for each wrong entry.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        theme_file::parse_user_theme(text)
    }

    /// Adapts the theme to the terminal: fewer colors, none at all, or ASCII characters.
    #[must_use]
    pub fn adapt_to_screen(self, screen: &TerminalColors) -> Self {
        let glyphs = screen.glyphs();
        let depth = screen.depth();
        let theme = match depth {
            ColorDepth::None => theme_file::mono_theme(),
            // The user defines how the 16 colors look, so it is not known which is nearest to one of ours.
            ColorDepth::Ansi if self.has_fine_colors() => theme_file::contrast_theme(),
            _ => self.reduce_colors(depth),
        };
        Self { glyphs, ..theme }
    }

    /// Returns the style for the frame and name of a profile with this color: a name of [`PROFILE_COLORS`] or
    /// `#rrggbb`. Without colors, or if `color` is not valid, it is only bold.
    pub fn profile(&self, color: &str) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        if self.is_colorless() {
            return style;
        }
        let named = PROFILE_COLORS.iter().position(|name| *name == color);
        let color = match named {
            Some(place) => Some(self.profiles[place]),
            None => theme_file::rgb(color).map(|color| self.depth.nearest_color(color)),
        };
        color.map_or(style, |color| style.fg(color))
    }

    /// Returns each role with its name in a theme file.
    fn roles(&mut self) -> [(&'static str, &mut Style); 27] {
        [
            ("text", &mut self.text),
            ("muted", &mut self.muted),
            ("accent", &mut self.accent),
            ("border", &mut self.border),
            ("border-focused", &mut self.border_focused),
            ("title", &mut self.title),
            ("selection", &mut self.selection),
            ("selection-unfocused", &mut self.selection_unfocused),
            ("mark", &mut self.mark),
            ("good", &mut self.good),
            ("caution", &mut self.caution),
            ("bad", &mut self.bad),
            ("unknown", &mut self.unknown),
            ("key", &mut self.key),
            ("hint", &mut self.hint),
            ("guide", &mut self.guide),
            ("number", &mut self.number),
            ("time", &mut self.time),
            ("stale", &mut self.stale),
            ("popup", &mut self.popup),
            ("found", &mut self.found),
            ("field", &mut self.field),
            ("operator", &mut self.operator),
            ("value", &mut self.value),
            ("quoted", &mut self.quoted),
            ("wildcard", &mut self.wildcard),
            ("error", &mut self.error),
        ]
    }

    /// Returns a theme in which each role is plain text without color.
    fn without_styles() -> Self {
        Self {
            text: Style::new(),
            muted: Style::new(),
            accent: Style::new(),
            border: Style::new(),
            border_focused: Style::new(),
            title: Style::new(),
            selection: Style::new(),
            selection_unfocused: Style::new(),
            mark: Style::new(),
            good: Style::new(),
            caution: Style::new(),
            bad: Style::new(),
            unknown: Style::new(),
            key: Style::new(),
            hint: Style::new(),
            guide: Style::new(),
            number: Style::new(),
            time: Style::new(),
            stale: Style::new(),
            popup: Style::new(),
            found: Style::new(),
            field: Style::new(),
            operator: Style::new(),
            value: Style::new(),
            quoted: Style::new(),
            wildcard: Style::new(),
            error: Style::new(),
            glyphs: Glyphs::UNICODE,
            profiles: [Color::Reset; PROFILE_COLORS.len()],
            depth: ColorDepth::True,
        }
    }

    /// Replaces each color by the nearest one that the terminal supports.
    fn reduce_colors(mut self, depth: ColorDepth) -> Self {
        for (_, style) in self.roles() {
            style.fg = style.fg.map(|color| depth.nearest_color(color));
            style.bg = style.bg.map(|color| depth.nearest_color(color));
        }
        self.profiles = self.profiles.map(|color| depth.nearest_color(color));
        self.depth = depth;
        self
    }

    fn colors(&self) -> Vec<Color> {
        let mut theme = self.clone();
        let colors = theme.roles().into_iter().flat_map(|(_, style)| [style.fg, style.bg]);
        colors.flatten().collect()
    }

    fn is_colorless(&self) -> bool {
        self.colors().is_empty()
    }

    /// Whether it uses colors beyond the first sixteen.
    fn has_fine_colors(&self) -> bool {
        let is_fine = |color: &Color| matches!(color, Color::Rgb(..) | Color::Indexed(16..));
        self.colors().iter().any(is_fine)
    }
}

/// Whether `color` can be the color of a profile: a name of [`PROFILE_COLORS`] or `#rrggbb`.
pub fn is_profile_color(color: &str) -> bool {
    PROFILE_COLORS.contains(&color) || theme_file::rgb(color).is_some()
}
