//! Measures this cache beside hand-written code and other caches: `cargo xtask bench`.

mod bench;
mod calls;
mod compile;
mod contenders;
mod count;
mod curves;
mod figures;
mod measure;
mod options;
mod output;
mod plot;
mod report;
mod rows;
mod server;
mod value;

use std::process::ExitCode;

use crate::options::Options;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, what, calls] = words.as_slice()
        && first == "count"
    {
        return count::child(what, calls);
    }
    match Options::read(&words) {
        Ok(options) => match output::run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                eprintln!("bench: {problem}");
                ExitCode::FAILURE
            }
        },
        Err(problem) => {
            eprintln!("bench: {problem}\n\n{}", options::HELP);
            ExitCode::from(2)
        }
    }
}
