//! Writing what there is to be written.

use std::io;
use std::sync::MutexGuard;
use std::task::{Context, Poll};

use super::queue::{FULL, Queue, State};

/// What became of what was to be written.
pub(super) enum Wrote {
    /// All of it, or somebody else is about to.
    All,
    /// The socket takes no more now.
    Stuck,
    Failed(io::ErrorKind),
}

impl Queue {
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
    pub(super) fn write<'a>(&'a self, mut state: MutexGuard<'a, State>) -> Wrote {
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
            let before = std::mem::take(&mut state.written);
            drop(state);
            let wrote = self.sink.try_write(&out[before..]);
            state = self.lock();
            let written = before + wrote.as_ref().map_or(0, |length| *length);
            if out.len() - before > FULL && out.len() - written <= FULL {
                self.room.notify_waiters();
            }
            if written == out.len() {
                out.clear();
                // Large ones are not kept.
                if out.capacity() <= FULL {
                    state.spare = out;
                }
                continue;
            }
            out.append(&mut state.out);
            (state.out, state.written) = (out, written);
            match wrote {
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
}
