//! The answers of a real simulator, each requested once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use lampblack::api::{Client, Error};
use lampblack::audit::AuditLog;
use lampblack::changes::{
    self, BanChange, Change, ChangeHistory, Justification, PlanContext, PlannedChange, Policy, Prepared, SensorChange,
};
use lampblack::fetch::{Answer, Fetch, Fetcher};
use lampblack::model::SensorId;
use lampblack::sim::{self, Running};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::support::console::{settings, small};

struct Server {
    runtime: Runtime,
    _sim: Running,
    reader: Fetcher,
    answers: HashMap<Fetch, Result<Answer, Error>>,
    journal: Arc<ChangeHistory>,
}

fn start() -> Mutex<Server> {
    let runtime = Runtime::new().unwrap();
    let (sim, reader, journal) = runtime.block_on(async {
        let sim = sim::start(small()).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        more_rows(&sim).await;
        let journal = some_actions(&client).await;
        (sim, Fetcher::new(client), Arc::new(journal))
    });
    Mutex::new(Server { runtime, _sim: sim, reader, answers: HashMap::new(), journal })
}

/// Bans hashes and isolates hosts, and makes a site, so that these lists have more rows than one.
async fn more_rows(sim: &Running) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("{}{path}", sim.url);
    for nth in 1..4 {
        let ban = json!({"md5hash": format!("{nth:032x}"), "text": "history"});
        let request = http.post(url("/api/v1/banning/blacklist")).json(&ban);
        let request = request.header("X-Auth-Token", &sim.token);
        request.send().await.unwrap().error_for_status().unwrap();
    }
    let site = http.post(url("/api/site")).json(&json!({"name": "Branch"}));
    let request = site.header("X-Auth-Token", &sim.token);
    request.send().await.unwrap().error_for_status().unwrap();
    for id in 1..4 {
        let path = format!("/api/v1/sensor/{id}");
        let request = http.get(url(&path)).header("X-Auth-Token", &sim.token);
        let mut sensor: Value = request.send().await.unwrap().json().await.unwrap();
        sensor["network_isolation_enabled"] = true.into();
        let request = http.put(url(&path)).header("X-Auth-Token", &sim.token);
        let answer = request.json(&sensor).send().await.unwrap();
        answer.error_for_status().unwrap();
    }
}

/// Changes a few things, and reads what the action log has of it.
async fn some_actions(client: &Client) -> ChangeHistory {
    let dir = tempfile::tempdir().unwrap();
    let mut log = AuditLog::open(dir.path()).unwrap();
    let estate = PlanContext::new(client.clone(), Policy::default());
    let ban = |nth: u64| Change::Ban(BanChange::Ban { md5: format!("{nth:032x}").parse().unwrap(), note: None });
    let isolations = (5..12).map(|id| Change::Sensor(SensorChange::Isolate(SensorId(id))));
    for change in isolations.chain([ban(4), ban(5)]) {
        // Not every sensor can isolate its host.
        let Prepared::Ready(plan) = change.prepare(&estate).await.unwrap() else {
            continue;
        };
        let order = PlannedChange { plan: &plan, justification: &Justification::default() };
        changes::apply(order, client, &mut log).await.unwrap();
    }
    ChangeHistory::read(dir.path()).unwrap()
}

/// The action log.
pub(crate) fn journal() -> Arc<ChangeHistory> {
    server().lock().unwrap().journal.clone()
}

fn server() -> &'static Mutex<Server> {
    static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
    SERVER.get_or_init(start)
}

/// The answer of the simulator.
pub(crate) fn good(fetch: &Fetch) -> Result<Answer, Error> {
    let mut server = server().lock().unwrap();
    let server = &mut *server;
    if let Some(answer) = server.answers.get(fetch) {
        return answer.clone();
    }
    let asked = server.reader.get_answer(fetch.clone());
    let answer = server.runtime.block_on(asked);
    server.answers.insert(fetch.clone(), answer.clone());
    answer
}
