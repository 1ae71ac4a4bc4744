//! The context of an alert: sensor, process chain, binary, related alerts, and how earlier ones were closed.

use jiff::ToSpan;
use ratatui::text::{Line, Span};

use crate::fetch::{AlertsFetch, Resource};
use crate::model::{Alert, AlertStatus, Facets, Isolation, Lineage, Top};
use crate::panes::list::group_thousands;
use crate::session::{AlertCx, RemoteState, Session, SlotOf, slots};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that one field may take.
const MAX_LINES: usize = 4;

/// Formats a part of the context with `format`; `…` while it is loading, the error if it failed, and `None` if it was
/// not requested.
fn part_line<R: Resource>(
    place: SlotOf<R>,
    session: &Session,
    theme: &Theme,
    format: impl FnOnce(&R::Value) -> Line<'static>,
) -> Option<Line<'static>> {
    let remote = session.values.get(place)?;
    if let Some(fetched) = remote.latest() {
        return Some(format(&fetched.value));
    }
    let unknown = |text: String| Some(Line::styled(text, theme.unknown));
    match remote.error() {
        _ if remote.is_pending() => Some(Line::styled(theme.glyphs.ellipsis, theme.muted)),
        Some(error) => unknown(format!("unknown: {}", text::excerpt(&error.to_string().into()))),
        // Cancelled.
        None => remote.last_question().and_then(|_| unknown("unknown".into())),
    }
}

/// Returns how other alerts of this report or watchlist were closed so far.
pub(super) fn precedent_fields(alert: &Alert, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    // The counts include this alert, unless it was created before the period that they cover.
    let is_counted = session.values.latest(slots::PAST_OUTCOMES).is_some_and(|fetched| {
        let since = fetched.as_of.checked_sub((24 * AlertCx::PRECEDENT_DAYS).hours());
        since.is_ok_and(|since| alert.created.is_some_and(|at| at >= since))
    });
    let own_status = is_counted.then(|| text::excerpt(&alert.status.server_word()));
    let outcomes =
        part_line(slots::PAST_OUTCOMES, session, theme, |facets| outcome_line(facets, own_status.as_deref(), theme));
    let mut fields: Vec<_> =
        outcomes.map(|line| FieldRow::multi_line("history", line, MAX_LINES)).into_iter().collect();
    let last_resolved = session.values.latest(slots::LAST_RESOLVED);
    if let Some(alert) = last_resolved.and_then(|fetched| fetched.value.rows.first()) {
        let day = alert.resolved.map(|at| session.connection.zone.day(at));
        let by = alert.assigned_to.non_empty().map(text::excerpt);
        let parts = [Some(text::excerpt(&alert.status.server_word())), day, by.map(|by| format!("by {by}"))];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        fields.push(FieldRow::multi_line("last closed", parts.join(" "), MAX_LINES));
    }
    fields
}

/// Describes how many other alerts there were and their statuses. `own_status` is the status of the alert itself, if
/// the counts include it.
fn outcome_line(facets: &Facets, own_status: Option<&str>, theme: &Theme) -> Line<'static> {
    let values = facets.get("status").map_or(&[][..], |facet| &facet.values);
    let days = AlertCx::PRECEDENT_DAYS;
    let others = facets.total.saturating_sub(own_status.is_some().into());
    let total = group_thousands(others);
    let is_partial = facets.is_incomplete || facets.n_unreadable > 0;
    if others == 0 && !is_partial {
        return Line::raw(format!("first time in {days} days"));
    }
    if values.is_empty() {
        let text = format!("{total} in {days} days; the server does not report their status");
        return Line::styled(text, theme.unknown);
    }
    let counts: Vec<_> = values
        .iter()
        .map(|value| {
            let name = status_label(&value.name);
            let is_own = own_status == Some(name.as_str());
            (value.count.saturating_sub(is_own.into()), name)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", group_thousands(count)))
        .collect();
    let qualifier = if is_partial { "at least " } else { "" };
    Line::raw(format!("{qualifier}{total} in {days} days ({})", counts.join(", ")))
}

/// Returns the alert status in its usual spelling: the server counts it in another case.
fn status_label(word: &Untrusted) -> String {
    text::excerpt(&AlertStatus::parse(word).server_word())
}

/// Returns isolation state and status of the sensor.
pub(super) fn host_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let line = part_line(slots::ALERT_SENSOR, session, theme, |sensor| {
        let isolation = sensor.isolation();
        let style = match isolation {
            Isolation::No => theme.text,
            Isolation::Pending | Isolation::Lifting => theme.caution,
            Isolation::Yes => theme.bad,
            Isolation::Unknown => theme.unknown,
        };
        let status = sensor.status.non_empty();
        let status = status.map_or("unknown".into(), |status| text::fit(status, 20));
        Line::from(vec![
            Span::styled(isolation.to_string().to_uppercase(), style),
            Span::raw(format!("  {}", status.to_lowercase())),
        ])
    })?;
    Some(FieldRow::multi_line("sensor", line, MAX_LINES))
}

