//! What a real server answers, each question asked of it once.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock},
};

use lampblack::api::{Client, Error};
use lampblack::read::{Answer, Fetch, Reader};
use lampblack::sim::{self, Running};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::support::console::{settings, small};

struct Server {
    runtime: Runtime,
    _sim: Running,
    reader: Reader,
    answers: HashMap<Fetch, Result<Answer, Error>>,
}

fn start() -> Mutex<Server> {
    let runtime = Runtime::new().unwrap();
    let (sim, reader) = runtime.block_on(async {
        let sim = sim::start(small()).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        more_rows(&sim).await;
        (sim, Reader::new(client))
    });
    Mutex::new(Server {
        runtime,
        _sim: sim,
        reader,
        answers: HashMap::new(),
    })
}

/// Bans hashes and isolates hosts, so that these lists have more rows than one.
async fn more_rows(sim: &Running) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("{}{path}", sim.url);
    for nth in 1..4 {
        let ban = json!({"md5hash": format!("{nth:032x}"), "text": "seen before"});
        let request = http.post(url("/api/v1/banning/blacklist")).json(&ban);
        let request = request.header("X-Auth-Token", &sim.token);
        request.send().await.unwrap().error_for_status().unwrap();
    }
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

/// The answer of the simulator.
pub(crate) fn good(fetch: &Fetch) -> Result<Answer, Error> {
    static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
    let mut server = SERVER.get_or_init(start).lock().unwrap();
    let server = &mut *server;
    if let Some(answer) = server.answers.get(fetch) {
        return answer.clone();
    }
    let asked = server.reader.get(fetch.clone());
    let answer = server.runtime.block_on(asked);
    server.answers.insert(fetch.clone(), answer.clone());
    answer
}
