//! One of several analysts who make changes at the same time. Each has targets of its own: so it can say what the server must hold.

use std::{path::Path, sync::Arc};

use lampblack::api::{Client, RequestTrace};
use lampblack::audit::{self, AuditLog};
use lampblack::changes::{
    self, BanChange, Change, Justification, LoggedStage, Outcome, Plan, PlanContext, PlannedChange, Policy, Prepared,
    SensorChange, Target,
};
use lampblack::model::{GroupId, Md5, SensorId};
use lampblack::sim::Running;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    PATIENCE,
    fault_plan::{draw_faults, late_faults, record},
    support::random::Random,
};

/// What belongs to one analyst alone.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) sensors: Vec<SensorId>,
    pub(crate) hashes: Vec<Md5>,
    /// A sensor that meets with nothing but late changes.
    pub(crate) late: SensorId,
}

/// A change that was sent: its line in the log, and the requests that left for it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) line: u64,
    pub(crate) requests: Vec<(String, String)>,
}

pub(crate) struct Analyst {
    pub(crate) sim: Arc<Running>,
    pub(crate) client: Client,
    pub(crate) calls: UnboundedReceiver<RequestTrace>,
    /// A plain HTTP client that meets with no fault.
    pub(crate) witness: reqwest::Client,
    pub(crate) log: AuditLog,
    pub(crate) random: Random,
    pub(crate) own: Own,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) sent: Vec<Sent>,
}

impl Analyst {
    /// Does as many changes, each with faults of its own, and gives back what was sent.
    pub(crate) async fn work(mut self, n_changes: usize, dir: &Path) -> Vec<Sent> {
        for n in 0..n_changes {
            if n % 50 == 49 {
                // The log can be read while others write it.
                let verdict = audit::verify(dir).unwrap();
                assert_eq!(verdict.faults, [], "while others write");
            }
            // Sensors that never confirmed do so now, and no fault is left.
            if self.random.one_in(20) {
                self.sim.clear_faults();
            }
            if self.random.one_in(15) {
                self.late_change().await;
            } else {
                self.faulty_change().await;
            }
        }
        self.sent
    }

    /// A change with any faults, polled for a while, and abandoned if it has no outcome.
    async fn faulty_change(&mut self) {
        let plan = self.plan(false).await;
        for fault in draw_faults(&mut self.random, &plan.change()) {
            self.sim.add_fault(fault);
        }
        let Some(mut outcome) = self.perform(&plan).await else {
            return;
        };
        for _ in 0..3 {
            self.check(&plan.change(), &outcome).await;
            if outcome.stage.is_final() {
                return;
            }
            changes::recheck(&plan.change(), &self.client, &mut self.log, &mut outcome).await;
        }
        self.check(&plan.change(), &outcome).await;
        if outcome.is_open() {
            changes::log_timed_out(&mut self.log, &self.client, &mut outcome).await;
        }
    }

    /// A change that the server applies after the client has timed out.
    async fn late_change(&mut self) {
        let plan = self.plan(true).await;
        for fault in late_faults(&mut self.random, &plan.change()) {
            self.sim.add_fault(fault);
        }
        let mut outcome = self.perform(&plan).await.expect("its first look goes well");
        // Most likely it has not come yet.
        changes::recheck(&plan.change(), &self.client, &mut self.log, &mut outcome).await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !self.truth(&plan.change()).await.0 {
            assert!(tokio::time::Instant::now() < deadline, "it never came");
        }
        assert_ne!(outcome.stage, LoggedStage::NotApplied, "{:?} was on its way, {}", plan.change(), outcome.note);
        while outcome.stage != LoggedStage::Confirmed {
            changes::recheck(&plan.change(), &self.client, &mut self.log, &mut outcome).await;
            assert!(tokio::time::Instant::now() < deadline, "{outcome:?}");
        }
        self.check(&plan.change(), &outcome).await;
    }

    /// A change that changes something: where one is done already, what takes it back.
    async fn plan(&mut self, is_late: bool) -> Plan {
        let mut change = self.draw(is_late);
        let estate = PlanContext::new(self.client.clone(), Policy::default());
        loop {
            match change.clone().prepare(&estate).await {
                Ok(Prepared::Ready(plan)) => return *plan,
                Ok(Prepared::NoOp { .. }) => change = self.other(&change),
                Ok(Prepared::Rejected(refusal)) => panic!("{refusal}"),
                // What is left of a bad weather. Nothing was sent, and the faults are counted.
                Err(_) => {}
            }
        }
    }

