//! A few facts made by hand, in the shapes of the API reference.

use std::sync::Arc;

use lampblack::api::Error;
use lampblack::fetch::{
    Answer, BinariesFetch, EventsFetch, FacetsFetch, Fetch, LineageFetch, ProcessesFetch, Rows, SegmentsFetch,
    SensorsFetch,
};
use lampblack::model::{
    Ban, Binary, Fetched, FileHead, Group, IsolatedSensor, Lineage, Page, Prevalence, Process, ProcessId, Sensor,
    ServerInfo, Top,
};
use lampblack::wire;
use serde_json::{Value, json};

use super::{now, process_events};

/// 2026-03-04T10:15:30Z in ticks since 1601.
const STARTED: u64 = 134_170_929_300_000_000;

/// The GUID of the process in this row.
pub fn id(row: u32) -> ProcessId {
    ProcessId::new(7, 4000 + row, STARTED + u64::from(row) * 10_000_000)
}

/// A process document as a search gives it.
pub fn document(row: u32) -> Value {
    json!({
        "id": id(row).to_string(),
        "segment_id": 1,
        "process_name": "rundll32.exe",
        "path": "c:\\windows\\system32\\rundll32.exe",
        "cmdline": format!("rundll32.exe C:\\Users\\mlopez\\AppData\\Local\\Temp\\a{row}.dll,Start"),
        "process_md5": "3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4",
        "process_pid": 4000 + row,
        "username": "CORP\\mlopez",
        "start": id(row).start_time().unwrap().to_string(),
        "last_update": "2026-03-04T10:16:00.5Z",
        "terminated": false,
        "parent_id": ancestor(0).to_string(),
        "parent_unique_id": format!("{}-000000000001", ancestor(0)),
        "parent_name": "explorer.exe",
        "parent_pid": 2816,
        "hostname": "fin-ws-042",
        "sensor_id": 7,
        "group": "finance",
        "os_type": "windows",
        "netconn_count": 3,
    })
}

/// The GUID of an ancestor, the parent being 0.
pub fn ancestor(height: u32) -> ProcessId {
    ProcessId::new(7, 2816 - 100 * height, STARTED - 36_000_000_000 * u64::from(height + 1))
}

/// A process from its document.
pub fn process(document: &Value) -> Process {
    wire::parse_one(&document.to_string()).unwrap().unwrap()
}

