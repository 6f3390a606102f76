//! The tier without a store.

use std::sync::Arc;
use std::time::Duration;

use super::{Local, LocalLimits, NewEntry, Site, Take, Terms, Tether};
use crate::clock::Moment;
use crate::key::{Asked, KeyText, Short, ShortKey, Version};
use crate::private::Held;
use crate::tags::Cell;
use crate::telemetry::VoidReason;

const NOW: u64 = 1_000;

/// Keys that are not short are not asked for by it.
const SITE: Site = Site { cache: 0, resource: "user", version: Version::Fixed("v1") };

fn at(at: u64) -> Moment {
    Moment { at, read: None }
}

fn key(text: &str) -> KeyText {
    KeyText::from_text(text)
}

fn limited(entries: u64, bytes: u64) -> Local {
    Local::new(&"test".into(), "p", LocalLimits { entries, bytes, bound: Duration::from_secs(1) })
}

pub(crate) fn local() -> Local {
    limited(100, 1 << 20)
}

fn terms<const N: usize>(local: &Local, cells: [Arc<Cell>; N]) -> Arc<Terms> {
    let (hits, names) = (local.hits("user"), local.names(&key("")));
    Terms { cells: cells.into(), tether: Tether::Own, stamps: Tether::Own, hits, names }.shared()
}

fn entry(local: &Local, value: u64) -> NewEntry {
    NewEntry { value: Some(Arc::new(value)), expires: NOW + 100, since: 0, terms: terms(local, []), bytes: 10 }
}

/// Puts an entry there, and tells later whether it is.
pub(crate) fn holding(local: &Local, text: &'static str) -> impl Fn() -> bool {
    assert!(local.put(local.ticket(&key(text), NOW), &key(text), entry(local, 7)));
    let local = local.clone();
    move || is_held(&local, text, at(NOW))
}

fn value(local: &Local, text: &str) -> Option<u64> {
    served(local, text, at(NOW))
}

fn served(local: &Local, text: &str, now: Moment) -> Option<u64> {
    given(local, text, now).map(|value| *value)
}

fn given(local: &Local, text: &str, now: Moment) -> Option<Arc<u64>> {
    let mut given = Given(None);
    assert_eq!(local.serve(&mut Text(text), &SITE, None, &now, &mut given), given.0.is_some());
    given.0
}

/// A key that has nothing in common with others.
struct Text<'a>(&'a str);

impl Asked for Text<'_> {
    fn short(&self) -> Option<(u32, &str)> {
        None
    }
    fn text(&mut self) -> &str {
        self.0
    }
    fn learn(&mut self, _: u32) {}
}

struct Given(Option<Arc<u64>>);

impl Take for Given {
    fn take(&mut self, value: Option<&Held>) -> bool {
        self.0 = value.and_then(|value| Arc::clone(value).downcast().ok());
        self.0.is_some()
    }
    fn copy(&self, value: &Held) -> Option<Held> {
        value.downcast_ref::<u64>().map(|value| Arc::new(*value) as Held)
    }
}

/// Who waited for another caller is given what anybody is.
fn is_held(local: &Local, text: &str, now: Moment) -> bool {
    let mut shared = Given(None);
    let shares = local.share(text, &now, &mut shared);
    let served = served(local, text, now);
    assert_eq!((shares, shared.0.as_deref()), (served.is_some(), served.as_ref()));
    shares
}

fn put(local: &Local, text: &str, value: u64) {
    assert!(local.put(local.ticket(&key(text), NOW), &key(text), entry(local, value)));
}

