//! Binaries: searched, counted, and given away as they are.

use std::io::{Cursor, Read};

use lampblack::{model, sim::Options};
use md5::{Digest, Md5};
use reqwest::StatusCode;
use serde_json::Value;
use zip::ZipArchive;

use super::lab::{Lab, form, ids, rows, small, time};

#[tokio::test]
async fn binaries_are_searched_and_counted() {
    let lab = Lab::small().await;
    let params = form(&[("q", "digsig_result:Unsigned is_executable_image:true"), ("rows", "100")]);
    let found = lab.json(&format!("/api/v1/binary?{params}")).await;
    let hashes = ids(rows(&found), "md5");
    let payload = lab.md5("svch0st.exe").await;
    assert!(hashes.contains(&payload), "{hashes:?}");
    assert_eq!(found["total_results"], hashes.len());
    assert!(found.get("comprehensive_search").is_none(), "only processes have these flags");
    for row in rows(&found) {
        assert_eq!(row["digsig_result_code"], "2148204800");
        assert!(row.get("digsig_publisher").is_none());
    }
    let md5 = lab.md5("winupdsvc.exe").await;
    let params = form(&[("cb.freqver", "1"), ("name", "md5"), ("md5", &md5)]);
    let count = lab.json(&format!("/api/v1/process/host/count?{params}")).await;
    assert_eq!(count["hostCount"], 2);
    assert_eq!(count["globalCount"], 9);
    assert!(count["numDocs"].as_u64().unwrap() > 2_000);
}

#[tokio::test]
async fn binaries_are_sorted_and_paged() {
    let lab = Lab::small().await;
    let page = async |sort: &str, start: usize| {
        let start = start.to_string();
        let params = [("q", ""), ("sort", sort), ("rows", "20"), ("start", &start)];
        let params = form(&params[if sort.is_empty() { 2.. } else { 0.. }]);
        lab.json(&format!("/api/v1/binary?{params}")).await
    };
    let mut hosts = Vec::new();
    let mut hashes = Vec::new();
    loop {
        let page = page("host_count desc", hashes.len()).await;
        if rows(&page).is_empty() {
            assert_eq!(page["total_results"], hashes.len());
            break;
        }
        hashes.extend(ids(rows(&page), "md5"));
        hosts.extend(rows(&page).iter().map(|row| row["host_count"].as_u64()));
    }
    assert!(hosts.is_sorted_by(|a, b| a >= b), "{hosts:?}");
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), hosts.len());
    let newest = page("", 0).await;
    let times: Vec<_> = rows(&newest).iter().map(|row| time(&row["server_added_timestamp"])).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
}

#[tokio::test]
async fn fields_of_binaries_are_searched() {
    let lab = Lab::small().await;
    let total = async |query: &str| {
        let params = form(&[("q", query), ("rows", "0")]);
        let found = lab.json(&format!("/api/v1/binary?{params}")).await;
        found["total_results"].as_u64().unwrap()
    };
    let all = total("").await;
    for (query, least) in [
        ("copied_mod_len:0", 20),
        ("company_name:microsoft digsig_result:Signed", 20),
        ("digsig_sign_time:[2010-01-01 TO 2010-12-31]", 1),
        ("host_count:1", 2),
        ("is_executable_image:false", 5),
        ("os_type:linux", 3),
        ("orig_mod_len:[30000000 TO *]", 1),
        ("hostname:fin-ws-042", 5),
        ("group:\"default group\"", 5),
        ("alliance_score_soc:[90 TO *]", 2),
        ("product_name:psexec file_desc:service", 1),
    ] {
        let found = total(query).await;
        assert!((least..all).contains(&found), "{query}: {found} of {all}");
    }
}

#[tokio::test]
async fn every_file_that_is_whole_hashes_to_its_name() {
    let lab = Lab::small().await;
    let found = lab.json("/api/v1/binary?q=&rows=1000").await;
    let (mut whole, mut cut, mut missing) = (0, 0, 0);
    for row in rows(&found) {
        let md5 = row["md5"].as_str().unwrap();
        let path = format!("/api/v1/binary/{md5}");
        let size = |name: &str| row[name].as_u64().unwrap();
        if size("copied_mod_len") == 0 {
            assert_eq!(lab.status(&path).await, 404, "{md5}");
            missing += 1;
            continue;
        }
        let response = lab.get(&path).await;
        assert_eq!(response.headers()["content-type"], "application/zip");
        let archive = response.bytes().await.unwrap();
        let Some(content) = member(&archive, "filedata") else {
            continue;
        };
        let length = u64::try_from(content.len()).unwrap();
        assert_eq!(length, size("copied_mod_len"));
        let hash = model::Md5(Md5::digest(&content).into()).to_upper_hex();
        let name = row["observed_filename"][0].as_str().unwrap();
        if length < size("orig_mod_len") {
            assert_ne!(hash, md5);
            cut += 1;
        } else if !name.ends_with("another.exe") && !name.ends_with("psexesvc.exe") {
            assert_eq!(hash, md5);
            whole += 1;
        }
    }
    assert!(whole > 10 && missing > 10, "{whole} {missing}");
    assert_eq!(cut, 1, "one is larger than what servers keep");
}

/// A member of an archive; `None` if it is missing or damaged.
fn member(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).ok()?;
    let mut content = Vec::new();
    zip.by_name(name).ok()?.read_to_end(&mut content).ok()?;
    Some(content)
}

#[tokio::test]
async fn an_archive_holds_the_file_and_what_the_server_wrote_beside_it() {
    let lab = Lab::small().await;
    let md5 = lab.md5("svch0st.exe").await;
    let path = format!("/api/v1/binary/{}", md5.to_lowercase());
    let archive = lab.get(&path).await.bytes().await.unwrap();
    let zip = ZipArchive::new(Cursor::new(&archive)).unwrap();
    let names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
    assert_eq!(names, ["filedata", "metadata"]);
    let file = member(&archive, "filedata").unwrap();
    assert_eq!((&file[..2], file.len()), (&b"MZ"[..], 214_528));
    let text = String::from_utf8(member(&archive, "metadata").unwrap()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("Timestamp                      : 03/0"), "{text}");
    assert_eq!(
        lines[1],
        r"OrigFilename                   : \Device\HarddiskVolume2\users\mlopez\appdata\roaming\svc\svch0st.exe"
    );
}

#[tokio::test]
async fn a_binary_has_an_icon() {
    let lab = Lab::small().await;
    let md5 = lab.md5("svch0st.exe").await;
    let response = lab.get(&format!("/api/v1/binary/{md5}/icon")).await;
    assert_eq!(response.headers()["content-type"], "image/png");
    let picture = response.bytes().await.unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n") && picture.len() == 69);
    let summary = lab.json(&format!("/api/v1/binary/{md5}/summary")).await;
    assert!(summary["icon"].as_str().unwrap().starts_with("iVBOR"));
    let none = "00112233445566778899AABBCCDDEEFF";
    for path in ["", "/icon", "/summary"] {
        let path = format!("/api/v1/binary/{none}{path}");
        assert_eq!(lab.get(&path).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_files() {
    let hashes = async |seed| {
        let lab = Lab::start(Options { seed, ..small() }).await;
        let found: Value = lab.json("/api/v1/binary?q=&rows=1000&sort=md5").await;
        ids(rows(&found), "md5")
    };
    let first = hashes(3).await;
    assert_eq!(first, hashes(3).await);
    assert_ne!(first, hashes(4).await);
}
