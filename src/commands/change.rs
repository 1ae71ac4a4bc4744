//! What all deeds have in common: who does them, what guards there are, and that somebody says yes.

use tokio::sync::mpsc;

use super::{CommandCx, Exit, Failure, apply::Log};
use crate::audit::{Actor, AuditLog, LockWait};
use crate::changes::{ImpactLine, Justification, Plan, Policy};
use crate::cli;
use crate::config::Access;
use crate::text;

/// Who does it and why. A reason must be given where a protection is taken away or a host is cut off.
pub(super) fn justification(
    given: &cli::ChangeArgs,
    is_reasoned: bool,
    access: &Access,
    caller: &CommandCx<'_>,
) -> Result<Justification, Failure> {
    let text = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let reason = text(&given.reason);
    if is_reasoned && reason.is_none() && !given.dry_run {
        return Err(Failure::usage("there is no reason").with_hint("give one with --reason; the action log keeps it"));
    }
    Ok(Justification {
        actor: Actor::from_account(caller.environment.account(), access.profile.user.clone()),
        reason,
        ticket: text(&given.ticket),
        batch: None,
    })
}

/// What the profile protects.
pub(super) fn policy(access: &Access) -> Policy {
    Policy::new(access.profile.read_only, access.profile.protected_hosts.clone(), access.url.host_str())
}

/// Fails where the profile lets nobody change anything.
pub(super) fn check_may_change(access: &Access) -> Result<(), Failure> {
    match policy(access).read_only_rejection() {
        Some(refusal) => Err(Failure::new(Exit::Refused, refusal.why).with_hint(refusal.hint)),
        None => Ok(()),
    }
}

/// The action log. What cannot be logged is not done.
pub(super) fn open_log(caller: &CommandCx<'_>) -> Result<Log, Failure> {
    let Some(dir) = &caller.state_dir else {
        return Err(Failure::new(Exit::Failed, "there is nowhere to keep the action log")
            .with_hint("set XDG_STATE_HOME to a directory of yours; nothing was sent"));
    };
    let actions = AuditLog::open(dir).map_err(|error| Failure::from(error).with_hint("nothing was sent"))?;
    let (sender, waits) = mpsc::unbounded_channel();
    let actions = actions.with_lock_wait(LockWait { tx: Some(sender), ..LockWait::default() });
    Ok(Log { actions, lock_waits: waits })
}

/// What a deed will do, whom it will hit, and the requests it will send, one line each.
pub(super) fn render_preview(plan: &Plan, facts: &[ImpactLine], grounds: &Justification) -> Vec<String> {
    let mut lines = vec![plan.change.label().to_owned()];
    lines.extend(plan.effects.iter().map(|effect| format!("  {effect}")));
    lines.extend(plan.protection.iter().map(|why| format!("  PROTECTED: {why}")));
    lines.extend(warnings(plan, facts).map(|warning| format!("  WARNING: {warning}")));
    let notes = facts.iter().flat_map(|fact| &fact.notes);
    let notes = plan.notes.iter().chain(notes);
    lines.extend(notes.map(|note| format!("  note: {note}")));
    lines.extend(facts.iter().map(describe_line));
    lines.extend(
        plan.write_requests(grounds)
            .iter()
            .map(|change| format!("  sends: {}", text::make_visible(&change.to_string().into()))),
    );
    lines
}

/// A line of the blast radius, with where it comes from.
fn describe_line(fact: &ImpactLine) -> String {
    let source = match fact.source.as_str() {
        "" => String::new(),
        source => format!("  [{source}]"),
    };
    format!("  {}: {}{source}", fact.subject, fact.text)
}

/// The lines of the blast radius of many plans together, what speaks against them first.
pub(super) fn merge_lines(facts: &[ImpactLine]) -> Vec<String> {
    let warnings = facts.iter().flat_map(|fact| &fact.warnings);
    let warnings = warnings.map(|warning| format!("  WARNING: {warning}"));
    let notes = facts.iter().flat_map(|fact| &fact.notes);
    let notes = notes.map(|note| format!("  note: {note}"));
    let lines = facts.iter().map(describe_line);
    warnings.chain(notes).chain(lines).collect()
}

/// What speaks against a plan, as far as it is known.
pub(super) fn warnings<'p>(plan: &'p Plan, facts: &'p [ImpactLine]) -> impl Iterator<Item = String> + 'p {
    let facts = facts.iter().flat_map(|fact| &fact.warnings);
    plan.warnings.iter().chain(facts).cloned()
}

/// Has the user confirm all plans, or fails where nobody can. `--yes` stands for the user, but passes neither a protected
/// host nor, alone, a warning.
pub(super) fn confirm(
    plans: &[Plan],
    warnings: &[String],
    given: &cli::ChangeArgs,
    caller: &mut CommandCx<'_>,
) -> Result<(), Failure> {
    let refused = |why: &str, hint: &str| Err(Failure::new(Exit::Refused, why).with_hint(hint));
    let protected = plans.iter().find(|plan| plan.protection.is_some());
    let is_warned = !warnings.is_empty() && !given.override_warnings;
    if given.yes && protected.is_none() && !is_warned {
        return Ok(());
    }
    if !caller.streams.is_interactive {
        return match protected {
            Some(_) => refused(
                "a protected host takes somebody at a terminal who types its name; nothing was sent",
                "leave --yes away, and name this host alone",
            ),
            None if given.yes => refused(
                &format!(
                    "--yes does not pass {}: {}; nothing was sent",
                    text::pluralize(warnings.len(), "warning", "warnings"),
                    warnings.join("; ")
                ),
                "add --override-warnings if that is what you want",
            ),
            None => {
                refused("nobody is here to confirm it; nothing was sent", "look at it with --dry-run, then say --yes")
            }
        };
    }
    let n: usize = plans.iter().map(Plan::count).sum();
    let (question, wanted) = match (protected, plans) {
        (Some(plan), _) => {
            let name = plan.state.target_name().raw().to_owned();
            ("Type the name of the host to confirm:".to_owned(), name)
        }
        (None, [first, ..]) if n > 1 => {
            let what = first.change.target().plural_noun();
            let question = format!("Type the number of {what}, {n}, to confirm:");
            (question, n.to_string())
        }
        (None, _) => ("Type yes to confirm:".to_owned(), "yes".to_owned()),
    };
    if caller.prompt(&question).eq_ignore_ascii_case(&wanted) {
        return Ok(());
    }
    refused("it was not confirmed; nothing was sent", "start it again")
}
