//! TLS as these servers really have it: own authorities, pinned self-signed certificates, names that do not match.

use std::{error::Error as StdError, io, path::Path, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, Der, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::{CertificateProblem, Error, Tls, error_text};
use crate::files;

/// The TLS settings for a client. The system's certificates are read only if they can matter.
pub(super) fn config(tls: &Tls, is_https: bool) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let own = tls.ca_file.as_deref().map_or(Ok(Vec::new()), read_certificates)?;
    let mut roots = RootCertStore::empty();
    if is_https && tls.verify {
        // A store that cannot be read in part is as good as one with less in it: the certificate check will tell.
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!("cannot read part of the system's trust store: {error}");
        }
        roots.add_parsable_certificates(system.certs);
        roots.add_parsable_certificates(own.iter().cloned());
    }
    let verifier = Verifier { roots, pinned: own, checks: tls.clone(), provider: provider.clone() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Invalid { what: "tls", reason: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// More bytes than the certificates of any company take.
const MAX_BYTES: u64 = 16 << 20;

/// The certificates in a file: any number as PEM, or one as DER.
fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let invalid = |reason: String| Error::Invalid {
        what: "ca_file",
        reason: format!("{}: {reason}", error_text::excerpt(&path.to_string_lossy())),
    };
    let bytes = files::read(path, MAX_BYTES).map_err(|error| invalid(error_text::io_message(&error)))?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|_| invalid("damaged PEM".into()))?;
    if !certificates.is_empty() {
        return Ok(certificates);
    }
    let der = CertificateDer::from(bytes);
    if ParsedCertificate::try_from(&der).is_err() {
        return Err(invalid("no certificate in it".into()));
    }
    Ok(vec![der])
}

/// Accepts what the settings allow.
#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    pinned: Vec<CertificateDer<'static>>,
    checks: Tls,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    /// A certificate that is in `ca_file` itself is trusted as it is: self-signed ones are often marked as an
    /// authority, which no verifier accepts at the end of a chain. Any other must lead to an authority that is trusted.
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.checks.verify {
            let certificate = ParsedCertificate::try_from(leaf)?;
            if !self.pinned.contains(leaf) {
                verify_server_cert_signed_by_trust_anchor(
                    &certificate,
                    &self.roots,
                    intermediates,
                    now,
                    self.provider.signature_verification_algorithms.all,
                )
                .map_err(|error| self.flag_impersonation(error, leaf))?;
            }
            if self.checks.verify_hostname {
                verify_server_name(&certificate, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if !self.checks.verify {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, leaf, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if !self.checks.verify {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, leaf, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Verifier {
    /// A stranger that bears the name of a certificate in `ca_file` is more than a stranger. The verifier itself says so
    /// only of those that are no authority.
    fn flag_impersonation(&self, error: rustls::Error, leaf: &CertificateDer<'_>) -> rustls::Error {
        let is_stranger = match &error {
            rustls::Error::InvalidCertificate(reason) => {
                classify_certificate_error(reason) == CertificateProblem::Issuer
            }
            _ => false,
        };
        let name = subject(leaf);
        let is_namesake = |pinned| name.is_some() && subject(pinned) == name;
        if is_stranger && self.pinned.iter().any(is_namesake) {
            return CertificateError::BadSignature.into();
        }
        error
    }
}

/// Whom a certificate is made out to.
fn subject(certificate: &CertificateDer<'_>) -> Option<Der<'static>> {
    let mut store = RootCertStore::empty();
    store.add(certificate.clone().into_owned()).ok()?;
    store.roots.pop().map(|anchor| anchor.subject)
}

/// The TLS failure somewhere below an error. An `io::Error` hides what it wraps from `source`, so it is opened by hand.
pub(super) fn find_tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// A failed handshake in words.
pub(super) fn explain(error: &rustls::Error, url: &str) -> Error {
    let reason = match error {
        rustls::Error::InvalidCertificate(reason) => reason,
        rustls::Error::InvalidMessage(_) => return Error::NotTls,
        other => {
            return Error::Unreachable {
                url: url.into(),
                reason: format!("the TLS handshake failed: {}", error_text::excerpt(&other.to_string())),
            };
        }
    };
    Error::Certificate { reason: classify_certificate_error(reason) }
}

/// Why a certificate is not accepted, in our words.
fn classify_certificate_error(reason: &CertificateError) -> CertificateProblem {
    match reason {
        CertificateError::UnknownIssuer => CertificateProblem::Issuer,
        // The name of somebody who is trusted, and another's key.
        CertificateError::BadSignature => CertificateProblem::Changed,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
        CertificateError::Revoked => CertificateProblem::Revoked,
        CertificateError::NotValidForName => CertificateProblem::Name(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            /// A certificate of a hosting company can name hundreds.
            const MAX_NAMES: usize = 5;
            let names = presented.iter().take(MAX_NAMES);
            CertificateProblem::Name(names.map(|name| error_text::excerpt(&unwrap_debug_name(name))).collect())
        }
        // An authority's certificate where a server's belongs is what a self-signed one looks like to the verifier.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => CertificateProblem::Issuer,
        other => CertificateProblem::Other(error_text::excerpt(&other.to_string())),
    }
}

/// A name without the wrapping that the verifier's debug output puts around it.
fn unwrap_debug_name(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}
