//! Live Response: sessions, commands and files, as the reference has them (2.17), on hosts that know their world.

use std::time::Duration;

use lampblack::sim::{Fault, Mode, Options};
use reqwest::Method;
use serde_json::{Value, json};

use crate::sim::lab::{Lab, small};

const SESSION: &str = "/api/v1/cblr/session";
/// The incident's first host, where its payload runs.
const HOST: u64 = 7;
const PAYLOAD: &str = r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe";

impl Lab {
    /// The number of an active session with a host.
    async fn session(&self, sensor: u64) -> u64 {
        let session = self.made(SESSION, json!({"sensor_id": sensor})).await;
        assert_eq!((&session["status"], &session["storage_size"]), (&json!("pending"), &json!(0)));
        let id = session["id"].as_u64().unwrap();
        let active = self.json(&format!("{SESSION}/{id}")).await;
        assert_eq!((&active["status"], &active["storage_size"]), (&json!("active"), &json!("0")));
        id
    }

    /// What a command is answered with when it has ended.
    async fn run_command(&self, session: u64, body: Value) -> Value {
        let path = format!("{SESSION}/{session}/command");
        let run = self.made(&path, body).await;
        assert_eq!(run["status"], "pending");
        self.json(&format!("{path}/{}", run["id"])).await
    }

    async fn processes(&self, session: u64) -> Vec<Value> {
        let run = self.run_command(session, json!({"name": "process list"})).await;
        assert_eq!(
            (&run["status"], &run["result_code"], &run["object"]),
            (&json!("complete"), &json!(0), &Value::Null)
        );
        run["processes"].as_array().unwrap().clone()
    }

    /// The bytes of a file of a host, and the record of the command.
    async fn file(&self, session: u64, body: Value) -> (Vec<u8>, Value) {
        let run = self.run_command(session, body).await;
        let content = self.get(&format!("{SESSION}/{session}/file/{}/content", run["file_id"])).await;
        (content.bytes().await.unwrap().to_vec(), run)
    }
}

fn code(run: &Value) -> u64 {
    assert_eq!((&run["status"], &run["result_type"]), (&json!("error"), &json!("WinHresult")));
    run["result_code"].as_u64().unwrap()
}

