//! One connection over a link.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;

use super::{Flow, LinkState};

/// Carries both directions until both ended, or until a reset.
pub(super) async fn carry(mut client: TcpStream, mut server: TcpStream, state: watch::Receiver<LinkState>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut resets = state.clone();
    let born = resets.borrow_and_update().resets;
    let was_reset = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let up = pump(from_client, to_server, state.clone(), |state| state.up);
        let down = pump(from_server, to_client, state, |state| state.down);
        tokio::select! {
            _ = async { tokio::join!(up, down) } => false,
            _ = resets.wait_for(|state| state.resets != born) => true,
        }
    };
    if was_reset {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// Carries one direction until it ends. The end of a stream waits its turn as bytes do.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut state: watch::Receiver<LinkState>,
    flow: fn(&LinkState) -> Flow,
) {
    let mut buffer = vec![0; 16 * 1024];
    let mut lost = false;
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        lost |= !passes(&mut state, flow).await;
        if read == 0 {
            break;
        }
        if !lost && to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Waits for the turn of what was read. Says whether it goes on or is lost.
async fn passes(state: &mut watch::Receiver<LinkState>, flow: fn(&LinkState) -> Flow) -> bool {
    loop {
        let now = flow(&state.borrow_and_update());
        match now {
            Flow::Open => return true,
            Flow::Swallowed => return false,
            Flow::Delayed(by) => {
                tokio::select! {
                    () = tokio::time::sleep(by) => return true,
                    changed = state.changed() => if changed.is_err() { return false },
                }
            }
            Flow::Frozen => {
                if state.changed().await.is_err() {
                    return false;
                }
            }
        }
    }
}
