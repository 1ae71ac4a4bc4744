//! Links to the server's web console as arguments. A link is parsed, never opened.

use super::{CommandCx, Failure};
use crate::model::{self, AlertId, Link, LinkTarget, ProcessId, ReportId};
use crate::text;

/// Returns the host and port of the configured server, as links contain them.
fn own_server(cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let url = cx.access()?.settings().url;
    Ok(model::host(url.as_str()).unwrap_or_default())
}

/// Returns the ID in a link, or `word` itself if it is no link.
///
/// An ID means another object on another server: a link to another server than the configured one is rejected.
fn id_or_link(
    word: &str,
    noun: &str,
    id_in_link: impl Fn(&Link) -> Option<String>,
    cx: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let Some(link) = Link::parse(word) else {
        return Ok(word.to_owned());
    };
    let id = id_in_link(&link).ok_or_else(|| wrong_kind_failure(&link, noun))?;
    require_own_server(&link, cx)?;
    Ok(id)
}

/// Rejects a link to another server, for objects whose IDs differ between servers.
pub(super) fn require_own_server(link: &Link, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    let own = own_server(cx)?;
    let Some(server) = link.server.as_ref().filter(|_| !link.is_for_server(&own)) else {
        return Ok(());
    };
    let server = text::make_visible(&server.as_str().into());
    let why = format!("this link is for {server}, the configured server is {own}");
    let hint = "IDs differ between servers: if both names mean the same server, give the ID; nothing was sent";
    Err(Failure::usage(why).with_hint(hint))
}

/// Returns the failure for a link to an object of another kind.
fn wrong_kind_failure(link: &Link, noun: &str) -> Failure {
    Failure::usage(format!("this link points to {}, not to {noun}", link.label()))
}

/// Returns the name or ID of a host, also from a link.
pub(super) fn host(word: &str, cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let id_in_link = |link: &Link| match &link.target {
        LinkTarget::Host(id) => Some(id.to_string()),
        _ => None,
    };
    id_or_link(word, "a host", id_in_link, cx)
}

/// Returns the name or ID of a watchlist, also from a link.
pub(super) fn watchlist(word: &str, cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let id_in_link = |link: &Link| match &link.target {
        LinkTarget::Watchlist(id) => Some(id.to_string()),
        _ => None,
    };
    id_or_link(word, "a watchlist", id_in_link, cx)
}

/// Returns the IDs of alerts, also from links.
pub(super) fn alerts(words: Vec<String>, cx: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let id_in_link = |link: &Link| link.alert().map(|AlertId(id)| id.raw().to_owned());
    words.into_iter().map(|word| id_or_link(&word, "an alert", id_in_link, cx)).collect()
}

/// Returns the IDs of threat reports, also from links.
pub(super) fn reports(words: Vec<String>, cx: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let id_in_link = |link: &Link| match &link.target {
        LinkTarget::Report(id) => Some(ReportId::raw(id)),
        _ => None,
    };
    words.into_iter().map(|word| id_or_link(&word, "a threat report", id_in_link, cx)).collect()
}

/// Returns the process of a link. A link to another server is accepted: a process GUID is unique.
pub(super) fn process(link: &Link, cx: &mut CommandCx<'_>) -> Result<ProcessId, Failure> {
    let LinkTarget::Process(id) = link.target else {
        return Err(wrong_kind_failure(link, "a process"));
    };
    note_other_server(link, cx)?;
    Ok(id)
}

/// Warns that the object of a link to another server is searched on the configured one.
pub(super) fn note_other_server(link: &Link, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    let own = own_server(cx)?;
    if let Some(server) = link.server.as_ref().filter(|_| !link.is_for_server(&own)) {
        let server = text::make_visible(&server.as_str().into());
        cx.warn(&format!("the link is for {server}; searching on {own}, the configured server"));
    }
    Ok(())
}