#[tokio::test]
async fn a_session_is_pending_until_the_sensor_checks_in_and_then_names_its_commands() {
    let lab = Lab::start(Options { checkin: Duration::from_hours(1), ..small() }).await;
    let session = lab.made(SESSION, json!({"sensor_id": HOST})).await;
    let path = format!("{SESSION}/{}", session["id"]);
    for (name, value) in [("hostname", json!("FIN-WS-042")), ("address", Value::Null), ("drives", json!([]))] {
        assert_eq!(session[name], value, "{name}");
    }
    assert_eq!(lab.json(&path).await["status"], "pending");
    // Whoever waits for it is not answered before.
    let active = lab.json(&format!("{path}?wait=true")).await;
    assert_eq!((&active["status"], &active["address"]), (&json!("active"), &json!("::ffff:10.20.4.42")));
    assert_eq!(active["supported_commands"].as_array().unwrap().len(), 15);
    assert_eq!(active["drives"], json!([r"C:\"]));
}

#[tokio::test]
async fn a_host_that_is_offline_stays_pending_and_one_without_a_registry_lacks_its_commands() {
    let lab = Lab::small().await;
    let offline = lab.made(SESSION, json!({"sensor_id": 8})).await;
    let path = format!("{SESSION}/{}?wait=true", offline["id"]);
    assert_eq!(lab.json(&path).await["status"], "pending");
    let path = format!("{SESSION}/{}/command", offline["id"]);
    let early = lab.send(Method::POST, &path, Some(json!({"name": "kill", "object": 4}))).await;
    assert_eq!(early.status(), 404);
    let linux = lab.session(10).await;
    let session = lab.json(&format!("{SESSION}/{linux}")).await;
    assert!(!session["supported_commands"].to_string().contains("reg "));
    let refused = lab.run_command(linux, json!({"name": "reg enum key", "object": "HKLM"})).await;
    assert_eq!(code(&refused), 0x8007_0032);
    let root = lab.run_command(linux, json!({"name": "directory list", "object": "/"})).await;
    assert!(root["files"].to_string().contains("\"etc\""), "{root}");
}

#[tokio::test]
async fn a_sensor_has_one_session_and_a_server_ten() {
    let lab = Lab::start(Options { sensors: 20, ..small() }).await;
    lab.session(HOST).await;
    let again = lab.send(Method::POST, SESSION, Some(json!({"sensor_id": HOST}))).await;
    assert_eq!(again.status(), 404);
    for sensor in [1, 2, 4, 5, 6, 9, 10, 11, 14] {
        lab.made(SESSION, json!({"sensor_id": sensor})).await;
    }
    let more = lab.send(Method::POST, SESSION, Some(json!({"sensor_id": 13}))).await;
    assert_eq!((more.status().as_u16(), more.text().await.unwrap().as_str()), (404, "Too many sessions"));
    assert_eq!(lab.json(&format!("{SESSION}?active_only=true")).await.as_array().unwrap().len(), 10);
    for body in [json!({}), json!({"sensor_id": "x"})] {
        assert_eq!(lab.send(Method::POST, SESSION, Some(body)).await.status(), 400);
    }
}

#[tokio::test]
async fn a_closed_session_takes_no_command_and_leaves_its_sensor_free() {
    let lab = Lab::small().await;
    let id = lab.session(HOST).await;
    let path = format!("{SESSION}/{id}");
    assert_eq!(lab.json(&format!("{path}/keepalive")).await["id"], id);
    let mut record = lab.json(&path).await;
    record["status"] = json!("close");
    assert_eq!(lab.put(&path, record).await, 200);
    assert_eq!(lab.json(&path).await["status"], "close");
    let refused = lab.send(Method::POST, &format!("{path}/command"), Some(json!({"name": "process list"}))).await;
    assert_eq!(refused.status(), 404);
    assert_eq!(refused.text().await.unwrap(), format!("Session {id} not found"));
    assert_eq!(lab.status(&format!("{path}/keepalive")).await, 404);
    assert_ne!(lab.session(HOST).await, id);
}

#[tokio::test]
async fn the_processes_of_a_host_are_those_that_the_server_knows_to_run() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let processes = lab.processes(session).await;
    let system = &processes[0];
    assert_eq!((&system["pid"], &system["path"], &system["sid"]), (&json!(4), &json!(""), &json!("s-1-5-18")));
    let payload = processes.iter().find(|process| process["path"] == PAYLOAD).unwrap();
    let query = "process_name:svch0st.exe hostname:FIN-WS-042";
    let found = lab.search(&[("q", query), ("cb.group", "id")]).await;
    let document = &found["results"][0];
    assert_eq!(document["id"], payload["proc_guid"]);
    assert_eq!(document["process_pid"], payload["pid"]);
    assert_eq!(document["parent_id"], payload["parent_guid"]);
    assert_eq!(document["cmdline"], payload["command_line"]);
    for process in &processes {
        let guid = process["proc_guid"].as_str().unwrap();
        let found = lab.json(&format!("/api/v1/process/{guid}/0")).await;
        assert_eq!(found["process"]["process_pid"], process["pid"], "{process}");
    }
}

#[tokio::test]
async fn a_process_that_is_killed_is_gone_and_the_server_knows_its_end() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let processes = lab.processes(session).await;
    let payload = processes.iter().find(|process| process["path"] == PAYLOAD).unwrap();
    let kill = json!({"name": "kill", "object": payload["pid"]});
    let record = format!("/api/v1/process/{}/0", payload["proc_guid"].as_str().unwrap());
    let before = lab.json(&record).await["process"].clone();
    assert_eq!(before["terminated"], false);
    let running = lab.run_command(session, json!({"name": "delete file", "object": PAYLOAD})).await;
    assert_eq!(code(&running), 2_147_942_405);
    assert_eq!(lab.run_command(session, kill.clone()).await["status"], "complete");
    assert_eq!(lab.processes(session).await.len(), processes.len() - 1);
    assert_eq!(code(&lab.run_command(session, kill).await), 2_147_942_487);
    let guid = payload["proc_guid"].as_str().unwrap();
    assert_eq!(lab.json(&format!("/api/v1/process/{guid}/0")).await["process"]["terminated"], true);
    let query = format!("process_id:{guid} terminated:true");
    let found = lab.search(&[("q", query.as_str()), ("cb.group", "id")]).await;
    assert_eq!(found["results"].as_array().unwrap().len(), 1, "{found}");
    // Its end is its last event.
    assert!(found["results"][0]["last_update"].as_str() > before["last_update"].as_str(), "{found}");
    for pid in [
        json!(4),
        processes.iter().find(|process| process["path"] == r"c:\windows\carbonblack\cb.exe").unwrap()["pid"].clone(),
    ] {
        assert_eq!(code(&lab.run_command(session, json!({"name": "kill", "object": pid})).await), 2_147_942_405);
    }
    assert_eq!(lab.run_command(session, json!({"name": "delete file", "object": PAYLOAD})).await["status"], "complete");
}

#[tokio::test]
async fn the_payload_lies_where_it_was_written_and_hashes_to_its_md5() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let (bytes, run) = lab.file(session, json!({"name": "get file", "object": PAYLOAD})).await;
    let md5 = lampblack::model::Md5(<md5::Md5 as md5::Digest>::digest(&bytes).into()).to_string();
    assert_eq!(md5.to_uppercase(), lab.md5("svch0st.exe").await);
    let record = lab.json(&format!("{SESSION}/{session}/file/{}", run["file_id"])).await;
    assert_eq!((&record["file_name"], &record["size"]), (&json!(PAYLOAD), &json!(bytes.len())));
    let (part, _) =
        lab.file(session, json!({"name": "get file", "object": PAYLOAD, "offset": 2, "get_count": 3})).await;
    assert_eq!(part, bytes[2..5]);
    let content = lab.get(&format!("{SESSION}/{session}/file/{}/content", run["file_id"])).await;
    assert_eq!(content.headers()["content-type"], "application/octet-stream");
    assert!(content.headers()["etag"].to_str().unwrap().starts_with("\"flask-"));
    assert!(content.headers()["last-modified"].to_str().unwrap().ends_with(" GMT"));
    assert!(content.headers().get("pragma").is_none());
    let missing = lab.run_command(session, json!({"name": "get file", "object": r"c:\none.txt"})).await;
    assert_eq!(code(&missing), 2_147_942_402);
}

