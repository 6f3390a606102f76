//! Measures this cache beside hand-written code and other caches: `cargo xtask bench`.
//!
//! There are two programs of it: one in which time is measured, and one in which each allocation is counted, which takes time.

mod bench;
mod calls;
mod compile;
mod contenders;
mod count;
mod counted;
mod curves;
mod drive;
mod figures;
mod group;
mod measure;
mod options;
mod output;
mod place;
mod plot;
mod report;
mod rounds;
mod rows;
mod runs;
mod server;
mod steal;
mod value;

use std::process::ExitCode;

use crate::options::Options;

pub use crate::counted::{Counted, Counter};

/// Does what the command line says. In the program that counts allocations, with what does that.
pub fn run(counter: Option<Counter>) -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(counter) = counter {
        return ended(counted::child(counter, &words));
    }
    if let [first, what, calls] = words.as_slice()
        && first == "count"
    {
        return count::child(what, calls);
    }
    if let [first, rest @ ..] = words.as_slice()
        && first == "drive"
    {
        return ended(drive::run(rest));
    }
    if let [first, rest @ ..] = words.as_slice()
        && first == group::WORD
    {
        return ended(group::child(rest));
    }
    match Options::read(&words) {
        Ok(options) => ended(output::run(&options)),
        Err(problem) => {
            eprintln!("bench: {problem}\n\n{}", options::HELP);
            ExitCode::from(2)
        }
    }
}

fn ended(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}
