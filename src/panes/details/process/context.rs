//! What others think of a process and its file: watchlists, feeds, alerts, and how many hosts have it.

use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::model::{Alert, AlertSource, Counts, Prevalence, Process, WatchlistHit};
use crate::panes::details::subject::missing;
use crate::panes::hosts;
use crate::panes::list::{score, source};
use crate::session::{Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Field;

/// Lines that several names may take.
const LONG: usize = 3;

/// Hosts that are named.
const NAMED: usize = 3;

/// Alerts, watchlists and feeds that have to do with a process.
pub(super) fn hits(process: &Process, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    // What comes as a relative of another says nothing of these.
    let is_partial = process.counts == Counts::default();
    let none = || {
        if is_partial { Line::styled("unknown", theme.unknown) } else { "none".into() }
    };
    let listed = |label, names: Vec<String>| {
        if names.is_empty() {
            Field::cut(label, none())
        } else {
            Field::wrapped(label, Line::styled(names.join("; "), theme.caution), LONG)
        }
    };
    let watchlists = process.watchlists.iter();
    let watchlists = watchlists.map(|hit| watchlist(hit, &process.host, session));
    let feeds = process.feeds.iter().map(|hit| {
        let score = hit.score.map(|score| format!(" {score}"));
        let reports: Vec<_> = hit.reports.iter().map(text::excerpt).collect();
        let reports = match reports.as_slice() {
            [] => String::new(),
            reports => format!(" ({})", reports.join(", ")),
        };
        let name = text::excerpt(&hit.feed);
        format!("{name}{}{reports}", score.unwrap_or_default())
    });
    vec![alerts(process, session, theme), listed("watchlists", watchlists.collect()), listed("feeds", feeds.collect())]
}

/// A watchlist by its name, where the list of them or an alert of the host tells it, and by its number otherwise.
fn watchlist(hit: &WatchlistHit, host: &Untrusted, session: &Session) -> String {
    let mut listed = session.watchlists.here().map(|(_, watchlist)| watchlist);
    let listed = listed.find(|watchlist| watchlist.id.to_string() == hit.id.raw());
    let open = session.open_alerts_of(host).and_then(Remote::current);
    let mut open = open.iter().flat_map(|known| &known.value.rows);
    let is_its = |alert: &&Arc<Alert>| alert.source == AlertSource::Watchlist && alert.source_id == hit.id;
    let listed = listed.map(|watchlist| &watchlist.name);
    match listed.or_else(|| open.find(is_its).map(|alert| source(alert))) {
        Some(name) if !name.is_empty() => text::excerpt(name),
        _ => format!("#{}", text::excerpt(&hit.id)),
    }
}

/// The open alerts of the process, and how many its host has.
fn alerts(process: &Process, session: &Session, theme: &Theme) -> Field<'static> {
    if process.host.is_empty() {
        return Field::cut("alerts", Line::styled("host unknown", theme.unknown));
    }
    let remote = session.open_alerts_of(&process.host);
    let Some(known) = remote.and_then(Remote::current) else {
        return Field::cut("alerts", missing(remote, theme));
    };
    let page = &known.value;
    let rows = page.rows.iter();
    let own: Vec<_> = rows.filter(|alert| alert.process == Some(process.id)).collect();
    let is_whole = u64::try_from(page.rows.len()).is_ok_and(|rows| rows >= page.total);
    let others = match page.total {
        0 => "none open on the host".to_owned(),
        1 => "1 open on the host".to_owned(),
        total => format!("{total} open on the host"),
    };
    if own.is_empty() {
        let first = if is_whole { "" } else { ", none of those loaded about this process" };
        return Field::cut("alerts", format!("{others}{first}"));
    }
    let least = if is_whole { "" } else { " or more" };
    let names = own.iter().map(|alert| {
        let severity = alert.severity.map(|severity| format!("{} ", score(severity)));
        format!("{}{}", severity.unwrap_or_default(), text::excerpt(source(alert)))
    });
    let names: Vec<_> = names.collect();
    let own = format!("{}{least} open: {}", own.len(), names.join("; "));
    let line = vec![Span::styled(own, theme.bad), Span::raw(format!(" ({others})"))];
    Field::wrapped("alerts", Line::from(line), LONG)
}

/// How many hosts have run or loaded the file.
pub(super) fn prevalence(process: &Process, session: &Session, theme: &Theme) -> Field<'static> {
    const LABEL: &str = "ran on";
    if process.md5.is_none() {
        return Field::cut(LABEL, Line::styled("hash unknown", theme.unknown));
    }
    let remote = session.prevalence_of(process);
    match remote.and_then(Remote::current) {
        Some(known) => Field::wrapped(LABEL, common(&known.value), LONG),
        None => Field::cut(LABEL, missing(remote, theme)),
    }
}

/// How common a file is, in words.
fn common(prevalence: &Prevalence) -> String {
    let least = if prevalence.is_exact == Some(false) { "about " } else { "" };
    let hosts = hosts(prevalence.hosts);
    let first = prevalence.hostnames.iter().take(NAMED);
    let mut names: Vec<_> = first.map(|host| text::excerpt(&host.name)).collect();
    if prevalence.hostnames.len() > NAMED {
        names.push("others".into());
    }
    let on = if names.is_empty() { "" } else { ": " };
    let names = format!("{on}{}", names.join(", "));
    let share = prevalence.share().map(|share| format!(", {:.2}% of all process records", share * 100.0));
    format!("{least}{hosts}{names}{}", share.unwrap_or_default())
}
