//! What an alert says itself, each fact with what is known around it.

use ratatui::text::{Line, Span};

use super::context;
use crate::model::{Alert, AlertKind, AlertSource, Precision};
use crate::panes::{
    hosts,
    list::{indicator, object, score, source},
};
use crate::session::Session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Field;

/// Lines that a description or a query may take.
const LONG: usize = 8;

/// All facts, what decides first.
pub(super) fn facts(alert: &Alert, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let gap = || Field::cut("", "");
    let mut fields = cause(alert, theme);
    fields.push(standing(alert));
    fields.extend(time("resolved", alert.resolved, session, theme));
    fields.extend(context::precedent(alert, session, theme));
    fields.extend(match_of(alert, session, theme));
    fields.push(gap());
    fields.extend(said("host", &alert.host));
    fields.extend(context::host(session, theme));
    fields.extend(said("user", &alert.user));
    fields.extend(context::chain(session, theme).or_else(|| said("process", &object(alert)?)));
    fields.extend(said("path", &alert.process_path));
    fields.extend(alert.md5.map(|md5| Field::cut("md5", md5.to_string())));
    fields.extend(context::file(session, theme));
    fields.extend(alert.hosts.map(|n| Field::cut("seen on", hosts(n))));
    fields.extend(context::others(alert, session, theme));
    fields
}

/// How far it is, and who has it.
fn standing(alert: &Alert) -> Field<'static> {
    let owner = alert.assigned_to.non_empty();
    let owner = owner.map_or("unassigned".into(), text::excerpt);
    let status = text::excerpt(&alert.status.word());
    Field::wrapped("status", format!("{status}, {owner}"), LONG)
}

/// Who raised it, and how loudly.
fn cause(alert: &Alert, theme: &Theme) -> Vec<Field<'static>> {
    let (what, feed) = match alert.source {
        AlertSource::Watchlist => ("watchlist", None),
        AlertSource::Report(_) => ("report", said("feed", &alert.feed_name)),
    };
    let severity = alert.severity.map_or("unknown".into(), |severity| score(severity).to_string());
    let report_score = alert.report_score.map(|score| format!("  (report score {score})"));
    let scores = Line::from(vec![Span::styled(severity, theme.caution), Span::raw(report_score.unwrap_or_default())]);
    let ignored = (alert.is_report_ignored == Some(true)).then(|| {
        let text = "this report is now ignored";
        Field::cut("", Line::styled(text, theme.caution))
    });
    let fields = [said(what, source(alert)), feed, ignored, Some(Field::cut("severity", scores))];
    fields.into_iter().flatten().collect()
}

/// What matched, and what the feed says of it.
fn match_of(alert: &Alert, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let found = match &alert.kind {
        AlertKind::IngressProcess | AlertKind::IngressBinary | AlertKind::IngressHost => {
            "on ingress (streaming)".into()
        }
        AlertKind::QueryProcess | AlertKind::QueryBinary => "by scheduled search".into(),
        AlertKind::Other(word) => text::excerpt(word),
    };
    // What an indicator of one value found is told by the indicator.
    let told = format!("{} {}", alert.indicator.kind.raw(), alert.indicator.value.raw());
    let matched = alert.indicator.matched.iter();
    let matched = matched.filter(|matched| !matched.is_like(&told));
    let mut fields = vec![
        said("description", &alert.description),
        alert.link.non_empty().map(|link| Field::wrapped("link", text::defang(link), LONG)),
        said(kind_of(alert), &indicator(alert)),
    ];
    fields.extend(matched.map(|matched| said("matched", matched)));
    fields.extend([Some(Field::cut("detected", found)), time("created", alert.created, session, theme)]);
    fields.into_iter().flatten().collect()
}

fn said(label: &'static str, text: &Untrusted) -> Option<Field<'static>> {
    let text = text.non_empty()?;
    Some(Field::wrapped(label, text::excerpt(text), LONG))
}

/// A moment, where there is one.
pub(super) fn time(
    label: &'static str,
    at: Option<jiff::Timestamp>,
    session: &Session,
    theme: &Theme,
) -> Option<Field<'static>> {
    let at = session.zone.show(at?, Precision::Second);
    Some(Field::cut(label, Line::styled(at, theme.time)))
}

/// What the indicator is; the server's word where it is short enough for a label.
fn kind_of(alert: &Alert) -> &'static str {
    let kind = &alert.indicator.kind;
    let known = ["query", "md5", "sha256", "dns", "ipv4", "ipv6", "ja3", "ja3s"];
    let known = known.into_iter().find(|word| kind.is_like(word));
    known.unwrap_or("indicator")
}