/// As a hit of what is shared finds it, by numbers alone.
#[test]
fn what_is_near_to_the_thread_is_shared_until_the_key_or_the_tier_is_void() {
    let local = local();
    let asked = ShortKey { tenant: None, id: Short::of("a") };
    // One, as its texts are known by where they lie.
    let site = SITE;
    super::near::learn(&site, local.names(&key("a")).number);
    let shared = |now| local.share_short(&site, &asked, &at(now)).and_then(|held| held.downcast::<u64>().ok());
    for (nth, void) in [(7, None), (8, Some("a"))] {
        put(&local, "a", nth);
        assert!(shared(NOW).is_none(), "it is not near yet");
        assert_eq!((value(&local, "a"), shared(NOW).as_deref()), (Some(nth), Some(&nth)));
        assert!(shared(NOW + 100).is_none(), "its time is over");
        match void {
            Some(text) => local.void(text, VoidReason::Own),
            None => local.void_all(VoidReason::Own),
        }
        assert!(shared(NOW).is_none() && value(&local, "a").is_none());
    }
}

#[test]
fn what_the_tier_gives_up_is_not_served_by_a_thread_that_keeps_it() {
    let (one, two) = (local(), local());
    for local in [&one, &two] {
        put(local, "a", 1);
        assert_eq!((value(local, "a"), value(local, "a")), (Some(1), Some(1)), "now it is near");
    }
    put(&one, "a", 2);
    assert_eq!((value(&one, "a"), value(&two, "a")), (Some(2), Some(1)), "another tier's entry is another one");
    let other = one.clone();
    std::thread::spawn(move || other.void("a", VoidReason::Own)).join().expect("a void");
    assert_eq!((value(&one, "a"), value(&two, "a")), (None, Some(1)));
    two.void_all(VoidReason::Own);
    assert_eq!(value(&two, "a"), None);
    put(&two, "a", 3);
    assert_eq!(value(&two, "a"), Some(3));
    let ticket = two.after_fill(two.ticket(&key("a"), NOW), &key("a"));
    assert!(ticket.is_some() && value(&two, "a").is_none(), "a fill takes its place");
}

#[test]
fn what_is_evicted_is_not_served_by_a_thread_that_keeps_it() {
    let local = limited(4, 1 << 20);
    put(&local, "0", 0);
    assert_eq!(value(&local, "0"), Some(0));
    // Others are asked for elsewhere, again and again.
    for n in 1..1_000_u64 {
        put(&local, &n.to_string(), n);
        (0..3).for_each(|_| drop(local.0.map.get(&local.hash(&n.to_string()))));
    }
    assert!(!local.0.map.contains_key(&local.hash("0")));
    assert_eq!(value(&local, "0"), None);
}

#[test]
fn what_is_near_is_known_to_be_in_use() {
    let local = limited(100, 1 << 20);
    put(&local, "hot", 1);
    for n in 0..1_000 {
        for _ in 0..100 {
            assert_eq!(value(&local, "hot"), Some(1), "after {n} others");
        }
        put(&local, &n.to_string(), n);
    }
}

#[test]
fn a_thread_has_its_own_of_what_it_is_served_often() {
    let local = local();
    put(&local, "hot", 7);
    let first = given(&local, "hot", at(NOW)).expect("it is held");
    let own = (0..200).find_map(|_| given(&local, "hot", at(NOW)).filter(|given| !Arc::ptr_eq(given, &first)));
    let own = own.expect("a copy by now");
    assert_eq!(*own, 7);
    for _ in 0..200 {
        let given = given(&local, "hot", at(NOW)).expect("it is held");
        assert!(Arc::ptr_eq(&given, &own) || Arc::ptr_eq(&given, &first), "one copy is enough");
    }
    let other = local.clone();
    let elsewhere = std::thread::spawn(move || given(&other, "hot", at(NOW))).join().expect("a hit");
    assert!(elsewhere.is_some_and(|given| Arc::ptr_eq(&given, &first)), "nobody else is given it");
    local.void("hot", VoidReason::Own);
    assert_eq!(value(&local, "hot"), None, "the copy goes with it");
}

