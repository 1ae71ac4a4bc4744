//! `lr`: what changes a host is previewed, confirmed, logged, carried out once and read back.

use std::{fs, time::Duration};

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, Members, Ran, world};

const PAYLOAD: &str = r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe";
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\services\WinUpdSvc";
const BECAUSE: [&str; 3] = ["--reason", "beacon of the incident", "--yes"];

async fn bench() -> Bench {
    Bench::with(Options { checkin: Duration::ZERO, ..world() }).await
}

impl Bench {
    /// Runs a command with a reason and without a prompt.
    async fn change(&self, arguments: &[&str]) -> Ran {
        self.run(&[arguments, &BECAUSE[..]].concat()).await
    }

    async fn process(&self, path: &str) -> Option<Value> {
        let rows = self.rows(&["lr", "ps", "7"]).await;
        rows.into_iter().find(|row| row.text("path") == path)
    }

    /// The lines of the log that are about changes: the one before each, and the last after it.
    fn changes_of_log(&self) -> Vec<(Value, Value)> {
        let log = fs::read_to_string(self.home.path().join("state/lampblack/actions.jsonl")).unwrap_or_default();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let sent = lines.iter().filter(|line| line["event"] == "sending" && !line["change"].is_null());
        let known = |line: &Value| lines.iter().rfind(|other| other["of"] == line["line"]).cloned();
        sent.map(|line| (line.clone(), known(line).unwrap_or_default())).collect()
    }

