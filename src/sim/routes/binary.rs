//! Binaries: search, summary and the way to the file itself (reference 2.5).

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{file, found, not_allowed, process_json};
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    search::{
        document::{self, File},
        facets,
        request::Search,
        run,
    },
    state::server::Server,
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET" | "POST", ["api", "v1", "binary"] | ["api", "binary"]) => search(server, ask),
        ("GET", ["api", "v1", "binary", md5, "summary"] | ["api", "binary", md5, "summary"]) => {
            found(summary(server, md5))
        }
        ("GET", ["api", "v1", "binary", md5] | ["api", "binary", md5]) => {
            found(server.world.binaries.find(md5).and_then(file::archive))
        }
        ("GET", ["api", "v1", "binary", md5, "icon"] | ["api", "binary", md5, "icon"]) => {
            found(server.world.binaries.find(md5).map(|_| file::icon()))
        }
        (
            _,
            ["api", "v1", "binary"]
            | ["api", "binary"]
            | ["api", "v1", "binary", _]
            | ["api", "v1", "binary", _, "summary" | "icon"],
        ) => not_allowed(),
        _ => return None,
    })
}

fn search(server: &Server, ask: &Ask) -> Answer {
    let started = Instant::now();
    let search = match Search::read(server, Index::Binary, ask) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    let results: Vec<Value> = search
        .page(server)
        .into_iter()
        .filter_map(|number| run::file(server, number))
        .map(|file| Value::Object(row(&file)))
        .collect();
    let answer = Answer::pretty(json!({
        "terms": search.terms(),
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "highlights": [],
        "facets": facets::count(server, Index::Binary, &search),
        "elapsed": started.elapsed().as_secs_f64(),
    }));
    search.in_time(answer)
}

fn summary(server: &Server, md5: &str) -> Option<Answer> {
    let binary = server.world.binaries.find(md5)?;
    let mut row = row(&File { world: &server.world, binary, release: &server.release, tags: server.intel.tags() });
    row.insert("icon".into(), json!(file::ICON));
    Some(Answer::pretty(Value::Object(row)))
}

/// A binary document. What the version resource does not say is absent.
fn row(file: &File<'_>) -> Map<String, Value> {
    let File { world, binary, release, .. } = *file;
    let signed = document::verdict(binary);
    let first = document::first_seen(binary, world);
    let hosts: Vec<_> = file.hosts().collect();
    let endpoints: Vec<String> = hosts.iter().take(1_000).map(|host| format!("{}|{}", host.name, host.id)).collect();
    let mut groups: Vec<&str> = hosts.iter().map(|host| world.fleet.group_name(host.group)).collect();
    groups.sort_unstable();
    groups.dedup();
    let row = json!({
        "md5": binary.md5.to_uppercase(),
        "observed_filename": binary.paths,
        "orig_mod_len": binary.size,
        "copied_mod_len": binary.copied(),
        "is_executable_image": binary.is_program,
        "is_64bit": true,
        "digsig_result": signed,
        "signed": signed,
        "digsig_result_code": document::verdict_code(binary),
        "server_added_timestamp": format::solr(first),
        "timestamp": format::solr(first),
        "last_seen": format::solr(binary.last_seen.max(first)),
        "host_count": document::host_count(binary),
        "endpoint": endpoints,
        "group": groups,
        "os_type": binary.os.upper(),
        "cb_version": 600,
        "event_partition_id": [(world.now / 1_000 - 86_400) * 65_536],
        "facet_id": 1_000 + binary.size % 100_000,
    });
    let Value::Object(mut row) = row else {
        return Map::new();
    };
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            row.insert(name.into(), json!(value));
        }
    };
    let company = binary.company.as_deref();
    let right = company.map(document::copyright);
    let name = company.map(|_| binary.name.as_str());
    add("original_filename", name);
    add("internal_name", name);
    add("company_name", company);
    add("legal_copyright", right.as_deref());
    add("product_name", binary.product.as_deref());
    add("file_desc", binary.description.as_deref());
    if company.is_some() {
        add("file_version", Some(&binary.version));
        add("product_version", Some(&binary.version));
    }
    if let Some(at) = binary.signed {
        add("digsig_publisher", company);
        add("digsig_subject", company);
        add("digsig_issuer", Some("Microsoft Windows Production PCA 2011"));
        add("digsig_sign_time", Some(&format::solr(at - at.rem_euclid(1_000))));
    }
    if release.is_7() {
        add("sha256", Some(&binary.sha256()));
    }
    let hits = file.watchlists();
    let hits: Vec<Value> = hits.map(|(id, at)| json!({"wid": id, "value": format::solr(at)})).collect();
    if !hits.is_empty() {
        row.insert("watchlists".into(), json!(hits));
    }
    process_json::feeds(&mut row, &binary.feeds, first);
    row
}
