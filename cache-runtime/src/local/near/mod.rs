//! The last entries that this thread was served, in front of the tier that all threads share: no lock, and no count that two
//! threads write to.
//!
//! What the tier gives up is marked, so that no thread serves it any more. A thread keeps no more than [`SLOTS`] entries of at
//! most [`LARGEST`] bytes, also of those that the tier has given up.

mod short;
mod site;

use std::cell::RefCell;

use self::short::Short;
pub(crate) use self::site::Site;
use super::hits::mine;
use super::{Entry, EntryRef, Take};
use crate::private::Held;

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
    static NEAR: RefCell<Near> = const { RefCell::new(Near { slots: Vec::new(), sites: [None; SITES], mine: None }) };
}

struct Near {
    slots: Vec<Option<Slot>>,
    /// The names that keys of these have.
    sites: [Option<(Site, u32)>; SITES],
    /// On which count hits of this thread are.
    mine: Option<usize>,
}

/// A line of the processor's cache.
#[repr(align(64))]
struct Slot {
    /// What its key has in common with others, and how often the tier was emptied by then.
    from: From,
    rest: Short,
    uses: u8,
    entry: EntryRef,
    /// Its value on its own, as it is served often: threads that clone one `Arc` wait for each other.
    own: Option<Held>,
}

/// Whence an entry came: the number of its names, and how often its tier was emptied by then.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct From {
    pub names: u32,
    pub emptied: u32,
}

/// What is asked for.
struct Wanted<'a> {
    from: From,
    rest: &'a str,
    short: Short,
    /// With one place, two keys that share it would push each other out again and again.
    places: [usize; 2],
}

impl<'a> Wanted<'a> {
    fn new(from: From, rest: &'a str) -> Self {
        Self::by(from, Short::of(rest), rest)
    }

    #[inline]
    fn by(from: From, short: Short, rest: &'a str) -> Self {
        let hash = short.hash(from.names);
        let place = |hash: u64| usize::try_from(hash % SLOTS as u64).unwrap_or(0);
        let places = [place(hash), place(hash >> 32)];
        Self { from, rest, short, places }
    }

    #[inline]
    fn is_in(&self, slot: &Slot) -> bool {
        slot.rest == self.short && slot.from == self.from && (self.short.is_whole() || slot.entry.rest() == self.rest)
    }

    /// Where it is, if it is here.
    #[inline(always)]
    fn find<'s>(&self, slots: &'s mut [Option<Slot>]) -> Option<&'s mut Slot> {
        let [one, two] = self.places;
        let is_at = |place: usize| slots.get(place).and_then(Option::as_ref).is_some_and(|slot| self.is_in(slot));
        // Both may be one place, and that another key's.
        let place = if is_at(one) { one } else { Some(two).filter(|two| is_at(*two))? };
        slots.get_mut(place)?.as_mut()
    }

    /// Where to keep it: where it is, or where nothing is, or in place of what was used less.
    fn place(&self, slots: &[Option<Slot>]) -> usize {
        let [one, two] = self.places;
        let at = |place: usize| slots.get(place).and_then(Option::as_ref);
        let uses = |place: usize| at(place).map_or(u8::MAX, |slot| slot.uses);
        match (at(one).is_some_and(|slot| self.is_in(slot)), at(two).is_some_and(|slot| self.is_in(slot))) {
            (true, _) => one,
            (_, true) => two,
            _ if uses(one) >= uses(two) => one,
            _ => two,
        }
    }
}

/// Serves what is here. `None` where the tier has to be asked.
pub(super) fn serve(
    from: From,
    rest: &str,
    may_serve: impl FnOnce(&Entry) -> bool,
    take: &mut dyn Take,
) -> Option<bool> {
    // A value that is cloned may ask for another one.
    NEAR.with(|near| near.try_borrow_mut().ok()?.serve(&Wanted::new(from, rest), may_serve, take))
}

/// The same, by the number that is the whole id of a key.
#[inline]
pub(super) fn serve_number(
    site: &Site,
    number: u64,
    emptied: u32,
    may_serve: impl FnOnce(&Entry) -> bool,
    take: &mut dyn Take,
) -> Option<bool> {
    NEAR.with(|near| {
        let mut near = near.try_borrow_mut().ok()?;
        let (_, names) = near.sites[site.place()].filter(|(known, _)| known.is(site))?;
        near.serve(&Wanted::by(From { names, emptied }, Short::number(number), ""), may_serve, take)
    })
}

/// Learns the names of a site's keys.
pub(super) fn learn(site: &Site, names: u32) {
    NEAR.with(|near| {
        if let Ok(mut near) = near.try_borrow_mut() {
            near.sites[site.place()] = Some((*site, names));
        }
    });
}

impl Near {
    #[inline]
    fn serve(
        &mut self,
        wanted: &Wanted<'_>,
        may_serve: impl FnOnce(&Entry) -> bool,
        take: &mut dyn Take,
    ) -> Option<bool> {
        let slot = wanted.find(&mut self.slots)?;
        if slot.uses == 0 || !may_serve(&slot.entry) {
            return None;
        }
        slot.uses -= 1;
        let served = take.take(slot.own.as_ref().or(slot.entry.value.as_ref()));
        if served {
            slot.entry.terms.hits.add_on(*self.mine.get_or_insert_with(mine));
        }
        Some(served)
    }
}

/// Keeps what the tier gave. What was here before has been served many times, and is copied.
pub(super) fn keep(from: From, entry: &EntryRef, take: &dyn Take) {
    if entry.bytes() > LARGEST {
        return;
    }
    let wanted = Wanted::new(from, entry.rest());
    let known = NEAR.with(|near| {
        let mut near = near.try_borrow_mut().ok()?;
        let slot = wanted.find(&mut near.slots).filter(|slot| EntryRef::ptr_eq(&slot.entry, entry))?;
        Some(slot.own.take())
    });
    // A user's `Clone` may ask for something here.
    let uses = if known.is_some() { USES } else { FIRST_USES };
    let own = known.and_then(|own| own.or_else(|| take.copy(entry.value.as_ref()?)));
    let slot = Slot { from, rest: wanted.short, uses, entry: EntryRef::clone(entry), own };
    let replaced = NEAR.with(|near| {
        let Ok(mut near) = near.try_borrow_mut() else { return Some(slot) };
        if near.slots.is_empty() {
            near.slots.resize_with(SLOTS, || None);
        }
        let place = wanted.place(&near.slots);
        near.slots.get_mut(place)?.replace(slot)
    });
    // Another's value may be dropped with it, which may ask for something here.
    drop(replaced);
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slot_fits_a_line() {
        assert!(size_of::<Option<super::Slot>>() <= 64);
    }
}
