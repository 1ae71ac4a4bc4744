//! Searches: pages, order, filters, facets, what is found.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use lampblack::sim::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, form, ids, rows, small, time};

#[tokio::test]
async fn pages_join_without_gap_or_double() {
    let lab = Lab::small().await;
    for query in [("q", ""), ("q", "process_name:svchost.exe"), ("sort", "process_name asc")] {
        let rows = lab.pages(&[query], 173).await;
        let truth = lab.truth(&[query]).await;
        let found = ids(&rows, "unique_id");
        assert_eq!(json!(found), truth["unique_ids"], "{query:?}");
        assert_eq!(BTreeSet::from_iter(&found).len(), found.len(), "{query:?}");
        assert_eq!(truth["count"], found.len(), "{query:?}");
    }
}

#[tokio::test]
async fn rows_come_in_the_order_asked_for() {
    let lab = Lab::small().await;
    let starts = |order| {
        let lab = &lab;
        async move { ids(rows(&lab.search(&[("sort", order), ("rows", "500")]).await), "process_name") }
    };
    let (up, down) = (starts("process_name asc").await, starts("process_name desc").await);
    assert!(up.iter().map(|name| name.to_lowercase()).is_sorted());
    assert!(down.iter().rev().map(|name| name.to_lowercase()).is_sorted());
    let newest = lab.search(&[("rows", "300")]).await;
    let updates = rows(&newest).iter().map(|row| time(&row["last_update"]));
    assert!(updates.rev().is_sorted(), "the default is last_update desc");
}

#[tokio::test]
async fn a_count_needs_no_rows_and_an_offset_past_the_end_finds_none() {
    let lab = Lab::small().await;
    let count = lab.search(&[("q", ""), ("rows", "0"), ("start", "0")]).await;
    assert_eq!(rows(&count).len(), 0);
    assert!(count["total_results"].as_u64().unwrap() > 2_000);
    let past = lab.search(&[("start", "1000000")]).await;
    assert_eq!(rows(&past).len(), 0);
    assert_eq!(past["start"], 1_000_000);
    assert_eq!(past["total_results"], count["total_results"]);
    assert_eq!(rows(&lab.search(&[]).await).len(), 10, "ten rows by default");
    for flag in ["comprehensive_search", "all_segments"] {
        assert_eq!(count[flag], true);
    }
    assert_eq!((&count["incomplete_results"], &count["filtered"]), (&json!(false), &json!({})));
}

#[tokio::test]
async fn grouping_by_id_leaves_one_row_of_each_process() {
    let lab = Lab::small().await;
    let single = ids(&lab.pages(&[], 1_000).await, "id");
    let grouped = ids(&lab.pages(&[("cb.group", "id")], 1_000).await, "id");
    let distinct = BTreeSet::from_iter(&single);
    assert!(distinct.len() < single.len(), "no process has two segments");
    assert_eq!(BTreeSet::from_iter(&grouped), distinct);
    assert_eq!(grouped.len(), distinct.len());
}

