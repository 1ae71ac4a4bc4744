//! Three hundred processes with their hosts, groups and binaries, beside the official client's loop, both over https.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use lampblack::sim::{self, Options, Running};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::report::{Report, note};
use crate::server;

const ROWS: usize = 300;
const HOSTS: usize = 40;
const BINARIES: usize = 60;
const JOINS: &str = "sensor,group,binary";
const LATENCY: Duration = Duration::from_millis(20);

/// How often the slower one may be as fast.
const TIMES: f64 = 5.0;

/// Rounds; the median counts, and the other one runs in each of them as well.
const ROUNDS: usize = 3;

/// Measures requests and time.
pub(crate) fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime");
    let bench = Bench::start(&runtime);
    let query = bench.query();
    let python = match client() {
        Ok(python) => python,
        Err(reason) => {
            let bound = format!("{TIMES:.0} times faster");
            return report.figure("join", "not run", &bound, false, &reason);
        }
    };
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(bench.lampblack(&query));
        theirs.push(bench.official(&python, &query));
    }
    ours.sort();
    theirs.sort();
    let (n_asked, n_distinct) = bench.asked(&query);
    report.figure(
        "join, requests",
        &format!("{n_asked} requests for {ROWS} processes"),
        &format!("{n_distinct} distinct objects"),
        n_asked == n_distinct,
        &format!("one for each object and row: {}", 3 * ROWS),
    );
    let (ours, theirs) = (ours[ROUNDS / 2], theirs[ROUNDS / 2]);
    let times = theirs.as_secs_f64() / ours.as_secs_f64();
    report.figure(
        "join",
        &format!("{:.0} ms, {times:.1} times faster", ours.as_secs_f64() * 1e3),
        &format!("{TIMES:.0} times faster"),
        times >= TIMES,
        &format!("the official client's loop: {:.0} ms", theirs.as_secs_f64() * 1e3),
    );
    note(
        "lampblack from its start to its end, the official client without its start and its connecting; both over https",
    );
}

/// A server, and a home whose configuration leads to it.
struct Bench {
    sim: Running,
    home: TempDir,
}

impl Bench {
    fn start(runtime: &Runtime) -> Self {
        let options = Options {
            tls: true,
            // Some hosts run next to nothing, and are not among the forty.
            sensors: 60,
            processes: 6_000,
            latency: LATENCY,
            ..Options::default()
        };
        let sim = runtime.block_on(sim::start(options)).expect("a simulator");
        let home = TempDir::new().expect("a home");
        let certificate = home.path().join("cb.pem");
        let pem = sim.certificate.as_deref().expect("a certificate");
        fs::write(&certificate, pem).expect("a certificate");
        server::configure(home.path(), &sim.url, &sim.token, Some(&certificate));
        Self { sim, home }
    }

    /// A query that finds as many processes of as many hosts and files as are wanted.
    fn query(&self) -> String {
        let rows = self.rows(&["*:*", "--limit", "0"]);
        let ids = chosen(&rows);
        let query = format!("process_id:({})", ids.join(" or "));
        // What a search finds is kept by the simulator for a while: neither side pays for the first time.
        assert_eq!(self.rows(&[&query, "--limit", "0"]).len(), ROWS);
        query
    }

    fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = Command::new(server::program())
            .args(["search", "--format", "jsonl"])
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .output()
            .expect("a search");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let out = String::from_utf8(ran.stdout).expect("text");
        let lines = out.lines();
        let rows = lines.map(|line| serde_json::from_str(line).expect("JSON"));
        rows.collect()
    }

    /// The program from its start to its end.
    fn lampblack(&self, query: &str) -> Duration {
        let began = Instant::now();
        let rows = self.rows(&[query, "--limit", "0", "--join", JOINS]);
        let took = began.elapsed();
        assert_eq!(rows.len(), ROWS);
        took
    }

    /// How many requests the joins make, and how many objects there are to ask for.
    fn asked(&self, query: &str) -> (usize, usize) {
        self.sim.forget_requests();
        let rows = self.rows(&[query, "--limit", "0", "--join", JOINS]);
        let distinct = |member: &str, id: &str| {
            let ids = rows.iter().map(|row| row[member][id].to_string());
            ids.collect::<BTreeSet<_>>().len()
        };
        let sensors = distinct("sensor", "id");
        let groups = distinct("group", "id");
        let binaries = distinct("binary", "md5");
        assert_eq!((sensors, binaries), (HOSTS, BINARIES));
        let asked = self.sim.seen_requests();
        let joins = asked.iter().filter(|seen| !seen.target.contains("/process"));
        (joins.count(), sensors + groups + binaries)
    }

    /// The loop of the official client, timed by itself.
    fn official(&self, python: &PathBuf, query: &str) -> Duration {
        let ran = Command::new(python)
            .arg("tests/figures/join.py")
            .args([&self.sim.url, &self.sim.token])
            .args([query, &ROWS.to_string()])
            .env("PYTHONWARNINGS", "ignore")
            .env_remove("https_proxy")
            .env_remove("HTTPS_PROXY")
            .output()
            .expect("the official client");
        let out = String::from_utf8_lossy(&ran.stdout);
        let mut words = out.split_whitespace();
        let seconds = words.next().and_then(|word| word.parse().ok());
        let count = words.next().and_then(|word| word.parse().ok());
        assert_eq!(count, Some(ROWS), "{out}{}", String::from_utf8_lossy(&ran.stderr));
        Duration::from_secs_f64(seconds.expect("its time"))
    }
}

/// As many processes as are wanted, of as many hosts and files.
fn chosen(rows: &[Value]) -> Vec<String> {
    let mut by_host: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        by_host.entry(row["sensor_id"].to_string()).or_default().push(row);
    }
    let mut hosts: Vec<_> = by_host.into_values().collect();
    hosts.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    hosts.truncate(HOSTS);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let mut files = BTreeSet::new();
    let mut ids = Vec::new();
    // First one process of each host, then more files until there are enough, then more of the same.
    let first = hosts.iter().filter_map(|rows| rows.first());
    let rest = hosts.iter().flat_map(|rows| rows.iter().skip(1));
    let rest: Vec<_> = rest.collect();
    for row in first.chain(rest.iter().copied()) {
        if ids.len() < HOSTS || files.len() < BINARIES && !files.contains(&text(row, "process_md5")) {
            files.insert(text(row, "process_md5"));
            ids.push(text(row, "id"));
        }
    }
    for row in rest {
        let id = text(row, "id");
        if ids.len() < ROWS && files.contains(&text(row, "process_md5")) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    assert_eq!((ids.len(), files.len()), (ROWS, BINARIES), "the world is too small");
    ids
}

/// A Python with the official client.
fn client() -> Result<PathBuf, String> {
    let ran =
        Command::new("tests/interop/client").output().map_err(|error| format!("tests/interop/client: {error}"))?;
    if !ran.status.success() {
        let notes = String::from_utf8_lossy(&ran.stderr);
        let last = notes.lines().last().unwrap_or_default().to_owned();
        return Err(format!("no Python with the official client: {last}"));
    }
    let path = String::from_utf8_lossy(&ran.stdout);
    Ok(PathBuf::from(path.trim()))
}
