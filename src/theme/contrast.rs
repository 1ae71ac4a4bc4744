//! Tests of the contrast of the built-in themes, as WCAG defines it.

use ratatui::style::{Color, Modifier, Style};

use super::{TerminalColors, Theme, color_depth};

/// Roles of lines, which do not need the contrast of text.
const LINES: [&str; 3] = ["border", "border-focused", "guide"];

/// Returns the relative luminance, 0 to 1.
fn luminance(color: Color) -> f64 {
    let rgb = match color {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(index) => color_depth::rgb_of_index(index),
        // The standard values of xterm.
        Color::Black => [0, 0, 0],
        Color::White => [255, 255, 255],
        Color::Gray => [229, 229, 229],
        Color::DarkGray => [127, 127, 127],
        Color::LightRed => [255, 0, 0],
        Color::LightGreen => [0, 255, 0],
        Color::LightYellow => [255, 255, 0],
        Color::LightMagenta => [255, 0, 255],
        Color::LightCyan => [0, 255, 255],
        other => panic!("no value for {other:?}"),
    };
    let [red, green, blue] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Returns the contrast ratio, 1 to 21.
fn contrast_of(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Checks that each text role has a contrast of at least `least` on each background it may be drawn on.
#[track_caller]
fn check_contrast(name: &str, mut theme: Theme, least: f64) {
    let Theme { text, popup, selection, selection_unfocused, profiles, .. } = theme.clone();
    let profiles = profiles.map(|color| ("profile", Style::new().fg(color)));
    let roles: Vec<_> = theme.roles().into_iter().map(|(role, style)| (role, *style)).collect();
    let mut faint = Vec::new();
    for (role, style) in roles.into_iter().chain(profiles) {
        assert!(!style.add_modifier.contains(Modifier::DIM), "{name}: {role} is dim");
        if LINES.contains(&role) {
            continue;
        }
        // The background of a popup is drawn below the text, the cursor above it.
        for (background, drawn) in [
            ("text", text.patch(style)),
            ("popup", text.patch(popup).patch(style)),
            ("selection", text.patch(style).patch(selection)),
            ("selection-unfocused", text.patch(style).patch(selection_unfocused)),
        ] {
            let ratio = contrast_of(drawn.fg.unwrap(), drawn.bg.unwrap());
            if ratio < least {
                faint.push(format!("{name}: {role} on {background} has only {ratio:.1}"));
            }
        }
    }
    assert!(faint.is_empty(), "\n{}", faint.join("\n"));
    assert_ne!(selection, selection_unfocused);
    for cursor in [selection, selection_unfocused] {
        assert_ne!(cursor.bg, text.bg, "{name}: the cursor cannot be seen");
    }
}

#[test]
fn text_is_legible_on_every_background() {
    for name in ["midnight", "paper"] {
        let theme = Theme::builtin(name).unwrap();
        check_contrast(name, theme.clone(), 4.5);
        let screen = TerminalColors { term: "xterm-256color".into(), ..TerminalColors::default() };
        check_contrast(name, theme.adapt_to_screen(&screen), 4.5);
    }
    check_contrast("contrast", Theme::builtin("contrast").unwrap(), 4.5);
}
