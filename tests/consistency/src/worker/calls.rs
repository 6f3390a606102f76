//! One call and its record.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, Level, Outcome, Status, outcome};

use super::functions::{Entry, read, write};
use super::landing::Landing;
use crate::clock::{Nanos, now};
use crate::log::{By, Kind, Log, Record, Served};
use crate::register::{Source, SourceError};

/// How often the last read of a key is tried until the store takes part in it.
const LAST_TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(25);

/// Makes calls and writes them down.
pub(super) struct Calls {
    pub(super) source: Source,
    pub(super) log: Arc<Log>,
    pub(super) landing: Arc<Landing>,
    pub(super) cache: Cache,
}

impl Calls {
    pub(super) async fn read(&self, key: u16) {
        let begin = now();
        let (result, outcome) = outcome(read(&self.source, key)).await;
        let end = now();
        self.log.note(match result {
            Ok(entry) => value(Kind::Read, key, &entry, outcome, (begin, end)),
            Err(error) => failure(key, &error, (begin, end)),
        });
    }

    pub(super) async fn write(&self, key: u16) {
        let begin = now();
        let result = write(&self.source, key).await;
        // Looked at before the end is taken: nothing pending now means that it landed by the end.
        let pending = self.cache.stats().pending_invalidations > 0;
        let end = now();
        match result {
            Ok(version) => {
                let kind = if pending { Kind::Deferred } else { Kind::Write };
                self.log.note(Record::new(kind, key, version, begin, end));
                if pending {
                    self.landing.awaits(key, version);
                }
            }
            Err(error) => self.log.note(failure(key, &error, (begin, end))),
        }
    }

    /// A read that the store takes part in, so that what it was left with comes to light.
    pub(super) async fn read_at_the_end(&self, key: u16) {
        for last in (0..LAST_TRIES).rev() {
            let begin = now();
            let (result, outcome) = outcome(read(&self.source, key)).await;
            let end = now();
            let asked = outcome.error.is_none() && matches!(outcome.status, Status::Hit | Status::Miss);
            match result {
                Ok(entry) if asked || last == 0 => {
                    return self.log.note(value(Kind::Final, key, &entry, outcome, (begin, end)));
                }
                Err(error) if error != SourceError::Refused => self.log.note(failure(key, &error, (begin, end))),
                Ok(_) | Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

fn value(kind: Kind, key: u16, entry: &Entry, outcome: Outcome, (begin, end): (Nanos, Nanos)) -> Record {
    // A value of another key is worse than none.
    let kind = if entry.key == key { kind } else { Kind::Surfaced };
    let by = match (outcome.status, outcome.level) {
        (Status::Hit, Level::Flight) => By::Flight,
        (Status::Hit, _) => By::Store,
        (Status::Miss, _) => By::Body,
        (Status::Bypass, _) => By::Bypass,
        _ => By::Failure,
    };
    let served = Served { by, loader: entry.loader, loaded: entry.loaded };
    Record { served, ..Record::new(kind, key, entry.version, begin, end) }
}

fn failure(key: u16, error: &SourceError, (begin, end): (Nanos, Nanos)) -> Record {
    let kind = match error {
        SourceError::Refused => Kind::Refused,
        SourceError::Broken(reason) => {
            eprintln!("key {key}: {reason}");
            Kind::Surfaced
        }
    };
    Record::new(kind, key, 0, begin, end)
}
