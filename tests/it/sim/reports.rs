//! Threat reports: searched, read one by one, ignored and taken up again.

use std::{collections::BTreeSet, time::Duration};

use lampblack::sim::{Fault, Mode, Options};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, form, ids, rows, small};

const PATH: &str = "/api/v1/threat_report";

impl Lab {
    pub(crate) async fn reports(&self, params: &[(&str, &str)]) -> Value {
        self.json(&format!("{PATH}?{}", form(params))).await
    }

    async fn ignored(&self) -> Vec<String> {
        let found = self.reports(&[("q", "is_ignored:true"), ("rows", "1000")]).await;
        ids(rows(&found), "id")
    }
}

#[tokio::test]
async fn reports_are_found_by_their_fields() {
    let lab = Lab::small().await;
    let payload = lab.md5("svch0st.exe").await;
    for (query, expected) in [
        ("title:FUZZYWOMBAT", true),
        ("feed_id:12 title:fuzzywombat", true),
        ("feed_name:soc", true),
        ("feed_name:srstrust", true),
        ("feed_category:partner", true),
        ("is_ignored:false", true),
        ("is_ignored:true", false),
        (&format!("md5:{payload}"), true),
        ("domain:img-cache.example", true),
        ("ipaddr:203.0.113.0/24", true),
        ("tags:beacon", true),
        ("report_id:encoded-command-1", true),
        ("description:macro", true),
        ("credentials", true),
        ("create_time:-72h", true),
        ("update_time:[* TO 2010-01-01]", false),
        ("title:nothing", false),
    ] {
        let found = lab.reports(&[("q", query)]).await;
        assert_eq!(found["total_results"].as_u64().unwrap() > 0, expected, "{query}");
    }
    assert_eq!(lab.status("/api/v1/threat_report?q=(a").await, 400);
    let old = Lab::start(Options { server_version: "5.2".into(), ..small() }).await;
    assert_eq!(old.status("/api/v1/threat_report?q=(a").await, 500);
}

