//! The name of a cache, and the series that were recorded into under it.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;
use metrics::{Counter, Histogram, Key, Label, Level as Importance, Metadata, Recorder};

use super::recorder;

/// The `cache` label. Clones share what is known of its series.
#[derive(Clone)]
pub(crate) struct Name(Arc<Named>);

struct Named {
    text: Arc<str>,
    counters: Known<Counter>,
    histograms: Known<Histogram>,
}

/// As many as the program has resources and words for results.
type Known<T> = RwLock<HashMap<Series, Entry<T>, RandomState>>;

struct Entry<T> {
    key: Key,
    /// What the lasting recorder gave for it.
    given: Option<T>,
}

/// A metric, and its labels beside that of the cache.
pub(super) type Labels = [(&'static str, &'static str); 3];

/// Told apart by where its texts are: the same text at two places is two entries for one series.
#[derive(PartialEq, Eq)]
struct Series([(usize, usize); 4]);

/// Of the places alone, and as one number: it is looked up at each call.
impl Hash for Series {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.iter().fold(0, |all, (at, _)| all.wrapping_mul(PRIME) ^ at));
    }
}

/// Spreads what differs in a few low bits.
const PRIME: usize = 0x0100_0193;

impl Series {
    fn new(metric: &'static str, [one, two, three]: Labels) -> Self {
        Self([metric, one.1, two.1, three.1].map(|text| (text.as_ptr().addr(), text.len())))
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
            let lasts = recorder::lasts(recorder);
            let series = Series::new(metric, labels);
            if let Some(entry) = known.read().unwrap_or_else(PoisonError::into_inner).get(&series) {
                match &entry.given {
                    Some(given) if lasts => return record(given),
                    None if lasts => {}
                    _ => return record(&register(recorder, &entry.key)),
                }
            }
            let key = self.key(metric, labels);
            let new = register(recorder, &key);
            record(&new);
            let entry = Entry { key, given: lasts.then_some(new) };
            known.write().unwrap_or_else(PoisonError::into_inner).insert(series, entry);
        });
    }

    fn key(&self, metric: &'static str, labels: Labels) -> Key {
        let mut all = vec![Label::new("cache", self.label())];
        all.extend(labels.into_iter().filter(|label| *label != NONE).map(|(name, value)| Label::new(name, value)));
        Key::from_parts(metric, all)
    }
}

impl<T: Into<Arc<str>>> From<T> for Name {
    fn from(text: T) -> Self {
        Self(Arc::new(Named { text: text.into(), counters: Known::default(), histograms: Known::default() }))
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
