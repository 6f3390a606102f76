//! Questions that share a command: while several callers read at once, their keys go to the server as one `MGET`; those who miss
//! ask for leave to fill in one round trip, and fill in one run of a script. Few go alone, unless there were many of late.
//!
//! Nobody waits for a command that is under way. Questions are sent as soon as half of those who ask the same wait together, or
//! a third where they are few, so that one part is at the server while another is worked on. If that does not come about, they
//! are sent by a task that was put at the end of the runtime's queue when the first of them asked, and that lets those run
//! first, a few times, that have just been answered and may ask again: the busier the process, the more go together. On an idle
//! one a question goes at once. And each is sent after its caller asked, so it sees every invalidation that has returned before.

mod batch;
mod claims;
mod count;
mod due;
mod fills;
mod gets;
mod gets_or_claims;
mod gets_tracked;
mod question;
mod size;
mod watch;

use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;
use tokio::sync::oneshot;

use self::batch::Batch;
use self::count::Count;
use self::due::Due;
pub(crate) use self::fills::Filling;
pub(crate) use self::gets::Get;
pub(crate) use self::gets_or_claims::GetOrClaim;
pub(crate) use self::gets_tracked::GetTracked;
pub(crate) use self::question::{Asker, Question};
use self::size::Size;
use super::RedisStore;
use super::connect::{Connection, Slot};
use crate::key::KeyText;
use crate::store::{Ask, StoreError, StoreResult};

/// So many are worth a command before the runtime's queue has come round.
const WORTH: usize = 2;

/// What one of the callers gets, and how long the command took.
pub(crate) type Answer<Q> = (StoreResult<<Q as Question>::Answer>, Duration);

/// Those of one connection, each kind by itself.
#[derive(Default)]
pub(crate) struct Gathers {
    pub gets: Gather<Get>,
    pub gets_tracked: Gather<GetTracked>,
    pub gets_or_claims: Gather<GetOrClaim>,
    pub claims: Gather<Ask>,
    pub fills: Gather<Filling<false>>,
    pub fills_tracked: Gather<Filling<true>>,
}

/// The callers of one connection that ask the same.
pub(crate) struct Gather<Q: Question> {
    /// How many there are.
    count: Count,
    /// Whether the server refused to serve several at once.
    off: AtomicBool,
    size: Size,
    hasher: RandomState,
    state: Mutex<State<Q>>,
}

struct State<Q: Question> {
    waiting: Vec<Waiting<Q>>,
    /// Hashes of what they ask about, in the same order, where that can be shared: they lie close to each other.
    abouts: Vec<u32>,
    /// Counts the commands: whoever waits while it does not change waits for the same one.
    turn: u64,
    /// Whether a task is about to take those who wait. While somebody waits there is one.
    due: bool,
    /// Whether it is seen to that nobody waits too long.
    watched: bool,
}

struct Waiting<Q: Question> {
    question: Q,
    /// What is left of its caller's time.
    left: Duration,
    answer: oneshot::Sender<Answer<Q>>,
    /// Those that ask the same.
    others: Vec<oneshot::Sender<Answer<Q>>>,
}

impl<Q: Question> Waiting<Q> {
    fn callers(&self) -> usize {
        1 + self.others.len()
    }

    fn is_gone(&self) -> bool {
        self.answer.is_closed() && self.others.iter().all(oneshot::Sender::is_closed)
    }
}

/// One caller that asks together with others. It has no share in the connection, which it would take from the other processor,
/// and give back from there.
pub(crate) struct Joined<'a, Q: Question> {
    slot: &'a Slot,
    generation: u64,
    wait: oneshot::Receiver<Answer<Q>>,
}

impl<Q: Question> Drop for Joined<'_, Q> {
    fn drop(&mut self) {
        self.with_connection(|connection| Q::gather(connection).count.took());
    }
}

impl<Q: Question> Joined<'_, Q> {
    /// `None` if there is another connection by now, or none.
    pub(super) fn with_connection<T>(&self, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        let connection = self.slot.glimpse();
        connection.as_deref().filter(|connection| connection.generation == self.generation).map(look)
    }

    /// `None` where it is to be asked alone.
    pub(crate) async fn answer(&mut self) -> Option<Answer<Q>> {
        (&mut self.wait).await.ok()
    }
}

