//! Binaries: search, summary, archive and icon (reference 2.5).

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{file, method_not_allowed, or_not_found, process_json};
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    search::{
        document::{self, BinaryDocument},
        facet_counts,
        request::Search,
        run,
    },
    state::server::Server,
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET" | "POST", ["api", "v1", "binary"] | ["api", "binary"]) => search_binaries(server, request),
        ("GET", ["api", "v1", "binary", md5, "summary"] | ["api", "binary", md5, "summary"]) => {
            or_not_found(binary_summary(server, md5))
        }
        ("GET", ["api", "v1", "binary", md5] | ["api", "binary", md5]) => {
            or_not_found(server.world.binaries.find(md5).and_then(file::archive_response))
        }
        ("GET", ["api", "v1", "binary", md5, "icon"] | ["api", "binary", md5, "icon"]) => {
            or_not_found(server.world.binaries.find(md5).map(|_| file::icon_response()))
        }
        (
            _,
            ["api", "v1", "binary"]
            | ["api", "binary"]
            | ["api", "v1", "binary", _]
            | ["api", "v1", "binary", _, "summary" | "icon"],
        ) => method_not_allowed(),
        _ => return None,
    })
}

fn search_binaries(server: &Server, request: &ApiRequest) -> ApiResponse {
    let started = Instant::now();
    let search = match Search::parse(server, Index::Binary, request) {
        Ok(search) => search,
        Err(response) => return response,
    };
    let results: Vec<Value> = search
        .page_numbers(server)
        .into_iter()
        .filter_map(|number| run::find_binary(server, number))
        .map(|file| Value::Object(binary_row(&file)))
        .collect();
    let answer = ApiResponse::json_pretty(json!({
        "terms": search.terms(),
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "highlights": [],
        "facets": facet_counts::count_facets(server, Index::Binary, &search),
        "elapsed": started.elapsed().as_secs_f64(),
    }));
    search.or_timeout(answer)
}

fn binary_summary(server: &Server, md5: &str) -> Option<ApiResponse> {
    let binary = server.world.binaries.find(md5)?;
    let mut row = binary_row(&BinaryDocument {
        world: &server.world,
        binary,
        server_version: &server.version,
        tags: server.detections.tags(),
    });
    row.insert("icon".into(), json!(file::ICON));
    Some(ApiResponse::json_pretty(Value::Object(row)))
}

/// Returns a binary document, without the members that the version resource lacks.
fn binary_row(file: &BinaryDocument<'_>) -> Map<String, Value> {
    let BinaryDocument { world, binary, server_version: release, .. } = *file;
    let signature = document::signature_status(binary);
    let first_seen = document::first_seen(binary, world);
    let hosts: Vec<_> = file.hosts().collect();
    let endpoints: Vec<String> = hosts.iter().take(1_000).map(|host| format!("{}|{}", host.name, host.id)).collect();
    let mut groups: Vec<&str> = hosts.iter().map(|host| world.fleet.group_name(host.group)).collect();
    groups.sort_unstable();
    groups.dedup();
    let row = json!({
        "md5": binary.md5.to_uppercase(),
        "observed_filename": binary.paths,
        "orig_mod_len": binary.size,
        "copied_mod_len": binary.stored_size(),
        "is_executable_image": binary.is_program,
        "is_64bit": true,
        "digsig_result": signature,
        "signed": signature,
        "digsig_result_code": document::signature_code(binary),
        "server_added_timestamp": format::solr_time(first_seen),
        "timestamp": format::solr_time(first_seen),
        "last_seen": format::solr_time(binary.last_seen.max(first_seen)),
        "host_count": document::host_count(binary),
        "endpoint": endpoints,
        "group": groups,
        "os_type": binary.os.binary_name(),
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
    let copyright = company.map(document::copyright);
    let name = company.map(|_| binary.name.as_str());
    add("original_filename", name);
    add("internal_name", name);
    add("company_name", company);
    add("legal_copyright", copyright.as_deref());
    add("product_name", binary.product.as_deref());
    add("file_desc", binary.description.as_deref());
    if company.is_some() {
        add("file_version", Some(&binary.version));
        add("product_version", Some(&binary.version));
    }
    if let Some(at) = binary.signed_at {
        add("digsig_publisher", company);
        add("digsig_subject", company);
        add("digsig_issuer", Some("Microsoft Windows Production PCA 2011"));
        add("digsig_sign_time", Some(&format::solr_time(at - at.rem_euclid(1_000))));
    }
    if release.is_at_least_7() {
        add("sha256", Some(&binary.sha256()));
    }
    let hits = file.watchlists();
    let hits: Vec<Value> = hits.map(|(id, at)| json!({"wid": id, "value": format::solr_time(at)})).collect();
    if !hits.is_empty() {
        row.insert("watchlists".into(), json!(hits));
    }
    process_json::add_feed_fields(&mut row, &binary.feeds, first_seen);
    row
}
