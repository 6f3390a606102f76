//! Runs the benchmarks, which are a workspace of their own.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use crate::redis;
use crate::run::cargo;

pub(crate) const USAGE: &str = "[--quick] [--only ROW,..] [--json FILE] [--docs]";

const HELP: &str = "  --quick         fewer and shorter rounds, no curves
  --only ROW,..   only the groups whose name contains one of these words: local, local-threads, redis-1, -8, -64, -256,
                  -member, miss, stampede, many, open, memory, decode, replay-web07, -orm-busy, compile, curve-callers, -size, -keys, -tags
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
    let began = Instant::now();
    let done = built(options).and_then(|built| {
        if !built.success() {
            return Ok(built);
        }
        let mut run = benches("run");
        run.args(["--package", "cache-benches", "--"]).args(options);
        run.args(["--built", &began.elapsed().as_secs().to_string()]);
        run.env("REDIS_SERVER_BIN", &server.program).stdin(Stdio::null()).status()
    });
    match done {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("xtask: cannot start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Builds the benchmarks, and beside them what the programs whose builds are timed depend on: the last crates of the one leave a
/// processor to the other.
fn built(options: &[&str]) -> io::Result<ExitStatus> {
    let some = options.iter().any(|option| option.starts_with("--only"));
    if some && !options.iter().any(|option| option.contains("compile")) {
        return benches("build").status();
    }
    let mut programs = benches("run").args(["--package", "cache-programs"]).stdout(Stdio::piped()).spawn()?;
    // Cargo lets nobody else build there before that program runs, which says so, or has ended.
    programs.stdout.take().map_or(Ok(0), |said| BufReader::new(said).read_line(&mut String::new()))?;
    // With the program that counts allocations, which is run by the other one.
    let built = benches("build").status();
    // What it could not build is not built when it is needed, and then said again.
    programs.wait()?;
    built
}

fn benches(what: &str) -> Command {
    let mut command = cargo(&[what]);
    command.args(["--quiet", "--release", "--locked", "--manifest-path", "benches/Cargo.toml"]);
    command
}
