//! What costs are counted, not clocked: allocations, round trips, instructions. A busy machine changes none of them.

use std::path::Path;
use std::process::Command;

use crate::report::Outcome;
use crate::run::output;

/// Tests that count: their file in `tests/tests`, and their name.
pub(crate) const TESTS: [(&str, &str); 5] = [
    ("allocations", "a_hit_of_a_shared_value_allocates_nothing"),
    ("allocations", "a_hit_of_the_store_allocates"),
    ("server", "leases::round_trips_hit_1_miss_3_invalidation_1"),
    ("server", "plain_asks::a_miss_that_was_expected_is_plain_commands_and_one_script"),
    ("server", "plain_asks::a_miss_is_three_round_trips_and_two_where_it_was_expected"),
];

/// The recorded figures.
pub(crate) const EXPECTED: &str = "tests/instructions/expected.toml";

/// How far a count may be from the recorded one: compilers and processors differ by some per cent.
const MARGIN: f64 = 0.25;

const UPDATE: &str = "UPDATE_COUNTS=1 cargo xtask test --only counts";

const FEWER: u64 = 1_000;
const MORE: u64 = 11_000;

/// Whether there is something to count with.
pub(crate) fn can_count() -> bool {
    output(Command::new("valgrind").arg("--version")).is_ok()
}

/// Counts the instructions of what `expected` names, and compares; or gives `expected` with the counted ones.
pub(crate) fn instructions(program: &Path, expected: &str, update: bool) -> (Outcome, Option<String>) {
    let mut outcome = Outcome::default();
    let mut written = Vec::new();
    for line in expected.lines() {
        let Some((what, recorded)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) else {
            written.push(line.to_owned());
            continue;
        };
        match of_one(program, what) {
            Err(problem) => outcome = outcome.and(Outcome::failed(problem)),
            Ok(counted) => {
                written.push(format!("{what} = {counted:.0}"));
                if !update {
                    outcome = outcome.and(judge(what, recorded.parse().unwrap_or(0.0), counted));
                }
            }
        }
    }
    if update && outcome.failed == 0 {
        let text = written.join("\n") + "\n";
        return (Outcome::passed().note(format!("{EXPECTED} is written anew")), Some(text));
    }
    if !update && outcome.passed + outcome.failed == 0 {
        outcome = Outcome::failed(format!("{EXPECTED} names nothing to count"));
    }
    (outcome, None)
}

/// The instructions of one hit.
fn of_one(program: &Path, what: &str) -> Result<f64, String> {
    let (fewer, more) = (collected(program, what, FEWER)?, collected(program, what, MORE)?);
    Ok((more - fewer) / (MORE - FEWER) as f64)
}

fn collected(program: &Path, what: &str, hits: u64) -> Result<f64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let done =
        command.args([what, &hits.to_string()]).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let done = done.output().map_err(|error| format!("cannot start valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&done.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.filter(|_| done.status.success()).ok_or_else(|| format!("callgrind did not count {what}:\n{text}"))
}

fn judge(what: &str, recorded: f64, counted: f64) -> Outcome {
    let figures = format!("{what}: {counted:.0} instructions, {recorded:.0} recorded, {:.0} % allowed", MARGIN * 100.0);
    println!("{figures}");
    if (counted - recorded).abs() <= recorded * MARGIN {
        return Outcome::passed().note(figures);
    }
    let word = if counted > recorded { "dearer" } else { "cheaper" };
    Outcome::failed(format!("{figures}: it has become {word}; where that is meant, `{UPDATE}` records it"))
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn a_count_may_be_off_by_a_quarter() {
        assert_eq!(judge("a hit", 1000.0, 1240.0).passed, 1);
        assert_eq!(judge("a hit", 1000.0, 760.0).passed, 1);
        let dearer = judge("a hit", 1000.0, 1300.0);
        assert_eq!(dearer.failed, 1);
        assert!(
            dearer.notes[0].contains("1300 instructions, 1000 recorded") && dearer.notes[0].contains("UPDATE_COUNTS")
        );
        assert!(judge("a hit", 1000.0, 700.0).notes[0].contains("cheaper"));
    }
}
