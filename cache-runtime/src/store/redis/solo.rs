//! A plain read by itself. Its memory is used again by the next one of the thread: what redis-rs makes of a command is more than a
//! thousand bytes, which the usual allocator hands out, and takes back, in ten times as many instructions as smaller pieces.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, RedisResult, Value};
use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::get::write_get;
use crate::boxed::boxed;
use crate::key::KeyText;
use crate::tags::Stamps;

/// So many are kept by each thread. More than that read together.
const SPARE: usize = 8;

/// What the command with a longer key takes is not kept.
const LONGEST: usize = 1024;

thread_local! {
    static SPARES: RefCell<Vec<Pin<Box<dyn Sends>>>> = const { RefCell::new(Vec::new()) };
}

/// A read by itself. It borrows nothing: whoever has it hands it to [`RedisStore::end_solo`](super::RedisStore::end_solo) or
/// [`RedisStore::leave_solo`](super::RedisStore::leave_solo).
pub(crate) struct Solo {
    room: Room,
    pub(super) generation: u64,
    pub(super) edition: u64,
    pub(super) stamps: Stamps,
    begun: Instant,
    end: Instant,
}

/// What came of it, or nothing in time.
pub(crate) type SoloAnswer = Option<RedisResult<Value>>;

impl Solo {
    /// Nothing is sent before it is polled.
    pub(super) fn new(
        generation: u64,
        link: MultiplexedConnection,
        key: &KeyText,
        (edition, stamps): (u64, Stamps),
        within: Duration,
    ) -> Self {
        let begun = Instant::now();
        Self { room: Room::of(link, key), generation, edition, stamps, begun, end: begun + within }
    }

    /// When it began.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Not to be polled again once it is ready.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<SoloAnswer> {
        match &mut self.room.0 {
            Some(sends) => sends.as_mut().poll(context, self.end),
            None => Poll::Ready(None),
        }
    }
}

/// Where one is under way.
struct Room(Option<Pin<Box<dyn Sends>>>);

impl Room {
    fn of(link: MultiplexedConnection, key: &KeyText) -> Self {
        let spare = SPARES.try_with(|spares| spares.borrow_mut().pop()).ok().flatten();
        let mut sends = spare.unwrap_or_else(sends);
        sends.as_mut().begin(link, key);
        Self(Some(sends))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let Some(mut sends) = self.0.take() else { return };
        // It has a share in the connection.
        sends.as_mut().end();
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < SPARE {
                spares.push(sends);
            }
        });
    }
}

trait Sends: Send {
    fn begin(self: Pin<&mut Self>, link: MultiplexedConnection, key: &KeyText);
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>, end: Instant) -> Poll<SoloAnswer>;
    fn end(self: Pin<&mut Self>);
}

fn sends() -> Pin<Box<dyn Sends>> {
    let send = |mut link: MultiplexedConnection, command: Cmd| async move {
        let answer = link.send_packed_command(&command).await;
        (answer, command)
    };
    Box::into_pin(boxed(|| Sending { send, command: Cmd::new(), is_long: false, under_way: None, late: None }))
}

pin_project! {
    struct Sending<S, F> {
        send: S,
        command: Cmd,
        is_long: bool,
        #[pin]
        under_way: Option<F>,
        #[pin]
        late: Option<Sleep>,
    }
}

impl<S, F> Sends for Sending<S, F>
where
    S: Fn(MultiplexedConnection, Cmd) -> F + Send,
    F: Future<Output = (RedisResult<Value>, Cmd)> + Send,
{
    fn begin(self: Pin<&mut Self>, link: MultiplexedConnection, key: &KeyText) {
        let mut this = self.project();
        let mut command = std::mem::take(this.command);
        command.clear();
        write_get(&mut command, key);
        *this.is_long = key.as_str().len() > LONGEST;
        this.under_way.set(Some((this.send)(link, command)));
    }

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>, end: Instant) -> Poll<SoloAnswer> {
        let mut this = self.project();
        let Some(under_way) = this.under_way.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        if let Poll::Ready((answer, command)) = under_way.poll(context) {
            *this.command = command;
            return Poll::Ready(Some(answer));
        }
        if this.late.is_none() {
            this.late.set(Some(sleep_until(end)));
        }
        // Not put off by what else the task does at this poll.
        match this.late.as_pin_mut() {
            Some(late) => Pin::new(&mut unconstrained(late)).poll(context).map(|()| None),
            None => Poll::Pending,
        }
    }

    fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.under_way.set(None);
        this.late.set(None);
        if *this.is_long {
            *this.command = Cmd::new();
        }
    }
}
