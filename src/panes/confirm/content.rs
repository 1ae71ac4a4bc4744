//! The lines of a confirmation, most important first: targets, warnings, effects, blast radius, requests.

use ratatui::text::{Line, Span};

use super::ConfirmPane;
use crate::changes::{self, Change, ChangeReading, ImpactLine, LoggedChange, Plan, Prepared};
use crate::session::{Preview, Session};
use crate::text;
use crate::theme::Theme;

/// Label of a request.
pub(super) const REQUEST: &str = "request";

/// Targets listed above the warnings; if there are more, the others follow below.
const MAX_TOP_TARGETS: usize = 6;

/// Internal label of a target, which is drawn without one.
pub(super) const TARGET_KIND: &str = "target";

/// A label with its line.
pub(super) type LabeledLine = (&'static str, Line<'static>);

/// Returns all lines of the confirmation.
pub(super) fn content_lines(pane: &ConfirmPane, session: &Session, theme: &Theme) -> Vec<LabeledLine> {
    let preface = pane.preface.iter();
    let mut lines: Vec<LabeledLine> = preface.map(|text| ("", Line::styled(escape_line(text), theme.title))).collect();
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
    // A long list of alerts or hashes must not push the warnings out of view.
    let (first_targets, mut remaining) =
        if alerts.len() > MAX_TOP_TARGETS { (Vec::new(), alerts) } else { (alerts, Vec::new()) };
    if changes::is_batch(&pane.changes) && others.len() > MAX_TOP_TARGETS {
        remaining.extend(others.split_off(MAX_TOP_TARGETS));
        let more = format!("and {} more, listed below", remaining.len());
        others.push(("", Line::styled(more, theme.muted)));
    }
    lines.extend(others);
    lines.extend(first_targets);
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
    lines.extend(remaining);
    let justification = pane.justification();
    for request in plans.iter().flat_map(|plan| plan.write_requests(&justification)) {
        let text = escape_line(&request.to_string());
        lines.push((REQUEST, Line::styled(text, theme.muted)));
    }
    lines
}

/// Returns the marked rows that are not visible.
fn hidden_lines(pane: &ConfirmPane, theme: &Theme) -> Vec<LabeledLine> {
    let Some(marked) = &pane.hidden_rows else {
        return Vec::new();
    };
    let summary = ("HIDDEN", Line::styled(marked.summary(), theme.bad));
    let lines = marked.lines().into_iter();
    let lines = lines.map(|text| ("", Line::styled(escape_line(&text), theme.caution)));
    std::iter::once(summary).chain(lines).collect()
}

/// Whether a plan changes alerts: its effects are then listed as targets.
fn is_about_alerts(plan: &Plan) -> bool {
    matches!(plan.reading, ChangeReading::Triage(_))
}

/// Returns the targets of a plan, each with what happens to it.
fn target_lines(plan: &Plan, theme: &Theme) -> Vec<LabeledLine> {
    let n = if is_about_alerts(plan) { plan.effects.len() } else { 1 };
    let lines = plan.effects.iter().take(n);
    let lines = lines.map(|text| (TARGET_KIND, Line::styled(escape_line(text), theme.text)));
    let protection = plan.protection.iter();
    let protection = protection.map(|reason| ("PROTECTED", Line::styled(escape_line(reason), theme.bad)));
    lines.chain(protection).collect()
}

/// Returns the effects of a plan other than those on its targets.
fn other_lines(plan: &Plan) -> &[String] {
    if is_about_alerts(plan) {
        return &[];
    }
    plan.effects.get(1..).unwrap_or_default()
}

/// Returns the texts of all plans, each once, with the names of its targets; without names if it applies to all plans.
fn group_by_targets<'p>(plans: &[&'p Plan], texts: impl Fn(&'p Plan) -> &'p [String]) -> Vec<(String, &'p String)> {
    let mut grouped: Vec<(Vec<String>, &String)> = Vec::new();
    for plan in plans {
        for text in texts(plan) {
            let name = plan.name();
            match grouped.iter_mut().find(|(_, other)| *other == text) {
                Some((names, _)) => names.push(name),
                None => grouped.push((vec![name], text)),
            }
        }
    }
    let prefix = |names: Vec<String>| {
        if names.len() == plans.len() { String::new() } else { format!("{}: ", names.join(", ")) }
    };
    let grouped = grouped.into_iter();
    grouped.map(|(names, text)| (prefix(names), text)).collect()
}

