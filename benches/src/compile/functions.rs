//! From one annotated function to a thousand: what compiling and starting cost.

use super::kind::Kind;
use super::{Programs, REDIS, start};
use crate::bench::Bench;
use crate::curves::{Drawn, point};
use crate::measure::Samples;
use crate::plot::Plot;
use crate::report::OURS;

const COUNTS: [usize; 3] = [1, 10, 100];

/// So many for ours alone.
const MOST: usize = 1_000;

const PLAIN: &str = "no cache";

pub(crate) fn run(_: &Bench) -> Result<Drawn, String> {
    let programs = Programs::new()?;
    let scratch = &programs.scratch;
    let contenders = [(OURS, Kind::Short), (REDIS, Kind::PeerRedis), (PLAIN, Kind::Plain)];
    programs.warm(&contenders.map(|(_, kind)| kind))?;
    let (mut built, mut started) = (Vec::new(), Vec::new());
    for count in COUNTS.into_iter().chain([MOST]) {
        let (mut builds, mut starts) = (Samples::default(), Samples::default());
        for (name, kind) in &contenders[..if count == MOST { 1 } else { contenders.len() }] {
            let program = programs.write(*kind, count)?;
            builds.add(name, scratch.time(&program)?.cpu);
            // The peer would wait for a server.
            if *kind != Kind::PeerRedis {
                let start = start::start(scratch, &program)?;
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
    ]
    .into())
}
