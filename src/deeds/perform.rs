//! Doing what was planned: logged, sent once, logged, read back.

use serde_json::{Value, json};

use super::{Deed, Grounds, Outcome, Plan, isolate};
use crate::api::{Client, Error};
use crate::model::Sensor;
use crate::record;
use crate::record::actions::{self, Actions, Event, Request, Sending, Stage, Target};

/// How often the state is read when the answer was lost, before what it says is believed: the request may be on its way.
const LOOKS: u32 = 3;

/// A plan, and on whose behalf it is performed.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What is to be done.
    pub plan: &'a Plan,
    /// Why, and by whom.
    pub grounds: &'a Grounds,
}

/// Does what was planned, and finds out how far it got. An error means that the log could not be written, and that
/// nothing was sent.
pub async fn perform(
    order: Order<'_>,
    client: &Client,
    log: &mut Actions,
) -> Result<Outcome, record::Error> {
    let now = || client.clock().now();
    let line = log.append(now(), sending(order, client))?;
    let sent = client.change(&order.plan.change).await;
    let mut outcome = Outcome {
        line,
        stage: Stage::Unknown,
        note: String::new(),
        error: sent.err(),
    };
    let after = match &outcome.error {
        Some(error) if error.is_refusal() => {
            outcome.stage = Stage::NotApplied;
            outcome.note = error.to_string();
            None
        }
        lost => {
            let is_lost = lost.is_some();
            read_back(order.plan.deed, client, is_lost, &mut outcome).await
        }
    };
    note(log, client, &mut outcome, after.as_ref());
    Ok(outcome)
}

/// Looks again whether what was accepted holds by now. What has changed since is logged.
pub async fn settle(deed: Deed, client: &Client, log: &mut Actions, outcome: &mut Outcome) {
    let before = outcome.stage;
    let after = read_back(deed, client, false, outcome).await;
    if outcome.stage != before {
        note(log, client, outcome, after.as_ref());
    }
}

/// Logs that an outcome is all that could be found out in time.
pub fn give_up(log: &mut Actions, client: &Client, outcome: &mut Outcome) {
    outcome.stage = Stage::Pending;
    note(log, client, outcome, None);
}

/// Reads what the server holds now. When the answer was lost, that alone says whether it was done.
async fn read_back(
    deed: Deed,
    client: &Client,
    is_lost: bool,
    outcome: &mut Outcome,
) -> Option<Sensor> {
    let mut looks = 0;
    loop {
        looks += 1;
        match client.sensor(deed.sensor()).await {
            Ok(sensor) => {
                outcome.stage = stage(deed, &sensor);
                outcome.note = words(outcome.stage, is_lost, &sensor);
                // What is not there yet may still arrive.
                if outcome.stage == Stage::NotApplied && is_lost && looks < LOOKS {
                    tokio::time::sleep(client.pace().look).await;
                    continue;
                }
                return Some(sensor);
            }
            Err(error) => {
                if is_lost || outcome.stage == Stage::Unknown {
                    outcome.stage = Stage::Unknown;
                    outcome.note = format!("what the server holds could not be read: {error}");
                    outcome.error = outcome.error.take().or(Some(error));
                }
                return None;
            }
        }
    }
}

fn stage(deed: Deed, sensor: &Sensor) -> Stage {
    match (
        isolate::is_asked(deed, sensor),
        isolate::holds(deed, sensor),
    ) {
        (Some(true), Some(true)) => Stage::Confirmed,
        (Some(true), _) => Stage::Accepted,
        (Some(false), _) => Stage::NotApplied,
        (None, _) => Stage::Unknown,
    }
}

fn words(stage: Stage, is_lost: bool, sensor: &Sensor) -> String {
    let seen = isolate::last_seen(sensor);
    let said = match stage {
        Stage::Confirmed => format!("{}, read back from the sensor's record", sensor.isolation()),
        Stage::Accepted | Stage::Pending => {
            format!("{}: the sensor was last seen {seen}", sensor.isolation())
        }
        Stage::NotApplied => format!("the server holds: {}", sensor.isolation()),
        Stage::Unknown => "the server does not say what it holds".into(),
    };
    if is_lost {
        format!("the answer was lost; {said}")
    } else {
        said
    }
}

fn sending(Order { plan, grounds }: Order<'_>, client: &Client) -> Event {
    Event::Sending(Box::new(Sending {
        who: grounds.who.clone(),
        server: client.server().to_owned(),
        deed: plan.deed.verb().to_owned(),
        target: Target {
            kind: "sensor".into(),
            id: plan.sensor.id.to_string(),
            name: plan.sensor.computer_name.raw().to_owned(),
        },
        reason: grounds.reason.clone(),
        ticket: grounds.ticket.clone(),
        request: Request {
            method: plan.change.method().to_owned(),
            path: plan.change.path().to_owned(),
            body: plan.change.body().clone(),
        },
        before: state(&plan.sensor),
        wanted: json!({"is_isolating": matches!(plan.deed, Deed::Isolate(_))}),
    }))
}

/// Adds to the log what became of it. The deed is done: that this cannot be written any more does not undo it, and is said.
fn note(log: &mut Actions, client: &Client, outcome: &mut Outcome, after: Option<&Sensor>) {
    let known = Event::Known(Box::new(actions::Outcome {
        of: outcome.line,
        stage: outcome.stage,
        after: after.map_or(Value::Null, state),
        note: outcome.note.clone(),
    }));
    if let Err(error) = log.append(client.clock().now(), known) {
        outcome.note = format!("{}; the log does not have this: {error}", outcome.note);
    }
}

/// What counts of a sensor's record.
fn state(sensor: &Sensor) -> Value {
    json!({
        "network_isolation_enabled": sensor.isolation_wanted,
        "is_isolating": sensor.is_isolating,
    })
}

impl Outcome {
    /// Whether anything is still to be waited for.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Accepted | Stage::Pending)
    }

    /// What the server said when it did not take it.
    pub fn refusal(&self) -> Option<&Error> {
        self.error.as_ref().filter(|error| error.is_refusal())
    }
}
