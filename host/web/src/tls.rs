//! The certificate with which the service may speak TLS itself, where no proxy does it in front.
//!
//! TLS 1.2 and 1.3, as rustls has them by default; HTTP/1.1 only. Clients show no certificates: they show
//! keys.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why a certificate cannot be used. Names the file, and never shows what is in it.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The chain cannot be read.
    #[error(
        "--tls-cert {file} holds no certificate that can be read ({problem}); give a PEM file that begins with the service's own"
    )]
    Chain {
        /// File of certificates or of the key.
        file: PathBuf,
        /// Cause, without a byte of the file.
        problem: String,
    },
    /// The key cannot be read.
    #[error(
        "--tls-key {file} holds no private key that can be read ({problem}); give a PEM file with the certificate's key"
    )]
    Key {
        /// File of certificates or of the key.
        file: PathBuf,
        /// Cause, without a byte of the file.
        problem: String,
    },
    /// They do not go together.
    #[error(
        "--tls-cert and --tls-key do not go together ({0}); give the key that the certificate was made for"
    )]
    Pair(String),
}

/// A certificate with its key, from two files that may be written anew while it is at work.
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    at_work: RwLock<Arc<ServerConfig>>,
}

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not go together.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, CertificateError> {
        let at_work = RwLock::new(Arc::new(configuration(chain, key)?));
        Ok(Self { chain: chain.to_owned(), key: key.to_owned(), at_work })
    }

    /// Reads both files again, for connections from now on.
    ///
    /// # Errors
    /// As [`Certificate::read`]; what was at work goes on.
    pub fn renew(&self) -> Result<(), CertificateError> {
        let renewed = Arc::new(configuration(&self.chain, &self.key)?);
        *self.at_work.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// Acceptor of TLS connections with the certificate that is at work now.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let at_work = Arc::clone(&self.at_work.read().unwrap_or_else(PoisonError::into_inner));
        at_work.into()
    }
}

fn configuration(chain: &Path, key: &Path) -> Result<ServerConfig, CertificateError> {
    let unread = |problem: String| CertificateError::Chain { file: chain.to_owned(), problem };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>())
        .map_err(|error| unread(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unread("it is empty of certificates".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| CertificateError::Key { file: key.to_owned(), problem: error.to_string() })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let pair = |error: rustls::Error| CertificateError::Pair(error.to_string());
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(pair)?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(configuration)
}

/// A connection as it is spoken over.
pub(crate) enum Stream {
    /// Bytes go over the socket unencrypted.
    Plain(TcpStream),
    /// Bytes go over the socket in TLS.
    Hidden(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Self::Hidden(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Hidden(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Hidden(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Hidden(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Self::Hidden(stream) => Pin::new(stream).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Hidden(stream) => stream.is_write_vectored(),
        }
    }
}
