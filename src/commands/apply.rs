//! Doing deeds from the command line: every target named, previewed, confirmed, logged, and proven.

use std::{cell::RefCell, future::pending};

use tokio::{pin, select, sync::mpsc, time::sleep};

use super::{Caller, Exit, Failure, change, signals::told_to_stop};
use crate::api::{Client, Error};
use crate::audit::{Actions, Scan, Stage};
use crate::changes::{self, Deed, Done, Estate, Fact, Grounds, NotSent, Order, Outcome, Plan, Prepared, State};
use crate::cli::{self, Patience};
use crate::config::Access;
use crate::text;

/// A deed, and what the server has of its target where that was read on the way to it.
pub(super) struct Meant {
    pub(super) deed: Deed,
    pub(super) state: Option<State>,
}

impl From<Deed> for Meant {
    fn from(deed: Deed) -> Self {
        Self { deed, state: None }
    }
}

impl Meant {
    /// What is done to the one of a number, with what was read of it; nothing where there is none, since the word may be a
    /// name.
    pub(super) async fn by_number(
        word: &str,
        deed: impl Fn(u64) -> Deed,
        is_there: impl Fn(&State) -> bool,
        client: &Client,
    ) -> Result<Option<Self>, Failure> {
        let Ok(number) = word.trim().parse() else {
            return Ok(None);
        };
        let deed = deed(number);
        let state = State::read(&deed, client).await?;
        Ok(is_there(&state).then_some(Self { deed, state: Some(state) }))
    }
}

/// Does deeds of one kind, each to a target of its own.
pub(super) async fn perform<M: Into<Meant>>(
    deeds: Vec<M>,
    given: &cli::Grounds,
    patience: Patience,
    (client, access): (&Client, &Access),
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let deeds: Vec<Meant> = deeds.into_iter().map(Into::into).collect();
    let is_reasoned = deeds.iter().any(|one| one.deed.needs_reason());
    let grounds = change::grounds(given, is_reasoned, access, caller)?;
    let estate = Estate::new(client.clone(), change::guard(access)).of_user(access.profile.user.clone());
    let (plans, mut exit) = plan(deeds, patience, &estate, access, caller).await?;
    if plans.is_empty() {
        return Ok(exit);
    }
    let (lines, warnings) = preview(&plans, &estate, &grounds).await;
    for line in lines {
        if given.dry_run {
            writeln!(caller.streams.out, "{line}")?;
        } else {
            caller.show(&line);
        }
    }
    if given.dry_run {
        writeln!(caller.streams.out, "a dry run: nothing was sent")?;
        return Ok(exit);
    }
    change::confirm(&plans, &warnings, given, caller)?;
    let mut log = change::log(caller)?;
    let (mut done, sent) = send(&plans, &grounds, client, &mut log, caller).await?;
    exit = if exit == Exit::Done { sent } else { exit };
    if patience != Patience::None {
        wait(&mut done, patience, client, &mut log, caller).await;
    }
    let mut failures = Vec::new();
    for (plan, one) in &done {
        let (own, failure) = tell(plan, &one.outcome, patience, caller)?;
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
            text::counted(head.lines, "line", "lines"),
            head.last
        ));
    }
    Ok(exit)
}

/// What the plans will do and whom they will hit, line by line, and what speaks against them. Of many bans, what ran is
/// counted once for all of them.
async fn preview(plans: &[Plan], estate: &Estate, grounds: &Grounds) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut warnings) = (Vec::new(), Vec::new());
    if let Some((each, all)) = changes::of_many(plans, estate).await {
        for (plan, facts) in plans.iter().zip(&each) {
            warnings.extend(change::warnings(plan, facts));
            lines.extend(change::preview(plan, facts, grounds));
        }
        warnings.extend(all.iter().flat_map(|fact| fact.warnings.clone()));
        lines.push(format!("all {} hashes together", plans.len()));
        lines.extend(change::together(&all));
        return (lines, warnings);
    }
    for plan in plans {
        let facts = RefCell::new(Vec::new());
        let tell = |fact| facts.borrow_mut().push(fact);
        plan.radius(estate, tell).await;
        let mut facts: Vec<Fact> = facts.into_inner();
        let looks = plan.deed.looks();
        facts.sort_by_key(|fact| looks.iter().position(|look| *look == fact.what));
        warnings.extend(change::warnings(plan, &facts));
        lines.extend(change::preview(plan, &facts, grounds));
    }
    (lines, warnings)
}

/// What each would do. What is left out is answered here.
async fn plan(
    deeds: Vec<Meant>,
    patience: Patience,
    estate: &Estate,
    access: &Access,
    caller: &mut Caller<'_>,
) -> Result<(Vec<Plan>, Exit), Failure> {
    change::may_change(access)?;
    let is_bulk = deeds.len() > 1;
    let mut exit = Exit::Done;
    let mut plans = Vec::new();
    for Meant { deed, state } in deeds {
        let prepared = match state {
            Some(state) => deed.weigh(state, estate).await?,
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
            Prepared::AlreadySo { said, is_pending } => {
                writeln!(caller.streams.out, "{said}; nothing was sent")?;
                // Who waits for it has not got it; who does not wait wants no more than this.
                if is_pending && patience != Patience::None && exit == Exit::Done {
                    exit = Exit::Unconfirmed;
                }
            }
            Prepared::Refused(refusal) => {
                let code = if refusal.is_guard { Exit::Refused } else { Exit::Failed };
                exit = caller.report(&Failure::new(code, refusal.why).hint(refusal.hint));
            }
        }
    }
    Ok((plans, exit))
}

