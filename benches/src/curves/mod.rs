//! How cost grows.

mod callers;
mod keys;
mod size;
mod tags;

use crate::bench::Bench;
use crate::compile;
use crate::measure::{Plan, Samples};
use crate::plot::{Line, Plot};
use crate::report::Row;

/// Plots that are measured together.
pub(crate) struct Curve {
    /// For `--only`.
    pub(crate) name: &'static str,
    /// Whether a quick run wants its rows.
    pub(crate) quick: bool,
    pub(crate) run: fn(&Bench) -> Result<Drawn, String>,
}

/// Plots, and what they have to show.
pub(crate) struct Drawn {
    pub(crate) plots: Vec<Plot>,
    pub(crate) rows: Vec<Row>,
}

impl From<Vec<Plot>> for Drawn {
    fn from(plots: Vec<Plot>) -> Self {
        Self { plots, rows: Vec::new() }
    }
}

pub(crate) const CURVES: &[Curve] = &[
    Curve { name: "compile", quick: true, run: compile::run },
    Curve { name: "curve-callers", quick: false, run: callers::run },
    Curve { name: "curve-size", quick: false, run: size::run },
    Curve { name: "curve-keys", quick: false, run: keys::run },
    Curve { name: "curve-tags", quick: false, run: tags::run },
];

/// Fewer rounds than a row has.
fn plan(bench: &Bench, milliseconds: u64) -> Plan {
    Plan { rounds: 3, ..bench.plan(std::time::Duration::from_millis(milliseconds)) }
}

/// Adds the medians at one place of the axis.
pub(crate) fn point(lines: &mut Vec<Line>, x: f64, samples: &Samples) {
    for name in samples.names() {
        let y = samples.of(name).map_or(f64::NAN, |all| all.median);
        match lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push((x, y)),
            None => lines.push(Line { name, points: vec![(x, y)] }),
        }
    }
}
