//! What a writer sees that writes nothing.

use super::{CacheKey, KeyWriter, Short, Tenancy};
use crate::key::ShortKey;

fn see(tenant: impl FnOnce(&mut KeyWriter) -> Tenancy, id: impl FnOnce(&mut KeyWriter)) -> Option<ShortKey> {
    let (mut seen_tenant, mut seen_id) = (KeyWriter::probing(), KeyWriter::probing());
    let tenancy = tenant(&mut seen_tenant);
    id(&mut seen_id);
    ShortKey::of(tenancy, &seen_tenant, &seen_id)
}

fn short(write: impl FnOnce(&mut KeyWriter)) -> Option<Short> {
    see(|_| Tenancy::Shared, write).map(|key| key.id)
}

fn short_part<K: CacheKey>(part: K) -> Option<Short> {
    short(|out| out.part(&part))
}

fn tenant(write: impl FnOnce(&mut KeyWriter) -> Tenancy) -> Option<Option<Short>> {
    see(write, |out| out.part(&7_u8)).map(|key| key.tenant)
}

fn tenant_part<K: CacheKey>(part: K) -> Option<Option<Short>> {
    tenant(|out| Tenancy::write(&part, out))
}

#[test]
fn a_short_part_is_seen_where_it_is_the_whole_of_a_key() {
    for number in [0, 7, u64::MAX] {
        assert!(short_part(number).is_some());
        assert_eq!(short_part(number), Short::number(number));
    }
    assert_eq!(short_part(7_i32), Short::number(7_u8));
    assert_eq!(short_part(-7_i32), Short::number(-7_i8));
    assert_eq!(short_part(u128::MAX), Short::number(u128::MAX));
    assert_eq!(short_part(std::num::NonZero::new(7_u64)), None, "an option is not looked into");
    assert_eq!(short_part(std::num::NonZero::new(7_u64).expect("seven")), Short::number(7_u8));
    assert_eq!(short_part("a-Z_0.~"), Some(Short::of("a-Z_0.~")));
    assert_eq!(short_part("0123456789abcdef"), Some(Short::of("0123456789abcdef")));
    #[cfg(feature = "uuid")]
    assert_eq!(short_part(uuid::Uuid::from_u128(7)), Some(Short::uuid(7)));
}

#[test]
fn two_numbers_are_short() {
    let of = |one: u64, two: u64| {
        short(|out| {
            out.part(&one);
            out.part(&two);
        })
    };
    assert!(of(7, 8).is_some());
    assert_ne!(of(7, 8), of(8, 7));
    assert_ne!(of(7, 8), short_part(7_u128 | 8 << 64));
}

#[test]
fn anything_else_is_none() {
    assert_eq!(short(|_| {}), None);
    assert_eq!(short_part("0123456789abcdefg"), None);
    assert_eq!(short_part(""), None);
    assert_eq!(short_part("a b"), None);
    assert_eq!(short_part("\u{e4}"), None);
    assert_eq!(short_part(true), None);
    assert_eq!(short_part(None::<u8>), None);
    // It could be one, and is not looked into.
    assert_eq!(short_part(Some(7_u8)), None);
    assert_eq!(short_part((7_u8,)), None);
    assert_eq!(short_part(vec![7_u8]), None);
    assert_eq!(short(|out| out.hashed(&7_u8)), None);
    for other in [&"a" as &dyn Part, &-7_i8, &u128::MAX, &Some(7_u8), &Nothing, &Nested, &TwoTexts] {
        let (before, after) = (
            short(|out| {
                other.write(out);
                out.part(&7_u8);
            }),
            short(|out| {
                out.part(&7_u8);
                other.write(out);
            }),
        );
        assert_eq!((before, after), (None, None));
    }
    let three = |out: &mut KeyWriter| (0..3_u8).for_each(|part| out.part(&part));
    assert_eq!(short(three), None);
}

trait Part {
    fn write(&self, out: &mut KeyWriter);
}

impl<K: CacheKey> Part for K {
    fn write(&self, out: &mut KeyWriter) {
        out.part(self);
    }
}

