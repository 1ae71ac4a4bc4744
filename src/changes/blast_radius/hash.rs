//! Whom the ban of a hash will hit.

use std::{collections::HashMap, sync::Arc};

use futures::{
    FutureExt, TryFutureExt,
    future::{BoxFuture, Shared},
};
use jiff::ToSpan;

use super::{Fact, Look, describe, unavailable};
use crate::api::{Client, Error};
use crate::changes::Estate;
use crate::model::{Binary, Facets, Md5, Restrictions, Search, Span};
use crate::text;
use crate::text::Untrusted;

/// The lines, in their order.
pub(super) const NAMES: [&str; 6] = ["file", "hosts", "groups", "running now", "last 30 days", "exclusions"];

/// Processes that are read to count those that run.
const READ: u64 = 500;

/// A tenth of the hosts: more than that is not one incident.
const MANY: u64 = 10;

/// So many hashes are asked for together: servers answer so long a query well.
pub(super) const TOGETHER: usize = 50;

/// The record of the file, which several lines wait for.
type Record<'a> = Shared<BoxFuture<'a, Result<Arc<Binary>, Error>>>;

/// The looks, in the order of their names.
pub(super) fn looks(md5: Md5, estate: &Estate) -> Vec<Look<'_>> {
    let client = &estate.client;
    // Several lines tell of it; it is asked for once.
    let binary: Record<'_> = client.binary(md5).map_ok(Arc::new).boxed().shared();
    let md5 = vec![md5];
    vec![
        Box::pin(file(binary.clone())),
        Box::pin(hosts(binary.clone(), estate)),
        Box::pin(groups(md5.clone(), client)),
        Box::pin(running(md5.clone(), client)),
        Box::pin(lately(md5, client)),
        Box::pin(never(binary, estate)),
    ]
}

/// The looks at one of many hashes, whose record was read with those of the others.
pub(super) fn looks_at_record(record: Result<Binary, Error>, estate: &Estate) -> Vec<(&'static str, Look<'_>)> {
    let [what, where_seen, .., spared] = NAMES;
    let binary: Record<'_> = futures::future::ready(record.map(Arc::new)).boxed().shared();
    vec![
        (what, Box::pin(file(binary.clone()))),
        (where_seen, Box::pin(hosts(binary.clone(), estate))),
        (spared, Box::pin(never(binary, estate))),
    ]
}

/// The looks at what has run of many hashes, all together.
pub(super) fn looks_at_runs<'a>(md5s: &[Md5], client: &'a Client) -> Vec<(&'static str, Look<'a>)> {
    let [_, _, by_group, open, recent, _] = NAMES;
    vec![
        (by_group, Box::pin(groups(md5s.to_vec(), client))),
        (open, Box::pin(running(md5s.to_vec(), client))),
        (recent, Box::pin(lately(md5s.to_vec(), client))),
    ]
}

/// The records of files, as far as there are any, and why one that is missing may be there all the same.
pub(super) async fn records(md5s: &[Md5], client: &Client) -> Result<(HashMap<Md5, Binary>, Option<Error>), Error> {
    let (mut records, mut doubt) = (HashMap::new(), None);
    for block in md5s.chunks(TOGETHER) {
        let each: Vec<_> = block.iter().map(|md5| format!("md5:{}", md5.upper())).collect();
        let search = Search { query: each.join(" OR "), ..Search::default() };
        let span = Span { start: 0, rows: count(TOGETHER) };
        let page = client.binaries(&search, span).await?;
        if page.broken > 0 || page.is_incomplete {
            doubt = Some(Error::Malformed {
                endpoint: "GET /api/v1/binary".into(),
                reason: "records are missing from it or cannot be read".into(),
            });
        }
        records.extend(page.rows.into_iter().map(|binary| (binary.md5, binary)));
    }
    Ok((records, doubt))
}

