//! The test tools, and what they show of annotated functions.

mod clock;
mod faults;
mod outage;
mod refused;

use cache_runtime::test_util::{Faults, ManualClock};
use cache_runtime::{Cache, CacheBuilder, invalidates};
use cache_tests::Patient as _;
pub use cache_tests::users::{Source, User, UserKey, get_user, read, rename, touch};

/// A write that guards.
#[invalidates(UserKey { id }, guard = "5s")]
pub async fn touch_guarded(id: u64) -> Result<(), String> {
    Ok(())
}

/// An embedded cache whose clock the test moves.
pub fn clocked() -> (Cache, ManualClock) {
    let clock = ManualClock::new();
    (Cache::builder().clock(&clock).build().expect("good settings"), clock)
}

/// A cache with faults whose breaker never opens, and which waits long enough for a busy machine.
pub fn faulty(builder: CacheBuilder) -> (Cache, Faults) {
    let faults = Faults::new();
    let builder = builder.faults(&faults).breaker_min_calls(u32::MAX).patient();
    (builder.build().expect("good settings"), faults)
}
