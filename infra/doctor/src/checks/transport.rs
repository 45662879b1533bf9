//! Names, connections, TLS.

use super::tls::Trust;
use crate::{Symptom, TlsTrouble};
use domain::limits::{DOCTOR_GUESS_MS_MAX, DOCTOR_STEP_MS_MAX};
use rustls::pki_types::ServerName;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

/// A connection, with or without TLS.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// One question.
pub(crate) const PATIENCE: Duration = Duration::from_millis(DOCTOR_STEP_MS_MAX);
const GUESS: Duration = Duration::from_millis(DOCTOR_GUESS_MS_MAX);

/// The addresses of a URL's host.
pub(crate) async fn addresses(url: &Url) -> Result<Vec<SocketAddr>, Symptom> {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or_default();
    match timeout(PATIENCE, lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() { Err(Symptom::NameUnknown) } else { Ok(found) }
        }
        Ok(Err(_)) | Err(_) => Err(Symptom::NameUnknown),
    }
}

/// A TCP connection to the first address that takes one.
pub(crate) async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Symptom> {
    match timeout(PATIENCE, TcpStream::connect(addresses)).await {
        Ok(Ok(stream)) => {
            // Only speed is at stake.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Err(Symptom::Refused { answers_at: None }),
        Ok(Err(error)) => Err(Symptom::Unreachable(error.to_string())),
        Err(_) => Err(Symptom::Unreachable(format!("no connection within {} s", PATIENCE.as_secs()))),
    }
}

/// TLS over a connection.
pub(crate) async fn secure(stream: TcpStream, host: &str, trust: &Trust) -> Result<Box<dyn Duplex>, Symptom> {
    let name = server_name(host)?;
    match timeout(PATIENCE, TlsConnector::from(trust.config.clone()).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(Symptom::Tls(trust.trouble(&error))),
        Err(_) => Err(Symptom::Tls(TlsTrouble::Other("no answer to the TLS handshake".to_owned()))),
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, Symptom> {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(host).map_err(|error| Symptom::NotAUrl(error.to_string()))
}

/// A connection as the URL asks for it.
pub(crate) async fn open(url: &Url, trust: &Trust) -> Result<Box<dyn Duplex>, Symptom> {
    let stream = connect(&addresses(url).await?).await?;
    if matches!(url.scheme(), "https" | "wss") {
        secure(stream, url.host_str().unwrap_or_default(), trust).await
    } else {
        Ok(Box::new(stream))
    }
}

/// Whether the server speaks TLS on this port, with whatever certificate.
pub(crate) async fn speaks_tls(url: &Url, trust: &Trust) -> bool {
    let attempt = async {
        let stream = connect(&addresses(url).await.ok()?).await.ok()?;
        let name = server_name(url.host_str()?).ok()?;
        Some(TlsConnector::from(trust.config.clone()).connect(name, stream).await)
    };
    match timeout(GUESS, attempt).await {
        Ok(Some(Ok(_))) => true,
        Ok(Some(Err(error))) => is_about_tls(&error),
        Ok(None) | Err(_) => false,
    }
}

/// Whether an error shows that the other side knows TLS: it sent a certificate or an alert.
fn is_about_tls(error: &Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(cause, Some(rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_)))
}
