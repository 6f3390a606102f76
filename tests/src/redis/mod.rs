//! A real redis-server (or valkey-server) per test.
//!
//! Every server has a free loopback port and a temporary folder of its own. Both the process and the folder are gone
//! when the [`RedisServer`] is dropped, when the test panics, and when the test process itself is killed.

mod binary;
mod builder;
mod cluster;
mod guardian;
mod resp;
mod sentinel;
mod server;
mod tls;

pub use self::builder::{Builder, ReadyWhen};
pub use self::cluster::RedisCluster;
pub use self::guardian::Guardian;
pub use self::resp::{RawClient, Reply, redis_cli};
pub use self::sentinel::{MASTER, Sentinels};
pub use self::server::RedisServer;
