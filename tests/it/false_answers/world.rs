//! A server, and a plain client that reads it and sets things up without the code under test.

use std::time::Duration;

use lampblack::api::Client;
use lampblack::audit::AuditLog;
use lampblack::changes::{
    self, AdminChange, AlertChange, BanChange, Change, Disposition, FeedChange, Justification, NewUser, NewWatchlist,
    Outcome, Password, PlanContext, PlannedChange, Policy, Prepared, ReportChange, SensorChange, WatchlistChange,
    WatchlistDraft, WatchlistEdit,
};
use lampblack::model::{
    ActionKind, AlertId, AlertStatus, FeedId, GroupId, Md5, ReportId, SensorId, StoredIndex, WatchlistId,
};
use lampblack::sim::{self, Fault, Options, Running};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::console::{settings, small};

/// Whether a record shows that something was done.
type Sight = Box<dyn Fn(&Value) -> bool + Send + Sync>;

/// What is done, what is sent for it, and how a witness sees that it was done.
pub(crate) struct Case {
    pub(crate) change: Change,
    pub(crate) method: &'static str,
    /// Where the witness looks.
    pub(crate) record: String,
    pub(crate) is_made: Sight,
}

/// Any of several records passes.
fn any(records: &Value, is_it: impl Fn(&Value) -> bool) -> bool {
    let rows = records.get("results").unwrap_or(records);
    rows.as_array().is_some_and(|all| all.iter().any(is_it))
}

/// A server, and a plain client that reads it and sets things up.
pub(crate) struct World {
    pub(crate) sim: Running,
    client: Client,
    pub(crate) http: reqwest::Client,
    sensors: Vec<Value>,
    alerts: Vec<Value>,
    reports: Vec<Value>,
    dir: TempDir,
}

impl World {
    /// A server whose sensors never check in while a test looks. It lets everything be changed.
    pub(crate) async fn new() -> Self {
        Self::on("7.8", false).await
    }

