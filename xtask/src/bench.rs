//! Runs the benchmarks, which are a workspace of their own.

use std::process::{ExitCode, Stdio};

use crate::redis;
use crate::run::cargo;

pub(crate) const USAGE: &str = "[--quick] [--only ROW,..] [--json FILE] [--docs]";

/// Finds or installs a server, then builds the program optimized and runs it. It reads its options itself.
pub(crate) fn run(options: &[&str]) -> ExitCode {
    let server = match redis::ensure() {
        Ok(server) => server,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut command =
        cargo(&["run", "--quiet", "--release", "--locked", "--manifest-path", "benches/Cargo.toml", "--"]);
    command.args(options).env("REDIS_SERVER_BIN", &server.program).stdin(Stdio::null());
    match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("xtask: cannot start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
