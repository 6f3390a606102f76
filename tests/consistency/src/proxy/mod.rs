//! Links to the server that can be made to fail, one for each worker.

mod carry;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They go on.
    #[default]
    Open,
    /// They go on later, at the latest when the fault ends, so that a connection is never overtaken by a younger one
    /// for longer than the fault lasts.
    Delayed(Duration),
    /// They wait until the fault ends.
    Frozen,
    /// They are lost, and with them the connection in this direction: TCP has no gaps.
    Swallowed,
}

/// How a link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// From the worker to the server.
    pub up: Flow,
    /// From the server to the worker.
    pub down: Flow,
    /// How often connections were reset: those of an older count end.
    pub resets: u64,
}

/// A link, as the faults see it.
#[derive(Clone, Debug)]
pub struct Link {
    address: SocketAddr,
    state: watch::Sender<LinkState>,
}

impl Link {
    /// Listens on a free loopback port and carries what comes to `server`. To be called on a runtime.
    ///
    /// # Errors
    ///
    /// Of the system, when there is no free port.
    pub async fn open(server: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (state, seen) = watch::channel(LinkState::default());
        let link = Self { address: listener.local_addr()?, state };
        tokio::spawn(accept(listener, server, seen));
        Ok(link)
    }

    /// Where the worker connects.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets both directions.
    pub fn set(&self, up: Flow, down: Flow) {
        self.state.send_modify(|state| (state.up, state.down) = (up, down));
    }

    /// Resets every connection (RST); new ones are carried.
    pub fn reset(&self) {
        self.state.send_modify(|state| state.resets += 1);
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, state: watch::Receiver<LinkState>) {
    while let Ok((client, _)) = listener.accept().await {
        let state = state.clone();
        tokio::spawn(async move {
            // Where the server does not listen, the client sees its connection close.
            if let Ok(server) = TcpStream::connect(server).await {
                carry::carry(client, server, state).await;
            }
        });
    }
}

#[cfg(test)]
mod tests;
