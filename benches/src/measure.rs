//! Rounds: every contender runs for a short time in each, in rotating order.

use std::time::Duration;

use crate::rounds::{Disturbed, undisturbed};

/// Who takes part seldom does in one round of so many.
const SELDOM: usize = 7;

/// Rounds that are made again make a row longer by no more than this.
const LONGER: f64 = 1.2;

/// How often, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) each: Duration,
}

/// One of those that a row compares; its figure of one round, or its figures.
pub(crate) struct Contender<'a, F = f64> {
    name: &'static str,
    run: Box<dyn FnMut(Duration) -> F + 'a>,
    /// Takes part in one round of so many.
    every: usize,
}

/// A contender by what it does for a time.
pub(crate) fn contender<'a, F>(name: &'static str, run: impl FnMut(Duration) -> F + 'a) -> Contender<'a, F> {
    Contender { name, run: Box::new(run), every: 1 }
}

impl<F> Contender<'_, F> {
    /// One that is far from what a row has to reach: its time goes to those that are near.
    pub(crate) fn seldom(self) -> Self {
        Self { every: SELDOM, ..self }
    }
}

/// The figures of all rounds, by contender.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    /// `None` in rounds without it.
    figures: Vec<(&'static str, Vec<Option<f64>>)>,
    /// What the rounds suffered.
    pub(crate) disturbed: Disturbed,
}

/// Median, smallest, largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Runs all of them. A first, short round is for warming up and is not kept.
pub(crate) fn interleave(plan: Plan, contenders: Vec<Contender<'_>>) -> Samples {
    let one = |Contender { name, mut run, every }| Contender { name, run: Box::new(move |each| [run(each)]), every };
    let [samples] = interleave_all(plan, contenders.into_iter().map(one).collect());
    samples
}

/// The same of contenders that have several figures each.
pub(crate) fn interleave_all<const N: usize>(plan: Plan, mut contenders: Vec<Contender<'_, [f64; N]>>) -> [Samples; N] {
    for contender in &mut contenders {
        (contender.run)(plan.each / 4);
    }
    let count = contenders.len();
    let round: f64 = contenders.iter().map(|one| plan.each.as_secs_f64() / one.every as f64).sum();
    let most = Duration::from_secs_f64(LONGER * round * plan.rounds as f64);
    let (rounds, disturbed) = undisturbed(plan.rounds, most, |round| {
        let mut figures = vec![None; count];
        // There and back, so that of two each is first as often.
        let order = |nth: usize| if round.is_multiple_of(2) { nth } else { count - 1 - nth };
        for place in (0..count).map(|nth| (order(nth) + round) % count) {
            let one = &mut contenders[place];
            figures[place] = round.is_multiple_of(one.every).then(|| (one.run)(plan.each));
        }
        figures
    });
    std::array::from_fn(|nth| {
        let mut samples = Samples::of_rounds(disturbed);
        for (place, one) in contenders.iter().enumerate() {
            let figures = rounds.iter().map(|round| round[place].map(|figures| figures[nth]));
            samples.figures.push((one.name, figures.collect()));
        }
        samples
    })
}

impl Samples {
    /// Without figures yet.
    pub(crate) fn of_rounds(disturbed: Disturbed) -> Self {
        Self { disturbed, ..Self::default() }
    }

    /// Figures that were taken elsewhere, a contender at a time.
    pub(crate) fn add(&mut self, name: &'static str, figure: f64) {
        match self.figures.iter_mut().find(|(there, _)| *there == name) {
            Some((_, figures)) => figures.push(Some(figure)),
            None => self.figures.push((name, vec![Some(figure)])),
        }
    }

    /// All contenders, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.figures.iter().map(|(name, _)| *name)
    }

    pub(crate) fn of(&self, name: &str) -> Option<Summary> {
        summary(self.figures(name).iter().flatten().copied().collect())
    }

    /// The median of the rounds' own ratios, so that what a round suffered concerns both.
    pub(crate) fn ratio(&self, name: &str, peer: &str) -> Option<f64> {
        let pairs = self.figures(name).iter().zip(self.figures(peer));
        summary(pairs.filter_map(|(ours, theirs)| Some((*ours)? / (*theirs)?)).collect()).map(|all| all.median)
    }

    fn figures(&self, name: &str) -> &[Option<f64>] {
        self.figures.iter().find(|(there, _)| *there == name).map_or(&[], |(_, figures)| figures)
    }
}

fn summary(mut sorted: Vec<f64>) -> Option<Summary> {
    sorted.sort_by(f64::total_cmp);
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some(Summary { median, min, max })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Plan, SELDOM, Samples, Summary, contender, interleave, interleave_all};

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
    fn figures_of_one_round_stay_together() {
        let plan = Plan { rounds: 2, each: Duration::from_secs(1) };
        let both = vec![contender("a", |_| [1.0, 10.0]), contender("b", |_| [2.0, 40.0])];
        let [first, second] = interleave_all(plan, both);
        assert_eq!((first.ratio("b", "a"), second.ratio("b", "a")), (Some(2.0), Some(4.0)));
    }

    #[test]
    fn who_takes_part_seldom_is_compared_in_rounds_of_its_own() {
        let plan = Plan { rounds: 2 * SELDOM, each: Duration::from_secs(1) };
        let (mut ours, mut theirs) = (0.0, 0.0);
        let grows = |count: &mut f64| {
            *count += 1.0;
            *count
        };
        let samples = interleave(
            plan,
            vec![contender("a", |_| grows(&mut ours)), contender("b", |_| 10.0 * grows(&mut theirs)).seldom()],
        );
        // After the one for warming up: from 2 on, and of those the first and one in the middle.
        let middle = SELDOM as f64 + 2.0;
        assert_eq!(samples.of("a").map(|all| (all.min, all.max)), Some((2.0, 2.0 * SELDOM as f64 + 1.0)));
        assert_eq!(samples.of("b").map(|all| (all.min, all.max)), Some((20.0, 30.0)));
        assert_eq!(samples.ratio("a", "b"), Some((2.0 / 20.0 + middle / 30.0) / 2.0));
    }

    #[test]
    fn everybody_runs_in_every_round() {
        let plan = Plan { rounds: 3, each: Duration::from_secs(1) };
        let samples = interleave(plan, vec![contender("a", |_| 1.0), contender("b", |_| 2.0)]);
        assert_eq!(samples.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(samples.ratio("b", "a"), Some(2.0));
    }
}
