//! Tells a recorder of metrics what was counted, for as long as something is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

/// How late the recorder is told at most.
pub(crate) const LAG: Duration = Duration::from_millis(50);

/// After so many looks without news nobody looks any more, until something is counted again.
pub(crate) const QUIET: u32 = 10;

/// Has counts that a recorder is to be told of. Tells when it is dropped, too.
pub(crate) trait Tells: Send + Sync + 'static {
    /// Tells what came since the last time. Says whether anything did.
    fn tell(&self) -> bool;

    /// Whether a task does. To be looked at once something was counted: if not, [`begin`].
    fn is_told(&self) -> &AtomicBool;
}

/// From now on the recorder is told, for as long as there is news.
#[cold]
pub(crate) fn begin<T: Tells>(counts: &Arc<T>) {
    if counts.is_told().swap(true, Ordering::SeqCst) {
        return;
    }
    let telling = Telling(Arc::downgrade(counts));
    // Without a runtime it is told at once.
    let Ok(runtime) = Handle::try_current() else { return };
    runtime.spawn(async move {
        let mut quiet = 0;
        while quiet < QUIET {
            tokio::time::sleep(LAG).await;
            let Some(counts) = telling.0.upgrade() else { return };
            quiet = if counts.tell() { 0 } else { quiet + 1 };
        }
        let counts = telling.0.clone();
        drop(telling);
        // A thread may have counted one just then, and have seen no end yet.
        tokio::time::sleep(LAG).await;
        if let Some(counts) = counts.upgrade() {
            counts.tell();
        }
    });
}

/// Dropped when nobody tells any more, also when a runtime ended under it.
struct Telling<T: Tells>(Weak<T>);

impl<T: Tells> Drop for Telling<T> {
    fn drop(&mut self) {
        if let Some(counts) = self.0.upgrade() {
            // It is counted before this is looked at: either it is told now, or soon, or it begins anew.
            counts.is_told().store(false, Ordering::SeqCst);
            counts.tell();
        }
    }
}
