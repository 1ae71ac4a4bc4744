//! What the tests of the console share: a stage without a server, a console with one, and pictures of both.
#![allow(dead_code, reason = "no test binary needs all of it")]
#![allow(unreachable_pub, reason = "every test binary is a crate of its own")]

pub mod asked;
pub mod console;
pub mod deeds;
pub mod dice;
pub mod door;
pub mod family;
pub mod mirror;
pub mod pty;
pub mod stage;
pub mod story;
pub mod world;

use std::{
    fmt::Write,
    hash::{DefaultHasher, Hash, Hasher},
};

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use lampblack::keys::Chord;
use ratatui::buffer::Buffer;

/// The moment at which every test takes place.
pub const NOW: &str = "2026-03-04T10:20:00Z";

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
    let mut hasher = DefaultHasher::new();
    for cell in buffer.content() {
        format!("{:?}", cell.style()).hash(&mut hasher);
    }
    format!("{}styles: {:016x}\n", text(buffer), hasher.finish())
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
