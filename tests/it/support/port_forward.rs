//! An address that leads to one server today and to another tomorrow, or to none.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// A port of this machine that leads somewhere else.
pub struct PortForward {
    address: SocketAddr,
    /// The connections through it; none while it is shut.
    passage: JoinSet<()>,
}

impl PortForward {
    /// A door that leads to the server at `url`.
    pub async fn open(url: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut door = Self { address: free.local_addr().unwrap(), passage: JoinSet::new() };
        drop(free);
        door.lead_to(url).await;
        door
    }

    /// The address to be used with a scheme.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Leads to another server from now on. Open connections are closed.
    pub async fn lead_to(&mut self, url: &str) {
        self.shut().await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (_, server) = url.split_once("://").unwrap();
        let server: SocketAddr = server.trim_end_matches('/').parse().unwrap();
        self.passage.spawn(async move {
            let mut inside = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                inside.spawn(async move {
                    let mut other = TcpStream::connect(server).await.unwrap();
                    // However it ends, it is over.
                    let _ = copy_bidirectional(&mut stream, &mut other).await;
                });
            }
        });
    }

    /// The port is closed.
    pub async fn shut(&mut self) {
        self.passage.shutdown().await;
    }
}
