//! Cursor movement in panes with rows.

use crossterm::event::KeyCode;

use super::{ActionResult, TextInput};
use crate::keys::Action;

/// A direction in which the focus or the cursor moves by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Back,
    Forward,
}

impl Step {
    /// Returns the place after or before `at` in a ring of `n` places, at least one.
    pub fn in_ring(self, at: usize, n: usize) -> usize {
        let by = match self {
            Self::Back => n - 1,
            Self::Forward => 1,
        };
        (at + by) % n
    }
}

/// Returns the row to which `action` moves the cursor from row `at`, where `height` rows are visible and `last` is the
/// last row; `None` if `action` is not a movement.
pub(super) fn new_cursor(action: Action, at: usize, height: usize, last: usize) -> Option<usize> {
    let half = (height / 2).max(1);
    let to = match action {
        Action::Down => at.saturating_add(1),
        Action::Up => at.saturating_sub(1),
        Action::HalfPageDown => at.saturating_add(half),
        Action::HalfPageUp => at.saturating_sub(half),
        Action::PageDown => at.saturating_add(height.max(1)),
        Action::PageUp => at.saturating_sub(height.max(1)),
        Action::Top => 0,
        Action::Bottom => last,
        _ => return None,
    };
    Some(to.min(last))
}

/// Moves a cursor or a scroll offset if `action` is a movement; it is not available otherwise.
pub(super) fn move_cursor(at: &mut usize, action: Action, height: usize, last: usize) -> ActionResult {
    let Some(to) = new_cursor(action, *at, height, last) else { return ActionResult::Ignored };
    *at = to;
    ActionResult::Done
}

/// Returns the movement of a key that moves even where text is typed.
pub(super) fn typed_movement(input: TextInput<'_>) -> Option<Action> {
    let TextInput::Key(key) = input else { return None };
    Some(match key.code {
        KeyCode::Down => Action::Down,
        KeyCode::Up => Action::Up,
        KeyCode::PageDown => Action::PageDown,
        KeyCode::PageUp => Action::PageUp,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motion_ends_at_the_first_and_at_the_last_row() {
        let check = |action, at, to| assert_eq!(new_cursor(action, at, 10, 99), Some(to), "{action:?}");
        check(Action::Down, 99, 99);
        check(Action::Up, 0, 0);
        check(Action::HalfPageDown, 3, 8);
        check(Action::PageUp, 25, 15);
        check(Action::PageDown, 95, 99);
        check(Action::Top, 50, 0);
        check(Action::Bottom, 50, 99);
        assert_eq!(new_cursor(Action::Refresh, 1, 10, 99), None);
    }

    #[test]
    fn a_motion_moves_even_if_no_row_is_visible() {
        assert_eq!(new_cursor(Action::PageDown, 0, 0, 9), Some(1));
        assert_eq!(new_cursor(Action::Down, 0, 0, 0), Some(0));
    }
}
