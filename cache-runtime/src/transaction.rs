//! Invalidations that wait for a database transaction.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cache::Cache;
use crate::key::Unversioned;
use crate::private::Work;
use crate::scope;

tokio::task_local! {
    static COLLECTED: Arc<Collected>;
}

/// What the writes of one scope have to do.
#[derive(Default)]
struct Collected(Mutex<Vec<(Cache, Work)>>);

/// Nothing was committed: what remains is to lift the guards that were set before the bodies.
impl Drop for Collected {
    fn drop(&mut self) {
        let held = self.take().into_iter();
        drop(Work::spawn(held.filter_map(|(cache, work)| Some((cache, work.only_lifting()?))).collect()));
    }
}

impl Collected {
    fn take(&self) -> Vec<(Cache, Work)> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Cache, Work)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `future` and holds back what its annotated writes would do to the cache, until the transaction that they are part of
/// has been committed.
///
/// Reads of entries that a write inside has named run their body and store nothing: they see the transaction's own,
/// uncommitted state. Direct calls such as [`Cache::invalidate`] act at once, and so does what a task does that is spawned inside.
///
/// ```
/// # use cache_runtime::{cached, invalidates, transaction};
/// # struct Db; impl Db { async fn begin(&self) -> Tx { Tx } }
/// # struct Tx; impl Tx { async fn commit(self) -> Result<(), String> { Ok(()) } }
/// #[cached(resource = "account", key(id), ttl = "5m")]
/// async fn balance(db: &Db, id: u64) -> Result<i64, String> {
///     Ok(0) // a query, in real life
/// }
///
/// #[invalidates(resource = "account", key(id))]
/// async fn debit(tx: &mut Tx, id: u64, cents: u64) -> Result<(), String> {
///     Ok(()) // an update, in real life
/// }
///
/// # async fn transfer(db: &Db) -> Result<(), String> {
/// let mut tx = db.begin().await;
/// let (done, invalidations) = transaction(async {
///     debit(&mut tx, 1, 500).await?;
///     debit(&mut tx, 2, 500).await
/// }).await;
/// done?; // on the way out, `invalidations` is dropped, and nothing is invalidated
/// tx.commit().await?;
/// invalidations.commit().await;
/// # Ok(())
/// # }
/// ```
pub async fn transaction<F: Future>(future: F) -> (F::Output, Invalidations) {
    let collected = Arc::new(Collected::default());
    scope::begin();
    let output = COLLECTED.scope(Arc::clone(&collected), future).await;
    let held = Collected(Mutex::new(collected.take()));
    (output, Invalidations(held))
}

/// What [`transaction`] held back. Dropping it drops that: right after a rollback, and wrong after a commit.
#[must_use = "call `commit` once the transaction is committed; dropped, nothing is invalidated"]
pub struct Invalidations(Collected);

impl Invalidations {
    /// Does it, now that the transaction is committed. Like the end of an annotated write: it goes on when the caller is
    /// cancelled, does not fail, and what cannot reach the store is kept and tried again.
    pub async fn commit(self) {
        if let Some(task) = Work::spawn(self.0.take()) {
            let _ = task.await;
        }
    }

    /// Forgets it: the transaction was rolled back.
    pub fn discard(self) {}

    /// Whether nothing was held back.
    pub fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }
}

impl std::fmt::Debug for Invalidations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invalidations").field("writes", &self.0.lock().len()).finish()
    }
}

/// Holds work back, if a transaction is under way; gives it back otherwise.
pub(crate) fn hold_back(cache: &Cache, work: Work) -> Option<Work> {
    match COLLECTED.try_with(Arc::clone) {
        Ok(collected) => {
            collected.lock().push((cache.clone(), work));
            None
        }
        Err(_) => Some(work),
    }
}

/// Whether a transaction is under way here.
pub(crate) fn is_open() -> bool {
    scope::any() && COLLECTED.try_with(|_| ()).is_ok()
}

/// Whether a write of the transaction that is under way has named this entry.
pub(crate) fn covers(cache: &Cache, entry: &Unversioned) -> bool {
    COLLECTED
        .try_with(|collected| {
            let work = collected.lock();
            work.iter().any(|(of, work)| Arc::ptr_eq(&of.0, &cache.0) && work.covers(entry))
        })
        .unwrap_or(false)
}
