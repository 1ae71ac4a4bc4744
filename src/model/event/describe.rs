//! An event in words for people: what was done, to what, and every other fact under its name.

use std::fmt::Write;

use super::{
    Event,
    codes::{AccessRights, CrossKind, Direction, FileType, Protocol},
    facts::{Block, Childproc, Crossproc, Filemod, Netconn, Side, Stage, What},
};
use crate::model::{Md5, Sha256};
use crate::text::Untrusted;

/// One named fact.
pub type Fact = (&'static str, Untrusted);

impl Event {
    /// What was done, as a verb: `first wrote`, `connected to`, `started`.
    pub fn action(&self) -> &str {
        match &self.what {
            What::Filemod(file) => file.action.name(),
            What::Regmod(key) => key.action.name(),
            // An attempt of an isolated host is no connection.
            What::Netconn(netconn) if !netconn.blocked_by.is_empty() => match netconn.direction {
                Some(Direction::Outbound) => "was blocked from connecting to",
                Some(Direction::Inbound) => "blocked a connection from",
                None => "blocked a connection with",
            },
            What::Netconn(netconn) => match netconn.direction {
                Some(Direction::Outbound) => "connected to",
                Some(Direction::Inbound) => "inbound from",
                None => "connection",
            },
            What::Modload(_) => "loaded",
            What::Childproc(child) => match child.stage {
                Some(Stage::Start) => "started",
                Some(Stage::End) => "ended",
                None => "child",
            },
            What::Crossproc(cross) => passive(cross).unwrap_or(cross.kind.name()),
            What::Fileless(_) => "ran script",
            What::Block(_) => "blocked",
            What::Emet(_) => "EMET",
            What::Other { .. } => "reported",
        }
    }

    /// Whether it is an attempt that was blocked, as every connection of an isolated host.
    pub fn is_blocked(&self) -> bool {
        matches!(&self.what, What::Netconn(netconn) if !netconn.blocked_by.is_empty())
    }

    /// What it was done to: a path, an address, a command line, a script.
    pub fn object(&self) -> Untrusted {
        match &self.what {
            What::Filemod(file) => file.path.clone(),
            What::Regmod(key) => key.path.clone(),
            What::Netconn(netconn) => remote(netconn).into(),
            What::Modload(module) => module.path.clone(),
            What::Childproc(child) => child.cmdline.non_empty().unwrap_or(&child.path).clone(),
            What::Crossproc(cross) => cross.path.clone(),
            What::Fileless(script) => script.script.clone(),
            What::Block(block) => block.cmdline.non_empty().unwrap_or(&block.path).clone(),
            What::Emet(text) | What::Other { text, .. } => text.clone(),
        }
    }

    /// The whole event as one line.
    pub fn words(&self) -> Untrusted {
        format!("{} {}{}", self.action(), self.object().raw(), self.remarks()).into()
    }

    /// What the line says behind what it was done to.
    pub fn remarks(&self) -> String {
        let mut line = String::new();
        match &self.what {
            What::Filemod(file) => append(&mut line, file.file_type.and_then(FileType::name)),
            What::Netconn(netconn) => {
                append(&mut line, netconn.blocked_by.non_empty().map(Untrusted::raw));
                append(&mut line, netconn.protocol.map(protocol));
                append(&mut line, proxy(netconn.proxy));
            }
            What::Childproc(child) => {
                append(&mut line, child.pid.map(|pid| format!("pid {pid}")));
                append(&mut line, child.is_suppressed.then_some("suppressed"));
            }
            What::Crossproc(cross) => append(&mut line, rights(cross.access)),
            What::Block(block) => append(&mut line, block.result.non_empty().map(Untrusted::raw)),
            _ => {}
        }
        append(&mut line, self.is_tamper.then_some("tampering with the sensor"));
        append(&mut line, self.is_doubtful.then_some("path uncertain"));
        line
    }

    /// Every fact under its name, without those that the record does not have.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut tell = |name, value: Option<Untrusted>| {
            facts.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        };
        tell("action", Some(self.action().into()));
        match &self.what {
            What::Filemod(file) => of_file(file, &mut tell),
            What::Regmod(key) => tell("path", Some(key.path.clone())),
            What::Netconn(netconn) => of_netconn(netconn, &mut tell),
            What::Modload(module) => {
                tell("path", Some(module.path.clone()));
                hashes(module.md5, module.sha256, &mut tell);
            }
            What::Childproc(child) => of_child(child, &mut tell),
            What::Crossproc(cross) => of_cross(cross, &mut tell),
            What::Fileless(script) => {
                hashes(None, script.sha256, &mut tell);
                tell("script", Some(script.script.clone()));
            }
            What::Block(block) => of_block(block, &mut tell),
            What::Emet(text) => tell("text", Some(text.clone())),
            What::Other { kind, text } => {
                tell("kind", Some(kind.clone()));
                tell("text", Some(text.clone()));
            }
        }
        tell("tamper", self.is_tamper.then(|| "of the sensor".into()));
        let doubt = "uncertain: the path contains |, and the record can be read in another way";
        tell("record", self.is_doubtful.then(|| doubt.into()));
        facts
    }

    /// The hash of the file it is about.
    pub fn md5(&self) -> Option<Md5> {
        match &self.what {
            What::Filemod(file) => file.md5,
            What::Modload(module) => module.md5,
            What::Childproc(child) => child.md5,
            What::Crossproc(cross) => cross.md5,
            What::Block(block) => block.md5,
            What::Regmod(_) | What::Netconn(_) | What::Fileless(_) | What::Emet(_) | What::Other { .. } => None,
        }
    }

    /// The SHA-256 of the file or script it is about.
    pub fn sha256(&self) -> Option<Sha256> {
        match &self.what {
            What::Filemod(file) => file.sha256,
            What::Modload(module) => module.sha256,
            What::Childproc(child) => child.sha256,
            What::Crossproc(cross) => cross.sha256,
            What::Fileless(script) => script.sha256,
            What::Block(_) | What::Regmod(_) | What::Netconn(_) | What::Emet(_) | What::Other { .. } => None,
        }
    }
}

