//! Links to the server's own web console, where they are typed or pasted: what they lead to on this server. None is
//! followed to another one.

use crate::model::{self, Link, LinkTarget, SensorFilter};
use crate::query::{self, Index, quote};
use crate::session::{Lead, Session};
use crate::text;

/// The other server that a link is of, fit to be shown.
fn other_server(link: &Link, session: &Session) -> Option<String> {
    let other = link.server.as_deref().filter(|_| !link.is_of(&own(session)));
    other.map(|server| text::visible(&server.into()))
}

/// This server as links name it.
pub(super) fn own(session: &Session) -> String {
    model::host(&session.identity.url).unwrap_or_default()
}

/// The query of an index that a link stands for, and the other server that the link is of, if it is of one.
///
/// # Errors
///
/// Why there is no such query, in words.
pub(super) fn query(index: Index, link: &Link, session: &Session) -> Result<(String, Option<String>), String> {
    let linked = query::linked(index, link)?;
    match other_server(link, session) {
        Some(server) if linked.is_bound => {
            Err(format!("This link is for {server}, whose ids differ; for the same id here write {}", linked.query))
        }
        other => Ok((linked.query, other)),
    }
}

/// The filter that finds the host of a link among the sensors; `None` if the text is no link.
pub(super) fn host(text: &str, session: &Session) -> Option<Result<String, String>> {
    let link = Link::read(text)?;
    let LinkTarget::Host(id) = link.target else {
        let noun = link.noun();
        return Some(Err(format!("this link names {noun}, and not a host; open it from the command palette")));
    };
    let filter = SensorFilter { id: Some(id), ..SensorFilter::default() };
    let filter = filter.to_string();
    Some(match other_server(&link, session) {
        Some(server) => Err(bound(&server, &filter)),
        None => Ok(filter),
    })
}

/// Where a link leads, and what is to be known on the way; `None` if the text is no link.
pub(super) fn lead(text: &str, session: &Session) -> Option<Result<(Lead, String), String>> {
    let link = Link::read(text)?;
    Some(lead_of(&link, session))
}

fn lead_of(link: &Link, session: &Session) -> Result<(Lead, String), String> {
    let other = other_server(link, session);
    let own_only = |lead: Lead, id: &str| match &other {
        Some(server) => Err(bound(server, id)),
        None => Ok(lead),
    };
    let search = |index: Index| -> Result<Lead, String> {
        let (query, _) = query(index, link, session)?;
        Ok(Lead::Search(index, query))
    };
    let lead = match &link.target {
        // No other server has a process or a file of the same name.
        LinkTarget::Process(id) => Lead::Process(*id),
        LinkTarget::Binary(_) | LinkTarget::Binaries(_) => search(Index::Binary)?,
        LinkTarget::Processes(_) => search(Index::Process)?,
        LinkTarget::Alerts(_) => search(Index::Alert)?,
        LinkTarget::Reports(_) => search(Index::Report)?,
        LinkTarget::Host(id) => {
            let filter = format!("id:{id}");
            own_only(Lead::Sensors(filter.clone()), &filter)?
        }
        LinkTarget::Watchlist(id) => own_only(Lead::Watchlist(*id), &format!("watchlist {id}"))?,
        LinkTarget::Report(id) => {
            let name = quote(id.id.raw());
            let query = format!("feed_id:{} report_id:{name}", id.feed);
            own_only(Lead::Search(Index::Report, query.clone()), &query)?
        }
        LinkTarget::Other(_) => return Err(format!("this link names {}", link.noun())),
    };
    let noun = link.noun();
    let note = match other {
        None => format!("the link names {noun}"),
        Some(server) => format!("the link names {noun} on {server}; this is what {} has", own(session)),
    };
    Ok((lead, note))
}

/// That a number of another server is not one of this server.
fn bound(server: &str, id: &str) -> String {
    format!("This link is for {server}, whose ids differ; the same id here is {id}")
}
