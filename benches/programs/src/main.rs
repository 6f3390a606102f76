//! Builds what the programs depend on. A line tells when it has begun, as cargo holds a lock until then.

use std::process::ExitCode;

use cache_programs::Programs;

fn main() -> ExitCode {
    let done = Programs::new().and_then(|programs| {
        println!("begun");
        programs.warm()
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}
