//! The first line of the screen: server, account, and network activity.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::api::Error;
use crate::session::{RemoteState, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Bar;

/// Draws server, profile, user, mode, time zone, requests in flight and cache hit rate.
pub(super) fn header(frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let info = &session.connection.info;
    let version = match session.connection.server_info.latest() {
        Some(fetched) => format!(" {}", release(&fetched.value.version)),
        None => {
            session.connection.server_info.error().map_or(String::new(), |error| format!(" {}", error_label(error)))
        }
    };
    let name = info.color.as_deref().map_or(theme.accent, |color| theme.profile(color));
    let mut left = vec![Line::from(vec![
        Span::styled(text::make_visible(&info.server.as_str().into()), name),
        Span::styled(version, if session.connection.server_info.error().is_some() { theme.bad } else { theme.text }),
    ])];
    // Without a profile, the source of the token is shown.
    let profile = if info.profile.is_empty() { &info.source } else { &info.profile };
    left.push(Line::styled(text::make_visible(&profile.as_str().into()), name));
    if let Some(word) = info.transport_risk {
        left.push(Line::styled(word, theme.bad));
    }
    left.push(if info.is_read_only {
        Line::styled("read-only", theme.good)
    } else {
        Line::styled("read-write", theme.text)
    });
    left.push(match &info.user {
        Some(user) => Line::styled(text::make_visible(&user.as_str().into()), theme.text),
        None => Line::styled("no user set", theme.unknown),
    });
    let as_of = session.connection.server_info.latest().map(|fetched| fetched.as_of);
    let zone = session.connection.zone.label(as_of.unwrap_or_default());
    left.push(Line::styled(zone, theme.text));
    // Who and where count for more than the statistics.
    let n_left: usize = left.iter().map(|piece| piece.width() + 2).sum();
    let right = traffic(session, area.width);
    let fits = n_left + text::width(&right) < usize::from(area.width);
    let right = if fits { right } else { traffic(session, 0) };
    let right = Line::styled(right, theme.muted);
    Bar { left, right, style: theme.text }.render(area, frame.buffer_mut(), theme);
}

/// Returns a short reason why the server's version is not known.
fn error_label(error: &Error) -> &'static str {
    match error.underlying_error() {
        Error::Unauthorized => "token refused",
        Error::ProxyRefused { .. } | Error::Proxy { .. } => "proxy refused it",
        Error::Certificate { .. } => "not trusted",
        Error::Timeout(_) => "no answer",
        Error::Unreachable { .. } => "unreachable",
        _ => "failed",
    }
}

/// Returns the release without the build number, for example 6.2.0.
fn release(version: &Untrusted) -> String {
    if !version.raw().starts_with(|first: char| first.is_ascii_digit()) {
        return "version unknown".into();
    }
    let release = version.raw().splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
    text::fit(&release.into(), 12)
}

fn traffic(session: &Session, width: u16) -> String {
    /// Minimum width for showing request count and cache hit rate.
    const WIDE_HEADER_COLUMNS: u16 = 110;
    // Requests of changes are in flight as well.
    let in_flight = session.changes.running.iter().filter(|change| change.is_in_flight());
    let n_pending = session.n_pending() + in_flight.count();
    let transfer = match session.transfers.downloads.as_slice() {
        [] => String::new(),
        [only] => format!("downloading {}  ", only.describe()),
        [first, queued @ ..] => format!("downloading {} ({} queued)  ", first.describe(), queued.len()),
    };
    let pending_changes = session.n_pending_changes();
    let pending_changes = match pending_changes {
        0 => String::new(),
        1 => "1 action pending  ".into(),
        n => format!("{n} actions pending  "),
    };
    let pending_changes =
        if session.changes.is_log_locked { format!("AUDIT LOG LOCKED  {pending_changes}") } else { pending_changes };
    let wait = session
        .connection
        .request_stats
        .busy_until
        .map_or_else(String::new, |at| format!("busy until {}  ", session.connection.zone.time_of_day(at)));
    if width < WIDE_HEADER_COLUMNS {
        return format!("{wait}{pending_changes}{transfer}in flight {n_pending}");
    }
    let stats = session.connection.request_stats.cache_stats;
    let share = (stats.hits * 100).checked_div(stats.hits + stats.misses);
    let share = share.map_or("-".into(), |share| format!("{share}%"));
    format!(
        "{wait}{pending_changes}{transfer}in flight {n_pending}  requests {}  cache {share}",
        session.connection.request_stats.n_requests
    )
}
