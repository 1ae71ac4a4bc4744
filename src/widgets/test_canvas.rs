//! Test helpers of the widgets: a small screen, and difficult texts.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use ratatui::{buffer::Buffer, layout::Rect};
use unicode_width::UnicodeWidthStr;

/// Returns what `draw` leaves on a screen of this size, line by line; a bar shows where each line ends.
pub(super) fn render_to_text(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    draw(area, &mut buf);
    let mut out = String::new();
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let symbol = buf[(x, y)].symbol();
            out.push_str(symbol);
            x += super::to_cells(symbol.width().max(1));
        }
        out.push_str("|\n");
    }
    out
}

/// Draws into an area that may be partly or entirely outside of the buffer. Checks that nothing around it changed, and
/// that no wide character is cut in half.
pub(super) fn check_contained(area: Rect, screen: (u16, u16), draw: impl FnOnce(Rect, &mut Buffer)) {
    let mut buf = Buffer::filled(Rect::new(0, 0, screen.0, screen.1), ratatui::buffer::Cell::new("#"));
    draw(area, &mut buf);
    for y in 0..screen.1 {
        for x in 0..screen.0 {
            let symbol = buf[(x, y)].symbol();
            let is_inside = area.contains((x, y).into());
            assert!(is_inside || symbol == "#", "{symbol:?} was drawn outside, at {x}, {y}");
            if symbol.width() > 1 {
                let next = buf.cell((x + 1, y)).map(ratatui::buffer::Cell::symbol);
                assert_eq!(next, Some(" "), "a wide character lost its half at {x}, {y}");
            }
        }
    }
}

/// Generates an area, and the size of a screen.
pub(super) fn any_area() -> impl Strategy<Value = (Rect, (u16, u16))> {
    let size = prop_oneof![(0_u16..12, 0_u16..8), (0_u16..300, 0_u16..100)];
    (size.clone(), size, 0_u16..12, 0_u16..8)
        .prop_map(|((width, height), screen, x, y)| (Rect::new(x, y, width, height), screen))
}

/// Generates text: plain, wide, combining, emoji, control characters.
pub(super) fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -~]{0,12}",
        2 => "[世界地図ｱ]{0,6}",
        1 => Just("e\u{301}\u{302}".to_owned()),
        1 => Just("👩‍💻👍🏽🇩🇪".to_owned()),
        1 => Just("\u{301}\t\x1b".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}