#[tokio::test]
async fn what_is_put_and_made_stays_and_what_is_deleted_is_gone() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";
    let url = format!("{}{SESSION}/{session}/file", lab.sim.url);
    let request = lab.client.post(url).header("X-Auth-Token", &lab.sim.token).body(form);
    let file: Value = request.send().await.unwrap().json().await.unwrap();
    let path = r"C:\Windows\Temp\evidence\a.txt";
    let put = json!({"name": "put file", "object": path, "file_id": file["id"]});
    assert_eq!(code(&lab.run_command(session, put.clone()).await), 2_147_942_403);
    let directory = json!({"name": "create directory", "object": r"C:\Windows\Temp\evidence"});
    assert_eq!(lab.run_command(session, directory.clone()).await["status"], "complete");
    assert_eq!(code(&lab.run_command(session, directory).await), 2_147_942_480);
    assert_eq!(lab.run_command(session, put).await["status"], "complete");
    assert_eq!(lab.file(session, json!({"name": "get file", "object": path})).await.0, b"hello");
    // Another session finds the host as it was left.
    assert_eq!(lab.put(&format!("{SESSION}/{session}"), json!({"status": "close"})).await, 200);
    let session = lab.session(HOST).await;
    let list = json!({"name": "directory list", "object": r"c:\windows\temp\evidence\*"});
    let files = lab.run_command(session, list).await["files"].clone();
    let names: Vec<_> = files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, [".", "..", "a.txt"]);
    assert_eq!(files[0]["attributes"], json!(["DIRECTORY"]));
    assert_eq!(files[2]["size"], 5);
    assert_eq!(lab.run_command(session, json!({"name": "delete file", "object": path})).await["status"], "complete");
    assert_eq!(code(&lab.run_command(session, json!({"name": "delete file", "object": path})).await), 2_147_942_402);
    assert_eq!(lab.delete(&format!("{SESSION}/{session}/file/1")).await, 404);
}

