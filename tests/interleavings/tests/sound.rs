//! The single-flight as it is: no interleaving that is tried breaks what the engine relies on.

use cache_interleavings::{self as scenario, Sound, holds};

macro_rules! sound {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                holds(scenario::$name::<Sound>);
            }
        )+
    };
}

sound! {
    everyone_gets_the_value,
    a_dropped_leader_hands_over,
    an_invalidation_is_seen,
    nobody_joins_once_the_mark_is_seen,
    a_fill_is_no_proof_for_who_came_later,
    waiters_leave,
    no_old_fill_survives,
    fresh_means_after_the_call,
}
