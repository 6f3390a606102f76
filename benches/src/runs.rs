//! Runs the groups, and those once more that were disturbed.

use std::time::{Duration, Instant};

use crate::group::{self, Found};
use crate::options::Options;

/// No group is run once more that would go on after this.
const LONGEST: Duration = Duration::from_secs(840);

/// All groups that were asked for.
#[derive(Default)]
pub(crate) struct Runs {
    /// In their order.
    pub(crate) found: Vec<Found>,
    /// Those that could not run.
    pub(crate) failed: Vec<&'static str>,
    /// What each took.
    pub(crate) took: Vec<String>,
}

/// Runs them, by groups in processes of their own.
pub(crate) fn run(options: &Options, elapsed: impl Fn() -> Duration) -> Runs {
    let names = group::names(options.quick).filter(|name| options.wants(name));
    // One that cannot run must not take the others with it.
    all(names, |took| elapsed() + took < LONGEST, |name| group::run(name, options.quick))
}

/// Those of whose rounds other machines disturbed more than half are measured once more when all are done, where there is time for what
/// they took, whatever their figures were: then these count.
fn all(
    names: impl Iterator<Item = &'static str>,
    is_time_for: impl Fn(Duration) -> bool,
    run: impl Fn(&str) -> Result<Found, String>,
) -> Runs {
    let (mut runs, mut again) = (Runs::default(), Vec::new());
    for name in names {
        let Some((found, took)) = runs.once(name, &run) else { continue };
        if found.is_disturbed() {
            again.push((runs.found.len(), name, took));
        }
        runs.found.push(found);
    }
    for (place, name, took) in again {
        if !is_time_for(took) {
            continue;
        }
        println!("Once more, as other machines had the processors in most of its rounds: {name}\n");
        if let Some((anew, _)) = runs.once(name, &run) {
            runs.found[place] = anew;
        }
    }
    runs
}

impl Runs {
    /// Runs one, and prints its rows.
    fn once(&mut self, name: &'static str, run: impl Fn(&str) -> Result<Found, String>) -> Option<(Found, Duration)> {
        let since = Instant::now();
        let found = run(name);
        let took = since.elapsed();
        self.took.push(format!("{name} {}", took.as_secs()));
        match found {
            Ok(found) => {
                let texts = found.plots.iter().map(|plot| &plot.text).chain(found.rows.iter().map(|row| &row.text));
                texts.for_each(|text| println!("{text}\n"));
                Some((found, took))
            }
            Err(problem) => {
                println!("{name}\n  COULD NOT RUN: {problem}\n");
                self.failed.push(name);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::Value;

    use super::all;
    use crate::group::{Found, Told};

    /// What is run in which order, and which runs count. Group `b` is disturbed; `c` cannot run.
    fn ran(is_time: bool) -> (String, Vec<String>) {
        let order = RefCell::new(String::new());
        let runs = all(
            ["a", "b", "c", "d"].into_iter(),
            |_| is_time,
            |name| {
                order.borrow_mut().push_str(name);
                let text = order.borrow().clone();
                let disturbed = name == "b";
                let told = Told { text, json: Value::Null, markdown: String::new(), musts: 0, missed: 0, disturbed };
                if name == "c" { Err(String::new()) } else { Ok(Found { rows: vec![told], plots: Vec::new() }) }
            },
        );
        assert_eq!(runs.failed, ["c"]);
        (order.into_inner(), runs.found.into_iter().map(|found| found.rows[0].text.clone()).collect())
    }

    #[test]
    fn what_was_disturbed_is_run_once_more_at_the_end_and_then_counts() {
        assert_eq!(ran(true), ("abcdb".to_owned(), ["a", "abcdb", "abcd"].map(String::from).to_vec()));
    }

    #[test]
    fn without_time_for_that_the_first_run_counts() {
        assert_eq!(ran(false), ("abcd".to_owned(), ["a", "ab", "abcd"].map(String::from).to_vec()));
    }
}
