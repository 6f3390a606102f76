//! Runs the benchmarks, which are a workspace of their own.

use std::process::{ExitCode, Stdio};

use crate::redis;
use crate::run::cargo;

pub(crate) const USAGE: &str = "[--quick] [--only ROW,..] [--json FILE] [--docs]";

const HELP: &str = "\
  --quick         fewer and shorter rounds, no curves
  --only ROW,..   only the groups whose name contains one of these words: local, local-threads, redis-1, -8, -64, -256,
                  -member, miss, stampede, many, open, memory, decode, compile, replay-web07, -orm-busy, curve-callers, -size, -keys,
                  -tags, -functions
  --json FILE     all rows as JSON
  --docs          writes the table and the plots into docs/performance.md and docs/performance";

/// Finds or installs a server, then builds the program optimized and runs it. It reads its options itself.
pub(crate) fn run(options: &[&str]) -> ExitCode {
    if options.iter().any(|option| matches!(*option, "--help" | "-h")) {
        println!("cargo xtask bench {USAGE}\n{HELP}");
        return ExitCode::SUCCESS;
    }
    let server = match redis::ensure() {
        Ok(server) => server,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let manifest = ["--quiet", "--release", "--locked", "--manifest-path", "benches/Cargo.toml"];
    // The program that counts allocations is run by the other one.
    let (mut build, mut run) = (cargo(&["build"]), cargo(&["run"]));
    build.args(manifest);
    run.args(manifest).arg("--").args(options).env("REDIS_SERVER_BIN", &server.program).stdin(Stdio::null());
    let done = build.status().and_then(|built| if built.success() { run.status() } else { Ok(built) });
    match done {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("xtask: cannot start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
