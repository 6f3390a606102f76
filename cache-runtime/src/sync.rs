//! What the single-flight synchronises with, in one place: `tests/interleavings` builds the same files on a `crate::sync` of
//! its own, whose scheduler decides who goes on.

pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use tokio::sync::oneshot;

pub(crate) mod atomic {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
}
