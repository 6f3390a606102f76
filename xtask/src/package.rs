//! Runs the program of a package that needs a server.

use std::process::{ExitCode, Stdio};

use crate::redis;
use crate::run::cargo;

/// Finds or installs a server, then runs the program, which reads its options itself and says what it did not understand.
pub(crate) fn run(package: &str, words: &[&str]) -> ExitCode {
    let server = match redis::ensure() {
        Ok(server) => server,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = cargo(&["run", "--quiet", "--package", package, "--"]);
    command.args(words).env("REDIS_SERVER_BIN", &server.program).stdin(Stdio::null());
    match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("xtask: cannot start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
