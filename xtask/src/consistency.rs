//! Runs the history checker of `tests/consistency`.

use std::process::ExitCode;

use crate::package;

pub(crate) const USAGE: &str = "[--seconds N] [--seed S] [--processes P] [--without MECHANISM,..]";

pub(crate) fn run(options: &[&str]) -> ExitCode {
    package::run("cache-consistency", &[&["run"], options].concat())
}