    fn draw(&mut self, is_late: bool) -> Change {
        let sensor = if is_late { self.own.late } else { self.random.pick(&self.own.sensors) };
        match self.random.below(if is_late { 4 } else { 8 }) {
            0 | 1 => Change::Sensor(SensorChange::Isolate(sensor)),
            2 => Change::Sensor(SensorChange::Unisolate(sensor)),
            3 => Change::Sensor(SensorChange::Move { sensor, group: self.random.pick(&self.groups) }),
            4..=6 => Change::Ban(BanChange::Ban { md5: self.random.pick(&self.own.hashes), note: None }),
            _ => Change::Ban(BanChange::Unban(self.random.pick(&self.own.hashes))),
        }
    }

    fn other(&mut self, change: &Change) -> Change {
        match change.clone() {
            Change::Sensor(SensorChange::Isolate(sensor)) => Change::Sensor(SensorChange::Unisolate(sensor)),
            Change::Sensor(SensorChange::Unisolate(sensor)) => Change::Sensor(SensorChange::Isolate(sensor)),
            Change::Ban(BanChange::Ban { md5, .. }) => Change::Ban(BanChange::Unban(md5)),
            Change::Ban(BanChange::Unban(md5)) => Change::Ban(BanChange::Ban { md5, note: None }),
            Change::Sensor(SensorChange::Move { sensor, .. }) => {
                Change::Sensor(SensorChange::Move { sensor, group: self.random.pick(&self.groups) })
            }
            other => other,
        }
    }

    /// Performs it, and keeps what left for it. Nothing leaves for a change that is said not to be sent.
    async fn perform(&mut self, plan: &Plan) -> Option<Outcome> {
        let grounds = Justification { reason: Some("a script".into()), ..Justification::default() };
        let order = PlannedChange { plan, justification: &grounds };
        self.changes();
        let result = changes::apply(order, &self.client, &mut self.log).await;
        let requests = self.changes();
        match result {
            Ok(done) => {
                let line = done.outcome.line;
                self.sent.push(Sent { line, requests });
                Some(done.outcome)
            }
            Err(error) => {
                assert_eq!(requests, [], "{error}, and yet it was sent");
                None
            }
        }
    }

    /// The requests for a change that have left since this was asked last.
    fn changes(&mut self) -> Vec<(String, String)> {
        let mut changes = Vec::new();
        while let Ok(call) = self.calls.try_recv() {
            if call.method != "GET" {
                changes.push((call.method.to_owned(), call.path));
            }
        }
        changes
    }

    /// Holds what is said of a change against what is so.
    async fn check(&self, change: &Change, outcome: &Outcome) {
        match outcome.stage {
            LoggedStage::Confirmed => {
                let (_, is_done) = self.truth(change).await;
                assert!(is_done, "{change:?} is not done: {}", outcome.note);
            }
            LoggedStage::NotApplied => {
                let (is_asked, _) = self.truth(change).await;
                assert!(!is_asked, "{change:?} is asked for: {}", outcome.note);
            }
            _ => {}
        }
    }

    /// Whether the server holds what a change wants, and whether that is done.
    async fn truth(&self, change: &Change) -> (bool, bool) {
        let held = held(&self.sim, &self.witness, change.target()).await;
        is_held(change, &held)
    }
}

/// What the server holds of a target; null if it knows nothing of it.
pub(crate) async fn held(sim: &Running, witness: &reqwest::Client, target: Target) -> Value {
    // The parameter means nothing to the server. No fault has it in its address.
    let url = format!("{}{}?witness", sim.url, record(target));
    let request = witness.get(url).header("X-Auth-Token", &sim.token);
    let answer = request.send().await.unwrap();
    if answer.status() == 404 {
        return Value::Null;
    }
    answer.error_for_status().unwrap().json().await.unwrap()
}

/// Whether what is held is what a change wants, and whether it is done.
pub(crate) fn is_held(change: &Change, held: &Value) -> (bool, bool) {
    let is = |member: &str| held[member] == true;
    let both = |is: bool| (is, is);
    match change {
        Change::Sensor(SensorChange::Isolate(_)) => (is("network_isolation_enabled"), is("is_isolating")),
        Change::Sensor(SensorChange::Unisolate(_)) => (!is("network_isolation_enabled"), !is("is_isolating")),
        Change::Sensor(SensorChange::Move { group, .. }) => both(held["group_id"] == group.0),
        Change::Ban(BanChange::Ban { .. }) => both(is("enabled")),
        Change::Ban(BanChange::Unban(_)) => both(!is("enabled")),
        other => panic!("{other:?} is not in the script"),
    }
}
