//! The first line of the screen: server, account, and network activity.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::api::Error;
use crate::model::{Alert, IsolatedSensor, Isolation, OPEN_ALERTS, Precision, Sensor};
use crate::session::{ListRow, Pages, Session, slots};
use crate::text::{self, Untrusted, group_thousands};
use crate::theme::Theme;
use crate::widgets::Bar;
use crate::worker::Slot;

/// Minimum width for showing the counts.
const WIDE_HEADER_COLUMNS: u16 = 110;

/// Draws server, profile, user, mode, time zone, pending actions, requests in flight, and the counts that are known.
pub(super) fn header(frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let info = &session.connection.info;
    let version = match session.values.latest(slots::SERVER_INFO) {
        Some(fetched) => format!(" {}", release(&fetched.value.version)),
        None => session.error(Slot::ServerInfo).map_or(String::new(), |error| format!(" {}", error_label(error))),
    };
    let name = info.color.as_deref().map_or(theme.accent, |color| theme.profile(color));
    let mut left = vec![Line::from(vec![
        Span::styled(text::make_visible(&info.server.as_str().into()), name),
        Span::styled(version, if session.error(Slot::ServerInfo).is_some() { theme.bad } else { theme.text }),
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
    let as_of = session.values.latest(slots::SERVER_INFO).map(|fetched| fetched.as_of);
    let zone = session.connection.zone.label(as_of.unwrap_or_default());
    left.push(Line::styled(zone, theme.text));
    // Who and where come before the counts.
    let n_left: usize = left.iter().map(|piece| piece.width() + 2).sum();
    let activity = activity(session);
    let counts = if area.width < WIDE_HEADER_COLUMNS { None } else { known_counts(session) };
    let with_counts: Vec<_> = activity.iter().cloned().chain(counts).collect();
    let [activity, with_counts] = [activity, with_counts].map(|parts| parts.join("  "));
    let fits = n_left + text::width(&with_counts) < usize::from(area.width);
    let right = Line::styled(if fits { with_counts } else { activity }, theme.muted);
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

/// Returns what is going on: requests, downloads, pending actions.
fn activity(session: &Session) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(at) = session.connection.request_stats.busy_until {
        parts.push(format!("busy until {}", session.connection.zone.time_of_day(at)));
    }
    if session.changes.is_log_locked {
        parts.push("AUDIT LOG LOCKED".into());
    }
    let n_changes = session.n_pending_changes();
    if n_changes > 0 {
        parts.push(format!("{} pending", text::pluralize(n_changes, "action", "actions")));
    }
    match session.transfers.downloads.as_slice() {
        [] => {}
        [only] => parts.push(format!("downloading {}", only.describe())),
        [first, queued @ ..] => parts.push(format!("downloading {} ({} queued)", first.describe(), queued.len())),
    }
    // Requests of changes are in flight as well.
    let in_flight = session.changes.running.iter().filter(|change| change.is_in_flight());
    let n_requests = session.n_pending() + in_flight.count();
    if n_requests > 0 {
        parts.push(format!("in flight {n_requests}"));
    }
    parts
}

/// Returns the numbers of open alerts, isolated hosts and offline hosts, as far as the loaded lists tell them, with the
/// time of the oldest answer. No request is sent for them.
fn known_counts(session: &Session) -> Option<String> {
    let lists = &session.lists;
    let counts = [
        count_open_alerts(session).map(|(n, at)| (text::pluralize(n, "open alert", "open alerts"), at)),
        count_rows(lists.pages::<IsolatedSensor>(), |row| row.0.isolation() == Isolation::Yes)
            .map(|(n, at)| (format!("{} isolated", group_thousands(n)), at)),
        Some(lists.pages::<Sensor>())
            .filter(|sensors| sensors.search().is_some_and(|search| search.query.is_empty()))
            .and_then(|sensors| count_rows(sensors, Sensor::is_offline))
            .map(|(n, at)| (format!("{} offline", group_thousands(n)), at)),
    ];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    let as_of = counts.iter().map(|(_, at)| *at).min()?;
    let texts: Vec<_> = counts.into_iter().map(|(text, _)| text).collect();
    Some(format!("{} ({})", texts.join(", "), session.connection.zone.format(as_of, Precision::Minute)))
}

/// Returns the number of open alerts and when the server gave it; `None` if other alerts are listed, or if the server
/// has searched only a part of them.
fn count_open_alerts(session: &Session) -> Option<(u64, Timestamp)> {
    let alerts = session.lists.pages::<Alert>();
    let is_open = alerts.search().is_some_and(|search| search.query == OPEN_ALERTS);
    let page = alerts.loaded_pages().max_by_key(|page| page.as_of).filter(|_| is_open);
    let listed = page.filter(|page| !page.value.is_incomplete).map(|page| (page.value.total, page.as_of));
    let digest = session.open_digest().filter(|digest| !digest.value.is_incomplete);
    let digest = digest.map(|digest| (digest.value.total, digest.as_of));
    listed.into_iter().chain(digest).max_by_key(|(_, as_of)| *as_of)
}

/// Counts the rows of a list for which `is_counted` holds, if every row is loaded and readable.
fn count_rows<T: ListRow>(pages: &Pages<T>, is_counted: impl Fn(&T) -> bool) -> Option<(u64, Timestamp)> {
    let is_whole = pages.loaded_pages().all(|page| page.value.n_unreadable == 0 && !page.value.is_incomplete);
    let n_loaded = u64::try_from(pages.loaded_rows().count()).ok();
    if !is_whole || pages.total() != n_loaded {
        return None;
    }
    let as_of = pages.loaded_pages().map(|page| page.as_of).min()?;
    let n = pages.loaded_rows().filter(|(_, row)| is_counted(row)).count();
    Some((u64::try_from(n).unwrap_or(u64::MAX), as_of))
}
