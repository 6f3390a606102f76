use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::rules::{Fault, Rules, Which};
use crate::error::{ErrorKind, Operation};
use crate::store::{StoreError, StoreResult};

/// Faults that the operations of a store meet, and how many operations there were:
/// [`CacheBuilder::faults`](crate::CacheBuilder::faults).
///
/// Any store can have them. The embedded one then counts as a store that can be away: the operation timeout, the breaker and the
/// retries of invalidations hold for it as for a server.
///
/// Faults hold until [`heal`](Self::heal). Where several fit an operation, the newest does. Cloning gives the same faults;
/// several caches may share them.
///
/// ```
/// use cache_runtime::test_util::Faults;
/// use cache_runtime::{Cache, ErrorKind, Operation, cached, invalidates};
/// # #[cached(resource = "price", key(sku), ttl = "1m")]
/// # async fn price(sku: u32) -> u32 { sku * 100 }
/// # #[invalidates(resource = "price", key(sku))]
/// # async fn set_price(sku: u32) {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cache_runtime::CacheError> {
/// let faults = Faults::new();
/// let cache = Cache::builder().faults(&faults).build()?;
/// cache.scope(async {
///     price(7).await;
///     price(7).await;
///     assert_eq!((faults.asked(Operation::Get), faults.asked(Operation::Put)), (2, 1));
///
///     // The removal does not reach the store. It is kept, and tried again until it does.
///     faults.fail_next(1, Operation::Invalidate, ErrorKind::Unavailable);
///     set_price(7).await;
///     assert_eq!(cache.stats().pending_invalidations, 1);
///     cache.shutdown().await
/// }).await
/// # }
/// ```
#[derive(Clone)]
pub struct Faults(Arc<Shared>);

struct Shared {
    rules: Mutex<Rules>,
    frozen: watch::Sender<bool>,
}

impl Faults {
    /// No faults yet.
    #[expect(clippy::new_without_default, reason = "two that look alike are not the same")]
    pub fn new() -> Self {
        Self(Arc::new(Shared { rules: Mutex::default(), frozen: watch::Sender::new(false) }))
    }

    /// Operations fail at once, without being done.
    ///
    /// The breaker counts [`Unavailable`](ErrorKind::Unavailable), [`Timeout`](ErrorKind::Timeout) and
    /// [`Loading`](ErrorKind::Loading), as it does for a server; switch it off with
    /// [`breaker_min_calls(u32::MAX)`](crate::CacheBuilder::breaker_min_calls) where every operation is to fail by itself. For a
    /// timeout that takes its time, see [`freeze`](Self::freeze).
    pub fn fail(&self, which: impl Into<Which>, kind: ErrorKind) {
        self.rules().add(which.into(), None, Fault::Fail(kind));
    }

    /// The next `n` of these operations fail at once, without being done; later ones are well.
    pub fn fail_next(&self, n: u64, which: impl Into<Which>, kind: ErrorKind) {
        self.rules().add(which.into(), Some(n), Fault::Fail(kind));
    }

    /// Operations are done, and their answers are lost: the caller waits out its timeout, not knowing. A
    /// [`Sweep`](Operation::Sweep) has its deadline and 15 s more for that, all others the operation timeout.
    pub fn lose_replies(&self, which: impl Into<Which>) {
        self.rules().add(which.into(), None, Fault::LoseReply);
    }

    /// The next `n` of these operations are done, and their answers are lost; later ones are well.
    pub fn lose_next(&self, n: u64, which: impl Into<Which>) {
        self.rules().add(which.into(), Some(n), Fault::LoseReply);
    }

    /// Operations wait this long, by tokio's clock, before they are done. A delay of zero is none.
    pub fn delay(&self, which: impl Into<Which>, delay: Duration) {
        self.rules().delay(which.into(), delay);
    }

    /// Operations wait for [`thaw`](Self::thaw) or [`heal`](Self::heal), as if the server was stopped: their callers wait out their
    /// timeouts. What nobody waits for any more is not done.
    pub fn freeze(&self) {
        self.0.frozen.send_replace(true);
    }

    /// Ends a [`freeze`](Self::freeze); other faults hold on.
    pub fn thaw(&self) {
        self.0.frozen.send_replace(false);
    }

    /// Ends all faults. Counts stay.
    pub fn heal(&self) {
        self.rules().heal();
        self.thaw();
    }

    /// How many of these operations the store was asked for: those that failed here included, those that the breaker refused
    /// or the timeout left no room for not.
    ///
    /// A call of an annotated function asks for a [`Get`](Operation::Get), and when it fills for a [`Put`](Operation::Put) and, on a
    /// server, for a [`Claim`](Operation::Claim) before its body; one more [`Get`](Operation::Get) where its tags name the value. A
    /// write asks for one [`Invalidate`](Operation::Invalidate), whatever the number of its keys, and one for each tag.
    pub fn asked(&self, which: impl Into<Which>) -> u64 {
        self.rules().asked(which.into())
    }

    /// Begins to count anew.
    pub fn reset_counts(&self) {
        self.rules().forget();
    }

    pub(crate) async fn around<T>(
        &self,
        operation: Operation,
        asked: impl Future<Output = StoreResult<T>>,
    ) -> StoreResult<T> {
        let fate = self.rules().meet(operation);
        if !fate.delay.is_zero() {
            tokio::time::sleep(fate.delay).await;
        }
        // The sender lives as long as this does.
        let _ = self.0.frozen.subscribe().wait_for(|frozen| !frozen).await;
        match fate.fault {
            None => asked.await,
            Some(Fault::Fail(kind)) => Err(StoreError { kind, code: "injected" }),
            Some(Fault::LoseReply) => {
                let _ = asked.await;
                std::future::pending().await
            }
        }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.0.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<&Self> for Faults {
    fn from(faults: &Self) -> Self {
        faults.clone()
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = self.asked(Which::All);
        f.debug_struct("Faults")
            .field("frozen", &*self.0.frozen.borrow())
            .field("asked", &asked)
            .finish_non_exhaustive()
    }
}