    /// A server of a version, which may refuse what it does not know.
    pub(crate) async fn on(version: &str, validates: bool) -> Self {
        let options = Options {
            server_version: version.into(),
            validates,
            processes: 100,
            alerts: 4_000,
            checkin: Duration::from_hours(1),
            ..small()
        };
        let sim = sim::start(options).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        let mut world = Self {
            sim,
            client,
            // After a client of ours, which has brought the cryptography that this one is built without.
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            sensors: Vec::new(),
            alerts: Vec::new(),
            reports: Vec::new(),
            dir: tempfile::tempdir().unwrap(),
        };
        let rows = |all: Value| match all {
            Value::Array(rows) => rows,
            mut page => page["results"].as_array_mut().unwrap().split_off(0),
        };
        let is_there = |one: &Value| one["uninstalled"] != true && one["supports_isolation"] == true;
        world.sensors = rows(world.get("/api/v1/sensor").await);
        world.sensors.retain(is_there);
        // The feed of a watchlist's alert is -1. Only what a report raised can be ignored.
        let open = "/api/v2/alert?cb.urlver=1&q=status:Unresolved%20-feed_id:%22-1%22&rows=200";
        world.alerts = rows(world.get(open).await);
        let reports = "/api/v1/threat_report?cb.urlver=1&q=feed_id:12&rows=100";
        world.reports = rows(world.get(reports).await);
        world
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.say(self.http.get(format!("{}{path}", self.sim.url))).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.say(self.http.post(format!("{}{path}", self.sim.url)).json(&body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        self.say(self.http.put(format!("{}{path}", self.sim.url)).json(&body)).await
    }

    /// The answer; null if there is none or it is a 404.
    pub(crate) async fn say(&self, request: reqwest::RequestBuilder) -> Value {
        let request = request.header("X-Auth-Token", &self.sim.token);
        let answer = request.send().await.unwrap();
        if answer.status() == 404 || answer.status() == 204 {
            return Value::Null;
        }
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// A watchlist of this number's own.
    async fn watchlist(&self, n: usize, is_enabled: bool) -> u64 {
        let body = json!({"name": format!("own {n}"), "search_query": format!("cb.urlver=1&q=cmdline%3Aown{n}"),
            "index_type": "events", "enabled": is_enabled});
        self.post("/api/v1/watchlist", body).await["id"].as_u64().unwrap()
    }

    /// The URL of a feed document that was not added yet.
    fn paper(&self, n: usize) -> String {
        self.paper_with(n, &json!([]))
    }

    /// The address of a document of a feed, which has these reports from now on.
    fn paper_with(&self, n: usize, reports: &Value) -> String {
        let path = self.dir.path().join(format!("feed{n}.json"));
        let paper = json!({"feedinfo": {"name": format!("own{n}"), "display_name": "Own", "summary": "",
            "tech_data": "", "provider_url": "https://intel.example"}, "reports": reports});
        std::fs::write(&path, paper.to_string()).unwrap();
        format!("file://{}", path.display())
    }

    /// A feed of this number's own.
    async fn feed(&self, n: usize, is_enabled: bool) -> u64 {
        let body = json!({"feed_url": self.paper(n), "enabled": is_enabled});
        self.post("/api/v1/feed", body).await["id"].as_u64().unwrap()
    }

    /// A change of this kind that is to be made, to a target that no pair of cases but this has changed.
    pub(crate) async fn case(&self, kind: &str, n: usize) -> Case {
        match kind {
            "isolate" | "unisolate" | "move" | "flush" | "restart" | "notes" | "uninstall" => {
                self.sensor_case(kind, n).await
            }
            "ban" | "unban" => self.ban_case(kind, n).await,
            "alert status" | "status of alerts" | "assign" | "ignore" => self.alert_case(kind, n),
            "ignore report" | "restore report" => self.report_case(kind, n).await,
            _ if kind.ends_with("feed") => self.feed_case(kind, n).await,
            _ if kind.contains("group") => self.group_case(kind, n).await,
            "create user" | "create team" => Self::people_case(kind, n),
            "create watchlist" => Self::new_watchlist_case(n),
            _ => self.watchlist_case(kind, n).await,
        }
    }

    async fn sensor_case(&self, kind: &str, n: usize) -> Case {
        let known = &self.sensors[n / 2];
        let id = known["id"].as_u64().unwrap();
        let (sensor, record) = (SensorId(id), format!("/api/v1/sensor/{id}"));
        if kind.ends_with("isolate") {
            let body = json!({"network_isolation_enabled": kind == "unisolate"});
            self.put(&record, body).await;
        }
        let group = if known["group_id"] == 2 { 1 } else { 2 };
        let (change, is_made): (_, Sight) = match kind {
            "isolate" => (SensorChange::Isolate(sensor), Box::new(|now| now["network_isolation_enabled"] == true)),
            "unisolate" => (SensorChange::Unisolate(sensor), Box::new(|now| now["network_isolation_enabled"] == false)),
            "move" => {
                (SensorChange::Move { sensor, group: GroupId(group) }, Box::new(move |now| now["group_id"] == group))
            }
            "flush" => (
                SensorChange::Flush { sensor, until: "2027-01-01T00:00:00Z".parse().unwrap() },
                Box::new(|now| now["event_log_flush_time"].is_string()),
            ),
            "restart" => (SensorChange::Restart(sensor), Box::new(|now| now["restart_queued"] == true)),
            "uninstall" => (SensorChange::Uninstall(sensor), Box::new(|now| now["uninstall"] == true)),
            _ => (SensorChange::Annotate { sensor, notes: "case 7".into() }, Box::new(|now| now["notes"] == "case 7")),
        };
        Case { change: Change::Sensor(change), method: "PUT", record, is_made }
    }

    async fn ban_case(&self, kind: &str, n: usize) -> Case {
        let md5: Md5 = format!("9e107d9d372bb6826bd81d3542a4{n:04x}").parse().unwrap();
        let record = format!("/api/v1/banning/bannedlist/{md5}");
        if kind == "unban" {
            let body = json!({"md5hash": md5.to_string(), "text": "", "enabled": true});
            self.post("/api/v1/banning/bannedlist", body).await;
            return Case {
                change: Change::Ban(BanChange::Unban(md5)),
                method: "DELETE",
                record,
                is_made: Box::new(|now| now["enabled"] == false),
            };
        }
        Case {
            change: Change::Ban(BanChange::Ban { md5, note: None }),
            method: "POST",
            record,
            is_made: Box::new(|now| now["enabled"] == true),
        }
    }

    fn alert_case(&self, kind: &str, n: usize) -> Case {
        let id = |n: usize| AlertId(self.alerts[n]["unique_id"].as_str().unwrap().into());
        let ids = [id(n), id(n ^ 1)];
        let record = format!("/api/v2/alert?cb.urlver=1&q=&cb.fq.unique_id={}", ids[0].0.raw());
        let (ids, to) = match kind {
            "alert status" => (&ids[..1], Disposition::Status(AlertStatus::Resolved)),
            "status of alerts" => (&ids[..], Disposition::Status(AlertStatus::Resolved)),
            "assign" => (&ids[..], Disposition::Assigned("ana".into())),
            _ => (&ids[..1], Disposition::Ignored),
        };
        let is_made: fn(&Value) -> bool = match to {
            Disposition::Assigned(_) => |now| any(now, |row| row["assigned_to"] == "ana"),
            Disposition::Ignored => |now| any(now, |row| row["status"] == "False Positive"),
            _ => |now| any(now, |row| row["status"] == "Resolved"),
        };
        let mut blocks = AlertChange::batches(ids, &to);
        Case { change: Change::Triage(blocks.remove(0)), method: "POST", record, is_made: Box::new(is_made) }
    }

    fn new_watchlist_case(n: usize) -> Case {
        let name = format!("new {n}");
        let new = NewWatchlist {
            draft: WatchlistDraft {
                name: name.clone(),
                description: String::new(),
                search_query: "cb.urlver=1&q=cmdline%3Ablah".into(),
            },
            index: StoredIndex::Events,
            actions: Vec::new(),
            is_enabled: true,
        };
        Case {
            change: Change::Watch(WatchlistChange::Create(new)),
            method: "POST",
            record: "/api/v1/watchlist".into(),
            is_made: Box::new(move |now| any(now, |one| one["name"] == name.as_str())),
        }
    }

    async fn watchlist_case(&self, kind: &str, n: usize) -> Case {
        let id = self.watchlist(n, kind != "enable watchlist").await;
        let (watchlist, record) = (WatchlistId(id), format!("/api/v1/watchlist/{id}"));
        let actions = format!("{record}/action");
        let edit = |change| WatchlistChange::Edit { id: watchlist, change: Box::new(change) };
        let switch = |on| WatchlistChange::Switch { id: watchlist, is_enabled: on };
        let (watching, method, record, is_made): (_, _, _, Sight) = match kind {
            "edit watchlist" => (
                edit(WatchlistEdit { name: Some("another name".into()), ..WatchlistEdit::default() }),
                "PUT",
                record,
                Box::new(|now| now["name"] == "another name"),
            ),
            "query of a watchlist" => (
                edit(WatchlistEdit {
                    search_query: Some("cb.urlver=1&q=cmdline%3Aanother".into()),
                    ..WatchlistEdit::default()
                }),
                "PUT",
                record,
                Box::new(|now| now["search_query"].as_str().unwrap().ends_with("another")),
            ),
            "enable watchlist" => (switch(true), "PUT", record, Box::new(|now| now["enabled"] == true)),
            "disable watchlist" => (switch(false), "PUT", record, Box::new(|now| now["enabled"] == false)),
            "delete watchlist" => (WatchlistChange::Delete(watchlist), "DELETE", record, Box::new(Value::is_null)),
            "add action" => (
                WatchlistChange::AddAction { id: watchlist, kind: ActionKind::Syslog, recipients: Vec::new() },
                "POST",
                actions,
                Box::new(|now| any(now, |one| one["action_type"] == 1)),
            ),
            "remove action" => {
                let body = json!({"action_type": 1, "watchlist_id": id, "group_id": null, "action_data": null});
                self.post(&actions, body).await;
                let action = self.get(&actions).await[0]["id"].as_u64().unwrap();
                let remove = WatchlistChange::RemoveAction { id: watchlist, action };
                (remove, "DELETE", actions, Box::new(|now| !any(now, |_| true)))
            }
            other => panic!("no case of {other}"),
        };
        Case { change: Change::Watch(watching), method, record, is_made }
    }

    async fn report_case(&self, kind: &str, n: usize) -> Case {
        let row = &self.reports[n % self.reports.len()];
        let (feed, id) = (row["feed_id"].as_u64().unwrap(), row["id"].as_str().unwrap());
        let on = kind == "ignore report";
        let body = json!({"ids": {feed.to_string(): [id]}, "updates": {"is_ignored": !on}});
        self.post("/api/v1/threat_report", body).await;
        let report = ReportId { feed: FeedId(feed), id: id.into() };
        Case {
            change: Change::Ignore(ReportChange { report, is_ignored: on }),
            method: "POST",
            record: format!("/api/v1/feed/{feed}/report/{id}"),
            is_made: Box::new(move |now| now["is_ignored"] == on),
        }
    }

    async fn feed_case(&self, kind: &str, n: usize) -> Case {
        if kind == "add feed" {
            let url = self.paper(n);
            let add = FeedChange::Add { url: url.clone(), is_enabled: true };
            return Case {
                change: Change::Feed(add),
                method: "POST",
                record: "/api/v1/feed".into(),
                is_made: Box::new(move |now| any(now, |one| one["feed_url"] == url.as_str())),
            };
        }
        let id = self.feed(n, kind != "enable feed").await;
        if kind == "sync feed" {
            // Who reads it again finds a report that was not there.
            let report = json!([{"id": "late", "title": "Late", "score": 50, "timestamp": 1_772_600_000,
                "link": "https://intel.example/late", "iocs": {"dns": ["late.example"]}}]);
            self.paper_with(n, &report);
            return Case {
                change: Change::Feed(FeedChange::Synchronize(FeedId(id))),
                method: "POST",
                record: format!("/api/v1/threat_report?cb.urlver=1&q=feed_id:{id}&rows=10"),
                is_made: Box::new(|now| any(now, |row| row["id"] == "late")),
            };
        }
        let (feed, record) = (FeedId(id), format!("/api/v1/feed/{id}"));
        let (feeding, method, is_made): (_, _, fn(&Value) -> bool) = match kind {
            "enable feed" => (FeedChange::Switch { id: feed, is_enabled: true }, "PUT", |now| now["enabled"] == true),
            "disable feed" => {
                (FeedChange::Switch { id: feed, is_enabled: false }, "PUT", |now| now["enabled"] == false)
            }
            _ => (FeedChange::Delete(feed), "DELETE", Value::is_null),
        };
        Case { change: Change::Feed(feeding), method, record, is_made: Box::new(is_made) }
    }

    async fn group_case(&self, kind: &str, n: usize) -> Case {
        let name = format!("group {n}");
        if kind == "create group" {
            let change = Change::Admin(AdminChange::CreateGroup { name: name.clone(), site: 1 });
            return Case {
                change,
                method: "POST",
                record: "/api/group".into(),
                is_made: Box::new(move |now| any(now, |one| one["name"] == name.as_str())),
            };
        }
        let body = json!({"name": name, "site_id": 1});
        let id = self.post("/api/group", body).await["id"].as_u64().unwrap();
        let renamed = format!("renamed {n}");
        let change = Change::Admin(AdminChange::EditGroup { id: GroupId(id), name: Some(renamed.clone()), site: None });
        Case {
            change,
            method: "PUT",
            record: format!("/api/group/{id}"),
            is_made: Box::new(move |now| any(now, |one| one["name"] == renamed.as_str())),
        }
    }

    fn people_case(kind: &str, n: usize) -> Case {
        let name = format!("own{n}");
        let (admin, record, member) = if kind == "create user" {
            let user = NewUser {
                username: name.clone(),
                first_name: "Own".into(),
                last_name: "User".into(),
                email: format!("{name}@example.com"),
                password: Password::new("s3cret-s3cret".into()),
                ..NewUser::default()
            };
            (AdminChange::CreateUser(Box::new(user)), "/api/users", "username")
        } else {
            let team = AdminChange::CreateTeam { name: name.clone() };
            (team, "/api/teams", "name")
        };
        Case {
            change: Change::Admin(admin),
            method: "POST",
            record: record.into(),
            is_made: Box::new(move |now| any(now, |one| one[member] == name.as_str())),
        }
    }

    /// Waits until a request has come that has no answer yet.
    pub(crate) async fn on_its_way(&self, method: &str) {
        let is_open = |seen: &sim::SeenRequest| seen.method == method && seen.status == 0;
        while !self.sim.seen_requests().iter().any(is_open) {
            tokio::task::yield_now().await;
        }
    }

    /// Does it under this answer, and finds out what is said of it.
    pub(crate) async fn perform(&self, change: &Change, fault: Fault) -> Outcome {
        let state = tempfile::tempdir().unwrap();
        let mut log = AuditLog::open(state.path()).unwrap();
        let estate = PlanContext::new(self.client.clone(), Policy::default());
        let prepared = change.clone().prepare(&estate).await.unwrap();
        let Prepared::Ready(plan) = prepared else {
            panic!("it can be done: {change:?}: {prepared:?}");
        };
        self.sim.add_fault(fault.limit_times(1));
        let order = PlannedChange { plan: &plan, justification: &Justification::default() };
        let done = changes::apply(order, &self.client, &mut log).await.unwrap();
        self.sim.clear_faults();
        done.outcome
    }
}
