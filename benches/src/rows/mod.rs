//! The rows, in groups that are measured together.

mod decode;
pub(crate) mod local;
mod many;
pub(crate) mod memory;
mod miss;
pub(crate) mod open;
pub(crate) mod redis;
pub(crate) mod replay;
pub(crate) mod stampede;

use crate::bench::Bench;
use crate::compile;
use crate::report::Row;

/// Rows that share their contenders.
pub(crate) struct Group {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Bench) -> Result<Vec<Row>, String>,
}

/// In the order in which they run, each in a process and beside a server of its own.
pub(crate) const GROUPS: &[Group] = &[
    Group { name: "local", run: local::run },
    Group { name: "local-threads", run: local::threads },
    Group { name: "redis-1", run: |bench| redis::hits(bench, 1, 0.97) },
    Group { name: "redis-8", run: |bench| redis::hits(bench, 8, 1.0) },
    Group { name: "redis-64", run: |bench| redis::hits(bench, 64, 1.4) },
    Group { name: "redis-256", run: |bench| redis::hits(bench, 256, 1.8) },
    Group { name: "redis-member", run: redis::members },
    Group { name: "miss", run: miss::run },
    Group { name: "stampede", run: stampede::run },
    Group { name: "many", run: many::run },
    Group { name: "open", run: open::run },
    Group { name: "memory", run: memory::run },
    Group { name: "decode", run: decode::run },
    Group { name: "compile", run: compile::run },
    Group { name: "replay-web07", run: replay::web07 },
    Group { name: "replay-orm-busy", run: replay::orm_busy },
];
