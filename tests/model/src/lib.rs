//! A model of the lease protocol, for an exhaustive check.
//!
//! A [`Scenario`] is a handful of reads and writes of one key and a few things that may go wrong. The checker walks through
//! every order in which their steps can happen. One step is what happens at one instant: a script in the store, a commit, a
//! read of the source, a caller that joins. `README.md` says what is modelled and what is not.

#![forbid(unsafe_code)]

mod action;
mod environment;
mod mechanism;
mod model;
mod property;
mod reader;
mod scenario;
mod scenarios;
mod state;
mod store;
mod writer;

pub use action::Action;
pub use mechanism::Mechanism;
pub use property::NEVER_STALE;
pub use scenario::{Events, Scenario, Writer};
pub use state::{Fill, Joined, Process, Read, Reader, Stale, State, Write};
pub use store::{Answer, Slot, Store, Version};
