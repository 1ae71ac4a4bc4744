//! `sensor isolate` and `sensor unisolate`: every host named, previewed, confirmed, logged, and proven.

use tokio::time::{Instant, sleep};

use super::{Caller, Exit, Failure, deed, hosts};
use crate::api::Client;
use crate::cli::{Isolation, Patience};
use crate::deeds::{self, Deed, Grounds, Order, Outcome, Plan, Prepared};
use crate::model::SensorId;
use crate::record::actions::{Actions, Stage};
use crate::text;

/// Runs both.
pub(super) async fn isolate(
    deed: fn(SensorId) -> Deed,
    args: &Isolation,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.reach()?;
    let grounds = deed::grounds(&args.grounds, &access, caller)?;
    let guard = deed::guard(&access);
    if let Some(refusal) = guard.refuses_all() {
        return Err(Failure::new(Exit::Refused, refusal.why).hint(refusal.hint));
    }
    // All hosts are found before anything is done to one of them.
    let mut ids = Vec::new();
    for host in &args.hosts {
        let id = hosts::find(host, &client, caller).await?;
        if ids.contains(&id) {
            caller.note(&format!("{host} is named twice"));
        } else {
            ids.push(id);
        }
    }
    let is_bulk = ids.len() > 1;
    let mut exit = Exit::Done;
    let mut plans = Vec::new();
    for id in ids {
        match deed(id).prepare(&client, &guard).await? {
            Prepared::Ready(plan) => match &plan.protection {
                Some(why) if is_bulk => {
                    let name = text::visible(&plan.sensor.computer_name);
                    caller.warn(&format!(
                        "{name} is left out: {why}; a protected host is named alone"
                    ));
                    exit = Exit::Refused;
                }
                _ => plans.push(*plan),
            },
            Prepared::AlreadySo(said) => writeln!(caller.streams.out, "{said}; nothing was sent")?,
            Prepared::Refused(refusal) => {
                let code = if refusal.is_guard {
                    Exit::Refused
                } else {
                    Exit::Failed
                };
                exit = caller.report(&Failure::new(code, refusal.why).hint(refusal.hint));
            }
        }
    }
    if plans.is_empty() {
        return Ok(exit);
    }
    for line in plans.iter().flat_map(deed::preview) {
        if args.grounds.dry_run {
            writeln!(caller.streams.out, "{line}")?;
        } else {
            caller.show(&line);
        }
    }
    if args.grounds.dry_run {
        writeln!(caller.streams.out, "a dry run: nothing was sent")?;
        return Ok(exit);
    }
    deed::confirm(&plans, args.grounds.yes, caller)?;
    let mut log = deed::log(caller)?;
    let mut done = perform(&plans, &grounds, &client, &mut log, caller).await?;
    if !args.no_wait {
        wait(&mut done, args.timeout, &client, &mut log, caller).await;
    }
    for (plan, outcome) in &done {
        let own = tell(plan, outcome, args.no_wait, caller)?;
        exit = if exit == Exit::Done { own } else { exit };
    }
    // The answer comes before what is said beside it.
    caller.streams.out.flush()?;
    let head = log.head()?;
    caller.note(&format!(
        "the action log has {} lines, the last one {}",
        head.lines, head.last
    ));
    Ok(exit)
}

/// Does one after the other. When the log cannot be written any more, the rest is not done, and that is said.
async fn perform<'p>(
    plans: &'p [Plan],
    grounds: &Grounds,
    client: &Client,
    log: &mut Actions,
    caller: &mut Caller<'_>,
) -> Result<Vec<(&'p Plan, Outcome)>, Failure> {
    let mut done = Vec::new();
    for plan in plans {
        let order = Order { plan, grounds };
        match deeds::perform(order, client, log).await {
            Ok(outcome) => done.push((plan, outcome)),
            Err(error) if done.is_empty() => {
                return Err(Failure::from(error).hint("nothing was sent"));
            }
            Err(error) => {
                let left = plans.len() - done.len();
                caller.warn(&format!("{error}; {left} of {} were not done", plans.len()));
                break;
            }
        }
    }
    Ok(done)
}

/// Looks until every sensor has done it, or the time is over.
async fn wait(
    done: &mut [(&Plan, Outcome)],
    patience: Patience,
    client: &Client,
    log: &mut Actions,
    caller: &mut Caller<'_>,
) {
    let until = match patience {
        Patience::For(time) => Some(Instant::now() + time),
        Patience::Endless => None,
    };
    loop {
        let open = done.iter_mut().filter(|(_, outcome)| outcome.is_open());
        let mut open: Vec<_> = open.collect();
        if open.is_empty() {
            return;
        }
        caller.progress(&format!("waiting for {} sensors", open.len()));
        if until.is_some_and(|until| Instant::now() >= until) {
            for (_, outcome) in open {
                deeds::give_up(log, client, outcome);
            }
            break;
        }
        sleep(client.pace().look).await;
        for (plan, outcome) in &mut open {
            deeds::settle(plan.deed, client, log, outcome).await;
        }
    }
    caller.progress("");
}

/// Says what became of one.
fn tell(
    plan: &Plan,
    outcome: &Outcome,
    no_wait: bool,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let name = text::visible(&plan.sensor.computer_name);
    let verb = plan.deed.verb();
    let stage = match outcome.stage {
        Stage::Accepted => "accepted",
        Stage::Confirmed => "confirmed",
        Stage::NotApplied => "not applied",
        Stage::Pending => "accepted, and not confirmed in time",
        Stage::Unknown => "unknown whether it was done",
    };
    let note = text::visible(&outcome.note.as_str().into());
    writeln!(caller.streams.out, "{name}  {verb}: {stage}; {note}")?;
    if let Some(hint) = outcome.refusal().and_then(crate::api::Error::hint) {
        caller.show(&format!("hint: {hint}"));
    }
    Ok(match outcome.stage {
        Stage::Confirmed => Exit::Done,
        Stage::Accepted if no_wait => Exit::Done,
        Stage::Accepted | Stage::Pending => Exit::Unconfirmed,
        Stage::NotApplied | Stage::Unknown => Exit::Failed,
    })
}
