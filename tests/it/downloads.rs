//! Downloads from the screen: ordered in a dialog, carried out beside it, proven, and never half done.

use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
};

use crate::support::console::Console;
use md5::{Digest, Md5};
use serde_json::json;
use tempfile::TempDir;
use zip::ZipArchive;

/// A console at the binary of the incident's payload, and a directory to put it in.
async fn at_payload() -> (Console, TempDir) {
    let mut console = Console::start().await;
    console.press("esc 5").await.search("observed_filename:svch0st.exe").await;
    console.press("esc").await;
    (console, tempfile::tempdir().unwrap())
}

/// Opens the dialog, chooses another place, and presses these keys.
async fn order(console: &mut Console, place: &Path, keys: &str) {
    console.press("D ctrl-u").await;
    console.write(&place.to_string_lossy()).await;
    console.press(keys).await;
}

/// What a directory holds.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The hash of a file.
fn hash(bytes: &[u8]) -> String {
    lampblack::model::Md5(Md5::digest(bytes).into()).to_string()
}

/// Breaks or delays the copies of files, and nothing else.
fn fault(console: &Console, mode: &str, ms: u64) {
    let target = "/api/v1/binary/";
    console.sim.add_fault(serde_json::from_value(json!({"mode": mode, "ms": ms, "match": target})).unwrap());
}

#[tokio::test]
async fn the_payload_is_looked_into_downloaded_behind_the_password_and_is_what_it_should_be() {
    let (mut console, home) = at_payload().await;
    console.press("b").await;
    console.shows(&["00000000  4d 5a"]);
    console.press("esc D").await;
    console.shows(&["Download svch0st.exe", "server archive (zip)", "214528 B, server has 214528", "iB free", ".zip"]);
    console.press("tab").await;
    console.shows(&["zip with the password infected"]);
    let path = home.path().join("sample.zip");
    console.press("ctrl-u").await;
    console.write(&path.to_string_lossy()).await;
    console.press("enter").await;
    console.shows(&["MD5 verified: 214528 bytes saved as /"]);
    console.lacks("Download svch0st.exe");
    assert_eq!(names(home.path()), ["sample.zip"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut zip = ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let mut file = Vec::new();
    let mut member = zip.by_index_decrypt(0, b"infected").unwrap();
    member.read_to_end(&mut file).unwrap();
    console.shows(&[&hash(&file)]);
}

#[tokio::test]
async fn the_name_follows_the_form_and_a_directory_takes_it() {
    let (mut console, home) = at_payload().await;
    console.press("D tab tab").await;
    console.shows(&["unpacked file", "-svch0st.exe.bin", "Unpacked: "]);
    console.press("esc").await;
    order(&mut console, home.path(), "tab tab enter").await;
    console.shows(&["MD5 verified"]);
    let names = names(home.path());
    assert!(names[0].ends_with("-svch0st.exe.bin"), "{names:?}");
    let bytes = fs::read(home.path().join(&names[0])).unwrap();
    assert!(names[0].starts_with(&hash(&bytes)), "{names:?}");
}

#[tokio::test]
async fn what_is_there_is_never_written_over_and_nothing_is_asked_for_it() {
    let (mut console, home) = at_payload().await;
    let path = home.path().join("a.zip");
    fs::write(&path, b"theirs").unwrap();
    console.asked();
    order(&mut console, &path, "enter").await;
    console.shows(&["Download svch0st.exe", "it already exists"]);
    order(&mut console, &home.path().join("no/a.zip"), "enter").await;
    console.press("esc").await;
    assert_eq!(console.asked(), Vec::<String>::new());
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    assert_eq!(names(home.path()), ["a.zip"]);
}

#[tokio::test]
async fn a_download_that_breaks_is_said_to_and_leaves_nothing() {
    let (mut console, home) = at_payload().await;
    fault(&console, "cut", 0);
    order(&mut console, &home.path().join("a.zip"), "enter").await;
    console.shows(&["svch0st.exe: ", "the connection closed"]);
    assert!(names(home.path()).is_empty());
    // A second try succeeds.
    console.sim.clear_faults();
    order(&mut console, &home.path().join("a.zip"), "enter").await;
    console.shows(&["MD5 verified"]);
    assert_eq!(names(home.path()), ["a.zip"]);
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let (mut console, home) = at_payload().await;
    // Longer than the test: its end shows that the console does not wait for it.
    fault(&console, "latency", 600_000);
    console.press("D ctrl-u").await;
    let path = home.path().join("a.zip");
    console.write(&path.to_string_lossy()).await;
    console.press_while_asked("enter", "ctrl-c").await;
    console.shows(&["Request cancelled"]);
    // The next one takes its place.
    console.sim.clear_faults();
    let other = home.path().join("b.zip");
    order(&mut console, &other, "enter").await;
    console.shows(&["MD5 verified"]);
    assert_eq!(names(home.path()), ["b.zip"]);
}

#[tokio::test]
async fn what_the_server_has_not_collected_is_not_downloaded() {
    let mut console = Console::start().await;
    console.press("esc 5").await.search("digsig_publisher:Microsoft*").await;
    console.press("esc D").await;
    console.shows(&["The server has not collected it"]);
    console.asked();
    console.press("enter").await;
    console.shows(&["Download ", "The server has not collected it"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn marked_files_are_downloaded_into_a_directory_one_after_the_other() {
    let mut console = Console::start().await;
    let home = tempfile::tempdir().unwrap();
    console.press("esc 5").await.search("digsig_result:Unsigned os_type:windows").await;
    console.press("esc space space space D").await;
    console.shows(&["Download 3 files"]);
    console.press("ctrl-u").await;
    console.write(&home.path().to_string_lossy()).await;
    console.press("enter").await;
    console.shows(&["MD5 verified"]);
    let names = names(home.path());
    assert_eq!(names.len(), 3, "{names:?}");
    // The hash, and four characters more.
    assert!(names.iter().all(|name| name.len() == 36), "{names:?}");
}
