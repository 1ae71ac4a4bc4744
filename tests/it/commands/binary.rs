//! `binary`: found, described, and brought onto the disk only when it is what was asked for.

use std::{
    fs,
    io::{Cursor, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use md5::{Digest, Md5};
use serde_json::json;
use zip::ZipArchive;

use super::bench::{Bench, Members, Ran, finish};

/// One of which the server has only a part.
const PARTIAL: &str = "5e0c9f3a1b7d4826a90c3f15e7d2b648";
/// The documentation's net.exe, which was not collected.
const UNCOLLECTED: &str = "79b6d4c5283fc806387c55b8d7c8b762";

impl Bench {
    async fn download(&self, arguments: &[&str]) -> Ran {
        let all = [&["binary", "download"], arguments].concat();
        self.run(&all).await
    }

    /// What is in the home besides what the program keeps for itself.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.home.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "state").collect();
        names.sort_unstable();
        names
    }
}

fn hash(content: &[u8]) -> String {
    let md5 = lampblack::model::Md5(Md5::digest(content).into());
    md5.to_string()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn binaries_are_searched_in_every_format() {
    let bench = Bench::start().await;
    let query = "digsig_result:Unsigned is_executable_image:true";
    let search = async |more: &[&str]| {
        let all = [&["binary", "search", query, "--limit", "0"], more].concat();
        bench.run(&all).await
    };
    let rows = search(&["--format", "jsonl"]).await.check(0).json_lines();
    let count = search(&["--count"]).await;
    assert_eq!(count.check(0).out, format!("{}\n", rows.len()));
    assert!(rows.iter().all(|row| row.text("signed") == "Unsigned"));
    let csv = search(&["--format", "csv"]).await;
    assert_eq!(csv.check(0).out.lines().count(), rows.len() + 1);
    assert!(csv.out.starts_with("first_seen,name,signature,"));
    let table = search(&["--sort", "orig_mod_len desc"]).await;
    let sizes: Vec<u64> = table
        .check(0)
        .out
        .lines()
        .skip(1)
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.parse().ok())
        .collect();
    assert!(sizes.contains(&214_528), "{}", table.out);
    let few = bench.run(&["binary", "search", query, "--limit", "2"]).await;
    few.check(0).notes_say("2 rows of up to");
    let none = bench.run(&["binary", "search", "md5:0123"]).await;
    assert_eq!(none.check(3).out, "");
    none.notes_say("no binary matches");
    let wrong = bench.run(&["binary", "search", "(md5:"]).await;
    wrong.check(2).notes_say("^");
    let misplaced = bench.run(&["binary", "search", "cmdline:x", "--count"]).await;
    misplaced.notes_say("warning: query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_is_described_in_words() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    let ran = bench.run(&["binary", "show", &md5.to_uppercase()]).await;
    let out = &ran.check(0).out;
    assert!(out.starts_with("svch0st.exe\n"), "{out}");
    for fact in [
        "  signature      Unsigned (TRUST_E_NOSIGNATURE, 0x800b0100)\n",
        "  size           214528 B\n",
        "  type           executable, 64-bit, Windows\n",
        "  host           FIN-WS-042 (sensor 7)\n",
        "  path           c:\\users\\mlopez\\appdata\\roaming\\svc\\svch0st.exe\n",
        "  feed           soc 98  fuzzywombat-beacon-1\n",
        &format!("  md5            {md5}\n"),
    ] {
        assert!(out.contains(fact), "{fact}: {out}");
    }
    let row = bench.run(&["binary", "show", &md5, "--format", "jsonl"]).await;
    assert_eq!(row.check(0).json_lines()[0].text("orig_mod_len"), "214528");
    for (md5, words) in [(PARTIAL, "31457280 B, only the first 26214400"), (UNCOLLECTED, "; not collected")] {
        let ran = bench.run(&["binary", "show", md5]).await;
        assert!(ran.check(0).out.contains(words), "{}", ran.out);
    }
    let nobody = bench.run(&["binary", "show", &"0a".repeat(16)]).await;
    nobody.check(3).notes_say("hint: ");
    let wrong = bench.run(&["binary", "show", "0a"]).await;
    wrong.check(2).notes_say("32 hex digits");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bytes_are_shown() {
    let bench = Bench::start().await;
    for md5 in [PARTIAL, &bench.md5("svch0st.exe").await] {
        let ran = bench.run(&["binary", "show", md5, "--head", "2"]).await;
        let line = format!("00000000  4d 5a{}  |MZ|\n", " ".repeat(43));
        assert_eq!(ran.check(0).out, line);
    }
    let md5 = bench.md5("probe.exe").await;
    let ran = bench.run(&["binary", "show", &md5, "--head", "99999"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 4096 / 16);
    assert!(ran.out.contains("|is program canno|"), "{}", ran.out);
    ran.notes_say("the server has no more of it");
    let ran = bench.run(&["binary", "show", UNCOLLECTED, "--head", "2"]).await;
    ran.check(3).notes_say("no sensor has collected it yet");
    for wrong in ["0", "-1", "1048577"] {
        let head = format!("--head={wrong}");
        bench.run(&["binary", "show", &md5, &head]).await.check(2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_as_the_servers_archive() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    let ran = bench.download(&[&md5]).await;
    assert_eq!(ran.check(0).out, format!("{md5}.zip\n"));
    ran.notes_say("214528 bytes, MD5 verified: ");
    assert!(!ran.notes.contains('\r'), "no progress without a terminal");
    let path = bench.home.path().join(format!("{md5}.zip"));
    assert_eq!(mode(&path), 0o600);
    let mut zip = ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let mut file = Vec::new();
    zip.by_name("filedata").unwrap().read_to_end(&mut file).unwrap();
    assert_eq!(hash(&file), md5);
    assert!(zip.by_name("metadata").is_ok());
    assert_eq!(bench.files(), [format!("{md5}.zip")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_bare_or_behind_the_customary_password() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    let name = format!("{md5}-svch0st.exe.bin");
    let ran = bench.download(&[&md5, "--extract"]).await;
    assert_eq!(ran.check(0).out, format!("{name}\n"));
    let path = bench.home.path().join(&name);
    assert_eq!((hash(&fs::read(&path).unwrap()), mode(&path)), (md5.clone(), 0o600));
    let ran = bench.download(&[&md5, "--protect", "-o", "sample.zip"]).await;
    assert_eq!(ran.check(0).out, "sample.zip\n");
    let path = bench.home.path().join("sample.zip");
    assert_eq!(mode(&path), 0o600);
    let mut zip = ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
    let mut file = Vec::new();
    zip.by_name_decrypt(&name, b"infected").unwrap().read_to_end(&mut file).unwrap();
    assert_eq!(hash(&file), md5);
    let both = bench.download(&[&md5, "--extract", "--protect"]).await;
    both.check(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_saved_at_the_given_path_and_overwrites_nothing() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    fs::create_dir(bench.home.path().join("cases")).unwrap();
    let ran = bench.download(&[&md5, "-o", "cases"]).await;
    assert_eq!(ran.check(0).out, format!("cases/{md5}.zip\n"));
    let kept = bench.home.path().join(format!("cases/{md5}.zip"));
    let before = fs::read(&kept).unwrap();
    bench.server.forget_requests();
    let again = bench.download(&[&md5, "-o", "cases"]).await;
    assert_eq!(again.check(1).out, "");
    again.notes_say("it already exists");
    assert_eq!(fs::read(&kept).unwrap(), before);
    assert_eq!(bench.server.seen_requests().len(), 1, "only the summary");
    let nowhere = bench.download(&[&md5, "-o", "no/such/place.zip"]).await;
    nowhere.check(1).notes_say("error: cannot create no/such/place.zip");
    assert_eq!(bench.files(), ["cases"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_downloaded() {
    let bench = Bench::start().await;
    let ran = bench.download(&[UNCOLLECTED]).await;
    assert_eq!(ran.check(3).out, "");
    ran.notes_say("a copy of").notes_say("no sensor has collected it yet");
    bench.download(&[&"0a".repeat(16)]).await.check(3);
    assert!(bench.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_cut_off_is_kept_only_as_unverified() {
    let bench = Bench::start().await;
    let ran = bench.download(&[PARTIAL]).await;
    assert_eq!(ran.check(1).out, "");
    ran.notes_say("only the first 26214400 of 31457280 bytes").notes_say("--keep-unverified");
    assert!(bench.files().is_empty());
    let ran = bench.download(&[PARTIAL, "--keep-unverified"]).await;
    assert_eq!(ran.check(0).out, format!("{PARTIAL}.zip.unverified\n"));
    ran.notes_say("warning: 26214400 bytes, NOT VERIFIED: the MD5 is ");
    let again = bench.download(&[PARTIAL, "--keep-unverified"]).await;
    again.check(1).notes_say("it already exists");
    assert_eq!(bench.files(), [format!("{PARTIAL}.zip.unverified")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_another_is_not_kept_unless_wanted() {
    let bench = Bench::start().await;
    let md5 = bench.md5("another.exe").await;
    let ran = bench.download(&[&md5, "--extract"]).await;
    assert_eq!(ran.check(1).out, "");
    ran.notes_say("nothing was saved");
    assert!(bench.files().is_empty());
    let ran = bench.download(&[&md5, "--extract", "--keep-unverified"]).await;
    let name = format!("{md5}-another.exe.bin.unverified");
    assert_eq!(ran.check(0).out, format!("{name}\n"));
    assert_eq!(bench.files(), [name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_lies_leaves_nothing_behind() {
    let bench = Bench::start().await;
    for (name, words) in [
        ("smaller.exe", "gives a wrong size for filedata"),
        ("elsewhere.exe", "unsafe path ../../../../tmp/owned"),
        ("nothing.exe", "has no member filedata"),
    ] {
        let md5 = bench.md5(name).await;
        for form in ["--extract", "--protect", "--keep-unverified"] {
            let ran = bench.download(&[&md5, form]).await;
            assert_eq!(ran.check(1).out, "");
            ran.notes_say(words).notes_say("nothing was saved");
            assert!(!ran.notes.contains("ZipWriter"), "{}", ran.notes);
            assert!(bench.files().is_empty(), "{:?}", bench.files());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_leaves_nothing_behind() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    let path = format!("^/api/v1/binary/{}", md5.to_uppercase());
    // The summary, which has more in its address, comes as ever.
    for (mode, words) in [
        ("cut", "the connection closed"),
        ("502", "the server answered 502"),
        ("403", "has no permission to see a copy"),
    ] {
        for form in ["--extract", "--protect"] {
            bench.server.clear_faults();
            bench.fault(json!({"mode": mode, "match": format!("{path}$")}));
            let ran = bench.download(&[&md5, form]).await;
            assert_eq!(ran.check(1).out, "");
            ran.notes_say(words);
            assert!(bench.files().is_empty(), "{:?}", bench.files());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_leaves_nothing_behind() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    for form in ["-oa.zip", "--extract", "--protect"] {
        // The system itself refuses to write more than this into a file.
        let script = "ulimit -f 1; trap '' XFSZ; exec \"$0\" \"$@\"";
        let command = bench.command(&[]);
        let command = command.as_std();
        let mut limited = tokio::process::Command::new("sh");
        limited
            .args(["-c", script])
            .arg(command.get_program())
            .args(["binary", "download", &md5, form])
            .env_clear()
            .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .current_dir(bench.home.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let ran = finish(limited, "").await;
        assert_eq!(ran.check(1).out, "");
        ran.notes_say("error: cannot write ").notes_say("File too large");
        assert!(!ran.notes.contains("ZipWriter"), "{}", ran.notes);
        assert!(bench.files().is_empty(), "{:?}", bench.files());
    }
}
