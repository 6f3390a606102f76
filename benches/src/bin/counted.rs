//! The program in which allocations are counted, run by the other one.

use cache_benches::Counted;

fn main() -> std::process::ExitCode {
    cache_benches::run(Some(|work| {
        let counted = allocation_counter::measure(work);
        Counted { allocations: counted.count_total, bytes_left: counted.bytes_current }
    }))
}
