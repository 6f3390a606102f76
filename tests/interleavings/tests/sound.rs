//! The single-flight as it is: no interleaving that is tried breaks what the engine relies on.

use cache_interleavings::{self as scenario, Sound, SoundOrder, holds};

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

#[test]
fn scenario_35_what_an_invalidation_overtakes_is_not_held() {
    holds(scenario::what_an_invalidation_overtakes_is_not_held::<SoundOrder>);
}

#[test]
fn a_fill_is_held_unless_it_is_overtaken() {
    holds(scenario::a_fill_is_held_unless_it_is_overtaken::<SoundOrder>);
}
