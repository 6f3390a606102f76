//! What the single-flight synchronises with, in one place: `tests/interleavings` builds the same files on a `crate::sync` of
//! its own, whose scheduler decides who goes on.

pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use tokio::sync::oneshot;
// Without a count of weak ones, which nobody uses.
pub(crate) use triomphe::Arc;

pub(crate) mod atomic {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
}
