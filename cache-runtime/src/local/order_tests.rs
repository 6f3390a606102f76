//! Which voids make which turns void.

use super::order::*;

fn holds(order: &Order, turn: Turn) -> bool {
    order.unless_void(turn, || ()).is_some()
}

/// Keys that share a count.
fn others(key: u32) -> impl Iterator<Item = u32> {
    (1..).map(move |nth| key + nth * STRIPES as u32)
}

#[test]
fn a_turn_is_void_after_a_void_of_its_own_key_and_no_other() {
    let order = Order::new();
    let turn = order.turn(7);
    others(7).take(LAST).for_each(|key| order.void(key, || ()));
    assert!(holds(&order, turn));
    order.void(7, || ());
    assert!(!holds(&order, turn));
    assert!(holds(&order, order.turn(7)));
}

#[test]
fn what_is_not_remembered_any_more_counts_for_every_key() {
    let order = Order::new();
    let turn = order.turn(7);
    order.void(7, || ());
    others(7).take(LAST).for_each(|key| order.void(key, || ()));
    assert!(!holds(&order, turn));
    let turn = order.turn(7);
    others(7).take(LAST + 1).for_each(|key| order.void(key, || ()));
    assert!(!holds(&order, turn), "it may have been among them");
}

#[test]
fn a_fill_voids_the_turns_of_its_key_and_goes_on_with_one_that_stands() {
    let order = Order::new();
    let (read, fill) = (order.turn(7), order.turn(7));
    let (next, ()) = order.advance(fill, || ());
    assert!(holds(&order, next.expect("nothing came in between")));
    assert!(!holds(&order, read));
    assert!(order.advance(read, || ()).0.is_none());
}

#[test]
fn voiding_all_voids_each() {
    let order = Order::new();
    let turns: Vec<Turn> = (0..256).map(|key| order.turn(key)).collect();
    order.void_all(|| ());
    assert!(turns.iter().all(|turn| !holds(&order, *turn)));
    assert!(holds(&order, order.turn(7)));
}
