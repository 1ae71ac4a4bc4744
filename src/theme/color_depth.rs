//! Color support of the terminal, and the nearest supported color for any other.
//!
//! By hand: of the libraries for it, `supports-color` reads the environment of the process, not a value, and
//! `termprofile` takes what runs in tmux for 256 colors although `COLORTERM` says more, or starts `tmux info` to know.

use ratatui::style::Color;

use super::Glyphs;

/// The environment variables that describe the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalColors {
    /// Whether `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`, which ssh does not pass on.
    pub colorterm: String,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty.
    pub locale: String,
}

/// The number of colors that the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColorDepth {
    None,
    /// 16 colors, which the user may have redefined.
    Ansi,
    /// 256 colors.
    Indexed,
    /// 24-bit colors.
    True,
}

/// Parts of `TERM` that identify a terminal with 24-bit colors even where `COLORTERM` is lost.
const TRUE_COLOR: &[&str] = &["direct", "truecolor", "kitty", "alacritty", "wezterm", "ghostty", "foot", "contour"];

/// The levels of red, green and blue in the 6x6x6 cube of the 256 colors.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl TerminalColors {
    /// Returns the color depth by the environment.
    pub(super) fn depth(&self) -> ColorDepth {
        if self.no_color || self.term == "dumb" || self.term.starts_with("vt") {
            return ColorDepth::None;
        }
        if matches!(&*self.colorterm, "truecolor" | "24bit") || TRUE_COLOR.iter().any(|name| self.term.contains(name)) {
            return ColorDepth::True;
        }
        // tmux and screen show 256 colors, also if `TERM` does not end in `256color`.
        if self.term.contains("256color") || self.term.starts_with("tmux") || self.term.starts_with("screen") {
            return ColorDepth::Indexed;
        }
        ColorDepth::Ansi
    }

    /// Whether the locale uses UTF-8. Without a locale it is `C`, which supports only ASCII.
    pub fn is_unicode(&self) -> bool {
        let locale = self.locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Returns ASCII glyphs where Unicode cannot be shown, or where box lines may be two cells wide.
    pub(super) fn glyphs(&self) -> Glyphs {
        let locale = self.locale.to_ascii_lowercase();
        let is_wide = ["zh", "ja", "ko"].iter().any(|language| locale.starts_with(language));
        if self.is_unicode() && !is_wide { Glyphs::UNICODE } else { Glyphs::ASCII }
    }
}

impl ColorDepth {
    /// Returns the supported color that is nearest to `color`.
    pub(super) fn nearest_color(self, color: Color) -> Color {
        match (self, color) {
            (Self::None, _) => Color::Reset,
            (Self::Indexed, Color::Rgb(red, green, blue)) => Color::Indexed(nearest_indexed([red, green, blue])),
            (Self::Ansi, Color::Rgb(red, green, blue)) => nearest_ansi([red, green, blue]),
            (_, color) => color,
        }
    }
}

/// Returns the nearest of the 240 colors above the first 16, which terminals do not redefine.
fn nearest_indexed(desired: [u8; 3]) -> u8 {
    (16..=255).min_by_key(|index| color_distance(desired, rgb_of_index(*index))).unwrap_or(16)
}

/// Returns the bright color with the nearest hue; used only for the color of a profile.
fn nearest_ansi(desired: [u8; 3]) -> Color {
    let bright = [
        (Color::LightRed, [255, 0, 0]),
        (Color::LightGreen, [0, 255, 0]),
        (Color::LightYellow, [255, 255, 0]),
        (Color::LightBlue, [92, 92, 255]),
        (Color::LightMagenta, [255, 0, 255]),
        (Color::LightCyan, [0, 255, 255]),
    ];
    bright.into_iter().min_by_key(|(_, rgb)| color_distance(desired, *rgb)).map_or(Color::White, |(color, _)| color)
}

/// Returns red, green and blue of an indexed color; `index` is 16 or more.
pub(super) fn rgb_of_index(index: u8) -> [u8; 3] {
    if let Some(gray) = index.checked_sub(232) {
        return [8 + 10 * gray; 3];
    }
    let offset = usize::from(index.saturating_sub(16));
    [offset / 36, offset / 6 % 6, offset % 6].map(|level| LEVELS[level])
}

/// Returns the squared distance between two RGB colors.
fn color_distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let squares = one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2));
    squares.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(term: &str, colorterm: &str, expected: ColorDepth) {
        let screen = TerminalColors { term: term.into(), colorterm: colorterm.into(), ..TerminalColors::default() };
        assert_eq!(screen.depth(), expected);
        let colorless = TerminalColors { no_color: true, ..screen };
        assert_eq!(colorless.depth(), ColorDepth::None);
    }

    #[test]
    fn the_environment_determines_the_number_of_colors() {
        check("dumb", "truecolor", ColorDepth::None);
        check("vt220", "", ColorDepth::None);
        check("linux", "", ColorDepth::Ansi);
        check("", "", ColorDepth::Ansi);
        check("screen-256color", "", ColorDepth::Indexed);
        check("screen", "", ColorDepth::Indexed);
        check("tmux", "", ColorDepth::Indexed);
        check("tmux-256color", "truecolor", ColorDepth::True);
        check("xterm-256color", "truecolor", ColorDepth::True);
        check("xterm-kitty", "", ColorDepth::True);
    }

    #[test]
    fn lines_are_ascii_where_unicode_is_not_safe() {
        for (locale, expected) in [
            ("", Glyphs::ASCII),
            ("POSIX", Glyphs::ASCII),
            ("en_US.UTF-8", Glyphs::UNICODE),
            ("C.utf8", Glyphs::UNICODE),
            ("C", Glyphs::ASCII),
            ("de_DE.ISO-8859-1", Glyphs::ASCII),
            ("ja_JP.UTF-8", Glyphs::ASCII),
        ] {
            let screen = TerminalColors { locale: locale.into(), ..TerminalColors::default() };
            assert_eq!(screen.glyphs(), expected, "{locale}");
        }
    }

    #[test]
    fn a_color_becomes_the_nearest_there_is() {
        assert_eq!(ColorDepth::Indexed.nearest_color(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(ColorDepth::Indexed.nearest_color(Color::Rgb(17, 18, 19)), Color::Indexed(233));
        assert_eq!(ColorDepth::Ansi.nearest_color(Color::Rgb(200, 30, 30)), Color::LightRed);
        assert_eq!(ColorDepth::True.nearest_color(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
        for index in 16..=255 {
            let [red, green, blue] = rgb_of_index(index);
            let nearest = ColorDepth::Indexed.nearest_color(Color::Rgb(red, green, blue));
            let Color::Indexed(nearest) = nearest else { panic!("{nearest:?}") };
            assert_eq!(rgb_of_index(nearest), [red, green, blue]);
        }
    }
}
