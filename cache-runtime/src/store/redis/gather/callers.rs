//! The callers of one connection that ask the same: how many, and whether they share.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use foldhash::fast::RandomState;

use super::Question;
use super::count::Count;
use super::parts::{self, Parts};
use super::size::Size;
use super::waiting::State;
use crate::store::StoreError;

/// So many at once are asked alone: they gain nothing from each other.
const ALONE: usize = 4;

/// From so many on they go in halves, which are large enough to make up for what a command costs, and nothing else is tried.
const MANY: usize = 36;

/// The callers of one connection that ask the same.
pub(crate) struct Gather<Q: Question> {
    /// How many there are.
    pub(super) count: Arc<Count>,
    /// Whether the server refused to serve several at once.
    pub(super) off: AtomicBool,
    /// Whether all go alone for now, several as they are.
    apart: AtomicBool,
    /// How many went so.
    went_apart: AtomicUsize,
    pub(super) size: Size,
    pub(super) hasher: RandomState,
    state: Mutex<State<Q>>,
}

/// One caller that asks alone.
pub(crate) struct Alone<'a, Q: Question>(&'a Gather<Q>);

impl<Q: Question> Drop for Alone<'_, Q> {
    fn drop(&mut self) {
        self.0.ends_alone();
    }
}

impl<Q: Question> Alone<'_, Q> {
    /// What questions and answers take is learned from each.
    pub(in crate::store::redis) fn learn(&self, bytes: usize) {
        self.0.learn(bytes);
    }
}

impl<Q: Question> Default for Gather<Q> {
    fn default() -> Self {
        let count = Arc::<Count>::default();
        Self {
            state: Mutex::new(State::of(Arc::clone(&count))),
            count,
            off: AtomicBool::new(false),
            apart: AtomicBool::new(false),
            went_apart: AtomicUsize::new(0),
            size: Size::default(),
            hasher: RandomState::default(),
        }
    }
}

impl<Q: Question> Gather<Q> {
    /// A question alone.
    pub(in crate::store::redis) fn alone(&self) -> Alone<'_, Q> {
        self.begins_alone();
        Alone(self)
    }

    /// One whose caller sees to it that its end is counted as well.
    pub(in crate::store::redis) fn begins_alone(&self) {
        self.count.asks();
    }

    pub(in crate::store::redis) fn ends_alone(&self) {
        self.count.answered(1);
        self.count.took();
        if self.apart.load(Ordering::Relaxed) && self.are_several() {
            self.went_apart();
        }
    }

    /// What questions and answers take is learned from each that goes alone.
    pub(in crate::store::redis) fn learn(&self, bytes: usize) {
        self.size.learn(bytes);
    }

    /// Whether one should share a command with others.
    pub(in crate::store::redis) fn shares(&self) -> bool {
        self.are_several()
            && (self.are_many() || !self.apart.load(Ordering::Relaxed))
            && !self.off.load(Ordering::Relaxed)
            && self.size.is_small()
    }

    fn are_several(&self) -> bool {
        self.count.lately() >= ALONE
    }

    fn are_many(&self) -> bool {
        self.count.lately() >= MANY
    }

    /// How many of those who ask go together.
    pub(super) fn part(&self, parts: &Parts, asking: usize) -> usize {
        if self.are_many() { asking / 2 } else { parts.of(asking) }
    }

    /// A command takes so many.
    pub(super) fn sends(&self, state: &mut State<Q>, callers: usize) {
        self.count.sends();
        if self.are_many() {
            return state.parts.begin_again();
        }
        state.parts.sends(callers, Instant::now);
        // Every call looks at it: it is written to only when it changes.
        if state.parts.alone() != self.apart.load(Ordering::Relaxed) {
            self.apart.store(state.parts.alone(), Ordering::Relaxed);
        }
    }

    /// One more went alone, although there are several.
    fn went_apart(&self) {
        if self.went_apart.fetch_add(1, Ordering::Relaxed) % parts::BUNCH == parts::BUNCH - 1 {
            self.sends(&mut self.lock(), parts::BUNCH);
        }
    }

    /// From now on everybody asks alone: what one may not do, or what the server does not know, is not to fail the others.
    pub(super) fn give_up(&self, error: StoreError) {
        if !self.off.swap(true, Ordering::Relaxed) {
            let (kind, code, what) = (error.kind.as_str(), error.code, Q::OPERATION.as_str());
            tracing::debug!(kind, code, what, "the cache's callers share no commands");
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<Q>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Get;
    use super::*;

    #[test]
    fn several_go_as_is_found_out_and_many_in_halves() {
        let (gather, parts) = (Gather::<Get>::default(), Parts::default());
        let ask = |callers| (0..callers).for_each(|_| _ = gather.count.asks());
        ask(35);
        assert_eq!(gather.part(&parts, 35), 11);
        ask(1);
        assert_eq!(gather.part(&parts, 36), 18);
    }

    #[test]
    fn several_may_go_alone_but_neither_few_nor_many_try_that() {
        let gather = Gather::<Get>::default();
        let ask = |callers| (0..callers).for_each(|_| _ = gather.count.asks());
        ask(3);
        assert!(!gather.shares());
        ask(1);
        assert!(gather.shares());
        gather.apart.store(true, Ordering::Relaxed);
        assert!(!gather.shares());
        ask(32);
        assert!(gather.shares());
    }
}
