//! Fields of an alert group: what its alerts share, their number, status and assignees.

use ratatui::text::Line;

use super::fields::time_field;
use crate::columns::alert::format_score;
use crate::panes::{
    count_hosts,
    list::{group_name, group_thousands, owners_text, statuses_text},
};
use crate::session::{AlertGroup, GroupBy, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that one field may take.
const MAX_LINES: usize = 4;

/// Returns the fields of the group, and a heading for those of its newest alert, if it is loaded.
pub(super) fn facts(group: &AlertGroup, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let label = match group.group_by() {
        GroupBy::Report => "source",
        GroupBy::Host => "host",
        GroupBy::Hash => "hash",
        GroupBy::User => "user",
    };
    let severity = group.severity.map_or("unknown".into(), |severity| format_score(severity).to_string());
    let owners = owners_text(group);
    let owners = owners.non_empty().map_or("unassigned".into(), text::excerpt);
    let alerts = match group.len() {
        1 => "1".to_owned(),
        len => format!("{} on {}", group_thousands(n(len)), count_hosts(n(group.n_hosts))),
    };
    let mut fields = vec![
        FieldRow::multi_line(label, text::excerpt(&group_name(group)), MAX_LINES),
        FieldRow::single_line("severity", Line::styled(severity, theme.caution)),
        FieldRow::single_line("alerts", alerts),
        FieldRow::multi_line("status", text::excerpt(&statuses_text(group)), MAX_LINES),
        FieldRow::multi_line("assigned", owners, MAX_LINES),
    ];
    fields.extend(time_field("newest", group.newest, session, theme));
    if group.len() > 1 {
        fields.extend(time_field("oldest", group.oldest, session, theme));
    }
    let is_loaded = session.selection.alert.is_some();
    fields.extend(Some(FieldRow::single_line("", "")).filter(|_| is_loaded));
    let text = if group.len() > 1 { "Newest:" } else { "Alert:" };
    fields.extend(Some(FieldRow::single_line("", Line::styled(text, theme.muted))).filter(|_| is_loaded));
    fields
}
