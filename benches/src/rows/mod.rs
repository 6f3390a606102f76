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
use crate::place::Place;
use crate::report::Row;

/// Rows that share their contenders.
pub(crate) struct Group {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) start: fn(bool, Place) -> Result<Bench, String>,
    pub(crate) run: fn(&Bench) -> Result<Vec<Row>, String>,
}

const fn group(name: &'static str, run: fn(&Bench) -> Result<Vec<Row>, String>) -> Group {
    Group { name, start: Bench::start, run }
}

/// In the order in which they run, each in a process and beside a server of its own.
pub(crate) const GROUPS: &[Group] = &[
    group("local", local::run),
    group("local-threads", local::threads),
    group("redis-1", |bench| redis::hits(bench, 1, 0.97)),
    group("redis-8", |bench| redis::hits(bench, 8, 1.0)),
    group("redis-64", |bench| redis::hits(bench, 64, 1.4)),
    group("redis-256", |bench| redis::hits(bench, 256, 1.8)),
    group("redis-member", redis::members),
    group("miss", miss::run),
    group("stampede", stampede::run),
    group("many", many::run),
    // What is installed there is a cache whose breaker is open.
    Group { name: "open", start: Bench::bare, run: open::run },
    group("memory", memory::run),
    group("decode", decode::run),
    group("replay-web07", replay::web07),
    group("replay-orm-busy", replay::orm_busy),
];
