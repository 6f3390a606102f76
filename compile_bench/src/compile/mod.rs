//! What annotated functions cost to compile, beside `cached`, and what many of them cost at start.
//!
//! The figures are differences: a program with N annotated functions less the same program with N plain ones, what they
//! depend on being built already. `cached` with Redis is the like of this project, which has Redis by default; its
//! in-memory form is given beside it.

mod build;
mod curve;
mod generate;
mod kind;
mod lines;
mod start;

use std::path::Path;

use serde_json::{Value, json};

use build::{Bench, Mode, Spent, median};
use generate::Program;
use kind::Kind;
use lines::Lines;

/// One row.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The most that is allowed, and the most that is aimed at.
    pub(crate) limits: Option<(f64, f64)>,
    /// What it is made of.
    pub(crate) details: Value,
}

impl Measured {
    /// Whether it is within what is allowed; `None` where nothing is asked.
    pub(crate) fn holds(&self) -> Option<bool> {
        self.limits.map(|(must, _)| self.value <= must)
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "must": self.limits.map(|limits| limits.0),
            "aim": self.limits.map(|limits| limits.1),
            "holds": self.holds(),
            "details": self.details,
        })
    }
}

/// Measures all of it, in `scratch`, which holds everything that is written. `quick` is a fifth of the functions, one
/// round, and the debug build alone.
pub(crate) fn run(scratch: &Path, runtime_path: &Path, quick: bool) -> Result<Vec<Measured>, String> {
    let absolute = |path: &Path| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
    std::fs::create_dir_all(scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let (scratch, runtime) = (absolute(scratch)?, absolute(runtime_path)?);
    let locks = [runtime.join("../benches/Cargo.lock"), runtime.join("../Cargo.lock")];
    generate::workspace(&scratch, locks.iter().find(|lock| lock.exists()).map(|lock| lock.as_path()))?;
    let bench = Bench { scratch };
    let (count, rounds) = if quick { (40, 1) } else { (200, 3) };
    let all = |count| Kind::ALL.iter().map(move |kind| (*kind, count));
    let generate = |(kind, count)| generate::program(&bench.scratch, &runtime, kind, count);
    let programs: Result<Vec<_>, _> = all(count).map(generate).collect();
    let small: Result<Vec<_>, _> = all(1).map(generate).collect();
    let (programs, small) = (programs?, small?);

    let modes: &[Mode] = if quick { &[Mode::Debug] } else { &[Mode::Debug, Mode::Check, Mode::Release] };
    let mut times = Vec::new();
    for mode in modes {
        // With these, all that the programs depend on is built.
        small.iter().try_for_each(|program| bench.warm(program, *mode))?;
        times.push((*mode, added(&bench, &programs, *mode, if *mode == Mode::Release { 1 } else { rounds })?));
    }
    let lines: Result<Vec<_>, _> = programs.iter().map(|program| lines::count(&bench, program)).collect();

    let mut rows = time_rows(&programs, &times, count);
    rows.extend(line_rows(&programs, &lines?, count));
    rows.extend(curve::rows(&bench, &runtime, quick)?);
    Ok(rows)
}

/// The whole build of each program, the plain one first; rounds are interleaved.
fn added(bench: &Bench, programs: &[Program], mode: Mode, rounds: usize) -> Result<Vec<Spent>, String> {
    let mut all = vec![Vec::new(); programs.len()];
    for round in 1..=rounds {
        for (program, spent) in programs.iter().zip(&mut all) {
            let took = bench.time(program, mode)?;
            eprintln!(
                "compile: {mode:?} {round}/{rounds} {}, {:.1} s, {:.1} s of cpu",
                program.name, took.wall, took.cpu
            );
            spent.push(took);
        }
    }
    Ok(all.iter().map(|spent| median(spent)).collect())
}

/// The place of a kind among the programs.
fn of(programs: &[Program], kind: Kind) -> usize {
    programs.iter().position(|program| program.kind == kind).unwrap_or_default()
}

fn time_rows(programs: &[Program], times: &[(Mode, Vec<Spent>)], count: usize) -> Vec<Measured> {
    let (base, peer) = (of(programs, Kind::Plain), of(programs, Kind::PeerRedis));
    let memory = of(programs, Kind::PeerMemory);
    let mut rows = Vec::new();
    for (mode, spent) in times {
        let cpu = |at: usize| spent[at].cpu - spent[base].cpu;
        let wall = |at: usize| spent[at].wall - spent[base].wall;
        for kind in [Kind::Short, Kind::Typed] {
            let ours = of(programs, kind);
            rows.push(Measured {
                name: format!("compile time added by {count} functions, {kind}, {mode:?}"),
                value: cpu(ours) / cpu(peer),
                unit: "x cached with redis",
                // The build that people wait for.
                limits: (*mode == Mode::Debug).then_some((0.5, 0.25)),
                details: json!({
                    "plain": seconds(spent[base].cpu, spent[base].wall),
                    "added": seconds(cpu(ours), wall(ours)),
                    "added_by_cached_redis": seconds(cpu(peer), wall(peer)),
                    "added_by_cached_memory": seconds(cpu(memory), wall(memory)),
                    "x_cached_memory": rounded(cpu(ours) / cpu(memory)),
                    "x_cached_redis_wall": rounded(wall(ours) / wall(peer)),
                }),
            });
        }
    }
    rows
}

fn line_rows(programs: &[Program], lines: &[Lines], count: usize) -> Vec<Measured> {
    type Of = fn(&Lines) -> usize;
    let whats: [(&str, Of); 2] = [("expanded lines", |lines| lines.expanded), ("LLVM lines", |lines| lines.llvm)];
    let mut rows = Vec::new();
    for (what, of_lines) in whats {
        let plain = of_lines(&lines[of(programs, Kind::Plain)]);
        #[expect(clippy::cast_precision_loss, reason = "millions")]
        let each = |kind| (of_lines(&lines[of(programs, kind)]) as f64 - plain as f64) / count as f64;
        let (memory, redis) = (each(Kind::PeerMemory), each(Kind::PeerRedis));
        rows.extend([Kind::Short, Kind::Typed].map(|kind| Measured {
            name: format!("{what} per function, {kind}"),
            value: each(kind),
            unit: "lines",
            limits: Some((redis / 2.0, redis / 2.0)),
            details: json!({ "cached_redis": rounded(redis), "cached_memory": rounded(memory) }),
        }));
    }
    rows
}

fn seconds(cpu: f64, wall: f64) -> Value {
    json!({ "cpu_s": rounded(cpu), "wall_s": rounded(wall) })
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
