//! Keys of a tenant and an id that are found without their text: each has what is its own.

use std::cell::Cell;
use std::time::Duration;

use cache_runtime::{Cache, CacheKey, KeyWriter, Level, Outcome, Policy, cached, invalidates, outcome};

/// A cache of this process alone.
fn cache() -> Cache {
    Cache::builder().policy(Policy::new().local(Duration::from_secs(60))).build().expect("good settings")
}

/// Any part of a key, by name.
#[derive(Clone, Debug)]
enum Part {
    Number(i128),
    Text(String),
    Two(u8, u8),
}

impl CacheKey for Part {
    fn write_key(&self, out: &mut KeyWriter) {
        WRITTEN.set(WRITTEN.get() + 1);
        match self {
            Self::Number(number) => number.write_key(out),
            Self::Text(text) => text.write_key(out),
            Self::Two(one, two) => (one, two).write_key(out),
        }
    }
}

thread_local! {
    /// How many parts of keys were written, or looked at.
    static WRITTEN: Cell<usize> = const { Cell::new(0) };
    static READS: Cell<usize> = const { Cell::new(0) };
}

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

/// What stands in the store.
fn value(tenant: Option<&Part>, id: &Part) -> String {
    READS.set(READS.get() + 1);
    let tenant = tenant.map(cache_runtime::key_text);
    format!("{tenant:?} {}", cache_runtime::key_text(id))
}

#[cached(resource = "mixed", key(id), tenant = org, ttl = "10m", local = "10m")]
async fn of_tenant(org: &Part, id: &Part) -> String {
    value(Some(org), id)
}

#[cached(resource = "mixed", key(id), ttl = "10m", local = "10m")]
async fn of_all(id: &Part) -> String {
    value(None, id)
}

#[cached(resource = "mixed", key(id), tenant = org, ttl = "10m", local = "10m", version = 2)]
async fn of_version(org: &Part, id: &Part) -> String {
    format!("version 2: {}", value(Some(org), id))
}

#[cached(resource = "mixed", key(id), tenant = org, ttl = "10m", local = "10m", suffix = "page")]
async fn of_suffix(org: &Part, id: &Part) -> String {
    format!("a page: {}", value(Some(org), id))
}

#[cached(resource = "mixed", key(id), tenant = org, ttl = "10m", local = "10m", suffix = view)]
async fn of_view(org: &Part, id: &Part, view: &str) -> String {
    format!("view {view}: {}", value(Some(org), id))
}

#[cached(resource = "pairs", key(one, two), tenant = org, ttl = "10m", local = "10m")]
async fn of_two(org: &Part, one: &Part, two: &Part) -> String {
    format!("{} and {}", value(Some(org), one), value(None, two))
}

#[invalidates(resource = "mixed", key(id), tenant = org)]
async fn touch(org: &Part, id: &Part) -> Result<(), String> {
    Ok(())
}

/// Each of these is another text, and none is another's number.
fn parts() -> Vec<Part> {
    let texts = [
        "a",
        "b",
        "global",
        "%67lobal",
        "",
        "''",
        "a b",
        "a,b",
        "a:b",
        "0123456789abcdef",
        "0123456789abcdefg",
        "Z",
        "z",
        "-",
        "!",
        "00000000-0000-0000-0000-000000000007",
        "(7,8)",
        "7",
        "-7",
        "07",
        "+7",
        "\u{e4}",
    ];
    let numbers = [0, 7, 8, -7, 1 << 64, 7 << 64, -(7 << 64), i128::MIN, i128::MAX];
    let mut parts: Vec<Part> = texts.map(text).into();
    parts.extend(numbers.map(Part::Number));
    parts.push(Part::Two(7, 8));
    parts
}

#[tokio::test]
async fn no_two_keys_are_confused_however_often_they_are_asked_for() {
    cache()
        .scope(async {
            for round in 0..40 {
                for id in &parts() {
                    assert_eq!(of_all(id).await, value(None, id), "round {round}");
                    for org in &parts() {
                        let expected = value(Some(org), id);
                        assert_eq!(of_tenant(org, id).await, expected, "round {round}");
                        assert_eq!(of_version(org, id).await, format!("version 2: {expected}"), "round {round}");
                        assert_eq!(of_suffix(org, id).await, format!("a page: {expected}"), "round {round}");
                        for view in ["list", "tree"] {
                            let expected = format!("view {view}: {expected}");
                            assert_eq!(of_view(org, id, view).await, expected, "round {round}");
                        }
                    }
                }
            }
        })
        .await;
}

#[tokio::test]
async fn ids_of_two_parts_are_not_confused() {
    let orgs = [text("a"), text("b"), Part::Number(7)];
    let ids = [Part::Number(0), Part::Number(1), Part::Number(7), Part::Number(-7), Part::Number(7 << 64), text("7a")];
    cache()
        .scope(async {
            for round in 0..40 {
                for org in &orgs {
                    for (one, two) in ids.iter().flat_map(|one| ids.iter().map(move |two| (one, two))) {
                        let expected = format!("{} and {}", value(Some(org), one), value(None, two));
                        assert_eq!(of_two(org, one, two).await, expected, "round {round}");
                    }
                }
            }
        })
        .await;
}

/// More than a thread gives numbers to.
#[tokio::test]
async fn many_tenants_have_what_is_their_own() {
    cache()
        .scope(async {
            for round in 0..4 {
                for org in (0..10_000).map(Part::Number) {
                    let id = Part::Number(7);
                    assert_eq!(of_tenant(&org, &id).await, value(Some(&org), &id), "round {round}");
                }
            }
        })
        .await;
}

async fn how(call: impl Future<Output = String>) -> (String, Outcome) {
    outcome(call).await
}

#[tokio::test]
async fn what_one_tenant_changes_is_read_anew_by_that_one_alone() {
    let (one, two, id) = (text("a"), text("b"), Part::Number(7));
    cache()
        .scope(async {
            for _ in 0..3 {
                for _ in 0..100 {
                    of_tenant(&one, &id).await;
                    of_tenant(&two, &id).await;
                }
                touch(&one, &id).await.expect("it does not fail");
                assert_eq!(how(of_tenant(&two, &id)).await.1.level, Level::Local);
                assert_ne!(how(of_tenant(&one, &id)).await.1.level, Level::Local);
            }
        })
        .await;
}

/// The text of the key is the same, so a change by the one is one of the other.
#[tokio::test]
async fn a_number_and_its_text_are_one_key() {
    let (number, text) = (Part::Number(7), text("7"));
    cache()
        .scope(async {
            for (one, two) in [(&number, &text), (&text, &number)] {
                for _ in 0..100 {
                    of_tenant(one, one).await;
                }
                assert_eq!(how(of_tenant(two, two)).await.1.level, Level::Local);
                touch(two, two).await.expect("it does not fail");
                let before = READS.get();
                of_tenant(one, one).await;
                assert_eq!(READS.get(), before + 1);
            }
        })
        .await;
}

#[tokio::test]
async fn what_is_short_is_found_without_its_text() {
    let parts = [Part::Number(7), Part::Number(-7), Part::Number(i128::MAX), text("acme"), text("global")];
    cache()
        .scope(async {
            for (org, id) in parts.iter().flat_map(|org| parts.iter().map(move |id| (org, id))) {
                of_tenant(org, id).await;
                of_tenant(org, id).await;
                let before = WRITTEN.get();
                for _ in 0..10 {
                    of_tenant(org, id).await;
                }
                assert_eq!(WRITTEN.get() - before, 20, "{org:?} {id:?}: each part is looked at once");
            }
        })
        .await;
}
