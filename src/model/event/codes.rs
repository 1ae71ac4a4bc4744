//! Numeric codes in event records, and their names (API reference 2.4).

use crate::text::Untrusted;

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileAction {
    Created,
    /// It was written to for the first time.
    FirstWrote,
    Deleted,
    /// It was written to for the last time, and closed.
    LastWrote,
    /// Another number, or none.
    Other(Option<i64>),
}

impl FileAction {
    /// Parses the number in the record.
    pub fn new(number: Option<i64>) -> Self {
        match number {
            Some(1) => Self::Created,
            Some(2) => Self::FirstWrote,
            Some(4) => Self::Deleted,
            Some(8) => Self::LastWrote,
            other => Self::Other(other),
        }
    }

    /// Returns the action as a verb.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::FirstWrote => "first wrote",
            Self::Deleted => "deleted",
            Self::LastWrote => "last wrote",
            Self::Other(_) => "changed",
        }
    }
}

/// What happened to a registry key or value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegAction {
    CreatedKey,
    /// A value was written for the first time.
    FirstWrote,
    DeletedKey,
    DeletedValue,
    /// Another number, or none.
    Other(Option<i64>),
}

impl RegAction {
    /// Parses the number in the record.
    pub fn new(number: Option<i64>) -> Self {
        match number {
            Some(1) => Self::CreatedKey,
            Some(2) => Self::FirstWrote,
            Some(4) => Self::DeletedKey,
            Some(8) => Self::DeletedValue,
            other => Self::Other(other),
        }
    }

    /// Returns the action as a verb.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreatedKey => "created key",
            Self::FirstWrote => "first wrote",
            Self::DeletedKey => "deleted key",
            Self::DeletedValue => "deleted value",
            Self::Other(_) => "changed",
        }
    }
}

/// Type of a file, as the sensor detected it from the first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType(pub i64);

impl FileType {
    /// Returns the customary name; `None` for 0, which means "unknown", and for undocumented numbers.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "PE",
            2 => "ELF",
            3 => "Mach-O",
            8 => "EICAR",
            16 => "legacy Office",
            17 => "Office Open XML",
            48 => "PDF",
            64 => "ZIP",
            65 => "LZH",
            66 => "LZW",
            67 => "RAR",
            68 => "TAR",
            69 => "7-Zip",
            _ => return None,
        })
    }
}

/// An IP protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol(pub u8);

impl Protocol {
    /// Returns the name of the protocol; `None` for rare ones.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "ICMP",
            2 => "IGMP",
            6 => "TCP",
            17 => "UDP",
            41 => "IPv6",
            47 => "GRE",
            50 => "ESP",
            58 => "ICMPv6",
            132 => "SCTP",
            _ => return None,
        })
    }
}

/// The direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The remote end opened it.
    Inbound,
    /// This process opened it.
    Outbound,
}

/// How one process accessed another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrossKind {
    /// A handle to the process was opened.
    ProcessOpen,
    /// A handle to one of its threads was opened.
    ThreadOpen,
    /// A thread was started in it.
    RemoteThread,
    /// Another word of the server.
    Other(Untrusted),
}

impl CrossKind {
    /// Returns the access as a verb.
    pub fn name(&self) -> &str {
        match self {
            Self::ProcessOpen => "opened process",
            Self::ThreadOpen => "opened thread",
            Self::RemoteThread => "started thread in",
            Self::Other(_) => "injected into",
        }
    }
}

/// The access rights that a process requested to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessRights(pub u32);

/// Combinations with a name of their own.
const COMBINED_RIGHTS: [(u32, &str); 4] = [
    (0x1f_ffff, "PROCESS_ALL_ACCESS"),
    (0x1f_0000, "STANDARD_RIGHTS_ALL"),
    (0x0f_0000, "STANDARD_RIGHTS_REQUIRED"),
    (0x02_0000, "STANDARD_RIGHTS_READ"),
];

/// Single rights, with the names and in the order of the official client.
const SINGLE_RIGHTS: [(u32, &str); 18] = [
    (0x10_0000, "SYNCHRONIZE"),
    (0x8_0000, "WRITE_OWNER"),
    (0x4_0000, "WRITE_DAC"),
    (0x2_0000, "READ_CONTROL"),
    (0x1_0000, "DELETE"),
    (0x1, "PROCESS_TERMINATE"),
    (0x2, "PROCESS_CREATE_THREAD"),
    (0x4, "PROCESS_SET_SESSIONID"),
    (0x8, "PROCESS_VM_OPERATION"),
    (0x10, "PROCESS_VM_READ"),
    (0x20, "PROCESS_VM_WRITE"),
    (0x40, "PROCESS_DUP_HANDLE"),
    (0x80, "PROCESS_CREATE_PROCESS"),
    (0x100, "PROCESS_SET_QUOTA"),
    (0x200, "PROCESS_SET_INFORMATION"),
    (0x400, "PROCESS_QUERY_INFORMATION"),
    (0x800, "PROCESS_SUPEND_RESUME"),
    (0x1000, "PROCESS_QUERY_LIMITED_INFORMATION"),
];

impl AccessRights {
    /// Returns the names of the rights; bits without a name are left out, see [`AccessRights::unnamed_bits`].
    pub fn names(self) -> Vec<&'static str> {
        if let Some((_, name)) = COMBINED_RIGHTS.iter().find(|(bits, _)| *bits == self.0) {
            return vec![name];
        }
        let is_set = |(bits, _): &&(u32, &str)| self.0 & bits != 0;
        SINGLE_RIGHTS.iter().filter(is_set).map(|(_, name)| *name).collect()
    }

    /// Returns the bits without a name.
    pub fn unnamed_bits(self) -> u32 {
        if COMBINED_RIGHTS.iter().any(|(bits, _)| *bits == self.0) {
            return 0;
        }
        SINGLE_RIGHTS.iter().fold(self.0, |left, (bits, _)| left & !bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rights: u32, names: &[&str], unnamed: u32) {
        let rights = AccessRights(rights);
        assert_eq!((&*rights.names(), rights.unnamed_bits()), (names, unnamed));
    }

    #[test]
    fn rights_have_the_official_clients_names() {
        check(2_097_151, &["PROCESS_ALL_ACCESS"], 0);
        check(0x0f_0000, &["STANDARD_RIGHTS_REQUIRED"], 0);
        check(0x1410, &["PROCESS_VM_READ", "PROCESS_QUERY_INFORMATION", "PROCESS_QUERY_LIMITED_INFORMATION"], 0);
        check(0x12_0001, &["SYNCHRONIZE", "READ_CONTROL", "PROCESS_TERMINATE"], 0);
        check(0x8000_0010, &["PROCESS_VM_READ"], 0x8000_0000);
        check(0, &[], 0);
    }

    #[test]
    fn an_unknown_number_is_retained() {
        assert_eq!(FileAction::new(Some(16)), FileAction::Other(Some(16)));
        assert_eq!(RegAction::new(None).name(), "changed");
        assert_eq!(FileType(0).name().or(FileType(99).name()), None);
        assert_eq!(Protocol(6).name(), Some("TCP"));
        assert_eq!(Protocol(254).name(), None);
    }
}
