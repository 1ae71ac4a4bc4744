//! Links to the server's own web console, where they are typed or pasted: what they lead to on this server. None is
//! followed to another one.

use crate::model::{self, Link, LinkTarget, SensorFilter};
use crate::query::{self, Index, quote};
use crate::session::{Destination, Session};
use crate::text;

/// The other server that a link is of, fit to be shown.
fn other_server_name(link: &Link, session: &Session) -> Option<String> {
    let other = link.server.as_deref().filter(|_| !link.is_for_server(&own_server(session)));
    other.map(|server| text::make_visible(&server.into()))
}

/// This server as links name it.
pub(super) fn own_server(session: &Session) -> String {
    model::host(&session.connection.info.url).unwrap_or_default()
}

/// The query of an index that a link stands for, and the other server that the link is of, if it is of one.
///
/// # Errors
///
/// Why there is no such query, in words.
pub(super) fn link_query(index: Index, link: &Link, session: &Session) -> Result<(String, Option<String>), String> {
    let linked = query::link_query(index, link)?;
    match other_server_name(link, session) {
        Some(server) if linked.is_server_specific => {
            Err(format!("This link is for {server}, whose ids differ; for the same id here write {}", linked.query))
        }
        other => Ok((linked.query, other)),
    }
}

/// The filter that finds the host of a link among the sensors; `None` if the text is no link.
pub(super) fn link_sensor_filter(text: &str, session: &Session) -> Option<Result<String, String>> {
    let link = Link::parse(text)?;
    let LinkTarget::Host(id) = link.target else {
        let noun = link.label();
        return Some(Err(format!("this link names {noun}, and not a host; open it from the command palette")));
    };
    let filter = SensorFilter { id: Some(id), ..SensorFilter::default() };
    let filter = filter.to_string();
    Some(match other_server_name(&link, session) {
        Some(server) => Err(foreign_id_message(&server, &filter)),
        None => Ok(filter),
    })
}

/// Where a link leads, and what is to be known on the way; `None` if the text is no link.
pub(super) fn parse_destination(text: &str, session: &Session) -> Option<Result<(Destination, String), String>> {
    let link = Link::parse(text)?;
    Some(link_destination(&link, session))
}

fn link_destination(link: &Link, session: &Session) -> Result<(Destination, String), String> {
    let other = other_server_name(link, session);
    let own_only = |lead: Destination, id: &str| match &other {
        Some(server) => Err(foreign_id_message(server, id)),
        None => Ok(lead),
    };
    let search = |index: Index| -> Result<Destination, String> {
        let (query, _) = link_query(index, link, session)?;
        Ok(Destination::Search(index, query))
    };
    let lead = match &link.target {
        // No other server has a process or a file of the same name.
        LinkTarget::Process(id) => Destination::Process(*id),
        LinkTarget::Binary(_) | LinkTarget::Binaries(_) => search(Index::Binary)?,
        LinkTarget::Processes(_) => search(Index::Process)?,
        LinkTarget::Alerts(_) => search(Index::Alert)?,
        LinkTarget::Reports(_) => search(Index::Report)?,
        LinkTarget::Host(id) => {
            let filter = format!("id:{id}");
            own_only(Destination::Sensors(filter.clone()), &filter)?
        }
        LinkTarget::Watchlist(id) => own_only(Destination::Watchlist(*id), &format!("watchlist {id}"))?,
        LinkTarget::Report(id) => {
            let name = quote(id.id.raw());
            let query = format!("feed_id:{} report_id:{name}", id.feed);
            own_only(Destination::Search(Index::Report, query.clone()), &query)?
        }
        LinkTarget::Other(_) => return Err(format!("this link names {}", link.label())),
    };
    let noun = link.label();
    let note = match other {
        None => format!("the link names {noun}"),
        Some(server) => format!("the link names {noun} on {server}; this is what {} has", own_server(session)),
    };
    Ok((lead, note))
}

/// That a number of another server is not one of this server.
fn foreign_id_message(server: &str, id: &str) -> String {
    format!("This link is for {server}, whose ids differ; the same id here is {id}")
}
