//! Times cargo, for the program alone: what it depends on is built once, in the scratch folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::generate::Program;

/// What a build took, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// By the clock on the wall.
    pub wall: f64,
    /// Of all processors, by cargo and all it started: it changes little with what else runs.
    pub cpu: f64,
}

impl Spent {
    /// The less of two, each by itself: whatever else runs makes a build longer, never shorter.
    pub fn or_less(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }
}

/// Where the programs lie, and cargo for them.
#[derive(Debug)]
pub struct Scratch {
    /// The workspace that they are members of.
    pub folder: PathBuf,
}

impl Scratch {
    /// Cargo with everything it writes in the scratch folder.
    pub fn cargo<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(args)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    /// The program as it was built last.
    pub fn binary(&self, program: &Program) -> PathBuf {
        self.target().join("debug").join(&program.name)
    }

    /// Builds the program anew, and what it depends on where that is not built.
    pub fn time(&self, program: &Program) -> Result<Spent, String> {
        touch(&program.folder.join("src/main.rs"))?;
        let mut command = self.cargo(["build", "--quiet", "--package", &program.name]);
        let (cpu, start) = (children()?, Instant::now());
        output(&mut command)?;
        Ok(Spent { wall: start.elapsed().as_secs_f64(), cpu: children()? - cpu })
    }
}

/// Runs it to its end; what it wrote, or why it failed.
pub fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// Cargo takes what is newer than its last build for changed.
fn touch(path: &Path) -> Result<(), String> {
    let again = fs::read(path).and_then(|text| fs::write(path, text));
    again.map_err(|error| format!("{}: {error}", path.display()))
}

/// Processor seconds of all children that ended, with theirs: fields 16 and 17 of `/proc/self/stat`, in hundredths.
fn children() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| format!("/proc/self/stat: {error}"))?;
    // The second field is a name in brackets, which may hold spaces.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = rest.split_whitespace().skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
