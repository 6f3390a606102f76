//! Where an entry is kept, and how it is found there.

use super::SLOTS;
use crate::key::Short;
use crate::local::EntryRef;
use crate::private::Held;

/// A line of the processor's cache.
#[repr(align(64))]
pub(super) struct Slot {
    /// The number of what its key has in common with others, and how often the tier was emptied by then.
    from: (u32, u32),
    pub(super) rest: Short,
    pub(super) uses: u8,
    pub(super) entry: EntryRef,
    /// Its value on its own, as it is served often: threads that clone one `Arc` wait for each other.
    pub(super) own: Option<Held>,
}

/// As many as there are: a number below that needs no check.
pub(super) type Slots = [Option<Slot>; SLOTS];

/// Whence an entry came.
#[derive(Clone, Copy)]
pub(in crate::local) struct From {
    common: Common,
    /// How often its tier was emptied by then.
    emptied: u32,
}

/// What keys have in common that differ in their rest alone.
#[derive(Clone, Copy)]
pub(in crate::local) struct Common {
    pub(super) number: u32,
    /// Theirs, as the number: it is known while that is looked up.
    seed: u64,
}

impl Common {
    pub(in crate::local) fn new(number: u32) -> Self {
        Self::with_seed(number, u64::from(number) << 32)
    }

    #[inline]
    pub(super) fn with_seed(number: u32, seed: u64) -> Self {
        Self { number, seed }
    }

    /// Of a tier that was emptied so often.
    #[inline]
    pub(in crate::local) fn at(self, emptied: u32) -> From {
        From { common: self, emptied }
    }
}

impl From {
    #[inline]
    fn pair(self) -> (u32, u32) {
        (self.common.number, self.emptied)
    }
}

/// What is asked for.
pub(super) struct Wanted<'a> {
    from: From,
    /// Where its numbers alone do not say which key it is.
    rest: Option<&'a str>,
    pub(super) short: Short,
    /// With one place, two keys that share it would push each other out again and again.
    places: [usize; 2],
}

impl<'a> Wanted<'a> {
    /// By the rest of a key's text, or what stands for it.
    pub(super) fn new(from: From, short: Short, rest: &'a str) -> Self {
        Self { rest: Some(rest).filter(|_| !short.is_whole()), ..Self::whole(from, short) }
    }

    /// By what stands for the rest of one key's text and no other's.
    #[inline(always)]
    pub(super) fn whole(from: From, short: Short) -> Self {
        let hash = short.hash(from.common.seed);
        let place = |hash: u64| usize::try_from(hash % SLOTS as u64).unwrap_or(0);
        let places = [place(hash), place(hash >> 32)];
        Self { from, rest: None, short, places }
    }

    #[inline]
    fn is_in(&self, slot: &Slot) -> bool {
        slot.rest == self.short
            && slot.from == self.from.pair()
            && self.rest.is_none_or(|rest| slot.entry.rest() == rest)
    }

    /// Where it is, if it is here.
    #[inline(always)]
    pub(super) fn find<'s>(&self, slots: &'s mut Slots) -> Option<&'s mut Slot> {
        let [one, two] = self.places;
        let is_at = |place: usize| slots[place % SLOTS].as_ref().is_some_and(|slot| self.is_in(slot));
        // Both may be one place, and that another key's.
        let place = if is_at(one) { one } else { Some(two).filter(|two| is_at(*two))? };
        slots[place % SLOTS].as_mut()
    }

    /// Where to keep it: where it is, or where nothing is, or one of the two at random: what is there goes to its other place
    /// when it is asked for again, so that as many find room as there is. (Pagh and Rodler, "Cuckoo hashing".)
    pub(super) fn place(&self, slots: &Slots, random: usize) -> usize {
        let at = |place: &usize| slots[place % SLOTS].as_ref();
        let own = self.places.iter().find(|place| at(place).is_some_and(|slot| self.is_in(slot)));
        *own.or_else(|| self.places.iter().find(|place| at(place).is_none())).unwrap_or(&self.places[random % 2])
    }
}

impl Slot {
    #[inline]
    pub(super) fn new(from: From, rest: Short, uses: u8, entry: EntryRef, own: Option<Held>) -> Self {
        Self { from: from.pair(), rest, uses, entry, own }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slot_fits_a_line() {
        assert!(size_of::<Option<super::Slot>>() <= 64);
    }
}
