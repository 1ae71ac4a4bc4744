//! How a sheet looks: what is known above, what is typed and the two buttons below.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{SheetPane, fields::Focus};
use crate::deeds::{Deed, Plan, Prepared, Target};
use crate::panes::entry::Entry;
use crate::session::{Preview, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{Field, Fields};

/// Lines that one thing may take.
const LONG: usize = 6;

/// Cells of the names of what is typed.
const LABEL: u16 = 28;

/// Draws the sheet.
pub(super) fn render(
    pane: &mut SheetPane,
    frame: &mut Frame<'_>,
    area: Rect,
    session: &Session,
    theme: &Theme,
) {
    let wanted = pane.wanted(session);
    let n_typed = 2 + u16::from(wanted.is_some());
    let [above, _, typed, buttons] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(n_typed),
        Constraint::Length(1),
    ])
    .areas(area);
    let lines = lines(pane, session, theme);
    let fields: Vec<_> = lines
        .into_iter()
        .map(|(label, line)| Field::wrapped(label, line, LONG))
        .collect();
    pane.height = usize::from(above.height).max(1);
    let list = Fields {
        fields: &fields,
        scroll: pane.offset,
    };
    pane.n_lines = list.render(above, frame.buffer_mut(), theme);
    pane.offset = pane.offset.min(pane.n_lines.saturating_sub(pane.height));
    let n_below = pane.n_lines.saturating_sub(pane.offset + pane.height);
    if n_below > 0 {
        let text = format!("{n_below} more lines below: down");
        let at = Rect {
            y: above.bottom(),
            height: 1,
            ..above
        };
        frame.render_widget(Line::styled(text, theme.caution), at);
    }
    let is_required = pane.deeds.iter().any(Deed::needs_reason);
    let reason = if is_required {
        "reason (required)"
    } else {
        "reason"
    };
    let mut rows = typed.rows();
    let mut row = |label: &str, entry: &Entry, focus| {
        if let Some(area) = rows.next() {
            field(frame, area, label, entry, pane.fields.focus == focus, theme);
        }
    };
    row(reason, &pane.fields.reason, Focus::Reason);
    row("ticket", &pane.fields.ticket, Focus::Ticket);
    if let Some((what, wanted)) = &wanted {
        let label = text::fit(&format!("{what}: {wanted}").into(), usize::from(LABEL) - 1);
        row(&label, &pane.fields.typed, Focus::Typed);
    }
    let trouble = pane.trouble(session);
    let button = |text: String, focus, style| {
        let style = if pane.fields.focus == focus {
            theme.selection
        } else {
            style
        };
        Span::styled(format!("[ {text} ]"), style)
    };
    let verb = if trouble.is_some() {
        theme.muted
    } else {
        theme.bad
    };
    let line = Line::from(vec![
        button(pane.verb().to_owned(), Focus::Do, verb),
        Span::raw("  "),
        button("cancel".into(), Focus::Cancel, theme.text),
        Span::raw("  "),
        Span::styled(trouble.unwrap_or_default(), theme.caution),
    ]);
    frame.render_widget(line, buttons);
}

/// One line that is typed.
fn field(
    frame: &mut Frame<'_>,
    area: Rect,
    label: &str,
    entry: &Entry,
    is_focused: bool,
    theme: &Theme,
) {
    let style = if is_focused { theme.title } else { theme.muted };
    let width = usize::from(LABEL.min(area.width / 2));
    let label = Span::styled(format!("{label:<width$}"), style);
    let at = entry.render_idle(label, frame, area, theme);
    if is_focused {
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), area.y));
    }
}

/// Everything that is known, by what it is.
fn lines(pane: &SheetPane, session: &Session, theme: &Theme) -> Vec<(&'static str, Line<'static>)> {
    let shown = |text: &str| text::visible(&text.into());
    let mut lines: Vec<(&'static str, Line<'static>)> = Vec::new();
    for text in &pane.preface {
        lines.push(("", Line::styled(shown(text), theme.title)));
    }
    let Some(preview) = pane.preview(session) else {
        return lines;
    };
    lines.extend(known(preview, session, theme));
    let plans = pane.plans(session);
    // What is the same for all is said once.
    let shared = |pick: fn(&Plan) -> &[String], text: &String| {
        plans.len() > 1 && plans.iter().all(|plan| pick(plan).contains(text))
    };
    for plan in &plans {
        for effect in &plan.effects {
            if !shared(|plan| &plan.effects, effect) {
                lines.push(("", Line::styled(shown(effect), theme.text)));
            }
        }
        if let Some(why) = &plan.protection {
            lines.push(("PROTECTED", Line::styled(shown(why), theme.bad)));
        }
        for warning in &plan.warnings {
            if !shared(|plan| &plan.warnings, warning) {
                lines.push(("warning", Line::styled(shown(warning), theme.caution)));
            }
        }
    }
    if let Some(first) = plans.first() {
        for effect in &first.effects {
            if shared(|plan| &plan.effects, effect) {
                lines.push(("each", Line::styled(shown(effect), theme.text)));
            }
        }
        for warning in &first.warnings {
            if shared(|plan| &plan.warnings, warning) {
                lines.push(("warning", Line::styled(shown(warning), theme.caution)));
            }
        }
    }
    lines.extend(radius(preview, theme));
    lines.extend(answers(preview, theme));
    let grounds = pane.grounds();
    for change in plans.iter().flat_map(|plan| plan.changes(&grounds)) {
        lines.push((
            "sends",
            Line::styled(shown(&change.to_string()), theme.muted),
        ));
    }
    lines
}

