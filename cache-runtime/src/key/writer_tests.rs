//! What a writer sees that writes nothing.

use super::{CacheKey, KeyWriter};

fn number_of(write: impl FnOnce(&mut KeyWriter)) -> Option<u64> {
    KeyWriter::number_of(write)
}

fn number_of_part<K: CacheKey>(part: K) -> Option<u64> {
    number_of(|out| out.part(&part))
}

#[test]
fn a_number_is_seen_where_it_is_the_whole_of_a_key() {
    assert_eq!(number_of_part(7_u64), Some(7));
    assert_eq!(number_of_part(u64::MAX), Some(u64::MAX));
    assert_eq!(number_of_part(7_i32), Some(7));
}

#[test]
fn anything_else_is_none() {
    assert_eq!(number_of(|_| {}), None);
    assert_eq!(number_of_part(-7_i32), None);
    assert_eq!(number_of_part(u128::MAX), None);
    assert_eq!(number_of_part("7"), None);
    assert_eq!(number_of_part(None::<u8>), None);
    // It could be one, and is not looked into.
    assert_eq!(number_of_part(Some(7_u8)), None);
    assert_eq!(number_of_part((7_u8,)), None);
    assert_eq!(number_of_part(vec![7_u8]), None);
    assert_eq!(number_of(|out| out.hashed(&7_u8)), None);
    for both in [(7_u8, 8_u8), (8, 7)] {
        let write = |out: &mut KeyWriter| {
            out.part(&both.0);
            out.part(&both.1);
        };
        assert_eq!(number_of(write), None);
    }
    // Nothing at all is a part, too.
    struct Nothing;
    impl CacheKey for Nothing {
        fn write_key(&self, _: &mut KeyWriter) {}
    }
    let beside = |out: &mut KeyWriter| {
        out.part(&7_u8);
        out.part(&Nothing);
    };
    assert_eq!(number_of(beside), None);
    assert_eq!(number_of_part(Nothing), None);
}