#[tokio::test]
async fn the_registry_has_the_autoruns_of_the_incident_and_keeps_what_is_set() {
    let lab = Lab::small().await;
    let session = lab.session(14).await;
    let key = r"HKLM\SYSTEM\CurrentControlSet\Services\WinUpdSvc";
    let found = lab.run_command(session, json!({"name": "reg enum key", "object": key})).await;
    let values = found["values"].to_string();
    assert!(values.contains(r"c:\\windows\\temp\\winupdsvc.exe") && values.contains("REG_EXPAND_SZ"), "{values}");
    let value = format!(r"{key}\Start");
    let query = json!({"name": "reg query value", "object": value});
    assert_eq!(
        lab.run_command(session, query.clone()).await["value"],
        json!({"value_name": "Start", "value_type": "REG_DWORD", "value_data": 2})
    );
    let mut set = json!({"name": "reg set value", "object": value, "value_type": "REG_DWORD", "value_data": 4});
    assert_eq!(code(&lab.run_command(session, set.clone()).await), 2_147_942_480);
    set["overwrite"] = json!("true");
    assert_eq!(lab.run_command(session, set).await["status"], "complete");
    assert_eq!(lab.run_command(session, query.clone()).await["value"]["value_data"], 4);
    assert_eq!(
        lab.run_command(session, json!({"name": "reg delete value", "object": value})).await["status"],
        "complete"
    );
    assert_eq!(code(&lab.run_command(session, query).await), 2_147_942_402);
    assert_eq!(lab.run_command(session, json!({"name": "reg delete key", "object": key})).await["status"], "complete");
    let acpi = json!({"name": "reg enum key", "object": r"HKLM\SYSTEM\CurrentControlSet\services\ACPI"});
    assert_eq!(lab.run_command(session, acpi).await["sub_keys"], json!(["Enum", "Parameters"]));
}

#[tokio::test]
async fn a_program_prints_into_its_file_and_a_memory_dump_can_be_fetched() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let output = r"c:\windows\temp\cblr.x.tmp";
    let body = json!({"name": "create process", "object": "ipconfig /all", "wait": true, "output_file": output});
    let run = lab.run_command(session, body).await;
    assert_eq!(run["return_code"], 0);
    let text = lab.file(session, json!({"name": "get file", "object": output})).await.0;
    assert!(String::from_utf8(text).unwrap().contains("Windows IP Configuration"));
    let unknown =
        lab.run_command(session, json!({"name": "create process", "object": "nothing.exe", "wait": false})).await;
    assert_eq!(code(&unknown), 2_147_942_402);
    let body = json!({"name": "memdump", "object": r"c:\windows\temp\m.dmp", "compress": true});
    let dump = lab.run_command(session, body).await;
    assert_eq!((&dump["percentdone"], &dump["complete"], &dump["return_code"]), (&json!(100), &json!(true), &json!(0)));
    let zip = lab.file(session, json!({"name": "get file", "object": r"c:\windows\temp\m.dmp.zip"})).await.0;
    assert!(zip.starts_with(b"PK"));
    let archive = lab.get(&format!("{SESSION}/{session}/archive")).await;
    assert_eq!(archive.headers()["content-type"], "application/zip");
}

#[tokio::test]
async fn faults_reach_the_session_the_sensor_and_the_host() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    for (mode, expected) in [(Mode::AccessDenied, 2_147_942_405), (Mode::DiskFull, 2_147_942_512)] {
        lab.sim.add_fault(Fault::new(mode).for_target("/command$").limit_times(1));
        assert_eq!(code(&lab.run_command(session, json!({"name": "process list"})).await), expected);
    }
    lab.sim.add_fault(Fault::new(Mode::SensorGone).for_target("/command$").limit_times(1));
    let path = format!("{SESSION}/{session}/command");
    let gone = lab.send(Method::POST, &path, Some(json!({"name": "process list"}))).await;
    assert_eq!((gone.status().as_u16(), gone.text().await.unwrap()), (404, "Sensor 7 is not connected".to_owned()));
    let session = lab.session(HOST).await;
    lab.sim.add_fault(Fault::new(Mode::SessionLost).for_target(&format!("{SESSION}/{session}$")).limit_times(1));
    let lost = lab.get(&format!("{SESSION}/{session}")).await;
    assert_eq!((lost.status().as_u16(), lost.text().await.unwrap()), (404, format!("Session {session} not found")));
    lab.sim.add_fault(Fault::new(Mode::NeverConfirm).method("POST").for_target("session$").limit_times(1));
    let never = lab.made(SESSION, json!({"sensor_id": HOST})).await;
    let path = format!("{SESSION}/{}", never["id"]);
    assert_eq!(lab.json(&path).await["status"], "pending");
    lab.sim.clear_faults();
    assert_eq!(lab.json(&path).await["status"], "active");
}

