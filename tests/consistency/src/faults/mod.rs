//! What fails when: planned from a seed, then done.

mod inject;
mod plan;

pub use self::inject::{Injected, inject};
pub use self::plan::{Fault, Kind, Target, plan};
