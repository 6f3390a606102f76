//! A copy of the server's stamps, kept by what the server tells of their changes, so that a hit need not ask for them.
//!
//! It is strict: the server tells on the connection that carries the answers, and in order. When the answer to a read is here,
//! so is everything that was stamped before the read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;

use super::glance;
use crate::tags::{CLEAR, Known, MOST, Stamps, is_resource};

/// The copy of one cache.
#[derive(Default)]
pub(crate) struct Copy {
    id: glance::Id,
    state: RwLock<State>,
    /// Counts the changes.
    edition: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Counts the beginnings: what was asked for before the last one is of no use.
    turn: u64,
    clock: u64,
    birth: u64,
    clear: u64,
    /// Whether the three are known.
    based: bool,
    names: HashMap<Box<str>, Name, RandomState>,
}

#[derive(Clone, Copy, Default)]
struct Name {
    stamp: u64,
    /// Whether it was asked for; until then only what came since is known.
    known: bool,
}

/// Taken before stamps are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked(u64);

impl Copy {
    /// Begins anew, at this time of the server's clock.
    pub(super) fn begin(&self, clock: u64) {
        let mut state = self.exclusive();
        *state = State { turn: state.turn + 1, clock, ..State::default() };
    }

    /// The server lost its stamps: what is known here is known to nobody else. Whoever asks next has them made again.
    pub(super) fn lose(&self) {
        let mut state = self.exclusive();
        *state = State { turn: state.turn + 1, ..State::default() };
    }

    /// What is stamped from now on under these names is noted.
    pub(super) fn ask(&self, names: &[String]) -> Asked {
        let mut state = self.exclusive();
        if state.names.len() + names.len() > MOST {
            state.names.clear();
        }
        for name in names {
            state.names.entry(name.as_str().into()).or_default();
        }
        Asked(state.turn)
    }

    /// What the server said of names that were asked for.
    pub(super) fn learn(&self, asked: Asked, known: &Known) {
        let mut state = self.exclusive();
        if state.turn != asked.0 {
            return;
        }
        // The server lost them, and what is known here is known to nobody else. Whoever asks next has them made again.
        if known.clock.is_none() {
            *state = State { turn: state.turn + 1, ..State::default() };
            return;
        }
        state.birth = state.birth.max(known.birth);
        state.clear = state.clear.max(known.clear);
        state.clock = state.clock.max(known.clock.unwrap_or(0));
        state.based = true;
        for (name, stamp) in &known.each {
            // One that was forgotten meanwhile may have missed something.
            if let Some(name) = state.names.get_mut(name.as_str()) {
                *name = Name { stamp: name.stamp.max(*stamp), known: true };
            }
        }
    }

    /// What was stamped since.
    pub(super) fn heed(&self, changes: &[(String, u64)]) {
        let mut state = self.exclusive();
        for (name, at) in changes {
            state.clock = state.clock.max(*at);
            match name.as_str() {
                "clock" => {}
                "birth" => state.birth = state.birth.max(*at),
                CLEAR => state.clear = state.clear.max(*at),
                name => {
                    if let Some(name) = state.names.get_mut(name) {
                        name.stamp = name.stamp.max(*at);
                    }
                }
            }
        }
    }

    /// What is known of these names; `None` where one is not.
    pub(super) fn stamps(&self, names: &[String]) -> Option<Stamps> {
        Some(self.stamps_now(names)?.1)
    }

    fn looked_up(&self, names: &[String]) -> Option<Stamps> {
        let state = self.shared();
        let mut latest = state.clear;
        for name in names {
            let name = state.names.get(name.as_str()).filter(|name| name.known)?;
            latest = latest.max(name.stamp);
        }
        state.based.then_some(Stamps { clock: Some(state.clock), birth: state.birth, latest })
    }

    /// As [`stamps`](Self::stamps), and of which edition that is.
    pub(super) fn stamps_now(&self, names: &[String]) -> Option<(u64, Stamps)> {
        let edition = self.edition();
        let name = match names {
            [name] if is_resource(name) => name,
            // Tags are too many to be remembered.
            _ => return Some((edition, self.looked_up(names)?)),
        };
        if let Some(stamps) = glance::recall(self.id, edition, name) {
            return Some((edition, stamps));
        }
        let stamps = self.looked_up(names)?;
        // At the worst it is newer than its edition, which nobody asks for any more then.
        glance::note(self.id, edition, name, stamps);
        Some((edition, stamps))
    }

