//! The trace, the routes, and a short replay.

use std::collections::HashSet;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use cache_runtime::{Cache, registry};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::db::{Db, PRODUCTS, sample};
use crate::replay::{Plan, trace};
use crate::report;
use crate::routes::{Caching, router};

fn caching(off: bool) -> Caching {
    Caching { cache: Cache::builder().build().expect("defaults"), off }
}

async fn shop(products: u32) -> Db {
    let db = Db::open(None).await.expect("a temporary file");
    assert_eq!(db.fill(products).await.expect("an empty table"), products);
    db
}

/// What came back: the status, what the cache did, and the body.
async fn ask(router: &Router, method: Method, path: &str, body: Option<Value>) -> (StatusCode, String, Value) {
    let body = body.map_or_else(Body::empty, |body| body.to_string().into());
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json").body(body);
    let answer = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let (status, cache) = (answer.status(), answer.headers().get("x-cache").cloned());
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    let cache = cache.map_or(String::new(), |cache| cache.to_str().expect("text").to_owned());
    (status, cache, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn get(router: &Router, path: &str) -> (StatusCode, String, Value) {
    ask(router, Method::GET, path, None).await
}

#[test]
fn the_trace_is_whole() {
    let ids = trace();
    assert_eq!(ids.len(), 76_118);
    let distinct: HashSet<u32> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), 20_484);
    assert!(distinct.iter().all(|id| *id < PRODUCTS));
}

#[test]
fn the_annotations_agree() {
    registry::verify().expect("no two annotations contradict each other");
}

