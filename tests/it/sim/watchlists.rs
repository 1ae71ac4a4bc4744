//! Watchlists: stored in every spelling, run on what there is, changed and deleted.

use std::collections::BTreeSet;

use lampblack::{
    query::StoredQuery,
    sim::{Fault, Mode, Options},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, form, ids, rows, small};

const PATH: &str = "/api/v1/watchlist";

impl Lab {
    /// How many documents a stored query finds, run as the official client runs it.
    async fn run(&self, list: &Value) -> u64 {
        let path = match list["index_type"].as_str() {
            Some("modules") => "binary",
            _ => "process",
        };
        let search = list["search_query"].as_str().unwrap();
        // The facets are only counted.
        let found = self.json(&format!("/api/v1/{path}?{search}&rows=0")).await;
        found["total_results"].as_u64().unwrap()
    }
}

fn number(text: &Value) -> u64 {
    text.as_str().unwrap().parse().unwrap()
}

async fn of_version(version: &str) -> Lab {
    Lab::start(Options { server_version: version.into(), ..small() }).await
}

#[tokio::test]
async fn every_stored_watchlist_has_found_what_its_query_finds() {
    let lab = Lab::small().await;
    let lists = lab.json(PATH).await;
    let lists = lists.as_array().unwrap();
    assert!(lists.len() >= 10, "{}", lists.len());
    let mut n_hit = 0;
    for list in lists {
        let id = list["id"].as_str().unwrap();
        assert_eq!(lab.json(&format!("{PATH}/{id}")).await, *list);
        let total = number(&list["total_hits"]);
        assert_eq!(list["total_tags"], list["total_hits"]);
        assert_eq!(list["last_hit"].is_string(), total > 0, "{list}");
        if list["enabled"] == false || list["name"].as_str().unwrap().starts_with("WIP: ") {
            assert_eq!(total, 0);
            assert_eq!(list["search_timestamp"], "1970-01-01T00:00:00.000Z");
            continue;
        }
        assert_eq!(total, lab.run(list).await, "{list}");
        let latest = list["last_hit_count"].as_u64().unwrap();
        assert!(latest <= total && (latest > 0) == (total > 0), "{list}");
        if list["index_type"] == "events" && total > 0 {
            n_hit += 1;
            let tagged = [("q", format!("watchlist_{id}:*"))];
            let tagged = tagged.each_ref().map(|(name, q)| (*name, q.as_str()));
            assert_eq!(lab.search(&tagged).await["total_results"], total, "{list}");
            assert!(StoredQuery::parse(list["search_query"].as_str().unwrap()).text.len() > 5);
        }
    }
    assert!(n_hit >= 7, "{n_hit}");
}

#[tokio::test]
async fn they_are_stored_in_every_spelling() {
    let lab = Lab::small().await;
    let lists = lab.json(PATH).await;
    let all: Vec<&str> = lists.as_array().unwrap().iter().map(|list| list["search_query"].as_str().unwrap()).collect();
    for part in ["&cb.urlver=1", "+", "%20", "&cb.q.", "&cb.fq.", "&sort=", "&facet=", "&rows=", "cb.q.path=%28", "%7B"]
    {
        assert!(all.iter().any(|search| search.contains(part)), "{part}");
    }
    assert!(all.iter().any(|search| search.starts_with("cb.urlver=1&q=")));
}

#[tokio::test]
async fn a_new_one_runs_before_it_is_read() {
    let lab = Lab::small().await;
    let search = "cb.urlver=1&q=process_name%3Asvchost.exe";
    let body = json!({"id": null, "index_type": "events", "name": "Hosts of services", "search_query": search});
    let made = lab.made(PATH, body.clone()).await;
    let id = made["id"].as_u64().unwrap();
    assert_eq!(made, json!({"id": id}));
    let list = lab.json(&format!("{PATH}/{id}")).await;
    assert_eq!(list["id"], json!(id.to_string()));
    assert_eq!((&list["enabled"], &list["readonly"]), (&json!(true), &json!(false)));
    let hits = lab.run(&list).await;
    assert!(hits > 0);
    assert_eq!(list["last_hit_count"], hits);
    assert_eq!(number(&list["total_hits"]), hits);
    assert!(list["last_hit"].is_string());
    // One that is switched off does not, until it is switched on.
    let mut off = body;
    off["enabled"] = json!(false);
    off["id"] = json!(4711);
    off["search_query"] = json!("cb.urlver=1&q=process_name%3Aexplorer.exe");
    assert_eq!(lab.made(PATH, off.clone()).await, json!({"id": 4711}));
    assert_eq!(lab.post(PATH, off).await, 409);
    let path = format!("{PATH}/4711");
    let mut list = lab.json(&path).await;
    assert_eq!((&list["last_hit_count"], &list["last_hit"]), (&json!(0), &json!(null)));
    list["enabled"] = json!(true);
    assert_eq!(lab.put(&path, list).await, 200);
    let list = lab.json(&path).await;
    assert_eq!(list["last_hit_count"], lab.run(&list).await);
    // It ran once: reading it again shows no more hits.
    assert_eq!(lab.json(&path).await, list);
    let modules = json!({"name": "m", "index_type": "modules", "search_query": "q=digsig_result%3AUnsigned"});
    let id = lab.made(PATH, modules).await["id"].as_u64().unwrap();
    assert_eq!(id, 4712);
    let list = lab.json(&format!("{PATH}/{id}")).await;
    assert!(list["last_hit_count"].as_u64().unwrap() > 0);
    assert_eq!(list["last_hit_count"], lab.run(&list).await);
}

