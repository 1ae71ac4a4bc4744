//! What a process did, made by hand: three segments with every kind of event, in the shapes of the API reference.

use lampblack::model::{EventBatch, ProcessId, Segment, SegmentInfo};
use lampblack::wire;
use serde_json::{Value, json};

/// The child that the process started.
pub const CHILD: &str = "00000007-0000-1400-01d7-10df4eaef800";

/// Its segments.
pub fn segments(id: ProcessId) -> Vec<SegmentInfo> {
    let info = |(number, last, n): (u64, &str, u64)| {
        json!({
            "unique_id": format!("{id}-{number:012x}"),
            "last_update": format!("2026-03-04T{last}Z"),
            "last_server_update": format!("2026-03-04T{last}Z"),
            "event_counts": {"filemod": n}
        })
    };
    let segments = [(1, "10:15:44.8", 9), (2, "10:16:40", 6), (3, "10:18:30", 4)];
    let segments: Vec<_> = segments.map(info).into();
    let json = json!({"process": {"segments": segments}});
    wire::segments(&json.to_string()).unwrap().0
}

/// The events of one of them.
pub fn events(id: ProcessId, segment: Segment) -> EventBatch {
    let mut process = match segment.0 {
        1 => first(),
        2 => second(),
        _ => third(),
    };
    process["id"] = id.to_string().into();
    wire::events(&json!({"process": process}).to_string(), id, segment).unwrap()
}

fn first() -> Value {
    json!({
        "modload_complete": [
            "2026-03-04 10:15:30.201|3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4|c:\\windows\\system32\\rundll32.exe",
            "2026-03-04 10:15:30.250|9e107d9d372bb6826bd81d3542a419d6|c:\\users\\mlopez\\appdata\\local\\temp\\a0.dll"
        ],
        "crossproc_complete": [
            "ProcessOpen|2026-03-04 10:15:33.2|00000007-0000-0270-01d7-10c0a1b2c3d4-000000000001|77a1c3e5b9d84f20a6c2e8f1d3b5970e|c:\\windows\\system32\\lsass.exe|1|5136|false|false"
        ],
        "netconn_complete": [{
            "timestamp": "2026-03-04T10:15:35.000Z", "proto": 6, "domain": "cdn.example.net", "direction": "true",
            "local_ip": "192.168.50.7", "local_port": 49822, "remote_ip": "203.0.113.9", "remote_port": 443
        }],
        "regmod_complete": [
            "2|2026-03-04 10:15:39.55|\\registry\\machine\\software\\microsoft\\windows\\currentversion\\run\\upd|false"
        ],
        "filemod_complete": [
            "1|2026-03-04 10:15:40.5|c:\\temp\\out.exe|",
            "8|2026-03-04 10:15:41.007|c:\\temp\\out.exe|9e107d9d372bb6826bd81d3542a419d6|1|false"
        ],
        "childproc_complete": [
            {"type": "start", "start": "2026-03-04T10:15:31.456Z", "processId": format!("{CHILD}-000000000001"),
             "pid": 5120, "path": "c:\\windows\\system32\\cmd.exe", "md5": "5c1f6e0b7a3d4c2e9f8a7b6c5d4e3f21",
             "commandLine": "cmd.exe /c whoami", "userName": "CORP\\mlopez", "is_suppressed": false},
            {"type": "end", "end": "2026-03-04T10:15:31.9Z", "processId": format!("{CHILD}-000000000001"),
             "pid": 5121, "path": "c:\\windows\\system32\\conhost.exe", "is_suppressed": true}
        ],
        "binaries": {
            "3B4C1F0E9A7D5C2246B8D9E0F1A2B3C4": {"digsig_publisher": "Microsoft Corporation", "digsig_result": "Signed"},
            "9E107D9D372BB6826BD81D3542A419D6": {"digsig_result": "Unsigned"}
        }
    })
}

fn second() -> Value {
    let block = json!({
        "timestamp": "2026-03-04T10:16:20.25Z", "block_type": "MD5Hash", "block_event": "ProcessCreate",
        "block_result": "a-ProcessTerminated", "block_error": "0",
        "blocked_md5": "9e107d9d372bb6826bd81d3542a419d6", "blocked_path": "c:\\temp\\out.exe",
        "blocked_cmdline": "out.exe -x", "blocked_uid": "S-1-5-18", "blocked_username": "SYSTEM"
    });
    json!({
        "fileless_scriptload_complete": [
            "2026-03-04 10:16:10.000|efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef|Invoke-Expression $x\u{202e}"
        ],
        "processblock_complete": [block.to_string()],
        "regmod_complete": [
            "1|2026-03-04 10:16:30|\\registry\\machine\\system\\currentcontrolset\\services\\carbonblackk|true"
        ],
        "filemod_complete": ["4|2026-03-04 10:16:35|c:\\temp\\out.exe|", "broken"],
        "emet_complete": ["StackPivot mitigation"],
        "strangemod_complete": ["2026-03-04 10:16:40|something new"]
    })
}

fn third() -> Value {
    json!({
        "netconn_complete": [
            {"timestamp": "2026-03-04T10:18:00Z", "proto": "17", "domain": "", "direction": "false",
             "local_ip": "fe80::1", "local_port": 53, "remote_ip": "2001:db8::7", "remote_port": 49153},
            {"timestamp": "2026-03-04T10:18:30Z", "proto": 6, "domain": "cdn.example.net", "direction": "true",
             "local_ip": "192.168.50.7", "local_port": 49901, "remote_ip": "203.0.113.9", "remote_port": 443,
             "proxy_ip": "10.20.30.40", "proxy_port": 3128}
        ],
        "filemod_complete": ["1|2026-03-04 10:18:10|c:\\temp\\next.exe|", "2|not a time|c:\\temp\\lost.txt|"]
    })
}
