//! What is asked for: near to the thread, then in the tier.

use std::hash::BuildHasher as _;
use std::sync::atomic::Ordering;

use super::entry::{Entry, EntryRef};
use super::near::{self, Common, Site};
use super::{Local, Take};
use crate::clock::{Millis, Moment};
use crate::key::{Asked, ShortKey};
use crate::private::Held;

impl Local {
    /// Has what is held under this key taken, if it may be served, and counts that. Allocates nothing, but for what keeps it
    /// near to this thread. `short` is what the key is made of, if it is short.
    pub(crate) fn serve(
        &self,
        key: &mut dyn Asked,
        site: &Site,
        short: Option<&ShortKey>,
        now: &Moment,
        take: &mut dyn Take,
    ) -> bool {
        self.note_asked();
        // Before the tier is asked: emptied after this, it makes what is kept near of no use.
        let emptied = self.0.emptied.load(Ordering::SeqCst);
        let may_serve = |entry: &Entry| self.may_serve(entry, now);
        // Of a key with a tenant the rest is more than its id.
        let id = short.filter(|short| short.tenant.is_none()).map(|short| short.id);
        let near = match key.short() {
            // It is kept by its tenant's number, and was not there.
            _ if short.and_then(|short| short.tenant).is_some_and(|tenant| near::knows_tenant(site, tenant)) => None,
            Some((names, rest)) => near::serve(Common::new(names).at(emptied), rest, id, may_serve, take),
            None => near::serve(Common::new(self.0.names.other()).at(emptied), key.text(), None, may_serve, take),
        };
        if let Some(served) = near {
            return served;
        }
        let Some(entry) = self.held(key.text(), now.at) else { return false };
        let names = entry.names().number;
        let has_names = names != self.0.names.other();
        if has_names {
            key.learn(names);
        }
        let tenant = short.and_then(|short| Some((near::learn_tenant(site, short.tenant?)?, short.id)));
        // An id alone says which key it is only beside names, or a tenant's number.
        let (names, short) =
            tenant.map_or((Common::new(names), id.filter(|_| has_names)), |(names, id)| (names, Some(id)));
        near::keep(names.at(emptied), short, &entry, take);
        let served = self.may_serve(&entry, now) && take.take(entry.value.as_ref());
        if served {
            entry.terms.hits.add();
        }
        served
    }

    /// Has what is held under this key taken, if it may be served, on behalf of a caller that waited for the one who held it. Counts
    /// nothing, but the tier learns that it is in use.
    pub(crate) fn share(&self, text: &str, now: &Moment, take: &mut dyn Take) -> bool {
        self.held(text, now.at).is_some_and(|entry| self.may_serve(&entry, now) && take.take(entry.value.as_ref()))
    }

    #[inline]
    fn note_asked(&self) {
        if !self.0.asked.load(Ordering::Relaxed) {
            self.0.asked.store(true, Ordering::Relaxed);
        }
    }

    /// Likewise, without the text of a key that is asked for often enough. `None` where that is needed.
    #[inline]
    pub(crate) fn serve_short(&self, site: &Site, key: &ShortKey, now: &Moment, take: &mut dyn Take) -> Option<bool> {
        self.note_asked();
        let emptied = self.0.emptied.load(Ordering::SeqCst);
        near::serve_short(site, key, emptied, |entry| self.may_serve(entry, now), take)
    }

    /// What is near to this thread under a key that is short, and may be served, as it is. Counts that.
    #[inline]
    pub(crate) fn share_short(&self, site: &Site, key: &ShortKey, now: &Moment) -> Option<Held> {
        self.note_asked();
        let emptied = self.0.emptied.load(Ordering::SeqCst);
        near::share_short(site, key, emptied, |entry| self.may_serve(entry, now))
    }

    /// Tells this thread by which names the tier knows keys like this one.
    pub(crate) fn learn(&self, site: &Site, key: &dyn Asked) {
        if let Some((names, _)) = key.short() {
            near::learn(site, names);
        }
    }

    /// What the tier holds under a key.
    fn held(&self, text: &str, now: Millis) -> Option<EntryRef> {
        let hash = self.hash(text);
        let entry = self.0.map.get(&hash).filter(|entry| entry.is_of(text))?;
        if entry.is_gone(now, self.0.cells.latest()) {
            self.0.map.remove_if(&hash, |there| EntryRef::ptr_eq(there, &entry));
            return None;
        }
        Some(entry)
    }

    pub(super) fn hash(&self, text: &str) -> u32 {
        // All of its bits are as good; a tier holds far fewer entries than there are of these.
        u32::try_from(self.0.hasher.hash_one(text) >> 32).unwrap_or(0)
    }

    #[inline(always)]
    fn may_serve(&self, entry: &Entry, now: &Moment) -> bool {
        entry.may_be_served(now, self.0.cells.latest()) && self.0.watch.is_current()
    }
}
