//! Resolution of links to the server's web console. Links to another server are not opened there.

use crate::model::{self, Link, LinkTarget, SensorFilter};
use crate::query::{self, Index, quote};
use crate::session::{Destination, Session};
use crate::text;

/// Returns the name of the other server that a link is for, if it is not for this one.
fn other_server_name(link: &Link, session: &Session) -> Option<String> {
    let other = link.server.as_deref().filter(|_| !link.is_for_server(&own_server(session)));
    other.map(|server| text::make_visible(&server.into()))
}

/// Returns the host name of this server as links have it.
pub(super) fn own_server(session: &Session) -> String {
    model::host(&session.connection.info.url).unwrap_or_default()
}

/// Returns the query for a link, and the name of the other server if the link is for one.
///
///
/// # Errors
///
///
/// Returns why the link has no query for `index`.
pub(super) fn link_query(index: Index, link: &Link, session: &Session) -> Result<(String, Option<String>), String> {
    let linked = query::link_query(index, link)?;
    match other_server_name(link, session) {
        Some(server) if linked.is_server_specific => Err(format!(
            "This link is for {server}, where IDs differ. For the same ID on this server write {}",
            linked.query
        )),
        other => Ok((linked.query, other)),
    }
}

/// Returns the sensor filter for a link to a host; `None` if `text` is not a link.
pub(super) fn link_sensor_filter(text: &str, session: &Session) -> Option<Result<String, String>> {
    let link = Link::parse(text)?;
    let LinkTarget::Host(id) = link.target else {
        let noun = link.label();
        return Some(Err(format!("This link points to {noun}, not to a host. Open it from the command palette")));
    };
    let filter = SensorFilter { id: Some(id), ..SensorFilter::default() };
    let filter = filter.to_string();
    Some(match other_server_name(&link, session) {
        Some(server) => Err(foreign_id_message(&server, &filter)),
        None => Ok(filter),
    })
}

/// Returns where a link leads, with a note; `None` if `text` is not a link.
pub(super) fn parse_destination(text: &str, session: &Session) -> Option<Result<(Destination, String), String>> {
    let link = Link::parse(text)?;
    Some(link_destination(&link, session))
}

fn link_destination(link: &Link, session: &Session) -> Result<(Destination, String), String> {
    let other_server = other_server_name(link, session);
    let own_only = |destination: Destination, id: &str| match &other_server {
        Some(server) => Err(foreign_id_message(server, id)),
        None => Ok(destination),
    };
    let search = |index: Index| -> Result<Destination, String> {
        let (query, _) = link_query(index, link, session)?;
        Ok(Destination::Search(index, query))
    };
    let destination = match &link.target {
        // GUIDs and hashes do not differ between servers.
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
        LinkTarget::Other(_) => return Err(format!("This link points to {}", link.label())),
    };
    let noun = link.label();
    let note = match other_server {
        None => format!("The link points to {noun}"),
        Some(server) => format!("The link points to {noun} on {server}; {} has this", own_server(session)),
    };
    Ok((destination, note))
}

/// Returns the error for an ID of another server, which identifies something else here.
fn foreign_id_message(server: &str, id: &str) -> String {
    format!("This link is for {server}, where IDs differ. The same ID on this server is {id}")
}
