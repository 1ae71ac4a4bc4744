//! Partitions of the event store (reference 2.15).

use serde_json::{Map, Value, json};

use super::method_not_allowed;
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{EventStore, Partition, StoreError},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "storage", "events", subpath @ ..] = path.as_slice() else {
        return None;
    };
    if !server.version.is_at_least_6() {
        return None;
    }
    let change = |change: &dyn Fn(&mut EventStore) -> Result<(), StoreError>| {
        server.with_admin(|admin| match change(&mut admin.store) {
            Ok(()) => ApiResponse::success_result(),
            Err(StoreError::Unknown) => ApiResponse::app_error(404),
            Err(StoreError::Conflict) => ApiResponse::text(409, "The partition is not in a state for that"),
        })
    };
    // Bodies are ignored: clients send `null`.
    Some(match (method, subpath) {
        ("GET", ["partition"]) => server.with_admin(|admin| ApiResponse::json_compact(to_record(&admin.store))),
        ("POST", ["new_partition"]) if server.version.is_at_least(6, 1, 0) => {
            let now = server.now().as_millisecond();
            change(&|store| {
                store.roll_over(now);
                Ok(())
            })
        }
        (_, ["partition" | "new_partition"]) => method_not_allowed(),
        ("POST", [name, "mount"]) => change(&|store| store.mount(name)),
        ("POST", [name, "unmount"]) => change(&|store| store.unmount(name)),
        ("DELETE", [name]) => change(&|store| store.erase(name)),
        (_, [_] | [_, "mount" | "unmount"]) => method_not_allowed(),
        _ => return None,
    })
}

fn to_record(store: &EventStore) -> Value {
    let entry = |(name, part): (&String, &Partition)| {
        let record = json!({
            "name": name,
            "status": part.status(),
            "info": {
                "dir": format!("/var/cb/data/solr5/cbevents/{}", part.directory),
                "schema": "cbevents_v1",
                "startDate": format::micros_time(part.start),
                "endDate": part.end.map(format::micros_time),
                "partitionId": part.start / 1_000 * 65_536,
                "numDocs": part.documents,
                "maxDoc": part.documents,
                "deletedDocs": 0,
                "segmentCount": part.segments,
                "sizeInBytes": part.bytes(),
                "isLegacy": false,
                "userMounted": part.is_user_mounted,
            },
        });
        (name.clone(), record)
    };
    Value::Object(store.partitions().map(entry).collect::<Map<_, _>>())
}
