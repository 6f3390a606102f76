//! Where an answer is put for the one who waits for it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use ::redis::{FromRedisValue, RedisResult, parse_redis_value};

use super::room::Room;
use crate::wire::Payload;

/// An answer, of which the usual kinds are told apart already.
// Not `Debug` where it could be seen: it has values.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum Reply {
    Bytes(Vec<u8>),
    Nothing,
    /// All of it, to be read by who asked or by redis-rs.
    Other(Payload),
}

impl Reply {
    /// The next answer, which is so long and all there.
    pub(super) fn take(room: &mut Room, length: usize) -> Self {
        let answer = &room.here()[..length];
        let reply = match answer.first() {
            Some(b'_') => Self::Nothing,
            Some(b'$') => {
                let line = answer.iter().position(|byte| *byte == b'\n').unwrap_or(0);
                match answer.get(line + 1..length.saturating_sub(2)) {
                    Some(bytes) => Self::Bytes(bytes.to_vec()),
                    None => Self::Nothing,
                }
            }
            _ => return Self::Other(room.take(length)),
        };
        room.pass(length);
        reply
    }

    pub(super) fn other(answers: Vec<u8>) -> Self {
        Self::Other(Payload::new(answers))
    }

    /// What a `GET` gave.
    pub(super) fn bytes(self) -> RedisResult<Option<Vec<u8>>> {
        match self {
            Self::Bytes(bytes) => Ok(Some(bytes)),
            Self::Nothing => Ok(None),
            Self::Other(answer) => Ok(Option::from_redis_value(parse_redis_value(&answer)?.extract_error()?)?),
        }
    }
}

/// Made anew by [`clear`](Self::clear), where nobody else has it.
#[derive(Default)]
pub(super) struct Spot(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Empty,
    Awaited(Waker),
    Answered(RedisResult<Reply>),
}

impl Spot {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn clear(&mut self) {
        *self.0.get_mut().unwrap_or_else(PoisonError::into_inner) = State::Empty;
    }

    /// Says whom to wake.
    pub(super) fn put(&self, answer: RedisResult<Reply>) -> Option<Waker> {
        match std::mem::replace(&mut *self.lock(), State::Answered(answer)) {
            State::Awaited(waker) => Some(waker),
            State::Empty | State::Answered(_) => None,
        }
    }

    /// Not to be polled again once it is ready.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<RedisResult<Reply>> {
        let mut state = self.lock();
        match std::mem::take(&mut *state) {
            State::Answered(answer) => Poll::Ready(answer),
            State::Awaited(waker) if waker.will_wake(context.waker()) => {
                *state = State::Awaited(waker);
                Poll::Pending
            }
            State::Empty | State::Awaited(_) => {
                *state = State::Awaited(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Room};

    fn reply(answer: &[u8]) -> Reply {
        let mut room = Room::new();
        room.free()[..answer.len()].copy_from_slice(answer);
        room.came(answer.len());
        let reply = Reply::take(&mut room, answer.len());
        assert!(room.here().is_empty());
        reply
    }

    #[test]
    fn replies_of_each_kind() {
        assert_eq!(reply(b"$3\r\na\r\n\r\n"), Reply::Bytes(b"a\r\n".to_vec()));
        assert_eq!(reply(b"$0\r\n\r\n"), Reply::Bytes(Vec::new()));
        assert_eq!(reply(b"$-1\r\n"), Reply::Nothing);
        assert_eq!(reply(b"_\r\n"), Reply::Nothing);
        let refused = reply(b"-WRONGTYPE no\r\n").bytes().expect_err("an error");
        assert_eq!(refused.code(), Some("WRONGTYPE"));
        assert_eq!(reply(b"|1\r\n+a\r\n:1\r\n$1\r\nv\r\n").bytes().ok(), Some(Some(b"v".to_vec())));
    }
}