/// Returns the process with its ancestors, oldest first.
pub(super) fn chain_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let chain = session.values.latest(slots::ALERT_LINEAGE)?;
    Some(FieldRow::multi_line("process", chain_line(&chain.value, theme), MAX_LINES))
}

fn chain_line(lineage: &Lineage, theme: &Theme) -> Line<'static> {
    /// More ancestors would take too many lines.
    const MAX_ANCESTORS: usize = 4;
    let ancestors = lineage.ancestors.iter().take(MAX_ANCESTORS);
    let mut names: Vec<_> = ancestors.map(|process| text::excerpt(&process.name)).collect();
    let is_cut = lineage.ancestors.len() > MAX_ANCESTORS || lineage.is_walking();
    match lineage.top {
        _ if is_cut => names.push(theme.glyphs.ellipsis.into()),
        Top::Root => {}
        _ => names.push("?".into()),
    }
    names.reverse();
    let crumb = format!(" {} ", theme.glyphs.breadcrumb);
    let mut path = names.join(&crumb);
    if !path.is_empty() {
        path.push_str(&crumb);
    }
    Line::from(vec![Span::styled(path, theme.text), Span::styled(text::excerpt(&lineage.subject.name), theme.accent)])
}

/// Returns the signature status of the binary.
pub(super) fn file_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let line = part_line(slots::ALERT_BINARY, session, theme, |binary| {
        let signature = &binary.signature;
        let (style, word) = match signature.is_valid() {
            Some(true) => (theme.good, text::excerpt(&signature.result)),
            Some(false) => (theme.bad, text::excerpt(&signature.result)),
            None => (theme.unknown, "unknown".into()),
        };
        let publisher = signature.publisher.non_empty();
        let publisher = publisher.map(|publisher| format!("  {}", text::excerpt(publisher)));
        Line::from(vec![Span::styled(word, style), Span::raw(publisher.unwrap_or_default())])
    })?;
    Some(FieldRow::multi_line("signature", line, MAX_LINES))
}

/// Returns the number of other open alerts on this host and with this hash.
pub(super) fn other_alerts_field(alert: &Alert, session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let n_own = u64::from(alert.is_open());
    let count_line = |place: SlotOf<AlertsFetch>, text: &str| {
        part_line(place, session, theme, |rows| {
            let n = rows.total.saturating_sub(n_own);
            let style = if n == 0 { theme.text } else { theme.caution };
            Line::styled(format!("{} {text}", group_thousands(n)), style)
        })
    };
    let of_host = count_line(slots::OPEN_ON_HOST, "open on this host");
    let of_hash = count_line(slots::OPEN_FOR_HASH, "with this hash");
    let mut spans = of_host.map_or_else(Vec::new, |line| vec![to_span(&line)]);
    if let Some(of_hash) = of_hash {
        spans.extend((!spans.is_empty()).then(|| Span::raw(", ")));
        spans.push(to_span(&of_hash));
    }
    (!spans.is_empty()).then(|| FieldRow::multi_line("related", Line::from(spans), MAX_LINES))
}

/// Converts a line of one style to a span.
fn to_span(line: &Line<'_>) -> Span<'static> {
    Span::styled(line.to_string(), line.style)
}
