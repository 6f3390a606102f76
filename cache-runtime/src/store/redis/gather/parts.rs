//! In how many parts several who ask go, or whether each goes alone: found out by trying.
//!
//! Of those who ask, one part is at the server while another is worked on. Large parts are fewer commands; with small ones more is
//! under way, so that neither side waits for the other. Which is better depends on what a command costs beside a key, and on how
//! long the way is: on one machine halves do a fifth more than thirds with the same callers, on another a fifth less, and few fare
//! best alone on some. So each is measured, again and again, and the best one is used for most of the time: a bandit of few arms,
//! which remembers of each arm the least that it cost of late, as whatever disturbs a measurement makes it dearer.

use std::time::Instant;

/// The choices. The first one is for those of whom nothing is known.
const CHOICES: [Choice; 4] = [Choice::Parts(3), Choice::Parts(2), Choice::Parts(5), Choice::Alone];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    /// In so many parts.
    Parts(usize),
    /// Each by itself.
    Alone,
}

/// A choice is measured over so many commands.
const MEASURED: u32 = 64;

/// The first ones after a change still meet the commands of the last choice.
const SETTLES: u32 = 8;

/// So many that go alone count as one command of as many, so that it is not measured over fewer callers than parts are.
pub(super) const BUNCH: usize = 8;

/// One measurement of so many is of another choice than the best.
const TRIES: u32 = 16;

/// With each measurement of a choice that was dearer, the least of late goes up by this part.
const FADES: u64 = 16;

/// Belongs to what is asked on one connection.
pub(super) struct Parts {
    choice: usize,
    /// What a caller took with each, in units of a 16th of a nanosecond. `None` is not known yet.
    costs: [Option<u64>; CHOICES.len()],
    measurements: u32,
    commands: u32,
    callers: u64,
    begun: Option<Instant>,
}

impl Default for Parts {
    fn default() -> Self {
        Self { choice: 0, costs: [None; CHOICES.len()], measurements: 0, commands: 0, callers: 0, begun: None }
    }
}

impl Parts {
    /// How many of those who ask go together.
    pub(super) fn of(&self, asking: usize) -> usize {
        match CHOICES[self.choice] {
            Choice::Parts(parts) => asking / parts,
            Choice::Alone => 1,
        }
    }

    /// Whether each goes by itself.
    pub(super) fn alone(&self) -> bool {
        CHOICES[self.choice] == Choice::Alone
    }

    /// A command takes so many.
    pub(super) fn sends(&mut self, callers: usize, now: impl FnOnce() -> Instant) {
        self.commands += 1;
        self.callers += callers as u64;
        match self.commands {
            SETTLES => {
                self.callers = 0;
                self.begun = Some(now());
            }
            MEASURED => {
                let took = self.begun.take().map_or(0, |begun| (now() - begun).as_nanos());
                let cost = took * 16 / u128::from(self.callers.max(1));
                self.learn(u64::try_from(cost).unwrap_or(u64::MAX));
                (self.commands, self.callers, self.choice) = (0, 0, self.next());
            }
            _ => {}
        }
    }

    /// What was not measured to its end is not measured.
    pub(super) fn begin_again(&mut self) {
        (self.commands, self.callers, self.begun) = (0, 0, None);
    }

    fn learn(&mut self, cost: u64) {
        let least = self.costs[self.choice].map_or(cost, |least| cost.min(least.saturating_add(least / FADES)));
        self.costs[self.choice] = Some(least);
        self.measurements = self.measurements.wrapping_add(1);
    }

    fn next(&self) -> usize {
        let unknown = self.costs.iter().position(Option::is_none);
        let best = || (0..CHOICES.len()).min_by_key(|choice| self.costs[*choice]).unwrap_or(0);
        unknown.unwrap_or_else(|| match self.measurements / TRIES {
            // Each of the others in turn.
            turn if self.measurements.is_multiple_of(TRIES) => {
                (best() + 1 + turn as usize % (CHOICES.len() - 1)) % CHOICES.len()
            }
            _ => best(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sends commands, which take as long for each caller as is said of their choice; how many went in which.
    fn sent(parts: &mut Parts, commands: u32, took: impl Fn(Choice, u32) -> u64) -> [u32; CHOICES.len()] {
        let (mut now, mut sent) = (Instant::now(), [0; CHOICES.len()]);
        for nth in 0..commands {
            sent[parts.choice] += 1;
            let callers = if parts.alone() { BUNCH } else { parts.of(60) };
            now += Duration::from_nanos(took(CHOICES[parts.choice], nth) * callers as u64);
            parts.sends(callers, || now);
        }
        sent
    }

    #[test]
    fn those_of_whom_nothing_is_known_go_in_thirds() {
        let parts = Parts::default();
        assert_eq!([18, 24, 35, 64].map(|asking| parts.of(asking)), [6, 8, 11, 21]);
        assert!(!parts.alone());
    }

    #[test]
    fn the_best_is_used_for_all_but_a_sixteenth_of_the_time() {
        for best in 0..CHOICES.len() {
            let mut parts = Parts::default();
            let dearer = |choice, _| if choice == CHOICES[best] { 1_000 } else { 1_100 };
            assert_eq!(sent(&mut parts, MEASURED * 4, dearer), [MEASURED; 4], "each is measured once at first");
            let sent = sent(&mut parts, MEASURED * 160, dearer);
            assert_eq!(sent[best], MEASURED * 150, "{sent:?}");
            assert!(sent.iter().all(|commands| *commands >= MEASURED * 3), "each is tried now and then: {sent:?}");
        }
    }

    #[test]
    fn what_becomes_better_is_found_and_what_disturbs_for_once_is_forgiven() {
        let mut parts = Parts::default();
        let halves = |choice, _| if choice == Choice::Parts(2) { 1_000 } else { 1_300 };
        sent(&mut parts, MEASURED * 100, halves);
        assert_eq!(parts.of(60), 30);
        // A process that is held up for as long as a measurement takes.
        sent(&mut parts, MEASURED, |_, nth| if nth == SETTLES { 100_000 } else { 1_000 });
        assert!(sent(&mut parts, MEASURED * 15, halves)[1] >= MEASURED * 14);
        let alone = |choice, _| if choice == Choice::Alone { 1_000 } else { 1_300 };
        sent(&mut parts, MEASURED * 100, alone);
        assert!(parts.alone());
    }

    #[test]
    fn what_was_interrupted_is_measured_from_its_beginning() {
        let mut parts = Parts::default();
        let cheap = |_, _| 1_000;
        sent(&mut parts, MEASURED - 1, cheap);
        parts.begin_again();
        assert_eq!(sent(&mut parts, MEASURED + 1, cheap), [MEASURED, 1, 0, 0]);
    }

    #[test]
    fn the_clock_is_read_twice_in_a_measurement() {
        let (mut parts, readings) = (Parts::default(), std::cell::Cell::new(0));
        for _ in 0..MEASURED * 10 {
            parts.sends(10, || {
                readings.set(readings.get() + 1);
                Instant::now()
            });
        }
        assert_eq!(readings.get(), 20);
    }
}
