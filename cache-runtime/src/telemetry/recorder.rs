//! Whether the recorder of metrics is the one that stays.
//!
//! A program installs one recorder for good; a test can put another one in its place for a while, on its own thread. What was
//! registered with the one that stays may be used again without asking it; nobody says which one that is, but a thread of its
//! own is given no other.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use metrics::Recorder;

/// Where the recorder that stays is. It is never moved or freed, so nothing else can be there.
static LASTING: AtomicUsize = AtomicUsize::new(0);

/// How often a recorder was met while that was not known.
static MET: AtomicU32 = AtomicU32::new(0);

/// Whether what this recorder registers stays valid.
pub(super) fn lasts(recorder: &dyn Recorder) -> bool {
    let at = place(recorder);
    match LASTING.load(Ordering::Relaxed) {
        0 => learn(recorder) && at == LASTING.load(Ordering::Relaxed),
        known => at == known,
    }
}

fn place(recorder: &dyn Recorder) -> usize {
    std::ptr::from_ref(recorder).cast::<()>().addr()
}

/// Asks a thread of its own: at the first, the second, the fourth time and so on, as a recorder can be installed late.
#[cold]
fn learn(recorder: &dyn Recorder) -> bool {
    // Without a size it shares its place with others: so does the one that stands for none.
    if size_of_val(recorder) == 0 || !MET.fetch_add(1, Ordering::Relaxed).saturating_add(1).is_power_of_two() {
        return false;
    }
    let ask = || {
        metrics::with_recorder(|lasting| {
            if size_of_val(lasting) > 0 {
                LASTING.store(place(lasting), Ordering::Relaxed);
            }
        });
    };
    let asked = std::thread::Builder::new().name("cache-recorder".to_owned()).spawn(ask);
    asked.is_ok_and(|thread| thread.join().is_ok())
}
