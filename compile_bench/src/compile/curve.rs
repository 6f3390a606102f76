//! From one annotated function to a thousand: what compiling and starting cost.

use std::path::Path;

use serde_json::json;

use super::build::{Bench, Mode};
use super::kind::Kind;
use super::{Measured, generate, rounded, start};

const COUNTS: [usize; 5] = [1, 10, 100, 300, 1000];
const QUICK: [usize; 3] = [1, 10, 100];

/// Two rows for each number of functions: one build of the short form, and starts of it, beside the plain program.
pub(crate) fn rows(bench: &Bench, runtime: &Path, quick: bool) -> Result<Vec<Measured>, String> {
    let mut rows = Vec::new();
    for count in if quick { &QUICK[..] } else { &COUNTS[..] } {
        let plain = generate::program(&bench.scratch, runtime, Kind::Plain, *count)?;
        let ours = generate::program(&bench.scratch, runtime, Kind::Short, *count)?;
        eprintln!("compile: {count} functions");
        // Nothing is built anew but the programs: what they depend on is as the first rows left it.
        let (before, after) = (bench.time(&plain, Mode::Debug)?, bench.time(&ours, Mode::Debug)?);
        rows.push(Measured {
            name: format!("compile time, {count} functions"),
            value: after.cpu - before.cpu,
            unit: "s of cpu added",
            limits: None,
            details: json!({
                "cpu_s": rounded(after.cpu), "wall_s": rounded(after.wall),
                "plain_cpu_s": rounded(before.cpu), "plain_wall_s": rounded(before.wall),
            }),
        });
        let (before, after) = (start::start(bench, &plain)?, start::start(bench, &ours)?);
        rows.push(Measured {
            name: format!("start-up, {count} functions"),
            value: after.whole - before.whole,
            unit: "ms added",
            limits: None,
            details: json!({
                "process_ms": rounded(after.whole), "plain_process_ms": rounded(before.whole),
                "verify_ms": rounded(after.verify),
            }),
        });
    }
    Ok(rows)
}
