//! A recorder for the `metrics` facade that tests can read at any time.
//!
//! `metrics-util`'s recorder empties itself when it is read; a test that reads before and after an action wants the
//! totals to stay.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ::metrics as facade;
use facade::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, LocalRecorderGuard, Metadata, Recorder, SharedString, Unit,
};

/// Everything that was recorded. Clones share it.
#[derive(Clone, Default)]
pub struct Metrics {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    counters: BTreeMap<Series, Arc<AtomicU64>>,
    gauges: BTreeMap<Series, Arc<AtomicU64>>,
    histograms: BTreeMap<Series, Arc<Samples>>,
    descriptions: BTreeMap<String, Description>,
}

/// A name and its labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The metric's name.
    pub name: String,
    /// Label and value.
    pub labels: BTreeMap<String, String>,
}

/// What a metric says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The unit, where one was given.
    pub unit: Option<Unit>,
    /// The text for people.
    pub text: String,
}

#[derive(Default)]
struct Samples(Mutex<Vec<f64>>);

/// [`Metrics`] that this thread records into until it is dropped.
pub struct LocalMetrics {
    metrics: Metrics,
    _guard: LocalRecorderGuard<'static>,
}

impl Deref for LocalMetrics {
    type Target = Metrics;

    fn deref(&self) -> &Metrics {
        &self.metrics
    }
}

impl Metrics {
    /// Records what this thread does, and nothing else. Other threads of a multi-threaded runtime are not seen: use a
    /// current-thread runtime, or [`Metrics::global`].
    pub fn local() -> LocalMetrics {
        let metrics = Self::default();
        // The guard borrows its recorder; one small leak per test buys a guard that can be kept in a variable.
        let recorder: &'static Self = Box::leak(Box::new(metrics.clone()));
        LocalMetrics { metrics, _guard: facade::set_default_local_recorder(recorder) }
    }

    /// Records what all threads of this process do, from the first call on. Tests that share a process share it.
    ///
    /// # Panics
    /// When something else has installed a recorder.
    pub fn global() -> Self {
        static GLOBAL: OnceLock<Metrics> = OnceLock::new();
        GLOBAL
            .get_or_init(|| {
                let metrics = Self::default();
                assert!(facade::set_global_recorder(metrics.clone()).is_ok(), "another recorder is installed");
                metrics
            })
            .clone()
    }

    /// The sum of all counters of this name that have these labels, whatever others they have. 0 when there is none.
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let state = self.state();
        matching(&state.counters, name, labels).map(|cell| cell.load(Ordering::SeqCst)).sum()
    }

    /// The gauge of this name and these labels.
    ///
    /// # Panics
    /// When several match.
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let state = self.state();
        let mut found = matching(&state.gauges, name, labels).map(|cell| f64::from_bits(cell.load(Ordering::SeqCst)));
        let value = found.next();
        assert!(found.next().is_none(), "several gauges {name} match {labels:?}");
        value
    }

    /// All samples of the histograms of this name that have these labels.
    pub fn samples(&self, name: &str, labels: &[(&str, &str)]) -> Vec<f64> {
        let state = self.state();
        matching(&state.histograms, name, labels).flat_map(|samples| samples.lock().clone()).collect()
    }

    /// Every series that was touched, of every kind: to look for names and labels that should not be there.
    pub fn series(&self) -> Vec<Series> {
        let state = self.state();
        let all = state.counters.keys().chain(state.gauges.keys()).chain(state.histograms.keys());
        all.cloned().collect()
    }

    /// What the metrics say about themselves, by name.
    pub fn descriptions(&self) -> BTreeMap<String, Description> {
        self.state().descriptions.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>, text: &SharedString) {
        let description = Description { unit, text: text.to_string() };
        self.state().descriptions.insert(name.as_str().to_owned(), description);
    }
}

impl Samples {
    fn lock(&self) -> MutexGuard<'_, Vec<f64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HistogramFn for Samples {
    fn record(&self, value: f64) {
        self.lock().push(value);
    }
}

impl Recorder for Metrics {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe(&key, unit, &text);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe(&key, unit, &text);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe(&key, unit, &text);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.state().counters.entry(key.into()).or_default().clone())
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.state().gauges.entry(key.into()).or_default().clone())
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.state().histograms.entry(key.into()).or_default().clone())
    }
}

impl From<&Key> for Series {
    fn from(key: &Key) -> Self {
        let labels = key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect();
        Self { name: key.name().to_owned(), labels }
    }
}

fn matching<'s, V>(
    map: &'s BTreeMap<Series, V>,
    name: &'s str,
    labels: &'s [(&'s str, &'s str)],
) -> impl Iterator<Item = &'s V> {
    map.iter()
        .filter(move |(series, _)| {
            series.name == name
                && labels.iter().all(|(label, value)| series.labels.get(*label).is_some_and(|has| has == value))
        })
        .map(|(_, value)| value)
}
