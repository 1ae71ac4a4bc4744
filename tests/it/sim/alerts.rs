//! Alerts: who raises them, how they are found, and how each release spells them.

use std::collections::{BTreeMap, BTreeSet};

use lampblack::query;
use lampblack::sim::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, form, ids, rows, small, time};

impl Lab {
    pub(crate) async fn alerts(&self, params: &[(&str, &str)]) -> Value {
        self.json(&format!("/api/v2/alert?{}", form(params))).await
    }

    pub(crate) async fn count(&self, q: &str) -> u64 {
        let found = self.alerts(&[("q", q), ("rows", "0")]).await;
        found["total_results"].as_u64().unwrap()
    }
}

const ALL: (&str, &str) = ("rows", "10000");

#[tokio::test]
async fn the_worst_alerts_are_those_of_the_incident() {
    let lab = Lab::small().await;
    let found = lab.alerts(&[("q", "status:Unresolved"), ("sort", "alert_severity desc"), ("rows", "3")]).await;
    for row in rows(&found) {
        assert_eq!(row["status"], "Unresolved");
        assert!(row["alert_severity"].as_f64().unwrap() > 60.0, "{row}");
        let name = row["watchlist_name"].as_str().unwrap();
        assert!(name.starts_with("FUZZYWOMBAT"), "{name}");
        assert_eq!(row["feed_name"], "soc");
    }
    let query = "watchlist_name:\"FUZZYWOMBAT beacon\" hostname:FIN-WS-042 alert_type:*process";
    let beacon = lab.alerts(&[("q", query)]).await;
    let beacon = &rows(&beacon)[0];
    // Criticality 4: the group is Finance.
    assert_eq!(beacon["alert_severity"], json!(98.0 * 0.0675 * 11.0));
    let payload = lab.md5("svch0st.exe").await.to_lowercase();
    assert_eq!(beacon["ioc_value"], payload);
    let attributes = beacon["ioc_attr"].as_str().unwrap();
    let attributes: Value = serde_json::from_str(attributes).unwrap();
    assert_eq!(attributes["hit_field_md5"], beacon["md5"]);
    let id = beacon["process_id"].as_str().unwrap();
    let process = lab.json(&format!("/api/v1/process/{id}/0")).await;
    assert_eq!(process["process"]["process_name"], "svch0st.exe");
}

#[tokio::test]
async fn an_alert_and_its_process_tell_the_same() {
    let lab = Lab::small().await;
    let all = lab.alerts(&[ALL]).await;
    let (mut n_here, mut n_gone) = (0, 0);
    for row in rows(&all) {
        let Some(id) = row["process_id"].as_str() else {
            continue;
        };
        let path = format!("/api/v1/process/{id}/{}", row["segment_id"]);
        let response = lab.get(&path).await;
        if response.status() == StatusCode::NOT_FOUND {
            // Events are not kept as long as alerts.
            n_gone += 1;
            assert_ne!(row["alert_severity"], json!(null));
            continue;
        }
        n_here += 1;
        let process: Value = response.json().await.unwrap();
        let process = &process["process"];
        for (of_alert, of_process) in [
            ("process_name", "process_name"),
            ("process_path", "path"),
            ("md5", "process_md5"),
            ("username", "username"),
            ("hostname", "hostname"),
            ("group", "group"),
            ("sensor_id", "sensor_id"),
            ("os_type", "os_type"),
            ("process_unique_id", "unique_id"),
            ("netconn_count", "netconn_count"),
        ] {
            assert_eq!(row[of_alert], process[of_process], "{of_alert} of {row}");
        }
        let origin = row["watchlist_id"].as_str().unwrap();
        let is_told = if row["feed_id"] == -1 {
            let lists = process["watchlists"].as_array().unwrap();
            lists.iter().any(|list| list["wid"] == origin)
        } else {
            let feed = row["feed_name"].as_str().unwrap();
            process[format!("alliance_data_{feed}")].to_string().contains(origin)
        };
        assert!(is_told, "{process} says nothing of {origin}");
        assert!(time(&row["created_time"]) > time(&process["last_server_update"]), "{row}");
    }
    assert!(n_here > 100 && n_gone > 50, "{n_here} and {n_gone}");
}

