//! The orchestrator's side.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::{Nanos, now};

/// One request in so many fails, as sources do.
const ONE_REFUSED_IN: u32 = 400;
/// Of a source that fails often.
const ONE_FLAKY_IN: u32 = 3;
/// Of a source that is slow often.
const ONE_SLOW_IN: u32 = 4;

/// A write that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Of which key.
    pub key: u16,
    /// What it made.
    pub version: u32,
    /// When.
    pub time: Nanos,
}

/// The versions. Every key begins with version 1.
pub struct Register(Mutex<State>);

struct State {
    versions: Vec<u32>,
    commits: Vec<Commit>,
}

impl Register {
    /// A register of so many keys.
    pub fn new(keys: u16) -> Self {
        Self(Mutex::new(State { versions: vec![1; usize::from(keys)], commits: Vec::new() }))
    }

    /// All writes so far, in their order.
    pub fn commits(&self) -> Vec<Commit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).commits.clone()
    }

    fn read(&self, key: u16) -> Option<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).versions.get(usize::from(key)).copied()
    }

    fn write(&self, key: u16) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let version = state.versions.get_mut(usize::from(key))?;
        *version += 1;
        let version = *version;
        state.commits.push(Commit { key, version, time: now() });
        Some(version)
    }
}

/// Answers until the runtime ends.
pub async fn serve(listener: TcpListener, register: Arc<Register>, seed: u64) {
    let mut seeds = Rng::with_seed(seed);
    while let Ok((stream, _)) = listener.accept().await {
        let (register, rng) = (Arc::clone(&register), Rng::with_seed(seeds.u64(..)));
        tokio::spawn(async move { answer(stream, &register, rng).await });
    }
}

async fn answer(stream: TcpStream, register: &Register, mut rng: Rng) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        linger(&mut rng).await;
        let version = match (rng.u32(..ONE_REFUSED_IN), line.trim_end().split_once(' ')) {
            (0, _) | (_, None) => None,
            (_, Some((verb, key))) => key.parse().ok().and_then(|key| match verb {
                "f" if rng.u32(..ONE_FLAKY_IN) == 0 => None,
                "r" | "f" | "s" => register.read(key),
                "w" => register.write(key),
                _ => None,
            }),
        };
        if line.starts_with('s') && rng.u32(..ONE_SLOW_IN) == 0 {
            tokio::time::sleep(Duration::from_millis(rng.u64(20..80))).await;
        }
        // After as well: what was read is old before it arrives.
        linger(&mut rng).await;
        let text = version.map_or("no\n".to_owned(), |version| format!("{version}\n"));
        stream.get_mut().write_all(text.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

/// Mostly not at all, sometimes long enough for writes to overtake a read.
async fn linger(rng: &mut Rng) {
    let millis = match rng.u32(..100) {
        0..70 => return,
        70..93 => 1,
        93..99 => rng.u64(2..8),
        _ => rng.u64(8..60),
    };
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
