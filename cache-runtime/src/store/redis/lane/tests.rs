//! The socket that redis-rs and we share, with a server at the other end that says what it is told to.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use ::redis::{ErrorKind, RedisResult};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, yield_now};

use super::queue::{Full, Queue};
use super::socket::{Sink, Source};
use super::spot::{Reply, Spot};
use super::stream::Stream;
use crate::store::redis::words::Words as _;

/// What redis-rs is told, piece by piece.
type Told = mpsc::UnboundedReceiver<Vec<u8>>;

struct Both {
    queue: Arc<Queue>,
    stream: Arc<Mutex<Stream>>,
    told: Told,
    driver: JoinHandle<()>,
    server: TcpStream,
}

/// In the place of redis-rs there is a task that reads as long as there is something.
async fn both() -> Both {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let client = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
    let (server, _) = listener.accept().await.expect("it connects");
    let (source, sink) = client.into_split();
    let queue = Arc::new(Queue::new(Sink::Tcp(sink)));
    let stream = Arc::new(Mutex::new(Stream::new(Arc::clone(&queue), Source::Tcp(source))));
    let (tells, told) = mpsc::unbounded_channel();
    let driver = tokio::spawn({
        let stream = Arc::clone(&stream);
        async move {
            let mut piece = [0; 64];
            while let Ok(length) = poll_fn(|context| {
                let mut stream = stream.lock().expect("no panic");
                let mut buffer = ReadBuf::new(&mut piece);
                let read = Pin::new(&mut *stream).poll_read(context, &mut buffer);
                let _ = Pin::new(&mut *stream).poll_flush(context);
                read.map_ok(|()| buffer.filled().len())
            })
            .await
            {
                if length == 0 || tells.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        }
    });
    Both { queue, stream, told, driver, server }
}

impl Both {
    fn ask(&self, text: &str, answers: usize) -> Arc<Spot> {
        let spot = Arc::new(Spot::default());
        let write = |out: &mut Vec<u8>| (0..answers).for_each(|_| write_command(out, text));
        assert!(self.queue.send_bounded(&spot, answers, write).is_ok());
        spot
    }

    /// As redis-rs does.
    async fn write(&self, text: &str) {
        let mut bytes = Vec::new();
        write_command(&mut bytes, text);
        self.write_bytes(&bytes).await;
    }

    async fn write_bytes(&self, bytes: &[u8]) {
        let taken = poll_fn(|context| Pin::new(&mut *self.stream.lock().unwrap()).poll_write(context, bytes)).await;
        assert_eq!(taken.expect("it takes everything"), bytes.len());
        poll_fn(|context| Pin::new(&mut *self.stream.lock().unwrap()).poll_flush(context)).await.expect("it is sent");
    }

    async fn received(&mut self, commands: &[&str]) {
        let mut expected = Vec::new();
        commands.iter().for_each(|text| write_command(&mut expected, text));
        let mut received = vec![0; expected.len()];
        self.server.read_exact(&mut received).await.expect("it is sent");
        assert_eq!(String::from_utf8_lossy(&received), String::from_utf8_lossy(&expected));
    }

    async fn answer(&mut self, bytes: &str) {
        self.server.write_all(bytes.as_bytes()).await.expect("it is there");
    }

    async fn told(&mut self, length: usize) -> String {
        let mut told = Vec::new();
        while told.len() < length {
            told.extend(self.told.recv().await.expect("it goes on"));
        }
        String::from_utf8(told).expect("text")
    }
}

fn write_command(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"*1\r\n");
    out.text(text);
}

async fn answered(spot: &Spot) -> RedisResult<Reply> {
    poll_fn(|context| spot.poll(context)).await
}

