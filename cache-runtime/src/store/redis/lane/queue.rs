//! What is to be written, and whose the answers are.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use ::redis::RedisError;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;
use tokio::task;

use super::commands::Commands;
use super::extent::Malformed;
use super::socket::Sink;
use super::spot::Spot;
use super::write::Wrote;

/// Beyond this redis-rs waits until some of it has been written. Reads are small, and as many as there are callers.
pub(super) const FULL: usize = 1 << 18;

/// Shared by whoever sends, and by the task that redis-rs runs for the connection, which receives.
pub(super) struct Queue {
    state: Mutex<State>,
    pub(super) sink: Sink,
    /// Whether the runtime has threads beside the one that it was entered on.
    has_workers: bool,
    /// Told when what was too much has been written.
    pub(super) room: Notify,
}

pub(super) struct State {
    /// Whole commands, to be written.
    pub(super) out: Vec<u8>,
    /// So much of that has been. It is not moved up: a command may be long, and the socket takes it in many parts.
    pub(super) written: usize,
    /// Memory for the next ones while these are written.
    pub(super) spare: Vec<u8>,
    pub(super) is_writing: bool,
    /// Of redis-rs's: the beginning of a command, and where in it the beginning ends.
    begun: Vec<u8>,
    commands: Commands,
    /// Whose the next answers are.
    due: VecDeque<Due>,
    /// The task that receives.
    receiver: Option<Waker>,
    /// Why nothing more is sent.
    pub(super) end: Option<io::ErrorKind>,
}

impl State {
    /// Where nothing is sent any more, nobody waits for room either.
    fn is_full(&self) -> bool {
        self.out.len() - self.written > FULL && self.end.is_none()
    }
}

enum Due {
    /// So many are redis-rs's.
    Theirs(u64),
    /// So many go there.
    Ours(Arc<Spot>, usize),
}

/// Whose an answer is.
pub(super) enum Whose {
    Theirs,
    /// With so many that go there: this one, and those that follow.
    Ours(Arc<Spot>, usize),
}

/// Nothing was sent, as there is too much already that the socket did not take.
pub(super) struct Full;

impl Queue {
    /// Within the runtime that the connection belongs to.
    pub(super) fn new(sink: Sink) -> Self {
        let state = State {
            out: Vec::new(),
            written: 0,
            spare: Vec::new(),
            is_writing: false,
            begun: Vec::new(),
            commands: Commands::default(),
            due: VecDeque::new(),
            receiver: None,
            end: None,
        };
        let has_workers = Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread;
        Self { state: Mutex::new(state), sink, has_workers, room: Notify::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a command of ours, which has one answer.
    pub(super) fn send(&self, spot: &Arc<Spot>, command: impl FnOnce(&mut Vec<u8>)) {
        self.send_on(self.lock(), spot, 1, command);
    }

    /// Sends commands that have so many answers.
    pub(super) fn send_bounded(
        &self,
        spot: &Arc<Spot>,
        answers: usize,
        commands: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), Full> {
        let state = self.lock();
        if state.is_full() {
            return Err(Full);
        }
        self.send_on(state, spot, answers, commands);
        Ok(())
    }

    /// Waits until there may be room again.
    pub(super) async fn has_room(&self) {
        // Before it is looked at: whoever makes some meanwhile is heard.
        let room = self.room.notified();
        if self.is_full() {
            room.await;
        }
    }

    fn send_on<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        spot: &Arc<Spot>,
        answers: usize,
        commands: impl FnOnce(&mut Vec<u8>),
    ) {
        if let Some(end) = state.end {
            drop(state);
            spot.put(Err(lost(end)));
            return;
        }
        commands(&mut state.out);
        state.due.push_back(Due::Ours(Arc::clone(spot), answers));
        // If not all was written, it goes on, or learns why not.
        if !matches!(self.write(state), Wrote::All) || self.is_outside() {
            let receiver = self.lock().receiver.clone();
            if let Some(receiver) = receiver {
                receiver.wake();
            }
        }
    }

    /// Whether this runs beside the runtime's workers, in `block_on`. Of these perhaps one is blocked, by what it should not run, and
    /// was the one that looks for events: the others sleep until there is something for them to do.
    fn is_outside(&self) -> bool {
        self.has_workers && task::try_id().is_none()
    }

    /// Takes what redis-rs sends.
    pub(super) fn take(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let state = &mut *state;
        let (ended, last) = state.commands.pass(bytes).map_err(|Malformed| io::ErrorKind::InvalidData)?;
        if ended > 0 {
            // Ours go between whole ones.
            state.out.append(&mut state.begun);
            state.out.extend_from_slice(&bytes[..last]);
            match state.due.back_mut() {
                Some(Due::Theirs(count)) => *count += ended as u64,
                Some(Due::Ours(..)) | None => state.due.push_back(Due::Theirs(ended as u64)),
            }
        }
        state.begun.extend_from_slice(&bytes[last..]);
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.lock().is_full()
    }

    /// Whose the next answer is, which begins like this.
    pub(super) fn whose(&self, first: u8) -> Result<Whose, Malformed> {
        let mut state = self.lock();
        match state.due.pop_front() {
            Some(Due::Ours(spot, answers)) => Ok(Whose::Ours(spot, answers)),
            Some(Due::Theirs(count)) => {
                if count > 1 {
                    state.due.push_front(Due::Theirs(count - 1));
                }
                Ok(Whose::Theirs)
            }
            // Why the server has no connection for us.
            None if first == b'-' => Ok(Whose::Theirs),
            None => Err(Malformed),
        }
    }

    /// Whether answers are on their way.
    pub(super) fn is_awaited(&self) -> bool {
        !self.lock().due.is_empty()
    }

    /// Whom to wake when there is something left to write.
    pub(super) fn receives(&self, receiver: Waker) {
        self.lock().receiver = Some(receiver);
    }

    /// Nothing is answered any more.
    pub(super) fn end(&self, why: io::ErrorKind) {
        let (due, why) = {
            let mut state = self.lock();
            let why = *state.end.get_or_insert(why);
            (std::mem::take(&mut state.due), why)
        };
        self.room.notify_waiters();
        for waits in due {
            if let Due::Ours(spot, _) = waits {
                fail(spot, why);
            }
        }
    }
}

/// Tells one who waits that nothing comes.
pub(super) fn fail(spot: Arc<Spot>, why: io::ErrorKind) {
    let waker = spot.put(Err(lost(why)));
    drop(spot);
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn lost(why: io::ErrorKind) -> RedisError {
    io::Error::from(why).into()
}
