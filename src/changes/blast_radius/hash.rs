//! The blast radius of banning a hash.

use std::{collections::HashMap, sync::Arc};

use futures_util::{
    FutureExt, TryFutureExt,
    future::{BoxFuture, Shared},
};
use jiff::ToSpan;

use super::{ImpactLine, Probe, describe, unavailable};
use crate::api::{Client, Error};
use crate::changes::PlanContext;
use crate::model::{Binary, Facets, Md5, Restrictions, Search, Span};
use crate::text;
use crate::text::Untrusted;

/// The names of the lines, in their order.
pub(super) const NAMES: [&str; 6] = ["file", "hosts", "groups", "running now", "last 30 days", "exclusions"];

/// The maximum number of processes that are read to count those that still run.
const MAX_PROCESSES: u64 = 500;

/// A file on more than a tenth of the hosts is no single incident.
const MANY_HOSTS_DIVISOR: u64 = 10;

/// The number of hashes per request, a query length that servers answer well.
pub(super) const HASHES_PER_REQUEST: usize = 50;

/// The binary record, which several probes share.
type SharedBinary<'a> = Shared<BoxFuture<'a, Result<Arc<Binary>, Error>>>;

/// Returns the probes, in the order of `NAMES`.
pub(super) fn impact_probes(md5: Md5, context: &PlanContext) -> Vec<Probe<'_>> {
    let client = &context.client;
    // Several probes need the record; it is requested once.
    let binary: SharedBinary<'_> = client.binary(md5).map_ok(Arc::new).boxed().shared();
    let md5 = vec![md5];
    vec![
        Box::pin(file_signature(binary.clone())),
        Box::pin(hosts_with_file(binary.clone(), context)),
        Box::pin(affected_groups(md5.clone(), client)),
        Box::pin(running_processes(md5.clone(), client)),
        Box::pin(recent_executions(md5, client)),
        Box::pin(unbannable_paths(binary, context)),
    ]
}

/// Returns the probes of one of many hashes, whose record was read in a block.
pub(super) fn record_probes(record: Result<Binary, Error>, context: &PlanContext) -> Vec<(&'static str, Probe<'_>)> {
    let [file, hosts, .., exclusions] = NAMES;
    let binary: SharedBinary<'_> = futures_util::future::ready(record.map(Arc::new)).boxed().shared();
    vec![
        (file, Box::pin(file_signature(binary.clone()))),
        (hosts, Box::pin(hosts_with_file(binary.clone(), context))),
        (exclusions, Box::pin(unbannable_paths(binary, context))),
    ]
}

/// Returns the probes of the executions of many hashes together.
pub(super) fn execution_probes<'a>(md5s: &[Md5], client: &'a Client) -> Vec<(&'static str, Probe<'a>)> {
    let [_, _, groups, running, recent, _] = NAMES;
    vec![
        (groups, Box::pin(affected_groups(md5s.to_vec(), client))),
        (running, Box::pin(running_processes(md5s.to_vec(), client))),
        (recent, Box::pin(recent_executions(md5s.to_vec(), client))),
    ]
}

/// Returns the binary records that could be read, and an error if the others may exist as well.
pub(super) async fn records(md5s: &[Md5], client: &Client) -> Result<(HashMap<Md5, Binary>, Option<Error>), Error> {
    let (mut records, mut missing_error) = (HashMap::new(), None);
    for block in md5s.chunks(HASHES_PER_REQUEST) {
        let terms: Vec<_> = block.iter().map(|md5| format!("md5:{}", md5.to_upper_hex())).collect();
        let search = Search { query: terms.join(" OR "), ..Search::default() };
        let span = Span { start: 0, rows: to_u64(HASHES_PER_REQUEST) };
        let page = client.binaries(&search, span).await?;
        if page.n_unreadable > 0 || page.is_incomplete {
            missing_error = Some(Error::Malformed {
                endpoint: "GET /api/v1/binary".into(),
                reason: "records are missing or unreadable".into(),
            });
        }
        records.extend(page.rows.into_iter().map(|binary| (binary.md5, binary)));
    }
    Ok((records, missing_error))
}

