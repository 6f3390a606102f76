//! The rows, in groups that are measured together.

pub(crate) mod local;
mod redis;

use crate::bench::Bench;
use crate::report::Row;

/// Rows that share their contenders.
pub(crate) struct Group {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Bench) -> Result<Vec<Row>, String>,
}

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "local", run: local::run },
    Group { name: "local-threads", run: local::threads },
    Group { name: "redis", run: redis::run },
];
