//! The data of each kind of event, as far as the record has it.

use std::net::IpAddr;

use super::{
    EventKind,
    codes::{AccessRights, CrossKind, Direction, FileAction, FileType, Protocol, RegAction},
};
use crate::model::{Md5, ProcessId, Sha256};
use crate::text::Untrusted;

/// The data of an event, by kind.
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
    /// The layout of its record is unknown.
    Emet(Untrusted),
    /// A kind unknown to this program, by the server's name.
    Other {
        kind: Untrusted,
        text: Untrusted,
    },
}

impl EventFacts {
    /// Returns the kind of the event.
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

/// A file was created, written or deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Filemod {
    pub action: FileAction,
    pub path: Untrusted,
    /// Hash of the file when it was closed.
    pub md5: Option<Md5>,
    /// SHA-256 (7.x).
    pub sha256: Option<Sha256>,
    pub file_type: Option<FileType>,
}

/// A registry key or value was created, written or deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Regmod {
    pub action: RegAction,
    /// Key or value, as the kernel writes it.
    pub path: Untrusted,
}

/// A network connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Netconn {
    pub protocol: Option<Protocol>,
    pub direction: Option<Direction>,
    /// This host's end; absent in format v1.
    pub local: NetconnEnd,
    pub remote: NetconnEnd,
    /// Domain name that resolved to the address.
    pub domain: Untrusted,
    /// Web proxy of the connection.
    pub proxy: NetconnEnd,
    /// JA3 fingerprint of the TLS client (7.x).
    pub ja3: Untrusted,
    /// JA3S fingerprint of the TLS server (7.x).
    pub ja3s: Untrusted,
    /// What blocked it, such as `NetworkIsolation` (server 7.7 and later); empty if it was established.
    pub blocked_by: Untrusted,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetconnEnd {
    pub ip: Option<IpAddr>,
    pub port: Option<u16>,
}

/// A library was loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Modload {
    pub path: Untrusted,
    pub md5: Option<Md5>,
    /// SHA-256 (7.x).
    pub sha256: Option<Sha256>,
}

/// Whether a child process started or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildStage {
    Start,
    End,
}

/// A child process started or ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Childproc {
    /// `None` if the record does not say.
    pub stage: Option<ChildStage>,
    /// GUID of the child.
    pub id: Option<ProcessId>,
    pub pid: Option<u32>,
    /// Path of its executable.
    pub path: Untrusted,
    /// Hash of its executable.
    pub md5: Option<Md5>,
    /// SHA-256 of its executable (7.x).
    pub sha256: Option<Sha256>,
    /// Command line (v3 and later).
    pub cmdline: Untrusted,
    /// User (v3 and later).
    pub user: Untrusted,
    /// Whether the sensor's filter suppressed it, so that it has no document of its own.
    pub is_suppressed: bool,
}

/// One process accessed another.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossproc {
    pub kind: CrossKind,
    /// GUID of the other process.
    pub id: Option<ProcessId>,
    /// Path of the other process's executable.
    pub path: Untrusted,
    /// Hash of that executable.
    pub md5: Option<Md5>,
    /// SHA-256 of that executable (7.x).
    pub sha256: Option<Sha256>,
    /// Requested access rights.
    pub access: AccessRights,
    /// Whether this process is the target of the access.
    pub is_target: bool,
}

/// A script that ran without a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Fileless {
    pub sha256: Option<Sha256>,
    /// The decoded script.
    pub script: Untrusted,
}

/// A blocked execution of a banned file; texts are in the server's words.
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
