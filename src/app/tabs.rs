//! The second line: the views with their keys, and how one came here.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::View;
use crate::keys::{Keymap, Scope};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Bar;

/// Draws the views, the current one set off, and on the right the way that led here.
pub(super) fn tabs(
    frame: &mut Frame<'_>,
    area: Rect,
    current: View,
    crumbs: &[String],
    keymap: &Keymap,
    theme: &Theme,
) {
    // Grouped or not, they are the alerts.
    let current = if current == View::Queue {
        View::Alerts
    } else {
        current
    };
    let tab = |view: View| {
        let key = keymap.hint(Scope::Global.chain(), view.action());
        let key = Span::styled(
            key.map_or(String::new(), |key| format!("{key} ")),
            theme.key,
        );
        let style = if view == current {
            theme.title
        } else {
            theme.muted
        };
        Line::from(vec![key, Span::styled(view.title(), style)])
    };
    let room = |left: &[Line<'_>]| {
        let taken: usize = left.iter().map(|tab| tab.width() + 2).sum();
        usize::from(area.width).saturating_sub(taken + 1)
    };
    let here = crumbs.last().map_or(0, text::width);
    let is_aside = |view: View| matches!(view, View::Isolated | View::Queue);
    let listed = View::all().filter(|view| !is_aside(*view) || *view == current);
    let mut left: Vec<_> = listed.map(tab).collect();
    if room(&left) < here {
        // What one looks at is worth more than the views beside the numbered ones, which the help names.
        let shown = View::all().filter(|view| view.is_numbered() || *view == current);
        left = shown.map(tab).collect();
    }
    // Of the way, the latest steps are shown that there is room for.
    let room = room(&left);
    let way = (0..crumbs.len())
        .map(|first| crumbs[first..].join(&format!(" {} ", theme.glyphs.crumb)))
        .find(|way| text::width(way) <= room)
        .unwrap_or_default();
    let bar = Bar {
        left,
        right: Line::styled(way, theme.muted),
        style: theme.text,
    };
    bar.render(area, frame.buffer_mut(), theme);
}
