//! What `#[derive(CacheKey)]` writes.

#![deny(warnings, clippy::all, clippy::pedantic, missing_docs)]
#![forbid(unsafe_code)]

use std::marker::PhantomData;
use std::time::Duration;

use cache_runtime::{CacheKey, CacheSchema, KeyPart, KeyWriter, Tenancy, TypedKey, Version, key_text};

/// The id alone, as in a key.
fn id<K: TypedKey>(key: &K) -> String {
    struct Id<'a, K>(&'a K);
    impl<K: TypedKey> CacheKey for Id<'_, K> {
        fn write_key(&self, out: &mut KeyWriter) {
            self.0.write_id(out);
        }
    }
    // A comma parts the id from the part it stands in.
    key_text(&Id(key)).trim_start_matches(',').to_owned()
}

/// The tenant, and what the key says about it.
fn tenant<K: TypedKey>(key: &K) -> (Tenancy, String) {
    struct Tenant<'a, K>(&'a K);
    impl<K: TypedKey> CacheKey for Tenant<'_, K> {
        fn write_key(&self, out: &mut KeyWriter) {
            self.0.write_tenant(out);
        }
    }
    let text = key_text(&Tenant(key)).trim_start_matches(',').to_owned();
    (key.write_tenant(&mut KeyWriter::default()), text)
}

#[derive(CacheKey, Clone)]
struct Sku(u32);

#[derive(CacheKey)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(CacheKey)]
struct Lonely {
    name: &'static str,
}

#[derive(CacheKey)]
struct Nothing;

#[derive(CacheKey)]
struct Email<'a>(#[cache(hash)] &'a str);

