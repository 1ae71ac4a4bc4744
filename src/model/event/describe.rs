//! An event in words for people: what was done, to what, and every other fact under its name.

use std::fmt::Write;

use super::{
    Event,
    codes::{AccessRights, CrossKind, Direction, FileType, Protocol},
    facts::{Block, ChildStage, Childproc, Crossproc, EventFacts, Filemod, Netconn, NetconnEnd},
};
use crate::model::{Md5, Sha256};
use crate::text::Untrusted;

/// One named fact.
pub type Property = (&'static str, Untrusted);

impl Event {
    /// What was done, as a verb: `first wrote`, `connected to`, `started`.
    pub fn action(&self) -> &str {
        match &self.what {
            EventFacts::Filemod(file) => file.action.name(),
            EventFacts::Regmod(key) => key.action.name(),
            // An attempt of an isolated host is no connection.
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

    /// Whether it is an attempt that was blocked, as every connection of an isolated host.
    pub fn is_blocked(&self) -> bool {
        matches!(&self.what, EventFacts::Netconn(netconn) if !netconn.blocked_by.is_empty())
    }

    /// What it was done to: a path, an address, a command line, a script.
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

    /// The whole event as one line.
    pub fn describe(&self) -> Untrusted {
        format!("{} {}{}", self.action(), self.object().raw(), self.annotations()).into()
    }

    /// What the line says behind what it was done to.
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

    /// Every fact under its name, without those that the record does not have.
    pub fn properties(&self) -> Vec<Property> {
        let mut facts = Vec::new();
        let mut tell = |name, value: Option<Untrusted>| {
            facts.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        };
        tell("action", Some(self.action().into()));
        match &self.what {
            EventFacts::Filemod(file) => file_properties(file, &mut tell),
            EventFacts::Regmod(key) => tell("path", Some(key.path.clone())),
            EventFacts::Netconn(netconn) => netconn_properties(netconn, &mut tell),
            EventFacts::Modload(module) => {
                tell("path", Some(module.path.clone()));
                hash_properties(module.md5, module.sha256, &mut tell);
            }
            EventFacts::Childproc(child) => child_properties(child, &mut tell),
            EventFacts::Crossproc(cross) => cross_properties(cross, &mut tell),
            EventFacts::Fileless(script) => {
                hash_properties(None, script.sha256, &mut tell);
                tell("script", Some(script.script.clone()));
            }
            EventFacts::Block(block) => block_properties(block, &mut tell),
            EventFacts::Emet(text) => tell("text", Some(text.clone())),
            EventFacts::Other { kind, text } => {
                tell("kind", Some(kind.clone()));
                tell("text", Some(text.clone()));
            }
        }
        tell("tamper", self.is_tamper.then(|| "of the sensor".into()));
        let doubt = "uncertain: the path contains |, and the record can be read in another way";
        tell("record", self.is_ambiguous.then(|| doubt.into()));
        facts
    }

    /// The hash of the file it is about.
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

    /// The SHA-256 of the file or script it is about.
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

/// What the other process did to this one.
fn passive_verb(cross: &Crossproc) -> Option<&'static str> {
    cross.is_target.then_some(match cross.kind {
        CrossKind::ProcessOpen => "was opened by",
        CrossKind::ThreadOpen => "had a thread opened by",
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

fn file_properties(file: &Filemod, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("path", Some(file.path.clone()));
    let number = |code: i64| format!("type {code}").into();
    tell(
        "file type",
        file.file_type
            .filter(|kind| kind.0 != 0)
            .map(|kind| kind.name().map_or_else(|| number(kind.0), Untrusted::from)),
    );
    hash_properties(file.md5, file.sha256, tell);
}

fn netconn_properties(netconn: &Netconn, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("protocol", netconn.protocol.map(|proto| protocol(proto).into()));
    let direction = netconn.direction.map(|direction| match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    });
    tell("direction", direction.map(Untrusted::from));
    tell("blocked by", Some(netconn.blocked_by.clone()));
    tell("local", endpoint(netconn.local).map(Untrusted::from));
    tell("remote", endpoint(netconn.remote).map(Untrusted::from));
    tell("domain", Some(netconn.domain.clone()));
    tell("proxy", endpoint(netconn.proxy).map(Untrusted::from));
    tell("ja3", Some(netconn.ja3.clone()));
    tell("ja3s", Some(netconn.ja3s.clone()));
}

fn child_properties(child: &Childproc, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("process", child.id.map(|id| id.to_string().into()));
    tell("pid", child.pid.map(|pid| pid.to_string().into()));
    tell("path", Some(child.path.clone()));
    tell("cmdline", Some(child.cmdline.clone()));
    tell("user", Some(child.user.clone()));
    hash_properties(child.md5, child.sha256, tell);
    let why = "suppressed by the sensor filter; no process record";
    tell("suppressed", child.is_suppressed.then(|| why.into()));
}

fn cross_properties(cross: &Crossproc, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    if let CrossKind::Other(kind) = &cross.kind {
        tell("kind", Some(kind.clone()));
    }
    tell("process", cross.id.map(|id| id.to_string().into()));
    tell("path", Some(cross.path.clone()));
    hash_properties(cross.md5, cross.sha256, tell);
    tell("access", access_right_names(cross.access).map(Untrusted::from));
}

fn block_properties(block: &Block, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("path", Some(block.path.clone()));
    tell("cmdline", Some(block.cmdline.clone()));
    tell("user", Some(block.user.clone()));
    tell("uid", Some(block.uid.clone()));
    hash_properties(block.md5, None, tell);
    tell("result", Some(block.result.clone()));
    tell("error", Some(block.error.clone()));
    tell("event", Some(block.event.clone()));
    tell("kind", Some(block.kind.clone()));
}

fn hash_properties(md5: Option<Md5>, sha256: Option<Sha256>, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("md5", md5.map(|md5| md5.to_string().into()));
    tell("sha256", sha256.map(|sha256| sha256.to_string().into()));
}

/// Its name, or its number.
fn protocol(protocol: Protocol) -> String {
    let number = || format!("protocol {}", protocol.0);
    protocol.name().map_or_else(number, str::to_owned)
}

/// `203.0.113.9:443`, `[2001:db8::1]:443`, and either half alone.
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

/// The other side of a connection: its name where it has one, then its address.
fn remote_endpoint(netconn: &Netconn) -> String {
    match (netconn.domain.raw(), endpoint(netconn.remote)) {
        ("", address) => address.unwrap_or_default(),
        (domain, None) => domain.to_owned(),
        (domain, Some(address)) => format!("{domain} ({address})"),
    }
}

/// Access rights by their names; none for none.
fn access_right_names(access: AccessRights) -> Option<String> {
    let mut names = access.names().join(" | ");
    if access.unnamed_bits() != 0 {
        let between = if names.is_empty() { "" } else { " | " };
        write!(names, "{between}{:#x}", access.unnamed_bits()).ok()?;
    }
    (!names.is_empty()).then_some(names)
}
