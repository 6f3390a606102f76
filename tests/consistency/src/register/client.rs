//! The worker's side.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Asks the register. A connection is used by one request at a time; one that is dropped half-way is not used again.
/// Clones are handles of the same one, for bodies that run in the background.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    process: u16,
    idle: Mutex<Vec<BufReader<TcpStream>>>,
}

/// Why a body failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// The register was to fail.
    Refused,
    /// The register could not be asked, which is no part of any run.
    Broken(String),
}

impl Source {
    /// A source for the bodies of this process.
    pub fn new(address: SocketAddr, process: u16) -> Self {
        Self(Arc::new(Inner { address, process, idle: Mutex::default() }))
    }

    /// The process that asks.
    pub fn process(&self) -> u16 {
        self.0.process
    }

    /// The version of a key.
    ///
    /// # Errors
    ///
    /// The register's own.
    pub async fn read(&self, key: u16) -> Result<u32, SourceError> {
        self.ask(&format!("r {key}\n")).await
    }

    /// The version of a key, from a source that fails often.
    ///
    /// # Errors
    ///
    /// The register's own.
    pub async fn flaky(&self, key: u16) -> Result<u32, SourceError> {
        self.ask(&format!("f {key}\n")).await
    }

    /// The version of a key, from a source that is slow often.
    ///
    /// # Errors
    ///
    /// The register's own.
    pub async fn slow(&self, key: u16) -> Result<u32, SourceError> {
        self.ask(&format!("s {key}\n")).await
    }

    /// Raises the version of a key, and returns the new one.
    ///
    /// # Errors
    ///
    /// The register's own; then nothing was written.
    pub async fn write(&self, key: u16) -> Result<u32, SourceError> {
        self.ask(&format!("w {key}\n")).await
    }

    async fn ask(&self, request: &str) -> Result<u32, SourceError> {
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        stream.get_mut().write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_line(&mut answer).await?;
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        match answer.trim_end() {
            "no" => Err(SourceError::Refused),
            text => text.parse().map_err(|_| SourceError::Broken(format!("the register said {text:?}"))),
        }
    }

    async fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(self.0.address).await?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the register refused"),
            Self::Broken(reason) => write!(f, "the register could not be asked: {reason}"),
        }
    }
}

impl std::error::Error for SourceError {}