impl RedisStore {
    /// Asks together with others, where many ask.
    pub(crate) fn join<Q: Question, A: Asker>(
        self: &Arc<Self>,
        asker: &A,
        left: Duration,
        question: impl FnOnce() -> Q,
    ) -> Option<Joined<'_, Q>> {
        let connection = self.slot.glimpse();
        let connection = connection.as_ref()?;
        if !Q::gather(connection).shares() || !Q::suits(connection) {
            return None;
        }
        Some(self.join_on(connection, asker, left, question()))
    }

    pub(super) fn join_on<Q: Question, A: Asker>(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        asker: &A,
        left: Duration,
        question: Q,
    ) -> Joined<'_, Q> {
        let wait = connection.join(self, asker, left, question);
        Joined { slot: &self.slot, generation: connection.generation, wait }
    }
}

impl<Q: Question> State<Q> {
    /// Puts a caller on the list, or beside the one that asks the same.
    fn add(&mut self, new: Waiting<Q>, about: Option<u32>) {
        if let Some(about) = about {
            let mut alike = self.abouts.iter().zip(&mut self.waiting).filter(|(other, _)| **other == about);
            if let Some((_, same)) = alike.find(|(_, other)| other.question.about() == new.question.about()) {
                same.left = same.left.min(new.left);
                return same.others.push(new.answer);
            }
            self.abouts.push(about);
        }
        self.waiting.push(new);
    }
}

fn hash(hasher: &RandomState, key: &KeyText) -> u32 {
    u32::try_from(hasher.hash_one(key) >> 32).unwrap_or(0)
}

impl Connection {
    fn join<Q: Question, A: Asker>(
        self: &Arc<Self>,
        store: &Arc<RedisStore>,
        asker: &A,
        left: Duration,
        question: Q,
    ) -> oneshot::Receiver<Answer<Q>> {
        let gather = Q::gather(self);
        if let Some(bytes) = question.carries() {
            gather.size.learn(bytes);
        }
        let (answer, wait) = oneshot::channel();
        let asking = gather.count.asks();
        let enough = count::part(asking).max(WORTH).min(gather.size.keys());
        let about = question.about().map(|key| hash(&gather.hasher, key));
        let mut state = gather.lock();
        state.add(Waiting { question, left, answer, others: Vec::new() }, about);
        // A task of its own: whoever waits can be dropped at any time, or be left without being polled.
        if state.waiting.len() >= enough {
            let batch = Batch::take(self, state);
            tokio::spawn(batch.send(Arc::clone(store), asker.clone(), asker.longest()));
        } else if !std::mem::replace(&mut state.due, true) {
            let watched = std::mem::replace(&mut state.watched, true);
            drop(state);
            Due::<Q>::new(self).spawn(store, asker);
            if !watched {
                watch::spawn::<Q, A>(self, store, asker);
            }
        } else {
            drop(state);
        }
        wait
    }
}

/// One caller that asks alone.
pub(crate) struct Alone<'a, Q: Question>(&'a Gather<Q>);

impl<Q: Question> Drop for Alone<'_, Q> {
    fn drop(&mut self) {
        self.0.count.answered(1);
        self.0.count.took();
    }
}

impl<Q: Question> Alone<'_, Q> {
    /// What questions and answers take is learned from each.
    pub(super) fn learn(&self, bytes: usize) {
        self.0.size.learn(bytes);
    }
}

impl<Q: Question> Default for Gather<Q> {
    fn default() -> Self {
        let state = State { waiting: Vec::new(), abouts: Vec::new(), turn: 0, due: false, watched: false };
        Self {
            count: Count::default(),
            off: AtomicBool::new(false),
            size: Size::default(),
            hasher: RandomState::default(),
            state: Mutex::new(state),
        }
    }
}

impl<Q: Question> Gather<Q> {
    /// A question alone.
    pub(super) fn alone(&self) -> Alone<'_, Q> {
        self.count.asks();
        Alone(self)
    }

    /// Whether one should share a command with others.
    pub(super) fn shares(&self) -> bool {
        self.count.lately() >= Q::ALONE && !self.off.load(Ordering::Relaxed) && self.size.is_small()
    }

    /// From now on everybody asks alone: what one may not do, or what the server does not know, is not to fail the others.
    fn give_up(&self, error: StoreError) {
        if !self.off.swap(true, Ordering::Relaxed) {
            let (kind, code, what) = (error.kind.as_str(), error.code, Q::OPERATION.as_str());
            tracing::debug!(kind, code, what, "the cache's callers share no commands");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<Q>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
