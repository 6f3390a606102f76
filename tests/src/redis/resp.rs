use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::RedisServer;
use super::server::ADMIN;

const DEADLINE: Duration = Duration::from_secs(5);

/// A reply of the server, as RESP2 knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `+OK`
    Simple(String),
    /// `-ERR ..`, with its code.
    Error(String),
    /// `:1`
    Int(i64),
    /// `$3 foo`
    Bulk(Vec<u8>),
    /// A missing bulk string or array.
    Nil,
    /// `*2 ..`
    Array(Vec<Reply>),
}

impl Reply {
    /// The text of a simple, bulk or error reply.
    ///
    /// # Panics
    /// When the reply has no text, or its bytes are no UTF-8.
    pub fn text(&self) -> &str {
        match self {
            Self::Simple(text) | Self::Error(text) => text,
            Self::Bulk(bytes) => std::str::from_utf8(bytes).expect("a reply in UTF-8"),
            other => panic!("a reply without text: {other:?}"),
        }
    }

    /// The number of an integer reply.
    ///
    /// # Panics
    /// When the reply is no integer.
    pub fn int(&self) -> i64 {
        match self {
            Self::Int(number) => *number,
            other => panic!("a reply that is no integer: {other:?}"),
        }
    }

    /// The texts of an array of texts, such as the reply of `KEYS`.
    ///
    /// # Panics
    /// When the reply is no array of texts.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Array(items) => items.iter().map(|item| item.text().to_owned()).collect(),
            other => panic!("a reply that is no array: {other:?}"),
        }
    }
}

/// Sends one command as the administrator, over a connection of its own.
///
/// # Panics
/// When the server cannot be reached or does not answer. [`RawClient`] returns such errors.
pub fn redis_cli<A: AsRef<[u8]>>(server: &RedisServer, command: impl IntoIterator<Item = A>) -> Reply {
    RawClient::admin(server).and_then(|mut client| client.send(command)).expect("an answer of the test's redis-server")
}

/// A connection that speaks RESP2 and knows nothing of the library under test.
#[derive(Debug)]
pub struct RawClient {
    stream: BufReader<TcpStream>,
}

impl RawClient {
    /// Connects as the harness's administrator, whatever passwords and ACLs the server has.
    pub fn admin(server: &RedisServer) -> io::Result<Self> {
        Self::admin_of(server.port(), DEADLINE)
    }

    /// Connects without a name, as the `default` user.
    pub fn anonymous(server: &RedisServer) -> io::Result<Self> {
        Self::connect(server.port(), DEADLINE)
    }

    pub(super) fn admin_of(port: u16, deadline: Duration) -> io::Result<Self> {
        let mut client = Self::connect(port, deadline)?;
        match client.send(["AUTH", ADMIN, ADMIN])? {
            Reply::Simple(_) => Ok(client),
            other => Err(io::Error::other(format!("the administrator was refused: {other:?}"))),
        }
    }

    fn connect(port: u16, deadline: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), deadline)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(deadline))?;
        stream.set_write_timeout(Some(deadline))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// How long a command waits for its reply; 5 s at first.
    pub fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.stream.get_ref().set_read_timeout(Some(timeout))
    }

    /// Sends one command and waits for its reply.
    pub fn send<A: AsRef<[u8]>>(&mut self, command: impl IntoIterator<Item = A>) -> io::Result<Reply> {
        let words: Vec<A> = command.into_iter().collect();
        let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
        for word in &words {
            let word = word.as_ref();
            bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            bytes.extend_from_slice(word);
            bytes.extend_from_slice(b"\r\n");
        }
        self.stream.get_mut().write_all(&bytes)?;
        self.reply()
    }

    /// Waits for one more reply, such as a message of a subscription.
    pub fn reply(&mut self) -> io::Result<Reply> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end_matches(['\r', '\n']);
        let (kind, rest) = line.split_at_checked(1).ok_or_else(|| malformed(line))?;
        let number = || rest.parse::<i64>().map_err(|_| malformed(line));
        match kind {
            "+" => Ok(Reply::Simple(rest.to_owned())),
            "-" => Ok(Reply::Error(rest.to_owned())),
            ":" => Ok(Reply::Int(number()?)),
            "$" => match usize::try_from(number()?) {
                Err(_) => Ok(Reply::Nil),
                Ok(length) => {
                    let mut bytes = vec![0; length + 2];
                    self.stream.read_exact(&mut bytes)?;
                    bytes.truncate(length);
                    Ok(Reply::Bulk(bytes))
                }
            },
            "*" => match usize::try_from(number()?) {
                Err(_) => Ok(Reply::Nil),
                Ok(length) => (0..length).map(|_| self.reply()).collect::<io::Result<_>>().map(Reply::Array),
            },
            _ => Err(malformed(line)),
        }
    }
}

fn malformed(line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not a RESP2 reply: {line:?}"))
}
