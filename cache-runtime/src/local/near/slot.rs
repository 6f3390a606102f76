//! Where an entry is kept, and how it is found there.

use super::SLOTS;
use crate::key::Short;
use crate::local::EntryRef;
use crate::private::Held;

/// A line of the processor's cache.
#[repr(align(64))]
pub(super) struct Slot {
    /// What its key has in common with others, and how often the tier was emptied by then.
    pub(super) from: From,
    pub(super) rest: Short,
    pub(super) uses: u8,
    pub(super) entry: EntryRef,
    /// Its value on its own, as it is served often: threads that clone one `Arc` wait for each other.
    pub(super) own: Option<Held>,
}

/// Whence an entry came: the number of its names, and how often its tier was emptied by then.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::local) struct From {
    pub names: u32,
    pub emptied: u32,
}

/// What is asked for.
pub(super) struct Wanted<'a> {
    from: From,
    rest: &'a str,
    pub(super) short: Short,
    /// With one place, two keys that share it would push each other out again and again.
    places: [usize; 2],
}

impl<'a> Wanted<'a> {
    /// By the rest of a key's text, or what stands for it.
    #[inline]
    pub(super) fn new(from: From, short: Short, rest: &'a str) -> Self {
        let hash = short.hash(u64::from(from.names) << 32);
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
    pub(super) fn find<'s>(&self, slots: &'s mut [Option<Slot>]) -> Option<&'s mut Slot> {
        let [one, two] = self.places;
        let is_at = |place: usize| slots.get(place).and_then(Option::as_ref).is_some_and(|slot| self.is_in(slot));
        // Both may be one place, and that another key's.
        let place = if is_at(one) { one } else { Some(two).filter(|two| is_at(*two))? };
        slots.get_mut(place)?.as_mut()
    }

    /// Where to keep it: where it is, or where nothing is, or in place of what was used less.
    pub(super) fn place(&self, slots: &[Option<Slot>]) -> usize {
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

#[cfg(test)]
mod tests {
    #[test]
    fn a_slot_fits_a_line() {
        assert!(size_of::<Option<super::Slot>>() <= 64);
    }
}
