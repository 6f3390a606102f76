//! How cost grows.

use crate::bench::Bench;
use crate::plot::Plot;

/// Plots that are measured together.
pub(crate) struct Curve {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Bench) -> Result<Vec<Plot>, String>,
}

pub(crate) const CURVES: &[Curve] = &[];
