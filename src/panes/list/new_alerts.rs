//! The line below the alerts that says what has come since they were asked for.

use ratatui::text::{Line, Span};

use super::group_thousands;
use crate::session::{LiveMode, NewAlerts, Session};
use crate::text;
use crate::theme::Theme;

/// What is to be said of new alerts, while anybody wants to be told.
pub(super) fn new_alerts_line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
    let live = &session.alert_state.live;
    let parts = match (&live.state, live.new_alerts) {
        (LiveMode::Off, _) => return None,
        (LiveMode::Paused(error), _) => {
            let why = text::make_visible(&error.to_string().into());
            vec![Span::styled("live paused, R resumes: ", theme.bad), Span::styled(why, theme.text)]
        }
        (LiveMode::On, None) => vec![Span::styled("live", theme.muted)],
        (LiveMode::On, Some(news)) => {
            let as_of = format!("  live, {}", session.describe_answer_time(news.as_of));
            match describe(news) {
                Some(words) => vec![
                    Span::styled(format!("{words}, r loads them"), theme.caution),
                    Span::styled(as_of, theme.muted),
                ],
                None => vec![Span::styled(format!("no new alerts{as_of}"), theme.muted)],
            }
        }
    };
    Some(Line::from(parts))
}

/// What has come, and what has gone.
fn describe(news: NewAlerts) -> Option<String> {
    let new = format!("{} new", group_thousands(news.n_new));
    let gone = format!("{} gone", group_thousands(news.n_gone));
    match (news.n_new, news.n_gone) {
        (0, 0) => None,
        (_, 0) => Some(new),
        (0, _) => Some(gone),
        _ => Some(format!("{new}, {gone}")),
    }
}