#[tokio::test]
async fn a_server_without_live_response_refuses_all_of_it() {
    let lab = Lab::start(Options { live_response: false, ..small() }).await;
    assert_eq!(lab.json("/api/info").await["cblrEnabled"], false);
    assert_eq!(lab.status(SESSION).await, 412);
}

#[tokio::test]
async fn what_is_no_command_is_a_bad_request_and_hostile_paths_are_names_that_do_not_exist() {
    let lab = Lab::small().await;
    let session = lab.session(HOST).await;
    let path = format!("{SESSION}/{session}/command");
    for body in [json!({"name": "format disk"}), json!({"name": "get file"}), json!({}), json!([])] {
        assert_eq!(lab.send(Method::POST, &path, Some(body.clone())).await.status(), 400, "{body}");
    }
    for object in
        [r"c:\..\..\..\etc\passwd", "/etc/passwd", r"\\server\share\x", r"c:\a:stream", "c:\\a\u{1b}[2J", "CON"]
    {
        let run = lab.run_command(session, json!({"name": "get file", "object": object})).await;
        assert!(code(&run) > 0x8007_0000, "{object}");
    }
    assert_eq!(lab.status(&format!("{SESSION}/x")).await, 404);
    assert_eq!(lab.status("/api/v1/cblr/other").await, 404);
    assert_eq!(lab.delete(&path).await, 405);
}

#[tokio::test]
async fn a_command_is_carried_out_when_its_time_has_come_and_not_at_the_request() {
    let lab = Lab::start(Options { command_time: Duration::from_hours(1), checkin: Duration::ZERO, ..small() }).await;
    let session = lab.session(HOST).await;
    let path = format!("{SESSION}/{session}/command");
    let directory = r"c:\windows\temp\later";
    let make = lab.made(&path, json!({"name": "create directory", "object": directory})).await;
    let fetch = lab.made(&path, json!({"name": "get file", "object": r"c:\windows\system32\drivers\etc\hosts"})).await;
    let file = format!("{SESSION}/{session}/file/{}", fetch["file_id"]);
    assert_eq!(lab.json(&format!("{path}/{}", make["id"])).await["status"], "pending");
    assert_eq!(lab.json(&file).await["size"], 0);
    // What is cancelled before is never carried out.
    let cancelled = lab.made(&path, json!({"name": "kill", "object": 4242})).await;
    assert_eq!(lab.put(&format!("{path}/{}", cancelled["id"]), json!({"status": "cancel"})).await, 200);
    let waited = lab.json(&format!("{path}/{}?wait=true", fetch["id"])).await;
    assert_eq!(waited["status"], "complete");
    assert_eq!(lab.json(&format!("{path}/{}", make["id"])).await["status"], "complete");
    assert_ne!(lab.json(&file).await["size"], 0);
    assert_eq!(lab.json(&format!("{path}/{}", cancelled["id"])).await["status"], "cancel");
    // A session that ends takes its commands with it.
    lab.made(&path, json!({"name": "delete file", "object": directory})).await;
    assert_eq!(lab.put(&format!("{SESSION}/{session}"), json!({"status": "close"})).await, 200);
    let session = lab.session(HOST).await;
    let path = format!("{SESSION}/{session}/command");
    let listed = lab.made(&path, json!({"name": "directory list", "object": directory})).await;
    let listed = lab.json(&format!("{path}/{}?wait=true", listed["id"])).await;
    assert_eq!(listed["files"][0]["filename"], "later");
}
