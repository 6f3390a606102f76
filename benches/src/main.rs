//! The program in which time is measured.

fn main() -> std::process::ExitCode {
    cache_benches::run(None)
}
