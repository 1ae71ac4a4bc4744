//! Position and background of popups.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
};
use unicode_width::UnicodeWidthStr;

use crate::theme::Theme;

/// Returns an area of the given size in the middle of `within`, and no larger than that.
pub fn center(within: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(within.width);
    let height = height.min(within.height);
    Rect { x: within.x + (within.width - width) / 2, y: within.y + (within.height - height) / 2, width, height }
}

/// Clears the area of a popup.
pub fn clear_area(area: Rect, buf: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        // A wide character that extends into the popup would hide its border.
        if let Some(before) = area.x.checked_sub(1)
            && let Some(cell) = buf.cell_mut((before, y))
            && cell.symbol().width() > 1
        {
            cell.set_symbol(" ");
        }
        for x in area.left()..area.right() {
            buf[(x, y)].reset();
        }
    }
    buf.set_style(area, theme.text);
    buf.set_style(area, theme.popup);
}

/// Sets the background of a popup after its content was drawn, where that has the background of the panes or none.
pub fn fill_background(area: Rect, buf: &mut Buffer, theme: &Theme) {
    let Some(popup) = theme.popup.bg else {
        return;
    };
    let others = [Some(Cell::EMPTY.bg), theme.text.bg];
    for position in area.intersection(buf.area).positions() {
        let cell = &mut buf[position];
        if others.contains(&Some(cell.bg)) {
            cell.set_bg(popup);
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use ratatui::text::Line;

    use super::*;
    use crate::widgets::{Panel, draw_line, test_canvas::render_to_text};

    #[test]
    fn a_popup_is_centered_and_never_larger_than_its_ground() {
        let ground = Rect::new(2, 1, 20, 10);
        assert_eq!(center(ground, 10, 4), Rect::new(7, 4, 10, 4));
        assert_eq!(center(ground, 11, 5), Rect::new(6, 3, 11, 5));
        assert_eq!(center(ground, 100, 100), ground);
        assert_eq!(center(Rect::ZERO, 5, 5), Rect::ZERO);
    }

    #[test]
    fn nothing_shows_through_not_even_half_a_character() {
        let picture = render_to_text(13, 3, |area, buf| {
            for row in area.rows() {
                draw_line(&Line::from("世界地図世界"), row, buf, &Theme::default());
            }
            Panel::default().render_over(Rect::new(3, 0, 6, 3), buf, &Theme::default());
        });
        assert_snapshot!(picture, @"
        世 ╭────╮ 界 |
        世 │    │ 界 |
        世 ╰────╯ 界 |
        ");
    }
}
