//! Reads what the test runner prints.

/// The sums of all `test result:` lines, and the names that deserve a mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    pub(crate) failures: Vec<String>,
    pub(crate) skipped: Vec<String>,
}

impl Counts {
    pub(crate) fn read(&mut self, line: &str) {
        let line = without_colours(line);
        if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
            self.ignored += number_before(result, " ignored");
        } else if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
            if outcome.starts_with("FAILED") {
                self.failures.push(name.to_owned());
            } else if outcome.starts_with("ignored") {
                self.skipped.push(name.to_owned());
            }
        }
    }
}

/// `12` of `ok. 12 passed; 0 failed`.
fn number_before(text: &str, word: &str) -> u64 {
    let Some((head, _)) = text.split_once(word) else {
        return 0;
    };
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// Drops `ESC [ .. m`.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, tail)| tail);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counted(lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        for line in lines {
            counts.read(line);
        }
        counts
    }

    #[test]
    fn results_add_up() {
        let counts = counted(&[
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 1.20s",
        ]);
        assert_eq!((counts.passed, counts.failed, counts.ignored), (15, 2, 1));
    }

    #[test]
    fn failed_and_ignored_tests_are_named() {
        let counts = counted(&[
            "test key::escapes ... FAILED",
            "test slow ... ignored, takes a day",
            "test src/lib.rs - (line 3) ... ignored",
            "test fine ... ok",
        ]);
        assert_eq!(counts.failures, ["key::escapes"]);
        assert_eq!(counts.skipped, ["slow", "src/lib.rs - (line 3)"]);
    }

    #[test]
    fn colours_do_not_hide_a_result() {
        let counts = counted(&["test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 2 passed; 0 failed; 0 ignored"]);
        assert_eq!(counts.passed, 2);
    }

    #[test]
    fn what_programs_print_is_no_result() {
        assert_eq!(counted(&["my test result: 5 passed", "5 passed, 1 failed"]), Counts::default());
    }
}
