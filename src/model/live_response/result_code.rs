//! Result codes of commands on a host, in words.

use std::fmt;

/// An HRESULT as an unsigned number, as servers send it: 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResultCode(pub u32);

/// The names of Win32 error codes that the commands of Live Response return.
const WIN32: [(u16, &str); 22] = [
    (1, "incorrect function"),
    (2, "file not found"),
    (3, "path not found"),
    (5, "access denied"),
    (6, "invalid handle"),
    (13, "invalid data"),
    (15, "drive not found"),
    (17, "different disk"),
    (19, "write protected"),
    (21, "device not ready"),
    (32, "the file is in use"),
    (33, "a part of the file is locked"),
    (80, "the file exists"),
    (87, "invalid parameter"),
    (112, "the disk is full"),
    (123, "invalid name"),
    (145, "the directory is not empty"),
    (183, "it already exists"),
    (206, "the name is too long"),
    (234, "more data is available"),
    (299, "only a part was read"),
    (1223, "cancelled"),
];

impl ResultCode {
    /// Whether the command succeeded.
    pub fn is_success(self) -> bool {
        self.0 == 0
    }

    /// Returns the Win32 error code; `None` if the code is of another kind.
    pub fn win32(self) -> Option<u16> {
        /// Severity and facility of an HRESULT that carries a Win32 code.
        const FACILITY_WIN32: u32 = 0x8007;
        (self.0 >> 16 == FACILITY_WIN32).then(|| u16::try_from(self.0 & 0xffff).ok()).flatten()
    }

    /// Whether the file, directory, key or value does not exist.
    pub fn is_not_found(self) -> bool {
        matches!(self.win32(), Some(2 | 3))
    }

    /// Returns the name of the code; `None` if it is not known.
    pub fn name(self) -> Option<&'static str> {
        if self.is_success() {
            return Some("done");
        }
        let code = self.win32()?;
        WIN32.iter().find_map(|(known, name)| (*known == code).then_some(*name))
    }
}

/// Writes the number in hex, as Microsoft's documentation lists it, with its name: `0x80070005 access denied`.
impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.0)?;
        self.name().map_or(Ok(()), |name| write!(f, " {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_said_in_words_with_its_number() {
        for (code, words) in [
            (2_147_942_402, "0x80070002 file not found"),
            (2_147_942_403, "0x80070003 path not found"),
            (2_147_942_405, "0x80070005 access denied"),
            (2_147_942_417, "0x80070011 different disk"),
            (2_147_942_480, "0x80070050 the file exists"),
            (2_147_942_487, "0x80070057 invalid parameter"),
            (0, "0x00000000 done"),
            (0x8007_9999, "0x80079999"),
            (0x8000_4005, "0x80004005"),
            (5, "0x00000005"),
        ] {
            assert_eq!(ResultCode(code).to_string(), words);
        }
    }

    #[test]
    fn only_a_missing_object_is_not_found() {
        assert!(ResultCode(2_147_942_402).is_not_found() && ResultCode(2_147_942_403).is_not_found());
        assert!(!ResultCode(2_147_942_405).is_not_found() && !ResultCode(2).is_not_found());
    }
}
