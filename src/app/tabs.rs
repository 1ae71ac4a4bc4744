//! The second line of the screen: tabs of the views, and breadcrumbs.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{View, views::Tab};
use crate::keys::{Keymap, Scope};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Bar;

/// Draws the tabs with the current view highlighted, and the breadcrumbs to the right.
pub(super) fn tabs(
    frame: &mut Frame<'_>,
    area: Rect,
    current: View,
    crumbs: &[String],
    keymap: &Keymap,
    theme: &Theme,
) {
    /// Width reserved for the label of the current location, in columns.
    const CURRENT_CRUMB_WIDTH: usize = 20;
    let current = if let Tab::SharedWith(other) = current.spec().tab { other } else { current };
    let tab = |view: View, title: &'static str| {
        let key = keymap.hint(Scope::Global.lookup_chain(), view.spec().action);
        let gap = if title.is_empty() { "" } else { " " };
        let key = Span::styled(key.map_or(String::new(), |key| format!("{key}{gap}")), theme.key);
        let style = if view == current { theme.title } else { theme.muted };
        Line::from(vec![key, Span::styled(title, style)])
    };
    let room = |left: &[Line<'_>]| {
        let used: usize = left.iter().map(|tab| tab.width() + 2).sum();
        usize::from(area.width).checked_sub(used)
    };
    let reserved = crumbs.last().map_or(0, text::width).min(CURRENT_CRUMB_WIDTH);
    // The current location takes precedence over the tabs of views without a number, which the help lists; the full
    // names of numbered views take precedence over the current location.
    let listed = View::all().filter(|view| matches!(view.spec().tab, Tab::Numbered | Tab::Named) || *view == current);
    let numbered = || View::all().filter(|view| view.spec().tab == Tab::Numbered || *view == current);
    let keys = |view: View| tab(view, if view == current { view.spec().title } else { "" });
    let choices = [
        (listed.map(|view| tab(view, view.spec().title)).collect(), reserved),
        (numbered().map(|view| tab(view, view.spec().title)).collect(), reserved),
        (numbered().map(|view| tab(view, view.spec().short_title)).collect(), 0),
        (numbered().map(keys).collect::<Vec<_>>(), 0),
    ];
    let fits = |(left, reserved_width): &(Vec<Line<'_>>, usize)| {
        room(left).is_some_and(|room| room >= *reserved_width + 2 || *reserved_width == 0)
    };
    let at = choices.iter().position(fits).unwrap_or(choices.len() - 1);
    let left = choices.into_iter().nth(at).map_or_else(Vec::new, |(left, _)| left);
    // One space at either end.
    let room = room(&left).map_or(0, |room| room.saturating_sub(2));
    // Only the latest breadcrumbs that fit are shown.
    let trail = (0..crumbs.len())
        .map(|first| crumbs[first..].join(&format!(" {} ", theme.glyphs.breadcrumb)))
        .find(|trail| text::width(trail) <= room)
        .or_else(|| {
            let current = crumbs.last()?.as_str().into();
            (room >= CURRENT_CRUMB_WIDTH).then(|| text::fit(&current, room))
        })
        .unwrap_or_default();
    let bar = Bar { left, right: Line::styled(trail, theme.muted), style: theme.text };
    bar.render(area, frame.buffer_mut(), theme);
}
