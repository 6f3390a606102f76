//! What annotated functions cost to compile, beside `cached`, and what many of them cost at start.
//!
//! Compile times are differences: a program with N annotated functions less the same program with N plain ones, what
//! they depend on being built already. `cached` with Redis is the like of this project, which has Redis by default; its
//! in-memory form is given beside it.

mod build;
mod functions;
mod generate;
mod kind;
mod lines;
mod start;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::bench::{Bench, checkout};
use crate::measure::Samples;
use crate::report::{OURS, Row};

use build::{Scratch, Spent};
use generate::Program;
use kind::Kind;

pub(crate) use functions::run as functions;

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

/// The programs of this run, and the annotations.
struct Programs {
    scratch: Scratch,
    runtime: PathBuf,
}

impl Programs {
    /// An empty workspace in the target folder. What dependencies were built there stay.
    fn new() -> Result<Self, String> {
        let target = checkout().join("benches/target");
        let folder = target.join("compile");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let absolute = |path: PathBuf| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
        let folder = absolute(folder)?;
        generate::workspace(&folder, &checkout().join("benches/Cargo.lock"))?;
        Ok(Self { scratch: Scratch { folder }, runtime: absolute(checkout().join("cache-runtime"))? })
    }

    fn write(&self, kind: Kind, count: usize) -> Result<Program, String> {
        generate::program(&self.scratch.folder, &self.runtime, kind, count)
    }

    /// Builds programs of one function, and with them all that the others depend on.
    fn warm(&self, kinds: &[Kind]) -> Result<(), String> {
        let small: Result<Vec<_>, _> = kinds.iter().map(|kind| self.write(*kind, 1)).collect();
        small?.iter().try_for_each(|program| self.scratch.time(program).map(drop))
    }
}

/// Time to build and lines of code.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let (count, rounds) = (bench.pick(200, FEW), bench.pick(2, 1));
    let programs = Programs::new()?;
    let all = |count| Kind::ALL.iter().map(|kind| programs.write(*kind, count)).collect::<Result<Vec<_>, _>>();
    let timed = all(count)?;
    programs.warm(&Kind::ALL)?;
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
    let spent: Vec<Vec<Spent>> = least.into_iter().map(|least| least.into_iter().collect()).collect();
    let mut rows = time_rows(&timed, &spent, count);
    rows.extend(line_rows("expanded lines", &all(FEW)?, FEW, |program| lines::expanded(&programs.scratch, program))?);
    rows.extend(line_rows("LLVM lines", &all(FEWER)?, FEWER, |program| lines::llvm(&programs.scratch, program))?);
    Ok(rows)
}

/// The place of a kind among the programs.
fn of(programs: &[Program], kind: Kind) -> usize {
    programs.iter().position(|program| program.kind == kind).unwrap_or_default()
}

/// A figure beyond that of the plain program, for both forms.
fn added<T>(programs: &[Program], all: &[Vec<T>], figure: impl Fn(&T) -> f64) -> [(Kind, Samples); 2] {
    let plain = &all[of(programs, Kind::Plain)];
    [Kind::Short, Kind::Typed].map(|form| {
        let mut samples = Samples::default();
        for (name, kind) in [(OURS, form), (REDIS, Kind::PeerRedis), (MEMORY, Kind::PeerMemory)] {
            for (with, without) in all[of(programs, kind)].iter().zip(plain) {
                samples.add(name, figure(with) - figure(without));
            }
        }
        (form, samples)
    })
}

fn time_rows(programs: &[Program], spent: &[Vec<Spent>], count: usize) -> Vec<Row> {
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
    let all = programs.iter().map(|program| Ok(vec![lines(program)?])).collect::<Result<Vec<_>, String>>()?;
    let rows = added(programs, &all, |lines| *lines as f64 / count as f64).map(|(form, samples)| {
        Row::new(format!("{what} of a function, {form}"), "lines", &samples).ratio_at_most(REDIS, MOST)
    });
    Ok(rows.into())
}
