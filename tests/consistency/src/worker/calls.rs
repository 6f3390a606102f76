//! One call and its record.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, Level, Outcome, Status, outcome};

use super::choice::{Call, Set};
use super::functions::{Entry, read, write, write_all, write_group, write_owner};
use super::landing::Landing;
use crate::clock::{Nanos, now};
use crate::log::{By, Kind, Log, Record, Served};
use crate::register::{Source, SourceError};
use crate::way::Way;

/// How often the last read of a key is tried until the store takes part in it.
const LAST_TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(25);
/// Between calls that take no time.
const INSTANT: Duration = Duration::from_micros(200);

/// Makes calls and writes them down.
pub(super) struct Calls {
    pub(super) source: Source,
    pub(super) log: Arc<Log>,
    pub(super) landing: Arc<Landing>,
    pub(super) cache: Cache,
}

impl Calls {
    /// Says whether it took part in no input or output at all.
    pub(super) async fn call(&self, call: &Call) -> bool {
        match call {
            Call::Read(way, key) => return self.read(*way, *key).await,
            Call::Write(way, key) => {
                let write = async { Ok(vec![(*key, write(*way, &self.source, *key).await?)]) };
                self.write(*key, write).await;
            }
            Call::Set(set, keys) => self.write(call.key(), self.write_set(set, keys)).await,
        }
        false
    }

    /// Reads a key again and again.
    pub(super) async fn read_on(&self, way: Way, key: u16, times: usize) {
        for _ in 0..times {
            if self.read(way, key).await {
                tokio::time::sleep(INSTANT).await;
            }
        }
    }

    async fn read(&self, way: Way, key: u16) -> bool {
        let begin = now();
        let (result, outcome) = outcome(read(way, &self.source, key)).await;
        let end = now();
        self.log.note(match result {
            Ok(entry) => value((Kind::Read, way, key), &entry, outcome, (begin, end)),
            Err(error) => failure(key, &error, (begin, end)),
        });
        outcome.level == Level::Local
    }

    async fn write_set(&self, set: &Set, keys: &[u16]) -> Result<Vec<(u16, u32)>, SourceError> {
        match set {
            Set::Group(group) => write_group(&self.source, *group, keys).await,
            Set::Owner(owner) => write_owner(&self.source, *owner, keys).await,
            Set::Resource(way) => write_all(Some(*way), &self.cache, &self.source, keys).await,
            Set::All => write_all(None, &self.cache, &self.source, keys).await,
        }
    }

    async fn write(&self, key: u16, write: impl Future<Output = Result<Vec<(u16, u32)>, SourceError>>) {
        let begin = now();
        let result = write.await;
        // Looked at before the end is taken: nothing pending now means that it landed by the end.
        let pending = self.cache.stats().pending_invalidations > 0;
        let end = now();
        match result {
            Ok(raised) => {
                let kind = if pending { Kind::Deferred } else { Kind::Write };
                for (key, version) in raised {
                    self.log.note(Record::new(kind, key, version, begin, end));
                    if pending {
                        self.landing.awaits(key, version);
                    }
                }
            }
            Err(error) => self.log.note(failure(key, &error, (begin, end))),
        }
    }

    /// A read that the store takes part in, so that what it was left with comes to light.
    pub(super) async fn read_at_the_end(&self, way: Way, key: u16) {
        for last in (0..LAST_TRIES).rev() {
            let begin = now();
            let (result, outcome) = outcome(read(way, &self.source, key)).await;
            let end = now();
            let done = matches!(outcome.status, Status::Hit | Status::Miss | Status::Stale | Status::Refresh);
            let asked = outcome.error.is_none() && done;
            match result {
                Ok(entry) if asked || last == 0 => {
                    return self.log.note(value((Kind::Final, way, key), &entry, outcome, (begin, end)));
                }
                Err(error) if error != SourceError::Refused => self.log.note(failure(key, &error, (begin, end))),
                Ok(_) | Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

fn value((kind, way, key): (Kind, Way, u16), entry: &Entry, outcome: Outcome, (begin, end): (Nanos, Nanos)) -> Record {
    // A value of another key is worse than none.
    let kind = if entry.key == key { kind } else { Kind::Surfaced };
    let by = match (outcome.status, outcome.level) {
        (Status::Hit, Level::Flight) => By::Flight,
        (Status::Hit, Level::Local) => By::Local,
        (Status::Hit, _) => By::Store,
        (Status::Stale, _) => By::Stale,
        (Status::Miss | Status::Refresh, _) => By::Body,
        (Status::Bypass, _) => By::Bypass,
        _ => By::Failure,
    };
    let served = Served { by, loader: entry.loader, loaded: entry.loaded };
    Record { served, way, ..Record::new(kind, key, entry.version, begin, end) }
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
