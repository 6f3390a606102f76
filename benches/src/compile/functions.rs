//! From one annotated function to a thousand: what compiling and starting cost.

use cache_programs::{Kind, Program, Programs, Spent};

use super::{REDIS, start};
use crate::curves::point;
use crate::measure::Samples;
use crate::plot::Plot;
use crate::report::OURS;

const COUNTS: [usize; 2] = [1, 10];

/// So many for ours alone.
const MOST: usize = 1_000;

const PLAIN: &str = "no cache";

/// With the builds of so many functions, which are timed already.
pub(super) fn plots(programs: &Programs, count: usize, timed: &[(Program, Spent)]) -> Result<Vec<Plot>, String> {
    let contenders = [(OURS, Kind::Short), (REDIS, Kind::PeerRedis), (PLAIN, Kind::Plain)];
    let (mut built, mut started) = (Vec::new(), Vec::new());
    for count in COUNTS.into_iter().chain([count, MOST]) {
        let (mut builds, mut starts) = (Samples::default(), Samples::default());
        for (name, kind) in &contenders[..if count == MOST { 1 } else { contenders.len() }] {
            let program = programs.write(*kind, count)?;
            let known = timed.iter().find(|(known, _)| known.name == program.name);
            let spent = known.map_or_else(|| programs.scratch.time(&program), |(_, spent)| Ok(*spent))?;
            builds.add(name, spent.cpu);
            // The peer would wait for a server.
            if *kind != Kind::PeerRedis {
                let start = start::start(&programs.scratch, &program)?;
                starts.add(name, start.whole);
                if kind.is_ours() {
                    starts.add("registry::verify", start.verify);
                }
            }
        }
        point(&mut built, count as f64, &builds);
        point(&mut started, count as f64, &starts);
    }
    Ok(vec![
        Plot {
            file: "functions.svg",
            title: "Debug build of a program by its functions",
            x: "functions",
            unit: "s of processor time",
            lines: built,
        },
        Plot {
            file: "start.svg",
            title: "A process from start to end by its functions",
            x: "functions",
            unit: "ms",
            lines: started,
        },
    ])
}
