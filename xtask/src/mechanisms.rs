//! Takes out one mechanism at a time, and expects the test that it exists for to fail.

use std::process::Command;
use std::time::Duration;

use crate::count::Counts;
use crate::report::Outcome;
use crate::run;

/// A test that hangs without its mechanism misses it as well, but must not hold up what comes after.
const LIMIT: Duration = Duration::from_secs(300);

/// What `CACHE_TEST_WITHOUT` takes out, in which file of `tests/tests` it is missed, and by which test.
pub(crate) const MISSED: [(&str, &str, &str); 12] = [
    ("fill-check", "server", "leases::scenario_33_a_value_loaded_before_another_process_invalidated_is_not_kept"),
    ("flight-void", "server", "freshness::a_value_loaded_before_an_invalidation_is_not_kept"),
    ("late-waiters", "server", "leases::a_late_caller_is_not_served_by_a_load_that_an_invalidation_overtook"),
    ("recovery", "server", "freshness::scenario_39_an_invalidation_that_could_not_reach_the_store_is_made_good"),
    ("recovery-reads", "server", "freshness::scenario_39_an_invalidation_that_could_not_reach_the_store_is_made_good"),
    ("versions", "versions", "a_version_that_starts_later_is_found"),
    ("guard", "server", "guards::a_writer_that_dies_after_its_commit_leaves_nothing_stale"),
    ("tracking", "local", "peers::scenario_27_a_write_elsewhere_is_seen_within_the_bound"),
    ("local-race", "local", "races::scenario_35_an_invalidation_overtakes_a_read_on_its_way_into_the_tier"),
    ("local-bound", "local", "channel::scenario_30_a_frozen_server_is_not_believed_for_longer_than_the_bound"),
    ("stamps", "tags", "a_tag_concerns_the_entries_that_carry_it_in_all_processes"),
    ("plain-asks", "server", "plain_asks::a_miss_that_was_expected_is_plain_commands_and_one_script"),
];

/// What a server before Redis 7.0 is asked, as it knows no other way: all else holds without this mechanism, too. With what is skipped,
/// as it counts what the other way takes.
pub(crate) const OTHER_WAY: (&str, &str, [&str; 3]) = (
    "plain-asks",
    "server",
    [
        "plain_asks::a_miss_that_was_expected_is_plain_commands_and_one_script",
        "leases::round_trips_hit_1_miss_3_invalidation_1",
        "shared_reads::what_is_missing_is_read_once",
    ],
);

/// Runs one test without a mechanism. That it fails is the check; that it passes with it is the business of the step
/// before.
pub(crate) fn missed(mut command: Command, mechanism: &str, file: &str, test: &str) -> Outcome {
    command.args(["--test", file, "--", "--exact", test]).env("CACHE_TEST_WITHOUT", mechanism);
    let output = match run::printed_within(LIMIT, &mut command) {
        Ok(Some(output)) => output,
        Ok(None) => return Outcome::failed(format!("without {mechanism}, {test} did not end within {LIMIT:?}")),
        Err(problem) => return Outcome::failed(problem),
    };
    let mut counts = Counts::default();
    output.lines().for_each(|line| counts.read(line));
    println!("without {mechanism:<15} {test}: {} passed, {} failed", counts.passed, counts.failed);
    if counts.failed == 1 && counts.passed == 0 {
        Outcome::passed()
    } else {
        Outcome::failed(format!("without {mechanism} nothing fails in {test}"))
    }
}
