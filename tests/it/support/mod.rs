//! What the tests of the console share: a stage without a server, a console with one, and pictures of both.
#![allow(dead_code, reason = "no test binary needs all of it")]
#![allow(unreachable_pub, reason = "every test binary is a crate of its own")]

pub mod changes;
pub mod console;
pub mod family;
pub mod held_server;
pub mod port_forward;
pub mod process_events;
pub mod pty;
pub mod random;
pub mod reflecting_server;
pub mod source;
pub mod stage;
pub mod world;

use std::fmt::Write;

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use lampblack::keys::Chord;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The moment at which every test takes place.
pub const NOW: &str = "2026-03-04T10:20:00Z";

/// The sizes at which every screen must show what matters.
pub const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 36), (200, 60)];

/// The size of the snapshots: one is enough, so that a changed header rewrites one picture of a state.
pub const SNAPSHOT_SIZE: (u16, u16) = (120, 36);

/// [`NOW`] as a time.
pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Keys as they stand in the configuration, parted by blanks: `tab j ctrl-c`.
pub fn keys(text: &str) -> Vec<KeyEvent> {
    text.split(' ')
        .filter(|chord| !chord.is_empty())
        .map(|chord| {
            let chord: Chord = chord.parse().unwrap_or_else(|error| panic!("{chord:?}: {error}"));
            chord.to_key()
        })
        .collect()
}

/// The keys that type a text.
pub fn typed(text: &str) -> Vec<KeyEvent> {
    text.chars().map(|char| KeyEvent::from(crossterm::event::KeyCode::Char(char))).collect()
}

/// The text of a screen, line by line, without blanks at the ends.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut covered = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = lampblack::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The text of a screen, and one line that changes when any color or modifier does.
pub fn picture(buffer: &Buffer) -> String {
    let styles: String = buffer.content().iter().map(style_line).collect();
    format!("{}styles: {:016x}\n", text(buffer), fnv1a(styles.as_bytes()))
}

/// The style of a cell in words that no library and no compiler chooses: `indexed 117 on reset bold`.
fn style_line(cell: &Cell) -> String {
    let mut line = format!("{} on {}", color_name(cell.fg), color_name(cell.bg));
    for (modifier, name) in MODIFIERS {
        if cell.modifier.contains(modifier) {
            line.push(' ');
            line.push_str(name);
        }
    }
    line.push('\n');
    line
}

/// The modifiers by name, in the order in which they are written.
const MODIFIERS: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "bold"),
    (Modifier::DIM, "dim"),
    (Modifier::ITALIC, "italic"),
    (Modifier::UNDERLINED, "underlined"),
    (Modifier::SLOW_BLINK, "slow-blink"),
    (Modifier::RAPID_BLINK, "rapid-blink"),
    (Modifier::REVERSED, "reversed"),
    (Modifier::HIDDEN, "hidden"),
    (Modifier::CROSSED_OUT, "crossed-out"),
];

fn color_name(color: Color) -> String {
    let name = match color {
        Color::Reset => "reset",
        Color::Black => "black",
        Color::Red => "red",
        Color::Green => "green",
        Color::Yellow => "yellow",
        Color::Blue => "blue",
        Color::Magenta => "magenta",
        Color::Cyan => "cyan",
        Color::Gray => "gray",
        Color::DarkGray => "dark-gray",
        Color::LightRed => "light-red",
        Color::LightGreen => "light-green",
        Color::LightYellow => "light-yellow",
        Color::LightBlue => "light-blue",
        Color::LightMagenta => "light-magenta",
        Color::LightCyan => "light-cyan",
        Color::White => "white",
        Color::Indexed(index) => return format!("indexed {index}"),
        Color::Rgb(red, green, blue) => return format!("rgb {red} {green} {blue}"),
    };
    name.to_owned()
}

/// The 64-bit FNV-1a hash: its definition never changes, which the standard library's hash does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn the_hash_of_styles_is_fnv_1a_of_their_names() {
    assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    let mut cell = Cell::new("x");
    cell.fg = Color::Indexed(117);
    cell.modifier = Modifier::REVERSED | Modifier::BOLD;
    assert_eq!(style_line(&cell), "indexed 117 on reset bold reversed\n");
}

/// Fails unless a screen contains every one of `texts`.
#[track_caller]
pub fn shows(screen: &str, texts: &[&str]) {
    for text in texts {
        assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
    }
}

/// Fails if a screen contains `text`.
#[track_caller]
pub fn lacks(screen: &str, text: &str) {
    assert!(!screen.contains(text), "{text:?} is on the screen:\n{screen}");
}
