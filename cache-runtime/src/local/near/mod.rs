//! The last entries that this thread was served, in front of the tier that all threads share: no lock, and no count that two
//! threads write to.
//!
//! What the tier gives up is marked, so that no thread serves it any more. A thread keeps no more than [`SLOTS`] entries of at
//! most [`LARGEST`] bytes, also of those that the tier has given up.

mod site;
mod slot;
mod tenants;

use std::cell::RefCell;

pub(crate) use self::site::Site;
pub(super) use self::slot::{Common, From};
use self::slot::{Slot, Slots, Wanted};
use self::tenants::Tenants;
use super::{Entry, EntryRef, Take};
use crate::key::{Short, ShortKey};
use crate::private::Held;
use crate::tally::mine;

/// A power of two.
const SLOTS: usize = 4_096;

/// For so many functions a thread knows by heart what their keys have in common.
const SITES: usize = 32;

/// Encoded.
const LARGEST: usize = 1_024;

/// So often an entry is served here before the tier is asked for it again, which is how that learns what is in use.
const USES: u8 = 250;

/// The first time so often: what is asked for again by then is worth a copy.
const FIRST_USES: u8 = 32;

thread_local! {
    static NEAR: RefCell<Near> = const { RefCell::new(Near::new()) };
}

struct Near {
    /// Once something was kept.
    slots: Option<Box<Slots>>,
    /// The names that keys of these have.
    sites: [Option<(Site, u32)>; SITES],
    tenants: Tenants,
    /// On which count hits of this thread are, once something was kept.
    mine: usize,
    /// How many entries were kept: as good as random where one of two places is to be chosen.
    kept: usize,
}

/// Serves what is here. `None` where the tier has to be asked. `short` stands for the rest of the key's text, if anything does.
pub(super) fn serve(
    from: From,
    rest: &str,
    short: Option<Short>,
    may_serve: impl FnOnce(&Entry) -> bool,
    take: &mut dyn Take,
) -> Option<bool> {
    let wanted = Wanted::new(from, short.unwrap_or_else(|| Short::of(rest)), rest);
    // A value that is cloned may ask for another one.
    let take = |value: Option<&Held>| take.take(value).then_some(());
    let served = NEAR.try_with(|near| near.try_borrow_mut().ok()?.serve(&wanted, may_serve, take));
    Some(served.ok()??.is_some())
}

/// The same, without the key's text.
#[inline]
pub(super) fn serve_short(
    site: &Site,
    key: &ShortKey,
    emptied: u32,
    may_serve: impl FnOnce(&Entry) -> bool,
    take: &mut dyn Take,
) -> Option<bool> {
    // Unlike `with` it is inlined, whichever part of the crate is compiled with which.
    let served = NEAR.try_with(|near| {
        let mut near = near.try_borrow_mut().ok()?;
        let wanted = near.wanted(site, key, emptied)?;
        near.serve(&wanted, may_serve, |value| take.take(value).then_some(()))
    });
    Some(served.ok()??.is_some())
}

/// The same, of a value that is given away as it is.
#[inline]
pub(super) fn share_short(
    site: &Site,
    key: &ShortKey,
    emptied: u32,
    may_serve: impl FnOnce(&Entry) -> bool,
) -> Option<Held> {
    let shared = NEAR.try_with(|near| {
        let mut near = near.try_borrow_mut().ok()?;
        let wanted = near.wanted(site, key, emptied)?;
        near.serve(&wanted, may_serve, |value| value.map(Held::clone))
    });
    shared.ok()??
}

/// Learns the names of a site's keys.
pub(super) fn learn(site: &Site, names: u32) {
    NEAR.with(|near| {
        if let Ok(mut near) = near.try_borrow_mut() {
            near.sites[site.place()] = Some((*site, names));
        }
    });
}

/// Whether this thread has a number for a tenant's keys of this site.
pub(super) fn knows_tenant(site: &Site, tenant: Short) -> bool {
    NEAR.with(|near| near.try_borrow().is_ok_and(|near| near.tenants.find(site, tenant).is_some()))
}

/// That number, which it is given now if there is room. `None` where there is none.
pub(super) fn learn_tenant(site: &Site, tenant: Short) -> Option<Common> {
    NEAR.with(|near| near.try_borrow_mut().ok()?.tenants.learn(site, tenant))
}

impl Near {
    const fn new() -> Self {
        Self { slots: None, sites: [None; SITES], tenants: Tenants::new(), mine: usize::MAX, kept: 0 }
    }

    /// By which numbers a key is known here, without its text.
    #[inline(always)]
    fn wanted(&self, site: &Site, key: &ShortKey, emptied: u32) -> Option<Wanted<'static>> {
        let names = match key.tenant {
            None => Common::new(self.sites[site.place()].filter(|(known, _)| known.is(site))?.1),
            Some(tenant) => self.tenants.find(site, tenant)?,
        };
        Some(Wanted::whole(names.at(emptied), key.id))
    }

    /// `None` where the tier has to be asked, `Some(None)` where what is here is not taken.
    #[inline(always)]
    fn serve<T>(
        &mut self,
        wanted: &Wanted<'_>,
        may_serve: impl FnOnce(&Entry) -> bool,
        take: impl FnOnce(Option<&Held>) -> Option<T>,
    ) -> Option<Option<T>> {
        let slot = wanted.find(self.slots.as_deref_mut()?)?;
        if slot.uses == 0 || !may_serve(&slot.entry) {
            return None;
        }
        let taken = take(slot.own.as_ref().or(slot.entry.value.as_ref()));
        if taken.is_some() {
            slot.uses -= 1;
            slot.entry.terms.hits.add_on(self.mine);
        }
        Some(taken)
    }
}

/// Made where they stay: there are more of them than a stack has room for.
fn slots() -> Box<Slots> {
    let empty: Vec<Option<Slot>> = std::iter::repeat_with(|| None).take(SLOTS).collect();
    empty.into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("as many as there are"))
}

/// Keeps what the tier gave. What was here before has been served many times, and is copied.
pub(super) fn keep(from: From, short: Option<Short>, entry: &EntryRef, take: &dyn Take) {
    if entry.bytes() > LARGEST {
        return;
    }
    let wanted = Wanted::new(from, short.unwrap_or_else(|| Short::of(entry.rest())), entry.rest());
    let known = NEAR.with(|near| {
        let mut near = near.try_borrow_mut().ok()?;
        let slot = wanted.find(near.slots.as_deref_mut()?).filter(|slot| EntryRef::ptr_eq(&slot.entry, entry))?;
        Some(slot.own.take())
    });
    // A user's `Clone` may ask for something here.
    let uses = if known.is_some() { USES } else { FIRST_USES };
    let own = known.and_then(|own| own.or_else(|| take.copy(entry.value.as_ref()?)));
    let slot = Slot::new(from, wanted.short, uses, EntryRef::clone(entry), own);
    let replaced = NEAR.with(|near| {
        let Ok(mut near) = near.try_borrow_mut() else { return Some(slot) };
        near.mine = mine();
        near.kept = near.kept.wrapping_add(1);
        let kept = near.kept;
        let slots = near.slots.get_or_insert_with(slots);
        let place = wanted.place(slots, kept);
        slots[place % SLOTS].replace(slot)
    });
    // Another's value may be dropped with it, which may ask for something here.
    drop(replaced);
}
