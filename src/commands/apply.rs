//! Doing deeds from the command line: every target named, previewed, confirmed, logged, and proven.

use std::{cell::RefCell, future::pending};

use tokio::{pin, select, sync::mpsc, time::sleep};

use super::{CommandCx, Exit, Failure, change, signals::wait_for_shutdown};
use crate::api::{Client, Error};
use crate::audit::{AuditLog, LoggedStage, Scan};
use crate::changes::{
    self, Applied, Change, ImpactLine, Justification, NotSent, Outcome, Plan, PlanContext, PlannedChange, Prepared,
    Snapshot,
};
use crate::cli::{self, WaitLimit};
use crate::config::Access;
use crate::text;

/// A deed, and what the server has of its target where that was read on the way to it.
pub(super) struct PlannedTarget {
    pub(super) change: Change,
    pub(super) state: Option<Snapshot>,
}

impl From<Change> for PlannedTarget {
    fn from(deed: Change) -> Self {
        Self { change: deed, state: None }
    }
}

impl PlannedTarget {
    /// What is done to the one of a number, with what was read of it; nothing where there is none, since the word may be a
    /// name.
    pub(super) async fn find_by_number(
        word: &str,
        deed: impl Fn(u64) -> Change,
        is_there: impl Fn(&Snapshot) -> bool,
        client: &Client,
    ) -> Result<Option<Self>, Failure> {
        let Ok(number) = word.trim().parse() else {
            return Ok(None);
        };
        let deed = deed(number);
        let state = Snapshot::read(&deed, client).await?;
        Ok(is_there(&state).then_some(Self { change: deed, state: Some(state) }))
    }
}

/// Does deeds of one kind, each to a target of its own.
pub(super) async fn apply_changes<M: Into<PlannedTarget>>(
    deeds: Vec<M>,
    given: &cli::ChangeArgs,
    patience: WaitLimit,
    (client, access): (&Client, &Access),
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let deeds: Vec<PlannedTarget> = deeds.into_iter().map(Into::into).collect();
    let is_reasoned = deeds.iter().any(|one| one.change.needs_reason());
    let grounds = change::justification(given, is_reasoned, access, caller)?;
    let estate = PlanContext::new(client.clone(), change::policy(access)).with_user(access.profile.user.clone());
    let (plans, mut exit) = plan(deeds, patience, &estate, access, caller).await?;
    if plans.is_empty() {
        return Ok(exit);
    }
    let (lines, warnings) = render_preview(&plans, &estate, &grounds).await;
    for line in lines {
        if given.dry_run {
            writeln!(caller.streams.out, "{line}")?;
        } else {
            caller.write_line(&line);
        }
    }
    if given.dry_run {
        writeln!(caller.streams.out, "a dry run: nothing was sent")?;
        return Ok(exit);
    }
    change::confirm(&plans, &warnings, given, caller)?;
    let mut log = change::open_log(caller)?;
    let (mut done, sent) = apply_in_turn(&plans, &grounds, client, &mut log, caller).await?;
    exit = if exit == Exit::Done { sent } else { exit };
    if patience != WaitLimit::None {
        wait_until_confirmed(&mut done, patience, client, &mut log, caller).await;
    }
    let mut failures = Vec::new();
    for (plan, one) in &done {
        let (own, failure) = report_outcome(plan, &one.outcome, patience, caller)?;
        exit = if exit == Exit::Done { own } else { exit };
        failures.extend(failure);
    }
    // The answer comes before what is said beside it.
    caller.streams.out.flush()?;
    for failure in &failures {
        caller.report(failure);
    }
    if let Some(dir) = &caller.state_dir {
        let Scan { faults, head, .. } = Scan::read(dir, |_| {})?;
        if !faults.is_empty() {
            caller.warn("the action log is not whole; `lampblack log verify` says what is wrong");
        }
        caller.note(&format!(
            "the action log has {}, the last one {}",
            text::pluralize(head.lines, "line", "lines"),
            head.last
        ));
    }
    Ok(exit)
}

