//! The registry lists every annotated function of this file, and `verify` finds the contradictions planted in it.

use cache_runtime::registry::{self, Kind, Problem};
use cache_runtime::{CacheKey, Policy, Refresh, cached, invalidates, updates};

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "user", value = String, ttl = "10m", version = 2, tags("users", "org:{org}"), stale_if_error = "1h", jitter = 0.1)]
struct UserKey {
    #[cache(tenant)]
    org: u32,
    id: u64,
}

#[cached(UserKey { org, id })]
async fn get_user(org: u32, id: u64) -> String {
    format!("{org} {id}")
}

#[updates(UserKey { org, id })]
async fn put_user(org: u32, id: u64) -> String {
    format!("{org} {id}")
}

#[invalidates(UserKey { org, id }, tag("user-lists"))]
async fn drop_user(org: u32, id: u64) {
    let _ = (org, id);
}

#[cached(resource = "page", key(path, hash(query)), ttl = "30s", version = "b", suffix = "html", refresh_ahead = 0.8)]
async fn page(path: &str, query: &str) -> String {
    format!("{path} {query}")
}

#[invalidates(resource = "page", key(path, hash(query)), suffix = "html")]
async fn drop_page(path: &str, query: &str) {
    let _ = (path, query);
}

mod wrong {
    use super::{cached, invalidates};

    #[cached(resource = "clash", key(id))]
    pub async fn as_number(id: u64) -> u64 {
        id
    }

    #[cached(resource = "clash", key(id))]
    pub async fn as_text(id: u64) -> String {
        id.to_string()
    }

    #[cached(resource = "order", key(a, b))]
    pub async fn one_order(a: u64, b: u64) -> u64 {
        a + b
    }

    #[cached(resource = "order", key(b, a))]
    pub async fn other_order(a: u64, b: u64) -> u64 {
        a + b
    }

    #[invalidates(resource = "pages", key(path))]
    pub async fn misspelt(path: &str) {
        let _ = path;
    }

    #[invalidates(resource = "page", key(path), suffix = "html")]
    pub async fn too_few(path: &str) {
        let _ = path;
    }
}

fn site(function: &str) -> registry::SiteInfo {
    let mut found = registry::sites().into_iter().filter(|site| site.function() == function);
    let site = found.next().unwrap_or_else(|| panic!("{function} is listed"));
    assert!(found.next().is_none(), "{function} is listed once");
    site
}

#[test]
fn every_annotated_function_is_listed() {
    let read = site("get_user");
    assert_eq!((read.kind(), read.module()), (Kind::Reads, module_path!()));
    assert!(read.file().ends_with("registry.rs") && read.line() > 0);
    let target = read.targets().next().expect("a target");
    assert_eq!(target.resource(), Some("user"));
    assert_eq!(target.pattern().as_deref(), Some("{prefix}:tenant-{tenant}:user:{id}:v2"));
    assert_eq!(target.ttl(), Some(std::time::Duration::from_secs(600)));
    assert_eq!(target.tags(), ["users", "org:{org}"]);
    assert!(target.key().is_some_and(|key| key.ends_with("UserKey")));
    assert_eq!(target.value(), Some("alloc::string::String"));
    let kept = Policy::new().stale_if_error(std::time::Duration::from_secs(3600)).jitter(0.1);
    assert_eq!(target.policy(), kept);

    assert_eq!(site("put_user").kind(), Kind::Updates);
    let drop = site("drop_user");
    assert_eq!(drop.kind(), Kind::Invalidates);
    assert_eq!(drop.targets().count(), 2);
    assert_eq!(drop.targets().nth(1).expect("the tag").policy(), Policy::new());

    let page = site("page").targets().next().expect("a target");
    assert_eq!(page.pattern().as_deref(), Some("{prefix}:tenant-global:page:{path},#{query}:b:html"));
    assert_eq!((page.suffix(), page.version().as_deref()), (Some("html"), Some("b")));
    assert_eq!(page.value(), Some("alloc::string::String"));
    assert_eq!(page.policy(), Policy::new().refresh(Refresh::Ahead(0.8)));
}

#[test]
fn the_table_shows_who_reads_updates_and_invalidates() {
    let table = registry::table();
    let words = ["reads in", "updates in", "invalidates in", "tag(\"user-lists\")", "tenant-{tenant}:user:{id}:v2"];
    let policies = ["ttl 600s stale_if_error=3600s jitter=0.1  tags", "ttl 30s refresh_ahead=0.8  tags"];
    for line in words.into_iter().chain(policies) {
        assert!(table.contains(line), "{line} in\n{table}");
    }
}

#[test]
fn contradictions_are_found_and_nothing_else() {
    let problems = registry::verify().expect_err("there are contradictions");
    let text = problems.to_string();
    let has = |wanted: fn(&Problem) -> bool| problems.list().iter().filter(|problem| wanted(problem)).count();
    assert_eq!(
        has(|problem| matches!(problem, Problem::ValueTypes { entry, .. } if entry.contains("clash"))),
        1,
        "{text}"
    );
    assert_eq!(
        has(|problem| matches!(problem, Problem::KeyParts { entry, .. } if entry.contains("order"))),
        1,
        "{text}"
    );
    assert_eq!(
        has(|problem| matches!(problem, Problem::NobodyCaches { entry, .. } if entry.contains("pages"))),
        1,
        "{text}"
    );
    assert_eq!(
        has(|problem| matches!(problem, Problem::InvalidatesOtherParts { entry, .. } if entry.contains("page"))),
        1,
        "{text}"
    );
    assert_eq!(problems.list().len(), 4, "{text}");
    assert!(text.contains("registry.rs:"), "says where: {text}");
}

/// Calls every function once, so that none is unused.
#[tokio::test]
async fn they_run() {
    assert_eq!(get_user(1, 2).await, put_user(1, 2).await);
    drop_user(1, 2).await;
    assert_eq!(page("a", "b").await, "a b");
    drop_page("a", "b").await;
    assert_eq!(wrong::as_number(1).await.to_string(), wrong::as_text(2).await.replace('2', "1"));
    assert_eq!(wrong::one_order(1, 2).await, wrong::other_order(1, 2).await);
    wrong::misspelt("a").await;
    wrong::too_few("a").await;
}