/// As many as have room, though others are there first, and each has two places alone.
#[test]
fn what_is_served_often_finds_room_near_to_the_thread() {
    let local = limited(100_000, 1 << 30);
    let texts: Vec<String> = (0..3_000).map(|n| n.to_string()).collect();
    for text in &texts {
        put(&local, text, 1);
    }
    let first: Vec<_> = texts.iter().map(|text| given(&local, text, at(NOW)).expect("it is held")).collect();
    let rounds = (0..120).map(|_| {
        let hot = texts.iter().zip(&first).take(1_000);
        hot.filter(|(text, first)| given(&local, text, at(NOW)).is_some_and(|it| Arc::ptr_eq(&it, first))).count()
    });
    let from_tier: usize = rounds.skip(100).sum();
    // Each is learned about once in 250.
    assert!(from_tier < 200, "{from_tier} of 20,000 were not near");
}

#[test]
fn of_two_keys_with_one_hash_one_is_held() {
    let local = local();
    // Some pair among so many: 400,000 keys have 18 on average.
    let mut seen = std::collections::HashMap::new();
    let pair = (0..400_000_u32).find_map(|n| seen.insert(local.hash(&n.to_string()), n).map(|other| (other, n)));
    let (one, two) = pair.map(|(one, two)| (one.to_string(), two.to_string())).expect("two with one hash");
    put(&local, &one, 1);
    assert_eq!((value(&local, &one), value(&local, &two)), (Some(1), None));
    put(&local, &two, 2);
    assert_eq!((value(&local, &one), value(&local, &two)), (None, Some(2)), "also where this thread keeps the first");
}

/// Each has two places near to the thread, and of some keys both are one, where another key may be.
#[test]
fn of_many_keys_none_is_served_what_is_another_ones() {
    let local = limited(100_000, 1 << 30);
    (0..20_000_u64).for_each(|n| put(&local, &n.to_string(), n));
    let mut lost = 0;
    for n in (0..20_000).chain(0..20_000) {
        match value(&local, &n.to_string()) {
            Some(value) => assert_eq!(value, n),
            None => lost += 1,
        }
    }
    // Of two keys with one hash of 32 bits one is held. There is such a pair in one run of twenty, and five are in none.
    assert!(lost < 2 * 5, "{lost} reads found nothing");
}

#[test]
fn an_entry_is_held_until_it_expires() {
    let local = local();
    let held = holding(&local, "a");
    assert!(held() && is_held(&local, "a", at(NOW + 99)));
    assert!(!is_held(&local, "a", at(NOW + 100)));
    assert_eq!(local.usage().0, 0, "removed when it is met");
}

#[test]
fn what_was_asked_for_before_a_void_is_not_held() {
    for void in
        [(|local: &Local| local.void("a", VoidReason::Own)) as fn(&Local), |local| local.void_all(VoidReason::Own)]
    {
        let local = local();
        let ticket = local.ticket(&key("a"), NOW);
        void(&local);
        assert!(!local.put(ticket, &key("a"), entry(&local, 7)));
        let held = holding(&local, "a");
        assert!(held());
        void(&local);
        assert!(!held());
    }
}

#[test]
fn a_fill_takes_the_place_of_what_was_read_before_it() {
    let local = local();
    let (reads, fills) = (local.ticket(&key("a"), NOW), local.ticket(&key("a"), NOW));
    let filled = local.after_fill(fills, &key("a")).expect("nothing was voided");
    assert!(local.put(filled, &key("a"), entry(&local, 2)));
    assert!(!local.put(reads, &key("a"), entry(&local, 1)));
    assert_eq!(value(&local, "a"), Some(2));
    local.void("a", VoidReason::Own);
    assert!(local.after_fill(filled, &key("a")).is_none());
}

#[test]
fn a_newer_stamp_of_a_tag_ends_an_entry() {
    let local = local();
    let cells = local.cells();
    let cell = cells.cell("t:a");
    cells.raise("t:a", 5);
    let tagged = |since| NewEntry { since, terms: terms(&local, [Arc::clone(&cell)]), ..entry(&local, 7) };
    let put = |since| assert!(local.put(local.ticket(&key("a"), NOW), &key("a"), tagged(since)));
    put(4);
    assert_eq!(value(&local, "a"), None);
    put(5);
    assert_eq!(value(&local, "a"), Some(7));
    cells.raise("t:a", 6);
    assert_eq!(value(&local, "a"), None);
}

