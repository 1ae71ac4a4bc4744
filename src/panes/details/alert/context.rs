//! What is known around an alert: its host, its process, its file, other alerts, and how earlier ones ended.

use jiff::ToSpan;
use ratatui::text::{Line, Span};

use crate::fetch::AlertRows;
use crate::model::{Alert, AlertStatus, Facets, Isolation, Lineage, Top};
use crate::panes::list::thousands;
use crate::session::{Awaiting, Cx, Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Field;

/// Lines that names beside each other may take.
const LONG: usize = 4;

/// What is said of a part, or that it is on its way, or why it is not here; nothing when nobody asked.
fn part<T>(remote: &Remote<T>, theme: &Theme, say: impl FnOnce(&T) -> Line<'static>) -> Option<Line<'static>> {
    if let Some(known) = remote.current() {
        return Some(say(&known.value));
    }
    let unknown = |text: String| Some(Line::styled(text, theme.unknown));
    match remote.error() {
        _ if remote.is_pending() => Some(Line::styled(theme.glyphs.ellipsis, theme.muted)),
        Some(error) => unknown(format!("unknown: {}", text::excerpt(&error.to_string().into()))),
        // Given up.
        None => remote.asked().and_then(|_| unknown("unknown".into())),
    }
}

/// How other alerts of the same report or watchlist have ended so far.
pub(super) fn precedent(alert: &Alert, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let asides = &session.triage.asides;
    // The alert itself is counted with them, unless it is older than what was asked for.
    let is_counted = asides.ended.current().is_some_and(|known| {
        let since = known.as_of.checked_sub((24 * Cx::PRECEDENT_DAYS).hours());
        since.is_ok_and(|since| alert.created.is_some_and(|at| at >= since))
    });
    let own = is_counted.then(|| text::excerpt(&alert.status.word()));
    let ended = part(&asides.ended, theme, |facets| ended(facets, own.as_deref(), theme));
    let mut fields: Vec<_> = ended.map(|line| Field::wrapped("history", line, LONG)).into_iter().collect();
    let last = asides.last.current();
    if let Some(last) = last.and_then(|known| known.value.rows.first()) {
        let day = last.resolved.map(|at| session.zone.day(at));
        let by = last.assigned_to.non_empty().map(text::excerpt);
        let words = [Some(text::excerpt(&last.status.word())), day, by.map(|by| format!("by {by}"))];
        let words: Vec<_> = words.into_iter().flatten().collect();
        fields.push(Field::wrapped("last closed", words.join(" "), LONG));
    }
    fields
}

/// How many others there were, and how they ended; `own` is how the one that is counted with them did.
fn ended(facets: &Facets, own: Option<&str>, theme: &Theme) -> Line<'static> {
    let values = facets.of("status").map_or(&[][..], |facet| &facet.values);
    let days = Cx::PRECEDENT_DAYS;
    let others = facets.total.saturating_sub(own.is_some().into());
    let total = thousands(others);
    let is_partial = facets.is_incomplete || facets.broken > 0;
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
            let name = status(&value.name);
            let is_own = own == Some(name.as_str());
            (value.count.saturating_sub(is_own.into()), name)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", thousands(count)))
        .collect();
    let most = if is_partial { "at least " } else { "" };
    Line::raw(format!("{most}{total} in {days} days ({})", each.join(", ")))
}

/// The status as alerts have it, whatever case the server counts it in.
fn status(word: &Untrusted) -> String {
    text::excerpt(&AlertStatus::read(word).word())
}

/// Whether the host reports, its group, and whether it is cut off.
pub(super) fn host(session: &Session, theme: &Theme) -> Option<Field<'static>> {
    let line = part(&session.triage.asides.sensor, theme, |sensor| {
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
    Some(Field::wrapped("sensor", line, LONG))
}

/// The process with those that led to it, the oldest that there is room for first.
pub(super) fn chain(session: &Session, theme: &Theme) -> Option<Field<'static>> {
    let chain = session.triage.asides.chain.current()?;
    Some(Field::wrapped("process", line(&chain.value, theme), LONG))
}

fn line(lineage: &Lineage, theme: &Theme) -> Line<'static> {
    /// More would push everything else out of sight.
    const SHOWN: usize = 4;
    let shown = lineage.ancestors.iter().take(SHOWN);
    let mut names: Vec<_> = shown.map(|process| text::excerpt(&process.name)).collect();
    let is_cut = lineage.ancestors.len() > SHOWN || lineage.is_walking();
    match lineage.top {
        _ if is_cut => names.push(theme.glyphs.ellipsis.into()),
        Top::Root => {}
        _ => names.push("?".into()),
    }
    names.reverse();
    let crumb = format!(" {} ", theme.glyphs.crumb);
    let mut way = names.join(&crumb);
    if !way.is_empty() {
        way.push_str(&crumb);
    }
    Line::from(vec![Span::styled(way, theme.text), Span::styled(text::excerpt(&lineage.subject.name), theme.accent)])
}

/// Who vouches for the file.
pub(super) fn file(session: &Session, theme: &Theme) -> Option<Field<'static>> {
    let line = part(&session.triage.asides.binary, theme, |binary| {
        let signature = &binary.signature;
        let (style, word) = match signature.is_good() {
            Some(true) => (theme.good, text::excerpt(&signature.result)),
            Some(false) => (theme.bad, text::excerpt(&signature.result)),
            None => (theme.unknown, "unknown".into()),
        };
        let publisher = signature.publisher.non_empty();
        let publisher = publisher.map(|by| format!("  {}", text::excerpt(by)));
        Line::from(vec![Span::styled(word, style), Span::raw(publisher.unwrap_or_default())])
    })?;
    Some(Field::wrapped("signature", line, LONG))
}

/// Other alerts that nobody has closed: on this host, and of this file.
pub(super) fn others(alert: &Alert, session: &Session, theme: &Theme) -> Option<Field<'static>> {
    let asides = &session.triage.asides;
    let own = u64::from(alert.is_open());
    let counted = |remote: &Remote<AlertRows>, of: &str| {
        part(remote, theme, |rows| {
            let style = match rows.total.saturating_sub(own) {
                0 => theme.text,
                _ => theme.caution,
            };
            let n = thousands(rows.total.saturating_sub(own));
            Line::styled(format!("{n} {of}"), style)
        })
    };
    let of_host = counted(&asides.of_host, "open on this host");
    let of_hash = counted(&asides.of_hash, "with this hash");
    let mut spans = of_host.map_or_else(Vec::new, |line| vec![spanned(&line)]);
    if let Some(of_hash) = of_hash {
        spans.extend((!spans.is_empty()).then(|| Span::raw(", ")));
        spans.push(spanned(&of_hash));
    }
    (!spans.is_empty()).then(|| Field::wrapped("related", Line::from(spans), LONG))
}

/// A line of one style as a part of another.
fn spanned(line: &Line<'_>) -> Span<'static> {
    Span::styled(line.to_string(), line.style)
}
