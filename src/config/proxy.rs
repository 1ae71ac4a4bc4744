//! Choice of the proxy to a server by the environment, with the rules of curl.

use std::net::IpAddr;

use url::{Host, Url};

use super::Environment;
use crate::api::{self, Proxy};

/// Returns the proxy to a server by the environment, if there is one. As with curl, the lower-case variable wins.
pub(super) fn proxy_from_environment(url: &Url, environment: &Environment) -> Result<Option<Proxy>, api::Error> {
    // The first of these variables that is set, with its value.
    let first = |names: &[&'static str]| names.iter().find_map(|&name| Some((name, environment.variable(name)?)));
    // Requests to this machine never use a proxy.
    if api::is_loopback(url) {
        return Ok(None);
    }
    if let Some((_, list)) = first(&["no_proxy", "NO_PROXY"])
        && is_listed(url, list)
    {
        return Ok(None);
    }
    let names: &[&str] = match url.scheme() {
        "https" => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    let proxy = first(names);
    proxy.map(|(name, address)| Proxy::new(address, name)).transpose()
}

/// Whether `list`, of hosts that need no proxy, includes this server. Entries are `*`; a name, with or without a
/// leading dot, for itself and its subdomains; an IP address; a network such as `10.0.0.0/8`. An entry with a port
/// matches that port only.
fn is_listed(url: &Url, list: &str) -> bool {
    let entries = list.split([',', ' ', '\t']).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).any(|entry| entry_matches(entry, url))
}

/// Whether an entry of the list matches the server.
fn entry_matches(entry: &str, url: &Url) -> bool {
    if entry == "*" {
        return true;
    }
    let (host, port) = split_port(entry);
    if port.is_some() && port != url.port_or_known_default() {
        return false;
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address),
        Some(Host::Ipv6(address)) => IpAddr::from(address),
        Some(Host::Domain(name)) => return is_in_domain(name, host),
        None => return false,
    };
    match host.split_once('/') {
        Some((network, bits)) => {
            let network = network.parse().ok().zip(bits.parse().ok());
            network.is_some_and(|(network, bits)| is_in_network(address, network, bits))
        }
        None => host.parse() == Ok(address),
    }
}

/// Splits an entry into host and port. An IPv6 address has a port only if it is in brackets.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some(bracketed) = entry.strip_prefix('[') {
        let (host, port) = bracketed.split_once(']').unwrap_or((bracketed, ""));
        return (host, port.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

/// Whether `name` is `domain` or below it.
fn is_in_domain(name: &str, domain: &str) -> bool {
    let normalize = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let domain = normalize(domain.strip_prefix('*').unwrap_or(domain));
    let domain = domain.trim_start_matches('.');
    let name = normalize(name);
    let prefix = name.strip_suffix(domain);
    !domain.is_empty() && prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}

/// Whether `address` is in the network of the first `bits` bits of `network`.
fn is_in_network(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits()), u128::from(other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
        _ => return false,
    };
    let ignored = width - bits.min(width);
    let differing = address ^ network;
    differing.checked_shr(ignored).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, list: &str, expected: bool) {
        let url: Url = url.parse().unwrap();
        assert_eq!(is_listed(&url, list), expected, "{url} in {list:?}");
    }

    #[test]
    fn hosts_without_proxy_are_listed_as_curl_reads_them() {
        let server = "https://cb.corp.example";
        for (list, expected) in [
            ("*", true),
            ("other, *", true),
            ("cb.corp.example", true),
            ("CB.corp.example.", true),
            ("corp.example", true),
            (".corp.example", true),
            ("*.corp.example", true),
            ("x.cb.corp.example", false),
            ("b.corp.example", false),
            ("localhost corp.example", true),
            ("cb.corp.example:443", true),
            ("cb.corp.example:8443", false),
            ("corp.example:443", true),
            ("", false),
            (",", false),
            (".", false),
            ("10.0.0.0/8", false),
        ] {
            check(server, list, expected);
        }
        check("https://cb.corp.example:8443", "cb.corp.example:8443", true);
    }

    #[test]
    fn addresses_are_listed_alone_or_by_their_network() {
        for (url, list, expected) in [
            ("https://10.1.2.3", "10.1.2.3", true),
            ("https://10.1.2.3", "10.1.2.30", false),
            ("https://10.1.2.3", "2.3", false),
            ("https://10.1.2.3", "10.0.0.0/8", true),
            ("https://11.1.2.3", "10.0.0.0/8", false),
            ("https://10.1.2.3:8443", "10.1.2.3:8443", true),
            ("https://10.1.2.3", "10.1.2.3:8443", false),
            ("https://[fd00::1]", "fd00::1", true),
            ("https://[fd00::1]:8443", "[fd00::1]:8443", true),
            ("https://[fd00::1]", "fd00::/16", true),
            ("https://[fd00::1]", "0.0.0.0/0", false),
            ("https://10.1.2.3", "0.0.0.0/0", true),
        ] {
            check(url, list, expected);
        }
    }
}