#[test]
fn both_bounds_hold() {
    let (by_entries, by_bytes) = (limited(100, 10 << 20), limited(1_000_000, 100_000));
    for n in 0..5_000 {
        let key = key(&format!("p:tenant-global:r:{n}:v1"));
        for local in [&by_entries, &by_bytes] {
            let entry = NewEntry { bytes: 1_000, ..entry(local, n) };
            local.put(local.ticket(&key, NOW), &key, entry);
        }
    }
    assert!((1..=100).contains(&by_entries.usage().0), "{:?}", by_entries.usage());
    assert!((1..=100).contains(&by_bytes.usage().0), "{:?}", by_bytes.usage());
    assert!(by_bytes.usage().1 <= 100_000);
}

#[cfg(feature = "redis")]
mod channels {
    use super::super::Channel;
    use super::{Arc, Duration, NewEntry, Terms, Tether, entry, is_held, key, local};

    fn tethered(channel: &Arc<Channel>) -> (super::Local, impl Fn() -> bool) {
        tethered_to(channel, Tether::Own)
    }

    fn tethered_to(channel: &Arc<Channel>, stamps: Tether) -> (super::Local, impl Fn() -> bool) {
        let local = local();
        let entry = NewEntry { terms: on(channel, stamps, &local), ..entry(&local, 7) };
        assert!(local.put(local.ticket(&key("a"), super::NOW), &key("a"), entry));
        (local.clone(), move || is_held(&local, "a", super::at(super::NOW)))
    }

    fn on(channel: &Arc<Channel>, stamps: Tether, local: &super::Local) -> Arc<Terms> {
        let tether = Tether::To(Arc::clone(channel));
        let (hits, names) = (local.hits("user"), local.names(&key("")));
        Terms { cells: [].into(), tether, stamps, hits, names }.shared()
    }

    fn channel() -> Arc<Channel> {
        Arc::new(Channel::new(&"test".into(), Duration::from_secs(1)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_channel_ends_what_was_read_on_it() {
        let channel = channel();
        let (_local, held) = tethered(&channel);
        channel.answered(channel.sends());
        tokio::time::advance(Duration::from_millis(1_000)).await;
        assert!(held());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!held());
        channel.answered(channel.sends());
        assert!(held(), "it was told of changes all the while");
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_answer_counts_from_when_it_was_asked_for() {
        let channel = channel();
        let (_local, held) = tethered(&channel);
        tokio::time::advance(Duration::from_millis(900)).await;
        let sent = channel.sends();
        tokio::time::advance(Duration::from_millis(900)).await;
        channel.answered(sent);
        assert!(held());
        tokio::time::advance(Duration::from_millis(200)).await;
        assert!(!held());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_was_overtaken_takes_nothing_back() {
        let channel = channel();
        let (_local, held) = tethered(&channel);
        let early = channel.sends();
        tokio::time::advance(Duration::from_millis(900)).await;
        channel.answered(channel.sends());
        channel.answered(early);
        tokio::time::advance(Duration::from_millis(900)).await;
        assert!(held());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_tells_of_the_stamps_alone_is_heard_too() {
        for same in [true, false] {
            let (one, two) = (channel(), channel());
            let stamps = Tether::To(Arc::clone(if same { &one } else { &two }));
            let (_local, held) = tethered_to(&one, stamps);
            assert!(held() && held());
            two.close();
            assert_eq!(held(), same);
            one.close();
            assert!(!held());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_channel_ends_it_for_good() {
        let channel = channel();
        let (local, held) = tethered(&channel);
        assert!(held() && held(), "near to this thread as well");
        channel.close();
        assert!(!held());
        tokio::time::advance(Duration::from_millis(1)).await;
        channel.answered(channel.sends());
        assert!(!held());
        assert_eq!(local.usage().0, 0);
    }
}
