//! A history checker: several processes read and write through annotated functions while links, the server and the
//! processes themselves fail, and afterwards every read is held against the writes that were promised before it began.
//!
//! ```text
//! orchestrator (run)                                     worker process, one per slot (worker)
//!   register    the source of truth: a version per key  <- bodies of the annotated functions
//!   proxy       one link per slot, to one redis-server  <- the cache's connection
//!   faults      cut links, stop and kill server, workers
//!   fleet       starts workers, collects their logs     <- log: one record for each call
//!   checker     the log against the promises
//! ```
//!
//! What is promised:
//! - An invalidation that reached the store: no read in any process that begins after the call returned is older.
//! - One that did not (kept and tried again): the same at once in its own process, elsewhere from the moment it landed.
//! - A process that dies with invalidations waiting promised nothing by them to others.
//! - A value of the local tier may be served by other processes for the stated bound longer; not by the one that invalidated.
//! - A policy that serves what has expired serves nothing that was invalidated.
//! - Every call ends, and fails only where its body did.

pub mod args;
pub mod checker;
pub mod clock;
pub mod faults;
pub mod fleet;
pub mod log;
pub mod proxy;
pub mod register;
pub mod report;
pub mod run;
pub mod way;
pub mod worker;