/// Returns logged changes of these targets whose outcome is not known yet.
fn pending_actions<'s>(
    preview: &'s Preview,
    session: &'s Session,
) -> impl Iterator<Item = &'s std::sync::Arc<LoggedChange>> {
    let targets: Vec<_> = preview.pending_targets().collect();
    let logged_changes = session.changes.history.iter().flat_map(|history| &history.activity);
    logged_changes.filter(move |logged| {
        let is_for_target = |change: Change| targets.contains(&change.target());
        logged.submitted.server == session.connection.info.host
            && logged.is_open()
            && logged.change().is_some_and(is_for_target)
    })
}

fn pending_lines(preview: &Preview, session: &Session, theme: &Theme) -> Vec<LabeledLine> {
    let line = |logged: &std::sync::Arc<LoggedChange>| {
        let submitted = &logged.submitted;
        let text = format!(
            "{} {} is still pending, by {} at {}; see Activity (@)",
            changes::label(&submitted.verb),
            submitted.target.name,
            logged.actor_name(),
            logged.at.strftime("%Y-%m-%d %H:%M:%SZ"),
        );
        ("WARNING", Line::styled(escape_line(&text), theme.bad))
    };
    pending_actions(preview, session).map(line).collect()
}

/// Returns what others have changed since the change to undo, which an undo would overwrite.
fn conflicts(pane: &ConfirmPane, plans: &[&Plan]) -> Vec<String> {
    let drift = plans.iter().flat_map(|plan| {
        let undone = pane.undone_change(plan);
        undone.map_or_else(Vec::new, |undone| undone.changed_since(&plan.reading))
    });
    drift.collect()
}

/// Whether there are warnings: the confirmation then cannot be accepted with a single key.
pub(super) fn has_warnings(pane: &ConfirmPane, session: &Session) -> bool {
    let Some(preview) = pane.preview(session) else {
        return false;
    };
    let plans = pane.plans(session);
    let mut lines = preview.impact_lines.iter();
    plans.iter().any(|plan| !plan.warnings.is_empty())
        || lines.any(|(_, line)| !line.warnings.is_empty())
        || pending_actions(preview, session).next().is_some()
        || !conflicts(pane, &plans).is_empty()
}

