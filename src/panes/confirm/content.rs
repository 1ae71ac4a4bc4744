//! What stands on a sheet, the most telling first: targets, what speaks against it, what it does, whom it hits, what is sent.

use ratatui::text::{Line, Span};

use super::SheetPane;
use crate::changes::{self, Act, Deed, Fact, Plan, Prepared, Target};
use crate::session::{Preview, Session};
use crate::text;
use crate::theme::Theme;

/// What a request is about.
pub(super) const SENDS: &str = "request";

/// As many alerts or hashes stand above what speaks against it; more stand below.
const FEW: usize = 6;

/// What a line of a target is marked with until it is drawn: it has no label on the screen.
pub(super) const TARGET: &str = "target";

/// A line, and what it is about.
pub(super) type Said = (&'static str, Line<'static>);

/// Everything that is known, by what it is.
pub(super) fn lines(pane: &SheetPane, session: &Session, theme: &Theme) -> Vec<Said> {
    let preface = pane.preface.iter();
    let mut lines: Vec<Said> = preface.map(|text| ("", Line::styled(shown(text), theme.title))).collect();
    lines.extend(hidden(pane, theme));
    if let Some(cost) = changes::cost_of_many(&pane.deeds) {
        lines.push(("", Line::styled(cost, theme.muted)));
    }
    let Some(preview) = pane.preview(session) else {
        return lines;
    };
    let plans = pane.plans(session);
    lines.extend(known(preview, session, theme));
    let (alerts, others): (Vec<&Plan>, Vec<&Plan>) = plans.iter().copied().partition(|plan| of_alerts(plan));
    let others = others.into_iter().flat_map(|plan| targets(plan, theme));
    let mut others: Vec<_> = others.collect();
    let alerts: Vec<_> = alerts.into_iter().flat_map(|plan| targets(plan, theme)).collect();
    // Nobody scrolls past hundreds of alerts or hashes to read what speaks against it.
    let (few, mut many) = if alerts.len() > FEW { (Vec::new(), alerts) } else { (alerts, Vec::new()) };
    if changes::are_many(&pane.deeds) && others.len() > FEW {
        many.extend(others.split_off(FEW));
        let more = format!("and {} more, listed below", many.len());
        others.push(("", Line::styled(more, theme.muted)));
    }
    lines.extend(others);
    lines.extend(few);
    lines.extend(open_already(preview, session, theme));
    lines.extend(answers(preview, theme));
    let drift = drift(pane, &plans).into_iter();
    lines.extend(drift.map(|text| ("WARNING", Line::styled(shown(&text), theme.bad))));
    lines.extend(warnings(preview, &plans, theme));
    lines.extend(notes(preview, &plans, theme));
    for (names, effect) in gathered(&plans, rest) {
        let text = format!("{names}{effect}");
        lines.push(("", Line::styled(shown(&text), theme.text)));
    }
    lines.extend(radius(preview, theme));
    lines.extend(many);
    let grounds = pane.grounds();
    for change in plans.iter().flat_map(|plan| plan.changes(&grounds)) {
        let text = shown(&change.to_string());
        lines.push((SENDS, Line::styled(text, theme.muted)));
    }
    lines
}

/// The marked rows that cannot be seen, apart from the others.
fn hidden(pane: &SheetPane, theme: &Theme) -> Vec<Said> {
    let Some(marked) = &pane.marked else {
        return Vec::new();
    };
    let summary = ("HIDDEN", Line::styled(marked.summary(), theme.bad));
    let lines = marked.lines().into_iter();
    let lines = lines.map(|text| ("", Line::styled(shown(&text), theme.caution)));
    std::iter::once(summary).chain(lines).collect()
}

/// Whether a plan is about alerts: each of them is a target.
fn of_alerts(plan: &Plan) -> bool {
    matches!(plan.deed, Deed::Triage(_))
}

/// What becomes of the targets of a plan.
fn targets(plan: &Plan, theme: &Theme) -> Vec<Said> {
    let n = if of_alerts(plan) { plan.effects.len() } else { 1 };
    let lines = plan.effects.iter().take(n);
    let lines = lines.map(|text| (TARGET, Line::styled(shown(text), theme.text)));
    let protection = plan.protection.iter();
    let protection = protection.map(|why| ("PROTECTED", Line::styled(shown(why), theme.bad)));
    lines.chain(protection).collect()
}

