//! The report details pane: the selected threat report with its indicators, and its feed.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::{Details, MAX_LINES, address_field, fetched_at, text_field};
use crate::keys::{Action, Scope};
use crate::model::{Document, Feed, Precision, Report, ReportId};
use crate::panes::{
    copy::{self, Clip},
    details::subject::missing_line,
    list::group_thousands,
    pivot::Observables,
};
use crate::query::{self, Index};
use crate::session::{Destination, Remote, RemoteState, Session, report_alerts_query};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// Details of a threat report.
#[derive(Debug)]
pub struct ReportDetails;

/// A selected report, or a selected feed without one.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportSubject {
    Report(ReportId),
    Feed(u64),
}

impl Details for ReportDetails {
    type Id = ReportSubject;

    const SCOPE: Scope = Scope::Report;
    const SLOTS: &'static [Slot] = &[Slot::Report, Slot::ReportAlerts];
    const PLACEHOLDER: &'static str = "Select a feed or a report for details";

    fn subject_id(session: &Session) -> Option<ReportSubject> {
        let report = session.selection.report.as_ref();
        let feed = || Some(ReportSubject::Feed(session.selection.feed.as_ref()?.id.0));
        report.map(|report| ReportSubject::Report(report.id.clone())).or_else(feed)
    }

    fn title(session: &Session) -> String {
        match (&session.selection.report, &session.selection.feed) {
            (Some(report), _) => {
                let id = text::fit(&report.id.id, 40);
                format!("Report {id} of feed {}", report.id.feed)
            }
            (None, Some(feed)) => format!("Feed {}", feed.id),
            (None, None) => "Report".into(),
        }
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        let report = session.selection.report.as_ref()?;
        let details = session.report_details_of(&report.id).and_then(Remote::latest);
        details.map(|fetched| fetched.as_of).or_else(|| fetched_at(Some(report), session))
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let mut fields = Vec::new();
        if let Some(report) = &session.selection.report {
            fields.extend(report_fields(report, session, theme));
            fields.push(FieldRow::single_line("", ""));
        }
        let feed_id = session.selection.report.as_ref().map(|report| report.id.feed);
        let mut feeds = session.lists.pages::<Feed>().loaded_rows().map(|(_, feed)| feed);
        let feed = match feed_id {
            Some(id) => feeds.find(|feed| feed.id == id),
            None => session.selection.feed.as_ref(),
        };
        fields.extend(feed.into_iter().flat_map(|feed| feed_fields(feed, theme)));
        fields
    }

    fn destination(session: &Session) -> Option<Destination> {
        let report = session.selection.report.as_ref()?;
        Some(Destination::Search(Index::Alert, report_alerts_query(report)))
    }

    fn observables(session: &Session) -> Option<Observables> {
        session.selection.report.as_deref().map(Observables::of_report)
    }

    fn record(session: &Session) -> Option<Document> {
        let Some(row) = session.selection.report.as_deref() else {
            return Some(session.selection.feed.as_ref()?.document.clone());
        };
        Some(report_details(row, session).unwrap_or(row).document.clone())
    }

    fn clip(session: &Session, action: Action) -> Option<Clip> {
        let row = session.selection.report.as_deref()?;
        let report = report_details(row, session).unwrap_or(row);
        let fields = [report.id.raw().into(), report.title.clone(), report.link.clone()];
        let values = report.indicators.iter().map(|indicator| indicator.value.clone());
        copy::fields_clip(|| fields.into_iter().chain(values), &report.document, action)
    }
}

fn report_fields(row: &Report, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let details = report_details(row, session);
    let report = details.unwrap_or(row);
    let score = report.score.map_or("unknown".into(), |score| score.to_string());
    let ignored = match report.is_ignored {
        Some(true) => Span::styled("  IGNORED (no alerts)", theme.caution),
        Some(false) => Span::styled("  raises alerts", theme.muted),
        None => Span::raw(""),
    };
    let score = Line::from(vec![Span::styled(score, theme.caution), ignored]);
    let created = report.created.map(|at| {
        let at = session.connection.zone.format(at, Precision::Second);
        FieldRow::single_line("created", Line::styled(at, theme.time))
    });
    let tags: Vec<_> = report.tags.iter().map(text::excerpt).collect();
    let mut fields = vec![
        text_field("", &report.title),
        Some(FieldRow::single_line("score", score)),
        Some(FieldRow::single_line("alerts", alert_count_line(row, session, theme))),
        text_field("feed", &report.feed_name),
        created,
        address_field("link", &report.link),
        (!tags.is_empty()).then(|| FieldRow::multi_line("tags", tags.join(", "), MAX_LINES)),
        text_field("description", &report.description),
    ];
    let indicators = report.indicators.iter().map(|indicator| {
        let kind = ["query", "md5", "sha256", "dns", "ipv4", "ipv6"];
        let kind = kind.into_iter().find(|kind| indicator.kind.eq_ignore_case(kind));
        let value = query::indicator_text(indicator.kind.raw(), indicator.value.raw());
        let value = text::excerpt(&value.as_str().into());
        let value = Line::styled(value, theme.number);
        Some(FieldRow::multi_line(kind.unwrap_or("indicator"), value, MAX_LINES))
    });
    fields.extend(indicators);
    let mut fields: Vec<_> = fields.into_iter().flatten().collect();
    let note = match details {
        None if session.report_details_of(&row.id).is_some_and(RemoteState::is_pending) => {
            Some(("Loading…", theme.muted))
        }
        None => Some(("details not loaded; search result only", theme.unknown)),
        Some(details) if details.indicators.is_empty() => Some(("nothing", theme.muted)),
        Some(_) => None,
    };
    if let Some((text, style)) = note {
        fields.push(FieldRow::single_line("indicators", Line::styled(text, style)));
    }
    fields
}

/// Returns the report with all its indicators, if that is loaded: search results do not have them.
fn report_details<'s>(row: &Report, session: &'s Session) -> Option<&'s Report> {
    let fetched = session.report_details_of(&row.id)?.latest()?;
    Some(&fetched.value)
}

/// Returns how many alerts the report has raised.
fn alert_count_line(report: &Report, session: &Session, theme: &Theme) -> Line<'static> {
    let remote = session.report_alert_count(report);
    match remote.and_then(Remote::latest) {
        Some(fetched) => {
            let as_of = session.describe_answer_time(fetched.as_of);
            format!("{} ({as_of})", group_thousands(*fetched.value)).into()
        }
        None => missing_line(remote, theme),
    }
}

fn feed_fields(feed: &Feed, theme: &Theme) -> Vec<FieldRow<'static>> {
    let state = match (feed.is_enabled, feed.is_manual) {
        (Some(true), Some(true)) => "enabled, local",
        (Some(true), _) => "enabled",
        (Some(false), Some(true)) => "DISABLED, local",
        (Some(false), _) => "DISABLED",
        (None, _) => "unknown whether it is enabled",
    };
    let style = if feed.is_enabled == Some(true) { theme.good } else { theme.caution };
    let fields = [
        text_field("feed", feed.title()),
        Some(FieldRow::single_line("", Line::styled(state, style))),
        text_field("name", &feed.name),
        text_field("what", &feed.summary),
        text_field("category", &feed.category),
        address_field("URL", &feed.url),
        address_field("provider", &feed.provider_url),
    ];
    fields.into_iter().flatten().collect()
}
