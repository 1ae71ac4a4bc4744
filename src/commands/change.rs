//! What all deeds have in common: who does them, what guards there are, and that somebody says yes.

use tokio::sync::mpsc;

use super::{Caller, Exit, Failure, apply::Log};
use crate::audit::{Actions, Waiting, Who};
use crate::changes::{Fact, Grounds, Guard, Plan};
use crate::cli;
use crate::config::Access;
use crate::text;

/// Who does it and why. A reason must be given where a protection is taken away or a host is cut off.
pub(super) fn grounds(
    given: &cli::Grounds,
    is_reasoned: bool,
    access: &Access,
    caller: &Caller<'_>,
) -> Result<Grounds, Failure> {
    let text = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let reason = text(&given.reason);
    if is_reasoned && reason.is_none() && !given.dry_run {
        return Err(Failure::usage("there is no reason").hint("give one with --reason; the action log keeps it"));
    }
    Ok(Grounds {
        who: Who::here(caller.environment.account(), access.profile.user.clone()),
        reason,
        ticket: text(&given.ticket),
        batch: None,
    })
}

/// What the profile protects.
pub(super) fn guard(access: &Access) -> Guard {
    Guard::new(access.profile.read_only, access.profile.protected_hosts.clone(), access.url.host_str())
}

/// Fails where the profile lets nobody change anything.
pub(super) fn may_change(access: &Access) -> Result<(), Failure> {
    match guard(access).refuses_all() {
        Some(refusal) => Err(Failure::new(Exit::Refused, refusal.why).hint(refusal.hint)),
        None => Ok(()),
    }
}

/// The action log. What cannot be logged is not done.
pub(super) fn log(caller: &Caller<'_>) -> Result<Log, Failure> {
    let Some(dir) = &caller.state_dir else {
        return Err(Failure::new(Exit::Failed, "there is nowhere to keep the action log")
            .hint("set XDG_STATE_HOME to a directory of yours; nothing was sent"));
    };
    let actions = Actions::open(dir).map_err(|error| Failure::from(error).hint("nothing was sent"))?;
    let (sender, waits) = mpsc::unbounded_channel();
    let actions = actions.waiting(Waiting { told: Some(sender), ..Waiting::default() });
    Ok(Log { actions, waits })
}

/// What a deed will do, whom it will hit, and the requests it will send, one line each.
pub(super) fn preview(plan: &Plan, facts: &[Fact], grounds: &Grounds) -> Vec<String> {
    let mut lines = vec![plan.deed.label().to_owned()];
    lines.extend(plan.effects.iter().map(|effect| format!("  {effect}")));
    lines.extend(plan.protection.iter().map(|why| format!("  PROTECTED: {why}")));
    lines.extend(warnings(plan, facts).map(|warning| format!("  WARNING: {warning}")));
    let notes = facts.iter().flat_map(|fact| &fact.notes);
    let notes = plan.notes.iter().chain(notes);
    lines.extend(notes.map(|note| format!("  note: {note}")));
    lines.extend(facts.iter().map(line_of));
    lines.extend(
        plan.changes(grounds).iter().map(|change| format!("  sends: {}", text::visible(&change.to_string().into()))),
    );
    lines
}

/// A line of the blast radius, with where it comes from.
fn line_of(fact: &Fact) -> String {
    let source = match fact.source.as_str() {
        "" => String::new(),
        source => format!("  [{source}]"),
    };
    format!("  {}: {}{source}", fact.what, fact.said)
}

/// The lines of the blast radius of many plans together, what speaks against them first.
pub(super) fn together(facts: &[Fact]) -> Vec<String> {
    let warnings = facts.iter().flat_map(|fact| &fact.warnings);
    let warnings = warnings.map(|warning| format!("  WARNING: {warning}"));
    let notes = facts.iter().flat_map(|fact| &fact.notes);
    let notes = notes.map(|note| format!("  note: {note}"));
    let lines = facts.iter().map(line_of);
    warnings.chain(notes).chain(lines).collect()
}

/// What speaks against a plan, as far as it is known.
pub(super) fn warnings<'p>(plan: &'p Plan, facts: &'p [Fact]) -> impl Iterator<Item = String> + 'p {
    let facts = facts.iter().flat_map(|fact| &fact.warnings);
    plan.warnings.iter().chain(facts).cloned()
}

/// Has the user confirm all plans, or fails where nobody can. `--yes` stands for the user, but passes neither a protected
/// host nor, alone, a warning.
pub(super) fn confirm(
    plans: &[Plan],
    warnings: &[String],
    given: &cli::Grounds,
    caller: &mut Caller<'_>,
) -> Result<(), Failure> {
    let refused = |why: &str, hint: &str| Err(Failure::new(Exit::Refused, why).hint(hint));
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
                    text::counted(warnings.len(), "warning", "warnings"),
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
            let name = plan.state.raw_name().raw().to_owned();
            ("Type the name of the host to confirm:".to_owned(), name)
        }
        (None, [first, ..]) if n > 1 => {
            let what = first.deed.target().several();
            let question = format!("Type the number of {what}, {n}, to confirm:");
            (question, n.to_string())
        }
        (None, _) => ("Type yes to confirm:".to_owned(), "yes".to_owned()),
    };
    if caller.ask(&question).eq_ignore_ascii_case(&wanted) {
        return Ok(());
    }
    refused("it was not confirmed; nothing was sent", "start it again")
}