#[derive(CacheKey)]
struct Id<T>(u64, #[cache(skip)] PhantomData<T>);

struct NoKey;

#[derive(CacheKey)]
enum Page {
    First,
    Number(u32),
    Range { from: u32, r#to: u32 },
    Traced(#[cache(skip)] ()),
}

#[derive(CacheKey)]
struct Tree<T>(T, Option<Box<Tree<T>>>);

#[test]
fn parts() {
    assert_eq!(key_text(&Sku(7)), "7");
    assert_eq!(key_text(&Point { x: 1, y: -2 }), "(1,-2)");
    assert_eq!(key_text(&Lonely { name: "a b" }), "(a%20b)");
    assert_eq!(key_text(&Nothing), "()");
    assert_eq!(key_text(&Id::<NoKey>(9, PhantomData)), "9");
    assert_eq!(key_text(&(Sku(1), Point { x: 2, y: 3 }, Nothing)), "(1,(2,3),())");
    assert_eq!(key_text(&Tree(1, Some(Box::new(Tree(2, None))))), "(1,(2,!))");
}

#[test]
fn an_enum_writes_its_variant() {
    assert_eq!(key_text(&Page::First), "First");
    assert_eq!(key_text(&Page::Number(3)), "Number(3)");
    assert_eq!(key_text(&Page::Range { from: 1, to: 2 }), "Range(1,2)");
    assert_eq!(key_text(&Page::Traced(())), "Traced");
}

#[test]
fn a_hashed_newtype_is_one_part_among_others() {
    let sha = "#ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(key_text(&Email("abc")), sha);
    assert_eq!(key_text(&(1, Email("abc"), 2)), format!("(1,{sha},2)"));
}

#[derive(CacheKey)]
struct OrgId(Option<String>);

#[test]
fn an_absent_tenant_is_seen_through_a_newtype() {
    assert_eq!(tenant(&UserKey { org: OrgId(None), id: 1, trace: 0 }), (Tenancy::Missing, "!".to_owned()));
    let some = UserKey { org: OrgId(Some("a:b".to_owned())), id: 1, trace: 0 };
    assert_eq!(tenant(&some), (Tenancy::Written, "a%3Ab".to_owned()));
    assert_eq!(tenant(&ByEmail("x")).0, Tenancy::Shared);
}

/// The value of these keys.
#[derive(CacheSchema)]
pub struct User {
    /// Its id.
    pub id: u64,
}

const NONE_FOR: Duration = Duration::from_millis(1_500);

#[derive(CacheKey)]
#[cache(resource = "user", value = User, ttl = "1h30m", cache_none = NONE_FOR)]
#[cache(version = 2, suffix = "full", tags("users", "user:{id}", "{{{id}}}"), validate = |key, user| key.id == user.id)]
struct UserKey {
    #[cache(tenant)]
    org: OrgId,
    id: u64,
    #[cache(skip)]
    trace: u8,
}

#[derive(CacheKey)]
#[cache(resource = "user", value = User, version = auto, ttl = 90, cache_none)]
struct ByEmail<'a>(#[cache(hash)] &'a str);

#[derive(CacheKey)]
#[cache(resource = "feed", value = Vec<T>, version = auto, tags("feed:{of}"))]
struct Feed<T, const N: usize> {
    of: u32,
    #[cache(skip)]
    item: PhantomData<T>,
}

#[derive(CacheKey)]
#[cache(resource = "search", value = Vec<u64>, version = "2024-05", tags("of:{org}"))]
enum Search {
    All {
        #[cache(tenant)]
        org: u8,
    },
    Named {
        #[cache(tenant)]
        org: u8,
        name: String,
        #[cache(hash)]
        by: String,
    },
}

#[derive(CacheKey)]
#[cache(resource = "config", value = String)]
struct Config;

#[test]
fn ids() {
    let user = UserKey { org: OrgId(None), id: 5, trace: 1 };
    assert_eq!((id(&user), user.trace), ("5".to_owned(), 1));
    assert_eq!(key_text(&user), "(!,5)");
    assert_eq!(id(&ByEmail("abc")), key_text(&Email("abc")));
    assert_eq!(id(&Search::All { org: 3 }), "All");
    let named = Search::Named { org: 3, name: "a,b".to_owned(), by: "abc".to_owned() };
    assert_eq!(id(&named), format!("Named,a%2Cb,{}", key_text(&Email("abc"))));
    assert_eq!(tenant(&named), (Tenancy::Written, "3".to_owned()));
    assert_eq!(id(&Config), "''");
}

#[test]
fn specs() {
    let spec = UserKey::SPEC;
    assert_eq!((spec.resource, spec.suffix, spec.tenant), ("user", Some("full"), true));
    assert_eq!(spec.version.text(), "v2");
    assert_eq!(spec.ttl, Some(Duration::from_secs(5_400)));
    assert_eq!(spec.none_ttl, Some(NONE_FOR));
    assert_eq!(spec.parts, [KeyPart::new("id")]);
    assert_eq!(spec.tags, ["users", "user:{id}", "{{{id}}}"]);

    let spec = ByEmail::SPEC;
    assert_eq!((spec.ttl, spec.none_ttl), (Some(Duration::from_secs(90)), Some(Duration::from_secs(90))));
    assert_eq!(spec.parts, [KeyPart::hashed("0")]);
    assert!(matches!(spec.version, Version::Auto(found) if found == User::FINGERPRINT));

    let version = Feed::<User, 3>::SPEC.version;
    assert!(matches!(version, Version::Auto(found) if found == <Vec<User>>::FINGERPRINT));
    assert_eq!(Search::SPEC.parts, [KeyPart::new("variant"), KeyPart::new("..")]);
    assert_eq!(Search::SPEC.version.text(), "2024-05");
    assert_eq!(Config::SPEC.version.text(), "v1");
}

#[test]
fn tags_and_validation() {
    let user = UserKey { org: OrgId(None), id: 5, trace: 1 };
    assert_eq!(user.tags(), ["users", "user:5", "{5}"]);
    assert_eq!(Feed::<u8, 1> { of: 4, item: PhantomData }.tags(), ["feed:4"]);
    assert_eq!(Search::All { org: 7 }.tags(), ["of:7"]);
    assert!(Config.tags().is_empty());
    assert!(user.accepts(&User { id: 5 }));
    assert!(!user.accepts(&User { id: 6 }));
}

#[test]
fn types_without_type_parameters_are_registered() {
    use cache_runtime::__private::KeyRef;
    let mut found: Vec<String> = KeyRef::all()
        .into_iter()
        .map(|key| {
            format!(
                "{} {} {}",
                (key.key)().replace("derive_key::", "").replace("<'_>", ""),
                key.spec.resource,
                key.place.file().ends_with("derive_key.rs")
            )
        })
        .collect();
    found.sort();
    assert_eq!(found, ["ByEmail user true", "Config config true", "Search search true", "UserKey user true"]);
}

mod renamed {
    mod deep {
        pub(crate) use cache_runtime as cache;
    }

    #[derive(deep::cache::CacheKey, deep::cache::CacheSchema)]
    #[cache(crate = deep::cache, resource = "r", value = u8)]
    #[cache_schema(crate = deep::cache)]
    struct Renamed<T>(T);

    #[test]
    fn the_path_is_followed() {
        assert_eq!(cache_runtime::key_text(&Renamed(1)), "1");
    }
}
