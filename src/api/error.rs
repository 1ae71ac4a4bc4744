//! The errors of requests, with their messages and hints.

use std::{fmt, time::Duration};

use crate::text;

/// The error of a request. Texts from the server in it are shortened, with control characters made visible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 401.
    #[error("the server does not accept the token")]
    Unauthorized,
    /// 403.
    #[error("the token has no permission to {what}")]
    Forbidden { what: String },
    /// 404, or an empty list in answer to a request for one record.
    #[error("{what} not found on the server")]
    NotFound { what: String },
    /// 404 of a request in a session of Live Response that has ended, or whose sensor has left it (reference 2.17).
    #[error("the Live Response session is gone{}{reason}", if .reason.is_empty() { "" } else { ": " })]
    SessionGone { reason: String },
    /// 400 with a reason that is about the syntax of the query.
    #[error("the server cannot read the query: {reason}")]
    Syntax { reason: String },
    /// 400 to a valid query with a value that begins with a wildcard, which servers can be configured to reject.
    #[error("this server refuses leading wildcards, such as {value}")]
    LeadingWildcard { value: String },
    /// No complete answer within the time-out.
    #[error("no answer from the server within {0:?}")]
    Timeout(Duration),
    /// No connection to the server.
    #[error("cannot reach {url}: {reason}")]
    Unreachable { url: String, reason: String },
    /// No connection to the proxy, or through it to the server.
    #[error("the proxy {proxy} cannot reach {url}: {reason}")]
    Proxy { proxy: String, url: String, reason: String },
    /// 407: the proxy requires a login.
    #[error("the proxy {proxy} {}", if *.has_password { "does not accept the username and password" } else { "requires a username and password" })]
    ProxyRefused {
        proxy: String,
        has_password: bool,
        /// Whether the proxy refused the tunnel to the server, so that no request was sent.
        is_early: bool,
    },
    /// Not sent, because the server or the proxy refused the credentials of an earlier request.
    #[error("{error}; requests stopped (r retries)")]
    NotSent { error: Box<Error> },
    /// The server's certificate is not accepted by the settings.
    #[error("the server certificate is not trusted: {reason}")]
    Certificate { reason: CertificateProblem },
    /// Plain HTTP was sent to a port that expects TLS.
    #[error("the server expects HTTPS, not HTTP, on this port")]
    PlainHttp,
    /// TLS was used on a port that does not support it.
    #[error("the port answers, but not with TLS")]
    NotTls,
    /// 429 or 503, with the delay that the server requests.
    #[error("the server is busy{}", describe_wait(*.0))]
    Busy(Option<Duration>),
    /// A redirect. It is not followed, because the token would be sent to its target.
    #[error("{endpoint} redirects to {to}; redirects are not followed")]
    Redirected { endpoint: String, to: String },
    /// Any other error status, or an error message in place of an answer.
    #[error("the server answered {status}{}{message} ({endpoint})", if .message.is_empty() { "" } else { ": " })]
    Refused { endpoint: String, status: u16, message: String },
    /// An answer in another format than the API reference documents.
    #[error("unexpected response from {endpoint}: {reason}")]
    Malformed { endpoint: String, reason: String },
    /// An answer with more bytes than the limit.
    #[error("the response of {endpoint} is larger than the limit of {}", format_limit(*.limit))]
    TooLarge { endpoint: String, limit: usize },
    /// The server is too old for a parameter of the request, and would ignore it.
    #[error("this server ({}.{}) does not support {what} and would ignore it", release.0, release.1)]
    TooOld { release: (u32, u32), what: String },
    /// The connection was closed before the end of the answer.
    #[error("the connection closed before the response of {endpoint} was complete")]
    Cut { endpoint: String },
    /// Not sent, because a server or a front end would reject a URL of this length (in bytes).
    #[error("{what}: the query is too long: {length} bytes, a URL holds {most}")]
    TooLong { what: String, length: usize, most: usize },
    /// A setting that cannot work.
    #[error("the setting {what} is not valid: {reason}")]
    Invalid { what: &'static str, reason: String },
    /// A host has no session, or has not done what a command of Live Response says.
    #[error("{reason}")]
    Host {
        reason: String,
        hint: Option<&'static str>,
        answer: CommandAnswer,
        /// Whether the host did not answer in time, and may still do so.
        is_late: bool,
    },
    /// A bug in this program, which was caught.
    #[error("internal error in lampblack; see its log")]
    Internal,
}

/// What a host has said to a command that changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandAnswer {
    /// The command was not sent.
    NotSent,
    /// The host states that it has not done it.
    Refusal,
    /// None: the host may have done it, or may still do so.
    Unknown,
}

/// The reason why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Self-signed, or signed by an unknown authority.
    Issuer,
    /// It or its issuer has the name of a trusted certificate, but another key.
    Changed,
    /// Issued for these other names, if for any.
    Name(Vec<String>),
    Expired,
    NotYetValid,
    Revoked,
    Other(String),
}