async fn is_lost(spot: &Spot) {
    let error = answered(spot).await.expect_err("the connection is gone");
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[tokio::test]
async fn each_is_given_the_answers_to_its_own_commands() {
    let mut both = both().await;
    let first = both.ask("first", 1);
    both.write("theirs").await;
    let second = both.ask("second", 2);
    let third = both.ask("third", 1);
    both.received(&["first", "theirs", "second", "second", "third"]).await;
    both.answer("$1\r\n1\r\n:2\r\n+a\r\n*1\r\n:3\r\n$-1\r\n").await;
    assert_eq!(answered(&first).await.ok(), Some(Reply::Bytes(b"1".to_vec())));
    assert_eq!(both.told(4).await, ":2\r\n");
    assert_eq!(answered(&second).await.ok(), Some(Reply::other(b"+a\r\n*1\r\n:3\r\n".to_vec())));
    assert_eq!(answered(&third).await.ok(), Some(Reply::Nothing));
}

#[tokio::test]
async fn ours_go_between_whole_commands() {
    let mut both = both().await;
    both.write_bytes(b"*2\r\n$3\r\nGET\r\n$1").await;
    let ours = both.ask("ours", 1);
    both.received(&["ours"]).await;
    both.write_bytes(b"\r\nk\r\n").await;
    let mut rest = [0; 20];
    both.server.read_exact(&mut rest).await.expect("it is sent");
    assert_eq!(&rest, b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
    both.answer("+ours\r\n+theirs\r\n").await;
    assert_eq!(answered(&ours).await.ok(), Some(Reply::other(b"+ours\r\n".to_vec())));
    assert_eq!(both.told(9).await, "+theirs\r\n");
}

/// Ours comes at once with what the server tells, and waits until redis-rs asks for more.
#[tokio::test]
async fn what_the_server_tells_is_heeded_before_what_comes_after_it() {
    let mut both = both().await;
    both.driver.abort();
    let (first, second) = (both.ask("first", 1), both.ask("second", 2));
    both.received(&["first", "second", "second"]).await;
    let told = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n";
    both.answer(&format!("$1\r\n1\r\n{told}:1\r\n{told}:2\r\n")).await;
    let (mut piece, mut heard) = ([0; 256], Vec::new());
    for nth in 0..2 {
        let mut buffer = ReadBuf::new(&mut piece);
        poll_fn(|context| Pin::new(&mut *both.stream.lock().unwrap()).poll_read(context, &mut buffer)).await.unwrap();
        heard.push(String::from_utf8_lossy(buffer.filled()).into_owned());
        let is_there = poll_fn(|context| std::task::Poll::Ready(second.poll(context).is_ready())).await;
        assert!(!is_there, "redis-rs was not given what came before, or has not heeded it: {nth}");
    }
    assert_eq!(heard, [told, told]);
    assert_eq!(answered(&first).await.ok(), Some(Reply::Bytes(b"1".to_vec())), "it came before");
    // Redis-rs asks for more.
    let mut buffer = ReadBuf::new(&mut piece);
    poll_fn(|context| {
        assert!(Pin::new(&mut *both.stream.lock().unwrap()).poll_read(context, &mut buffer).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    assert_eq!(answered(&second).await.ok(), Some(Reply::other(b":1\r\n:2\r\n".to_vec())));
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_may_be_long() {
    let mut both = both().await;
    let long = "x".repeat(100_000);
    let (ours, after) = (both.ask("ours", 1), both.ask("after", 1));
    for piece in ["$10", "0000\r", "\n", &long[..1], &long[1..50_000], &long[50_000..], "\r", "\n$1\r\n1\r", "\n"] {
        both.answer(piece).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(answered(&ours).await.ok(), Some(Reply::Bytes(long.into_bytes())));
    assert_eq!(answered(&after).await.ok(), Some(Reply::Bytes(b"1".to_vec())));
}

#[tokio::test]
async fn who_waits_when_the_connection_ends_is_told() {
    let mut both = both().await;
    let (first, second) = (both.ask("first", 2), both.ask("second", 1));
    both.answer(":1\r\n").await;
    drop(both.server);
    is_lost(&first).await;
    is_lost(&second).await;
    both.driver.await.expect("redis-rs is told, too");
    let late = Arc::new(Spot::default());
    both.queue.send(&late, |out| write_command(out, "late"));
    is_lost(&late).await;
}

#[tokio::test]
async fn what_is_no_answer_ends_the_connection() {
    for answer in ["hello\r\n", ":1\r\n:2\r\n"] {
        let mut both = both().await;
        let (begun, waits) = (both.ask("begun", 1), both.ask("waits", 2));
        both.answer(if answer == "hello\r\n" { answer } else { ":1\r\n:2\r\n:3\r\n:4\r\n" }).await;
        both.driver.await.expect("it ends");
        if answer == "hello\r\n" {
            is_lost(&begun).await;
            is_lost(&waits).await;
        } else {
            assert!(answered(&begun).await.is_ok() && answered(&waits).await.is_ok(), "one more is nobody's");
        }
        let late = Arc::new(Spot::default());
        both.queue.send(&late, |out| write_command(out, "late"));
        is_lost(&late).await;
    }
}

#[tokio::test]
async fn what_the_socket_does_not_take_is_sent_later_and_in_order() {
    let mut both = both().await;
    let text = "x".repeat(50_000);
    let mut asked = Vec::new();
    loop {
        let spot = Arc::new(Spot::default());
        match both.queue.send_bounded(&spot, 1, |out| write_command(out, &text)) {
            Ok(()) => asked.push(spot),
            Err(Full) => break,
        }
    }
    // A read is small, and always taken.
    let read = Arc::new(Spot::default());
    both.queue.send(&read, |out| write_command(out, "read"));
    let queue = Arc::clone(&both.queue);
    let room = tokio::spawn(async move { queue.has_room().await });
    for _ in &asked {
        both.received(&[&text]).await;
        both.answer(":1\r\n").await;
    }
    both.received(&["read"]).await;
    both.answer(":2\r\n").await;
    room.await.expect("no panic");
    for spot in &asked {
        assert_eq!(answered(spot).await.ok(), Some(Reply::other(b":1\r\n".to_vec())));
    }
    assert_eq!(answered(&read).await.ok(), Some(Reply::other(b":2\r\n".to_vec())));
}

/// It has the memory that it came in, into which nothing is read meanwhile.
#[tokio::test]
async fn a_long_answer_stays_as_it_is_while_others_come() {
    let mut both = both().await;
    let answer = |letter: char| format!("*2\r\n$8000\r\n{0}\r\n$8000\r\n{0}\r\n", letter.to_string().repeat(8000));
    let mut held = Vec::new();
    for letter in 'a'..='f' {
        let (long, short) = (both.ask("MGET", 1), both.ask("GET", 1));
        both.answer(&(answer(letter) + "$1\r\n1\r\n")).await;
        let Ok(Reply::Other(whole)) = answered(&long).await else { panic!("an array") };
        assert_eq!(answered(&short).await.ok(), Some(Reply::Bytes(b"1".to_vec())));
        held.push((letter, whole));
    }
    for (letter, whole) in &held {
        assert_eq!(**whole, *answer(*letter).as_bytes(), "{letter}");
    }
}

/// No answer comes that would have somebody look for what is left of it.
#[tokio::test]
async fn a_command_that_the_socket_takes_in_parts_is_sent_to_its_end() {
    let mut both = both().await;
    let first = both.ask("first", 1);
    both.received(&["first"]).await;
    both.answer(":1\r\n").await;
    // Whoever receives has looked then, and has nothing more to do.
    assert!(answered(&first).await.is_ok());
    let text = "x".repeat(16_000_000);
    let spot = both.ask(&text, 1);
    both.received(&[&text]).await;
    both.answer(":1\r\n").await;
    assert_eq!(answered(&spot).await.ok(), Some(Reply::other(b":1\r\n".to_vec())));
}

/// How often it is looked again for what the server does not send, beyond once.
async fn looks(both: &Both) -> usize {
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    for looks in 0..1_000 {
        let mut buffer = [0; 64];
        let mut buffer = ReadBuf::new(&mut buffer);
        let polled =
            Pin::new(&mut *both.stream.lock().unwrap()).poll_read(&mut Context::from_waker(&waker), &mut buffer);
        assert!(polled.is_pending());
        yield_now().await;
        if woken.0.swap(0, Ordering::Relaxed) == 0 {
            return looks;
        }
    }
    panic!("it never sleeps");
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn it_is_looked_again_for_an_answer_that_is_on_its_way_and_in_the_end_waited_for() {
    let mut both = both().await;
    both.driver.abort();
    assert!((&mut both.driver).await.is_err());
    assert_eq!(looks(&both).await, 0, "nothing was asked");
    let asked = both.ask("a", 1);
    assert_eq!(looks(&both).await, 40);
    assert_eq!(looks(&both).await, 0, "until something comes");
    both.answer("$1\r\na\r\n").await;
    while poll_fn(|context| Poll::Ready(asked.poll(context))).await.is_pending() {
        looks(&both).await;
    }
    let _asked = both.ask("b", 1);
    assert_eq!(looks(&both).await, 40);
}