#[tokio::test]
async fn they_are_sorted_filtered_counted_and_paged() {
    let lab = Lab::small().await;
    let found = lab
        .reports(&[
            ("cb.fq.feed_name", "soc"),
            ("cb.fq.feed_name", "tau"),
            ("cb.fq.is_deleted", "false"),
            ("sort", "severity_score desc"),
            ("rows", "100"),
            ("facet", "true"),
            ("facet.field", "feed_name"),
        ])
        .await;
    let scores: Vec<i64> = rows(&found).iter().map(|row| row["severity_score"].as_i64().unwrap()).collect();
    assert!(scores.len() >= 7 && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert_eq!(found["facets"]["feed_name"][0]["name"], "soc");
    assert_eq!(found["facets"]["feed_name"].as_array().map(Vec::len), Some(2));
    let whole = lab.reports(&[("rows", "1000")]).await;
    let total = rows(&whole).len();
    assert!(total > 200, "{total}");
    let mut joined = Vec::new();
    while joined.len() < total {
        let start = joined.len().to_string();
        let page = lab.reports(&[("start", &start), ("rows", "100")]).await;
        assert_eq!(page["total_results"], total);
        joined.extend(ids(rows(&page), "id"));
    }
    assert_eq!(joined, ids(rows(&whole), "id"));
    let none = lab.reports(&[("q", "feed_id:3")]).await;
    assert_eq!(none["total_results"], 0, "a feed need not have any");
    assert_eq!(lab.status("/api/v1/feed/3").await, 200);
}

#[tokio::test]
async fn one_report_has_its_indicators() {
    let lab = Lab::small().await;
    let report = lab.json("/api/v1/feed/12/report/fuzzywombat-beacon-1").await;
    assert_eq!((&report["feed_id"], &report["feed_name"]), (&json!(12), &json!("soc")));
    assert_eq!(report["iocs"]["ipv4"], json!(["203.0.113.77"]));
    assert_eq!(report["iocs"]["dns"], json!(["update-cdn.example"]));
    assert_eq!(report["iocs"]["md5"][0], lab.md5("svch0st.exe").await.to_lowercase());
    assert_eq!((&report["is_ignored"], &report["has_query"]), (&json!(false), &json!(false)));
    assert!(report["timestamp"].as_i64() < report["create_time"].as_i64());
    let query = lab.json("/api/v1/feed/4/report/lsass-crossproc-3").await;
    assert_eq!(query["has_query"], true);
    assert_eq!(query["iocs"]["query"][0]["index_type"], "events");
    let srs = lab.json("/api/v1/feed/1/report/srs-unknown").await;
    assert_eq!(srs["feed_name"], "srstrust");
    assert_eq!(srs["iocs"]["sha256"].as_array().map(Vec::len), Some(1));
    let all = lab.json("/api/v1/feed/12/report").await;
    assert!(all.as_array().unwrap().contains(&report));
    for path in ["/api/v1/feed/12/report/no", "/api/v1/feed/99/report/no", "/api/v1/feed/99/report"] {
        assert_eq!(lab.status(path).await, 404);
    }
}

#[tokio::test]
async fn reports_are_ignored_by_their_ids() {
    let lab = Lab::start(Options { index_lag: Duration::from_hours(1), ..small() }).await;
    let body = |flag: bool| json!({"ids": {"12": ["encoded-command-1", "no"], "2": ["vt-4471"]}, "updates": {"is_ignored": flag}});
    assert_eq!(lab.made(PATH, body(true)).await, json!({"result": "success"}));
    let path = "/api/v1/feed/12/report/encoded-command-1";
    assert_eq!(lab.json(path).await["is_ignored"], true);
    assert_eq!(lab.ignored().await, Vec::<String>::new(), "searches know later");
    lab.sim.index_now();
    assert_eq!(
        BTreeSet::from_iter(lab.ignored().await),
        BTreeSet::from(["encoded-command-1".into(), "vt-4471".into()])
    );
    let alerts = lab.alerts(&[("q", "watchlist_id:encoded-command-1")]).await;
    assert_eq!(rows(&alerts)[0]["report_ignored"], true);
    assert_eq!(lab.post(PATH, body(false)).await, 200);
    lab.sim.index_now();
    assert_eq!(lab.ignored().await, Vec::<String>::new());
}

#[tokio::test]
async fn reports_are_ignored_by_a_query_but_not_by_an_empty_one() {
    let lab = Lab::small().await;
    let body = |query: &str| json!({"query": query, "updates": {"is_ignored": true}});
    for nothing in ["", "cb.urlver=1&q="] {
        assert_eq!(lab.post(PATH, body(nothing)).await, 200);
        assert_eq!(lab.ignored().await, Vec::<String>::new());
    }
    let query = "cb.urlver=1&q=feed_id%3A12%20title%3AFUZZY*";
    assert_eq!(lab.post(PATH, body(query)).await, 200);
    assert_eq!(lab.ignored().await, ["fuzzywombat-beacon-1", "fuzzywombat-service-1"]);
    let domains = "cb.urlver=1&q=feed_name%3Amdl";
    lab.sim.add_fault(Fault::new(Mode::Partial).limit_times(1));
    assert_eq!(lab.post(PATH, body(domains)).await, 200);
    assert_eq!(lab.ignored().await.len(), 122);
    assert_eq!(lab.post(PATH, body(domains)).await, 200);
    assert_eq!(lab.ignored().await.len(), 242);
    for wrong in [
        json!({"ids": {"12": ["no"]}, "updates": {"is_ignored": true}}),
        json!({"ids": {"x": ["no"]}, "updates": {"is_ignored": true}}),
    ] {
        assert_eq!(lab.post(PATH, wrong).await, 404);
    }
    for wrong in [
        json!({"ids": {"12": ["encoded-command-1"]}, "updates": {}}),
        json!({"updates": {"is_ignored": true}}),
        json!({"query": "q=%28a", "updates": {"is_ignored": true}}),
    ] {
        assert_eq!(lab.post(PATH, wrong).await, 400);
    }
    // Without a change it is a search.
    let found = lab.made(PATH, json!({"q": "feed_id:4", "rows": 5})).await;
    assert_eq!(ids(rows(&found), "id"), ["lsass-crossproc-3"]);
}
