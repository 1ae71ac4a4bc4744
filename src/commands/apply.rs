//! Applying changes from the command line: every target is named, previewed, confirmed, logged and verified.

use std::cell::RefCell;

use super::{
    CommandCx, Exit, Failure,
    change::{self, Log},
    wait::{wait_until_confirmed, with_lock_notes},
};
use crate::api::{Client, Error};
use crate::audit::{LoggedStage, Scan};
use crate::changes::{
    self, Applied, Change, ChangeReading, ImpactLine, Justification, NotSent, Outcome, Plan, PlanContext,
    PlannedChange, Prepared,
};
use crate::cli::{self, WaitLimit};
use crate::config::Access;
use crate::text;

/// What a change needs that is left out of several.
const ALONE: &str = "it needs a command of its own";

/// A change, with the state of its target if it was read already.
pub(super) enum PlannedTarget {
    Unread(Change),
    Read(ChangeReading),
}

impl From<Change> for PlannedTarget {
    fn from(change: Change) -> Self {
        Self::Unread(change)
    }
}

impl From<ChangeReading> for PlannedTarget {
    fn from(reading: ChangeReading) -> Self {
        Self::Read(reading)
    }
}

impl PlannedTarget {
    /// Returns the change of the object with the ID `word`, with its state; `None` if `word` is no ID that exists,
    /// since it may be a name.
    pub(super) async fn find_by_number(
        word: &str,
        change: impl Fn(u64) -> Change,
        exists: impl Fn(&ChangeReading) -> bool,
        client: &Client,
    ) -> Result<Option<Self>, Failure> {
        let Ok(id) = word.trim().parse() else {
            return Ok(None);
        };
        let reading = change(id).read(client).await?;
        Ok(exists(&reading).then_some(Self::Read(reading)))
    }

    /// Returns the change with the state of its target, which is read unless it was already.
    pub(super) async fn reading(self, client: &Client) -> Result<ChangeReading, Error> {
        match self {
            Self::Unread(change) => change.read(client).await,
            Self::Read(reading) => Ok(reading),
        }
    }

    fn change(&self) -> Change {
        match self {
            Self::Unread(change) => change.clone(),
            Self::Read(reading) => reading.change(),
        }
    }
}

/// Previews, confirms and applies changes of one kind, each with a target of its own.
pub(super) async fn apply_changes<M: Into<PlannedTarget>>(
    changes: Vec<M>,
    args: &cli::ChangeArgs,
    wait_limit: WaitLimit,
    (client, access): (&Client, &Access),
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let changes: Vec<PlannedTarget> = changes.into_iter().map(Into::into).collect();
    let Confirmed { plans, justification, mut exit } =
        Box::pin(confirm_changes(changes, args, wait_limit, (client, access), cx)).await?;
    if plans.is_empty() {
        return Ok(exit);
    }
    let mut log = change::open_log(cx)?;
    let (mut applied, sent_exit) = apply_in_turn(&plans, &justification, client, &mut log, cx).await?;
    exit = if exit == Exit::Done { sent_exit } else { exit };
    if wait_limit != WaitLimit::None {
        wait_until_confirmed(&mut applied, wait_limit, client, &mut log, cx).await;
    }
    let mut failures = Vec::new();
    for (plan, result) in &applied {
        let (outcome_exit, failure) = report_outcome(plan, &result.outcome, wait_limit, cx)?;
        exit = if exit == Exit::Done { outcome_exit } else { exit };
        failures.extend(failure);
    }
    // The results are written before the messages.
    cx.streams.out.flush()?;
    for failure in &failures {
        cx.report(failure);
    }
    check_log(cx)?;
    Ok(exit)
}

/// Notes the head of the audit log, and warns if the log is damaged.
fn check_log(cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    if let Some(dir) = &cx.state_dir {
        let Scan { faults, head, .. } = Scan::read(dir, |_| {})?;
        if !faults.is_empty() {
            cx.warn("the action log is damaged; `lampblack log verify` shows where");
        }
        cx.note_detail(&format!("audit #{} {}", head.lines, head.last));
    }
    Ok(())
}

