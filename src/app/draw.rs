//! The whole screen: header, panes in their frames, notice, hints, overlay.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    App,
    layout::{self, Areas},
};
use crate::api::Error;
use crate::keys::{Action, Keymap, Lookup, Scope};
use crate::panes::{Look, Pane, PaneId};
use crate::session::{Awaiting, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{self, Bar, Panel, Trouble};

/// Draws everything into the frame.
pub(super) fn render(app: &mut App, frame: &mut Frame<'_>) {
    let screen = frame.area();
    frame.buffer_mut().set_style(screen, app.theme.text);
    if screen.width < layout::SMALLEST.0 || screen.height < layout::SMALLEST.1 {
        let (width, height) = layout::SMALLEST;
        let text = format!("too small: {width}x{height} is needed");
        frame.render_widget(Line::styled(text, app.theme.caution), screen);
        return;
    }
    let areas = layout::areas(screen, app.focus, app.is_zoomed, app.query.n_lines());
    let scope = app.scope();
    let shown = app.overlay.is_some();
    let App {
        session,
        keymap,
        theme,
        query,
        results,
        lineage,
        sensor,
        overlay,
        focus,
        turns,
        typed,
        ..
    } = app;
    header(frame, areas.header, session, theme);

    let mut paint = Paint {
        frame,
        session,
        theme,
        keymap,
        turns: *turns,
        focus: (!shown).then_some(*focus),
        is_alone: areas.panes.len() == 1,
    };
    paint.pane(query, areas.query);
    for (id, area) in &areas.panes {
        match id {
            PaneId::Results => paint.pane(results, *area),
            PaneId::Lineage => paint.pane(lineage, *area),
            PaneId::Sensor => paint.pane(sensor, *area),
            PaneId::Query | PaneId::Overlay => {}
        }
    }
    if *focus == PaneId::Query && !shown {
        let editor = Rect {
            x: areas.query.x + 1,
            width: areas.query.width.saturating_sub(2),
            ..areas.query
        };
        let editor = Rect {
            height: editor.height.saturating_sub(1),
            ..editor
        };
        query.render_offer(
            paint.frame,
            editor,
            &Look {
                theme,
                keymap,
                is_focused: true,
            },
        );
    }
    if let Some(overlay) = overlay {
        paint.focus = Some(PaneId::Overlay);
        paint.overlay(overlay.as_mut(), layout::popup(screen));
    }
    footer(
        frame,
        &areas,
        &Footer {
            session,
            theme,
            keymap,
            scope,
            typed,
        },
    );
}

/// What is needed to draw panes.
struct Paint<'a, 'f> {
    frame: &'a mut Frame<'f>,
    session: &'a Session,
    theme: &'a Theme,
    keymap: &'a Keymap,
    turns: usize,
    focus: Option<PaneId>,
    /// Whether only one of the panes below the query is shown.
    is_alone: bool,
}

/// The panes that share one place on a narrow screen.
const TABS: [(PaneId, &str); 3] = [
    (PaneId::Results, "Processes"),
    (PaneId::Lineage, "Chain"),
    (PaneId::Sensor, "Sensor"),
];

impl Paint<'_, '_> {
    fn pane(&mut self, pane: &mut dyn Pane, area: Rect) {
        let message = self.error(pane).map(ToString::to_string);
        let panel = self.panel(pane, message.as_deref());
        let inner = panel.render(area, self.frame.buffer_mut(), self.theme);
        self.content(pane, inner);
    }

    fn overlay(&mut self, pane: &mut dyn Pane, area: Rect) {
        let inner = self
            .panel(pane, None)
            .render_over(area, self.frame.buffer_mut(), self.theme);
        self.content(pane, inner);
    }

    fn content(&mut self, pane: &mut dyn Pane, area: Rect) {
        let look = Look {
            theme: self.theme,
            keymap: self.keymap,
            is_focused: self.focus == Some(pane.id()),
        };
        if !area.is_empty() {
            pane.render(self.frame, area, self.session, &look);
        }
    }

    /// The frame of a pane: the same for all, from what its slots say.
    fn panel<'a>(&self, pane: &dyn Pane, message: Option<&'a str>) -> Panel<'a> {
        let is_awaited = pane
            .slots()
            .iter()
            .any(|slot| self.session.is_pending(*slot));
        // Where several facts are shown, only what failed and is still shown is old.
        let is_old = pane
            .slots()
            .iter()
            .any(|slot| self.session.error(*slot).is_some() && self.session.is_held(*slot));
        let tint = self
            .session
            .identity
            .color
            .as_deref()
            .map(|color| self.theme.profile(color));
        Panel {
            title: pane.title(self.session),
            state: self.state(pane),
            is_focused: self.focus == Some(pane.id()),
            tint,
            spinner: is_awaited.then_some(self.turns),
            stale: (is_old && !is_awaited).then_some("not current"),
            trouble: message.map(|message| Trouble {
                message,
                hint: self.error(pane).and_then(Error::hint),
            }),
        }
    }

    /// What a pane says of itself; where only one is shown, also which others there are.
    fn state(&self, pane: &dyn Pane) -> Line<'static> {
        let mut state = pane.state(self.session);
        if !self.is_alone || !TABS.iter().any(|(id, _)| *id == pane.id()) {
            return state;
        }
        for (id, name) in TABS {
            let style = if id == pane.id() {
                self.theme.title
            } else {
                self.theme.muted
            };
            let gap = if state.spans.is_empty() { "" } else { "  " };
            state
                .spans
                .extend([Span::raw(gap), Span::styled(name, style)]);
        }
        state
    }

    fn error(&self, pane: &dyn Pane) -> Option<&Error> {
        pane.slots()
            .iter()
            .find_map(|slot| self.session.error(*slot))
    }
}