/// Describes the file and its signature.
async fn file_signature(binary: SharedBinary<'_>) -> Result<ImpactLine, Error> {
    let source = "binary record".into();
    let binary = match binary.await {
        Ok(binary) => binary,
        Err(Error::NotFound { .. }) => {
            return Ok(ImpactLine {
                text: "no binary record on the server".into(),
                source,
                notes: vec!["No binary record: publisher and signature unknown".into()],
                requests: 1,
                ..ImpactLine::default()
            });
        }
        Err(error) => return Err(error),
    };
    let signature = &binary.signature;
    let mut warnings = reasons_against_ban(&binary);
    if !has_letters(&signature.result) {
        warnings.extend(unavailable(NAMES[0], "signature unreadable"));
    }
    let publisher = match signature.publisher.non_empty() {
        Some(publisher) => format!(" by {}", text::fit(publisher, 40)),
        None => String::new(),
    };
    let signature_text = match Some(&signature.result).filter(|result| has_letters(result)) {
        Some(result) => text::make_visible(result).to_lowercase(),
        None => "signature unknown".into(),
    };
    let name = match binary.name().non_empty() {
        Some(name) => text::fit(name, 40),
        None => "unnamed file".into(),
    };
    Ok(ImpactLine {
        text: format!("{name}, {signature_text}{publisher}"),
        source,
        warnings,
        requests: 1,
        ..ImpactLine::default()
    })
}

/// Returns whether `text` has letters; the server's signature result always does.
fn has_letters(text: &Untrusted) -> bool {
    text.raw().chars().any(char::is_alphabetic)
}

/// Returns the warnings against banning a file.
fn reasons_against_ban(binary: &Binary) -> Vec<String> {
    let mut warnings = Vec::new();
    let publisher = binary.signature.publisher.raw().to_lowercase();
    let is_valid = binary.signature.is_valid() == Some(true);
    if is_valid && publisher.contains("microsoft") {
        warnings.push("Microsoft-signed; may be an OS component".into());
    }
    let company = binary.version.company.raw().to_lowercase();
    // The company of an unsigned file is the claim of its author.
    let vendor_text = if is_valid { publisher } else { company };
    if let Some(vendor) = describe::security_vendor(&vendor_text) {
        let suffix = if is_valid { "" } else { ", unverified" };
        warnings.push(format!("Belongs to a security product ({vendor}{suffix})"));
    }
    warnings
}

/// Finds the hosts that have the file, of all hosts.
async fn hosts_with_file(binary: SharedBinary<'_>, context: &PlanContext) -> Result<ImpactLine, Error> {
    let (binary, sensors) = tokio::join!(binary, context.n_sensors());
    let (endpoints, counted) = match binary {
        Ok(binary) => {
            let names = binary.endpoints.iter().map(|endpoint| &endpoint.host);
            let names: Vec<_> = names.filter(|name| !name.is_empty()).cloned().collect();
            (names, binary.hosts)
        }
        Err(Error::NotFound { .. }) => (Vec::new(), Some(0)),
        Err(error) => return Err(error),
    };
    let named = u64::try_from(endpoints.len()).unwrap_or(u64::MAX);
    let n = counted.unwrap_or(named);
    let mut warnings = Vec::new();
    if counted.is_none() {
        warnings.extend(unavailable(NAMES[1], "host count unreadable"));
    } else if n > 0 && named == 0 {
        warnings.push(format!(
            "None of its {} is named: cannot tell whether protected hosts have it",
            text::pluralize(n, "host", "hosts")
        ));
    }
    if named > 0 && named < n {
        warnings.push(format!("Only {named} of its {n} hosts are named: cannot tell whether protected hosts have it"));
    }
    if let (Err(error), true) = (&sensors.value, n > 0) {
        warnings.push(format!("Number of sensors unavailable ({error}): cannot tell whether most hosts have it"));
    }
    let total = sensors.value.ok();
    let of = total.map_or(String::new(), |n| format!(" of {}", text::pluralize(n, "host", "hosts")));
    let at_least = if counted.is_none() { describe::AT_LEAST } else { "" };
    if let Some(total) = total
        && n * MANY_HOSTS_DIVISOR > total
    {
        let percent = n * 100 / total;
        warnings.push(format!("Seen on {n} of {total} hosts ({percent} %)"));
    }
    let protected: Vec<_> = endpoints.iter().filter(|name| context.policy.protects_name(name)).collect();
    if !protected.is_empty() {
        warnings.push(format!("Present on protected hosts: {}", describe::abbreviate_names(protected.into_iter())));
    }
    Ok(ImpactLine {
        text: match (n, counted) {
            (0, None) => "unknown: the record names no host, and no number".into(),
            (0, Some(_)) => format!("seen on no host{of}"),
            (n, _) if named == 0 => format!("seen on {n}{of}, none of them named"),
            (n, _) => format!("seen on {at_least}{n}{of}: {}", describe::abbreviate_names(endpoints.iter())),
        },
        source: format!("binary record, {named} of {n} hosts named"),
        warnings,
        requests: sensors.requests,
        ..ImpactLine::default()
    })
}