/// Previews, confirms and applies one change, whose outcome the caller reports. The exit code tells why nothing was sent.
pub(super) async fn apply_one(
    change: Change,
    args: &cli::ChangeArgs,
    (client, access): (&Client, &Access),
    cx: &mut CommandCx<'_>,
) -> Result<Result<Outcome, Exit>, Failure> {
    let Confirmed { plans, justification, exit } =
        Box::pin(confirm_changes(vec![change.into()], args, WaitLimit::None, (client, access), cx)).await?;
    if plans.is_empty() {
        return Ok(Err(exit));
    }
    let mut log = change::open_log(cx)?;
    let (mut applied, exit) = apply_in_turn(&plans, &justification, client, &mut log, cx).await?;
    check_log(cx)?;
    Ok(applied.pop().map(|(_, applied)| applied.outcome).ok_or(exit))
}

/// Applies a change that the preview of another one has announced; `None` if it would have no effect. `batch` is the line of
/// that one in the audit log.
pub(super) async fn apply_announced(
    change: Change,
    batch: u64,
    args: &cli::ChangeArgs,
    (client, access): (&Client, &Access),
    cx: &mut CommandCx<'_>,
) -> Result<Option<Outcome>, Failure> {
    change::require_reason(args)?;
    let justification = Justification { batch: Some(batch), ..change::justification(args, access, cx) };
    let context = PlanContext::new(client.clone(), change::policy(access)).with_user(access.profile.user.clone());
    let plan = match change.prepare(&context).await? {
        Prepared::Ready(plan) => plan,
        Prepared::NoOp { .. } => return Ok(None),
        Prepared::Rejected(rejection) => return Err(Failure::new(Exit::Failed, rejection.why)),
    };
    let Log { mut actions, mut lock_waits } = change::open_log(cx)?;
    let planned = PlannedChange { plan: &plan, justification: &justification };
    match with_lock_notes(changes::apply(planned, client, &mut actions), &mut lock_waits, cx).await {
        Ok(applied) => Ok(Some(applied.outcome)),
        Err(NotSent::NoOp(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Changes that may be applied; none if there is nothing to apply.
struct Confirmed {
    plans: Vec<Plan>,
    justification: Justification,
    /// The exit code so far.
    exit: Exit,
}

/// Plans changes, shows the preview, and has the user confirm it.
async fn confirm_changes(
    changes: Vec<PlannedTarget>,
    args: &cli::ChangeArgs,
    wait_limit: WaitLimit,
    (client, access): (&Client, &Access),
    cx: &mut CommandCx<'_>,
) -> Result<Confirmed, Failure> {
    if changes.iter().any(|target| target.change().needs_reason()) {
        change::require_reason(args)?;
    }
    let justification = change::justification(args, access, cx);
    let context = PlanContext::new(client.clone(), change::policy(access)).with_user(access.profile.user.clone());
    change::check_may_change(access)?;
    let Planned { plans, left_out, exit } = plan(changes, wait_limit, &context, cx).await?;
    if plans.is_empty() && (left_out.is_empty() || !args.dry_run) {
        return Ok(Confirmed { plans, justification, exit });
    }
    let (lines, warnings) = render_preview(&plans, &context, &justification).await;
    if args.dry_run {
        let left_out = render_left_out(&left_out, &context, &justification).await;
        for line in lines.iter().chain(&left_out) {
            writeln!(cx.streams.out, "{line}")?;
        }
        writeln!(cx.streams.out, "Dry run: nothing sent")?;
        return Ok(Confirmed { plans: Vec::new(), justification, exit });
    }
    for line in lines {
        cx.write_line(&line);
    }
    change::confirm(&plans, &warnings, args, cx)?;
    Ok(Confirmed { plans, justification, exit })
}

/// Returns the preview of the plans, line by line, and their warnings. For many bans, executions are counted once for
/// all.
async fn render_preview(
    plans: &[Plan],
    context: &PlanContext,
    justification: &Justification,
) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut warnings) = (Vec::new(), Vec::new());
    if let Some((per_hash, shared)) = changes::batch_impact(plans, context).await {
        for (plan, impact) in plans.iter().zip(&per_hash) {
            warnings.extend(change::warnings(plan, impact));
            lines.extend(change::render_preview(plan, impact, justification));
        }
        warnings.extend(shared.iter().flat_map(|line| line.warnings.clone()));
        lines.push(format!("all {} hashes", plans.len()));
        lines.extend(change::merge_lines(&shared));
        return (lines, warnings);
    }
    for plan in plans {
        let impact = find_blast_radius(plan, context).await;
        warnings.extend(change::warnings(plan, &impact));
        lines.extend(change::render_preview(plan, &impact, justification));
    }
    (lines, warnings)
}

/// Returns the preview of plans that a command for several targets leaves out, line by line, with the reason.
async fn render_left_out(plans: &[Plan], context: &PlanContext, justification: &Justification) -> Vec<String> {
    let mut lines = Vec::new();
    for plan in plans {
        let impact = find_blast_radius(plan, context).await;
        lines.extend(change::render_preview(plan, &impact, justification));
        lines.extend(plan.name_reason().map(|why| format!("  SKIPPED: {why}; {ALONE}")));
    }
    lines
}

/// Returns the blast radius of a plan, in the order of its probes.
async fn find_blast_radius(plan: &Plan, context: &PlanContext) -> Vec<ImpactLine> {
    let impact = RefCell::new(Vec::new());
    plan.find_blast_radius(context, |line| impact.borrow_mut().push(line)).await;
    let mut impact = impact.into_inner();
    let names = plan.impact_names();
    impact.sort_by_key(|line: &ImpactLine| names.iter().position(|name| *name == line.subject));
    impact
}

/// The plans of one command.
struct Planned {
    plans: Vec<Plan>,
    /// Plans that are applied only by a command of their own.
    left_out: Vec<Plan>,
    exit: Exit,
}

/// Plans the changes. Targets that are left out are reported here.
async fn plan(
    changes: Vec<PlannedTarget>,
    wait_limit: WaitLimit,
    context: &PlanContext,
    cx: &mut CommandCx<'_>,
) -> Result<Planned, Failure> {
    let n_changes = changes.len();
    let mut exit = Exit::Done;
    let (mut plans, mut left_out) = (Vec::new(), Vec::new());
    for target in changes {
        let prepared = match target {
            PlannedTarget::Read(reading) => reading.plan(context).await?,
            PlannedTarget::Unread(change) => change.prepare(context).await?,
        };
        match prepared {
            Prepared::Ready(plan) if plan.is_left_out_of(n_changes) => {
                let why = plan.name_reason().unwrap_or_default();
                cx.warn(&format!("{} is skipped: {why}; {ALONE}", plan.name_with_id()));
                exit = Exit::Refused;
                left_out.push(*plan);
            }
            Prepared::Ready(plan) => plans.push(*plan),
            Prepared::NoOp { text, is_pending } => {
                writeln!(cx.streams.out, "{text}; nothing was sent")?;
                // With `--wait` the change counts as unconfirmed; without, it counts as done.
                if is_pending && wait_limit != WaitLimit::None && exit == Exit::Done {
                    exit = Exit::Unconfirmed;
                }
            }
            Prepared::Rejected(rejection) => {
                let code = if rejection.is_policy { Exit::Refused } else { Exit::Failed };
                exit = cx.report(&Failure::new(code, rejection.why).with_hint(rejection.hint));
            }
        }
    }
    Ok(Planned { plans, left_out, exit })
}

/// Applies the plans in order. A change that is no longer possible is reported, and the next one follows. If the log
/// cannot be written, the others are not applied.
async fn apply_in_turn<'p>(
    plans: &'p [Plan],
    justification: &Justification,
    client: &Client,
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) -> Result<(Vec<(&'p Plan, Applied)>, Exit), Failure> {
    let mut applied = Vec::new();
    let mut exit = Exit::Done;
    let mut justification = justification.clone();
    for (index, plan) in plans.iter().enumerate() {
        let planned = PlannedChange { plan, justification: &justification };
        let Log { actions, lock_waits } = log;
        match with_lock_notes(changes::apply(planned, client, actions), lock_waits, cx).await {
            Ok(result) => {
                justification.batch.get_or_insert(result.outcome.line);
                applied.push((plan, result));
            }
            Err(NotSent::NoOp(text)) => {
                writeln!(cx.streams.out, "{text}; nothing was sent")?;
            }
            Err(error @ NotSent::Log(_)) if index > 0 => {
                let n_left = plans.len() - index;
                let were = if n_left == 1 { "was" } else { "were" };
                let text = format!("{error}; {n_left} of {} {were} not sent", plans.len());
                exit = cx.report(&Failure::new(Exit::Failed, text));
                break;
            }
            Err(error @ NotSent::Log(_)) => {
                return Err(Failure::from(error).with_hint("nothing was sent"));
            }
            Err(error) => {
                let name = plan.name();
                let text = format!("{name}: {error}");
                exit = cx.report(&Failure::new(Exit::Failed, text).with_hint("nothing was sent"));
            }
        }
    }
    Ok((applied, exit))
}

/// Prints the outcome of a change, and returns the failure to report if it was not applied.
fn report_outcome(
    plan: &Plan,
    outcome: &Outcome,
    wait_limit: WaitLimit,
    cx: &mut CommandCx<'_>,
) -> Result<(Exit, Option<Failure>), Failure> {
    let name = plan.name();
    let verb = plan.change().label();
    let stage = match outcome.stage {
        LoggedStage::Accepted => "accepted",
        LoggedStage::Confirmed => "confirmed",
        LoggedStage::NotApplied => "not applied",
        LoggedStage::Partly => "partly applied",
        LoggedStage::Pending => "sent, not confirmed in time",
        LoggedStage::Unknown => "outcome unknown",
    };
    let note = text::line(&outcome.note);
    writeln!(cx.streams.out, "{name}  {verb}: {stage}; {note}")?;
    let exit = exit_of(outcome, wait_limit);
    let failure = (exit == Exit::Failed).then(|| {
        let text = format!("{name}: {verb}: {stage}; {note}");
        let failure = Failure::new(exit, text);
        match advice(outcome) {
            Some(advice) => failure.with_hint(advice),
            None => failure,
        }
    });
    Ok((exit, failure))
}

/// Returns the exit code for an outcome.
pub(super) fn exit_of(outcome: &Outcome, wait_limit: WaitLimit) -> Exit {
    match outcome.stage {
        LoggedStage::Confirmed => Exit::Done,
        LoggedStage::Accepted if wait_limit == WaitLimit::None => Exit::Done,
        LoggedStage::Accepted | LoggedStage::Pending => Exit::Unconfirmed,
        LoggedStage::Unknown if matches!(outcome.error, Some(Error::Host { is_late: true, .. })) => Exit::Unconfirmed,
        LoggedStage::NotApplied | LoggedStage::Partly | LoggedStage::Unknown => Exit::Failed,
    }
}

/// Returns what to do about a failed change. The hints for slow searches do not apply here.
fn advice(outcome: &Outcome) -> Option<&'static str> {
    match (outcome.stage, &outcome.error) {
        (_, Some(error)) if error.is_refusal() => error.hint(),
        (LoggedStage::Unknown, _) => Some("check the state on the server before retrying"),
        (_, Some(Error::Timeout(_) | Error::Refused { status: 504, .. })) => {
            Some("retry when the server answers in time")
        }
        (_, error) => error.as_ref().and_then(Error::hint),
    }
}