/// What a plan says besides what becomes of its targets.
fn rest(plan: &Plan) -> &[String] {
    if of_alerts(plan) {
        return &[];
    }
    plan.effects.get(1..).unwrap_or_default()
}

/// What plans say, each once, with the names of those it holds for; without names where it holds for all.
fn gathered<'p>(plans: &[&'p Plan], said: impl Fn(&'p Plan) -> &'p [String]) -> Vec<(String, &'p String)> {
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
fn pending_actions<'s>(preview: &'s Preview, session: &'s Session) -> impl Iterator<Item = &'s std::sync::Arc<Act>> {
    let targets: Vec<_> = preview.deeds.iter().map(Deed::target).collect();
    let acts = session.journal.iter().flat_map(|journal| &journal.acts);
    acts.filter(move |act| {
        let is_its = |deed: Deed| targets.contains(&deed.target());
        act.sending.server == session.identity.host && act.is_open() && act.deed().is_some_and(is_its)
    })
}

fn open_already(preview: &Preview, session: &Session, theme: &Theme) -> Vec<Said> {
    let line = |act: &std::sync::Arc<Act>| {
        let sending = &act.sending;
        let text = format!(
            "{} {} is still pending, by {}: entry {} in Activity (@)",
            changes::label(&sending.deed),
            sending.target.name,
            act.who(),
            act.line
        );
        ("WARNING", Line::styled(shown(&text), theme.bad))
    };
    pending_actions(preview, session).map(line).collect()
}

/// What others have changed since the action that is undone: it would be lost.
fn drift(pane: &SheetPane, plans: &[&Plan]) -> Vec<String> {
    let drift = plans.iter().flat_map(|plan| {
        let act = pane.undone_by(plan);
        act.map_or_else(Vec::new, |act| act.drift(&plan.state))
    });
    drift.collect()
}

/// Whether anything speaks against it: then one key does not confirm it.
pub(super) fn has_warnings(pane: &SheetPane, session: &Session) -> bool {
    let Some(preview) = pane.preview(session) else {
        return false;
    };
    let plans = pane.plans(session);
    let mut facts = preview.facts.iter();
    plans.iter().any(|plan| !plan.warnings.is_empty())
        || facts.any(|(_, fact)| !fact.warnings.is_empty())
        || pending_actions(preview, session).next().is_some()
        || !drift(pane, &plans).is_empty()
}

/// What speaks against it.
fn warnings(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<Said> {
    let texts = remarks(preview, plans, |plan| &plan.warnings, |fact| &fact.warnings);
    let line = |text: String| ("WARNING", Line::styled(shown(&text), theme.bad));
    texts.into_iter().map(line).collect()
}

/// What is to be known of it, and speaks against nothing.
fn notes(preview: &Preview, plans: &[&Plan], theme: &Theme) -> Vec<Said> {
    let texts = remarks(preview, plans, |plan| &plan.notes, |fact| &fact.notes);
    let line = |text: String| ("note", Line::styled(shown(&text), theme.caution));
    texts.into_iter().map(line).collect()
}

/// What the plans and then the lines of the blast radius say, with the names of the targets it holds for.
fn remarks<'p>(
    preview: &Preview,
    plans: &[&'p Plan],
    of_plan: impl Fn(&'p Plan) -> &'p [String],
    of_fact: impl Fn(&Fact) -> &[String],
) -> Vec<String> {
    let own = gathered(plans, of_plan).into_iter();
    let mut texts: Vec<_> = own.map(|(names, text)| format!("{names}{text}")).collect();
    for (at, fact) in facts(preview) {
        let name = name(preview, at);
        texts.extend(of_fact(fact).iter().map(|text| format!("{name}{text}")));
    }
    texts
}

/// The lines of the blast radius, in the order of targets and lines, whatever came first.
fn facts(preview: &Preview) -> Vec<(Option<usize>, &Fact)> {
    let looks = preview.deeds.first().map_or(&[][..], Deed::looks);
    let order = |what: &str| looks.iter().position(|look| *look == what);
    let facts = preview.facts.iter().map(|(at, fact)| (*at, fact));
    let mut facts: Vec<_> = facts.collect();
    facts.sort_by_key(|(at, fact)| (*at, order(fact.what)));
    facts
}

/// Which of several targets it is; nothing if it is about all of them.
fn name(preview: &Preview, at: Option<usize>) -> String {
    let is_alone = preview.deeds.len() == 1;
    match at.and_then(|at| preview.prepared.get(at)) {
        Some(Some(Ok(Prepared::Ready(plan)))) if !is_alone => format!("{}: ", plan.state.name()),
        _ => String::new(),
    }
}

fn shown(text: &str) -> String {
    text::line(text)
}

/// What is known already of the targets that are still looked up.
fn known(preview: &Preview, session: &Session, theme: &Theme) -> Vec<Said> {
    let each = preview.deeds.iter().zip(&preview.prepared);
    let awaited = each.filter(|(_, one)| one.is_none());
    let said = awaited.map(|(deed, _)| match deed.target() {
        Target::Sensor(id) => match session.known_sensor(id) {
            Some(sensor) => {
                let name = text::visible(&sensor.computer_name);
                format!("{name}  sensor {id}, last known: {}", sensor.isolation())
            }
            None => format!("sensor {id}"),
        },
        Target::Hash(md5) => match session.known_name(md5) {
            Some(name) => format!("{md5}  {}", text::visible(&name)),
            None => md5.to_string(),
        },
        Target::Alerts(ids) => text::counted(ids.len(), "alert", "alerts"),
        other => format!("{} {}", other.kind(), shown(&other.id())),
    });
    said.map(|said| (TARGET, Line::styled(said, theme.stale))).collect()
}

/// Whom it will hit, each line with its source.
fn radius(preview: &Preview, theme: &Theme) -> Vec<Said> {
    let facts = facts(preview);
    let mut lines: Vec<Said> = Vec::new();
    for (at, fact) in &facts {
        let said = shown(&format!("{}{}", name(preview, *at), fact.said));
        let style = if fact.is_known { theme.text } else { theme.unknown };
        let mut line = Line::styled(said, style);
        if !fact.source.is_empty() {
            let source = format!("  [{}]", shown(&fact.source));
            line.push_span(Span::styled(source, theme.muted));
        }
        lines.push((fact.what, line));
    }
    let n_pending = preview.n_pending();
    let requests: u32 = facts.iter().map(|(_, fact)| fact.requests).sum();
    let text = if n_pending > 0 && !preview.prepared.iter().any(Option::is_none) {
        let more = text::counted(n_pending, "more lookup", "more lookups");
        format!("{more} running; ^c cancels")
    } else if requests > 0 {
        format!("Based on {}", text::counted(requests, "API request", "API requests"))
    } else {
        return lines;
    };
    lines.push(("", Line::styled(text, theme.muted)));
    lines
}

/// What is not done, and why; and what is still awaited.
fn answers(preview: &Preview, theme: &Theme) -> Vec<Said> {
    let is_alone = preview.deeds.len() == 1;
    let mut lines = Vec::new();
    for one in &preview.prepared {
        let line = match one {
            None => ("", Line::styled("Checking… ^c cancels", theme.muted)),
            Some(Ok(Prepared::AlreadySo { said, .. })) => ("no change", Line::styled(shown(said), theme.good)),
            Some(Ok(Prepared::Refused(refusal))) => {
                let text = format!("{}; {}", refusal.why, refusal.hint);
                ("refused", Line::styled(shown(&text), theme.bad))
            }
            Some(Ok(Prepared::Ready(plan))) => match &plan.protection {
                Some(why) if !is_alone => {
                    let text = format!("{}: {why}; select it alone", plan.state.name());
                    ("skipped", Line::styled(shown(&text), theme.caution))
                }
                _ => continue,
            },
            Some(Err(error)) => {
                let hint = error.hint().map_or(String::new(), |hint| format!("; {hint}"));
                ("unknown", Line::styled(shown(&format!("{error}{hint}")), theme.bad))
            }
        };
        lines.push(line);
    }
    lines
}
