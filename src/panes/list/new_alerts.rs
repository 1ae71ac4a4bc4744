//! The line below the alerts that says what has come since they were asked for.

use ratatui::text::{Line, Span};

use super::thousands;
use crate::session::{News, Session, Watch};
use crate::text;
use crate::theme::Theme;

/// What is to be said of new alerts, while anybody wants to be told.
pub(super) fn line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
    let live = &session.triage.live;
    let parts = match (&live.watch, live.news) {
        (Watch::Off, _) => return None,
        (Watch::Paused(error), _) => {
            let why = text::visible(&error.to_string().into());
            vec![Span::styled("live paused, R resumes: ", theme.bad), Span::styled(why, theme.text)]
        }
        (Watch::On, None) => vec![Span::styled("live", theme.muted)],
        (Watch::On, Some(news)) => {
            let as_of = format!("  live, {}", session.as_of(news.as_of));
            match words(news) {
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
fn words(news: News) -> Option<String> {
    let new = format!("{} new", thousands(news.n_new));
    let gone = format!("{} gone", thousands(news.n_gone));
    match (news.n_new, news.n_gone) {
        (0, 0) => None,
        (_, 0) => Some(new),
        (0, _) => Some(gone),
        _ => Some(format!("{new}, {gone}")),
    }
}