#[tokio::test]
async fn each_time_filter_bounds_its_clock() {
    let lab = Lab::small().await;
    let all = lab.pages(&[], 1_000).await;
    let bound = "2021-03-03T12:00:00Z";
    for (name, field, is_min) in [
        ("cb.min_last_update", "last_update", true),
        ("cb.max_last_update", "last_update", false),
        ("cb.min_last_server_update", "last_server_update", true),
        ("cb.max_last_server_update", "last_server_update", false),
    ] {
        let passes = |row: &&Value| (time(&row[field]) >= time(&json!(bound))) == is_min;
        let expected = all.iter().filter(passes).count();
        assert!(0 < expected && expected < all.len(), "{name} would prove nothing");
        let found = lab.search(&[(name, bound), ("rows", "0")]).await;
        assert_eq!(found["total_results"], expected, "{name}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_a_400_with_a_reason() {
    let lab = Lab::small().await;
    for query in ["(process_name:a", "process_name:\"a"] {
        let response = lab.get(&format!("/api/v1/process?{}", form(&[("q", query)]))).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{query}");
        let body: Value = response.json().await.unwrap();
        let reason = body["reason"].as_str().unwrap();
        assert!(["query_malformed_syntax", "query_syntax_error"].contains(&reason), "{reason}");
    }
}

#[tokio::test]
async fn criteria_in_parameters_are_joined_to_the_query() {
    let lab = Lab::small().await;
    let text = lab.truth(&[("q", "process_name:cmd.exe hostname:fin-ws-042")]).await;
    let split = lab.truth(&[("q", "process_name:cmd.exe"), ("cb.q.hostname", "fin-ws-042")]).await;
    let filtered = lab.truth(&[("q", "process_name:cmd.exe"), ("cb.fq.hostname", "fin-ws-042")]).await;
    assert!(text["count"].as_u64().unwrap() > 0);
    assert_eq!(text, split);
    assert_eq!(text, filtered);
    let both = lab.truth(&[("cb.fq.hostname", "fin-ws-042"), ("cb.fq.hostname", "srv-file-01")]).await;
    let one = lab.truth(&[("cb.fq.hostname", "fin-ws-042")]).await;
    assert!(both["count"].as_u64() > one["count"].as_u64(), "one field twice is either");
    let body = json!({"q": ["process_name:cmd.exe"], "cb.fq.hostname": "fin-ws-042", "rows": 500});
    let posted: Value = lab.send(Method::POST, "/api/v1/process", Some(body)).await.json().await.unwrap();
    assert_eq!(json!(ids(rows(&posted), "unique_id")), text["unique_ids"]);
}

#[tokio::test]
async fn facets_count_the_whole_result() {
    let lab = Lab::small().await;
    let params = [
        ("q", "os_type:windows"),
        ("facet", "true"),
        ("facet.field", "process_name"),
        ("facet.field", "username"),
        ("rows", "0"),
    ];
    let found = lab.search(&params).await;
    let names = found["facets"]["process_name"].as_array().unwrap();
    let sum: u64 = names.iter().map(|facet| facet["value"].as_u64().unwrap()).sum();
    assert_eq!(found["total_results"], sum);
    assert_eq!(names[0]["percent"], 100.0);
    let largest = names[0]["value"].as_u64().unwrap();
    assert!(names.iter().all(|facet| facet["value"].as_u64().unwrap() <= largest));
    assert!(names[0]["ratio"].is_string());
    let narrowed =
        lab.truth(&[("q", "os_type:windows"), ("cb.fq.process_name", names[0]["name"].as_str().unwrap())]).await;
    assert_eq!(narrowed["count"], largest);
    let users = found["facets"]["username"].as_array().unwrap();
    assert!(users.iter().any(|facet| facet["name"] == "mlopez"), "accounts stand alone");
    assert_eq!(lab.search(&[("facet", "false")]).await["facets"], json!({}));
    let defaults = lab.search(&[("facet", "true"), ("rows", "0")]).await;
    assert_eq!(defaults["facets"]["hour_of_day"].as_array().unwrap().len(), 24);
    assert!(defaults["facets"]["hour_of_day"][0].get("ratio").is_none());
    let days = defaults["facets"]["start"].as_array().unwrap();
    assert_eq!(days.len(), 30);
    assert_eq!(days[29]["name"], "2021-03-04T00:00:00Z");
    let day = [("q", "start:[2021-03-04T00:00:00Z TO 2021-03-04T23:59:59.999Z]"), ("rows", "0")];
    assert_eq!(
        days[29]["value"],
        lab.search(&day).await["total_results"],
        "the bar of a day is what a search of the day finds"
    );
}

#[tokio::test]
async fn facets_count_segments_even_where_rows_are_grouped() {
    let lab = Lab::small().await;
    let asked = [("q", "process_name:svchost.exe"), ("facet", "true"), ("facet.field", "hostname")];
    let plain = lab.search(&asked).await;
    let grouped = lab.search(&[&asked[..], &[("cb.group", "id")]].concat()).await;
    assert_eq!(plain["facets"], grouped["facets"]);
    let truth = lab.truth(&asked[..1]).await;
    let counts = plain["facets"]["hostname"].as_array().unwrap().iter();
    let sum: u64 = counts.map(|host| host["value"].as_u64().unwrap()).sum();
    assert_eq!(truth["count"], sum);
    assert!(truth["processes"].as_u64().unwrap() < sum);
}

#[tokio::test]
async fn binaries_have_facets_of_their_own() {
    let lab = Lab::small().await;
    let found = lab.json("/api/v1/binary?facet=true&rows=0").await;
    let facets = found["facets"].as_object().unwrap();
    for name in [
        "product_name_facet",
        "file_version_facet",
        "digsig_result",
        "company_name_facet",
        "digsig_publisher_facet",
        "observed_filename_facet",
        "group",
        "hostname",
        "host_count",
    ] {
        let first = &facets[name][0];
        assert_eq!(first["percent"], 100.0, "{name}");
        assert!(first["ratio"].is_string(), "{name}");
    }
    assert!(facets.contains_key("alliance_score_virustotal"));
    for (name, bars) in [("digsig_sign_time", 48), ("server_added_timestamp", 30)] {
        let listed = facets[name].as_array().unwrap();
        assert_eq!(listed.len(), bars, "{name}");
        assert!(listed[0].get("percent").is_none(), "{name}");
    }
    let verdicts = facets["digsig_result"].as_array().unwrap().iter();
    let sum: u64 = verdicts.map(|one| one["value"].as_u64().unwrap()).sum();
    assert_eq!(found["total_results"], sum);
}

#[tokio::test]
async fn a_library_is_as_common_as_the_processes_that_loaded_it() {
    let lab = Lab::small().await;
    let query =
        form(&[("q", "is_executable_image:false company_name:microsoft"), ("rows", "1"), ("sort", "host_count desc")]);
    let library = lab.json(&format!("/api/v1/binary?{query}")).await;
    let md5 = rows(&library)[0]["md5"].as_str().unwrap();
    let path = format!("/api/v1/process/host/count?cb.freqver=1&name=md5&md5={md5}");
    let count = lab.json(&path).await;
    let loaders = lab.search(&[("q", &format!("md5:{md5}")), ("rows", "0")]).await;
    assert_eq!(count["globalCount"], loaders["total_results"]);
    let hosts = count["hostnames"].as_array().unwrap();
    assert_eq!(count["hostCount"], hosts.len());
    assert!(hosts.len() > 3, "{hosts:?}");
}

#[tokio::test]
async fn a_large_world_answers() {
    let lab = Lab::start(Options { processes: 200_000, ..small() }).await;
    let all = lab.search(&[("rows", "10")]).await;
    assert!(all["total_results"].as_u64().unwrap() > 200_000);
    let found = lab.search(&[("q", "process_name:svch0st.exe"), ("rows", "10")]).await;
    assert_eq!(found["total_results"], 7);
    let deep = lab.search(&[("rows", "10"), ("start", "150000")]).await;
    assert_eq!(rows(&deep).len(), 10);
}

#[tokio::test]
async fn the_documentations_histogram_has_the_figures_it_prints() {
    for version in ["5.2", "6.2", "7.8"] {
        let lab = Lab::start(Options { server_version: version.into(), ..small() }).await;
        let found = lab
            .search(&[
                ("q", "hostname:WIN-IA9NQ1GN8OI username:bit9rad"),
                ("rows", "0"),
                ("facet", "true"),
                ("facet.field", "process_name"),
                ("facet.field", "username"),
            ])
            .await;
        let names = found["facets"]["process_name"].as_array().unwrap();
        let printed: Vec<_> = names[..7]
            .iter()
            .map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap().to_owned();
                // The bars of the page: half of the whole part of the percentage.
                let bar = (entry["percent"].as_f64().unwrap().floor() / 2.0).floor();
                (text("name"), text("ratio"), bar)
            })
            .collect();
        let row = |name: &str, ratio: &str, bar| (name.to_owned(), ratio.to_owned(), bar);
        assert_eq!(
            printed,
            [
                row("chrome.exe", "23.4", 50.0),
                row("thumbnailextractionhost.exe", "15.4", 32.0),
                row("adobearm.exe", "8.6", 18.0),
                row("taskhost.exe", "6.0", 12.0),
                row("conhost.exe", "4.7", 9.0),
                row("ping.exe", "4.0", 8.0),
                row("wermgr.exe", "3.5", 7.0),
            ],
            "{version}"
        );
        assert_eq!(found["facets"]["username"][0]["name"], "bit9rad");
    }
}

