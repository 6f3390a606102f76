//! What the tests share: a redis-server of their own, a raw client that looks at it without the
//! library under test, and recorders of metrics and log lines.

pub mod logs;
pub mod metrics;
pub mod patience;
pub mod redis;
pub mod users;
pub mod versions;

pub use self::logs::Logs;
pub use self::metrics::Metrics;
pub use self::patience::{Patient, until};
pub use self::redis::{Guardian, RawClient, RedisCluster, RedisServer, Reply, Sentinels, redis_cli};