#[tokio::test]
async fn a_noisy_report_has_a_past_that_says_what_it_is_worth() {
    let lab = Lab::start(Options { alerts: 2_000, ..small() }).await;
    let of_it = "watchlist_id:vt-4471";
    let hosts = lab.alerts(&[("q", of_it), ("facet", "true"), ("facet.field", "hostname"), ("rows", "0")]).await;
    let hosts = hosts["facets"]["hostname"].as_array().unwrap().len();
    assert!(hosts >= 8, "{hosts}");
    let past = format!("{of_it} created_time:[* TO 2021-03-02T18:00:00]");
    let (all, false_ones) = (lab.count(&past).await, lab.count(&format!("{past} status:\"false positive\"")).await);
    assert!(all > 40 && false_ones * 5 > all * 4, "{false_ones} of {all}");
    let open = lab.count(&format!("{of_it} status:unresolved")).await;
    assert!(open > 20, "{open}");
    // What is real was never seen before, and is open.
    for real in ["fuzzywombat-beacon-1", "lsass-crossproc-3", "exfil-webclient-1"] {
        let query = format!("watchlist_id:{real}");
        let all = lab.count(&query).await;
        assert!((1..5).contains(&all), "{real} {all}");
        assert_eq!(lab.count(&format!("{query} status:unresolved")).await, all);
    }
}

#[tokio::test]
async fn a_watchlist_tags_what_its_query_finds() {
    let lab = Lab::small().await;
    let all = lab.alerts(&[("q", "feed_id:-1"), ALL]).await;
    let mut lists = BTreeMap::new();
    for row in rows(&all) {
        let value: Value = serde_json::from_str(row["ioc_value"].as_str().unwrap()).unwrap();
        let stored = query::StoredQuery::parse(value["search_query"].as_str().unwrap());
        let index = value["index_type"].as_str().unwrap().to_owned();
        lists.insert(row["watchlist_id"].as_str().unwrap().to_owned(), (index, stored.text));
    }
    assert!(lists.len() >= 6, "{lists:?}");
    for (id, (index, text)) in lists {
        let tag = format!("watchlist_{id}:*");
        let (path, field) = match index.as_str() {
            "events" => ("process", "unique_id"),
            _ => ("binary", "md5"),
        };
        let found = |q: String| {
            let lab = &lab;
            async move {
                let params = form(&[("q", &q), ALL]);
                let found = lab.json(&format!("/api/v1/{path}?{params}")).await;
                BTreeSet::from_iter(ids(rows(&found), field))
            }
        };
        let (tagged, matching) = (found(tag).await, found(text.clone()).await);
        assert!(!tagged.is_empty(), "{id}");
        assert_eq!(tagged, matching, "watchlist {id}: {text}");
    }
}

#[tokio::test]
async fn alerts_are_found_by_their_fields() {
    let lab = Lab::small().await;
    let all = lab.count("").await;
    assert!(all > 400, "{all}");
    let mut n_told = 0;
    for status in ["Unresolved", "\"in progress\"", "resolved", "\"False Positive\""] {
        let count = lab.count(&format!("status:{status}")).await;
        assert!(count > 10, "{status} {count}");
        n_told += count;
    }
    assert_eq!(n_told, all, "each has one of the four");
    for (query, is_found) in [
        ("username:mlopez", true),
        (r"username:corp\mlopez", true),
        ("process_name:svch0st.exe hostname:fin-ws-042", true),
        (r"process_path:appdata\roaming\svc\svch0st.exe", true),
        (&format!("md5:{}", lab.md5("svch0st.exe").await), true),
        ("ioc_value:img-cache.example", true),
        ("alert_severity:[60 TO *] report_score:98", true),
        ("created_time:[* TO 2020-01-01]", false),
        ("created_time:-72h", true),
        ("feed_id:12 feed_name:soc", true),
        ("watchlist_id:14", true),
        ("assigned_to:kim status:\"in progress\"", true),
        ("alert_type:watchlist.hit.query.binary group:Finance", true),
        ("svch0st.exe", true),
        // A process is no field of an alert.
        ("process_id:00000007-0000-1d9c-01d7-0f88aa5d1f32", false),
    ] {
        assert_eq!(lab.count(query).await > 0, is_found, "{query}");
    }
    let one = &rows(&lab.alerts(&[("rows", "1")]).await)[0].clone();
    let process = one["process_id"].as_str().unwrap();
    assert_eq!(lab.count(&format!("process_id:{process}")).await, 0);
}