#[tokio::test]
async fn ten_thousand_terms_take_a_bounded_time_and_find_what_one_would() {
    let search_timeout = Duration::from_secs(8);
    let lab = Lab::start(Options { search_timeout, ..small() }).await;
    let one = "0f2d5c1e9a7b4468b3d0e6f1a2c3b4d5";
    let hash = |number: u32| format!("{number:08x}{}", &one[8..]);
    let known = lab.search(&[("q", "process_name:svch0st.exe"), ("rows", "1")]).await;
    let known = rows(&known)[0]["process_md5"].as_str().unwrap().to_owned();
    let many: Vec<String> = (0..10_000).map(hash).chain([known.clone()]).collect();
    let all = lab.truth(&[("q", "")]).await["count"].clone();
    let send = async |query: String| {
        let started = Instant::now();
        let body = json!({"q": query, "rows": 0});
        let answer = lab.send(Method::POST, "/api/v1/process", Some(body)).await;
        let took = started.elapsed();
        assert!(took < search_timeout + Duration::from_secs(10), "{took:?}");
        answer
    };
    for (query, same) in [
        (format!("md5:{}", many.join(" or md5:")), format!("md5:{known}")),
        (format!("-md5:{}", many.join(" -md5:")), format!("-md5:{known}")),
    ] {
        let answer = send(query).await;
        assert_eq!(answer.status(), StatusCode::OK, "{same}");
        let found: Value = answer.json().await.unwrap();
        let expected = lab.truth(&[("q", &same)]).await;
        assert_eq!(found["total_results"], expected["count"], "{same}");
        assert!(expected["count"] != json!(0) && expected["count"] != all);
    }
    // Each of these is looked for in every field. A server that takes too long for it says so.
    let status = send(many.join(" or ")).await.status();
    assert!([StatusCode::OK, StatusCode::GATEWAY_TIMEOUT].contains(&status), "{status}");
}

