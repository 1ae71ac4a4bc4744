//! TLS as it is found in the field: self-signed, pinned, misnamed, old and new.

use std::{io::Write, sync::Arc};

use lampblack::api::{CertificateProblem, Client, Error, Settings};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tempfile::NamedTempFile;
use tokio_rustls::rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};

use crate::client::server::{INFO, Server, json, raw, status};

/// A certificate with its key, and the file that names it.
struct Identity {
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    pem: NamedTempFile,
}

fn file(pem: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Self-signed Carbon Black Enterprise Server HTTPS Certificate");
    params
}

/// As the server's installer makes it: its own authority.
fn self_signed(names: &[&str]) -> Identity {
    let mut params = params(names);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    signed_by_itself(&params)
}

fn signed_by_itself(params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Identity {
        pem: file(&certificate.pem()),
        der: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

/// As a company makes it: signed by an authority, whose file is named.
fn issued(params: &CertificateParams) -> Identity {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    Identity {
        pem: file(&authority.pem()),
        der: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

async fn start(identity: &Identity, versions: &[&'static SupportedProtocolVersion]) -> Server {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.der.clone()], identity.key.clone_key())
        .unwrap();
    Server::start_tls(vec![json(INFO)], config).await
}

/// Asks a server with this certificate, at `localhost`.
async fn ask(identity: &Identity, change: impl FnOnce(&mut Settings)) -> Result<(), Error> {
    let server = start(identity, &[&TLS12, &TLS13]).await;
    let mut settings = server.settings("https");
    settings.timings.retries = 0;
    change(&mut settings);
    Client::new(settings, None).unwrap().info().await.map(|_| ())
}

fn trusting(identity: &Identity) -> impl FnOnce(&mut Settings) {
    let path = identity.pem.path().to_owned();
    |settings| settings.tls.ca_file = Some(path)
}

#[track_caller]
fn distrusted(result: Result<(), Error>, expected: &CertificateProblem, hint: &str) {
    let error = result.unwrap_err();
    let Error::Certificate { reason } = &error else { panic!("{error:?}") };
    assert_eq!(reason, expected);
    assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_stranger_is_not_trusted() {
    for identity in
        [self_signed(&["localhost"]), signed_by_itself(&params(&["localhost"])), issued(&params(&["localhost"]))]
    {
        distrusted(ask(&identity, |_| ()).await, &CertificateProblem::Issuer, "ca_file");
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_in_the_file_does_not_help() {
    let mut other = params(&["localhost"]);
    other.distinguished_name = DistinguishedName::new();
    other.distinguished_name.push(DnType::CommonName, "Another server");
    let other = signed_by_itself(&other);
    for identity in [self_signed(&["localhost"]), issued(&params(&["localhost"]))] {
        let result = ask(&identity, trusting(&other)).await;
        distrusted(result, &CertificateProblem::Issuer, "ca_file");
    }
}

#[tokio::test]
async fn a_certificate_that_has_taken_the_place_of_the_known_one_is_called_by_its_name() {
    for make in [self_signed, |names: &[&str]| signed_by_itself(&params(names))] {
        let (identity, known) = (make(&["localhost"]), make(&["localhost"]));
        let result = ask(&identity, trusting(&known)).await;
        distrusted(result, &CertificateProblem::Changed, "another machine answers");
    }
}

#[tokio::test]
async fn the_servers_own_certificate_is_pinned() {
    for identity in [self_signed(&["localhost"]), signed_by_itself(&params(&["localhost"]))] {
        ask(&identity, trusting(&identity)).await.unwrap();
    }
}

#[tokio::test]
async fn a_pin_may_be_the_bare_certificate() {
    let identity = self_signed(&["localhost"]);
    let mut bare = NamedTempFile::new().unwrap();
    bare.write_all(&identity.der).unwrap();
    ask(&identity, |settings| {
        settings.tls.ca_file = Some(bare.path().into());
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_pinned_certificate_must_still_name_the_host() {
    let other = self_signed(&["cb.example.com", "10.0.0.1"]);
    let names = CertificateProblem::Name(vec!["cb.example.com".into(), "10.0.0.1".into()]);
    distrusted(ask(&other, trusting(&other)).await, &names, "verify_hostname");
    let nameless = self_signed(&[]);
    distrusted(ask(&nameless, trusting(&nameless)).await, &CertificateProblem::Name(Vec::new()), "verify_hostname");
}

#[tokio::test]
async fn the_name_alone_can_be_left_out() {
    for names in [&["cb.example.com"][..], &[]] {
        let identity = self_signed(names);
        ask(&identity, |settings| {
            trusting(&identity)(settings);
            settings.tls.verify_hostname = false;
        })
        .await
        .unwrap();
        let stranger = ask(&identity, |settings| settings.tls.verify_hostname = false).await;
        distrusted(stranger, &CertificateProblem::Issuer, "ca_file");
    }
    let issued = issued(&params(&["cb.example.com"]));
    ask(&issued, |settings| {
        trusting(&issued)(settings);
        settings.tls.verify_hostname = false;
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_authority_in_the_file_is_trusted() {
    let identity = issued(&params(&["localhost"]));
    ask(&identity, trusting(&identity)).await.unwrap();
    let other = issued(&params(&["cb.example.com"]));
    let names = CertificateProblem::Name(vec!["cb.example.com".into()]);
    distrusted(ask(&other, trusting(&other)).await, &names, "verify_hostname");
}

#[tokio::test]
async fn a_certificate_has_its_time() {
    let mut past = params(&["localhost"]);
    past.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let past = issued(&past);
    distrusted(ask(&past, trusting(&past)).await, &CertificateProblem::Expired, "clock");
    let mut future = params(&["localhost"]);
    future.not_before = rcgen::date_time_ymd(4000, 1, 1);
    let future = issued(&future);
    distrusted(ask(&future, trusting(&future)).await, &CertificateProblem::NotYetValid, "clock");
}

#[tokio::test]
async fn without_verification_everything_goes() {
    for identity in [self_signed(&[]), issued(&params(&["cb.example.com"]))] {
        ask(&identity, |settings| settings.tls.verify = false).await.unwrap();
    }
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let identity = self_signed(&["localhost"]);
    for version in [&TLS12, &TLS13] {
        let server = start(&identity, &[version]).await;
        let mut settings = server.settings("https");
        trusting(&identity)(&mut settings);
        Client::new(settings, None).unwrap().info().await.unwrap();
    }
}

#[tokio::test]
async fn http_on_a_tls_port_is_called_by_its_name() {
    let identity = self_signed(&["localhost"]);
    let server = start(&identity, &[&TLS12, &TLS13]).await;
    let mut settings = server.settings("http");
    settings.timings.retries = 0;
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    assert_eq!(error, Error::PlainHttp);
    assert!(error.hint().unwrap().contains("https://"));

    // nginx, which knows what happened.
    let page = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>";
    let server = Server::start(vec![status("400 Bad Request", "", page)]).await;
    assert_eq!(server.client().info().await.unwrap_err(), Error::PlainHttp);
}

#[tokio::test]
async fn tls_on_an_http_port_is_called_by_its_name() {
    let server = Server::start(vec![raw("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]).await;
    let mut settings = server.settings("https");
    settings.timings.retries = 0;
    settings.tls.verify = false;
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    assert_eq!(error, Error::NotTls);
    assert!(error.hint().unwrap().contains("port"));
}