/// Returns the warnings of the plans and of the blast radius.
fn warning_lines(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<LabeledLine> {
    let texts = prefixed_texts(preview, plans, |plan| &plan.warnings, |line| &line.warnings);
    let line = |text: String| ("WARNING", Line::styled(escape_line(&text), theme.bad));
    texts.into_iter().map(line).collect()
}

/// Returns the notes of the plans and of the blast radius.
fn note_lines(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<LabeledLine> {
    let texts = prefixed_texts(preview, plans, |plan| &plan.notes, |line| &line.notes);
    let line = |text: String| ("note", Line::styled(escape_line(&text), theme.caution));
    texts.into_iter().map(line).collect()
}

/// Returns the texts of the plans, then those of the blast radius, with the names of their targets.
fn prefixed_texts<'p>(
    preview: &Preview,
    plans: &[&'p Plan],
    of_plan: impl Fn(&'p Plan) -> &'p [String],
    of_line: impl Fn(&ImpactLine) -> &[String],
) -> Vec<String> {
    let grouped = group_by_targets(plans, of_plan).into_iter();
    let mut texts: Vec<_> = grouped.map(|(names, text)| format!("{names}{text}")).collect();
    for (at, line) in sorted_impact_lines(preview) {
        let name = target_prefix(preview, at);
        texts.extend(of_line(line).iter().map(|text| format!("{name}{text}")));
    }
    texts
}

/// Returns the lines of the blast radius in order of targets and probes, not of loading.
fn sorted_impact_lines(preview: &Preview) -> Vec<(Option<usize>, &ImpactLine)> {
    let names = preview.plans().next().map_or(&[][..], Plan::impact_names);
    let order = |subject: &str| names.iter().position(|probe| *probe == subject);
    let lines = preview.impact_lines.iter().map(|(at, line)| (*at, line));
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|(at, line)| (*at, order(line.subject)));
    lines
}

/// Returns the name of one of several targets as a prefix; empty for a line about all of them.
fn target_prefix(preview: &Preview, at: Option<usize>) -> String {
    let is_alone = preview.changes.len() == 1;
    match at.and_then(|at| preview.results.get(at)) {
        Some(Some(Ok(Prepared::Ready(plan)))) if !is_alone => format!("{}: ", plan.name()),
        _ => String::new(),
    }
}

fn escape_line(text: &str) -> String {
    text::line(text)
}

/// Returns the targets without a plan: those still being looked up, and those whose record could not be read.
fn unprepared_lines(pane: &ConfirmPane, preview: &Preview, session: &Session, theme: &Theme) -> Vec<LabeledLine> {
    let results = preview.changes.iter().zip(&preview.results);
    let unprepared = results.filter(|(_, result)| match result {
        None | Some(Err(_)) => true,
        Some(Ok(Prepared::Rejected(refusal))) => refusal.is_policy,
        Some(Ok(Prepared::Ready(_) | Prepared::NoOp { .. })) => false,
    });
    let names = unprepared.map(|(change, _)| pane.target_names.describe(&change.target(), session));
    names.map(|name| (TARGET_KIND, Line::styled(name, theme.stale))).collect()
}

/// Returns the lines of the blast radius with their sources, and how many requests they are based on.
fn blast_radius_lines(preview: &Preview, theme: &Theme) -> Vec<LabeledLine> {
    let impact_lines = sorted_impact_lines(preview);
    let mut lines: Vec<LabeledLine> = Vec::new();
    for (at, impact_line) in &impact_lines {
        let text = escape_line(&format!("{}{}", target_prefix(preview, *at), impact_line.text));
        let style = if impact_line.is_known { theme.text } else { theme.unknown };
        let mut line = Line::styled(text, style);
        if !impact_line.source.is_empty() {
            let source = format!("  [{}]", escape_line(&impact_line.source));
            line.push_span(Span::styled(source, theme.muted));
        }
        lines.push((impact_line.subject, line));
    }
    let n_pending = preview.n_pending();
    let requests: u32 = impact_lines.iter().map(|(_, line)| line.requests).sum();
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

/// Returns the targets that will not be changed, with the reason, and those that are still pending.
fn excluded_lines(pane: &ConfirmPane, preview: &Preview, session: &Session, theme: &Theme) -> Vec<LabeledLine> {
    let is_alone = preview.changes.len() == 1;
    let mut lines = Vec::new();
    for (change, result) in preview.changes.iter().zip(&preview.results) {
        let line = match result {
            None => ("", Line::styled("Checking… ^c cancels", theme.muted)),
            Some(Ok(Prepared::NoOp { text, .. })) => ("no change", Line::styled(escape_line(text), theme.good)),
            Some(Ok(Prepared::Rejected(refusal))) => {
                let text = format!("{}; {}", refusal.why, refusal.hint);
                ("refused", Line::styled(escape_line(&text), theme.bad))
            }
            Some(Ok(Prepared::Ready(plan))) => match plan.name_reason() {
                Some(reason) if plan.is_left_out_of(preview.changes.len()) => {
                    let text = format!("{}: {reason}; select it alone", plan.name_with_id());
                    ("skipped", Line::styled(escape_line(&text), theme.caution))
                }
                _ => continue,
            },
            Some(Err(error)) => {
                let hint = error.hint().map_or(String::new(), |hint| format!("; {hint}"));
                let name = if is_alone {
                    String::new()
                } else {
                    format!("{}: ", pane.target_names.describe(&change.target(), session))
                };
                ("unknown", Line::styled(format!("{name}{}", escape_line(&format!("{error}{hint}"))), theme.bad))
            }
        };
        lines.push(line);
    }
    lines
}
