//! `lr`: processes, files and the registry of hosts are read through a session that is closed at the end.

use std::{
    fs,
    io::{Cursor, Read},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use lampblack::sim::Options;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use tokio::io::AsyncBufReadExt;
use zip::ZipArchive;

use super::bench::{Bench, Members, world};

const PAYLOAD: &str = r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe";
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\services\WinUpdSvc";

async fn bench() -> Bench {
    Bench::with(Options { checkin: Duration::ZERO, ..world() }).await
}

impl Bench {
    /// The requests to sessions, as `POST /session`.
    fn sessions(&self) -> Vec<String> {
        let seen = self.server.seen_requests().into_iter();
        let named = seen.map(|seen| format!("{} {}", seen.method, seen.target.replace("/api/v1/cblr", "")));
        named.filter(|request| request.contains("/session")).collect()
    }

    /// Sends SIGTERM to a command that then fails, and returns what it writes to standard error.
    async fn terminate(&self, child: tokio::process::Child) -> String {
        let pid = child.id().unwrap().to_string();
        std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        let ended = child.wait_with_output().await.unwrap();
        assert_eq!(ended.status.code(), Some(1));
        String::from_utf8(ended.stderr).unwrap()
    }

    fn read_lines(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.home.path().join("state/lampblack/actions.jsonl")).unwrap();
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn hash(content: &[u8]) -> String {
    lampblack::model::Md5(Md5::digest(content).into()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_processes_of_several_hosts_are_listed_with_their_host_and_the_sessions_are_closed() {
    let bench = bench().await;
    let rows = bench.rows(&["lr", "ps", "FIN-WS-042", "14"]).await;
    let mut hosts: Vec<_> = rows.iter().map(|row| row.text("hostname")).collect();
    hosts.dedup();
    hosts.sort();
    assert_eq!(hosts, ["FIN-WS-042", "SRV-FILE-01"], "the rows of a host come together");
    let payload = rows.iter().find(|row| row.text("path") == PAYLOAD).unwrap();
    let found = bench.ids("process_name:svch0st.exe hostname:fin-ws-042").await;
    assert_eq!(found, [payload.text("proc_guid")]);
    assert_eq!((payload.text("sensor_id"), payload.text("username")), ("7".into(), r"CORP\mlopez".into()));
    let table = bench.run(&["lr", "ps", "7"]).await;
    table.check(0).says("svch0st.exe");
    assert!(table.out.starts_with("HOST "), "{}", table.out);
    let csv = bench.run(&["lr", "ps", "7", "--format", "csv", "--limit", "2"]).await;
    csv.check(0).notes_say("--limit 0 shows all");
    assert_eq!(csv.out.lines().next(), Some("host,pid,parent,started,user,path,command_line,proc_guid"));
    bench.run(&["lr", "sessions"]).await.check(3).notes_say("no Live Response session is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_session_is_joined_and_stays_and_one_that_is_kept_too() {
    let bench = bench().await;
    bench.send(reqwest::Method::POST, "/api/v1/cblr/session", json!({"sensor_id": 7})).await;
    bench.run(&["lr", "ps", "7"]).await.check(0);
    let requests = bench.sessions();
    assert!(!requests.contains(&"POST /session".into()), "{requests:?}");
    assert!(!requests.iter().any(|request| request.starts_with("PUT ")), "{requests:?}");
    bench.run(&["lr", "ls", "14", "C:\\", "--keep"]).await.check(0);
    let rows = bench.rows(&["lr", "sessions"]).await;
    let open: Vec<_> = rows.iter().map(|row| (row.text("hostname"), row.text("status"))).collect();
    let expected = [("FIN-WS-042", "active"), ("SRV-FILE-01", "active")];
    assert_eq!(open, expected.map(|(host, status)| (host.to_owned(), status.to_owned())));
    let because = ["--reason", "no one uses it", "--yes"];
    let closed = bench.run(&[&["lr", "close", "SRV-FILE-01"], &because[..]].concat()).await;
    closed.check(0).says("SRV-FILE-01  close session: confirmed; the session is closed (verified on the server)");
    bench.run(&[&["lr", "close", "14"], &because[..]].concat()).await.check(3);
    assert_eq!(bench.rows(&["lr", "sessions"]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_listed_with_and_without_its_separator_and_by_a_pattern() {
    let bench = bench().await;
    for path in [r"c:\users\mlopez\appdata\roaming\svc", r"C:\Users\mlopez\AppData\Roaming\svc\"] {
        let rows = bench.rows(&["lr", "ls", "7", path]).await;
        let names: Vec<_> = rows.iter().map(|row| row.text("filename")).collect();
        assert_eq!(names, ["cfg.dat", "svch0st.exe"], "{path}");
    }
    let table = bench.run(&["lr", "ls", "7", r"c:\users\mlopez\appdata\roaming\svc\*.exe"]).await;
    table.check(0).says("214528");
    let missing = bench.run(&["lr", "ls", "7", r"c:\none\"]).await;
    missing.check(1).notes_say(r"error: FIN-WS-042: 0x80070003 path not found (directory list c:\none\)");
    let linux = bench.rows(&["lr", "ls", "lnx-web-01", "/var/log"]).await;
    assert_eq!(linux.iter().map(|row| row.text("filename")).collect::<Vec<_>>(), ["messages", "nginx", "secure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_of_several_hosts_is_read_by_key_or_value() {
    let bench = bench().await;
    let rows = bench.rows(&["lr", "reg", "query", "14", "11", SERVICE]).await;
    let image: Vec<_> = rows.iter().filter(|row| row.text("value_name") == "ImagePath").collect();
    let mut hosts: Vec<_> = image.iter().map(|row| row.text("hostname")).collect();
    hosts.sort();
    assert_eq!(hosts, ["FIN-LT-0312", "SRV-FILE-01"]);
    assert!(image.iter().all(|row| row.text("value_data") == r"c:\windows\temp\winupdsvc.exe"));
    let value = bench.run(&["lr", "reg", "query", "14", &format!(r"{SERVICE}\Start")]).await;
    value.check(0).says("REG_DWORD").says("2 (0x2)");
    let missing = bench.run(&["lr", "reg", "query", "7", SERVICE]).await;
    missing.check(1).notes_say("0x80070002 file not found");
    let mixed = bench.run(&["lr", "reg", "query", "14", "7", SERVICE]).await;
    mixed.check(1).says("ImagePath").notes_say("error: FIN-WS-042: ");
    bench.run(&["lr", "reg", "query", "14", SERVICE, "Start"]).await.check(2).notes_say(r"KEY\VALUE");
    bench.run(&["lr", "reg", "query", "10", "HKLM"]).await.check(1).notes_say(r#"has no command "reg enum key""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_home_with_its_hashes_and_the_copy_on_the_server_goes() {
    let bench = bench().await;
    let ran = bench.run(&["lr", "get", "FIN-WS-042", PAYLOAD]).await;
    assert_eq!(ran.check(0).out, "FIN-WS-042-svch0st.exe.bin\n");
    let path = bench.home.path().join("FIN-WS-042-svch0st.exe.bin");
    let content = fs::read(&path).unwrap();
    assert_eq!(hash(&content), bench.md5("svch0st.exe").await);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    ran.notes_say(&format!("214528 bytes, MD5 {}, SHA-256 ", hash(&content)));
    let requests = bench.sessions();
    assert!(
        requests.iter().any(|request| request.starts_with("DELETE ") && request.ends_with("/file/1")),
        "{requests:?}"
    );
    let again = bench.run(&["lr", "get", "7", PAYLOAD]).await;
    again.check(1).notes_say("it already exists");
    let tail = bench.run(&["lr", "get", "7", PAYLOAD, "--offset", "214520", "-o", "tail.bin", "--keep"]).await;
    tail.check(0);
    assert_eq!(fs::read(bench.home.path().join("tail.bin")).unwrap(), content[214_520..]);
    let missing = bench.run(&["lr", "get", "7", r"c:\none.txt"]).await;
    missing.check(1).notes_say("0x80070002 file not found");
    assert!(!bench.home.path().join("FIN-WS-042-none.txt.bin").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_file_is_in_a_zip_with_the_customary_password() {
    let bench = bench().await;
    fs::create_dir(bench.home.path().join("evidence")).unwrap();
    let ran = bench.run(&["lr", "get", "7", PAYLOAD, "--protect", "-o", "evidence"]).await;
    assert_eq!(ran.check(0).out, "evidence/FIN-WS-042-svch0st.exe.zip\n");
    let zip = fs::read(bench.home.path().join("evidence/FIN-WS-042-svch0st.exe.zip")).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut content = Vec::new();
    archive.by_index_decrypt(0, b"infected").unwrap().read_to_end(&mut content).unwrap();
    assert_eq!(hash(&content), bench.md5("svch0st.exe").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_is_continued_and_what_came_is_kept_for_the_next_time() {
    let bench = bench().await;
    bench.fault(json!({"mode": "cut", "match": "/content", "times": 1}));
    let ran = bench.run(&["lr", "get", "7", PAYLOAD, "-o", "a.bin"]).await;
    ran.check(0).notes_say("214528 bytes");
    let content = fs::read(bench.home.path().join("a.bin")).unwrap();
    assert_eq!(hash(&content), bench.md5("svch0st.exe").await);
    bench.fault(json!({"mode": "cut", "match": "/content", "times": 6}));
    let broken = bench.run(&["lr", "get", "7", PAYLOAD, "-o", "b.bin"]).await;
    broken.check(1).notes_say("bytes are kept in b.bin.part").notes_say("hint: run the command again");
    let ran = bench.run(&["lr", "get", "7", PAYLOAD, "-o", "b.bin"]).await;
    ran.check(0).notes_say("note: continues b.bin.part at byte ");
    assert_eq!(fs::read(bench.home.path().join("b.bin")).unwrap(), content);
    assert!(!bench.home.path().join("b.bin.part").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_another_file_is_not_continued() {
    let bench = bench().await;
    bench.fault(json!({"mode": "cut", "match": "/content", "times": 6}));
    bench.run(&["lr", "get", "7", PAYLOAD, "-o", "a.bin"]).await.check(1);
    let part = fs::read(bench.home.path().join("a.bin.part")).unwrap();
    for (host, path, why) in [
        ("14", r"c:\windows\temp\winupdsvc.exe", "it is from sensor 7"),
        ("7", r"c:\windows\system32\drivers\etc\hosts", r"it is c:\users\mlopez\appdata\roaming\svc\svch0st.exe"),
    ] {
        let other = bench.run(&["lr", "get", host, path, "-o", "a.bin"]).await;
        other
            .check(1)
            .notes_say("error: a.bin.part cannot be continued: ")
            .notes_say(why)
            .notes_say("hint: move the part");
        assert!(!bench.home.path().join("a.bin").exists());
        assert_eq!(fs::read(bench.home.path().join("a.bin.part")).unwrap(), part);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_is_kept_when_a_later_step_fails_or_a_signal_comes_and_no_copy_stays() {
    let bench = bench().await;
    bench.fault(json!({"mode": "cut", "match": "/file/1/content", "times": 1}));
    bench.fault(json!({"mode": "404", "match": "/file/2", "method": "GET"}));
    let failed = bench.run(&["lr", "get", "7", PAYLOAD, "-o", "a.bin"]).await;
    failed.check(3).notes_say("bytes are kept in a.bin.part");
    bench.server.clear_faults();
    bench.run(&["lr", "get", "7", PAYLOAD, "-o", "a.bin"]).await.check(0).notes_say("note: continues a.bin.part");
    bench.fault(json!({"mode": "cut", "match": "/file/1/content", "times": 1}));
    bench.fault(json!({"mode": "hang", "match": "/file/2/content"}));
    bench.server.forget_requests();
    let child = bench.command(&["lr", "get", "7", PAYLOAD, "-o", "b.bin"]).spawn().unwrap();
    while !bench.sessions().iter().any(|request| request.ends_with("/file/2/content")) {
        tokio::task::yield_now().await;
    }
    let stopped = bench.terminate(child).await;
    assert!(stopped.contains("error: stopped") && stopped.contains("bytes are kept in b.bin.part"), "{stopped}");
    assert!(bench.home.path().join("b.bin.part").exists());
    let requests = bench.sessions();
    for file in ["/file/1", "/file/2"] {
        assert!(requests.iter().any(|one| one.starts_with("DELETE ") && one.ends_with(file)), "{requests:?}");
    }
    bench.run(&["lr", "sessions"]).await.check(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_stays_on_the_server_is_warned_of() {
    let bench = bench().await;
    bench.fault(json!({"mode": "500", "match": "/file/1", "method": "DELETE"}));
    let ran = bench.run(&["lr", "get", "7", PAYLOAD]).await;
    ran.check(0).notes_say("warning: a copy of the file stays on the server for 7 days, as file 1 of session 1: ");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_to_a_host_is_in_the_action_log_as_it_was_sent() {
    let bench = bench().await;
    bench.run(&["lr", "ls", "7", r"c:\users"]).await.check(0);
    bench.run(&["lr", "get", "7", r"c:\none.txt"]).await.check(1);
    let lines = bench.read_lines();
    let sent: Vec<_> = lines.iter().filter(|line| line["event"] == "sending").collect();
    let verbs: Vec<_> = sent.iter().map(|line| line.text("deed")).collect();
    let expected = ["open session", "directory list", "directory list", "open session", "directory list", "get file"];
    assert_eq!(verbs, expected.map(|verb| format!("read {verb}")));
    let request = |index: usize| &sent[index]["requests"][0];
    assert_eq!(
        (request(0).text("path"), &request(0)["body"]),
        ("/api/v1/cblr/session".into(), &json!({"sensor_id": 7}))
    );
    assert_eq!(request(1).text("path"), "/api/v1/cblr/session/1/command");
    assert_eq!(request(1)["body"], json!({"session_id": 1, "name": "directory list", "object": r"c:\users"}));
    assert_eq!(request(2)["body"]["object"], r"c:\users\");
    assert_eq!(request(5)["body"], json!({"session_id": 2, "name": "get file", "object": r"c:\none.txt"}));
    assert_eq!((lines.len(), lines[11].text("stage")), (12, "not_applied".into()));
    assert!(lines[11].text("note").contains("file not found"));
    bench.run(&["log", "verify"]).await.check(0);
    bench.run(&["log", "show"]).await.check(0).says("read directory list");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_hosts_than_the_server_has_sessions_are_read_in_turn() {
    let bench = Bench::with(Options { checkin: Duration::ZERO, sensors: 20, ..world() }).await;
    for sensor in [1, 2, 4, 5, 6, 9, 10, 11, 15] {
        bench.send(reqwest::Method::POST, "/api/v1/cblr/session", json!({"sensor_id": sensor})).await;
    }
    let rows = bench.rows(&["lr", "ls", "7", r"c:\users\"]).await;
    assert!(!rows.is_empty());
    let ran = bench.run(&["lr", "ps", "7", "13", "14", "3", "--format", "jsonl", "--limit", "0"]).await;
    let mut hosts: Vec<_> = ran.check(0).json_lines().iter().map(|row| row.text("sensor_id")).collect();
    hosts.dedup();
    hosts.sort();
    assert_eq!(hosts, ["13", "14", "3", "7"]);
    bench.send(reqwest::Method::POST, "/api/v1/cblr/session", json!({"sensor_id": 16})).await;
    let full = bench.run(&["lr", "ps", "7"]).await;
    full.check(1).notes_say("the server has 10 open Live Response sessions");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_does_not_answer_in_time_is_exit_code_4_and_leaves_no_session() {
    let bench = bench().await;
    let ran = bench.run(&["lr", "ps", "HR-WS-011", "--timeout", "300ms"]).await;
    ran.check(4).notes_say("the sensor was last seen ").notes_say("hint: the session opens when the sensor checks in");
    bench.run(&["lr", "sessions"]).await.check(3);
    let gone = bench.run(&["lr", "ps", "OLD-WS-009"]).await;
    gone.check(1).notes_say("OLD-WS-009 has no sensor any more");
    bench.run(&["lr", "ps", "no-such-host"]).await.check(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_is_opened_again_and_not_for_ever() {
    let bench = bench().await;
    for mode in ["session-lost", "sensor-gone"] {
        bench.fault(json!({"mode": mode, "match": "/command$", "times": 2}));
        bench.run(&["lr", "ps", "7"]).await.check(0).says("svch0st.exe");
    }
    bench.fault(json!({"mode": "session-lost", "match": "/command$"}));
    let lost = bench.run(&["lr", "ps", "7"]).await;
    lost.check(1).notes_say("the session with FIN-WS-042 was lost 6 times: Session ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_refuses_says_why_and_a_server_without_live_response_too() {
    let bench = bench().await;
    bench.fault(json!({"mode": "access-denied", "match": "/command$", "times": 1}));
    let denied = bench.run(&["lr", "ps", "7"]).await;
    denied.check(1).notes_say("error: FIN-WS-042: 0x80070005 access denied (process list)");
    bench.fault(json!({"mode": "403", "match": "/cblr/session"}));
    let forbidden = bench.run(&["lr", "ps", "7"]).await;
    forbidden.check(1).notes_say("the enhanced permission for Live Response");
    let off = Bench::with(Options { live_response: false, ..world() }).await;
    off.run(&["lr", "ps", "7"]).await.check(1).notes_say("error: Live Response is off on this server");
    off.run(&["lr", "sessions"]).await.check(1).notes_say("hint: Live Response is off on this server");
    assert!(off.sessions().iter().all(|request| request.starts_with("GET /session")), "{:?}", off.sessions());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_closes_the_session_that_was_opened() {
    let bench = bench().await;
    let child = bench.command(&["lr", "ps", "HR-WS-011", "--timeout", "none"]).spawn().unwrap();
    while !bench.sessions().iter().any(|request| request.starts_with("GET /session/")) {
        tokio::task::yield_now().await;
    }
    let said = bench.terminate(child).await;
    assert!(said.contains("the sessions that were opened here are closed"), "{said}");
    bench.run(&["lr", "sessions"]).await.check(3);
    assert_eq!(bench.read_lines().last().unwrap().text("note"), "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_of_a_host_are_printed_while_another_one_has_yet_to_answer() {
    let bench = bench().await;
    let hosts = ["lr", "ps", "HR-WS-011", "7", "OLD-WS-009", "--timeout", "none", "--format", "jsonl", "--limit", "0"];
    let mut child = bench.command(&hosts).spawn().unwrap();
    let mut lines = tokio::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let first = tokio::time::timeout(Duration::from_mins(1), lines.next_line()).await;
    let first: Value = serde_json::from_str(&first.expect("no row before the last host").unwrap().unwrap()).unwrap();
    assert_eq!(first.text("hostname"), "FIN-WS-042");
    let notes = bench.terminate(child).await;
    assert!(notes.contains("error: OLD-WS-009 has no sensor any more"), "{notes}");
    assert!(notes.contains("error: HR-WS-011: stopped before it was read"), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_before_a_signal_is_printed_and_logged_as_read() {
    let bench = bench().await;
    let child = bench.command(&["lr", "ps", "HR-WS-011", "7", "--timeout", "none"]).spawn().unwrap();
    while !bench.sessions().iter().any(|request| request.starts_with("PUT /session/")) {
        tokio::task::yield_now().await;
    }
    let pid = child.id().unwrap().to_string();
    std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let ended = child.wait_with_output().await.unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8(ended.stdout).unwrap().contains("svch0st.exe"));
    let notes = String::from_utf8(ended.stderr).unwrap();
    assert!(notes.contains("error: HR-WS-011: stopped before it was read"), "{notes}");
    let lines = bench.read_lines();
    let read = lines.iter().find(|line| line["deed"] == "read process list").unwrap();
    let outcome = lines.iter().find(|line| line["of"] == read["line"]).unwrap();
    assert_eq!((outcome.text("stage"), outcome.text("note")), ("confirmed".into(), "done".into()));
}