/// Finds the groups of the hosts that ran the file, and whether domain controllers are among them.
async fn affected_groups(md5s: Vec<Md5>, client: &Client) -> Result<ImpactLine, Error> {
    let (facets, requests) = execution_facets(&md5s, ["group", "host_type"], "", client).await?;
    let gap = facets.gap();
    let mut warnings = Vec::new();
    let controllers = facet_values(&facets, "host_type")
        .find(|value| value.name.eq_ignore_case("domain_controller"))
        .map_or(0, |value| value.count);
    if controllers > 0 {
        warnings.push(format!("Ran on DOMAIN CONTROLLERS: {controllers} process segments"));
    } else if let Some(gap) = &gap {
        warnings.extend(unavailable(NAMES[2], gap));
    } else if facets.total > 0 && facet_values(&facets, "host_type").next().is_none() {
        warnings.extend(unavailable(NAMES[2], "no process record has the host type"));
    }
    let groups: Vec<_> = facet_values(&facets, "group").map(|value| (&value.name, value.count)).collect();
    let at_least = if gap.is_some() { describe::AT_LEAST } else { "" };
    Ok(ImpactLine {
        text: match (&groups[..], gap) {
            ([], Some(gap)) => format!("unknown: {gap}"),
            ([], None) if facets.total > 0 => "unknown: no process record names a group".into(),
            ([], None) => "no process recorded".into(),
            (some, _) => format!("{at_least}{}", describe::describe_counts(some)),
        },
        source: describe::describe_source("process search", &facets),
        warnings,
        requests,
        ..ImpactLine::default()
    })
}

/// Finds the processes that have no recorded end.
async fn running_processes(md5s: Vec<Md5>, client: &Client) -> Result<ImpactLine, Error> {
    let span = Span { start: 0, rows: MAX_PROCESSES };
    let (mut n_open, mut hosts) = (0, Vec::new());
    let (mut n_read, mut total, mut requests) = (0, 0, 0);
    let (mut is_complete, mut n_unreadable, mut is_incomplete) = (true, 0, false);
    for block in md5s.chunks(HASHES_PER_REQUEST) {
        let search =
            Search { sort: Some("last_update desc".into()), group_by: Some("id".into()), ..executions_search(block) };
        let page = client.processes(&search, span).await?;
        requests += 1;
        n_read += page.rows.len();
        n_unreadable += page.n_unreadable;
        is_incomplete |= page.is_incomplete;
        total += page.total;
        is_complete &= to_u64(page.n_sent()) < MAX_PROCESSES;
        let open = page.rows.into_iter().filter(|row| row.terminated != Some(true));
        // Only the host of each process is stored: many hashes have many processes.
        let before = hosts.len();
        hosts.extend(open.map(|process| process.host));
        n_open += hosts.len() - before;
        hosts.sort_by(Untrusted::cmp_folded);
        hosts.dedup();
    }
    let on = describe::host_count(hosts.len());
    let limits = if is_incomplete { ", INCOMPLETE" } else { "" };
    let at_least = if n_unreadable > 0 || is_incomplete { describe::AT_LEAST } else { "" };
    Ok(ImpactLine {
        text: match n_open {
            0 if n_unreadable > 0 => format!("unknown: {n_unreadable} of the processes unreadable"),
            0 if is_incomplete => "unknown: INCOMPLETE".into(),
            0 => "none".into(),
            n => format!("possibly {at_least}{n}, on {on}: {}", describe::abbreviate_names(hosts.iter())),
        },
        source: if n_unreadable > 0 {
            format!("process search, {n_read} processes read, {n_unreadable} unreadable{limits}")
        } else if is_complete {
            format!("process search, all {n_read} processes read{limits}")
        } else {
            format!("process search, {n_read} of up to {total} processes read{limits}")
        },
        requests,
        ..ImpactLine::default()
    })
}

