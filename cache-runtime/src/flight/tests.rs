use super::*;

fn key() -> KeyText {
    KeyText::from_text("p:tenant-global:r:1:v1")
}

fn lead(joined: Joined) -> Leader {
    match joined {
        Joined::Lead(leader) => leader,
        Joined::Wait(_) => panic!("expected to lead"),
    }
}

fn wait(joined: Joined) -> oneshot::Receiver<Turn> {
    match joined {
        Joined::Wait(wait) => wait,
        Joined::Lead(_) => panic!("expected to wait"),
    }
}

fn value() -> Landed {
    Landed::Value(Payload::new(vec![1]))
}

#[test]
fn all_waiters_get_what_the_leader_loaded() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let mut waits: Vec<_> = (0..3).map(|_| wait(flights.join(&key(), Wish::Any))).collect();
    leader.fills();
    leader.land_load(&value(), true);
    assert!(waits.iter_mut().all(|wait| matches!(wait.try_recv(), Ok(Turn::Landed(Landed::Value(_), _)))));
    assert_eq!(flights.len(), 0);
}

#[test]
fn a_dropped_leader_hands_over_to_one() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let mut first = wait(flights.join(&key(), Wish::Any));
    let mut second = wait(flights.join(&key(), Wish::Any));
    drop(leader);
    assert!(second.try_recv().is_err(), "the second goes on waiting");
    let Ok(Turn::Lead(next)) = first.try_recv() else { panic!("the first leads") };
    next.fills();
    next.land_load(&value(), true);
    assert!(matches!(second.try_recv(), Ok(Turn::Landed(..))));
}

#[test]
fn a_waiter_that_left_is_passed_over() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    drop(wait(flights.join(&key(), Wish::Any)));
    let mut second = wait(flights.join(&key(), Wish::Any));
    drop(leader);
    assert!(matches!(second.try_recv(), Ok(Turn::Lead(_))));
}

#[test]
fn a_waiter_that_leaves_with_the_lead_unread_passes_it_on() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let first = wait(flights.join(&key(), Wish::Any));
    let mut second = wait(flights.join(&key(), Wish::Any));
    drop(leader);
    drop(first);
    assert!(matches!(second.try_recv(), Ok(Turn::Lead(_))));
}

#[test]
fn nobody_left_ends_the_flight() {
    let flights = Flights::new();
    drop(lead(flights.join(&key(), Wish::Any)));
    assert_eq!(flights.len(), 0);
    lead(flights.join(&key(), Wish::Any));
}

#[test]
fn scenario_35_who_came_after_the_read_was_sent_reads_again() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let mut early = wait(flights.join(&key(), Wish::Any));
    leader.begins();
    let mut late = wait(flights.join(&key(), Wish::Any));
    let mut later = wait(flights.join(&key(), Wish::Any));
    leader.land_read(&value());
    assert!(matches!(early.try_recv(), Ok(Turn::Landed(..))));
    let Ok(Turn::Lead(next)) = late.try_recv() else { panic!("the late one leads") };
    assert!(next.reads());
    next.begins();
    next.land_read(&value());
    assert!(matches!(later.try_recv(), Ok(Turn::Landed(..))));
}

#[test]
fn who_came_after_the_load_began_needs_the_proof_that_nothing_was_invalidated() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let mut early = wait(flights.join(&key(), Wish::Any));
    leader.begins();
    let mut late = wait(flights.join(&key(), Wish::Any));
    leader.fills();
    leader.land_load(&value(), false);
    assert!(matches!(early.try_recv(), Ok(Turn::Landed(..))));
    assert!(matches!(late.try_recv(), Ok(Turn::Lead(next)) if next.reads()));
}

#[test]
fn the_proof_is_none_for_who_came_after_the_fill_was_sent() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    leader.begins();
    let mut during = wait(flights.join(&key(), Wish::Any));
    leader.fills();
    let mut after = wait(flights.join(&key(), Wish::Any));
    leader.land_load(&value(), true);
    assert!(matches!(during.try_recv(), Ok(Turn::Landed(..))));
    assert!(matches!(after.try_recv(), Ok(Turn::Lead(next)) if next.reads()));
}

#[test]
fn who_wants_a_fresh_value_loads_after_the_flight() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    let mut any = wait(flights.join(&key(), Wish::Any));
    let mut fresh = wait(flights.join(&key(), Wish::Fresh));
    let mut fresher = wait(flights.join(&key(), Wish::Fresh));
    leader.fills();
    leader.land_load(&value(), true);
    assert!(matches!(any.try_recv(), Ok(Turn::Landed(..))));
    let Ok(Turn::Lead(next)) = fresh.try_recv() else { panic!("the fresh one leads") };
    assert!(!next.reads());
    next.begins();
    next.land_load(&value(), true);
    assert!(matches!(fresher.try_recv(), Ok(Turn::Landed(..))), "one load serves all that asked before it began");
}

#[test]
fn a_voided_flight_is_not_joined_and_not_stored() {
    let flights = Flights::new();
    let old = lead(flights.join(&key(), Wish::Any));
    flights.void(&key());
    let new = lead(flights.join(&key(), Wish::Any));
    assert_eq!(old.unless_void(|| ()), None);
    assert_eq!(new.unless_void(|| ()), Some(()));
    old.land_load(&value(), true);
    assert_eq!(flights.len(), 1, "the old flight leaves the new one alone");
    assert!(!new.is_void());
}

#[test]
fn a_flight_that_ended_is_used_again_with_nothing_of_it_left() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    leader.hold(&Payload::new(vec![1]));
    let flight = leader.address();
    leader.retire();
    let leader = lead(flights.join(&key(), Wish::Any));
    assert!(leader.address() == flight && leader.inherited().is_none());
    let _in_line = wait(flights.join(&key(), Wish::Any));
}

#[test]
fn a_flight_that_its_leader_still_holds_is_not_used_again() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    leader.end_early();
    let other = lead(flights.join(&key(), Wish::Any));
    assert_ne!(leader.address(), other.address());
}

#[test]
fn a_flight_that_was_voided_is_not_used_again() {
    let flights = Flights::new();
    let leader = lead(flights.join(&key(), Wish::Any));
    flights.void(&key());
    leader.retire();
    assert!(!lead(flights.join(&key(), Wish::Any)).is_void());
}

impl Leader {
    /// Tells flights apart.
    fn address(&self) -> usize {
        std::ptr::from_ref(&*self.flight).addr()
    }

    /// As another thread sees it between the end of a flight and the end of its leader.
    fn end_early(&self) {
        self.shard.lock().end(&self.flight);
    }
}