#[tokio::test]
async fn a_record_is_changed_in_whole_or_in_part() {
    let lab = of_version("7.8").await;
    let path = format!("{PATH}/7");
    let before = lab.json(&path).await;
    assert_eq!(lab.put(&path, json!({"enabled": "False"})).await, 200);
    let after = lab.json(&path).await;
    assert_eq!(after["enabled"], false);
    assert_eq!((&after["name"], &after["total_hits"]), (&before["name"], &before["total_hits"]));
    let search = "cb.urlver=1&q=process_name%3Acmd.exe";
    let change = json!({"search_query": search, "description": "changed", "enabled": true, "total_hits": "9999"});
    assert_eq!(lab.put(&path, change).await, 200);
    let after = lab.json(&path).await;
    assert_eq!((&after["search_query"], &after["description"]), (&json!(search), &json!("changed")));
    let hits = lab.run(&after).await;
    assert_eq!(after["last_hit_count"], hits);
    assert_eq!(number(&after["total_hits"]), number(&before["total_hits"]) + hits);
    let lists = lab.json(PATH).await;
    let readonly = lists.as_array().unwrap().iter().find(|list| list["readonly"] == true);
    let path = format!("{PATH}/{}", readonly.unwrap()["id"].as_str().unwrap());
    assert_eq!(lab.put(&path, json!({"name": "mine"})).await, 403);
    assert_eq!(lab.delete(&path).await, 403);
    assert_eq!(lab.json(&path).await, *readonly.unwrap());
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let lab = Lab::small().await;
    let good = json!({"name": "n", "index_type": "events", "search_query": "q=a:b c"});
    for (name, wrong) in [
        ("name", json!(null)),
        ("name", json!("")),
        ("search_query", json!(null)),
        ("index_type", json!("sensors")),
        ("index_type", json!(null)),
        ("enabled", json!("perhaps")),
        ("id", json!("x")),
    ] {
        let mut body = good.clone();
        body[name] = wrong;
        assert_eq!(lab.post(PATH, body.clone()).await, 400, "{body}");
    }
    // Only strict servers want everything escaped.
    assert_eq!(lab.post(PATH, good.clone()).await, 200);
    let strict = of_version("7.8").await;
    assert_eq!(strict.post(PATH, good).await, 400);
    let escaped = json!({"name": "n", "index_type": "events", "search_query": "cb.urlver=1&q=a%3Ab+c~d"});
    assert_eq!(strict.post(PATH, escaped).await, 200);
    assert_eq!(lab.put(&format!("{PATH}/7"), json!({"name": 7})).await, 400);
    for path in ["/api/v1/watchlist/999", "/api/v1/watchlist/x"] {
        assert_eq!(lab.status(path).await, 404);
        assert_eq!(lab.put(path, json!({})).await, 404);
        assert_eq!(lab.delete(path).await, 404);
        assert_eq!(lab.status(&format!("{path}/action")).await, 404);
    }
    let patch = lab.send(Method::PATCH, PATH, None).await;
    assert_eq!(patch.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_deleted_one_is_gone_and_raises_nothing() {
    let lab = Lab::small().await;
    let raised = |id: &'static str| {
        let lab = &lab;
        async move {
            let all = lab.sim.raise_alerts(300);
            let query = format!("watchlist_id:{id} created_time:[2021-03-04T18:00:00 TO *]");
            let found = lab.alerts(&[("q", &query), ("rows", "1000")]).await;
            let of_it = BTreeSet::from_iter(ids(rows(&found), "unique_id"));
            all.into_iter().filter(|id| of_it.contains(id)).count()
        }
    };
    assert!(raised("7").await > 0);
    lab.sim.add_fault(Fault::new(Mode::NeverConfirm).limit_times(1));
    assert_eq!(lab.delete(&format!("{PATH}/7")).await, 200);
    assert_eq!(lab.status(&format!("{PATH}/7")).await, 200);
    assert_eq!(lab.delete(&format!("{PATH}/7")).await, 200);
    assert_eq!(lab.status(&format!("{PATH}/7")).await, 404);
    assert_eq!(raised("7").await, 0);
    // One that is switched off, and one that has no action for it, do neither.
    assert!(raised("5").await > 0);
    assert_eq!(lab.put(&format!("{PATH}/5"), json!({"enabled": false})).await, 200);
    assert_eq!(raised("5").await, 0);
    let actions = lab.json(&format!("{PATH}/11/action")).await;
    let action = format!("{PATH}/11/action/{}", actions[0]["id"]);
    assert!(raised("11").await > 0);
    assert_eq!(lab.delete(&action).await, 200);
    assert_eq!(raised("11").await, 0);
    let (params, all) = (form(&[("q", "watchlist_7:*")]), "/api/v1/process");
    let still = lab.json(&format!("{all}?{params}")).await;
    assert!(still["total_results"].as_u64().unwrap() > 0, "what was tagged stays tagged");
}

#[tokio::test]
async fn actions_come_and_go() {
    let lab = Lab::small().await;
    let path = format!("{PATH}/14/action");
    let before = lab.json(&path).await;
    assert_eq!(before[0]["action_type"], 3);
    assert_eq!(before[1]["action_data"], "{\"email_recipients\":[1,3]}");
    assert_eq!(lab.json(&format!("{PATH}/14/action_type")).await, before);
    let syslog = json!({"action_type": 1, "watchlist_id": 14, "group_id": null});
    let made = lab.made(&path, syslog).await;
    assert_eq!(
        made,
        json!({"id": made["id"], "action_type": 1, "watchlist_id": 14, "group_id": null, "action_data": null})
    );
    let old = lab.made("/util/v1/watchlist/14/action", json!({"action_type": 2, "action_data": "{}"})).await;
    let one = format!("{path}/{}", made["id"]);
    assert_eq!(lab.put(&one, json!({"action_type": 0, "action_data": "{\"email_recipients\":[2]}"})).await, 200);
    let now = lab.json(&path).await;
    assert_eq!(now.as_array().map(Vec::len), Some(4));
    assert_eq!((&now[2]["action_type"], &now[3]), (&json!(0), &old));
    assert_eq!(lab.delete(&one).await, 200);
    assert_eq!(lab.delete(&one).await, 404);
    assert_eq!(lab.delete(&format!("{PATH}/7/action/{}", old["id"])).await, 404, "it is another's");
    for wrong in [json!({}), json!({"action_type": 9}), json!({"action_type": 3, "action_data": 7})] {
        assert_eq!(lab.post(&path, wrong).await, 400);
    }
}

#[tokio::test]
async fn each_generation_spells_them_differently() {
    let first = |lab: Lab| async move { lab.json(PATH).await[1].clone() };
    let six = first(Lab::small().await).await;
    assert!(six["id"].is_string() && six.get("alliance_id").is_none());
    let until = six["search_timestamp"].as_str().unwrap();
    assert!(until.contains(' ') && !until.ends_with('Z'), "{until}");
    let old = first(of_version("6.1.0").await).await;
    assert_eq!((&old["alliance_id"], &old["from_alliance"]), (&json!(null), &json!(false)));
    let five = first(of_version("5.2").await).await;
    let until = five["search_timestamp"].as_str().unwrap();
    assert!(until.contains('T') && until.ends_with('Z'), "{until}");
    assert!(first(of_version("5.0").await).await["id"].is_u64());
    let modules = lab_modules(&Lab::small().await).await;
    assert_eq!(modules["search_timestamp"], "1970-01-01T00:00:00.000Z");
}

async fn lab_modules(lab: &Lab) -> Value {
    let lists = lab.json(PATH).await;
    let mut lists = lists.as_array().unwrap().iter();
    lists.find(|list| list["index_type"] == "modules").unwrap().clone()
}

#[tokio::test]
async fn a_new_one_tags_what_it_finds_and_what_is_tagged_stays_so() {
    let lab = Lab::small().await;
    let total = async |path: &str, query: &str| {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let answer = lab.json(&format!("{path}?q={query}&rows=0")).await;
        answer["total_results"].as_u64().unwrap()
    };
    for (index, path, query) in [
        ("events", "/api/v1/process", "process_name:explorer.exe"),
        ("modules", "/api/v1/binary", "digsig_result:Unsigned"),
    ] {
        let found = total(path, query).await;
        assert!(found > 0);
        let body = json!({"index_type": index, "name": index, "search_query": format!("q={query}")});
        let id = lab.made(PATH, body).await["id"].as_u64().unwrap();
        lab.json(&format!("{PATH}/{id}")).await;
        let tagged = format!("watchlist_{id}:*");
        assert_eq!(total(path, &tagged).await, found);
        let rows = lab.json(&format!("{path}?q={tagged}&rows=1")).await;
        let hit = &rows["results"][0]["watchlists"];
        assert!(hit.as_array().unwrap().iter().any(|hit| hit["wid"] == json!(id.to_string())), "{hit}");
        assert_eq!(lab.delete(&format!("{PATH}/{id}")).await, 200);
        assert_eq!(total(path, &tagged).await, found);
    }
}

#[tokio::test]
async fn a_server_before_7_8_takes_a_new_query_and_ignores_it() {
    let lab = of_version("7.6").await;
    let path = format!("{PATH}/7");
    let before = lab.json(&path).await;
    let change = json!({"search_query": "cb.urlver=1&q=process_name%3Acmd.exe", "name": "another"});
    assert_eq!(lab.put(&path, change).await, 200);
    let after = lab.json(&path).await;
    assert_eq!(after["search_query"], before["search_query"]);
    assert_eq!(after["name"], "another");
}
