//! Looking for answers again before the thread sleeps.
//!
//! A thread that finds nothing to do sleeps until the kernel wakes it. On a virtual machine that takes 10 to 20 us, and as much of the
//! server's time to do it: longer than a server nearby needs for an answer. So while commands are under way, who receives looks again
//! a few times, each time after all other tasks of the thread have had their turn. Where answers take longer, as they do over most networks, or
//! where the server waits for this very processor, that is in vain. It is noticed, and tried seldom from then on: the spinning of an
//! adaptive mutex, with a counter as of a branch predictor.

use std::future::Future as _;
use std::pin::pin;
use std::task::Context;

use tokio::task::yield_now;

/// Of one connection.
#[derive(Debug)]
pub(super) struct Looks {
    /// How often it was looked again since something came; [`SLEEPS`] once that was given up.
    looks: u8,
    /// How often that was worth it of late.
    luck: u8,
    /// How often the thread slept at once, as it was not.
    slept: u8,
}

/// So often at a time, which takes 20 to 40 us of a thread that has nothing else to do.
const MOST: u8 = 40;
const SLEEPS: u8 = MOST + 1;

const LUCKIEST: u8 = 8;

/// In vain costs more than is gained.
const BAD_LUCK: u8 = 2;

/// What there is at first, and again after [`SELDOM`]: enough to look several times in a row, as that keeps the server awake too, and
/// finds more than one try between sleeps.
const SOME: u8 = 6;

/// Without luck it is tried again after so many sleeps.
const SELDOM: u8 = 250;

impl Default for Looks {
    fn default() -> Self {
        Self { looks: 0, luck: SOME, slept: 0 }
    }
}

impl Looks {
    /// Nothing is there: whether to look once more, which is not done unless something is on its way.
    pub(super) fn again(&mut self, is_awaited: impl FnOnce() -> bool) -> bool {
        match self.looks {
            0 if !is_awaited() => return false,
            0 if self.luck == 0 => {
                self.slept += 1;
                if self.slept < SELDOM {
                    return false;
                }
                (self.slept, self.luck) = (0, SOME);
            }
            MOST => self.luck = self.luck.saturating_sub(BAD_LUCK),
            SLEEPS => return false,
            _ => {}
        }
        self.looks += 1;
        self.looks <= MOST
    }

    /// Something came.
    pub(super) fn came(&mut self) {
        if (1..=MOST).contains(&self.looks) {
            self.luck = LUCKIEST.min(self.luck + 1);
        }
        self.looks = 0;
    }
}

/// Has this task polled again once all others had their turn, and the runtime has asked the kernel what there is.
pub(super) fn after_others(context: &mut Context<'_>) {
    // Its first poll leaves the waker with the runtime.
    let _ = pin!(yield_now()).poll(context);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until it is given up; how often.
    fn in_vain(looks: &mut Looks) -> u8 {
        let mut count = 0;
        while looks.again(|| true) {
            count += 1;
        }
        assert!(count == 0 || !looks.again(|| true), "until something comes");
        looks.came();
        count
    }

    /// Something comes after so many.
    fn found(looks: &mut Looks, after: u8) {
        for _ in 0..after {
            assert!(looks.again(|| true));
        }
        looks.came();
    }

    #[test]
    fn it_is_looked_again_so_often_and_not_for_nothing() {
        let mut looks = Looks::default();
        assert!(!looks.again(|| false));
        assert_eq!(in_vain(&mut looks), MOST);
    }

    #[test]
    fn what_was_in_vain_a_few_times_is_tried_seldom_and_done_again_when_it_is_worth_it() {
        let mut looks = Looks::default();
        let count = |looks: &mut Looks, times: u32| (0..times).filter(|_| in_vain(looks) > 0).count();
        assert_eq!(count(&mut looks, 10), 3, "luck is used up");
        assert_eq!(count(&mut looks, 2_520), 30, "three of 252 find out whether it is still so");
        while in_vain(&mut looks) == 0 {}
        (0..20).for_each(|_| found(&mut looks, 3));
        assert_eq!(count(&mut looks, 10), 4, "and not more often than is remembered");
    }

    #[test]
    fn one_in_vain_of_four_is_worth_it_and_three_are_not() {
        for (found_of_four, worth) in [(3, true), (1, false)] {
            let mut looks = Looks::default();
            let mut tried = 0;
            for nth in 0..400 {
                if !looks.again(|| true) {
                    looks.came();
                    continue;
                }
                tried += 1;
                if nth % 4 < found_of_four {
                    looks.came();
                } else {
                    in_vain(&mut looks);
                }
            }
            assert_eq!(tried > 300, worth, "{tried} of 400");
        }
    }
}
