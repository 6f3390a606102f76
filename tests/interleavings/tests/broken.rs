//! The single-flight with one mistake at a time: the scenario that is there for it notices, in the expected way.

use cache_interleavings::{self as scenario, broken, notices};

macro_rules! broken {
    ($($name:ident: $scenario:ident, $($how:literal)|+;)+) => {
        $(
            #[test]
            fn $name() {
                notices(scenario::$scenario::<broken::$name::Flights>, &[$($how),+]);
            }
        )+
    };
}

broken! {
    joins_unlocked: everyone_gets_the_value, "a waiter was forgotten" | "deadlock";
    joins_unnoticed: everyone_gets_the_value, "a waiter was forgotten" | "deadlock";
    forgets_joined: everyone_gets_the_value, "a waiter was forgotten";
    ends_late: everyone_gets_the_value, "a waiter was forgotten" | "deadlock";
    no_hand_over: a_dropped_leader_hands_over, "deadlock" | "flights are left";
    all_lead: a_dropped_leader_hands_over, "two loads at once";
    void_stays: an_invalidation_is_seen, "stale";
    void_unmarked: an_invalidation_is_seen, "stale" | "two loads at once";
    ends_another: an_invalidation_is_seen, "two loads at once";
    void_marked_first: nobody_joins_once_the_mark_is_seen, "known to be void";
    serves_unproved: a_fill_is_no_proof_for_who_came_later, "stale";
    serves_after_fill: a_fill_is_no_proof_for_who_came_later, "stale";
    read_serves_all: a_fill_is_no_proof_for_who_came_later, "stale";
    stops_at_who_left: waiters_leave, "deadlock" | "flights are left";
    fills_unlocked: no_old_fill_survives, "stale";
    void_marked_late: no_old_fill_survives, "stale" | "two loads at once";
    old_for_fresh: fresh_means_after_the_call, "not fresh";
}

macro_rules! broken_order {
    ($($name:ident: $scenario:ident;)+) => {
        $(
            #[test]
            fn $name() {
                notices(scenario::$scenario::<broken::$name::Turns>, &["stale"]);
            }
        )+
    };
}

broken_order! {
    put_unlocked: what_an_invalidation_overtakes_is_not_held;
    put_unchecked: what_an_invalidation_overtakes_is_not_held;
    void_uncounted: what_an_invalidation_overtakes_is_not_held;
    void_removes_first: what_an_invalidation_overtakes_is_not_held;
    void_all_removes_first: what_an_invalidation_overtakes_is_not_held;
    fill_uncounted: a_fill_is_held_unless_it_is_overtaken;
    void_remembered_late: what_an_invalidation_overtakes_is_not_held;
    fill_unchecked: a_fill_is_held_unless_it_is_overtaken;
}
