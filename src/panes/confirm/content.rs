//! What stands on a sheet, the most telling first: targets, what speaks against it, what it does, whom it hits, what is sent.

use ratatui::text::{Line, Span};

use super::ConfirmPane;
use crate::changes::{self, Change, ImpactLine, LoggedChange, Plan, Prepared};
use crate::session::{Preview, Session};
use crate::text;
use crate::theme::Theme;

/// What a request is about.
pub(super) const REQUEST: &str = "request";

/// As many alerts or hashes stand above what speaks against it; more stand below.
const MAX_TOP_TARGETS: usize = 6;

/// What a line of a target is marked with until it is drawn: it has no label on the screen.
pub(super) const TARGET_KIND: &str = "target";

/// A line, and what it is about.
pub(super) type Said = (&'static str, Line<'static>);

/// Everything that is known, by what it is.
pub(super) fn content_lines(pane: &ConfirmPane, session: &Session, theme: &Theme) -> Vec<Said> {
    let preface = pane.preface.iter();
    let mut lines: Vec<Said> = preface.map(|text| ("", Line::styled(escape_line(text), theme.title))).collect();
    lines.extend(hidden_lines(pane, theme));
    if let Some(cost) = changes::batch_cost(&pane.changes) {
        lines.push(("", Line::styled(cost, theme.muted)));
    }
    let Some(preview) = pane.preview(session) else {
        return lines;
    };
    let plans = pane.plans(session);
    lines.extend(unprepared_lines(pane, preview, session, theme));
    let (alerts, others): (Vec<&Plan>, Vec<&Plan>) = plans.iter().copied().partition(|plan| is_about_alerts(plan));
    let others = others.into_iter().flat_map(|plan| target_lines(plan, theme));
    let mut others: Vec<_> = others.collect();
    let alerts: Vec<_> = alerts.into_iter().flat_map(|plan| target_lines(plan, theme)).collect();
    // Nobody scrolls past hundreds of alerts or hashes to read what speaks against it.
    let (few, mut many) = if alerts.len() > MAX_TOP_TARGETS { (Vec::new(), alerts) } else { (alerts, Vec::new()) };
    if changes::is_batch(&pane.changes) && others.len() > MAX_TOP_TARGETS {
        many.extend(others.split_off(MAX_TOP_TARGETS));
        let more = format!("and {} more, listed below", many.len());
        others.push(("", Line::styled(more, theme.muted)));
    }
    lines.extend(others);
    lines.extend(few);
    lines.extend(pending_lines(preview, session, theme));
    lines.extend(excluded_lines(pane, preview, session, theme));
    let drift = conflicts(pane, &plans).into_iter();
    lines.extend(drift.map(|text| ("WARNING", Line::styled(escape_line(&text), theme.bad))));
    lines.extend(warning_lines(preview, &plans, theme));
    lines.extend(note_lines(preview, &plans, theme));
    for (names, effect) in group_by_targets(&plans, other_lines) {
        let text = format!("{names}{effect}");
        lines.push(("", Line::styled(escape_line(&text), theme.text)));
    }
    lines.extend(blast_radius_lines(preview, theme));
    lines.extend(many);
    let grounds = pane.justification();
    for change in plans.iter().flat_map(|plan| plan.write_requests(&grounds)) {
        let text = escape_line(&change.to_string());
        lines.push((REQUEST, Line::styled(text, theme.muted)));
    }
    lines
}

/// The marked rows that cannot be seen, apart from the others.
fn hidden_lines(pane: &ConfirmPane, theme: &Theme) -> Vec<Said> {
    let Some(marked) = &pane.hidden_rows else {
        return Vec::new();
    };
    let summary = ("HIDDEN", Line::styled(marked.summary(), theme.bad));
    let lines = marked.lines().into_iter();
    let lines = lines.map(|text| ("", Line::styled(escape_line(&text), theme.caution)));
    std::iter::once(summary).chain(lines).collect()
}

/// Whether a plan is about alerts: each of them is a target.
fn is_about_alerts(plan: &Plan) -> bool {
    matches!(plan.change, Change::Triage(_))
}

/// What becomes of the targets of a plan.
fn target_lines(plan: &Plan, theme: &Theme) -> Vec<Said> {
    let n = if is_about_alerts(plan) { plan.effects.len() } else { 1 };
    let lines = plan.effects.iter().take(n);
    let lines = lines.map(|text| (TARGET_KIND, Line::styled(escape_line(text), theme.text)));
    let protection = plan.protection.iter();
    let protection = protection.map(|why| ("PROTECTED", Line::styled(escape_line(why), theme.bad)));
    lines.chain(protection).collect()
}

