//! Describes events for display: the action, its object, and all properties by name.

use std::fmt::Write;

use super::{
    Event,
    codes::{AccessRights, CrossKind, Direction, FileType, Protocol},
    facts::{Block, ChildStage, Childproc, Crossproc, EventFacts, Filemod, Netconn, NetconnEnd},
};
use crate::model::{Md5, Sha256};
use crate::text::Untrusted;

/// A property's name and value.
pub type Property = (&'static str, Untrusted);

impl Event {
    /// Returns the action as a verb: `first wrote`, `connected to`, `started`.
    pub fn action(&self) -> &str {
        match &self.what {
            EventFacts::Filemod(file) => file.action.name(),
            EventFacts::Regmod(key) => key.action.name(),
            // A blocked attempt of an isolated host is no connection.
            EventFacts::Netconn(netconn) if !netconn.blocked_by.is_empty() => match netconn.direction {
                Some(Direction::Outbound) => "was blocked from connecting to",
                Some(Direction::Inbound) => "blocked a connection from",
                None => "blocked a connection with",
            },
            EventFacts::Netconn(netconn) => match netconn.direction {
                Some(Direction::Outbound) => "connected to",
                Some(Direction::Inbound) => "inbound from",
                None => "connection",
            },
            EventFacts::Modload(_) => "loaded",
            EventFacts::Childproc(child) => match child.stage {
                Some(ChildStage::Start) => "started",
                Some(ChildStage::End) => "ended",
                None => "child",
            },
            EventFacts::Crossproc(cross) => passive_verb(cross).unwrap_or(cross.kind.name()),
            EventFacts::Fileless(_) => "ran script",
            EventFacts::Block(_) => "blocked",
            EventFacts::Emet(_) => "EMET",
            EventFacts::Other { .. } => "reported",
        }
    }

    /// Returns whether the event is a blocked attempt, such as a connection of an isolated host.
    pub fn is_blocked(&self) -> bool {
        matches!(&self.what, EventFacts::Netconn(netconn) if !netconn.blocked_by.is_empty())
    }

    /// Returns the object of the action: a path, an address, a command line, a script.
    pub fn object(&self) -> Untrusted {
        match &self.what {
            EventFacts::Filemod(file) => file.path.clone(),
            EventFacts::Regmod(key) => key.path.clone(),
            EventFacts::Netconn(netconn) => remote_endpoint(netconn).into(),
            EventFacts::Modload(module) => module.path.clone(),
            EventFacts::Childproc(child) => child.cmdline.non_empty().unwrap_or(&child.path).clone(),
            EventFacts::Crossproc(cross) => cross.path.clone(),
            EventFacts::Fileless(script) => script.script.clone(),
            EventFacts::Block(block) => block.cmdline.non_empty().unwrap_or(&block.path).clone(),
            EventFacts::Emet(text) | EventFacts::Other { text, .. } => text.clone(),
        }
    }

    /// Describes the event in one line.
    pub fn describe(&self) -> Untrusted {
        format!("{} {}{}", self.action(), self.object().raw(), self.annotations()).into()
    }

    /// Returns the annotations after the object in that line.
    pub fn annotations(&self) -> String {
        let mut line = String::new();
        match &self.what {
            EventFacts::Filemod(file) => append(&mut line, file.file_type.and_then(FileType::name)),
            EventFacts::Netconn(netconn) => {
                append(&mut line, netconn.blocked_by.non_empty().map(Untrusted::raw));
                append(&mut line, netconn.protocol.map(protocol));
                append(&mut line, proxy(netconn.proxy));
            }
            EventFacts::Childproc(child) => {
                append(&mut line, child.pid.map(|pid| format!("pid {pid}")));
                append(&mut line, child.is_suppressed.then_some("suppressed"));
            }
            EventFacts::Crossproc(cross) => append(&mut line, access_right_names(cross.access)),
            EventFacts::Block(block) => append(&mut line, block.result.non_empty().map(Untrusted::raw)),
            _ => {}
        }
        append(&mut line, self.is_tamper.then_some("tampering with the sensor"));
        append(&mut line, self.is_ambiguous.then_some("path uncertain"));
        line
    }

    /// Returns every property that the record has.
    pub fn properties(&self) -> Vec<Property> {
        let mut properties = Vec::new();
        let mut add = |name, value: Option<Untrusted>| {
            properties.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        };
        add("action", Some(self.action().into()));
        match &self.what {
            EventFacts::Filemod(file) => file_properties(file, &mut add),
            EventFacts::Regmod(key) => add("path", Some(key.path.clone())),
            EventFacts::Netconn(netconn) => netconn_properties(netconn, &mut add),
            EventFacts::Modload(module) => {
                add("path", Some(module.path.clone()));
                hash_properties(module.md5, module.sha256, &mut add);
            }
            EventFacts::Childproc(child) => child_properties(child, &mut add),
            EventFacts::Crossproc(cross) => cross_properties(cross, &mut add),
            EventFacts::Fileless(script) => {
                hash_properties(None, script.sha256, &mut add);
                add("script", Some(script.script.clone()));
            }
            EventFacts::Block(block) => block_properties(block, &mut add),
            EventFacts::Emet(text) => add("text", Some(text.clone())),
            EventFacts::Other { kind, text } => {
                add("kind", Some(kind.clone()));
                add("text", Some(text.clone()));
            }
        }
        add("tamper", self.is_tamper.then(|| "of the sensor".into()));
        let warning = "uncertain: the path contains |, the record is ambiguous";
        add("record", self.is_ambiguous.then(|| warning.into()));
        properties
    }

    /// Returns the hash of the file that the event is about.
    pub fn md5(&self) -> Option<Md5> {
        match &self.what {
            EventFacts::Filemod(file) => file.md5,
            EventFacts::Modload(module) => module.md5,
            EventFacts::Childproc(child) => child.md5,
            EventFacts::Crossproc(cross) => cross.md5,
            EventFacts::Block(block) => block.md5,
            EventFacts::Regmod(_)
            | EventFacts::Netconn(_)
            | EventFacts::Fileless(_)
            | EventFacts::Emet(_)
            | EventFacts::Other { .. } => None,
        }
    }

    /// Returns the SHA-256 of the file or script that the event is about.
    pub fn sha256(&self) -> Option<Sha256> {
        match &self.what {
            EventFacts::Filemod(file) => file.sha256,
            EventFacts::Modload(module) => module.sha256,
            EventFacts::Childproc(child) => child.sha256,
            EventFacts::Crossproc(cross) => cross.sha256,
            EventFacts::Fileless(script) => script.sha256,
            EventFacts::Block(_)
            | EventFacts::Regmod(_)
            | EventFacts::Netconn(_)
            | EventFacts::Emet(_)
            | EventFacts::Other { .. } => None,
        }
    }
}

/// Returns the action in the passive voice, if the other process accessed this one.
fn passive_verb(cross: &Crossproc) -> Option<&'static str> {
    cross.is_target.then_some(match cross.kind {
        CrossKind::ProcessOpen => "was opened by",
        CrossKind::ThreadOpen => "thread opened by",
        CrossKind::RemoteThread => "had a thread started by",
        CrossKind::Other(_) => "was injected into by",
    })
}

