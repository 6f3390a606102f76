//! The name of a cache, and the series that were recorded into under it.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::{fmt, iter};

use metrics::{Counter, Histogram, Key, Label, Level as Importance, Metadata, Recorder};

use super::recorder;
use crate::tally::{Tally, Tells, begin};

/// The `cache` label. Clones share what is known of its series.
#[derive(Clone)]
pub(crate) struct Name(Arc<Named>);

struct Named {
    text: Arc<str>,
    counters: Known<Counter>,
    histograms: Known<Histogram>,
    /// Whether a task tells what threads counted for themselves.
    told: AtomicBool,
}

/// Chains of series, as many as the program has resources and words for results. They only grow, so that looking one up takes no
/// lock.
struct Known<T>([Link<T>; CHAINS]);

const CHAINS: usize = 64;

/// One series, or none yet.
type Link<T> = OnceLock<Box<Entry<T>>>;

struct Entry<T> {
    series: Series,
    key: Key,
    /// What the lasting recorder gave for it.
    given: OnceLock<T>,
    /// What it is told of later.
    tally: OnceLock<Box<Tally>>,
    next: Link<T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self([const { Link::new() }; CHAINS])
    }
}

impl<T> Known<T> {
    /// What is known of a series, which has the key given here.
    fn entry(&self, series: Series, key: impl Fn() -> Key) -> &Entry<T> {
        let new = || {
            Box::new(Entry { series, key: key(), given: OnceLock::new(), tally: OnceLock::new(), next: Link::new() })
        };
        let mut entry = self.0[series.chain()].get_or_init(new);
        while entry.series != series {
            entry = entry.next.get_or_init(new);
        }
        entry
    }

    /// All that are known.
    fn all(&self) -> impl Iterator<Item = &Entry<T>> {
        self.0.iter().flat_map(|first| iter::successors(first.get(), |entry| entry.next.get())).map(Box::as_ref)
    }
}

/// A metric, and its labels beside that of the cache.
pub(super) type Labels = [(&'static str, &'static str); 3];

/// Told apart by where its texts are: the same text at two places is two entries for one series.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Series([(usize, usize); 4]);

impl Series {
    fn new(metric: &'static str, [one, two, three]: Labels) -> Self {
        Self([metric, one.1, two.1, three.1].map(|text| (text.as_ptr().addr(), text.len())))
    }

    fn chain(&self) -> usize {
        // Fibonacci hashing: the upper bits depend on all below. Texts that begin at one place are few.
        let sum = self.0.iter().fold(0_u64, |sum, (at, _)| sum.rotate_left(17) ^ *at as u64);
        usize::try_from(sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or(0) >> (32 - CHAINS.ilog2())
    }
}

/// No label.
pub(super) const NONE: (&str, &str) = ("", "");

static METADATA: Metadata<'static> = Metadata::new("cache_runtime", Importance::INFO, Some("cache_runtime"));

impl Name {
    /// For labels of series that are seldom recorded into.
    pub(crate) fn label(&self) -> Arc<str> {
        Arc::clone(&self.0.text)
    }

    pub(super) fn count(&self, metric: &'static str, labels: Labels, by: u64) {
        let register = |recorder: &dyn Recorder, key: &Key| recorder.register_counter(key, &METADATA);
        self.with(&self.0.counters, metric, labels, register, |counter| counter.increment(by));
    }

    /// One more. A recorder that stays is told a little later: for what many threads count at the same time.
    pub(super) fn tally(&self, metric: &'static str, labels: Labels) {
        let register = |recorder: &dyn Recorder, key: &Key| recorder.register_counter(key, &METADATA);
        metrics::with_recorder(|recorder| {
            let entry = self.0.counters.entry(Series::new(metric, labels), || self.key(metric, labels));
            if !recorder::lasts(recorder) {
                return register(recorder, &entry.key).increment(1);
            }
            entry.given.get_or_init(|| register(recorder, &entry.key));
            entry.tally.get_or_init(Box::default).add();
            if !self.0.told.load(Ordering::SeqCst) {
                begin(&self.0);
            }
        });
    }

    /// Tells the recorder at once what it would be told of a little later.
    pub(crate) fn tell(&self) {
        self.0.tell();
    }

    pub(super) fn observe(&self, metric: &'static str, labels: Labels, value: f64) {
        let register = |recorder: &dyn Recorder, key: &Key| recorder.register_histogram(key, &METADATA);
        self.with(&self.0.histograms, metric, labels, register, |histogram| histogram.record(value));
    }

    fn with<T>(
        &self,
        known: &Known<T>,
        metric: &'static str,
        labels: Labels,
        register: impl Fn(&dyn Recorder, &Key) -> T,
        record: impl Fn(&T),
    ) {
        metrics::with_recorder(|recorder| {
            let entry = known.entry(Series::new(metric, labels), || self.key(metric, labels));
            let lasts = recorder::lasts(recorder);
            if let Some(given) = entry.given.get()
                && lasts
            {
                return record(given);
            }
            let new = register(recorder, &entry.key);
            record(&new);
            if lasts {
                let _ = entry.given.set(new);
            }
        });
    }

    fn key(&self, metric: &'static str, labels: Labels) -> Key {
        let mut all = vec![Label::new("cache", self.label())];
        all.extend(labels.into_iter().filter(|label| *label != NONE).map(|(name, value)| Label::new(name, value)));
        Key::from_parts(metric, all)
    }
}

impl Tells for Named {
    fn tell(&self) -> bool {
        let tell = |entry: &Entry<Counter>| {
            let (Some(given), Some(tally)) = (entry.given.get(), entry.tally.get()) else { return false };
            let news = tally.news();
            if news > 0 {
                given.increment(news);
            }
            news > 0
        };
        self.counters.all().fold(false, |told, entry| tell(entry) | told)
    }

    fn is_told(&self) -> &AtomicBool {
        &self.told
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.tell();
    }
}

impl<T: Into<Arc<str>>> From<T> for Name {
    fn from(text: T) -> Self {
        let (counters, histograms) = (Known::default(), Known::default());
        Self(Arc::new(Named { text: text.into(), counters, histograms, told: AtomicBool::new(false) }))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
