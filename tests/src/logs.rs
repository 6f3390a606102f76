//! A `tracing` subscriber that keeps events and spans as lines of text.

use std::fmt::{self, Write as _};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Metadata, Subscriber, span};

/// Everything that was logged. Clones share it.
///
/// An event is `LEVEL target: message field=value ..`; a span is `LEVEL target: span name field=value ..`, and
/// `record field=value ..` for fields that are filled in later.
#[derive(Clone, Default)]
pub struct Logs {
    lines: Arc<Mutex<Vec<String>>>,
    last_span: Arc<AtomicU64>,
}

/// [`Logs`] of this thread until it is dropped.
pub struct LocalLogs {
    logs: Logs,
    _guard: DefaultGuard,
}

impl Deref for LocalLogs {
    type Target = Logs;

    fn deref(&self) -> &Logs {
        &self.logs
    }
}

impl Logs {
    /// Captures what this thread logs. Other threads of a multi-threaded runtime are not seen: use a current-thread
    /// runtime, or [`Logs::global`].
    pub fn local() -> LocalLogs {
        // An event that another thread meets for the first time while nobody listens is switched off, and is not always found again by
        // who begins to listen at that moment. So somebody always does, from the first of these on; nothing is told to it.
        static LISTENS: OnceLock<Dispatch> = OnceLock::new();
        LISTENS.get_or_init(|| Dispatch::new(Self::default()));
        let logs = Self::default();
        let guard = tracing::subscriber::set_default(logs.clone());
        LocalLogs { logs, _guard: guard }
    }

    /// Captures what all threads of this process log, from the first call on. Tests that share a process share it.
    ///
    /// # Panics
    /// When something else has installed a subscriber.
    pub fn global() -> Self {
        static GLOBAL: OnceLock<Logs> = OnceLock::new();
        GLOBAL
            .get_or_init(|| {
                let logs = Self::default();
                tracing::dispatcher::set_global_default(Dispatch::new(logs.clone())).expect("no other subscriber");
                logs
            })
            .clone()
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// The lines that contain this text.
    pub fn matching(&self, text: &str) -> Vec<String> {
        self.lock().iter().filter(|line| line.contains(text)).cloned().collect()
    }

    /// Whether a line contains this text.
    pub fn contains(&self, text: &str) -> bool {
        self.lock().iter().any(|line| line.contains(text))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, head: String, fields: impl FnOnce(&mut Line)) {
        let mut line = Line(head);
        fields(&mut line);
        self.lock().push(line.0);
    }
}

impl Subscriber for Logs {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let metadata = attributes.metadata();
        let head = format!("{} {}: span {}", metadata.level(), metadata.target(), metadata.name());
        self.push(head, |line| attributes.record(line));
        span::Id::from_u64(self.last_span.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.push("record".to_owned(), |line| values.record(line));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let head = format!("{} {}:", event.metadata().level(), event.metadata().target());
        self.push(head, |line| event.record(line));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

impl Line {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let written = match field.name() {
            "message" => write!(self.0, " {value}"),
            name => write!(self.0, " {name}={value}"),
        };
        written.expect("write to a string");
    }
}
