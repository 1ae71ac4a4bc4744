//! A group of alerts: what they share, and how far they are.

use ratatui::text::Line;

use super::fields::time;
use crate::panes::{
    hosts,
    list::{group_name, owners, score, statuses, thousands},
};
use crate::session::{Bundle, By, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Field;

/// Lines that several names may take.
const LONG: usize = 4;

/// The facts of the group, and the line that leads to those of its newest alert.
pub(super) fn facts(bundle: &Bundle, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let label = match bundle.by() {
        By::Report => "source",
        By::Host => "host",
        By::Hash => "hash",
        By::User => "user",
    };
    let severity = bundle.severity.map_or("unknown".into(), |severity| score(severity).to_string());
    let owners = owners(bundle);
    let owners = owners.non_empty().map_or("unassigned".into(), text::excerpt);
    let alerts = match bundle.len() {
        1 => "1".to_owned(),
        len => format!("{} on {}", thousands(n(len)), hosts(n(bundle.n_hosts))),
    };
    let mut fields = vec![
        Field::wrapped(label, text::excerpt(&group_name(bundle)), LONG),
        Field::cut("severity", Line::styled(severity, theme.caution)),
        Field::cut("alerts", alerts),
        Field::wrapped("status", text::excerpt(&statuses(bundle)), LONG),
        Field::wrapped("assigned", owners, LONG),
    ];
    fields.extend(time("newest", bundle.newest, session, theme));
    if bundle.len() > 1 {
        fields.extend(time("oldest", bundle.oldest, session, theme));
    }
    let is_known = session.alert.is_some();
    fields.extend(Some(Field::cut("", "")).filter(|_| is_known));
    let text = if bundle.len() > 1 { "Newest:" } else { "Alert:" };
    fields.extend(Some(Field::cut("", Line::styled(text, theme.muted))).filter(|_| is_known));
    fields
}
