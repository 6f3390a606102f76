//! Takes a mechanism out, to show that a check notices: for this project's own tests, behind the feature `test-switches`.
//!
//! `CACHE_TEST_WITHOUT=recovery,flight-void` names them; it is read once. Without the feature nothing can be taken out, and
//! the compiler removes the questions.

/// What can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each is named here before the engine asks for it")]
pub(crate) enum Mechanism {
    /// Fill without looking whether the lease stands.
    FillCheck,
    /// A local invalidation leaves running flights alone.
    FlightVoid,
    /// Callers that came after the load began are served although the fill was not accepted.
    LateWaiters,
    /// Failed invalidations are forgotten.
    Recovery,
    /// Keys with a kept invalidation are still read from the store.
    RecoveryReads,
    /// Only versions known to this binary are removed.
    Versions,
    /// Whatever guards an entry beyond its lease.
    Guard,
    /// What the server tells of changes is not heard.
    Tracking,
    /// A value read before its key was voided is held all the same.
    LocalRace,
    /// Entries of the local tier are served however long the server has been silent.
    LocalBound,
    /// Entries are taken for valid whatever the stamps of their names say.
    Stamps,
    /// Leave to fill is asked for by scripts alone, as of a server that knows no other way.
    PlainAsks,
}

#[cfg(not(feature = "test-switches"))]
pub(crate) const fn without(mechanism: Mechanism) -> bool {
    let _ = mechanism;
    false
}

#[cfg(feature = "test-switches")]
pub(crate) use on::without;

#[cfg(feature = "test-switches")]
pub use on::NAMES;

#[cfg(feature = "test-switches")]
mod on {
    use std::sync::OnceLock;

    use super::Mechanism;

    const ALL: [Mechanism; 12] = [
        Mechanism::FillCheck,
        Mechanism::FlightVoid,
        Mechanism::LateWaiters,
        Mechanism::Recovery,
        Mechanism::RecoveryReads,
        Mechanism::Versions,
        Mechanism::Guard,
        Mechanism::Tracking,
        Mechanism::LocalRace,
        Mechanism::LocalBound,
        Mechanism::Stamps,
        Mechanism::PlainAsks,
    ];

    /// What `CACHE_TEST_WITHOUT` may name.
    pub const NAMES: [&str; 12] = [
        "fill-check",
        "flight-void",
        "late-waiters",
        "recovery",
        "recovery-reads",
        "versions",
        "guard",
        "tracking",
        "local-race",
        "local-bound",
        "stamps",
        "plain-asks",
    ];

    /// Whether the mechanism is taken out in this process.
    pub(crate) fn without(mechanism: Mechanism) -> bool {
        static OUT: OnceLock<Vec<Mechanism>> = OnceLock::new();
        let out = OUT.get_or_init(|| {
            let named = std::env::var("CACHE_TEST_WITHOUT").unwrap_or_default();
            // A misspelt name would make a check pass that checked nothing.
            parse(&named).unwrap_or_else(|unknown| panic!("CACHE_TEST_WITHOUT: no such mechanism: {unknown}"))
        });
        out.contains(&mechanism)
    }

    fn parse(list: &str) -> Result<Vec<Mechanism>, &str> {
        list.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| ALL.iter().zip(NAMES).find(|(_, known)| *known == name).map(|(found, _)| *found).ok_or(name))
            .collect()
    }

    #[cfg(test)]
    mod tests {
        use super::{ALL, Mechanism, NAMES, parse, without};

        #[test]
        fn nothing_is_out_unless_named() {
            assert_eq!(parse(""), Ok(Vec::new()));
            assert!(!without(Mechanism::Recovery));
        }

        #[test]
        fn names_are_separated_by_commas() {
            assert_eq!(parse("recovery"), Ok(vec![Mechanism::Recovery]));
            assert_eq!(parse("fill-check, guard,"), Ok(vec![Mechanism::FillCheck, Mechanism::Guard]));
            assert_eq!(parse(&NAMES.join(",")), Ok(ALL.to_vec()));
        }

        #[test]
        fn an_unknown_name_is_refused() {
            assert_eq!(parse("recovery,recovry"), Err("recovry"));
        }
    }
}
