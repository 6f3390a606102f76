//! What can be asked together with others.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Gather;
use crate::error::{ErrorKind, Operation};
use crate::key::KeyText;
use crate::store::redis::link::Link;
use crate::store::redis::{Connection, RedisStore};
use crate::store::{StoreError, StoreResult};
use crate::wire::Payload;

/// What the server said of each, or why it was not asked.
pub(crate) type Answers<Q> = StoreResult<Vec<StoreResult<<Q as Question>::Answer>>>;

/// One caller's question, which the server can be asked with others like it.
pub(crate) trait Question: Sized + Send + Sync + 'static {
    type Answer: Send + 'static;

    /// As what it is counted.
    const OPERATION: Operation;

    /// The callers of one connection that ask this.
    fn gather(connection: &Connection) -> &Gather<Self>;

    /// Whether it can be asked on a connection like this: to one server, and not to a Cluster, whose keys lie apart.
    fn suits(connection: &Connection) -> bool {
        matches!(connection.link, Link::Single(_))
    }

    /// What is asked about, where one answer is as good for all who ask about it with one command.
    fn about(&self) -> Option<&[u8]> {
        None
    }

    /// The same answer, for one more of them.
    fn again(_: &Self::Answer) -> Option<Self::Answer> {
        None
    }

    /// How many bytes it takes to the server, where that is what bounds a command.
    fn carries(&self) -> Option<usize> {
        None
    }

    /// How many bytes an answer brings, where that is what bounds a command.
    fn brings(_: &Self::Answer) -> Option<usize> {
        None
    }

    /// Where it asks for leave to fill, and with which lease: given back where its caller is gone when it is given.
    fn leave(&self) -> Option<(&KeyText, &Payload)> {
        None
    }

    /// Asks for all of them, which are some, and gives as many answers in their order.
    fn ask(
        questions: &[&Self],
        store: &RedisStore,
        connection: &Arc<Connection>,
    ) -> impl Future<Output = Answers<Self>> + Send;
}

/// Who asks the store: knows for how long, and counts.
pub(crate) trait Asker: Clone + Send + Sync + 'static {
    /// The longest that an operation takes.
    fn longest(&self) -> Duration;

    /// Runs one operation on behalf of so many callers, for no longer than this, and says how long it took.
    fn ask_for<T: Send>(
        &self,
        callers: usize,
        within: Duration,
        operation: Operation,
        asked: impl Future<Output = StoreResult<T>> + Send,
    ) -> impl Future<Output = (StoreResult<T>, Duration)> + Send;
}

/// What an error of the whole command means to its callers.
pub(super) enum Fault {
    /// Each may fare better alone, and so do those that come later.
    Sharing,
    /// Each may fare better alone: one of the keys is to blame.
    One,
    /// All of them would meet it alone as well.
    All,
}

impl Fault {
    pub(super) fn of(error: StoreError) -> Self {
        match error.kind {
            ErrorKind::Denied | ErrorKind::Refused | ErrorKind::OutOfMemory => Self::Sharing,
            ErrorKind::WrongType => Self::One,
            _ => Self::All,
        }
    }
}