/// What the plans will do and whom they will hit, line by line, and what speaks against them. Of many bans, what ran is
/// counted once for all of them.
async fn render_preview(plans: &[Plan], estate: &PlanContext, grounds: &Justification) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut warnings) = (Vec::new(), Vec::new());
    if let Some((each, all)) = changes::batch_impact(plans, estate).await {
        for (plan, facts) in plans.iter().zip(&each) {
            warnings.extend(change::warnings(plan, facts));
            lines.extend(change::render_preview(plan, facts, grounds));
        }
        warnings.extend(all.iter().flat_map(|fact| fact.warnings.clone()));
        lines.push(format!("all {} hashes together", plans.len()));
        lines.extend(change::merge_lines(&all));
        return (lines, warnings);
    }
    for plan in plans {
        let facts = RefCell::new(Vec::new());
        let tell = |fact| facts.borrow_mut().push(fact);
        plan.blast_radius(estate, tell).await;
        let mut facts: Vec<ImpactLine> = facts.into_inner();
        let looks = plan.change.probe_names();
        facts.sort_by_key(|fact| looks.iter().position(|look| *look == fact.subject));
        warnings.extend(change::warnings(plan, &facts));
        lines.extend(change::render_preview(plan, &facts, grounds));
    }
    (lines, warnings)
}

/// What each would do. What is left out is answered here.
async fn plan(
    deeds: Vec<PlannedTarget>,
    patience: WaitLimit,
    estate: &PlanContext,
    access: &Access,
    caller: &mut CommandCx<'_>,
) -> Result<(Vec<Plan>, Exit), Failure> {
    change::check_may_change(access)?;
    let is_bulk = deeds.len() > 1;
    let mut exit = Exit::Done;
    let mut plans = Vec::new();
    for PlannedTarget { change: deed, state } in deeds {
        let prepared = match state {
            Some(state) => deed.plan_from(state, estate).await?,
            None => deed.prepare(estate).await?,
        };
        match prepared {
            Prepared::Ready(plan) => match &plan.protection {
                Some(why) if is_bulk => {
                    let name = plan.state.name();
                    caller.warn(&format!("{name} is left out: {why}; a protected host is named alone"));
                    exit = Exit::Refused;
                }
                _ => plans.push(*plan),
            },
            Prepared::NoOp { text, is_pending } => {
                writeln!(caller.streams.out, "{text}; nothing was sent")?;
                // Who waits for it has not got it; who does not wait wants no more than this.
                if is_pending && patience != WaitLimit::None && exit == Exit::Done {
                    exit = Exit::Unconfirmed;
                }
            }
            Prepared::Rejected(refusal) => {
                let code = if refusal.is_policy { Exit::Refused } else { Exit::Failed };
                exit = caller.report(&Failure::new(code, refusal.why).with_hint(refusal.hint));
            }
        }
    }
    Ok((plans, exit))
}

