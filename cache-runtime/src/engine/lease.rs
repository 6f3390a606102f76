//! Leave to fill while it is used: prolonged as long as the body runs, given back when nothing is filled.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::cache::{Budget, Cache};
use crate::error::{CacheError, ErrorKind, Operation};
use crate::key::KeyText;
use crate::local::Tether;
use crate::store::{Ask, Fill, Filling, Registration, Store};
use crate::switch::{Mechanism, without};
use crate::tags::Stamps;
use crate::wire::Payload;

/// Whether a fill was made, who tells of changes, and the stamps after it.
type Filled = Result<((bool, Option<Tether>), Stamps), CacheError>;

/// What must stand in the store for a fill to be right: nothing that is newer than the load has touched the key since.
pub(crate) struct Standing {
    cache: Cache,
    key: KeyText,
    expected: Payload,
    /// Whether it is a lease, which others wait for, and not the value that a refresh replaces.
    leased: bool,
    /// Until when its version is registered, if that is known.
    registered: Option<Instant>,
}

impl Standing {
    pub(super) fn lease(cache: &Cache, key: &KeyText, lease: Payload, registered: Option<Instant>) -> Self {
        Self { cache: cache.clone(), key: key.clone(), expected: lease, leased: true, registered }
    }

    /// What stands there.
    pub(super) fn bytes(&self) -> &Payload {
        &self.expected
    }

    /// It was not given after all.
    pub(super) fn forget(mut self) {
        self.leased = false;
    }

    /// Asking for it failed. Where nothing was heard it may have been given: then it is given back.
    pub(super) fn failed(self, kind: ErrorKind) {
        if !kind.is_outage() {
            self.forget();
        }
    }

    /// Whether what is filled now is gone before its version's registration ends.
    pub(super) fn is_registered(&self, lives: Duration) -> bool {
        self.registered.is_some_and(|until| Instant::now().checked_add(lives).is_some_and(|gone| gone <= until))
    }

    pub(super) fn value(cache: &Cache, key: &KeyText, bytes: Payload) -> Self {
        Self { cache: cache.clone(), key: key.clone(), expected: bytes, leased: false, registered: None }
    }

    /// What prolongs it while a body runs. `None` for a value, which others do not wait for.
    pub(super) fn prolonging(&self) -> Option<Prolonging> {
        self.leased.then(|| Prolonging {
            cache: self.cache.clone(),
            key: self.key.clone(),
            lease: self.expected.clone(),
            sleep: None,
        })
    }

    /// Stores the value, if nothing came in between. Says whether it did, who tells of changes if it is to be held here, and what
    /// was invalidated by its names.
    pub(super) fn fill<'a>(
        self,
        bytes: &'a Payload,
        ttl: Duration,
        registration: Option<Registration>,
        names: &'a [String],
        holds: bool,
        budget: &'a mut Budget,
    ) -> impl Future<Output = Result<(bool, Option<Tether>, Stamps), CacheError>> + Send + use<'a> {
        let fill = Fill {
            key: self.key.clone(),
            expected: Payload::clone(&self.expected),
            bytes: Payload::clone(bytes),
            ttl,
            registration,
        };
        // An `async fn` holds its arguments twice.
        async move {
            // The stamps are those of a time at which everybody had come whom the value may serve.
            let filled = match self.fill_together(&fill, names, holds, budget).await {
                Some(filled) => filled,
                None => self.fill_alone(&fill, names, holds, budget).await,
            };
            let ((filled, tether), stamps) = filled?;
            // Nothing is left to give back: it was replaced, or is gone.
            self.forget();
            Ok((filled, tether, stamps))
        }
    }

    async fn fill_together(&self, fill: &Fill, names: &[String], holds: bool, budget: &mut Budget) -> Option<Filled> {
        if without(Mechanism::FillCheck) {
            return None;
        }
        if holds {
            return self.cache.with_stamps_together(names, || Filling::<true>(fill.clone()), budget).await;
        }
        self.cache.with_stamps_together(names, || Filling::<false>(fill.clone()), budget).await
    }

    async fn fill_alone(&self, fill: &Fill, names: &[String], holds: bool, budget: &mut Budget) -> Filled {
        let Store::Redis(store) = &self.cache.0.store else { return Ok(((false, None), Stamps::default())) };
        let fill = async {
            if without(Mechanism::FillCheck) {
                // Takes the place of whatever is there now.
                let replaces = store.get(&self.key).await?;
                let ttl = self.cache.0.settings.lease_ttl;
                let (key, lease) = (self.key.clone(), Payload::clone(&self.expected));
                store.claim(&Ask { key, lease, ttl, replaces, registration: None }).await?;
            }
            if holds {
                return store.and_stamps(names, store.fill_tracked(fill)).await;
            }
            let (filled, stamps) = store.and_stamps(names, store.fill(fill)).await?;
            Ok(((filled, None), stamps))
        };
        self.cache.ask(Operation::Put, budget, Box::pin(fill)).await
    }

    /// Gives the lease back without a fill. Says whether it stood, and what was invalidated by these names, which leaves leases
    /// where they are: both together prove that nothing came in between.
    pub(super) async fn give_back(mut self, names: &[String], budget: &mut Budget) -> Option<Stamps> {
        let Store::Redis(store) = &self.cache.0.store else { return None };
        if !self.leased {
            return None;
        }
        let released = store.and_stamps(names, store.remove_same(&self.key, &self.expected));
        let done = self.cache.ask(Operation::Claim, budget, released).await;
        // Where it failed, another try is made in the background.
        self.leased = done.is_err();
        done.ok().and_then(|(stood, stamps)| stood.then_some(stamps))
    }
}

/// A lease that is prolonged each third of its ttl.
pub(super) struct Prolonging {
    cache: Cache,
    key: KeyText,
    lease: Payload,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Prolonging {
    /// To be called when the body waits.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        let third = (self.cache.0.settings.lease_ttl / 3).max(Duration::from_millis(1));
        loop {
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep(third)));
            if sleep.as_mut().poll(context).is_pending() {
                return;
            }
            self.sleep = None;
            self.prolong();
        }
    }

    /// In a task of its own: the body does not wait for it. One that fails leaves the lease to its ttl, and the fill is then
    /// refused.
    fn prolong(&self) {
        let (cache, key, lease) = (self.cache.clone(), self.key.clone(), self.lease.clone());
        tokio::spawn(async move {
            if let Store::Redis(store) = &cache.0.store {
                let ttl = cache.0.settings.lease_ttl;
                let _ = cache.ask(Operation::Claim, &mut cache.budget(), store.renew(&key, &lease, ttl)).await;
            }
        });
    }
}

/// The body failed, panicked or was dropped: the next one, here or elsewhere, need not wait for the lease to run out.
impl Drop for Standing {
    fn drop(&mut self) {
        if !self.leased {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (cache, key, lease) = (self.cache.clone(), self.key.clone(), self.expected.clone());
        runtime.spawn(async move {
            if let Store::Redis(store) = &cache.0.store {
                let released = store.remove_same(&key, &lease);
                let _ = cache.ask(Operation::Claim, &mut cache.budget(), released).await;
            }
        });
    }
}
