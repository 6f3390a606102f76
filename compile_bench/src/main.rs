//! What annotated functions cost to compile, beside `cached`.
//!
//! `cargo run --release [-- --quick]`

use std::path::Path;
use std::process::ExitCode;

mod compile;

fn main() -> ExitCode {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quick = std::env::args().any(|arg| arg == "--quick");
    let runtime = here.join("../cache-runtime");
    match compile::run(&here.join("scratch"), &runtime, quick) {
        Ok(rows) => {
            for row in rows {
                println!("{}", row.json());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
