//! A plain read by itself. Its memory is used again by the next one of the thread.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::redis::RedisResult;
use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::lane::{Lane, Reading};
use crate::key::KeyText;
use crate::tags::Stamps;

/// So many are kept by each thread. More than that read together.
const SPARE: usize = 8;

thread_local! {
    static SPARES: RefCell<Vec<Pin<Box<Place>>>> = const { RefCell::new(Vec::new()) };
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
pub(crate) type SoloAnswer = Option<RedisResult<Option<Vec<u8>>>>;

impl Solo {
    /// Sends it.
    pub(super) fn new(
        generation: u64,
        lane: &Arc<Lane>,
        key: &KeyText,
        (edition, stamps): (u64, Stamps),
        within: Duration,
    ) -> Self {
        let begun = Instant::now();
        Self { room: Room::of(lane, key), generation, edition, stamps, begun, end: begun + within }
    }

    /// When it began.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Not to be polled again once it is ready.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<SoloAnswer> {
        match &mut self.room.0 {
            Some(place) => place.as_mut().poll(context, self.end),
            None => Poll::Ready(None),
        }
    }
}

/// Where one is under way.
struct Room(Option<Pin<Box<Place>>>);

impl Room {
    fn of(lane: &Arc<Lane>, key: &KeyText) -> Self {
        let spare = SPARES.try_with(|spares| spares.borrow_mut().pop()).ok().flatten();
        let mut place = spare.unwrap_or_else(|| Box::pin(Place { reading: Reading::default(), late: None }));
        place.as_mut().project().reading.send(lane, key.as_str());
        Self(Some(place))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let Some(mut place) = self.0.take() else { return };
        // It has a share in the connection.
        place.as_mut().end();
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < SPARE {
                spares.push(place);
            }
        });
    }
}

pin_project! {
    struct Place {
        reading: Reading,
        #[pin]
        late: Option<Sleep>,
    }
}

impl Place {
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>, end: Instant) -> Poll<SoloAnswer> {
        let mut this = self.project();
        if let Poll::Ready(answer) = this.reading.poll(context) {
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
        this.reading.end();
        this.late.set(None);
    }
}