/// Does one after the other. What cannot be done any more is said, and keeps nobody from the next. When the log cannot be
/// written any more, the rest is not done, and that is said.
async fn send<'p>(
    plans: &'p [Plan],
    grounds: &Grounds,
    client: &Client,
    log: &mut Log,
    caller: &mut Caller<'_>,
) -> Result<(Vec<(&'p Plan, Done)>, Exit), Failure> {
    let mut done = Vec::new();
    let mut exit = Exit::Done;
    let mut grounds = grounds.clone();
    for (at, plan) in plans.iter().enumerate() {
        let order = Order { plan, grounds: &grounds };
        let Log { actions, waits } = log;
        match noting(changes::perform(order, client, actions), waits, caller).await {
            Ok(one) => {
                grounds.batch.get_or_insert(one.outcome.line);
                done.push((plan, one));
            }
            Err(NotSent::AlreadySo(said)) => {
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
                return Err(Failure::from(error).hint("nothing was sent"));
            }
            Err(error) => {
                let name = plan.state.name();
                let said = format!("{name}: {error}");
                exit = caller.report(&Failure::new(Exit::Failed, said).hint("nothing was sent"));
            }
        }
    }
    Ok((done, exit))
}

/// The action log, and when another program is waited for that has locked it.
pub(super) struct Log {
    pub(super) actions: Actions,
    pub(super) waits: mpsc::UnboundedReceiver<bool>,
}

/// Does something that writes to the action log, and says when that has to wait.
async fn noting<T>(
    doing: impl Future<Output = T>,
    waits: &mut mpsc::UnboundedReceiver<bool>,
    caller: &mut Caller<'_>,
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
async fn wait(done: &mut [(&Plan, Done)], patience: Patience, client: &Client, log: &mut Log, caller: &mut Caller<'_>) {
    let late = async {
        match patience {
            Patience::For(time) => sleep(time).await,
            Patience::None | Patience::Endless => pending().await,
        }
    };
    let stopped = async {
        if told_to_stop().await.is_err() {
            pending::<()>().await;
        }
    };
    let is_stopped = select! {
        biased;
        () = look(done, client, log, caller) => false,
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
    let Log { actions, waits } = log;
    for outcome in open {
        let noted = noting(changes::give_up(actions, client, outcome), waits, caller);
        select! {
            () = noted => {}
            // The log may be locked for ever.
            _ = told_to_stop() => return,
        }
    }
}

/// Looks until every target has it.
async fn look(done: &mut [(&Plan, Done)], client: &Client, log: &mut Log, caller: &mut Caller<'_>) {
    let Log { actions, waits } = log;
    loop {
        // What could not be read back is not known yet; the next look may tell.
        let open = done.iter_mut().map(|(_, one)| one).filter(|one| one.outcome.is_open() || one.outcome.is_unread());
        let mut open: Vec<_> = open.collect();
        if open.is_empty() {
            break;
        }
        caller.progress(&format!(
            "waiting for {} to be confirmed; ^c stops waiting, and what was sent stays in force",
            open.len()
        ));
        sleep(client.pace().look).await;
        for Done { deed, outcome } in &mut open {
            noting(changes::settle(deed, client, actions, outcome), waits, caller).await;
        }
    }
}

/// Says what became of one; what is to be said beside that, if it failed.
fn tell(
    plan: &Plan,
    outcome: &Outcome,
    patience: Patience,
    caller: &mut Caller<'_>,
) -> Result<(Exit, Option<Failure>), Failure> {
    let name = plan.state.name();
    let verb = plan.deed.label();
    let stage = match outcome.stage {
        Stage::Accepted => "accepted",
        Stage::Confirmed => "confirmed",
        Stage::NotApplied => "not applied",
        Stage::Partly => "applied only in part",
        Stage::Pending => "sent, and not confirmed in time",
        Stage::Unknown => "unknown whether it was done",
    };
    let note = text::line(&outcome.note);
    writeln!(caller.streams.out, "{name}  {verb}: {stage}; {note}")?;
    let exit = match outcome.stage {
        Stage::Confirmed => Exit::Done,
        Stage::Accepted if patience == Patience::None => Exit::Done,
        Stage::Accepted | Stage::Pending => Exit::Unconfirmed,
        Stage::NotApplied | Stage::Partly | Stage::Unknown => Exit::Failed,
    };
    let failure = (exit == Exit::Failed).then(|| {
        let said = format!("{name}: {verb}: {stage}; {note}");
        let failure = Failure::new(exit, said);
        match advice(outcome) {
            Some(advice) => failure.hint(advice),
            None => failure,
        }
    });
    Ok((exit, failure))
}

/// What to do about a deed that failed. To ask for less, as after a search that took too long, is of no use here.
fn advice(outcome: &Outcome) -> Option<&'static str> {
    match (outcome.stage, &outcome.error) {
        (_, Some(error)) if error.is_refusal() => error.hint(),
        (Stage::Unknown, _) => Some("look at what the server holds before you do it again"),
        (_, Some(Error::Timeout(_) | Error::Refused { status: 504, .. })) => {
            Some("do it again once the server answers in time")
        }
        (_, error) => error.as_ref().and_then(Error::hint),
    }
}
