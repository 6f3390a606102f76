//! What has come from the server and was not handed out yet.

use std::io;
use std::task::{Context, Poll, ready};

use tokio::io::ReadBuf;

use super::extent::{Extent, Malformed};
use super::queue::{Queue, Whose, fail};
use super::socket::Source;
use super::spot::Reply;

/// Read at once. An answer that is longer has more, as long as it takes.
const SIZE: usize = 16 * 1024;

pub(super) struct Inbox {
    /// Those between `start` and `end` have come.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The answer at `start`, and whose it is.
    answer: Option<(Extent, Whose)>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { bytes: vec![0; SIZE], start: 0, end: 0, answer: None }
    }

    /// Hands out what is here: all of it, or as much as redis-rs takes.
    pub(super) fn hand_out(&mut self, queue: &Queue, theirs: &mut ReadBuf<'_>) -> Result<(), Malformed> {
        while theirs.remaining() > 0 {
            let here = &self.bytes[self.start..self.end];
            let (mut extent, whose) = match self.answer.take() {
                Some(answer) => answer,
                None => match here.first() {
                    Some(first) => (Extent::new(), queue.whose(*first)?),
                    None => return Ok(()),
                },
            };
            let length = extent.advance(here);
            match (whose, length) {
                (Whose::Ours(spot), Ok(Some(length))) => {
                    let waker = spot.put(Ok(Reply::of(&here[..length])));
                    self.start += length;
                    // Before it is used again.
                    drop(spot);
                    if let Some(waker) = waker {
                        waker.wake();
                    }
                }
                (whose @ Whose::Ours(_), length) => {
                    self.answer = Some((extent, whose));
                    return length.map(|_| ());
                }
                (Whose::Theirs, length) => {
                    let known = length?.unwrap_or_else(|| extent.known(here.len()));
                    let given = known.min(theirs.remaining());
                    theirs.put_slice(&here[..given]);
                    self.start += given;
                    if length != Ok(Some(given)) {
                        extent.forget(given);
                        self.answer = Some((extent, Whose::Theirs));
                        if given == 0 {
                            return Ok(());
                        }
                    }
                }
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
            if self.bytes.len() > SIZE {
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
        if let Some((_, Whose::Ours(spot))) = self.answer.take() {
            fail(spot, why);
        }
    }
}