/// What a plan says besides what becomes of its targets.
fn other_lines(plan: &Plan) -> &[String] {
    if is_about_alerts(plan) {
        return &[];
    }
    plan.effects.get(1..).unwrap_or_default()
}

/// What plans say, each once, with the names of those it holds for; without names where it holds for all.
fn group_by_targets<'p>(plans: &[&'p Plan], said: impl Fn(&'p Plan) -> &'p [String]) -> Vec<(String, &'p String)> {
    let mut gathered: Vec<(Vec<String>, &String)> = Vec::new();
    for plan in plans {
        for text in said(plan) {
            let name = plan.state.name();
            match gathered.iter_mut().find(|(_, other)| *other == text) {
                Some((names, _)) => names.push(name),
                None => gathered.push((vec![name], text)),
            }
        }
    }
    let named = |names: Vec<String>| {
        if names.len() == plans.len() { String::new() } else { format!("{}: ", names.join(", ")) }
    };
    let gathered = gathered.into_iter();
    gathered.map(|(names, text)| (named(names), text)).collect()
}

/// Actions on the same targets whose outcome is not known yet.
fn pending_actions<'s>(
    preview: &'s Preview,
    session: &'s Session,
) -> impl Iterator<Item = &'s std::sync::Arc<LoggedChange>> {
    let targets: Vec<_> = preview.pending_targets().collect();
    let acts = session.changes.history.iter().flat_map(|journal| &journal.activity);
    acts.filter(move |act| {
        let is_its = |deed: Change| targets.contains(&deed.target());
        act.submitted.server == session.connection.info.host && act.is_open() && act.change().is_some_and(is_its)
    })
}

fn pending_lines(preview: &Preview, session: &Session, theme: &Theme) -> Vec<Said> {
    let line = |act: &std::sync::Arc<LoggedChange>| {
        let sending = &act.submitted;
        let text = format!(
            "{} {} is still pending, by {}: entry {} in Activity (@)",
            changes::label(&sending.deed),
            sending.target.name,
            act.actor_name(),
            act.line
        );
        ("WARNING", Line::styled(escape_line(&text), theme.bad))
    };
    pending_actions(preview, session).map(line).collect()
}

/// What others have changed since the action that is undone: it would be lost.
fn conflicts(pane: &ConfirmPane, plans: &[&Plan]) -> Vec<String> {
    let drift = plans.iter().flat_map(|plan| {
        let act = pane.undone_change(plan);
        act.map_or_else(Vec::new, |act| act.changed_since(&plan.state))
    });
    drift.collect()
}

/// Whether anything speaks against it: then one key does not confirm it.
pub(super) fn has_warnings(pane: &ConfirmPane, session: &Session) -> bool {
    let Some(preview) = pane.preview(session) else {
        return false;
    };
    let plans = pane.plans(session);
    let mut facts = preview.impact_lines.iter();
    plans.iter().any(|plan| !plan.warnings.is_empty())
        || facts.any(|(_, fact)| !fact.warnings.is_empty())
        || pending_actions(preview, session).next().is_some()
        || !conflicts(pane, &plans).is_empty()
}

