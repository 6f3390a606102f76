//! Whether a program ever made a scope that concerns its calls: most look for nothing at each call.

use std::sync::atomic::{AtomicBool, Ordering};

static ANY: AtomicBool = AtomicBool::new(false);

/// To be called before a scope begins, which a call inside comes after.
pub(crate) fn begin() {
    ANY.store(true, Ordering::Relaxed);
}

/// Whether a call may be inside one.
#[inline]
pub(crate) fn any() -> bool {
    ANY.load(Ordering::Relaxed)
}
