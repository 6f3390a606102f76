//! Makes a connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, ConnectionAddr, RedisResult};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;

use super::Lane;
use super::queue::Queue;
use super::socket::{Sink, Source};
use super::stream::Stream;
use crate::store::redis::link::Line;

/// As redis-rs does it, within the same time. Under TLS redis-rs has the socket for itself.
pub(in crate::store::redis) async fn connect(
    client: &Client,
    config: AsyncConnectionConfig,
    timeout: Duration,
) -> RedisResult<Line> {
    let connected = async {
        let (source, sink) = match client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) => {
                let (source, sink) = connect_tcp(host, *port).await?.into_split();
                (Source::Tcp(source), Sink::Tcp(sink))
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                let (source, sink) = tokio::net::UnixStream::connect(path).await?.into_split();
                (Source::Unix(source), Sink::Unix(sink))
            }
            _ => return Ok(Line::Theirs(client.get_multiplexed_async_connection_with_config(&config).await?)),
        };
        let queue = Arc::new(Queue::new(sink));
        let stream = Stream::new(Arc::clone(&queue), source);
        let settings = client.get_connection_info().redis_settings();
        let (link, driver) = MultiplexedConnection::new_with_config(settings, stream, config.clone()).await?;
        let driver = tokio::spawn(driver).abort_handle();
        let lane = Lane { queue, driver, _share: link };
        Ok(Line::Ours(Arc::new(lane)))
    };
    // Boxed, as it is large and rare.
    match tokio::time::timeout(timeout, Box::pin(connected)).await {
        Ok(connected) => connected,
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    }
}

/// To the first of its addresses that answers.
async fn connect_tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    for address in lookup_host((host, port)).await? {
        attempts.spawn(TcpStream::connect(address));
    }
    let mut why = io::Error::from(io::ErrorKind::NotFound);
    while let Some(attempt) = attempts.join_next().await {
        match attempt.map_err(io::Error::other)? {
            Ok(stream) => return Ok(stream),
            Err(error) => why = error,
        }
    }
    Err(why)
}
