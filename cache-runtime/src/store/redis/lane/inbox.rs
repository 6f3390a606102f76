//! What has come from the server and was not handed out yet.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::ReadBuf;

use super::extent::{Extent, Malformed};
use super::queue::{Queue, Whose, fail};
use super::socket::Source;
use super::spot::{Reply, Spot};

/// Read at once. An answer that is longer has more.
const SIZE: usize = 16 * 1024;

/// So much stays for the next long one, as answers to shared reads are: to make it longer each time costs more than to read it.
const KEPT: usize = 16 * SIZE;

pub(super) struct Inbox {
    /// Those between `start` and `end` have come.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The answer at `start`, and whether it is redis-rs's.
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
        Self { bytes: vec![0; SIZE], start: 0, end: 0, answer: None, asked: None }
    }

    /// Hands out what is here: to redis-rs as much as it takes, or to those who wait. Not to them what comes after something for
    /// redis-rs: what it is told of changes it heeds before it asks again, and who has an answer relies on that.
    pub(super) fn hand_out(&mut self, queue: &Queue, theirs: &mut ReadBuf<'_>) -> Result<(), Malformed> {
        let before = theirs.remaining();
        while theirs.remaining() > 0 {
            let here = &self.bytes[self.start..self.end];
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
                self.start += given;
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
                self.asked = self.asked.take().and_then(|asked| asked.take(&here[..length]));
                self.start += length;
            } else {
                self.answer = Some((extent, false));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Says how many bytes have come.
    pub(super) fn poll_fill(&mut self, source: &mut Source, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.make_room();
        let mut buffer = ReadBuf::new(&mut self.bytes[self.end..]);
        ready!(source.poll_read(context, &mut buffer))?;
        let came = buffer.filled().len();
        self.end += came;
        Poll::Ready(Ok(came))
    }

    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() > KEPT {
                self.bytes = vec![0; SIZE];
            }
        } else if self.start > 0 && self.end > self.bytes.len() - SIZE / 4 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end > self.bytes.len() - SIZE / 4 {
            // What the server says of its length is not believed before it is there.
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, why: io::ErrorKind) {
        if let Some(Asked { spot, .. }) = self.asked.take() {
            fail(spot, why);
        }
    }
}

impl Asked {
    /// Takes the next answer. With the last one it is done.
    fn take(mut self, answer: &[u8]) -> Option<Self> {
        self.missing -= 1;
        if self.missing > 0 || !self.come.is_empty() {
            self.come.extend_from_slice(answer);
        }
        if self.missing > 0 {
            return Some(self);
        }
        let reply = if self.come.is_empty() { Reply::of(answer) } else { Reply::Other(self.come) };
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