/// What speaks against it.
fn warning_lines(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<Said> {
    let texts = prefixed_texts(preview, plans, |plan| &plan.warnings, |fact| &fact.warnings);
    let line = |text: String| ("WARNING", Line::styled(escape_line(&text), theme.bad));
    texts.into_iter().map(line).collect()
}

/// What is to be known of it, and speaks against nothing.
fn note_lines(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<Said> {
    let texts = prefixed_texts(preview, plans, |plan| &plan.notes, |fact| &fact.notes);
    let line = |text: String| ("note", Line::styled(escape_line(&text), theme.caution));
    texts.into_iter().map(line).collect()
}

/// What the plans and then the lines of the blast radius say, with the names of the targets it holds for.
fn prefixed_texts<'p>(
    preview: &Preview,
    plans: &[&'p Plan],
    of_plan: impl Fn(&'p Plan) -> &'p [String],
    of_fact: impl Fn(&ImpactLine) -> &[String],
) -> Vec<String> {
    let own = group_by_targets(plans, of_plan).into_iter();
    let mut texts: Vec<_> = own.map(|(names, text)| format!("{names}{text}")).collect();
    for (at, fact) in sorted_impact_lines(preview) {
        let name = target_prefix(preview, at);
        texts.extend(of_fact(fact).iter().map(|text| format!("{name}{text}")));
    }
    texts
}

/// The lines of the blast radius, in the order of targets and lines, whatever came first.
fn sorted_impact_lines(preview: &Preview) -> Vec<(Option<usize>, &ImpactLine)> {
    let looks = preview.changes.first().map_or(&[][..], Change::probe_names);
    let order = |what: &str| looks.iter().position(|look| *look == what);
    let facts = preview.impact_lines.iter().map(|(at, fact)| (*at, fact));
    let mut facts: Vec<_> = facts.collect();
    facts.sort_by_key(|(at, fact)| (*at, order(fact.subject)));
    facts
}

/// Which of several targets it is; nothing if it is about all of them.
fn target_prefix(preview: &Preview, at: Option<usize>) -> String {
    let is_alone = preview.changes.len() == 1;
    match at.and_then(|at| preview.results.get(at)) {
        Some(Some(Ok(Prepared::Ready(plan)))) if !is_alone => format!("{}: ", plan.state.name()),
        _ => String::new(),
    }
}

fn escape_line(text: &str) -> String {
    text::line(text)
}

/// Names the targets that no plan names: those still looked up, and those whose record could not be read.
fn unprepared_lines(pane: &ConfirmPane, preview: &Preview, session: &Session, theme: &Theme) -> Vec<Said> {
    let each = preview.changes.iter().zip(&preview.results);
    let unnamed = each.filter(|(_, one)| match one {
        None | Some(Err(_)) => true,
        Some(Ok(Prepared::Rejected(refusal))) => refusal.is_policy,
        Some(Ok(Prepared::Ready(_) | Prepared::NoOp { .. })) => false,
    });
    let names = unnamed.map(|(change, _)| pane.target_names.describe(&change.target(), session));
    names.map(|name| (TARGET_KIND, Line::styled(name, theme.stale))).collect()
}

/// Whom it will hit, each line with its source.
fn blast_radius_lines(preview: &Preview, theme: &Theme) -> Vec<Said> {
    let facts = sorted_impact_lines(preview);
    let mut lines: Vec<Said> = Vec::new();
    for (at, fact) in &facts {
        let said = escape_line(&format!("{}{}", target_prefix(preview, *at), fact.text));
        let style = if fact.is_known { theme.text } else { theme.unknown };
        let mut line = Line::styled(said, style);
        if !fact.source.is_empty() {
            let source = format!("  [{}]", escape_line(&fact.source));
            line.push_span(Span::styled(source, theme.muted));
        }
        lines.push((fact.subject, line));
    }
    let n_pending = preview.n_pending();
    let requests: u32 = facts.iter().map(|(_, fact)| fact.requests).sum();
    let text = if n_pending > 0 && !preview.results.iter().any(Option::is_none) {
        let more = text::pluralize(n_pending, "more lookup", "more lookups");
        format!("{more} running; ^c cancels")
    } else if requests > 0 {
        format!("Based on {}", text::pluralize(requests, "API request", "API requests"))
    } else {
        return lines;
    };
    lines.push(("", Line::styled(text, theme.muted)));
    lines
}

/// What is not done, and why; and what is still awaited.
fn excluded_lines(pane: &ConfirmPane, preview: &Preview, session: &Session, theme: &Theme) -> Vec<Said> {
    let is_alone = preview.changes.len() == 1;
    let mut lines = Vec::new();
    for (change, one) in preview.changes.iter().zip(&preview.results) {
        let line = match one {
            None => ("", Line::styled("Checking… ^c cancels", theme.muted)),
            Some(Ok(Prepared::NoOp { text, .. })) => ("no change", Line::styled(escape_line(text), theme.good)),
            Some(Ok(Prepared::Rejected(refusal))) => {
                let text = format!("{}; {}", refusal.why, refusal.hint);
                ("refused", Line::styled(escape_line(&text), theme.bad))
            }
            Some(Ok(Prepared::Ready(plan))) => match &plan.protection {
                Some(why) if plan.is_left_out_of(preview.changes.len()) => {
                    let text = format!("{}: {why}; select it alone", plan.state.name());
                    ("skipped", Line::styled(escape_line(&text), theme.caution))
                }
                _ => continue,
            },
            Some(Err(error)) => {
                let hint = error.hint().map_or(String::new(), |hint| format!("; {hint}"));
                let name = match is_alone {
                    true => String::new(),
                    false => format!("{}: ", pane.target_names.describe(&change.target(), session)),
                };
                ("unknown", Line::styled(format!("{name}{}", escape_line(&format!("{error}{hint}"))), theme.bad))
            }
        };
        lines.push(line);
    }
    lines
}
