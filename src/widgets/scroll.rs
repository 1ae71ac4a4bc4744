//! Scrolling of lists.

/// Rows that stay visible above and below the cursor, if the list is at least four times as high.
const SCROLL_MARGIN: usize = 2;

/// Returns the first visible row of a list of `total` rows: `top`, moved only as much as the cursor needs.
pub fn scroll_to_cursor(top: usize, cursor: usize, height: usize, total: usize) -> usize {
    if height == 0 {
        return top.min(total);
    }
    let cursor = cursor.min(total.saturating_sub(1));
    let margin = SCROLL_MARGIN.min(height / 4);
    let lowest = (cursor + margin + 1).saturating_sub(height);
    let highest = cursor.saturating_sub(margin);
    top.clamp(lowest, highest.max(lowest)).min(total.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_follow(top: usize, cursor: usize, total: usize, expected: usize) {
        assert_eq!(scroll_to_cursor(top, cursor, 10, total), expected);
    }

    #[test]
    fn the_view_moves_no_further_than_the_cursor_asks_for() {
        check_follow(0, 0, 100, 0);
        check_follow(0, 7, 100, 0);
        check_follow(0, 8, 100, 1);
        check_follow(50, 52, 100, 50);
        check_follow(50, 51, 100, 49);
        check_follow(50, 1, 100, 0);
        check_follow(0, 99, 100, 90);
        check_follow(90, 99, 20, 10);
        check_follow(5, 3, 4, 0);
        check_follow(5, 0, 0, 0);
        assert_eq!(scroll_to_cursor(5, 3, 1, 4), 3);
        assert_eq!(scroll_to_cursor(9, 3, 0, 4), 4);
    }
}
