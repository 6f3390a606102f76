//! The local tier, as a call meets it: before the store is asked, and after it has answered.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use super::Lookup;
use crate::cache::{Budget, Cache};
use crate::call;
use crate::clock::millis;
#[cfg(feature = "redis")]
use crate::error::Operation;
use crate::key::{KeyText, KeyWriter};
use crate::local::{Entry, Tether, Ticket};
use crate::policy::Policy;
use crate::private::{EntryKey, Held, KeyOf};
use crate::store::Store;
use crate::tags::{self, Cell};
use crate::telemetry;
use crate::transaction;

thread_local! {
    /// Keys are written into this one, so that a hit allocates nothing.
    static WRITER: RefCell<KeyWriter> = RefCell::default();
}

/// What the tier gave.
pub(crate) enum Served<V> {
    Value(V),
    /// The store said that there is none.
    None,
}

/// How long decoded values are held at most. `None` where they are not.
pub(crate) fn local_ttl(policy: &Policy) -> Option<Duration> {
    policy.local.filter(|ttl| !ttl.is_zero())
}

/// What is held under the key, counted as a hit. Allocates nothing, but for what a clone of the value does.
pub(crate) fn serve_local<V, K: KeyOf<V>>(lookup: &Lookup<'_>, key: &K) -> Option<Served<V>> {
    if lookup.mode != call::Mode::Usual {
        return None;
    }
    local_ttl(&lookup.policy)?;
    let (cache, sharing) = (lookup.cache, key.sharing()?);
    if (transaction::is_open() || cache.0.recovery.len() > 0) && is_covered(cache, key) {
        return None;
    }
    let mut writer = WRITER.take();
    writer.clear();
    let entry = match cache.write_key(key, &mut writer) {
        true => cache.0.local.get(writer.as_text(), cache.0.clock.now()),
        false => None,
    };
    // A key that is written while another one is finds an empty writer.
    WRITER.set(writer);
    let entry = entry?;
    let served = match &entry.value {
        None if lookup.wants_none => Served::None,
        None => return None,
        Some(held) => Served::Value((sharing.give)(&**held).filter(|value| key.accepts(value))?),
    };
    let outcome = telemetry::local_hit();
    cache.0.counts.request(&outcome);
    telemetry::local_request(&cache.0.name, key.spec().resource, &entry.hit);
    call::report(outcome);
    Some(served)
}

/// Whether a write that is not done yet has named the entry.
fn is_covered(cache: &Cache, key: &impl EntryKey) -> bool {
    cache
        .locate_unversioned(key)
        .is_none_or(|entry| transaction::covers(cache, &entry) || cache.0.recovery.covers(cache, &entry))
}

/// To be taken before the store is asked for a value that may be held, or given one.
pub(crate) fn local_ticket(cache: &Cache, key: &KeyText) -> Ticket {
    cache.0.local.ticket(key, cache.0.clock.now())
}

/// After a fill, whatever became of it: what was held is not any more, and whoever read before it holds nothing. What was
/// stored may be held with the ticket given here, if there is one.
pub(crate) fn filled_ticket(cache: &Cache, ticket: Ticket, key: &KeyText) -> Option<Ticket> {
    cache.0.local.after_fill(ticket, key)
}

/// A value that is to be held once it is stored, or that there is none, and for how long. `None` for what is not held.
pub(crate) type Holds = Option<(Option<Held>, Duration)>;

/// What ends a value's time here: the stamps of its names.
pub(crate) struct Watched {
    cells: Vec<Arc<Cell>>,
    /// Who tells of them.
    stamps: Tether,
}

impl Watched {
    /// With names that were not known before.
    pub(crate) fn and(mut self, cache: &Cache, names: &[String]) -> Self {
        let cells = cache.0.local.cells();
        self.cells.extend(names.iter().map(|name| cells.cell(name)));
        self
    }
}

/// To be called before the stamps of these names are read for a value that is to be held. `None` where nobody tells of them.
pub(crate) async fn watched(cache: &Cache, names: &[String], budget: &mut Budget) -> Option<Watched> {
    let stamps = match &cache.0.store {
        Store::Memory(_) => {
            let _ = budget;
            Tether::Own
        }
        #[cfg(feature = "redis")]
        Store::Redis(store) => cache.ask(Operation::Get, budget, store.watch_stamps()).await.ok()??,
    };
    let cells = vec![cache.0.local.cells().cell(tags::CLEAR)];
    Some(Watched { cells, stamps }.and(cache, names))
}

/// A value that the store gave or took, to be held.
pub(crate) struct Holding {
    /// `None` where the store says that there is none.
    pub value: Option<Held>,
    pub bytes: usize,
    /// For how long, from the ticket on: the shorter of the policy's time and what is left of the store's.
    pub ttl: Duration,
    pub since: u64,
    pub tether: Tether,
    pub watch: Watched,
}

/// Holds it, unless the key was voided since the ticket was taken.
pub(crate) fn hold_local(cache: &Cache, ticket: Ticket, key: &KeyText, resource: &'static str, what: Holding) {
    let Holding { value, bytes, ttl, since, tether, watch } = what;
    let entry = Entry {
        value,
        expires: ticket.at.saturating_add(millis(ttl)),
        since,
        cells: watch.cells.into(),
        tether,
        stamps: watch.stamps,
        bytes,
        hit: cache.0.local.hit_key(resource),
    };
    cache.0.local.put(ticket, key, entry);
}
