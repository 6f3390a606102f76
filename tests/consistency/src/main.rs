//! `cache-consistency run --seconds N --seed S`: see the library's documentation.

use std::process::ExitCode;

use cache_consistency::args::{self, Role};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match args::parse(&words) {
        Ok(Role::Run(options)) => {
            let report = cache_consistency::run::run(&options);
            println!("{report}");
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Ok(Role::Worker(options)) => cache_consistency::worker::run(&options),
        Err(problem) => {
            eprintln!("{problem}\n\n{}", args::USAGE);
            ExitCode::from(2)
        }
    }
}
