//! Who waits to be asked for together.

use std::sync::Arc;
use std::time::Duration;

use super::Question;
use super::count::Count;
use super::parts::Parts;
use super::seats::{Seated, Seats};
use crate::store::StoreResult;

/// Of so many bits one is set for each key that is asked for, most often by it alone.
const MARKS: usize = 1_024;

/// Room for so many callers.
const USUAL: usize = 40;

/// More room than this is not kept.
pub(super) const MOST_SPARE: usize = 4096;

/// What lies in a seat.
type Laid<Q> = StoreResult<<Q as Question>::Answer>;

/// The seats of so many commands are kept for others.
const LEAVING: usize = 4;

pub(super) struct State<Q: Question> {
    waiting: Party<Q>,
    /// Room for those who wait next, while those before are asked.
    spare: Vec<Waiting<Q>>,
    /// Seats of the last commands. Whoever had the oldest of them has left most often, and they are for those who wait next.
    leaving: [Option<Arc<Seats<Laid<Q>>>>; LEAVING],
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

/// Those who go with one command. Whoever has no answer when this is dropped asks alone.
pub(super) struct Party<Q: Question> {
    pub(super) list: Vec<Waiting<Q>>,
    pub(super) seats: Arc<Seats<Laid<Q>>>,
    /// So many have a seat, or had one.
    pub(super) seated: usize,
}

pub(super) struct Waiting<Q> {
    pub(super) question: Q,
    /// What is left of its caller's time.
    pub(super) left: Duration,
    seat: usize,
    /// The seats of those that ask the same.
    others: Vec<usize>,
}

impl<Q: Question> Waiting<Q> {
    pub(super) fn callers(&self) -> usize {
        1 + self.others.len()
    }
}

impl<Q: Question> Party<Q> {
    /// Whoever was dropped meanwhile needs nothing.
    pub(super) fn leave_out_who_is_gone(&mut self) {
        let list = &mut self.list;
        self.seats.check(|is_there| {
            list.retain(|waiting| is_there(waiting.seat) || waiting.others.iter().any(|seat| is_there(*seat)));
        });
    }

    /// Lays the answers. Says whose callers are gone, and gives the list back, empty.
    pub(super) fn answer(
        &mut self,
        took: Duration,
        answers: impl Iterator<Item = Laid<Q>>,
    ) -> (Vec<Q>, Vec<Waiting<Q>>) {
        let (mut unheard, mut list) = (Vec::new(), std::mem::take(&mut self.list));
        self.seats.answer(took, |laying| {
            for (Waiting { question, seat, others, .. }, answer) in list.drain(..).zip(answers) {
                for other in others {
                    // Who is told nothing asks alone.
                    let again = answer.as_ref().map_or_else(|error| Some(Err(*error)), |one| Q::again(one).map(Ok));
                    again.map(|again| laying.lay(other, again));
                }
                if !laying.lay(seat, answer) {
                    unheard.push(question);
                }
            }
        });
        self.seated = 0;
        (unheard, list)
    }
}

impl<Q: Question> Drop for Party<Q> {
    fn drop(&mut self) {
        if self.seated > 0 {
            self.seats.end();
        }
    }
}

impl<Q: Question> State<Q> {
    /// How many questions wait.
    pub(super) fn questions(&self) -> usize {
        self.waiting.list.len()
    }

    /// Puts a caller on the list, or beside the one that asks the same.
    pub(super) fn add(&mut self, question: Q, left: Duration, about: Option<u32>) -> Seated<Laid<Q>> {
        let waiting = &mut self.waiting;
        let seat = waiting.seated;
        waiting.seated += 1;
        let seated = waiting.seats.seat(seat);
        if let Some(about) = about {
            // Few do. All of them at once, as that is done several at a time.
            if !self.mark(about) && self.abouts.iter().fold(false, |any, other| any | (*other == about)) {
                let mut alike = self.abouts.iter().zip(&mut self.waiting.list).filter(|(other, _)| **other == about);
                if let Some((_, same)) = alike.find(|(_, other)| other.question.about() == question.about()) {
                    same.left = same.left.min(left);
                    same.others.push(seat);
                    return seated;
                }
            }
            self.abouts.push(about);
        }
        self.waiting.list.push(Waiting { question, left, seat, others: Vec::new() });
        seated
    }

