//! Questions that share a command: while several callers read at once, their keys go to the server as one `MGET`; those who miss
//! ask for leave to fill in one round trip, and fill in one run of a script. Few go alone, unless there were many of late.
//!
//! Nobody waits for a command that is under way. Questions are sent as soon as a part of those who ask the same waits together, so
//! that one part is at the server while another is worked on. Of many that is a half; several go in halves, thirds, fifths or alone,
//! whichever is found to be best. If that does not come about, they are sent by a task that was put at the end of the runtime's queue when the first of them
//! asked, and that lets those run first, a few times, that have just been answered and may ask again: the busier the process, the
//! more go together. On an idle one a question goes at once. And each is sent after its caller asked, so it sees every invalidation
//! that has returned before.

mod batch;
mod callers;
mod claims;
mod count;
mod due;
mod fills;
mod gets;
mod gets_or_claims;
mod gets_tracked;
mod parts;
mod question;
mod seats;
mod size;
mod waiting;
mod watch;

use std::future::poll_fn;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use foldhash::fast::RandomState;

use self::batch::Batch;
pub(crate) use self::callers::Gather;
use self::due::Due;
pub(crate) use self::fills::Filling;
pub(crate) use self::gets::Get;
pub(crate) use self::gets_or_claims::GetOrClaim;
pub(crate) use self::gets_tracked::GetTracked;
pub(crate) use self::question::{Asker, Question};
use self::seats::Seated;
use self::waiting::State;
use super::RedisStore;
use super::connect::{Connection, Slot};
use crate::store::{Ask, StoreResult};

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

/// One caller that asks together with others. It borrows nothing, and has no share in the connection, which it would take from the
/// other processor, and give back from there.
pub(crate) struct Waits<Q: Question> {
    generation: u64,
    seated: Seated<StoreResult<Q::Answer>>,
}

impl<Q: Question> Waits<Q> {
    /// `None` where it is to be asked alone.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Answer<Q>>> {
        self.seated.poll(context)
    }

    /// Likewise.
    pub(crate) async fn answer(&mut self) -> Option<Answer<Q>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// `None` if there is another connection by now, or none.
    pub(super) fn with_connection<T>(&self, slot: &Slot, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        let connection = slot.glimpse();
        connection.as_deref().filter(|connection| connection.generation == self.generation).map(look)
    }
}

impl RedisStore {
    /// Asks together with others, where many ask.
    pub(crate) fn join<Q: Question, A: Asker>(
        self: &Arc<Self>,
        asker: &A,
        left: Duration,
        question: impl FnOnce() -> Q,
    ) -> Option<Waits<Q>> {
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
    ) -> Waits<Q> {
        let seated = connection.join(self, asker, left, question);
        Waits { generation: connection.generation, seated }
    }
}

fn hash(hasher: &RandomState, key: &[u8]) -> u32 {
    u32::try_from(hasher.hash_one(key) >> 32).unwrap_or(0)
}

impl Connection {
    fn join<Q: Question, A: Asker>(
        self: &Arc<Self>,
        store: &Arc<RedisStore>,
        asker: &A,
        left: Duration,
        question: Q,
    ) -> Seated<StoreResult<Q::Answer>> {
        let gather = Q::gather(self);
        if let Some(bytes) = question.carries() {
            gather.size.learn(bytes);
        }
        let asking = gather.count.asks();
        let about = question.about().map(|key| hash(&gather.hasher, key));
        let mut state = gather.lock();
        let enough = gather.part(&state.parts, asking).max(WORTH).min(gather.size.keys());
        let seated = state.add(question, left, about);
        // A task of its own: whoever waits can be dropped at any time, or be left without being polled.
        if state.questions() >= enough {
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
        seated
    }
}
