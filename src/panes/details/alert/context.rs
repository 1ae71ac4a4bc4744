//! What is known around an alert: its host, its process, its file, other alerts, and how earlier ones ended.

use jiff::ToSpan;
use ratatui::text::{Line, Span};

use crate::fetch::AlertRows;
use crate::model::{Alert, AlertStatus, Facets, Isolation, Lineage, Top};
use crate::panes::list::group_thousands;
use crate::session::{Awaiting, Cx, Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that names beside each other may take.
const MAX_LINES: usize = 4;

/// What is said of a part, or that it is on its way, or why it is not here; nothing when nobody asked.
fn part_line<T>(remote: &Remote<T>, theme: &Theme, say: impl FnOnce(&T) -> Line<'static>) -> Option<Line<'static>> {
    if let Some(known) = remote.latest() {
        return Some(say(&known.value));
    }
    let unknown = |text: String| Some(Line::styled(text, theme.unknown));
    match remote.error() {
        _ if remote.is_pending() => Some(Line::styled(theme.glyphs.ellipsis, theme.muted)),
        Some(error) => unknown(format!("unknown: {}", text::excerpt(&error.to_string().into()))),
        // Given up.
        None => remote.last_question().and_then(|_| unknown("unknown".into())),
    }
}

/// How other alerts of the same report or watchlist have ended so far.
pub(super) fn precedent_fields(alert: &Alert, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let asides = &session.alert_state.context;
    // The alert itself is counted with them, unless it is older than what was asked for.
    let is_counted = asides.status_counts.latest().is_some_and(|known| {
        let since = known.as_of.checked_sub((24 * Cx::PRECEDENT_DAYS).hours());
        since.is_ok_and(|since| alert.created.is_some_and(|at| at >= since))
    });
    let own = is_counted.then(|| text::excerpt(&alert.status.server_word()));
    let ended = part_line(&asides.status_counts, theme, |facets| outcome_line(facets, own.as_deref(), theme));
    let mut fields: Vec<_> = ended.map(|line| FieldRow::multi_line("history", line, MAX_LINES)).into_iter().collect();
    let last = asides.last_resolved.latest();
    if let Some(last) = last.and_then(|known| known.value.rows.first()) {
        let day = last.resolved.map(|at| session.connection.zone.day(at));
        let by = last.assigned_to.non_empty().map(text::excerpt);
        let words = [Some(text::excerpt(&last.status.server_word())), day, by.map(|by| format!("by {by}"))];
        let words: Vec<_> = words.into_iter().flatten().collect();
        fields.push(FieldRow::multi_line("last closed", words.join(" "), MAX_LINES));
    }
    fields
}

/// How many others there were, and how they ended; `own` is how the one that is counted with them did.
fn outcome_line(facets: &Facets, own: Option<&str>, theme: &Theme) -> Line<'static> {
    let values = facets.get("status").map_or(&[][..], |facet| &facet.values);
    let days = Cx::PRECEDENT_DAYS;
    let others = facets.total.saturating_sub(own.is_some().into());
    let total = group_thousands(others);
    let is_partial = facets.is_incomplete || facets.n_unreadable > 0;
    if others == 0 && !is_partial {
        return Line::raw(format!("first time in {days} days"));
    }
    if values.is_empty() {
        let text = format!("{total} in {days} days; the server does not report their status");
        return Line::styled(text, theme.unknown);
    }
    let each: Vec<_> = values
        .iter()
        .map(|value| {
            let name = status_label(&value.name);
            let is_own = own == Some(name.as_str());
            (value.count.saturating_sub(is_own.into()), name)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", group_thousands(count)))
        .collect();
    let most = if is_partial { "at least " } else { "" };
    Line::raw(format!("{most}{total} in {days} days ({})", each.join(", ")))
}

/// The status as alerts have it, whatever case the server counts it in.
fn status_label(word: &Untrusted) -> String {
    text::excerpt(&AlertStatus::parse(word).server_word())
}

/// Whether the host reports, its group, and whether it is cut off.
pub(super) fn host_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let line = part_line(&session.alert_state.context.sensor, theme, |sensor| {
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

/// The process with those that led to it, the oldest that there is room for first.
pub(super) fn chain_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let chain = session.alert_state.context.chain.latest()?;
    Some(FieldRow::multi_line("process", chain_line(&chain.value, theme), MAX_LINES))
}

fn chain_line(lineage: &Lineage, theme: &Theme) -> Line<'static> {
    /// More would push everything else out of sight.
    const MAX_ANCESTORS: usize = 4;
    let shown = lineage.ancestors.iter().take(MAX_ANCESTORS);
    let mut names: Vec<_> = shown.map(|process| text::excerpt(&process.name)).collect();
    let is_cut = lineage.ancestors.len() > MAX_ANCESTORS || lineage.is_walking();
    match lineage.top {
        _ if is_cut => names.push(theme.glyphs.ellipsis.into()),
        Top::Root => {}
        _ => names.push("?".into()),
    }
    names.reverse();
    let crumb = format!(" {} ", theme.glyphs.breadcrumb);
    let mut way = names.join(&crumb);
    if !way.is_empty() {
        way.push_str(&crumb);
    }
    Line::from(vec![Span::styled(way, theme.text), Span::styled(text::excerpt(&lineage.subject.name), theme.accent)])
}

/// Who vouches for the file.
pub(super) fn file_field(session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let line = part_line(&session.alert_state.context.binary, theme, |binary| {
        let signature = &binary.signature;
        let (style, word) = match signature.is_valid() {
            Some(true) => (theme.good, text::excerpt(&signature.result)),
            Some(false) => (theme.bad, text::excerpt(&signature.result)),
            None => (theme.unknown, "unknown".into()),
        };
        let publisher = signature.publisher.non_empty();
        let publisher = publisher.map(|by| format!("  {}", text::excerpt(by)));
        Line::from(vec![Span::styled(word, style), Span::raw(publisher.unwrap_or_default())])
    })?;
    Some(FieldRow::multi_line("signature", line, MAX_LINES))
}

/// Other alerts that nobody has closed: on this host, and of this file.
pub(super) fn other_alerts_field(alert: &Alert, session: &Session, theme: &Theme) -> Option<FieldRow<'static>> {
    let asides = &session.alert_state.context;
    let own = u64::from(alert.is_open());
    let counted = |remote: &Remote<AlertRows>, of: &str| {
        part_line(remote, theme, |rows| {
            let style = match rows.total.saturating_sub(own) {
                0 => theme.text,
                _ => theme.caution,
            };
            let n = group_thousands(rows.total.saturating_sub(own));
            Line::styled(format!("{n} {of}"), style)
        })
    };
    let of_host = counted(&asides.open_on_host, "open on this host");
    let of_hash = counted(&asides.open_for_hash, "with this hash");
    let mut spans = of_host.map_or_else(Vec::new, |line| vec![to_span(&line)]);
    if let Some(of_hash) = of_hash {
        spans.extend((!spans.is_empty()).then(|| Span::raw(", ")));
        spans.push(to_span(&of_hash));
    }
    (!spans.is_empty()).then(|| FieldRow::multi_line("related", Line::from(spans), MAX_LINES))
}

/// A line of one style as a part of another.
fn to_span(line: &Line<'_>) -> Span<'static> {
    Span::styled(line.to_string(), line.style)
}
