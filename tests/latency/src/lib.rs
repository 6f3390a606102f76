//! What a call costs beyond its body, phase by phase, while a server freezes and comes back: an annotated function beside a
//! cache-aside that is written by hand on redis-rs.

mod by_hand;
mod callers;
mod contender;
mod item;
pub mod run;
pub mod table;
