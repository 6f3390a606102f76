//! Values on their way into the local tier, and invalidations.

use shuttle::thread;

use crate::order_subject::Ordered;
use crate::sync::atomic::{AtomicU8, Ordering};
use crate::sync::{Arc, Mutex};
use crate::world::{below, lock};

/// A store that holds a version, and what a process holds of it.
struct Tier<O> {
    order: O,
    store: AtomicU8,
    held: Mutex<Option<u8>>,
    /// What calls from now on must at least be given.
    acknowledged: AtomicU8,
    wrong: Mutex<Vec<&'static str>>,
}

impl<O: Ordered> Tier<O> {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            order: O::fresh(),
            store: AtomicU8::new(1),
            held: Mutex::default(),
            acknowledged: AtomicU8::new(1),
            wrong: Mutex::default(),
        })
    }

    /// A call: what is held, or else what the store has, which is held from then on.
    fn read(&self) {
        let least = self.acknowledged.load(Ordering::SeqCst);
        let held = *lock(&self.held);
        let given = held.unwrap_or_else(|| {
            let turn = self.order.turn();
            let read = self.store.load(Ordering::SeqCst);
            thread::yield_now();
            self.order.unless_void(turn, || *lock(&self.held) = Some(read));
            read
        });
        if given < least {
            lock(&self.wrong).push("stale");
        }
    }

    /// A write, here or elsewhere, and what voids the key.
    fn write(&self) {
        let version = self.store.fetch_add(1, Ordering::SeqCst) + 1;
        match below(3) {
            0 => self.order.void_all(|| *lock(&self.held) = None),
            _ => self.order.void(|| *lock(&self.held) = None),
        }
        self.acknowledged.fetch_max(version, Ordering::SeqCst);
    }

    /// A fill of this process that takes the place of what was there.
    fn fill(&self) {
        let turn = self.order.turn();
        let version = self.store.fetch_add(1, Ordering::SeqCst) + 1;
        thread::yield_now();
        if let Some(turn) = self.order.advance(turn, || *lock(&self.held) = None) {
            self.order.unless_void(turn, || *lock(&self.held) = Some(version));
        }
        self.acknowledged.fetch_max(version, Ordering::SeqCst);
    }

    fn together(self: Arc<Self>, tasks: &[fn(&Self)]) {
        let threads: Vec<_> = tasks
            .iter()
            .map(|run| {
                let (tier, run) = (Arc::clone(&self), *run);
                thread::spawn(move || run(&tier))
            })
            .collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
        self.read();
        let wrong = lock(&self.wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("; "));
    }
}

/// Scenario 35: what was read before an invalidation is not held after it.
pub fn what_an_invalidation_overtakes_is_not_held<O: Ordered>() {
    let reads: fn(&Tier<O>) = |tier| {
        tier.read();
        tier.read();
    };
    let writes: fn(&Tier<O>) = |tier| {
        tier.write();
        tier.read();
    };
    Tier::<O>::new().together(&[reads, reads, writes]);
}

/// A fill beside reads of what was there before, and beside an invalidation.
pub fn a_fill_is_held_unless_it_is_overtaken<O: Ordered>() {
    let reads: fn(&Tier<O>) = |tier| {
        tier.read();
        tier.read();
    };
    let fills: fn(&Tier<O>) = |tier| {
        tier.fill();
        tier.read();
    };
    let writes: fn(&Tier<O>) = |tier| {
        tier.write();
        tier.read();
    };
    Tier::<O>::new().together(&[reads, fills, writes]);
}