/// Server, profile, user, mode, zone; requests in flight and how often the cache had the answer.
fn header(frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let identity = &session.identity;
    let version = match session.info.held() {
        Some(known) => format!(" {}", release(&known.value.version)),
        None => session
            .info
            .error()
            .map_or(String::new(), |error| format!(" {}", trouble(error))),
    };
    let name = identity
        .color
        .as_deref()
        .map_or(theme.accent, |color| theme.profile(color));
    let mut left = vec![Line::from(vec![
        Span::styled(identity.server.clone(), name),
        Span::styled(
            version,
            if session.info.error().is_some() {
                theme.bad
            } else {
                theme.text
            },
        ),
    ])];
    // Without a profile it is still said where the token comes from.
    let profile = if identity.profile.is_empty() {
        &identity.source
    } else {
        &identity.profile
    };
    left.push(Line::styled(profile.clone(), name));
    if let Some(word) = identity.is_insecure {
        left.push(Line::styled(word, theme.bad));
    }
    left.push(if identity.is_read_only {
        Line::styled("read-only", theme.good)
    } else {
        Line::styled("read-write", theme.text)
    });
    left.push(match &identity.user {
        Some(user) => Line::styled(user.clone(), theme.text),
        None => Line::styled("user unknown", theme.unknown),
    });
    left.push(Line::styled("UTC", theme.text));
    let right = Line::styled(traffic(session, area.width), theme.muted);
    Bar {
        left,
        right,
        style: theme.text,
    }
    .render(area, frame.buffer_mut(), theme);
}

/// Why the server's version is not known, in a word or two.
fn trouble(error: &Error) -> &'static str {
    match error {
        Error::Unauthorized => "token refused",
        Error::Certificate { .. } => "not trusted",
        Error::Timeout(_) => "no answer",
        Error::Unreachable { .. } => "unreachable",
        _ => "failed",
    }
}

/// The release of a version that also tells the build: 6.2.0.
fn release(version: &Untrusted) -> String {
    let release = version
        .raw()
        .splitn(4, '.')
        .take(3)
        .collect::<Vec<_>>()
        .join(".");
    text::fit(&release.into(), 12)
}

fn traffic(session: &Session, width: u16) -> String {
    /// Columns from which there is room for more than what is going on right now.
    const ROOMY: u16 = 110;
    let n_pending = session.n_pending();
    if width < ROOMY {
        return format!("in flight {n_pending}");
    }
    let tally = session.traffic.tally;
    let share = (tally.hits * 100).checked_div(tally.hits + tally.misses);
    let share = share.map_or("-".into(), |share| format!("{share}%"));
    format!(
        "in flight {n_pending}  requests {}  cache {share}",
        session.traffic.calls
    )
}

/// What the last lines are made of.
struct Footer<'a> {
    session: &'a Session,
    theme: &'a Theme,
    keymap: &'a Keymap,
    scope: Scope,
    typed: &'a [crate::keys::Chord],
}

/// The notice, and below it the keys that work here; after a prefix, the keys that may follow.
fn footer(frame: &mut Frame<'_>, areas: &Areas, footer: &Footer<'_>) {
    let Footer {
        session,
        theme,
        keymap,
        scope,
        typed,
    } = footer;
    let chain = scope.chain();
    let left = match keymap.lookup(chain, typed) {
        Lookup::Prefix(following) => following
            .iter()
            .map(|(chord, action)| widgets::hint(chord.short(), action.label(), theme))
            .collect(),
        _ => hints(*scope)
            .iter()
            .filter_map(|action| {
                Some(widgets::hint(
                    keymap.hint(chain, *action)?,
                    action.label(),
                    theme,
                ))
            })
            .collect(),
    };
    Bar {
        left,
        right: Line::default(),
        style: theme.text,
    }
    .render(areas.hints, frame.buffer_mut(), theme);
    let Some(notice) = &session.notice else {
        return;
    };
    let style = if notice.is_warning {
        theme.caution
    } else {
        theme.accent
    };
    let mut line = Line::styled(text::visible(&notice.text.as_str().into()), style);
    if areas.notice == areas.hints {
        frame.render_widget(ratatui::widgets::Clear, areas.notice);
        line = line.patch_style(theme.text).patch_style(style);
    }
    Bar {
        left: vec![line],
        ..Bar::default()
    }
    .render(areas.notice, frame.buffer_mut(), theme);
}

/// The keys worth a hint, the most useful first.
fn hints(scope: Scope) -> &'static [Action] {
    match scope {
        Scope::Query => &[
            Action::Submit,
            Action::NextPane,
            Action::Back,
            Action::Complete,
            Action::Help,
            Action::History,
            Action::Newline,
            Action::Cancel,
        ],
        Scope::Results => &[
            Action::Help,
            Action::EditQuery,
            Action::Open,
            Action::NextPane,
            Action::YankRow,
            Action::Bottom,
            Action::Sort,
            Action::Refresh,
            Action::Zoom,
            Action::ShowError,
            Action::Quit,
        ],
        Scope::Lineage => &[
            Action::Help,
            Action::EditQuery,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::YankCmdline,
            Action::Refresh,
            Action::Back,
            Action::Quit,
        ],
        Scope::Sensor => &[
            Action::Help,
            Action::EditQuery,
            Action::NextPane,
            Action::YankHost,
            Action::Refresh,
            Action::Back,
            Action::Quit,
        ],
        Scope::History => &[Action::Open, Action::Down, Action::Up, Action::Back],
        _ => &[Action::Back, Action::Down, Action::Up],
    }
}
