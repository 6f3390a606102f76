//! HTTP: the routes, and the layer that says which cache they use.

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use cache_runtime::{Cache, Status, bypass, outcome};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::db::Db;
use crate::products::{self, NewProduct, Product};

/// Which cache the annotated functions use, and whether they leave it out.
#[derive(Clone, Debug)]
pub(crate) struct Caching {
    pub cache: Cache,
    pub off: bool,
}

impl Caching {
    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        self.cache.scope(async { if self.off { bypass(future).await } else { future.await } }).await
    }
}

pub(crate) fn router(db: Db, caching: Caching) -> Router {
    Router::new()
        .route("/products", get(list).post(create))
        .route("/products/{id}", get(read).delete(delete))
        .route("/products/{id}/price", put(set_price))
        .route("/stock-moves", post(move_stock))
        .route("/stats", get(stats))
        .route("/health", get(health))
        .layer(from_fn_with_state(caching, with_cache))
        .with_state(db)
}

/// Runs a request in the scope of a cache, and says in the header `x-cache` what the cache did.
async fn with_cache(State(caching): State<Caching>, request: Request, next: Next) -> Response {
    let (mut response, outcome) = caching.run(outcome(next.run(request))).await;
    if outcome.status != Status::Uncached
        && let Ok(text) = HeaderValue::try_from(outcome.to_string())
    {
        response.headers_mut().insert("x-cache", text);
    }
    response
}

async fn read(State(db): State<Db>, Path(id): Path<u32>) -> Result<Json<Product>, Failure> {
    products::product(&db, id).await?.map(Json).ok_or(Failure::NotFound(id))
}

#[derive(Deserialize)]
struct Page {
    category: String,
    #[serde(default)]
    page: u32,
}

async fn list(
    State(db): State<Db>,
    Query(Page { category, page }): Query<Page>,
) -> Result<Json<Vec<Product>>, Failure> {
    Ok(Json(products::products_in(&db, &category, page).await?))
}

#[derive(Deserialize)]
struct Price {
    price_cents: i64,
}

async fn set_price(
    State(db): State<Db>,
    Path(id): Path<u32>,
    Json(price): Json<Price>,
) -> Result<Json<Product>, Failure> {
    positive(price.price_cents)?;
    products::set_price(&db, id, price.price_cents).await?.map(Json).ok_or(Failure::NotFound(id))
}

async fn create(State(db): State<Db>, Json(new): Json<NewProduct>) -> Result<(StatusCode, Json<Product>), Failure> {
    positive(new.price_cents)?;
    Ok((StatusCode::CREATED, Json(products::create_product(&db, new).await?)))
}

async fn delete(State(db): State<Db>, Path(id): Path<u32>) -> Result<StatusCode, Failure> {
    products::delete_product(&db, id).await?.map(|_| StatusCode::NO_CONTENT).ok_or(Failure::NotFound(id))
}

#[derive(Deserialize)]
struct Move {
    from: u32,
    to: u32,
    count: u32,
}

async fn move_stock(State(db): State<Db>, Json(Move { from, to, count }): Json<Move>) -> Result<StatusCode, Failure> {
    match products::move_stock(&db, from, to, count).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(sqlx::Error::RowNotFound) => Err(Failure::Stock),
        Err(error) => Err(error.into()),
    }
}

async fn stats(State(db): State<Db>) -> Json<Value> {
    let stats = Cache::current().stats();
    Json(json!({
        "hits": stats.hits,
        "misses": stats.misses,
        "shared": stats.shared,
        "loads": stats.loads,
        "fills": stats.fills,
        "bypasses": stats.bypasses,
        "invalidations": stats.invalidations,
        "pending_invalidations": stats.pending_invalidations,
        "store_failures": stats.failures,
        "entries": stats.entries,
        "bytes": stats.bytes,
        "database_queries": db.queries(),
    }))
}

/// Well as long as the process answers: a store that is away slows the service down and does not stop it.
async fn health() -> Json<Value> {
    let health = Cache::current().health();
    Json(json!({
        "status": "ok",
        "store": health.store.as_str(),
        "store_connected": health.connected,
        "breaker": health.breaker.as_str(),
    }))
}

fn positive(price_cents: i64) -> Result<(), Failure> {
    if price_cents > 0 { Ok(()) } else { Err(Failure::Price(price_cents)) }
}

/// Why a route has no answer.
enum Failure {
    NotFound(u32),
    Price(i64),
    Stock,
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::NotFound(id) => (StatusCode::NOT_FOUND, format!("there is no product {id}")),
            Self::Price(cents) => {
                (StatusCode::UNPROCESSABLE_ENTITY, format!("`price_cents` is {cents}; allowed is more than 0"))
            }
            Self::Stock => {
                (StatusCode::CONFLICT, "one of the products is not there, or has too few in stock".to_owned())
            }
            Self::Database(error) => {
                eprintln!("database: {error}");
                (StatusCode::INTERNAL_SERVER_ERROR, "the database failed; the reason is in the log".to_owned())
            }
        };
        (status, Json(json!({ "error": text }))).into_response()
    }
}
