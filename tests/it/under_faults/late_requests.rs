//! Requests that arrive after the client has timed out.

use std::time::Duration;

use lampblack::audit::AuditLog;
use lampblack::changes::{
    self, Change, Justification, LoggedStage, Outcome, PlanContext, PlannedChange, Policy, Prepared, SensorChange,
};
use lampblack::model::SensorId;
use lampblack::sim::{self, Fault, Mode, Options, Running};
use tempfile::TempDir;

use super::{PATIENCE, client, support::console::small};

/// The documentation's own host.
const SENSOR: SensorId = SensorId(3);

/// Much longer than anybody looks for it.
const LATER: Duration = Duration::from_secs(1);

/// A small world whose sensors check in at once.
fn brisk() -> Options {
    Options { processes: 100, checkin: Duration::from_millis(1), ..small() }
}

fn on_change(mode: Mode) -> Fault {
    Fault::new(mode).method("PUT").for_target("^/api/v1/sensor/3$").limit_times(1)
}

fn on_read(mode: Mode) -> Fault {
    Fault::new(mode).method("GET").for_target("^/api/v1/sensor/3$")
}

/// A server with faults, on which a host is being isolated.
struct Isolation {
    sim: Running,
    client: lampblack::api::Client,
    log: AuditLog,
    outcome: Outcome,
    _state: TempDir,
}

impl Isolation {
    async fn begin(faults: impl IntoIterator<Item = Fault>) -> Self {
        let sim = sim::start(brisk()).await.unwrap();
        let (client, _) = client(&sim);
        let state = tempfile::tempdir().unwrap();
        let mut log = AuditLog::open(state.path()).unwrap();
        let estate = PlanContext::new(client.clone(), Policy::default());
        let prepared = Change::Sensor(SensorChange::Isolate(SENSOR)).prepare(&estate).await;
        let Ok(Prepared::Ready(plan)) = prepared else {
            panic!("it can be done");
        };
        for fault in faults {
            sim.add_fault(fault);
        }
        let order = PlannedChange { plan: &plan, justification: &Justification::default() };
        let done = changes::apply(order, &client, &mut log).await.unwrap();
        Self { sim, client, log, outcome: done.outcome, _state: state }
    }

    async fn look(&mut self) -> LoggedStage {
        let change = Change::Sensor(SensorChange::Isolate(SENSOR));
        changes::recheck(&change, &self.client, &mut self.log, &mut self.outcome).await;
        self.outcome.stage
    }

    /// Looks until it is confirmed, which must be the end of it.
    async fn confirm(&mut self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.look().await != LoggedStage::Confirmed {
            assert!(self.outcome.is_open(), "{:?}", self.outcome);
            assert!(tokio::time::Instant::now() < deadline, "it never came");
        }
        let seen = self.sim.seen_requests().into_iter();
        assert_eq!(seen.filter(|seen| seen.method == "PUT").count(), 1);
    }
}

#[tokio::test]
async fn a_change_that_may_yet_arrive_is_not_called_off() {
    for mode in [Mode::GatewayTimeout, Mode::LostAnswer, Mode::Hang] {
        let mut isolation = Isolation::begin([on_change(mode).with_late_execution(LATER)]).await;
        let stage = isolation.outcome.stage;
        assert_ne!(stage, LoggedStage::NotApplied, "{mode:?}");
        isolation.confirm().await;
    }
}

#[tokio::test]
async fn nor_is_it_called_off_by_the_first_read_that_succeeds() {
    let mut isolation = Isolation::begin([
        on_change(Mode::GatewayTimeout).with_late_execution(LATER),
        // The look before the change uses this up, and takes no harm.
        on_read(Mode::NeverConfirm).limit_times(1),
        on_read(Mode::Internal).limit_times(1),
    ])
    .await;
    assert_eq!(isolation.outcome.stage, LoggedStage::Unknown);
    assert_ne!(isolation.look().await, LoggedStage::NotApplied);
    isolation.confirm().await;
}

#[tokio::test]
async fn what_has_not_come_in_time_is_called_off_and_is_not_polled_any_more() {
    let mut isolation = Isolation::begin([on_change(Mode::GatewayTimeout)]).await;
    assert_eq!(isolation.outcome.stage, LoggedStage::Pending);
    assert_eq!(isolation.look().await, LoggedStage::Pending);
    isolation.outcome.may_come_until = Some(isolation.client.clock().now());
    assert_eq!(isolation.look().await, LoggedStage::NotApplied);
    assert!(!isolation.outcome.is_open());
}
