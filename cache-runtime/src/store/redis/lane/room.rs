//! Memory for what comes from the server.
//!
//! An answer to many is long, and they have the memory that it came in among themselves: a copy costs as much as all else that is
//! done with an answer until they have it. Once the last of them is done it is used again, and meanwhile there is other memory.

use bytes::{Bytes, BytesMut};

use crate::wire::Payload;

/// Read at once. An answer that is longer has more.
const SIZE: usize = 16 * 1024;

/// So much stays for the next long one, as answers to shared reads are: to make it longer each time costs more than to read it.
const KEPT: usize = 16 * SIZE;

/// So long is what is given away with the memory that it is in. Of less a copy is cheaper.
const LONG: usize = 4 * 1024;

/// So many have been given away and may come back: while one is read into, the one before is in use, or the two before.
const AWAY: usize = 3;

pub(super) struct Room {
    /// All of it has been written to, with zeros at least.
    bytes: BytesMut,
    /// What has come and was not handed out lies between these.
    start: usize,
    end: usize,
    away: Vec<Bytes>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { bytes: BytesMut::zeroed(SIZE), start: 0, end: 0, away: Vec::new() }
    }

    /// What has come and was not handed out.
    pub(super) fn here(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// So much of it was.
    pub(super) fn pass(&mut self, length: usize) {
        self.start += length;
    }

    /// So much of it was, and more comes: where that goes.
    pub(super) fn free(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() > KEPT {
                self.bytes = BytesMut::zeroed(SIZE);
            }
        } else if self.start > 0 && self.end > self.bytes.len() - SIZE / 4 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end > self.bytes.len() - SIZE / 4 {
            // What the server says of its length is not believed before it is there.
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// So much has come there.
    pub(super) fn came(&mut self, length: usize) {
        self.end += length;
    }

    /// Hands out so much of what is here, which is kept as long as it is in use.
    pub(super) fn take(&mut self, length: usize) -> Payload {
        let (begin, end) = (self.start, self.start + length);
        self.start = end;
        if length < LONG || self.bytes.len() > KEPT {
            return Payload::new(self.bytes[begin..end].to_vec());
        }
        let rest = self.end - end;
        let mut other = self.other(self.bytes.len());
        other[..rest].copy_from_slice(&self.bytes[end..self.end]);
        (self.start, self.end) = (0, rest);
        let whole = std::mem::replace(&mut self.bytes, other).freeze();
        if self.away.len() < AWAY {
            self.away.push(whole.clone());
        }
        Payload::of(whole.slice(begin..end))
    }

    /// Other memory of at least this size: such as nobody uses any more, if there is some.
    fn other(&mut self, size: usize) -> BytesMut {
        if let Some(back) = self.away.iter().position(Bytes::is_unique)
            && let Ok(mut back) = self.away.swap_remove(back).try_into_mut()
        {
            if back.len() < size {
                back.resize(size, 0);
            }
            return back;
        }
        BytesMut::zeroed(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn come(room: &mut Room, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let free = room.free();
            let some = free.len().min(rest.len());
            free[..some].copy_from_slice(&rest[..some]);
            room.came(some);
            rest = &rest[some..];
        }
    }

    #[test]
    fn what_is_long_is_given_away_with_its_memory_and_what_follows_it_stays() {
        let mut room = Room::new();
        come(&mut room, &[&b"ab"[..], &[b'x'; LONG], b"cd"].concat());
        room.pass(2);
        let place = room.here().as_ptr();
        let long = room.take(LONG);
        assert!(*long == [b'x'; LONG] && long.as_ptr() == place);
        assert_eq!(room.here(), b"cd");
        come(&mut room, b"ef");
        assert_eq!((room.here(), &*long), (&b"cdef"[..], &[b'x'; LONG][..]));
    }

    #[test]
    fn what_is_short_or_in_much_memory_is_copied() {
        let mut room = Room::new();
        come(&mut room, &[b'x'; LONG]);
        let place = room.here().as_ptr();
        assert_ne!(room.take(LONG - 1).as_ptr(), place);
        assert_eq!(room.here(), b"x");
        come(&mut room, &vec![b'y'; KEPT + 1]);
        room.pass(1);
        let place = room.here().as_ptr();
        let long = room.take(KEPT + 1);
        assert!(long.len() == KEPT + 1 && long.as_ptr() != place);
    }

    #[test]
    fn memory_is_used_again_once_nobody_has_any_of_it() {
        let mut room = Room::new();
        let mut take = || {
            come(&mut room, &[b'x'; LONG]);
            let long = room.take(LONG);
            (long.as_ptr().addr(), room.away.len(), long)
        };
        let (first, _, long) = take();
        let part = long.part(1..2).expect("a part");
        drop(long);
        let places: Vec<_> = (0..6).map(|_| take().0).collect();
        assert!(places[0] == places[2] && places[1] == places[3], "two take turns: {places:?}");
        assert!(places[0] != places[1] && !places.contains(&first), "a part of the first is in use: {places:?}");
        assert_eq!(&*part, b"x");
        drop(part);
        let places: Vec<_> = (0..4).map(|_| take().0).collect();
        assert!(places.contains(&first), "{places:?}");
        let held: Vec<_> = (0..9).map(|_| take()).collect();
        assert!(held.iter().all(|(_, away, _)| *away <= AWAY));
    }
}