#[tokio::test]
async fn one_alert_is_asked_for_by_a_filter() {
    let lab = Lab::small().await;
    let all = lab.alerts(&[ALL]).await;
    let known = ids(rows(&all), "unique_id");
    assert_eq!(BTreeSet::from_iter(&known).len(), known.len());
    for id in [&known[0], &known[known.len() / 2]] {
        let found = lab.alerts(&[("cb.fq.unique_id", id), ("q", "")]).await;
        assert_eq!(ids(rows(&found), "unique_id"), std::slice::from_ref(id));
    }
    let both = [("cb.fq.unique_id", known[0].as_str()), ("cb.fq.unique_id", &known[1])];
    assert_eq!(lab.alerts(&both).await["total_results"], 2);
    let narrow = [
        ("cb.fq.status", "Unresolved"),
        ("cb.q.created_time", "[2021-03-03T00:00:00 TO *]"),
        ("sort", "alert_severity desc"),
    ];
    let found = lab.alerts(&narrow).await;
    let severities = rows(&found).iter().map(|row| row["alert_severity"].as_f64().unwrap());
    assert!(severities.rev().is_sorted());
    assert!(rows(&found).iter().all(|row| row["status"] == "Unresolved"));
    let response = lab
        .send(
            Method::POST,
            "/api/v2/alert",
            Some(json!({"q": ["status:Unresolved"], "cb.fq.unique_id": [known[0]], "rows": 5})),
        )
        .await;
    let posted: Value = response.json().await.unwrap();
    assert!(rows(&posted).len() <= 1);
}

#[tokio::test]
async fn they_are_spread_over_thirty_days_and_dealt_with_after_they_were_raised() {
    let lab = Lab::start(Options { alerts: 3_000, ..small() }).await;
    let all = lab.alerts(&[ALL]).await;
    assert!(rows(&all).len() > 3_000);
    let now = small().clock.now();
    let mut days = BTreeMap::new();
    for row in rows(&all) {
        let created = time(&row["created_time"]);
        assert!(created <= now, "{row}");
        *days.entry(now.duration_since(created).as_hours() / 24).or_insert(0) += 1;
        let is_closed = matches!(row["status"].as_str(), Some("Resolved" | "False Positive"));
        assert_eq!(row.get("resolved_time").is_some(), is_closed, "{row}");
        if is_closed {
            assert!(time(&row["resolved_time"]) >= created);
        }
        assert_eq!(row["status"] == "Unresolved", row.get("assigned_to").is_none(), "{row}");
    }
    assert!(days.len() > 25 && days.keys().all(|day| *day <= 30), "{days:?}");
    let fewer = Lab::start(Options { alerts: 0, ..small() }).await;
    let answer = fewer.alerts(&[ALL]).await;
    assert!((15..40).contains(&rows(&answer).len()), "{}", rows(&answer).len());
    assert!(rows(&answer).iter().all(|row| row["status"] == "Unresolved"));
}

#[tokio::test]
async fn pages_join_and_facets_count() {
    let lab = Lab::small().await;
    let whole = lab.alerts(&[ALL]).await;
    let mut joined = Vec::new();
    while joined.len() < rows(&whole).len() {
        let start = joined.len().to_string();
        let page = lab.alerts(&[("start", &start), ("rows", "97")]).await;
        joined.extend(ids(rows(&page), "unique_id"));
    }
    assert_eq!(joined, ids(rows(&whole), "unique_id"));
    let faceted = lab.alerts(&[("facet", "true"), ("facet.field", "status"), ("rows", "0")]).await;
    let counted = faceted["facets"]["status"].as_array().unwrap();
    let sum: u64 = counted.iter().map(|value| value["value"].as_u64().unwrap()).sum();
    assert_eq!(json!(sum), whole["total_results"]);
    assert_eq!(whole["facets"], json!({}));
    let defaults = lab.alerts(&[("facet", "true"), ("rows", "0")]).await;
    assert!(defaults["facets"]["watchlist_name"].is_array());
}

#[tokio::test]
async fn each_generation_and_release_has_its_own_spelling() {
    let first = Lab::small().await;
    let params = form(&[("q", "process_name:svch0st.exe"), ("rows", "1")]);
    let v1 = first.json(&format!("/api/v1/alert?{params}")).await;
    let v2 = first.json(&format!("/api/v2/alert?{params}")).await;
    let (v1, v2) = (&rows(&v1)[0], &rows(&v2)[0]);
    assert_eq!(v1["total_hosts"], 1);
    assert_eq!(v2["total_hosts"], "1");
    assert!(v1["observed_hosts"]["numDocs"].is_string());
    assert_eq!(v2.get("observed_hosts"), None);
    assert_eq!(v1["unique_id"], v2["unique_id"]);
    let segment = v2["segment_id"].as_i64().unwrap();
    assert!(segment > 1_600_000_000_000);
    assert!(v2.get("sha256").is_none());

    let lab = |version: &str| Lab::start(Options { server_version: version.into(), ..small() });
    let path = format!("/api/v2/alert?{params}");
    let row = rows(&lab("6.1.0").await.json(&path).await)[0].clone();
    assert_eq!(row["segment_id"], segment & 0xffff_ffff);
    let unique = row["process_unique_id"].as_str().unwrap();
    assert!(unique.ends_with(&format!("{segment:012x}")), "{unique}");
    let row = rows(&lab("7.8").await.json(&path).await)[0].clone();
    assert_eq!(row["sha256"].as_str().map(str::len), Some(64));
    let row = rows(&lab("5.2").await.json(&path).await)[0].clone();
    assert_eq!((&row["segment_id"], &row["hostname"]), (&json!(1), &json!("FIN-WS-042")));
}

