//! Environment variables, settings, and the names of files.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use crate::nets::changes::{self, Console};
use crate::nets::golden;
use crate::nets::json::Json;
use crate::nets::program::{Home, Ran, Server, finish};

/// Every setting there is, as a team of today would write it.
const SETTINGS: &str = r##"
theme = "paper"
ascii = true

[keys.global]
quit = ["ctrl-q"]

[profiles.default]
url = "https://cb.example.com"
token_command = ["pass", "show", "cb/token"]
user = "jgarman"
ca_file = "/etc/ssl/cb.pem"
verify_tls = true
verify_hostname = true
proxy = "http://proxy:3128"
read_only = false
color = "red"
host_zone = "Europe/Berlin"
connections = 8
timeout = "120s"
protected_hosts = ["*-DC-*", "group:Domain Controllers", "role:domain_controller"]

[profiles.file]
url = "https://cb.example.com"
token_file = "~/.cb-token"
color = "#ff0000"
host_zone = "+01:00"

[profiles.inline]
url = "https://cb.example.com"
token = "0123456789abcdef0123456789abcdef01234567"
protected_hosts = []
"##;

/// The names that are set in a file, commented out or not.
fn names(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let names = lines.filter_map(|line| line.split_once(" = "));
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    names.map(|(name, _)| name).filter(is_name).map(str::to_owned).collect()
}

#[test]
fn every_setting_of_today_is_accepted_and_is_in_the_example() {
    let home = Home::empty();
    home.configure(SETTINGS);
    home.prints(&["keys"]);
    let example = fs::read_to_string("config.example.toml").unwrap();
    assert_eq!(names(SETTINGS), names(&example));
    // The example as it is, and with every setting that it leaves out.
    home.configure(&example);
    home.prints(&["keys"]);
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_line() {
    let home = Home::empty();
    home.configure("theme = \"paper\"\nthme = \"paper\"\n[profiles.default]\nulr = \"x\"\n");
    let ran = home.run(&["keys"]);
    assert_eq!(ran.exit, 1);
    for place in ["config.toml:2", "thme", "config.toml:4", "ulr"] {
        assert!(ran.notes.contains(place), "{ran:#?}");
    }
}

#[test]
fn every_theme_of_today_is_there() {
    let home = Home::empty();
    for theme in ["midnight", "paper", "contrast", "mono"] {
        home.configure(&format!("theme = \"{theme}\"\n"));
        home.prints(&["keys"]);
    }
}

#[test]
fn a_theme_of_today_is_taken_as_one_of_the_user_s_own() {
    let home = Home::empty();
    let theme = fs::read_to_string(golden::folder().join("theme.toml")).unwrap();
    home.put(".config/lampblack/themes/ours.toml", &theme);
    home.configure("theme = \"ours\"\n");
    home.prints(&["keys"]);
    home.put(".config/lampblack/themes/ours.toml", &theme.replace("[roles]", "[parts]"));
    assert_eq!(home.run(&["keys"]).exit, 1);
}

#[test]
fn a_variable_says_where_files_go() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let state = home.path("kept");
    let mut command = home.command(&["search", "process_name:net.exe"]);
    command.env("XDG_STATE_HOME", &state);
    assert_eq!(finish(command, "").exit, 0);
    assert!(state.join("lampblack/log").is_dir());
    assert!(!home.state("").exists());
}

/// Counts processes in an environment.
fn count(home: &Home, variables: &[(&str, &str)]) -> Ran {
    let mut command = home.command(&["search", "process_name:net.exe", "--count"]);
    command.envs(variables.iter().copied());
    finish(command, "")
}

#[test]
fn address_and_token_come_from_every_source_of_today() {
    let server = Server::start(&[]);
    let (url, token) = (server.url.as_str(), server.token.as_str());
    let none = Home::empty();
    let nothing = count(&none, &[]);
    assert!(nothing.exit != 0 && nothing.notes.contains("lampblack demo"), "{nothing:#?}");

    let works = |home: &Home, variables: &[(&str, &str)]| {
        let ran = count(home, variables);
        assert_eq!(ran.exit, 0, "{variables:?}: {ran:#?}");
    };
    works(&none, &[("LAMPBLACK_URL", url), ("LAMPBLACK_TOKEN", token)]);
    works(&none, &[("CBAPI_URL", url), ("CBAPI_TOKEN", token), ("CBAPI_SSL_VERIFY", "false")]);

    let file = none.path("elsewhere.toml");
    let text = format!("[profiles.lab]\nurl = \"{url}\"\ntoken = \"{token}\"\n");
    none.put("elsewhere.toml", &text);
    let file = file.to_str().unwrap();
    works(&none, &[("LAMPBLACK_CONFIG", file), ("LAMPBLACK_PROFILE", "lab")]);
    none.put("elsewhere/lampblack/config.toml", &text.replace("lab", "default"));
    let directory = none.path("elsewhere");
    works(&none, &[("XDG_CONFIG_HOME", directory.to_str().unwrap())]);

    for name in [".carbonblack/credentials.response", "work/.carbonblack/credentials.response"] {
        let home = Home::empty();
        let text = format!(
            "[default]\nurl={url}\ntoken={token}\nssl_verify=False\nssl_verify_hostname=False\n\
             ssl_cert_file=\nproxy=\nignore_system_proxy=True\n"
        );
        home.put(name, &text);
        let mut command = home.command(&["search", "process_name:net.exe", "--count"]);
        if name.starts_with("work") {
            command.current_dir(home.path("work"));
        }
        let ran = finish(command, "");
        assert_eq!(ran.exit, 0, "{name}: {ran:#?}");
    }

    for (key, value) in [("token_command", "[\"cat\", \"secret\"]"), ("token_file", "\"~/secret\"")] {
        let home = Home::empty();
        home.put("secret", token);
        home.configure(&format!("[profiles.default]\nurl = \"{url}\"\n{key} = {value}\n"));
        works(&home, &[]);
    }
}

