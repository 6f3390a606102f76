//! Locks, atomics and a oneshot channel at which the scheduler may switch.

pub(crate) mod oneshot;

pub(crate) use shuttle::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic};