#[tokio::test]
async fn what_third_parties_ask_for_is_answered() {
    let lab = Lab::small().await;
    let found = lab.search(&[("q", "process_name:svch0st.exe"), ("rows", "1")]).await;
    let row = &rows(&found)[0];
    let pid = row["process_pid"].as_i64().unwrap();
    let total = async |q: String| lab.truth(&[("q", &q)]).await["count"].clone();
    for (query, same) in [
        (format!("process_pid:{pid} process_name:svch0st.exe"), format!("process_id:{}", row["id"].as_str().unwrap())),
        ("netconn_count:[1 to *]".into(), "netconn_count:[1 TO *]".into()),
        ("start:[2021-03-01 to 2021-03-03]".into(), "start:[2021-03-01 TO 2021-03-03]".into()),
    ] {
        let (found, expected) = (total(query.clone()).await, total(same).await);
        assert_eq!(found, expected, "{query}");
        assert_ne!(found, 0, "{query}");
    }
    let alerts = lab.json("/api/v2/alert?rows=1").await;
    let id = rows(&alerts)[0]["unique_id"].as_str().unwrap();
    let found = lab.json(&format!("/api/v2/alert?q=unique_id:{id}")).await;
    assert_eq!(ids(rows(&found), "unique_id"), [id]);
    for (state, code) in [
        ("Unsigned", "2148204800"),
        ("Expired", "2148204801"),
        ("Untrusted Root", "2148204809"),
        ("Invalid Chain", "2148204810"),
        ("Explicit Distrust", "2148204817"),
        ("Bad Signature", "2148098064"),
        ("Invalid Signature", "2148098052"),
        ("(Unknown)", "2148204547"),
        ("Signed", "0"),
    ] {
        for field in ["signed", "digsig_result"] {
            let query = form(&[("q", &format!("{field}:\"{state}\""))]);
            let found = lab.json(&format!("/api/v1/binary?{query}")).await;
            assert!(!rows(&found).is_empty(), "{field}:{state}");
            for row in rows(&found) {
                let signature = [&row["signed"], &row["digsig_result"], &row["digsig_result_code"]];
                assert_eq!(signature, [state, state, code]);
            }
        }
    }
}

#[tokio::test]
async fn a_world_without_hostile_strings_has_none() {
    let plain = Lab::start(Options { hostile: false, ..small() }).await;
    let hostile = Lab::small().await;
    let all_records = async |lab: &Lab| {
        let mut all = lab.pages(&[], 1_000).await;
        for path in ["/api/v1/binary?rows=10000", "/api/v2/alert?rows=10000", "/api/v1/threat_report?rows=10000"] {
            all.extend(rows(&lab.json(path).await).iter().cloned());
        }
        for path in ["/api/v1/watchlist", "/api/v1/feed", "/api/v1/sensor", "/api/users"] {
            all.push(lab.json(path).await);
        }
        all
    };
    let is_hostile = |char: char| {
        char.is_control() || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let count = |all: &[Value]| {
        let mut count = 0;
        for value in all {
            texts(value, &mut |text| {
                let is_markup = ["<script", "<img", "javascript:"].iter().any(|mark| text.contains(mark));
                let is_formula = text.starts_with(['=', '@']);
                // Icons are base64 in lines.
                let is_bad = !text.starts_with("iVBOR") && text.contains(is_hostile);
                count += usize::from(is_bad || is_markup || is_formula);
            });
        }
        count
    };
    assert!(count(&all_records(&hostile).await) > 5, "nothing to leave out");
    assert_eq!(count(&all_records(&plain).await), 0);
}

#[tokio::test]
async fn a_server_before_6_passes_over_what_it_does_not_know() {
    let old = Lab::start(Options { server_version: "5.2".into(), ..small() }).await;
    let all = old.search(&[("rows", "0")]).await["total_results"].clone();
    for (name, value) in [
        ("cb.min_last_update", "2021-03-04T17:00:00Z"),
        ("cb.max_last_update", "2016-01-01T00:00:00Z"),
        ("cb.min_last_server_update", "2021-03-04T17:00:00Z"),
        ("cb.max_last_server_update", "2016-01-01T00:00:00Z"),
        ("cb.group", "process_name"),
        ("comprehensive_search", "true"),
        ("whatever", "1"),
    ] {
        let found = old.search(&[(name, value), ("rows", "0")]).await;
        assert_eq!(found["total_results"], all, "{name}");
    }
}

/// Hands over every text within a value.
fn texts(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(list) => list.iter().for_each(|value| texts(value, each)),
        Value::Object(members) => members.iter().for_each(|(_, value)| texts(value, each)),
        _ => {}
    }
}