/// What the other process did to this one.
fn passive(cross: &Crossproc) -> Option<&'static str> {
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

fn of_file(file: &Filemod, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("path", Some(file.path.clone()));
    let number = |code: i64| format!("type {code}").into();
    tell(
        "file type",
        file.file_type
            .filter(|kind| kind.0 != 0)
            .map(|kind| kind.name().map_or_else(|| number(kind.0), Untrusted::from)),
    );
    hashes(file.md5, file.sha256, tell);
}

fn of_netconn(netconn: &Netconn, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("protocol", netconn.protocol.map(|proto| protocol(proto).into()));
    let direction = netconn.direction.map(|direction| match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    });
    tell("direction", direction.map(Untrusted::from));
    tell("blocked by", Some(netconn.blocked_by.clone()));
    tell("local", side(netconn.local).map(Untrusted::from));
    tell("remote", side(netconn.remote).map(Untrusted::from));
    tell("domain", Some(netconn.domain.clone()));
    tell("proxy", side(netconn.proxy).map(Untrusted::from));
    tell("ja3", Some(netconn.ja3.clone()));
    tell("ja3s", Some(netconn.ja3s.clone()));
}

fn of_child(child: &Childproc, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("process", child.id.map(|id| id.to_string().into()));
    tell("pid", child.pid.map(|pid| pid.to_string().into()));
    tell("path", Some(child.path.clone()));
    tell("cmdline", Some(child.cmdline.clone()));
    tell("user", Some(child.user.clone()));
    hashes(child.md5, child.sha256, tell);
    let why = "suppressed by the sensor filter; no process record";
    tell("suppressed", child.is_suppressed.then(|| why.into()));
}

fn of_cross(cross: &Crossproc, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    if let CrossKind::Other(kind) = &cross.kind {
        tell("kind", Some(kind.clone()));
    }
    tell("process", cross.id.map(|id| id.to_string().into()));
    tell("path", Some(cross.path.clone()));
    hashes(cross.md5, cross.sha256, tell);
    tell("access", rights(cross.access).map(Untrusted::from));
}

fn of_block(block: &Block, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("path", Some(block.path.clone()));
    tell("cmdline", Some(block.cmdline.clone()));
    tell("user", Some(block.user.clone()));
    tell("uid", Some(block.uid.clone()));
    hashes(block.md5, None, tell);
    tell("result", Some(block.result.clone()));
    tell("error", Some(block.error.clone()));
    tell("event", Some(block.event.clone()));
    tell("kind", Some(block.kind.clone()));
}

fn hashes(md5: Option<Md5>, sha256: Option<Sha256>, tell: &mut impl FnMut(&'static str, Option<Untrusted>)) {
    tell("md5", md5.map(|md5| md5.to_string().into()));
    tell("sha256", sha256.map(|sha256| sha256.to_string().into()));
}

/// Its name, or its number.
fn protocol(protocol: Protocol) -> String {
    let number = || format!("protocol {}", protocol.0);
    protocol.name().map_or_else(number, str::to_owned)
}

/// `203.0.113.9:443`, `[2001:db8::1]:443`, and either half alone.
fn side(side: Side) -> Option<String> {
    Some(match (side.ip, side.port) {
        (Some(ip), Some(port)) => std::net::SocketAddr::new(ip, port).to_string(),
        (Some(ip), None) => ip.to_string(),
        (None, Some(port)) => format!("port {port}"),
        (None, None) => return None,
    })
}

fn proxy(proxy: Side) -> Option<String> {
    side(proxy).map(|proxy| format!("by proxy {proxy}"))
}

/// The other side of a connection: its name where it has one, then its address.
fn remote(netconn: &Netconn) -> String {
    match (netconn.domain.raw(), side(netconn.remote)) {
        ("", address) => address.unwrap_or_default(),
        (domain, None) => domain.to_owned(),
        (domain, Some(address)) => format!("{domain} ({address})"),
    }
}

/// Access rights by their names; none for none.
fn rights(access: AccessRights) -> Option<String> {
    let mut names = access.names().join(" | ");
    if access.unnamed() != 0 {
        let between = if names.is_empty() { "" } else { " | " };
        write!(names, "{between}{:#x}", access.unnamed()).ok()?;
    }
    (!names.is_empty()).then_some(names)
}
