//! The tier without a store.

use std::sync::Arc;
use std::time::Duration;

use super::{Entry, Local, LocalLimits, Tether};
use crate::clock::Moment;
use crate::key::KeyText;
use crate::tags::Cells;
use crate::telemetry::VoidReason;

const NOW: u64 = 1_000;

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

fn entry(local: &Local, value: u64) -> Entry {
    Entry {
        value: Some(Arc::new(value)),
        expires: NOW + 100,
        since: 0,
        cells: Arc::new([]),
        tether: Tether::Own,
        stamps: Tether::Own,
        bytes: 10,
        hits: local.hits("user"),
    }
}

/// Puts an entry there, and tells later whether it is.
pub(crate) fn holding(local: &Local, text: &'static str) -> impl Fn() -> bool {
    assert!(local.put(local.ticket(&key(text), NOW), &key(text), entry(local, 7)));
    let local = local.clone();
    move || local.get(text, at(NOW)).is_some()
}

fn value(local: &Local, text: &str) -> Option<u64> {
    local.get(text, at(NOW))?.value.as_ref()?.downcast_ref::<u64>().copied()
}

#[test]
fn an_entry_is_held_until_it_expires() {
    let local = local();
    let held = holding(&local, "a");
    assert!(held() && local.get("a", at(NOW + 99)).is_some());
    assert!(local.get("a", at(NOW + 100)).is_none());
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
    let cells = Cells::default();
    let cell = cells.cell("t:a");
    cells.raise("t:a", 5);
    let tagged = |since| Entry { since, cells: Arc::new([Arc::clone(&cell)]), ..entry(&local, 7) };
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
            let entry = Entry { bytes: 1_000, ..entry(local, n) };
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
    use super::{Arc, Duration, Entry, Tether, entry, key, local, value};

    fn tethered(channel: &Arc<Channel>) -> (super::Local, impl Fn() -> bool) {
        let local = local();
        let entry = Entry { tether: Tether::To(Arc::clone(channel)), ..entry(&local, 7) };
        assert!(local.put(local.ticket(&key("a"), super::NOW), &key("a"), entry));
        (local.clone(), move || value(&local, "a").is_some())
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
    async fn a_closed_channel_ends_it_for_good() {
        let channel = channel();
        let (local, held) = tethered(&channel);
        channel.close();
        channel.answered(channel.sends());
        assert!(!held());
        assert_eq!(local.usage().0, 0);
    }
}