/// Nothing at all is a part, too.
struct Nothing;

impl CacheKey for Nothing {
    fn write_key(&self, _: &mut KeyWriter) {}
}

/// Its text begins with a comma.
struct Nested;

impl CacheKey for Nested {
    fn write_key(&self, out: &mut KeyWriter) {
        out.part(&8_u8);
    }
}

/// Its text is `ab`.
struct TwoTexts;

impl CacheKey for TwoTexts {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text("a");
        out.text("b");
    }
}

#[test]
fn what_users_write_is_not_taken_for_what_it_is_not() {
    assert_eq!(short_part(Nothing), None);
    assert_eq!(short_part(Nested), None);
    assert_eq!(short_part(TwoTexts), None);
    // Without a part an id ends with `()`.
    assert_eq!(short(|out| 7_u8.write_key(out)), None);
    let beside = |out: &mut KeyWriter| {
        7_u8.write_key(out);
        out.part(&8_u8);
    };
    assert_eq!(short(beside), None);
}

#[test]
fn a_short_tenant_is_seen() {
    assert_eq!(tenant(|_| Tenancy::Shared), Some(None));
    assert_eq!(tenant_part(7_u64), Some(Short::number(7_u8)));
    assert_eq!(tenant_part("acme"), Some(Some(Short::of("acme"))));
    // It is another one than none.
    assert_eq!(tenant_part("global"), Some(Some(Short::of("global"))));
    for other in [tenant(|_| Tenancy::Missing), tenant(|_| Tenancy::Written), tenant_part(None::<u8>), tenant_part("")]
    {
        assert_eq!(other, None);
    }
    assert_eq!(tenant_part("0123456789abcdefg"), None);
    assert_eq!(tenant_part("a b"), None);
}

/// What a writer writes, and what it sees: one `Short` has one text, whatever a key is made of.
#[test]
fn what_is_seen_stands_for_one_text() {
    let parts: Vec<Box<dyn Part>> = vec![
        Box::new(0_u8),
        Box::new(7_u64),
        Box::new(-7_i64),
        Box::new(u128::MAX),
        Box::new(i128::MIN),
        Box::new(1_u128 << 64),
        Box::new("7"),
        Box::new("-7"),
        Box::new("07"),
        Box::new("global"),
        Box::new("%67lobal"),
        Box::new(""),
        Box::new("''"),
        Box::new("a,b"),
        Box::new("0123456789abcdef"),
        Box::new("00000000-0000-0000-0000-000000000007"),
        Box::new(Nothing),
        Box::new(Nested),
        Box::new(TwoTexts),
        Box::new("ab"),
        Box::new(Some(7_u8)),
        Box::new((7_u8, 8_u8)),
        #[cfg(feature = "uuid")]
        Box::new(uuid::Uuid::from_u128(7)),
        #[cfg(feature = "uuid")]
        Box::new(uuid::Uuid::max()),
    ];
    type Write<'a> = Box<dyn Fn(&mut KeyWriter) + 'a>;
    let mut ids: Vec<Write<'_>> = vec![Box::new(|_| {})];
    for one in &parts {
        ids.push(Box::new(|out| one.write(out)));
        for two in &parts {
            ids.push(Box::new(|out| {
                one.write(out);
                two.write(out);
            }));
        }
    }
    let mut seen: Vec<((Option<Short>, Short), String)> = Vec::new();
    let keys = parts.iter().flat_map(|tenant| {
        let write = |out: &mut KeyWriter| {
            tenant.write(out);
            Tenancy::Written
        };
        std::iter::repeat(write).zip(&ids)
    });
    for (tenant, id) in keys {
        let Some(key) = see(tenant, id) else { continue };
        let short = (key.tenant, key.id);
        let mut out = KeyWriter::new();
        out.tenant(256, tenant);
        out.raw(":");
        out.id(256, id);
        let text = out.into_text();
        match seen.iter().find(|(other, _)| *other == short) {
            Some((_, other)) => assert_eq!(*other, text, "{short:?}"),
            None => seen.push((short, text)),
        }
    }
    assert!(seen.len() > 200, "{}", seen.len());
}
