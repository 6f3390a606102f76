//! What has come from the server and was not handed out yet.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::ReadBuf;

use super::extent::{Extent, Malformed};
use super::queue::{Queue, Whose, fail};
use super::room::Room;
use super::socket::Source;
use super::spot::{Reply, Spot};

pub(super) struct Inbox {
    room: Room,
    /// The first answer there, and whether it is redis-rs's.
    answer: Option<(Extent, bool)>,
    /// Where the answers to our commands go, of which the first ones have come.
    asked: Option<Asked>,
}

struct Asked {
    spot: Arc<Spot>,
    missing: usize,
    come: Vec<u8>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { room: Room::new(), answer: None, asked: None }
    }

    /// Hands out what is here: to redis-rs as much as it takes, or to those who wait. Not to them what comes after something for
    /// redis-rs: what it is told of changes it heeds before it asks again, and who has an answer relies on that.
    pub(super) fn hand_out(&mut self, queue: &Queue, theirs: &mut ReadBuf<'_>) -> Result<(), Malformed> {
        let before = theirs.remaining();
        while theirs.remaining() > 0 {
            let here = self.room.here();
            let (mut extent, is_theirs) = match self.answer.take() {
                Some(answer) => answer,
                None => match here.first() {
                    Some(first) => (Extent::new(), is_theirs(*first, queue, &mut self.asked)?),
                    None => return Ok(()),
                },
            };
            let length = extent.advance(here)?;
            if is_theirs {
                let known = length.unwrap_or_else(|| extent.known(here.len()));
                let given = known.min(theirs.remaining());
                theirs.put_slice(&here[..given]);
                self.room.pass(given);
                if length != Some(given) {
                    extent.forget(given);
                    self.answer = Some((extent, true));
                    if given == 0 {
                        return Ok(());
                    }
                }
            } else if let Some(length) = length {
                if theirs.remaining() < before {
                    self.answer = Some((Extent::new(), false));
                    return Ok(());
                }
                self.asked = self.asked.take().and_then(|asked| asked.take(&mut self.room, length));
            } else {
                self.answer = Some((extent, false));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Says how many bytes have come.
    pub(super) fn poll_fill(&mut self, source: &mut Source, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(self.room.free());
        ready!(source.poll_read(context, &mut buffer))?;
        let came = buffer.filled().len();
        self.room.came(came);
        Poll::Ready(Ok(came))
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, why: io::ErrorKind) {
        if let Some(Asked { spot, .. }) = self.asked.take() {
            fail(spot, why);
        }
    }
}

impl Asked {
    /// Takes the next answer, which is so long. With the last one it is done.
    fn take(mut self, room: &mut Room, length: usize) -> Option<Self> {
        self.missing -= 1;
        if self.missing > 0 || !self.come.is_empty() {
            self.come.extend_from_slice(&room.here()[..length]);
            room.pass(length);
        }
        if self.missing > 0 {
            return Some(self);
        }
        let reply = if self.come.is_empty() { Reply::take(room, length) } else { Reply::other(self.come) };
        let waker = self.spot.put(Ok(reply));
        // Before who waits runs: nobody else has it then, and it is used again.
        drop(self.spot);
        if let Some(waker) = waker {
            waker.wake();
        }
        None
    }
}

/// Whether an answer that begins like this is redis-rs's.
fn is_theirs(first: u8, queue: &Queue, asked: &mut Option<Asked>) -> Result<bool, Malformed> {
    // What the server tells without being asked, also between our answers.
    if first == b'>' {
        return Ok(true);
    }
    if asked.is_some() {
        return Ok(false);
    }
    Ok(match queue.whose(first)? {
        Whose::Theirs => true,
        Whose::Ours(spot, missing) => {
            *asked = Some(Asked { spot, missing, come: Vec::new() });
            false
        }
    })
}
