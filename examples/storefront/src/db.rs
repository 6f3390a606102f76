//! The database: a SQLite file, its table, and the products that fill it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::AnyError;
use crate::products::Product;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS products (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, brand TEXT NOT NULL,
        category TEXT NOT NULL, description TEXT NOT NULL, price_cents INTEGER NOT NULL, currency TEXT NOT NULL,
        stock INTEGER NOT NULL, weight_grams INTEGER NOT NULL, image TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS products_by_category ON products (category, id);
";

/// How many products the trace asks for; their ids are `0..PRODUCTS`.
pub(crate) const PRODUCTS: u32 = 20_484;

/// A pool of connections that counts the queries. Cloning gives the same pool.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    pool: SqlitePool,
    queries: Arc<AtomicU64>,
    /// Removes the file, where it is a temporary one, when the last clone goes.
    _folder: Option<Arc<TempFolder>>,
}

impl Db {
    /// Opens the file, or a new one in a temporary folder, and makes the table.
    pub(crate) async fn open(path: Option<&Path>) -> Result<Self, AnyError> {
        let (file, folder) = match path {
            Some(path) => (path.to_owned(), None),
            None => {
                let folder = TempFolder::new()?;
                (folder.0.join("shop.db"), Some(Arc::new(folder)))
            }
        };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self { pool, queries: Arc::default(), _folder: folder })
    }

    /// Where to run one query, which it counts.
    pub(crate) fn query(&self) -> &SqlitePool {
        self.queries.fetch_add(1, Ordering::Relaxed);
        &self.pool
    }

    /// How many queries the service ran.
    pub(crate) fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Fills an empty table with the first `count` products, in one transaction. Says how many there were to add.
    pub(crate) async fn fill(&self, count: u32) -> sqlx::Result<u32> {
        let mut transaction = self.pool.begin().await?;
        let there: u32 = sqlx::query_scalar("SELECT count(*) FROM products").fetch_one(&mut *transaction).await?;
        if there > 0 {
            return Ok(0);
        }
        for id in 0..count {
            let product = sample(id);
            sqlx::query("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(product.id)
                .bind(product.sku)
                .bind(product.name)
                .bind(product.brand)
                .bind(product.category)
                .bind(product.description)
                .bind(product.price_cents)
                .bind(product.currency)
                .bind(product.stock)
                .bind(product.weight_grams)
                .bind(product.image)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(count)
    }
}

/// The product with this id, as it is before anybody changes it: the same one in every run.
pub(crate) fn sample(id: u32) -> Product {
    let pick = |words: [&'static str; 8], turn: u32| words[(id.rotate_right(turn) ^ (id / 7)) as usize % 8];
    let color = pick(["red", "blue", "green", "white", "black", "grey", "oak", "copper"], 3);
    let thing = pick(["lamp", "kettle", "chair", "spade", "drill", "ball", "radio", "shelf"], 0);
    Product {
        id,
        sku: format!("SKU-{id:06}"),
        name: format!("The {color} {thing}"),
        brand: pick(["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple"], 1).to_owned(),
        category: pick(["kitchen", "garden", "office", "sport", "toys", "audio", "lighting", "tools"], 2).to_owned(),
        description: format!("A {color} {thing} that lasts. Number {id} of our range."),
        price_cents: i64::from(id.wrapping_mul(7919) % 50_000) + 199,
        currency: "EUR".to_owned(),
        stock: id.wrapping_mul(31) % 200,
        weight_grams: id.wrapping_mul(17) % 9_000 + 50,
        image: format!("/img/{id}.jpg"),
    }
}

#[derive(Debug)]
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> std::io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("storefront-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of the folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
