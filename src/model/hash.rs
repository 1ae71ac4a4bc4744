//! Hashes stored as bytes, so that comparing them never depends on letter case.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An MD5 hash, displayed in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Md5(pub [u8; 16]);

/// A SHA-256 hash, displayed in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Md5 {
    /// Returns the hash in upper case, as binary documents and their URLs have it (API reference 1.4).
    pub fn to_upper_hex(self) -> String {
        self.to_string().to_ascii_uppercase()
    }
}

impl FromStr for Md5 {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        bytes(text).map(Self).ok_or(())
    }
}

impl From<Md5> for String {
    fn from(md5: Md5) -> Self {
        md5.to_string()
    }
}

impl TryFrom<String> for Md5 {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|()| "not an MD5 hash")
    }
}

impl FromStr for Sha256 {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        bytes(text).map(Self).ok_or(())
    }
}

impl fmt::Display for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Md5({self})")
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// Parses exactly `N` bytes from hex digits of either case.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_displayed_in_lower_case_and_converted_to_upper_case() {
        let md5: Md5 = "9E107D9D372BB6826BD81D3542A419D6".parse().unwrap();
        assert_eq!(md5.to_string(), "9e107d9d372bb6826bd81d3542a419d6");
        assert_eq!(md5.to_upper_hex(), "9E107D9D372BB6826BD81D3542A419D6");
    }

    #[test]
    fn thirty_zeros_are_not_a_hash() {
        assert!("000000000000000000000000000000".parse::<Md5>().is_err());
        assert!("+e107d9d372bb6826bd81d3542a419d6".parse::<Md5>().is_err());
        assert!("".parse::<Sha256>().is_err());
    }
}
