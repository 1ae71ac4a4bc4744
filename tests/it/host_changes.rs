//! Changes of hosts through Live Response: planned from what is there, refused if that has changed, undone where it can be.

use std::{sync::Arc, time::Duration};

use lampblack::{
    api::Client,
    audit::AuditLog,
    changes::{
        self, Applied, Change, ChangeHistory, CommandLimit, ExpectedEntry, FileContent, FileHash, HostChange,
        HostCommand, Justification, LoggedChange, LoggedStage, NewHostFile, NotSent, Plan, PlanContext, PlannedChange,
        Policy, Prepared,
    },
    live_response::HostSession,
    model::{FileEntry, HostProcess, LiveCommand, Md5, RegistryValue, SensorId},
    sim::{self, Fault, Mode, Options, Running},
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::console::{settings, small};

const START: &str = r"HKLM\SYSTEM\CurrentControlSet\services\WinUpdSvc\Start";
const PAYLOAD: &str = r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe";

/// A server with hosts, and an audit log.
struct Lab {
    sim: Running,
    client: Client,
    context: PlanContext,
    log: AuditLog,
    dir: TempDir,
}

impl Lab {
    async fn start() -> Self {
        let sim = sim::start(Options { checkin: Duration::ZERO, ..small() }).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let log = AuditLog::open(dir.path()).unwrap();
        let context = PlanContext::new(client.clone(), Policy::default());
        Self { sim, client, context, log, dir }
    }

    async fn plan(&self, change: Change) -> Plan {
        match change.prepare(&self.context).await.unwrap() {
            Prepared::Ready(plan) => *plan,
            other => panic!("{other:?}"),
        }
    }

    /// Returns why an action is impossible on the host with sensor 7.
    async fn rejection(&self, action: HostCommand) -> String {
        match host_change(7, action).prepare(&self.context).await.unwrap() {
            Prepared::Rejected(rejection) => rejection.why,
            other => panic!("{other:?}"),
        }
    }

    /// Has the server answer the polls of the command with a number.
    fn answer(&self, run: u64, members: &str) {
        let body = format!(r#"{{"id": {run}, "status": "complete", "result_code": 0, {members}}}"#);
        let target = format!("/command/{run}");
        self.sim.add_fault(Fault::new(Mode::Answer).for_target(&target).method("GET").body(&body));
    }

    async fn apply(&mut self, plan: &Plan) -> Result<Applied, NotSent> {
        let justification = Justification { reason: Some("incident".into()), ..Justification::default() };
        let planned = PlannedChange { plan, justification: &justification };
        changes::apply(planned, &self.client, &mut self.log).await
    }

    /// Applies a change, which is confirmed, and returns it as the log has it.
    async fn make(&mut self, sensor: u64, action: HostCommand) -> Arc<LoggedChange> {
        let plan = self.plan(host_change(sensor, action)).await;
        let outcome = self.apply(&plan).await.unwrap().outcome;
        assert_eq!(outcome.stage, LoggedStage::Confirmed, "{outcome:?}");
        self.last()
    }

    /// Undoes a logged change, which is confirmed.
    async fn undo(&mut self, logged: &LoggedChange) {
        let plan = self.plan(logged.inverse().unwrap()).await.with_undone_change(Some(logged));
        assert_eq!(logged.changed_since(&plan.reading), Vec::<String>::new());
        let outcome = self.apply(&plan).await.unwrap().outcome;
        assert_eq!(outcome.stage, LoggedStage::Confirmed, "{outcome:?}");
        assert_eq!(self.last().submitted.undoes, Some(logged.line));
    }

    fn last(&self) -> Arc<LoggedChange> {
        ChangeHistory::read(self.dir.path()).unwrap().activity[0].clone()
    }

    async fn session(&self, sensor: u64) -> HostSession<()> {
        let sensor = self.client.sensor(SensorId(sensor)).await.unwrap();
        HostSession::new(self.client.clone(), sensor, None, ())
    }

    async fn processes(&self, sensor: u64) -> Vec<HostProcess> {
        let mut session = self.session(sensor).await;
        let run = session.read(&LiveCommand::ListProcesses).await.unwrap();
        session.close().await.unwrap();
        run.output.processes
    }

    async fn start_value(&self) -> RegistryValue {
        let mut session = self.session(14).await;
        let run = session.read(&LiveCommand::QueryValue { value: START.into() }).await.unwrap();
        session.close().await.unwrap();
        run.output.values[0].clone()
    }

    async fn files(&self, pattern: &str) -> Vec<FileEntry> {
        let mut session = self.session(7).await;
        let run = session.read(&LiveCommand::ListDirectory { pattern: pattern.into() }).await.unwrap();
        session.close().await.unwrap();
        run.output.files.into_iter().filter(|file| !file.is_dot()).collect()
    }

    async fn n_open_sessions(&self) -> usize {
        let sessions = self.client.live_sessions().await.unwrap().rows;
        sessions.iter().filter(|session| session.status.is_open()).count()
    }
}

fn host_change(sensor: u64, action: HostCommand) -> Change {
    Change::Host(HostChange { sensor: SensorId(sensor), action, limit: CommandLimit::default() })
}

fn set_start(data: u64) -> HostCommand {
    HostCommand::SetValue { value: START.into(), kind: "REG_DWORD".into(), data: json!(data) }
}

#[tokio::test]
async fn a_registry_value_is_set_and_set_back_and_no_session_stays_open() {
    let mut lab = Lab::start().await;
    let before = lab.start_value().await;
    let logged = lab.make(14, set_start(4)).await;
    assert_ne!(lab.start_value().await.data, before.data);
    assert!(!logged.is_open());
    lab.undo(&logged).await;
    assert_eq!(lab.start_value().await.data, before.data);
    assert_eq!(lab.n_open_sessions().await, 0);
}

#[tokio::test]
async fn a_value_that_another_user_has_set_meanwhile_is_not_overwritten() {
    let mut lab = Lab::start().await;
    let plan = lab.plan(host_change(14, set_start(4))).await;
    lab.make(14, set_start(3)).await;
    let error = lab.apply(&plan).await.unwrap_err().to_string();
    assert!(error.contains("was changed meanwhile: value is"), "{error}");
    // An undo names what has changed since.
    let logged = lab.make(14, set_start(1)).await;
    lab.make(14, set_start(0)).await;
    let undo = lab.plan(logged.inverse().unwrap()).await;
    assert_eq!(logged.changed_since(&undo.reading).len(), 1);
    assert_eq!(lab.n_open_sessions().await, 1, "that of the plan that was not applied");
}

#[tokio::test]
async fn a_directory_and_a_file_are_undone_while_they_are_what_was_made() {
    let mut lab = Lab::start().await;
    let directory = r"c:\windows\temp\undo";
    let made = lab.make(7, HostCommand::CreateDirectory { path: directory.into() }).await;
    let content: Arc<[u8]> = b"evidence".as_slice().into();
    let hash = FileHash { size: 8, md5: Md5(<md5::Md5 as md5::Digest>::digest(&content).into()) };
    let new =
        NewHostFile { path: format!(r"{directory}\a.bin"), name: "a.bin".into(), hash, content: FileContent(content) };
    let put = lab.make(7, HostCommand::PutFile(new)).await;
    assert_eq!(lab.files(&format!(r"{directory}\*")).await[0].size, Some(8));
    // Another file under this name is not the one that was written.
    let other = FileHash { size: 8, md5: Md5([0; 16]) };
    let delete = HostCommand::DeleteFile { path: format!(r"{directory}\a.bin"), expected: ExpectedEntry::File(other) };
    assert!(lab.rejection(delete).await.contains("has another file at this path by now"));
    lab.undo(&put).await;
    lab.undo(&made).await;
    let left = lab.files(r"c:\windows\temp\*").await;
    assert!(left.iter().all(|file| file.name.raw() != "undo"), "{left:?}");
}

#[tokio::test]
async fn only_an_empty_directory_is_deleted_and_an_undo_deletes_only_the_directory() {
    let mut lab = Lab::start().await;
    let path = || r"c:\windows\temp\full".to_owned();
    let made = lab.make(7, HostCommand::CreateDirectory { path: path() }).await;
    lab.make(7, HostCommand::CreateDirectory { path: format!(r"{}\below", path()) }).await;
    for expected in [ExpectedEntry::Any, ExpectedEntry::Directory] {
        let why = lab.rejection(HostCommand::DeleteFile { path: path(), expected }).await;
        assert!(why.contains("has a directory there that is not empty"), "{why}");
    }
    let Change::Host(undo) = made.inverse().unwrap() else { panic!() };
    assert_eq!(undo.action, HostCommand::DeleteFile { path: path(), expected: ExpectedEntry::Directory });
    let file = HostCommand::DeleteFile { path: r"c:\windows\explorer.exe".into(), expected: ExpectedEntry::Directory };
    let why = lab.rejection(file).await;
    assert!(why.contains("has another file at this path by now"), "{why}");
    let foreign = HostCommand::CreateDirectory { path: "/tmp/a".into() };
    assert!(lab.rejection(foreign).await.contains("has no such paths"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_an_object_that_is_gone() {
    let mut lab = Lab::start().await;
    let value = r"HKLM\SYSTEM\CurrentControlSet\services\WinUpdSvc\Start";
    let delete = || HostCommand::DeleteFile { path: r"c:\windows\temp\x".into(), expected: ExpectedEntry::Any };
    for (action, members) in [
        (HostCommand::DeleteValue { value: value.into() }, r#""value": 3"#),
        (HostCommand::DeleteValue { value: value.into() }, r#""value_name": "Start""#),
        (delete(), r#""files": [{"size": 3}]"#),
        (delete(), r#""files": "none""#),
        (HostCommand::Kill { pid: 4242, started: None }, r#""processes": []"#),
        (HostCommand::Kill { pid: 4242, started: None }, r#""processes": [{"pid": 4}, {"pid": "x"}]"#),
    ] {
        lab.answer(1, members);
        let error = host_change(7, action).prepare(&lab.context).await.unwrap_err().to_string();
        assert!(error.contains("the answer cannot be read"), "{members}: {error}");
        lab.sim.clear_faults();
    }
    let payload = lab.processes(7).await.into_iter().find(|process| process.path.raw() == PAYLOAD).unwrap();
    let plan = lab.plan(host_change(7, HostCommand::Kill { pid: payload.pid, started: payload.started })).await;
    // The plan, the reading before sending and the kill itself are the first three commands.
    lab.answer(4, r#""processes": []"#);
    let outcome = lab.apply(&plan).await.unwrap().outcome;
    assert_eq!(outcome.stage, LoggedStage::Unknown, "{outcome:?}");
    assert!(outcome.note.contains("the answer cannot be read"), "{}", outcome.note);
}

#[tokio::test]
async fn a_process_whose_number_has_another_one_is_not_ended() {
    let lab = Lab::start().await;
    let processes = lab.processes(7).await;
    let payload = processes.iter().find(|process| process.path.raw() == PAYLOAD).unwrap();
    let earlier = payload.started.map(|at| at - Duration::from_mins(5));
    let kill = HostCommand::Kill { pid: payload.pid, started: earlier };
    assert!(lab.rejection(kill).await.contains("has another process with this number by now"));
    assert_eq!(lab.processes(7).await.len(), processes.len());
}

#[tokio::test]
async fn a_process_whose_start_is_unknown_may_be_another_one_with_its_number() {
    let mut lab = Lab::start().await;
    let payload = lab.processes(7).await.into_iter().find(|process| process.path.raw() == PAYLOAD).unwrap();
    let kill = || host_change(7, HostCommand::Kill { pid: payload.pid, started: None });
    let plan = lab.plan(kill()).await;
    assert!(plan.warnings.iter().any(|warning| warning.contains("Its start is unknown")), "{:?}", plan.warnings);
    // The plan, the reading before sending and the kill itself are the first three commands.
    lab.answer(4, &format!(r#""processes": [{{"pid": {}}}]"#, payload.pid));
    let outcome = lab.apply(&plan).await.unwrap().outcome;
    assert_eq!(outcome.stage, LoggedStage::Unknown, "{outcome:?}");
    lab.sim.clear_faults();
    assert!(matches!(kill().prepare(&lab.context).await.unwrap(), Prepared::NoOp { .. }));
    let system = lab.plan(host_change(7, HostCommand::Kill { pid: 4, started: None })).await;
    let outcome = lab.apply(&system).await.unwrap().outcome;
    assert_eq!(outcome.stage, LoggedStage::NotApplied, "{outcome:?}");
    assert_eq!(lab.n_open_sessions().await, 0, "what is not planned opens no session for good");
}

#[tokio::test]
async fn a_session_in_which_a_command_has_begun_since_the_plan_is_not_closed() {
    let mut lab = Lab::start().await;
    let mut session = lab.session(7).await;
    let id = session.open().await.unwrap().id;
    let plan = lab.plan(host_change(7, HostCommand::CloseSession { session: id.0 })).await;
    let run = r#"[{"id": 9, "session_id": 1, "status": "in progress", "name": "get file"}]"#;
    lab.sim.add_fault(Fault::new(Mode::Answer).for_target("/command").method("GET").body(run));
    let error = lab.apply(&plan).await.unwrap_err().to_string();
    assert!(error.contains("was changed meanwhile: running is"), "{error}");
    lab.sim.clear_faults();
    assert_eq!(lab.apply(&plan).await.unwrap().outcome.stage, LoggedStage::Confirmed);
}

#[tokio::test]
async fn the_outcome_after_a_lost_session_is_what_the_host_shows() {
    let mut lab = Lab::start().await;
    let payload = lab.processes(7).await.into_iter().find(|process| process.path.raw() == PAYLOAD).unwrap();
    let plan = lab.plan(host_change(7, HostCommand::Kill { pid: payload.pid, started: payload.started })).await;
    // In this session: the list of the plan, that before sending, and then the kill, whose poll is lost.
    lab.sim.add_fault(Fault::new(Mode::SessionLost).for_target("/command/3").limit_times(1));
    let outcome = lab.apply(&plan).await.unwrap().outcome;
    assert_eq!(outcome.stage, LoggedStage::Confirmed, "{outcome:?}");
    assert!(outcome.note.contains("it is not known whether FIN-WS-042 has done it"), "{}", outcome.note);
    assert_eq!(lab.n_open_sessions().await, 0);
}

#[tokio::test]
async fn what_cannot_be_read_before_is_not_sent_and_what_is_not_answered_in_time_is_read_back() {
    let mut lab = Lab::start().await;
    let make = |name: &str| host_change(7, HostCommand::CreateDirectory { path: format!(r"c:\windows\temp\{name}") });
    let plan = lab.plan(make("full")).await;
    lab.sim.add_fault(Fault::new(Mode::DiskFull).for_target("/command$").method("POST"));
    // The state before sending cannot be read either.
    let error = lab.apply(&plan).await.unwrap_err().to_string();
    assert!(error.contains("0x80070070 the disk is full"), "{error}");
    lab.sim.clear_faults();
    let mut late = HostChange {
        sensor: SensorId(7),
        action: HostCommand::CreateDirectory { path: r"c:\windows\temp\late".into() },
        limit: CommandLimit(Some(Duration::from_secs(1))),
    };
    let plan = lab.plan(Change::Host(late.clone())).await;
    lab.sim.add_fault(
        Fault::new(Mode::Answer)
            .for_target("/command/3")
            .body(r#"{"id": 3, "session_id": 1, "status": "in progress", "name": "create directory"}"#),
    );
    let outcome = lab.apply(&plan).await.unwrap().outcome;
    // The simulated host has done it, and that is read back.
    assert_eq!(outcome.stage, LoggedStage::Confirmed, "{outcome:?}");
    assert!(outcome.note.contains("did not answer within 1s"), "{}", outcome.note);
    late.limit = CommandLimit::default();
    assert!(matches!(Change::Host(late).prepare(&lab.context).await.unwrap(), Prepared::NoOp { .. }));
}
