//! IP addresses and networks: `10.0.1.1`, `192.168.0.0/16`, `2001:db8::/32`.

use std::net::IpAddr;

/// A block of IP addresses; a single address is the smallest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Parses an address, or a network in CIDR notation.
    pub(in crate::query) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let max_prefix = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None => max_prefix,
        };
        (prefix <= max_prefix).then_some(Self { address, prefix })
    }

    /// Returns whether it is an IPv4 network.
    pub(in crate::query) fn is_v4(self) -> bool {
        self.address.is_ipv4()
    }

    /// Returns whether `address` is in the block.
    pub(in crate::query) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                u32::from(own) & mask == u32::from(other) & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                u128::from(own) & mask == u128::from(other) & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses() {
        #[track_caller]
        fn check(network: &str, address: &str, expected: bool) {
            let network = Network::parse(network).expect(network);
            assert_eq!(network.contains(address.parse().unwrap()), expected);
        }
        check("10.0.1.1", "10.0.1.1", true);
        check("10.0.1.1", "10.0.1.2", false);
        check("192.168.0.0/16", "192.168.255.1", true);
        check("192.168.0.0/16", "192.169.0.1", false);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("0.0.0.0/0", "::1", false);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::/0", "::1", true);
    }

    #[test]
    fn what_is_no_network_is_not_read() {
        for text in ["", "10.0.1", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::/129", "a/8", "1.2.3.4 "] {
            assert_eq!(Network::parse(text), None, "{text:?}");
        }
    }
}