/// Does one after the other. What cannot be done any more is said, and keeps nobody from the next. When the log cannot be
/// written any more, the rest is not done, and that is said.
async fn apply_in_turn<'p>(
    plans: &'p [Plan],
    grounds: &Justification,
    client: &Client,
    log: &mut Log,
    caller: &mut CommandCx<'_>,
) -> Result<(Vec<(&'p Plan, Applied)>, Exit), Failure> {
    let mut done = Vec::new();
    let mut exit = Exit::Done;
    let mut grounds = grounds.clone();
    for (at, plan) in plans.iter().enumerate() {
        let order = PlannedChange { plan, justification: &grounds };
        let Log { actions, lock_waits: waits } = log;
        match with_lock_notes(changes::apply(order, client, actions), waits, caller).await {
            Ok(one) => {
                grounds.batch.get_or_insert(one.outcome.line);
                done.push((plan, one));
            }
            Err(NotSent::NoOp(said)) => {
                writeln!(caller.streams.out, "{said}; nothing was sent")?;
            }
            Err(error @ NotSent::Log(_)) if at > 0 => {
                let left = plans.len() - at;
                let were = if left == 1 { "was" } else { "were" };
                let said = format!("{error}; {left} of {} {were} not done", plans.len());
                exit = caller.report(&Failure::new(Exit::Failed, said));
                break;
            }
            Err(error @ NotSent::Log(_)) => {
                return Err(Failure::from(error).with_hint("nothing was sent"));
            }
            Err(error) => {
                let name = plan.state.name();
                let said = format!("{name}: {error}");
                exit = caller.report(&Failure::new(Exit::Failed, said).with_hint("nothing was sent"));
            }
        }
    }
    Ok((done, exit))
}

/// The action log, and when another program is waited for that has locked it.
pub(super) struct Log {
    pub(super) actions: AuditLog,
    pub(super) lock_waits: mpsc::UnboundedReceiver<bool>,
}

/// Does something that writes to the action log, and says when that has to wait.
async fn with_lock_notes<T>(
    doing: impl Future<Output = T>,
    waits: &mut mpsc::UnboundedReceiver<bool>,
    caller: &mut CommandCx<'_>,
) -> T {
    pin!(doing);
    loop {
        select! {
            biased;
            done = &mut doing => return done,
            Some(is_waiting) = waits.recv() => if is_waiting {
                caller.note("waiting: another program has locked the action log");
            },
        }
    }
}

/// Looks until every target has it, the time is over, or somebody stops it.
async fn wait_until_confirmed(
    done: &mut [(&Plan, Applied)],
    patience: WaitLimit,
    client: &Client,
    log: &mut Log,
    caller: &mut CommandCx<'_>,
) {
    let late = async {
        match patience {
            WaitLimit::For(time) => sleep(time).await,
            WaitLimit::None | WaitLimit::Unlimited => pending().await,
        }
    };
    let stopped = async {
        if wait_for_shutdown().await.is_err() {
            pending::<()>().await;
        }
    };
    let is_stopped = select! {
        biased;
        () = poll_until_confirmed(done, client, log, caller) => false,
        () = stopped => true,
        () = late => false,
    };
    caller.progress("");
    // What could not be read stays unknown.
    let open = done.iter_mut().map(|(_, one)| &mut one.outcome);
    let open: Vec<_> = open.filter(|outcome| outcome.is_open()).collect();
    if is_stopped && !open.is_empty() {
        caller.warn("nobody waits any longer, and what was sent stays in force: `lampblack log show` lists it");
    }
    let Log { actions, lock_waits: waits } = log;
    for outcome in open {
        let noted = with_lock_notes(changes::log_timed_out(actions, client, outcome), waits, caller);
        select! {
            () = noted => {}
            // The log may be locked for ever.
            _ = wait_for_shutdown() => return,
        }
    }
}

/// Looks until every target has it.
async fn poll_until_confirmed(
    done: &mut [(&Plan, Applied)],
    client: &Client,
    log: &mut Log,
    caller: &mut CommandCx<'_>,
) {
    let Log { actions, lock_waits: waits } = log;
    loop {
        // What could not be read back is not known yet; the next look may tell.
        let open =
            done.iter_mut().map(|(_, one)| one).filter(|one| one.outcome.is_open() || one.outcome.needs_read_back());
        let mut open: Vec<_> = open.collect();
        if open.is_empty() {
            break;
        }
        caller.progress(&format!(
            "waiting for {} to be confirmed; ^c stops waiting, and what was sent stays in force",
            open.len()
        ));
        sleep(client.timings().read_back_interval).await;
        for Applied { change: deed, outcome } in &mut open {
            with_lock_notes(changes::recheck(deed, client, actions, outcome), waits, caller).await;
        }
    }
}

/// Says what became of one; what is to be said beside that, if it failed.
fn report_outcome(
    plan: &Plan,
    outcome: &Outcome,
    patience: WaitLimit,
    caller: &mut CommandCx<'_>,
) -> Result<(Exit, Option<Failure>), Failure> {
    let name = plan.state.name();
    let verb = plan.change.label();
    let stage = match outcome.stage {
        LoggedStage::Accepted => "accepted",
        LoggedStage::Confirmed => "confirmed",
        LoggedStage::NotApplied => "not applied",
        LoggedStage::Partly => "applied only in part",
        LoggedStage::Pending => "sent, and not confirmed in time",
        LoggedStage::Unknown => "unknown whether it was done",
    };
    let note = text::line(&outcome.note);
    writeln!(caller.streams.out, "{name}  {verb}: {stage}; {note}")?;
    let exit = match outcome.stage {
        LoggedStage::Confirmed => Exit::Done,
        LoggedStage::Accepted if patience == WaitLimit::None => Exit::Done,
        LoggedStage::Accepted | LoggedStage::Pending => Exit::Unconfirmed,
        LoggedStage::NotApplied | LoggedStage::Partly | LoggedStage::Unknown => Exit::Failed,
    };
    let failure = (exit == Exit::Failed).then(|| {
        let said = format!("{name}: {verb}: {stage}; {note}");
        let failure = Failure::new(exit, said);
        match advice(outcome) {
            Some(advice) => failure.with_hint(advice),
            None => failure,
        }
    });
    Ok((exit, failure))
}

/// What to do about a deed that failed. To ask for less, as after a search that took too long, is of no use here.
fn advice(outcome: &Outcome) -> Option<&'static str> {
    match (outcome.stage, &outcome.error) {
        (_, Some(error)) if error.is_refusal() => error.hint(),
        (LoggedStage::Unknown, _) => Some("look at what the server holds before you do it again"),
        (_, Some(Error::Timeout(_) | Error::Refused { status: 504, .. })) => {
            Some("do it again once the server answers in time")
        }
        (_, error) => error.as_ref().and_then(Error::hint),
    }
}
