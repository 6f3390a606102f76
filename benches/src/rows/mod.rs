//! The rows, in groups that are measured together.

mod decode;
pub(crate) mod local;
mod many;
pub(crate) mod memory;
mod miss;
mod open;
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

/// In the order in which they run. The replay comes last, as it empties the server.
pub(crate) const GROUPS: &[Group] = &[
    Group { name: "local", run: local::run },
    Group { name: "local-threads", run: local::threads },
    Group { name: "redis", run: redis::run },
    Group { name: "miss", run: miss::run },
    Group { name: "stampede", run: stampede::run },
    Group { name: "many", run: many::run },
    Group { name: "open", run: open::run },
    Group { name: "memory", run: memory::run },
    Group { name: "decode", run: decode::run },
    Group { name: "compile", run: compile::run },
    Group { name: "replay", run: replay::run },
];
