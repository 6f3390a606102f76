//! Who waits to be asked for together.

use std::time::Duration;

use tokio::sync::oneshot;

use super::parts::Parts;
use super::{Answer, Question};

/// Of so many bits one is set for each key that is asked for, most often by it alone.
const MARKS: usize = 1_024;

/// Room for so many callers.
const USUAL: usize = 40;

/// More room than this is not kept.
const MOST_SPARE: usize = 4096;

pub(super) struct State<Q: Question> {
    pub(super) waiting: Vec<Waiting<Q>>,
    /// Room for those who wait next, while those before are asked.
    spare: Vec<Waiting<Q>>,
    /// Hashes of what they ask about, in the same order, where that can be shared: they lie close to each other.
    abouts: Vec<u32>,
    /// A bit for each of these by its lowest part: where it is not set, none is the same. (A Bloom filter with one hash.)
    marks: [u64; MARKS / 64],
    pub(super) parts: Parts,
    /// Counts the commands: whoever waits while it does not change waits for the same one.
    pub(super) turn: u64,
    /// Whether a task is about to take those who wait. While somebody waits there is one.
    pub(super) due: bool,
    /// Whether it is seen to that nobody waits too long.
    pub(super) watched: bool,
}

pub(super) struct Waiting<Q: Question> {
    pub(super) question: Q,
    /// What is left of its caller's time.
    pub(super) left: Duration,
    pub(super) answer: oneshot::Sender<Answer<Q>>,
    /// Those that ask the same.
    pub(super) others: Vec<oneshot::Sender<Answer<Q>>>,
}

impl<Q: Question> Waiting<Q> {
    pub(super) fn callers(&self) -> usize {
        1 + self.others.len()
    }

    pub(super) fn is_gone(&self) -> bool {
        self.answer.is_closed() && self.others.iter().all(oneshot::Sender::is_closed)
    }
}

impl<Q: Question> State<Q> {
    /// Puts a caller on the list, or beside the one that asks the same.
    pub(super) fn add(&mut self, new: Waiting<Q>, about: Option<u32>) {
        if let Some(about) = about {
            // Few do. All of them at once, as that is done several at a time.
            if !self.mark(about) && self.abouts.iter().fold(false, |any, other| any | (*other == about)) {
                let mut alike = self.abouts.iter().zip(&mut self.waiting).filter(|(other, _)| **other == about);
                if let Some((_, same)) = alike.find(|(_, other)| other.question.about() == new.question.about()) {
                    same.left = same.left.min(new.left);
                    return same.others.push(new.answer);
                }
            }
            self.abouts.push(about);
        }
        self.waiting.push(new);
    }

    /// Says whether nobody that waits can ask about the same.
    fn mark(&mut self, about: u32) -> bool {
        let (bit, word) = (about as usize % 64, about as usize / 64 % (MARKS / 64));
        let is_new = self.marks[word] >> bit & 1 == 0;
        self.marks[word] |= 1 << bit;
        is_new
    }

    /// All that wait.
    pub(super) fn take(&mut self) -> Vec<Waiting<Q>> {
        self.abouts.clear();
        self.marks = [0; MARKS / 64];
        let mut room = std::mem::take(&mut self.spare);
        // So that the list seldom grows while it is locked.
        room.reserve(USUAL);
        std::mem::replace(&mut self.waiting, room)
    }

    /// Takes an empty list back, for others: a large one is dear to make.
    pub(super) fn give_back(&mut self, list: Vec<Waiting<Q>>) {
        if list.is_empty() && (self.spare.capacity() + 1..=MOST_SPARE).contains(&list.capacity()) {
            self.spare = list;
        }
    }
}

impl<Q: Question> Default for State<Q> {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            spare: Vec::new(),
            abouts: Vec::new(),
            marks: [0; MARKS / 64],
            parts: Parts::default(),
            turn: 0,
            due: false,
            watched: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Gather, Get};
    use super::*;
    use crate::key::KeyText;

    #[test]
    fn who_asks_the_same_is_put_beside_the_first_and_who_only_looks_like_it_is_not() {
        let gather = Gather::<Get>::default();
        let mut state = gather.lock();
        let ask = |state: &mut State<Get>, key: &str, about: usize| {
            let (answer, _) = oneshot::channel();
            let question = Get(KeyText::from_text(key));
            let new = Waiting { question, left: Duration::from_secs(1), answer, others: Vec::new() };
            state.add(new, u32::try_from(about).ok());
            state.waiting.iter().map(Waiting::callers).collect::<Vec<_>>()
        };
        // One mark for all, and two hashes.
        let asked = [("a", 7), ("b", 7 + MARKS), ("c", 7), ("a", 7), ("b", 7 + MARKS)];
        let counts: Vec<_> = asked.iter().map(|(key, about)| ask(&mut state, key, *about)).collect();
        assert_eq!(counts, [vec![1], vec![1, 1], vec![1, 1, 1], vec![2, 1, 1], vec![2, 2, 1]]);
        drop(state.take());
        assert_eq!(state.marks, [0; MARKS / 64]);
        assert_eq!(ask(&mut state, "a", 7), [1], "who was sent off is not waited with");
    }

    #[test]
    fn the_list_of_those_who_waited_is_kept_for_the_next_ones_but_no_large_one() {
        let gather = Gather::<Get>::default();
        let mut state = gather.lock();
        let mut list = state.take();
        assert!(list.capacity() == 0 && state.waiting.capacity() >= USUAL);
        list.reserve(2 * USUAL);
        let (place, room) = (list.as_ptr(), list.capacity());
        state.give_back(list);
        state.take();
        assert_eq!((state.waiting.as_ptr(), state.waiting.capacity()), (place, room));
        state.give_back(Vec::with_capacity(MOST_SPARE + 1));
        state.take();
        assert!(state.waiting.capacity() <= MOST_SPARE);
    }
}
