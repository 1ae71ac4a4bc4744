//! The first line: where the console is, and as whom.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::api::Error;
use crate::session::{Awaiting, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Bar;

/// Server, profile, user, mode, zone; requests in flight and how often the cache had the answer.
pub(super) fn header(frame: &mut Frame<'_>, area: Rect, session: &Session, theme: &Theme) {
    let identity = &session.connection.info;
    let version = match session.connection.server_info.latest() {
        Some(known) => format!(" {}", release(&known.value.version)),
        None => {
            session.connection.server_info.error().map_or(String::new(), |error| format!(" {}", error_label(error)))
        }
    };
    let name = identity.color.as_deref().map_or(theme.accent, |color| theme.profile(color));
    let mut left = vec![Line::from(vec![
        Span::styled(text::make_visible(&identity.server.as_str().into()), name),
        Span::styled(version, if session.connection.server_info.error().is_some() { theme.bad } else { theme.text }),
    ])];
    // Without a profile it is still said where the token comes from.
    let profile = if identity.profile.is_empty() { &identity.source } else { &identity.profile };
    left.push(Line::styled(text::make_visible(&profile.as_str().into()), name));
    if let Some(word) = identity.transport_risk {
        left.push(Line::styled(word, theme.bad));
    }
    left.push(if identity.is_read_only {
        Line::styled("read-only", theme.good)
    } else {
        Line::styled("read-write", theme.text)
    });
    left.push(match &identity.user {
        Some(user) => Line::styled(text::make_visible(&user.as_str().into()), theme.text),
        None => Line::styled("no user set", theme.unknown),
    });
    let as_of = session.connection.server_info.latest().map(|known| known.as_of);
    let zone = session.connection.zone.label(as_of.unwrap_or_default());
    left.push(Line::styled(zone, theme.text));
    let right = Line::styled(traffic(session, area.width), theme.muted);
    Bar { left, right, style: theme.text }.render(area, frame.buffer_mut(), theme);
}

/// Why the server's version is not known, in a word or two.
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

/// The release of a version that also tells the build: 6.2.0.
fn release(version: &Untrusted) -> String {
    let release = version.raw().splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
    text::fit(&release.into(), 12)
}

fn traffic(session: &Session, width: u16) -> String {
    /// Columns from which there is room for more than what is going on right now.
    const WIDE_HEADER_COLUMNS: u16 = 110;
    // What a deed sends is on its way as well.
    let leaving = session.changes.running.iter().filter(|doing| doing.is_in_flight());
    let n_pending = session.n_pending() + leaving.count();
    let transfer = match session.transfers.downloads.as_slice() {
        [] => String::new(),
        [only] => format!("downloading {}  ", only.describe()),
        [first, rest @ ..] => format!("downloading {} ({} queued)  ", first.describe(), rest.len()),
    };
    let open = session.n_pending_changes();
    let open = match open {
        0 => String::new(),
        1 => "1 action pending  ".into(),
        n => format!("{n} actions pending  "),
    };
    let open = if session.changes.is_log_locked { format!("AUDIT LOG LOCKED  {open}") } else { open };
    let wait = session
        .connection
        .request_stats
        .busy_until
        .map_or_else(String::new, |at| format!("busy until {}  ", session.connection.zone.time_of_day(at)));
    if width < WIDE_HEADER_COLUMNS {
        return format!("{wait}{open}{transfer}in flight {n_pending}");
    }
    let tally = session.connection.request_stats.cache_stats;
    let share = (tally.hits * 100).checked_div(tally.hits + tally.misses);
    let share = share.map_or("-".into(), |share| format!("{share}%"));
    format!(
        "{wait}{open}{transfer}in flight {n_pending}  requests {}  cache {share}",
        session.connection.request_stats.n_requests
    )
}
