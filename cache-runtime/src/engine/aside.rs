//! A look into the store by a caller that leads nobody.
//!
//! While many read, their keys go to the server together, and callers of one key share what is read for it there; while few do,
//! there is seldom anything to share. So most need no flight: it is written to by whoever begins one and by whoever ends it, and
//! goes from one processor to the other each time.
//! Who finds something that is to be served serves it. Anybody else takes the lead, and begins with what was found.

use super::age::Due;
use super::entry::Read;
use super::lead::{Start, failed};
use super::local::local_ttl;
use super::lookup::Asking;
use super::offer::Then;
use crate::call::Mode;
use crate::store::{Asks, Store};
use crate::tags;

impl Asking<'_> {
    /// Whether this is a read that concerns nobody else: once, and not where a new value is asked for, where what is found is to be
    /// held or may be due, nor where a miss is likely, which takes leave.
    pub(super) fn may_look_aside(&self) -> bool {
        let Store::Redis(store) = &self.lookup.cache.0.store else { return false };
        store.reads_plainly()
            && !self.aside
            && self.start == Start::Read
            && self.lookup.mode == Mode::Usual
            && !(self.subject.holds && local_ttl(&self.lookup.policy).is_some())
            && self.asks(false) == Asks::Bytes
            && !store.expects_miss(self.subject.resource, false)
            && !self.subject.located.awaits_store(&self.lookup.cache)
    }

    /// Whether there is something to serve. If not, what there is is kept for who leads.
    pub(super) async fn look_aside(&mut self) -> bool {
        self.aside = true;
        self.names = tags::names(self.subject.resource, &self.subject.tags);
        let cache = &self.lookup.cache;
        let key = &self.subject.located.key;
        let read = match cache.read(key, Asks::Bytes, &self.names, &mut self.budget).await {
            Ok((stored, stamps)) => self.seen(stored, stamps, None),
            Err(error) => Ok(Read::Failed(failed(error.kind()))),
        };
        match read {
            Ok(Read::Hit(hit)) if hit.due == Due::Not => {
                self.offer(hit, false, Then::Serve);
                true
            }
            // A load of this process, most often, which is waited for; or it has ended, and there is a value by now.
            Ok(Read::Leased) => false,
            Ok(read) => {
                self.found = Some(Box::new(read));
                false
            }
            // To be removed, or judged by more: by who leads.
            Err(_) => false,
        }
    }
}