fn append(line: &mut String, word: Option<impl AsRef<str>>) {
    if let Some(word) = word {
        line.push_str(", ");
        line.push_str(word.as_ref());
    }
}

fn file_properties(file: &Filemod, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    add("path", Some(file.path.clone()));
    let number = |code: i64| format!("type {code}").into();
    add(
        "file type",
        file.file_type
            .filter(|kind| kind.0 != 0)
            .map(|kind| kind.name().map_or_else(|| number(kind.0), Untrusted::from)),
    );
    hash_properties(file.md5, file.sha256, add);
}

fn netconn_properties(netconn: &Netconn, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    add("protocol", netconn.protocol.map(|proto| protocol(proto).into()));
    let direction = netconn.direction.map(|direction| match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    });
    add("direction", direction.map(Untrusted::from));
    add("blocked by", Some(netconn.blocked_by.clone()));
    add("local", endpoint(netconn.local).map(Untrusted::from));
    add("remote", endpoint(netconn.remote).map(Untrusted::from));
    add("domain", Some(netconn.domain.clone()));
    add("proxy", endpoint(netconn.proxy).map(Untrusted::from));
    add("ja3", Some(netconn.ja3.clone()));
    add("ja3s", Some(netconn.ja3s.clone()));
}

fn child_properties(child: &Childproc, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    add("process", child.id.map(|id| id.to_string().into()));
    add("pid", child.pid.map(|pid| pid.to_string().into()));
    add("path", Some(child.path.clone()));
    add("cmdline", Some(child.cmdline.clone()));
    add("user", Some(child.user.clone()));
    hash_properties(child.md5, child.sha256, add);
    let note = "suppressed by the sensor filter; no process record";
    add("suppressed", child.is_suppressed.then(|| note.into()));
}