    /// Says whether nobody that waits can ask about the same.
    fn mark(&mut self, about: u32) -> bool {
        let (bit, word) = (about as usize % 64, about as usize / 64 % (MARKS / 64));
        let is_new = self.marks[word] >> bit & 1 == 0;
        self.marks[word] |= 1 << bit;
        is_new
    }

    /// All that wait.
    pub(super) fn take(&mut self) -> Party<Q> {
        self.abouts.clear();
        self.marks = [0; MARKS / 64];
        let mut list = std::mem::take(&mut self.spare);
        // So that it seldom grows while it is locked.
        list.reserve(USUAL);
        self.leaving.rotate_left(1);
        let [.., longest] = &mut self.leaving;
        let seats = longest.replace(Arc::clone(&self.waiting.seats)).and_then(Seats::cleared);
        let seats = seats.unwrap_or_else(|| self.waiting.seats.others());
        std::mem::replace(&mut self.waiting, Party { list, seats, seated: 0 })
    }

    /// Takes an empty list back, for others: a large one is dear to make.
    pub(super) fn give_back(&mut self, list: Vec<Waiting<Q>>) {
        if list.is_empty() && (self.spare.capacity() + 1..=MOST_SPARE).contains(&list.capacity()) {
            self.spare = list;
        }
    }
}

impl<Q: Question> State<Q> {
    /// Nobody waits. Who will is counted here.
    pub(super) fn of(count: Arc<Count>) -> Self {
        Self {
            waiting: Party { list: Vec::new(), seats: Arc::new(Seats::of(count)), seated: 0 },
            spare: Vec::new(),
            leaving: [const { None }; LEAVING],
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

    #[test]
    fn who_asks_the_same_is_put_beside_the_first_and_who_only_looks_like_it_is_not() {
        let gather = Gather::<Get>::default();
        let mut state = gather.lock();
        let ask = |state: &mut State<Get>, key: &str, about: usize| {
            state.add(Get::new(key), Duration::from_secs(1), u32::try_from(about).ok());
            state.waiting.list.iter().map(Waiting::callers).collect::<Vec<_>>()
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
        let mut list = std::mem::take(&mut state.take().list);
        assert!(list.capacity() == 0 && state.waiting.list.capacity() >= USUAL);
        list.reserve(2 * USUAL);
        let (place, room) = (list.as_ptr(), list.capacity());
        state.give_back(list);
        state.take();
        assert_eq!((state.waiting.list.as_ptr(), state.waiting.list.capacity()), (place, room));
        state.give_back(Vec::with_capacity(MOST_SPARE + 1));
        state.take();
        assert!(state.waiting.list.capacity() <= MOST_SPARE);
    }

    #[test]
    fn seats_go_to_later_callers_once_those_have_left_that_had_them() {
        let gather = Gather::<Get>::default();
        let mut state = gather.lock();
        let mut take = |stays: bool| {
            let seat = state.add(Get::new("a"), Duration::from_secs(1), None);
            let party = state.take();
            (Arc::as_ptr(&party.seats), stays.then_some(seat))
        };
        let first: Vec<_> = (0..=LEAVING).map(|nth| take(nth == 1)).collect();
        assert!(first.iter().all(|(seats, _)| first.iter().filter(|(other, _)| other == seats).count() == 1));
        let then: Vec<_> = (0..3).map(|_| take(false).0).collect();
        // The next one sat already when the first of these was sent.
        assert_eq!((then[0], then[2]), (first[0].0, first[2].0));
        assert!(first.iter().all(|(seats, _)| *seats != then[1]), "one has not left");
    }
}
