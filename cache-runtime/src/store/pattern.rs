//! A walk over the keys that match a pattern, a step at a time.

use super::{Store, StoreResult};
use crate::store::glob::Glob;

/// How many keys one step looks at, and one command removes.
pub(crate) const STEP: usize = 500;

/// Where a walk is.
pub(crate) enum Walk {
    /// Keys of the embedded store that are still to be handed out, and how many were looked at for them.
    Memory { keys: Vec<Vec<u8>>, scanned: u64 },
    #[cfg(feature = "redis")]
    Redis(super::redis::Scan),
}

/// What one step met.
pub(crate) struct Met {
    pub scanned: u64,
    pub keys: Vec<Vec<u8>>,
}

impl Store {
    pub(crate) async fn walk(&self, glob: &Glob) -> StoreResult<Walk> {
        match self {
            Self::Memory(store) => {
                let (keys, scanned) = store.matching(glob);
                Ok(Walk::Memory { keys, scanned })
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => Ok(Walk::Redis(store.begin_scan().await?)),
        }
    }

    /// The next keys, of which there may be none yet; `None` at the end.
    pub(crate) async fn step(&self, walk: &mut Walk, pattern: &str) -> StoreResult<Option<Met>> {
        match (self, walk) {
            (Self::Memory(_), Walk::Memory { keys, scanned }) => {
                let _ = pattern;
                let scanned = std::mem::take(scanned);
                if scanned == 0 && keys.is_empty() {
                    return Ok(None);
                }
                let keys = keys.split_off(keys.len().saturating_sub(STEP));
                Ok(Some(Met { scanned, keys }))
            }
            #[cfg(feature = "redis")]
            (Self::Redis(store), Walk::Redis(scan)) => {
                let keys = store.scan(scan, pattern).await?;
                let scanned = u64::try_from(STEP).unwrap_or(u64::MAX);
                Ok(keys.map(|keys| Met { scanned, keys }))
            }
            #[cfg(feature = "redis")]
            _ => Ok(None),
        }
    }

    /// Removes keys of any type; says how many there were.
    pub(crate) async fn unlink(&self, keys: &[Vec<u8>]) -> StoreResult<u64> {
        match self {
            Self::Memory(store) => Ok(store.unlink(keys)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.unlink(keys).await,
        }
    }
}

impl Walk {
    /// Whether the walk, which is at its end, has met every key that stood all along.
    pub(crate) fn met_all(&self) -> bool {
        match self {
            Self::Memory { .. } => true,
            #[cfg(feature = "redis")]
            Self::Redis(scan) => scan.met_all(),
        }
    }
}
