//! Measures and prints; `--quick` with phases of less than a second.

use std::process::ExitCode;

use cache_latency::run::{Lengths, run};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let lengths = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Lengths::FULL,
        ["--quick"] => Lengths::QUICK,
        other => {
            eprintln!("cache-latency: not understood: {}; there is --quick", other.join(" "));
            return ExitCode::from(2);
        }
    };
    match run(lengths) {
        Ok(report) => {
            println!("Time of a call beyond its body, in microseconds. {}\n\n{report}", build());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("cache-latency: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "Not optimized: compare the contenders, and ignore the absolute values."
    } else {
        "Optimized."
    }
}
