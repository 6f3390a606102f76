//! Who is measured.

use std::time::Duration;

use cache_runtime::{Cache, Level, outcome};

use crate::by_hand::ByHand;
use crate::item::annotated;

/// The operation timeout of the annotated function, and of one of the hand-written ones.
const TIMEOUT: Duration = Duration::from_millis(50);

/// One way to read an item.
#[derive(Clone)]
pub(crate) enum Contender {
    Annotated(Cache),
    ByHand(&'static str, ByHand),
    /// Nobody: how late the machine ends a sleep. What all others show too is its doing.
    Machine,
}

const SLEEP: Duration = Duration::from_millis(5);

impl Contender {
    /// All of them, connected to the same server.
    pub(crate) async fn all(url: &str) -> Result<Vec<Self>, String> {
        let cache =
            Cache::builder().redis(url).operation_timeout(TIMEOUT).build().map_err(|error| error.to_string())?;
        let by_hand = async |name, timeout| match ByHand::connect(url, timeout).await {
            Ok(by_hand) => Ok(Self::ByHand(name, by_hand)),
            Err(error) => Err(error.to_string()),
        };
        Ok(vec![
            Self::Annotated(cache),
            by_hand("by hand, 50 ms", Some(TIMEOUT)).await?,
            by_hand("by hand, default", None).await?,
            Self::Machine,
        ])
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Annotated(_) => "annotated",
            Self::ByHand(name, _) => name,
            Self::Machine => "a sleep, too late",
        }
    }

    /// How long a call has to take.
    pub(crate) fn least(&self) -> Duration {
        if matches!(self, Self::Machine) { SLEEP } else { Duration::ZERO }
    }

    /// Reads an item. Says whether the server had it.
    pub(crate) async fn call(&self, id: u64) -> bool {
        match self {
            Self::Annotated(cache) => {
                let (_, outcome) = cache.scope(outcome(annotated(id))).await;
                // Another caller's load is no hit of the server.
                outcome.is_hit() && outcome.level != Level::Flight
            }
            Self::ByHand(_, by_hand) => by_hand.get(id).await.1,
            Self::Machine => {
                tokio::time::sleep(SLEEP).await;
                false
            }
        }
    }
}
