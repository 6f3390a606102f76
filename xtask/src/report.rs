//! What a step found, and the table at the end.

use std::time::Duration;

/// The result of a step. A step that is no set of tests counts as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Figures, reasons of failures, and what was not run.
    pub(crate) notes: Vec<String>,
}

impl Outcome {
    pub(crate) fn passed() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self { failed: 1, notes: vec![reason.into()], ..Self::default() }
    }

    /// Neither passed nor failed, but said.
    pub(crate) fn not_run(reason: &str) -> Self {
        Self { notes: vec![format!("not run: {reason}")], ..Self::default() }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.passed += other.passed;
        self.failed += other.failed;
        self.notes.extend(other.notes);
        self
    }
}

/// The table of all steps; its last line is `N passed, N failed`.
pub(crate) fn table(results: &[(&str, Duration, Outcome)]) -> String {
    let mut lines = vec![String::new(), format!("{:<13} {:>8} {:>7} {:>7}  note", "step", "time", "passed", "failed")];
    let (mut passed, mut failed) = (0, 0);
    for (name, time, outcome) in results {
        let row = format!("{name:<13} {:>7.1}s {:>7} {:>7}", time.as_secs_f64(), outcome.passed, outcome.failed);
        let (first, more) = outcome.notes.split_first().map_or(("", &[][..]), |(first, more)| (first.as_str(), more));
        lines.push(format!("{row}  {first}").trim_end().to_owned());
        lines.extend(more.iter().map(|note| format!("{:row$}  {note}", "", row = row.len())));
        passed += outcome.passed;
        failed += outcome.failed;
    }
    lines.push(format!("\n{passed} passed, {failed} failed"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, table};

    #[test]
    fn the_last_line_is_the_sum() {
        let second = Duration::from_secs(1);
        let text = table(&[
            ("format", second, Outcome::passed()),
            ("test", second, Outcome { passed: 40, failed: 2, notes: vec!["a".into(), "b".into()] }),
            ("licences", second, Outcome::not_run("cargo-deny is not installed")),
        ]);
        assert_eq!(text.lines().last(), Some("41 passed, 2 failed"));
        assert!(text.contains("not run: cargo-deny is not installed"));
    }
}