#[tokio::test]
async fn a_search_that_cannot_be_read_or_made_is_refused() {
    let lab = Lab::small().await;
    let response = lab.send(Method::DELETE, "/api/v2/alert", None).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(lab.status("/api/v1/alert?q=(a").await, 400);
}

#[tokio::test]
async fn an_alert_can_be_about_a_host() {
    for version in ["6.2", "7.8"] {
        let lab = Lab::start(Options { server_version: version.into(), ..small() }).await;
        let query = ("q", "alert_type:watchlist.hit.ingress.host");
        let found = lab.alerts(&[query]).await;
        assert_eq!(found["total_results"], 1);
        let alert = &rows(&found)[0];
        assert_eq!([&alert["hostname"], &alert["feed_name"], &alert["ioc_type"]], ["old-ws-009", "cbtamper", "class"]);
        assert_eq!(alert["sensor_id"], 12);
        // Scripts of the official client print these.
        assert_eq!((&alert["process_name"], &alert["md5"]), (&json!(""), &json!("")));
        for absent in ["process_id", "process_path", "observed_filename", "sha256", "host_count"] {
            assert!(alert.get(absent).is_none(), "{absent}");
        }
        let older = lab.json("/api/v1/alert?q=feed_name:cbtamper").await;
        assert_eq!(older["total_results"], 1);
    }
}

#[tokio::test]
async fn numbers_about_alerts_are_reported() {
    let lab = Lab::small().await;
    let report = async |path: &str| lab.json(&format!("/api/v1/detect/report/{path}")).await;
    let list = async |path: &str| report(path).await.as_array().unwrap().clone();
    let statuses = list("currentalertstatus").await;
    for row in &statuses {
        let status = row["name"].as_str().unwrap();
        assert_eq!(row["value"], lab.count(&format!("status:\"{status}\"")).await, "{status}");
    }
    assert_eq!(statuses.len(), 4);
    let sensors = list("currentmonitoringstatus").await;
    let sum: u64 = sensors.iter().filter_map(|row| row["value"].as_u64()).sum();
    assert_eq!(sum, 16);
    for kind in [
        "unresolvedalertsbyseverity",
        "unresolvedalertsbytime",
        "unresolvedhostsbyseverity",
        "unresolvedhostsbytime",
        "unresolvedusersbyseverity",
        "unresolvedusersbytime",
        "adminsbyalertsresolved",
        "adminsbyresolvedtime",
        "soc/unresolvedalertsbyseverity",
    ] {
        let value = |row: &Value| row["value"].as_f64().unwrap();
        let (down, up) = (list(kind).await, list(&format!("{kind}/3/asc")).await);
        assert!((1..=10).contains(&down.len()), "{kind}");
        assert!(up.len() <= 3 && up.is_sorted_by_key(value), "{kind}");
        assert!(down.iter().rev().is_sorted_by_key(value), "{kind}");
        for wrong in ["/x/desc", "/3/sideways", "/0"] {
            let path = format!("/api/v1/detect/report/{kind}{wrong}");
            assert_eq!(lab.status(&path).await, 404, "{path}");
        }
    }
    for kind in
        ["unresolvedalerttrend", "soc/unresolvedalerttrend", "alertresolutionaverage", "binarydwell", "hosthygiene"]
    {
        let days = list(kind).await;
        assert_eq!((days.len(), &days[29]["date"]), (30, &json!("2021-03-04")), "{kind}");
        assert_eq!(list(&format!("{kind}/7")).await[..], days[23..], "{kind}");
    }
    let trend = list("unresolvedalerttrend/60").await;
    let open: u64 = trend.iter().filter_map(|day| day["value"].as_u64()).sum();
    let expected = lab.count("status:Unresolved or status:\"In Progress\" created_time:[2021-01-10 TO *]");
    assert!(open > 0 && open <= expected.await);
    assert_eq!(lab.status("/api/v1/detect/report/whatever").await, 404);
}
