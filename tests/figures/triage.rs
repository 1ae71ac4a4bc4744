//! Two thousand alerts resolved, and each of them proven.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use lampblack::api::Client;
use lampblack::audit::AuditLog;
use lampblack::changes::{
    self, AlertChange, Change, Disposition, Justification, LoggedStage, PlanContext, PlannedChange, Policy, Prepared,
};
use lampblack::fetch::pages;
use lampblack::model::{Alert, AlertId, AlertStatus, Search};
use lampblack::sim::{self, Options};

use crate::report::{Report, ms};
use crate::support::console::{settings, small};

/// What a request takes on its way.
const LATENCY: Duration = Duration::from_millis(20);

/// How many are resolved.
const ALERTS: usize = 2_000;

const BOUND: Duration = Duration::from_secs(10);

/// Measures it.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = Options { alerts: 10_000, latency: LATENCY, ..small() };
        let sim = sim::start(options).await.expect("a simulator");
        let client = Client::new(settings(&sim), None).expect("a client");
        let ids = open(&client).await;
        let state = tempfile::tempdir().expect("a directory");
        let mut log = AuditLog::open(state.path()).expect("a log");
        sim.forget_requests();
        let began = Instant::now();
        let n_proven = resolve(&ids, &client, &mut log).await;
        let took = began.elapsed();
        let requests = sim.seen_requests();
        let n_changes = requests.iter().filter(|seen| seen.method == "POST").count();
        report.figure(
            "triage",
            &format!("{} for {n_proven} alerts, proven one by one", ms(took)),
            &format!("{} for {ALERTS}", ms(BOUND)),
            took < BOUND && n_proven == ALERTS,
            &format!("{} requests, {n_changes} of which change something, each {} late", requests.len(), ms(LATENCY)),
        );
    });
}

/// So many alerts, whatever they are.
async fn open(client: &Client) -> Vec<AlertId> {
    let search = Search { query: "-status:Resolved".into(), ..Search::default() };
    let limit = Some(ALERTS as u64);
    let found: Vec<_> = pages::<Alert>(client, search, limit).try_collect().await.expect("alerts");
    let rows = found.into_iter().flat_map(|page| page.rows);
    rows.map(|alert| alert.id).collect()
}

/// Looks at them, resolves them and reads them back, as the console does; how many are proven.
async fn resolve(ids: &[AlertId], client: &Client, log: &mut AuditLog) -> usize {
    let estate = PlanContext::new(client.clone(), Policy::default());
    let blocks = AlertChange::batches(ids, &Disposition::Status(AlertStatus::Resolved));
    let each = blocks.into_iter().map(|block| Change::Triage(block).prepare(&estate));
    let prepared = futures_util::future::join_all(each).await;
    let mut n_proven = 0;
    for one in prepared {
        let Ok(Prepared::Ready(plan)) = one else {
            continue;
        };
        let order = PlannedChange { plan: &plan, justification: &Justification::default() };
        let Ok(mut done) = changes::apply(order, client, log).await else {
            continue;
        };
        while done.outcome.is_open() {
            changes::recheck(&done.change, client, log, &mut done.outcome).await;
        }
        if done.outcome.stage == LoggedStage::Confirmed {
            n_proven += done.change.target().len();
        }
    }
    n_proven
}
