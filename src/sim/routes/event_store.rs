//! The partitions of the store of events (reference 2.15).

use serde_json::{Map, Value, json};

use super::not_allowed;
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{Partition, Refusal, Store},
        server::Server,
    },
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "storage", "events", rest @ ..] = path.as_slice() else {
        return None;
    };
    if !server.release.is_6() {
        return None;
    }
    let change = |change: &dyn Fn(&mut Store) -> Result<(), Refusal>| {
        server.desk(|desk| match change(&mut desk.store) {
            Ok(()) => Answer::success(),
            Err(Refusal::Unknown) => Answer::werkzeug(404),
            Err(Refusal::Conflict) => Answer::text(409, "The partition is not in a state for that"),
        })
    };
    // What a body says is of no account: clients send `null`.
    Some(match (method, rest) {
        ("GET", ["partition"]) => server.desk(|desk| Answer::compact(told(&desk.store))),
        ("POST", ["new_partition"]) if server.release.is_at_least(6, 1, 0) => {
            let now = server.now().as_millisecond();
            change(&|store| {
                store.roll_over(now);
                Ok(())
            })
        }
        (_, ["partition" | "new_partition"]) => not_allowed(),
        ("POST", [name, "mount"]) => change(&|store| store.mount(name)),
        ("POST", [name, "unmount"]) => change(&|store| store.unmount(name)),
        ("DELETE", [name]) => change(&|store| store.erase(name)),
        (_, [_] | [_, "mount" | "unmount"]) => not_allowed(),
        _ => return None,
    })
}

fn told(store: &Store) -> Value {
    let told = |(name, part): (&String, &Partition)| {
        let record = json!({
            "name": name,
            "status": part.status(),
            "info": {
                "dir": format!("/var/cb/data/solr5/cbevents/{}", part.directory),
                "schema": "cbevents_v1",
                "startDate": format::micros(part.from),
                "endDate": part.until.map(format::micros),
                "partitionId": part.from / 1_000 * 65_536,
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
    Value::Object(store.all().map(told).collect::<Map<_, _>>())
}
