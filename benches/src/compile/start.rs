//! How long a program takes to start, by the number of annotated functions in it.

use std::process::{Command, Stdio};
use std::time::Instant;

use cache_programs::{Program, Scratch, output};

const RUNS: usize = 21;

/// Milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From before the start of the process to after its end; it calls one function, once, and exits.
    pub(crate) whole: f64,
    /// `registry::verify()`, where there is one.
    pub(crate) verify: f64,
}

/// The middle of some runs of the debug build.
pub(crate) fn start(scratch: &Scratch, program: &Program) -> Result<Start, String> {
    let (mut whole, mut verify) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        let status = command(scratch, program).arg("0").stdout(Stdio::null()).status();
        whole.push(start.elapsed().as_secs_f64() * 1e3);
        let status = status.map_err(|error| format!("{}: {error}", program.name))?;
        if !status.success() {
            return Err(format!("{} ended with {status}", program.name));
        }
        if program.kind.is_ours() {
            verify.push(nanos(scratch, program)? / 1e6);
        }
    }
    Ok(Start { whole: middle(whole.into_iter()), verify: middle(verify.into_iter()) })
}

/// What the program says of itself: `<nanoseconds> true`.
fn nanos(scratch: &Scratch, program: &Program) -> Result<f64, String> {
    let out = output(command(scratch, program).arg("verify"))?;
    let text = String::from_utf8_lossy(&out);
    let (nanos, fine) = text.trim().split_once(' ').unwrap_or_default();
    match (nanos.parse(), fine) {
        (Ok(nanos), "true") => Ok(nanos),
        _ => Err(format!("{} verify said {text:?}", program.name)),
    }
}

/// In memory, whatever is set around this.
fn command(scratch: &Scratch, program: &Program) -> Command {
    let mut command = Command::new(scratch.binary(program));
    command.env_remove("REDIS_URL").env_remove("CACHE_REDIS_URL");
    command
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
