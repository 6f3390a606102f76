//! Products: what they are, the key under which one is cached, and the functions that read and write them.
//!
//! This is all the caching there is in this service. No other file spells a key, a ttl or an invalidation.

use cache_runtime::{CacheKey, CacheSchema, cached, invalidates, transaction, updates};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

use crate::db::Db;

/// A row of the table, and the value that is cached. A change of its shape changes the version in the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, CacheSchema)]
pub(crate) struct Product {
    pub id: u32,
    pub sku: String,
    pub name: String,
    pub brand: String,
    pub category: String,
    pub description: String,
    pub price_cents: i64,
    pub currency: String,
    pub stock: u32,
    pub weight_grams: u32,
    pub image: String,
}

/// What a caller gives to create a product; the database gives the id.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewProduct {
    pub name: String,
    pub brand: String,
    pub category: String,
    pub description: String,
    pub price_cents: i64,
}

/// One product, by id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, CacheKey)]
#[cache(resource = "product", value = Product, ttl = "10m", version = auto, stale_if_error = "1h", tags("products"))]
pub(crate) struct ProductKey {
    pub id: u32,
}

/// How many products one page of a list holds.
pub(crate) const PAGE: u32 = 20;

/// Reads one product. Callers that miss together run the query once.
#[cached(ProductKey { id })]
pub(crate) async fn product(db: &Db, id: u32) -> sqlx::Result<Option<Product>> {
    sqlx::query_as("SELECT * FROM products WHERE id = ?").bind(id).fetch_optional(db.query()).await
}

/// Reads one page of a category. The short form: the key is spelled here, no key type is needed.
#[cached(
    resource = "product-page",
    key(category, page),
    ttl = "1m",
    version = auto,
    tags("category:{category}"),
    local = "10s"
)]
pub(crate) async fn products_in(db: &Db, category: &str, page: u32) -> sqlx::Result<Vec<Product>> {
    sqlx::query_as("SELECT * FROM products WHERE category = ? ORDER BY id LIMIT ? OFFSET ?")
        .bind(category)
        .bind(PAGE)
        .bind(u64::from(page).saturating_mul(u64::from(PAGE)).cast_signed())
        .fetch_all(db.query())
        .await
}

/// Changes a price. Two changes at once may answer in another order than the database took them, so the entry is removed
/// and not overwritten: the next reader asks the database. `ret` is the product that the body returned; the pages that
/// list it go as well.
#[invalidates(ProductKey { id }, tag("category:{ret.category}"))]
pub(crate) async fn set_price(db: &Db, id: u32, price_cents: i64) -> sqlx::Result<Option<Product>> {
    sqlx::query_as("UPDATE products SET price_cents = ? WHERE id = ? RETURNING *")
        .bind(price_cents)
        .bind(id)
        .fetch_optional(db.query())
        .await
}

/// Creates a product. Nobody else can write an id that is new, so what was returned is stored, and the first reader hits.
#[updates(ProductKey { id: ret.id })]
#[invalidates(tag("category:{ret.category}"))]
pub(crate) async fn create_product(db: &Db, new: NewProduct) -> sqlx::Result<Product> {
    sqlx::query_as(
        "INSERT INTO products (sku, name, brand, category, description, price_cents, currency, stock, weight_grams, image)
         VALUES ('NEW-' || hex(randomblob(6)), ?, ?, ?, ?, ?, 'EUR', 0, 0, '/img/none.jpg') RETURNING *",
    )
    .bind(new.name)
    .bind(new.brand)
    .bind(new.category)
    .bind(new.description)
    .bind(new.price_cents)
    .fetch_one(db.query())
    .await
}

/// Deletes a product, and gives what it was.
#[invalidates(ProductKey { id }, tag("category:{ret.category}"))]
pub(crate) async fn delete_product(db: &Db, id: u32) -> sqlx::Result<Option<Product>> {
    sqlx::query_as("DELETE FROM products WHERE id = ? RETURNING *").bind(id).fetch_optional(db.query()).await
}

/// Changes how many are in stock, as a part of the caller's transaction.
#[invalidates(ProductKey { id })]
async fn change_stock(connection: &mut SqliteConnection, id: u32, by: i64) -> sqlx::Result<()> {
    let changed = sqlx::query("UPDATE products SET stock = stock + ? WHERE id = ? AND stock + ? >= 0")
        .bind(by)
        .bind(id)
        .bind(by)
        .execute(connection)
        .await?;
    if changed.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// Moves stock from one product to another: both or neither, in the database and in the cache. What the two writes would
/// remove from the cache waits for the commit; on the way out through `?` it is dropped, as the database rolls back.
pub(crate) async fn move_stock(db: &Db, from: u32, to: u32, count: u32) -> sqlx::Result<()> {
    let mut tx = db.query().begin().await?;
    let (moved, invalidations) = transaction(async {
        change_stock(&mut tx, from, -i64::from(count)).await?;
        change_stock(&mut tx, to, i64::from(count)).await
    })
    .await;
    moved?;
    tx.commit().await?;
    invalidations.commit().await;
    Ok(())
}

impl FromRow<'_, SqliteRow> for Product {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            sku: row.try_get("sku")?,
            name: row.try_get("name")?,
            brand: row.try_get("brand")?,
            category: row.try_get("category")?,
            description: row.try_get("description")?,
            price_cents: row.try_get("price_cents")?,
            currency: row.try_get("currency")?,
            stock: row.try_get("stock")?,
            weight_grams: row.try_get("weight_grams")?,
            image: row.try_get("image")?,
        })
    }
}
