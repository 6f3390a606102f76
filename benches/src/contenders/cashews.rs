//! `cashews`, a Python library, on the same server: for context, not a peer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bench::Bench;

const NEEDS: [&str; 1] = ["cashews[redis]==7.6.0"];

/// What the Python program printed: hits a second of so many callers.
pub(crate) fn hits(bench: &Bench, callers: u64) -> Result<f64, String> {
    let python = environment()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/cashews_bench.py");
    let mut command = Command::new(python);
    command.arg(script).arg(bench.server.url()).arg(bench.pick("1.0", "0.5"));
    let printed = output(command.arg(callers.to_string()))?;
    printed.trim().parse().map_err(|error| format!("python printed {printed:?}: {error}"))
}

/// A venv under `target`, made once.
fn environment() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/cashews");
    let (python, done) = (folder.join("bin/python"), folder.join("done"));
    if !done.exists() {
        output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        output(
            Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(NEEDS),
        )?;
        std::fs::write(&done, NEEDS.join("\n")).map_err(|error| error.to_string())?;
    }
    Ok(python)
}

fn output(command: &mut Command) -> Result<String, String> {
    let shown = format!("{} ..", Path::new(command.get_program()).display());
    let done = command.stdin(Stdio::null()).output().map_err(|error| format!("no {shown}: {error}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&done.stderr);
    Err(format!("{shown}: {}", text.lines().last().unwrap_or("failed")))
}
