//! What the keys of a resource have in common, held once: an entry keeps the rest of its key's text.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

/// How keys begin and end.
pub(crate) struct Names {
    /// No two of a process have the same.
    pub number: u32,
    head: Box<str>,
    tail: Box<str>,
}

impl Names {
    fn new(head: &str, tail: &str) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Arc::new(Self { number: NEXT.fetch_add(1, Ordering::Relaxed), head: head.into(), tail: tail.into() })
    }

    /// Whether this is the text of the key with that rest.
    pub(super) fn make(&self, rest: &str, text: &str) -> bool {
        self.rest(text) == Some(rest)
    }

    /// What is left of the text of a key that has them.
    pub(super) fn rest<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.strip_prefix(&*self.head)?.strip_suffix(&*self.tail)
    }

    pub(super) fn length(&self, rest: &str) -> usize {
        self.head.len() + rest.len() + self.tail.len()
    }
}

/// Those of a tier: one for each resource and version of keys in the shared namespace, so no more than a program has.
pub(super) struct AllNames {
    /// With what keys in the shared namespace begin.
    shared: String,
    /// Of all other keys: nothing.
    other: Arc<Names>,
    known: RwLock<HashMap<Box<str>, Vec<Arc<Names>>, RandomState>>,
}

impl AllNames {
    pub(super) fn new(prefix: &str) -> Self {
        Self { shared: format!("{prefix}:tenant-global:"), other: Names::new("", ""), known: RwLock::default() }
    }

    /// The number of keys that have nothing in common.
    pub(super) fn other(&self) -> u32 {
        self.other.number
    }

    /// Takes the text of a key apart: what it has in common with others, and the rest.
    pub(super) fn split<'a>(&self, text: &'a str) -> (Arc<Names>, &'a str) {
        let Some((head, rest, tail)) = self.parts(text) else { return (Arc::clone(&self.other), text) };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let names = known.get(head).and_then(|names| names.iter().find(|names| *names.tail == *tail)).cloned();
        drop(known);
        let names = names.unwrap_or_else(|| {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let tails = known.entry(head.into()).or_default();
            tails.iter().find(|names| *names.tail == *tail).cloned().unwrap_or_else(|| {
                let names = Names::new(head, tail);
                tails.push(Arc::clone(&names));
                names
            })
        });
        (names, rest)
    }

    /// Of `P:tenant-global:RESOURCE:ID:VERSION`. Neither part has a colon. A suffix may be anything that a call computes, so
    /// that no end is common to keys with one.
    fn parts<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let named = text.strip_prefix(&*self.shared)?;
        // Parts are short: a search that is made for long texts takes ten times as long as to look at each byte.
        let mut colons = named.bytes().enumerate().filter_map(|(at, byte)| (byte == b':').then_some(at));
        let (head, end) = (self.shared.len() + colons.next()? + 1, self.shared.len() + colons.next()?);
        colons.next().is_none().then(|| (&text[..head], &text[head..end], &text[end..]))
    }
}

#[cfg(test)]
mod tests {
    use super::AllNames;

    #[test]
    fn keys_of_a_resource_share_all_but_their_ids() {
        let all = AllNames::new("p");
        let (one, id) = all.split("p:tenant-global:user:7:v1");
        assert_eq!(id, "7");
        assert!(one.make("7", "p:tenant-global:user:7:v1") && one.length("7") == "p:tenant-global:user:7:v1".len());
        assert!(!one.make("7", "p:tenant-global:user:8:v1") && !one.make("7", "p:tenant-global:user:7:v2"));
        assert_eq!(all.split("p:tenant-global:user:8:v1").0.number, one.number);
        for other in ["p:tenant-global:user:7:v2", "p:tenant-global:users:7:v1"] {
            let (names, id) = all.split(other);
            assert!(names.number != one.number && names.number != all.other() && id == "7", "{other}");
        }
    }

    #[test]
    fn a_tenant_or_a_suffix_has_its_whole_text() {
        let all = AllNames::new("p");
        for text in ["p:tenant-a:user:7:v1", "p:tenant-global:user:7:v1:short", "q:tenant-global:user:7:v1", "a", ""] {
            let (names, rest) = all.split(text);
            assert!(names.number == all.other() && rest == text && names.make(rest, text), "{text}");
        }
        assert!(all.known.read().expect("no panic").is_empty(), "tenants and suffixes may be many");
    }
}
