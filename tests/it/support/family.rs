//! A process with relatives made by hand: one that started many others, two that a sensor saw only in part.

use std::sync::Arc;

use lampblack::api::Error;
use lampblack::fetch::{AlertRows, AlertsFetch, Answer, Fetch, SummaryFetch};
use lampblack::model::{Alert, Page, ProcessId, Summary};
use lampblack::wire;
use serde_json::{Value, json};

use super::world;

/// How many children the process in the first row has.
pub const N_CHILDREN: u32 = 23;

/// The GUID of a child of the process in the first row.
pub fn child(nth: u32) -> ProcessId {
    ProcessId::new(7, 5000 + nth, 134_170_930_000_000_000 + u64::from(nth))
}

/// The GUID of a child of such a child.
pub fn grandchild(nth: u32) -> ProcessId {
    ProcessId::new(7, 6000 + nth, 134_170_940_000_000_000 + u64::from(nth))
}

/// A child as it stands in the summary of its parent.
pub fn relative(id: ProcessId, parent: ProcessId, name: &str) -> Value {
    json!({
        "id": id.to_string(), "process_name": name, "path": format!("c:\\tools\\{name}"),
        "cmdline": format!("{name} /now"), "process_md5": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "process_pid": id.pid(), "username": "CORP\\mlopez", "start": id.start_time().unwrap().to_string(),
        "terminated": true, "last_update": "2026-03-04T10:17:02.5Z", "parent_id": parent.to_string(), "hostname": "fin-ws-042", "sensor_id": 7,
        "group": "finance", "os_type": "windows", "child_proc_type": "exec", "is_suppressed": false,
    })
}

/// The summary of a process: the first row's has many children, its second child twenty, everybody else none.
pub fn summary(id: ProcessId, children: u32) -> Value {
    let first = world::id(0);
    let mut siblings = Vec::new();
    let (process, all) = if id == first {
        let mut document = world::document(0);
        document["childproc_count"] = N_CHILDREN.into();
        document["watchlists"] = json!([{"wid": "14"}, {"wid": "99"}]);
        document["alliance_score_soc"] = 98.into();
        document["alliance_data_soc"] = json!(["beacon-1"]);
        siblings.push(relative(child(90), world::ancestor(0), "notepad.exe"));
        let names = |nth| format!("child{nth:02}.exe");
        let all = (0..N_CHILDREN).map(|nth| relative(child(nth), first, &names(nth)));
        (document, all.collect())
    } else if id == child(1) {
        let all = (0..20).map(|nth| relative(grandchild(nth), id, "grandchild.exe"));
        (relative(id, first, "child01.exe"), all.collect())
    } else if id == world::ancestor(0) {
        let other = relative(child(90), id, "notepad.exe");
        let all = vec![relative(first, id, "rundll32.exe"), other];
        (relative(id, world::ancestor(1), "explorer.exe"), all)
    } else if id == child(90) {
        (relative(id, world::ancestor(0), "notepad.exe"), Vec::new())
    } else {
        let nth = id.pid().unwrap() % 1000;
        (relative(id, first, &format!("child{nth:02}.exe")), Vec::new())
    };
    let listed: Vec<Value> = all.into_iter().take(children as usize).collect();
    json!({"process": process, "parent": {}, "children": listed, "siblings": siblings})
}

/// What a well-behaved server says, relatives included.
pub fn answer(fetch: &Fetch) -> Result<Answer, Error> {
    match fetch {
        Fetch::Summary(SummaryFetch { id, children }) => Ok(summary_answer(&summary(*id, *children))),
        Fetch::Alerts(AlertsFetch { span, .. }) => {
            Ok(Answer::from(world::known(AlertRows { rows: alerts(), total: 2, start: span.start, ..Page::default() })))
        }
        other => world::answer(other),
    }
}

/// The alerts of the host: one about the process in the first row, one about something else.
fn alerts() -> Vec<Arc<Alert>> {
    let alert = |nth: u32, of: ProcessId, name: &str| {
        let document = json!({
            "unique_id": format!("6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e84{nth}"),
            "alert_type": "watchlist.hit.query.process", "status": "Unresolved", "alert_severity": 50.625,
            "feed_id": -1, "watchlist_id": (14 + nth).to_string(), "watchlist_name": name,
            "process_id": of.to_string(), "hostname": "fin-ws-042",
        });
        Arc::new(wire::parse_one(&document.to_string()).unwrap().unwrap())
    };
    vec![alert(0, world::id(0), "Rundll32 from temp"), alert(1, child(80), "Something else")]
}

/// A summary as an answer.
pub fn summary_answer(summary: &Value) -> Answer {
    Answer::from(world::known::<Summary>(wire::summary(&summary.to_string()).unwrap().unwrap()))
}
