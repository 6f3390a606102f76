//! Rounds in which this machine had its processors.

use std::time::{Duration, Instant};

use crate::steal::Watch;

/// What rounds suffered from other machines on the same processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disturbed {
    /// So many were left out.
    pub(crate) left_out: usize,
    /// More than half were disturbed, so that all count.
    pub(crate) mostly: bool,
}

/// So many rounds in which this machine had its processors, and what became of others: up to half as many are left out for them. No round
/// begins after the `most` that all may take. Where that is not enough, all count.
pub(crate) fn undisturbed<R>(wanted: usize, most: Duration, mut run: impl FnMut(usize) -> R) -> (Vec<R>, Disturbed) {
    let begun = Instant::now();
    judged(wanted, |round| {
        let watch = Watch::start();
        let found = run(round);
        Judged { found, is_disturbed: watch.is_disturbed(), is_last: begun.elapsed() > most }
    })
}

/// A round.
struct Judged<R> {
    found: R,
    is_disturbed: bool,
    /// Whether there is no time for another one.
    is_last: bool,
}

fn judged<R>(wanted: usize, mut run: impl FnMut(usize) -> Judged<R>) -> (Vec<R>, Disturbed) {
    let (mut calm, mut disturbed) = (Vec::new(), Vec::new());
    for round in 0..wanted + wanted / 2 {
        let Judged { found, is_disturbed, is_last } = run(round);
        if is_disturbed {
            disturbed.push(found)
        } else {
            calm.push(found)
        }
        if calm.len() == wanted || is_last {
            break;
        }
    }
    let left_out = disturbed.len();
    if calm.len() < (calm.len() + left_out).min(wanted).div_ceil(2) {
        calm.extend(disturbed);
        return (calm, Disturbed { left_out: 0, mostly: true });
    }
    (calm, Disturbed { left_out, mostly: false })
}

#[cfg(test)]
mod tests {
    use super::{Disturbed, Judged, judged};

    const ALL: Disturbed = Disturbed { left_out: 0, mostly: true };

    fn but(left_out: usize) -> Disturbed {
        Disturbed { left_out, mostly: false }
    }

    #[test]
    fn disturbed_rounds_are_left_out_while_there_are_enough_others() {
        let of = |disturbed: &[usize]| {
            judged(4, |round| Judged { found: round, is_disturbed: disturbed.contains(&round), is_last: false })
        };
        assert_eq!(of(&[]), (vec![0, 1, 2, 3], but(0)));
        assert_eq!(of(&[1]), (vec![0, 2, 3, 4], but(1)));
        assert_eq!(of(&[0, 1, 2]), (vec![3, 4, 5], but(3)));
        assert_eq!(of(&[0, 1, 2, 3, 4]), (vec![5, 0, 1, 2, 3, 4], ALL));
    }

    #[test]
    fn no_round_begins_when_the_time_is_over() {
        let of = |disturbed: &[usize]| {
            judged(4, |round| Judged { found: round, is_disturbed: disturbed.contains(&round), is_last: round == 2 })
        };
        assert_eq!(of(&[]), (vec![0, 1, 2], but(0)));
        assert_eq!(of(&[1]), (vec![0, 2], but(1)));
        assert_eq!(of(&[0, 1]), (vec![2, 0, 1], ALL));
    }
}
