//! The second line: the views with their keys, and how one came here.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::View;
use crate::keys::{Keymap, Scope};
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
    let way = crumbs.join(&format!(" {} ", theme.glyphs.crumb));
    let bar = Bar {
        left: View::all().map(tab).collect(),
        right: Line::styled(way, theme.muted),
        style: theme.text,
    };
    bar.render(area, frame.buffer_mut(), theme);
}
