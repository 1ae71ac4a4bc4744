//! `simulate`: the server as a program of its own.

use std::fs;

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::bench::{NET, bare, finish};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_prints_its_address_and_serves_until_it_is_stopped() {
    let home = tempfile::tempdir().unwrap();
    let mut server =
        bare(&home, &["simulate", "--processes", "50", "--seed", "3", "--token", "0a1b2c"]).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let url = url.strip_prefix("url: ").unwrap();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "token: 0a1b2c");

    let mut command = bare(&home, &["search", NET, "--count"]);
    command.env("LAMPBLACK_URL", url).env("LAMPBLACK_TOKEN", "0a1b2c");
    assert_eq!(finish(command, "").await.check(0).out, "2\n");

    let id = server.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert_eq!(server.wait().await.unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_simulator_s_own_is_trusted_by_file() {
    let home = tempfile::tempdir().unwrap();
    let pem = home.path().join("server.pem");
    let pem = pem.to_str().unwrap();
    let mut server = bare(&home, &["simulate", "--processes", "50", "--tls", "--cert-out", pem]).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let url = url.strip_prefix("url: ").unwrap();
    let token = lines.next_line().await.unwrap().unwrap();
    let token = token.strip_prefix("token: ").unwrap();
    let directory = home.path().join("config/lampblack");
    fs::create_dir_all(&directory).unwrap();
    let config = format!(
        "[profiles.default]\nurl = {url:?}\ntoken_command = [\"printf\", {token:?}]\nca_file = {pem:?}\n\
         [profiles.wary]\nurl = {url:?}\ntoken_command = [\"printf\", {token:?}]\n"
    );
    fs::write(directory.join("config.toml"), config).unwrap();
    let ran = finish(bare(&home, &["doctor"]), "").await;
    assert!(ran.check(0).out.contains("certificate verified"), "{}", ran.out);
    let ran = finish(bare(&home, &["doctor", "--profile", "wary"]), "").await;
    assert!(ran.check(1).out.contains("fail  tls"), "{}", ran.out);
    server.kill().await.unwrap();
}
