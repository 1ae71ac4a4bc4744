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
    /// What one looks at is told in as many cells, if need be.
    const HERE: usize = 20;
    // Grouped or not, they are the alerts.
    let current = if current == View::AlertGroups { View::Alerts } else { current };
    let tab = |view: View, title: &'static str| {
        let key = keymap.hint(Scope::Global.lookup_chain(), view.action());
        let gap = if title.is_empty() { "" } else { " " };
        let key = Span::styled(key.map_or(String::new(), |key| format!("{key}{gap}")), theme.key);
        let style = if view == current { theme.title } else { theme.muted };
        Line::from(vec![key, Span::styled(title, style)])
    };
    let room = |left: &[Line<'_>]| {
        let taken: usize = left.iter().map(|tab| tab.width() + 2).sum();
        usize::from(area.width).checked_sub(taken)
    };
    let here = crumbs.last().map_or(0, text::width).min(HERE);
    // What one looks at is worth more than the views beside the numbered ones, which the help names; and the names of
    // all that have a number are worth more than that.
    let is_aside = |view: View| matches!(view, View::Isolated | View::AlertGroups);
    let listed = View::all().filter(|view| !is_aside(*view) || *view == current);
    let numbered = || View::all().filter(|view| view.is_numbered() || *view == current);
    let keys = |view: View| tab(view, if view == current { view.title() } else { "" });
    let choices = [
        (listed.map(|view| tab(view, view.title())).collect(), here),
        (numbered().map(|view| tab(view, view.title())).collect(), here),
        (numbered().map(|view| tab(view, view.short_title())).collect(), 0),
        (numbered().map(keys).collect::<Vec<_>>(), 0),
    ];
    let fits =
        |(left, least): &(Vec<Line<'_>>, usize)| room(left).is_some_and(|room| room >= *least + 2 || *least == 0);
    let at = choices.iter().position(fits).unwrap_or(choices.len() - 1);
    let left = choices.into_iter().nth(at).map_or_else(Vec::new, |(left, _)| left);
    // Besides, a blank at either end.
    let room = room(&left).map_or(0, |room| room.saturating_sub(2));
    // Of the way, the latest steps are shown that there is room for.
    let way = (0..crumbs.len())
        .map(|first| crumbs[first..].join(&format!(" {} ", theme.glyphs.breadcrumb)))
        .find(|way| text::width(way) <= room)
        .or_else(|| {
            let here = crumbs.last()?.as_str().into();
            (room >= HERE).then(|| text::fit(&here, room))
        })
        .unwrap_or_default();
    let bar = Bar { left, right: Line::styled(way, theme.muted), style: theme.text };
    bar.render(area, frame.buffer_mut(), theme);
}
