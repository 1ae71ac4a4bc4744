//! Draws the whole screen: header, panes in their frames, notice, hints, popup.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{
    App, View,
    footer::Footer,
    header::header,
    layout::{self, ScreenState},
    tabs::tabs,
};
use crate::keys::Keymap;
use crate::panes::{Pane, PaneId, QueryPane, RenderCx, ViewPane};
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::{ErrorLine, Panel, draw_legend, fill_background};

/// Draws the screen.
pub(super) fn render(app: &mut App, frame: &mut Frame<'_>) {
    let screen = frame.area();
    app.visibility.is_resized = false;
    app.visibility.is_too_small = screen.width < layout::MIN_SCREEN_SIZE.0 || screen.height < layout::MIN_SCREEN_SIZE.1;
    frame.buffer_mut().set_style(screen, app.theme.text);
    if app.visibility.is_too_small {
        let (width, height) = layout::MIN_SCREEN_SIZE;
        let text = format!("Terminal too small (need {width}x{height})");
        let mut lines = vec![Line::styled(text, app.theme.caution)];
        if let Some(notice) = &app.session.outbox.notice {
            lines.push(Line::styled(text::line(&notice.text), app.theme.text));
        }
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: true }), screen);
        return;
    }
    let n_query_lines = app.editor().map(QueryPane::n_lines);
    let is_offering = app.editor().is_some_and(|editor| editor.has_completions() || editor.can_have_values());
    let state = ScreenState { view: app.view, focus: app.focus, is_zoomed: app.is_zoomed, n_query_lines };
    let areas = layout::areas(screen, state);
    let scope = app.scope();
    let is_covered = !app.popups.is_empty();
    header(frame, areas.header, &app.session, &app.theme);
    tabs(frame, areas.tabs, app.view, &app.breadcrumbs(), &app.keymap, &app.theme);
    let App { session, keymap, theme, panes, popups, view, focus, ticks, pending_chords, visibility, .. } = app;
    let mut paint = Painter {
        frame,
        session,
        theme,
        keymap,
        ticks: *ticks,
        focus: (!is_covered).then_some(*focus),
        view: *view,
        is_alone: areas.panes.len() == 1,
        drawn_panes: Vec::new(),
    };
    if let Some(index) = view.index() {
        paint.pane(PaneId::Query(index), panes.editor_mut(index), areas.query);
    }
    for (id, area) in &areas.panes {
        paint.pane(*id, panes.get_mut(*id), *area);
    }
    if let PaneId::Query(index) = *focus
        && !is_covered
    {
        let editor = Rect {
            x: areas.query.x + 1,
            width: areas.query.width.saturating_sub(2),
            height: areas.query.height.saturating_sub(1),
            ..areas.query
        };
        let render_cx = RenderCx { theme, keymap, is_focused: true };
        panes.editor(index).render_completions(paint.frame, editor, &render_cx);
    }
    if let Some(popup) = popups.top_mut() {
        paint.focus = Some(PaneId::Overlay);
        let area = layout::popup_area(screen, |width| popup.popup_size(width));
        paint.popup(popup.as_mut(), area);
    }
    visibility.drawn_panes = Some(paint.drawn_panes);
    let footer = Footer { session, theme, keymap, scope, pending_chords, is_offering };
    visibility.is_notice_cut = footer.render(frame, &areas);
}

/// State for drawing the panes of one frame.
struct Painter<'a, 'f> {
    frame: &'a mut Frame<'f>,
    session: &'a Session,
    theme: &'a Theme,
    keymap: &'a Keymap,
    ticks: usize,
    focus: Option<PaneId>,
    view: View,
    /// Whether only one pane is shown below the query editor.
    is_alone: bool,
    /// Panes that had room for some of their content.
    drawn_panes: Vec<PaneId>,
}

impl Painter<'_, '_> {
    fn pane(&mut self, id: PaneId, pane: &mut dyn ViewPane, area: Rect) {
        let inner = self.panel(id, pane, |panel, buffer, theme| panel.render(area, buffer, theme));
        self.content(id, pane, inner);
        // The symbols in use are known only after the content is drawn.
        draw_legend(&pane.legend(), area, self.frame.buffer_mut(), self.theme);
    }

    fn popup(&mut self, pane: &mut dyn Pane, area: Rect) {
        let inner = self.panel(PaneId::Overlay, pane, |panel, buffer, theme| panel.render_over(area, buffer, theme));
        self.content(PaneId::Overlay, pane, inner);
        fill_background(area, self.frame.buffer_mut(), self.theme);
    }

    fn content(&mut self, id: PaneId, pane: &mut dyn Pane, area: Rect) {
        let render_cx = RenderCx { theme: self.theme, keymap: self.keymap, is_focused: self.focus == Some(id) };
        if !area.is_empty() {
            self.drawn_panes.push(id);
            pane.render(self.frame, area, self.session, &render_cx);
        }
    }

    /// Draws the frame of a pane with `draw`, with the loading state of its slots; returns the area inside.
    fn panel(
        &mut self,
        id: PaneId,
        pane: &dyn Pane,
        draw: impl FnOnce(Panel<'_>, &mut Buffer, &Theme) -> Rect,
    ) -> Rect {
        let session = self.session;
        let header = pane.header(session);
        let is_pending = header.slots.iter().any(|slot| session.is_pending(*slot));
        // A pane with several values is stale only if a value that is still shown could not be refreshed.
        let is_stale = header.slots.iter().any(|slot| session.is_stale(*slot));
        let tint = session.connection.info.color.as_deref().map(|color| self.theme.profile(color));
        let error = header.slots.iter().find_map(|slot| session.error(*slot));
        let message = error.map(ToString::to_string).unwrap_or_default();
        let panel = Panel {
            title: header.title,
            status: self.with_tabs(header.status, id),
            is_focused: self.focus == Some(id),
            tint,
            spinner: is_pending.then_some(self.ticks),
            stale_note: (is_stale && !is_pending).then_some("not current"),
            error: error.map(|error| ErrorLine { message: &message, hint: error.hint() }),
        };
        draw(panel, self.frame.buffer_mut(), self.theme)
    }

    /// Adds the names of the view's panes to the status line of a pane that is shown alone.
    fn with_tabs(&self, mut status: Line<'static>, pane: PaneId) -> Line<'static> {
        let is_of_view = self.view.panes().any(|(id, _)| id == pane);
        // The only pane of a view has the name of the view.
        if !self.is_alone || !is_of_view || self.view.panes().count() == 1 {
            return status;
        }
        for (id, name) in self.view.panes() {
            let style = if id == pane { self.theme.title } else { self.theme.muted };
            let gap = if status.spans.is_empty() { "" } else { "  " };
            status.spans.extend([Span::raw(gap), Span::styled(name, style)]);
        }
        status
    }
}