/// What the file is, and who vouches for it.
async fn file(binary: Record<'_>) -> Result<Fact, Error> {
    let source = "binary record".into();
    let binary = match binary.await {
        Ok(binary) => binary,
        Err(Error::NotFound { .. }) => {
            return Ok(Fact {
                said: "no binary record on the server".into(),
                source,
                notes: vec!["No binary record: publisher and signature unknown".into()],
                requests: 1,
                ..Fact::default()
            });
        }
        Err(error) => return Err(error),
    };
    let signature = &binary.signature;
    let mut warnings = suspicions(&binary);
    if !has_letters(&signature.result) {
        warnings.extend(unavailable(NAMES[0], "its signature cannot be read"));
    }
    let publisher = match signature.publisher.non_empty() {
        Some(publisher) => format!(" by {}", text::fit(publisher, 40)),
        None => String::new(),
    };
    let verdict = match Some(&signature.result).filter(|result| has_letters(result)) {
        Some(result) => text::visible(result).to_lowercase(),
        None => "signature unknown".into(),
    };
    let name = match binary.name().non_empty() {
        Some(name) => text::fit(name, 40),
        None => "unnamed file".into(),
    };
    Ok(Fact { said: format!("{name}, {verdict}{publisher}"), source, warnings, requests: 1, ..Fact::default() })
}

/// Whether it is a word: the server's verdict on a signature always is.
fn has_letters(text: &Untrusted) -> bool {
    text.raw().chars().any(char::is_alphabetic)
}

/// What of a file speaks against its ban.
fn suspicions(binary: &Binary) -> Vec<String> {
    let mut warnings = Vec::new();
    let publisher = binary.signature.publisher.raw().to_lowercase();
    let is_good = binary.signature.is_good() == Some(true);
    if is_good && publisher.contains("microsoft") {
        warnings.push("Microsoft-signed; may be an OS component".into());
    }
    let company = binary.version.company.raw().to_lowercase();
    // A name that nobody vouches for is what whoever wrote the file says.
    let makers = if is_good { publisher } else { company };
    if let Some(maker) = describe::security_maker(&makers) {
        let doubt = if is_good { "" } else { ", unverified" };
        warnings.push(format!("Belongs to a security product ({maker}{doubt})"));
    }
    warnings
}

/// Which hosts have it, of how many.
async fn hosts(binary: Record<'_>, estate: &Estate) -> Result<Fact, Error> {
    let (binary, sensors) = tokio::join!(binary, estate.n_sensors());
    let (endpoints, counted) = match binary {
        Ok(binary) => {
            let names = binary.endpoints.iter().map(|one| one.host.clone());
            let names: Vec<_> = names.collect();
            (names, binary.hosts)
        }
        Err(Error::NotFound { .. }) => (Vec::new(), Some(0)),
        Err(error) => return Err(error),
    };
    let named = u64::try_from(endpoints.len()).unwrap_or(u64::MAX);
    let n = counted.unwrap_or(named);
    let mut warnings = Vec::new();
    if counted.is_none() {
        warnings.extend(unavailable(NAMES[1], "the number cannot be read"));
    } else if n > 0 && named == 0 {
        warnings.push(format!(
            "None of its {} is named: cannot tell whether protected hosts have it",
            text::counted(n, "host", "hosts")
        ));
    }
    if let (Err(error), true) = (&sensors.value, n > 0) {
        warnings.push(format!("Number of sensors unavailable ({error}): cannot tell whether most hosts have it"));
    }
    let total = sensors.value.ok();
    let of = total.map_or(String::new(), |n| format!(" of {}", text::counted(n, "host", "hosts")));
    let at_least = describe::at_least(counted.is_none());
    if let Some(total) = total
        && n * MANY > total
    {
        let percent = n * 100 / total;
        warnings.push(format!("Seen on {n} of {total} hosts ({percent} %)"));
    }
    let protected: Vec<_> = endpoints.iter().filter(|name| estate.guard.names(name)).collect();
    if !protected.is_empty() {
        warnings.push(format!("Present on protected hosts: {}", describe::few(protected.into_iter())));
    }
    Ok(Fact {
        said: match (n, counted) {
            (0, None) => "unknown: the record names no host, and no number".into(),
            (0, Some(_)) => format!("seen on no host{of}"),
            (n, _) if named == 0 => format!("seen on {n}{of}, none of them named"),
            (n, _) => format!("seen on {at_least}{n}{of}: {}", describe::few(endpoints.iter())),
        },
        source: format!("binary record, {named} of {n} hosts named"),
        warnings,
        requests: sensors.requests,
        ..Fact::default()
    })
}

