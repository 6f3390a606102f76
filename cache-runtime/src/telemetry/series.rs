//! The name of a cache, and the series that were recorded into under it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::{Counter, Histogram, Key, Label, Level as Importance, Metadata, Recorder};

use super::known::{Entry, Known, Series, Told};
use super::recorder;
use crate::tally::{Tells, begin};

/// The `cache` label. Clones share what is known of its series.
#[derive(Clone)]
pub(crate) struct Name(Arc<Named>);

struct Named {
    text: Arc<str>,
    counters: Known<Counter>,
    histograms: Known<Histogram>,
    /// Counters that only grow together.
    together: Known<[Counter; 3]>,
    /// Whether a task tells what threads counted for themselves.
    told: AtomicBool,
}

/// A metric, and its labels beside that of the cache.
pub(super) type Labels = [(&'static str, &'static str); 3];

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
        let register =
            |recorder: &dyn Recorder, entry: &Entry<Counter>| recorder.register_counter(&entry.key, &METADATA);
        self.tally_in(&self.0.counters, metric, labels, register);
    }

    /// Likewise one more of several that are only counted together, as one: told apart by the first of them.
    pub(super) fn tally_with(
        &self,
        metric: &'static str,
        labels: Labels,
        more: impl Fn() -> [(&'static str, Labels); 2],
    ) {
        let register = |recorder: &dyn Recorder, entry: &Entry<[Counter; 3]>| {
            let also = || Box::new(more().map(|(metric, labels)| self.key(metric, labels)));
            let [second, third] = &**entry.also.get_or_init(also);
            [&entry.key, second, third].map(|key| recorder.register_counter(key, &METADATA))
        };
        self.tally_in(&self.0.together, metric, labels, register);
    }

    fn tally_in<T: Told>(
        &self,
        known: &Known<T>,
        metric: &'static str,
        labels: Labels,
        register: impl Fn(&dyn Recorder, &Entry<T>) -> T,
    ) {
        metrics::with_recorder(|recorder| {
            let entry = known.entry(Series::new(metric, labels), || self.key(metric, labels));
            if !recorder::lasts(recorder) {
                return register(recorder, entry).increment(1);
            }
            entry.given.get_or_init(|| register(recorder, entry));
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
        self.counters.tell() | self.together.tell()
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
        let (counters, histograms, together) = (Known::default(), Known::default(), Known::default());
        Self(Arc::new(Named { text: text.into(), counters, histograms, together, told: AtomicBool::new(false) }))
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
