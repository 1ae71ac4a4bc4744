//! The threat report under the cursor, with all that it looks for, and below it the feed it may come from.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::{Card, LONG, address, page_of, said};
use crate::keys::{Action, Scope};
use crate::model::{Document, Feed, Precision, Report, ReportId};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    details::subject::missing,
    list::thousands,
    pivot::Clues,
};
use crate::query::{self, Index};
use crate::session::{Awaiting, Lead, Remote, Session, alerts_of};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Field;
use crate::worker::Slot;

/// The card of a threat report.
#[derive(Debug)]
pub struct ReportCard;

/// Whose card it is: a report's, or a feed's that has none to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Report(ReportId),
    Feed(u64),
}

impl Card for ReportCard {
    type Id = Subject;

    const PANE: PaneId = PaneId::Report;
    const SCOPE: Scope = Scope::Report;
    const SLOTS: &'static [Slot] = &[Slot::Report, Slot::ReportAlerts];
    const NONE: &'static str = "Select a feed or a report for details";

    fn shown(session: &Session) -> Option<Subject> {
        let report = session.looked_up.as_ref();
        let feed = || Some(Subject::Feed(session.feed.as_ref()?.id.0));
        report.map(|report| Subject::Report(report.id.clone())).or_else(feed)
    }

    fn title(session: &Session) -> String {
        match (&session.looked_up, &session.feed) {
            (Some(report), _) => {
                let id = text::fit(&report.id.id, 40);
                format!("Report {id} of feed {}", report.id.feed)
            }
            (None, Some(feed)) => format!("Feed {}", feed.id),
            (None, None) => "Report".into(),
        }
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        let found = session.looked_up.as_ref()?;
        let whole = session.report_of(&found.id).and_then(Remote::current);
        let whole = whole.map(|known| known.as_of);
        whole.or_else(|| page_of(Some(found), session))
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<Field<'static>> {
        let mut fields = Vec::new();
        if let Some(found) = &session.looked_up {
            fields.extend(report(found, session, theme));
            fields.push(Field::cut("", ""));
        }
        let of = session.looked_up.as_ref().map(|report| report.id.feed);
        let mut feeds = session.feeds.here().map(|(_, feed)| feed);
        let feed = match of {
            Some(id) => feeds.find(|feed| feed.id == id),
            None => session.feed.as_ref(),
        };
        fields.extend(feed.into_iter().flat_map(|feed| feed_facts(feed, theme)));
        fields
    }

    fn lead(session: &Session) -> Option<Lead> {
        let report = session.looked_up.as_ref()?;
        Some(Lead::Search(Index::Alert, alerts_of(report)))
    }

    fn clues(session: &Session) -> Option<Clues> {
        session.looked_up.as_deref().map(Clues::of_report)
    }

    fn record(session: &Session) -> Option<Document> {
        let Some(found) = session.looked_up.as_deref() else {
            return Some(session.feed.as_ref()?.document.clone());
        };
        Some(whole(found, session).unwrap_or(found).document.clone())
    }

    fn copied(session: &Session, action: Action) -> Option<Copied> {
        let found = session.looked_up.as_deref()?;
        let report = whole(found, session).unwrap_or(found);
        let own = [report.id.raw().into(), report.title.clone(), report.link.clone()];
        let values = report.indicators.iter().map(|one| one.value.clone());
        copy::fields(|| own.into_iter().chain(values), &report.document, action)
    }
}

fn report(found: &Report, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let whole = whole(found, session);
    let report = whole.unwrap_or(found);
    let score = report.score.map_or("unknown".into(), |score| score.to_string());
    let ignored = match report.is_ignored {
        Some(true) => Span::styled("  IGNORED (no alerts)", theme.caution),
        Some(false) => Span::styled("  raises alerts", theme.muted),
        None => Span::raw(""),
    };
    let score = Line::from(vec![Span::styled(score, theme.caution), ignored]);
    let created = report.created.map(|at| {
        let at = session.zone.show(at, Precision::Second);
        Field::cut("created", Line::styled(at, theme.time))
    });
    let tags: Vec<_> = report.tags.iter().map(text::excerpt).collect();
    let mut fields = vec![
        said("", &report.title),
        Some(Field::cut("score", score)),
        Some(Field::cut("alerts", alerts(found, session, theme))),
        said("feed", &report.feed_name),
        created,
        address("link", &report.link),
        (!tags.is_empty()).then(|| Field::wrapped("tags", tags.join(", "), LONG)),
        said("description", &report.description),
    ];
    let indicators = report.indicators.iter().map(|indicator| {
        let kind = ["query", "md5", "sha256", "dns", "ipv4", "ipv6"];
        let kind = kind.into_iter().find(|kind| indicator.kind.is_like(kind));
        let value = query::indicated(indicator.kind.raw(), indicator.value.raw());
        let value = text::excerpt(&value.as_str().into());
        let value = Line::styled(value, theme.number);
        Some(Field::wrapped(kind.unwrap_or("indicator"), value, LONG))
    });
    fields.extend(indicators);
    let mut fields: Vec<_> = fields.into_iter().flatten().collect();
    let note = match whole {
        None if session.report_of(&found.id).is_some_and(Awaiting::is_pending) => Some(("Loading…", theme.muted)),
        None => Some(("details not loaded; search result only", theme.unknown)),
        Some(whole) if whole.indicators.is_empty() => Some(("nothing", theme.muted)),
        Some(_) => None,
    };
    if let Some((text, style)) = note {
        fields.push(Field::cut("indicators", Line::styled(text, style)));
    }
    fields
}

/// A report with all that it looks for, if that is here.
fn whole<'s>(found: &Report, session: &'s Session) -> Option<&'s Report> {
    let known = session.report_of(&found.id)?.current()?;
    Some(&known.value)
}

/// How many alerts it has raised.
fn alerts(report: &Report, session: &Session, theme: &Theme) -> Line<'static> {
    let remote = session.alerts_of(report);
    match remote.and_then(Remote::current) {
        Some(known) => {
            let as_of = session.as_of(known.as_of);
            format!("{} ({as_of})", thousands(*known.value)).into()
        }
        None => missing(remote, theme),
    }
}

fn feed_facts(feed: &Feed, theme: &Theme) -> Vec<Field<'static>> {
    let state = match (feed.is_enabled, feed.is_manual) {
        (Some(true), Some(true)) => "enabled, local",
        (Some(true), _) => "enabled",
        (Some(false), Some(true)) => "DISABLED, local",
        (Some(false), _) => "DISABLED",
        (None, _) => "unknown whether it is enabled",
    };
    let style = if feed.is_enabled == Some(true) { theme.good } else { theme.caution };
    let fields = [
        said("feed", feed.title()),
        Some(Field::cut("", Line::styled(state, style))),
        said("name", &feed.name),
        said("what", &feed.summary),
        said("category", &feed.category),
        address("URL", &feed.url),
        address("provider", &feed.provider_url),
    ];
    fields.into_iter().flatten().collect()
}
