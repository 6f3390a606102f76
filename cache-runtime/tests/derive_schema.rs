//! What counts in a fingerprint, and what it was in every release.

#![allow(dead_code, missing_docs)]
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use cache_runtime::CacheSchema;
use serde::{Deserialize, Serialize};

const fn of<T: CacheSchema + ?Sized>() -> u64 {
    T::FINGERPRINT
}

/// One type for each body, all under the name `T`.
macro_rules! shapes {
    ($($name:ident { $($item:tt)* })*) => { $(
        mod $name {
            use super::*;
            #[derive(Serialize, Deserialize, CacheSchema)]
            $($item)*
        }
    )* };
}

shapes! {
    plain { pub(crate) struct T { pub user_id: u64, pub name: String } }
    reordered { pub(crate) struct T { pub name: String, pub user_id: u64 } }
    wider { pub(crate) struct T { pub user_id: u64, pub name: String, pub age: u8 } }
    retyped { pub(crate) struct T { pub user_id: u32, pub name: String } }
    renamed { pub(crate) struct T { #[serde(rename = "id")] pub user_id: u64, pub name: String } }
    renamed_written { pub(crate) struct T { #[serde(rename(serialize = "id", deserialize = "user_id"))] pub user_id: u64, pub name: String } }
    renamed_read { pub(crate) struct T { #[serde(rename(deserialize = "id"))] pub user_id: u64, pub name: String } }
    camel { #[serde(rename_all = "camelCase")] pub(crate) struct T { pub user_id: u64, pub name: String } }
    camel_spelled { pub(crate) struct T { #[serde(rename = "userId")] pub user_id: u64, pub name: String } }
    camel_written { #[serde(rename_all(serialize = "camelCase"))] pub(crate) struct T { pub user_id: u64, pub name: String } }
    skipped { pub(crate) struct T { pub user_id: u64, pub name: String, #[serde(skip)] pub cached: Option<()> } }
    aliased { #[serde(deny_unknown_fields)] pub(crate) struct T { #[serde(alias = "id", default)] pub user_id: u64, pub name: String } }
    sometimes { pub(crate) struct T { pub user_id: u64, #[serde(default, skip_serializing_if = "String::is_empty")] pub name: String } }
    sometimes_else { pub(crate) struct T { pub user_id: u64, #[serde(default = "String::new", skip_serializing_if = "String::is_empty")] pub name: String } }
    unread { pub(crate) struct T { pub user_id: u64, #[serde(skip_deserializing)] pub name: String } }
    flattened { pub(crate) struct T { pub user_id: u64, #[serde(flatten)] pub rest: BTreeMap<String, u8> } }
    nested { pub(crate) struct T { pub user_id: u64, pub rest: BTreeMap<String, u8> } }
    with_module { pub(crate) struct T { pub user_id: u64, #[serde(with = "super::as_is")] pub name: String } }
    named_shape { pub(crate) struct T { pub user_id: u64, #[cache_schema(opaque = "name, 1")] pub name: String } }
    named_shape_2 { pub(crate) struct T { pub user_id: u64, #[cache_schema(opaque = "name, 2")] pub name: String } }
    tagged_struct { #[serde(tag = "type")] pub(crate) struct T { pub user_id: u64, pub name: String } }
    tagged_struct_renamed { #[serde(tag = "type", rename = "U")] pub(crate) struct T { pub user_id: u64, pub name: String } }

    newtype { pub(crate) struct T(pub u64); }
    transparent { #[serde(transparent)] pub(crate) struct T { pub id: u64, #[serde(skip)] pub of: PhantomData<u8> } }
    one_field { pub(crate) struct T { pub id: u64 } }
    pair { pub(crate) struct T(pub u64, pub String); }
    pair_swapped { pub(crate) struct T(pub String, pub u64); }
    unit { pub(crate) struct T; }
    empty { pub(crate) struct T {} }
    no_fields { pub(crate) struct T(); }
    converted { #[derive(Clone)] #[serde(into = "u64", from = "u64")] pub(crate) struct T { pub id: u64 } }
    converted_from { #[serde(from = "u64")] pub(crate) struct T { pub id: u64 } }

    either { pub(crate) enum T { A, B(u8), C(u8, u16), D { x: u8 } } }
    either_reordered { pub(crate) enum T { D { x: u8 }, B(u8), C(u8, u16), A } }
    either_wider { pub(crate) enum T { A, B(u8), C(u8, u16), D { x: u8 }, E } }
    either_renamed { #[serde(rename_all = "lowercase")] pub(crate) enum T { A, B(u8), C(u8, u16), D { x: u8 } } }
    either_spelled { pub(crate) enum T { #[serde(rename = "a")] A, #[serde(rename = "b")] B(u8), #[serde(rename = "c")] C(u8, u16), #[serde(rename = "d")] D { x: u8 } } }
    either_fields { #[serde(rename_all_fields = "UPPERCASE")] pub(crate) enum T { A, B(u8), C(u8, u16), D { x: u8 } } }
    either_fields_spelled { pub(crate) enum T { A, B(u8), C(u8, u16), #[serde(rename_all = "UPPERCASE")] D { x: u8 } } }
    either_skipped { pub(crate) enum T { A, B(u8), C(u8, u16), D { x: u8 }, #[serde(skip)] E(PhantomData<u8>) } }

    external { pub(crate) enum T { A { x: u8 }, B { y: u8 } } }
    internal { #[serde(tag = "t")] pub(crate) enum T { A { x: u8 }, B { y: u8 } } }
    internal_else { #[serde(tag = "kind")] pub(crate) enum T { A { x: u8 }, B { y: u8 } } }
    adjacent { #[serde(tag = "t", content = "c")] pub(crate) enum T { A { x: u8 }, B { y: u8 } } }
    untagged { #[serde(untagged)] pub(crate) enum T { A { x: u8 }, B { y: u8 } } }
    untagged_swapped { #[serde(untagged)] pub(crate) enum T { B { y: u8 }, A { x: u8 } } }
    untagged_last { pub(crate) enum T { A { x: u8 }, #[serde(untagged)] B { y: u8 } } }
    other { #[serde(tag = "t")] pub(crate) enum T { A { x: u8 }, #[serde(other)] B } }
    not_other { #[serde(tag = "t")] pub(crate) enum T { A { x: u8 }, B } }

    generic { pub(crate) struct T<A, B = u8> { pub a: A, pub b: Vec<B> } }
    tree { pub(crate) struct T { pub left: Option<Box<T>>, pub right: Option<Box<Self>> } }
    forest { pub(crate) struct T<A> { pub item: A, pub children: Vec<T<A>> } }
    borrowed { pub(crate) struct T<'a> { pub user_id: u64, #[serde(borrow)] pub name: std::borrow::Cow<'a, str> } }
    array { pub(crate) struct T<const N: usize> { #[cache_schema(opaque = "bytes")] pub bytes: [u8; 3], #[serde(skip)] pub n: PhantomData<[u8; N]> } }
}

mod as_is {
    pub(crate) fn serialize<S: serde::Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }
    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        serde::Deserialize::deserialize(from)
    }
}

macro_rules! conversions {
    ($($module:ident),*) => { $(
        impl From<u64> for $module::T {
            fn from(id: u64) -> Self {
                Self { id }
            }
        }
        impl From<$module::T> for u64 {
            fn from(from: $module::T) -> Self {
                from.id
            }
        }
    )* };
}

conversions!(converted, converted_from);

#[test]
fn what_serde_does_not_write_does_not_count() {
    let plain = of::<plain::T>();
    assert_eq!(of::<reordered::T>(), plain, "the order of named fields");
    assert_eq!(of::<skipped::T>(), plain, "a skipped field");
    assert_eq!(of::<aliased::T>(), plain, "how leniently it is read");
    assert_eq!(of::<borrowed::T<'_>>(), plain, "borrowing, and the name of the type");
    assert_eq!(of::<camel_spelled::T>(), of::<camel::T>());
    assert_eq!(of::<newtype::T>(), of::<u64>());
    assert_eq!(of::<transparent::T>(), of::<u64>());
    assert_eq!(of::<pair::T>(), of::<(u64, String)>());
    assert_eq!(of::<unit::T>(), of::<()>());
    assert_eq!(of::<either_reordered::T>(), of::<either::T>());
    assert_eq!(of::<either_skipped::T>(), of::<either::T>());
    assert_eq!(of::<either_spelled::T>(), of::<either_renamed::T>());
    assert_eq!(of::<either_fields_spelled::T>(), of::<either_fields::T>());
    assert_eq!(of::<generic::T<u8>>(), of::<generic::T<u8, u8>>());
}

#[test]
fn what_serde_writes_counts() {
    let all = [
        ("plain", of::<plain::T>()),
        ("wider", of::<wider::T>()),
        ("retyped", of::<retyped::T>()),
        ("renamed", of::<renamed::T>()),
        ("renamed_written", of::<renamed_written::T>()),
        ("renamed_read", of::<renamed_read::T>()),
        ("camel", of::<camel::T>()),
        ("camel_written", of::<camel_written::T>()),
        ("sometimes", of::<sometimes::T>()),
        ("sometimes_else", of::<sometimes_else::T>()),
        ("unread", of::<unread::T>()),
        ("flattened", of::<flattened::T>()),
        ("nested", of::<nested::T>()),
        ("with_module", of::<with_module::T>()),
        ("named_shape", of::<named_shape::T>()),
        ("named_shape_2", of::<named_shape_2::T>()),
        ("tagged_struct", of::<tagged_struct::T>()),
        ("tagged_struct_renamed", of::<tagged_struct_renamed::T>()),
        ("newtype", of::<newtype::T>()),
        ("one_field", of::<one_field::T>()),
        ("pair", of::<pair::T>()),
        ("pair_swapped", of::<pair_swapped::T>()),
        ("unit", of::<unit::T>()),
        ("empty", of::<empty::T>()),
        ("no_fields", of::<no_fields::T>()),
        ("converted", of::<converted::T>()),
        ("converted_from", of::<converted_from::T>()),
        ("either", of::<either::T>()),
        ("either_wider", of::<either_wider::T>()),
        ("either_renamed", of::<either_renamed::T>()),
        ("either_fields", of::<either_fields::T>()),
        ("external", of::<external::T>()),
        ("internal", of::<internal::T>()),
        ("internal_else", of::<internal_else::T>()),
        ("adjacent", of::<adjacent::T>()),
        ("untagged", of::<untagged::T>()),
        ("untagged_swapped", of::<untagged_swapped::T>()),
        ("untagged_last", of::<untagged_last::T>()),
        ("other", of::<other::T>()),
        ("not_other", of::<not_other::T>()),
        ("generic of u8", of::<generic::T<u8>>()),
        ("generic of u16", of::<generic::T<u16>>()),
        ("generic of u8, u16", of::<generic::T<u8, u16>>()),
        ("tree", of::<tree::T>()),
        ("forest of u8", of::<forest::T<u8>>()),
        ("forest of u16", of::<forest::T<u16>>()),
        ("array", of::<array::T<3>>()),
    ];
    for (at, (name, one)) in all.iter().enumerate() {
        let same = all[..at].iter().find(|(_, other)| other == one);
        assert!(same.is_none(), "{name} meets {same:?}");
    }
}

/// A change of any of these empties the caches of everybody who uses `version = auto`. Add, never change.
#[test]
fn frozen() {
    assert_eq!(
        [
            of::<u64>(),
            of::<String>(),
            of::<Option<Vec<u8>>>(),
            of::<HashMap<String, (u8, bool)>>(),
            of::<[f64; 3]>(),
            of::<Result<(), String>>(),
            of::<serde_json::Value>(),
            of::<plain::T>(),
            of::<camel::T>(),
            of::<sometimes::T>(),
            of::<with_module::T>(),
            of::<either::T>(),
            of::<internal::T>(),
            of::<adjacent::T>(),
            of::<untagged::T>(),
            of::<generic::T<u8>>(),
            of::<tree::T>(),
            of::<forest::T<u8>>(),
        ],
        GOLDEN
    );
}

const GOLDEN: [u64; 18] = [
    0xf4c0_869b_b762_c5d4,
    0x61a2_99e2_8474_c65a,
    0x5ff9_2746_9fd9_5352,
    0x9ef1_d26a_c22d_2e4c,
    0xd861_2e8b_813c_815d,
    0xfdee_66db_87b2_5b65,
    0x0fa0_7484_b8c8_e4ed,
    0x20bc_02af_5582_1cde,
    0x235e_b469_c653_4e7c,
    0x8260_7676_79fc_66e4,
    0xbe73_9c39_283f_8d71,
    0x33e0_0a6d_d336_6cc3,
    0x05b6_d0f3_950f_6e27,
    0xe476_d0a6_3b0d_6c5c,
    0x4e35_90ff_2a43_67ca,
    0x3896_4281_57f9_6991,
    0x74a3_49d5_4a75_f23b,
    0x0f8a_dc06_aee8_b512,
];