/// What is known already of the targets that are still looked up.
fn known(
    preview: &Preview,
    session: &Session,
    theme: &Theme,
) -> Vec<(&'static str, Line<'static>)> {
    let each = preview.deeds.iter().zip(&preview.prepared);
    let awaited = each.filter(|(_, one)| one.is_none());
    let said = awaited.map(|(deed, _)| match deed.target() {
        Target::Sensor(id) => match session.known_sensor(id) {
            Some(sensor) => {
                let name = text::visible(&sensor.computer_name);
                format!(
                    "{name}  sensor {id}, {} as last seen here",
                    sensor.isolation()
                )
            }
            None => format!("sensor {id}"),
        },
        Target::Hash(md5) => match session.known_name(md5) {
            Some(name) => format!("{md5}  {}", text::visible(&name)),
            None => md5.to_string(),
        },
    });
    said.map(|said| ("", Line::styled(said, theme.stale)))
        .collect()
}

/// Whom it will hit: what speaks against it first, then each line with its source.
fn radius(preview: &Preview, theme: &Theme) -> Vec<(&'static str, Line<'static>)> {
    let shown = |text: &str| text::visible(&text.into());
    let is_alone = preview.deeds.len() == 1;
    let name = |at: usize| match preview.prepared.get(at) {
        Some(Some(Ok(Prepared::Ready(plan)))) if !is_alone => format!("{}: ", plan.state.name()),
        _ => String::new(),
    };
    let mut facts: Vec<_> = preview.facts.iter().collect();
    // In the order of targets and lines, whatever came first.
    let order = |what: &str| {
        let looks = preview.deeds.first().map_or(&[][..], Deed::looks);
        looks.iter().position(|look| *look == what)
    };
    facts.sort_by_key(|(at, fact)| (*at, order(fact.what)));
    let mut lines = Vec::new();
    for (at, fact) in &facts {
        for warning in &fact.warnings {
            let text = format!("{}{warning}", name(*at));
            lines.push(("WARNING", Line::styled(shown(&text), theme.bad)));
        }
    }
    for (at, fact) in &facts {
        let said = shown(&format!("{}{}", name(*at), fact.said));
        let style = if fact.is_known {
            theme.text
        } else {
            theme.unknown
        };
        let mut line = Line::styled(said, style);
        if !fact.source.is_empty() {
            let source = format!("  [{}]", shown(&fact.source));
            line.push_span(Span::styled(source, theme.muted));
        }
        lines.push((fact.what, line));
    }
    let n_pending = preview.n_pending();
    let requests: u32 = facts.iter().map(|(_, fact)| fact.requests).sum();
    if n_pending > 0 && !preview.prepared.iter().any(Option::is_none) {
        let text = format!("{n_pending} more lines are looked up; ^c gives up");
        lines.push(("", Line::styled(text, theme.muted)));
    } else if requests > 0 {
        let text = format!("{requests} requests told this");
        lines.push(("", Line::styled(text, theme.muted)));
    }
    lines
}

/// What is not done, and why; and what is still awaited.
fn answers(preview: &Preview, theme: &Theme) -> Vec<(&'static str, Line<'static>)> {
    let shown = |text: &str| text::visible(&text.into());
    let is_alone = preview.deeds.len() == 1;
    let mut lines = Vec::new();
    for one in &preview.prepared {
        let line = match one {
            None => ("", Line::styled("looking it up; ^c gives up", theme.muted)),
            Some(Ok(Prepared::AlreadySo(said))) => {
                ("already so", Line::styled(shown(said), theme.good))
            }
            Some(Ok(Prepared::Refused(refusal))) => {
                let text = format!("{}; {}", refusal.why, refusal.hint);
                ("refused", Line::styled(shown(&text), theme.bad))
            }
            Some(Ok(Prepared::Ready(plan))) => match &plan.protection {
                Some(why) if !is_alone => {
                    let text = format!("{}: {why}; name it alone", plan.state.name());
                    ("left out", Line::styled(shown(&text), theme.caution))
                }
                _ => continue,
            },
            Some(Err(error)) => {
                let hint = error
                    .hint()
                    .map_or(String::new(), |hint| format!("; {hint}"));
                (
                    "unknown",
                    Line::styled(shown(&format!("{error}{hint}")), theme.bad),
                )
            }
        };
        lines.push(line);
    }
    lines
}