/// The answer a well-behaved server would give.
pub fn answer(fetch: &Fetch) -> Result<Answer, Error> {
    Ok(match fetch {
        Fetch::ServerInfo(_) => Answer::from(known::<ServerInfo>(
            wire::parse_one(r#"{"version": "6.2.0.171114.1158", "banningEnabled": true}"#).unwrap().unwrap(),
        )),
        Fetch::Processes(ProcessesFetch { span, .. }) => {
            const TOTAL: u64 = 214;
            let rows = (span.start..TOTAL.min(span.start + span.rows))
                .map(|row| Arc::new(process(&document(u32::try_from(row).unwrap()))))
                .collect();
            known(Rows { rows, total: TOTAL, start: span.start, ..Page::default() }).into()
        }
        Fetch::Lineage(LineageFetch { id, .. }) => known(lineage(*id)).into(),
        Fetch::Sensor(_) => known::<Sensor>(wire::parse_one(&sensor().to_string()).unwrap().unwrap()).into(),
        Fetch::SensorGroup(_) => Answer::from(known::<Group>(
            wire::parse_one(r#"[{"id": 4, "name": "Finance", "number_of_hosts": 12}]"#).unwrap().unwrap(),
        )),
        Fetch::SensorGroups(_) => {
            let groups = r#"[{"id": 4, "name": "Finance", "number_of_hosts": 12}]"#;
            known(wire::parse_list::<Group>(groups).unwrap().map(Arc::new)).into()
        }
        Fetch::Binary(_) => known::<Binary>(wire::parse_one(&binary().to_string()).unwrap().unwrap()).into(),
        Fetch::Facets(FacetsFetch { fields, .. }) => {
            let counts = include_str!("../../goldens/get_process_facets.json");
            known(wire::facets(counts, fields).unwrap()).into()
        }
        Fetch::Prevalence(_) => {
            let count = include_str!("../../goldens/get_process_host_count.json");
            known::<Prevalence>(wire::parse_one(count).unwrap().unwrap()).into()
        }
        Fetch::Segments(SegmentsFetch(id)) => known(process_events::segments(*id)).into(),
        Fetch::Events(EventsFetch { id, segment }) => known(process_events::events(*id, *segment)).into(),
        Fetch::Binaries(BinariesFetch { span, .. }) => {
            let rows = ["Signed", "Unsigned", "Bad Signature"].iter().zip(1..);
            let rows = rows.map(|(verdict, row)| {
                let mut document = binary();
                document["md5"] = format!("{row:032X}").into();
                document["digsig_result"] = (*verdict).into();
                Arc::new(wire::parse_one(&document.to_string()).unwrap().unwrap())
            });
            known(Page::<Arc<Binary>> { rows: rows.collect(), total: 3, start: span.start, ..Page::default() }).into()
        }
        Fetch::Bans(_) => {
            let page = wire::parse_list::<Ban>(include_str!("../../goldens/get_ban_list.json")).unwrap();
            known(page.map(Arc::new)).into()
        }
        Fetch::IsolatedSensors(_) => {
            let host = wire::parse_one(&sensor().to_string()).unwrap().unwrap();
            known(Page::from(vec![Arc::new(IsolatedSensor(host))])).into()
        }
        Fetch::FileHead(_) => known(FileHead { bytes: b"MZ\x90\0 no more than this".to_vec(), is_whole: true }).into(),
        Fetch::Sensors(SensorsFetch { span, .. }) => {
            let host = wire::parse_one(&sensor().to_string()).unwrap().unwrap();
            known(Page::<Arc<Sensor>> { rows: vec![Arc::new(host)], total: 1, start: span.start, ..Page::default() })
                .into()
        }
        Fetch::Count(_) => known(12_u64).into(),
        Fetch::Watchlists(_)
        | Fetch::WatchActions(_)
        | Fetch::Feeds(_)
        | Fetch::Reports(_)
        | Fetch::Report(_)
        | Fetch::Users(_)
        | Fetch::Teams(_)
        | Fetch::Sites(_)
        | Fetch::IngressFilters(_)
        | Fetch::License(_)
        | Fetch::Partitions(_)
        | Fetch::Summary(_)
        | Fetch::Alerts(_)
        | Fetch::AlertDigest(_)
        | Fetch::AlertFacets(_) => {
            return Err(Error::NotFound { what: "that".into() });
        }
    })
}

/// A fact of this very moment.
pub fn known<T>(value: T) -> Fetched<T> {
    Fetched { value: Arc::new(value), as_of: now(), from_cache: false }
}

/// A process with as many of its three ancestors, and why there are no more.
pub fn chain(row: u32, n_ancestors: usize, top: Top) -> Lineage {
    let mut lineage = lineage(id(row));
    lineage.ancestors.truncate(n_ancestors);
    lineage.top = top;
    lineage
}

fn lineage(subject: ProcessId) -> Lineage {
    let row = subject.pid().unwrap() - 4000;
    let names = [("explorer.exe", "CORP\\mlopez"), ("userinit.exe", "CORP\\mlopez"), ("winlogon.exe", "SYSTEM")];
    let ancestors = names.iter().zip(0..).map(|((name, user), height)| {
        let mut document = document(0);
        document["id"] = ancestor(height).to_string().into();
        document["process_name"] = (*name).into();
        document["path"] = format!("c:\\windows\\{name}").into();
        document["cmdline"] = (*name).into();
        document["username"] = (*user).into();
        document["process_pid"] = ancestor(height).pid().unwrap().into();
        Arc::new(process(&document))
    });
    let ancestors = ancestors.collect();
    Lineage { subject: Arc::new(process(&document(row))), ancestors, top: Top::NotRecorded(ancestor(3)) }
}

/// A sensor document.
pub fn sensor() -> Value {
    json!({
        "id": 7, "computer_name": "FIN-WS-042", "computer_dns_name": "fin-ws-042.corp.example", "status": "Online",
        "os_type": 1, "os_environment_display_string": "Windows 10 Enterprise, 64-bit",
        "build_version_string": "006.002.002.80304", "group_id": 4, "network_adapters": "192.168.50.7,0050569a1b2c|",
        "last_checkin_time": "2026-03-04 04:19:33.883886-06:00", "next_checkin_time": "2026-03-04 04:20:03.881351-06:00",
        "registration_time": "2020-01-31 21:51:50.285876-06:00", "network_isolation_enabled": true,
        "is_isolating": false, "supports_isolation": true, "uninstall": false, "uninstalled": null,
        "restart_queued": false, "notes": null, "sensor_health_status": 95,
        "sensor_health_message": "Elevated memory usage", "num_eventlog_bytes": "33200", "num_storefiles_bytes": "0",
        "clock_delta": "13"
    })
}

/// A binary document.
pub fn binary() -> Value {
    json!({
        "md5": "3B4C1F0E9A7D5C2246B8D9E0F1A2B3C4", "digsig_result": "Signed", "signed": "Signed",
        "digsig_publisher": "Microsoft Corporation", "digsig_sign_time": "2025-11-11T08:00:00Z", "host_count": 318,
        "server_added_timestamp": "2025-12-01T10:16:20.5Z", "orig_mod_len": 73216,
        "original_filename": "RUNDLL32.EXE", "observed_filename": ["c:\\windows\\system32\\rundll32.exe"]
    })
}