#[test]
fn a_product_is_the_size_of_a_product() {
    let bytes = serde_json::to_vec(&sample(12_345)).expect("JSON").len();
    assert!((200..300).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn a_read_misses_then_hits() {
    let db = shop(100).await;
    let shop = router(db.clone(), caching(false));
    let product = serde_json::to_value(sample(7)).expect("JSON");
    assert_eq!(get(&shop, "/products/7").await, (StatusCode::OK, "miss (body, stored)".into(), product.clone()));
    assert_eq!(get(&shop, "/products/7").await, (StatusCode::OK, "hit (memory)".into(), product));
    assert_eq!(db.queries(), 1);
    let (_, _, stats) = get(&shop, "/stats").await;
    assert_eq!((&stats["hits"], &stats["loads"], &stats["database_queries"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(get(&shop, "/health").await.2["status"], "ok");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let shop = router(shop(1).await, caching(false));
    for _ in 0..2 {
        let (status, cache, body) = get(&shop, "/products/5").await;
        assert_eq!((status, cache.as_str()), (StatusCode::NOT_FOUND, "miss (body)"));
        assert_eq!(body["error"], "there is no product 5");
    }
    let price = Some(json!({ "price_cents": 0 }));
    assert_eq!(ask(&shop, Method::PUT, "/products/0/price", price).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn after_a_price_change_every_read_shows_the_new_price() {
    let shop = router(shop(100).await, caching(false));
    let category = sample(7).category;
    let list = format!("/products?category={category}&page=0");
    let listed = |body: &Value| body.as_array().expect("a list").iter().find(|one| one["id"] == 7).cloned();
    for (product, page) in [("miss (body, stored)", "miss (body, stored)"), ("hit (memory)", "hit (local)")] {
        assert_eq!(get(&shop, "/products/7").await.1, product);
        assert_eq!(get(&shop, &list).await.1, page);
    }
    let other = (0..100).map(sample).find(|product| product.category != category).expect("another").category;
    let other = format!("/products?category={other}");
    get(&shop, &other).await;

    let price = Some(json!({ "price_cents": 1299 }));
    assert_eq!(ask(&shop, Method::PUT, "/products/7/price", price).await.2["price_cents"], 1299);

    let (_, cache, body) = get(&shop, "/products/7").await;
    assert_eq!((cache.as_str(), &body["price_cents"]), ("miss (body, stored)", &json!(1299)));
    let (_, cache, body) = get(&shop, &list).await;
    assert_eq!(cache, "miss (body, stored)");
    assert_eq!(listed(&body).expect("on the first page")["price_cents"], 1299);
    assert_eq!(get(&shop, &other).await.1, "hit (local)", "another category is left alone");
}

#[tokio::test]
async fn stock_moves_in_database_and_cache_together_or_not_at_all() {
    let shop = router(shop(10).await, caching(false));
    let stock = |body: &Value| body["stock"].as_u64().expect("a number");
    let (one, two) = (get(&shop, "/products/1").await.2, get(&shop, "/products/2").await.2);
    let all = stock(&one);

    // More than there is: the first write is undone, and with it its invalidation.
    let too_many = Some(json!({ "from": 2, "to": 77, "count": 1 }));
    assert_eq!(ask(&shop, Method::POST, "/stock-moves", too_many).await.0, StatusCode::CONFLICT);
    assert_eq!(get(&shop, "/products/2").await.1, "hit (memory)", "rolled back: nothing was invalidated");

    let whole = Some(json!({ "from": 1, "to": 2, "count": all }));
    assert_eq!(ask(&shop, Method::POST, "/stock-moves", whole).await.0, StatusCode::NO_CONTENT);
    let (_, cache, body) = get(&shop, "/products/1").await;
    assert_eq!((cache.as_str(), stock(&body)), ("miss (body, stored)", 0));
    assert_eq!(stock(&get(&shop, "/products/2").await.2), stock(&two) + all);
}

#[tokio::test]
async fn a_deleted_product_is_gone() {
    let shop = router(shop(10).await, caching(false));
    get(&shop, "/products/3").await;
    assert_eq!(get(&shop, "/products/3").await.1, "hit (memory)");
    assert_eq!(ask(&shop, Method::DELETE, "/products/3", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(get(&shop, "/products/3").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&shop, Method::DELETE, "/products/3", None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_created_product_is_a_hit_at_once() {
    let db = shop(10).await;
    let shop = router(db.clone(), caching(false));
    let new = json!({
        "name": "A lamp", "brand": "Elm", "category": "lighting", "description": "Bright.", "price_cents": 4900,
    });
    let list = "/products?category=lighting";
    get(&shop, list).await;
    let (status, _, made) = ask(&shop, Method::POST, "/products", Some(new)).await;
    assert_eq!(status, StatusCode::CREATED);
    let queries = db.queries();
    let (status, cache, read) = get(&shop, &format!("/products/{}", made["id"])).await;
    assert_eq!((status, cache.as_str(), &read), (StatusCode::OK, "hit (memory)", &made));
    assert_eq!(db.queries(), queries);
    let (_, _, listed) = get(&shop, list).await;
    assert!(listed.as_array().expect("a list").contains(&made));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_loads_each_product_once() {
    let mut ids = trace();
    ids.truncate(5000);
    let distinct = ids.iter().collect::<HashSet<_>>().len() as u64;
    let db = shop(PRODUCTS).await;
    for http in [false, true] {
        let plan = Plan { ids: ids.clone().into(), http, callers: 64, db: db.clone() };
        let off = plan.replay("no cache", &caching(true)).await.expect("a replay");
        assert_eq!((off.requests, off.hits, off.loads, off.queries, off.wrong), (5000, 0, 5000, 5000, 0));
        let on = plan.replay("embedded", &caching(false)).await.expect("a replay");
        assert_eq!((on.requests, on.wrong, on.failures), (5000, 0, 0));
        // A caller that another one's load serves counts as a hit, so no request is counted twice.
        assert_eq!((on.loads, on.queries, on.hits), (distinct, distinct, 5000 - distinct));
        assert!(on.shared <= on.hits);
        let text = report::text(&plan, &[off, on]);
        assert!(text.contains("5,000 requests") && text.contains("embedded"), "{text}");
    }
}
