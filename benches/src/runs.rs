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
    pub(crate) found: Vec<(&'static str, Found)>,
    /// Those that could not run.
    pub(crate) failed: Vec<&'static str>,
    /// What each took.
    pub(crate) took: Vec<String>,
}

/// Runs them. Those of whose rounds other machines disturbed more than half are measured once more when all are done, whatever their
/// figures were: then these count.
pub(crate) fn run(options: &Options, began: Instant) -> Runs {
    let (mut runs, mut again) = (Runs::default(), Vec::new());
    for name in group::names(options.quick).filter(|name| options.wants(name)) {
        let Some((found, took)) = runs.once(name, options.quick) else { continue };
        if found.is_disturbed() {
            again.push((runs.found.len(), took));
        }
        runs.found.push((name, found));
    }
    for (place, took) in again {
        let Some((name, found)) = runs.found.get_mut(place).filter(|_| began.elapsed() + took < LONGEST) else {
            continue;
        };
        println!("Once more, as other machines had the processors in most of its rounds: {name}\n");
        let name = *name;
        drop(std::mem::take(found));
        if let Some((anew, _)) = runs.once(name, options.quick) {
            runs.found[place].1 = anew;
        }
    }
    runs
}

impl Runs {
    /// Runs one, and prints its rows.
    fn once(&mut self, name: &'static str, quick: bool) -> Option<(Found, Duration)> {
        let since = Instant::now();
        // One that cannot run must not take the others with it.
        let found = group::run(name, quick);
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
