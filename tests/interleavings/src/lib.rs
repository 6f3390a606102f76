//! The single-flight of `cache-runtime`, and the order in which its local tier takes values, under `shuttle`: many interleavings of a few callers, checked for what the engine
//! relies on; and deliberately broken copies, to see that the checks notice.
//!
//! The sources are those of `cache-runtime`, with other modules around them: `sync` has shuttle's locks and atomics in place
//! of the standard ones. Shuttle treats every atomic access as sequentially consistent; all that matter here are.

// Named by the included sources, and not all used here.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "the flight's sources are included whole")]

mod caller;
mod check;
#[path = "../../../cache-runtime/src/flight/mod.rs"]
mod flight;
mod ledger;
#[path = "../../../cache-runtime/src/local/order.rs"]
mod order;
mod order_subject;
mod scenarios;
mod subject;
mod sync;
mod world;

pub use self::check::{holds, notices};
pub use self::scenarios::*;
pub use self::sound::Flights as Sound;
pub use self::sound_order::Turns as SoundOrder;

/// What `cache-runtime` builds.
mod sound {
    use crate::flight;
    crate::subject::subject!(flight);
}

/// The same of the order.
mod sound_order {
    use crate::order;
    crate::order_subject::order_subject!(order);
}

/// Copies with one mistake each.
#[allow(warnings, clippy::all, reason = "broken on purpose")]
pub mod broken {
    include!(concat!(env!("OUT_DIR"), "/broken.rs"));
}

/// A stand-in: the text of a key.
mod key {
    #[derive(Clone, PartialEq, Eq, Hash)]
    pub(crate) struct KeyText(&'static str);

    impl KeyText {
        pub(crate) const fn from_text(text: &'static str) -> Self {
            Self(text)
        }

        pub(crate) const fn as_str(&self) -> &str {
            self.0
        }
    }
}

/// A stand-in: nothing is taken out here.
mod switch {
    pub(crate) enum Mechanism {
        LateWaiters,
        LocalRace,
    }

    pub(crate) const fn without(_: Mechanism) -> bool {
        false
    }
}

/// A stand-in: the bytes of a value.
mod wire {
    pub(crate) type Payload = std::sync::Arc<Vec<u8>>;
}
