//! What must hold of every screen.

use lampblack::text;
use ratatui::buffer::{Buffer, Cell};

use crate::support;

/// What no screen, clipboard or log may hold as it is.
pub(crate) const INVISIBLE: [char; 7] =
    ['\u{202e}', '\u{200b}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{a0}', '\u{2028}'];

/// Nothing on the screen moves the cursor or hides.
#[track_caller]
pub(crate) fn check_visible(buffer: &Buffer) {
    let screen = support::text(buffer);
    for char in screen.chars().filter(|char| *char != '\n') {
        assert!(!char.is_control() && !INVISIBLE.contains(&char), "{char:?}\n{screen}");
    }
}

/// What is seen at a place: nothing of its own where a wide character reaches into it.
fn seen(buffer: &Buffer, x: u16, y: u16) -> &str {
    let before = x.checked_sub(1).map(|x| buffer[(x, y)].symbol());
    if before.is_some_and(|symbol| text::width(symbol) > 1) {
        return " ";
    }
    buffer[(x, y)].symbol()
}

/// The sides of a frame go down from its corner at `x`, `y` to its foot.
#[track_caller]
pub(crate) fn check_side(buffer: &Buffer, x: u16, y: u16) {
    let mut below = (y + 1..buffer.area.height).map(|y| seen(buffer, x, y));
    let foot = below.find(|symbol| *symbol != "│");
    assert!(
        foot.is_some_and(|foot| "╰╯".contains(foot)),
        "a frame is broken below {x}, {y}:\n{}",
        support::text(buffer)
    );
}

/// Besides, every frame stands where it belongs. Nothing lies over them.
#[track_caller]
pub(crate) fn check_whole(buffer: &Buffer) {
    check_visible(buffer);
    let at = |x: u16, y: u16| seen(buffer, x, y);
    // Only a high screen has a line for notices between the panes and the hints.
    let lines = if buffer.area.height < 40 { 1 } else { 2 };
    let (right, below) = (buffer.area.width - 1, buffer.area.height - lines);
    // Header and tabs; a low screen does without tabs.
    let above = if buffer.area.height < 20 { 1 } else { 2 };
    for y in above..below {
        for x in (0..=right).filter(|x| "╭╮".contains(at(*x, y))) {
            check_side(buffer, x, y);
        }
        // The frames at the edges leave no gap between them.
        let edges = [at(0, y), at(right, y)];
        let are_frames = "│╭╰".contains(edges[0]) && "│╮╯".contains(edges[1]);
        assert!(are_frames, "row {y}:\n{}", support::text(buffer));
    }
}

/// What lies over everything else is whole.
#[track_caller]
pub(crate) fn check_overlay(buffer: &Buffer, title: &str) {
    check_visible(buffer);
    let width = usize::from(buffer.area.width);
    let symbols: Vec<_> = buffer.content().iter().map(Cell::symbol).collect();
    let corner = symbols.windows(2 + title.len()).position(|part| part[0] == "╭" && part[2..].concat() == title);
    let corner = corner.unwrap_or_else(|| panic!("no {title}:\n{}", support::text(buffer)));
    let row = &symbols[corner..][..width - corner % width];
    let right = corner + row.iter().position(|symbol| *symbol == "╮").unwrap();
    for at in [corner, right] {
        let place = |n: usize| u16::try_from(n).unwrap();
        check_side(buffer, place(at % width), place(at / width));
    }
}