/// Of which groups the hosts are that ran it, and whether domain controllers are among them.
async fn groups(md5s: Vec<Md5>, client: &Client) -> Result<Fact, Error> {
    let (facets, requests) = facets_of_runs(&md5s, ["group", "host_type"], "", client).await?;
    let gap = facets.gap();
    let mut warnings = Vec::new();
    let controllers = counted(&facets, "host_type")
        .find(|value| value.name.is_like("domain_controller"))
        .map_or(0, |value| value.count);
    if controllers > 0 {
        warnings.push(format!("Ran on DOMAIN CONTROLLERS: {controllers} process segments"));
    } else if let Some(gap) = &gap {
        warnings.extend(unavailable(NAMES[2], gap));
    } else if facets.total > 0 && counted(&facets, "host_type").next().is_none() {
        warnings.extend(unavailable(NAMES[2], "no process of it says its host's"));
    }
    let groups: Vec<_> = counted(&facets, "group").map(|value| (&value.name, value.count)).collect();
    let at_least = describe::at_least(gap.is_some());
    Ok(Fact {
        said: match (&groups[..], gap) {
            ([], Some(gap)) => format!("unknown: {gap}"),
            ([], None) if facets.total > 0 => "unknown: no process record names a group".into(),
            ([], None) => "no process recorded".into(),
            (some, _) => format!("{at_least}{}", describe::tally(some)),
        },
        source: describe::source("process search", &facets),
        warnings,
        requests,
        ..Fact::default()
    })
}

/// What of it runs, as far as no end was seen.
async fn running(md5s: Vec<Md5>, client: &Client) -> Result<Fact, Error> {
    let first = Span { start: 0, rows: READ };
    let (mut n_open, mut hosts) = (0, Vec::new());
    let (mut n_read, mut total, mut requests) = (0, 0, 0);
    let (mut is_all, mut n_broken, mut is_incomplete) = (true, 0, false);
    for block in md5s.chunks(TOGETHER) {
        let search = Search { sort: Some("last_update desc".into()), group_by: Some("id".into()), ..ran(block) };
        let page = client.processes(&search, first).await?;
        requests += 1;
        n_read += page.rows.len();
        n_broken += page.broken;
        is_incomplete |= page.is_incomplete;
        total += page.total;
        is_all &= count(page.sent()) < READ;
        let open = page.rows.into_iter();
        let open = open.filter(|row| row.terminated != Some(true));
        // Of each process the host alone is kept: many hashes have many processes.
        let before = hosts.len();
        hosts.extend(open.map(|process| process.host));
        n_open += hosts.len() - before;
        hosts.sort_by(Untrusted::cmp_folded);
        hosts.dedup();
    }
    let on = describe::hosts(hosts.len());
    let limits = if is_incomplete { ", INCOMPLETE" } else { "" };
    let at_least = describe::at_least(n_broken > 0 || is_incomplete);
    Ok(Fact {
        said: match n_open {
            0 if n_broken > 0 => format!("unknown: {n_broken} of the processes unreadable"),
            0 if is_incomplete => "unknown: INCOMPLETE".into(),
            0 => "none".into(),
            n => format!("possibly {at_least}{n}, on {on}: {}", describe::few(hosts.iter())),
        },
        source: if n_broken > 0 {
            format!("process search, {n_read} processes read, {n_broken} unreadable{limits}")
        } else if is_all {
            format!("process search, all {n_read} processes read{limits}")
        } else {
            format!("process search, {n_read} of up to {total} processes read{limits}")
        },
        requests,
        ..Fact::default()
    })
}

