//! Links to the server's web console on the command line, in the place of an id. None is ever followed.

use super::{CommandCx, Failure};
use crate::model::{self, AlertId, Link, LinkTarget, ProcessId, ReportId};
use crate::text;

/// The configured server as links name it: host and port.
fn own_server(caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let url = caller.access()?.settings().url;
    Ok(model::host(url.as_str()).unwrap_or_default())
}

/// The id that a link in the place of `word` names, or `word` itself where it is no link.
///
/// A number means another thing on another server: a link that is not of the configured server is refused.
fn id_or_link(
    word: &str,
    noun: &str,
    named: impl Fn(&Link) -> Option<String>,
    caller: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let Some(link) = Link::parse(word) else {
        return Ok(word.to_owned());
    };
    let id = named(&link).ok_or_else(|| wrong_kind_failure(&link, noun))?;
    require_own_server(&link, caller)?;
    Ok(id)
}

/// Refuses a link of another server than the configured one, where what it names means another thing there.
pub(super) fn require_own_server(link: &Link, caller: &mut CommandCx<'_>) -> Result<(), Failure> {
    let own = own_server(caller)?;
    let Some(server) = link.server.as_ref().filter(|_| !link.is_for_server(&own)) else {
        return Ok(());
    };
    let server = text::make_visible(&server.as_str().into());
    let why = format!("this link is of {server}, and the configured server is {own}");
    let hint =
        "ids differ between servers: if it is the same server by another name, give the id itself; nothing was sent";
    Err(Failure::usage(why).with_hint(hint))
}

/// That a link names something else than is wanted.
fn wrong_kind_failure(link: &Link, noun: &str) -> Failure {
    Failure::usage(format!("this link names {}, and not {noun}", link.label()))
}

/// A host: its name or number, or the number in a link.
pub(super) fn host(word: &str, caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let named = |link: &Link| match &link.target {
        LinkTarget::Host(id) => Some(id.to_string()),
        _ => None,
    };
    id_or_link(word, "a host", named, caller)
}

/// A watchlist: its name or number, or the number in a link.
pub(super) fn watchlist(word: &str, caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let named = |link: &Link| match &link.target {
        LinkTarget::Watchlist(id) => Some(id.to_string()),
        _ => None,
    };
    id_or_link(word, "a watchlist", named, caller)
}

/// Alerts: their ids, or those in links.
pub(super) fn alerts(words: Vec<String>, caller: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let named = |link: &Link| link.alert().map(|AlertId(id)| id.raw().to_owned());
    words.into_iter().map(|word| id_or_link(&word, "an alert", named, caller)).collect()
}

/// Threat reports: their ids, or those in links.
pub(super) fn reports(words: Vec<String>, caller: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let named = |link: &Link| match &link.target {
        LinkTarget::Report(id) => Some(ReportId::raw(id)),
        _ => None,
    };
    words.into_iter().map(|word| id_or_link(&word, "a threat report", named, caller)).collect()
}

/// The process that a link names. Its GUID is looked for on the configured server, whatever server the link is of: no
/// other server has a process with the same.
pub(super) fn process(link: &Link, caller: &mut CommandCx<'_>) -> Result<ProcessId, Failure> {
    let LinkTarget::Process(id) = link.target else {
        return Err(wrong_kind_failure(link, "a process"));
    };
    note_other_server(link, caller)?;
    Ok(id)
}

/// Says of a link of another server that what it names is looked for on the configured one.
pub(super) fn note_other_server(link: &Link, caller: &mut CommandCx<'_>) -> Result<(), Failure> {
    let own = own_server(caller)?;
    if let Some(server) = link.server.as_ref().filter(|_| !link.is_for_server(&own)) {
        let server = text::make_visible(&server.as_str().into());
        caller.warn(&format!("the link is of {server}; what it names is looked for on {own}, the configured server"));
    }
    Ok(())
}