/// Counts the process starts of the last 30 days that the ban would have blocked.
async fn recent_executions(md5s: Vec<Md5>, client: &Client) -> Result<ImpactLine, Error> {
    let now = client.clock().now();
    let since = now.checked_sub((30 * 24).hours()).unwrap_or(now);
    let started = format!(" start:[{} TO *]", since.strftime("%Y-%m-%dT%H:%M:%S"));
    let fields = ["hostname", "username"];
    let (facets, requests) = execution_facets(&md5s, fields, &started, client).await?;
    let hosts: Vec<_> = facet_values(&facets, "hostname").map(|value| &value.name).collect();
    let users: Vec<_> = facet_values(&facets, "username").map(|value| &value.name).collect();
    let gap = facets.gap();
    let at_least = if gap.is_some() { describe::AT_LEAST } else { "" };
    let on = match hosts.len() {
        0 => "an unknown number of hosts".into(),
        n => format!("{at_least}{}", describe::host_count(n)),
    };
    let users = match (users.is_empty(), gap.is_some()) {
        (true, _) => "unknown".into(),
        (false, may_be_low) => {
            let others = if may_be_low { " and maybe others" } else { "" };
            format!("{}{others}", describe::abbreviate_names(users.into_iter()))
        }
    };
    Ok(ImpactLine {
        text: match (facets.total, gap) {
            (0, Some(gap)) => format!("unknown: {gap}"),
            (0, None) => "nothing would have been blocked".into(),
            (n, _) => format!("would have blocked up to {n} starts on {on}, users: {users}"),
        },
        source: describe::describe_source("process search by start time", &facets),
        requests,
        ..ImpactLine::default()
    })
}

/// Finds the paths of the file that a ban restriction exempts.
async fn unbannable_paths(binary: SharedBinary<'_>, context: &PlanContext) -> Result<ImpactLine, Error> {
    let (restrictions, binary) = tokio::join!(context.restrictions(), binary);
    let requests = restrictions.requests;
    let Some(Restrictions { patterns }) = restrictions.value? else {
        return Ok(ImpactLine {
            text: "unknown: this server does not list its ban restrictions".into(),
            source: "ban restrictions".into(),
            requests,
            ..ImpactLine::default()
        });
    };
    let paths = binary.map(|binary| binary.observed_paths.clone()).unwrap_or_default();
    let unbannable: Vec<_> =
        paths.iter().filter(|path| patterns.iter().any(|pattern| describe::is_unbannable(pattern, path))).collect();
    let is_exempt = !unbannable.is_empty();
    Ok(ImpactLine {
        text: if is_exempt {
            format!("never blocked at {}", describe::abbreviate_names(unbannable.into_iter()))
        } else {
            "no ban restriction covers its paths".into()
        },
        notes: is_exempt
            .then(|| "A ban restriction covers one of its paths: it is not blocked there".into())
            .into_iter()
            .collect(),
        source: format!("{} ban restrictions, {}", patterns.len(), text::pluralize(paths.len(), "path", "paths")),
        requests,
        ..ImpactLine::default()
    })
}

/// Counts the facet values among the processes of the hashes, with the number of requests. `condition` is appended to
/// the query.
async fn execution_facets(
    md5s: &[Md5],
    fields: [&str; 2],
    condition: &str,
    client: &Client,
) -> Result<(Facets, u32), Error> {
    let fields = fields.map(str::to_owned);
    let (mut facets, mut requests) = (Facets::default(), 0);
    for block in md5s.chunks(HASHES_PER_REQUEST) {
        let search = Search { query: format!("{}{condition}", executions_search(block).query), ..Search::default() };
        facets.merge(client.facets(&search, &fields).await?);
        requests += 1;
    }
    Ok((facets, requests))
}

fn executions_search(md5s: &[Md5]) -> Search {
    let terms: Vec<_> = md5s.iter().map(|md5| format!("process_md5:{md5}")).collect();
    let query = match &terms[..] {
        [term] => term.clone(),
        several => format!("({})", several.join(" OR ")),
    };
    Search { query, ..Search::default() }
}

/// Returns the values of a facet.
fn facet_values<'f>(facets: &'f Facets, field: &'f str) -> impl Iterator<Item = &'f crate::model::FacetValue> {
    facets.facets.iter().filter(move |facet| facet.field == field).flat_map(|facet| &facet.values)
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