fn cross_properties(cross: &Crossproc, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    if let CrossKind::Other(kind) = &cross.kind {
        add("kind", Some(kind.clone()));
    }
    add("process", cross.id.map(|id| id.to_string().into()));
    add("path", Some(cross.path.clone()));
    hash_properties(cross.md5, cross.sha256, add);
    add("access", access_right_names(cross.access).map(Untrusted::from));
}

fn block_properties(block: &Block, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    add("path", Some(block.path.clone()));
    add("cmdline", Some(block.cmdline.clone()));
    add("user", Some(block.user.clone()));
    add("uid", Some(block.uid.clone()));
    hash_properties(block.md5, None, add);
    add("result", Some(block.result.clone()));
    add("error", Some(block.error.clone()));
    add("event", Some(block.event.clone()));
    add("kind", Some(block.kind.clone()));
}

fn hash_properties(md5: Option<Md5>, sha256: Option<Sha256>, add: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    add("md5", md5.map(|md5| md5.to_string().into()));
    add("sha256", sha256.map(|sha256| sha256.to_string().into()));
}

/// Returns the name of a protocol, or its number.
fn protocol(protocol: Protocol) -> String {
    let number = || format!("protocol {}", protocol.0);
    protocol.name().map_or_else(number, str::to_owned)
}

/// Formats address and port, or the one that is known: `203.0.113.9:443`, `[2001:db8::1]:443`.
fn endpoint(side: NetconnEnd) -> Option<String> {
    Some(match (side.ip, side.port) {
        (Some(ip), Some(port)) => std::net::SocketAddr::new(ip, port).to_string(),
        (Some(ip), None) => ip.to_string(),
        (None, Some(port)) => format!("port {port}"),
        (None, None) => return None,
    })
}

fn proxy(proxy: NetconnEnd) -> Option<String> {
    endpoint(proxy).map(|proxy| format!("by proxy {proxy}"))
}

/// Returns the remote end of a connection: its domain if known, and its address.
fn remote_endpoint(netconn: &Netconn) -> String {
    match (netconn.domain.raw(), endpoint(netconn.remote)) {
        ("", address) => address.unwrap_or_default(),
        (domain, None) => domain.to_owned(),
        (domain, Some(address)) => format!("{domain} ({address})"),
    }
}

/// Returns the names of access rights; `None` if there are none.
fn access_right_names(access: AccessRights) -> Option<String> {
    let mut names = access.names().join(" | ");
    if access.unnamed_bits() != 0 {
        let between = if names.is_empty() { "" } else { " | " };
        write!(names, "{between}{:#x}", access.unnamed_bits()).ok()?;
    }
    (!names.is_empty()).then_some(names)
}
