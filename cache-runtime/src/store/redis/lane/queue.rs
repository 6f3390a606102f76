//! What is to be written, and whose the answers are.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use ::redis::RedisError;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::task;

use super::commands::Commands;
use super::extent::Malformed;
use super::socket::Sink;
use super::spot::Spot;

/// Beyond this redis-rs waits until some of it has been written. Reads are small, and as many as there are callers.
const FULL: usize = 1 << 18;

/// Shared by whoever sends, and by the task that redis-rs runs for the connection, which receives.
pub(super) struct Queue {
    state: Mutex<State>,
    sink: Sink,
    /// Whether the runtime has threads beside the one that it was entered on.
    has_workers: bool,
    /// Told when what was too much has been written.
    room: Notify,
}

struct State {
    /// Whole commands, to be written.
    out: Vec<u8>,
    /// Memory for the next ones while these are written.
    spare: Vec<u8>,
    is_writing: bool,
    /// Of redis-rs's: the beginning of a command, and where in it the beginning ends.
    begun: Vec<u8>,
    commands: Commands,
    /// Whose the next answers are.
    due: VecDeque<Due>,
    /// The task that receives.
    receiver: Option<Waker>,
    /// Why nothing more is sent.
    end: Option<io::ErrorKind>,
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

/// What became of what was to be written.
enum Wrote {
    /// All of it, or somebody else is about to.
    All,
    /// The socket takes no more now.
    Stuck,
    Failed(io::ErrorKind),
}

impl Queue {
    /// Within the runtime that the connection belongs to.
    pub(super) fn new(sink: Sink) -> Self {
        let state = State {
            out: Vec::new(),
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

    fn lock(&self) -> MutexGuard<'_, State> {
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
        if state.out.len() > FULL && state.end.is_none() {
            return Err(Full);
        }
        self.send_on(state, spot, answers, commands);
        Ok(())
    }

    /// Ready when there may be room again.
    pub(super) fn room(&self) -> Notified<'_> {
        self.room.notified()
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
        self.lock().out.len() > FULL
    }

    /// Writes all there is; for the task that receives.
    pub(super) fn poll_written(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.write(self.lock()) {
                Wrote::All => return Poll::Ready(Ok(())),
                Wrote::Failed(kind) => return Poll::Ready(Err(kind.into())),
                Wrote::Stuck => std::task::ready!(self.sink.poll_ready(context))?,
            }
        }
    }

    /// Who finds somebody writing leaves it to him: one call of the kernel for all that comes meanwhile.
    fn write<'a>(&'a self, mut state: MutexGuard<'a, State>) -> Wrote {
        if let Some(end) = state.end {
            return Wrote::Failed(end);
        }
        if state.is_writing {
            return Wrote::All;
        }
        state.is_writing = true;
        let wrote = loop {
            if state.out.is_empty() {
                break Wrote::All;
            }
            let spare = std::mem::take(&mut state.spare);
            let mut out = std::mem::replace(&mut state.out, spare);
            drop(state);
            let written = self.sink.try_write(&out);
            state = self.lock();
            let length = written.as_ref().map_or(0, |length| *length);
            if out.len() > FULL && out.len() - length <= FULL {
                self.room.notify_waiters();
            }
            if length == out.len() {
                out.clear();
                // Large ones are not kept.
                if out.capacity() <= FULL {
                    state.spare = out;
                }
                continue;
            }
            out.drain(..length);
            out.append(&mut state.out);
            state.out = out;
            match written {
                Ok(0) => break Wrote::Failed(io::ErrorKind::WriteZero),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Wrote::Stuck,
                Err(error) => break Wrote::Failed(error.kind()),
            }
        };
        state.is_writing = false;
        if let Wrote::Failed(end) = wrote {
            drop(state);
            self.end(end);
        }
        wrote
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
