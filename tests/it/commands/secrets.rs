//! A server that sends the token back, and every command: it is in no output, no log and no file that is kept.

use std::{fs, path::Path};

use super::{
    bench::{Bench, finish},
    reflecting_server::{ReflectingServer, Reflection},
};

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// One of each, in the formats that show the most.
fn commands(guid: &str, md5: &str) -> Vec<Vec<String>> {
    let lines = [
        "doctor".to_owned(),
        "search process_name:net.exe --format json".into(),
        "search process_name:net.exe --format csv --join sensor --join group --join binary".into(),
        "facets process_name:net.exe --field process_name --format json".into(),
        format!("tree {guid} --format json"),
        format!("events {guid} --format jsonl"),
        "sensor list --format json".into(),
        "sensor show 1 --format json".into(),
        "group list --format json".into(),
        "user list --format json".into(),
        "ban list --format json".into(),
        "alert list --format json".into(),
        "watchlist list --format json".into(),
        "watchlist show 1 --format json".into(),
        "feed list --format json".into(),
        "report list is_ignored:false --format json".into(),
        "binary search company_name:* --format json".into(),
        format!("binary show {md5} --format json"),
        "sensor isolate 3 --reason test --yes --no-wait".into(),
        "sensor restart 3 --reason test --yes".into(),
        format!("ban add {MD5} --reason test --yes"),
        "log show --format json".into(),
        "log show".into(),
    ];
    let words = |line: String| line.split(' ').map(str::to_owned).collect();
    lines.into_iter().map(words).collect()
}

#[tokio::test]
async fn a_token_that_the_server_reflects_is_in_no_output_log_or_file() {
    let bench = Bench::start().await;
    let mirror = ReflectingServer::start(&bench.server.url, &bench.server.token).await;
    let ids = bench.ids("process_name:net.exe").await;
    let binaries = bench.rows(&["binary", "search", "observed_filename:net.exe"]).await;
    let md5 = binaries[0]["md5"].as_str().unwrap();
    let mut n_refused = 0;
    for reflection in Reflection::ALL {
        mirror.reflect(reflection);
        for words in commands(&ids[0], md5) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut command = bench.command(&words);
            command.env("LAMPBLACK_URL", &mirror.url).arg("-vv");
            let ran = finish(command, "").await;
            let what = format!("{words:?} ({reflection:?})");
            assert!(ran.exit != 2, "{what}: {}", ran.notes);
            mirror.is_not_in(&ran.out, &what);
            mirror.is_not_in(&ran.notes, &what);
            n_refused += usize::from(ran.notes.contains("********"));
        }
    }
    assert!(n_refused > 20, "only {n_refused} refusals were told");
    let n_files = walk(bench.home.path(), &mirror);
    assert!(n_files >= 2, "only {n_files} files were kept");
}

/// Looks into every file below a directory.
fn walk(directory: &Path, mirror: &ReflectingServer) -> usize {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let each = entries.map(|path| {
        if path.is_dir() {
            return walk(&path, mirror);
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        mirror.is_not_in(&text, &path.display().to_string());
        1
    });
    each.sum()
}

#[tokio::test]
async fn what_feeds_log_in_with_and_tokens_of_users_are_in_no_format() {
    let bench = Bench::start().await;
    let secrets = serde_json::json!({
        "username": "s3cretname", "password": "s3cretword", "ssl_client_key": "s3cretpem",
    });
    let feeds = bench.rows(&["feed", "list"]).await;
    let path = format!("/api/v1/feed/{}", feeds[0]["id"]);
    bench.send(reqwest::Method::PUT, &path, secrets).await;
    for words in [
        ["feed", "list", "--format", "json"],
        ["feed", "list", "--format", "jsonl"],
        ["feed", "list", "--format", "csv"],
        ["feed", "list", "--format", "table"],
        ["user", "list", "--format", "json"],
    ] {
        let ran = bench.run(&words).await;
        assert!(!ran.check(0).out.contains("s3cret"), "{words:?}: {}", ran.out);
    }
}
