//! What annotated functions cost to compile, beside `cached`, and what many of them cost at start.
//!
//! Compile times are differences: a program with N annotated functions less the same program with N plain ones, what
//! they depend on being built already. `cached` with Redis is the like of this project, which has Redis by default; its
//! in-memory form is given beside it.

mod functions;
mod lines;
mod start;

use std::time::{Duration, Instant};

use cache_programs::{Kind, Program, Programs, Spent};

use crate::bench::Bench;
use crate::curves::Drawn;
use crate::measure::Samples;
use crate::place::everywhere;
use crate::report::{OURS, Row};

const MEMORY: &str = "cached (memory)";
const REDIS: &str = "cached (Redis)";

/// So many functions in a program whose expanded lines are counted.
const FEW: usize = 50;

/// And in one whose LLVM lines are, which takes longer.
const FEWER: usize = 20;

/// Of what `cached` with Redis adds.
const MOST: f64 = 0.5;

/// No further round of builds begins after so long: a slow machine has fewer.
const ENOUGH: Duration = Duration::from_secs(60);

/// Time to build and lines of code; the plots too where it need not be quick.
pub(crate) fn run(bench: &Bench) -> Result<Drawn, String> {
    // Cargo has all processors.
    everywhere(|| {
        let count = bench.pick(200, FEW);
        let programs = Programs::new()?;
        let all = |count| Kind::ALL.iter().map(|kind| programs.write(*kind, count)).collect::<Result<Vec<_>, _>>();
        let timed = all(count)?;
        programs.warm()?;
        let spent = least(&programs, &timed, bench.pick(2, 1))?;
        let mut rows = time_rows(&timed, &spent, count);
        rows.extend(line_rows("expanded lines", &all(FEW)?, FEW, |program| {
            lines::expanded(&programs.scratch, program)
        })?);
        rows.extend(line_rows("LLVM lines", &all(FEWER)?, FEWER, |program| lines::llvm(&programs.scratch, program))?);
        let plots = if bench.quick {
            Vec::new()
        } else {
            functions::plots(&programs, count, &timed.into_iter().zip(spent).collect::<Vec<_>>())?
        };
        Ok(Drawn { plots, rows })
    })
}

/// Builds them so often, or as often as there is time for: the least that each took.
fn least(programs: &Programs, timed: &[Program], rounds: usize) -> Result<Vec<Spent>, String> {
    let mut least: Vec<Option<Spent>> = vec![None; timed.len()];
    let begun = Instant::now();
    for round in 0..rounds {
        if begun.elapsed() > ENOUGH {
            break;
        }
        for (program, least) in timed.iter().zip(&mut least) {
            // The other takes part once, for the time that it takes.
            if round == 0 || program.kind.has_a_must() {
                let took = programs.scratch.time(program)?;
                // A round takes longer than the machine keeps its speed: the builds of one have nothing in common.
                *least = Some(least.map_or(took, |least| least.or_less(took)));
            }
        }
    }
    Ok(least.into_iter().map(Option::unwrap_or_default).collect())
}

/// The place of a kind among the programs.
fn of(programs: &[Program], kind: Kind) -> usize {
    programs.iter().position(|program| program.kind == kind).unwrap_or_default()
}

/// A figure beyond that of the plain program, for both forms.
fn added<T>(programs: &[Program], all: &[T], figure: impl Fn(&T) -> f64) -> [(Kind, Samples); 2] {
    let plain = &all[of(programs, Kind::Plain)];
    [Kind::Short, Kind::Typed].map(|form| {
        let mut samples = Samples::default();
        for (name, kind) in [(OURS, form), (REDIS, Kind::PeerRedis), (MEMORY, Kind::PeerMemory)] {
            samples.add(name, figure(&all[of(programs, kind)]) - figure(plain));
        }
        (form, samples)
    })
}

fn time_rows(programs: &[Program], spent: &[Spent], count: usize) -> Vec<Row> {
    let cpu = added(programs, spent, |spent| spent.cpu);
    let wall = added(programs, spent, |spent| spent.wall);
    let pairs = cpu.into_iter().zip(wall).flat_map(|((form, cpu), (_, wall))| {
        let row = |samples, unit| Row::new(format!("debug build, added by {count} functions, {form}"), unit, samples);
        [row(&cpu, "s of processor time").ratio_at_most(REDIS, MOST), row(&wall, "s on the clock")]
    });
    pairs.collect()
}

/// Of programs with so many functions each.
fn line_rows(
    what: &str,
    programs: &[Program],
    count: usize,
    lines: impl Fn(&Program) -> Result<usize, String>,
) -> Result<Vec<Row>, String> {
    let all = programs.iter().map(lines).collect::<Result<Vec<_>, String>>()?;
    let rows = added(programs, &all, |lines| *lines as f64 / count as f64).map(|(form, samples)| {
        Row::new(format!("{what} of a function, {form}"), "lines", &samples).ratio_at_most(REDIS, MOST)
    });
    Ok(rows.into())
}
