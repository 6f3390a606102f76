//! The last entries that this thread was served, in front of the tier that all threads share: no lock, and no count that two
//! threads write to.
//!
//! What the tier gives up is marked, so that no thread serves it any more. A thread keeps no more than [`SLOTS`] entries of at
//! most [`LARGEST`] bytes, also of those that the tier has given up.

use std::cell::RefCell;
use std::hash::BuildHasher as _;
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;

use super::Entry;

/// A power of two.
const SLOTS: usize = 4_096;

/// Encoded.
const LARGEST: u32 = 1_024;

/// So often an entry is served here before the tier is asked for it again, which is how that learns what is in use.
const USES: u8 = 64;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

thread_local! {
    static NEAR: RefCell<Vec<Option<Slot>>> = const { RefCell::new(Vec::new()) };
}

struct Slot {
    /// Which tier gave it, and how often that was emptied by then.
    from: (u64, u64),
    entry: Arc<Entry>,
    uses: u8,
}

/// Where a key would be.
#[derive(Clone, Copy)]
pub(super) struct Place(usize);

pub(super) fn place(key: &str) -> Place {
    Place(usize::try_from(HASHER.hash_one(key) % SLOTS as u64).unwrap_or(0))
}

/// Serves what is here. `None` where the tier has to be asked.
pub(super) fn serve(
    place: Place,
    from: (u64, u64),
    key: &str,
    serve: &mut dyn FnMut(&Entry) -> Option<bool>,
) -> Option<bool> {
    NEAR.with(|near| {
        // A value that is cloned may ask for another one.
        let mut near = near.try_borrow_mut().ok()?;
        let slot = near.get_mut(place.0)?.as_mut()?;
        if slot.from != from || slot.uses == 0 || slot.entry.is_void() || slot.entry.key.as_str() != key {
            return None;
        }
        slot.uses -= 1;
        serve(&slot.entry)
    })
}

/// Keeps what the tier gave.
pub(super) fn keep(place: Place, from: (u64, u64), entry: &Arc<Entry>) {
    if entry.bytes > LARGEST {
        return;
    }
    let slot = Slot { from, entry: Arc::clone(entry), uses: USES };
    let replaced = NEAR.with(|near| {
        let Ok(mut near) = near.try_borrow_mut() else { return None };
        if near.is_empty() {
            near.resize_with(SLOTS, || None);
        }
        near.get_mut(place.0)?.replace(slot)
    });
    // Another's value may be dropped with it, which may ask for something here.
    drop(replaced);
}