    pub(super) fn edition(&self) -> u64 {
        self.edition.load(Ordering::SeqCst)
    }

    fn shared(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, State> {
        let state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Under the lock: whoever knows of a change finds it counted.
        self.edition.fetch_add(1, Ordering::SeqCst);
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(clock: u64, name: &str, stamp: u64) -> Known {
        Known { clock: Some(clock), birth: 1, clear: 2, each: [(name.to_owned(), stamp)].into() }
    }

    fn name(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    #[test]
    fn a_name_is_known_once_it_was_asked_for() {
        let copy = Copy::default();
        copy.begin(5);
        assert_eq!(copy.stamps(&name("a")), None);
        let asked = copy.ask(&name("a"));
        assert_eq!(copy.stamps(&name("a")), None);
        copy.learn(asked, &said(7, "a", 3));
        assert_eq!(copy.stamps(&name("a")), Some(Stamps { clock: Some(7), birth: 1, latest: 3 }));
        assert_eq!(copy.stamps(&name("b")), None);
        copy.heed(&[("a".into(), 9), ("clock".into(), 9)]);
        assert_eq!(copy.stamps(&name("a")), Some(Stamps { clock: Some(9), birth: 1, latest: 9 }));
    }

    #[test]
    fn what_is_told_between_question_and_answer_counts() {
        let copy = Copy::default();
        copy.begin(5);
        let asked = copy.ask(&name("a"));
        copy.heed(&[("a".into(), 9)]);
        copy.learn(asked, &said(7, "a", 3));
        assert_eq!(copy.stamps(&name("a")).map(|stamps| stamps.latest), Some(9));
    }

    #[test]
    fn an_answer_from_before_a_new_beginning_is_of_no_use() {
        let copy = Copy::default();
        copy.begin(5);
        let asked = copy.ask(&name("a"));
        copy.begin(8);
        copy.learn(asked, &said(7, "a", 3));
        assert_eq!(copy.stamps(&name("a")), None);
    }

    #[test]
    fn what_the_server_lost_is_forgotten() {
        let copy = Copy::default();
        copy.begin(5);
        copy.learn(copy.ask(&name("a")), &said(7, "a", 3));
        copy.learn(copy.ask(&name("b")), &Known { clock: None, birth: 0, clear: 0, each: HashMap::new() });
        assert_eq!(copy.stamps(&name("a")), None);
    }

    #[test]
    fn what_a_thread_remembers_is_of_one_copy_and_one_edition() {
        let (one, other) = (Copy::default(), Copy::default());
        let names = name("r:a");
        for (copy, stamp) in [(&one, 3), (&other, 4)] {
            copy.begin(5);
            copy.learn(copy.ask(&names), &said(7, "r:a", stamp));
        }
        for _ in 0..2 {
            assert_eq!(one.stamps(&names).map(|stamps| stamps.latest), Some(3));
            assert_eq!(other.stamps(&names).map(|stamps| stamps.latest), Some(4));
        }
        one.heed(&[("r:a".into(), 9)]);
        assert_eq!(one.stamps(&names).map(|stamps| stamps.latest), Some(9));
        one.lose();
        assert_eq!(one.stamps(&names), None);
        // The same place, and another text.
        let mut names = name("r:b");
        other.learn(other.ask(&names), &said(7, "r:b", 6));
        assert_eq!(other.stamps(&names).map(|stamps| stamps.latest), Some(6));
        names[0].replace_range(.., "r:a");
        assert_eq!(other.stamps(&names).map(|stamps| stamps.latest), Some(4));
    }

    #[test]
    fn it_is_bounded() {
        let copy = Copy::default();
        copy.begin(5);
        for n in 0..3 * MOST {
            let asked = copy.ask(&name(&n.to_string()));
            copy.learn(asked, &said(7, &n.to_string(), 3));
        }
        assert!(copy.shared().names.len() <= MOST);
    }
}
