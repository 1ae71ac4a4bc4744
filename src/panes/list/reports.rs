//! The threat reports found: what feeds warn of.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::Scope;
use crate::model::Report;
use crate::panes::{PaneId, pivot::Clues};
use crate::query::{self, Index};
use crate::session::{Cx, Lead, alerts_of};
use crate::text::Untrusted;
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The reports of a feed, or those that a query finds.
#[derive(Debug)]
pub struct Reports;

impl Kind for Reports {
    type Row = Report;

    const PANE: PaneId = PaneId::Reports;
    const SCOPE: Scope = Scope::Reports;
    const NAME: &'static str = "Reports";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Reports, 0), Slot::Info];
    const UNASKED: &'static str = "Select a feed, or type a query and press Enter";
    const EMPTY: &'static str = "No reports match, or the feed has none";
    const FIELDS: &'static [Field<Report>] = FIELDS;
    const SHOWN: usize = 5;
    const IS_COUNTED: bool = true;

    fn rest(row: Option<&Arc<Report>>, cx: &mut Cx<'_>) {
        cx.look_up(row);
    }

    fn lead(row: &Report) -> Option<Lead> {
        Some(Lead::Search(Index::Alert, alerts_of(row)))
    }

    fn clues(row: &Report) -> Clues {
        Clues::of_report(row)
    }
}

/// What it looks for, as far as a search has it.
fn indicators(report: &Report) -> Untrusted {
    let all = report.indicators.iter();
    let all: Vec<_> = all.map(|one| query::indicated(one.kind.raw(), one.value.raw())).collect();
    all.join(" ").into()
}

const FIELDS: &[Field<Report>] = &[
    Field::new(
        "score",
        Column::right("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |report, _| match report.score {
            Some(score) => Value::Text(score.to_string().into()),
            None => Value::None,
        },
    ),
    Field::new(
        "is_ignored",
        Column::left("IGNORED", 7, 7, 2),
        |theme| theme.caution,
        |report, session| match session.is_ignored(report) {
            Some(true) => Value::Word("IGNORED"),
            Some(false) => Value::None,
            None => Value::Missing,
        },
    ),
    Field::new(
        "title",
        Column::left("TITLE", 30, Column::REST, 0),
        |theme| theme.accent,
        |report, _| (&report.title).into(),
    ),
    Field::time("create_time", "CREATED", 3, |report, _| Value::time(report.created)),
    Field::new(
        "feed_name",
        Column::left("FEED", 8, 14, 4),
        |theme| theme.muted,
        |report, _| (&report.feed_name).into(),
    ),
    Field::new("report_id", Column::left("REPORT", 8, 16, 5), |theme| theme.number, |report, _| (&report.id.id).into()),
    Field::new(
        "tags",
        Column::left("TAGS", 8, 20, 6),
        |theme| theme.text,
        |report, _| {
            let tags: Vec<_> = report.tags.iter().map(Untrusted::raw).collect();
            Value::Text(tags.join(" ").into())
        },
    ),
    Field::new(
        "indicators",
        Column::left("INDICATORS", 16, 40, 6),
        |theme| theme.text,
        |report, _| Value::Text(indicators(report)),
    ),
    Field::new("link", Column::left("LINK", 16, 40, 7), |theme| theme.text, |report, _| (&report.link).into()),
    Field::new(
        "description",
        Column::left("DESCRIPTION", 16, 40, 7),
        |theme| theme.text,
        |report, _| (&report.description).into(),
    ),
];
