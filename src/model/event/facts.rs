//! The facts of each kind of event, as far as the record has them.

use std::net::IpAddr;

use super::{
    EventKind,
    codes::{AccessRights, CrossKind, Direction, FileAction, FileType, Protocol, RegAction},
};
use crate::model::{Md5, ProcessId, Sha256};
use crate::text::Untrusted;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventFacts {
    Filemod(Filemod),
    Regmod(Regmod),
    Netconn(Netconn),
    Modload(Modload),
    Childproc(Box<Childproc>),
    Crossproc(Box<Crossproc>),
    Fileless(Fileless),
    Block(Box<Block>),
    /// Its record has no known layout.
    Emet(Untrusted),
    /// A kind that this program does not know, under the server's name for it.
    Other {
        kind: Untrusted,
        text: Untrusted,
    },
}

impl EventFacts {
    /// Its kind.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Filemod(_) => EventKind::Filemod,
            Self::Regmod(_) => EventKind::Regmod,
            Self::Netconn(_) => EventKind::Netconn,
            Self::Modload(_) => EventKind::Modload,
            Self::Childproc(_) => EventKind::Childproc,
            Self::Crossproc(_) => EventKind::Crossproc,
            Self::Fileless(_) => EventKind::Fileless,
            Self::Block(_) => EventKind::Block,
            Self::Emet(_) => EventKind::Emet,
            Self::Other { .. } => EventKind::Other,
        }
    }
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Filemod {
    /// What was done to it.
    pub action: FileAction,
    /// Where it is.
    pub path: Untrusted,
    /// Its hash, when it was closed.
    pub md5: Option<Md5>,
    /// Its SHA-256 (7.x).
    pub sha256: Option<Sha256>,
    /// What it holds.
    pub file_type: Option<FileType>,
}

/// A change of the registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Regmod {
    /// What was done.
    pub action: RegAction,
    /// The key or value, in the kernel's spelling.
    pub path: Untrusted,
}

/// A connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Netconn {
    /// Its protocol.
    pub protocol: Option<Protocol>,
    /// Who began it.
    pub direction: Option<Direction>,
    /// This host's side; v1 does not tell it.
    pub local: NetconnEnd,
    /// The other side.
    pub remote: NetconnEnd,
    /// The name that the address was looked up by.
    pub domain: Untrusted,
    /// The web proxy that it went through.
    pub proxy: NetconnEnd,
    /// The fingerprint of the TLS greeting (7.x).
    pub ja3: Untrusted,
    /// The fingerprint of the server's answer to it (7.x).
    pub ja3s: Untrusted,
    /// What blocked it, as `NetworkIsolation` (servers from 7.7); empty for one that was made.
    pub blocked_by: Untrusted,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetconnEnd {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its port.
    pub port: Option<u16>,
}

/// A library that was loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Modload {
    /// Where it is.
    pub path: Untrusted,
    /// Its hash.
    pub md5: Option<Md5>,
    /// Its SHA-256 (7.x).
    pub sha256: Option<Sha256>,
}

/// Whether a child began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildStage {
    /// It began.
    Start,
    /// It ended.
    End,
}

/// A child that began or ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Childproc {
    /// Which of the two; `None` where the record does not say.
    pub stage: Option<ChildStage>,
    /// The child.
    pub id: Option<ProcessId>,
    /// Its number on the host.
    pub pid: Option<u32>,
    /// Its executable.
    pub path: Untrusted,
    /// The hash of its executable.
    pub md5: Option<Md5>,
    /// The SHA-256 of its executable (7.x).
    pub sha256: Option<Sha256>,
    /// Its command line (v3 and later).
    pub cmdline: Untrusted,
    /// Its user (v3 and later).
    pub user: Untrusted,
    /// Whether the sensor's filtering hid it: there is no document of its own to ask for.
    pub is_suppressed: bool,
}

/// One process reaching into another.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossproc {
    /// How.
    pub kind: CrossKind,
    /// The other process.
    pub id: Option<ProcessId>,
    /// The other process's executable.
    pub path: Untrusted,
    /// The hash of that executable.
    pub md5: Option<Md5>,
    /// The SHA-256 of that executable (7.x).
    pub sha256: Option<Sha256>,
    /// What was asked for.
    pub access: AccessRights,
    /// Whether this process is the one that was reached into, and the other one did it.
    pub is_target: bool,
}

/// A script that is in no file.
#[derive(Clone, Debug, PartialEq)]
pub struct Fileless {
    /// Its hash.
    pub sha256: Option<Sha256>,
    /// The script, decoded.
    pub script: Untrusted,
}

/// Something that a ban stopped, in the server's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub kind: Untrusted,
    pub event: Untrusted,
    pub result: Untrusted,
    pub error: Untrusted,
    pub md5: Option<Md5>,
    pub path: Untrusted,
    pub cmdline: Untrusted,
    pub uid: Untrusted,
    pub user: Untrusted,
}
