use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Flow, Link};

const SHORT: Duration = Duration::from_millis(100);

/// A link to a server that says everything again, and a client of it.
async fn echo() -> (Link, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let link = Link::open(listener.local_addr().expect("an address")).await.expect("a link");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    let mut client = TcpStream::connect(link.address()).await.expect("a connection");
    said(&mut client, b"a").await;
    (link, client)
}

async fn said(client: &mut TcpStream, text: &[u8]) {
    client.write_all(text).await.expect("sent");
    heard(client, text).await;
}

async fn heard(client: &mut TcpStream, text: &[u8]) {
    let mut answer = vec![0; text.len()];
    client.read_exact(&mut answer).await.expect("answered");
    assert_eq!(answer, text);
}

async fn silent(client: &mut TcpStream) {
    let mut answer = [0];
    timeout(SHORT, client.read(&mut answer)).await.expect_err("nothing comes");
}

#[tokio::test]
async fn what_is_frozen_comes_later() {
    let (link, mut client) = echo().await;
    link.set(Flow::Frozen, Flow::Open);
    client.write_all(b"b").await.expect("sent");
    silent(&mut client).await;
    link.set(Flow::Open, Flow::Open);
    heard(&mut client, b"b").await;
}

#[tokio::test]
async fn what_is_swallowed_is_lost_and_the_connection_with_it() {
    let (link, mut client) = echo().await;
    link.set(Flow::Open, Flow::Swallowed);
    client.write_all(b"b").await.expect("sent");
    silent(&mut client).await;
    link.set(Flow::Open, Flow::Open);
    client.write_all(b"c").await.expect("sent");
    silent(&mut client).await;
    let mut another = TcpStream::connect(link.address()).await.expect("a connection");
    said(&mut another, b"d").await;
}

#[tokio::test]
async fn a_delay_ends_with_its_fault() {
    let (link, mut client) = echo().await;
    link.set(Flow::Delayed(SHORT), Flow::Open);
    let start = Instant::now();
    said(&mut client, b"b").await;
    assert!(start.elapsed() >= SHORT);
    link.set(Flow::Delayed(Duration::from_secs(3600)), Flow::Open);
    client.write_all(b"c").await.expect("sent");
    silent(&mut client).await;
    link.set(Flow::Open, Flow::Open);
    heard(&mut client, b"c").await;
}

#[tokio::test]
async fn a_reset_ends_the_connections_there_are() {
    let (link, mut client) = echo().await;
    link.reset();
    let mut answer = [0];
    client.read(&mut answer).await.expect_err("reset");
    let mut another = TcpStream::connect(link.address()).await.expect("a connection");
    said(&mut another, b"b").await;
}
