//! A shop: an axum service over a SQLite file, whose reads are cached by annotation, and the replay of a real shop's
//! traffic through it. `products.rs` is the heart.

mod args;
mod db;
mod products;
mod replay;
mod report;
mod routes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use cache_runtime::Cache;
use tokio::net::TcpListener;

use crate::args::Command;
use crate::db::{Db, PRODUCTS};
use crate::routes::Caching;

type AnyError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match args::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{}", args::USAGE);
            return ExitCode::SUCCESS;
        }
        Ok(Command::Serve { listen, db }) => serve(listen, db.as_deref()).await,
        Ok(Command::Replay(replay)) => replay::run(&replay).await,
        Err(message) => {
            eprintln!("storefront: {message}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("storefront: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(listen: SocketAddr, path: Option<&Path>) -> Result<(), AnyError> {
    let cache = Cache::from_env()?;
    let db = filled(path).await?;
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("`--listen` {listen}: {error}"))?;
    let address = listener.local_addr()?;
    println!(
        "Serving {PRODUCTS} products on http://{address}, cached in {}. Try, twice:",
        cache.health().store.as_str()
    );
    println!("  curl -i http://{address}/products/107      the header `x-cache` says what the cache did");
    println!("  curl http://{address}/stats");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, routes::router(db, Caching { cache, off: false })).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// The database, with the products that the trace asks for.
async fn filled(path: Option<&Path>) -> Result<Db, AnyError> {
    let db = Db::open(path).await.map_err(|error| match path {
        Some(path) => format!("`--db` {}: {error}", path.display()),
        None => format!("a temporary database: {error}"),
    })?;
    db.fill(PRODUCTS).await?;
    Ok(db)
}
