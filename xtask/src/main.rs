//! Chores of the workspace: `cargo xtask help` lists them.

mod bench;
mod consistency;
mod count;
mod counts;
mod manifest;
mod mechanisms;
mod package;
mod redis;
mod report;
mod run;
mod server;
mod steps;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", options @ ..] => match only(options) {
            Ok(names) => steps::test(&names),
            Err(problem) => refuse(&problem),
        },
        ["consistency", options @ ..] => consistency::run(options),
        ["bench", options @ ..] => bench::run(options),
        ["latency", options @ ..] => package::run("cache-latency", options),
        [] | ["help" | "--help" | "-h"] => {
            println!("{}", help());
            ExitCode::SUCCESS
        }
        [unknown, ..] => refuse(&format!("no such chore: {unknown}")),
    }
}

/// The steps that `--only` names; none stands for all.
fn only(options: &[&str]) -> Result<Vec<String>, String> {
    let list = match options {
        [] => return Ok(Vec::new()),
        ["--only", list] => list,
        [option] if option.starts_with("--only=") => &option["--only=".len()..],
        ["--help" | "-h"] => return Err("`test` runs all steps".to_owned()),
        other => return Err(format!("not understood: {}", other.join(" "))),
    };
    let names: Vec<String> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(String::from).collect();
    match names.iter().find(|name| !steps::ALL.iter().any(|step| step.name == **name)) {
        Some(unknown) => Err(format!("no such step: {unknown}")),
        None if names.is_empty() => Err("--only needs the name of a step".to_owned()),
        None => Ok(names),
    }
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}\n\n{}", help());
    ExitCode::from(2)
}

fn help() -> String {
    let head = format!(
        "cargo xtask test [--only STEP,..]   set up what the tests need, and run everything\n\
         cargo xtask consistency {}\n                                    \
         reads and writes in several processes under faults: is anything stale?\n\
         cargo xtask latency [--quick]       what a call costs while the server freezes and comes back\n\
         cargo xtask bench {}\n                                    \
         against hand-written code and other caches\n\
         cargo xtask help                    this text\n\nsteps:",
        consistency::USAGE,
        bench::USAGE
    );
    let steps = steps::ALL.iter().map(|step| format!("  {:<13} {}", step.name, step.about));
    std::iter::once(head).chain(steps).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn only_takes_known_steps() {
        assert_eq!(only(&[]).unwrap(), Vec::<String>::new());
        assert_eq!(only(&["--only", "format, clippy"]).unwrap(), ["format", "clippy"]);
        assert_eq!(only(&["--only=docs"]).unwrap(), ["docs"]);
        assert!(only(&["--only", "nonsense"]).unwrap_err().contains("nonsense"));
        assert!(only(&["--only", ""]).is_err());
        assert!(only(&["--fast"]).is_err());
    }
}