    /// The commands that change hosts, as the server has seen them.
    fn commands(&self) -> usize {
        let seen = self.server.seen_requests();
        seen.iter().filter(|seen| seen.method == "POST" && seen.target.ends_with("/command")).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_ended_with_proof_and_the_server_knows_its_end() {
    let bench = bench().await;
    let process = bench.process(PAYLOAD).await.unwrap();
    let pid = process.text("pid");
    let preview = bench.run(&["lr", "kill", "FIN-WS-042", &pid, "--dry-run"]).await;
    preview.check(0).says(&format!("end process {pid}")).says(&format!("Now: process {pid}: {PAYLOAD}, started 20"));
    preview.says(r"user CORP\mlopez").says("Command line: ").says("It has started no process that still runs");
    preview.says("note: This cannot be undone: a process that has ended does not come back");
    preview.says(&format!(r#"{{"name":"kill","object":{pid},"session_id":"#)).says("Dry run: nothing sent");
    assert!(bench.process(PAYLOAD).await.is_some());
    let ran = bench.change(&["lr", "kill", "FIN-WS-042", &pid]).await;
    ran.check(0).says("FIN-WS-042  kill: confirmed; the process has ended (verified on the host)");
    assert_eq!(bench.process(PAYLOAD).await, None);
    let guid = process.text("proc_guid");
    assert_eq!(bench.ids(&format!("terminated:true process_id:{guid}")).await, [guid]);
    bench.change(&["lr", "kill", "7", &pid]).await.check(3).notes_say("has no process");
    let changes = bench.changes_of_log();
    let [(sent, known)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((sent.text("deed"), sent.text("reason")), ("kill".into(), BECAUSE[1].into()));
    assert_eq!(sent["requests"][0]["body"]["object"].to_string(), pid);
    assert!(sent["requests"][0].text("path").ends_with("/command"));
    assert_eq!(sent["before"]["process"].text("path"), PAYLOAD);
    assert_eq!(sent["change"]["host"]["action"]["kill"]["started"], sent["before"]["process"]["started"]);
    assert_eq!((known.text("stage"), &known["after"]["process"]), ("confirmed".into(), &Value::Null));
    bench.run(&["log", "verify"]).await.check(0);
    bench.run(&["lr", "sessions"]).await.check(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_and_the_sensor_are_ended_only_with_their_warning_and_the_host_may_refuse() {
    let bench = bench().await;
    let sensor = bench.process(r"c:\windows\carbonblack\cb.exe").await.unwrap().text("pid");
    for (pid, warning) in [("4", "the operating system itself"), (sensor.as_str(), "the sensor itself")] {
        bench.change(&["lr", "kill", "7", pid]).await.check(5).notes_say(warning).notes_say("--override-warnings");
        let ran = bench.change(&["lr", "kill", "7", pid, "--override-warnings"]).await;
        ran.check(1).says("kill: not applied").notes_say("0x80070005 access denied");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_a_host_without_a_reason_or_against_the_policy() {
    let bench = bench().await;
    let pid = bench.process(PAYLOAD).await.unwrap().text("pid");
    bench.server.forget_requests();
    bench.run(&["lr", "kill", "7", &pid, "--yes"]).await.check(2).notes_say("--reason is required");
    bench.change(&["--read-only", "lr", "kill", "7", &pid]).await.check(5).notes_say("read-only");
    bench.change(&["--read-only", "lr", "close", "7"]).await.check(5).notes_say("read-only");
    assert_eq!(bench.changes(), 0);
    bench.run(&["lr", "kill", "7", &pid, "--reason", "x"]).await.check(5).notes_say("cannot prompt");
    let config = bench.home.path().join("config/lampblack/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let (url, token) = (&bench.server.url, &bench.server.token);
    let profile = format!("[profiles.lab]\nurl = {url:?}\ntoken = {token:?}\nprotected_hosts = [\"FIN-WS-*\"]\n");
    fs::write(&config, profile).unwrap();
    let protected = bench.change(&["--profile", "lab", "lr", "kill", "7", &pid]).await;
    protected.check(5).notes_say("PROTECTED: protected_hosts contains FIN-WS-*").notes_say("by typing its name");
    assert!(bench.process(PAYLOAD).await.is_some());
    assert!(bench.changes_of_log().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_directories_are_made_and_deleted_and_nothing_is_overwritten() {
    let bench = bench().await;
    let directory = r"c:\windows\temp\evidence";
    let made = bench.change(&["lr", "mkdir", "7", directory]).await;
    made.check(0).says("create directory: confirmed; a directory, created ");
    bench.change(&["lr", "mkdir", "7", directory]).await.check(0).says("already").says("nothing was sent");
    let local = bench.home.path().join("tool.bin");
    fs::write(&local, b"MZ tool").unwrap();
    let target = format!(r"{directory}\");
    let put = bench.change(&["lr", "put", "7", local.to_str().unwrap(), &target]).await;
    put.check(0).says("put file: confirmed; a file of 7 bytes, created ").says("MD5 ");
    let again = bench.change(&["lr", "put", "7", local.to_str().unwrap(), &target]).await;
    again.check(0).says("already").says("nothing was sent");
    fs::write(&local, b"MZ other").unwrap();
    let other = bench.change(&["lr", "put", "7", local.to_str().unwrap(), &target]).await;
    other.check(1).notes_say("has a file at this path, which is never overwritten");
    let path = format!(r"{directory}\tool.bin");
    bench.run(&["lr", "get", "7", &path, "-o", "back.bin"]).await.check(0);
    assert_eq!(fs::read(bench.home.path().join("back.bin")).unwrap(), b"MZ tool");
    let full = bench.change(&["lr", "rm", "7", directory]).await;
    full.check(1).notes_say("has a directory there that is not empty").notes_say("delete its entries first");
    let preview = bench.run(&["lr", "rm", "7", &path, "--dry-run"]).await;
    preview.check(0).says("Now: a file of 7 bytes, created ").says("This cannot be undone: a deleted file");
    let removed = bench.change(&["lr", "rm", "7", &path]).await;
    removed.check(0).says("delete file: confirmed; no such file or directory (verified on the host)");
    bench.change(&["lr", "rm", "7", &path]).await.check(3).notes_say("file not found");
    bench.change(&["lr", "rm", "7", PAYLOAD]).await.check(1).notes_say("access denied");
    let log = bench.changes_of_log();
    let put = log.iter().find(|(sent, _)| sent["deed"] == "put file").unwrap();
    assert_eq!(put.0["before"]["file"], Value::Null);
    assert_eq!(put.1["after"]["file"]["size"], 7);
    assert!(!put.0.to_string().contains("MZ tool"));
    let files = bench.server.seen_requests();
    assert!(files.iter().any(|seen| seen.method == "DELETE" && seen.target.contains("/file/")), "{files:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_exact_path_below_a_drive_is_changed() {
    let bench = bench().await;
    bench.server.forget_requests();
    for (path, why) in [
        (r"c:\windows\*", "no * and no ?"),
        (r"windows\a", "is not absolute"),
        ("c:a", "is not absolute"),
        (r"\windows\a", "is not absolute"),
        (r"c:\", "is a whole drive"),
        ("/", "is a whole drive"),
        (r"c:\windows\..", "no . and no .."),
    ] {
        bench.change(&["lr", "rm", "7", path]).await.check(2).notes_say(why);
        bench.change(&["lr", "mkdir", "7", path]).await.check(2).notes_say(why);
    }
    assert!(bench.server.seen_requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_changed_with_the_old_value_kept() {
    let bench = bench().await;
    let ran = bench.change(&["lr", "reg", "set", "14", SERVICE, "Start", "4"]).await;
    ran.check(0).says("set value: confirmed; REG_DWORD 4 (0x4) (verified on the host)");
    ran.notes_say("Now: REG_DWORD 2 (0x2)").notes_say("Then: REG_DWORD 4");
    bench.change(&["lr", "reg", "set", "14", SERVICE, "Start", "0x4"]).await.check(0).says("nothing was sent");
    let typed = bench.change(&["lr", "reg", "set", "14", SERVICE, "Start", "off", "--type", "sz"]).await;
    typed.check(5).notes_say("The type changes: it is REG_DWORD 4 (0x4)");
    bench.change(&["lr", "reg", "set", "14", SERVICE, "Start", "off"]).await.check(2).notes_say("no number");
    let key = format!(r"{SERVICE}\Lab");
    bench
        .change(&["lr", "reg", "create", "14", &key])
        .await
        .check(0)
        .says("create key: confirmed; a key with 0 values");
    bench.change(&["lr", "reg", "set", "14", &key, "list", "a", "b", "--type", "multi-sz"]).await.check(0);
    bench.change(&["lr", "reg", "delete", "14", SERVICE]).await.check(1).notes_say("has keys below this one");
    bench.change(&["lr", "reg", "delete", "14", &key, "list"]).await.check(0).says("delete value: confirmed");
    bench.change(&["lr", "reg", "delete", "14", &key, "list"]).await.check(3);
    bench.change(&["lr", "reg", "set", "14", &key, "Start", "4", "--type", "dword"]).await.check(0);
    let deleted = bench.change(&["lr", "reg", "delete", "14", &key]).await;
    deleted.check(0).says("delete key: confirmed; no such key").notes_say("Its value Start: REG_DWORD 4 (0x4)");
    let log = bench.changes_of_log();
    let (sent, _) = log.last().unwrap();
    let content = json!([{"name": "Start", "type": "REG_DWORD", "data": 4}]);
    assert_eq!(sent["before"]["key"], json!({"values": 1, "sub_keys": 0, "content": content}));
    let (sent, known) = &log[0];
    assert_eq!(sent["before"]["value"], json!({"type": "REG_DWORD", "data": 2}));
    assert_eq!(known["after"]["value"], json!({"type": "REG_DWORD", "data": 4}));
    let linux = bench.change(&["lr", "reg", "create", "10", r"HKLM\a"]).await;
    linux.check(1).notes_say("has no command");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_runs_and_its_output_is_printed_and_nothing_stays_on_the_host() {
    let bench = bench().await;
    let arguments = ["lr", "exec", "FIN-WS-042", "--reason", "look", "--yes", "--", "ipconfig", "/all"];
    let ran = bench.run(&arguments).await;
    assert!(ran.check(0).out.contains("Windows IP Configuration\n"), "{}", ran.out);
    ran.notes_say("ended with exit code 0").notes_say("that file is then fetched and deleted");
    let temp = bench.rows(&["lr", "ls", "7", r"c:\windows\temp\"]).await;
    assert!(temp.iter().all(|row| !row.text("filename").starts_with("lampblack-")), "{temp:?}");
    let log = bench.changes_of_log();
    let verbs: Vec<_> = log.iter().map(|(sent, known)| (sent.text("deed"), known.text("stage"))).collect();
    let confirmed = |verb: &str| (verb.to_owned(), "confirmed".to_owned());
    assert_eq!(verbs, [confirmed("execute"), confirmed("delete file")]);
    assert_eq!(log[1].0["batch"], log[0].0["line"]);
    let missing = bench.run(&["lr", "exec", "7", "--reason", "x", "--yes", "--", "nothing.exe"]).await;
    missing.check(1).notes_say("0x80070002 file not found");
    assert_eq!(missing.out, "");
    let started =
        bench.run(&["lr", "exec", "7", "--no-wait", "--reason", "x", "--yes", "--", "cmd.exe /c echo x"]).await;
    started.check(0).notes_say("was started");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_answered_in_time_is_exit_code_4_and_unknown() {
    let bench =
        Bench::with(Options { checkin: Duration::ZERO, command_time: Duration::from_millis(800), ..world() }).await;
    // The command lines list no process first: `exec` reads nothing on the host.
    let arguments = ["lr", "exec", "7", "--timeout", "100ms", "--reason", "x", "--yes", "--", "ipconfig"];
    let late = bench.run(&arguments).await;
    late.check(4).notes_say("did not answer within 100ms");
    let log = bench.changes_of_log();
    assert_eq!(log[0].1.text("stage"), "unknown");
    assert_eq!(bench.commands(), 1);
    let offline = bench.change(&["lr", "mkdir", "HR-WS-011", r"c:\a", "--timeout", "200ms"]).await;
    offline.check(4).notes_say("did not open within");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_after_the_command_is_read_back_in_another() {
    let bench = bench().await;
    // The plan and the reading before sending are the first two commands.
    bench.fault(json!({"mode": "session-lost", "match": "/command/3", "times": 1}));
    let ran = bench.change(&["lr", "mkdir", "7", r"c:\windows\temp\lost"]).await;
    ran.check(0).says("create directory: confirmed").says("although it is not known whether FIN-WS-042 has done it");
    bench.run(&["lr", "sessions"]).await.check(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_a_host_comes_home_and_leaves_nothing_there() {
    let bench = bench().await;
    let ran = bench.change(&["lr", "memdump", "7"]).await;
    assert_eq!(ran.check(0).out, "FIN-WS-042-memory.dmp.zip.bin\n");
    let dump = fs::read(bench.home.path().join("FIN-WS-042-memory.dmp.zip.bin")).unwrap();
    assert!(dump.starts_with(b"PK"));
    let temp = bench.rows(&["lr", "ls", "7", r"c:\windows\temp\"]).await;
    assert!(temp.iter().all(|row| !row.text("filename").starts_with("lampblack-")), "{temp:?}");
    let again = bench.change(&["lr", "memdump", "7"]).await;
    again.check(1).notes_say("it already exists");
    assert_eq!(bench.changes_of_log().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_long_output_stays_on_the_host_and_is_named() {
    let bench = bench().await;
    let exec = ["lr", "exec", "7", "--reason", "look", "--yes", "--", "ipconfig"];
    let long = format!("{}\n", "x".repeat(1023)).repeat(16 << 10);
    bench.fault(json!({"mode": "answer", "match": "/content", "body": format!("{long}more\n"), "times": 1}));
    let cut = bench.run(&exec).await;
    assert_eq!((cut.exit, cut.out.len()), (0, 16 << 20), "{}", cut.notes);
    cut.notes_say("only the first 16 MiB are shown");
    let left = bench.rows(&["lr", "ls", "7", r"c:\windows\temp\lampblack-*"]).await;
    assert_eq!(left.len(), 1);
    cut.notes_say(&format!(r"lampblack lr get 7 'c:\windows\temp\{}'", left[0].text("filename")));
    bench.fault(json!({"mode": "answer", "match": "/content", "body": long, "times": 1}));
    let whole = bench.run(&exec).await;
    assert_eq!((whole.exit, whole.out.len()), (0, 16 << 20), "{}", whole.notes);
    assert_eq!(bench.rows(&["lr", "ls", "7", r"c:\windows\temp\lampblack-*"]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_is_not_fetched_completely_stays_on_the_host() {
    let bench = bench().await;
    let record = r#"{"id": 1, "file_name": "x", "size": 28, "status": 2147942512}"#;
    bench.fault(json!({"mode": "answer", "match": "/file/1$", "method": "GET", "body": record}));
    let ran = bench.run(&["lr", "exec", "7", "--reason", "look", "--yes", "--", "ipconfig"]).await;
    ran.check(1).notes_say("was not fetched completely: 0x80070070 the disk is full").notes_say("its output is in ");
    assert_eq!(ran.out, "");
    assert_eq!(bench.rows(&["lr", "ls", "7", r"c:\windows\temp\lampblack-*"]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_dump_that_has_failed_is_not_fetched_and_is_named() {
    let bench = bench().await;
    // The plan and the reading before sending are the first two commands.
    let run =
        r#"{"id": 3, "session_id": 1, "status": "complete", "name": "memdump", "result_code": 0, "return_code": 5}"#;
    bench.fault(json!({"mode": "answer", "match": "/command/3", "method": "GET", "body": run}));
    let ran = bench.change(&["lr", "memdump", "7"]).await;
    ran.check(1).notes_say("The file is then fetched and deleted on the host");
    ran.notes_say("it is not known whether FIN-WS-042 has done it: the memory dump ended with code 5");
    bench.server.clear_faults();
    let left = bench.rows(&["lr", "ls", "7", r"c:\windows\temp\lampblack-*"]).await;
    assert_eq!(left.len(), 1);
    ran.notes_say(&format!(r"a part of the dump may be in c:\windows\temp\{} on the host", left[0].text("filename")));
    assert!(!bench.home.path().join("FIN-WS-042-memory.dmp.zip.bin").exists());
    assert_eq!(bench.changes_of_log()[0].1.text("stage"), "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_dump_is_deleted_only_after_all_of_it_has_come() {
    let bench = bench().await;
    bench.fault(json!({"mode": "answer", "match": "/file/1/content", "body": "PK"}));
    let record = r#"{"id": 1, "file_name": "x", "size": 2, "status": 0}"#;
    bench.fault(json!({"mode": "answer", "match": "/file/1$", "method": "GET", "body": record}));
    let ran = bench.change(&["lr", "memdump", "7"]).await;
    ran.check(1).notes_say(" stays on the host: it has ").notes_say("and the saved file has 2");
    assert_eq!(bench.rows(&["lr", "ls", "7", r"c:\windows\temp\lampblack-*"]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_a_session_says_what_runs_in_it() {
    let bench =
        Bench::with(Options { checkin: Duration::ZERO, command_time: Duration::from_hours(1), ..world() }).await;
    bench.send(reqwest::Method::POST, "/api/v1/cblr/session", json!({"sensor_id": 7})).await;
    let run = json!({"name": "process list"});
    // A poll lets the sensor check in.
    bench.run(&["lr", "sessions"]).await.check(0);
    bench.send(reqwest::Method::POST, "/api/v1/cblr/session/1/command", run).await;
    let refused = bench.change(&["lr", "close", "7"]).await;
    refused.check(5).notes_say("A command is under way: process list").notes_say("for all users that share it");
    bench.run(&["lr", "sessions"]).await.check(0);
    bench.change(&["lr", "close", "7", "--override-warnings"]).await.check(0).says("close session: confirmed");
    bench.run(&["lr", "sessions"]).await.check(3);
    let log = bench.changes_of_log();
    assert_eq!(
        (log[0].0.text("deed"), log[0].0["before"]["session"]["id"].clone()),
        ("close session".into(), json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_is_read_into_one_folder_with_a_manifest_and_a_missing_file_is_a_line() {
    let bench = bench().await;
    let recipe = bench.home.path().join("own.toml");
    let items = [
        r#"kind = "processes""#,
        "kind = \"registry\"\npath = 'HKLM\\SYSTEM\\CurrentControlSet\\services\\ACPI'\nrecurse = true",
        "kind = \"list\"\npath = 'c:\\users\\*\\appdata\\roaming\\svc'",
        "kind = \"file\"\npath = 'c:\\users\\*\\appdata\\roaming\\svc\\*.exe'",
        "kind = \"file\"\npath = 'c:\\none.txt'",
        "kind = \"file\"\npath = 'c:\\windows\\system32\\drivers\\etc\\hosts'\nmax_size = 3",
        "kind = \"file\"\npath = '/etc/passwd'\nos = \"linux\"",
    ];
    fs::write(&recipe, items.map(|item| format!("[[item]]\n{item}\n")).concat()).unwrap();
    let ran = bench.run(&["lr", "collect", "7", "--recipe", recipe.to_str().unwrap(), "-o", "case"]).await;
    assert_eq!(ran.check(0).out, "case\n");
    let folder = bench.home.path().join("case");
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!((manifest.text("hostname"), manifest["sensor_id"].clone()), ("FIN-WS-042".into(), json!(7)));
    let lines = manifest["items"].as_array().unwrap();
    let results: Vec<_> = lines.iter().map(|line| (line.text("kind"), line.text("result"))).collect();
    let expected = [
        ("processes", "done"),
        ("registry", "done"),
        ("list", "done"),
        ("file", "done"),
        ("file", "nothing matches"),
        ("file", "61 bytes are more than the 3 of the recipe"),
    ];
    assert_eq!(results.len(), expected.len(), "{results:?}");
    for ((kind, result), (expected_kind, expected)) in results.iter().zip(expected) {
        assert_eq!(kind, expected_kind);
        assert!(result == expected || expected.contains("more than") && result.contains("more than the 3"), "{result}");
    }
    let payload = fs::read(folder.join(lines[3].text("file"))).unwrap();
    assert_eq!(lines[3].text("md5"), bench.md5("svch0st.exe").await);
    assert_eq!(lines[3]["size"].as_u64().unwrap(), u64::try_from(payload.len()).unwrap());
    let registry = fs::read_to_string(folder.join("registry.jsonl")).unwrap();
    assert!(registry.contains("Microsoft ACPI Driver") && registry.lines().count() == 3, "{registry}");
    let log = fs::read_to_string(folder.join("actions.jsonl")).unwrap();
    assert!(log.contains("read process list") && log.contains("read get file"), "{log}");
    bench.run(&["lr", "collect", "7", "--recipe", "windows-triage", "-o", "case"]).await.check(1);
    bench.run(&["lr", "collect", "7", "--recipe", "none"]).await.check(2).notes_say("windows-triage, linux-triage");
    let triage = bench.run(&["lr", "collect", "10", "--recipe", "linux-triage", "-o", "linux"]).await;
    triage.check(0).notes_say("manifest.json lists them");
    assert!(fs::read_dir(bench.home.path().join("linux/files")).unwrap().count() > 3);
    bench.run(&["lr", "sessions"]).await.check(3);
}

impl Bench {
    /// Collects on the host with sensor 7 what the items of a recipe say, into a new folder; returns its manifest too.
    async fn collect(&self, items: &[&str], folder: &str) -> (Ran, Value) {
        let recipe = self.home.path().join("own.toml");
        let items = items.iter().map(|item| format!("[[item]]\n{item}\n")).collect::<Vec<_>>().concat();
        fs::write(&recipe, items).unwrap();
        let ran = self.run(&["lr", "collect", "7", "--recipe", recipe.to_str().unwrap(), "-o", folder]).await;
        let manifest = fs::read(self.home.path().join(folder).join("manifest.json")).unwrap();
        (ran, serde_json::from_slice(&manifest).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recipe_could_not_read_is_named_in_the_manifest_and_the_rest_is_read() {
    let bench = bench().await;
    let answer = |run: u64, members: &str| {
        let body = format!(r#"{{"id": {run}, {members}}}"#);
        bench.fault(json!({"mode": "answer", "match": format!("/command/{run}$"), "method": "GET", "body": body}));
    };
    answer(1, r#""status": "complete", "processes": [{"pid": 4}, {"pid": "x"}]"#);
    // The second command lists the directories that match, the third one the first of them: `local`.
    let denied = r#""status": "error", "result_type": "WinHresult", "result_code": 2147942405"#;
    answer(3, denied);
    let items = [r#"kind = "processes""#, "kind = \"list\"\npath = 'c:\\users\\mlopez\\appdata\\*\\*'"];
    let (ran, manifest) = bench.collect(&items, "one").await;
    ran.check(0).notes_say("2 incomplete or missing");
    assert_eq!(manifest["result"], "done");
    let lines = manifest["items"].as_array().unwrap();
    assert_eq!(lines[0].text("result"), "incomplete: 1 row of the list cannot be read");
    let result = lines[1].text("result");
    assert!(result.starts_with("incomplete: FIN-WS-042: 0x80070005 access denied ("), "{result}");
    assert!(lines.len() > 2 && lines[2..].iter().all(|line| line.text("result") == "done"), "{lines:?}");
    // The first command lists the key, the second one the first key below it.
    bench.server.clear_faults();
    answer(2, denied);
    let key = "kind = \"registry\"\npath = 'HKLM\\SYSTEM\\CurrentControlSet\\services\\ACPI'\nrecurse = true";
    let (ran, manifest) = bench.collect(&[key], "two").await;
    ran.check(0).notes_say("1 incomplete or missing");
    let line = &manifest["items"][0];
    assert!(line.text("result").starts_with("incomplete: FIN-WS-042: 0x80070005"), "{line}");
    assert!(line["count"].as_u64().unwrap() > 0, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_again_and_again_ends_the_collection() {
    let bench = bench().await;
    // Each new session is lost at its second command.
    bench.fault(json!({"mode": "session-lost", "match": "/command/2"}));
    let file = "kind = \"file\"\npath = 'c:\\windows\\system32\\drivers\\etc\\hosts'";
    let (ran, manifest) = bench.collect(&[file; 9], "case").await;
    ran.check(1).notes_say("was lost 6 times");
    let result = manifest.text("result");
    assert!(
        result.contains(r" of 9: c:\windows\system32\drivers\etc\hosts: the session with FIN-WS-042 was lost"),
        "{result}"
    );
    let lines = manifest["items"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.len() < 9, "{lines:?}");
    assert!(lines.iter().all(|line| line.text("result") == "done"), "{lines:?}");
    assert!(bench.home.path().join("case").join(lines[0].text("file")).exists());
}
