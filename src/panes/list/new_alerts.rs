//! The footer of the alert lists: how many alerts appeared since the list was fetched.

use ratatui::text::{Line, Span};

use super::group_thousands;
use crate::session::{LiveMode, NewAlerts, Session};
use crate::text;
use crate::theme::Theme;

/// Returns the state of live updates: paused, or the number of new alerts; `None` while they are off.
pub(super) fn new_alerts_line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
    let live = &session.alert_state.live;
    let parts = match (&live.state, live.new_alerts) {
        (LiveMode::Off, _) => return None,
        (LiveMode::Paused(error), _) => {
            let reason = text::make_visible(&error.to_string().into());
            vec![Span::styled("live paused, R resumes: ", theme.bad), Span::styled(reason, theme.text)]
        }
        (LiveMode::On, None) => vec![Span::styled("live", theme.muted)],
        (LiveMode::On, Some(new_alerts)) => {
            let as_of = format!("  live, {}", session.describe_answer_time(new_alerts.as_of));
            match describe(new_alerts) {
                Some(text) => {
                    vec![Span::styled(format!("{text}, r loads them"), theme.caution), Span::styled(as_of, theme.muted)]
                }
                None => vec![Span::styled(format!("no new alerts{as_of}"), theme.muted)],
            }
        }
    };
    Some(Line::from(parts))
}

/// Describes how many alerts appeared and disappeared; `None` if none did.
fn describe(new_alerts: NewAlerts) -> Option<String> {
    let new = format!("{} new", group_thousands(new_alerts.n_new));
    let gone = format!("{} gone", group_thousands(new_alerts.n_gone));
    match (new_alerts.n_new, new_alerts.n_gone) {
        (0, 0) => None,
        (_, 0) => Some(new),
        (0, _) => Some(gone),
        _ => Some(format!("{new}, {gone}")),
    }
}
