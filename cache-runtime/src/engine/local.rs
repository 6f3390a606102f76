//! The local tier, as a call meets it: before the store is asked, and after it has answered.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Budget, Cache};
use crate::call;
use crate::clock::{Moment, millis};
#[cfg(feature = "redis")]
use crate::error::Operation;
use crate::key::{KeySpec, KeyText, ShortKey};
use crate::local::{NewEntry, Site, Take, Terms, Tether, Ticket};
use crate::policy::Policy;
use crate::private::{EntryKey, Held};
use crate::scope;
use crate::store::Store;
use crate::tags::{self, Cell};
use crate::telemetry;
use crate::transaction;
use crate::wire::Facts;

/// How long decoded values are held at most. `None` where they are not.
pub(crate) fn local_ttl(policy: &Policy) -> Option<Duration> {
    policy.local.filter(|ttl| !ttl.is_zero())
}

/// Whether the tier may hold what this key names. `asked` is what the call itself says of the tier.
#[inline]
pub(crate) fn may_be_held(cache: &Cache, asked: Option<Duration>, spec: &KeySpec) -> bool {
    let ttl = match (&asked, &spec.policy.local) {
        (Some(ttl), _) | (None, Some(ttl)) => Some(ttl),
        (None, None) => cache.0.settings.policy.local.as_ref(),
    };
    ttl.is_some_and(|ttl| !ttl.is_zero())
}

/// The key of a call, as who knows its type has it.
pub(crate) struct Wanted<'a> {
    pub key: &'a dyn EntryKey,
    pub spec: &'a KeySpec,
    /// What it is made of, if that is little and it has no suffix.
    pub short: Option<ShortKey>,
}

/// Has what is held under the key taken, and counts that. Allocates nothing.
pub(crate) fn serve_held(cache: &Cache, wanted: &Wanted<'_>, take: &mut dyn Take) -> bool {
    let unusual = scope::any() || cache.0.recovery.len() > 0;
    if unusual && !may_be_served(cache, wanted.key) {
        return false;
    }
    // Read where it was written, in parts: a copy as a whole would wait for those.
    let now = cache.0.clock.moment();
    // What this thread is served often is found without its key's text, where that is made of little.
    let short = wanted.short.as_ref();
    let near = short.and_then(|short| cache.0.local.serve_short(&site(cache, wanted.spec), short, &now, take));
    let served = match near {
        Some(served) => served,
        None => serve_by_text(cache, wanted, &now, take),
    };
    if served && unusual {
        call::report(telemetry::local_hit());
    }
    served
}

/// What is near to this thread under a key that is made of little, where it is served as it is: most hits, without what the
/// others need. Counts that. Not to be asked where [`scope::any`] says so.
pub(crate) fn share_held(cache: &Cache, spec: &KeySpec, short: &ShortKey) -> Option<Held> {
    if cache.0.recovery.len() > 0 {
        return None;
    }
    cache.0.local.share_short(&site(cache, spec), short, &cache.0.clock.moment())
}

/// What was shared was of another type, and is not a hit.
#[cold]
pub(crate) fn not_shared(cache: &Cache, spec: &KeySpec) {
    cache.0.local.hits(spec.resource).take_back();
}

/// Whether nothing around the call, and no write that is not done yet, is against it.
#[cold]
fn may_be_served(cache: &Cache, key: &dyn EntryKey) -> bool {
    let may_be_covered = transaction::is_open() || cache.0.recovery.len() > 0;
    call::mode() == call::Mode::Usual && !(may_be_covered && is_covered(cache, key))
}

/// Has what is held taken by whoever has to look for it with the whole key.
#[inline(never)]
fn serve_by_text(cache: &Cache, wanted: &Wanted<'_>, now: &Moment, take: &mut dyn Take) -> bool {
    let Wanted { key, spec, short } = wanted;
    let suffix = key.suffix();
    let site = site(cache, spec);
    let served = cache.lend_key(*key, spec, suffix.as_deref(), |lent| {
        let served = cache.0.local.serve(lent, &site, short.as_ref(), now, take);
        cache.0.local.learn(&site, lent);
        served
    });
    served == Some(true)
}

#[inline]
fn site(cache: &Cache, spec: &KeySpec) -> Site {
    Site { cache: cache.0.id, resource: spec.resource, version: spec.version }
}

/// Whether a write that is not done yet has named the entry.
fn is_covered(cache: &Cache, key: &dyn EntryKey) -> bool {
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

    fn of(cache: &Cache, names: &[String], stamps: Tether) -> Self {
        let mut cells = Vec::with_capacity(1 + names.len());
        cells.push(cache.0.local.cells().cell(tags::CLEAR));
        Self { cells, stamps }.and(cache, names)
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
        Store::Redis(store) => match store.told_of_stamps() {
            Some(tether) => tether,
            // Boxed, as it is asked once for each connection.
            None => Box::pin(cache.ask(Operation::Get, budget, store.watch_stamps())).await.ok()??,
        },
    };
    Some(Watched::of(cache, names, stamps))
}

/// What is read may be held.
pub(super) struct Hold {
    pub ttl: Duration,
    pub watch: Watched,
    pub ticket: Ticket,
}

/// How long an entry may be held, and how large it is.
pub(super) struct Lives {
    pub facts: Facts,
    pub left: Option<Duration>,
    pub bytes: usize,
}

/// What was read is to be held, once it is known to be a value.
pub(super) struct Pending {
    hold: Hold,
    lives: Lives,
    tether: Tether,
}

impl Hold {
    pub(super) fn of(self, lives: Lives, tether: Tether) -> Box<Pending> {
        Box::new(Pending { hold: self, lives, tether })
    }
}

impl Pending {
    /// Holds it, no longer than it is fresh in the store.
    pub(super) fn hold(self, cache: &Cache, key: &KeyText, resource: &'static str, value: Option<Held>) {
        let Self { hold: Hold { ttl, watch, ticket }, lives: Lives { facts, left, bytes }, tether } = self;
        let grace = Duration::from_millis(facts.grace);
        let ttl = left.map_or(ttl, |left| ttl.min(left.saturating_sub(grace)));
        // One that does not say when it was loaded goes with the first stamp of any of its names.
        let since = facts.since.unwrap_or(0);
        hold_local(cache, ticket, key, resource, Holding { value, bytes, ttl, since, tether, watch });
    }
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
    let (hits, names) = (cache.0.local.hits(resource), cache.0.local.names(key));
    let terms = Terms { cells: watch.cells.into(), tether, stamps: watch.stamps, hits, names }.shared();
    let expires = ticket.at.saturating_add(millis(ttl));
    cache.0.local.put(ticket, key, NewEntry { value, expires, since, terms, bytes });
}
