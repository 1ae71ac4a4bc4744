//! What all changes share: actor, policy, audit log, preview and confirmation.

use tokio::sync::mpsc;

use super::{CommandCx, Exit, Failure};
use crate::audit::{Actor, AuditLog, LockWait};
use crate::changes::{ImpactLine, Justification, Plan, Policy};
use crate::cli;
use crate::config::Access;
use crate::text;

/// Returns the actor, the reason and the ticket.
pub(super) fn justification(args: &cli::ChangeArgs, access: &Access, cx: &CommandCx<'_>) -> Justification {
    Justification {
        actor: Actor::from_account(cx.environment.account(), access.profile.user.clone()),
        reason: non_blank(args.reason.as_deref()),
        ticket: non_blank(args.ticket.as_deref()),
        batch: None,
    }
}

/// Fails if there is no reason for a change that needs one.
pub(super) fn require_reason(args: &cli::ChangeArgs) -> Result<(), Failure> {
    if non_blank(args.reason.as_deref()).is_none() && !args.dry_run {
        return Err(Failure::usage("--reason is required").with_hint("the reason is written to the action log"));
    }
    Ok(())
}

/// Returns a text without blanks at its ends; `None` if nothing is left.
fn non_blank(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns the policy of the profile.
pub(super) fn policy(access: &Access) -> Policy {
    Policy {
        is_read_only: access.profile.read_only,
        ..Policy::new(access.profile.protected_hosts.clone(), access.url.host_str())
    }
}

/// Fails if the profile is read-only.
pub(super) fn check_may_change(access: &Access) -> Result<(), Failure> {
    match policy(access).read_only_rejection() {
        Some(rejection) => Err(Failure::new(Exit::Refused, rejection.why).with_hint(rejection.hint)),
        None => Ok(()),
    }
}

/// The audit log, and messages about waiting for its lock.
pub(super) struct Log {
    pub(super) actions: AuditLog,
    pub(super) lock_waits: mpsc::UnboundedReceiver<bool>,
}

/// Opens the audit log. A change that cannot be logged is not sent.
pub(super) fn open_log(cx: &CommandCx<'_>) -> Result<Log, Failure> {
    let Some(dir) = &cx.state_dir else {
        return Err(Failure::new(Exit::Failed, "no directory for the action log")
            .with_hint("set XDG_STATE_HOME to a writable directory; nothing was sent"));
    };
    let actions = AuditLog::open(dir).map_err(|error| Failure::from(error).with_hint("nothing was sent"))?;
    let (tx, lock_waits) = mpsc::unbounded_channel();
    let actions = actions.with_lock_wait(LockWait { tx: Some(tx), ..LockWait::default() });
    Ok(Log { actions, lock_waits })
}

/// Returns the preview of a change, line by line: effects, warnings, blast radius, requests.
pub(super) fn render_preview(plan: &Plan, impact: &[ImpactLine], justification: &Justification) -> Vec<String> {
    let mut lines = vec![plan.change().label().to_owned()];
    lines.extend(plan.effects.iter().map(|effect| format!("  {effect}")));
    lines.extend(plan.protection.iter().map(|why| format!("  PROTECTED: {why}")));
    lines.extend(warnings(plan, impact).map(|warning| format!("  WARNING: {warning}")));
    let notes = impact.iter().flat_map(|line| &line.notes);
    let notes = plan.notes.iter().chain(notes);
    lines.extend(notes.map(|note| format!("  note: {note}")));
    lines.extend(impact.iter().map(describe_line));
    lines.extend(
        plan.write_requests(justification)
            .iter()
            .map(|request| format!("  request: {}", text::make_visible(&request.to_string().into()))),
    );
    lines
}

/// Returns a line of the blast radius, with its source.
fn describe_line(line: &ImpactLine) -> String {
    let source = match line.source.as_str() {
        "" => String::new(),
        source => format!("  [{source}]"),
    };
    format!("  {}: {}{source}", line.subject, line.text)
}

/// Returns the blast radius that many plans share, warnings first.
pub(super) fn merge_lines(impact: &[ImpactLine]) -> Vec<String> {
    let warnings = impact.iter().flat_map(|line| &line.warnings).map(|warning| format!("  WARNING: {warning}"));
    let notes = impact.iter().flat_map(|line| &line.notes).map(|note| format!("  note: {note}"));
    let lines = impact.iter().map(describe_line);
    warnings.chain(notes).chain(lines).collect()
}

/// Returns the warnings of a plan and of its blast radius.
pub(super) fn warnings<'p>(plan: &'p Plan, impact: &'p [ImpactLine]) -> impl Iterator<Item = String> + 'p {
    let impact = impact.iter().flat_map(|line| &line.warnings);
    plan.warnings.iter().chain(impact).cloned()
}

/// Has the user confirm all plans, or fails without a terminal. `--yes` replaces the confirmation, except for a
/// protected host and, without `--override-warnings`, for a warning.
pub(super) fn confirm(
    plans: &[Plan],
    warnings: &[String],
    args: &cli::ChangeArgs,
    cx: &mut CommandCx<'_>,
) -> Result<(), Failure> {
    let refused = |why: &str, hint: &str| Err(Failure::new(Exit::Refused, why).with_hint(hint));
    let protected = plans.iter().find(|plan| plan.protection.is_some());
    let has_warnings = !warnings.is_empty() && !args.override_warnings;
    if args.yes && protected.is_none() && !has_warnings {
        return Ok(());
    }
    if !cx.streams.is_interactive {
        return match protected {
            Some(_) => refused(
                "a protected host must be confirmed at a terminal by typing its name; nothing was sent",
                "omit --yes and give this host alone",
            ),
            None if args.yes => refused(
                &format!(
                    "--yes does not override {}: {}; nothing was sent",
                    text::pluralize(warnings.len(), "warning", "warnings"),
                    warnings.join("; ")
                ),
                "add --override-warnings to continue anyway",
            ),
            None => refused("cannot prompt (no terminal); nothing was sent", "preview with --dry-run, then add --yes"),
        };
    }
    let n: usize = plans.iter().map(Plan::count).sum();
    let named = plans.iter().find(|plan| plan.name_reason().is_some());
    let (question, expected) = match (named, plans) {
        (Some(plan), _) => {
            let (noun, text) = plan.text_to_type();
            (format!("Type the {noun} to confirm:"), text)
        }
        (None, [first, ..]) if n > 1 => {
            let noun = first.change().target().plural();
            let question = format!("Type the number of {noun}, {n}, to confirm:");
            (question, n.to_string())
        }
        (None, _) => ("Type yes to confirm:".to_owned(), "yes".to_owned()),
    };
    if cx.prompt(&question).eq_ignore_ascii_case(&expected) {
        return Ok(());
    }
    refused("not confirmed; nothing was sent", "run the command again")
}