impl Error {
    /// Returns whether a repeated request may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout(_) | Self::Unreachable { .. } | Self::Proxy { .. } | Self::Busy(_) | Self::Cut { .. } => true,
            Self::Refused { status, .. } => matches!(status, 502 | 504),
            Self::Unauthorized
            | Self::ProxyRefused { .. }
            | Self::NotSent { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::SessionGone { .. }
            | Self::Syntax { .. }
            | Self::LeadingWildcard { .. }
            | Self::Certificate { .. }
            | Self::PlainHttp
            | Self::NotTls
            | Self::Redirected { .. }
            | Self::Malformed { .. }
            | Self::TooLong { .. }
            | Self::TooLarge { .. }
            | Self::TooOld { .. }
            | Self::Invalid { .. }
            | Self::Host { .. }
            | Self::Internal => false,
        }
    }

    /// Returns whether the request may have reached the server. If so, only reading back shows whether it took effect,
    /// even after a refusal: that may come from a proxy, or from a server that failed after it had written.
    pub fn may_have_arrived(&self) -> bool {
        !matches!(
            self,
            Self::Unreachable { .. }
                | Self::Proxy { .. }
                | Self::ProxyRefused { is_early: true, .. }
                | Self::NotSent { .. }
                | Self::TooOld { .. }
                | Self::TooLong { .. }
                | Self::Certificate { .. }
                | Self::NotTls
                | Self::Invalid { .. }
                | Self::Host { answer: CommandAnswer::NotSent, .. }
        )
    }

    /// Returns whether the server, a proxy or this program states that the request was not carried out.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Unauthorized
            | Self::ProxyRefused { .. }
            | Self::NotSent { .. }
            | Self::TooOld { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::SessionGone { .. }
            | Self::Syntax { .. }
            | Self::LeadingWildcard { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::Certificate { .. }
            | Self::PlainHttp
            | Self::NotTls
            | Self::Redirected { .. }
            | Self::TooLong { .. }
            | Self::Invalid { .. } => true,
            Self::Refused { status, .. } => (400..500).contains(status),
            Self::Host { answer, .. } => *answer != CommandAnswer::Unknown,
            Self::Timeout(_)
            | Self::Busy(_)
            | Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::Cut { .. }
            | Self::Internal => false,
        }
    }

    /// Returns the original error of [`Self::NotSent`], and any other error itself.
    pub fn underlying_error(&self) -> &Self {
        match self {
            Self::NotSent { error } => error.underlying_error(),
            other => other,
        }
    }

    /// Applies `change` to every text of the error that may come from outside this program.
    #[must_use]
    pub(super) fn map_texts(self, change: &dyn Fn(String) -> String) -> Self {
        match self {
            Self::Forbidden { what } => Self::Forbidden { what: change(what) },
            Self::NotFound { what } => Self::NotFound { what: change(what) },
            Self::SessionGone { reason } => Self::SessionGone { reason: change(reason) },
            Self::Syntax { reason } => Self::Syntax { reason: change(reason) },
            Self::Unreachable { url, reason } => Self::Unreachable { url: change(url), reason: change(reason) },
            Self::Proxy { proxy, url, reason } => {
                Self::Proxy { proxy: change(proxy), url: change(url), reason: change(reason) }
            }
            Self::ProxyRefused { proxy, has_password, is_early } => {
                Self::ProxyRefused { proxy: change(proxy), has_password, is_early }
            }
            Self::NotSent { error } => Self::NotSent { error: Box::new(error.map_texts(change)) },
            Self::Certificate { reason } => Self::Certificate {
                reason: match reason {
                    CertificateProblem::Name(names) => {
                        CertificateProblem::Name(names.into_iter().map(change).collect())
                    }
                    CertificateProblem::Other(reason) => CertificateProblem::Other(change(reason)),
                    other => other,
                },
            },
            Self::Redirected { endpoint, to } => Self::Redirected { endpoint: change(endpoint), to: change(to) },
            Self::Refused { endpoint, status, message } => {
                Self::Refused { endpoint: change(endpoint), status, message: change(message) }
            }
            Self::Malformed { endpoint, reason } => {
                Self::Malformed { endpoint: change(endpoint), reason: change(reason) }
            }
            Self::TooLarge { endpoint, limit } => Self::TooLarge { endpoint: change(endpoint), limit },
            Self::Cut { endpoint } => Self::Cut { endpoint: change(endpoint) },
            Self::Host { reason, hint, answer, is_late } => {
                Self::Host { reason: change(reason), hint, answer, is_late }
            }
            other @ (Self::Unauthorized
            | Self::TooLong { .. }
            | Self::Timeout(_)
            | Self::PlainHttp
            | Self::NotTls
            | Self::Busy(_)
            | Self::TooOld { .. }
            | Self::Invalid { .. }
            | Self::LeadingWildcard { .. }
            | Self::Internal) => other,
        }
    }

    /// Returns what the user can do about the error, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unauthorized => {
                "copy the API token from your profile page in the web console; `lampblack doctor` shows which one is used"
            }
            Self::Forbidden { .. } => "ask a server administrator for the permission, or use another user's token",
            Self::Syntax { .. } => "check parentheses, quotes and missing values",
            Self::LeadingWildcard { .. } => {
                "start the value with the known part: paths match from any directory, command lines from any word"
            }
            Self::Timeout(_) | Self::Refused { status: 504, .. } => "use a narrower query, a time range or fewer rows",
            Self::Unreachable { .. } => "check the profile's url and proxy, the VPN, and that the server is running",
            Self::Certificate { reason } => match reason {
                CertificateProblem::Issuer => "save the certificate of the server or its CA to a file and set ca_file",
                CertificateProblem::Changed => {
                    "it was renewed, or another machine answers: compare it with the administrators' copy before you set ca_file"
                }
                CertificateProblem::Name(_) => {
                    "use a host name of the certificate, or set verify_hostname = false and ca_file to the certificate"
                }
                CertificateProblem::Expired | CertificateProblem::NotYetValid => {
                    "check the clock of this machine, or set ca_file to the server's own certificate, which is then always accepted"
                }
                CertificateProblem::Revoked | CertificateProblem::Other(_) => {
                    "ask the server's administrators before you trust this certificate"
                }
            },
            Self::TooLong { .. } => "search for fewer terms at once",
            Self::PlainHttp => "start the profile's url with https://",
            Self::NotTls => "check the port in the profile's url",
            Self::Busy(_) => "try again later, or use fewer connections",
            Self::Redirected { .. } => "set the profile's url to the redirect target",
            Self::Refused { status: 400, endpoint, .. } if !endpoint.starts_with("GET ") => {
                "servers from 7.7 on can refuse unknown members (ValidateApiPayloadSchema in cb.conf); the response names them"
            }
            Self::ProxyRefused { has_password: false, .. } => {
                "write them in the proxy URL: http://USER:PASSWORD@HOST:PORT"
            }
            Self::ProxyRefused { .. } => {
                "correct the proxy URL; there is no automatic retry, as wrong passwords can lock the account"
            }
            Self::NotSent { error } => return error.hint(),
            Self::Proxy { .. } => {
                "check the proxy URL and that the proxy may connect to the server; with socks5h:// the proxy resolves names"
            }
            Self::TooLarge { .. } => "use a narrower query, fewer rows or one segment",
            Self::TooOld { .. } => "write it in the query, if the server has a field for it",
            Self::Refused { status: 412, .. } => {
                "Live Response is off on this server: an administrator sets CbLREnabled=True in cb.conf"
            }
            Self::Refused { status: 502 | 503, .. } => {
                "the server's web front end runs, its back end does not: retry in a minute"
            }
            Self::Refused { status: 500.., .. } => {
                "retry; if it fails again, ask the server administrators to check the server log"
            }
            Self::Cut { .. } => "retry; if it fails again, check for a proxy or VPN with a short timeout",
            Self::Malformed { .. } => {
                "check that the profile's url leads to the server itself, not to a login page or a proxy before it"
            }
            Self::SessionGone { .. } => "run it again: a new session is opened",
            Self::NotFound { .. } | Self::Refused { .. } | Self::Invalid { .. } => return None,
            Self::Host { hint, .. } => return *hint,
            Self::Internal => "please report it with the log",
        })
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer => f.write_str("self-signed, or its issuer is not trusted here"),
            Self::Changed => f.write_str("its name, or its issuer's, is trusted here, but the key differs"),
            Self::Name(names) if names.is_empty() => f.write_str("it has no host name"),
            Self::Name(names) => write!(f, "it is for {}", names.join(", ")),
            Self::Expired => f.write_str("it has expired"),
            Self::NotYetValid => f.write_str("it is not valid yet"),
            Self::Revoked => f.write_str("it was revoked"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

fn format_limit(bytes: usize) -> String {
    text::format_size(u64::try_from(bytes).unwrap_or(u64::MAX))
}

fn describe_wait(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(", retry in {wait:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_happened_to_what() {
        let refused = |message: &str| Error::Refused {
            endpoint: "GET /api/v1/process".into(),
            status: 500,
            message: message.into(),
        };
        for (error, message) in [
            (refused(""), "the server answered 500 (GET /api/v1/process)"),
            (refused("out of memory"), "the server answered 500: out of memory (GET /api/v1/process)"),
            (Error::Busy(None), "the server is busy"),
            (Error::Busy(Some(Duration::from_secs(7))), "the server is busy, retry in 7s"),
            (Error::Timeout(Duration::from_mins(2)), "no answer from the server within 120s"),
            (
                Error::Certificate { reason: CertificateProblem::Name(vec!["localhost".into()]) },
                "the server certificate is not trusted: it is for localhost",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
