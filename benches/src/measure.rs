//! Rounds: every contender runs for a short time in each, in rotating order.

use std::time::Duration;

/// How often, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) each: Duration,
}

/// One of those that a row compares; its figure of one round.
pub(crate) struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut(Duration) -> f64 + 'a>,
}

/// A contender by what it does for a time.
pub(crate) fn contender<'a>(name: &'static str, run: impl FnMut(Duration) -> f64 + 'a) -> Contender<'a> {
    Contender { name, run: Box::new(run) }
}

/// The figures of all rounds, by contender.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<(&'static str, Vec<f64>)>);

/// Median, smallest, largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Runs all of them. A first, short round is for warming up and is not kept.
pub(crate) fn interleave(plan: Plan, mut contenders: Vec<Contender<'_>>) -> Samples {
    for contender in &mut contenders {
        (contender.run)(plan.each / 4);
    }
    let mut samples = Samples(contenders.iter().map(|one| (one.name, Vec::new())).collect());
    let count = contenders.len();
    for round in 0..plan.rounds {
        for nth in 0..count {
            let place = (nth + round) % count;
            let figure = (contenders[place].run)(plan.each);
            samples.0[place].1.push(figure);
        }
    }
    samples
}

impl Samples {
    /// Figures that were taken elsewhere, a contender at a time.
    pub(crate) fn add(&mut self, name: &'static str, figure: f64) {
        match self.0.iter_mut().find(|(there, _)| *there == name) {
            Some((_, figures)) => figures.push(figure),
            None => self.0.push((name, vec![figure])),
        }
    }

    /// Without the round for warming up, where that was added too.
    pub(crate) fn warm(mut self) -> Self {
        for (_, figures) in &mut self.0 {
            figures.drain(..1);
        }
        self
    }

    /// All contenders, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(crate) fn of(&self, name: &str) -> Option<Summary> {
        summary(self.figures(name))
    }

    /// The median of the rounds' own ratios, so that what a round suffered concerns both.
    pub(crate) fn ratio(&self, name: &str, peer: &str) -> Option<f64> {
        let pairs = self.figures(name).iter().zip(self.figures(peer));
        summary(&pairs.map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>()).map(|all| all.median)
    }

    fn figures(&self, name: &str) -> &[f64] {
        self.0.iter().find(|(there, _)| *there == name).map_or(&[], |(_, figures)| figures)
    }
}

fn summary(figures: &[f64]) -> Option<Summary> {
    let mut sorted: Vec<f64> = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some(Summary { median, min, max })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Plan, Samples, Summary, contender, interleave};

    #[test]
    fn ratios_are_of_rounds() {
        let mut samples = Samples::default();
        for (ours, theirs) in [(1.0, 1.0), (20.0, 10.0), (9.0, 3.0)] {
            samples.add("ours", ours);
            samples.add("theirs", theirs);
        }
        assert_eq!(samples.of("ours"), Some(Summary { median: 9.0, min: 1.0, max: 20.0 }));
        assert_eq!(samples.ratio("ours", "theirs"), Some(2.0));
        assert_eq!(samples.ratio("ours", "nobody"), None);
    }

    #[test]
    fn everybody_runs_in_every_round() {
        let plan = Plan { rounds: 3, each: Duration::ZERO };
        let samples = interleave(plan, vec![contender("a", |_| 1.0), contender("b", |_| 2.0)]);
        assert_eq!(samples.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(samples.ratio("b", "a"), Some(2.0));
    }
}
