//! Series that were recorded into, found by where their names are.

use std::iter;
use std::sync::OnceLock;

use metrics::{Counter, Key};

use super::series::Labels;
use crate::tally::Tally;

/// Chains of series, as many as the program has resources and words for results. They only grow, so that looking one up takes no
/// lock.
pub(super) struct Known<T>([Link<T>; CHAINS]);

const CHAINS: usize = 64;

/// One series, or none yet.
type Link<T> = OnceLock<Box<Entry<T>>>;

pub(super) struct Entry<T> {
    series: Series,
    pub key: Key,
    /// Of those that are counted together with it.
    pub also: OnceLock<Box<[Key; 2]>>,
    /// What the lasting recorder gave for it.
    pub given: OnceLock<T>,
    /// What it is told of later.
    pub tally: OnceLock<Box<Tally>>,
    next: Link<T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self([const { Link::new() }; CHAINS])
    }
}

impl<T> Known<T> {
    /// What is known of a series, which has the key given here.
    pub(super) fn entry(&self, series: Series, key: impl Fn() -> Key) -> &Entry<T> {
        let new = || {
            let (also, given, tally) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
            Box::new(Entry { series, key: key(), also, given, tally, next: Link::new() })
        };
        let mut entry = self.0[series.chain()].get_or_init(new);
        while entry.series != series {
            entry = entry.next.get_or_init(new);
        }
        entry
    }

    /// All that are known.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry<T>> {
        self.0.iter().flat_map(|first| iter::successors(first.get(), |entry| entry.next.get())).map(Box::as_ref)
    }
}

/// Told apart by where its texts are: the same text at two places is two entries for one series.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Series([(usize, usize); 4]);

impl Series {
    pub(super) fn new(metric: &'static str, [one, two, three]: Labels) -> Self {
        Self([metric, one.1, two.1, three.1].map(|text| (text.as_ptr().addr(), text.len())))
    }

    fn chain(&self) -> usize {
        // Fibonacci hashing: the upper bits depend on all below. Texts that begin at one place are few.
        let sum = self.0.iter().fold(0_u64, |sum, (at, _)| sum.rotate_left(17) ^ *at as u64);
        usize::try_from(sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or(0) >> (32 - CHAINS.ilog2())
    }
}

/// What is told of a count.
pub(super) trait Told {
    fn increment(&self, by: u64);
}

impl Told for Counter {
    fn increment(&self, by: u64) {
        Counter::increment(self, by);
    }
}

/// Several that always grow together.
impl<const N: usize> Told for [Counter; N] {
    fn increment(&self, by: u64) {
        self.iter().for_each(|counter| counter.increment(by));
    }
}

impl<T: Told> Known<T> {
    /// Tells what was counted since the last time. Says whether anything was.
    pub(super) fn tell(&self) -> bool {
        let tell = |entry: &Entry<T>| {
            let (Some(given), Some(tally)) = (entry.given.get(), entry.tally.get()) else { return false };
            let news = tally.news();
            if news > 0 {
                given.increment(news);
            }
            news > 0
        };
        self.all().fold(false, |told, entry| tell(entry) | told)
    }
}
