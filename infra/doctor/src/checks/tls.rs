//! Certificates: checked as a browser does, with the reason kept.

use crate::TlsTrouble;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const DAY_S: u64 = 24 * 3600;
/// By then every certificate has expired, and the error says when: 2200-01-01.
const FAR_FUTURE_S: u64 = 7_258_118_400;

/// Which certificates are accepted, and what the last one's date was.
#[derive(Clone)]
pub(crate) struct Trust {
    pub(crate) config: Arc<ClientConfig>,
    seen: Arc<Mutex<Option<u64>>>,
    now_s: u64,
}

impl Trust {
    /// Mozilla's roots, and those of a PEM text.
    pub(crate) fn new(more_roots: &[u8], now_s: u64) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in CertificateDer::pem_slice_iter(more_roots) {
            roots.add(root.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| error.to_string())?;
        let seen = Arc::new(Mutex::default());
        let verifier = Arc::new(Noting { inner, seen: Arc::clone(&seen) });
        let config = ClientConfig::builder_with_provider(provider as Arc<CryptoProvider>)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), seen, now_s })
    }

    /// For how many more days the last certificate that was accepted holds.
    pub(crate) fn days_left(&self) -> Option<u64> {
        let until_s = (*self.seen.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(until_s.saturating_sub(self.now_s) / DAY_S)
    }

    /// What a failed handshake says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is non-exhaustive; its words say the rest")]
    pub(crate) fn trouble(&self, error: &std::io::Error) -> TlsTrouble {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
        let Some(rustls::Error::InvalidCertificate(certificate)) = cause else {
            return TlsTrouble::Other(error.to_string());
        };
        match certificate {
            CertificateError::ExpiredContext { not_after, .. } => {
                TlsTrouble::Expired(self.now_s.saturating_sub(not_after.as_secs()) / DAY_S)
            }
            CertificateError::Expired => TlsTrouble::Expired(0),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsTrouble::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsTrouble::WrongName
            }
            // An authority that is trusted has the same name, and did not sign this.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsTrouble::UnknownIssuer,
            // webpki's word for a certificate that signs itself and others.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                TlsTrouble::UnknownIssuer
            }
            other => TlsTrouble::Other(other.to_string()),
        }
    }
}

/// webpki's verifier, which also notes until when an accepted certificate holds.
struct Noting {
    inner: Arc<WebPkiServerVerifier>,
    seen: Arc<Mutex<Option<u64>>>,
}

impl fmt::Debug for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Noting")
    }
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let at = |time| self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time);
        let verified = at(now)?;
        let far_future = UnixTime::since_unix_epoch(Duration::from_secs(FAR_FUTURE_S));
        if let Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) =
            at(far_future)
        {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(not_after.as_secs());
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
