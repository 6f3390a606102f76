//! Programs of annotated functions whose builds are timed, in a package of its own: it is built first, so that what they depend on
//! is built beside the benchmarks and not after them.

mod build;
mod generate;
mod kind;

use std::path::{Path, PathBuf};

pub use build::{Scratch, Spent, output};
pub use generate::Program;
pub use kind::Kind;

/// The programs of a run, in the target folder of the benchmarks.
#[derive(Debug)]
pub struct Programs {
    /// Where they lie.
    pub scratch: Scratch,
    runtime: PathBuf,
}

impl Programs {
    /// An empty workspace. What dependencies were built there stay.
    pub fn new() -> Result<Self, String> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = benches.join("target/compile");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let absolute = |path: PathBuf| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
        let folder = absolute(folder)?;
        generate::workspace(&folder, &benches.join("Cargo.lock"))?;
        Ok(Self { scratch: Scratch { folder }, runtime: absolute(benches.join("../cache-runtime"))? })
    }

    /// Writes one with so many functions.
    pub fn write(&self, kind: Kind, count: usize) -> Result<Program, String> {
        generate::program(&self.scratch.folder, &self.runtime, kind, count)
    }

    /// Builds what all of them depend on, where that is not built.
    pub fn warm(&self) -> Result<(), String> {
        self.scratch.time(&self.write(Kind::Plain, 1)?).map(drop)
    }
}
