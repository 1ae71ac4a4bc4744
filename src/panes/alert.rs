//! The alert under the cursor: why it was raised, on what, and what became of it.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    Look, Pane, PaneId, hosts,
    list::{indicator, object, score, source},
    motion,
    pivot::{self, Clues},
    yank,
};
use crate::keys::{Action, Scope};
use crate::model::{Alert, AlertKind, AlertSource, Precision, Zone};
use crate::session::{Cx, Lead, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{Field, Fields};

/// Lines that a description or a query may take.
const LONG: usize = 8;

/// The pane with the alert under the cursor.
#[derive(Debug, Default)]
pub struct AlertPane {
    offset: usize,
    n_lines: usize,
    height: usize,
}

impl Pane for AlertPane {
    fn id(&self) -> PaneId {
        PaneId::Alert
    }

    fn scope(&self) -> Scope {
        Scope::Alert
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Why it was raised".into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = motion::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        let Some(alert) = cx.session().alert.clone() else {
            cx.notify("no alert is under the cursor");
            return true;
        };
        if action == Action::Open {
            match alert.process {
                Some(id) => cx.lead(Lead::Process(id)),
                None => cx.notify("this alert names no process"),
            }
            return true;
        }
        pivot::follow(action, cx, |_| vec![Clues::of_alert(&alert)])
            || yank::copy_one(yank::alert(&alert, action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let alert = session.alert.as_deref();
        alert.map(Clues::of_alert).into_iter().collect()
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || self.clues(session).pop())
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let Some(alert) = &session.alert else {
            let text = "select an alert to see why it was raised";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        };
        let fields = facts(alert, &session.zone, look.theme);
        self.height = usize::from(area.height);
        self.offset = self.offset.min(fields.len().saturating_sub(1));
        let list = Fields {
            fields: &fields,
            scroll: self.offset,
        };
        self.n_lines = list.render(area, frame.buffer_mut(), look.theme);
    }
}

fn facts(alert: &Alert, zone: &Zone, theme: &Theme) -> Vec<Field<'static>> {
    let said = |label, text: &Untrusted| {
        let text = text.non_empty()?;
        Some(Field::wrapped(label, text::visible(text), LONG))
    };
    let time = |label, at: Option<jiff::Timestamp>| {
        let at = zone.show(at?, Precision::Second);
        Some(Field::cut(label, Line::styled(at, theme.time)))
    };
    let (what, feed) = match alert.source {
        AlertSource::Watchlist => ("watchlist", None),
        AlertSource::Report(_) => ("report", said("feed", &alert.feed_name)),
    };
    let severity = alert
        .severity
        .map_or("not known".into(), |severity| score(severity).to_string());
    let report_score = alert.report_score.map(|score| format!("  report {score}"));
    let scores = Line::from(vec![
        Span::styled(severity, theme.caution),
        Span::raw(report_score.unwrap_or_default()),
    ]);
    let found = match &alert.kind {
        AlertKind::IngressProcess | AlertKind::IngressBinary | AlertKind::IngressHost => {
            "as events came in".into()
        }
        AlertKind::QueryProcess | AlertKind::QueryBinary => "by a search".into(),
        AlertKind::Other(word) => text::visible(word),
    };
    let assigned = alert.assigned_to.non_empty();
    let assigned = assigned.map_or("nobody".into(), text::visible);
    let ignored = alert.is_report_ignored == Some(true);
    let matched = alert.indicator.matched.iter();
    let gap = || Some(Field::cut("", ""));
    let mut fields = vec![
        said(what, source(alert)),
        feed,
        ignored.then(|| {
            Field::cut(
                "",
                Line::styled("this report is ignored by now", theme.caution),
            )
        }),
        Some(Field::cut("score", scores)),
        said("says", &alert.description),
        said("link", &text::defang(&alert.link).into()),
        said(kind_of(alert), &indicator(alert)),
    ];
    fields.extend(matched.map(|matched| said("matched", matched)));
    fields.extend([
        Some(Field::cut("found", found)),
        time("created", alert.created),
        gap(),
        said("host", &alert.host),
        said("group", &alert.group),
        said("user", &alert.user),
        object(alert).and_then(|name| said("process", &name)),
        said("path", &alert.process_path),
        alert.md5.map(|md5| Field::cut("md5", md5.to_string())),
        alert.hosts.map(|n| Field::cut("seen on", hosts(n))),
        gap(),
        said("status", &alert.status.word()),
        Some(Field::cut("assigned", assigned)),
        time("resolved", alert.resolved),
    ]);
    fields.into_iter().flatten().collect()
}

/// What the indicator is; the server's word where it is short enough for a label.
fn kind_of(alert: &Alert) -> &'static str {
    let kind = &alert.indicator.kind;
    let known = [
        "query", "md5", "sha256", "dns", "ipv4", "ipv6", "ja3", "ja3s",
    ];
    let known = known.into_iter().find(|word| kind.is_like(word));
    known.unwrap_or("indicator")
}
