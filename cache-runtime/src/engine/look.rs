//! A read that asks for leave to fill what is not there: one round trip less for a miss, one more for the hit of an entry that is
//! to be held here. So it is made where a miss is likely.

use tokio::time::Instant;

use super::entry::Read;
use super::lead::failed;
use super::lease::Standing;
use super::local::local_ttl;
use super::lookup::{Asking, Subject};
use crate::boxed::pinned;
use crate::cache::Boxed;
use crate::error::{CacheError, ErrorKind, Operation};
use crate::store::{Ask, Asks, GetOrClaim, Looked, RedisStore, Store, Stored};
use crate::tags::Stamps;
use crate::wire::{Payload, is_lease, new_lease};

impl Asking<'_> {
    /// Reads. Where nothing is there, leave to fill may come with it.
    pub(super) async fn read_or_claim(&mut self) -> Read {
        let cache = &self.lookup.cache.clone();
        let Store::Redis(store) = &cache.0.store else { return self.read().await };
        let holds = self.subject.holds && local_ttl(self.lookup.policy()).is_some();
        if store.expects_miss(self.subject.resource, holds)
            && self.asks(holds) != Asks::Left
            && let Some(read) = self.look_boxed(store, holds).await
        {
            return read;
        }
        self.read().await
    }

    /// By what is no `async fn`, as [`lead`](Self::lead).
    fn look_boxed<'b>(&'b mut self, store: &'b RedisStore, holds: bool) -> Boxed<'b, Option<Read>> {
        pinned(|| self.looks_and_claims(store, holds))
    }

    /// `None` where it is to be read in the usual way after all.
    async fn looks_and_claims(&mut self, store: &RedisStore, holds: bool) -> Option<Read> {
        self.begins();
        let (ask, standing) = self.ask_leave(None);
        let (looked, stamps) = match self.looked(store, ask).await {
            Ok(looked) => looked,
            Err(error) => {
                let kind = error.kind();
                standing.failed(kind);
                if kind.is_outage() || kind == ErrorKind::BreakerOpen {
                    return Some(Read::Failed(failed(kind)));
                }
                // One that may not write may read all the same.
                store.expect_hits(self.subject.resource);
                return None;
            }
        };
        self.since = stamps.clock;
        let bytes = match looked {
            Looked::Granted => {
                if let Some(leader) = &self.leader {
                    leader.hold(standing.bytes());
                }
                store.learn_miss(self.subject.resource, true);
                return Some(Read::Granted(Box::new(standing)));
            }
            Looked::Guarded => {
                standing.forget();
                return Some(Read::Guarded);
            }
            Looked::Found(bytes) => bytes,
        };
        standing.forget();
        if is_lease(&bytes) {
            return Some(Read::Leased);
        }
        if holds {
            // The server is to tell of changes to it: that read is the one that counts.
            return None;
        }
        store.learn_miss(self.subject.resource, false);
        Some(match self.opened(Stored { bytes, left: None, tether: None }, stamps, None) {
            Ok(read) => read,
            Err(more) => Box::pin(self.needs(more)).await,
        })
    }

    /// With the stamps after it, and the time, which is known then.
    async fn looked(&mut self, store: &RedisStore, ask: Ask) -> Result<(Looked, Stamps), CacheError> {
        let cache = &self.lookup.cache;
        let question = || GetOrClaim(ask.clone());
        if let Some(looked) = cache.with_stamps_together(&self.names, question, &mut self.budget).await {
            return looked;
        }
        let asked = async {
            let (looked, mut stamps) = store.and_stamps(&self.names, store.get_or_claim(&ask)).await?;
            if stamps.clock.is_none() {
                stamps.clock = Some(store.clock().await?);
            }
            Ok((looked, stamps))
        };
        cache.ask(Operation::Get, &mut self.budget, Box::pin(asked)).await
    }

    /// What asks for leave, and what is given back should its caller go before it is used.
    pub(super) fn ask_leave(&self, replaces: Option<Payload>) -> (Ask, Standing) {
        let cache = &self.lookup.cache;
        let Subject { resource, suffix, version, .. } = &self.subject;
        let (registration, lease) =
            (cache.registration_of(resource, suffix.as_deref(), *version, self.lives()), new_lease());
        let registered = Instant::now().checked_add(registration.holds());
        let key = &self.subject.located.key;
        let standing = Standing::lease(cache, key, Payload::clone(&lease), registered);
        let (key, ttl) = (key.clone(), cache.0.settings.lease_ttl);
        (Ask { key, lease, ttl, replaces, registration: Some(registration) }, standing)
    }
}
