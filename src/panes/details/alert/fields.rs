//! Fields of an alert, each with its context.

use ratatui::text::{Line, Span};

use super::context;
use crate::columns::alert::{format_score, indicator_text, object_name, source_name};
use crate::model::{Alert, AlertKind, AlertSource, Precision};
use crate::panes::count_hosts;
use crate::session::Session;
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that a description or a query may take.
const MAX_LINES: usize = 8;

/// Returns all fields, most important first.
pub(super) fn facts(alert: &Alert, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let gap = || FieldRow::single_line("", "");
    let mut fields = source_fields(alert, theme);
    fields.push(status_field(alert));
    fields.extend(time_field("resolved", alert.resolved, session, theme));
    fields.extend(context::precedent_fields(alert, session, theme));
    fields.extend(match_fields(alert, session, theme));
    fields.push(gap());
    fields.extend(text_field("host", &alert.host));
    fields.extend(context::host_field(session, theme));
    fields.extend(text_field("user", &alert.user));
    fields.extend(context::chain_field(session, theme).or_else(|| text_field("process", &object_name(alert)?)));
    fields.extend(session.find_alert_process(&alert.id).and_then(|process| text_field("cmdline", &process.cmdline)));
    fields.extend(text_field("path", &alert.process_path));
    fields.extend(alert.md5.map(|md5| FieldRow::single_line("md5", md5.to_string())));
    fields.extend(context::file_field(session, theme));
    fields.extend(alert.hosts.map(|n| FieldRow::single_line("seen on", count_hosts(n))));
    fields.extend(context::other_alerts_field(alert, session, theme));
    fields
}

/// Returns the alert status and the assignee.
fn status_field(alert: &Alert) -> FieldRow<'static> {
    let owner = alert.assigned_to.non_empty();
    let owner = owner.map_or("unassigned".into(), text::excerpt);
    let status = text::excerpt(&alert.status.server_word());
    FieldRow::multi_line("status", format!("{status}, {owner}"), MAX_LINES)
}

/// Returns what raised the alert, with severity and report score.
fn source_fields(alert: &Alert, theme: &Theme) -> Vec<FieldRow<'static>> {
    let (label, feed) = match alert.source {
        AlertSource::Watchlist => ("watchlist", None),
        AlertSource::Report(_) => ("report", text_field("feed", &alert.feed_name)),
    };
    let severity = alert.severity.map_or("unknown".into(), |severity| format_score(severity).to_string());
    let report_score = alert.report_score.map(|score| format!("  (report score {score})"));
    let scores = Line::from(vec![Span::styled(severity, theme.caution), Span::raw(report_score.unwrap_or_default())]);
    let ignored = (alert.is_report_ignored == Some(true)).then(|| {
        let text = "this report is now ignored";
        FieldRow::single_line("", Line::styled(text, theme.caution))
    });
    let fields =
        [text_field(label, source_name(alert)), feed, ignored, Some(FieldRow::single_line("severity", scores))];
    fields.into_iter().flatten().collect()
}

/// Returns the indicator, what it matched, and how the match was found.
fn match_fields(alert: &Alert, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let detection = match &alert.kind {
        AlertKind::IngressProcess | AlertKind::IngressBinary | AlertKind::IngressHost => {
            "on ingress (streaming)".into()
        }
        AlertKind::QueryProcess | AlertKind::QueryBinary => "by scheduled search".into(),
        AlertKind::Other(word) => text::excerpt(word),
    };
    // A match that only repeats the indicator is left out.
    let indicator = format!("{} {}", alert.indicator.kind.raw(), alert.indicator.value.raw());
    let matched = alert.indicator.matched.iter();
    let matched = matched.filter(|matched| !matched.eq_ignore_case(&indicator));
    let mut fields = vec![
        text_field("description", &alert.description),
        alert.link.non_empty().map(|link| FieldRow::multi_line("link", text::defang(link), MAX_LINES)),
        text_field(indicator_kind(alert), &indicator_text(alert)),
    ];
    fields.extend(matched.map(|matched| text_field("matched", matched)));
    fields.extend([
        Some(FieldRow::single_line("detected", detection)),
        time_field("created", alert.created, session, theme),
    ]);
    fields.into_iter().flatten().collect()
}

fn text_field(label: &'static str, text: &Untrusted) -> Option<FieldRow<'static>> {
    let text = text.non_empty()?;
    Some(FieldRow::multi_line(label, text::excerpt(text), MAX_LINES))
}

/// Returns a field with a time, if there is one.
pub(super) fn time_field(
    label: &'static str,
    at: Option<jiff::Timestamp>,
    session: &Session,
    theme: &Theme,
) -> Option<FieldRow<'static>> {
    let at = session.connection.zone.format(at?, Precision::Second);
    Some(FieldRow::single_line(label, Line::styled(at, theme.time)))
}

/// Returns the type of the indicator as a label; `indicator` for types without one.
fn indicator_kind(alert: &Alert) -> &'static str {
    let kind = &alert.indicator.kind;
    let labels = ["query", "md5", "sha256", "dns", "ipv4", "ipv6", "ja3", "ja3s"];
    labels.into_iter().find(|word| kind.eq_ignore_case(word)).unwrap_or("indicator")
}
