//! Accepts connections and serves each in a task of its own.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{front, state::server::Server};

/// The first byte of a TLS handshake record.
const HANDSHAKE: u8 = 0x16;

/// Accepts connections until the future is dropped, which closes them too.
pub(in crate::sim) async fn accept_connections(
    listener: TcpListener,
    server: Arc<Server>,
    tls: Option<TlsAcceptor>,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    let (server, tls) = (Arc::clone(&server), tls.clone());
                    connections.spawn(serve_connection(stream, from, server, tls));
                }
                // Most likely out of file descriptors: other connections close soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

/// Serves one connection; an error ends this connection only.
async fn serve_connection(stream: TcpStream, from: SocketAddr, server: Arc<Server>, tls: Option<TlsAcceptor>) {
    // Responses are small; Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| front::handle_request(Arc::clone(&server), from.ip(), request));
    let Some(tls) = tls else {
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        return;
    };
    let mut first = [0];
    if matches!(stream.peek(&mut first).await, Ok(1)) && first != [HANDSHAKE] {
        let refusal = service_fn(front::reject_plaintext);
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), refusal).await;
        return;
    }
    if let Ok(stream) = tls.accept(stream).await {
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}
