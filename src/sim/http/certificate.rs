//! Self-signed certificates like those of real servers.

use std::{io, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::{ServerConfig, version};
use tokio_rustls::TlsAcceptor;

/// Kind of the certificate generated for `--tls`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// For `localhost` and `127.0.0.1`, not a certificate authority.
    #[default]
    Plain,
    /// With a common name but no alternative names.
    NoSan,
    /// For `localhost` and `127.0.0.1`, marked as a certificate authority, as self-signed certificates often are.
    Authority,
    /// Marked as a certificate authority, with a common name but no alternative names.
    AuthorityNoSan,
}

/// Accepted versions of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// 1.2 and 1.3.
    #[default]
    Both,
    Only12,
    Only13,
}

/// Generates a certificate; returns a TLS acceptor that serves it, and the certificate as PEM.
pub(in crate::sim) fn tls_acceptor(shape: Certificate, tls: Tls) -> io::Result<(TlsAcceptor, String)> {
    let has_names = matches!(shape, Certificate::Plain | Certificate::Authority);
    let names: &[&str] = if has_names { &["localhost", "127.0.0.1"] } else { &[] };
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params.distinguished_name.push(DnType::CommonName, "Self-signed Carbon Black Enterprise Server HTTPS Certificate");
    params.is_ca = match shape {
        Certificate::Plain | Certificate::NoSan => IsCa::ExplicitNoCa,
        Certificate::Authority | Certificate::AuthorityNoSan => IsCa::Ca(BasicConstraints::Unconstrained),
    };
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    let versions: &[&rustls::SupportedProtocolVersion] = match tls {
        Tls::Both => &[&version::TLS12, &version::TLS13],
        Tls::Only12 => &[&version::TLS12],
        Tls::Only13 => &[&version::TLS13],
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key_der = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .and_then(|builder| {
            builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key_der.into())
        })
        .map_err(io::Error::other)?;
    Ok((TlsAcceptor::from(Arc::new(config)), certificate.pem()))
}
