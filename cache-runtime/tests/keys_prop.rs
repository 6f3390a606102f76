//! No two different keys meet, whatever stands in them.

#![allow(missing_docs)]

use cache_runtime::{CacheKey, key_text};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

#[derive(CacheKey, Clone, Debug, PartialEq)]
enum Shape {
    None,
    Text(String),
    Many { items: Vec<String>, last: Option<String> },
    Deep(Option<Box<Shape>>, Vec<Shape>),
}

#[derive(CacheKey, Clone, Debug, PartialEq)]
struct Key {
    org: Option<String>,
    text: String,
    hashed: Hashed,
    shape: Shape,
    pairs: Vec<(String, Option<Option<String>>)>,
}

#[derive(CacheKey, Clone, Debug, PartialEq)]
struct Hashed(#[cache(hash)] String);

/// Few letters, most of them punctuation of keys, so that near misses are frequent.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(prop::sample::select(vec!['a', ',', '(', ')', '[', ']', '!', '#', '\'', ':', '%', '2', 'C', 'é']), 0..4)
            .prop_map(String::from_iter),
        1 => Just("global".to_owned()),
        1 => vec(any::<char>(), 0..300).prop_map(String::from_iter),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::None),
        nasty().prop_map(Shape::Text),
        (vec(nasty(), 0..3), option::of(nasty())).prop_map(|(items, last)| Shape::Many { items, last }),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        (option::of(inner.clone()), vec(inner, 0..3)).prop_map(|(one, many)| Shape::Deep(one.map(Box::new), many))
    })
}

fn key() -> impl Strategy<Value = Key> {
    (option::of(nasty()), nasty(), nasty(), shape(), vec((nasty(), option::of(option::of(nasty()))), 0..3))
        .prop_map(|(org, text, hashed, shape, pairs)| Key { org, text, hashed: Hashed(hashed), shape, pairs })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn different_keys_are_different_texts(one in key(), other in key()) {
        prop_assert_eq!(one == other, key_text(&one) == key_text(&other));
    }

    #[test]
    fn small_keys_do_not_meet(one in (nasty(), nasty()), other in (nasty(), nasty())) {
        prop_assert_eq!(one == other, key_text(&one) == key_text(&other));
    }

    #[test]
    fn small_lists_do_not_meet(one in vec(option::of(nasty()), 0..3), other in vec(option::of(nasty()), 0..3)) {
        prop_assert_eq!(one == other, key_text(&one) == key_text(&other));
    }

    #[test]
    fn nested_options_do_not_meet(one in option::of(option::of(nasty())), other in option::of(option::of(nasty()))) {
        prop_assert_eq!(one == other, key_text(&one) == key_text(&other));
    }

    #[test]
    fn writing_is_deterministic(one in key()) {
        prop_assert_eq!(key_text(&one), key_text(&one.clone()));
    }

    #[test]
    fn text_holds_only_what_keys_may_hold(one in key()) {
        let text = key_text(&one);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%,()[]!#'".contains(&byte)), "{}", text);
    }
}
