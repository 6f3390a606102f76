//! What each thread last saw in the copy of the stamps of resources, so that most reads take no lock for it: a lock is written to by all who
//! look, and goes from one processor to the other each time.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::tags::Stamps;

/// Which copy it is, of all that a program ever had.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u64);

impl Default for Id {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Seen {
    copy: Id,
    edition: u64,
    name: Box<str>,
    stamps: Stamps,
}

/// So many names are remembered by each thread.
const SEEN: usize = 16;

thread_local! {
    static SEEN_HERE: RefCell<[Option<Seen>; SEEN]> = const { RefCell::new([const { None }; SEEN]) };
}

/// Names of resources are written once, and lie apart.
fn place(name: &str) -> usize {
    (name.as_ptr().addr() >> 4 ^ name.as_ptr().addr() >> 9) % SEEN
}

/// What this edition of the copy says of the name, if this thread has seen it.
pub(super) fn recall(copy: Id, edition: u64, name: &str) -> Option<Stamps> {
    let seen = |seen: &Seen| seen.copy == copy && seen.edition == edition && *seen.name == *name;
    let of = |all: &[Option<Seen>; SEEN]| all[place(name)].as_ref().filter(|one| seen(one)).map(|one| one.stamps);
    SEEN_HERE.try_with(|all| of(&all.borrow())).ok().flatten()
}

/// This edition of the copy says this of the name.
pub(super) fn note(copy: Id, edition: u64, name: &str, stamps: Stamps) {
    let _ = SEEN_HERE.try_with(|all| match &mut all.borrow_mut()[place(name)] {
        Some(seen) if seen.copy == copy && *seen.name == *name => (seen.edition, seen.stamps) = (edition, stamps),
        place => *place = Some(Seen { copy, edition, name: name.into(), stamps }),
    });
}
