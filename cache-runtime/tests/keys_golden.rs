//! The text of key parts. Services in other languages write the same; add cases, never change one.

#![allow(missing_docs)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use cache_runtime::{CacheKey, KeyWriter, key_text};

#[test]
fn scalars() {
    assert_eq!(key_text(&0_u8), "0");
    assert_eq!(
        key_text(&-170_141_183_460_469_231_731_687_303_715_884_105_728_i128),
        "-170141183460469231731687303715884105728"
    );
    assert_eq!(key_text(&true), "true");
    assert_eq!(key_text(&'/'), "%2F");
    assert_eq!(key_text(&Duration::from_millis(1_500)), "1500000000ns");
    assert_eq!(key_text(&"::1".parse::<IpAddr>().unwrap()), "%3A%3A1");
}

#[test]
fn texts() {
    assert_eq!(key_text("abc-_.~XYZ019"), "abc-_.~XYZ019");
    assert_eq!(key_text("a b:c/d,e(f)[g]!#'%"), "a%20b%3Ac%2Fd%2Ce%28f%29%5Bg%5D%21%23%27%25");
    assert_eq!(key_text("é\n\0"), "%C3%A9%0A%00");
    assert_eq!(key_text(""), "''");
    assert_eq!(key_text(&Cow::Borrowed("{tag}")), "%7Btag%7D");
}

#[test]
fn structures() {
    assert_eq!(key_text(&()), "()");
    assert_eq!(key_text(&(1, "a,b", "")), "(1,a%2Cb,'')");
    assert_eq!(key_text(&((1, 2), 3)), "((1,2),3)");
    assert_eq!(key_text(&Vec::<u8>::new()), "[]");
    assert_eq!(key_text(&vec![""]), "['']");
    assert_eq!(key_text(&[[1, 2], [3, 4]]), "[[1,2],[3,4]]");
    assert_eq!(key_text(&BTreeSet::from(["b", "a"])), "[a,b]");
    assert_eq!(key_text(&BTreeMap::from([("a", 1)])), "[(a,1)]");
}

#[test]
fn options() {
    assert_eq!(key_text(&None::<u8>), "!");
    assert_eq!(key_text(&Some("")), "''");
    assert_eq!(key_text(&Some("!")), "%21");
    assert_eq!(key_text(&Some(None::<u8>)), "!!");
    assert_eq!(key_text(&Some(Some(None::<u8>))), "!!!");
    assert_eq!(key_text(&Some(Some(1))), "1");
}

#[test]
fn hashes() {
    struct Hashed(&'static str);
    impl CacheKey for Hashed {
        fn write_key(&self, out: &mut KeyWriter) {
            out.group(|out| out.hashed(self.0));
        }
    }
    // SHA-256 of the part's text.
    assert_eq!(key_text(&Hashed("abc")), "(#ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad)");
    assert_eq!(key_text(&Hashed("")), "(#e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855)");
}
