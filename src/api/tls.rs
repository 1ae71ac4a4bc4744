//! TLS for the certificates of these servers: private authorities, pinned self-signed certificates, host names that do
//! not match.

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

/// Returns the TLS configuration of a client for URLs with `scheme`. The system's trust store is read only if
/// certificates are checked.
pub(super) fn config(tls: &Tls, scheme: &str) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let pinned = tls.ca_file.as_deref().map_or(Ok(Vec::new()), read_certificates)?;
    let mut roots = RootCertStore::empty();
    if scheme == "https" && tls.verify {
        // An unreadable part of the store is no error by itself: a certificate that needs it is refused.
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!("cannot read part of the system's trust store: {error}");
        }
        roots.add_parsable_certificates(system.certs);
        roots.add_parsable_certificates(pinned.iter().cloned());
    }
    let verifier = Verifier { roots, pinned, checks: tls.clone(), provider: provider.clone() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Invalid { what: "tls", reason: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// The maximum size of a certificate file in bytes, which is more than any company needs.
const MAX_BYTES: u64 = 16 << 20;

/// Reads the certificates of a file: any number as PEM, or one as DER.
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
        return Err(invalid("it contains no certificate".into()));
    }
    Ok(vec![der])
}

/// Verifies server certificates according to the settings.
#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    pinned: Vec<CertificateDer<'static>>,
    checks: Tls,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    /// Verifies the certificate of a server. A certificate in `ca_file` is trusted without a chain, because self-signed
    /// ones are often marked as an authority, which no verifier accepts for a server. Any other must be signed by a
    /// trusted authority.
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
    /// Turns an unknown issuer into a bad signature if the certificate has the subject of one in `ca_file`: it was
    /// renewed, or another server impersonates it. The verifier detects this itself only for certificates that are no
    /// authority.
    fn flag_impersonation(&self, error: rustls::Error, leaf: &CertificateDer<'_>) -> rustls::Error {
        let is_unknown_issuer = match &error {
            rustls::Error::InvalidCertificate(reason) => {
                classify_certificate_error(reason) == CertificateProblem::Issuer
            }
            _ => false,
        };
        let name = subject(leaf);
        let has_same_name = |pinned| name.is_some() && subject(pinned) == name;
        if is_unknown_issuer && self.pinned.iter().any(has_same_name) {
            return CertificateError::BadSignature.into();
        }
        error
    }
}

/// Returns the subject of a certificate.
fn subject(certificate: &CertificateDer<'_>) -> Option<Der<'static>> {
    let mut store = RootCertStore::empty();
    store.add(certificate.clone().into_owned()).ok()?;
    store.roots.pop().map(|anchor| anchor.subject)
}

/// Returns the TLS error among the causes of an error. `source` of an `io::Error` skips the error it wraps, so that one
/// is fetched with `get_ref`.
pub(super) fn find_tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls_error) = error.downcast_ref() {
            return Some(tls_error);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// Returns the error for a failed TLS handshake with `url`.
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

/// Returns the problem that a certificate error stands for.
fn classify_certificate_error(reason: &CertificateError) -> CertificateProblem {
    match reason {
        CertificateError::UnknownIssuer => CertificateProblem::Issuer,
        // The name of a trusted certificate with another key.
        CertificateError::BadSignature => CertificateProblem::Changed,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
        CertificateError::Revoked => CertificateProblem::Revoked,
        CertificateError::NotValidForName => CertificateProblem::Name(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            /// The certificate of a hosting company can have hundreds of names.
            const MAX_NAMES: usize = 5;
            let names = presented.iter().take(MAX_NAMES);
            CertificateProblem::Name(names.map(|name| error_text::excerpt(&unwrap_debug_name(name))).collect())
        }
        // The verifier reports a self-signed certificate as an authority in place of a server.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => CertificateProblem::Issuer,
        other => CertificateProblem::Other(error_text::excerpt(&other.to_string())),
    }
}

/// Removes the debug formatting that the verifier puts around a name.
fn unwrap_debug_name(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}
