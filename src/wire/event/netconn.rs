//! Parsing of network connections: pipe-separated in v1, an object from v2.

use super::{RecordReader, fields::RecordFields, pipe_fields::Layout, timestamp};
use crate::model::{Direction, EventFacts, Netconn, NetconnEnd, Protocol};
use crate::text::Untrusted;

/// Reads `netconn_complete`.
pub(super) const NETCONN: RecordReader = RecordReader {
    layout: Layout {
        before: &["timestamp", "remote_ip", "remote_port", "proto"],
        wide: "domain",
        after: &["direction"],
    },
    read: read_netconn,
    time: timestamp,
    tamper: "tamper",
};

/// Returns what blocked the connection (reference 7); empty if nothing did.
fn blocked_by(fields: &RecordFields) -> Untrusted {
    let block = fields.text("block_type");
    let is_none = ["none", "false", "0"].iter().any(|word| block.eq_ignore_case(word));
    if is_none { Untrusted::default() } else { block }
}

fn read_netconn(fields: &RecordFields) -> Option<EventFacts> {
    let netconn = Netconn {
        protocol: fields.number("proto").map(Protocol),
        // `true` or `false` as text; true means outbound.
        direction: fields.flag("direction").map(
            |is_outbound| {
                if is_outbound { Direction::Outbound } else { Direction::Inbound }
            },
        ),
        local: fields.endpoint("local_ip", "local_port"),
        remote: fields.endpoint("remote_ip", "remote_port"),
        domain: fields.text("domain"),
        proxy: fields.endpoint("proxy_ip", "proxy_port"),
        ja3: fields.text("ja3"),
        ja3s: fields.text("ja3s"),
        blocked_by: blocked_by(fields),
    };
    let has_endpoint = [netconn.local, netconn.remote].iter().any(|end| *end != NetconnEnd::default());
    let has_content = has_endpoint || !netconn.domain.is_empty();
    has_content.then_some(EventFacts::Netconn(netconn))
}