#[test]
fn options_that_hold_everywhere_are_taken_before_and_after_a_command() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let config = home.path(".config/lampblack/config.toml");
    let config = config.to_str().unwrap();
    let options =
        ["--profile", "default", "--config", config, "--user", "kim", "--read-only", "--color", "never", "-v"];
    let search = ["search", "process_name:net.exe", "--count"];
    home.prints(&[&options[..], &search].concat());
    home.prints(&[&search[..], &options].concat());
    let mut url = home.command(&[&search[..], &["--url", &server.url]].concat());
    url.env("LAMPBLACK_TOKEN", &server.token);
    assert_eq!(finish(url, "").exit, 0);
}

#[test]
fn the_log_has_a_line_for_every_request_and_no_token() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    home.prints(&["search", "process_name:net.exe", "-vv"]);
    let mut files = fs::read_dir(home.state("log")).unwrap();
    let path = files.next().unwrap().unwrap().path();
    let day = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let shape: String = day.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    assert_eq!((shape.as_str(), path.extension().unwrap().to_str()), ("9999-99-99", Some("log")));
    let log = fs::read_to_string(path).unwrap();
    assert!(!log.contains(&server.token), "{log}");
    // `HTTP GET /api/v1/process?… took 0.462s (response 200)`
    let requests = log.lines().filter_map(|line| line.split_once("HTTP GET /api/"));
    let requests: Vec<_> = requests.map(|(_, rest)| rest).collect();
    assert!(requests.len() > 1, "{log}");
    for request in requests {
        let (_, rest) = request.split_once(" took ").unwrap();
        let (seconds, status) = rest.split_once("s (response ").unwrap();
        assert!(seconds.parse::<f64>().is_ok(), "{request}");
        assert_eq!(status, "200)", "{request}");
    }
}

#[test]
fn files_have_the_names_of_the_golden_and_are_for_their_owner_alone() {
    let server = Server::start(&["--checkin", "50"]);
    let home = Home::of(&server);
    changes::ban(&home, "0cc175b9c0f1b6a831c399e269772661");
    let mut console = Console::open(&home);
    console.type_and_rest("iprocess_name:net.exe\r");
    console.until("ntoskrnl.exe");
    console.type_and_rest("\x13");
    console.type_and_rest("s");
    console.type_and_rest("nets\r");
    // Out of the popup, and out of what lies under it.
    console.type_and_rest("\x1b");
    console.type_and_rest("\x1b");
    console.type_and_rest("8");
    console.type_and_rest("w");
    console.type_and_rest(">");
    console.type_and_rest("\x1b");
    console.quit();
    let query = ["binary", "search", "observed_filename:svch0st.exe", "--format", "jsonl"];
    let md5 = Json::read(home.prints(&query).trim_end()).text("md5").to_lowercase();
    home.prints(&["binary", "download", &md5]);
    home.prints(&["binary", "download", &md5, "-o", "bare", "--extract"]);
    fs::create_dir(home.path("kept")).unwrap();
    home.prints(&["binary", "download", &md5, "--output", "kept", "--protect"]);
    let mut demo = home.console(&["demo", "--processes", "100"]);
    demo.until("6.2.0");
    demo.send("\x03\x03");
    assert!(demo.wait().success());

    let mut found = Vec::new();
    list(home.dir.path(), "", &mut found);
    let mut text = String::new();
    found.sort();
    for (name, mode) in found {
        let name = name.replace(&md5, "MD5");
        let parts = name.split('/').map(|part| match part.strip_suffix(".log") {
            Some(_) => "DAY.log",
            None => part,
        });
        writeln!(text, "{mode:o} {}", parts.collect::<Vec<_>>().join("/")).unwrap();
    }
    golden::check("files.txt", &text);
}

/// Every file below a directory, with its mode.
fn list(directory: &Path, prefix: &str, found: &mut Vec<(String, u32)>) {
    use std::os::unix::fs::PermissionsExt;
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            let mode = entry.metadata().unwrap().permissions().mode();
            found.push((name, mode & 0o777));
        }
    }
}
