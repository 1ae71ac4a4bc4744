//! The prompt that asks for the other side of a facet comparison.

use ratatui::text::Line;

use crate::model::{Period, Process};
use crate::panes::{
    ActionResult,
    prompt::{Prompt, Question, line::LineInput},
};
use crate::query::{self, Index};
use crate::session::{Cx, FacetComparison, Session};
use crate::text::Untrusted;
use crate::theme::Theme;

/// The prompt for the other side of a comparison.
pub(super) type ComparePane = Prompt<Compare>;

/// The question: a condition or a time range.
#[derive(Debug)]
pub(in crate::panes) struct Compare;

impl ComparePane {
    /// Creates the prompt. Its initial text is a condition for `value` if `field` is a host, user or group.
    pub(super) fn new(field: &str, value: Option<&Untrusted>, session: &Session) -> Self {
        let is_comparable = matches!(field, "hostname" | "username" | "username_full" | "group");
        let value = value.filter(|_| is_comparable);
        let condition = value.and_then(|value| query::facet_condition(field, value.raw()));
        let condition = match (&session.search.facet_counts.comparison, condition) {
            (Some(FacetComparison::Condition(previous)), None) => Some(previous.clone()),
            (_, condition) => condition,
        };
        Self::with_text(Compare, &condition.unwrap_or_default())
    }
}

impl Question for Compare {
    const LABEL: &'static str = "B  ";

    fn title(&self, _: &Session) -> Line<'static> {
        "Compare with".into()
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        if text.is_empty() {
            cx.lists().compare_with(None);
            return ActionResult::Close;
        }
        let search = cx.session().lists.pages::<Process>().search().cloned();
        match (FacetComparison::parse(text, cx.now), search) {
            (_, None) => cx.notify("No search yet"),
            (Some(other), Some(search)) if other.apply_to(&search).is_some() => {
                cx.lists().compare_with(Some(other));
                return ActionResult::Close;
            }
            (Some(_), Some(_)) => cx.warn("The query has an error: fix it first"),
            (None, _) if Period::is_text_backward(text, cx.now) => {
                cx.warn("The time range ends before it begins: the earlier end comes first (-30d..-7d)");
            }
            (None, _) => cx.warn("Neither a condition (hostname:x) nor a time range (-30d)"),
        }
        ActionResult::Done
    }

    fn replace_link(&mut self, line: &mut LineInput, cx: &mut Cx<'_>) -> bool {
        line.replace_link(Index::Process, cx)
    }

    fn hints(&self, _: &str, _: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let lines = [
            "",
            "hostname:x     another host",
            "username:x     another user",
            "-30d           another time: the last 30 days",
            "-30d..-7d       a time range",
            "",
            "Same query with this host, user or time range",
            "Empty = stop comparing",
        ];
        lines.map(|text| Line::styled(text, theme.muted)).into()
    }
}