/// What the ban would have stopped lately.
async fn lately(md5s: Vec<Md5>, client: &Client) -> Result<Fact, Error> {
    let now = client.clock().now();
    let since = now.checked_sub((30 * 24).hours()).unwrap_or(now);
    let started = format!(" start:[{} TO *]", since.strftime("%Y-%m-%dT%H:%M:%S"));
    let fields = ["hostname", "username"];
    let (facets, requests) = facets_of_runs(&md5s, fields, &started, client).await?;
    let hosts: Vec<_> = counted(&facets, "hostname").map(|value| &value.name).collect();
    let users: Vec<_> = counted(&facets, "username").map(|value| &value.name).collect();
    let gap = facets.gap();
    let at_least = describe::at_least(gap.is_some());
    let on = match hosts.len() {
        0 => "an unknown number of hosts".into(),
        n => format!("{at_least}{}", describe::hosts(n)),
    };
    let users = match (users.is_empty(), gap.is_some()) {
        (true, _) => "unknown".into(),
        (false, is_less) => {
            let others = if is_less { " and maybe others" } else { "" };
            format!("{}{others}", describe::few(users.into_iter()))
        }
    };
    Ok(Fact {
        said: match (facets.total, gap) {
            (0, Some(gap)) => format!("unknown: {gap}"),
            (0, None) => "nothing would have been blocked".into(),
            (n, _) => format!("would have blocked up to {n} starts on {on}, users: {users}"),
        },
        source: describe::source("process search by start time", &facets),
        requests,
        ..Fact::default()
    })
}

/// Where the ban will stop nothing: paths that no ban reaches.
async fn never(binary: Record<'_>, estate: &Estate) -> Result<Fact, Error> {
    let (restrictions, binary) = tokio::join!(estate.restrictions(), binary);
    let requests = restrictions.requests;
    let Some(Restrictions { patterns }) = restrictions.value? else {
        return Ok(Fact {
            said: "unknown: this server does not list its ban restrictions".into(),
            source: "ban restrictions".into(),
            requests,
            ..Fact::default()
        });
    };
    let paths = binary.map(|binary| binary.observed_paths.clone()).unwrap_or_default();
    let spared: Vec<_> =
        paths.iter().filter(|path| patterns.iter().any(|pattern| describe::is_restricted(pattern, path))).collect();
    let is_spared = !spared.is_empty();
    Ok(Fact {
        said: if is_spared {
            format!("never blocked at {}", describe::few(spared.into_iter()))
        } else {
            "no ban restriction covers its paths".into()
        },
        notes: is_spared
            .then(|| "A ban restriction covers one of its paths: it is not blocked there".into())
            .into_iter()
            .collect(),
        source: format!("{} ban restrictions, {}", patterns.len(), text::counted(paths.len(), "path", "paths")),
        requests,
        ..Fact::default()
    })
}

/// How often each value occurs among the processes of files, with how many requests that took. `more` is a part of the
/// query that stands behind the hashes.
async fn facets_of_runs(md5s: &[Md5], fields: [&str; 2], more: &str, client: &Client) -> Result<(Facets, u32), Error> {
    let fields = fields.map(str::to_owned);
    let (mut all, mut requests) = (Facets::default(), 0);
    for block in md5s.chunks(TOGETHER) {
        let search = Search { query: format!("{}{more}", ran(block).query), ..Search::default() };
        all.merge(client.facets(&search, &fields).await?);
        requests += 1;
    }
    Ok((all, requests))
}

fn ran(md5s: &[Md5]) -> Search {
    let each = md5s.iter().map(|md5| format!("process_md5:{md5}"));
    let each: Vec<_> = each.collect();
    let query = match &each[..] {
        [one] => one.clone(),
        several => format!("({})", several.join(" OR ")),
    };
    Search { query, ..Search::default() }
}

/// The values of a facet.
fn counted<'f>(facets: &'f Facets, field: &'f str) -> impl Iterator<Item = &'f crate::model::FacetValue> {
    let its = facets.facets.iter().filter(move |facet| facet.field == field);
    its.flat_map(|facet| &facet.values)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
