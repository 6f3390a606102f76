//! Runs a command, shows what it prints, and counts the test results in it.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::count::Counts;
use crate::report::Outcome;

/// `cargo`, with what all steps share.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).env_remove("REDIS_URL").env_remove("TRYBUILD");
    if std::env::var_os("CI").is_some() {
        // Nothing is built twice there, so that the bookkeeping of incremental builds is lost time.
        command.env("CARGO_INCREMENTAL", "0");
    }
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Runs a command whose exit status is the check.
pub(crate) fn check(command: &mut Command) -> Outcome {
    match stream(command) {
        Ok((true, _)) => Outcome::passed(),
        Ok((false, _)) => Outcome::failed(format!("`{}` failed", shown(command))),
        Err(problem) => Outcome::failed(problem),
    }
}

/// Runs a command that prints `test result:` lines. An ignored test counts as failed.
pub(crate) fn tests(command: &mut Command) -> Outcome {
    match stream(command) {
        Ok((success, counts)) => judge(success, counts),
        Err(problem) => Outcome::failed(problem),
    }
}

fn judge(success: bool, counts: Counts) -> Outcome {
    let mut outcome = Outcome { passed: counts.passed, failed: counts.failed + counts.ignored, ..Outcome::default() };
    outcome.notes.extend(counts.failures.into_iter().map(|name| format!("test failed: {name}")));
    outcome.notes.extend(counts.skipped.into_iter().map(|name| format!("test ignored: {name}")));
    if outcome.failed == 0 && !success {
        outcome.failed = 1;
        outcome.notes.push("something did not build, or a test process ended without a result".to_owned());
    } else if outcome.failed + outcome.passed == 0 {
        outcome.failed = 1;
        outcome.notes.push("no test ran".to_owned());
    }
    outcome
}

/// Runs a program that must end well within a time.
pub(crate) fn within(limit: Duration, command: &mut Command) -> Outcome {
    println!("$ {}", shown(command));
    let mut child = match command.stdin(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::failed(format!("cannot start `{}`: {error}", shown(command))),
    };
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Outcome::passed(),
            Ok(Some(status)) => return Outcome::failed(format!("`{}`: {status}", shown(command))),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(20)),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Outcome::failed(format!("`{}` did not end within {limit:?}", shown(command)));
            }
        }
    }
}

/// What a command prints, however it ends; nothing where it does not end in time.
pub(crate) fn printed_within(limit: Duration, command: &mut Command) -> Result<Option<String>, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot start `{}`: {error}", shown(command)))?;
    let mut printed = child.stdout.take().ok_or("no output to read")?;
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Vec::new();
        let _ = printed.read_to_end(&mut output);
        let _ = done.send(String::from_utf8_lossy(&output).into_owned());
    });
    let output = ended.recv_timeout(limit).ok();
    if output.is_none() {
        // The whole group: cargo does not end the test that it runs.
        let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status();
    }
    let _ = child.wait();
    Ok(output)
}

/// What a command prints, where it ends well.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("cannot start `{}`: {error}", shown(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("`{}`: {}", shown(command), String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// Passes both streams through as they come, and counts over the first.
fn stream(command: &mut Command) -> Result<(bool, Counts), String> {
    println!("$ {}", shown(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start `{}`: {error}", shown(command)))?;

    let mut counts = Counts::default();
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output to read")?);
    let mut line = Vec::new();
    // Bytes, as a test may print what is no UTF-8.
    while lines.read_until(b'\n', &mut line).map_err(|error| error.to_string())? > 0 {
        let text = String::from_utf8_lossy(&line);
        counts.read(text.trim_end());
        let _ = std::io::stdout().write_all(&line);
        line.clear();
    }
    let _ = lines.read_to_end(&mut line);
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok((status.success(), counts))
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::count::Counts;

    fn counts(passed: u64, failed: u64, ignored: u64) -> Counts {
        Counts { passed, failed, ignored, ..Counts::default() }
    }

    #[test]
    fn passing_tests_pass() {
        let outcome = judge(true, counts(3, 0, 0));
        assert_eq!((outcome.passed, outcome.failed), (3, 0));
    }

    #[test]
    fn an_ignored_test_is_a_failure() {
        assert_eq!(judge(true, counts(3, 0, 2)).failed, 2);
    }

    #[test]
    fn a_failed_build_is_a_failure() {
        assert_eq!(judge(false, counts(3, 0, 0)).failed, 1);
    }

    #[test]
    fn an_empty_run_is_a_failure() {
        assert_eq!(judge(true, counts(0, 0, 0)).failed, 1);
    }
}
