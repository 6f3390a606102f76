//! Short runs of the whole harness, with real faults.

use std::path::PathBuf;
use std::time::Duration;

use cache_consistency::args::Options;
use cache_consistency::checker::Broken;
use cache_consistency::log::By;
use cache_consistency::report::Report;
use cache_consistency::run::run;

/// One process, as it keeps its promises to itself whatever fails.
fn run_without(mechanism: &str) -> Report {
    run(&Options {
        program: PathBuf::from(env!("CARGO_BIN_EXE_cache-consistency")),
        length: Duration::from_secs(8),
        seed: 1,
        processes: 1,
        tasks: 8,
        without: mechanism.to_owned(),
        ..Options::new().expect("defaults")
    })
}

#[test]
fn promises_are_kept_under_faults() {
    let report = run_without("");
    assert!(report.is_clean(), "{report}");
    let counts = report.findings.counts;
    assert!(report.faults.len() >= 5, "{report}");
    assert!(counts.reads > 200 && counts.reached > 0 && counts.deferred > 0, "{report}");
    assert!(counts.served[By::Store as usize] > 0 && counts.served[By::Body as usize] > 0, "{report}");
    let text = report.to_string();
    let last = text.lines().last().expect("a line");
    assert!(last.starts_with("stale reads: 0 of "), "{text}");
    assert!(last.ends_with(" reads, lost invalidations: 0, hung calls: 0, surfaced errors: 0"), "{text}");
}

#[test]
fn what_is_taken_out_is_missed() {
    let report = run_without("recovery");
    assert!(report.findings.count(Broken::Stale) > 0, "{report}");
    assert!(!report.is_clean() && report.to_string().contains("\nviolation 1: "), "{report}");
}
