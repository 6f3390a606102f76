//! How many ask, and how many of them are about to run.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Default)]
pub(super) struct Count {
    /// Callers until they have their answer in hands, and above [`UNANSWERED`] those of them whom the server has not answered. In
    /// one number, as both change when somebody asks.
    now: AtomicU64,
    /// The most of late.
    lately: AtomicUsize,
}

const UNANSWERED: u32 = 32;
const ONE: u64 = 1 << UNANSWERED;

/// With each command this part of [`Count::lately`] is forgotten.
const FADES: usize = 32;

impl Count {
    /// One more. Says how many there are with it.
    pub(super) fn asks(&self) -> usize {
        callers(self.now.fetch_add(ONE + 1, Ordering::Relaxed)) + 1
    }

    /// So many have their answer, or will get none.
    pub(super) fn answered(&self, callers: usize) {
        self.now.fetch_sub(callers as u64 * ONE, Ordering::Relaxed);
    }

    /// One has it in hands, or gave up.
    pub(super) fn took(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn asking(&self) -> usize {
        callers(self.now.load(Ordering::Relaxed))
    }

    /// The most of late: between two questions of theirs, callers are not counted.
    pub(super) fn lately(&self) -> usize {
        self.lately.load(Ordering::Relaxed).max(self.asking())
    }

    /// A command takes those who wait. One at a time may say so.
    pub(super) fn sends(&self) {
        let before = self.lately.load(Ordering::Relaxed);
        let lately = self.asking().max(before - before.div_ceil(FADES));
        if lately != before {
            self.lately.store(lately, Ordering::Relaxed);
        }
    }

    /// Whether somebody has an answer and did not run since. Who gave up before it was answered counts as one less meanwhile.
    pub(super) fn some_are_to_run(&self) -> bool {
        let count = self.now.load(Ordering::Relaxed);
        callers(count) > callers(count >> UNANSWERED)
    }
}

fn callers(count: u64) -> usize {
    (count & (ONE - 1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_an_answer_is_to_run_until_it_took_it() {
        let count = Count::default();
        assert_eq!((count.asks(), count.asks(), count.some_are_to_run()), (1, 2, false));
        count.answered(2);
        assert!(count.some_are_to_run());
        count.took();
        assert_eq!((count.asking(), count.some_are_to_run()), (1, true));
        count.took();
        assert_eq!((count.asking(), count.some_are_to_run()), (0, false));
    }

    #[test]
    fn the_most_of_late_fades_with_each_command() {
        let count = Count::default();
        (0..64).for_each(|_| _ = count.asks());
        assert_eq!(count.lately(), 64);
        count.sends();
        count.answered(64);
        (0..64).for_each(|_| count.took());
        assert_eq!((count.asking(), count.lately()), (0, 64), "they are between two questions");
        let mut faded = Vec::new();
        while count.lately() > 0 {
            count.sends();
            faded.push(count.lately());
        }
        assert_eq!((&faded[..2], faded.len()), (&[62, 60][..], 48));
    }

    #[test]
    fn who_gave_up_is_counted_out_of_both() {
        let count = Count::default();
        count.asks();
        count.asks();
        count.took();
        assert_eq!((count.asking(), count.some_are_to_run()), (1, false));
        count.answered(2);
        count.took();
        assert_eq!((count.asking(), count.some_are_to_run()), (0, false));
    }
}
