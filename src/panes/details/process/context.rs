//! The context of a process: watchlist and feed hits, open alerts, and how many hosts ran its file.

use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::columns::alert::{format_score, source_name};
use crate::model::{Alert, AlertSource, EventCounts, Prevalence, Process, Watchlist, WatchlistHit};
use crate::panes::count_hosts;
use crate::panes::details::subject::missing_line;
use crate::session::{Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that one field may take.
const MAX_LINES: usize = 3;

/// Number of host names that are listed.
const MAX_NAMED_HOSTS: usize = 3;

/// Returns the alerts, watchlists and feeds that matched `process`.
pub(super) fn hit_fields(process: &Process, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    // A process that was loaded as a relative of another has neither counts nor hits.
    let is_partial = process.counts == EventCounts::default();
    let none = || {
        if is_partial { Line::styled("unknown", theme.unknown) } else { "none".into() }
    };
    let list_field = |label, names: Vec<String>| {
        if names.is_empty() {
            FieldRow::single_line(label, none())
        } else {
            FieldRow::multi_line(label, Line::styled(names.join("; "), theme.caution), MAX_LINES)
        }
    };
    let watchlists = process.watchlists.iter();
    let watchlists = watchlists.map(|hit| watchlist_name(hit, &process.host, session));
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
    vec![
        alerts_field(process, session, theme),
        list_field("watchlists", watchlists.collect()),
        list_field("feeds", feeds.collect()),
    ]
}

/// Returns the name of a watchlist from the loaded watchlists or from an alert of the host; otherwise its ID.
fn watchlist_name(hit: &WatchlistHit, host: &Untrusted, session: &Session) -> String {
    let mut watchlists = session.lists.pages::<Watchlist>().loaded_rows().map(|(_, watchlist)| watchlist);
    let name = watchlists.find(|watchlist| watchlist.id.to_string() == hit.id.raw()).map(|watchlist| &watchlist.name);
    let alerts = session.host_alerts_of(host).and_then(Remote::latest);
    let mut alerts = alerts.iter().flat_map(|fetched| &fetched.value.rows);
    let is_raised_by_it = |alert: &&Arc<Alert>| alert.source == AlertSource::Watchlist && alert.source_id == hit.id;
    match name.or_else(|| alerts.find(is_raised_by_it).map(|alert| source_name(alert))) {
        Some(name) if !name.is_empty() => text::excerpt(name),
        _ => format!("#{}", text::excerpt(&hit.id)),
    }
}

/// Returns the open alerts of the process, and how many its host has.
fn alerts_field(process: &Process, session: &Session, theme: &Theme) -> FieldRow<'static> {
    if process.host.is_empty() {
        return FieldRow::single_line("alerts", Line::styled("host unknown", theme.unknown));
    }
    let remote = session.host_alerts_of(&process.host);
    let Some(fetched) = remote.and_then(Remote::latest) else {
        return FieldRow::single_line("alerts", missing_line(remote, theme));
    };
    let page = &fetched.value;
    let rows = page.rows.iter();
    let alerts: Vec<_> = rows.filter(|alert| alert.process == Some(process.id)).collect();
    let is_complete = u64::try_from(page.rows.len()).is_ok_and(|rows| rows >= page.total);
    let on_host = match page.total {
        0 => "none open on the host".to_owned(),
        1 => "1 open on the host".to_owned(),
        total => format!("{total} open on the host"),
    };
    if alerts.is_empty() {
        let note = if is_complete { "" } else { ", none of the loaded ones for this process" };
        return FieldRow::single_line("alerts", format!("{on_host}{note}"));
    }
    let qualifier = if is_complete { "" } else { " or more" };
    let names = alerts.iter().map(|alert| {
        let severity = alert.severity.map(|severity| format!("{} ", format_score(severity)));
        format!("{}{}", severity.unwrap_or_default(), text::excerpt(source_name(alert)))
    });
    let names: Vec<_> = names.collect();
    let summary = format!("{}{qualifier} open: {}", alerts.len(), names.join("; "));
    let line = vec![Span::styled(summary, theme.bad), Span::raw(format!(" ({on_host})"))];
    FieldRow::multi_line("alerts", Line::from(line), MAX_LINES)
}

/// Returns how many hosts have run or loaded the file.
pub(super) fn prevalence_field(process: &Process, session: &Session, theme: &Theme) -> FieldRow<'static> {
    const LABEL: &str = "ran on";
    if process.md5.is_none() {
        return FieldRow::single_line(LABEL, Line::styled("hash unknown", theme.unknown));
    }
    let remote = session.prevalence_of(process);
    match remote.and_then(Remote::latest) {
        Some(fetched) => FieldRow::multi_line(LABEL, describe_prevalence(&fetched.value), MAX_LINES),
        None => FieldRow::single_line(LABEL, missing_line(remote, theme)),
    }
}

/// Describes how common a file is, with the first host names.
fn describe_prevalence(prevalence: &Prevalence) -> String {
    let qualifier = if prevalence.is_exact == Some(false) { "about " } else { "" };
    let hosts = count_hosts(prevalence.hosts);
    let first = prevalence.hostnames.iter().take(MAX_NAMED_HOSTS);
    let mut names: Vec<_> = first.map(|host| text::excerpt(&host.name)).collect();
    if prevalence.hostnames.len() > MAX_NAMED_HOSTS {
        names.push("others".into());
    }
    let separator = if names.is_empty() { "" } else { ": " };
    let names = format!("{separator}{}", names.join(", "));
    let share = prevalence.share().map(|share| format!(", {:.2}% of all process records", share * 100.0));
    format!("{qualifier}{hosts}{names}{}", share.unwrap_or_default())
}
