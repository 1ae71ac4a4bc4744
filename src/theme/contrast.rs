//! How well text can be read, measured as WCAG does.

use ratatui::style::{Color, Modifier, Style};

use super::{TerminalColors, Theme, color_depth};

/// Lines are no text: what they tell is told by their place as well.
const LINES: [&str; 3] = ["border", "border-focused", "guide"];

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

fn contrast_of(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every text role on every ground it may stand on.
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
        // The ground of a popup lies under a text, the cursor over it.
        for (ground, drawn) in [
            ("text", text.patch(style)),
            ("popup", text.patch(popup).patch(style)),
            ("selection", text.patch(style).patch(selection)),
            ("selection-unfocused", text.patch(style).patch(selection_unfocused)),
        ] {
            let ratio = contrast_of(drawn.fg.unwrap(), drawn.bg.unwrap());
            if ratio < least {
                faint.push(format!("{name}: {role} on {ground} has only {ratio:.1}"));
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
fn text_can_be_read_on_every_ground() {
    for name in ["midnight", "paper"] {
        let theme = Theme::builtin(name).unwrap();
        check_contrast(name, theme.clone(), 4.5);
        let screen = TerminalColors { term: "xterm-256color".into(), ..TerminalColors::default() };
        check_contrast(name, theme.adapt_to_screen(&screen), 4.5);
    }
    check_contrast("contrast", Theme::builtin("contrast").unwrap(), 4.5);
}
